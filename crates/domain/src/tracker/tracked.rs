//! One call with what is needed to keep it: its legs, its clocks, its end.

use std::time::Duration;

use jiff::Timestamp;

use super::end::Seen;
use super::leg::{self, LEGS_MAX, Leg};
use super::party;
use super::{ALERT_MAX_AGE, Change, ChangeKind, NewId, age, began_at, between, ids};
use crate::call::SourceKey;
use crate::number::NumberContext;
use crate::{Call, CallEvent, CallState, Direction, EndReason, Moment, Number, Phase, SourceId};

#[derive(Debug)]
pub(super) struct Tracked {
    pub(super) call: Call,
    pub(super) legs: Vec<Leg>,
    /// The last word of any source.
    pub(super) heard: Moment,
    pub(super) talk: Option<Talk>,
    /// Since when no source has the call in sight, on the monotonic clock.
    pub(super) unseen_since: Option<Duration>,
    /// See [`Seen::gap`].
    pub(super) gap: bool,
    /// When it ended, on the monotonic clock.
    pub(super) over_since: Option<Duration>,
}

/// A conversation on the monotonic clock: `before` long at `since`.
#[derive(Debug)]
pub(super) struct Talk {
    before: Duration,
    since: Duration,
}

impl Talk {
    pub(super) fn at(&self, now: Duration) -> Duration {
        self.before.saturating_add(now.saturating_sub(self.since))
    }
}

impl Tracked {
    /// A call first seen by this event, with the changes that tell of it. `echo` says that it goes
    /// on for one that is over, and so has had its pop.
    pub(super) fn born(
        event: &CallEvent,
        number: Number,
        echo: bool,
        new_id: NewId<'_>,
    ) -> (Self, Vec<Change>) {
        let over = matches!(event.phase, Phase::Ended(_));
        let started_at = began_at(event);
        let call = Call {
            id: new_id(started_at),
            revision: 0,
            keys: Vec::new(),
            aliases: ids::aliases(&event.aliases).collect(),
            direction: event.direction,
            remote: party::remote(event),
            number,
            local: party::bounded(&event.local),
            state: CallState::Ringing,
            reason: None,
            started_at,
            answered_at: None,
            ended_at: None,
            talked: Duration::ZERO,
            last_seen_at: event.received.wall,
            queue: party::queue(event),
            inferred: event.inferred.filter(|_| over),
            alert: !over && !echo && event.age <= ALERT_MAX_AGE,
        };
        let mut born = Self {
            call,
            legs: Vec::new(),
            heard: event.received,
            talk: None,
            unseen_since: None,
            gap: over,
            over_since: None,
        };
        let at = born.grow(event);
        born.step(event, at, false);
        let mut changes = vec![born.change(ChangeKind::New)];
        if over {
            changes.push(born.change(ChangeKind::Ended));
        }
        (born, changes)
    }

