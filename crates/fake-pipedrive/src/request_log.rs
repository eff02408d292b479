//! What was asked, for tests to read. Never with a token.

use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::Value;

use crate::answer::Refusal;
use crate::app::{BODY_MAX, Shared};

/// One request.
#[derive(Clone, Debug, Serialize)]
pub struct Entry {
    /// Such as `GET`.
    pub method: String,
    /// Path.
    pub path: String,
    /// Query, as sent.
    pub query: Option<String>,
    /// `None` while it is being answered, and for good if the client went away or was dropped.
    pub status: Option<u16>,
    /// Done, but the connection was closed on purpose without an answer.
    pub dropped: bool,
    /// The body, if there was one; not of the OAuth addresses, which carry secrets.
    pub body: Option<Value>,
    /// `api-token`, `bearer`, or nothing.
    pub signed: Option<&'static str>,
}

/// Marks the response of a request whose connection was cut.
#[derive(Clone)]
pub(crate) struct Dropped;

/// All requests since the start, in memory.
#[derive(Default)]
pub(crate) struct RequestLog {
    entries: Mutex<Vec<Entry>>,
}

impl RequestLog {
    fn lock(&self) -> MutexGuard<'_, Vec<Entry>> {
        self.entries.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Everything so far, oldest first.
    pub(crate) fn all(&self) -> Vec<Entry> {
        self.lock().clone()
    }

    /// Forgets everything so far.
    pub(crate) fn clear(&self) {
        self.lock().clear();
    }
}

/// Notes a request on its way in and its outcome on the way out.
pub(crate) async fn note(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/_test/") {
        return next.run(request).await;
    }
    let open = !path.starts_with("/oauth/");
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_MAX).await else {
        return Refusal::invalid("The body is too large").into_response();
    };
    let signed = if parts.headers.contains_key("x-api-token") {
        Some("api-token")
    } else {
        parts.headers.get("authorization").map(|_| "bearer")
    };
    let entry = Entry {
        method: parts.method.to_string(),
        path,
        query: parts.uri.query().filter(|_| open).map(str::to_owned),
        status: None,
        dropped: false,
        body: (open && !bytes.is_empty()).then(|| {
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes)))
        }),
        signed,
    };
    let place = {
        let mut entries = app.requests.lock();
        entries.push(entry);
        entries.len() - 1
    };
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    // Gone if the log was cleared meanwhile.
    if let Some(entry) = app.requests.lock().get_mut(place) {
        entry.dropped = response.extensions().get::<Dropped>().is_some();
        entry.status = (!entry.dropped).then(|| response.status().as_u16());
    }
    response
}
