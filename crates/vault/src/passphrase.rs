//! Secrets in a file locked with a passphrase, for a machine without a keyring.
//!
//! The file is an age file (scrypt) that holds one JSON object of names and secrets.

use std::collections::BTreeMap;
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::{fs, io};

use age::DecryptError;
use age::scrypt::{Identity, Recipient};
use secrecy::{ExposeSecret, SecretString};
use zeroize::{Zeroize, Zeroizing};

use crate::Error;

/// scrypt's `log2(N)`: 64 MiB and a fraction of a second for each guess, also for each write.
const WORK_FACTOR: u8 = 16;
/// A file that asks for more was not written here; it would hold up the thread for minutes.
const MAX_WORK_FACTOR: u8 = 20;
/// Larger files were not written here.
const MAX_FILE_SIZE: u64 = 1 << 20;

pub(crate) struct PassphraseFile {
    path: PathBuf,
    // Kept, since age measures the machine's speed each time it makes one.
    identity: Identity,
    recipient: Recipient,
    secrets: BTreeMap<String, SecretString>,
}

impl PassphraseFile {
    /// Opens the file, or makes it if it is not there.
    pub(crate) fn open(path: &Path, passphrase: SecretString) -> Result<Self, Error> {
        let mut identity = Identity::new(passphrase.clone());
        identity.set_max_work_factor(MAX_WORK_FACTOR);
        let mut recipient = Recipient::new(passphrase);
        recipient.set_work_factor(WORK_FACTOR);
        let secrets = BTreeMap::new();
        let mut file = Self { path: path.to_path_buf(), identity, recipient, secrets };
        match fs::metadata(path) {
            Ok(metadata) if metadata.len() > MAX_FILE_SIZE => {
                return Err(Error::Failed("the passphrase file is too large".into()));
            }
            Ok(_) => file.secrets = file.read()?,
            Err(error) if error.kind() == ErrorKind::NotFound => file.write(&file.secrets)?,
            Err(error) => return Err(failed(&error)),
        }
        Ok(file)
    }

    pub(crate) fn get(&self, name: &str) -> Option<SecretString> {
        self.secrets.get(name).cloned()
    }

    pub(crate) fn set(&mut self, name: &str, secret: SecretString) -> Result<(), Error> {
        let mut secrets = self.secrets.clone();
        secrets.insert(name.into(), secret);
        self.replace(secrets)
    }

    pub(crate) fn delete(&mut self, name: &str) -> Result<(), Error> {
        let mut secrets = self.secrets.clone();
        if secrets.remove(name).is_none() {
            return Ok(());
        }
        self.replace(secrets)
    }

    /// Memory follows the disk, never the other way round.
    fn replace(&mut self, secrets: BTreeMap<String, SecretString>) -> Result<(), Error> {
        self.write(&secrets)?;
        self.secrets = secrets;
        Ok(())
    }

    fn read(&self) -> Result<BTreeMap<String, SecretString>, Error> {
        let locked = fs::read(&self.path).map_err(|error| failed(&error))?;
        let plain = age::decrypt(&self.identity, &locked).map_err(|error| match error {
            DecryptError::DecryptionFailed
            | DecryptError::KeyDecryptionFailed
            | DecryptError::NoMatchingKeys => Error::WrongPassphrase,
            error => Error::Failed(format!("the passphrase file is damaged: {error}")),
        })?;
        let plain = Zeroizing::new(plain);
        // serde_json's message may quote the text: it is a secret, and stays here.
        let secrets: BTreeMap<String, String> = serde_json::from_slice(&plain)
            .map_err(|_| Error::Failed("the passphrase file holds something else".into()))?;
        Ok(secrets.into_iter().map(|(name, secret)| (name, secret.into())).collect())
    }

    /// Replaces the file as a whole: after a crash it is the old one or the new one.
    fn write(&self, secrets: &BTreeMap<String, SecretString>) -> Result<(), Error> {
        let plain: BTreeMap<_, _> =
            secrets.iter().map(|(name, secret)| (name, secret.expose_secret())).collect();
        let mut plain = serde_json::to_vec(&plain).map_err(|error| failed(&error))?;
        let locked = age::encrypt(&self.recipient, &plain);
        plain.zeroize();
        let locked = locked.map_err(|error| failed(&error))?;
        self.write_file(&locked).map_err(|error| failed(&error))
    }

    fn write_file(&self, bytes: &[u8]) -> io::Result<()> {
        let folder = match self.path.parent() {
            Some(folder) if !folder.as_os_str().is_empty() => folder,
            _ => Path::new("."),
        };
        // Made with mode 0600 on Unix, removed again if anything fails below.
        let mut new = tempfile::NamedTempFile::new_in(folder)?;
        new.write_all(bytes)?;
        new.as_file().sync_all()?;
        new.persist(&self.path)?;
        // The rename itself must reach the disk. Windows cannot open a folder, and needs not.
        #[cfg(unix)]
        fs::File::open(folder)?.sync_all()?;
        Ok(())
    }
}

fn failed(error: &dyn std::error::Error) -> Error {
    Error::Failed(format!("passphrase file: {error}"))
}
