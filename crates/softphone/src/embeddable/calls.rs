//! From facts of three families to one story for each call.
//!
//! What one family calls the end need not be one. Presence has been seen to say Ringing, NoCall,
//! Ringing, CallConnected (ringcentral-embeddable, issue 321), and the web phone's leg ends when
//! the agent picks up elsewhere. So an end that a later word may take back is held for a moment.

use std::time::Duration;

use ringside_domain::{CallEvent, CallState, Direction, EndReason, Moment, Party, Phase, SourceId};

use super::fact::{Fact, Family, Said};

/// An end that presence told waits this long for its denial.
const HOLD: Duration = Duration::from_millis(1500);
/// The end of a web phone's leg that was not answered waits this long for the word of presence,
/// where presence knows the call: the agent may have picked up at another device.
const HOLD_FOR_PRESENCE: Duration = Duration::from_secs(8);
/// Calls that are over are known this long, against late duplicates; as long as in the tracker.
const REMEMBERED: Duration = Duration::from_secs(600);
/// More live calls than an extension has are junk.
const LIVE_MAX: usize = 32;
/// Most calls that are known at all.
const KNOWN_MAX: usize = 256;
/// Ids of one call: three families have five, and a few more after transfers.
const IDS_MAX: usize = 16;
/// A call that is as old as this at its first word, right after the page was loaded, is believed
/// to be so; the server's clock is not ours.
const AGE_MAX: Duration = Duration::from_secs(24 * 3600);

/// The calls of the extension.
#[derive(Debug)]
pub(super) struct Calls {
    source: SourceId,
    known: Vec<Known>,
}

#[derive(Debug)]
struct Known {
    ids: Vec<String>,
    handle: Option<String>,
    /// What was told last, with the founding key.
    event: CallEvent,
    state: CallState,
    /// Who founded `event.remote`: the families write numbers in different ways.
    speaker: Family,
    /// The last word of each family, while it has one.
    web_phone: Option<Said>,
    presence: Option<Said>,
    /// When and how it ends unless something denies it.
    ending: Option<(Duration, Option<EndReason>)>,
    /// The telephony session that it goes on in.
    goes_on_in: Option<String>,
    /// Heard of since the page was loaded.
    confirmed: bool,
    /// By the monotonic clock.
    ended_at: Option<Duration>,
}

impl Calls {
    pub(super) fn new(source: SourceId) -> Self {
        Self { source, known: Vec::new() }
    }

    /// Folds a fact in. `late`: the page was just loaded, so calls may be old.
    pub(super) fn hear(&mut self, fact: Fact, late: bool, now: Moment) -> Option<CallEvent> {
        let first = fact.ids.first().cloned()?;
        self.known.retain(|known| {
            known.ended_at.is_none_or(|at| now.mono.saturating_sub(at) < REMEMBERED)
        });
        let found = self.known.iter().position(|k| fact.ids.iter().any(|id| k.ids.contains(id)));
        if let Some(at) = found {
            return self.known[at].hear(fact, now);
        }
        let live = self.known.iter().filter(|known| !known.is_over()).count();
        if live >= LIVE_MAX || self.known.len() >= KNOWN_MAX {
            return None;
        }
        let before = self
            .known
            .iter()
            .find(|known| known.goes_on_in.as_ref().is_some_and(|next| fact.ids.contains(next)));
        let continues = before.map(|known| known.event.key.clone());
        let (mut known, mut told) = Known::born(&self.source, first, fact, late, now);
        known.event.continues.clone_from(&continues);
        told.continues = continues;
        self.known.push(known);
        Some(told)
    }

    /// The web phone's list of its calls: those it does not have any more are over.
    pub(super) fn web_phone_has(
        &mut self,
        facts: Vec<Fact>,
        late: bool,
        now: Moment,
    ) -> Vec<CallEvent> {
        let listed = |known: &Known| facts.iter().any(|fact| fact.handle == known.handle);
        let gone = self
            .known
            .iter_mut()
            .filter(|known| !known.is_over() && known.has_web_phone_leg() && !listed(known))
            .filter_map(|known| known.leg_gone(None, now));
        let mut told: Vec<CallEvent> = gone.collect();
        told.extend(facts.into_iter().filter_map(|fact| self.hear(fact, late, now)));
        told
    }

    /// No device of the extension has a call: those that presence told of are over. A call can leave
    /// its list without a word.
    pub(super) fn presence_is(&mut self, idle: bool, now: Moment) {
        for known in self.known.iter_mut().filter(|known| !known.is_over()) {
            match known.presence {
                Some(Said::Ended(_)) | None => {}
                Some(_) if idle => known.hold_end(HOLD, None, now),
                Some(_) => known.ending = None,
            }
        }
    }

