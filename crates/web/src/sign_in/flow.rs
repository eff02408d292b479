//! OAuth 2: authorization code with PKCE (RFC 7636) in the system's browser, which
//! comes back to a loopback address (RFC 8252), or whose last address the person pastes.

use std::time::Duration;

use async_trait::async_trait;
use oauth2::{
    AuthUrl, AuthorizationCode, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope,
};
use ringside_domain::text;
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Instant;
use url::Url;

use super::listener::Listener;
use super::{BrowserSignIn, Page, SignInError};
use crate::Error;
use crate::client::tokens::{self, TokenError};
use crate::client::{ClientOptions, http};
use crate::credentials::{Credentials, OAuthClient, OAuthTokens};

/// How long a person may take in the browser.
pub const DEADLINE: Duration = Duration::from_secs(300);
/// Longest reason of a server that is kept, in characters.
const REASON_MAX: usize = 300;

/// Where and as whom to sign in.
#[derive(Clone, Debug)]
pub struct Provider {
    /// The page that asks the person.
    pub authorize_url: Url,
    /// Where a code becomes tokens.
    pub token_url: Url,
    /// Where tokens are revoked.
    pub revoke_url: Option<Url>,
    /// What is asked for; may be empty where the app's registration says it.
    pub scopes: Vec<String>,
    /// The app: without a secret for a public client.
    pub client: OAuthClient,
    /// More parameters for the page, such as `prompt`.
    pub extra: Vec<(String, String)>,
    /// Where the browser comes back to.
    pub redirect: Redirect,
}

/// Where the browser comes back to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Redirect {
    /// A listener on `127.0.0.1`. Port 0 is any that is free; a server that compares the whole address
    /// with the registered one needs a certain one.
    Loopback {
        /// 0, or the one that is registered.
        port: u16,
    },
    /// An address that is not ours: the person pastes where the browser ended, to
    /// [`Flow::finish_with`].
    Pasted(Url),
}

impl From<TokenError> for SignInError {
    fn from(error: TokenError) -> Self {
        match error {
            TokenError::Ended => Self::Refused(error.to_string()),
            TokenError::App(words) => Self::Refused(words),
            TokenError::Failed(words) => Self::Server(Error::Unreachable(words)),
        }
    }
}

/// A sign-in under way. To drop it is to cancel it: nobody listens any more.
pub struct Flow {
    provider: Provider,
    http: reqwest::Client,
    url: Url,
    redirect: Url,
    state: SecretString,
    verifier: PkceCodeVerifier,
    listener: Option<Listener>,
    began: Instant,
}

impl Flow {
    /// Begins to listen, and makes the address that the browser is to open.
    ///
    /// # Errors
    /// [`SignInError::Setup`] and [`SignInError::Listen`].
    pub async fn begin(
        provider: Provider,
        page: &Page,
        options: &ClientOptions,
    ) -> Result<Self, SignInError> {
        let own = [&provider.authorize_url, &provider.token_url];
        for url in own.into_iter().chain(&provider.revoke_url) {
            crate::url::encrypted(url)?;
        }
        let http = http(&provider.token_url, options)?;
        let state = CsrfToken::new_random();
        let known = SecretString::from(state.secret().clone());
        let (listener, redirect) = match &provider.redirect {
            Redirect::Loopback { port } => {
                let listener = Listener::start(*port, known.clone(), page).await;
                let listener = listener.map_err(|error| SignInError::Listen(error.to_string()))?;
                let url = listener.url().clone();
                (Some(listener), url)
            }
            Redirect::Pasted(url) => (None, url.clone()),
        };
        let (challenge, verifier) = PkceCodeChallenge::new_random_sha256();
        let app = tokens::app(&provider.client, &provider.token_url)
            .set_auth_uri(AuthUrl::from_url(provider.authorize_url.clone()))
            .set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
        let mut request = app
            .authorize_url(|| state)
            .add_scopes(provider.scopes.iter().cloned().map(Scope::new))
            .set_pkce_challenge(challenge);
        for (name, value) in &provider.extra {
            request = request.add_extra_param(name, value);
        }
        let (url, _) = request.url();
        let began = Instant::now();
        Ok(Self { provider, http, url, redirect, state: known, verifier, listener, began })
    }

    /// What the browser is to open.
    pub fn url(&self) -> &Url {
        &self.url
    }

    /// Waits for the browser to come back, at most [`DEADLINE`] from the beginning, and fetches the
    /// tokens.
    ///
    /// # Errors
    /// [`SignInError`]. A sign-in whose answer is pasted never comes back by itself, and is late.
    pub async fn finish(self) -> Result<OAuthTokens, SignInError> {
        self.finish_within(DEADLINE).await
    }

