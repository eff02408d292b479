//! Commands: what every face can ask of the engine. GUI and CLI are equal.

use std::collections::BTreeMap;

use ringside_domain::{AccountId, Association, CallId, ContactRef, SourceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::At;
use crate::view::CallFilter;

/// One command. On the local socket and over the webview's bridge alike.
///
/// The keys, fields and app secrets of [`Command::AccountAdd`], [`Command::AccountReconnect`] and
/// [`Command::AccountSignIn`], the address of [`Command::SignInPaste`] and the passphrase are
/// the only secrets that travel, one way, over the local socket or the webview's bridge; no reply
/// carries one, but the answer to [`Command::InletLines`]: that key is made to be put elsewhere, and
/// may announce calls and nothing else.
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
        /// Values of the account's own fields; the others are left as they are.
        #[serde(default)]
        fields: BTreeMap<String, String>,
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
    /// leaves. Said again whenever it moves; after 20 s without a word it ends by
    /// itself.
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
        /// In this account alone; in all if absent.
        #[serde(default)]
        account: Option<AccountId>,
    },
    /// Opens a page of a CRM in the browser.
    Open {
        /// Which page.
        what: OpenTarget,
    },
    /// The kinds of CRM that can be connected, and how.
    CrmKinds,
    /// The connectors of a server that speaks for several CRMs, and how each is signed in to.
    CrmConnectors {
        /// Which adapter, such as `app_connect`.
        kind: String,
        /// Address of the server.
        url: String,
    },
    /// Connects a CRM with a key, or with the fields of a connector; they go to the vault.
    AccountAdd {
        /// What is to be connected.
        #[serde(flatten)]
        what: NewAccount,
        /// API key; empty where the fields say it.
        #[serde(default)]
        key: String,
        /// What a connector asks for, by its names.
        #[serde(default)]
        fields: BTreeMap<String, String>,
    },
    /// Signs an account in again with another key; the old one is kept until the new one works.
    AccountReconnect {
        /// Which.
        account: AccountId,
        /// API key; empty where the fields say it.
        #[serde(default)]
        key: String,
        /// What a connector asks for, by its names.
        #[serde(default)]
        fields: BTreeMap<String, String>,
    },
    /// Signs in with the system's browser: a new account, or with `account` one that is there. The
    /// reply comes when the person is done there; [`crate::Event::SignIn`] tells the address.
    AccountSignIn {
        /// The account to sign in again.
        #[serde(default)]
        account: Option<AccountId>,
        /// What is to be connected, without `account`.
        #[serde(default)]
        what: Option<NewAccount>,
        /// The user's own OAuth app, where the kind has none built in.
        #[serde(default)]
        client_id: Option<String>,
        /// Its secret, if it has one.
        #[serde(default)]
        client_secret: Option<String>,
    },
    /// The address that the browser ended at, where it cannot come back to this computer by itself.
    SignInPaste {
        /// The whole address.
        address: String,
    },
    /// Gives the sign-in in the browser up.
    SignInCancel,
    /// Signs a softphone in with the system's browser, anew or again. The reply comes when the person
    /// is done there; [`crate::Event::SignIn`] tells the address.
    SoftphoneSignIn {
        /// Which.
        softphone: SourceId,
        /// The secret of the app that its settings name, if it has one; the one before serves again.
        #[serde(default)]
        client_secret: Option<String>,
    },
    /// Text messages that softphones told of, newest first. They are kept, and not logged yet.
    Messages {
        /// At most so many; 100 otherwise.
        #[serde(default)]
        limit: Option<u32>,
    },
    /// The settings that a CRM keeps for its user.
    ServerSettings {
        /// Of which account.
        account: AccountId,
    },
    /// Changes one of them.
    ServerSettingSet {
        /// Of which account.
        account: AccountId,
        /// Which.
        id: String,
        /// A boolean, a text, a list of texts, or null.
        #[ts(type = "unknown")]
        value: serde_json::Value,
    },
    /// The people to call back.
    CallBacks {
        /// Of which account.
        account: AccountId,
    },
    /// Puts somebody on that list.
    CallBackAdd {
        /// Whom.
        contact: ContactRef,
        /// When; at any time if absent.
        #[serde(default)]
        at: Option<At>,
    },
    /// Marks an entry of that list as done or open.
    CallBackSet {
        /// Of which account.
        account: AccountId,
        /// The CRM's id of the entry.
        id: String,
        /// Whether it was done.
        called: bool,
    },
    /// Takes an entry off that list.
    CallBackRemove {
        /// Of which account.
        account: AccountId,
        /// The CRM's id of the entry.
        id: String,
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
    /// Sends every raw message of a softphone from now on over this connection (local socket only).
    SoftphoneRecord {
        /// Which.
        softphone: SourceId,
    },
    /// Brings the window of the softphone that has one.
    SoftphoneOpen,
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
        /// The name of one that comes with Ringside, or `history` for calls of the past.
        scenario: String,
    },
    /// Plays a scenario that somebody wrote on the simulated softphone.
    SimulateText {
        /// The scenario, as `docs/simulate.md` describes it.
        text: String,
        /// The name of its file, for messages.
        #[serde(default)]
        file: Option<String>,
    },
    /// What a script or a softphone's hook says of a call. Texts as they were given.
    Ring {
        /// The remote number, a SIP address or `tel:`; empty for a withheld one.
        #[serde(default)]
        number: Option<String>,
        /// Display name.
        #[serde(default)]
        name: Option<String>,
        /// The softphone's id of the call.
        #[serde(default)]
        id: Option<String>,
        /// The agent's line.
        #[serde(default)]
        line: Option<String>,
        /// `ringing`, `answered`, `ended`, or what softphones say instead; `ringing` if absent.
        #[serde(default)]
        phase: Option<String>,
        /// `inbound` or `outbound`; `inbound` if absent.
        #[serde(default)]
        direction: Option<String>,
        /// The queue through which it came.
        #[serde(default)]
        queue: Option<String>,
        /// Which softphone speaks, where there are several.
        #[serde(default)]
        softphone: Option<String>,
    },
    /// The same as an address, `ringside://ring?number=…&key=…`. Anybody may have made it up, so it
    /// has no effect without the key of the inlet.
    RingUrl {
        /// The whole address.
        url: String,
    },
    /// What to put into softphones that are to use the inlet; the key of the inlet is in there.
    InletLines {
        /// Make a new key. Lines with the old one stop working.
        #[serde(default)]
        new_key: bool,
    },
    /// What the hook in Twinkle's profile was told, as variables of its environment.
    Hook {
        /// Those whose names begin with `TWINKLE_` or `SIP`.
        environment: BTreeMap<String, String>,
    },
    /// The agent says that a call is over whose softphone does not say so.
    CallOver {
        /// Which call.
        call: CallId,
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

/// A CRM that is to be connected.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct NewAccount {
    /// Which adapter, such as `example`.
    pub kind: String,
    /// Address.
    pub url: String,
    /// Which connector of a server that has several.
    #[serde(default)]
    pub platform: Option<String>,
    /// What to call it; the CRM's or the host's name if absent.
    #[serde(default)]
    pub name: Option<String>,
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
