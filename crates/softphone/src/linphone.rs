//! Linphone's daemon, which is asked for its events one by one (`pop-event`) over a local socket.
//! Tried with `linphone-daemon` 5.1.
//!
//! Its ids are small numbers that begin anew with the process; keys carry a run of their own. Its
//! `From` is the remote party in both directions. That the other side put us on hold is not told.

use ringside_domain::{CallEvent, Direction, EndReason, Moment, Phase, SourceId};
use uuid::Uuid;

use crate::decode::{Decode, Ledger, MESSAGE_MAX};
use crate::sip;

/// The calls of one daemon.
#[derive(Debug)]
pub struct Daemon {
    calls: Ledger,
    /// Tells the ids of one process from those of the next.
    run: Uuid,
    /// The highest id so far.
    last: u64,
    /// A call that was transferred to somebody whom the phone now calls.
    referred: Option<String>,
    /// The call that we ended last: the agent declined it.
    declined: Option<u64>,
}

impl Daemon {
    /// A daemon without calls.
    pub fn new(source: SourceId) -> Self {
        let (calls, run) = (Ledger::new(source), Uuid::now_v7());
        Self { calls, run, last: 0, referred: None, declined: None }
    }

    fn key(&self, id: u64) -> String {
        format!("{}-{id}", self.run)
    }

    fn begin(
        &mut self,
        id: u64,
        direction: Direction,
        from: &str,
        received: Moment,
    ) -> Option<CallEvent> {
        let known = self.calls.get(&self.key(id)).is_some();
        // Ids only rise within a process: a lower one is another process.
        if !known && id <= self.last {
            self.run = Uuid::now_v7();
            self.referred = None;
        }
        self.last = id;
        let key = self.key(id);
        let before = self.calls.get(&key).and_then(|was| was.continues.clone());
        let outbound = direction == Direction::Outbound;
        let event = CallEvent {
            continues: before.or_else(|| self.referred.take_if(|_| outbound)),
            ..CallEvent::new(
                self.calls.source(),
                key,
                direction,
                sip::party(from),
                Phase::Ringing,
                received,
            )
        };
        self.calls.tell(event)
    }

    fn answer(&mut self, id: u64, from: &str, received: Moment) -> Option<CallEvent> {
        let key = self.key(id);
        let phase = match self.calls.get(&key)?.phase {
            Phase::Held => Phase::Resumed,
            Phase::Resumed => return None,
            _ => Phase::Answered,
        };
        let mut event = CallEvent { phase, received, ..self.calls.get(&key)?.clone() };
        let remote = sip::party(from);
        if !remote.given.is_empty() {
            event.remote = remote;
        }
        self.calls.tell(event)
    }

    fn end(&mut self, id: u64, failed: bool, received: Moment) -> Option<CallEvent> {
        let key = self.key(id);
        let direction = self.calls.get(&key)?.direction;
        let here = self.declined == Some(id);
        let reason = match direction {
            Direction::Inbound if here => EndReason::Rejected,
            Direction::Inbound => EndReason::Missed,
            Direction::Outbound if here => EndReason::Cancelled,
            Direction::Outbound if failed => EndReason::Failed,
            Direction::Outbound => EndReason::NoAnswer,
        };
        self.calls.end(&key, reason, received)
    }
}

impl Decode for Daemon {
    /// The reply to one `pop-event`.
    fn heard(&mut self, reply: &str, received: Moment) -> Vec<CallEvent> {
        if reply.len() > MESSAGE_MAX || field(reply, "Event-type") != Some("call-state-changed") {
            return Vec::new();
        }
        let Some(state) = field(reply, "Event") else { return Vec::new() };
        let state = state.strip_prefix("LinphoneCall").unwrap_or(state);
        let Some(id) = field(reply, "Id").and_then(|id| id.parse().ok()) else {
            return Vec::new();
        };
        let from = field(reply, "From").unwrap_or_default();
        let event = match state {
            "IncomingReceived" | "PushIncomingReceived" | "IncomingEarlyMedia" => {
                self.begin(id, Direction::Inbound, from, received)
            }
            "OutgoingInit" | "OutgoingProgress" | "OutgoingRinging" | "OutgoingEarlyMedia" => {
                self.begin(id, Direction::Outbound, from, received)
            }
            "Connected" | "StreamsRunning" => self.answer(id, from, received),
            "Paused" => self.calls.step(&self.key(id), Phase::Held, received),
            "Referred" => {
                self.referred = Some(self.key(id)).filter(|key| self.calls.is_answered(key));
                None
            }
            "Error" => self.end(id, true, received),
            "End" | "Released" => self.end(id, false, received),
            _ => None,
        };
        event.into_iter().collect()
    }

    fn sent(&mut self, command: &str) {
        let mut words = command.split_whitespace();
        if words.next() == Some("terminate") {
            self.declined = words.next().and_then(|id| id.parse().ok());
        }
    }
}

/// The first line of a reply that begins with this name. A caller's name cannot begin a line: the
/// daemon writes it behind `From: `.
fn field<'a>(reply: &'a str, name: &str) -> Option<&'a str> {
    reply.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':')).map(str::trim)
}
