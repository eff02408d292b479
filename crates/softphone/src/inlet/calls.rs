//! From reports to call events: which call a report means, and when one is over that nobody ended.
//!
//! Most softphones only ever say that it rings. Such a call is over when the agent says so, when
//! the same line of the same softphone rings anew, or after a while; each is marked as concluded.

use std::collections::{HashMap, HashSet, VecDeque};
use std::time::Duration;

use ringside_domain::{
    CallEvent, Direction, EndReason, Inferred, Moment, Party, Phase, SourceId, tracker,
};
use uuid::Uuid;

use super::report::{Report, ReportPhase};

/// Without an id, rings of one number within this time are one call.
const WINDOW: Duration = Duration::from_secs(120);
/// Reports of one id within this time after its end are late ones of the same call.
const LATE: Duration = Duration::from_secs(5);
/// More calls at once than this are junk.
const CALLS_MAX: usize = 256;
/// More softphones, or more ends remembered, than anybody has.
const KNOWN_MAX: usize = 256;
/// Ids shorter than this may be small numbers that mean nothing elsewhere.
const SHARED_ID_MIN: usize = 16;

/// After which silence a call counts as over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// A call of which only the ring was told.
    pub ring: Duration,
    /// A call whose answer was told.
    pub talk: Duration,
}

/// The calls of all softphones that report to us.
#[derive(Debug)]
pub(super) struct Calls {
    source: SourceId,
    live: HashMap<String, Live>,
    /// Keys that are used up, with their ends; oldest first.
    ended: VecDeque<(String, Duration)>,
    /// Softphones that told an end: what they do not end goes on.
    telling: HashSet<String>,
}

#[derive(Clone, Debug)]
struct Live {
    last: CallEvent,
    softphone: String,
    id: Option<String>,
    /// When it was last spoken of.
    heard: Moment,
}

impl Live {
    /// Without an id, a softphone means this call by its number.
    fn is_from(&self, number: &str) -> bool {
        let digits = |text: &str| -> String { text.chars().filter(char::is_ascii_digit).collect() };
        let (own, other) = (digits(&self.last.remote.given), digits(number));
        match own.len() >= 3 || other.len() >= 3 {
            true => own == other,
            false => self.last.remote.given.eq_ignore_ascii_case(number),
        }
    }

    fn fits_line(&self, line: Option<&str>) -> bool {
        line.is_none_or(|line| self.last.local.given.is_empty() || self.last.local.given == line)
    }

    fn has_only_rung(&self) -> bool {
        self.last.phase == Phase::Ringing
    }
}

impl Calls {
    pub(super) fn new(source: SourceId) -> Self {
        Self { source, live: HashMap::new(), ended: VecDeque::new(), telling: HashSet::new() }
    }

    /// Takes a report: what it means, in order. Empty where it has no effect: an end that fits no
    /// call, or junk.
    pub(super) fn take(&mut self, report: Report, now: Moment) -> Vec<CallEvent> {
        let known = self.find(&report, now);
        match report.phase {
            ReportPhase::Ended(reason) => {
                let Some(key) = known else { return Vec::new() };
                if self.telling.len() < KNOWN_MAX {
                    self.telling.insert(report.softphone.clone());
                }
                self.learn(&key, report, now);
                self.end(&key, reason, None, now).into_iter().collect()
            }
            ReportPhase::Ringing | ReportPhase::Answered => match known {
                Some(key) => self.learn(&key, report, now).into_iter().collect(),
                None => self.begin(report, now),
            },
        }
    }

    /// The key of the live call that a report means.
    fn find(&self, report: &Report, now: Moment) -> Option<String> {
        let mut own: Vec<_> =
            self.live.iter().filter(|(_, call)| call.softphone == report.softphone).collect();
        own.sort_by_key(|(_, call)| call.heard.mono);
        let found = match (&report.id, &report.number) {
            (Some(id), _) => own.into_iter().find(|(_, call)| call.id.as_ref() == Some(id)),
            (None, Some(number)) => own.into_iter().rev().find(|(_, call)| {
                let fresh = now.mono.saturating_sub(call.heard.mono) <= WINDOW;
                let anew = report.phase == ReportPhase::Ringing && call.has_only_rung() && !fresh;
                call.is_from(number) && call.fits_line(report.line.as_deref()) && !anew
            }),
            // Nothing said of it: the only one, or the one that still rings.
            (None, None) => {
                let line = report.line.as_deref();
                own.retain(|(_, call)| {
                    let rings = call.has_only_rung();
                    call.fits_line(line) && (rings || report.phase != ReportPhase::Answered)
                });
                if own.len() == 1 { own.into_iter().next() } else { None }
            }
        };
        found.map(|(key, _)| key.clone())
    }

    fn begin(&mut self, report: Report, now: Moment) -> Vec<CallEvent> {
        let Some(number) = report.number else { return Vec::new() };
        let Some(key) = self.new_key(&report.softphone, report.id.as_deref(), now) else {
            return Vec::new();
        };
        let line = report.line.unwrap_or_default();
        let mut told = self.end_by_next_ring(&report.softphone, &line, report.id.is_some(), now);
        if self.live.len() >= CALLS_MAX {
            return told;
        }
        let phase = match report.phase {
            ReportPhase::Answered => Phase::Answered,
            ReportPhase::Ringing | ReportPhase::Ended(_) => Phase::Ringing,
        };
        let direction = report.direction.unwrap_or(Direction::Inbound);
        let remote = Party { given: number, name: report.name };
        let event = CallEvent {
            local: Party { given: line, name: None },
            queue: report.queue,
            aliases: report.id.iter().filter(|id| id.len() >= SHARED_ID_MIN).cloned().collect(),
            ..CallEvent::new(self.source.clone(), &key, direction, remote, phase, now)
        };
        let (softphone, id) = (report.softphone, report.id);
        self.live.insert(key, Live { last: event.clone(), softphone, id, heard: now });
        told.push(event);
        told
    }

