//! What the server says of itself, and the requests that need it.

use std::time::Duration;

use reqwest::Method;
use serde_json::Value;

use super::judge::Refusal;
use super::manifest::{Interfaces, Platform};
use super::session::Target;
use super::{AppConnect, READ_DEADLINE, links, manifest, sign_in};
use ringside_web::Error;
use ringside_web::client::Urgency;

/// A number that nobody has (kept for fiction), to ask whether a CRM answers at all.
const NOBODY: &str = "+12025550100";

/// What the server says of itself, once it was asked.
pub(super) struct Known {
    pub(super) name: String,
    pub(super) platform: Platform,
    pub(super) interfaces: Interfaces,
    /// The CRM's own host, for the pages of contacts and logs.
    pub(super) hostname: Option<String>,
}

impl AppConnect {
    /// What the server says of itself: asked once, together with the sign-in if a key waits for it.
    pub(super) async fn known(&self) -> Result<&Known, Error> {
        self.known.get_or_try_init(|| self.ask()).await
    }

    async fn ask(&self) -> Result<Known, Error> {
        let client = self.session.client();
        let get = async |parts: &[&str], query: &[(&str, &str)]| {
            let mut url = client.address(parts);
            if !query.is_empty() {
                url.query_pairs_mut().extend_pairs(query);
            }
            self.session.get(&url, Urgency::Live, READ_DEADLINE).await.map_err(|r| r.plain(false))
        };
        let named = self.platform.as_deref().map(sign_in::split);
        let manifest = match named {
            Some((name, _)) => get(&["crmManifest"], &[("platformName", name)]).await?,
            None => get(&["crmManifest"], &[]).await?,
        };
        let name = named.map(|(name, _)| name);
        let (name, given) = sign_in::pick(manifest::platforms(&manifest)?, name)?;
        let query = [("platform", name.as_str())];
        let interfaces = Interfaces::read(&get(&["implementedInterfaces"], &query).await?);
        let own = named.and_then(|(_, host)| host).and_then(sign_in::host_of);
        let own = own.or_else(|| Platform::read(&given, None).own_host());
        let target = Target { platform: name.clone(), hostname: own.clone().unwrap_or_default() };
        self.session.sign_in(&target).await?;
        let hostname = self.hostname().await?.or(own);
        let platform = Platform::read(&given, hostname.as_deref());
        Ok(Known { name, platform, interfaces, hostname })
    }

    /// The CRM's host as the server keeps it for the user: a plain text.
    async fn hostname(&self) -> Result<Option<String>, Error> {
        let client = self.session.client();
        let answer =
            client.get(&client.address(&["hostname"]), Urgency::Live, READ_DEADLINE).await?;
        let text = answer.text();
        if !answer.status().is_success() {
            // An older server without this; whoever is not signed in finds out with the next request.
            return Ok(None);
        }
        Ok(links::is_host(&text).then_some(text))
    }

    /// Reads below the account's address, signed in, from a route that says whether it was successful.
    pub(super) async fn get(
        &self,
        parts: &[&str],
        query: &[(&str, &str)],
        urgency: Urgency,
        within: Duration,
    ) -> Result<Value, Refusal> {
        affirmed(self.get_any(parts, query, urgency, within).await?, false)
    }

    /// As [`AppConnect::get`], from a route that does not say it.
    pub(super) async fn get_any(
        &self,
        parts: &[&str],
        query: &[(&str, &str)],
        urgency: Urgency,
        within: Duration,
    ) -> Result<Value, Refusal> {
        self.ready().await?;
        let mut url = self.session.client().address(parts);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        self.session.get(&url, urgency, within).await
    }

    /// Writes below the account's address, signed in, to a route that says whether it was successful.
    pub(super) async fn send(
        &self,
        method: Method,
        parts: &[&str],
        body: &Value,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Value, Refusal> {
        affirmed(self.send_any(method, parts, body, urgency, within).await?, true)
    }

    /// As [`AppConnect::send`], to a route that does not say it.
    pub(super) async fn send_any(
        &self,
        method: Method,
        parts: &[&str],
        body: &Value,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Value, Refusal> {
        self.ready().await?;
        let url = self.session.client().address(parts);
        self.session.send(method, &url, body, urgency, within).await
    }

    /// Signed in: at once with a session, and after the exchange with a key.
    async fn ready(&self) -> Result<(), Error> {
        if self.session.is_pending().await {
            self.known().await?;
        }
        Ok(())
    }

    /// What "Authorization error" means of a write or of a record, since the server says it for a bad
    /// sign-in, a missing right and a missing record alike: if the CRM answers a search, the sign-in
    /// is good, and it was `otherwise`.
    pub(super) async fn authorization(&self, otherwise: Error) -> Error {
        match self.probe().await {
            Ok(()) => otherwise,
            Err(Refusal::Authorization) => Error::Unauthorized,
            Err(Refusal::Plain(error @ (Error::Unauthorized | Error::Revoked))) => error,
            // Not known: the milder reading, after which nobody has to sign in again for nothing.
            Err(_) => otherwise,
        }
    }

    /// Asks the CRM for a number that nobody has.
    pub(super) async fn probe(&self) -> Result<(), Refusal> {
        let query = [("phoneNumber", NOBODY), ("overridingFormat", ""), ("isExtension", "false")];
        match self.get(&["contact"], &query, Urgency::Live, READ_DEADLINE).await {
            Ok(_) | Err(Refusal::NoMatch) => Ok(()),
            Err(refusal) => Err(refusal),
        }
    }
}

/// JSON of something else, such as a gateway's, is no success.
fn affirmed(body: Value, write: bool) -> Result<Value, Refusal> {
    match body.get("successful") {
        Some(Value::Bool(true)) => Ok(body),
        _ if write => Err(Error::Ambiguous("answered something else".to_owned()).into()),
        _ => Err(Error::BadAnswer("something else".to_owned()).into()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn json_of_something_else_is_no_success() {
        assert!(affirmed(json!({ "successful": true, "contact": [] }), false).is_ok());
        for other in [json!({}), json!([]), json!({ "successful": "true" }), json!(7)] {
            let read = affirmed(other.clone(), false).unwrap_err().plain(false);
            assert!(matches!(read, Error::BadAnswer(_)), "{other}");
            let write = affirmed(other.clone(), true).unwrap_err().plain(true);
            assert!(matches!(write, Error::Ambiguous(_)), "{other}");
        }
    }
}
