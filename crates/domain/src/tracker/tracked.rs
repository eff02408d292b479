//! One call with what is needed to keep it: its legs, its clocks, its end.

use std::time::Duration;

use jiff::Timestamp;

use super::end::Seen;
use super::party;
use super::{
    ALERT_MAX_AGE, Change, ChangeKind, NewId, RETURN_MAX, RINGING_MAX, TALKING_MAX, TOMBSTONE, age,
    began_at, between, ids,
};
use crate::call::SourceKey;
use crate::number::NumberContext;
use crate::{Call, CallEvent, CallState, EndReason, Moment, Number, Phase, SourceId};

#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) call: Call,
    legs: Vec<Leg>,
    /// The last word of any source.
    heard: Moment,
    talk: Option<Talk>,
    /// Since when no source has the call in sight, on the monotonic clock.
    unseen_since: Option<Duration>,
    /// See [`Seen::gap`].
    gap: bool,
    /// When it ended, on the monotonic clock.
    over_since: Option<Duration>,
}

/// The call as one source knows it under one key.
#[derive(Debug)]
struct Leg {
    key: SourceKey,
    in_sight: bool,
    /// Last word, on the monotonic clock.
    heard: Duration,
    answered: bool,
    over: Option<EndReason>,
}

/// A conversation on the monotonic clock: `before` long at `since`.
#[derive(Debug)]
struct Talk {
    before: Duration,
    since: Duration,
}

impl Talk {
    fn at(&self, now: Duration) -> Duration {
        self.before.saturating_add(now.saturating_sub(self.since))
    }
}

impl Leg {
    fn new(key: SourceKey, heard: Duration) -> Self {
        Self { key, in_sight: true, heard, answered: false, over: None }
    }

    fn is_live(&self) -> bool {
        self.over.is_none()
    }
}

impl Tracked {
    /// A call first seen by this event, with the changes that tell of it.
    pub(super) fn born(
        event: &CallEvent,
        number: Number,
        new_id: NewId<'_>,
    ) -> (Self, Vec<Change>) {
        let over = matches!(event.phase, Phase::Ended(_));
        let started_at = began_at(event);
        let key = SourceKey { source: event.source.clone(), key: ids::bounded(&event.key) };
        let call = Call {
            id: new_id(started_at),
            revision: 0,
            keys: vec![key.clone()],
            aliases: ids::aliases(&event.aliases).collect(),
            direction: event.direction,
            remote: party::bounded(&event.remote),
            number,
            local: party::bounded(&event.local),
            state: CallState::Ringing,
            reason: None,
            started_at,
            answered_at: None,
            ended_at: None,
            talked: Duration::ZERO,
            last_seen_at: event.received.wall,
            queue: event.queue.as_deref().map(party::bounded_text),
            inferred: event.inferred.filter(|_| over),
            alert: !over && event.age <= ALERT_MAX_AGE,
        };
        let mut born = Self {
            call,
            legs: vec![Leg::new(key, event.received.mono)],
            heard: event.received,
            talk: None,
            unseen_since: None,
            gap: over,
            over_since: None,
        };
        born.step(event, 0, false);
        let mut changes = vec![born.change(ChangeKind::New)];
        if over {
            changes.push(born.change(ChangeKind::Ended));
        }
        (born, changes)
    }

    /// A call from the journal: out of sight until a source speaks of it.
    pub(super) fn restored(call: Call, now: Moment) -> Self {
        let legs = call.keys.iter().map(|key| {
            let mut leg = Leg::new(key.clone(), Duration::ZERO);
            leg.in_sight = false;
            // Which leg it was is not kept; a wrong guess would leave the call open for ever.
            leg.answered = call.answered_at.is_some();
            leg
        });
        Self {
            legs: legs.collect(),
            heard: Moment { wall: call.last_seen_at, mono: now.mono },
            talk: None,
            unseen_since: Some(now.mono),
            gap: true,
            over_since: call.is_over().then_some(now.mono),
            call,
        }
    }

    /// Lets go of keys under which another call is known by now.
    pub(super) fn give_up_keys(&mut self, taken: impl Fn(&SourceKey) -> bool) {
        self.legs.retain(|leg| !taken(&leg.key));
    }

    pub(super) fn has_key(&self, source: &SourceId, key: &str) -> bool {
        self.legs.iter().any(|leg| &leg.key.source == source && leg.key.key == key)
    }

    pub(super) fn has_source(&self, source: &SourceId) -> bool {
        self.legs.iter().any(|leg| &leg.key.source == source)
    }

    /// How far an event is from the beginning of the same phase of this call. An end heard of alone
    /// belongs to the call that is still live.
    pub(super) fn apart(&self, event: &CallEvent) -> Duration {
        let call = &self.call;
        let (answered_at, ended_at) = match event.phase {
            Phase::Ringing => (None, None),
            Phase::Answered | Phase::Held | Phase::Resumed => (call.answered_at, None),
            Phase::Ended(_) if !call.is_over() => return Duration::ZERO,
            Phase::Ended(_) => (call.answered_at, call.ended_at),
        };
        let began = began_at(event);
        let apart = |at: Timestamp| at.duration_since(began).unsigned_abs();
        let least = apart(call.started_at);
        [answered_at, ended_at].into_iter().flatten().map(apart).fold(least, Duration::min)
    }

