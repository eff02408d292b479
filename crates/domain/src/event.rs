//! What a ring source says: one normalised fact at a time.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Direction, EndReason, Party, SourceId};

/// One instant on both clocks. Durations come from `mono`, which never jumps; `wall` is for people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Moment {
    /// UTC.
    pub wall: Timestamp,
    /// Since some fixed point of this process; not comparable across a restart.
    pub mono: Duration,
}

/// What a source tells the engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SourceEvent {
    /// A fact about a call.
    Call(CallEvent),
    /// All calls that the source has now, sent after each (re)connect: calls of this source that
    /// are not listed have ended unseen.
    Snapshot {
        /// The source that speaks.
        source: SourceId,
        /// The live calls, each in its present phase.
        live: Vec<CallEvent>,
        /// When the snapshot was received.
        received: Moment,
    },
    /// A text message that was received or sent.
    Message(MessageEvent),
    /// The state of the link to the source.
    Health(Health),
}

/// One fact about one call, as one source sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallEvent {
    /// The source that speaks.
    pub source: SourceId,
    /// The source's own id of the call; unique within the source for as long as the call lives.
    pub key: String,
    /// Ids that other sources may share (SIP Call-ID, telephony session, linked id, …).
    pub aliases: Vec<String>,
    /// Seen from the agent.
    pub direction: Direction,
    /// The person outside.
    pub remote: Party,
    /// The agent's line.
    pub local: Party,
    /// What happened.
    pub phase: Phase,
    /// The source's clock, kept as information only.
    pub source_time: Option<Timestamp>,
    /// When we heard of it.
    pub received: Moment,
    /// How long the call had already been in this phase when we heard of it (a late attach); else 0.
    pub age: Duration,
    /// The key of a call of the same source that goes on in this one: a transfer, a pickup or a
    /// flip gave it a new id. Stands in every event of the new key, since the first may be late.
    pub continues: Option<String>,
    /// Of an end: how long the source may still take it back, by another word of the same key or by
    /// a key that continues it. The call is over once this has passed; at once if 0.
    pub final_after: Duration,
    /// The queue or ring group through which it came; empty where it has no name.
    pub queue: Option<String>,
    /// Set where the source did not say so, but it was concluded for it.
    pub inferred: Option<Inferred>,
}

impl CallEvent {
    /// An event with nothing said but what every event says.
    pub fn new(
        source: SourceId,
        key: impl Into<String>,
        direction: Direction,
        remote: Party,
        phase: Phase,
        received: Moment,
    ) -> Self {
        Self {
            source,
            key: key.into(),
            aliases: Vec::new(),
            direction,
            remote,
            local: Party::default(),
            phase,
            source_time: None,
            received,
            age: Duration::ZERO,
            continues: None,
            final_after: Duration::ZERO,
            queue: None,
            inferred: None,
        }
    }
}

/// Who concluded that a call is over, where its softphone did not say it. Most softphones that are
/// heard through a hook only say "ringing".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Inferred {
    /// The agent said so.
    Agent,
    /// The line rang anew.
    NextRing,
    /// Nothing was heard for too long.
    TimeLimit,
}

/// What a call event reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// It rings, here or (outbound) there.
    Ringing,
    /// Both talk.
    Answered,
    /// On hold.
    Held,
    /// Back from hold.
    Resumed,
    /// It is over, for the reason that the source gives.
    Ended(EndReason),
}

/// A text message, kept for the message log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEvent {
    /// The source that speaks.
    pub source: SourceId,
    /// The source's own id of the message.
    pub key: String,
    /// Seen from the agent.
    pub direction: Direction,
    /// The person outside.
    pub remote: Party,
    /// The agent's line.
    pub local: Party,
    /// The text as given.
    pub text: String,
    /// When we heard of it.
    pub received: Moment,
}

/// The link to a source or an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Health {
    /// The source that speaks.
    pub source: SourceId,
    /// Up, down or trying.
    pub state: HealthState,
    /// What is wrong, where it is known; says what to do next.
    pub fault: Option<LinkFault>,
    /// In the words of the system or the peer, for diagnosis; never shown as the only text.
    pub detail: Option<String>,
    /// When the next try comes, while it is down.
    pub retry_in: Option<Duration>,
}

impl Health {
    /// A state without anything more to say.
    pub fn new(source: SourceId, state: HealthState) -> Self {
        Self { source, state, fault: None, detail: None, retry_in: None }
    }
}

/// Why a link to a softphone does not work. Each has a text and a next step in the catalogue, as
/// `link-fault-…`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum LinkFault {
    /// The name of the host is not known, or no way leads there.
    NoHost,
    /// Nobody listens at that port.
    NobodyListens,
    /// It did not answer in time.
    NoAnswer,
    /// What answers there is something else.
    OtherProtocol,
    /// Its certificate cannot be trusted.
    Certificate,
    /// The password, key or sign-in is not accepted.
    NotAccepted,
    /// It needs to be signed in to.
    SignedOut,
    /// Signed in, but not allowed to watch calls.
    NotAllowed,
    /// Another program uses the port, which takes one at a time.
    TakenOver,
    /// It asked us to wait.
    RateLimited,
    /// A port that we would listen on is in use.
    PortTaken,
    /// What would tell us of calls is no longer in the softphone's settings.
    NoHook,
    /// It is on, but not open at present: its window is closed, its page is not loaded.
    NotOpen,
}

impl LinkFault {
    /// Its name, as in the ids of its texts: `link-fault-<name>`.
    pub fn name(self) -> &'static str {
        match self {
            Self::NoHost => "no-host",
            Self::NobodyListens => "nobody-listens",
            Self::NoAnswer => "no-answer",
            Self::OtherProtocol => "other-protocol",
            Self::Certificate => "certificate",
            Self::NotAccepted => "not-accepted",
            Self::SignedOut => "signed-out",
            Self::NotAllowed => "not-allowed",
            Self::TakenOver => "taken-over",
            Self::RateLimited => "rate-limited",
            Self::PortTaken => "port-taken",
            Self::NoHook => "no-hook",
            Self::NotOpen => "not-open",
        }
    }
}

/// How a link is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum HealthState {
    /// Being opened.
    Connecting,
    /// Works.
    Up,
    /// Does not work; it is tried again.
    Down,
    /// The CRM no longer accepts the sign-in.
    SignedOut,
    /// Not tried yet, or switched off.
    Unknown,
}
