//! The session with a server: every request carries its token (a JWT of two weeks), every answer may
//! bring the next one, and an API key is exchanged for the first.

use std::collections::BTreeMap;
use std::time::Duration;

use reqwest::header::HeaderName;
use reqwest::{Method, StatusCode};
use ringside_domain::text::{self, NAME_MAX};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};
use url::Url;

use super::judge::{Raw, Refusal, judge, sign_in_refused};
use super::wire::SignedIn;
use ringside_web::Error;
use ringside_web::client::Urgency;
use ringside_web::client::{Answer, Auth, Client};
use ringside_web::credentials::SessionToken;

/// The header that brings a new token, with any answer.
pub(super) const RENEWED_BY: HeaderName = HeaderName::from_static("x-refreshed-jwt-token");
/// How long a sign-in may take: the server asks its CRM who it is.
pub(super) const SIGN_IN_DEADLINE: Duration = Duration::from_secs(15);

/// A client, and what is left to do before its token is one.
pub(super) struct Session {
    client: Client,
    /// A key that was not exchanged yet.
    pending: tokio::sync::Mutex<Option<SecretString>>,
}

/// Where a sign-in goes.
#[derive(Clone, Debug)]
pub(super) struct Target {
    /// The connector.
    pub(super) platform: String,
    /// The CRM's own host, where a connector needs it.
    pub(super) hostname: String,
}

impl Session {
    /// A session whose client has a token, or a key that is yet to be exchanged for one.
    pub(super) fn new(client: Client, pending: Option<SecretString>) -> Self {
        Self { client, pending: tokio::sync::Mutex::new(pending) }
    }

    pub(super) fn client(&self) -> &Client {
        &self.client
    }

    /// Exchanges a key that waits for it, once; later calls find it done.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when the server does not take the key.
    pub(super) async fn sign_in(&self, target: &Target) -> Result<(), Error> {
        let mut pending = self.pending.lock().await;
        let Some(key) = pending.as_ref() else { return Ok(()) };
        let fields = BTreeMap::from([("apiKey".to_owned(), key.clone())]);
        match exchange(&self.client, target, &fields).await {
            Ok(session) => {
                self.client.auth().replace(session).await.map_err(|_| bad_token())?;
                *pending = None;
                Ok(())
            }
            Err(Error::Rejected { .. } | Error::Forbidden) => Err(Error::Unauthorized),
            Err(error) => Err(error),
        }
    }

    /// Whether the session still waits for [`Session::sign_in`].
    pub(super) async fn is_pending(&self) -> bool {
        self.pending.lock().await.is_some()
    }

    /// Reads.
    pub(super) async fn get(
        &self,
        url: &Url,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Value, Refusal> {
        read(&self.client.get(url, urgency, within).await?, false)
    }

    /// Writes, once.
    pub(super) async fn send(
        &self,
        method: Method,
        url: &Url,
        body: &Value,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Value, Refusal> {
        read(&self.client.write(method, url, body, urgency, within).await?, true)
    }
}

/// What an answer means: by its status, where that is a gateway's or a limit's and tells how long to
/// wait, and by its words otherwise.
fn read(answer: &Answer, write: bool) -> Result<Value, Refusal> {
    let status = answer.status();
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        answer.check()?;
    }
    judge(&Raw::new(answer, write))
}

/// Posts what a person filled into the form of an API-key connector; answers with the
/// session.
///
/// # Errors
/// [`Error::Rejected`] in the server's words when it does not take them.
pub(super) async fn exchange(
    client: &Client,
    target: &Target,
    fields: &BTreeMap<String, SecretString>,
) -> Result<SessionToken, Error> {
    let plain = |secret: &SecretString| secret.expose_secret().to_owned();
    let more: BTreeMap<&String, String> =
        fields.iter().map(|(id, value)| (id, plain(value))).collect();
    let body = json!({
        "platform": target.platform,
        "hostname": target.hostname,
        // The server hands it to the connector; a form without such a field sends these letters.
        "apiKey": fields.get("apiKey").map_or_else(|| "apiKey".to_owned(), plain),
        "additionalInfo": more,
    });
    let url = client.address(&["apiKeyLogin"]);
    let answer = client.write(Method::POST, &url, &body, Urgency::Live, SIGN_IN_DEADLINE).await;
    // To sign in twice does no harm.
    let answer = answer.map_err(harmless)?;
    signed_in(read(&answer, false).map_err(|refusal| refusal.plain(false))?)
}

/// Posts the address that the CRM redirected to, whole, as App Connect's own client does.
///
/// # Errors
/// [`Error::Rejected`] in the server's words when it does not take it.
pub(super) async fn exchange_redirect(
    client: &Client,
    hostname: &str,
    redirected_to: &Url,
) -> Result<SessionToken, Error> {
    let mut url = client.address(&["oauth-callback"]);
    url.query_pairs_mut()
        .append_pair("callbackUri", redirected_to.as_str())
        .append_pair("hostname", hostname);
    // A code serves once: not a read, which would be sent again.
    let sent = client.write_nothing(Method::GET, &url, Urgency::Live, SIGN_IN_DEADLINE);
    let answer = sent.await.map_err(harmless)?;
    signed_in(read(&answer, false).map_err(|refusal| refusal.plain(false))?)
}

/// The client of a session that begins: its token is none yet.
pub(super) fn without_token(
    keeper: std::sync::Arc<dyn ringside_web::credentials::Keeper>,
) -> Result<Auth, ringside_web::OpenError> {
    Auth::session(SecretString::from("").into(), Some(RENEWED_BY), keeper)
}

fn signed_in(body: Value) -> Result<SessionToken, Error> {
    let signed: SignedIn = serde_json::from_value(body.clone()).unwrap_or_default();
    let user = signed.name.map(|name| text::clean(&name, NAME_MAX));
    let user = user.filter(|name| !name.is_empty());
    match signed.jwt_token.filter(|token| !token.is_empty()) {
        Some(token) => Ok(SessionToken { token: token.into(), user }),
        None => Err(sign_in_refused(&body)),
    }
}

fn harmless(error: Error) -> Error {
    match error {
        Error::Ambiguous(what) => Error::Unreachable(what.into()),
        error => error,
    }
}

fn bad_token() -> Error {
    Error::BadAnswer("a session token that cannot be sent".to_owned())
}
