//! How requests of an account say who asks.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use reqwest::RequestBuilder;
use reqwest::header::{self, HeaderMap, HeaderName, HeaderValue};
use secrecy::{ExposeSecret, SecretString};

use super::oauth::OAuth;
use super::tokens;
use crate::credentials::{Credentials, Keeper, OAuthTokens, SessionToken};
use crate::{Error, OpenError};

/// How long the vault may take, before new credentials are used though they are not stored yet.
pub(super) const KEEP_DEADLINE: Duration = Duration::from_secs(3);

/// The sign-in of one client, or of several that ask one server.
#[derive(Clone)]
pub struct Auth(Way);

#[derive(Clone)]
enum Way {
    Fixed { name: HeaderName, value: HeaderValue },
    OAuth(Arc<OAuth>),
    Session(Arc<Session>),
}

/// What a request was sent with: see [`Auth::again`].
pub(super) struct Sent(u64);

impl Auth {
    /// A key that goes as `Authorization: Bearer …`.
    ///
    /// # Errors
    /// [`OpenError::BadSecret`] when no header can carry it.
    pub fn bearer(key: &SecretString) -> Result<Self, OpenError> {
        Ok(Self(Way::Fixed { name: header::AUTHORIZATION, value: bearer(key)? }))
    }

    /// A key that goes as it is in a header of its own, such as `x-api-token`.
    ///
    /// # Errors
    /// [`OpenError::BadSecret`] when no header can carry it.
    pub fn header(name: HeaderName, key: &SecretString) -> Result<Self, OpenError> {
        Ok(Self(Way::Fixed { name, value: sensitive(key.expose_secret())? }))
    }

    /// OAuth tokens, renewed before they end and when the server refuses them. New ones go to the
    /// keeper before they are used.
    ///
    /// # Errors
    /// [`OpenError::BadSecret`], and [`OpenError::Insecure`] for a token endpoint without encryption.
    pub fn oauth(tokens: OAuthTokens, keeper: Arc<dyn Keeper>) -> Result<Self, OpenError> {
        Ok(Self(Way::OAuth(Arc::new(OAuth::new(tokens, keeper)?))))
    }

    /// A server's own token, as bearer. Where an answer of any status has the header `renewed_by`,
    /// that is the token from then on.
    ///
    /// # Errors
    /// [`OpenError::BadSecret`] when no header can carry it.
    pub fn session(
        session: SessionToken,
        renewed_by: Option<HeaderName>,
        keeper: Arc<dyn Keeper>,
    ) -> Result<Self, OpenError> {
        let header = bearer(&session.token)?;
        let current = Mutex::new((session, header));
        let storing = tokio::sync::Mutex::default();
        Ok(Self(Way::Session(Arc::new(Session { current, storing, renewed_by, keeper }))))
    }

    /// The usual way for each kind of credentials: everything as bearer.
    ///
    /// # Errors
    /// As those that it calls.
    pub fn of(credentials: Credentials, keeper: Arc<dyn Keeper>) -> Result<Self, OpenError> {
        match credentials {
            Credentials::Key(key) => Self::bearer(&key),
            Credentials::OAuth(tokens) => Self::oauth(tokens, keeper),
            Credentials::Session(session) => Self::session(session, None, keeper),
        }
    }

    /// The OAuth tokens as they are now, of such a sign-in.
    pub fn tokens(&self) -> Option<Arc<OAuthTokens>> {
        match &self.0 {
            Way::OAuth(oauth) => Some(oauth.tokens()),
            Way::Fixed { .. } | Way::Session(_) => None,
        }
    }

    /// The user's name, where a session knows it.
    pub fn user(&self) -> Option<String> {
        match &self.0 {
            Way::Session(session) => session.current().0.user.clone(),
            Way::Fixed { .. } | Way::OAuth(_) => None,
        }
    }

    /// Stores a new token of a session, then uses it. Of another kind of sign-in nothing changes.
    ///
    /// # Errors
    /// [`OpenError::BadSecret`] when no header can carry it; the former stays then.
    pub async fn replace(&self, new: SessionToken) -> Result<(), OpenError> {
        match &self.0 {
            Way::Session(session) => session.replace(new).await,
            Way::Fixed { .. } | Way::OAuth(_) => Ok(()),
        }
    }

