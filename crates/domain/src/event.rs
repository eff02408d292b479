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
    /// In the words of the system or the peer, for diagnosis; never shown as the only text.
    pub detail: Option<String>,
    /// When the next try comes, while it is down.
    pub retry_in: Option<Duration>,
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
