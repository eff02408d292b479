//! What the vault holds of one account, and how a new sign-in gets there.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use secrecy::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use url::Url;

/// How an account is signed in. Never printed: every secret in it hides itself.
#[derive(Clone, Debug)]
#[expect(clippy::large_enum_variant, reason = "there is one for each account")]
pub enum Credentials {
    /// An API key, as the person pasted it.
    Key(SecretString),
    /// Tokens of OAuth 2.
    OAuth(OAuthTokens),
    /// A server's own token, which the server may replace with any answer.
    Session(SessionToken),
}

/// A session with a server that tells only at the sign-in whose it is.
#[derive(Clone, Debug)]
pub struct SessionToken {
    /// Goes with every request.
    pub token: SecretString,
    /// The user's name, as the server told it; bounded and cleaned.
    pub user: Option<String>,
}

impl From<SecretString> for SessionToken {
    fn from(token: SecretString) -> Self {
        Self { token, user: None }
    }
}

/// Tokens of OAuth 2, with all that is needed to renew and to revoke them.
#[derive(Clone, Debug)]
pub struct OAuthTokens {
    /// The app they were given to.
    pub client: OAuthClient,
    /// Where they are renewed.
    pub token_url: Url,
    /// Where they are revoked (RFC 7009), if the server has such a place.
    pub revoke_url: Option<Url>,
    /// Goes with every request.
    pub access: SecretString,
    /// Good for new tokens; often for one use.
    pub refresh: Option<SecretString>,
    /// When the access token ends, by our clock.
    pub expires_at: Option<Timestamp>,
    /// Where the server said its API is.
    pub api_url: Option<String>,
    /// What was granted.
    pub scopes: Vec<String>,
}

/// An app registered at a server.
#[derive(Clone, Debug)]
pub struct OAuthClient {
    /// Public.
    pub id: String,
    /// Only of an app that the user registered themselves: a public client has none.
    pub secret: Option<SecretString>,
}

/// What the vault held of an account is neither a key nor a sign-in that this version can read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the stored sign-in cannot be read")]
pub struct UnreadableCredentials;

/// How everything but a plain key begins in the vault.
const MARK: &str = r#"{"ringside":"#;

/// The form in the vault. The one name on the outside tells it from a key that happens to be JSON,
/// such as the key files of some clouds.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Envelope {
    ringside: Stored,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(clippy::large_enum_variant, reason = "lives as long as one reading")]
enum Stored {
    Key(String),
    Oauth(StoredTokens),
    Session(StoredSession),
}

#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum StoredSession {
    Token(String),
    Named { token: String, user: String },
}

#[derive(Serialize, Deserialize)]
struct StoredTokens {
    client_id: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    client_secret: Option<String>,
    token_url: Url,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    revoke_url: Option<Url>,
    access: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    refresh: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    expires_at: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    api_url: Option<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    scopes: Vec<String>,
}

impl Credentials {
    /// Reads what the vault holds. A text that [`Credentials::to_secret`] did not wrap is a key.
    ///
    /// # Errors
    /// [`UnreadableCredentials`] when it is wrapped, and damaged or of a newer version: to send it
    /// as a key would give it away.
    pub fn from_secret(secret: &SecretString) -> Result<Self, UnreadableCredentials> {
        let text = secret.expose_secret();
        if !text.starts_with(MARK) {
            return Ok(Self::Key(secret.clone()));
        }
        // Without serde's words, which may quote a secret.
        let envelope: Envelope = serde_json::from_str(text).map_err(|_| UnreadableCredentials)?;
        Ok(match envelope.ringside {
            Stored::Key(key) => Self::Key(key.into()),
            Stored::Session(StoredSession::Token(token)) => {
                Self::Session(SessionToken { token: token.into(), user: None })
            }
            Stored::Session(StoredSession::Named { token, user }) => {
                Self::Session(SessionToken { token: token.into(), user: Some(user) })
            }
            Stored::Oauth(tokens) => Self::OAuth(tokens.into()),
        })
    }

    /// The one text that the vault keeps. A key stays as it is.
    pub fn to_secret(&self) -> SecretString {
        let plain = |secret: &SecretString| secret.expose_secret().to_owned();
        let ringside = match self {
            Self::Key(key) if !key.expose_secret().starts_with(MARK) => return key.clone(),
            Self::Key(key) => Stored::Key(plain(key)),
            Self::Session(session) => {
                let token = plain(&session.token);
                Stored::Session(match session.user.clone() {
                    Some(user) => StoredSession::Named { token, user },
                    None => StoredSession::Token(token),
                })
            }
            Self::OAuth(tokens) => Stored::Oauth(StoredTokens {
                client_id: tokens.client.id.clone(),
                client_secret: tokens.client.secret.as_ref().map(plain),
                token_url: tokens.token_url.clone(),
                revoke_url: tokens.revoke_url.clone(),
                access: plain(&tokens.access),
                refresh: tokens.refresh.as_ref().map(plain),
                expires_at: tokens.expires_at,
                api_url: tokens.api_url.clone(),
                scopes: tokens.scopes.clone(),
            }),
        };
        // Fails for maps whose keys are no texts, and there is none.
        serde_json::to_string(&Envelope { ringside }).unwrap_or_default().into()
    }
}

