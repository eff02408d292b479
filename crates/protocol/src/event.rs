//! Events: what happens, as it happens. `ringsidectl run` prints one JSON object a line.

use ringside_domain::log::{LogFailure, LogStage};
use ringside_domain::{AccountId, CallId, Chosen, HealthState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::At;
use crate::view::{BatchView, CallView, PopView, VaultView};

/// An event with its version and time: one line of `ringsidectl run`.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Envelope {
    /// [`crate::VERSION`].
    pub v: u32,
    /// When it happened.
    pub at: At,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "event", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "events are made once and sent once")]
pub enum Event {
    /// The engine listens.
    Ready {
        /// Version of the application.
        version: String,
        /// Its process.
        pid: u32,
    },
    /// A pop, new or changed: the whole snapshot.
    Pop(PopView),
    /// A pop went away.
    PopClosed {
        /// Of which call.
        call_id: CallId,
    },
    /// A call changed its state.
    Call {
        /// The call.
        call: CallView,
        /// At the end: how.
        #[serde(skip_serializing_if = "Option::is_none")]
        reason: Option<ringside_domain::EndReason>,
        /// At the end: length of the conversation in whole seconds.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[ts(type = "number | undefined")]
        duration_s: Option<u64>,
    },
    /// Somebody was chosen, or the choice was taken back.
    Choice {
        /// For which call.
        call_id: CallId,
        /// Who; empty if taken back.
        chosen: Vec<Chosen>,
    },
    /// A note is safe on disk.
    Note {
        /// Of which call.
        call_id: CallId,
        /// Its length in characters; the text stays where it is.
        length: u32,
    },
    /// A log changed its state.
    Log {
        /// Of which call.
        call_id: CallId,
        /// In which account.
        account: AccountId,
        /// Where it stands.
        state: LogStage,
        /// The CRM's id, once confirmed.
        remote_id: Option<String>,
        /// Why it did not land.
        reason: Option<LogFailure>,
    },
    /// A link changed its health.
    Health {
        /// `softphone` or `account`.
        link: LinkKind,
        /// Its id.
        id: String,
        /// Its name.
        name: String,
        /// How it is doing.
        state: HealthState,
        /// In the system's or the other side's words.
        detail: Option<String>,
        /// When the next try comes.
        retry_at: Option<At>,
    },
    /// The keyring changed its state.
    Vault {
        /// How it is.
        state: VaultView,
    },
    /// The batch made progress.
    Batch(BatchView),
    /// Counts or the pause changed; ask for the status.
    StatusChanged,
    /// Settings changed; ask for them.
    SettingsChanged,
    /// The list of contacts changed; ask for it.
    ContactsChanged,
    /// Something went wrong and was survived.
    Notice {
        /// What, as a code with parameters.
        fault: crate::Fault,
    },
    /// A sign-in waits for the person in the browser.
    SignIn {
        /// The page to sign in at; it is also opened by itself where there is a desktop.
        url: String,
        /// The browser cannot come back by itself: the address it ends at is to be pasted.
        paste: bool,
    },
    /// A web page should be opened; a headless engine prints it instead of opening a browser.
    OpenUrl {
        /// `https`, or `http` on loopback, on an account's own host.
        url: String,
    },
}

/// Which kind of link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkKind {
    /// A softphone.
    Softphone,
    /// A CRM account.
    Account,
}
