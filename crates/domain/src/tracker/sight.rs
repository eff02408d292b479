//! What time, silence and the lists of sources do to a call.

use std::time::Duration;

use super::leg::Leg;
use super::tracked::Tracked;
use super::{Change, ChangeKind, RETURN_MAX, RINGING_MAX, TALKING_MAX, TOMBSTONE};
use crate::{CallEvent, EndReason, Inferred, Moment, Phase, SourceId};

impl Tracked {
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
        let gone = |leg: &Leg| {
            leg.is_live()
                && &leg.key.source == source
                && leg.heard <= received.mono
                && !listed.contains(&leg.key.key)
        };
        // An end that could have been taken back now cannot.
        let told = self.settle_where(gone);
        if told.is_some() {
            return told;
        }
        for leg in self.legs.iter_mut().filter(|leg| gone(leg)) {
            leg.over = Some(EndReason::Lost);
        }
        if self.legs.iter().any(Leg::is_live) {
            self.watch(received.mono);
            return None;
        }
        Some(self.lose(received.mono))
    }

    /// Ends that their source can no longer take back by now.
    pub(super) fn settle(&mut self, now: Duration) -> Option<Change> {
        self.settle_where(|leg| leg.ending.as_ref().is_some_and(|(at, _)| *at <= now))
    }

    fn settle_where(&mut self, which: impl Fn(&Leg) -> bool) -> Option<Change> {
        for at in 0..self.legs.len() {
            if self.call.is_over() || !which(&self.legs[at]) {
                continue;
            }
            if let Some((_, event)) = self.legs[at].ending.take()
                && let Phase::Ended(reason) = event.phase
            {
                self.leave(&event, at, reason);
                if self.call.is_over() {
                    return Some(self.over(&event));
                }
            }
        }
        None
    }

    /// The change that tells of the end, which this event brought.
    pub(super) fn over(&mut self, event: &CallEvent) -> Change {
        self.call.inferred = event.inferred;
        self.change(ChangeKind::Ended)
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
        self.call.inferred = Some(Inferred::TimeLimit);
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
    pub(super) fn watch(&mut self, now: Duration) {
        if !self.legs.iter().any(|leg| leg.is_live() && leg.in_sight) {
            self.gap = true;
            self.unseen_since.get_or_insert(now);
        }
    }

    /// The heartbeat of a call in sight.
    pub(super) fn touch(&mut self, now: Moment) {
        let ending = self.legs.iter().any(|leg| leg.ending.is_some());
        if self.call.is_over() || self.unseen_since.is_some() || ending {
            return;
        }
        self.call.last_seen_at = self.call.last_seen_at.max(now.wall);
        if let Some(talk) = &self.talk {
            self.call.talked = self.call.talked.max(talk.at(now.mono));
        }
    }

    /// When time alone changes something: the call is lost, or forgotten, or an end is final.
    pub(super) fn deadline(&self) -> Option<Duration> {
        let settles = self.legs.iter().filter_map(|leg| Some(leg.ending.as_ref()?.0)).min();
        let lost = self.lost_at();
        match settles.filter(|_| !self.call.is_over()) {
            Some(at) => Some(lost.map_or(at, |lost| at.min(lost))),
            None => lost,
        }
    }

    /// When silence ends the call, or lets it be forgotten.
    pub(super) fn lost_at(&self) -> Option<Duration> {
        let (since, span) = match (self.over_since, self.unseen_since, self.call.answered_at) {
            (Some(over), _, _) => (over, TOMBSTONE),
            (None, Some(unseen), _) => (unseen, RETURN_MAX),
            (None, None, None) => (self.heard.mono, RINGING_MAX),
            (None, None, Some(_)) => (self.heard.mono, TALKING_MAX),
        };
        since.checked_add(span)
    }

    pub(super) fn is_forgotten(&self, now: Duration) -> bool {
        self.call.is_over() && self.lost_at().is_some_and(|at| at <= now)
    }
}
