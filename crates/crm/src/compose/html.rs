//! `text/html`: a heading for the note and one for the call, a list item for each field, and a
//! `<div>` for each block. Every value is escaped.

use super::{Entry, Label, PENDING, Shape};
use ringside_web::html::escape;

const NOTE: &str = "<b>Agent notes</b>";
const DETAILS: &str = "<b>Call details</b>";

/// The same with its line breaks.
fn escape_lines(text: &str) -> String {
    escape(&text.replace("\r\n", "\n")).replace(['\n', '\r'], "<br>")
}

/// What [`escape_lines`] was given, with `\n` for every line break. Tags are left out, whoever put
/// them there.
fn unescape(html: &str) -> String {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let Some((name, after)) = tag.split_once('>') else {
            rest = "";
            break;
        };
        let name = name.trim_end_matches('/').trim().to_ascii_lowercase();
        if matches!(name.as_str(), "br" | "/p" | "/div" | "/li") {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    // The ampersand last, so that nothing is resolved twice.
    [
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&nbsp;", " "),
        ("&amp;", "&"),
    ]
    .iter()
    .fold(text, |text, (name, c)| text.replace(name, c))
}

/// Where `what` begins in `body`, not before `from`, in small or capital letters.
fn find(body: &str, what: &str, from: usize) -> Option<usize> {
    let (body, what) = (body.as_bytes().get(from..)?, what.as_bytes());
    body.windows(what.len())
        .position(|window| window.eq_ignore_ascii_case(what))
        .map(|at| from + at)
}

/// Whether `body` goes on with `what` at `at`: where that ends.
fn follows(body: &str, what: &str, at: usize) -> Option<usize> {
    let end = at.checked_add(what.len())?;
    body.get(at..end).is_some_and(|found| found.eq_ignore_ascii_case(what)).then_some(end)
}

fn splice(body: &str, range: (usize, usize), text: &str) -> String {
    let (before, after) = (body.get(..range.0), body.get(range.1..));
    format!("{}{text}{}", before.unwrap_or_default(), after.unwrap_or_default())
}

/// Where the note stands between its two headings.
fn find_note(body: &str) -> Option<(usize, usize)> {
    let begin = find(body, NOTE, 0)? + NOTE.len();
    Some((begin, find(body, DETAILS, begin)?))
}

pub(super) fn put_note(body: &str, note: &str) -> String {
    let text = format!("<br>{}<br><br>", escape_lines(note));
    match find_note(body) {
        Some(range) => splice(body, range, &text),
        None if note.is_empty() => body.to_owned(),
        None => format!("{NOTE}{text}{DETAILS}<br>{body}"),
    }
}

pub(super) fn note(body: &str) -> Option<String> {
    let (begin, end) = find_note(body)?;
    let text = unescape(body.get(begin..end)?);
    let text = text.strip_prefix('\n').unwrap_or(&text);
    let text = text.strip_suffix('\n').unwrap_or(text);
    Some(text.strip_suffix('\n').unwrap_or(text).to_owned())
}

pub(super) fn put(body: &str, entry: &Entry) -> String {
    match entry.label.shape() {
        Shape::Block => put_block(body, entry),
        Shape::Line | Shape::Link => put_line(body, entry),
    }
}

fn put_line(body: &str, entry: &Entry) -> String {
    let Entry { label, value } = entry;
    let text = match label.shape() {
        Shape::Link if is_web(value) => {
            format!(r#"<a target="_blank" href="{}">open</a>"#, escape(value))
        }
        Shape::Link => PENDING.to_owned(),
        _ => escape(value),
    };
    let item = format!("<li><b>{}</b>: {text}</li>", label.html());
    let mut body = body.to_owned();
    let (mut from, mut found) = (0, false);
    while let Some(old) = find_line(&body, *label, from) {
        from = old.range.1;
        // What stands in the note or in a block goes with it.
        if is_inside(&body, old.range.0) {
            continue;
        }
        found = true;
        if entry.replaces(
            body.get(old.value..old.range.1).unwrap_or_default().trim_end_matches("</li>"),
        ) {
            body = splice(&body, old.range, &item);
            from = old.range.0 + item.len();
        }
    }
    if found {
        return body;
    }
    let in_list = matches!(label, Label::Recording | Label::Voicemail);
    let next = |at: &usize| find(&body, "</ul>", at + 1);
    let mut ends = std::iter::successors(find(&body, "</ul>", 0), next).filter(|_| in_list);
    match ends.find(|at| !is_inside(&body, *at)) {
        Some(at) => splice(&body, (at, at), &item),
        None => body + &item,
    }
}

/// Whether the note or one of the blocks reaches over `at`.
fn is_inside(body: &str, at: usize) -> bool {
    let blocks = Label::ALL.into_iter().filter(|label| label.shape() == Shape::Block);
    let mut ranges: Vec<_> = find_note(body).into_iter().collect();
    for label in blocks {
        let next = |range: &(usize, usize)| find_block(body, label, range.1);
        ranges.extend(std::iter::successors(find_block(body, label, 0), next));
    }
    ranges.iter().any(|(begin, end)| (*begin..*end).contains(&at))
}

fn is_web(value: &str) -> bool {
    value.starts_with("https://") || value.starts_with("http://")
}

/// A field of one line that is there.
struct Line {
    range: (usize, usize),
    /// Where its value begins.
    value: usize,
}

/// `<li><b>Label</b>: value</li>`, with or without the list item; the value is text or a link.
fn find_line(body: &str, label: Label, from: usize) -> Option<Line> {
    let name = format!("<b>{}</b>:", label.html());
    let at = find(body, &name, from)?;
    let item = at.checked_sub("<li>".len()).filter(|item| *item >= from);
    let begin = item.filter(|item| follows(body, "<li>", *item).is_some()).unwrap_or(at);
    let value = at + name.len();
    let text = body.get(value..)?;
    let blank = text.len() - text.trim_start().len();
    let mut end = find_link(body, value + blank)
        .unwrap_or_else(|| value + text.find(['<', '\n']).unwrap_or(text.len()));
    end = follows(body, "</li>", end).unwrap_or(end);
    Some(Line { range: (begin, end), value })
}

/// The end of `<a …>text</a>` at `at`.
fn find_link(body: &str, at: usize) -> Option<usize> {
    let open = follows(body, "<a", at)?;
    let text = open + body.get(open..)?.find('>')? + 1;
    let end = text + body.get(text..)?.find('<')?;
    follows(body, "</a>", end)
}

fn put_block(body: &str, entry: &Entry) -> String {
    let Entry { label, value } = entry;
    let block = format!("<div><b>{}</b><br>{}</div>", label.html(), escape_lines(value));
    let mut body = body.to_owned();
    let (mut from, mut found) = (0, false);
    while let Some(range) = find_block(&body, *label, from) {
        found = true;
        body = splice(&body, range, &block);
        from = range.0 + block.len();
    }
    if found {
        return body;
    }
    // App Connect sets these two apart.
    let gap = if matches!(label, Label::AiNote | Label::Transcript) { "<br>" } else { "" };
    body + &block + gap
}

/// `<div><b>Label</b><br>…</div>`; one that somebody has left open is not ours to close.
fn find_block(body: &str, label: Label, from: usize) -> Option<(usize, usize)> {
    let name = format!("<div><b>{}</b><br>", label.html());
    let mut from = from;
    loop {
        let begin = find(body, &name, from)?;
        let text = begin + name.len();
        let end = find(body, "</div>", text)?;
        if find(body, "<div", text).is_none_or(|nested| nested > end) {
            return Some((begin, end + "</div>".len()));
        }
        from = text;
    }
}
