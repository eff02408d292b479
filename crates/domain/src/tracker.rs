//! Folds the events of all sources into calls.
//!
//! Which call an event belongs to is decided in this order:
//!
//! 1. its source and key;
//! 2. the key of the same source that it [continues](CallEvent::continues);
//! 3. an alias that a call shares, in the same direction. Two keys of one source with one alias are
//!    legs of one call: a call that rings on several devices, or goes from one to another;
//! 4. the same direction and E.164, heard from *another* source, begun within
//!    [`SAME_CALL_WITHIN`].
//!
//! Within one source number and time count for nothing: two calls from one number are two calls. A
//! withheld number has no E.164 and is therefore never grouped.
//!
//! # What a transfer is
//!
//! A transfer by which the agent talks on is one call: the remote party changes in place, or comes
//! under a new key that [continues](CallEvent::continues) the old one. The events of the two keys
//! may come in any order; the end of the old key is then no end of the call. While the new key only
//! rings, the old one can still be gone back to. A call to ask somebody first (a warm transfer, a
//! second call) continues nothing, and is a call of its own.
//!
//! # Ends that are none
//!
//! An end is final as soon as it is told. A source whose ends may be taken back says so by
//! [`CallEvent::final_after`]: presence that says "no call" between two rings, or a transfer whose
//! new key is still to come. Until then the call goes on; a word of the same key, or a key that
//! continues it, takes the end back. A key that continues a call which is over for good is a new
//! call, as nobody can be told that the old one is not over; it has had its pop, so that it comes
//! without one.

mod end;
mod ids;
mod leg;
mod party;
mod sight;
mod tracked;

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use crate::number::NumberContext;
use crate::{Call, CallEvent, CallId, Moment, Number, Phase, SourceId};
use tracked::Tracked;

/// What became of a call through an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The call as it is now.
    pub call: Call,
    /// What is new about it.
    pub kind: ChangeKind,
}

/// What is new about a call. Every call begins with one [`ChangeKind::New`] and finishes with one
/// [`ChangeKind::Ended`]; a call first heard of at its end yields both at once, and then the call
/// is over in both.
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
    calls: Vec<Tracked>,
}

