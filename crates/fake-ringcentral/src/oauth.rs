//! `/restapi/oauth`: authorise, token, refresh, revoke. The app is public: it has no secret, and a
//! code serves only with the verifier of its challenge (RFC 7636).

use std::collections::HashMap;

use axum::extract::{Query, State as Given};
use axum::http::{HeaderMap, StatusCode, header};
use axum::response::{Html, IntoResponse, Response};
use axum::{Form, Json};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde_json::json;
use sha2::{Digest, Sha256};
use url::Url;

use crate::{CLIENT_ID, EXTENSION, Group, Shared};

/// What has been granted. A grant is one OAuth session, which its tokens belong to.
#[derive(Default)]
pub(crate) struct Grants {
    codes: HashMap<String, (String, String)>,
    access: HashMap<String, u64>,
    refresh: HashMap<String, u64>,
    last: u64,
}

fn secret(kind: &str) -> String {
    format!("U1BCMD{kind}{:032x}", rand::random::<u128>())
}

impl Grants {
    pub(crate) fn grant(&mut self) -> (String, String) {
        self.last += 1;
        self.tokens(self.last)
    }

    fn tokens(&mut self, grant: u64) -> (String, String) {
        let (access, refresh) = (secret("A"), secret("R"));
        self.access.insert(access.clone(), grant);
        self.refresh.insert(refresh.clone(), grant);
        (access, refresh)
    }

    /// Whose session a request is of.
    pub(crate) fn of(&self, headers: &HeaderMap) -> Option<u64> {
        let given = headers.get(header::AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")?;
        self.access.get(given).copied()
    }

    /// Access tokens are too old from now on.
    pub(crate) fn expire(&mut self) {
        self.access.clear();
    }

    /// No token serves any more.
    pub(crate) fn revoke(&mut self) {
        self.access.clear();
        self.refresh.clear();
    }
}

#[derive(Deserialize)]
pub(crate) struct Asked {
    client_id: String,
    redirect_uri: String,
    #[serde(default)]
    state: String,
    code_challenge: String,
    code_challenge_method: String,
    #[serde(default)]
    decision: String,
}

impl Asked {
    fn back(&self) -> Option<Url> {
        let url = Url::parse(&self.redirect_uri).ok()?;
        let loopback = url.host_str() == Some("127.0.0.1");
        let known = self.client_id == CLIENT_ID && self.code_challenge_method == "S256";
        (loopback && known).then_some(url)
    }
}

/// The page that asks the person.
pub(crate) async fn ask(Query(asked): Query<Asked>) -> Response {
    if asked.back().is_none() {
        return (StatusCode::BAD_REQUEST, "OAU-109 Redirect URIs do not match").into_response();
    }
    // The form goes to the same address, whose query holds everything.
    Html(
        "<!doctype html><title>RingCentral</title><form method=\"post\">\
         <button name=\"decision\" value=\"allow\">Authorize</button>\
         <button name=\"decision\" value=\"deny\">Cancel</button></form>",
    )
    .into_response()
}

#[derive(Deserialize)]
pub(crate) struct Decision {
    decision: String,
}

/// Back to the app.
pub(crate) async fn decide(
    Given(platform): Given<Shared>,
    Query(mut asked): Query<Asked>,
    Form(form): Form<Decision>,
) -> Response {
    asked.decision = form.decision;
    let Some(mut back) = asked.back() else { return StatusCode::BAD_REQUEST.into_response() };
    if asked.decision == "allow" {
        let code = secret("C");
        let kept = (asked.code_challenge.clone(), asked.redirect_uri.clone());
        platform.state().grants.codes.insert(code.clone(), kept);
        back.query_pairs_mut().append_pair("code", &code).append_pair("expires_in", "60");
    } else {
        back.query_pairs_mut().append_pair("error", "access_denied");
    }
    back.query_pairs_mut().append_pair("state", &asked.state);
    (StatusCode::FOUND, [(header::LOCATION, String::from(back))]).into_response()
}

#[derive(Deserialize)]
pub(crate) struct TokenForm {
    grant_type: String,
    #[serde(default)]
    client_id: String,
    #[serde(default)]
    code: String,
    #[serde(default)]
    code_verifier: String,
    #[serde(default)]
    redirect_uri: String,
    #[serde(default)]
    refresh_token: String,
}

fn refused(error: &str) -> Response {
    let words = json!({ "error": error, "error_description": "Token is not found" });
    (StatusCode::BAD_REQUEST, Json(words)).into_response()
}

/// Tokens for a code, or for a refresh token, which serves once.
pub(crate) async fn token(Given(platform): Given<Shared>, Form(form): Form<TokenForm>) -> Response {
    if let Err(refused) = crate::rest::count(&platform, Group::Auth, "POST /oauth/token") {
        return *refused;
    }
    let mut state = platform.state();
    let grants = &mut state.grants;
    if form.client_id != CLIENT_ID {
        return refused("invalid_client");
    }
    let (access, refresh) = match form.grant_type.as_str() {
        "authorization_code" => {
            let Some((challenge, redirect)) = grants.codes.remove(&form.code) else {
                return refused("invalid_grant");
            };
            let made = URL_SAFE_NO_PAD.encode(Sha256::digest(form.code_verifier.as_bytes()));
            if made != challenge || redirect != form.redirect_uri {
                return refused("invalid_grant");
            }
            grants.grant()
        }
        "refresh_token" => match grants.refresh.remove(&form.refresh_token) {
            Some(grant) => grants.tokens(grant),
            None => return refused("invalid_grant"),
        },
        _ => return refused("unsupported_grant_type"),
    };
    Json(json!({
        "access_token": access,
        "token_type": "bearer",
        "expires_in": 3600,
        "refresh_token": refresh,
        "refresh_token_expires_in": 604_799,
        "scope": "WebSocketsSubscription CallControl ReadPresence ReadCallLog ReadMessages",
        "owner_id": EXTENSION,
    }))
    .into_response()
}

#[derive(Deserialize)]
pub(crate) struct RevokeForm {
    token: String,
}

/// The whole session of a token ends.
pub(crate) async fn revoke(
    Given(platform): Given<Shared>,
    Form(form): Form<RevokeForm>,
) -> StatusCode {
    let mut state = platform.state();
    let grants = &mut state.grants;
    let grant = grants.access.get(&form.token).or_else(|| grants.refresh.get(&form.token)).copied();
    grants.access.retain(|_, of| Some(*of) != grant);
    grants.refresh.retain(|_, of| Some(*of) != grant);
    let what = "POST /oauth/revoke".to_owned();
    state.requests.push(crate::Request { what, status: 200 });
    StatusCode::OK
}
