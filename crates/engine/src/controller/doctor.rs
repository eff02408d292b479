//! `doctor`: what is configured, reachable and broken, link by link.

use futures::future::join_all;
use ringside_domain::HealthState;
use ringside_notify::State as Notifications;
use ringside_protocol::Reply;
use ringside_protocol::view::{CheckView, LinkView, Verdict};
use ringside_vault::State as VaultState;
use ringside_words::{text, text_with};

use super::{Answer, Controller};

impl Controller {
    pub(super) fn doctor(&self, reply: Answer) {
        // Accounts are asked now: what they last said may be hours old.
        let asked: Vec<_> = self
            .accounts
            .values()
            .filter_map(|account| Some((account.settings.id.clone(), account.crm.clone()?)))
            .map(|(id, crm)| async move { (id, crm.user_info().await) })
            .collect();
        let notifier = self.notifier.clone();
        let all = async move { tokio::join!(join_all(asked), notifier.state()) };
        self.spawn(all, move |c, (answers, notifications)| {
            for (id, answer) in answers {
                c.account_answered(&id, answer.as_ref().err());
            }
            let mut checks = c.check_links();
            checks.push(check_notifications(&notifications));
            let _ = reply.send(Ok(Reply::Doctor(checks)));
        });
    }

    fn check_links(&self) -> Vec<CheckView> {
        let mut checks = vec![self.check_settings(), self.check_vault(), self.check_journal()];
        let sources = self.source_views();
        if sources.is_empty() {
            checks.push(off("softphone"));
        }
        checks.extend(sources.iter().map(|link| check_link("softphone", link)));
        let accounts = self.account_views();
        if accounts.is_empty() {
            checks.push(off("account"));
        }
        checks.extend(accounts.iter().map(|link| check_link("account", link)));
        checks.push(self.check_outbox());
        checks.push(check_display());
        checks
    }

    fn check_settings(&self) -> CheckView {
        let file = self.home.config_file().display().to_string();
        match self.config.problem() {
            None => check(
                "settings",
                Verdict::Ok,
                text_with("doctor-settings-ok", &[("file", file.into())]),
                None,
            ),
            Some(fault) => {
                let param = |name: &str| fault.params.get(name).cloned().unwrap_or_default();
                check(
                    "settings",
                    Verdict::Broken,
                    text_with(
                        "doctor-settings-broken",
                        &[
                            ("file", param("file").into()),
                            ("line", param("line").into()),
                            ("reason", param("reason").into()),
                        ],
                    ),
                    Some(text("doctor-settings-next")),
                )
            }
        }
    }

    fn check_vault(&self) -> CheckView {
        let (verdict, id, next) = match self.vault_state {
            VaultState::Open => (Verdict::Ok, "doctor-keyring-open", None),
            VaultState::Passphrase => (Verdict::Limited, "doctor-keyring-passphrase", None),
            VaultState::Opening => (Verdict::Limited, "doctor-keyring-opening", None),
            VaultState::Locked => {
                (Verdict::Broken, "doctor-keyring-locked", Some("doctor-keyring-locked-next"))
            }
            VaultState::Absent => {
                (Verdict::Broken, "doctor-keyring-absent", Some("doctor-keyring-absent-next"))
            }
            VaultState::Failed => {
                (Verdict::Broken, "doctor-keyring-failed", Some("doctor-keyring-locked-next"))
            }
        };
        check("keyring", verdict, text(id), next.map(text))
    }

    fn check_journal(&self) -> CheckView {
        if self.stores.is_some() {
            check("journal", Verdict::Ok, text("doctor-journal-open"), None)
        } else {
            let next = Some(text("doctor-keyring-locked-next"));
            check("journal", Verdict::Broken, text("doctor-journal-closed"), next)
        }
    }

    fn check_outbox(&self) -> CheckView {
        if self.counts.parked == 0 {
            return check("outbox", Verdict::Ok, text("doctor-outbox-ok"), None);
        }
        let words = text_with("doctor-outbox-parked", &[("count", self.counts.parked.into())]);
        check("outbox", Verdict::Limited, words, Some(text("doctor-outbox-next")))
    }
}

fn check(link: &str, verdict: Verdict, words: String, next: Option<String>) -> CheckView {
    CheckView { link: link.to_owned(), name: None, verdict, text: words, next }
}

fn off(link: &str) -> CheckView {
    let next = Some(text(&format!("doctor-{link}-next")));
    check(link, Verdict::Off, text(&format!("doctor-{link}-none")), next)
}

fn check_link(link: &str, view: &LinkView) -> CheckView {
    let (verdict, id) = match view.health {
        HealthState::Up => (Verdict::Ok, "doctor-link-up"),
        HealthState::Connecting | HealthState::Unknown => (Verdict::Limited, "doctor-link-trying"),
        HealthState::Down => (Verdict::Broken, "doctor-link-down"),
        HealthState::SignedOut => (Verdict::Broken, "doctor-link-signed-out"),
    };
    let words = text_with(
        id,
        &[
            ("address", view.address.clone().unwrap_or_default().into()),
            ("detail", view.detail.clone().unwrap_or_default().into()),
        ],
    );
    let next = match view.health {
        HealthState::Down => Some(view.why.map_or_else(
            || text(&format!("doctor-{link}-down-next")),
            |why| text(&format!("link-fault-{}-next", why.name())),
        )),
        HealthState::SignedOut => Some(text("doctor-account-signed-out-next")),
        _ => None,
    };
    CheckView {
        name: Some(view.name.clone()),
        ..check(link, verdict, words.trim().to_owned(), next)
    }
}

fn check_notifications(state: &Notifications) -> CheckView {
    match state {
        Notifications::Up { daemon, actions } => {
            let verdict = if *actions { Verdict::Ok } else { Verdict::Limited };
            let words = text_with("doctor-notifications-up", &[("daemon", daemon.clone().into())]);
            check("notifications", verdict, words, None)
        }
        Notifications::Down { reason } => check(
            "notifications",
            Verdict::Limited,
            text_with("doctor-notifications-down", &[("reason", reason.clone().into())]),
            Some(text("doctor-notifications-next")),
        ),
    }
}

/// Under Wayland the pop can neither stay on top nor choose its place: the app runs through
/// XWayland where it can, else the notification alone serves.
fn check_display() -> CheckView {
    let has = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    match (has("DISPLAY"), has("WAYLAND_DISPLAY")) {
        (true, false) => check("display", Verdict::Ok, text("doctor-display-x11"), None),
        (true, true) => check("display", Verdict::Ok, text("doctor-display-xwayland"), None),
        (false, true) => {
            let next = Some(text("doctor-display-wayland-next"));
            check("display", Verdict::Limited, text("doctor-display-wayland"), next)
        }
        (false, false) => check("display", Verdict::Off, text("doctor-display-none"), None),
    }
}
