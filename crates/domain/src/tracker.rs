//! Folds the events of all sources into calls.

use std::time::Duration;

use jiff::Timestamp;

use crate::number::NumberContext;
use crate::{Call, CallEvent, CallId, Moment, SourceId};

/// What became of a call through an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The call as it is now.
    pub call: Call,
    /// What is new about it.
    pub kind: ChangeKind,
}

/// What is new about a call.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChangeKind {
    /// First seen. Pops if `call.alert`.
    New,
    /// Another state, party or key.
    Updated,
    /// Over; happens exactly once for each call.
    Ended,
}

/// Where new ids come from: the caller draws ten random bytes.
pub type NewId<'a> = &'a mut dyn FnMut(Timestamp) -> CallId;

/// The state machine over all calls. Pure: time comes with the events and with [`Tracker::tick`].
#[derive(Debug)]
pub struct Tracker {
    numbers: NumberContext,
    calls: Vec<Call>,
}

/// A call that rings unanswered for this long is closed as lost.
pub const RINGING_MAX: Duration = Duration::from_secs(180);
/// Ended calls are remembered this long against late duplicates.
pub const TOMBSTONE: Duration = Duration::from_secs(600);
/// A call already this old when we attach is listed and not alerted.
pub const ALERT_MAX_AGE: Duration = Duration::from_secs(30);

impl Tracker {
    /// An empty tracker.
    pub fn new(numbers: NumberContext) -> Self {
        Self { numbers, calls: Vec::new() }
    }

    /// Changes how numbers are read from now on.
    pub fn set_numbers(&mut self, numbers: NumberContext) {
        self.numbers = numbers;
    }

    /// Takes over calls that the journal holds as not ended, at start. They wait for a sign of life
    /// from their source: a snapshot without them closes them as lost, with the duration last seen.
    pub fn restore(&mut self, calls: Vec<Call>, _now: Moment) {
        self.calls.extend(calls);
    }

    /// Folds one event in.
    pub fn apply(&mut self, _event: &CallEvent, _new_id: NewId<'_>) -> Vec<Change> {
        Vec::new()
    }

    /// Folds in the list of all calls that a source has now: those it does not list have ended.
    pub fn snapshot(
        &mut self,
        _source: &SourceId,
        _live: &[CallEvent],
        _received: Moment,
        _new_id: NewId<'_>,
    ) -> Vec<Change> {
        Vec::new()
    }

    /// Lets time pass: closes what rang for too long or never came back, forgets old calls.
    pub fn tick(&mut self, _now: Moment) -> Vec<Change> {
        Vec::new()
    }

    /// A source was removed: its live calls end as lost.
    pub fn remove_source(&mut self, _source: &SourceId, _now: Moment) -> Vec<Change> {
        Vec::new()
    }

    /// Calls not yet over, oldest first.
    pub fn live(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().filter(|c| !c.is_over())
    }

    /// A call that is live or ended a short while ago.
    pub fn get(&self, id: CallId) -> Option<&Call> {
        self.calls.iter().find(|c| c.id == id)
    }

    /// When [`Tracker::tick`] has something to do next, on the monotonic clock.
    pub fn next_tick(&self) -> Option<Duration> {
        None
    }
}
