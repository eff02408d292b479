//! A tracker with clocks and ids, told in few words.
#![allow(dead_code, reason = "each test file uses its part")]
#![allow(clippy::unwrap_used, reason = "clippy does not see that this is test code")]

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use ringside_domain::number::NumberContext;
use ringside_domain::tracker::{Change, ChangeKind, Tracker};
use ringside_domain::{Call, CallEvent, CallId, Direction, Moment, Party, Phase, Region, SourceId};

/// Where the wall clock begins.
pub(crate) const START: i64 = 1_795_000_000;

pub(crate) fn seconds(s: f64) -> Duration {
    Duration::from_secs_f64(s)
}

pub(crate) fn source(name: &str) -> SourceId {
    SourceId::new(name)
}

pub(crate) fn wall(s: f64) -> Timestamp {
    Timestamp::from_second(START).unwrap() + SignedDuration::from_secs_f64(s)
}

/// `boot` is when this process began; the monotonic clock counts from there.
pub(crate) fn moment(s: f64, boot: f64) -> Moment {
    Moment { wall: wall(s), mono: seconds((s - boot).max(0.0)) }
}

/// A ring from +1 415 555 0123 on `baresip`, to be changed field by field.
pub(crate) fn event(at: f64, key: &str, phase: Phase) -> CallEvent {
    let remote = party("sip:+14155550123@pbx.test");
    let received = moment(at, 0.0);
    CallEvent {
        local: party("sip:agent@127.0.0.1:5070"),
        ..CallEvent::new(source("baresip"), key, Direction::Inbound, remote, phase, received)
    }
}

pub(crate) fn party(given: &str) -> Party {
    Party { given: given.into(), name: None }
}

/// Fields of an event that a test changes.
pub(crate) trait With: Sized {
    fn of(self, source: &str) -> Self;
    fn from(self, given: &str) -> Self;
    fn alias(self, alias: &str) -> Self;
    fn outbound(self) -> Self;
    fn aged(self, s: f64) -> Self;
    fn booted(self, boot: f64) -> Self;
    fn continues(self, old: &str) -> Self;
    fn may_be_taken_back(self, s: f64) -> Self;
}

impl With for CallEvent {
    fn of(mut self, name: &str) -> Self {
        self.source = source(name);
        self
    }

    fn from(mut self, given: &str) -> Self {
        self.remote = party(given);
        self
    }

    fn alias(mut self, alias: &str) -> Self {
        self.aliases.push(alias.into());
        self
    }

    fn outbound(mut self) -> Self {
        self.direction = Direction::Outbound;
        self
    }

    fn aged(mut self, s: f64) -> Self {
        self.age = seconds(s);
        self
    }

    fn continues(mut self, old: &str) -> Self {
        self.continues = Some(old.into());
        self
    }

    fn may_be_taken_back(mut self, s: f64) -> Self {
        self.final_after = seconds(s);
        self
    }

    fn booted(mut self, boot: f64) -> Self {
        let at = self.received.mono.as_secs_f64();
        self.received.mono = seconds((at - boot).max(0.0));
        self
    }
}

/// A tracker, all that it ever said, and a process that can restart.
pub(crate) struct Desk {
    pub(crate) tracker: Tracker,
    pub(crate) said: Vec<Change>,
    pub(crate) boot: f64,
    ids: u16,
}

impl Desk {
    pub(crate) fn new() -> Self {
        Self { tracker: Tracker::new(numbers()), said: Vec::new(), boot: 0.0, ids: 0 }
    }

    pub(crate) fn hear(&mut self, event: &CallEvent) -> Vec<Change> {
        let ids = &mut self.ids;
        let changes = self.tracker.apply(event, &mut |at| next_id(ids, at));
        self.keep(changes)
    }

    pub(crate) fn snapshot(&mut self, at: f64, name: &str, live: &[CallEvent]) -> Vec<Change> {
        let (ids, received) = (&mut self.ids, moment(at, self.boot));
        let changes =
            self.tracker.snapshot(&source(name), live, received, &mut |at| next_id(ids, at));
        self.keep(changes)
    }

    pub(crate) fn tick(&mut self, at: f64) -> Vec<Change> {
        let changes = self.tracker.tick(moment(at, self.boot));
        self.keep(changes)
    }

    pub(crate) fn remove(&mut self, at: f64, name: &str) -> Vec<Change> {
        let changes = self.tracker.remove_source(&source(name), moment(at, self.boot));
        self.keep(changes)
    }

    pub(crate) fn lose_link(&mut self, at: f64, name: &str) {
        self.tracker.link_lost(&source(name), moment(at, self.boot));
    }

    /// Kills the process; the next one finds what the journal holds: the calls as last written.
    pub(crate) fn restart(&mut self, at: f64) {
        let journal: Vec<Call> = self
            .calls()
            .iter()
            .map(|last| self.tracker.get(last.id).unwrap_or(last).clone())
            .collect();
        self.tracker = Tracker::new(numbers());
        self.boot = at;
        self.tracker.restore(journal, moment(at, at));
    }

    /// Every call as last told, oldest first.
    pub(crate) fn calls(&self) -> Vec<Call> {
        let mut calls: Vec<Call> = Vec::new();
        for change in &self.said {
            match calls.iter_mut().find(|call| call.id == change.call.id) {
                Some(call) => *call = change.call.clone(),
                None => calls.push(change.call.clone()),
            }
        }
        calls
    }

    /// The only call there is.
    pub(crate) fn only(&self) -> Call {
        let calls = self.calls();
        assert_eq!(calls.len(), 1, "{calls:#?}");
        calls[0].clone()
    }

    pub(crate) fn kinds(&self) -> Vec<ChangeKind> {
        self.said.iter().map(|change| change.kind).collect()
    }

    fn keep(&mut self, changes: Vec<Change>) -> Vec<Change> {
        self.said.extend(changes.clone());
        changes
    }
}

pub(crate) fn numbers() -> NumberContext {
    NumberContext { region: Region::parse("US").unwrap(), extension_digits: 6 }
}

fn next_id(ids: &mut u16, at: Timestamp) -> CallId {
    *ids += 1;
    let [high, low] = ids.to_be_bytes();
    CallId::new(at, [high, low, 0, 0, 0, 0, 0, 0, 0, 0])
}
