//! The inlet: what programs outside say of calls, and the key that lets them in.

use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ringside_domain::settings::{INLET, SoftphoneKind};
use ringside_domain::{CallId, SourceId};
use ringside_protocol::view::{InletLines, InletView, RefusedView, RefusedWhy};
use ringside_protocol::{At, ErrorCode, Event, Fault, Reply};
use ringside_softphone::inlet::products::{PRODUCTS, Ways};
use ringside_softphone::inlet::{
    Given, Inlet, KeyHash, Limits, NoEffect, Refused, Report, ReportPhase, Setup,
};
use secrecy::{ExposeSecret, SecretString};
use tokio::time::Duration;

use super::{Answer, Controller, answers};
use crate::{Home, view};

/// Under which name the keyring has the key.
const KEY: &str = "inlet-key";

impl Controller {
    /// The inlet takes reports over the local socket, whether or not it listens anywhere.
    pub(super) fn new_inlet(home: &Home) -> Inlet {
        let inlet = Inlet::new(SourceId::new(INLET), setup(&SoftphoneKind::inlet(), false));
        let kept = std::fs::read_to_string(home.inlet_key_file()).ok();
        inlet.door().set_key(kept.as_deref().and_then(KeyHash::from_text));
        inlet
    }

    /// A report over the local socket, by the same user.
    pub(super) fn ring(&self, given: &Given, reply: Answer) {
        if !self.listening {
            return answers::fault(reply, Fault::new(ErrorCode::NotRunning));
        }
        match self.inlet.report(given) {
            Ok(()) => answers::done(reply),
            // Hooks send ends after a restart, or twice.
            Err(NoEffect::NoCall) if is_end(given) => answers::done(reply),
            Err(error) => answers::fault(reply, no_effect(&error)),
        }
    }

    /// A report as an address, which anybody may have opened.
    pub(super) fn ring_url(&self, url: &str, reply: Answer) {
        let door = self.inlet.door();
        let given = match Given::from_url(url) {
            Ok(given) => given,
            Err(error) => {
                door.refuse(Refused::Unreadable);
                return answers::fault(reply, no_effect(&error.into()));
            }
        };
        match door.enter(given.key.as_deref()) {
            Ok(()) => self.ring(&given, reply),
            Err(_) => {
                answers::fault(reply, Fault::new(ErrorCode::Forbidden).with("account", INLET))
            }
        }
    }

    /// What to put into softphones. The key is made when it is first asked for.
    pub(super) fn inlet_lines(&self, new_key: bool, reply: Answer) {
        let softphones = &self.config.settings().softphones;
        let port = softphones.iter().find_map(|softphone| match softphone.kind {
            SoftphoneKind::Inlet { port, .. } => Some(port),
            _ => None,
        });
        let Some(port) = port else {
            let fault = Fault::new(ErrorCode::NoSuchSoftphone);
            return answers::fault(reply, fault.with("softphone", INLET));
        };
        let (vault, home, inlet) = (self.vault.clone(), self.home.clone(), self.inlet.clone());
        self.spawn(async move { key(&vault, &home, &inlet, new_key).await }, move |_, key| {
            let _ = reply.send(key.map(|key| Reply::InletLines(lines(&key, port))));
        });
    }

    /// Without an inlet there is no key.
    pub(super) fn forget_inlet_key(&self) {
        self.inlet.door().set_key(None);
        // A file that stays without its key in the keyring lets nobody in who was not in before.
        let _ = std::fs::remove_file(self.home.inlet_key_file());
        let vault = self.vault.clone();
        self.spawn(async move { vault.delete(KEY).await }, |_, deleted| {
            if let Err(error) = deleted {
                tracing::warn!(%error, "the key of the inlet stays in the keyring");
            }
        });
    }

    pub(super) fn call_over(&self, id: CallId, reply: Answer) {
        let keys = self.desks.get(&id).into_iter().flat_map(|desk| &desk.call.keys);
        let mut own = keys.filter(|key| key.source.as_str() == INLET);
        if own.any(|key| self.inlet.over(&key.key)) {
            answers::done(reply);
        } else {
            answers::fault(reply, Fault::new(ErrorCode::Unsupported).with("what", "over"));
        }
    }

