//! Accounts, softphones and the keyring: how each is doing.

use ringside_domain::{HealthState, LinkFault};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{At, Fault};

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
    /// For softphones: what is wrong; the words and the next step are in the catalogue.
    pub why: Option<LinkFault>,
    /// Why it is down, in the other side's or the system's words.
    pub detail: Option<String>,
    /// When the next try comes.
    pub retry_at: Option<At>,
    /// Last time it was known to work.
    pub checked_at: Option<At>,
    /// For accounts: who is signed in.
    pub user: Option<String>,
    /// For accounts: the connector, where one server has several.
    pub platform: Option<String>,
    /// What it can do.
    pub can: Vec<Ability>,
    /// For accounts: what is left of the rate limit, where the CRM tells.
    pub limits: Option<LimitsView>,
    /// The last thing that did not work, until something does.
    pub fault: Option<Fault>,
    /// For the inlet: who spoke, and who was turned away.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[ts(optional)]
    pub inlet: Option<InletView>,
}

/// What happened at the inlet since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct InletView {
    /// The last report that had an effect.
    pub heard_at: Option<At>,
    /// Who was turned away, how often.
    pub refused: Vec<RefusedView>,
}

/// Reports that were turned away for one reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RefusedView {
    /// Why; its words are `inlet-refused-<why>`.
    pub why: RefusedWhy,
    /// How often.
    #[ts(type = "number")]
    pub count: u64,
}

/// Why the inlet turned a report away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum RefusedWhy {
    /// No key, or a wrong one.
    Key,
    /// A web page asked, or a browser for one.
    WebPage,
    /// It was meant for another computer: a name that was made to point here.
    Host,
    /// Too many at once.
    TooMany,
    /// It could not be read.
    Unreadable,
}

/// What to put into softphones that are to use the inlet. Fields are added to each: `number`,
/// `name`, `id`, `line`, `phase`, `direction`, `queue`, `softphone`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct InletLines {
    /// The key alone, for a header: `Authorization: Bearer …` or `X-Ringside-Key: …`.
    pub key: String,
    /// For softphones that ask an address: `http://127.0.0.1:PORT/v1/ring?key=…`; goes on with
    /// `&number=…`.
    pub http: String,
    /// For programs that stay connected: `ws://127.0.0.1:PORT/v1/stream?key=…`; each message is a
    /// JSON object.
    pub stream: String,
    /// For softphones that open an address: `ringside://ring?key=…`; goes on with `&number=…`.
    pub link: String,
    /// For softphones that run a program, which needs no key: the whole path, and `ring`.
    pub program: String,
    /// The same in the words of softphones that are known.
    pub products: Vec<HookView>,
}

/// A softphone with a hook, or one that is asked for although it has none: its name is in the
/// catalogue under `hook-<id>`, where to put the lines under `hook-<id>-where`, what it cannot tell
/// under `hook-<id>-not`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct HookView {
    /// Its id.
    pub id: String,
    /// What it tells beside the number; in the catalogue under `hook-tells-<what>`.
    pub tells: Vec<HookTells>,
    /// What to put into it; nothing where it has no hook.
    pub lines: Vec<HookLine>,
}

/// What a softphone with a hook can tell of a call, beside its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum HookTells {
    /// The caller's display name.
    Name,
    /// That the call was answered.
    Answered,
    /// That the call is over.
    Ended,
    /// Calls that the agent makes.
    Outbound,
    /// The line that rings.
    Line,
}

/// One line to paste.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct HookLine {
    /// Where in the softphone, in its own words.
    pub field: String,
    /// What to put there. May hold the key of the inlet.
    pub text: String,
}

impl std::fmt::Debug for InletLines {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("InletLines").finish_non_exhaustive()
    }
}

/// Something that an account can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// Makes contacts.
    Create,
    /// Finds contacts by name.
    FindByName,
    /// Changes logs that are there.
    UpdateLog,
    /// Looks extensions up.
    Extensions,
    /// Takes an outcome.
    Dispositions,
    /// Takes text messages.
    Messages,
    /// Lists its contacts for the directory.
    ContactPages,
    /// Keeps a list of people to call back.
    CallBacks,
    /// Keeps settings for its user.
    ServerSettings,
    /// A softphone with a window of its own, which can be opened.
    Window,
}

/// What is left of a rate limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LimitsView {
    /// Requests, or the CRM's own units, in one window.
    #[ts(type = "number")]
    pub limit: u64,
    /// Left of them.
    #[ts(type = "number")]
    pub remaining: u64,
    /// When the window begins anew.
    pub resets_at: Option<At>,
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
