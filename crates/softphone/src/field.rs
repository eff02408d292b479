//! Fields of a message from outside: each may be missing, null, of another type or too
//! long.

use jiff::Timestamp;
use serde_json::Value;

/// Longest text that is taken, in characters.
pub(crate) const TEXT_MAX: usize = 1000;
/// Longest id that is taken, in bytes; longer ones are none of theirs.
pub(crate) const ID_MAX: usize = 200;

/// A text that is there and not empty, bounded.
pub(crate) fn text(from: &Value, name: &str) -> Option<String> {
    let text: String = from.get(name)?.as_str()?.trim().chars().take(TEXT_MAX).collect();
    (!text.is_empty()).then_some(text)
}

/// An id: a text, or a whole number, which older versions send.
pub(crate) fn id(from: &Value, name: &str) -> Option<String> {
    let id = match from.get(name)? {
        Value::String(id) => id.trim().to_owned(),
        Value::Number(number) => number.as_u64()?.to_string(),
        _ => return None,
    };
    (!id.is_empty() && id.len() <= ID_MAX).then_some(id)
}

/// Whether a flag is there and set.
pub(crate) fn flag(from: &Value, name: &str) -> bool {
    from.get(name).and_then(Value::as_bool).unwrap_or(false)
}

/// An instant: milliseconds since 1970 or RFC 3339.
pub(crate) fn instant(from: &Value, name: &str) -> Option<Timestamp> {
    match from.get(name)? {
        Value::Number(ms) => {
            // Some versions count with fractions.
            #[allow(clippy::cast_possible_truncation, reason = "out of range is refused below")]
            let ms = ms.as_i64().or_else(|| ms.as_f64().map(|ms| ms as i64))?;
            (ms > 0).then(|| Timestamp::from_millisecond(ms).ok())?
        }
        Value::String(text) => text.parse().ok(),
        _ => None,
    }
}

/// A list, cut to `max`.
pub(crate) fn list<'a>(from: &'a Value, name: &str, max: usize) -> impl Iterator<Item = &'a Value> {
    from.get(name).and_then(Value::as_array).into_iter().flatten().take(max)
}

/// A list of texts, cut to `max`.
pub(crate) fn texts(from: &Value, name: &str, max: usize) -> Vec<String> {
    list(from, name, max)
        .filter_map(Value::as_str)
        .filter(|text| !text.is_empty() && text.len() <= ID_MAX)
        .map(str::to_owned)
        .collect()
}
