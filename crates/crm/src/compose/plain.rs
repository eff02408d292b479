//! `text/plain`: `- Label: value`, blocks that end with a line of their own.

use super::lines::{end_line, guard, unguard};
use super::{Entry, Label, Shape};

const NOTE: &str = "Note";
/// What App Connect called the note earlier.
const NOTE_OLD: &str = "Agent notes";
const MARK: char = ' ';

/// What a line begins.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Start {
    Note,
    Field(Label),
}

/// A part of a body, verbatim; `None` is somebody else's text.
struct Piece {
    start: Option<Start>,
    text: String,
}

impl Piece {
    fn is_field(&self, label: Label) -> bool {
        matches!(self.start, Some(Start::Field(own)) if own.text() == label.text())
    }

    /// The value of a field of one line.
    fn value(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, value)| value)
    }
}

/// Whether a block stands behind an empty line.
fn has_gap(label: Label) -> bool {
    label.shape() == Shape::Block && label != Label::Journey
}

fn end_of(label: Label) -> &'static str {
    if label == Label::Journey { "--- JOURNEY END" } else { "--- END" }
}

fn start_of(line: &str) -> Option<Start> {
    let (name, value) = line.strip_prefix("- ")?.split_once(':')?;
    if name == NOTE || name == NOTE_OLD {
        return Some(Start::Note);
    }
    let label = Label::with_text(name)?;
    // "- Transcript: see below" in somebody's list is no block.
    let fits = label.shape() != Shape::Block || value.trim_end().is_empty();
    fits.then_some(Start::Field(label))
}

fn is_block(line: &str) -> bool {
    matches!(start_of(line), Some(Start::Field(label)) if label.shape() == Shape::Block)
}

fn is_end(line: &str) -> bool {
    [end_of(Label::Journey), end_of(Label::AiNote)].contains(&line.trim_end())
}

fn ours(line: &str) -> bool {
    is_end(line) || start_of(line).is_some()
}

fn parse(body: &str) -> Vec<Piece> {
    let lines: Vec<&str> = body.split_inclusive('\n').collect();
    let mut pieces: Vec<Piece> = Vec::new();
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let start = start_of(line);
        let mut length = 1;
        if let Some(Start::Field(label)) = start {
            if label.shape() == Shape::Block {
                length = block_length(lines.get(at..).unwrap_or_default(), label);
            }
            let mut text = lines.iter().skip(at).take(length).copied().collect::<String>();
            if has_gap(label) && take_gap(&mut pieces) {
                text.insert(0, '\n');
            }
            pieces.push(Piece { start, text });
        } else {
            match pieces.last_mut() {
                // A note goes on until a field begins, and so does somebody else's text.
                Some(last) if start.is_none() && !matches!(last.start, Some(Start::Field(_))) => {
                    last.text.push_str(line);
                }
                _ => pieces.push(Piece { start, text: (*line).to_owned() }),
            }
        }
        at += length;
    }
    pieces
}

/// Takes the empty line at the end of the pieces, if there is one.
fn take_gap(pieces: &mut Vec<Piece>) -> bool {
    let Some(last) = pieces.last_mut() else { return false };
    if last.text == "\n" {
        pieces.pop();
        return true;
    }
    let gap = last.text.ends_with("\n\n");
    if gap {
        last.text.pop();
    }
    gap
}

/// Lines of a block: to its end, which must come before the next block; or else, since somebody has
/// taken the end away, to the next field.
fn block_length(lines: &[&str], label: Label) -> usize {
    let rest = lines.get(1..).unwrap_or_default();
    let end = rest.iter().position(|line| line.trim_end() == end_of(label));
    let next_block = rest.iter().position(|line| is_block(line)).unwrap_or(rest.len());
    match end {
        Some(end) if end < next_block => end + 2,
        _ => 1 + rest.iter().position(|line| start_of(line).is_some()).unwrap_or(rest.len()),
    }
}

fn join(pieces: Vec<Piece>) -> String {
    pieces.into_iter().map(|piece| piece.text).collect()
}

pub(super) fn put_note(body: &str, note: &str) -> String {
    let mut pieces = parse(body);
    let text = format!("- {NOTE}: {}\n", guard_rest(note));
    let at = match pieces.iter().position(|piece| piece.start == Some(Start::Note)) {
        Some(at) => {
            if let Some(piece) = pieces.get_mut(at) {
                piece.text = text;
            }
            at
        }
        None if note.is_empty() => return body.to_owned(),
        None => {
            // Before our first field, but behind what somebody else wrote, which would otherwise
            // be taken for a part of the note.
            let first = pieces.iter().position(|piece| piece.start.is_some());
            let at = first.unwrap_or(pieces.len());
            if let Some(before) = at.checked_sub(1).and_then(|before| pieces.get_mut(before)) {
                end_line(&mut before.text);
            }
            pieces.insert(at, Piece { start: Some(Start::Note), text });
            at
        }
    };
    if let Some(next) = pieces.get_mut(at + 1)
        && matches!(next.start, Some(Start::Field(label)) if has_gap(label))
        && !next.text.starts_with('\n')
    {
        // Without it, an empty line at the end of the note would be taken for the gap.
        next.text.insert(0, '\n');
    }
    join(pieces)
}

/// The first line of a note stands behind its label, where it cannot be mistaken.
fn guard_rest(note: &str) -> String {
    match note.split_once('\n') {
        Some((first, rest)) => format!("{first}\n{}", guard(rest, MARK, ours)),
        None => note.to_owned(),
    }
}

pub(super) fn note(body: &str) -> Option<String> {
    let pieces = parse(body);
    let piece = pieces.iter().find(|piece| piece.start == Some(Start::Note))?;
    let value = piece.value();
    let value = value.strip_prefix(' ').unwrap_or(value);
    let value = value.strip_suffix('\n').unwrap_or(value);
    Some(match value.split_once('\n') {
        Some((first, rest)) => format!("{first}\n{}", unguard(rest, MARK, ours)),
        None => value.to_owned(),
    })
}

pub(super) fn put(body: &str, entry: &Entry) -> String {
    let Entry { label, value } = entry;
    let text = match label.shape() {
        Shape::Block => {
            let value = guard(value, MARK, ours);
            format!("- {}:\n{value}\n{}\n", label.text(), end_of(*label))
        }
        Shape::Line | Shape::Link => format!("- {}: {value}\n", label.text()),
    };
    let mut pieces = parse(body);
    let mut found = false;
    for piece in pieces.iter_mut().filter(|piece| piece.is_field(*label)) {
        found = true;
        if entry.replaces(piece.value()) {
            let gap = if piece.text.starts_with('\n') { "\n" } else { "" };
            piece.text = format!("{gap}{text}");
        }
    }
    if !found {
        if let Some(last) = pieces.last_mut() {
            end_line(&mut last.text);
        }
        let gap = if has_gap(*label) { "\n" } else { "" };
        pieces.push(Piece { start: Some(Start::Field(*label)), text: format!("{gap}{text}") });
    }
    join(pieces)
}
