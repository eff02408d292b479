//! What differs between accounts, and misbehaviour on request.

use std::time::Duration;

use axum::body::Body;
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use test_server::{Connection, spend};

use crate::answer::Refusal;
use crate::app::Shared;
use crate::request_log::Dropped;
use crate::search::PhoneSearch;

/// How large the answer of [`Nonsense::Huge`] is, in bytes.
const HUGE: usize = 8 * 1024 * 1024;

/// The switches. Counters run down to 0; those from `delay_ms` on count for requests whose path
/// begins with `path_prefix`.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// How numbers are searched.
    pub phone_search: PhoneSearch,
    /// Persons made from now on are listed, but not found by searches.
    pub search_lags: bool,
    /// Durations are taken as `HH:MM` only.
    pub whole_minutes: bool,
    /// Which requests the rest is about.
    pub path_prefix: String,
    /// Requests below this path are spared.
    pub spare: Option<String>,
    /// Wait this long before anything else, in milliseconds.
    pub delay_ms: u64,
    /// Answer `fail_status` to this many requests.
    pub fail_times: u32,
    /// A status of 400 to 599.
    pub fail_status: u16,
    /// Answer this many requests as if the burst were used up.
    pub burst_times: u32,
    /// The `Retry-After` of those answers, in seconds; the real API is not known to send one.
    pub retry_after_s: Option<u64>,
    /// Answer as if the day's tokens were used up.
    pub day_is_over: bool,
    /// Answer 200 with nonsense, without doing what was asked.
    pub nonsense: Option<Nonsense>,
    /// Send every request to this address.
    pub redirect: Option<String>,
    /// Do what this many writes ask, then close the connection without an answer.
    pub drop_after_write: u32,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            phone_search: PhoneSearch::default(),
            search_lags: false,
            whole_minutes: false,
            path_prefix: "/api/".to_owned(),
            spare: None,
            delay_ms: 0,
            fail_times: 0,
            fail_status: 503,
            burst_times: 0,
            retry_after_s: None,
            redirect: None,
            day_is_over: false,
            nonsense: None,
            drop_after_write: 0,
        }
    }
}

/// Answers that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nonsense {
    /// A page, as the protection in front of the API sends it.
    Html,
    /// JSON of another shape.
    Json,
    /// JSON that ends too early.
    Truncated,
    /// Nothing.
    Empty,
    /// JSON without end: 8 MB.
    Huge,
}

/// What the switches hold for one request.
enum Fault {
    Refuse(Refusal),
    DayIsOver,
    Burst(Option<u64>),
    Redirect(String),
    Nonsense(Nonsense),
    Drop,
}

impl Faults {
    fn take(&mut self, path: &str, write: bool) -> (Duration, Option<Fault>) {
        let spared = self.spare.as_ref().is_some_and(|spare| path.starts_with(spare));
        if spared || !path.starts_with(&self.path_prefix) {
            return (Duration::ZERO, None);
        }
        (Duration::from_millis(self.delay_ms), self.next(write))
    }

    fn next(&mut self, write: bool) -> Option<Fault> {
        if spend(&mut self.fail_times) {
            let status = StatusCode::from_u16(self.fail_status);
            let status = status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
            return Some(Fault::Refuse(Refusal::Status(status)));
        }
        if spend(&mut self.burst_times) {
            return Some(Fault::Burst(self.retry_after_s));
        }
        if self.day_is_over {
            return Some(Fault::DayIsOver);
        }
        if let Some(address) = self.redirect.clone() {
            return Some(Fault::Redirect(address));
        }
        if let Some(nonsense) = self.nonsense {
            return Some(Fault::Nonsense(nonsense));
        }
        (write && spend(&mut self.drop_after_write)).then_some(Fault::Drop)
    }
}

/// Applies the switches to a request.
pub(crate) async fn interfere(
    State(app): State<Shared>,
    ConnectInfo(connection): ConnectInfo<Connection>,
    request: Request,
    next: Next,
) -> Response {
    let write = request.method() != Method::GET && request.method() != Method::HEAD;
    let (delay, fault) = app.faults().take(request.uri().path(), write);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match fault {
        None => next.run(request).await,
        Some(Fault::Refuse(refusal)) => refusal.into_response(),
        Some(Fault::DayIsOver) => {
            app.limits.end_day();
            Refusal::OverLimit.into_response()
        }
        Some(Fault::Burst(None)) => Refusal::OverLimit.into_response(),
        Some(Fault::Burst(Some(seconds))) => {
            ([(header::RETRY_AFTER, seconds.to_string())], Refusal::OverLimit).into_response()
        }
        Some(Fault::Redirect(address)) => Redirect::temporary(&address).into_response(),
        Some(Fault::Nonsense(nonsense)) => nonsense.into_response(),
        Some(Fault::Drop) => {
            let mut response = next.run(request).await;
            connection.cut();
            response.extensions_mut().insert(Dropped);
            response
        }
    }
}

impl IntoResponse for Nonsense {
    fn into_response(self) -> Response {
        let (content_type, body) = match self {
            Self::Html => (
                "text/html; charset=utf-8",
                Body::from("<!doctype html><title>Attention Required!</title><h1>Blocked</h1>"),
            ),
            Self::Json => ("application/json", Body::from(r#"{"data":{"items":"none"}}"#)),
            Self::Truncated => {
                ("application/json", Body::from(r#"{"success":true,"data":{"items":[{"item":{"#))
            }
            Self::Empty => ("application/json", Body::empty()),
            Self::Huge => {
                let mut text = String::with_capacity(HUGE + 64);
                text.push_str(r#"{"success":true,"data":null,"padding":""#);
                text.extend(std::iter::repeat_n('x', HUGE));
                text.push_str(r#""}"#);
                ("application/json", Body::from(text))
            }
        };
        ([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], body).into_response()
    }
}
