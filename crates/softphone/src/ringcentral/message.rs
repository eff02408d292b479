//! Text messages of the extension's message store.
//!
//! Its events name new messages by id alone; each is fetched (Light).

use ringside_domain::event::MessageEvent;
use ringside_domain::{Direction, Moment, Party, SourceId};
use serde_json::Value;

use crate::field::{id, list, text};

/// Messages of one event that are fetched; more come from an import and are none that just came.
const NEW_MAX: usize = 10;

/// The ids of the text messages that are new by an event.
pub(super) fn new(body: &Value) -> Vec<String> {
    list(body, "changes", NEW_MAX)
        .filter(|change| change.get("type").and_then(Value::as_str) == Some("SMS"))
        .flat_map(|change| list(change, "newMessageIds", NEW_MAX))
        .filter_map(|number| match number {
            Value::Number(number) => number.as_u64().map(|number| number.to_string()),
            Value::String(text) => text.parse::<u64>().ok().map(|number| number.to_string()),
            _ => None,
        })
        .take(NEW_MAX)
        .collect()
}

/// A message of the store; `None` if it is no text message.
pub(super) fn read(message: &Value, source: &SourceId, now: Moment) -> Option<MessageEvent> {
    if message.get("type").and_then(Value::as_str) != Some("SMS") {
        return None;
    }
    let direction = match message.get("direction")?.as_str()? {
        "Inbound" => Direction::Inbound,
        "Outbound" => Direction::Outbound,
        _ => return None,
    };
    let party = |end: &Value| Party {
        given: text(end, "phoneNumber")
            .or_else(|| text(end, "extensionNumber"))
            .unwrap_or_default(),
        name: text(end, "name"),
    };
    let from = party(message.get("from").unwrap_or(&Value::Null));
    let to = list(message, "to", 1).next().map(party).unwrap_or_default();
    let (remote, local) = match direction {
        Direction::Inbound => (from, to),
        Direction::Outbound => (to, from),
    };
    Some(MessageEvent {
        source: source.clone(),
        key: id(message, "id")?,
        direction,
        remote,
        local,
        // The subject of a text message is its text.
        text: text(message, "subject").unwrap_or_default(),
        received: now,
    })
}
