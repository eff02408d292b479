//! Secrets in the OS keyring, and nowhere else. The only crate that knows the keyring.
//!
//! The keyring runs on a thread of its own: a locked one with a prompt on screen blocks without
//! end, and must not hold up a ring. Every call has a deadline.

use std::path::Path;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::watch;

/// The keyring, in five states (and one that stands in for it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Being opened.
    Opening,
    /// Works.
    Open,
    /// Locked, perhaps with a prompt on screen.
    Locked,
    /// There is none.
    Absent,
    /// It does not answer, or refused.
    Failed,
    /// A passphrase file stands in for it.
    Passphrase,
}

/// What can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Locked, and not unlocked within the deadline.
    #[error("the keyring is locked")]
    Locked,
    /// There is none.
    #[error("there is no keyring")]
    Absent,
    /// It did not answer within the deadline.
    #[error("the keyring did not answer in time")]
    Timeout,
    /// It refused.
    #[error("the keyring failed: {0}")]
    Failed(String),
    /// The passphrase does not open the file.
    #[error("wrong passphrase")]
    WrongPassphrase,
}

/// A handle to the keyring of one profile. Clones share one thread.
#[derive(Clone, Debug)]
pub struct Vault {}

#[allow(unused_variables, clippy::unused_async, clippy::unimplemented, reason = "being built")]
impl Vault {
    /// Begins to open the keyring. `service` names the items and differs for each profile.
    /// Returns at once; see [`Vault::watch`].
    pub fn open(service: &str, deadline: Duration) -> Self {
        unimplemented!()
    }

    /// How it is now.
    pub fn state(&self) -> State {
        unimplemented!()
    }

    /// Tells of every change of state.
    pub fn watch(&self) -> watch::Receiver<State> {
        unimplemented!()
    }

    /// Tries again what failed, with a longer deadline: the system may ask for its password.
    pub async fn retry(&self, deadline: Duration) -> State {
        unimplemented!()
    }

    /// Reads a secret; `None` if there is no such item.
    pub async fn get(&self, name: &str) -> Result<Option<SecretString>, Error> {
        unimplemented!()
    }

    /// Keeps a secret.
    pub async fn set(&self, name: &str, secret: &SecretString) -> Result<(), Error> {
        unimplemented!()
    }

    /// Erases a secret; no error if it is not there.
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        unimplemented!()
    }

    /// Keeps secrets in a file locked with a passphrase from now on, where there is no keyring.
    pub async fn use_passphrase_file(
        &self,
        file: &Path,
        passphrase: SecretString,
    ) -> Result<(), Error> {
        unimplemented!()
    }
}
