//! Ids that sources give. Some are chosen by the remote party (a SIP Call-ID), so they are bounded.

/// Longest id that is kept as it is, in bytes.
const ID_MAX: usize = 255;
/// Most aliases of one call.
pub(super) const ALIASES_MAX: usize = 16;

/// An id of at most [`ID_MAX`] bytes: a longer one is cut, and the cut replaced by a hash of the
/// whole, so that two ids with the same beginning stay two.
pub(super) fn bounded(id: &str) -> String {
    if id.len() <= ID_MAX {
        return id.to_owned();
    }
    let mut end = ID_MAX - 17;
    while !id.is_char_boundary(end) {
        end -= 1;
    }
    format!("{}#{:016x}", &id[..end], fnv1a(id))
}

/// The usable aliases of an event.
pub(super) fn aliases(given: &[String]) -> impl Iterator<Item = String> {
    given.iter().filter(|alias| !alias.is_empty()).take(ALIASES_MAX).map(|alias| bounded(alias))
}

/// FNV-1a, 64 bits (<http://www.isthe.com/chongo/tech/comp/fnv/>): the same in every build, since
/// ids are kept in the journal.
fn fnv1a(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_ids_are_bounded_and_stay_apart() {
        let (a, b) = ("é".repeat(5000), format!("{}x", "é".repeat(5000)));
        assert!(bounded(&a).len() <= ID_MAX);
        assert_ne!(bounded(&a), bounded(&b));
        assert_eq!(bounded(&bounded(&a)), bounded(&a));
        assert_eq!(bounded("1-in@pstn.test"), "1-in@pstn.test");
    }

    #[test]
    fn aliases_are_few_and_not_empty() {
        let given: Vec<String> =
            (0..100).map(|i| if i == 0 { String::new() } else { i.to_string() }).collect();
        let kept: Vec<String> = aliases(&given).collect();
        assert_eq!(kept.len(), ALIASES_MAX);
        assert_eq!(kept[0], "1");
    }
}
