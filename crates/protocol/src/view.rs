//! View models: what a face shows. Whole snapshots, each with a revision where it can be answered.

use ringside_domain::contact::ContactPhone;
use ringside_domain::log::{LogFailure, LogStage};
use ringside_domain::matching::FailureReason;
use ringside_domain::number::Number;
use ringside_domain::settings::Settings;
use ringside_domain::{
    AccountId, Association, CallId, CallState, Chosen, ContactRef, ContactType, Direction,
    EndReason, HealthState, LookupStatus, Message, Origin, Rule, SourceId,
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
    /// Accounts in which a contact can be created.
    pub create_in: Vec<CreateTarget>,
    /// The last earlier call with the same number.
    pub last_call: Option<LastCall>,
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

/// A call in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CallRow {
    /// The call.
    pub call: CallView,
    /// Whom it belongs to, if decided.
    pub chosen: Vec<Chosen>,
    /// Name to show: chosen contact, only match, or caller-ID name.
    pub name: Option<String>,
    /// Company to show beside it.
    pub company: Option<String>,
    /// How many contacts fit.
    pub fits: u32,
    /// First line of the note.
    pub note: Option<String>,
    /// Its logs.
    pub logs: Vec<LogView>,
    /// What will happen by itself.
    pub plan: LogPlan,
}

/// Which calls a list shows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallFilter {
    /// All.
    #[default]
    All,
    /// Those with something left to decide or to send.
    Unlogged,
    /// Missed inbound calls.
    Missed,
}

/// A page of the list of calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CallPage {
    /// Newest first.
    pub calls: Vec<CallRow>,
    /// There are more.
    pub more: bool,
    /// How many are unlogged in all.
    pub unlogged: u32,
    /// How many are missed in all.
    pub missed: u32,
}

/// A contact in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContactView {
    /// The record.
    #[serde(flatten)]
    pub contact: ContactRef,
    /// Name of its account.
    pub account_name: String,
    /// Name.
    pub name: String,
    /// Employer.
    pub company: Option<String>,
    /// Role.
    pub title: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Numbers as stored.
    pub phones: Vec<ContactPhone>,
    /// Deals and the like.
    pub associations: Vec<Association>,
    /// Latest activity the CRM knows.
    pub last_activity_at: Option<At>,
    /// When the CRM last said so.
    pub checked_at: At,
    /// It has a page that can be opened.
    pub can_open: bool,
}

/// A page of the list of contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContactPage {
    /// By name, or by fit where a query was given.
    pub contacts: Vec<ContactView>,
    /// How many fit in all.
    pub total: u32,
}

/// What a refresh found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RefreshView {
    /// What changed, old to new; empty if nothing did.
    pub changes: Vec<ChangeView>,
    /// Contacts that are new for the number.
    pub added: Vec<ContactView>,
    /// Contacts that are gone, by name.
    pub removed: Vec<String>,
    /// The contacts as they are now.
    pub contacts: Vec<ContactView>,
    /// Accounts that could not be asked; their old data was kept.
    pub failed: Vec<LookupView>,
    /// When it was checked.
    pub checked_at: At,
}

/// One changed field of one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ChangeView {
    /// The contact's name now.
    pub name: String,
    /// `name`, `company`, `title`, `email`, `phone`, `deal`.
    pub field: String,
    /// Before; `None` if it was empty.
    pub old: Option<String>,
    /// Now; `None` if it is empty.
    pub new: Option<String>,
}

/// The result of `match NUMBER`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MatchReport {
    /// The number, read.
    pub number: Number,
    /// Where the search ended.
    pub status: LookupStatus,
    /// What each account says.
    pub accounts: Vec<LookupView>,
    /// Contacts, best first.
    pub matches: Vec<MatchView>,
    /// Words of an adapter.
    pub message: Option<Message>,
}

