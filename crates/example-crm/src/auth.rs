//! Who asks: API keys and OAuth tokens, both as `Authorization: Bearer …`.

use axum::extract::{Request, State};
use axum::http::{HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use governor::clock::{Clock, DefaultClock};
use rusqlite::OptionalExtension;
use sha2::{Digest, Sha256};

use crate::app::{App, Shared};
use crate::problem::Problem;
use crate::store::now;

/// The SHA-256 of a secret. Comparing and storing hashes tells nothing about the secret, not even
/// by the time it takes.
pub(crate) fn hash(secret: &str) -> [u8; 32] {
    Sha256::digest(secret.as_bytes()).into()
}

/// The API keys that the server was started with.
pub(crate) struct Keys {
    full: [u8; 32],
    read_only: Option<[u8; 32]>,
}

impl Keys {
    pub(crate) fn new(full: &str, read_only: Option<&str>) -> Self {
        Self { full: hash(full), read_only: read_only.map(hash) }
    }
}

/// The one behind a request.
#[derive(Clone)]
pub(crate) struct Principal {
    /// Whose rate it is.
    id: String,
    write: bool,
}

impl Principal {
    /// What it may do, in the words of OAuth scopes.
    pub(crate) fn scope(&self) -> &'static str {
        if self.write { "read write" } else { "read" }
    }

    fn find(app: &App, secret: &str) -> Result<Self, Problem> {
        let hash = hash(secret);
        if hash == app.keys.full {
            return Ok(Self { id: "key".to_owned(), write: true });
        }
        if app.keys.read_only == Some(hash) {
            return Ok(Self { id: "read-only key".to_owned(), write: false });
        }
        let found = app
            .store
            .lock()
            .prepare_cached(
                "SELECT family, scope, expires_at, revoked FROM tokens
                 WHERE hash = ?1 AND kind = 'access'",
            )?
            .query_row([&hash[..]], |row| {
                Ok((
                    row.get::<_, String>(0)?,
                    row.get::<_, String>(1)?,
                    row.get::<_, i64>(2)?,
                    row.get::<_, bool>(3)?,
                ))
            })
            .optional()?;
        match found {
            None => Err(Problem::Unauthorized),
            Some((_, _, _, true)) => Err(Problem::Revoked),
            Some((_, _, expires_at, _)) if expires_at <= now() => Err(Problem::Unauthorized),
            Some((id, scope, ..)) => {
                Ok(Self { id, write: scope.split(' ').any(|scope| scope == "write") })
            }
        }
    }
}

/// Lets only requests with a valid key through, and only full keys to writes.
pub(crate) async fn require_key(
    State(app): State<Shared>,
    mut request: Request,
    next: Next,
) -> Response {
    let secret = request
        .headers()
        .get(header::AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    let principal = match secret.map(|secret| Principal::find(&app, secret)) {
        Some(Ok(principal)) => principal,
        Some(Err(problem)) => return problem.into_response(),
        None => return Problem::Unauthorized.into_response(),
    };
    if !principal.write && request.method() != Method::GET {
        return Problem::ReadOnly.into_response();
    }
    request.extensions_mut().insert(principal);
    next.run(request).await
}

/// A token bucket for each key; every answer tells what is left in it.
pub(crate) async fn limit_rate(
    State(app): State<Shared>,
    request: Request,
    next: Next,
) -> Response {
    let id = request.extensions().get::<Principal>().map(|principal| principal.id.clone());
    let left = match app.rates.check_key(&id.unwrap_or_default()) {
        Ok(left) => left,
        Err(early) => {
            let wait = early.wait_time_from(DefaultClock::default().now());
            return Problem::TooMany { seconds: wait.as_secs().saturating_add(1) }.into_response();
        }
    };
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    headers.insert("x-ratelimit-limit", HeaderValue::from(left.quota().burst_size().get()));
    headers.insert("x-ratelimit-remaining", HeaderValue::from(left.remaining_burst_capacity()));
    // The bucket is full again after a second without requests.
    headers.insert("x-ratelimit-reset", HeaderValue::from(1));
    response
}
