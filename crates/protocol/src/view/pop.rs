//! A ringing or ended call as the pop shows it.

use ringside_domain::log::{FieldOption, LogFailure, LogField, LogStage};
use ringside_domain::matching::FailureReason;
use ringside_domain::number::Number;
use ringside_domain::{
    AccountId, Association, CallId, CallState, Chosen, ContactRef, ContactType, Direction,
    EndReason, LookupStatus, Message, Origin, Rule, SourceId,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::At;

/// A call, as shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CallView {
    /// Ours.
    pub id: CallId,
    /// Where it stands.
    pub state: CallState,
    /// Seen from the agent.
    pub direction: Direction,
    /// The source that founded it.
    pub source: SourceId,
    /// The person outside.
    pub remote: RemoteView,
    /// The agent's line: name if it has one, else address.
    pub line: String,
    /// First sign of it.
    pub started_at: At,
    /// Start of the conversation.
    pub answered_at: Option<At>,
    /// End.
    pub ended_at: Option<At>,
    /// How it ended; set at the end.
    pub reason: Option<EndReason>,
    /// Length of the conversation in whole seconds; set at the end.
    #[ts(type = "number | null")]
    pub duration_s: Option<u64>,
}

/// The person outside.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RemoteView {
    /// `kind`, `given`, `e164`, `region`, `extension`, `display`, …
    #[serde(flatten)]
    pub number: Number,
    /// Display name of the caller ID, cleaned and bounded.
    pub name: Option<String>,
}

/// Everything the pop shows of one call: one snapshot. An answer to it (pick, confirm) names the
/// contact and this revision, never a position.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct PopView {
    /// Rises with every change of this snapshot.
    #[ts(type = "number")]
    pub revision: u64,
    /// The call.
    pub call: CallView,
    /// Where the search stands over all accounts.
    pub status: LookupStatus,
    /// What each account says.
    pub accounts: Vec<LookupView>,
    /// Contacts found, best first. Never merged.
    pub matches: Vec<MatchView>,
    /// Who it is, as far as decided.
    pub chosen: Vec<Chosen>,
    /// The note so far.
    pub note: String,
    /// `returnMessage` of the latest answer that had one.
    pub message: Option<Message>,
    /// The logs of this call, one for each account involved.
    pub logs: Vec<LogView>,
    /// What will happen to the log by itself.
    pub plan: LogPlan,
    /// What the log form of the chosen account asks for beyond ours.
    pub fields: Vec<FieldView>,
    /// Accounts in which a contact can be created.
    pub create_in: Vec<CreateTarget>,
    /// The last earlier call with the same number.
    pub last_call: Option<LastCall>,
}

/// A field of the account's own on the log form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FieldView {
    /// The field.
    pub field: LogField,
    /// What there is to choose from, for the chosen contact.
    pub options: Vec<FieldOption>,
    /// As it stands.
    pub value: Option<String>,
}

/// What one account says of the number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LookupView {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Where its answer stands.
    pub state: AccountLookupState,
    /// How many contacts it has for this number.
    pub found: u32,
    /// When it answered.
    pub checked_at: Option<At>,
    /// When the next try comes.
    pub retry_at: Option<At>,
}

/// Where an account's answer stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum AccountLookupState {
    /// Asked.
    Searching,
    /// Answered.
    Answered,
    /// Could not be asked.
    Failed {
        /// Why.
        reason: FailureReason,
    },
}

/// A contact that fits, with the reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MatchView {
    /// The record: `account`, `type`, `id`.
    #[serde(flatten)]
    pub contact: ContactRef,
    /// Its name.
    pub name: String,
    /// Employer.
    pub company: Option<String>,
    /// Role.
    pub title: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Latest activity the CRM knows.
    pub last_activity_at: Option<At>,
    /// Deals and the like.
    pub associations: Vec<Association>,
    /// Why it fits.
    pub why: WhyView,
    /// Chosen for this number last time.
    pub remembered: bool,
    /// It has a page that can be opened.
    pub can_open: bool,
}

/// Why a contact fits.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct WhyView {
    /// How the stored number compares.
    pub rule: Rule,
    /// The field it stands in.
    pub field: Option<String>,
    /// Who says so.
    pub origin: Origin,
    /// When that was true.
    pub checked_at: At,
}

/// The log of one call in one account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LogView {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub account_name: String,
    /// The contact.
    pub contact: ContactRef,
    /// Their name.
    pub contact_name: String,
    /// Where it stands.
    pub state: LogStage,
    /// The CRM's id, once it has confirmed.
    pub remote_id: Option<String>,
    /// Why it did not land.
    pub reason: Option<LogFailure>,
    /// When it goes out (`ready`) or is tried again (`retry`).
    pub next_at: Option<At>,
    /// Deal or other record it is attached to.
    pub association: Option<Association>,
    /// Outcome.
    pub disposition: Option<String>,
    /// It has a page that can be opened.
    pub can_open: bool,
}

/// What will happen to the log of a call by itself.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "plan", rename_all = "snake_case")]
pub enum LogPlan {
    /// The agent decides.
    Ask,
    /// It logs itself at the end of the call.
    AtEnd,
    /// It logs itself then, unless held.
    At {
        /// When.
        at: At,
    },
    /// It is not logged by itself (internal, withheld, policy).
    No,
    /// Decided: `logs` says where it stands.
    Decided,
    /// The agent said no.
    Declined,
}

/// An account in which a contact can be created.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CreateTarget {
    /// The account.
    pub account: AccountId,
    /// Its name.
    pub name: String,
    /// Kinds of contact.
    pub types: Vec<ContactType>,
    /// Outcomes its logs can carry.
    pub dispositions: Vec<String>,
}

/// The last earlier call with the same number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LastCall {
    /// When.
    pub at: At,
    /// Its note, first line, bounded.
    pub note: Option<String>,
}
