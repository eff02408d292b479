//! One profile has one owner: whoever holds its lock owns databases, outbox and softphones.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Read, Seek, SeekFrom, Write};

use crate::Home;

/// The lock of a profile, held until dropped or until the process ends, however it ends.
#[derive(Debug)]
pub struct ProfileLock {
    _file: File,
}

/// Why the lock could not be had.
#[derive(Debug, thiserror::Error)]
pub enum LockError {
    /// Another process holds it.
    #[error("another process runs this profile (pid {0})")]
    Held(String),
    /// The file cannot be made or locked.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl ProfileLock {
    /// Takes the lock of a profile, or says who has it.
    ///
    /// # Errors
    /// [`LockError::Held`] if another process has it.
    pub fn take(home: &Home) -> Result<Self, LockError> {
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .read(true)
            .write(true)
            .open(home.lock_file())?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0)?;
                file.seek(SeekFrom::Start(0))?;
                write!(file, "{}", std::process::id())?;
                Ok(Self { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.take(20).read_to_string(&mut pid)?;
                Err(LockError::Held(pid))
            }
            Err(TryLockError::Error(error)) => Err(error.into()),
        }
    }
}
