//! The simulated softphone: calls from people of the Example CRM's demo, for a first look.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use ringside_domain::{
    CallEvent, CallState, Direction, EndReason, Health, HealthState, Party, Phase, SourceEvent,
    SourceId,
};
use tokio::time::{Instant, sleep};
use uuid::Uuid;

use crate::outlet::Outlet;
use crate::{Capabilities, Error, RecentCall, Softphone, clock};

mod past;
mod scenario;

use scenario::Step;
pub use scenario::{BadScenario, Scenario};

/// Stands where the name of a scenario does, and has no live calls: see
/// [`Softphone::recent_calls`].
pub const HISTORY: &str = "history";

/// The agent's line in every simulated call.
const LINE: &str = "+14155550100";

/// A softphone that only pretends.
#[derive(Debug)]
pub struct Simulated {
    phone: Arc<Phone>,
    speed: f64,
}

#[derive(Debug)]
struct Phone {
    id: SourceId,
    outlet: Outlet,
    live: Mutex<HashMap<String, Live>>,
}

#[derive(Clone, Debug)]
struct Live {
    last: CallEvent,
    since: Instant,
}

impl Simulated {
    /// A phone without calls.
    pub fn new(id: SourceId) -> Self {
        let phone = Phone { id, outlet: Outlet::default(), live: Mutex::default() };
        Self { phone: Arc::new(phone), speed: 1.0 }
    }

    /// Lets its scenarios run this many times as fast; what is no sensible factor is ignored.
    #[must_use]
    pub fn with_speed(mut self, factor: f64) -> Self {
        if factor.is_finite() && factor > 0.0 {
            self.speed = factor.clamp(0.01, 1000.0);
        }
        self
    }

    /// Lets the calls of a scenario come in. Returns at once; must be called within a tokio
    /// runtime.
    pub fn play(&self, scenario: Scenario) {
        let (phone, speed) = (self.phone.clone(), self.speed);
        tokio::spawn(async move {
            let play = Uuid::now_v7();
            // Calls that the agent ended by hand, or that are over, do not come back.
            let mut begun = HashSet::new();
            for step in &scenario.steps {
                sleep(step.wait().div_f64(speed)).await;
                let key = key_of(play, &step.call, step.device.as_deref());
                if begun.insert(key.clone()) {
                    phone.begin(&key, play, step);
                } else {
                    phone.go_on(&key, step);
                }
            }
        });
    }
}

/// The key of a leg of a call in one playing of a scenario.
fn key_of(play: Uuid, call: &str, device: Option<&str>) -> String {
    match device {
        Some(device) => format!("{play}-{call}@{device}"),
        None => format!("{play}-{call}"),
    }
}

impl Phone {
    fn live(&self) -> MutexGuard<'_, HashMap<String, Live>> {
        // Each change is one insert or remove: the map is whole at every instant.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A leg of which nothing was heard yet. What it does not say, another leg of the call or the
    /// call that it continues said before.
    fn begin(&self, key: &str, play: Uuid, step: &Step) {
        let call = key_of(play, &step.call, None);
        let continues = step.continues.as_ref().map(|old| key_of(play, old, None));
        let mut live = self.live();
        let is_of = |event: &CallEvent, call: &str| {
            event.key == call || event.key.strip_prefix(call).is_some_and(|at| at.starts_with('@'))
        };
        let other = live.values().map(|other| &other.last).find(|other| {
            is_of(other, &call) || continues.as_ref().is_some_and(|old| is_of(other, old))
        });
        let was = |from: fn(&CallEvent) -> String| other.map(from).unwrap_or_default();
        let direction = step.direction.or(other.map(|other| other.direction));
        let event = CallEvent {
            local: Party {
                given: step.line.clone().unwrap_or_else(|| LINE.to_owned()),
                name: None,
            },
            aliases: step.device.is_some().then(|| call.clone()).into_iter().collect(),
            queue: step.queue.clone().or_else(|| other.and_then(|other| other.queue.clone())),
            continues: continues.map(|old| {
                other.filter(|other| is_of(other, &old)).map_or(old, |other| other.key.clone())
            }),
            ..CallEvent::new(
                self.id.clone(),
                key,
                direction.unwrap_or(Direction::Inbound),
                Party {
                    given: step.from.clone().unwrap_or_else(|| was(|o| o.remote.given.clone())),
                    name: step
                        .name
                        .clone()
                        .or_else(|| other.filter(|_| step.from.is_none())?.remote.name.clone()),
                },
                step.phase(),
                clock::now(),
            )
        };
        live.insert(key.to_owned(), Live { last: event.clone(), since: Instant::now() });
        self.outlet.tell(event);
    }

    /// The next step of a leg, as far as it fits what the agent has made of it.
    fn go_on(&self, key: &str, step: &Step) {
        if let Some(call) = self.live().get_mut(key) {
            let remote = &mut call.last.remote;
            if let Some(from) = &step.from {
                *remote = Party { given: from.clone(), name: None };
            }
            remote.name = step.name.clone().or(remote.name.take());
        }
        self.change(key, |now| match step.phase() {
            Phase::Ringing => (now == Phase::Ringing).then_some(now),
            // The agent may have answered what the scenario meant to be missed.
            Phase::Ended(_) if now != Phase::Ringing => Some(Phase::Ended(EndReason::Answered)),
            phase => Some(phase),
        });
    }

    /// Moves a live call on, unless `next` sees no reason to. Returns the phase it was in, if it
    /// lives.
    fn change(&self, key: &str, next: impl FnOnce(Phase) -> Option<Phase>) -> Option<Phase> {
        let mut live = self.live();
        let call = live.get_mut(key)?;
        let before = call.last.phase;
        if let Some(phase) = next(before) {
            call.last = CallEvent { phase, received: clock::now(), ..call.last.clone() };
            call.since = Instant::now();
            self.outlet.tell(call.last.clone());
            if matches!(phase, Phase::Ended(_)) {
                live.remove(key);
            }
        }
        Some(before)
    }
}

#[async_trait]
impl Softphone for Simulated {
    fn id(&self) -> &SourceId {
        &self.phone.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { dial: false, answer: true, hang_up: true, history: true }
    }

    fn events(&self) -> BoxStream<'static, SourceEvent> {
        let live = self.phone.live();
        let calls = live.values().map(|call| CallEvent {
            age: call.since.elapsed(),
            received: clock::now(),
            ..call.last.clone()
        });
        let health = Health::new(self.phone.id.clone(), HealthState::Up);
        self.phone.outlet.open(health, calls.collect())
    }

    async fn recent_calls(&self, since: Timestamp) -> Result<Vec<RecentCall>, Error> {
        Ok(past::calls(clock::now().wall).into_iter().filter(|c| c.started_at >= since).collect())
    }

    async fn answer(&self, key: &str) -> Result<(), Error> {
        let ringing = |now| (now == Phase::Ringing).then_some(Phase::Answered);
        match self.phone.change(key, ringing) {
            Some(Phase::Ringing) => Ok(()),
            Some(_) => Err(Error::NoSuchCall(Some(CallState::Answered))),
            None => Err(Error::NoSuchCall(None)),
        }
    }

    async fn hang_up(&self, key: &str) -> Result<(), Error> {
        let end = |now| {
            let ringing = now == Phase::Ringing;
            Some(Phase::Ended(if ringing { EndReason::Rejected } else { EndReason::Answered }))
        };
        self.phone.change(key, end).map(|_| ()).ok_or(Error::NoSuchCall(None))
    }
}

#[cfg(test)]
mod tests;
