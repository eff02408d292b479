//! Jami, whose daemon tells of calls by signals on the session bus. Read as `gdbus monitor` prints
//! them: `PATH: INTERFACE.SIGNAL (ARGUMENTS)`, with the arguments as GVariant text. Tried with
//! 20230206.
//!
//! `INACTIVE` comes before the ring too, and is no end. Of a call that goes out no signal says to
//! whom: see [`Signals::details`]. That the other side put us on hold (`peerHold`) is not told.

use ringside_domain::{CallEvent, Direction, EndReason, Moment, Party, Phase, SourceId};

use crate::decode::{Decode, Ledger, MESSAGE_MAX};

/// The interface of the signals; the daemon was renamed once.
const INTERFACES: [&str; 2] = ["cx.ring.Ring.CallManager.", "net.jami.daemon.CallManager."];
/// Most texts that are read of a message.
const TEXTS_MAX: usize = 64;

/// The calls of one daemon.
#[derive(Debug)]
pub struct Signals {
    calls: Ledger,
}

impl Signals {
    /// A daemon without calls.
    pub fn new(source: SourceId) -> Self {
        Self { calls: Ledger::new(source) }
    }

    /// What `getCallDetails` answered of a call, as GVariant text: who is at the other end.
    pub fn details(&mut self, id: &str, answer: &str, received: Moment) -> Option<CallEvent> {
        let was = self.calls.get(id)?.clone();
        let words = quoted(answer);
        let after = |name: &str| {
            let at = words.iter().position(|word| word == name)?;
            words.get(at + 1).filter(|word| !word.is_empty()).cloned()
        };
        let given = after("PEER_NUMBER").unwrap_or(was.remote.given);
        let remote = Party { given, name: after("DISPLAY_NAME").or(was.remote.name) };
        self.calls.tell(CallEvent { remote, received, ..self.calls.get(id)?.clone() })
    }

    fn ring(&mut self, call: [&str; 3], way: Direction, received: Moment) -> Option<CallEvent> {
        let [account, id, from] = call;
        let remote = Party { given: from.to_owned(), name: None };
        self.calls.tell(CallEvent {
            local: Party { given: account.to_owned(), name: None },
            ..CallEvent::new(self.calls.source(), id, way, remote, Phase::Ringing, received)
        })
    }

    fn state(&mut self, call: [&str; 3], received: Moment) -> Option<CallEvent> {
        let [account, id, state] = call;
        let Some(was) = self.calls.get(id) else {
            // A call that comes in is told of by a signal of its own.
            let outgoing = state == "RINGING";
            return outgoing
                .then(|| self.ring([account, id, ""], Direction::Outbound, received))
                .flatten();
        };
        let unanswered = match (was.direction, state) {
            (Direction::Inbound, "BUSY") => EndReason::Rejected,
            (Direction::Inbound, _) => EndReason::Missed,
            (Direction::Outbound, "BUSY" | "PEER_BUSY") => EndReason::Busy,
            (Direction::Outbound, "FAILURE") => EndReason::Failed,
            (Direction::Outbound, _) => EndReason::NoAnswer,
        };
        let phase = match (state, was.phase) {
            ("CURRENT" | "UNHOLD", Phase::Held) => Phase::Resumed,
            ("CURRENT", Phase::Ringing) => Phase::Answered,
            ("HOLD", _) => Phase::Held,
            ("OVER" | "HUNGUP" | "BUSY" | "PEER_BUSY" | "FAILURE", _) => {
                return self.calls.end(id, unanswered, received);
            }
            _ => return None,
        };
        self.calls.step(id, phase, received)
    }
}

impl Decode for Signals {
    /// One line of `gdbus monitor`.
    fn heard(&mut self, line: &str, received: Moment) -> Vec<CallEvent> {
        if line.len() > MESSAGE_MAX {
            return Vec::new();
        }
        let signal = line.split_once(": ").and_then(|(_, signal)| {
            INTERFACES.iter().find_map(|interface| signal.strip_prefix(interface))
        });
        let Some((name, rest)) = signal.and_then(|signal| signal.split_once(' ')) else {
            return Vec::new();
        };
        let words = quoted(rest);
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let event = match (name, words.as_slice()) {
            ("incomingCallWithMedia" | "incomingCall", [account, id, from, ..]) => {
                self.ring([account, id, from], Direction::Inbound, received)
            }
            ("callStateChanged", [account, id, state, ..]) => {
                self.state([account, id, state], received)
            }
            // Older daemons do not say of which account.
            ("callStateChanged", [id, state]) => self.state(["", id, state], received),
            _ => None,
        };
        event.into_iter().collect()
    }
}

/// The first texts of some GVariant text, unescaped: `'…'`, or `"…"` where a `'` is in it.
fn quoted(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = text.chars();
    while found.len() < TEXTS_MAX
        && let Some(quote) = chars.find(|c| matches!(c, '\'' | '"'))
    {
        let mut word = String::new();
        while let Some(c) = chars.next() {
            match c {
                '\\' => word.extend(chars.next()),
                c if c == quote => {
                    found.push(word);
                    break;
                }
                c => word.push(c),
            }
        }
    }
    found
}
