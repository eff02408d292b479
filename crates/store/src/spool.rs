//! The sealed spool: where calls and notes go while the keyring is locked. Anybody who has the
//! public key can append; only the private key, in the vault, opens it.

use std::path::Path;

use secrecy::SecretString;
use serde::{Deserialize, Serialize};

use ringside_domain::{Call, CallId, Choice};

use crate::Error;

/// An append-only file of sealed items.
#[derive(Debug)]
pub struct Spool {}

/// What is kept while the databases are closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "item", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "most items are calls")]
pub enum Item {
    /// A call as it is now; later items of the same call replace earlier ones.
    Call {
        /// The call.
        call: Call,
    },
    /// A choice.
    Choice {
        /// Of which call.
        call: CallId,
        /// What was chosen.
        choice: Choice,
    },
    /// A note; later ones replace earlier ones.
    Note {
        /// Of which call.
        call: CallId,
        /// The whole text.
        text: String,
    },
    /// The agent said to log the call, or not to.
    Log {
        /// Which call.
        call: CallId,
        /// True: log; false: don't.
        log: bool,
    },
}

#[allow(unused_variables, clippy::unused_async, clippy::unimplemented, reason = "being built")]
impl Spool {
    /// A new key pair: what goes on disk, and what goes in the vault.
    pub fn new_keys() -> (String, SecretString) {
        unimplemented!()
    }

    /// Opens the spool for appending to `file`, sealed for `public_key`.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder cannot be written or the key is none.
    pub fn open(file: &Path, public_key: &str) -> Result<Self, Error> {
        unimplemented!()
    }

    /// Appends an item; returns when it is safe on disk.
    pub fn append(&mut self, item: &Item) -> Result<(), Error> {
        unimplemented!()
    }

    /// Reads all items in order. An item that cannot be read (a half-written last one) is skipped
    /// and counted, and the file is then set aside instead of being removed.
    pub fn read(file: &Path, private_key: &SecretString) -> Result<(Vec<Item>, u32), Error> {
        unimplemented!()
    }

    /// Empties the spool once its items are in the journal; with `damaged`, sets the file aside.
    pub fn clear(file: &Path, damaged: bool) -> Result<(), Error> {
        unimplemented!()
    }
}
