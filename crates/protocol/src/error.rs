//! Errors over a process boundary: a stable code with parameters. The words live in the catalogue
//! under `error-<code>` and `error-<code>-next`.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A command that did not work.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS, thiserror::Error)]
#[error("{code:?} {params:?}")]
pub struct Fault {
    /// Stable code.
    pub code: ErrorCode,
    /// What the words need: names, numbers, the other side's own text.
    #[serde(default)]
    pub params: BTreeMap<String, String>,
}

impl Fault {
    /// A fault without parameters.
    pub fn new(code: ErrorCode) -> Self {
        Self { code, params: BTreeMap::new() }
    }

    /// Adds a parameter.
    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Self {
        self.params.insert(name.to_owned(), value.into());
        self
    }
}

/// Stable codes. Each has a cause and a next step in the catalogue.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// A command or a field of it cannot be read. `reason`.
    BadRequest,
    /// No call has this id.
    NoSuchCall,
    /// The call or pop has changed since the snapshot that was answered. `revision`.
    Stale,
    /// No account has this id. `account`.
    NoSuchAccount,
    /// No softphone has this id. `softphone`.
    NoSuchSoftphone,
    /// The contact is gone.
    NoSuchContact,
    /// The account or softphone cannot do this. `what`.
    Unsupported,
    /// Nobody is chosen, so there is nobody to log to.
    NothingChosen,
    /// The CRM insists on a field of its log form. `field`.
    MissingField,
    /// A field of the CRM's log form cannot hold this. `field`.
    BadField,
    /// Too late to undo: it has left this computer.
    TooLate,
    /// The CRM no longer accepts the sign-in. `account`.
    SignedOut,
    /// The sign-in is not allowed to do this. `account`.
    Forbidden,
    /// The CRM cannot be reached. `account`, `reason`.
    Unreachable,
    /// The CRM asks us to wait. `account`, `seconds`.
    RateLimited,
    /// The CRM refused. `account`, `reason`.
    Refused,
    /// The CRM answered something unexpected. `account`, `reason`.
    BadAnswer,
    /// The outcome of a write is unknown. `account`.
    Ambiguous,
    /// The person said no in the browser. `account`.
    SignInDenied,
    /// The CRM does not know the key or password that was typed to sign in. `account`.
    WrongKey,
    /// The CRM did not sign the person in. `account`, `reason`.
    SignInRefused,
    /// Nobody signed in within the time for it. `account`.
    SignInTimeout,
    /// The sign-in was given up, or another one took its place.
    SignInCancelled,
    /// No sign-in waits for an address.
    NoSignIn,
    /// The keyring is locked.
    KeyringLocked,
    /// There is no keyring.
    KeyringAbsent,
    /// The keyring did not answer, or refused. `reason`.
    KeyringFailed,
    /// A setting has a value that cannot be. `key`, `reason`.
    BadSetting,
    /// The admin's policy fixes this setting. `key`.
    LockedByPolicy,
    /// The configuration file cannot be read. `file`, `line`, `reason`.
    BadConfig,
    /// A database could not be opened. `file`, `reason`.
    BadDatabase,
    /// Another process runs this profile. `pid`.
    ProfileInUse,
    /// No process runs this profile, and this command needs one.
    NotRunning,
    /// The two ends speak different versions. `theirs`, `ours`.
    VersionMismatch,
    /// A file could not be read. `file`, `line`, `reason`.
    BadFile,
    /// A softphone starts a script of its owner's already. `file`, `script`.
    HookTaken,
    /// A web address that is not opened. `reason`.
    BadAddress,
    /// The key of the inlet is not in the keyring, and lines with it may be in use.
    InletKeyLost,
    /// The softphone did not do it. `reason`.
    SoftphoneRefused,
    /// Something inside failed. `reason`.
    Internal,
}
