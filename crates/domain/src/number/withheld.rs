//! Words that stand where a number was withheld.

/// Why there is no number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Absence {
    /// Somebody asked for it. Nothing else in the call may be used to find out who it is.
    Withheld,
    /// Nobody knows it. A number in the display name may still tell.
    Unknown,
}

/// Reads such words in a user part, a display name or a bare text (seen from baresip, Asterisk,
/// carriers' caller-name services and phone systems' exports).
pub(super) fn absence(text: &str) -> Option<Absence> {
    // Real words are short; a long text is not even looked at.
    if text.len() > 40 {
        return None;
    }
    let lower = text.to_lowercase();
    let words: Vec<_> = lower
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !matches!(*word, "" | "caller" | "call" | "number" | "id" | "name"))
        .collect();
    match words.as_slice() {
        ["anonymous" | "anonym" | "restricted" | "private" | "withheld" | "blocked"] => {
            Some(Absence::Withheld)
        }
        ["no"] if lower.contains("caller id") || lower.contains("number") => {
            Some(Absence::Withheld)
        }
        ["unknown" | "unavailable"] => Some(Absence::Unknown),
        _ => None,
    }
}
