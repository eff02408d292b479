//! The REST endpoints.

use std::time::Instant;

use axum::Json;
use axum::extract::{Path, Query, State as Given};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};
use test_server::spend;

use crate::limits::too_many;
use crate::{EXTENSION, Group, Request, Shared};

/// Counts a request against its group; the headers for the answer, or the refusal.
pub(crate) fn count(
    platform: &Shared,
    group: Group,
    what: &str,
) -> Result<HeaderMap, Box<Response>> {
    let mut state = platform.state();
    let refused = |status: u16| Request { what: what.to_owned(), status };
    if spend(&mut state.faults.too_many_times) {
        state.requests.push(refused(429));
        let wait = std::time::Duration::from_secs(state.faults.retry_after_s);
        return Err(Box::new(too_many(wait, HeaderMap::new())));
    }
    if spend(&mut state.faults.fail_times) {
        state.requests.push(refused(503));
        return Err(Box::new(StatusCode::SERVICE_UNAVAILABLE.into_response()));
    }
    let counted = state.limits.count(group);
    let status = if counted.is_ok() { 200 } else { 429 };
    state.requests.push(Request { what: what.to_owned(), status });
    counted
}

fn answer(
    platform: &Shared,
    headers: &HeaderMap,
    group: Group,
    what: &str,
    make: impl FnOnce(&mut crate::State, u64) -> Option<Value>,
) -> Response {
    let Some(grant) = platform.state().grants.of(headers) else {
        platform.state().requests.push(Request { what: what.to_owned(), status: 401 });
        let body = json!({ "errorCode": "OAU-213", "message": "Token not found" });
        return (StatusCode::UNAUTHORIZED, Json(body)).into_response();
    };
    let told = match count(platform, group, what) {
        Ok(told) => told,
        Err(refused) => return *refused,
    };
    let mut state = platform.state();
    if state.faults.forbid {
        let body = json!({ "errorCode": "CMN-401", "message": "InsufficientPermissions" });
        return (StatusCode::FORBIDDEN, told, Json(body)).into_response();
    }
    match make(&mut state, grant) {
        Some(body) => (told, Json(body)).into_response(),
        None => {
            let body = json!({ "errorCode": "CMN-102", "message": "Resource is not found" });
            (StatusCode::NOT_FOUND, told, Json(body)).into_response()
        }
    }
}

/// A token for the WebSocket, which serves once.
pub(crate) async fn socket_token(Given(platform): Given<Shared>, headers: HeaderMap) -> Response {
    let uri = format!("ws://{}/ws", platform.address);
    answer(&platform, &headers, Group::Auth, "POST /oauth/wstoken", |state, grant| {
        let token = format!("ws{:032x}", rand::random::<u128>());
        state.socket_tokens.insert(token.clone(), (grant, Instant::now()));
        Some(json!({ "ws_access_token": token, "uri": uri, "expires_in": 30 }))
    })
}

pub(crate) async fn extension(Given(platform): Given<Shared>, headers: HeaderMap) -> Response {
    answer(&platform, &headers, Group::Light, "GET extension", |_, _| {
        Some(json!({
            "id": EXTENSION.parse::<u64>().unwrap_or_default(),
            "extensionNumber": "101",
            "name": "Tom Sawyer",
            "status": "Enabled",
            "type": "User",
        }))
    })
}

pub(crate) async fn presence(Given(platform): Given<Shared>, headers: HeaderMap) -> Response {
    answer(&platform, &headers, Group::Light, "GET presence", |state, _| {
        let calls: Vec<Value> = state
            .sessions
            .iter()
            .map(|(id, session)| {
                let party = &session["parties"][0];
                let status = match party["status"]["code"].as_str() {
                    Some("Answered") => "CallConnected",
                    Some("Hold") => "OnHold",
                    _ => "Ringing",
                };
                json!({
                    "id": id,
                    "direction": party["direction"],
                    "queueCall": false,
                    "from": party["from"]["phoneNumber"],
                    "to": party["to"]["phoneNumber"],
                    "telephonyStatus": status,
                    "startTime": "2026-11-24T10:00:00.322Z",
                    "sessionId": "425008160016",
                    "partyId": party["id"],
                    "telephonySessionId": id,
                })
            })
            .collect();
        Some(json!({
            "extension": { "id": EXTENSION },
            "telephonyStatus": if calls.is_empty() { "NoCall" } else { "CallConnected" },
            "totalActiveCalls": calls.len(),
            "activeCalls": calls,
        }))
    })
}

pub(crate) async fn session(
    Given(platform): Given<Shared>,
    Path((_, id)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    answer(&platform, &headers, Group::Light, "GET session", |state, _| {
        state.sessions.get(&id).cloned()
    })
}

pub(crate) async fn message(
    Given(platform): Given<Shared>,
    Path((_, _, id)): Path<(String, String, String)>,
    headers: HeaderMap,
) -> Response {
    answer(&platform, &headers, Group::Light, "GET message", |state, _| {
        state.messages.get(&id).cloned()
    })
}

#[derive(serde::Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LogQuery {
    telephony_session_id: Option<String>,
    page: Option<usize>,
    per_page: Option<usize>,
}

pub(crate) async fn call_log(
    Given(platform): Given<Shared>,
    Query(query): Query<LogQuery>,
    headers: HeaderMap,
) -> Response {
    answer(&platform, &headers, Group::Heavy, "GET call-log", |state, _| {
        let per_page = query.per_page.unwrap_or(100);
        let page = query.page.unwrap_or(1).max(1);
        let wanted = query.telephony_session_id.as_deref();
        let records: Vec<&Value> = state
            .call_log
            .iter()
            .filter(|record| wanted.is_none_or(|id| record["telephonySessionId"] == id))
            .skip((page - 1) * per_page)
            .take(per_page)
            .collect();
        Some(json!({ "records": records, "paging": { "page": page, "perPage": per_page } }))
    })
}
