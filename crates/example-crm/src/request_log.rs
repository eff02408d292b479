//! What was asked, for tests and connector authors to read. Never with the `Authorization` header.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::Json;
use axum::body::{Body, to_bytes};
use axum::extract::{Request, State};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::app::{BODY_MAX, Shared};
use crate::extract::Params;
use crate::problem::Problem;

/// Most requests that are kept; the oldest go first.
const KEPT: usize = 20_000;

/// One request.
#[derive(Clone, Serialize)]
pub(crate) struct Entry {
    /// Rises by one with each request, from 1.
    n: u64,
    at: String,
    method: String,
    path: String,
    query: Option<String>,
    /// `None` while it is being answered, and for good if the client went away or was dropped.
    status: Option<u16>,
    /// Done, but the connection was closed on purpose without an answer.
    dropped: bool,
    body: Option<Value>,
}

/// Marks the response of a request whose connection was cut.
#[derive(Clone)]
pub(crate) struct Dropped;

/// All requests since the start, in memory.
#[derive(Default)]
pub(crate) struct RequestLog {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    last: u64,
    entries: VecDeque<Entry>,
}

impl RequestLog {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn begin(&self, mut entry: Entry) -> u64 {
        let mut inner = self.lock();
        inner.last = inner.last.saturating_add(1);
        entry.n = inner.last;
        if inner.entries.len() == KEPT {
            inner.entries.pop_front();
        }
        inner.entries.push_back(entry);
        inner.last
    }

    fn end(&self, n: u64, response: &Response) {
        let mut inner = self.lock();
        // Newest first: the request is most likely among the last few.
        if let Some(entry) = inner.entries.iter_mut().rev().find(|entry| entry.n == n) {
            entry.dropped = response.extensions().get::<Dropped>().is_some();
            entry.status = (!entry.dropped).then(|| response.status().as_u16());
        }
    }
}

/// Notes a request on its way in and its outcome on the way out.
pub(crate) async fn note(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path().to_owned();
    if path.starts_with("/_") {
        return next.run(request).await;
    }
    // The OAuth addresses carry secrets in query and body.
    let open = !path.starts_with("/oauth/");
    let (parts, body) = request.into_parts();
    let Ok(bytes) = to_bytes(body, BODY_MAX).await else {
        return Problem::Unreadable("The body is too large.".into()).into_response();
    };
    let entry = Entry {
        n: 0,
        at: Timestamp::now().to_string(),
        method: parts.method.to_string(),
        path,
        query: parts.uri.query().filter(|_| open).map(str::to_owned),
        status: None,
        dropped: false,
        body: (open && !bytes.is_empty()).then(|| {
            serde_json::from_slice(&bytes)
                .unwrap_or_else(|_| Value::from(String::from_utf8_lossy(&bytes)))
        }),
    };
    let n = app.requests.begin(entry);
    let response = next.run(Request::from_parts(parts, Body::from(bytes))).await;
    app.requests.end(n, &response);
    response
}

#[derive(Deserialize)]
pub(crate) struct Since {
    #[serde(default)]
    since: u64,
}

#[derive(Serialize)]
pub(crate) struct List {
    requests: Vec<Entry>,
    /// The number of the last request, for the next `since`.
    last: u64,
}

/// `GET /_requests?since=N`: the requests after the Nth, oldest first.
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(Since { since }): Params<Since>,
) -> Json<List> {
    let inner = app.requests.lock();
    let requests = inner.entries.iter().filter(|entry| entry.n > since).cloned().collect();
    Json(List { requests, last: inner.last })
}
