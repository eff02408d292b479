//! The brain: one actor, one [`Tick`] enum, one `match`. No tick waits for another's I/O: what
//! takes time runs beside it and comes back as [`Tick::Then`].

mod accounts;
mod answers;
mod batch;
mod calls;
mod cloud;
mod commands;
mod contacts;
mod decisions;
mod desk;
mod doctor;
mod fields;
mod hold;
mod inlet;
mod keeper;
mod lookups;
mod messages;
mod notices;
mod outbox;
mod pace;
mod pages;
mod publish;
mod refresh;
mod rings;
mod secrets;
mod sending;
mod server;
mod sign_in;
mod softphones;
mod tap;
mod twinkle;
mod widget;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::tracker::Tracker;
use ringside_domain::{AccountId, CallId, Region, SourceEvent, SourceId};
use ringside_notify::{Notifier, Response};
use ringside_protocol::{At, Command, Envelope, Event, Fault, Reply, VERSION};
use ringside_softphone::embeddable::Word;
use ringside_softphone::inlet::{Inlet, Seen};
use ringside_softphone::simulated::Simulated;
use ringside_softphone::twinkle::Twinkle;
use ringside_store::{Directory, Journal};
use ringside_vault::{State as VaultState, Vault};
use tokio::sync::{broadcast, mpsc, oneshot};
use tokio::time::{Instant, sleep_until};

use crate::config::Config;
use crate::scribe::Scribe;
use crate::{Desktop, Home};
use desk::Desk;

/// Where the reply to a command goes.
pub(crate) type Answer = oneshot::Sender<Result<Reply, Fault>>;

/// What the brain reacts to.
pub(crate) enum Tick {
    /// A face asks.
    Command { command: Box<Command>, reply: Answer },
    /// A softphone speaks.
    Source(Box<SourceEvent>),
    /// The window of a softphone's page speaks.
    Widget(Word),
    /// A notification was clicked.
    Notification(Response),
    /// The keyring changed its state.
    Vault(VaultState),
    /// Something that took time is done; this is what follows from it.
    Then(Box<dyn FnOnce(&mut Controller) + Send>),
    /// Time passes.
    Clock,
}

impl std::fmt::Debug for Tick {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Tick")
    }
}

/// The engine is said to be ready after this long, whatever the keyring does.
const READY_MAX_S: i64 = 6;

pub(crate) struct Controller {
    home: Home,
    config: Config,
    desktop: Arc<dyn Desktop>,
    ticks: mpsc::UnboundedSender<Tick>,
    events: broadcast::Sender<Envelope>,
    vault: Vault,
    vault_state: VaultState,
    stores: Option<Stores>,
    opening: bool,
    scribe: Scribe,
    notifier: Notifier,
    tracker: Tracker,
    desks: BTreeMap<CallId, Desk>,
    dirty: BTreeSet<CallId>,
    pops_changed: bool,
    hold: Option<hold::Hold>,
    accounts: BTreeMap<AccountId, accounts::Account>,
    sources: BTreeMap<SourceId, softphones::Source>,
    simulated: Arc<Simulated>,
    twinkle: Option<Arc<Twinkle>>,
    inlet: Arc<Inlet>,
    /// As last told to the faces.
    inlet_seen: Seen,
    widget: Option<widget::Widget>,
    outbox: outbox::Outbox,
    batch: batch::Batch,
    /// The sign-in that waits for a person in the browser.
    waiting: Option<sign_in::Waiting>,
    sign_ins: u64,
    counts: ringside_store::journal::Counts,
    paused: bool,
    listening: bool,
    notices: Vec<Fault>,
    last_heartbeat: Timestamp,
    started_at: Timestamp,
    /// Events from before the engine was ready.
    held_back: Option<Vec<Envelope>>,
    quit: bool,
}

/// The open databases.
#[derive(Clone, Debug)]
pub(crate) struct Stores {
    pub(crate) journal: Journal,
    pub(crate) directory: Directory,
}

/// What [`crate::Host`] hands over.
pub(crate) struct Parts {
    pub(crate) home: Home,
    pub(crate) config: Config,
    pub(crate) desktop: Arc<dyn Desktop>,
    pub(crate) ticks: mpsc::UnboundedSender<Tick>,
    pub(crate) events: broadcast::Sender<Envelope>,
    pub(crate) vault: Vault,
    pub(crate) notifier: Notifier,
    /// Listens to softphones and sends logs. A short-lived owner (one command of the CLI while
    /// nobody runs the profile) does neither.
    pub(crate) listening: bool,
}

impl Controller {
    pub(crate) fn new(parts: Parts) -> Self {
        let ticks = parts.ticks.clone();
        let scribe = Scribe::start(move |error| {
            let _ = ticks.send(Tick::Then(Box::new(move |c| c.write_failed(&error))));
        });
        let tracker = Tracker::new(numbers_of(&parts.config));
        let inlet = Self::new_inlet(&parts.home);
        let mut controller = Self {
            home: parts.home,
            config: parts.config,
            desktop: parts.desktop,
            ticks: parts.ticks,
            events: parts.events,
            vault: parts.vault,
            vault_state: VaultState::Opening,
            stores: None,
            opening: false,
            scribe,
            notifier: parts.notifier,
            tracker,
            desks: BTreeMap::new(),
            dirty: BTreeSet::new(),
            pops_changed: false,
            hold: None,
            accounts: BTreeMap::new(),
            sources: BTreeMap::new(),
            twinkle: None,
            simulated: Arc::new(Simulated::new(SourceId::new(softphones::SIMULATED))),
            inlet: Arc::new(inlet),
            inlet_seen: Seen::default(),
            widget: None,
            outbox: outbox::Outbox::default(),
            batch: batch::Batch::default(),
            waiting: None,
            sign_ins: 0,
            counts: ringside_store::journal::Counts::default(),
            paused: false,
            listening: parts.listening,
            notices: Vec::new(),
            last_heartbeat: Timestamp::now(),
            started_at: Timestamp::now(),
            held_back: Some(Vec::new()),
            quit: false,
        };
        if let Some(problem) = controller.config.problem().cloned() {
            controller.notice(problem);
        }
        controller.open_spool();
        controller.connect_accounts();
        controller
    }

