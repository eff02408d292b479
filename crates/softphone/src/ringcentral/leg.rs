//! One of our own parties in a telephony session, from messages in any order.
//!
//! What is kept is what the message with the highest number said, and what any message said once:
//! so the same messages lead to the same end in whatever order they come, and however often.

use ringside_domain::{Direction, EndReason, Party};
use serde_json::Value;

use super::status::{Status, moves, unanswered_because};
use crate::field::{flag, id, text};

/// One of our parties.
#[derive(Clone, Debug)]
pub(super) struct Leg {
    pub(super) id: String,
    pub(super) sequence: u64,
    pub(super) direction: Direction,
    pub(super) remote: Party,
    pub(super) local: Party,
    pub(super) status: Status,
    reason: String,
    missed: bool,
    pub(super) queue: bool,
    /// Where it goes on, once it is gone.
    pub(super) peer: Option<Peer>,
    /// Numbers of the last messages that said so.
    answered_at: Option<u64>,
    voicemail_at: Option<u64>,
    remote_at: u64,
}

/// The party of another session that goes on for one that is gone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Peer {
    pub(super) session: String,
    pub(super) party: Option<String>,
}

/// How sure an end is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Finality {
    Final,
    /// It may go on elsewhere within a moment.
    Moves,
    /// Nothing said that it was answered, and nothing that it was not.
    Doubtful,
}

impl Leg {
    /// Reads a party; `None` if it is none of a conversation.
    pub(super) fn read(party: &Value, sequence: u64) -> Option<Self> {
        let direction = match party.get("direction")?.as_str()? {
            "Inbound" => Direction::Inbound,
            "Outbound" => Direction::Outbound,
            _ => return None,
        };
        let status = party.get("status").unwrap_or(&Value::Null);
        let code = Status::read(&text(status, "code")?)?;
        let end = |side: &str| {
            let end = party.get(side).unwrap_or(&Value::Null);
            let given = text(end, "phoneNumber").or_else(|| text(end, "extensionNumber"));
            Party { given: given.unwrap_or_default(), name: text(end, "name") }
        };
        let (remote, local) = match direction {
            Direction::Inbound => (end("from"), end("to")),
            Direction::Outbound => (end("to"), end("from")),
        };
        let peer = status.get("peerId").and_then(|peer| {
            let party = id(peer, "partyId");
            id(peer, "telephonySessionId").map(|session| Peer { session, party })
        });
        Some(Self {
            id: id(party, "id")?,
            sequence,
            direction,
            remote,
            local,
            status: code,
            reason: text(status, "reason").unwrap_or_default(),
            missed: flag(party, "missedCall"),
            queue: flag(party, "queueCall"),
            peer,
            answered_at: matches!(code, Status::Answered | Status::Held).then_some(sequence),
            voicemail_at: (code == Status::Voicemail).then_some(sequence),
            remote_at: sequence,
        })
    }

    /// Takes in another message about it.
    pub(super) fn merge(&mut self, other: Self) {
        self.answered_at = self.answered_at.max(other.answered_at);
        self.voicemail_at = self.voicemail_at.max(other.voicemail_at);
        self.queue |= other.queue;
        self.missed |= other.missed;
        if self.peer.is_none() {
            self.peer = other.peer;
        }
        let says_who = !other.remote.given.is_empty() || other.remote.name.is_some();
        if says_who && (other.remote_at > self.remote_at || self.remote == Party::default()) {
            self.remote = other.remote;
            self.remote_at = other.remote_at;
        }
        // What was fetched has no number: it does not go back behind what is known.
        let newer = other.sequence > self.sequence
            || (other.sequence == 0 && other.status.stage() >= self.status.stage());
        let goes_back = self.sequence == 0 && other.status.stage() < self.status.stage();
        if newer && !goes_back {
            self.status = other.status;
            self.reason = other.reason;
            self.sequence = self.sequence.max(other.sequence);
            if self.local.given.is_empty() {
                self.local = other.local;
            }
        }
    }

    /// Why it is over, and how sure that is.
    pub(super) fn end(&self) -> (EndReason, Finality) {
        let gone = self.status == Status::Gone && self.peer.is_some() || moves(&self.reason);
        let finality = if gone { Finality::Moves } else { Finality::Final };
        if self.answered_at.is_some() && self.answered_at > self.voicemail_at {
            return (EndReason::Answered, finality);
        }
        if self.voicemail_at.is_some() {
            return (EndReason::Voicemail, Finality::Final);
        }
        let inbound = self.direction == Direction::Inbound;
        let reason = match unanswered_because(&self.reason) {
            Some(reason) => return (reason, finality),
            None if self.status == Status::Gone => return (EndReason::AnsweredElsewhere, finality),
            None if self.reason.eq_ignore_ascii_case("cancelled") && !inbound => {
                return (EndReason::Cancelled, Finality::Final);
            }
            None if self.reason.eq_ignore_ascii_case("noanswer") && !inbound => {
                return (EndReason::NoAnswer, Finality::Final);
            }
            None if inbound => EndReason::Missed,
            None => EndReason::Cancelled,
        };
        let told = inbound && (self.missed || !self.reason.is_empty());
        (reason, if told { Finality::Final } else { Finality::Doubtful })
    }
}
