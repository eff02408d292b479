//! Signing in with the system's browser.

use async_trait::async_trait;
use url::Url;

use crate::credentials::Credentials;
use crate::{Error, OpenError};

mod flow;
mod listener;

pub use flow::{DEADLINE, Flow, Provider, Redirect};

/// A sign-in that waits for a person in the browser.
#[async_trait]
pub trait BrowserSignIn: Send {
    /// The page to sign in at. Holds no secret that serves without this process.
    fn url(&self) -> &Url;

    /// Whether the browser comes back to this computer by itself. If not, the person pastes the
    /// address that it ended at into [`BrowserSignIn::finish_with`].
    fn comes_back(&self) -> bool;

    /// Waits until the person is done there. Dropped, the sign-in is given up.
    ///
    /// # Errors
    /// [`SignInError`].
    async fn finish(self: Box<Self>) -> Result<Credentials, SignInError>;

    /// Goes on with the address that the browser ended at.
    ///
    /// # Errors
    /// [`SignInError`].
    async fn finish_with(self: Box<Self>, address: &str) -> Result<Credentials, SignInError>;
}

/// What the browser shows when it comes back: two sentences for people, from the catalogue.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// After a yes.
    pub done: String,
    /// After a no, or when something is wrong.
    pub failed: String,
}

/// Why nobody was signed in.
#[derive(Debug, thiserror::Error)]
pub enum SignInError {
    /// The kind of server has no such way, or wants an OAuth app of the user's own.
    #[error("this server cannot be signed in to like that")]
    Unsupported,
    /// The person said no.
    #[error("denied")]
    Denied,
    /// The settings cannot serve.
    #[error(transparent)]
    Setup(#[from] OpenError),
    /// The server said no: to the person, to the app, or to an answer that came too late.
    #[error("refused: {0}")]
    Refused(String),
    /// Nobody came back in time.
    #[error("nobody signed in in time")]
    Timeout,
    /// What came back belongs to another sign-in, or to none.
    #[error("the answer does not belong to this sign-in")]
    Foreign,
    /// No port of this computer could be listened on.
    #[error("the browser's answer cannot be received: {0}")]
    Listen(String),
    /// The server did not do its part.
    #[error(transparent)]
    Server(#[from] Error),
}
