//! The simulated softphone: calls from people of the Example CRM's demo, for a first look.

use std::collections::HashMap;
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

pub use scenario::Scenario;
use scenario::Step;

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
    /// runtime. [`Scenario::History`] has no live calls: see [`Softphone::recent_calls`].
    pub fn play(&self, scenario: Scenario) {
        let (phone, speed) = (self.phone.clone(), self.speed);
        tokio::spawn(async move {
            let mut keys = HashMap::new();
            for Step { after, person, phase } in scenario.steps() {
                sleep(after.div_f64(speed)).await;
                let key = keys.entry(person.given).or_insert_with(|| Uuid::now_v7().to_string());
                match phase {
                    Phase::Ringing => phone.ring(key, person.party()),
                    Phase::Answered => {
                        phone.change(key, |now| (now == Phase::Ringing).then_some(phase))
                    }
                    // The agent may have answered what the scenario meant to be missed.
                    Phase::Ended(reason) => phone.change(key, |now| {
                        let talked = now != Phase::Ringing;
                        Some(Phase::Ended(if talked { EndReason::Answered } else { reason }))
                    }),
                    Phase::Held | Phase::Resumed => phone.change(key, |_| Some(phase)),
                };
            }
        });
    }
}

impl Phone {
    fn live(&self) -> MutexGuard<'_, HashMap<String, Live>> {
        // Each change is one insert or remove: the map is whole at every instant.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn ring(&self, key: &str, remote: Party) -> Option<Phase> {
        let (way, phase) = (Direction::Inbound, Phase::Ringing);
        let event = CallEvent {
            local: Party { given: LINE.to_owned(), name: None },
            ..CallEvent::new(self.id.clone(), key, way, remote, phase, clock::now())
        };
        let mut live = self.live();
        live.insert(key.to_owned(), Live { last: event.clone(), since: Instant::now() });
        self.outlet.tell(event);
        None
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
