//! OAuth 2.0 for native apps: authorization code with PKCE S256 (RFC 6749, 7636, 8252), rotating
//! refresh tokens (RFC 9700 §4.14), revocation (RFC 7009).

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use axum::Json;
use axum::extract::{Form, State};
use axum::http::StatusCode;
use axum::response::{Html, IntoResponse, Redirect, Response};
use base64::Engine;
use base64::prelude::BASE64_URL_SAFE_NO_PAD as BASE64;
use rand::RngCore;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use crate::app::Shared;
use crate::auth::hash;
use crate::extract::Params;
use crate::pages;
use crate::problem::Problem;
use crate::store::now;

/// The one public client.
const CLIENT: &str = "ringside";
const ACCESS_LIFE: Duration = Duration::from_secs(3600);
const REFRESH_LIFE: Duration = Duration::from_secs(90 * 24 * 3600);
/// How long a person may look at the consent page, and a code waits for its exchange.
const GRANT_LIFE: Duration = Duration::from_secs(600);
/// Most consent pages and codes that wait at once.
const GRANTS_MAX: usize = 1000;

/// Consent pages and codes that wait, in memory: a restart ends them.
#[derive(Default)]
pub(crate) struct Grants(Mutex<HashMap<String, Grant>>);

struct Grant {
    request: AuthorizeRequest,
    /// False while it is a consent page, true once it is a code.
    allowed: bool,
    since: Instant,
}

impl Grants {
    fn lock(&self) -> MutexGuard<'_, HashMap<String, Grant>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, request: AuthorizeRequest, allowed: bool) -> String {
        let name = random();
        let mut grants = self.lock();
        grants.retain(|_, grant| grant.since.elapsed() < GRANT_LIFE);
        if grants.len() < GRANTS_MAX {
            grants.insert(name.clone(), Grant { request, allowed, since: Instant::now() });
        }
        name
    }

    /// Takes a grant out: each is good for one use.
    fn take(&self, name: &str, allowed: bool) -> Option<AuthorizeRequest> {
        let grant = self.lock().remove(name)?;
        (grant.allowed == allowed && grant.since.elapsed() < GRANT_LIFE).then_some(grant.request)
    }
}

fn random() -> String {
    let mut bytes = [0; 32];
    rand::rng().fill_bytes(&mut bytes);
    BASE64.encode(bytes)
}

/// The query of `GET /oauth/authorize`.
#[derive(Clone, Deserialize)]
pub(crate) struct AuthorizeRequest {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    #[serde(default)]
    scope: String,
    #[serde(default)]
    state: String,
    code_challenge: String,
    code_challenge_method: String,
}

impl AuthorizeRequest {
    fn check(&self) -> Result<(), &'static str> {
        let redirect = Url::parse(&self.redirect_uri).map_err(|_| "redirect_uri is no address")?;
        let loopback = redirect.scheme() == "http" && pages::is_loopback(redirect.host_str());
        if !loopback && redirect.scheme() != CLIENT {
            return Err("redirect_uri must be on loopback, or ringside:");
        }
        if self.response_type != "code" {
            return Err("response_type must be code");
        }
        if self.client_id != CLIENT {
            return Err("client_id is unknown");
        }
        if self.code_challenge_method != "S256" || self.code_challenge.len() != 43 {
            return Err("PKCE with S256 is needed");
        }
        if !self.scope.split(' ').all(|scope| matches!(scope, "" | "read" | "write")) {
            return Err("scope may be read and write");
        }
        Ok(())
    }

    fn back(&self, name: &str, value: &str) -> Response {
        let Ok(mut url) = Url::parse(&self.redirect_uri) else {
            return refuse("invalid_request", "redirect_uri is no address");
        };
        url.query_pairs_mut().append_pair(name, value).append_pair("state", &self.state);
        Redirect::to(url.as_str()).into_response()
    }
}

fn refuse(error: &str, description: &str) -> Response {
    let body = json!({ "error": error, "error_description": description });
    (StatusCode::BAD_REQUEST, Json(body)).into_response()
}

/// `GET /oauth/authorize`: the consent page. A bad request stays here and is never redirected.
pub(crate) async fn ask(
    State(app): State<Shared>,
    Params(request): Params<AuthorizeRequest>,
) -> Response {
    if let Err(description) = request.check() {
        return refuse("invalid_request", description);
    }
    let writes = request.scope.split(' ').any(|scope| scope == "write");
    let name = app.grants.put(request, false);
    Html(pages::consent(&name, writes)).into_response()
}