    /// Ends that nothing has denied.
    pub(super) fn due(&mut self, now: Moment) -> Vec<CallEvent> {
        self.known
            .iter_mut()
            .filter_map(|known| {
                let (at, reason) = known.ending?;
                (at <= now.mono).then(|| known.end(reason, now))?
            })
            .collect()
    }

    /// When [`Calls::due`] has something next, on the monotonic clock.
    pub(super) fn next_due(&self) -> Option<Duration> {
        self.known.iter().filter_map(|known| known.ending.map(|(at, _)| at)).min()
    }

    /// The page is gone, or loads anew: what it says next is confirmation.
    pub(super) fn lose_sight(&mut self) {
        for known in &mut self.known {
            known.confirmed = false;
            known.ending = None;
            known.web_phone = None;
            known.presence = None;
        }
    }

    /// All calls that the page has told of since it was loaded. The others are over.
    pub(super) fn snapshot(&mut self, now: Moment) -> Vec<CallEvent> {
        for known in self.known.iter_mut().filter(|known| !known.confirmed && !known.is_over()) {
            known.state = CallState::Ended;
            known.ended_at = Some(now.mono);
        }
        let live = self.known.iter().filter(|known| !known.is_over());
        live.map(|known| CallEvent { received: now, ..known.event.clone() }).collect()
    }

    /// Whether the web phone has a call that it should still be asked about.
    pub(super) fn web_phone_is_busy(&self) -> bool {
        self.known.iter().any(|known| !known.is_over() && known.has_web_phone_leg())
    }

    /// Whether the live call with this key came in.
    pub(super) fn is_inbound(&self, key: &str) -> bool {
        let mut known = self.known.iter().filter(|known| known.event.key == key);
        known.any(|known| known.event.direction == Direction::Inbound)
    }

    /// By which id the widget knows a live call with this key, and whether it rings.
    pub(super) fn handle(&self, key: &str) -> Result<(&str, CallState), Option<CallState>> {
        let known = self.known.iter().find(|known| known.event.key == key).ok_or(None)?;
        let handle = known.handle.as_deref().filter(|_| known.has_web_phone_leg());
        handle.map(|handle| (handle, known.state)).ok_or(Some(known.state))
    }
}

impl Known {
    fn born(
        source: &SourceId,
        key: String,
        fact: Fact,
        late: bool,
        now: Moment,
    ) -> (Self, CallEvent) {
        let age = fact.started.filter(|_| late).and_then(|started| {
            Duration::try_from(now.wall.duration_since(started)).ok().filter(|age| *age < AGE_MAX)
        });
        let (state, phase) = match fact.said {
            Said::Ringing => (CallState::Ringing, Phase::Ringing),
            Said::Answered => (CallState::Answered, Phase::Answered),
            Said::Held => (CallState::Held, Phase::Held),
            Said::Ended(reason) => {
                let reason = reason.unwrap_or(unanswered(fact.direction));
                (CallState::Ended, Phase::Ended(reason))
            }
        };
        let mut known = Self {
            ids: Vec::new(),
            handle: None,
            event: CallEvent {
                age: age.unwrap_or_default(),
                ..CallEvent::new(source.clone(), key, fact.direction, Party::default(), phase, now)
            },
            state,
            speaker: fact.family,
            web_phone: None,
            presence: None,
            ending: None,
            goes_on_in: fact.goes_on_in.clone(),
            confirmed: true,
            ended_at: (state == CallState::Ended).then_some(now.mono),
        };
        known.learn(&fact);
        let told = known.event.clone();
        known.event.age = Duration::ZERO;
        (known, told)
    }

    fn is_over(&self) -> bool {
        self.state == CallState::Ended
    }

    fn has_web_phone_leg(&self) -> bool {
        matches!(self.web_phone, Some(said) if !matches!(said, Said::Ended(_)))
    }

    /// Takes in what a fact says beside the phase. Answers whether that is news.
    fn learn(&mut self, fact: &Fact) -> bool {
        for id in &fact.ids {
            if !self.ids.contains(id) && self.ids.len() < IDS_MAX {
                self.ids.push(id.clone());
            }
        }
        if fact.handle.is_some() {
            self.handle.clone_from(&fact.handle);
        }
        match fact.family {
            Family::WebPhone => self.web_phone = Some(fact.said),
            Family::Presence => self.presence = Some(fact.said),
            Family::Session => {}
        }
        self.confirmed = true;
        let before = self.event.clone();
        let event = &mut self.event;
        event.aliases.clone_from(&self.ids);
        event.source_time = event.source_time.or(fact.started);
        let better = event.remote.given.is_empty();
        if better || (self.speaker == fact.family && !fact.remote.given.is_empty()) {
            // A transfer changes the party in place.
            event.remote.given.clone_from(&fact.remote.given);
            self.speaker = fact.family;
        }
        if event.local.given.is_empty() {
            event.local.given.clone_from(&fact.local.given);
        }
        for (own, told) in [(&mut event.remote, &fact.remote), (&mut event.local, &fact.local)] {
            if own.name.is_none() {
                own.name.clone_from(&told.name);
            }
        }
        if event.queue.as_deref().is_none_or(str::is_empty) {
            event.queue = fact.queue.clone().or(event.queue.take());
        }
        *event != before
    }