    /// Runs until told to quit.
    pub(crate) async fn run(mut self, mut inbox: mpsc::UnboundedReceiver<Tick>) {
        let mut last = Instant::now();
        while !self.quit {
            let next = last + self.pace();
            let tick = tokio::select! {
                biased;
                tick = inbox.recv() => match tick {
                    Some(tick) => tick,
                    None => break,
                },
                () = sleep_until(next) => Tick::Clock,
            };
            if matches!(tick, Tick::Clock) {
                last = Instant::now();
            }
            self.tick(tick);
            self.publish();
            self.tell_ready(Timestamp::now());
        }
        for key in self.desks.keys() {
            self.notifier.close(&key.to_string());
        }
        self.desktop.show_pops(&[], None);
        if let Err(error) = self.scribe.close().await {
            tracing::error!(%error, "the journal did not close");
        }
        if let Some(stores) = &self.stores {
            let _ = stores.directory.close().await;
        }
    }

    fn tick(&mut self, tick: Tick) {
        match tick {
            Tick::Command { command, reply } => self.command(*command, reply),
            Tick::Source(event) => self.source_event(*event),
            Tick::Widget(word) => self.widget_word(word),
            Tick::Notification(response) => self.notification(response),
            Tick::Vault(state) => self.vault_changed(state),
            Tick::Then(then) => then(self),
            Tick::Clock => self.clock(),
        }
    }

    fn clock(&mut self) {
        let now = Timestamp::now();
        self.track_time();
        self.check_hold(now);
        self.end_countdowns(self.countdown_now(now));
        self.tidy(now);
        self.retry_lookups(now);
        self.cache_notes(now);
        self.pump_outbox(now);
        if now.duration_since(self.last_heartbeat).as_secs() >= 2 {
            self.last_heartbeat = now;
            self.heartbeat();
            self.watch_inlet();
            if self.config.reload_if_edited() {
                self.settings_changed();
            }
        }
    }

    /// Runs something beside the brain, then goes on with its result.
    fn spawn<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
        then: impl FnOnce(&mut Self, T) + Send + 'static,
    ) {
        let ticks = self.ticks.clone();
        tokio::spawn(async move {
            let result = work.await;
            let _ = ticks.send(Tick::Then(Box::new(move |c| then(c, result))));
        });
    }

    fn emit(&mut self, event: Event) {
        let event = Envelope { v: VERSION, at: At(Timestamp::now()), event };
        match &mut self.held_back {
            Some(held) => held.push(event),
            // Nobody may be listening; that is fine.
            None => drop(self.events.send(event)),
        }
    }

    /// The first event says that the engine is ready: what is kept on this computer has been read,
    /// or cannot be. Calls are taken and popped before it all the same; only their events wait.
    fn tell_ready(&mut self, now: Timestamp) {
        let late = now.duration_since(self.started_at).as_secs() >= READY_MAX_S;
        if self.held_back.is_none() || !(self.is_ready() || late) {
            return;
        }
        let held = self.held_back.take().unwrap_or_default();
        // Softphones are heard from here on, so that a call which was live when the last run ended
        // is met as the same call. A call that rings already is told of when we attach.
        self.listen_to_sources();
        self.emit(Event::Ready {
            version: env!("CARGO_PKG_VERSION").to_owned(),
            pid: std::process::id(),
        });
        for event in held {
            let _ = self.events.send(event);
        }
    }

    /// Keeps something that went wrong and was survived, and tells it.
    fn notice(&mut self, fault: Fault) {
        tracing::warn!(code = ?fault.code, "notice");
        if !self.notices.contains(&fault) {
            self.notices.push(fault.clone());
            self.notices.truncate(20);
            self.emit(Event::Notice { fault });
        }
    }

    fn write_failed(&mut self, error: &ringside_store::Error) {
        self.notice(answers::store_fault(error));
    }

    fn numbers(&self) -> NumberContext {
        numbers_of(&self.config)
    }

    /// How an account reads the numbers it stores.
    fn numbers_for(&self, account: &AccountId) -> NumberContext {
        let mut numbers = self.numbers();
        let own = self.accounts.get(account).and_then(|a| a.settings.region.as_deref());
        if let Some(region) = own.and_then(Region::parse) {
            numbers.region = region;
        }
        numbers
    }
}

/// How the settings read numbers.
pub(crate) fn numbers_of(config: &Config) -> NumberContext {
    let numbers = &config.settings().numbers;
    let fallback = ringside_domain::settings::NumberSettings::default().region;
    let region = Region::parse(&numbers.region).or_else(|| Region::parse(&fallback));
    NumberContext {
        // Both were validated when the settings were read; a region that is none reads nothing
        // but international numbers.
        region: region.unwrap_or_else(Region::world),
        extension_digits: numbers.extension_digits,
    }
}
