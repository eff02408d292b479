//! The note of an activity: HTML, with our key in its last line.

use ringside_web::html::escape;

/// A body with our key as its last line.
pub(super) fn sign(body: &str, key: &str) -> String {
    format!("{}<p>{}</p>", unsign(body, key), escape(key))
}

/// A body without the line of our key, whichever element the CRM has made of it.
pub(super) fn unsign(body: &str, key: &str) -> String {
    let key = escape(key);
    let mut body = body.to_owned();
    for (open, close) in [("<p>", "</p>"), ("<div>", "</div>"), ("", "")] {
        let line = format!("{open}{key}{close}");
        while let Some(at) = find(&body, &line) {
            body.replace_range(at..at + line.len(), "");
        }
    }
    body
}

/// Whether a body has our key as a line of its own: people may have written below it.
pub(super) fn is_signed(body: &str, key: &str) -> bool {
    find(body, &escape(key)).is_some()
}

/// Where a line stands that is not part of a longer word, as the key of another account would be.
fn find(body: &str, line: &str) -> Option<usize> {
    let edge = |c: Option<char>| c.is_none_or(|c| c.is_whitespace() || matches!(c, '<' | '>'));
    body.match_indices(line).map(|(at, _)| at).find(|at| {
        let before = body.get(..*at).and_then(|before| before.chars().next_back());
        let after = body.get(at + line.len()..).and_then(|after| after.chars().next());
        let (begins, ends) = (line.starts_with('<'), line.ends_with('>'));
        (begins || edge(before)) && (ends || edge(after))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "ringside:01890000-0000-7000-8000-000000000001:acme";

    #[test]
    fn the_key_is_the_last_line_and_there_once() {
        let once = sign("<b>Agent notes</b><br>Hi<br>", KEY);
        assert!(once.ends_with(&format!("<p>{KEY}</p>")));
        assert_eq!(sign(&once, KEY), once);
        assert_eq!(unsign(&once, KEY), "<b>Agent notes</b><br>Hi<br>");
        let changed = format!("<div>Hi</div><div>{KEY}</div><p>Below</p>");
        assert_eq!(sign(&changed, KEY), format!("<div>Hi</div><p>Below</p><p>{KEY}</p>"));
    }

    #[test]
    fn the_key_of_another_account_is_another_key() {
        let other = sign("", &format!("{KEY}2"));
        assert!(!is_signed(&other, KEY));
        assert!(is_signed(&sign(&other, KEY), KEY));
        assert!(is_signed(&format!("Hi<br>{KEY}"), KEY));
        assert!(is_signed(&format!("Hi<br/>{KEY}\n<p>Below</p>"), KEY));
        assert!(!is_signed("", KEY));
    }

    #[test]
    fn a_key_with_odd_characters_is_escaped() {
        let odd = "ringside:1:a&b<c>";
        let note = sign("x", odd);
        assert!(note.ends_with("<p>ringside:1:a&amp;b&lt;c&gt;</p>") && is_signed(&note, odd));
    }
}
