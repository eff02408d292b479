//! What is kept on this computer: the journal (calls, notes, choices, logs on their way) and the
//! directory (contacts, past answers, remembered choices). Both SQLCipher, key from the vault.
//!
//! One writer thread for each database; readers have connections of their own and never wait for
//! it. A write's future resolves when it is safe on disk.

mod database;
pub mod directory;
mod files;
pub mod journal;
pub mod key;
pub mod spool;

pub use directory::Directory;
pub use journal::Journal;
pub use key::DatabaseKey;
pub use spool::Spool;

use std::path::PathBuf;

/// What can go wrong with a database or the spool.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The file is there and the key does not open it.
    #[error("the key does not open {file}")]
    WrongKey {
        /// Which file.
        file: PathBuf,
    },
    /// A newer version of Ringside has written it.
    #[error("{file} was written by a newer version")]
    TooNew {
        /// Which file.
        file: PathBuf,
    },
    /// Disk full, no permission, …
    #[error("{file}: {reason}")]
    Io {
        /// Which file.
        file: PathBuf,
        /// In the system's words.
        reason: String,
    },
    /// A read met damage. The file is checked in full at the next start, and set aside then.
    #[error("{file} is damaged")]
    Damaged {
        /// Which file.
        file: PathBuf,
    },
    /// The key is not 64 hexadecimal digits.
    #[error("not a database key")]
    InvalidKey,
    /// A query failed.
    #[error("database: {0}")]
    Database(String),
    /// The writer has ended.
    #[error("the database is closed")]
    Closed,
}

/// A database that was damaged and has been set aside, never deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SetAside {
    /// Where it lies now.
    pub moved_to: PathBuf,
    /// What was wrong with it.
    pub reason: String,
}
