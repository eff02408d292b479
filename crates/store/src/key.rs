//! The key of both databases.

use secrecy::SecretString;

/// 32 random bytes as hex, kept in the vault and in memory only.
#[derive(Clone, Debug)]
pub struct DatabaseKey(pub SecretString);
