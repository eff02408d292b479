//! `oauth.pipedrive.com`, below the same address: authorise, token, refresh, revoke (the page
//! "OAuth authorization" of the developer documentation). The app signs its requests with id and
//! secret; the redirect address must be the one that was registered.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Redirect, Response};
use axum::{Form, Json};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use serde_json::json;
use url::Url;

use crate::access::Principal;
use crate::answer::Refusal;
use crate::app::Shared;
use crate::body::Params;

/// How long a code serves.
const CODE_LIFE: SignedDuration = SignedDuration::from_mins(5);

/// An app, as its maker has registered it.
#[derive(Clone, Debug)]
pub struct OAuthApp {
    /// Its id.
    pub client_id: String,
    /// Its secret.
    pub client_secret: String,
    /// Where people come back to; any loopback address if `None`.
    pub callback: Option<String>,
    /// What it may do; people agree to all or nothing.
    pub scopes: Vec<String>,
    /// How long an access token serves, in seconds.
    pub expires_in: i64,
}

impl Default for OAuthApp {
    fn default() -> Self {
        let scopes =
            ["base", "deals:read", "leads:read", "activities:full", "contacts:full", "search:read"];
        Self {
            client_id: "a1b2c3d4e5f60718".to_owned(),
            client_secret: "0123456789abcdef0123456789abcdef01234567".to_owned(),
            callback: None,
            scopes: scopes.map(str::to_owned).into(),
            expires_in: 3599,
        }
    }
}

/// What has been granted.
#[derive(Default)]
pub(crate) struct Grants {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    codes: HashMap<String, (Timestamp, String)>,
    access: HashMap<String, (Timestamp, Vec<String>)>,
    refresh: HashMap<String, Vec<String>>,
}

impl Grants {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whom an access token stands for.
    pub(crate) fn principal(&self, token: &str) -> Option<Principal> {
        let inner = self.lock();
        let (until, scopes) = inner.access.get(token)?;
        (*until > Timestamp::now()).then(|| Principal {
            token: token.to_owned(),
            scopes: Some(scopes.clone()),
            reads_only: false,
        })
    }

    /// Every access token is too old from now on.
    pub(crate) fn expire(&self) {
        self.lock().access.clear();
    }

    /// The app is thrown out of the company.
    pub(crate) fn uninstall(&self) {
        *self.lock() = Inner::default();
    }
}

fn secret(kind: &str) -> String {
    format!("v1u:{kind}:{:032x}", rand::random::<u128>())
}

/// What the app sends people with.
#[derive(Deserialize, Serialize)]
pub(crate) struct Authorize {
    client_id: String,
    redirect_uri: String,
    state: Option<String>,
}

impl Authorize {
    fn check(&self, app: &OAuthApp) -> Result<Url, Refusal> {
        let redirect = Url::parse(&self.redirect_uri).ok();
        let loopback = |url: &Url| {
            url.host_str().is_some_and(|h| matches!(h, "127.0.0.1" | "localhost" | "[::1]"))
        };
        let known = |url: &Url| match &app.callback {
            Some(callback) => *callback == self.redirect_uri,
            None => loopback(url),
        };
        let redirect = redirect.filter(known).filter(|_| self.client_id == app.client_id);
        redirect.ok_or_else(|| Refusal::invalid("Unknown client_id or redirect_uri"))
    }
}

/// `GET /oauth/authorize`: the page that asks the person.
pub(crate) async fn ask(
    State(app): State<Shared>,
    Params(query): Params<Authorize>,
) -> Result<Html<String>, Refusal> {
    query.check(&app.oauth)?;
    let field = |name: &str, value: &str| {
        let value = value.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    };
    let fields = [
        field("client_id", &query.client_id),
        field("redirect_uri", &query.redirect_uri),
        query.state.as_deref().map(|state| field("state", state)).unwrap_or_default(),
    ];
    Ok(Html(format!(
        "<!doctype html><title>Allow and install</title><form method=\"post\">{}\
         <button name=\"decision\" value=\"allow\">Allow and install</button>\
         <button name=\"decision\" value=\"deny\">Cancel</button></form>",
        fields.concat()
    )))
}