    /// A key that the tracker has not seen end within its memory; `None` for a late report.
    fn new_key(&mut self, softphone: &str, id: Option<&str>, now: Moment) -> Option<String> {
        self.ended.retain(|(_, at)| now.mono.saturating_sub(*at) <= tracker::TOMBSTONE);
        let Some(id) = id else { return Some(Uuid::now_v7().to_string()) };
        let key = format!("{softphone}/{id}");
        match self.ended.iter().rev().find(|(known, _)| *known == key) {
            // The same after a restart, so that a call which was live then goes on.
            None => Some(key),
            Some((_, at)) if now.mono.saturating_sub(*at) <= LATE => None,
            Some(_) => Some(format!("{key}/{}", Uuid::now_v7())),
        }
    }

    /// Ends what a softphone that never tells an end has left on this line. A script that gives
    /// ids, but no softphone and no line, may speak of many lines.
    fn end_by_next_ring(
        &mut self,
        softphone: &str,
        line: &str,
        has_id: bool,
        now: Moment,
    ) -> Vec<CallEvent> {
        let any_line = softphone.is_empty() && line.is_empty() && has_id;
        if self.telling.contains(softphone) || any_line {
            return Vec::new();
        }
        let same_line = |call: &Live| call.softphone == softphone && call.last.local.given == line;
        let keys: Vec<String> = self
            .live
            .iter()
            .filter(|(_, call)| same_line(call))
            .map(|(key, _)| key.clone())
            .collect();
        keys.iter().filter_map(|key| self.end(key, None, Some(Inferred::NextRing), now)).collect()
    }

    /// What a report adds to a live call; the event that tells of it.
    fn learn(&mut self, key: &str, report: Report, now: Moment) -> Option<CallEvent> {
        let call = self.live.get_mut(key)?;
        call.heard = now;
        let last = &mut call.last;
        if let Some(number) = report.number.filter(|number| !number.is_empty()) {
            last.remote.given = number;
        }
        last.remote.name = report.name.or(last.remote.name.take());
        last.local.given = report.line.unwrap_or(std::mem::take(&mut last.local.given));
        last.queue = report.queue.or(last.queue.take());
        last.direction = report.direction.unwrap_or(last.direction);
        // A late second ring does not take an answer back.
        if report.phase == ReportPhase::Answered {
            last.phase = Phase::Answered;
        }
        last.received = now;
        Some(last.clone())
    }

    /// The agent says that a call is over.
    pub(super) fn over(&mut self, key: &str, now: Moment) -> Option<CallEvent> {
        self.end(key, None, Some(Inferred::Agent), now)
    }

    /// Whether the agent has to say when this call is over.
    pub(super) fn needs_word(&self, key: &str) -> bool {
        self.live.get(key).is_some_and(|call| !self.telling.contains(&call.softphone))
    }

    /// Ends what was silent for too long.
    pub(super) fn expire(&mut self, limits: Limits, now: Moment) -> Vec<CallEvent> {
        let silent = |call: &Live| {
            let max = if call.has_only_rung() { limits.ring } else { limits.talk };
            now.mono.saturating_sub(call.heard.mono) > max
        };
        let keys: Vec<String> =
            self.live.iter().filter(|(_, call)| silent(call)).map(|(key, _)| key.clone()).collect();
        keys.iter().filter_map(|key| self.end(key, None, Some(Inferred::TimeLimit), now)).collect()
    }

    fn end(
        &mut self,
        key: &str,
        reason: Option<EndReason>,
        inferred: Option<Inferred>,
        now: Moment,
    ) -> Option<CallEvent> {
        let call = self.live.remove(key)?;
        self.ended.push_back((key.to_owned(), now.mono));
        if self.ended.len() > KNOWN_MAX {
            self.ended.pop_front();
        }
        // Of a call that was only heard to ring nobody knows whether it was answered.
        let seen = match (call.last.phase, inferred, call.last.direction) {
            (Phase::Ringing, Some(_), _) | (_, Some(Inferred::TimeLimit), _) => EndReason::Lost,
            (Phase::Ringing, None, Direction::Inbound) => EndReason::Missed,
            (Phase::Ringing, None, Direction::Outbound) => EndReason::NoAnswer,
            _ => EndReason::Answered,
        };
        // Only the agent knows that it is over just now.
        let age = match inferred {
            Some(Inferred::NextRing | Inferred::TimeLimit) => {
                now.mono.saturating_sub(call.heard.mono)
            }
            Some(Inferred::Agent) | None => Duration::ZERO,
        };
        let phase = Phase::Ended(reason.unwrap_or(seen));
        Some(CallEvent { phase, inferred, age, received: now, ..call.last })
    }

    /// The live calls, each in its present phase.
    pub(super) fn live(&self, now: Moment) -> Vec<CallEvent> {
        let age = |call: &Live| now.mono.saturating_sub(call.heard.mono);
        self.live
            .values()
            .map(|call| CallEvent { age: age(call), received: now, ..call.last.clone() })
            .collect()
    }
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