/// The state of the whole application, at a glance.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct StatusView {
    /// Accounts with their health.
    pub accounts: Vec<LinkView>,
    /// Softphones with their health.
    pub softphones: Vec<LinkView>,
    /// The keyring.
    pub vault: VaultView,
    /// Pops are held back.
    pub paused: bool,
    /// What is kept on this computer has been read, or cannot be (the keyring is shut).
    pub ready: bool,
    /// Something is configured; else the first run is shown.
    pub configured: bool,
    /// Calls with something left to decide or to send.
    pub unlogged: u32,
    /// Entries that wait for a person.
    pub parked: u32,
    /// The version of the application.
    pub version: String,
    /// Things that went wrong and were survived, to be told once: a damaged database set aside, …
    pub notices: Vec<crate::Fault>,
}

/// A softphone or an account, with its health.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LinkView {
    /// Its id.
    pub id: String,
    /// `example`, `baresip`, …
    pub kind: String,
    /// Its name.
    pub name: String,
    /// Address, without secrets.
    pub address: Option<String>,
    /// How it is doing.
    pub health: HealthState,
    /// Why it is down, in the other side's or the system's words.
    pub detail: Option<String>,
    /// When the next try comes.
    pub retry_at: Option<At>,
    /// Last time it was known to work.
    pub checked_at: Option<At>,
    /// For accounts: who is signed in.
    pub user: Option<String>,
}

/// The keyring, in five states.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum VaultView {
    /// Being opened.
    Opening,
    /// Works.
    Open,
    /// Locked: calls pop by number, and go to the sealed spool.
    Locked,
    /// There is none on this computer.
    Absent,
    /// It does not answer or refused.
    Failed,
    /// A passphrase file stands in for it.
    Passphrase,
}

/// The settings with what the admin's policy fixes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SettingsView {
    /// In force.
    pub settings: Settings,
    /// Keys (`log.policy`) that the policy file fixes.
    pub locked: Vec<String>,
    /// The file, for people.
    pub file: String,
    /// What is wrong with the file; the settings before it stay in force.
    pub problem: Option<crate::Fault>,
}

/// What the alternative formats of an account make of sample numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FormatPreview {
    /// One for each format, in order.
    pub formats: Vec<FormatView>,
}

/// One format with its samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FormatView {
    /// The mask.
    pub mask: String,
    /// One for each sample.
    pub samples: Vec<SampleView>,
}

/// What a mask makes of one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SampleView {
    /// The sample as given.
    pub given: String,
    /// What the mask makes of it, or why it is skipped.
    pub result: ringside_domain::number::format::Formatted,
}

/// The batch of recent calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct BatchView {
    /// It runs now.
    pub running: bool,
    /// It was stopped by the agent.
    pub cancelled: bool,
    /// Distinct numbers in all.
    pub total: u32,
    /// Numbers answered.
    pub done: u32,
    /// One contact.
    pub matched: u32,
    /// Several contacts.
    pub several: u32,
    /// No contact.
    pub not_found: u32,
    /// Could not be asked.
    pub failed: u32,
    /// Seconds left, rounded up; `None` while unknown.
    pub seconds_left: Option<u32>,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ImportView {
    /// New calls.
    pub added: u32,
    /// Already there.
    pub known: u32,
    /// Lines that could not be read, with the reason.
    pub skipped: Vec<SkippedLine>,
}

/// A line that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SkippedLine {
    /// From 1.
    pub line: u32,
    /// What is wrong with it.
    pub reason: String,
}

/// An entry of the outbox.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct OutboxRow {
    /// The call.
    pub call: CallId,
    /// Subject of the entry.
    pub subject: String,
    /// Attempts so far.
    pub attempts: u32,
    /// Where it stands.
    #[serde(flatten)]
    pub log: LogView,
}

/// One link of the chain, checked.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CheckView {
    /// `keyring`, `journal`, `softphone`, `account`, `notifications`, `display`, …
    pub link: String,
    /// Which one, where there are several.
    pub name: Option<String>,
    /// How it is.
    pub verdict: Verdict,
    /// What was seen, in plain words.
    pub text: String,
    /// What to do, where something is wrong.
    pub next: Option<String>,
}

/// How a link is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// Works.
    Ok,
    /// Works with less than it could.
    Limited,
    /// Does not work.
    Broken,
    /// Not set up.
    Off,
}
