//! A call: what the tracker makes of all events of one conversation.

use std::time::Duration;

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{CallId, Inferred, Number, SourceId};

/// Which way the call goes, seen from the agent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Direction {
    /// The remote party calls the agent.
    Inbound,
    /// The agent calls the remote party.
    Outbound,
}

/// One end of a call, as given by the source.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Party {
    /// Number, extension or SIP address, exactly as given.
    pub given: String,
    /// Display name as given; hostile text.
    pub name: Option<String>,
}

/// Where a call stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum CallState {
    /// It rings.
    Ringing,
    /// Both talk.
    Answered,
    /// On hold.
    Held,
    /// Over; it stays so.
    Ended,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum EndReason {
    /// There was a conversation.
    Answered,
    /// Nobody answered an inbound call.
    Missed,
    /// The agent, or the other side of an outbound call, declined.
    Rejected,
    /// The other side was busy.
    Busy,
    /// The agent gave up an outbound call.
    Cancelled,
    /// The other side did not answer an outbound call.
    NoAnswer,
    /// Another device or colleague took it; not a missed call.
    AnsweredElsewhere,
    /// The caller reached voicemail.
    Voicemail,
    /// It could not be set up.
    Failed,
    /// We lost sight of it: the softphone or Ringside went away meanwhile.
    Lost,
}

/// A source's id of a call.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SourceKey {
    /// The source.
    pub source: SourceId,
    /// Its id of the call.
    pub key: String,
}

/// One conversation, across events, legs, devices and sources.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// Ours.
    pub id: CallId,
    /// Rises with each change of the call; a key or click answers one revision.
    pub revision: u64,
    /// Every id under which a source knows this call. The first one speaks for it: the one that
    /// founded it, or that it goes on under now.
    pub keys: Vec<SourceKey>,
    /// Correlation ids shared between sources.
    pub aliases: Vec<String>,
    /// Seen from the agent.
    pub direction: Direction,
    /// The person outside, as given by the best event so far.
    pub remote: Party,
    /// `remote` read as a number.
    pub number: Number,
    /// The agent's line.
    pub local: Party,
    /// Where it stands.
    pub state: CallState,
    /// Set exactly when `state` is [`CallState::Ended`].
    pub reason: Option<EndReason>,
    /// First sign of the call.
    pub started_at: Timestamp,
    /// Start of the conversation.
    pub answered_at: Option<Timestamp>,
    /// End of the call; set exactly when `state` is [`CallState::Ended`].
    pub ended_at: Option<Timestamp>,
    /// Length of the conversation as last seen, from the monotonic clock.
    pub talked: Duration,
    /// Last sign of life, so that a call cut off by a crash has an honest end.
    pub last_seen_at: Timestamp,
    /// The queue or ring group through which it came; empty where it has no name.
    #[serde(default)]
    pub queue: Option<String>,
    /// Set where nobody told the end, but it was concluded.
    #[serde(default)]
    pub inferred: Option<Inferred>,
    /// Whether it may pop up. A call already old when we attached, or first heard of at its end,
    /// is listed and not alerted.
    pub alert: bool,
}

impl Call {
    /// Whether the call is over.
    pub fn is_over(&self) -> bool {
        self.state == CallState::Ended
    }

    /// How it ended, or how it would if it ended now.
    pub fn result(&self) -> EndReason {
        let unanswered = match self.direction {
            Direction::Inbound => EndReason::Missed,
            Direction::Outbound => EndReason::NoAnswer,
        };
        let so_far = if self.answered_at.is_some() { EndReason::Answered } else { unanswered };
        self.reason.unwrap_or(so_far)
    }
}
