//! From answers to matches: gathers what the directory and every account say of one number.

mod lookup;
mod why;

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Contact;

pub use lookup::{Lookup, rank};
pub use why::{spelling, why_for};

/// A contact found for a number, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Match {
    /// Who.
    pub contact: Contact,
    /// Why we think so.
    pub why: Why,
    /// Chosen for this number last time.
    pub remembered: bool,
}

/// Why a contact matches.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Why {
    /// How the stored number compares.
    pub rule: Rule,
    /// The field that holds it, in the CRM's words.
    pub field: Option<String>,
    /// Who says so.
    pub origin: Origin,
    /// When that was true.
    pub checked_at: Timestamp,
}

/// How the stored number compares with the one that rings.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The same E.164.
    Exact,
    /// The same national significant number, stored without country code.
    National,
    /// The other side of a known renumbering.
    Renumbered,
    /// The CRM found it and does not show which number fits.
    Reported,
    /// Stored without country code, and only the national digits are the same: the account's region
    /// makes another number of it, or none. Never allows automatic logging.
    Digits,
    /// Read by the second parser only: a guess, marked as one.
    Guess,
}

/// Who says that a contact matches.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The local directory.
    Directory,
    /// The CRM, just now.
    Crm,
}

/// Where the search for a number stands, over all accounts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum LookupStatus {
    /// Some account has still to answer. Matches so far are shown meanwhile.
    Searching,
    /// At least one match, and every account has answered.
    Found,
    /// Every account has answered, with every format: nobody has this number.
    NotFound,
    /// There is nothing to look up (anonymous, short code, extension, no account).
    NotLookedUp,
    /// Some accounts could not be asked: what is known comes from the others or the directory.
    Partial,
    /// No account could be asked, and the directory knows nobody.
    Failed,
}

/// What one account has said so far.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AccountAnswer {
    /// Asked, no answer yet.
    Pending,
    /// Answered; `complete` once every alternative format has been tried.
    Answered {
        /// Every format has been tried.
        complete: bool,
        /// When.
        at: Timestamp,
    },
    /// Could not be asked.
    Failed {
        /// A stable code of the reason.
        reason: FailureReason,
        /// When the next try comes.
        retry_in: Option<Duration>,
    },
}

/// Why an account gave no answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum FailureReason {
    /// It no longer accepts our sign-in.
    SignedOut,
    /// It does not let us.
    Forbidden,
    /// It cannot be reached or did not answer in time.
    Unreachable,
    /// It asks us to wait.
    RateLimited,
    /// It answered something that is no answer.
    BadAnswer,
    /// It refused.
    Refused,
    /// The keyring that holds its token is locked or absent.
    NoSecret,
}

/// Most matches that are kept ready to show; all are counted.
pub const MATCHES_MAX: usize = 500;
