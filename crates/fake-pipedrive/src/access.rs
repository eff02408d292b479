//! Who asks: an API token in `x-api-token`, or an OAuth token as bearer with its scopes.

use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::answer::Refusal;
use crate::app::Shared;

/// The words of the gateway for a token whose scopes do not reach.
const SCOPE: &str = "Scope and URL mismatch";

/// Whom a token stands for.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    /// The token itself, by which bursts are counted.
    pub(crate) token: String,
    /// What an OAuth token may do; an API token may do what its user may.
    pub(crate) scopes: Option<Vec<String>>,
    /// May change nothing.
    pub(crate) reads_only: bool,
}

/// Lets only known tokens pass, and only to what they may do.
pub(crate) async fn check(State(app): State<Shared>, mut request: Request, next: Next) -> Response {
    let Some(principal) = principal(&app, request.headers()) else {
        return Refusal::Unauthorized.into_response();
    };
    let write = request.method() != Method::GET;
    if principal.reads_only && write {
        return Refusal::Forbidden("You do not have permissions to do this").into_response();
    }
    let needed = scopes(request.uri().path(), write);
    if let Some(scopes) = &principal.scopes
        && !scopes.iter().any(|scope| needed.contains(&scope.as_str()))
    {
        return Refusal::Forbidden(SCOPE).into_response();
    }
    request.extensions_mut().insert(principal);
    next.run(request).await
}

fn principal(app: &Shared, headers: &HeaderMap) -> Option<Principal> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if let Some(token) = text("x-api-token") {
        return app.keys.principal(token);
    }
    let bearer = text(header::AUTHORIZATION.as_str())?.strip_prefix("Bearer ")?;
    app.grants.principal(bearer)
}

/// Scopes of which one suffices, from the page "Scopes and permissions explanations" of the
/// developer documentation.
fn scopes(path: &str, write: bool) -> &'static [&'static str] {
    let what = path.trim_start_matches('/').split('/').nth(2).unwrap_or_default();
    match (what, write) {
        ("users", _) => &["base", "users:read"],
        ("itemSearch", _) => &["search:read"],
        ("persons" | "organizations", true) => &["contacts:full"],
        ("persons" | "organizations", false) => &["contacts:read", "contacts:full"],
        ("activities", true) => &["activities:full"],
        ("activityTypes" | "activities", false) => &["activities:read", "activities:full"],
        ("deals" | "stages", false) => &["deals:read", "deals:full"],
        ("leads", false) => &["leads:read", "leads:full"],
        _ => &[],
    }
}

/// The API tokens of the company.
pub(crate) struct Keys {
    pub(crate) full: String,
    pub(crate) reads_only: Option<String>,
}

impl Keys {
    fn principal(&self, token: &str) -> Option<Principal> {
        let reads_only = self.reads_only.as_deref() == Some(token);
        (reads_only || token == self.full).then(|| Principal {
            token: token.to_owned(),
            scopes: None,
            reads_only,
        })
    }
}
