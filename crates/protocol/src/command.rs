//! Commands: what every face can ask of the engine. GUI and CLI are equal.

use ringside_domain::settings::Settings;
use ringside_domain::{AccountId, Association, CallId, ContactRef, Direction, SourceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::view::{
    BatchView, CallFilter, CallPage, CallRow, CheckView, ContactPage, ContactView, FormatPreview,
    ImportView, LinkView, MatchReport, OutboxRow, PopView, RefreshView, SettingsView, StatusView,
};

/// One command. On the local socket and over the webview's bridge alike.
///
/// The API key in [`Command::AccountAdd`] and [`Command::AccountReconnect`] and the passphrase are the only secrets that travel, one
/// way, over the local socket or the webview's bridge; no reply ever carries one.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "command", rename_all = "snake_case")]
pub enum Command {
    /// The whole state at a glance.
    Status,
    /// Checks link by link.
    Doctor,
    /// The pops that are up now, newest first.
    Pops,
    /// A page of calls, newest first.
    Calls {
        /// Which.
        #[serde(default)]
        filter: CallFilter,
        /// Name, number or note.
        #[serde(default)]
        query: String,
        /// Only calls older than this one.
        #[serde(default)]
        before: Option<CallId>,
        /// At most so many (default 100, at most 500).
        #[serde(default)]
        limit: Option<u32>,
    },
    /// One call in full.
    Call {
        /// Which.
        call: CallId,
    },
    /// The agent picks the contact a call belongs to.
    Choose {
        /// Which call.
        call: CallId,
        /// The pop revision that was answered; without it, the contact alone counts.
        #[serde(default)]
        #[ts(type = "number | null")]
        revision: Option<u64>,
        /// Whom.
        contact: ContactRef,
    },
    /// Takes the choice back, and the memory of it for this number.
    ForgetChoice {
        /// Which call.
        call: CallId,
    },
    /// Writes the note of a call. The reply comes when it is safe on disk.
    Note {
        /// Which call.
        call: CallId,
        /// The whole text.
        text: String,
    },
    /// Log it now (after the seconds in which undo is real).
    Log {
        /// Which call.
        call: CallId,
        /// Deal or other record to attach it to; left as it is if absent.
        #[serde(default)]
        association: Option<Association>,
        /// Do not attach it to any deal.
        #[serde(default)]
        no_association: bool,
        /// Outcome; left as it is if absent.
        #[serde(default)]
        disposition: Option<String>,
    },
    /// Do not log it.
    DontLog {
        /// Which call.
        call: CallId,
    },
    /// Takes back "log now" or "don't log".
    UndoLog {
        /// Which call.
        call: CallId,
    },
    /// Holds the countdown of a call open.
    KeepOpen {
        /// Which call.
        call: CallId,
    },
    /// The pointer rests on the pop, or has left it: meanwhile every countdown stands and nothing
    /// leaves. Said again at least every minute while it rests, or it ends by itself.
    HoldPops {
        /// Whether it rests there.
        held: bool,
    },
    /// The pop of a call is hidden; the call is still followed.
    HidePop {
        /// Which call.
        call: CallId,
    },
    /// Shows the pop of a call again: of the newest call without `call`.
    ShowPop {
        /// Of which call.
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Makes a contact; with `call`, also chooses it for the call.
    CreateContact {
        /// For which call.
        #[serde(default)]
        call: Option<CallId>,
        /// In which account; the only one if absent.
        #[serde(default)]
        account: Option<AccountId>,
        /// Name.
        name: String,
        /// Kind, one of the account's.
        #[serde(default)]
        kind: Option<String>,
        /// Number; the call's if absent.
        #[serde(default)]
        phone: Option<String>,
        /// Employer.
        #[serde(default)]
        company: Option<String>,
        /// E-mail.
        #[serde(default)]
        email: Option<String>,
    },
    /// Contacts of the directory; with a query, also asked of the CRMs by name.
    Contacts {
        /// Name or number; empty for all.
        #[serde(default)]
        query: String,
        /// Ask the CRMs too.
        #[serde(default)]
        remote: bool,
        /// Skip so many.
        #[serde(default)]
        offset: u32,
        /// At most so many (default 100, at most 500).
        #[serde(default)]
        limit: Option<u32>,
    },
    /// getContact afresh, past every cache, for a call's number.
    RefreshCall {
        /// Which call.
        call: CallId,
    },
    /// getContact afresh, past every cache, for a contact's numbers.
    RefreshContact {
        /// Which contact.
        contact: ContactRef,
    },
    /// Looks a number up.
    Match {
        /// Any caller text.
        number: String,
        /// Past every cache.
        #[serde(default)]
        refresh: bool,
    },
    /// Opens a page of a CRM in the browser.
    Open {
        /// Which page.
        what: OpenTarget,
    },
    /// Connects a CRM with a key; the key goes to the vault.
    AccountAdd {
        /// Which adapter, such as `example`.
        kind: String,
        /// Address.
        url: String,
        /// What to call it; the host's name if absent.
        #[serde(default)]
        name: Option<String>,
        /// API key.
        key: String,
    },
    /// Signs an account in again with another key; the old one is kept until the new one works.
    AccountReconnect {
        /// Which.
        account: AccountId,
        /// API key.
        key: String,
    },
    /// The accounts, with their health.
    Accounts,
    /// Asks an account who is signed in.
    AccountCheck {
        /// Which.
        account: AccountId,
    },
    /// Signs out, erases the token and what the directory holds of the account.
    AccountRemove {
        /// Which.
        account: AccountId,
    },
    /// Adds a softphone.
    SoftphoneAdd {
        /// Its kind and fields.
        #[serde(flatten)]
        kind: ringside_domain::settings::SoftphoneKind,
        /// What to call it.
        #[serde(default)]
        name: Option<String>,
    },
    /// The softphones, with their health.
    Softphones,
    /// Stops listening to a softphone.
    SoftphoneRemove {
        /// Which.
        softphone: SourceId,
    },
    /// Asks the softphone to answer a ringing call.
    Answer {
        /// Which call.
        call: CallId,
    },
    /// Asks the softphone to end or decline a call.
    HangUp {
        /// Which call.
        call: CallId,
    },
    /// The settings.
    Settings,
    /// Changes one setting, by its dotted key, such as `log.policy`.
    SettingsSet {
        /// The key.
        key: String,
        /// The value: any JSON that the setting takes.
        #[ts(type = "unknown")]
        value: serde_json::Value,
    },
    /// Replaces all settings of one account but its id and kind.
    AccountEdit {
        /// As it is to be.
        account: ringside_domain::settings::AccountSettings,
    },
    /// What alternative formats make of sample numbers.
    FormatPreview {
        /// Masks, in order.
        formats: Vec<String>,
        /// Region of the account.
        region: String,
        /// Sample numbers, as a caller text.
        samples: Vec<String>,
    },
    /// Starts matching the recent calls.
    BatchStart {
        /// At most so many distinct numbers; all if absent.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// How the batch is doing.
    Batch,
    /// Stops the batch; what it found stays.
    BatchCancel,
    /// Takes calls in from a CSV text with a header line.
    CallsImport {
        /// The file's text.
        csv: String,
        /// Its name, for messages.
        #[serde(default)]
        file: Option<String>,
    },
    /// Entries that are not done yet.
    Outbox,
    /// Sends a parked or waiting entry again now; all of them without `call`.
    OutboxRetry {
        /// Which call.
        #[serde(default)]
        call: Option<CallId>,
    },
    /// Plays a scenario on the simulated softphone.
    Simulate {
        /// `answered`, `missed`, `rejected`, `two-callers`, `unknown`, `anonymous`, `extension`,
        /// `shared-number`, `history`.
        scenario: String,
    },
    /// A ring from a script or hook.
    Ring {
        /// The remote number.
        from: String,
        /// The agent's line.
        #[serde(default)]
        to: Option<String>,
        /// Display name.
        #[serde(default)]
        name: Option<String>,
        /// The script's id of the call.
        #[serde(default)]
        id: Option<String>,
        /// `ringing` if absent.
        #[serde(default)]
        phase: RingPhase,
        /// `inbound` if absent.
        #[serde(default)]
        direction: Option<Direction>,
    },
    /// Holds pops and notifications back, or lets them through again. Calls are still followed.
    Pause {
        /// Held back.
        paused: bool,
    },
    /// Shows the main window, if this engine has one.
    ShowWindow,
    /// Tries the keyring again; the system may ask for its password.
    Unlock,
    /// With no keyring: keep secrets in a file locked with this passphrase.
    UsePassphrase {
        /// The passphrase.
        passphrase: String,
    },
    /// A notice was read.
    DismissNotices,
    /// Sends every event from now on over this connection (local socket only).
    Watch,
    /// Ends the engine.
    Quit,
}

/// A page of a CRM.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "page", rename_all = "snake_case")]
pub enum OpenTarget {
    /// A contact.
    Contact {
        /// Which.
        contact: ContactRef,
    },
    /// The log of a call.
    Log {
        /// Which call.
        call: CallId,
        /// In which account.
        account: AccountId,
    },
}

/// Phase of a scripted ring.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RingPhase {
    /// It rings.
    #[default]
    Ringing,
    /// It was answered.
    Answered,
    /// It is over.
    Ended,
}

/// The answer to a command: one for each kind of question.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "reply", content = "value", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "replies are made once and sent once")]
pub enum Reply {
    /// Done.
    Done,
    /// To `status`.
    Status(StatusView),
    /// To `doctor`.
    Doctor(Vec<CheckView>),
    /// To `pops`.
    Pops(Vec<PopView>),
    /// To `calls`.
    Calls(CallPage),
    /// To `call`.
    Call(CallDetail),
    /// To `create_contact`.
    Contact(ContactView),
    /// To `contacts`.
    Contacts(ContactPage),
    /// To `refresh_*`.
    Refresh(RefreshView),
    /// To `match`.
    Match(MatchReport),
    /// To `account_add`, `account_reconnect`, `account_check`, `softphone_add`.
    Link(LinkView),
    /// To `accounts`, `softphones`.
    Links(Vec<LinkView>),
    /// To `settings`, `settings_set`, `account_edit`.
    Settings(SettingsView),
    /// To `format_preview`.
    Formats(FormatPreview),
    /// To `batch*`.
    Batch(BatchView),
    /// To `calls_import`.
    Import(ImportView),
    /// To `outbox`.
    Outbox(Vec<OutboxRow>),
}

/// One call in full.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CallDetail {
    /// The same snapshot as the pop shows.
    pub pop: PopView,
    /// Its row in the list.
    pub row: CallRow,
}

/// All settings, for a caller that wants to check a file.
pub type AllSettings = Settings;
