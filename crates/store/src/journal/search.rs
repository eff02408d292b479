//! What a call can be found by.

use super::Record;

/// Fewer digits than this are looked for as text only.
const DIGITS_MIN: usize = 3;

/// Names and numbers of a record in lower case, one a line.
pub(super) fn haystack(record: &Record) -> String {
    let call = &record.call;
    let number = &call.number;
    let mut lines: Vec<&str> = record.choice.chosen().iter().map(|c| c.name.as_str()).collect();
    for found in &record.matches {
        lines.push(&found.contact.name);
        lines.extend(found.contact.company.as_deref());
    }
    lines.extend(call.remote.name.as_deref());
    lines.extend([call.remote.given.as_str(), &number.given, &number.display]);
    lines.extend(number.e164.as_deref());
    lines.dedup();
    fold(&lines.join("\n"))
}

/// Lower case by Unicode's rules, which SQLite's own `LIKE` does not know.
pub(super) fn fold(text: &str) -> String {
    text.to_lowercase()
}

/// What to look for: the text, and if it is a number as people write it, its digits without the
/// zeros in front, which E.164 does not have.
pub(super) fn needles(text: &str) -> (String, Option<String>) {
    let text = fold(text.trim());
    let written = |c: char| c.is_ascii_digit() || " +-./()\u{a0}".contains(c);
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    let number = text.chars().all(written) && digits.len() >= DIGITS_MIN;
    let digits = number.then(|| digits.to_owned());
    (text, digits)
}
