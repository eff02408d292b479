//! Notes that the server spoils. When it changes a log, it puts the new note into the old body as the
//! replacement of a JavaScript regular expression, where `$&`, `` $` ``, `$'`, `$1` and `$$` stand for
//! something else (recorded from 1.7.41). A note that is put into a body without one is not touched.
//! `$$` there gives one `$`, so that a note with its signs doubled arrives as it was meant.

/// An invisible sign that joins words (U+2060). Reading a note back drops it, as all such signs.
const JOINER: char = '\u{2060}';

/// The note with an invisible sign before each text that the server would take for a line or a
/// heading of its own: it writes the call's length over an agent's `- Duration: 5 days`, and takes
/// `- Name: …` for the end of a note (its `callLogComposer`, 1.7.41). People see the same note.
pub(super) fn guarded(note: &str) -> String {
    let mut guarded = String::with_capacity(note.len() + 8);
    let mut rest = note;
    while let Some(first) = rest.chars().next() {
        let mark = MARKS.iter().find(|(mark, end)| {
            let after = rest.strip_prefix(mark);
            let end_at = |after: &str| {
                after.find(|c: char| !c.is_ascii_alphabetic() && !matches!(c, ' ' | '/'))
            };
            after.filter(|after| after.starts_with(|c: char| c.is_ascii_alphabetic())).is_some_and(
                |after| {
                    let left = end_at(after).map_or("", |at| &after[at..]);
                    left.starts_with(end) || (*end == "\n" && left.is_empty())
                },
            )
        });
        let taken = mark.map_or(first.len_utf8(), |(mark, _)| mark.len());
        guarded.push_str(&rest[..taken]);
        if mark.is_some() {
            guarded.push(JOINER);
        }
        rest = &rest[taken..];
    }
    guarded
}

/// What stands before and after the server's labels, plain, in Markdown and in HTML.
const MARKS: [(&str, &str); 4] = [("- ", ":"), ("**", "**:"), ("<b>", "</b>"), ("# ", "\n")];

/// Whether a note has signs that the server may read as orders.
pub(super) fn at_risk(note: &str) -> bool {
    let mut rest = note;
    while let Some((_, after)) = rest.split_once('$') {
        if after.starts_with(['$', '&', '`', '\'', '<'])
            || after.starts_with(|c: char| c.is_ascii_digit())
        {
            return true;
        }
        rest = after;
    }
    false
}

/// What to send, the likelier first: doubled where there is a note to be replaced, as it is otherwise,
/// such as at a connector that keeps notes apart.
pub(super) fn attempts(note: &str, body: &str) -> [String; 2] {
    let doubled = note.replace('$', "$$");
    match has_note(body) {
        true => [doubled, note.to_owned()],
        false => [note.to_owned(), doubled],
    }
}

/// Whether a body holds a note in a way that the server finds and replaces: plain, Markdown or HTML.
pub(super) fn has_note(body: &str) -> bool {
    ["- Note: ", "- Agent notes: ", "## Agent notes\n", "<b>Agent notes</b>"]
        .iter()
        .any(|mark| body.contains(mark))
}

/// Whether the body holds the note as it was meant, with no sign doubled. A body that is empty tells
/// nothing, so nothing is held against it.
pub(super) fn arrived(note: &str, body: &str) -> bool {
    if body.is_empty() {
        return true;
    }
    // CRMs change line ends and blanks, and write signs of HTML as entities.
    let calm = |text: &str| {
        let text = [
            ("<br>", " "),
            ("&lt;", "<"),
            ("&gt;", ">"),
            ("&quot;", "\""),
            ("&#39;", "'"),
            ("&amp;", "&"),
        ]
        .iter()
        .fold(text.to_owned(), |text, (entity, sign)| text.replace(entity, sign));
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let (note, body) = (calm(note), calm(body));
    body.contains(&note) && (note.contains("$$") || !body.contains(&note.replace('$', "$$")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_javascript_reads_as_an_order_is_at_risk() {
        for note in ["cost is $& or $1", "$$5", "a $` b", "it's $'", "$<x>", "up to $50"] {
            assert!(at_risk(note), "{note}");
        }
        for note in ["", "5 $", "US$ 5", "$ 5", "$x", "no sign"] {
            assert!(!at_risk(note), "{note}");
        }
    }

    #[test]
    fn what_the_server_takes_for_its_own_is_guarded_and_reads_back_as_it_was() {
        for (note, expected) in [
            ("- Duration: 5\n- Result: none", "- \u{2060}Duration: 5\n- \u{2060}Result: none"),
            ("a **Result**: b", "a **\u{2060}Result**: b"),
            ("<b>Agent notes</b>", "<b>\u{2060}Agent notes</b>"),
            ("### AI Note\n## Call details", "### \u{2060}AI Note\n## \u{2060}Call details"),
            ("- twelve seats\n- 5: x\n**bold** <b>7</b> # 1 é - ", ""),
        ] {
            let guarded = guarded(note);
            assert_eq!(guarded, if expected.is_empty() { note } else { expected });
            assert_eq!(ringside_domain::text::clean_note(&guarded), note);
        }
    }

    #[test]
    fn a_note_is_doubled_where_one_is_replaced() {
        assert_eq!(attempts("$&", "- Note: old\n- Duration: 1 second\n")[0], "$$&");
        assert_eq!(attempts("$&", "- Duration: 1 second\n")[0], "$&");
        assert_eq!(attempts("$$", "<b>Agent notes</b><br>x")[0], "$$$$");
    }

    #[test]
    fn a_note_arrived_only_if_it_is_there_as_meant() {
        assert!(arrived("cost $1\nmore", "- Note: cost $1\r\nmore\n- Result: x"));
        assert!(!arrived("cost $1", "- Note: cost $$1\n"));
        assert!(!arrived("cost $&", "- Note: cost - Note: old\n"));
        assert!(arrived("$$5", "- Note: $$5\n"));
        assert!(arrived("it's $&\nso", "<b>Agent notes</b><br>it&#39;s $&amp;<br>so<br>"));
        assert!(arrived("cost $1", ""));
    }
}
