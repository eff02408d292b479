//! Limits of requests: each group by itself, over a minute.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::json;

const WINDOW: Duration = Duration::from_secs(60);

/// A group of requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Group {
    /// Much work: the call log.
    Heavy,
    /// Little: one record.
    Light,
    /// Tokens.
    Auth,
}

impl Group {
    /// Requests in a minute, for each user and app.
    pub fn limit(self) -> usize {
        match self {
            Self::Heavy => 10,
            Self::Light => 50,
            Self::Auth => 5,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Heavy => "heavy",
            Self::Light => "light",
            Self::Auth => "auth",
        }
    }
}

/// What was asked in the last minute.
#[derive(Debug, Default)]
pub(crate) struct Limits(HashMap<Group, Vec<Instant>>);

impl Limits {
    /// Counts a request: the headers that tell of it, or the refusal.
    pub(crate) fn count(&mut self, group: Group) -> Result<HeaderMap, Box<Response>> {
        let now = Instant::now();
        let asked = self.0.entry(group).or_default();
        asked.retain(|at| now.duration_since(*at) < WINDOW);
        let refused = asked.len() >= group.limit();
        if !refused {
            asked.push(now);
        }
        let number = |number: usize| HeaderValue::from(number);
        let mut headers = HeaderMap::new();
        let name = HeaderName::from_static;
        headers.insert(name("x-rate-limit-group"), HeaderValue::from_static(group.name()));
        headers.insert(name("x-rate-limit-limit"), number(group.limit()));
        headers.insert(name("x-rate-limit-remaining"), number(group.limit() - asked.len()));
        headers.insert(name("x-rate-limit-window"), number(60));
        if refused {
            let first = asked.first().map_or(WINDOW, |at| WINDOW.saturating_sub(at.elapsed()));
            return Err(Box::new(too_many(first, headers)));
        }
        Ok(headers)
    }
}

/// A refusal as RingCentral writes it.
pub(crate) fn too_many(wait: Duration, mut headers: HeaderMap) -> Response {
    headers.insert(header::RETRY_AFTER, HeaderValue::from(wait.as_secs().max(1)));
    let body = json!({ "errorCode": "CMN-301", "message": "Request rate exceeded" });
    (StatusCode::TOO_MANY_REQUESTS, headers, axum::Json(body)).into_response()
}
