//! A guard against lists without an end.

use std::collections::HashSet;

use ringside_web::Error;

/// Follows the cursors of one list.
#[derive(Debug)]
pub(crate) struct Paging {
    seen: HashSet<String>,
    left: usize,
}

impl Paging {
    /// A list of at most this many pages.
    pub(crate) fn new(pages_max: usize) -> Self {
        Self { seen: HashSet::new(), left: pages_max }
    }

    /// Takes the cursor that a page named for the next one, and hands it on.
    ///
    /// # Errors
    /// [`Error::BadAnswer`] for a cursor that was there before, and for one page too many.
    pub(crate) fn next(&mut self, cursor: Option<String>) -> Result<Option<String>, Error> {
        let Some(cursor) = cursor else { return Ok(None) };
        self.left = self.left.saturating_sub(1);
        if self.left == 0 {
            return Err(Error::BadAnswer("a list with too many pages".to_owned()));
        }
        if !self.seen.insert(cursor.clone()) {
            return Err(Error::BadAnswer("a list that goes round in a circle".to_owned()));
        }
        Ok(Some(cursor))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_ends_or_is_refused() {
        let mut paging = Paging::new(3);
        assert_eq!(paging.next(Some("a".into())).unwrap().as_deref(), Some("a"));
        assert_eq!(paging.next(None).unwrap(), None);
        assert!(matches!(paging.next(Some("a".into())), Err(Error::BadAnswer(_))));
        let mut endless = Paging::new(100);
        let pages = (0..).take_while(|n: &u32| endless.next(Some(n.to_string())).is_ok());
        assert_eq!(pages.count(), 99);
    }
}
