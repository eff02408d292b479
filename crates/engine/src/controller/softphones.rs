//! Softphones: listened to from the settings, added and removed.

use std::sync::Arc;

use futures::StreamExt;
use jiff::Timestamp;
use ringside_domain::settings::{INLET, SoftphoneKind, SoftphoneSettings};
use ringside_domain::{HealthState, LinkFault, SourceId};
use ringside_protocol::view::{Ability, LinkView};
use ringside_protocol::{At, ErrorCode, Event, Fault, Reply};
use ringside_softphone::Softphone;
use ringside_softphone::baresip::Baresip;
use ringside_softphone::embeddable::WidgetAddress;
use ringside_softphone::inlet::Listened;
use ringside_softphone::twinkle::Twinkle;
use tokio::task::AbortHandle;

use super::{Answer, Controller, Tick, answers, inlet};

/// The id of the simulated softphone, of which there is one.
pub(super) const SIMULATED: &str = "simulated";
/// The id of Twinkle, of which there is one.
pub(super) const TWINKLE: &str = "twinkle";
/// A softphone that is listened to.
pub(crate) struct Source {
    pub(super) settings: SoftphoneSettings,
    pub(super) softphone: Arc<dyn Softphone>,
    task: Option<AbortHandle>,
    pub(super) health: HealthState,
    pub(super) why: Option<LinkFault>,
    pub(super) detail: Option<String>,
    pub(super) retry_at: Option<Timestamp>,
    pub(super) checked_at: Option<Timestamp>,
    /// Who is signed in, since that was asked.
    pub(super) user: Option<String>,
}

impl Source {
    /// Whether a task listens to it.
    pub(super) fn is_heard(&self) -> bool {
        self.task.is_some()
    }

    /// Listens no more.
    pub(super) fn hang_up(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }
}

impl Controller {
    /// Starts the softphones that the settings name and are not listened to yet; leaves the others.
    pub(super) fn listen_to_sources(&mut self) {
        if !self.listening {
            return;
        }
        let mut wanted = self.config.settings().softphones.clone();
        // Scripts speak over the local socket, also where no address is wanted for them.
        if !wanted.iter().any(is_inlet) {
            let (id, name) = (SourceId::new(INLET), INLET.to_owned());
            wanted.push(SoftphoneSettings { id, name, kind: SoftphoneKind::inlet() });
        }
        let gone: Vec<SourceId> = self
            .sources
            .iter()
            .filter(|(id, source)| !wanted.iter().any(|w| &w.id == *id && *w == source.settings))
            .map(|(id, _)| id.clone())
            .collect();
        for id in gone {
            self.stop_source(&id);
        }
        for settings in wanted {
            if !self.sources.contains_key(&settings.id) {
                self.start_source(settings);
            }
        }
    }

    fn start_source(&mut self, settings: SoftphoneSettings) {
        let softphone: Arc<dyn Softphone> = match &settings.kind {
            SoftphoneKind::Baresip { address } => {
                Arc::new(Baresip::new(settings.id.clone(), address.clone()))
            }
            SoftphoneKind::Inlet { .. } => {
                let listens = self.config.settings().softphones.contains(&settings);
                self.inlet.set_up(inlet::setup(&settings.kind, listens));
                Arc::new(Listened(self.inlet.clone()))
            }
            SoftphoneKind::Ringcentral { .. } => return self.open_signed(settings),
            SoftphoneKind::Twinkle { profile } => {
                let script = self.home.twinkle_script();
                let twinkle = Arc::new(Twinkle::new(settings.id.clone(), profile.into(), script));
                self.twinkle = Some(twinkle.clone());
                twinkle
            }
            SoftphoneKind::Embeddable { url } => match WidgetAddress::parse(url) {
                Some(address) => self.start_widget(&settings, address),
                // The settings are checked when they are read.
                None => return,
            },
            SoftphoneKind::Simulated => self.simulated.clone(),
        };
        self.listen_to(settings, softphone);
    }

    pub(super) fn listen_to(&mut self, settings: SoftphoneSettings, softphone: Arc<dyn Softphone>) {
        let mut events = softphone.events();
        let ticks = self.ticks.clone();
        let task = tokio::spawn(async move {
            while let Some(event) = events.next().await {
                if ticks.send(Tick::Source(Box::new(event))).is_err() {
                    break;
                }
            }
        });
        self.keep_source(settings, softphone, Some(task.abort_handle()));
    }

    /// Keeps a softphone that is listened to by a task, or not yet.
    pub(super) fn keep_source(
        &mut self,
        settings: SoftphoneSettings,
        softphone: Arc<dyn Softphone>,
        task: Option<AbortHandle>,
    ) {
        let health = match task {
            Some(_) => HealthState::Connecting,
            None => HealthState::Unknown,
        };
        self.sources.insert(
            settings.id.clone(),
            Source {
                settings,
                softphone,
                task,
                health,
                user: None,
                why: None,
                detail: None,
                retry_at: None,
                checked_at: None,
            },
        );
    }

    fn stop_source(&mut self, id: &SourceId) {
        if let Some(mut source) = self.sources.remove(id) {
            source.hang_up();
        }
        self.stop_widget(id);
        let changes = self.tracker.remove_source(id, ringside_softphone::clock::now());
        self.changes(changes);
    }

