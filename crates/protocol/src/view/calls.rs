//! Lists of calls, of what is on its way, and of what was taken in.

use ringside_domain::{CallId, Chosen};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{CallView, LogPlan, LogView};

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
