//! The WebSocket.

use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket};
use axum::extract::{Query, State as Given, WebSocketUpgrade};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use futures::{SinkExt, StreamExt};
use serde::Deserialize;
use serde_json::Value;
use test_server::spend;
use tokio::sync::mpsc;

use crate::state::{Out, Session};
use crate::{Shared, frames};

/// How long a token for a connection serves.
const TOKEN_LIFE: Duration = Duration::from_secs(30);

#[derive(Deserialize)]
pub(crate) struct Asked {
    access_token: String,
    wsc: Option<String>,
}

pub(crate) async fn open(
    Given(platform): Given<Shared>,
    Query(asked): Query<Asked>,
    upgrade: WebSocketUpgrade,
) -> Response {
    let grant = {
        let mut state = platform.state();
        let refused = spend(&mut state.faults.refuse_socket_tokens);
        let token = state.socket_tokens.remove(&asked.access_token);
        token.filter(|(_, since)| !refused && since.elapsed() < TOKEN_LIFE).map(|(grant, _)| grant)
    };
    match grant {
        Some(grant) => upgrade.on_upgrade(move |socket| serve(platform, socket, grant, asked.wsc)),
        None => (StatusCode::UNAUTHORIZED, "WSG-901").into_response(),
    }
}

async fn serve(platform: Shared, socket: WebSocket, grant: u64, wsc: Option<String>) {
    let (out, mut outgoing) = mpsc::unbounded_channel();
    let token = {
        let mut state = platform.state();
        state.opened += 1;
        let known = wsc.as_ref().filter(|token| {
            state.sockets.get(*token).is_some_and(|session| session.recoverable(grant))
        });
        let recovered = wsc.as_ref().map(|_| known.is_some());
        let token = match known {
            Some(token) => token.clone(),
            None => {
                let token = format!("{:032x}", rand::random::<u128>());
                state.sockets.insert(token.clone(), Session::new(grant));
                token
            }
        };
        state.recovered += u32::from(recovered == Some(true));
        if let Some(session) = state.sockets.get_mut(&token) {
            session.attach(out.clone());
            let details = frames::details(&token, session.next(), recovered);
            let _ = out.send(Out::Frame(details));
            for (filter, body) in session.missed() {
                let _ = out.send(Out::Frame(frames::event(&filter, &body, &token, session.next())));
            }
        }
        token
    };
    let (mut sink, mut frames) = socket.split();
    loop {
        tokio::select! {
            said = outgoing.recv() => match said {
                Some(Out::Frame(frame)) => {
                    if sink.send(Message::Text(frame.into())).await.is_err() {
                        break;
                    }
                }
                Some(Out::Close(why)) => {
                    let close = CloseFrame { code: 1001, reason: why.into() };
                    let _ = sink.send(Message::Close(Some(close))).await;
                    break;
                }
                Some(Out::Break) | None => break,
            },
            heard = frames.next() => match heard {
                Some(Ok(Message::Text(text))) => hear(&platform, &token, &text, &out),
                Some(Ok(Message::Close(_)) | Err(_)) | None => break,
                Some(Ok(_)) => {}
            },
        }
    }
    let mut state = platform.state();
    if let Some(session) = state.sockets.get_mut(&token)
        && session.out.as_ref().is_some_and(|own| own.same_channel(&out))
    {
        session.detach();
    }
}

fn hear(platform: &Shared, token: &str, text: &str, out: &mpsc::UnboundedSender<Out>) {
    let Ok(frame) = serde_json::from_str::<Value>(text) else { return };
    let mut state = platform.state();
    let id = frame[0]["messageId"].as_str().unwrap_or_default();
    match frame[0]["type"].as_str() {
        Some("Heartbeat") => {
            state.heartbeats += 1;
            if !state.faults.silent {
                let _ = out.send(Out::Frame(frames::heartbeat(id)));
            }
        }
        Some("ClientRequest") => {
            let wanted = frame[1]["eventFilters"].as_array().into_iter().flatten();
            let filters: Vec<String> =
                wanted.filter_map(|filter| filter.as_str().map(str::to_owned)).collect();
            let status = state.faults.refuse_subscription.unwrap_or(200);
            if status < 300 {
                state.subscribed += 1;
                if let Some(session) = state.sockets.get_mut(token) {
                    // A connection has one subscription: the last.
                    session.filters.clone_from(&filters);
                }
            }
            let _ = out.send(Out::Frame(frames::subscribed(id, status, &filters)));
        }
        _ => {}
    }
}
