//! What can go wrong with a server on the web.

use std::fmt;
use std::time::Duration;

use ringside_domain::LinkFault;

use crate::credentials::UnreadableCredentials;

/// The outcome of a call that did not work.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// No valid sign-in.
    #[error("not signed in")]
    Unauthorized,
    /// The sign-in was taken back.
    #[error("access was revoked")]
    Revoked,
    /// Signed in, but not allowed.
    #[error("not allowed")]
    Forbidden,
    /// The record is gone.
    #[error("not found")]
    NotFound,
    /// Too many requests.
    #[error("rate limited")]
    RateLimited {
        /// What the server asked for.
        retry_after: Option<Duration>,
    },
    /// The server said no; not to be repeated.
    #[error("refused: {message}")]
    Rejected {
        /// The server's words, bounded.
        message: String,
    },
    /// Nothing was sent, or a harmless read had no answer.
    #[error("cannot be reached: {0}")]
    Unreachable(Unreached),
    /// Sent, outcome unknown: look before sending again.
    #[error("sent, but the outcome is unknown: {0}")]
    Ambiguous(String),
    /// Answered something that is no answer.
    #[error("answered something unexpected: {0}")]
    BadAnswer(String),
    /// Asked for what it is known not to do: a fault of ours, before anything was sent.
    #[error("the server cannot do this")]
    Unsupported,
}

/// Why a server was not reached, or could not do its part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreached {
    /// In words, without a secret or a caller.
    pub words: String,
    /// What is wrong with the link, where it is the link.
    pub fault: Option<LinkFault>,
}

impl fmt::Display for Unreached {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.words)
    }
}

impl From<String> for Unreached {
    fn from(words: String) -> Self {
        Self { words, fault: None }
    }
}

impl Unreached {
    /// Nothing came in time.
    pub fn late(words: &str) -> Self {
        Self { words: words.to_owned(), fault: Some(LinkFault::NoAnswer) }
    }
}

/// Why an account cannot be opened: a fault of its settings, found before anything is sent.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Nothing of that kind is built in.
    #[error("there is nothing of the kind \"{0}\"")]
    UnknownKind(String),
    /// The address cannot be read as one.
    #[error("\"{0}\" is no address of a server")]
    BadUrl(String),
    /// A token would travel in the clear: `http` serves on loopback only.
    #[error("\"{0}\" is not encrypted; use https")]
    Insecure(String),
    /// The token has characters that no header can carry.
    #[error("the key has characters that cannot be sent")]
    BadSecret,
    /// What the vault holds of the account is no sign-in of ours.
    #[error(transparent)]
    Credentials(#[from] UnreadableCredentials),
    /// The account's own file of certificates does not serve.
    #[error("the certificates in \"{path}\" cannot be used: {reason}")]
    CaFile {
        /// The file.
        path: String,
        /// Why.
        reason: String,
    },
    /// The proxy's address cannot be read.
    #[error("\"{0}\" is no address of a proxy")]
    Proxy(String),
    /// The HTTP client could not be built, such as without any trusted certificates.
    #[error("the HTTP client could not start: {0}")]
    Client(String),
}
