//! The log entry: ours, before the CRM has it. Keyed by call and account.

mod field;
mod messages;
mod plan;
mod state;

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{AccountId, Association, Call, CallId, Chosen, ContactRef, Direction, EndReason, How};

pub use field::{FieldOption, LogField, LogFieldKind};
pub use messages::{MessageEntry, TextMessage};
pub use plan::{Plan, plan};
pub use state::{BACKOFF_MAX, RETRY_AFTER_MAX, Setback};

/// What the CRM is to hold of one call, for one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LogEntry {
    /// The call.
    pub call: CallId,
    /// Our key in the CRM: the same for every attempt, different for every call and account.
    pub key: String,
    /// The contact; its account is the entry's account.
    pub contact: ContactRef,
    /// The contact's name when logged.
    pub contact_name: String,
    /// How the contact came to be chosen: an entry says whether a person or a rule decided.
    pub how: How,
    /// One line.
    pub subject: String,
    /// Seen from the agent.
    pub direction: Direction,
    /// E.164 where it is one, else as shown.
    pub remote_number: String,
    /// The agent's line.
    pub local_number: String,
    /// Start of the call.
    pub started_at: Timestamp,
    /// Length of the conversation, whole seconds.
    pub duration_s: u64,
    /// How it ended.
    pub result: EndReason,
    /// The agent's notes, plain text.
    pub note: String,
    /// Deal or other record it is attached to.
    pub association: Option<Association>,
    /// The agent's outcome, one of the account's values.
    pub disposition: Option<String>,
    /// What the account's own [`LogField`]s hold, by their ids.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, String>,
}

impl LogEntry {
    /// What is to be logged of a call for a chosen contact. The subject is made by the caller, since
    /// words come from the catalogue. Works while the call lasts too: what is not over yet is logged
    /// as it stands.
    pub fn compose(
        call: &Call,
        chosen: &Chosen,
        subject: String,
        note: String,
        association: Option<Association>,
        disposition: Option<String>,
    ) -> Self {
        let number = &call.number;
        Self {
            call: call.id,
            key: Self::key_for(call.id, &chosen.contact.account),
            contact: chosen.contact.clone(),
            contact_name: chosen.name.clone(),
            how: chosen.how,
            subject,
            direction: call.direction,
            remote_number: number.e164.clone().unwrap_or_else(|| number.display.clone()),
            local_number: call.local.given.clone(),
            started_at: call.started_at,
            duration_s: call.talked.as_secs(),
            result: call.result(),
            note,
            association,
            disposition,
            fields: BTreeMap::new(),
        }
    }

    /// The account it goes to.
    pub fn account(&self) -> &AccountId {
        &self.contact.account
    }

    /// Our key for a call in an account. Stable, short, and safe in a note's last line.
    ///
    /// The account is part of it, since two accounts may be logins of one CRM.
    pub fn key_for(call: CallId, account: &AccountId) -> String {
        format!("ringside:{call}:{account}")
    }
}

/// Where an entry stands on its way. See design §7, "The outbox".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum LogState {
    /// Being written; nothing leaves this computer.
    Draft,
    /// To be sent, not before `at` (the seconds in which undo is real).
    Ready {
        /// Earliest time.
        at: Timestamp,
    },
    /// On its way. Found at start, it is *unknown*: reconcile before any resend.
    Sending {
        /// From 1.
        attempt: u32,
        /// When the attempt began.
        since: Timestamp,
    },
    /// The CRM has confirmed it.
    Done {
        /// The CRM's id of the record.
        remote_id: String,
        /// When.
        at: Timestamp,
    },
    /// In the CRM, but what is wanted has changed since: to be brought up to date.
    Outdated {
        /// The CRM's id of the record.
        remote_id: String,
        /// Earliest time.
        at: Timestamp,
    },
    /// To be sent again.
    Retry {
        /// When.
        at: Timestamp,
        /// Attempts so far.
        attempt: u32,
        /// Why the last one did not work.
        reason: LogFailure,
        /// True when the outcome of the last attempt is unknown: reconcile by key first.
        unknown: bool,
    },
    /// Refused: waits for a person.
    Parked {
        /// Why.
        reason: LogFailure,
    },
    /// The agent said: do not log.
    Declined,
}

/// Why a log did not land, with the CRM's own words where it gave some.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LogFailure {
    /// Stable code.
    pub code: LogFailureCode,
    /// The CRM's words, bounded.
    pub detail: Option<String>,
}

/// Stable codes of [`LogFailure`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogFailureCode {
    /// The CRM no longer accepts our sign-in.
    SignedOut,
    /// The sign-in may not write.
    Forbidden,
    /// The contact or deal is gone.
    NotFound,
    /// The CRM refused the entry.
    Rejected,
    /// The CRM cannot be reached.
    Unreachable,
    /// The CRM asks us to wait.
    RateLimited,
    /// The CRM answered something that is no answer.
    BadAnswer,
    /// The keyring that holds the token is locked or absent.
    NoSecret,
    /// The account is no longer configured.
    NoAccount,
}

/// The short name of a [`LogState`], for lists and the wire.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum LogStage {
    /// Being written.
    Draft,
    /// Waits its seconds.
    Ready,
    /// On its way.
    Sending,
    /// In the CRM.
    Done,
    /// Will be tried again.
    Retry,
    /// Waits for a person.
    Parked,
    /// Not to be logged.
    Declined,
}

/// When a call is logged.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum LogPolicy {
    /// When the agent says so.
    #[default]
    Ask,
    /// By itself after the end, when the match is unique or the agent chose; else asked.
    Auto,
    /// Only when the agent opens the call and logs it.
    Never,
}

/// How long an attempt may stay unanswered before the outcome counts as unknown.
pub const SEND_DEADLINE: Duration = Duration::from_secs(30);