/// The form of the consent page. `request` is known to that page alone, so that no other web page
/// can consent in the person's name.
#[derive(Deserialize)]
pub(crate) struct Decision {
    request: String,
    decision: String,
}

/// `POST /oauth/authorize`: back to the app with a code, or with the refusal.
pub(crate) async fn decide(State(app): State<Shared>, Form(form): Form<Decision>) -> Response {
    let Some(request) = app.grants.take(&form.request, false) else {
        return refuse("invalid_request", "this page is too old; start again in the app");
    };
    if form.decision != "allow" {
        return request.back("error", "access_denied");
    }
    let code = app.grants.put(request.clone(), true);
    request.back("code", &code)
}

/// The form of `POST /oauth/token`.
#[derive(Deserialize)]
pub(crate) struct TokenRequest {
    grant_type: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    refresh_token: String,
}

/// `POST /oauth/token`
pub(crate) async fn token(State(app): State<Shared>, Form(form): Form<TokenRequest>) -> Response {
    let issued = match form.grant_type.as_str() {
        "authorization_code" => app.grants.take(&form.code, true).and_then(|request| {
            let challenge = BASE64.encode(Sha256::digest(form.code_verifier.as_bytes()));
            let same = challenge == request.code_challenge
                && form.redirect_uri == request.redirect_uri
                && form.client_id == request.client_id;
            same.then(|| issue(&app.store.lock(), &random(), &request.scope))
        }),
        "refresh_token" => refresh(&mut app.store.lock(), &form.refresh_token).transpose(),
        _ => return refuse("unsupported_grant_type", "authorization_code or refresh_token"),
    };
    match issued {
        None => refuse("invalid_grant", "the code or token is not valid"),
        Some(Ok(tokens)) => Json(tokens).into_response(),
        Some(Err(error)) => Problem::from(error).into_response(),
    }
}

fn issue(
    connection: &Connection,
    family: &str,
    scope: &str,
) -> rusqlite::Result<serde_json::Value> {
    let scope = if scope.is_empty() { "read" } else { scope };
    let mut tokens = Vec::new();
    for (kind, life) in [("access", ACCESS_LIFE), ("refresh", REFRESH_LIFE)] {
        let token = random();
        let expires_at =
            now().saturating_add_unsigned(u64::try_from(life.as_micros()).unwrap_or(0));
        connection.execute(
            "INSERT INTO tokens (hash, family, kind, scope, expires_at) VALUES (?1, ?2, ?3, ?4, ?5)",
            params![&hash(&token)[..], family, kind, scope, expires_at],
        )?;
        tokens.push(token);
    }
    Ok(json!({
        "token_type": "Bearer",
        "access_token": tokens[0],
        "refresh_token": tokens[1],
        "expires_in": ACCESS_LIFE.as_secs(),
        "scope": scope,
    }))
}

/// Exchanges a refresh token. One that was used before was stolen, here or there: its whole family
/// ends.
fn refresh(
    connection: &mut Connection,
    token: &str,
) -> rusqlite::Result<Option<serde_json::Value>> {
    let transaction = connection.transaction()?;
    let found = transaction
        .query_row(
            "SELECT family, scope, revoked FROM tokens
             WHERE hash = ?1 AND kind = 'refresh' AND expires_at > ?2",
            params![&hash(token)[..], now()],
            |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?, row.get::<_, bool>(2)?)),
        )
        .optional()?;
    let Some((family, scope, used)) = found else { return Ok(None) };
    transaction.execute("UPDATE tokens SET revoked = 1 WHERE family = ?1", [&family])?;
    let issued = if used { None } else { Some(issue(&transaction, &family, &scope)?) };
    transaction.commit()?;
    Ok(issued)
}

/// The form of `POST /oauth/revoke`.
#[derive(Deserialize)]
pub(crate) struct RevokeRequest {
    token: String,
}

/// `POST /oauth/revoke`: ends a token with its whole family. Always 200, as RFC 7009 has it. An API
/// key is not a token: it belongs to the server and stays.
pub(crate) async fn revoke(
    State(app): State<Shared>,
    Form(form): Form<RevokeRequest>,
) -> Result<Json<serde_json::Value>, Problem> {
    app.store.lock().execute(
        "UPDATE tokens SET revoked = 1
         WHERE family = (SELECT family FROM tokens WHERE hash = ?1)",
        [&hash(&form.token)[..]],
    )?;
    Ok(Json(json!({})))
}
