//! `text/markdown`: a heading for the note and one for the call, `**Label**: value`, and a heading
//! for each block.

use super::lines::{end_line, guard, unguard};
use super::{Entry, Label, Shape};

const NOTE: &str = "## Agent notes";
const DETAILS: &str = "## Call details";
const MARK: char = '\\';

/// A part of a body, verbatim; `None` is somebody else's text.
struct Piece {
    label: Option<Label>,
    text: String,
}

fn label_of(line: &str) -> Option<Label> {
    let line = line.trim_end();
    if let Some(heading) = line.strip_prefix("### ") {
        return Label::with_text(heading).filter(|label| label.shape() == Shape::Block);
    }
    let (name, _) = line.strip_prefix("**")?.split_once("**:")?;
    Label::with_text(name).filter(|label| label.shape() != Shape::Block)
}

fn is_heading(line: &str) -> bool {
    [NOTE, DETAILS].contains(&line.trim_end())
}

fn ours(line: &str) -> bool {
    is_heading(line) || label_of(line).is_some()
}

fn parse(body: &str) -> Vec<Piece> {
    let mut pieces: Vec<Piece> = Vec::new();
    // In the note, whose lines are marked where they look like ours, only its end counts.
    for line in body.split_inclusive('\n') {
        let label = label_of(line);
        match pieces.last_mut() {
            // A block goes on until something else of ours begins.
            Some(last) if !ours(line) && last.label.is_none_or(|l| l.shape() == Shape::Block) => {
                last.text.push_str(line);
            }
            _ => pieces.push(Piece { label, text: line.to_owned() }),
        }
    }
    pieces
}

/// Where the note stands between its two headings.
fn find_note(body: &str) -> Option<(usize, usize)> {
    let mut at = 0;
    let mut begin = None;
    for line in body.split_inclusive('\n') {
        match begin {
            Some(begin) if line.trim_end() == DETAILS => return Some((begin, at)),
            None if line.trim_end() == NOTE && line.ends_with('\n') => {
                begin = Some(at + line.len())
            }
            _ => {}
        }
        at += line.len();
    }
    None
}

pub(super) fn put_note(body: &str, note: &str) -> String {
    let text = format!("{}\n\n", guard(note, MARK, ours));
    match find_note(body) {
        Some((begin, end)) => {
            let (before, after) = (body.get(..begin), body.get(end..));
            format!("{}{text}{}", before.unwrap_or_default(), after.unwrap_or_default())
        }
        None if note.is_empty() => body.to_owned(),
        None if body.lines().next() == Some(DETAILS) => format!("{NOTE}\n{text}{body}"),
        None => format!("{NOTE}\n{text}{DETAILS}\n{body}"),
    }
}

pub(super) fn note(body: &str) -> Option<String> {
    let (begin, end) = find_note(body)?;
    let value = body.get(begin..end)?;
    let value = value.strip_suffix('\n').unwrap_or(value);
    let value = value.strip_suffix('\n').unwrap_or(value);
    Some(unguard(value, MARK, ours))
}

pub(super) fn put(body: &str, entry: &Entry) -> String {
    let Entry { label, value } = entry;
    let text = match label.shape() {
        Shape::Block => format!("### {}\n{}\n", label.text(), guard(value, MARK, ours)),
        Shape::Line | Shape::Link => format!("**{}**: {value}\n", label.text()),
    };
    let mut pieces = parse(body);
    let same = |piece: &&mut Piece| piece.label.is_some_and(|own| own.text() == label.text());
    let mut found = false;
    for piece in pieces.iter_mut().filter(same) {
        found = true;
        let old = piece.text.split_once("**:").map_or("", |(_, old)| old);
        if entry.replaces(old) {
            piece.text.clone_from(&text);
        }
    }
    if !found {
        if let Some(last) = pieces.last_mut() {
            end_line(&mut last.text);
        }
        pieces.push(Piece { label: Some(*label), text });
    }
    pieces.into_iter().map(|piece| piece.text).collect()
}
