//! Puts the whole application together, once, for every face.

use std::sync::Arc;
use std::time::Duration;

use ringside_notify::Notifier;
use ringside_protocol::Envelope;
use ringside_vault::Vault;
use tokio::sync::{broadcast, mpsc};
use tokio::task::JoinHandle;

use crate::config::Config;
use crate::controller::{Controller, Parts, Tick, numbers_of};
use crate::lock::{LockError, ProfileLock};
use crate::{Desktop, Handle, Home, NoDesktop, socket};

/// A running engine. It ends with [`ringside_protocol::Command::Quit`].
#[derive(Debug)]
pub struct Host {
    handle: Handle,
    from_start: Option<broadcast::Receiver<Envelope>>,
    controller: JoinHandle<()>,
    socket: JoinHandle<()>,
    _lock: ProfileLock,
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process runs this profile; talk to it over its socket.
    #[error(transparent)]
    Lock(#[from] LockError),
    /// A folder of the profile cannot be made.
    #[error("the folders of the profile cannot be made: {0}")]
    Home(#[source] std::io::Error),
    /// The local socket cannot be made.
    #[error("the local socket cannot be made: {0}")]
    Socket(#[source] std::io::Error),
}

/// How long a keyring may take to answer before it counts as locked.
const KEYRING_DEADLINE: Duration = Duration::from_secs(5);

/// Events that a slow listener may lag behind before it loses the oldest.
const EVENTS_KEPT: usize = 1024;

impl Host {
    /// Takes the profile's lock, opens its socket and starts the engine. Must be called in a tokio
    /// runtime. Nothing here waits for the keyring, the network or a softphone.
    ///
    /// # Errors
    /// [`OpenError::Lock`] if another process runs the profile.
    pub fn open(home: Home, desktop: Arc<dyn Desktop>) -> Result<Self, OpenError> {
        Self::start(home, desktop, true)
    }

    /// As [`Host::open`], for the length of one command: listens to no softphone, sends no log.
    ///
    /// # Errors
    /// As [`Host::open`].
    pub fn open_briefly(home: Home) -> Result<Self, OpenError> {
        Self::start(home, Arc::new(NoDesktop), false)
    }

    fn start(home: Home, desktop: Arc<dyn Desktop>, listening: bool) -> Result<Self, OpenError> {
        // An error means that a provider is installed already, which is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        home.create().map_err(OpenError::Home)?;
        let lock = ProfileLock::take(&home)?;
        let (ticks, inbox) = mpsc::unbounded_channel();
        let (events, from_start) = broadcast::channel(EVENTS_KEPT);
        let handle = Handle { ticks: ticks.clone(), events: events.clone() };
        let socket = socket::serve(&home, handle.clone()).map_err(OpenError::Socket)?;

        let config = Config::load(&home);
        // Both number parsers load their metadata off the ring path.
        let numbers = numbers_of(&config);
        std::thread::spawn(move || ringside_domain::number::warm(&numbers));
        let vault = Vault::open(home.service(), KEYRING_DEADLINE);
        forward_vault(&vault, ticks.clone());
        let (notifier, mut responses) = Notifier::start(&ringside_words::text("app-name"));
        let from_notifier = ticks.clone();
        tokio::spawn(async move {
            while let Some(response) = responses.recv().await {
                if from_notifier.send(Tick::Notification(response)).is_err() {
                    break;
                }
            }
        });

        let controller = Controller::new(Parts {
            home,
            config,
            desktop,
            ticks,
            events,
            vault,
            notifier,
            listening,
        });
        Ok(Self {
            handle,
            from_start: Some(from_start),
            controller: tokio::spawn(controller.run(inbox)),
            socket,
            _lock: lock,
        })
    }

    /// How to talk to it.
    pub fn handle(&self) -> Handle {
        self.handle.clone()
    }

    /// Everything that happens, from the first event on. Later calls hear what happens from then on.
    pub fn events(&mut self) -> broadcast::Receiver<Envelope> {
        self.from_start.take().unwrap_or_else(|| self.handle.subscribe())
    }

    /// Waits until it has ended and everything is on disk.
    pub async fn ended(self) {
        if let Err(error) = self.controller.await {
            tracing::error!(%error, "the engine ended abnormally");
        }
        self.socket.abort();
        // Waits until nobody can connect any more.
        let _ = self.socket.await;
    }
}

fn forward_vault(vault: &Vault, ticks: mpsc::UnboundedSender<Tick>) {
    let mut states = vault.watch();
    tokio::spawn(async move {
        loop {
            let state = *states.borrow_and_update();
            if ticks.send(Tick::Vault(state)).is_err() || states.changed().await.is_err() {
                break;
            }
        }
    });
}
