//! Native notifications: one for each pop, updated in place, closed at the end.

use std::collections::BTreeSet;

use ringside_domain::{CallId, CallState, ContactRef, LookupStatus, NumberKind};
use ringside_notify::{Notice, Response};
use ringside_protocol::Command;
use ringside_protocol::view::{MatchView, PopView};
use ringside_words::{text, text_with};
use tokio::sync::oneshot;

use super::Controller;

/// A notification offers to pick among so many matches; with more, the pop is the place.
const FEW: usize = 3;

impl Controller {
    pub(super) fn notify(&mut self, changed: &BTreeSet<CallId>) {
        if !self.config.settings().pop.notification {
            return;
        }
        for id in changed {
            let Some(desk) = self.desks.get_mut(id) else { continue };
            let key = id.to_string();
            match &desk.view {
                // After the end the pop alone stays: a notification is for a call that is there.
                Some(view) if !desk.call.is_over() => {
                    let alert = !std::mem::replace(&mut desk.notified, true);
                    self.notifier.show(notice(key, view, alert));
                }
                Some(_) | None => self.notifier.close(&key),
            }
        }
    }

    pub(super) fn notification(&mut self, response: Response) {
        let (key, action) = match response {
            Response::Opened { key } => (key, None),
            Response::Action { key, action } => (key, Some(action)),
            Response::Closed { .. } => return,
        };
        let Some(call) = CallId::parse(&key) else { return };
        match action.as_deref().and_then(|action| action.strip_prefix(PICK)) {
            Some(contact) => {
                // The action names a contact, never a position; a late update cannot change it.
                if let Ok(contact) = serde_json::from_str::<ContactRef>(contact) {
                    self.command(Command::Choose { call, revision: None, contact }, deaf());
                }
            }
            None => {
                self.command(Command::ShowPop { call: Some(call) }, deaf());
                self.open_only_match(call);
            }
        }
    }

    /// "Open" on a notification with one match opens that contact's page.
    fn open_only_match(&mut self, call: CallId) {
        let found = self.desks.get(&call).and_then(|desk| desk.face());
        if let Some(contact) = found.map(|m| m.contact.reference.clone())
            && let Some(url) = self.contact_page(&contact)
        {
            self.open_url(url);
        }
    }
}

const PICK: &str = "pick:";

/// A reply nobody waits for.
fn deaf() -> super::Answer {
    oneshot::channel().0
}

fn notice(key: String, view: &PopView, alert: bool) -> Notice {
    let number = &view.call.remote.number;
    let mut actions = Vec::new();
    let chosen = view.chosen.first();
    let single = match chosen {
        Some(chosen) => view.matches.iter().find(|m| m.contact == chosen.contact),
        None if view.matches.len() == 1 => view.matches.first(),
        None => None,
    };
    let (summary, mut lines) = match single {
        Some(found) => (found.name.clone(), vec![about(found), number.display.clone()]),
        None if view.matches.len() > 1 => {
            let count = u32::try_from(view.matches.len()).unwrap_or(u32::MAX);
            if view.matches.len() <= FEW {
                for found in &view.matches {
                    if let Ok(contact) = serde_json::to_string(&found.contact) {
                        actions.push((format!("{PICK}{contact}"), found.name.clone()));
                    }
                }
            }
            let fit = text_with("notify-several", &[("count", count.into())]);
            (number.display.clone(), vec![fit])
        }
        None if number.kind == NumberKind::Anonymous => {
            (text("number-withheld"), vec![text("notify-withheld")])
        }
        None => {
            let mut lines = vec![text(status_id(view.status))];
            if let Some(name) = &view.call.remote.name {
                lines.push(text_with("notify-caller-id", &[("name", name.as_str().into())]));
            }
            (number.display.clone(), lines)
        }
    };
    if single.is_some_and(|found| found.can_open) {
        actions.push(("open".to_owned(), text("notify-open")));
    } else if actions.is_empty() {
        actions.push(("show".to_owned(), text("notify-show")));
    }
    if view.call.state != CallState::Ringing {
        lines.insert(0, text("notify-on-call"));
    }
    lines.retain(|line| !line.is_empty());
    Notice { key, summary, body: lines.join("\n"), actions, alert }
}

fn about(found: &MatchView) -> String {
    [found.company.as_deref(), found.title.as_deref()]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}

fn status_id(status: LookupStatus) -> &'static str {
    match status {
        LookupStatus::Searching => "notify-searching",
        LookupStatus::NotFound => "notify-not-found",
        LookupStatus::NotLookedUp => "notify-not-looked-up",
        LookupStatus::Found => "notify-found",
        LookupStatus::Partial | LookupStatus::Failed => "notify-failed",
    }
}
