//! Texts as a daemon may be given them: bounded, and with no meaning of their own.

/// Characters of a first line; longer ones are cut by every daemon anyway.
pub(crate) const SUMMARY: usize = 200;
/// Characters of a body.
pub(crate) const BODY: usize = 1_000;
/// Characters of a button's label.
pub(crate) const LABEL: usize = 60;

/// One line of plain text.
pub(crate) fn line(text: &str, max_chars: usize) -> String {
    plain(text, max_chars, |char| char == '\n')
}

/// Lines of text; with what is markup escaped for a daemon that reads markup.
pub(crate) fn body(text: &str, markup: bool) -> String {
    let text = plain(text, BODY, |_| false);
    if !markup {
        return text;
    }
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

/// Control characters become blanks: a NUL, for one, cannot be sent over D-Bus.
fn plain(text: &str, max_chars: usize, blank: impl Fn(char) -> bool) -> String {
    let mut chars = text
        .chars()
        .map(|char| if blank(char) || (char.is_control() && char != '\n') { ' ' } else { char });
    let mut plain: String = chars.by_ref().take(max_chars).collect();
    if chars.next().is_some() {
        plain.pop();
        plain.push('…');
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped_only_where_it_is_read() {
        assert_eq!(body("<b>A & B</b>\nC", true), "&lt;b&gt;A &amp; B&lt;/b&gt;\nC");
        assert_eq!(body("<b>A & B</b>\nC", false), "<b>A & B</b>\nC");
    }

    #[test]
    fn long_text_is_cut_before_it_is_escaped() {
        let cut = body(&"&".repeat(10_000), true);
        assert_eq!(cut, "&amp;".repeat(BODY - 1) + "…");
        assert_eq!(line("a\nb\0c\u{7}", SUMMARY), "a b c ");
        assert_eq!(line("äöü", 3), "äöü");
        assert_eq!(line("äöüß", 3), "äö…");
    }
}