    fn hear(&mut self, fact: Fact, now: Moment) -> Option<CallEvent> {
        if self.is_over() {
            return None;
        }
        let before = self.web_phone;
        if fact.goes_on_in.is_some() {
            self.goes_on_in.clone_from(&fact.goes_on_in);
        }
        let news = self.learn(&fact);
        let changed = match fact.said {
            Said::Ended(reason) => {
                return match fact.family {
                    // The session that it goes on in is told of within a moment.
                    Family::Session if self.goes_on_in.is_some() => {
                        self.hold_end(HOLD, reason, now);
                        None
                    }
                    Family::Session => self.end(reason, now),
                    Family::Presence => {
                        self.hold_end(HOLD, reason, now);
                        None
                    }
                    Family::WebPhone => {
                        self.web_phone = before;
                        self.leg_gone(reason, now)
                    }
                };
            }
            said => {
                // Any live word denies an end that is only held.
                self.ending = None;
                self.advance(said, fact.family)
            }
        };
        (changed || news).then(|| self.tell(now))
    }

    /// Moves on if the word is news. Answers whether it was.
    fn advance(&mut self, said: Said, family: Family) -> bool {
        let (state, phase) = match (said, self.state) {
            (Said::Answered, CallState::Ringing) if !self.only_rings_there(family) => {
                (CallState::Answered, Phase::Answered)
            }
            (Said::Answered, CallState::Held) => (CallState::Answered, Phase::Resumed),
            (Said::Held, CallState::Ringing | CallState::Answered) => {
                (CallState::Held, Phase::Held)
            }
            _ => return false,
        };
        (self.state, self.event.phase) = (state, phase);
        true
    }

    /// An outbound web phone call to a colleague "starts" when it begins to ring there (issue 358).
    fn only_rings_there(&self, family: Family) -> bool {
        family == Family::WebPhone
            && self.event.direction == Direction::Outbound
            && self.presence == Some(Said::Ringing)
    }

    /// The web phone's leg is gone: the end, if it was the leg that talked.
    fn leg_gone(&mut self, reason: Option<EndReason>, now: Moment) -> Option<CallEvent> {
        let talked = matches!(self.web_phone, Some(Said::Answered | Said::Held));
        self.web_phone = Some(Said::Ended(reason));
        match (self.state, self.presence) {
            (_, _) if talked => self.end(reason, now),
            // Another device has it.
            (CallState::Answered | CallState::Held, _) => None,
            (_, Some(Said::Ringing | Said::Answered | Said::Held)) if reason.is_none() => {
                self.hold_end(HOLD_FOR_PRESENCE, reason, now);
                None
            }
            _ => {
                self.hold_end(HOLD, reason, now);
                None
            }
        }
    }

    /// Ends it soon, unless something denies it. The sooner end counts, and the reason that is told.
    fn hold_end(&mut self, wait: Duration, reason: Option<EndReason>, now: Moment) {
        let at = now.mono.saturating_add(wait);
        let (before, known) = self.ending.unwrap_or((at, None));
        self.ending = Some((at.min(before), reason.or(known)));
    }

    fn end(&mut self, reason: Option<EndReason>, now: Moment) -> Option<CallEvent> {
        if self.is_over() {
            return None;
        }
        let held = self.ending.take().and_then(|(_, reason)| reason);
        let by_progress = match self.state {
            CallState::Ringing => reason.or(held).unwrap_or(unanswered(self.event.direction)),
            // Whatever the last word was, there was a conversation.
            CallState::Answered | CallState::Held | CallState::Ended => EndReason::Answered,
        };
        self.state = CallState::Ended;
        self.ended_at = Some(now.mono);
        self.event.phase = Phase::Ended(by_progress);
        Some(self.tell(now))
    }

    fn tell(&mut self, now: Moment) -> CallEvent {
        self.event.received = now;
        let told = self.event.clone();
        // Said once; from then on the call is answered.
        if told.phase == Phase::Resumed {
            self.event.phase = Phase::Answered;
        }
        told
    }
}

fn unanswered(direction: Direction) -> EndReason {
    match direction {
        Direction::Inbound => EndReason::Missed,
        Direction::Outbound => EndReason::NoAnswer,
    }
}

#[cfg(test)]
#[path = "calls_tests.rs"]
mod tests;
