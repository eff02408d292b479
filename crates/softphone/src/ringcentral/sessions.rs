//! From the messages of telephony sessions to call events.
//!
//! A message carries a number that rises within its session, and only the party that changed;
//! messages overtake each other (RingCentral's guide to telephony sessions says so). The call of the
//! agent is the party of the agent's own extension. Several devices, forwarding and flips give it
//! several parties; the one that lives speaks.

use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::{CallEvent, Direction, EndReason, Moment, Party, Phase, SourceId};
use serde_json::Value;

use super::leg::{Finality, Leg, Peer};
use super::status::Status;
use crate::field::{flag, id, instant, list};

/// More parties than any conference of one extension has.
const LEGS_MAX: usize = 16;
/// Most sessions that are known at all.
const KNOWN_MAX: usize = 256;
/// Sessions that are over are known this long, against late messages; as long as in the tracker.
const REMEMBERED: Duration = Duration::from_secs(600);
/// A call that goes on elsewhere is told of there within this.
const MOVES_WITHIN: Duration = Duration::from_secs(10);
/// How long an end may turn out to be another: until the call log has it.
pub(super) const DOUBT: Duration = Duration::from_secs(20);
/// A call is not older than this when we first hear of it.
const AGE_MAX: Duration = Duration::from_secs(24 * 3600);

/// The sessions of one extension.
#[derive(Debug)]
pub(super) struct Sessions {
    source: SourceId,
    /// Our extension's id.
    own: String,
    known: Vec<Session>,
}

#[derive(Debug)]
struct Session {
    key: String,
    /// The id that the call log has.
    short: Option<String>,
    legs: Vec<Leg>,
    queue: bool,
    continues: Option<String>,
    began: Option<Timestamp>,
    /// How it ended by the call log.
    settled: Option<EndReason>,
    told: Option<Told>,
    touched: Duration,
}

/// What is true of a call now.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Told {
    phase: Phase,
    finality: Finality,
    direction: Direction,
    remote: Party,
    local: Party,
    queue: bool,
    continues: Option<String>,
}

impl Sessions {
    pub(super) fn new(source: SourceId, own: String) -> Self {
        Self { source, own, known: Vec::new() }
    }

    /// Folds a message in: the `body` of a notification.
    pub(super) fn hear(&mut self, body: &Value, now: Moment) -> Vec<CallEvent> {
        let sequence = body.get("sequence").and_then(Value::as_u64).unwrap_or(0);
        let Some(key) = id(body, "telephonySessionId") else { return Vec::new() };
        self.take(key, body, sequence, now)
    }

    /// Whether all calls that are known to live are among those that were fetched.
    pub(super) fn all_are_in(&self, found: &[Value], since: Duration) -> bool {
        let mut live = self.known.iter().filter(|session| !session.is_over());
        live.all(|session| {
            session.touched >= since
                || found.iter().any(|one| fetched_key(one) == Some(&session.key))
        })
    }

    /// Takes the sessions that were fetched for all that live, but for those that were heard of
    /// since the fetching began.
    pub(super) fn snapshot(
        &mut self,
        found: &[Value],
        since: Duration,
        now: Moment,
    ) -> Vec<CallEvent> {
        let heard = |sessions: &Self, key: &str| {
            sessions.known.iter().any(|session| session.key == key && session.touched >= since)
        };
        let mut listed: Vec<String> = Vec::new();
        for session in found {
            let Some(key) = fetched_key(session) else { continue };
            // What was heard meanwhile is newer.
            if !heard(self, key) {
                self.take(key.to_owned(), session, 0, now);
            }
            listed.push(key.to_owned());
        }
        let stays = |session: &Session| session.touched >= since || listed.contains(&session.key);
        self.known.retain(|session| session.is_over() || stays(session));
        let live = self.known.iter().filter(|session| stays(session));
        live.filter_map(|session| {
            let told =
                session.told.clone().filter(|told| !matches!(told.phase, Phase::Ended(_)))?;
            let age = session.began.and_then(|began| {
                Duration::try_from(now.wall.duration_since(began)).ok().filter(|age| *age < AGE_MAX)
            });
            Some(CallEvent {
                age: age.unwrap_or_default(),
                ..session.event(&self.source, told, now)
            })
        })
        .collect()
    }

    /// The end of a call as the call log has it.
    pub(super) fn settled(&mut self, key: &str, why: EndReason, now: Moment) -> Option<CallEvent> {
        let session = self.known.iter_mut().find(|session| session.key == key)?;
        session.settled = Some(why);
        session.tell(&self.source, now)
    }

    fn take(&mut self, key: String, body: &Value, sequence: u64, now: Moment) -> Vec<CallEvent> {
        let legs: Vec<Leg> = list(body, "parties", LEGS_MAX)
            .filter(|party| id(party, "extensionId").as_deref() == Some(&self.own))
            .filter(|party| !is_target(party))
            .filter_map(|party| Leg::read(party, sequence))
            .collect();
        if legs.is_empty() {
            return Vec::new();
        }
        self.known.retain(|session| {
            !session.is_over() || now.mono.saturating_sub(session.touched) < REMEMBERED
        });
        let at = match self.known.iter().position(|session| session.key == key) {
            Some(at) => at,
            None if self.known.len() >= KNOWN_MAX => return Vec::new(),
            None => {
                self.known.push(Session::new(key));
                self.known.len() - 1
            }
        };
        let session = &mut self.known[at];
        session.touched = now.mono;
        session.short = session.short.take().or_else(|| id(body, "sessionId"));
        session.began = session.began.or_else(|| instant(body, "creationTime"));
        session.queue |= flag(body, "queueCall");
        legs.into_iter().for_each(|leg| session.learn(leg));
        self.link();
        let source = &self.source;
        self.known.iter_mut().filter_map(|session| session.tell(source, now)).collect()
    }