    /// Whether an event with this key and these aliases names this call. A key counts only where
    /// the other side calls it an alias: bare keys may be small numbers that mean nothing elsewhere.
    pub(super) fn shares_alias(&self, key: &str, aliases: &[String]) -> bool {
        let own = &self.call.aliases;
        own.iter().any(|alias| alias == key || aliases.contains(alias))
            || self.legs.iter().any(|leg| aliases.contains(&leg.key.key))
    }

    /// Folds in an event of a source that did not know this call yet.
    pub(super) fn join(
        &mut self,
        event: &CallEvent,
        listed: bool,
        numbers: &NumberContext,
    ) -> Option<Change> {
        let key = SourceKey { source: event.source.clone(), key: ids::bounded(&event.key) };
        self.legs.push(Leg::new(key.clone(), event.received.mono));
        if self.call.is_over() {
            return None;
        }
        self.call.keys.push(key);
        match self.fold(event, listed, numbers) {
            None => Some(self.change(ChangeKind::Updated)),
            told => told,
        }
    }

    /// Folds in an event of a known leg. `listed` says that it stands in a snapshot, which tells
    /// the present phase and not a step.
    pub(super) fn fold(
        &mut self,
        event: &CallEvent,
        listed: bool,
        numbers: &NumberContext,
    ) -> Option<Change> {
        let key = ids::bounded(&event.key);
        let at = self
            .legs
            .iter()
            .position(|leg| leg.key.source == event.source && leg.key.key == key)?;
        if self.call.is_over() || !self.legs[at].is_live() {
            return None;
        }
        self.sight(at, event.received);
        let outdated = self.call.answered_at.is_some() && event.phase == Phase::Ringing;
        let party = self.learn_party(event, at, outdated, numbers);
        let aliases = self.learn_aliases(event);
        let queue = self.learn_queue(event);
        let state = self.step(event, at, listed);
        if self.call.is_over() {
            self.call.inferred = event.inferred;
            return Some(self.change(ChangeKind::Ended));
        }
        (party || aliases || queue || state).then(|| self.change(ChangeKind::Updated))
    }

    /// A sign of life: the clocks go on.
    fn sight(&mut self, at: usize, now: Moment) {
        let leg = &mut self.legs[at];
        leg.in_sight = true;
        leg.heard = leg.heard.max(now.mono);
        if now.mono >= self.heard.mono {
            self.heard = now;
        }
        self.unseen_since = None;
        if let (None, Some(answered_at)) = (&self.talk, self.call.answered_at) {
            // After a restart only the wall clock spans the gap.
            let before = between(answered_at, now.wall).max(self.call.talked);
            self.talk = Some(Talk { before, since: now.mono });
        }
    }

    /// Takes the phase of an event; tells whether the state changed. Ranks only rise: ringing,
    /// then answered or held, then ended. Only what was answered can be held.
    fn step(&mut self, event: &CallEvent, at: usize, listed: bool) -> bool {
        let old = self.call.state;
        match event.phase {
            Phase::Ringing => {}
            Phase::Answered => {
                self.answer(event, at);
                // A listed phase is the present one; as an event it is a late duplicate.
                if old == CallState::Ringing || listed {
                    self.call.state = CallState::Answered;
                }
            }
            Phase::Held => {
                self.answer(event, at);
                self.call.state = CallState::Held;
            }
            Phase::Resumed => {
                self.answer(event, at);
                self.call.state = CallState::Answered;
            }
            Phase::Ended(reason) => self.leave(event, at, reason),
        }
        self.call.state != old
    }

    fn answer(&mut self, event: &CallEvent, at: usize) {
        self.legs[at].answered = true;
        if self.call.answered_at.is_none() {
            let answered_at = began_at(event).max(self.call.started_at);
            self.call.answered_at = Some(answered_at);
            let before = between(answered_at, event.received.wall);
            self.talk = Some(Talk { before, since: event.received.mono });
            self.call.talked = before;
        }
    }

    /// One leg ends. The call ends with the leg that had the conversation, or with the last one: a
    /// device that stops ringing because another one was answered does not end the call.
    fn leave(&mut self, event: &CallEvent, at: usize, reason: EndReason) {
        self.legs[at].over = Some(reason);
        if self.legs[at].answered || !self.legs.iter().any(Leg::is_live) {
            let earlier: Vec<_> = self.legs.iter().filter_map(|leg| leg.over).collect();
            let reason = self.seen().reason(reason, &earlier);
            let mono = event.received.mono;
            if let Some(talk) = &self.talk {
                self.call.talked = talk.at(mono.saturating_sub(age(event)));
            }
            self.end(reason, began_at(event), mono);
        }
        self.watch(event.received.mono);
    }

