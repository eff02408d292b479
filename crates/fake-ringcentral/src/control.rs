//! `/_test/…`: for tests that start the server as a process. No token is needed, since it listens on
//! loopback alone.

use axum::Json;
use axum::extract::State as Given;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::state::Faults;
use crate::{EXTENSION, Request, Shared, frames};

/// What the server is told to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "do", rename_all = "snake_case")]
pub enum Order {
    /// A party of the extension changes, and whoever subscribed is told.
    Party {
        /// The telephony session.
        session: String,
        /// The message's number in it.
        sequence: u64,
        /// The party.
        party: String,
        /// Its status.
        code: String,
        /// More of it: `reason` and `peerId` go into the status, the rest beside it.
        #[serde(default)]
        more: Value,
    },
    /// A text message arrives or was sent.
    Sms {
        /// Its id.
        id: u64,
        /// `Inbound` or `Outbound`.
        direction: String,
        /// Who sent it.
        from: String,
        /// To whom.
        to: String,
        /// The text.
        text: String,
    },
    /// The call log has a record, the newest.
    Record {
        /// The record.
        record: Value,
    },
    /// Other switches.
    Faults {
        /// All of them.
        faults: Faults,
    },
    /// What was kept back goes out, the last one first.
    Release,
    /// The network breaks.
    Disconnect,
    /// The daily cut: WSG-903.
    Cut,
    /// Nothing was said for too long: WSG-902.
    Idle,
    /// The three minutes are over: no session can be recovered.
    ForgetSessions,
    /// Access tokens are too old.
    ExpireTokens,
    /// The user ends the app's access.
    Revoke,
}

pub(crate) fn carry_out(platform: &Shared, order: Order) {
    let mut state = platform.state();
    match order {
        Order::Party { session, sequence, party, code, more } => {
            let body = frames::party(&session, sequence, &party, &code, &more);
            let over = ["disconnected", "gone", "voicemail"]
                .iter()
                .any(|over| code.eq_ignore_ascii_case(over));
            if over {
                state.sessions.remove(&session);
            } else {
                let kept = json!({
                    "id": session,
                    "sessionId": body["sessionId"],
                    "creationTime": "2026-11-24T10:00:00.000Z",
                    "extensionId": EXTENSION,
                    "origin": body["origin"],
                    "parties": body["parties"],
                });
                state.sessions.insert(session, kept);
            }
            state.publish("/telephony/sessions", body);
        }
        Order::Sms { id, direction, from, to, text } => {
            let message = json!({
                "id": id, "type": "SMS", "direction": direction, "subject": text,
                "from": { "phoneNumber": from }, "to": [{ "phoneNumber": to }],
                "creationTime": "2026-11-24T10:00:00.000Z", "messageStatus": "Received",
                "readStatus": "Unread", "availability": "Alive", "priority": "Normal",
            });
            state.messages.insert(id.to_string(), message);
            let change = json!({
                "type": "SMS", "newCount": 1, "updatedCount": 0, "newMessageIds": [id],
            });
            let body = json!({
                "accountId": crate::ACCOUNT.parse::<u64>().unwrap_or_default(),
                "extensionId": EXTENSION.parse::<u64>().unwrap_or_default(),
                "lastUpdated": "2026-11-24T10:00:00.775Z",
                "changes": [change],
            });
            state.publish("/message-store", body);
        }
        Order::Record { record } => state.call_log.insert(0, record),
        Order::Faults { faults } => state.faults = faults,
        Order::Release => state.release(),
        Order::Disconnect => state.disconnect(None),
        Order::Cut => state.disconnect(Some("WSG-903")),
        Order::Idle => state.disconnect(Some("WSG-902")),
        Order::ForgetSessions => state.sockets.retain(|_, session| session.out.is_some()),
        Order::ExpireTokens => state.grants.expire(),
        Order::Revoke => {
            state.grants.revoke();
            state.disconnect(None);
        }
    }
}

/// `POST /_test/order`
pub(crate) async fn order(Given(platform): Given<Shared>, Json(order): Json<Order>) -> StatusCode {
    carry_out(&platform, order);
    StatusCode::NO_CONTENT
}

/// `GET /_test/requests`: what was asked, oldest first, and how the connections do.
pub(crate) async fn requests(Given(platform): Given<Shared>) -> Json<Value> {
    let state = platform.state();
    let requests: &Vec<Request> = &state.requests;
    Json(json!({
        "requests": requests,
        "connected": state.connected(),
        "opened": state.opened,
        "recovered": state.recovered,
        "subscribed": state.subscribed,
    }))
}
