//! Reports over a WebSocket: each message is one, as JSON. Only refusals are answered.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::extract::ws::{Message, WebSocket, WebSocketUpgrade};
use axum::http::{HeaderMap, Uri};
use axum::response::Response;
use serde_json::json;
use tokio::time::{interval, timeout};

use super::{BODY_MAX, REQUEST_TIME, Room, key, refusal};
use crate::inlet::door::Refused;
use crate::inlet::report::Given;
use crate::inlet::{Inlet, NoEffect};

/// How often the other side is asked whether it is still there.
const PING: Duration = Duration::from_secs(30);

pub(super) async fn open(
    State(Room { inlet, .. }): State<Room>,
    uri: Uri,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let query = Given::from_query(uri.query().unwrap_or_default());
    let key = key(&headers, &query).unwrap_or_default();
    if let Err(why) = inlet.door.enter(Some(&key)) {
        return refusal(why, None);
    }
    upgrade
        .max_message_size(BODY_MAX)
        .max_frame_size(BODY_MAX)
        .on_upgrade(|socket| listen(socket, inlet, key))
}

async fn listen(mut socket: WebSocket, inlet: Arc<Inlet>, key: String) {
    let mut pings = interval(PING);
    let mut silent = 0;
    loop {
        let message = tokio::select! {
            message = socket.recv() => message,
            _ = pings.tick() => {
                silent += 1;
                if silent > 3 || !send(&mut socket, Message::Ping(Default::default())).await {
                    return;
                }
                continue;
            }
        };
        silent = 0;
        let body = match message {
            Some(Ok(Message::Text(text))) => text.as_bytes().to_vec(),
            Some(Ok(Message::Binary(body))) => body.to_vec(),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Close(_)) | Err(_)) | None => return,
        };
        let Some(answer) = take(&inlet, &key, &body) else { continue };
        if !send(&mut socket, Message::Text(answer.to_string().into())).await {
            return;
        }
    }
}

/// What is to be said to a message: nothing where it was taken.
fn take(inlet: &Inlet, key: &str, body: &[u8]) -> Option<serde_json::Value> {
    // Each time anew: the key may have been changed meanwhile.
    match inlet.door.enter(Some(key)) {
        Ok(()) => {}
        Err(Refused::TooMany) => return Some(json!({ "error": "too_many" })),
        Err(_) => return Some(json!({ "error": "key" })),
    }
    let given = Given::from_json(body).map_err(NoEffect::from);
    match given.and_then(|given| inlet.report(&given)) {
        Ok(()) | Err(NoEffect::NoCall) => None,
        Err(NoEffect::Unreadable(error)) => {
            inlet.door.refuse(Refused::Unreadable);
            Some(json!({ "error": "unreadable", "reason": error.to_string() }))
        }
    }
}

async fn send(socket: &mut WebSocket, message: Message) -> bool {
    matches!(timeout(REQUEST_TIME, socket.send(message)).await, Ok(Ok(())))
}