impl From<StoredTokens> for OAuthTokens {
    fn from(stored: StoredTokens) -> Self {
        Self {
            client: OAuthClient {
                id: stored.client_id,
                secret: stored.client_secret.map(Into::into),
            },
            token_url: stored.token_url,
            revoke_url: stored.revoke_url,
            access: stored.access.into(),
            refresh: stored.refresh.map(Into::into),
            expires_at: stored.expires_at,
            api_url: stored.api_url,
            scopes: stored.scopes,
        }
    }
}

/// Stores the credentials of one account. Whoever opens an account gives it one.
#[async_trait]
pub trait Keeper: Send + Sync {
    /// Stores them in place of the former; when this returns they are safe.
    ///
    /// # Errors
    /// [`KeepError`] when they are not, such as with a locked keyring.
    async fn keep(&self, credentials: &Credentials) -> Result<(), KeepError>;
}

/// New credentials could not be stored.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the new sign-in could not be stored: {0}")]
pub struct KeepError(
    /// Why, in words without a secret.
    pub String,
);

/// Keeps nothing: for a check before an account is added, where nothing is stored yet.
#[derive(Clone, Copy, Debug, Default)]
pub struct KeepNothing;

#[async_trait]
impl Keeper for KeepNothing {
    async fn keep(&self, _: &Credentials) -> Result<(), KeepError> {
        Ok(())
    }
}

impl KeepNothing {
    /// One that can be handed over.
    pub fn shared() -> Arc<dyn Keeper> {
        Arc::new(Self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tokens() -> OAuthTokens {
        OAuthTokens {
            client: OAuthClient { id: "app".into(), secret: Some("app-hunter2".into()) },
            token_url: Url::parse("https://crm.example/oauth/token").unwrap(),
            revoke_url: Some(Url::parse("https://crm.example/oauth/revoke").unwrap()),
            access: "access-hunter2".into(),
            refresh: Some("refresh-hunter2".into()),
            expires_at: Some("2026-11-24T10:00:00Z".parse().unwrap()),
            api_url: Some("https://acme.crm.example".into()),
            scopes: vec!["read".into(), "write".into()],
        }
    }

    fn again(credentials: &Credentials) -> Credentials {
        Credentials::from_secret(&credentials.to_secret()).unwrap()
    }

    #[test]
    fn a_key_of_today_stays_as_it_is() {
        for key in ["k-123", "", " with blanks ", r#"{"type":"service_account"}"#, "{\"ringside"] {
            let secret = SecretString::from(key);
            match Credentials::from_secret(&secret) {
                Ok(Credentials::Key(found)) => assert_eq!(found.expose_secret(), key),
                other => panic!("{other:?}"),
            }
            assert_eq!(Credentials::Key(secret).to_secret().expose_secret(), key);
        }
    }

    #[test]
    fn every_kind_comes_back_whole() {
        let tricky = r#"{"ringside":{"session":"no"}}"#;
        assert!(matches!(again(&Credentials::Key(tricky.into())),
            Credentials::Key(key) if key.expose_secret() == tricky));
        for user in [None, Some("Ana \"A\"".to_owned())] {
            let session = SessionToken { token: "jwt \"x\"".into(), user: user.clone() };
            assert!(matches!(again(&Credentials::Session(session)),
                Credentials::Session(back) if back.user == user
                    && back.token.expose_secret() == "jwt \"x\""));
        }
        let stored = SecretString::from(r#"{"ringside":{"session":"jwt"}}"#);
        assert!(matches!(Credentials::from_secret(&stored),
            Ok(Credentials::Session(back)) if back.token.expose_secret() == "jwt"));
        let Credentials::OAuth(back) = again(&Credentials::OAuth(tokens())) else {
            panic!("another kind");
        };
        let plain = |secret: &Option<SecretString>| {
            secret.as_ref().map(|secret| secret.expose_secret().to_owned())
        };
        let all = |t: &OAuthTokens| {
            (
                (t.client.id.clone(), plain(&t.client.secret), t.access.expose_secret().to_owned()),
                (t.token_url.clone(), t.revoke_url.clone(), t.api_url.clone()),
                (plain(&t.refresh), t.expires_at, t.scopes.clone()),
            )
        };
        assert_eq!(all(&back), all(&tokens()));
    }

    #[test]
    fn a_damaged_or_newer_sign_in_is_no_key() {
        for text in [
            r#"{"ringside":"#,
            r#"{"ringside":{"passkey":{"x":1}}}"#,
            r#"{"ringside":{"key":"k"},"more":1}"#,
            r#"{"ringside":{"oauth":{"access":"only"}}}"#,
        ] {
            assert!(Credentials::from_secret(&text.into()).is_err(), "{text}");
        }
    }

    #[test]
    fn no_secret_is_printed() {
        for credentials in [
            Credentials::Key("hunter2".into()),
            Credentials::Session(SecretString::from("hunter2").into()),
            Credentials::OAuth(tokens()),
        ] {
            assert!(!format!("{credentials:?}").contains("hunter2"));
        }
    }
}
