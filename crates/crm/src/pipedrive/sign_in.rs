//! Where people sign in to Pipedrive with OAuth 2.
//!
//! Source: the page "OAuth authorization" of Pipedrive's developer documentation. An app needs id and
//! secret, and its callback address must be the registered one, character by character.

use async_trait::async_trait;
use ringside_domain::settings::AccountSettings;
use std::sync::Arc;
use url::Url;

use super::{PER_SECOND_OAUTH, Pipedrive};
use crate::Crm;
use crate::adapter::connection;
use crate::adapter::{Opening, Way};
use ringside_web::OpenError;
use ringside_web::credentials::OAuthClient;
use ringside_web::sign_in::{BrowserSignIn, Flow, Page, Provider, Redirect, SignInError};
use ringside_web::url::is_loopback;

/// Where everybody signs in.
const SERVER: &str = "https://oauth.pipedrive.com";
/// Where the browser comes back to: one certain port, since Pipedrive compares the whole address with
/// the registered one. It is in the range that no service is assigned to (RFC 6335).
const PORT: u16 = 51_738;
/// The same as an address, to register with the app.
const CALLBACK: &str = "http://127.0.0.1:51738/callback";

/// What an app must be allowed, as its page at Pipedrive names it: persons and organisations to read
/// and to make, activities to read and to write, deals and leads to read, and the search that finds
/// all of them at once.
const SCOPES: &[&str] =
    &["base", "contacts:full", "activities:full", "deals:read", "leads:read", "search:read"];

/// The kind `pipedrive`.
pub struct Adapter;

#[async_trait]
impl crate::Adapter for Adapter {
    fn kind(&self) -> &'static str {
        "pipedrive"
    }

    fn address(&self) -> Option<&'static str> {
        Some("https://company.pipedrive.com")
    }

    /// The key first: an app of one's own is for companies that want one.
    fn ways(&self) -> Vec<Way> {
        vec![Way::Key, Way::Browser { own_app: true, redirect: Some(CALLBACK), scopes: SCOPES }]
    }

    async fn sign_in_browser(
        &self,
        settings: &AccountSettings,
        app: Option<OAuthClient>,
        page: Page,
    ) -> Result<Box<dyn BrowserSignIn>, SignInError> {
        let base = ringside_web::url::server(&settings.url)?;
        let port = if is_loopback(&base) { 0 } else { PORT };
        let provider = Provider {
            authorize_url: below(&base, "authorize"),
            token_url: below(&base, "token"),
            revoke_url: Some(below(&base, "revoke")),
            // The app's registration says them.
            scopes: Vec::new(),
            client: app.ok_or(SignInError::Unsupported)?,
            extra: Vec::new(),
            redirect: Redirect::Loopback { port },
        };
        let options = connection(settings, PER_SECOND_OAUTH);
        Ok(Box::new(Flow::begin(provider, &page, &options).await?))
    }

    fn open(&self, opening: Opening<'_>) -> Result<Arc<dyn Crm>, OpenError> {
        let Opening { settings, region, credentials, keeper } = opening;
        Ok(Arc::new(Pipedrive::new(settings, region, credentials, keeper)?))
    }
}

/// An address to sign in at; below the account's own for a server on this computer.
fn below(account: &Url, what: &str) -> Url {
    let server = Url::parse(SERVER).ok().filter(|_| !is_loopback(account));
    ringside_web::url::below(&server.unwrap_or_else(|| account.clone()), &["oauth", what])
}

/// Where the API is: at `api_domain`, which comes with the tokens and follows a company that changes
/// its name, as long as that is Pipedrive's or the account's own.
pub(super) fn base(account: Url, api_domain: Option<&str>) -> Url {
    let given = api_domain.and_then(|text| ringside_web::url::server(text).ok());
    let known = |url: &Url| {
        url.origin() == account.origin()
            || url.scheme() == "https"
                && url.host_str().is_some_and(|host| host.ends_with(".pipedrive.com"))
    };
    given.filter(known).unwrap_or(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_to_register_is_the_one_that_is_listened_on() {
        assert_eq!(CALLBACK, format!("http://127.0.0.1:{PORT}/callback"));
    }

    fn url(text: &str) -> Url {
        Url::parse(text).unwrap()
    }

    #[test]
    fn people_sign_in_at_pipedrive_or_on_this_computer() {
        let acme = url("https://acme.pipedrive.com");
        assert_eq!(below(&acme, "token").as_str(), "https://oauth.pipedrive.com/oauth/token");
        let here = url("http://127.0.0.1:8810");
        assert_eq!(below(&here, "authorize").as_str(), "http://127.0.0.1:8810/oauth/authorize");
        assert_eq!(below(&here, "revoke").as_str(), "http://127.0.0.1:8810/oauth/revoke");
    }

    #[test]
    fn tokens_go_to_pipedrive_and_nowhere_else() {
        let acme = url("https://acme.pipedrive.com/");
        for (api_domain, expected) in [
            (None, "https://acme.pipedrive.com/"),
            (Some("https://acme-new.pipedrive.com"), "https://acme-new.pipedrive.com/"),
            (Some("https://evil.example"), "https://acme.pipedrive.com/"),
            (Some("https://evilpipedrive.com"), "https://acme.pipedrive.com/"),
            (Some("http://acme.pipedrive.com"), "https://acme.pipedrive.com/"),
            (Some("nonsense"), "https://acme.pipedrive.com/"),
        ] {
            assert_eq!(base(acme.clone(), api_domain).as_str(), expected, "{api_domain:?}");
        }
    }
}