    fn seen(&self) -> Seen {
        let answered = self.call.answered_at.is_some();
        Seen { direction: self.call.direction, answered, gap: self.gap }
    }

    fn end(&mut self, reason: EndReason, at: Timestamp, now: Duration) {
        let call = &mut self.call;
        let at = at.max(call.answered_at.unwrap_or(call.started_at));
        call.state = CallState::Ended;
        call.reason = Some(reason);
        call.ended_at = Some(at);
        call.last_seen_at = at;
        self.over_since = Some(now);
    }

    /// Ends the legs of a source that it no longer lists, and the call as last seen if no leg is
    /// left. A leg heard of after the list was made stays.
    pub(super) fn leave_unlisted(
        &mut self,
        source: &SourceId,
        listed: &[String],
        received: Moment,
    ) -> Option<Change> {
        if self.call.is_over() {
            return None;
        }
        for leg in self.legs.iter_mut().filter(|leg| &leg.key.source == source) {
            let gone = leg.heard <= received.mono && !listed.contains(&leg.key.key);
            if leg.is_live() && gone {
                leg.over = Some(EndReason::Lost);
            }
        }
        if self.legs.iter().any(Leg::is_live) {
            self.watch(received.mono);
            return None;
        }
        Some(self.lose(received.mono))
    }

    fn lose(&mut self, now: Duration) -> Change {
        let earlier: Vec<_> = self.legs.iter().filter_map(|leg| leg.over).collect();
        let reason = self.seen().reason(EndReason::Lost, &earlier);
        self.end(reason, self.call.last_seen_at, now);
        self.change(ChangeKind::Ended)
    }

    /// Ends a call of which nothing was heard for too long: nobody saw how long it went on.
    pub(super) fn lose_at_last_word(&mut self, now: Duration) -> Change {
        if self.unseen_since.is_none() {
            self.call.last_seen_at = self.heard.wall;
            if let Some(talk) = &self.talk {
                self.call.talked = talk.at(self.heard.mono);
            }
        }
        self.lose(now)
    }

    /// The link to a source broke.
    pub(super) fn lose_sight(&mut self, source: &SourceId, now: Moment) {
        if self.call.is_over() {
            return;
        }
        self.touch(now);
        for leg in self.legs.iter_mut().filter(|leg| &leg.key.source == source) {
            leg.in_sight = false;
        }
        self.watch(now.mono);
    }

    /// Notes since when no source has the call in sight.
    fn watch(&mut self, now: Duration) {
        if !self.legs.iter().any(|leg| leg.is_live() && leg.in_sight) {
            self.gap = true;
            self.unseen_since.get_or_insert(now);
        }
    }

    /// The heartbeat of a call in sight.
    pub(super) fn touch(&mut self, now: Moment) {
        if self.call.is_over() || self.unseen_since.is_some() {
            return;
        }
        self.call.last_seen_at = self.call.last_seen_at.max(now.wall);
        if let Some(talk) = &self.talk {
            self.call.talked = self.call.talked.max(talk.at(now.mono));
        }
    }

    /// When time alone changes something: the call is lost, or forgotten.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let (since, span) = match (self.over_since, self.unseen_since, self.call.answered_at) {
            (Some(over), _, _) => (over, TOMBSTONE),
            (None, Some(unseen), _) => (unseen, RETURN_MAX),
            (None, None, None) => (self.heard.mono, RINGING_MAX),
            (None, None, Some(_)) => (self.heard.mono, TALKING_MAX),
        };
        since.checked_add(span)
    }

    pub(super) fn is_forgotten(&self, now: Duration) -> bool {
        self.call.is_over() && self.deadline().is_some_and(|at| at <= now)
    }

    /// Takes what an event shows of the remote party. Only the founding leg may show another person:
    /// sources that disagree must not take turns.
    fn learn_party(
        &mut self,
        event: &CallEvent,
        at: usize,
        outdated: bool,
        numbers: &NumberContext,
    ) -> bool {
        let over = matches!(event.phase, Phase::Ended(_));
        let may_move = at == 0 && !outdated && !over;
        party::learn(&mut self.call, &event.remote, may_move, numbers)
    }

    fn learn_queue(&mut self, event: &CallEvent) -> bool {
        let learned = self.call.queue.as_deref().is_none_or(str::is_empty)
            && event.queue.as_deref().is_some_and(|name| self.call.queue.as_deref() != Some(name));
        if learned {
            self.call.queue = event.queue.as_deref().map(party::bounded_text);
        }
        learned
    }

    fn learn_aliases(&mut self, event: &CallEvent) -> bool {
        let known = self.call.aliases.len();
        for alias in ids::aliases(&event.aliases) {
            if self.call.aliases.len() < ids::ALIASES_MAX && !self.call.aliases.contains(&alias) {
                self.call.aliases.push(alias);
            }
        }
        self.call.aliases.len() > known
    }

    fn change(&mut self, kind: ChangeKind) -> Change {
        self.call.revision += 1;
        Change { call: self.call.clone(), kind }
    }
}
