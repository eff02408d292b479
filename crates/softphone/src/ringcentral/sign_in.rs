//! Signing in to RingCentral with an app that the user or the admin registered: OAuth with PKCE in
//! the system's browser.
//!
//! Source: RingCentral's guide "Authorization code flow with PKCE". The address that the browser
//! comes back to must be registered with the app, character by character.

use std::sync::Arc;

use ringside_web::client::{Auth, ClientOptions, nonzero};
use ringside_web::credentials::{KeepNothing, OAuthClient, OAuthTokens};
use ringside_web::sign_in::{Flow, Page, Provider, Redirect, SignInError};
use ringside_web::{Error, OpenError, url};

use super::rest::Rest;

/// Where everybody's RingCentral is.
pub const SERVER: &str = "https://platform.ringcentral.com";
/// Where the browser comes back to, on a port that no service is assigned to (RFC 6335).
const PORT: u16 = 51_739;
/// The same as an address, to be registered with the app.
pub const CALLBACK: &str = "http://127.0.0.1:51739/callback";
/// What the app must be allowed, as its page at RingCentral names it.
pub const SCOPES: [&str; 5] =
    ["WebSocketsSubscription", "CallControl", "ReadPresence", "ReadCallLog", "ReadMessages"];

/// Begins a sign-in.
///
/// # Errors
/// [`SignInError`].
pub async fn sign_in(server: &str, app: OAuthClient, page: &Page) -> Result<Flow, SignInError> {
    let base = url::server(server)?;
    let below = |what| url::below(&base, &["restapi", "oauth", what]);
    // A server on this computer knows no registered address.
    let port = if url::is_loopback(&base) { 0 } else { PORT };
    let provider = Provider {
        authorize_url: below("authorize"),
        token_url: below("token"),
        revoke_url: Some(below("revoke")),
        // The app's registration says them.
        scopes: Vec::new(),
        client: app,
        extra: Vec::new(),
        redirect: Redirect::Loopback { port },
    };
    Flow::begin(provider, page, &ClientOptions::new(nonzero(5))).await
}

/// Whose extension these tokens open, in words for people.
///
/// # Errors
/// [`Error`]; [`OpenError`] as [`Error::BadAnswer`].
pub async fn who(server: &str, tokens: OAuthTokens) -> Result<String, Error> {
    let bad = |error: OpenError| Error::BadAnswer(error.to_string());
    let base = url::server(server).map_err(bad)?;
    let auth = Auth::oauth(tokens, Arc::new(KeepNothing)).map_err(bad)?;
    let (_, name) = Rest::new(base, auth).map_err(bad)?.extension().await?;
    Ok(name)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_to_register_is_the_one_that_is_listened_on() {
        assert_eq!(CALLBACK, format!("http://127.0.0.1:{PORT}/callback"));
    }
}
