//! What is asked of RingCentral's REST API, each group of requests under its own limit.
//!
//! Limits by default and for each user and app: Light 50 a minute, Heavy 10, Auth 5. Headers
//! `X-Rate-Limit-…` say what is left, and a 429 says `Retry-After`; the client heeds both.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::Method;
use ringside_domain::{EndReason, LinkFault};
use ringside_web::client::{Auth, Client, ClientOptions, Socket, Urgency, nonzero, socket};
use ringside_web::{Error, OpenError, Unreached};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::frame::Recovery;
use super::pace::Pace;
use super::record;
use crate::RecentCall;
use crate::field::{id, list, text};

/// How long a request may take.
const WITHIN: Duration = Duration::from_secs(10);
/// Longest frame, in bytes: messages have a few thousand.
const FRAME_MAX: usize = 256 * 1024;
/// Live calls of one extension that are fetched after a reconnect.
const LIVE_MAX: usize = 10;
/// Records on one page of the call log, the most that RingCentral gives, and most pages.
const PER_PAGE: usize = 1000;
const PAGES_MAX: u32 = 2;

/// One RingCentral user's API.
pub(super) struct Rest {
    auth: Client,
    light: Client,
    heavy: Client,
    auth_pace: Pace,
    heavy_pace: Pace,
    options: ClientOptions,
}

impl Rest {
    pub(super) fn new(base: Url, auth: Auth) -> Result<Self, OpenError> {
        let options = ClientOptions::new(nonzero(5));
        let auth = Client::new(base, auth, &options)?;
        Ok(Self {
            light: auth.group(&options)?,
            heavy: auth.group(&options)?,
            auth,
            // One of five is left for a renewal of the sign-in.
            auth_pace: Pace::per_minute(4),
            // A read that fails is tried twice more; three times three are within ten.
            heavy_pace: Pace::per_minute(3),
            options,
        })
    }

    /// Our extension: its id, and what people call it.
    pub(super) async fn extension(&self) -> Result<(String, String), Error> {
        let found = self.read(&["extension", "~"]).await?;
        let own = id(&found, "id").ok_or_else(|| Error::BadAnswer("no extension".to_owned()))?;
        let name = text(&found, "name").or_else(|| text(&found, "extensionNumber"));
        Ok((own, ringside_domain::text::clean(&name.unwrap_or_default(), 200)))
    }

    /// Opens the WebSocket, with a token that is good for that once.
    pub(super) async fn socket(&self, recovery: Option<&Recovery>) -> Result<Socket, Error> {
        self.auth_pace.turn().await;
        let url = self.auth.address(&["restapi", "oauth", "wstoken"]);
        let answer = self.auth.write_nothing(Method::POST, &url, Urgency::Live, WITHIN).await;
        let answer: Value = answer.map_err(harmless)?.read().map_err(harmless)?;
        let bad = || Error::BadAnswer("no token for the WebSocket".to_owned());
        let token: SecretString =
            answer.get("ws_access_token").and_then(Value::as_str).ok_or_else(bad)?.into();
        let place = answer.get("uri").and_then(Value::as_str).ok_or_else(bad)?;
        let mut url = place
            .strip_prefix("ws")
            .and_then(|rest| Url::parse(&format!("http{rest}")).ok())
            .ok_or_else(bad)?;
        url.query_pairs_mut().append_pair("access_token", token.expose_secret());
        if let Some(recovery) = recovery {
            url.query_pairs_mut().append_pair("wsc", recovery.token.expose_secret());
        }
        socket(url, &self.options, FRAME_MAX, WITHIN).await.map_err(|error| match error {
            // Used or too old; whether the sign-in is good shows where the next is asked for.
            Error::Unauthorized => Error::Unreachable(Unreached {
                words: "the token for the WebSocket was refused".to_owned(),
                fault: Some(LinkFault::NotAccepted),
            }),
            error => error,
        })
    }

    /// The sessions that live, by the extension's presence.
    pub(super) async fn live(&self) -> Result<Vec<Value>, Error> {
        let mut url = self.address(&["extension", "~", "presence"]);
        url.query_pairs_mut().append_pair("detailedTelephonyState", "true");
        let presence: Value = self.light.read(&url, Urgency::Live, WITHIN).await?;
        let ids = list(&presence, "activeCalls", LIVE_MAX)
            .filter(|call| text(call, "telephonyStatus").as_deref() != Some("NoCall"))
            .filter_map(|call| id(call, "telephonySessionId"));
        let mut sessions = Vec::new();
        for session in ids {
            match self.read(&["telephony", "sessions", &session]).await {
                Ok(found) => sessions.push(found),
                // Over meanwhile.
                Err(Error::NotFound) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(sessions)
    }

    /// A message of the store.
    pub(super) async fn message(&self, message: &str) -> Result<Value, Error> {
        self.read(&["extension", "~", "message-store", message]).await
    }

    /// Calls since then, newest first.
    pub(super) async fn recent(&self, since: Timestamp) -> Result<Vec<RecentCall>, Error> {
        let mut calls = Vec::new();
        for page in 1..=PAGES_MAX {
            let found = self
                .call_log(&[
                    ("dateFrom", &since.to_string()),
                    ("perPage", &PER_PAGE.to_string()),
                    ("page", &page.to_string()),
                ])
                .await?;
            let records: Vec<&Value> = list(&found, "records", PER_PAGE).collect();
            let last = records.len() < PER_PAGE;
            calls.extend(records.into_iter().filter_map(record::read));
            if last {
                break;
            }
        }
        Ok(calls)
    }

    /// How a call ended by the call log, if it is there already.
    pub(super) async fn ended(&self, session: &str) -> Result<Option<EndReason>, Error> {
        let found = self.call_log(&[("telephonySessionId", session)]).await?;
        let record = list(&found, "records", 1).next().and_then(record::read);
        Ok(record.map(|record| record.result))
    }

    /// Ends the sign-in at RingCentral.
    pub(super) async fn revoke(&self) -> Result<(), Error> {
        self.auth.revoke(WITHIN).await
    }

    async fn call_log(&self, query: &[(&str, &str)]) -> Result<Value, Error> {
        self.heavy_pace.turn().await;
        let mut url = self.address(&["extension", "~", "call-log"]);
        url.query_pairs_mut().append_pair("view", "Simple").extend_pairs(query);
        self.heavy.read(&url, Urgency::Live, WITHIN).await
    }

    async fn read(&self, parts: &[&str]) -> Result<Value, Error> {
        self.light.read(&self.address(parts), Urgency::Live, WITHIN).await
    }

    fn address(&self, parts: &[&str]) -> Url {
        let parts: Vec<&str> =
            ["restapi", "v1.0", "account", "~"].iter().chain(parts).copied().collect();
        self.light.address(&parts)
    }
}

/// A token that nobody got to see harms nobody.
fn harmless(error: Error) -> Error {
    match error {
        Error::Ambiguous(words) => Error::Unreachable(words.into()),
        error => error,
    }
}