/// What the person said.
#[derive(Deserialize)]
pub(crate) struct Decision {
    client_id: String,
    redirect_uri: String,
    state: Option<String>,
    decision: String,
}

/// `POST /oauth/authorize`: back to the app.
pub(crate) async fn decide(
    State(app): State<Shared>,
    Form(form): Form<Decision>,
) -> Result<Response, Refusal> {
    let Decision { client_id, redirect_uri, state, decision } = form;
    let query = Authorize { client_id, redirect_uri, state };
    let mut back = query.check(&app.oauth)?;
    if decision == "allow" {
        let code = secret("code");
        let until = Timestamp::now() + CODE_LIFE;
        app.grants.lock().codes.insert(code.clone(), (until, query.redirect_uri.clone()));
        back.query_pairs_mut().append_pair("code", &code);
    } else {
        back.query_pairs_mut().append_pair("error", "user_denied");
    }
    if let Some(state) = &query.state {
        back.query_pairs_mut().append_pair("state", state);
    }
    // 302, as browsers turn a form into a GET then.
    Ok((StatusCode::FOUND, [(header::LOCATION, String::from(back))]).into_response())
}

#[derive(Deserialize)]
pub(crate) struct TokenForm {
    grant_type: Option<String>,
    code: Option<String>,
    redirect_uri: Option<String>,
    refresh_token: Option<String>,
}

/// An error as RFC 6749 has it.
fn oauth_error(status: StatusCode, error: &str) -> Response {
    (status, Json(json!({ "success": false, "error": error, "message": error }))).into_response()
}

fn signed(app: &OAuthApp, headers: &HeaderMap) -> bool {
    let expected = STANDARD.encode(format!("{}:{}", app.client_id, app.client_secret));
    let given = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    given.and_then(|value| value.strip_prefix("Basic ")) == Some(expected.as_str())
}

/// `POST /oauth/token`: tokens for a code, or new ones for a refresh token. Each refresh token
/// serves until the next is given out.
pub(crate) async fn token(
    State(app): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<TokenForm>,
) -> Response {
    if !signed(&app.oauth, &headers) {
        return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let mut inner = app.grants.lock();
    let scopes = match form.grant_type.as_deref() {
        Some("authorization_code") => {
            let code = form.code.and_then(|code| inner.codes.remove(&code));
            let code = code.filter(|(until, redirect)| {
                *until > Timestamp::now() && form.redirect_uri.as_deref() == Some(redirect.as_str())
            });
            code.map(|_| app.oauth.scopes.clone())
        }
        Some("refresh_token") => form.refresh_token.and_then(|old| inner.refresh.remove(&old)),
        _ => return oauth_error(StatusCode::BAD_REQUEST, "unsupported_grant_type"),
    };
    let Some(scopes) = scopes else {
        return oauth_error(StatusCode::BAD_REQUEST, "invalid_grant");
    };
    let (access, refresh) = (secret("access"), secret("refresh"));
    let until = Timestamp::now() + SignedDuration::from_secs(app.oauth.expires_in);
    inner.access.insert(access.clone(), (until, scopes.clone()));
    inner.refresh.insert(refresh.clone(), scopes.clone());
    Json(json!({
        "access_token": access,
        "token_type": "Bearer",
        "refresh_token": refresh,
        "scope": scopes.join(","),
        "expires_in": app.oauth.expires_in,
        "api_domain": app.url(),
    }))
    .into_response()
}

#[derive(Deserialize)]
pub(crate) struct RevokeForm {
    token: String,
}

/// `POST /oauth/revoke`: of an access token that one; of a refresh token the whole grant.
pub(crate) async fn revoke(
    State(app): State<Shared>,
    headers: HeaderMap,
    Form(form): Form<RevokeForm>,
) -> Response {
    if !signed(&app.oauth, &headers) {
        return oauth_error(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    let mut inner = app.grants.lock();
    if inner.refresh.remove(&form.token).is_some() {
        inner.access.clear();
    }
    inner.access.remove(&form.token);
    Json(json!({ "success": true })).into_response()
}

/// `GET /`: what a person would see.
pub(crate) async fn home() -> Redirect {
    Redirect::to("/oauth/authorize")
}
