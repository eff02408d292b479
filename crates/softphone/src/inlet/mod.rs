//! The neutral inlet: any softphone that can run a program or open a web address.
//!
//! Three ways lead to one [`Inlet`]: `ringsidectl ring` over the profile's socket, addresses that
//! begin with `ringside://`, and, if a person switched it on, HTTP and a WebSocket on this
//! computer. What comes in may announce calls and nothing else.

mod calls;
mod door;
pub mod products;
mod report;
mod server;
mod text;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::BoxStream;
use ringside_domain::{Health, HealthState, SourceEvent, SourceId};
use tokio_util::task::AbortOnDropHandle;

use crate::outlet::Outlet;
use crate::{Capabilities, Softphone, clock};
use calls::Calls;

pub use calls::Limits;
pub use door::{Door, KeyHash, Refused, Seen};
pub use report::{Given, Report, ReportPhase, Unreadable};

/// How often silence is looked for. The tracker hears of live calls as often, and so keeps them.
const BEAT: Duration = Duration::from_secs(20);

/// All calls that programs outside tell of.
#[derive(Debug)]
pub struct Inlet {
    id: SourceId,
    outlet: Outlet,
    calls: Mutex<Calls>,
    door: Door,
    set: Mutex<Setup>,
}

/// What the settings say of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Setup {
    /// Where to listen on this computer; nowhere without.
    pub port: Option<u16>,
    /// When silence ends a call.
    pub limits: Limits,
}

/// Why a report had no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoEffect {
    /// It cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// It fits no call.
    #[error("it fits no call")]
    NoCall,
}

impl Inlet {
    /// An inlet without calls, which listens nowhere and knows no key.
    pub fn new(id: SourceId, setup: Setup) -> Self {
        Self {
            calls: Mutex::new(Calls::new(id.clone())),
            id,
            outlet: Outlet::default(),
            door: Door::default(),
            set: Mutex::new(setup),
        }
    }

    /// Who may come in, and who was turned away.
    pub fn door(&self) -> &Door {
        &self.door
    }

    /// What counts for the next [`Softphone::events`]; the limits count at once.
    pub fn set_up(&self, setup: Setup) {
        *lock(&self.set) = setup;
    }

    /// Takes a report.
    ///
    /// # Errors
    /// It has no effect.
    pub fn report(&self, given: &Given) -> Result<(), NoEffect> {
        let report = given.read()?;
        // Told under the lock, so that reports keep their order.
        let mut calls = self.calls();
        let events = calls.take(report, clock::now());
        if events.is_empty() {
            return Err(NoEffect::NoCall);
        }
        self.door.heard();
        for event in events {
            // Where nobody listens yet, the next one hears of the calls that live then.
            self.outlet.tell(event);
        }
        Ok(())
    }

    /// The agent says that the call with this key is over. Returns whether there was one.
    pub fn over(&self, key: &str) -> bool {
        let mut calls = self.calls();
        calls.over(key, clock::now()).is_some_and(|event| self.outlet.tell(event))
    }

    /// Whether the agent has to say when the call with this key is over, since its softphone never
    /// does.
    pub fn needs_word(&self, key: &str) -> bool {
        self.calls().needs_word(key)
    }

    fn beat(&self) {
        let limits = lock(&self.set).limits;
        let mut calls = self.calls();
        let now = clock::now();
        for event in calls.expire(limits, now).into_iter().chain(calls.live(now)) {
            self.outlet.tell(event);
        }
    }

    fn calls(&self) -> MutexGuard<'_, Calls> {
        lock(&self.calls)
    }
}

/// Each change is whole at every instant, so that a panic elsewhere leaves nothing broken.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// An [`Inlet`] as the engine listens to it.
#[derive(Clone, Debug)]
pub struct Listened(pub Arc<Inlet>);

#[async_trait]
impl Softphone for Listened {
    fn id(&self) -> &SourceId {
        &self.0.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn events(&self) -> BoxStream<'static, SourceEvent> {
        let inlet = self.0.clone();
        let port = lock(&inlet.set).port;
        let calls = inlet.calls();
        let state = if port.is_some() { HealthState::Connecting } else { HealthState::Up };
        let health = Health::new(inlet.id.clone(), state);
        let events = inlet.outlet.open(health, calls.live(clock::now()));
        drop(calls);
        let server = port.map(|port| server::listen(inlet.clone(), port));
        let beat = AbortOnDropHandle::new(tokio::spawn(async move {
            let mut beat = tokio::time::interval(BEAT);
            loop {
                beat.tick().await;
                inlet.beat();
            }
        }));
        // Both end with the stream.
        let kept = (server, beat);
        events
            .map(move |event| {
                let _ = &kept;
                event
            })
            .boxed()
    }
}
