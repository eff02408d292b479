//! Twinkle as a source: its hook hands over what happens, one environment at a time.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use futures::stream::BoxStream;
use ringside_domain::{Health, HealthState, LinkFault, SourceEvent, SourceId};

use super::{Hooks, profile};
use crate::outlet::Outlet;
use crate::{Capabilities, Softphone, clock};

/// Most variables of one environment, and the longest of each, in bytes.
const VARIABLES_MAX: usize = 128;
const VARIABLE_MAX: usize = 4096;

/// A Twinkle whose profile starts our script.
#[derive(Debug)]
pub struct Twinkle {
    id: SourceId,
    profile: PathBuf,
    script: PathBuf,
    outlet: Outlet,
    hooks: Mutex<Hooks>,
}

/// The variables of this process that Twinkle's scripts have, bounded.
pub fn environment() -> BTreeMap<String, String> {
    let ours = |name: &str| ["TWINKLE_", "SIP"].iter().any(|start| name.starts_with(start));
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .filter(|(name, value)| ours(name) && !value.is_empty() && value.len() <= VARIABLE_MAX)
        .take(VARIABLES_MAX)
        .collect()
}

impl Twinkle {
    /// The Twinkle with this profile, whose scripts are `script`.
    pub fn new(id: SourceId, profile: PathBuf, script: PathBuf) -> Self {
        let hooks = Mutex::new(Hooks::new(id.clone()));
        Self { id, profile, script, outlet: Outlet::default(), hooks }
    }

    /// Takes one run of the script.
    pub fn ran(&self, env: &BTreeMap<String, String>) {
        let mut hooks = self.hooks();
        // Told under the lock, so that events keep their order.
        if let Some(event) = hooks.ran(env, clock::now()) {
            self.outlet.tell(event);
        }
    }

    fn hooks(&self) -> MutexGuard<'_, Hooks> {
        // Each run is one change of it.
        self.hooks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Softphone for Twinkle {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn events(&self) -> BoxStream<'static, SourceEvent> {
        let live = self.hooks().live(clock::now());
        let mut health = Health::new(self.id.clone(), HealthState::Up);
        if !profile::is_installed(&self.profile, &self.script) {
            (health.state, health.fault) = (HealthState::Down, Some(LinkFault::NoHook));
        }
        self.outlet.open(health, live)
    }
}
