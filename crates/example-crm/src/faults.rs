//! Misbehaviour on request (`--faults`): what real CRMs do on bad days.

use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::{ConnectInfo, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Redirect, Response};
use serde::{Deserialize, Serialize};
use test_server::{Connection, spend};

use crate::app::Shared;
use crate::problem::Problem;
use crate::request_log::Dropped;

/// How large the answer of [`Nonsense::Huge`] is, in bytes.
const HUGE: usize = 8 * 1024 * 1024;

/// What goes wrong, for requests whose path begins with `path_prefix`. Counters run down to 0.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Which requests.
    pub path_prefix: String,
    /// Wait this long before anything else, in milliseconds.
    pub delay_ms: u64,
    /// Answer `429` to this many requests.
    pub rate_limit_times: u32,
    /// The `Retry-After` of those answers, in seconds.
    pub retry_after_s: u64,
    /// Answer `fail_status` to this many requests.
    pub fail_times: u32,
    /// A status of 400 to 599.
    pub fail_status: u16,
    /// Answer 200 with nonsense, without doing what was asked.
    pub nonsense: Option<Nonsense>,
    /// Do what this many writes ask, then close the connection without an answer.
    pub drop_after_write: u32,
    /// Answer with a redirect to this address.
    pub redirect: Option<String>,
    /// Comes with every list of contacts.
    pub notice: Option<Notice>,
}

/// What the CRM has to say to everybody, such as when it will be down.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Notice {
    /// The text.
    pub text: String,
    /// How loud it is.
    pub level: NoticeLevel,
    /// How long to show it, in seconds.
    pub seconds: u32,
    /// More.
    #[serde(default)]
    pub details: Vec<NoticeDetail>,
}

/// How loud a [`Notice`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NoticeLevel {
    /// It worked.
    Success,
    /// To know.
    Info,
    /// To look at.
    Warning,
    /// It did not work.
    Error,
}

/// A titled list under a [`Notice`].
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NoticeDetail {
    /// Heading.
    pub title: String,
    /// Lines.
    pub lines: Vec<String>,
}

impl Default for Faults {
    fn default() -> Self {
        Self {
            path_prefix: "/v1/".to_owned(),
            delay_ms: 0,
            rate_limit_times: 0,
            retry_after_s: 1,
            fail_times: 0,
            fail_status: 503,
            nonsense: None,
            drop_after_write: 0,
            redirect: None,
            notice: None,
        }
    }
}

/// Answers that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Nonsense {
    /// A sign-in page, as captive portals send it.
    Html,
    /// JSON of another shape.
    Json,
    /// The first half of an answer.
    Truncated,
    /// Nothing.
    Empty,
    /// JSON without end: 8 MB.
    Huge,
}

/// What the switches hold for one request.
enum Fault {
    TooMany,
    Status(StatusCode),
    Nonsense(Nonsense),
    Redirect(String),
    Drop,
}

impl Faults {
    /// What is to happen to a request: how long it waits, the `Retry-After` in seconds, and more.
    fn take(&mut self, path: &str, write: bool) -> (Duration, u64, Option<Fault>) {
        if !path.starts_with(&self.path_prefix) {
            return (Duration::ZERO, 0, None);
        }
        (Duration::from_millis(self.delay_ms), self.retry_after_s, self.next(write))
    }

    fn next(&mut self, write: bool) -> Option<Fault> {
        if spend(&mut self.rate_limit_times) {
            return Some(Fault::TooMany);
        }
        if spend(&mut self.fail_times) {
            let status = StatusCode::from_u16(self.fail_status);
            return Some(Fault::Status(status.unwrap_or(StatusCode::SERVICE_UNAVAILABLE)));
        }
        if let Some(address) = &self.redirect {
            return Some(Fault::Redirect(address.clone()));
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
    let (delay, retry_after, fault) = app.faults().take(request.uri().path(), write);
    if !delay.is_zero() {
        tokio::time::sleep(delay).await;
    }
    match fault {
        None => next.run(request).await,
        Some(Fault::TooMany) => Problem::TooMany { seconds: retry_after }.into_response(),
        Some(Fault::Status(status)) => {
            let body = serde_json::json!({ "error": "fault", "message": "Failed on request." });
            (status, Json(body)).into_response()
        }
        Some(Fault::Nonsense(nonsense)) => nonsense.into_response(),
        Some(Fault::Redirect(address)) => Redirect::temporary(&address).into_response(),
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
                Body::from("<!doctype html><title>Sign in</title><h1>Guest Wi-Fi</h1>"),
            ),
            Self::Json => ("application/json", Body::from(r#"{"data":[[{"rows":"none"}]]}"#)),
            Self::Truncated => ("application/json", Body::from(r#"{"contacts":[{"id":7,"na"#)),
            Self::Empty => ("application/json", Body::empty()),
            Self::Huge => {
                let mut text = String::with_capacity(HUGE);
                text.push_str(r#"{"contacts":[],"activities":[],"padding":""#);
                text.extend(std::iter::repeat_n('x', HUGE));
                text.push_str(r#""}"#);
                ("application/json", Body::from(text))
            }
        };
        ([(header::CONTENT_TYPE, HeaderValue::from_static(content_type))], body).into_response()
    }
}

/// `PUT /_faults`: replaces all switches.
pub(crate) async fn set(State(app): State<Shared>, body: Bytes) -> Result<Json<Faults>, Problem> {
    // By way of a map, since serde would read a list as a struct too.
    let faults = serde_json::from_slice::<serde_json::Map<_, _>>(&body)
        .and_then(|map| Faults::deserialize(serde_json::Value::Object(map)))
        .map_err(|error| Problem::Unreadable(format!("These are no faults: {error}")))?;
    if !(400..=599).contains(&faults.fail_status) {
        return Err(Problem::invalid("fail_status", "must be 400 to 599"));
    }
    *app.faults() = faults.clone();
    Ok(Json(faults))
}

/// `DELETE /_faults`: everything works again.
pub(crate) async fn reset(State(app): State<Shared>) -> StatusCode {
    *app.faults() = Faults::default();
    StatusCode::NO_CONTENT
}