    /// Adds the header to a request.
    pub(super) async fn sign(
        &self,
        request: RequestBuilder,
        http: &reqwest::Client,
        deadline: Instant,
    ) -> Result<(RequestBuilder, Sent), Error> {
        Ok(match &self.0 {
            Way::Fixed { name, value } => (request.header(name, value), Sent(0)),
            Way::OAuth(oauth) => {
                let (value, generation) = oauth.header(http, deadline).await?;
                (request.header(header::AUTHORIZATION, value), Sent(generation))
            }
            Way::Session(session) => {
                (request.header(header::AUTHORIZATION, session.header()), Sent(0))
            }
        })
    }

    /// After a 401: whether the same request is worth a second try, since the sign-in is new.
    pub(super) async fn again(
        &self,
        sent: Sent,
        http: &reqwest::Client,
        deadline: Instant,
    ) -> Result<bool, Error> {
        match &self.0 {
            Way::OAuth(oauth) if oauth.tokens().refresh.is_some() => {
                oauth.renew(http, sent.0, deadline).await.map(|()| true)
            }
            Way::OAuth(_) | Way::Fixed { .. } | Way::Session(_) => Ok(false),
        }
    }

    /// Takes what an answer says of the sign-in. Behind the answer, which a call may wait for.
    pub(super) fn learn(&self, headers: &HeaderMap) {
        let Way::Session(session) = &self.0 else { return };
        let new = session.renewed_by.as_ref().and_then(|name| headers.get(name));
        let Some(new) = new.and_then(|value| value.to_str().ok()) else { return };
        let new = SecretString::from(new.trim());
        if new.expose_secret().is_empty() || session.holds(&new) {
            return;
        }
        let session = Arc::clone(session);
        tokio::spawn(async move {
            let user = session.current().0.user.clone();
            if let Err(error) = session.replace(SessionToken { token: new, user }).await {
                tracing::warn!(%error, "a server renewed its token with one that cannot be sent");
            }
        });
    }

    /// Ends OAuth tokens at their server.
    pub(super) async fn revoke(&self, http: &reqwest::Client) -> Result<(), Error> {
        match &self.0 {
            Way::OAuth(oauth) => tokens::revoke(http, &oauth.tokens()).await,
            Way::Fixed { .. } | Way::Session(_) => Ok(()),
        }
    }
}

struct Session {
    current: Mutex<(SessionToken, HeaderValue)>,
    /// One at a time, so that the vault never ends with an older one.
    storing: tokio::sync::Mutex<()>,
    renewed_by: Option<HeaderName>,
    keeper: Arc<dyn Keeper>,
}

impl Session {
    fn current(&self) -> MutexGuard<'_, (SessionToken, HeaderValue)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn header(&self) -> HeaderValue {
        self.current().1.clone()
    }

    fn holds(&self, token: &SecretString) -> bool {
        self.current().0.token.expose_secret() == token.expose_secret()
    }

    async fn replace(&self, new: SessionToken) -> Result<(), OpenError> {
        let header = bearer(&new.token)?;
        let _one = self.storing.lock().await;
        let credentials = Credentials::Session(new.clone());
        match tokio::time::timeout(KEEP_DEADLINE, self.keeper.keep(&credentials)).await {
            Ok(Ok(())) => {}
            // The former may still be good after a restart; the new one serves until then.
            Ok(Err(error)) => tracing::warn!(%error, "a renewed session is not stored"),
            Err(_) => tracing::warn!("a renewed session is not stored: no answer in time"),
        }
        *self.current() = (new, header);
        Ok(())
    }
}

/// The header that carries a token, marked so that nothing prints it.
pub(super) fn bearer(secret: &SecretString) -> Result<HeaderValue, OpenError> {
    sensitive(&format!("Bearer {}", secret.expose_secret()))
}

fn sensitive(text: &str) -> Result<HeaderValue, OpenError> {
    let mut value = HeaderValue::try_from(text).map_err(|_| OpenError::BadSecret)?;
    value.set_sensitive(true);
    Ok(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_with_line_breaks_is_refused_and_none_is_printed() {
        let evil = SecretString::from("a\r\nX-Evil: 1");
        assert!(matches!(Auth::bearer(&evil), Err(OpenError::BadSecret)));
        let name = HeaderName::from_static("x-api-token");
        assert!(matches!(Auth::header(name, &evil), Err(OpenError::BadSecret)));
        let header = bearer(&SecretString::from("hunter2")).unwrap();
        assert!(!format!("{header:?}").contains("hunter2"));
    }
}