    /// Finds the calls that go on in another session: our party of the one is gone, and a party of
    /// ours in the other goes on for it.
    fn link(&mut self) {
        let peers: Vec<(String, Peer)> = self
            .known
            .iter()
            .flat_map(|session| session.legs.iter().map(|leg| (&session.key, &leg.peer)))
            .filter_map(|(key, peer)| Some((key.clone(), peer.clone()?)))
            .collect();
        for session in self.known.iter_mut().filter(|s| s.continues.is_none()) {
            let goes_on = |peer: &Peer| {
                peer.session == session.key
                    && match &peer.party {
                        Some(party) => session.legs.iter().any(|leg| &leg.id == party),
                        None => session.legs.iter().any(|leg| !leg.status.is_over()),
                    }
            };
            let before = peers.iter().find(|(key, peer)| key != &session.key && goes_on(peer));
            session.continues = before.map(|(key, _)| key.clone());
        }
    }
}

/// The key of a session as it is fetched.
fn fetched_key(session: &Value) -> Option<&str> {
    let key = session.get("id").or_else(|| session.get("telephonySessionId"))?.as_str()?;
    (!key.is_empty() && key.len() <= crate::field::ID_MAX).then_some(key)
}

/// The leg to a phone that the agent's calls are forwarded to: the call is the one beside it.
fn is_target(party: &Value) -> bool {
    party.get("ringMeRole").and_then(Value::as_str) == Some("Target")
}

impl Session {
    fn new(key: String) -> Self {
        Self {
            key,
            short: None,
            legs: Vec::new(),
            queue: false,
            continues: None,
            began: None,
            settled: None,
            told: None,
            touched: Duration::ZERO,
        }
    }

    fn learn(&mut self, leg: Leg) {
        if let Some(known) = self.legs.iter_mut().find(|known| known.id == leg.id) {
            known.merge(leg);
        } else if self.legs.len() < LEGS_MAX {
            self.legs.push(leg);
        }
    }

    fn is_over(&self) -> bool {
        self.legs.iter().all(|leg| leg.status.is_over())
    }

    /// What is true of the call; `None` while nothing rings yet.
    fn now(&self) -> Option<Told> {
        let lives = |leg: &&Leg| {
            let routed = leg.direction == Direction::Inbound && leg.status == Status::Setup;
            !leg.status.is_over() && !routed
        };
        let rank = |leg: &&Leg| (leg.status.stage(), leg.sequence);
        let alive = self.legs.iter().filter(lives).max_by_key(rank);
        if alive.is_none() && !self.is_over() {
            return None;
        }
        let speaker = alive.or_else(|| {
            // One that talked says more than one that rang beside it.
            let talked = |leg: &&Leg| leg.end().0 == EndReason::Answered;
            self.legs.iter().max_by_key(|leg| (talked(leg), leg.sequence))
        })?;
        let (phase, finality) = match speaker.status {
            Status::Setup | Status::Proceeding => (Phase::Ringing, Finality::Final),
            Status::Answered => (Phase::Answered, Finality::Final),
            Status::Held => (Phase::Held, Finality::Final),
            Status::Voicemail | Status::Gone | Status::Disconnected => {
                match (speaker.end(), self.settled) {
                    ((_, Finality::Doubtful), Some(why)) => (Phase::Ended(why), Finality::Final),
                    ((why, finality), _) => (Phase::Ended(why), finality),
                }
            }
        };
        Some(Told {
            phase,
            finality,
            direction: speaker.direction,
            remote: speaker.remote.clone(),
            local: speaker.local.clone(),
            queue: self.queue || self.legs.iter().any(|leg| leg.queue),
            continues: self.continues.clone(),
        })
    }

    /// What is new about the call, if anything.
    fn tell(&mut self, source: &SourceId, now: Moment) -> Option<CallEvent> {
        let mut new = self.now()?;
        let before = self.told.as_ref();
        if before.is_some_and(|told| told.phase == Phase::Held || told.phase == Phase::Resumed)
            && new.phase == Phase::Answered
        {
            new.phase = Phase::Resumed;
        }
        if before == Some(&new) {
            return None;
        }
        self.told = Some(new.clone());
        Some(self.event(source, new, now))
    }

    fn event(&self, source: &SourceId, told: Told, received: Moment) -> CallEvent {
        let legs = self.legs.iter().map(|leg| leg.id.clone());
        let aliases = [self.key.clone()].into_iter().chain(self.short.clone()).chain(legs);
        let final_after = match (told.phase, told.finality) {
            (Phase::Ended(_), Finality::Moves) => MOVES_WITHIN,
            (Phase::Ended(_), Finality::Doubtful) => DOUBT,
            _ => Duration::ZERO,
        };
        CallEvent {
            aliases: aliases.collect(),
            local: told.local,
            source_time: self.began,
            continues: told.continues,
            final_after,
            queue: told.queue.then(String::new),
            ..CallEvent::new(
                source.clone(),
                self.key.clone(),
                told.direction,
                told.remote,
                told.phase,
                received,
            )
        }
    }
}

#[cfg(test)]
#[path = "sessions_tests.rs"]
mod tests;
