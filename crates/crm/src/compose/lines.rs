//! What the two line-based formats share.

/// The line breaks of a value that has to stay on its line, as spaces.
pub(super) fn join(value: &str) -> String {
    value.replace("\r\n", " ").replace(['\n', '\r'], " ")
}

/// Ends a text with a line break, unless it is empty.
pub(super) fn end_line(text: &mut String) {
    if !text.is_empty() && !text.ends_with('\n') {
        text.push('\n');
    }
}

/// Marks every line of a value that would be read as one of ours: `mark` goes in front of it, one
/// more than is there. So every text comes back out as it went in.
pub(super) fn guard(value: &str, mark: char, ours: impl Fn(&str) -> bool) -> String {
    let mut out = String::with_capacity(value.len());
    for line in value.split_inclusive('\n') {
        if ours(line.trim_start_matches(mark)) {
            out.push(mark);
        }
        out.push_str(line);
    }
    out
}

/// Takes the marks of [`guard`] away.
pub(super) fn unguard(value: &str, mark: char, ours: impl Fn(&str) -> bool) -> String {
    let bare = value.split_inclusive('\n').map(|line| match line.strip_prefix(mark) {
        Some(rest) if ours(rest.trim_start_matches(mark)) => rest,
        _ => line,
    });
    bare.collect()
}
