//! The sealed spool: where calls and notes go while the keyring is locked. Anybody who has the
//! public key can append; only the private key, in the vault, opens it.

use std::io::{Read as _, Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};
use std::str::FromStr as _;

use age::x25519::{Identity, Recipient};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use ringside_domain::{Call, CallId, Choice};

use crate::{Error, files};

mod frames;

/// Longest item, as JSON: far above a call or a note.
pub const ITEM_MAX: usize = 256 << 10;
/// Longest file. More than weeks of calls; a full one says so instead of filling the disk.
pub const FILE_MAX: u64 = 128 << 20;

/// An append-only file of sealed items.
#[derive(Clone)]
pub struct Spool {
    file: PathBuf,
    recipient: Recipient,
}

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
    /// A text message.
    Message {
        /// The message.
        message: ringside_domain::event::MessageEvent,
    },
    /// The agent said to log the call, or not to.
    Log {
        /// Which call.
        call: CallId,
        /// True: log; false: don't.
        log: bool,
    },
}

impl Spool {
    /// A new key pair: what goes on disk, and what goes in the vault.
    pub fn new_keys() -> (String, SecretString) {
        let identity = Identity::generate();
        (identity.to_public().to_string(), identity.to_string())
    }

    /// Opens the spool for appending to `file`, sealed for `public_key`.
    ///
    /// # Errors
    /// [`Error::Io`] if the folder cannot be written or the key is none.
    pub fn open(file: &Path, public_key: &str) -> Result<Self, Error> {
        let recipient = Recipient::from_str(public_key.trim())
            .map_err(|reason| Error::Io { file: file.to_path_buf(), reason: reason.to_owned() })?;
        files::make_folder_of(file)?;
        files::open_private(file).map_err(files::io_error(file))?;
        files::sync_folder(file).map_err(files::io_error(file))?;
        Ok(Self { file: file.to_path_buf(), recipient })
    }

    /// Appends an item; returns when it is safe on disk.
    ///
    /// # Errors
    /// [`Error::Io`] if it is longer than [`ITEM_MAX`], the file would grow beyond [`FILE_MAX`], or
    /// the disk refuses.
    pub fn append(&mut self, item: &Item) -> Result<(), Error> {
        let refuse = |reason: String| Error::Io { file: self.file.clone(), reason };
        let json = serde_json::to_vec(item).map(Zeroizing::new);
        let json = json.map_err(|e| refuse(format!("{:?}", e.classify())))?;
        if json.len() > ITEM_MAX {
            return Err(refuse("the item is too long".to_owned()));
        }
        let sealed = age::encrypt(&self.recipient, &json).map_err(|e| refuse(e.to_string()))?;
        let frame = frames::frame(&sealed);
        // Opened anew each time: when the file was set aside or emptied meanwhile, this must not
        // go on in the old one.
        let append = || -> std::io::Result<bool> {
            let mut file = files::open_private(&self.file)?;
            let end = file.seek(SeekFrom::End(0))?;
            if end + frame.len() as u64 > FILE_MAX {
                return Ok(false);
            }
            file.write_all(&frame)?;
            file.sync_all()?;
            Ok(true)
        };
        match append() {
            Ok(true) => Ok(()),
            Ok(false) => Err(refuse("the spool is full".to_owned())),
            Err(error) => Err(files::io_error(&self.file)(error)),
        }
    }

    /// Reads all items in order. An item that cannot be read (a half-written last one) is skipped
    /// and counted, and the file is then set aside instead of being removed. No file: no items.
    ///
    /// # Errors
    /// [`Error::WrongKey`] if the key opens none of the items that are whole, [`Error::Io`] if the
    /// file cannot be read.
    pub fn read(file: &Path, private_key: &SecretString) -> Result<(Vec<Item>, u32), Error> {
        let wrong_key = || Error::WrongKey { file: file.to_path_buf() };
        let identity = Identity::from_str(private_key.expose_secret()).map_err(|_| wrong_key())?;
        let mut bytes = Vec::new();
        match std::fs::File::open(file) {
            Ok(handle) => {
                handle.take(FILE_MAX).read_to_end(&mut bytes).map_err(files::io_error(file))?;
            }
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Ok((Vec::new(), 0));
            }
            Err(error) => return Err(files::io_error(file)(error)),
        }
        let (frames, mut skipped) = frames::split(&bytes);
        let (mut items, mut foreign) = (Vec::with_capacity(frames.len()), 0);
        for sealed in frames {
            match open_item(&identity, sealed) {
                Ok(item) => items.push(item),
                Err(Sealed::ForAnother) => foreign += 1,
                Err(Sealed::Broken) => skipped += 1,
            }
        }
        // Were they skipped, a key that was changed by mistake would cost every call.
        if items.is_empty() && foreign > 0 {
            return Err(wrong_key());
        }
        Ok((items, skipped + foreign))
    }

    /// Empties the spool once its items are in the journal; with `damaged`, sets the file aside.
    pub fn clear(file: &Path, damaged: bool) -> Result<(), Error> {
        if damaged {
            return files::set_aside(file, &[], "some items cannot be read").map(|_| ());
        }
        match std::fs::remove_file(file) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => Err(files::io_error(file)(error)),
            Ok(()) => files::sync_folder(file).map_err(files::io_error(file)),
        }
    }
}

impl std::fmt::Debug for Spool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Spool").field("file", &self.file).finish_non_exhaustive()
    }
}

/// Why an item stays closed.
enum Sealed {
    /// Another key was meant.
    ForAnother,
    /// It is not what was written.
    Broken,
}

fn open_item(identity: &Identity, sealed: &[u8]) -> Result<Item, Sealed> {
    let json = age::decrypt(identity, sealed).map(Zeroizing::new).map_err(|error| match error {
        age::DecryptError::NoMatchingKeys => Sealed::ForAnother,
        _ => Sealed::Broken,
    })?;
    serde_json::from_slice(&json).map_err(|_| Sealed::Broken)
}
