//! The key of both databases, and how a file remembers which key it was made with.

use std::fmt::{self, Write as _};
use std::fs;
use std::path::{Path, PathBuf};

use rand::RngCore as _;
use secrecy::{ExposeSecret, SecretString};
use sha2::{Digest, Sha256};
use zeroize::Zeroizing;

use crate::{Error, files};

/// 32 random bytes as 64 hexadecimal digits, kept in the vault and in memory only.
#[derive(Clone)]
pub struct DatabaseKey(SecretString);

impl DatabaseKey {
    /// A new key from the thread's cryptographic generator, which the system seeds.
    pub fn generate() -> Self {
        let mut bytes = Zeroizing::new([0_u8; 32]);
        rand::rng().fill_bytes(bytes.as_mut());
        Self(SecretString::from(hex(bytes.as_ref())))
    }

    /// Takes a key as the vault gives it.
    ///
    /// # Errors
    /// [`Error::InvalidKey`] unless it is 64 hexadecimal digits.
    pub fn from_secret(secret: SecretString) -> Result<Self, Error> {
        let text = secret.expose_secret();
        let valid = text.len() == 64 && text.bytes().all(|b| b.is_ascii_hexdigit());
        if valid { Ok(Self(secret)) } else { Err(Error::InvalidKey) }
    }

    /// The digits, for the vault.
    pub fn as_secret(&self) -> &SecretString {
        &self.0
    }

    /// The statement that unlocks a connection. The `x'…'` form takes the bytes as they are, so
    /// that no time goes into deriving a key from what is already random.
    pub(crate) fn pragma(&self) -> Zeroizing<String> {
        Zeroizing::new(format!("PRAGMA key = \"x'{}'\"", self.0.expose_secret()))
    }
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}

/// What the file beside a database says of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Recognised {
    /// The database was made with this key.
    Yes,
    /// It was made with another one.
    No,
    /// Nothing can be said: there is no such file, or it says nothing.
    Unknown,
}

/// Whether `database` was made with `key`. SQLCipher cannot tell a wrong key from a damaged first
/// page; this can, and so decides whether a file may be set aside.
pub(crate) fn recognise(database: &Path, key: &DatabaseKey) -> Recognised {
    let Ok(text) = fs::read_to_string(fingerprint_path(database)) else {
        return Recognised::Unknown;
    };
    let Some((salt, print)) = text.trim().split_once(' ') else {
        return Recognised::Unknown;
    };
    if salt.len() != 32 || print.len() != 64 {
        return Recognised::Unknown;
    }
    if fingerprint(salt, key) == print { Recognised::Yes } else { Recognised::No }
}

/// Writes down which key `database` is made with.
pub(crate) fn remember(database: &Path, key: &DatabaseKey) -> Result<(), Error> {
    let mut salt = [0_u8; 16];
    rand::rng().fill_bytes(&mut salt);
    let salt = hex(&salt);
    let text = format!("{salt} {}\n", fingerprint(&salt, key));
    files::replace(&fingerprint_path(database), text.as_bytes())
}

/// `journal.db` has its fingerprint in `journal.db.key-id`.
fn fingerprint_path(database: &Path) -> PathBuf {
    files::beside(database, ".key-id")
}

/// A salted hash is enough: nobody can try 2^256 keys.
fn fingerprint(salt: &str, key: &DatabaseKey) -> String {
    let mut hash = Sha256::new();
    hash.update(b"ringside database key ");
    hash.update(salt);
    hash.update(key.0.expose_secret().to_ascii_lowercase());
    hex(&hash.finalize())
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::with_capacity(bytes.len() * 2), |mut text, byte| {
        // Writing to a String cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_64_hex_digits_and_never_shown() {
        let key = DatabaseKey::generate();
        let text = key.as_secret().expose_secret().to_owned();
        assert_eq!(text.len(), 64);
        assert!(!format!("{key:?}").contains(&text[..8]));
        assert!(DatabaseKey::from_secret(SecretString::from(text.clone())).is_ok());
        for bad in ["", &text[1..], &format!("{text}0"), &format!("{}'", &text[1..])] {
            let refused = DatabaseKey::from_secret(SecretString::from(bad.to_owned()));
            assert!(matches!(refused, Err(Error::InvalidKey)), "{bad:?}");
        }
        assert_ne!(DatabaseKey::generate().as_secret().expose_secret(), text);
    }

    #[test]
    fn a_fingerprint_knows_its_key_and_says_nothing_when_torn() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("journal.db");
        let (key, other) = (DatabaseKey::generate(), DatabaseKey::generate());
        assert_eq!(recognise(&database, &key), Recognised::Unknown);
        remember(&database, &key).unwrap();
        assert_eq!(recognise(&database, &key), Recognised::Yes);
        assert_eq!(recognise(&database, &other), Recognised::No);
        let upper = key.as_secret().expose_secret().to_ascii_uppercase();
        let upper = DatabaseKey::from_secret(SecretString::from(upper)).unwrap();
        assert_eq!(recognise(&database, &upper), Recognised::Yes);
        fs::write(folder.path().join("journal.db.key-id"), "half of").unwrap();
        assert_eq!(recognise(&database, &key), Recognised::Unknown);
    }
}