    /// As [`Flow::finish`], with another deadline.
    ///
    /// # Errors
    /// As there.
    pub async fn finish_within(mut self, within: Duration) -> Result<OAuthTokens, SignInError> {
        let deadline = self.began + within;
        let answer = match &mut self.listener {
            Some(listener) => tokio::time::timeout_at(deadline, listener.answer()).await,
            None => Ok(None),
        };
        let answer = answer.ok().flatten().ok_or(SignInError::Timeout)?;
        self.exchange(answer?).await
    }

    /// Fetches the tokens with the address at which the browser ended, as the person copied it.
    ///
    /// # Errors
    /// [`SignInError`]; [`SignInError::Foreign`] for any other text.
    pub async fn finish_with(self, address: &str) -> Result<OAuthTokens, SignInError> {
        let url = Url::parse(address.trim()).map_err(|_| SignInError::Foreign)?;
        let same = url.origin() == self.redirect.origin() && url.path() == self.redirect.path();
        let query = url.query().filter(|_| same).unwrap_or_default();
        let answer = read(query, &self.state).ok_or(SignInError::Foreign)?;
        self.exchange(answer?).await
    }

    async fn exchange(self, code: SecretString) -> Result<OAuthTokens, SignInError> {
        let Self { provider, http, redirect, verifier, listener, .. } = self;
        // From here on nobody may come back.
        drop(listener);
        let app = tokens::app(&provider.client, &provider.token_url)
            .set_redirect_uri(RedirectUrl::from_url(redirect));
        let transport = tokens::transport(&http);
        let answer = app
            .exchange_code(AuthorizationCode::new(code.expose_secret().to_owned()))
            .set_pkce_verifier(verifier)
            .request_async(&transport)
            .await
            .map_err(tokens::failure)?;
        let mut new = tokens::received(&answer, &provider.client, &provider.token_url);
        new.revoke_url = provider.revoke_url;
        if new.scopes.is_empty() {
            // An answer without them grants what was asked (RFC 6749 §5.1).
            new.scopes = provider.scopes;
        }
        Ok(new)
    }
}

#[async_trait]
impl BrowserSignIn for Flow {
    fn url(&self) -> &Url {
        &self.url
    }

    fn comes_back(&self) -> bool {
        self.listener.is_some()
    }

    async fn finish(self: Box<Self>) -> Result<Credentials, SignInError> {
        (*self).finish().await.map(Credentials::OAuth)
    }

    async fn finish_with(self: Box<Self>, address: &str) -> Result<Credentials, SignInError> {
        (*self).finish_with(address).await.map(Credentials::OAuth)
    }
}

/// What the browser came back with: a code, or the server's refusal.
pub(super) type Answer = Result<SecretString, SignInError>;

/// Reads the query of an address; `None` when it is not the answer to the sign-in with this `state`.
pub(super) fn read(query: &str, state: &SecretString) -> Option<Answer> {
    let (mut code, mut error, mut words, mut given) = (None, None, None, None);
    for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
        let place = match &*name {
            "code" => &mut code,
            "error" => &mut error,
            "error_description" => &mut words,
            "state" => &mut given,
            _ => continue,
        };
        // A parameter may come once (RFC 6749 §3.1).
        if place.replace(value.into_owned()).is_some() {
            return None;
        }
    }
    if given.as_deref() != Some(state.expose_secret()) {
        return None;
    }
    match (code, error) {
        // RFC 6749's word, and Pipedrive's own.
        (_, Some(error)) if error == "access_denied" || error == "user_denied" => {
            Some(Err(SignInError::Denied))
        }
        (_, Some(error)) => {
            let words = text::clean(&words.unwrap_or(error), REASON_MAX);
            Some(Err(SignInError::Refused(words)))
        }
        (Some(code), None) if !code.is_empty() => Some(Ok(code.into())),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_answer_to_this_sign_in_is_one() {
        let state = SecretString::from("s");
        let of = |query: &str| read(query, &state);
        assert!(matches!(of("code=c&state=s"), Some(Ok(code)) if code.expose_secret() == "c"));
        assert!(matches!(of("error=access_denied&state=s"), Some(Err(SignInError::Denied))));
        let refused = of("error=server_error&error_description=Down%E2%80%AE+today&state=s");
        assert!(matches!(refused, Some(Err(SignInError::Refused(words))) if words == "Down today"));
        for other in [
            "",
            "code=c",
            "code=c&state=x",
            "code=c&state=",
            "state=s",
            "code=&state=s",
            "code=c&state=s&state=s",
            "code=a&code=b&state=s",
            "error=access_denied&state=x",
        ] {
            assert!(of(other).is_none(), "{other}");
        }
    }
}