    /// A call from the journal: out of sight until a source speaks of it.
    pub(super) fn restored(call: Call, now: Moment) -> Self {
        let mut legs: Vec<Leg> = Vec::new();
        for key in &call.keys {
            let mut leg = Leg::new(key.clone(), Duration::ZERO);
            leg.in_sight = false;
            // Which leg it was is not kept; a wrong guess would leave the call open for ever. So
            // the first of each source counts, and others once they are heard of.
            leg.answered = call.answered_at.is_some();
            leg.expected = legs.iter().any(|known| known.key.source == key.source);
            legs.push(leg);
        }
        Self {
            legs,
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
        leg::position(&self.legs, source, key).is_some()
    }

    pub(super) fn has_source(&self, source: &SourceId) -> bool {
        self.legs.iter().any(|leg| &leg.key.source == source)
    }

    /// Whether it goes this way, for the call or for one of its legs: who was called and then
    /// transferred has an outbound leg in an inbound call.
    pub(super) fn goes(&self, direction: Direction) -> bool {
        self.call.direction == direction
            || self.legs.iter().any(|leg| leg.direction == Some(direction) && leg.follows.is_some())
    }

    /// Whether one more leg of a source may come in, as far as that does not depend on its ids. A
    /// source that offers an ended call anew under a new key (a queue does) offers it in earnest:
    /// that is another call.
    pub(super) fn takes_legs(&self, source: &SourceId) -> bool {
        self.legs.len() < LEGS_MAX && !(self.call.is_over() && self.has_source(source))
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
        let legs = self.legs.iter().filter(|leg| leg.follows.is_some()).map(|leg| leg.began);
        legs.chain([answered_at, ended_at]).flatten().map(apart).fold(least, Duration::min)
    }

    /// Whether an event with this key and these aliases names this call. A key counts only where
    /// the other side calls it an alias: bare keys may be small numbers that mean nothing elsewhere.
    pub(super) fn shares_alias(&self, key: &str, aliases: &[String]) -> bool {
        let own = &self.call.aliases;
        own.iter().any(|alias| alias == key || aliases.contains(alias))
            || self.legs.iter().any(|leg| aliases.contains(&leg.key.key))
    }

    /// Folds in an event under a key that this call did not have yet.
    pub(super) fn join(
        &mut self,
        event: &CallEvent,
        listed: bool,
        numbers: &NumberContext,
    ) -> Option<Change> {
        if self.call.is_over() {
            self.legs.push(Leg::new(leg::key_of(event), event.received.mono));
            return None;
        }
        self.grow(event);
        match self.fold(event, listed, numbers) {
            None => Some(self.change(ChangeKind::Updated)),
            told => told,
        }
    }

    /// A new leg for the key of an event, and one for the key that it goes on for, where that is
    /// not known yet: its events may be late.
    fn grow(&mut self, event: &CallEvent) -> usize {
        let key = leg::key_of(event);
        let mut leg = Leg::new(key.clone(), event.received.mono);
        leg.direction = Some(event.direction);
        leg.began = Some(began_at(event));
        leg.follows = leg::followed(event);
        if let Some(old) = &leg.follows {
            match self.legs.iter_mut().find(|leg| &leg.key == old) {
                // Nobody will take its end back now: the call goes on without it.
                Some(old) => {
                    if let Some((_, event)) = old.ending.take()
                        && let Phase::Ended(reason) = event.phase
                    {
                        old.over = Some(reason);
                    }
                }
                None => {
                    let mut expected = Leg::new(old.clone(), event.received.mono);
                    expected.expected = true;
                    self.legs.push(expected);
                }
            }
        }
        self.legs.push(leg);
        self.call.keys.push(key);
        self.legs.len() - 1
    }

    /// Folds in an event of a known leg. `listed` says that it stands in a snapshot, which tells
    /// the present phase and not a step.
    pub(super) fn fold(
        &mut self,
        event: &CallEvent,
        listed: bool,
        numbers: &NumberContext,
    ) -> Option<Change> {
        let at = leg::position(&self.legs, &event.source, &ids::bounded(&event.key))?;
        if self.call.is_over() || self.legs[at].over.is_some() {
            return None;
        }
        self.meet(at);
        if self.hold_back(event, at) {
            return None;
        }
        self.sight(at, event.received);
        let outdated = self.call.answered_at.is_some() && event.phase == Phase::Ringing;
        let party = self.learn_party(event, at, outdated, numbers);
        let aliases = self.learn_aliases(event);
        let queue = self.learn_queue(event);
        let state = self.step(event, at, listed);
        if self.call.is_over() {
            return Some(self.over(event));
        }
        let lead = self.lead();
        (party || aliases || queue || state || lead).then(|| self.change(ChangeKind::Updated))
    }

    /// A leg that was only expected so far, or known from the journal.
    fn meet(&mut self, at: usize) {
        let leg = &mut self.legs[at];
        if std::mem::take(&mut leg.expected) && !self.call.keys.contains(&leg.key) {
            self.call.keys.push(leg.key.clone());
        }
    }

    /// Holds an end back for as long as its source may take it back. A later word takes it back,
    /// unless it is the same end again or a ring that the conversation has left behind.
    fn hold_back(&mut self, event: &CallEvent, at: usize) -> bool {
        let leg = &mut self.legs[at];
        match event.phase {
            Phase::Ended(_) if event.final_after.is_zero() => {
                leg.ending = None;
                false
            }
            Phase::Ended(_) => {
                let until =
                    event.received.mono.saturating_add(event.final_after.min(leg::FINAL_MAX));
                leg.ending.get_or_insert_with(|| (until, Box::new(event.clone())));
                true
            }
            Phase::Ringing if leg.answered => leg.ending.is_some(),
            _ => {
                leg.ending = None;
                false
            }
        }
    }

    /// The key that speaks for the call stands first; tells whether it is another one now.
    fn lead(&mut self) -> bool {
        let key = &self.legs[leg::lead(&self.legs)].key;
        let at = self.call.keys.iter().position(|known| known == key).unwrap_or(0);
        self.call.keys[..=at].rotate_right(1);
        at > 0
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

    /// One leg ends, and the call with it unless another one keeps it: see [`leg::goes_on`].
    pub(super) fn leave(&mut self, event: &CallEvent, at: usize, reason: EndReason) {
        self.legs[at].over = Some(reason);
        if !leg::goes_on(&self.legs, at) {
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

    pub(super) fn seen(&self) -> Seen {
        let answered = self.call.answered_at.is_some();
        Seen { direction: self.call.direction, answered, gap: self.gap }
    }

    pub(super) fn end(&mut self, reason: EndReason, at: Timestamp, now: Duration) {
        let call = &mut self.call;
        let at = at.max(call.answered_at.unwrap_or(call.started_at));
        call.state = CallState::Ended;
        call.reason = Some(reason);
        call.ended_at = Some(at);
        call.last_seen_at = at;
        self.over_since = Some(now);
    }

    /// Takes what an event shows of the remote party. Only the leg that leads may show another
    /// person: sources that disagree must not take turns.
    fn learn_party(
        &mut self,
        event: &CallEvent,
        at: usize,
        outdated: bool,
        numbers: &NumberContext,
    ) -> bool {
        let over = matches!(event.phase, Phase::Ended(_));
        let goes_on = self.legs[at].follows.is_some();
        let may_move = at == leg::lead(&self.legs) && (!outdated || goes_on) && !over;
        party::learn(&mut self.call, party::remote(event), may_move, numbers)
    }

    fn learn_queue(&mut self, event: &CallEvent) -> bool {
        let told = party::queue(event);
        let learned = self.call.queue.as_deref().is_none_or(str::is_empty)
            && told.is_some()
            && self.call.queue != told;
        if learned {
            self.call.queue = told;
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

    pub(super) fn change(&mut self, kind: ChangeKind) -> Change {
        self.call.revision += 1;
        Change { call: self.call.clone(), kind }
    }
}
