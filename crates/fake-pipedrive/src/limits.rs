//! The two limits of the real API: a burst for each token, and a budget of tokens for the company
//! and day, of which each endpoint takes its share.
//!
//! Sources: the page "Rate limiting" of Pipedrive's developer documentation (burst of 20 requests in
//! 2 seconds for an API token of the smallest plan, 80 for OAuth, 10 for searches; 30,000 tokens a
//! day and seat), `x-token-cost` in its API descriptions, and for the two headers about the day what
//! its staff and users of the API report.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::access::Principal;
use crate::answer::Refusal;
use crate::app::Shared;

/// The window of the burst.
const WINDOW: Duration = Duration::from_secs(2);

/// How much is allowed.
#[derive(Clone, Copy, Debug)]
pub struct Allowance {
    /// Requests in two seconds, for each token.
    pub burst: u32,
    /// Searches in two seconds, for each token; they count for `burst` too.
    pub searches: u32,
    /// Tokens a day.
    pub day: u64,
}

impl Allowance {
    /// The smallest plan with one seat.
    pub const LITE: Self = Self { burst: 20, searches: 10, day: 30_000 };
    /// More than any test needs.
    pub const AMPLE: Self = Self { burst: 10_000, searches: 10_000, day: 10_000_000 };
}

pub(crate) struct Limits {
    allowance: Allowance,
    used: Mutex<Used>,
}

#[derive(Default)]
struct Used {
    today: u64,
    windows: HashMap<(String, bool), (Option<Instant>, u32)>,
}

/// What a request's answer tells of the limits.
struct Told {
    remaining: u32,
    reset: Duration,
}

impl Limits {
    pub(crate) fn new(allowance: Allowance) -> Self {
        Self { allowance, used: Mutex::default() }
    }

    fn used(&self) -> MutexGuard<'_, Used> {
        self.used.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The day's tokens are gone.
    pub(crate) fn end_day(&self) {
        self.used().today = self.allowance.day;
    }

    /// A new day.
    pub(crate) fn begin_day(&self) {
        self.used().today = 0;
    }

    /// Tokens used today.
    pub(crate) fn today(&self) -> u64 {
        self.used().today
    }

    /// Takes a request from both limits, or says that one of them is used up.
    fn take(&self, token: &str, search: bool, cost: u64) -> (Told, bool) {
        let mut used = self.used();
        let now = Instant::now();
        let limits = [(false, self.allowance.burst), (true, self.allowance.searches)];
        let mut told = Told { remaining: self.allowance.burst, reset: WINDOW };
        let mut refused = used.today.saturating_add(cost) > self.allowance.day;
        for (searches, limit) in limits.into_iter().take(if search { 2 } else { 1 }) {
            let window = used.windows.entry((token.to_owned(), searches)).or_default();
            let start = window.0.filter(|start| now.duration_since(*start) < WINDOW);
            if start.is_none() {
                *window = (Some(now), 0);
            }
            refused |= window.1 >= limit;
            window.1 = window.1.saturating_add(1);
            let passed = start.map_or(Duration::ZERO, |start| now.duration_since(start));
            told.remaining = told.remaining.min(limit.saturating_sub(window.1));
            told.reset = WINDOW.saturating_sub(passed);
        }
        if !refused {
            used.today += cost;
        }
        (told, !refused)
    }

    fn tell(&self, told: &Told, headers: &mut HeaderMap) {
        let left = self.allowance.day.saturating_sub(self.today());
        let reset = told.reset.as_secs_f64().ceil();
        for (name, value) in [
            ("x-ratelimit-limit", self.allowance.burst.to_string()),
            ("x-ratelimit-remaining", told.remaining.to_string()),
            ("x-ratelimit-reset", reset.to_string()),
            ("x-daily-ratelimit-token-limit", self.allowance.day.to_string()),
            ("x-daily-ratelimit-token-remaining", left.to_string()),
        ] {
            if let Ok(value) = HeaderValue::try_from(value) {
                headers.insert(name, value);
            }
        }
    }
}

/// What a request costs (`x-token-cost`).
pub(crate) fn cost(method: &Method, path: &str) -> u64 {
    let mut parts = path.trim_start_matches('/').split('/').skip(2);
    let (what, which) = (parts.next().unwrap_or_default(), parts.next());
    match (what, which, method.as_str()) {
        ("itemSearch", ..) | (_, Some("search"), _) => 20,
        ("users", ..) => 2,
        ("stages", ..) => 5,
        ("activityTypes" | "leads", ..) => 20,
        (_, _, "POST" | "PATCH") => 5,
        (_, _, "DELETE") => 3,
        (_, Some(_), _) => 1,
        (_, None, _) => 10,
    }
}

/// Counts a request, and tells of the limits with its answer.
pub(crate) async fn count(State(app): State<Shared>, request: Request, next: Next) -> Response {
    let path = request.uri().path();
    let search = path.ends_with("/search") || path.ends_with("/itemSearch");
    let cost = cost(request.method(), path);
    let token = request.extensions().get::<Principal>().map(|p| p.token.clone());
    let (mut told, allowed) = app.limits.take(&token.unwrap_or_default(), search, cost);
    let mut response =
        if allowed { next.run(request).await } else { Refusal::OverLimit.into_response() };
    if response.status() == StatusCode::TOO_MANY_REQUESTS {
        told.remaining = 0;
    }
    app.limits.tell(&told, response.headers_mut());
    let over = app.limits.today().saturating_add(1) > app.limits.allowance.day;
    if response.status() == StatusCode::TOO_MANY_REQUESTS && over {
        // Present, and useless: it speaks of the burst while the day is over.
        response.headers_mut().insert("retry-after", HeaderValue::from_static("3"));
    }
    response
}