/// A call that rings unanswered for this long without any word of it is closed as lost.
pub const RINGING_MAX: Duration = Duration::from_secs(180);
/// A conversation of which no source said a word for this long is closed as lost, with the
/// duration up to the last word. Sources without snapshots may never tell the end.
pub const TALKING_MAX: Duration = Duration::from_secs(12 * 3600);
/// A call whose every source is out of sight for this long is closed as lost.
pub const RETURN_MAX: Duration = Duration::from_secs(60);
/// Ended calls are remembered this long against late duplicates.
pub const TOMBSTONE: Duration = Duration::from_secs(600);
/// A call already this old when we attach is listed and not alerted.
pub const ALERT_MAX_AGE: Duration = Duration::from_secs(30);
/// Two sources that tell of the same number mean one call if it began within this span.
pub const SAME_CALL_WITHIN: Duration = Duration::from_secs(5);
/// Most live calls at a time; beyond that the oldest that rings is closed as lost.
pub const LIVE_MAX: usize = 200;
/// Oldest age of a phase that is believed.
const AGE_MAX: Duration = Duration::from_secs(24 * 3600);
/// Most ended calls remembered.
const ENDED_MAX: usize = 1000;

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
    /// from their source: a snapshot without them, or [`RETURN_MAX`] without any word, closes them
    /// as lost with the duration last seen; a word of them lets them go on, with the same id.
    ///
    /// Where the journal opened late, a source may have told of the same call meanwhile; then the
    /// word of the source goes on with the new call, and the old one is closed as lost.
    ///
    /// Calls already over serve as tombstones against late duplicates, so that the journal's calls
    /// of the last [`TOMBSTONE`] are welcome too.
    pub fn restore(&mut self, calls: Vec<Call>, now: Moment) {
        for call in calls {
            if self.get(call.id).is_none() {
                let mut restored = Tracked::restored(call, now);
                restored.give_up_keys(|key| {
                    self.calls.iter().any(|tracked| tracked.has_key(&key.source, &key.key))
                });
                self.calls.push(restored);
            }
        }
        self.calls.sort_by_key(|tracked| tracked.call.started_at);
    }

    /// Folds one event in. Late, repeated and outdated events change nothing.
    ///
    /// A source must not use a key again for another call within [`TOMBSTONE`] of its end: that
    /// cannot be told from a late duplicate.
    pub fn apply(&mut self, event: &CallEvent, new_id: NewId<'_>) -> Vec<Change> {
        self.fold(event, false, new_id)
    }

    /// Folds in the list of all calls that a source has now: those it does not list have ended,
    /// unless another source still has them.
    pub fn snapshot(
        &mut self,
        source: &SourceId,
        live: &[CallEvent],
        received: Moment,
        new_id: NewId<'_>,
    ) -> Vec<Change> {
        let live = || live.iter().filter(|event| &event.source == source);
        let mut changes = Vec::new();
        // First what is there: a key that goes on for one that is no longer listed keeps its call.
        for event in live() {
            // A dialog that is listed as terminated is news only of a call that we know.
            let over = matches!(event.phase, Phase::Ended(_));
            if !over || self.position_of_key(event).is_some() {
                changes.extend(self.fold(event, true, new_id));
            }
        }
        let listed: Vec<String> = live().map(|event| ids::bounded(&event.key)).collect();
        let gone = self.calls.iter_mut();
        changes.extend(gone.filter_map(|call| call.leave_unlisted(source, &listed, received)));
        changes
    }

    /// The link to a source broke, which says nothing of its calls: their clocks stand still until
    /// the source is back. One that does not come back within [`RETURN_MAX`] has lost its calls.
    pub fn link_lost(&mut self, source: &SourceId, now: Moment) {
        for tracked in &mut self.calls {
            tracked.lose_sight(source, now);
        }
    }

    /// Lets time pass: closes what rang for too long or never came back, forgets old calls. Live
    /// calls get a new `talked` and `last_seen_at`, which is a heartbeat and no change.
    pub fn tick(&mut self, now: Moment) -> Vec<Change> {
        self.calls.retain(|tracked| !tracked.is_forgotten(now.mono));
        let mut changes = Vec::new();
        for tracked in self.calls.iter_mut().filter(|tracked| !tracked.call.is_over()) {
            tracked.touch(now);
            changes.extend(tracked.settle(now.mono));
            if !tracked.call.is_over() && tracked.lost_at().is_some_and(|at| at <= now.mono) {
                changes.push(tracked.lose_at_last_word(now.mono));
            }
        }
        changes
    }

    /// A source was removed: its live calls end as lost, unless another source has them too.
    pub fn remove_source(&mut self, source: &SourceId, now: Moment) -> Vec<Change> {
        self.calls
            .iter_mut()
            .filter_map(|tracked| {
                tracked.touch(now);
                tracked.leave_unlisted(source, &[], now)
            })
            .collect()
    }

    /// Calls not yet over, oldest first.
    pub fn live(&self) -> impl Iterator<Item = &Call> {
        self.calls.iter().map(|tracked| &tracked.call).filter(|call| !call.is_over())
    }

    /// A call that is live or ended a short while ago.
    pub fn get(&self, id: CallId) -> Option<&Call> {
        self.calls.iter().map(|tracked| &tracked.call).find(|call| call.id == id)
    }

    /// When [`Tracker::tick`] has something to do next, on the monotonic clock.
    pub fn next_tick(&self) -> Option<Duration> {
        self.calls.iter().filter_map(Tracked::deadline).min()
    }

    fn fold(&mut self, event: &CallEvent, listed: bool, new_id: NewId<'_>) -> Vec<Change> {
        let now = event.received.mono;
        if let Some(position) = self.position_of_key(event) {
            return self.calls[position].fold(event, listed, &self.numbers).into_iter().collect();
        }
        let number = Number::read(&event.remote, &self.numbers);
        let old = self.position_of_continued(event);
        let goes_on = old.filter(|at| self.calls[*at].takes_legs(&event.source));
        let known = goes_on
            .or_else(|| self.position_of_alias(event))
            .or_else(|| self.position_of_number(event, &number));
        if let Some(position) = known {
            return self.calls[position].join(event, listed, &self.numbers).into_iter().collect();
        }
        let mut changes = self.make_room(now);
        let (tracked, born) = Tracked::born(event, number, old.is_some(), new_id);
        self.calls.push(tracked);
        changes.extend(born);
        changes
    }

    /// The call of the same source that the event says it goes on for.
    fn position_of_continued(&self, event: &CallEvent) -> Option<usize> {
        let old = ids::bounded(event.continues.as_deref().filter(|old| !old.is_empty())?);
        self.calls.iter().position(|tracked| tracked.has_key(&event.source, &old))
    }

    fn position_of_key(&self, event: &CallEvent) -> Option<usize> {
        let key = ids::bounded(&event.key);
        self.calls.iter().position(|tracked| tracked.has_key(&event.source, &key))
    }

    /// The call that shares an alias: a live one first.
    fn position_of_alias(&self, event: &CallEvent) -> Option<usize> {
        let key = ids::bounded(&event.key);
        let aliases: Vec<String> = ids::aliases(&event.aliases).collect();
        let takes = |tracked: &Tracked| {
            tracked.goes(event.direction)
                && tracked.takes_legs(&event.source)
                && tracked.shares_alias(&key, &aliases)
        };
        let calls = self.calls.iter().enumerate().filter(|(_, tracked)| takes(tracked));
        calls.min_by_key(|(_, tracked)| tracked.call.is_over()).map(|(position, _)| position)
    }

    /// The call of another source from the same number that is nearest in time.
    fn position_of_number(&self, event: &CallEvent, number: &Number) -> Option<usize> {
        let e164 = number.e164.as_ref()?;
        let others = self.calls.iter().enumerate().filter(|(_, tracked)| {
            tracked.goes(event.direction) && !tracked.has_source(&event.source)
        });
        others
            .filter(|(_, tracked)| tracked.call.number.e164.as_ref() == Some(e164))
            .map(|(position, tracked)| (tracked.apart(event), position))
            .filter(|(apart, _)| *apart <= SAME_CALL_WITHIN)
            .min()
            .map(|(_, position)| position)
    }

    /// Keeps a flood of calls from outside bounded.
    fn make_room(&mut self, now: Duration) -> Vec<Change> {
        if self.calls.len() >= LIVE_MAX + ENDED_MAX
            && let Some(oldest) = self.calls.iter().position(|tracked| tracked.call.is_over())
        {
            self.calls.remove(oldest);
        }
        if self.live().count() < LIVE_MAX {
            return Vec::new();
        }
        self.calls
            .iter_mut()
            .filter(|tracked| !tracked.call.is_over())
            .min_by_key(|tracked| tracked.call.answered_at.is_some())
            .map(|oldest| oldest.lose_at_last_word(now))
            .into_iter()
            .collect()
    }
}

/// How long the reported phase had lasted, as far as it is believed.
fn age(event: &CallEvent) -> Duration {
    event.age.min(AGE_MAX)
}

/// When what an event reports began, on the wall clock.
fn began_at(event: &CallEvent) -> Timestamp {
    SignedDuration::try_from(age(event))
        .ok()
        .and_then(|age| event.received.wall.checked_sub(age).ok())
        .unwrap_or(Timestamp::MIN)
}

/// From one timestamp to a later one; zero if the wall clock went back.
fn between(from: Timestamp, to: Timestamp) -> Duration {
    Duration::try_from(to.duration_since(from)).unwrap_or(Duration::ZERO)
}
