//! Frames of RingCentral's WebSocket: a JSON array of what is said about a message, and the message.
//!
//! Source: RingCentral's guide "WebSockets", and `@rc-ex/ws` 1.4 for the order of connection tokens.

use std::time::Duration;

use secrecy::SecretString;
use serde_json::{Value, json};

use crate::field::{id, text};

/// Longest token that is taken, in bytes.
const TOKEN_MAX: usize = 4096;
/// What the server says where it does not: how long a connection can be recovered.
const RECOVERY: Duration = Duration::from_secs(180);

/// By what a connection is recovered. It is a secret: whoever has it and a sign-in takes the
/// connection over.
#[derive(Clone, Debug)]
pub(super) struct Recovery {
    pub(super) token: SecretString,
    sequence: u64,
}

impl Recovery {
    /// The newer of two: they may overtake each other.
    pub(super) fn newest(before: Option<Self>, new: Option<Self>) -> Option<Self> {
        match (before, new) {
            (Some(before), Some(new)) if before.sequence > new.sequence => Some(before),
            (before, new) => new.or(before),
        }
    }
}

/// A frame, read.
#[derive(Debug)]
pub(super) struct Frame {
    pub(super) recovery: Option<Recovery>,
    pub(super) says: Says,
}

/// What a frame says.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Says {
    /// The connection stands; `recovered` where that was asked for.
    Open { recovered: Option<bool>, recoverable: Duration },
    /// An answer to a request of ours.
    Answer { id: String, status: u64 },
    /// Something happened.
    Event { filter: String, body: Value },
    /// The other side lives.
    Heartbeat,
    /// The server refuses.
    Refused { status: u64, words: String },
    /// What is none of these.
    Other,
}

/// Reads a frame; `None` if it is not one.
pub(super) fn read(frame: &str) -> Option<Frame> {
    let frame: Value = serde_json::from_str(frame).ok()?;
    let [meta, rest @ ..] = frame.as_array()?.as_slice() else { return None };
    let body = rest.first().unwrap_or(&Value::Null);
    let recovery = meta.get("wsc").and_then(|wsc| {
        let token = wsc.get("token")?.as_str().filter(|token| token.len() <= TOKEN_MAX)?;
        let sequence = wsc.get("sequence").and_then(Value::as_u64).unwrap_or(0);
        Some(Recovery { token: token.into(), sequence })
    });
    let status = meta.get("status").and_then(Value::as_u64).unwrap_or(200);
    let says = match meta.get("type")?.as_str()? {
        _ if status == 401 || status == 403 => Says::Refused { status, words: words(body) },
        "ConnectionDetails" if status >= 400 => Says::Refused { status, words: words(body) },
        "ConnectionDetails" => Says::Open {
            recovered: body
                .get("recoveryState")
                .and_then(Value::as_str)
                .map(|state| state.eq_ignore_ascii_case("Successful")),
            recoverable: body
                .get("recoveryTimeout")
                .and_then(Value::as_u64)
                .map_or(RECOVERY, |seconds| Duration::from_secs(seconds).min(RECOVERY)),
        },
        "ClientRequest" => Says::Answer { id: id(meta, "messageId").unwrap_or_default(), status },
        "ServerNotification" => Says::Event {
            filter: text(body, "event").unwrap_or_default(),
            body: body.get("body").cloned().unwrap_or_default(),
        },
        "Heartbeat" => Says::Heartbeat,
        "Error" => Says::Refused { status, words: words(body) },
        _ => Says::Other,
    };
    Some(Frame { recovery, says })
}

/// The server's reason, as its errors have it.
fn words(body: &Value) -> String {
    let code = text(body, "errorCode");
    let words = text(body, "message").or_else(|| text(body, "error_description"));
    let words: Vec<String> = code.into_iter().chain(words).collect();
    ringside_domain::text::clean(&words.join(" "), 300)
}

/// Asks for the events of these filters. A connection has one subscription.
pub(super) fn subscribe(id: &str, filters: &[&str]) -> String {
    json!([
        {
            "type": "ClientRequest",
            "messageId": id,
            "method": "POST",
            "path": "/restapi/v1.0/subscription/",
        },
        { "eventFilters": filters, "deliveryMode": { "transportType": "WebSocket" } },
    ])
    .to_string()
}

/// Says that we live.
pub(super) fn heartbeat(id: &str) -> String {
    json!([{ "type": "Heartbeat", "messageId": id }]).to_string()
}
