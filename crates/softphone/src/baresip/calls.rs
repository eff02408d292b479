//! From baresip's events to call events.

use std::collections::{HashMap, HashSet};

use ringside_domain::{CallEvent, Direction, EndReason, Moment, Party, Phase, SourceId};

use super::listing::{Line, Stat};
use super::message::Event;
use crate::sip;

/// More calls than any phone has; more can only be junk.
const CALLS_MAX: usize = 256;

/// The calls of one softphone, as far as the reason of an end depends on what came before it.
#[derive(Debug)]
pub(super) struct Calls {
    source: SourceId,
    /// The calls that live, by SIP Call-ID.
    live: HashMap<String, Live>,
    /// A call that is being transferred: the next call that goes out goes on for it.
    moving: Option<String>,
}

#[derive(Clone, Debug)]
struct Live {
    progress: Progress,
    /// The Call-ID before a transfer.
    continues: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Progress {
    Rang,
    Answered,
}

impl Calls {
    pub(super) fn new(source: SourceId) -> Self {
        Self { source, live: HashMap::new(), moving: None }
    }

    /// What an event says of a call, if anything.
    pub(super) fn heard(&mut self, event: Event, received: Moment) -> Option<CallEvent> {
        let id = event.id?;
        let direction = if event.outgoing { Direction::Outbound } else { Direction::Inbound };
        let phase = match event.kind.as_str() {
            "CALL_INCOMING" | "CALL_OUTGOING" | "CALL_RINGING" | "CALL_PROGRESS" => Phase::Ringing,
            "CALL_ANSWERED" | "CALL_ESTABLISHED" => Phase::Answered,
            "CALL_HOLD" => Phase::Held,
            "CALL_RESUME" => Phase::Resumed,
            // Told of the old call, before the new one is dialled.
            "TRANSFER" | "CALL_TRANSFER" => {
                self.moving = Some(id).filter(|id| self.live.contains_key(id));
                return None;
            }
            "CALL_CLOSED" => {
                let progress = self.live.get(&id).map(|live| live.progress);
                Phase::Ended(end_reason(progress, direction, &event.param))
            }
            _ => return None,
        };
        let moved = self.moving.take_if(|old| {
            direction == Direction::Outbound && *old != id && !self.live.contains_key(&id)
        });
        match phase {
            Phase::Ringing => self.note(&id, Progress::Rang, moved),
            Phase::Answered | Phase::Held | Phase::Resumed => {
                self.note(&id, Progress::Answered, moved);
            }
            Phase::Ended(_) => {}
        }
        let remote = Party { given: event.peer, name: event.name };
        let ended = matches!(phase, Phase::Ended(_));
        let live = if ended { self.live.remove(&id) } else { self.live.get(&id).cloned() };
        Some(CallEvent {
            aliases: vec![id.clone()],
            local: Party { given: event.account, name: None },
            continues: live.and_then(|live| live.continues),
            ..CallEvent::new(self.source.clone(), id, direction, remote, phase, received)
        })
    }

    /// Takes the calls that are there after a (re)connect for all that live.
    pub(super) fn snapshot(
        &mut self,
        found: Vec<(Line, Stat)>,
        received: Moment,
    ) -> Vec<CallEvent> {
        self.live.clear();
        self.moving = None;
        // Newer versions list the calls of all accounts under each.
        let mut seen = HashSet::new();
        found
            .into_iter()
            .filter(|(_, stat)| seen.insert(stat.id.clone()))
            .map(|(line, stat)| self.found(&line, stat, received))
            .collect()
    }

    fn found(&mut self, line: &Line, stat: Stat, received: Moment) -> CallEvent {
        let phase = match (line.state.as_str(), line.on_hold) {
            ("ESTABLISHED", true) => Phase::Held,
            ("ESTABLISHED", false) => Phase::Answered,
            _ => Phase::Ringing,
        };
        let progress = if phase == Phase::Ringing { Progress::Rang } else { Progress::Answered };
        self.note(&stat.id, progress, None);
        let direction = if stat.outgoing { Direction::Outbound } else { Direction::Inbound };
        let remote = Party { given: stat.peer, name: stat.name };
        CallEvent {
            aliases: vec![stat.id.clone()],
            local: Party { given: stat.account, name: None },
            age: line.duration,
            ..CallEvent::new(self.source.clone(), stat.id, direction, remote, phase, received)
        }
    }

    fn note(&mut self, id: &str, progress: Progress, continues: Option<String>) {
        if let Some(known) = self.live.get_mut(id) {
            known.progress = known.progress.max(progress);
        } else if self.live.len() < CALLS_MAX {
            self.live.insert(id.to_owned(), Live { progress, continues });
        }
    }
}

/// How a call ended, from baresip's text and from how far it had come.
///
/// The texts are baresip's own, `Connection reset by user` (here) or `by peer` (there),
/// `Local timeout`, `Call transfered` (sic), or a SIP status line. An inbound call that another
/// device took ends in the same words as one that the caller gave up.
fn end_reason(progress: Option<Progress>, direction: Direction, text: &str) -> EndReason {
    let here = text.ends_with("by user");
    let status: Option<u16> = text.split(' ').next().and_then(|code| code.parse().ok());
    match (progress, direction) {
        (Some(Progress::Answered), _) => EndReason::Answered,
        _ if text.starts_with("Call transfer") => EndReason::Answered,
        (_, Direction::Inbound) if here => EndReason::Rejected,
        (_, Direction::Inbound) => EndReason::Missed,
        (_, Direction::Outbound) if here => EndReason::Cancelled,
        (rang, Direction::Outbound) => match status {
            Some(status) => sip::failed(status, direction),
            None if rang.is_some() => EndReason::NoAnswer,
            None => EndReason::Failed,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reason_depends_on_how_far_the_call_came() {
        use Direction::{Inbound, Outbound};
        use Progress::{Answered, Rang};
        let peer = "Connection reset by peer";
        let user = "Connection reset by user";
        for (progress, direction, text, reason) in [
            (Some(Answered), Inbound, peer, EndReason::Answered),
            (Some(Answered), Outbound, user, EndReason::Answered),
            (Some(Rang), Inbound, peer, EndReason::Missed),
            (Some(Rang), Inbound, user, EndReason::Rejected),
            (Some(Rang), Inbound, "Local timeout", EndReason::Missed),
            (None, Inbound, "", EndReason::Missed),
            (Some(Rang), Outbound, user, EndReason::Cancelled),
            (Some(Rang), Outbound, "486 Busy Here", EndReason::Busy),
            (Some(Rang), Outbound, "600 Busy Everywhere", EndReason::Busy),
            (Some(Rang), Outbound, "603 Decline", EndReason::Rejected),
            (Some(Rang), Outbound, "480 Temporarily Unavailable", EndReason::NoAnswer),
            (Some(Rang), Outbound, "404 Not Found", EndReason::Failed),
            (Some(Rang), Outbound, "Connection timed out", EndReason::NoAnswer),
            (None, Outbound, "Connection timed out", EndReason::Failed),
            (Some(Rang), Outbound, "Call transfered", EndReason::Answered),
        ] {
            assert_eq!(end_reason(progress, direction, text), reason, "{progress:?} {text}");
        }
    }
}