    /// What happened at the inlet, as shown on its card.
    pub(super) fn inlet_view(&self) -> InletView {
        let seen = self.inlet.door().seen();
        let refused = seen.refused.into_iter();
        InletView {
            heard_at: seen.heard_at.map(At),
            refused: refused.map(|(why, count)| RefusedView { why: shown(why), count }).collect(),
        }
    }

    /// Tells faces that the card of the inlet has changed.
    pub(super) fn watch_inlet(&mut self) {
        let seen = self.inlet.door().seen();
        if self.inlet_seen != seen {
            self.inlet_seen = seen;
            self.emit(Event::StatusChanged);
        }
    }
}

/// How the settings have the inlet.
pub(super) fn setup(kind: &SoftphoneKind, listens: bool) -> Setup {
    let minutes = |minutes: u32| Duration::from_secs(u64::from(minutes) * 60);
    let (SoftphoneKind::Inlet { port, ring_limit_min, talk_limit_min }, listens) = (kind, listens)
    else {
        return setup(&SoftphoneKind::inlet(), false);
    };
    Setup {
        port: listens.then_some(*port),
        limits: Limits { ring: minutes(*ring_limit_min), talk: minutes(*talk_limit_min) },
    }
}

fn is_end(given: &Given) -> bool {
    matches!(given.read(), Ok(Report { phase: ReportPhase::Ended(_), .. }))
}

fn no_effect(error: &NoEffect) -> Fault {
    Fault::new(ErrorCode::BadRequest).with("reason", error.to_string())
}

fn shown(why: Refused) -> RefusedWhy {
    match why {
        Refused::Key => RefusedWhy::Key,
        Refused::WebPage => RefusedWhy::WebPage,
        Refused::Host => RefusedWhy::Host,
        Refused::TooMany => RefusedWhy::TooMany,
        Refused::Unreadable => RefusedWhy::Unreadable,
    }
}

/// The key from the keyring; a new one where there is none, or where one is wanted. What the
/// inlet itself needs is only its hash, so that rings do not wait for a keyring.
async fn key(
    vault: &ringside_vault::Vault,
    home: &Home,
    inlet: &Inlet,
    new_key: bool,
) -> Result<SecretString, Fault> {
    let vault_fault = |error: ringside_vault::Error| answers::vault_fault(&error);
    let file = home.inlet_key_file();
    let hash = std::fs::read_to_string(&file).ok().and_then(|text| KeyHash::from_text(&text));
    if !new_key {
        let kept = vault.get(KEY).await.map_err(vault_fault)?;
        match (kept, hash) {
            (Some(key), Some(hash)) if hash.is_of(key.expose_secret()) => return Ok(key),
            (_, None) => {}
            (_, Some(_)) => return Err(Fault::new(ErrorCode::InletKeyLost)),
        }
    }
    let key = SecretString::from(URL_SAFE_NO_PAD.encode(rand::random::<[u8; 24]>()));
    vault.set(KEY, &key).await.map_err(vault_fault)?;
    let hash = KeyHash::of(key.expose_secret());
    std::fs::write(&file, hash.to_text())
        .map_err(|error| Fault::new(ErrorCode::Internal).with("reason", error.to_string()))?;
    inlet.door().set_key(Some(hash));
    Ok(key)
}

fn lines(key: &SecretString, port: u16) -> InletLines {
    let key = key.expose_secret();
    let ways = Ways {
        program: format!("{} ring", program()),
        http: format!("http://127.0.0.1:{port}/v1/ring?key={key}"),
        link: format!("ringside://ring?key={key}"),
    };
    InletLines {
        key: key.to_owned(),
        stream: format!("ws://127.0.0.1:{port}/v1/stream?key={key}"),
        products: PRODUCTS.iter().map(|product| view::hook(product, &ways)).collect(),
        http: ways.http,
        link: ways.link,
        program: ways.program,
    }
}

/// `ringsidectl`: it lies beside us, or on the path.
pub(super) fn program_path() -> PathBuf {
    let name = format!("ringsidectl{}", std::env::consts::EXE_SUFFIX);
    let beside = std::env::current_exe().ok().map(|own| own.with_file_name(&name));
    beside.filter(|path| path.exists()).unwrap_or_else(|| name.into())
}

/// The same as a softphone has to call it.
fn program() -> String {
    let path = program_path().display().to_string();
    if path.contains(' ') { format!("\"{path}\"") } else { path }
}
