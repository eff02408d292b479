//! What stands in a frame: an event, or the answer to a command.

use serde_json::{Value, json};

/// One frame, read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Message {
    Event(Event),
    Response(Response),
    /// Well-formed, and of no meaning to us.
    Other,
}

/// An event of `ctrl_tcp`, with the keys of baresip 1.0 (later versions only add to them).
///
/// `param` of a call event is never read as a number: it is baresip's printf format of the remote
/// address, which the remote side can garble (`src/ua.c` of 1.0.0). For `CALL_CLOSED` it is the
/// reason.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Event {
    pub(super) kind: String,
    pub(super) account: String,
    pub(super) outgoing: bool,
    pub(super) peer: String,
    pub(super) name: Option<String>,
    /// SIP Call-ID. Absent in a few events.
    pub(super) id: Option<String>,
    pub(super) param: String,
}

/// The answer to the command with the same token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Response {
    pub(super) ok: bool,
    pub(super) data: String,
    pub(super) token: String,
}

/// Reads a frame; `None` if it is not JSON.
///
/// A caller's name in an old encoding arrives as invalid UTF-8, or with raw control characters:
/// that must not cost a ring, so both are replaced before the JSON is read.
pub(super) fn read(frame: &[u8]) -> Option<Message> {
    let value = json(frame)?;
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    let flag = |key: &str| value.get(key).and_then(Value::as_bool).unwrap_or(false);
    Some(if flag("event") {
        Message::Event(event_of(&value))
    } else if flag("response") {
        Message::Response(Response {
            ok: flag("ok"),
            data: text("data").unwrap_or_default(),
            token: text("token").unwrap_or_default(),
        })
    } else {
        Message::Other
    })
}

/// Reads what is known to be an event; `None` if it is not JSON.
pub(super) fn event(frame: &[u8]) -> Option<Event> {
    json(frame).map(|value| event_of(&value))
}

fn json(frame: &[u8]) -> Option<Value> {
    let text = String::from_utf8_lossy(frame).replace(|c: char| c < ' ', " ");
    serde_json::from_str(&text).ok()
}

fn event_of(value: &Value) -> Event {
    let text = |key: &str| value.get(key).and_then(Value::as_str).map(str::to_owned);
    Event {
        kind: text("type").unwrap_or_default(),
        account: text("accountaor").unwrap_or_default(),
        outgoing: text("direction").is_some_and(|d| d == "outgoing"),
        peer: text("peeruri").unwrap_or_default(),
        name: text("peerdisplayname").filter(|name| !name.is_empty()),
        id: text("id").filter(|id| !id.is_empty()),
        param: text("param").unwrap_or_default(),
    }
}

/// A command, ready to be framed.
pub(super) fn command(name: &str, params: &str, token: &str) -> Vec<u8> {
    let mut command = json!({ "command": name, "token": token });
    if !params.is_empty() {
        command["params"] = params.into();
    }
    command.to_string().into_bytes()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_name_in_an_old_encoding_does_not_cost_a_ring() {
        let mut frame =
            br#"{"event":true,"type":"CALL_INCOMING","id":"1","peerdisplayname":"M"#.to_vec();
        frame.extend([0xFC, b'\t']);
        frame.extend(br#"ller"}"#);
        let Some(Message::Event(event)) = read(&frame) else { panic!("no event") };
        assert_eq!(event.name.as_deref(), Some("M\u{FFFD} ller"));
    }

    #[test]
    fn unknown_shapes_are_tolerated() {
        assert_eq!(read(b"not json"), None);
        assert_eq!(read(b"[1,2]"), Some(Message::Other));
        assert_eq!(read(b"{\"event\":\"yes\"}"), Some(Message::Other));
        let odd = br#"{"event":true,"type":7,"id":[],"peeruri":null,"audiodir":"sendrecv"}"#;
        assert_eq!(read(odd), Some(Message::Event(Event::default())));
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let _ = read(&bytes);
        }
    }
}