    pub(super) fn add_softphone(
        &mut self,
        kind: SoftphoneKind,
        name: Option<String>,
        reply: Answer,
    ) {
        let mut wanted = self.config.settings().clone();
        let id = match &kind {
            SoftphoneKind::Simulated => SIMULATED.to_owned(),
            SoftphoneKind::Inlet { .. } => INLET.to_owned(),
            SoftphoneKind::Twinkle { .. } => TWINKLE.to_owned(),
            // It has a window, and there is one of it.
            SoftphoneKind::Embeddable { .. } => "embeddable".to_owned(),
            SoftphoneKind::Baresip { .. } | SoftphoneKind::Ringcentral { .. } => {
                let taken = |id: &str| wanted.softphones.iter().any(|s| s.id.as_str() == id);
                let name = kind_name(&kind);
                let mut id = name.to_owned();
                let mut next = 2;
                while taken(&id) {
                    id = format!("{name}-{next}");
                    next += 1;
                }
                id
            }
        };
        let id = SourceId::new(id);
        let same = wanted.softphones.iter().position(|s| s.id == id || s.kind == kind);
        let settings = SoftphoneSettings {
            name: name.unwrap_or_else(|| {
                ringside_words::text(&format!("softphone-{}", kind_name(&kind)))
            }),
            id: id.clone(),
            kind,
        };
        // Adding the same one twice is adding it once.
        let id = match same {
            Some(at) => wanted.softphones[at].id.clone(),
            None => {
                if let Err(fault) = self.put_hook(&settings.kind) {
                    return answers::fault(reply, fault);
                }
                wanted.softphones.push(settings);
                if let Err(fault) = self.config.set_links(&wanted) {
                    return answers::fault(reply, fault);
                }
                self.listen_to_sources();
                self.emit(Event::SettingsChanged);
                id
            }
        };
        let added = wanted.softphones.iter().find(|settings| settings.id == id);
        match self.sources.get(&id).map(source_view).or_else(|| added.map(unheard_view)) {
            Some(view) => {
                let _ = reply.send(Ok(Reply::Link(view)));
            }
            None => answers::fault(reply, Fault::new(ErrorCode::NoSuchSoftphone)),
        }
    }

    pub(super) fn remove_softphone(&mut self, id: &SourceId, reply: Answer) {
        let mut wanted = self.config.settings().clone();
        let Some(at) = wanted.softphones.iter().position(|settings| &settings.id == id) else {
            let fault = Fault::new(ErrorCode::NoSuchSoftphone).with("softphone", id.as_str());
            return answers::fault(reply, fault);
        };
        let gone = wanted.softphones.remove(at);
        if let Err(fault) = self.config.set_links(&wanted) {
            return answers::fault(reply, fault);
        }
        if is_inlet(&gone) {
            self.forget_inlet_key();
        }
        self.sign_out_softphone(id);
        self.take_hook_out(&gone.kind);
        self.listen_to_sources();
        self.emit(Event::SettingsChanged);
        answers::done(reply);
    }

    /// Settings were edited, here or in the file.
    pub(super) fn settings_changed(&mut self) {
        if let Some(problem) = self.config.problem().cloned() {
            self.notice(problem);
        }
        let numbers = self.numbers();
        self.tracker.set_numbers(numbers);
        self.connect_accounts();
        self.listen_to_sources();
        self.emit(Event::SettingsChanged);
        self.pops_changed = true;
    }
    pub(super) fn source_views(&self) -> Vec<LinkView> {
        let wanted = &self.config.settings().softphones;
        wanted
            .iter()
            .map(|settings| {
                let inlet = is_inlet(settings).then(|| self.inlet_view());
                match self.sources.get(&settings.id) {
                    Some(source) => LinkView { inlet, ..source_view(source) },
                    None => LinkView { inlet, ..unheard_view(settings) },
                }
            })
            .collect()
    }
}

fn is_inlet(settings: &SoftphoneSettings) -> bool {
    matches!(settings.kind, SoftphoneKind::Inlet { .. })
}

fn kind_name(kind: &SoftphoneKind) -> &'static str {
    match kind {
        SoftphoneKind::Baresip { .. } => "baresip",
        SoftphoneKind::Ringcentral { .. } => "ringcentral",
        SoftphoneKind::Inlet { .. } => "inlet",
        SoftphoneKind::Twinkle { .. } => "twinkle",
        SoftphoneKind::Embeddable { .. } => "embeddable",
        SoftphoneKind::Simulated => "simulated",
    }
}

/// A softphone that this owner does not listen to.
fn unheard_view(settings: &SoftphoneSettings) -> LinkView {
    LinkView {
        id: settings.id.to_string(),
        kind: kind_name(&settings.kind).to_owned(),
        name: settings.name.clone(),
        address: address_of(&settings.kind),
        health: HealthState::Unknown,
        why: None,
        detail: None,
        retry_at: None,
        checked_at: None,
        user: None,
        platform: None,
        can: match settings.kind {
            SoftphoneKind::Embeddable { .. } => vec![Ability::Window],
            _ => Vec::new(),
        },
        limits: None,
        fault: None,
        inlet: None,
    }
}

fn address_of(kind: &SoftphoneKind) -> Option<String> {
    match kind {
        SoftphoneKind::Baresip { address } => Some(address.clone()),
        SoftphoneKind::Ringcentral { server, .. } => Some(server.clone()),
        SoftphoneKind::Inlet { port, .. } => Some(format!("127.0.0.1:{port}")),
        SoftphoneKind::Twinkle { profile } => Some(profile.clone()),
        SoftphoneKind::Embeddable { url } => Some(url.clone()),
        SoftphoneKind::Simulated => None,
    }
}
pub(super) fn source_view(source: &Source) -> LinkView {
    LinkView {
        health: source.health,
        why: source.why,
        detail: source.detail.clone(),
        retry_at: source.retry_at.map(At),
        checked_at: source.checked_at.map(At),
        user: source.user.clone(),
        ..unheard_view(&source.settings)
    }
}
