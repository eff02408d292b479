//! What everybody sees after each tick: pops, notifications, tray, and what the journal keeps.

use std::collections::BTreeMap;

use ringside_domain::log::LogPolicy;
use ringside_domain::matching::{AccountAnswer, Lookup};
use ringside_domain::{AccountId, CallId, CallState};
use ringside_protocol::view::{AccountLookupState, CreateTarget, LookupView, PopView};
use ringside_protocol::{At, Event};
use ringside_words::{text, text_with};

use super::Controller;
use super::desk::{Ask, Desk};
use crate::desktop::{Tray, TrayState};
use crate::view;

impl Controller {
    /// Shows and saves what the last tick changed.
    pub(super) fn publish(&mut self) {
        if self.dirty.is_empty() && !self.pops_changed {
            return;
        }
        let dirty = std::mem::take(&mut self.dirty);
        let mut alert = None;
        let mut changed = std::mem::take(&mut self.pops_changed);
        for id in &dirty {
            changed |= self.refresh_pop(*id);
            if let Some(desk) = self.desks.get_mut(id) {
                alert = alert.max(desk.alerting.take());
            }
        }
        if changed {
            let window = self.config.settings().pop.window;
            let pops = if window { self.pops() } else { Vec::new() };
            self.desktop.show_pops(&pops, alert);
            self.notify(&dirty);
            self.show_tray();
        }
        for id in dirty {
            self.save(id);
        }
    }

    /// The pops that are up, the oldest call first.
    pub(super) fn pops(&self) -> Vec<PopView> {
        self.desks
            .values()
            .filter(|desk| desk.popped)
            .filter_map(|desk| desk.view.clone())
            .collect()
    }

    /// Builds the snapshot of one call anew; says whether what is on screen changed.
    fn refresh_pop(&mut self, id: CallId) -> bool {
        let Some(desk) = self.desks.get(&id) else { return false };
        if !desk.popped {
            let was_up = desk.view.is_some();
            if was_up {
                if let Some(desk) = self.desks.get_mut(&id) {
                    desk.view = None;
                }
                self.emit(Event::PopClosed { call_id: id });
            }
            return was_up;
        }
        let mut view = self.pop_view(desk);
        if desk.view.as_ref() == Some(&view) {
            return false;
        }
        let Some(desk) = self.desks.get_mut(&id) else { return false };
        desk.revision += 1;
        view.revision = desk.revision;
        desk.view = Some(view.clone());
        self.emit(Event::Pop(view));
        true
    }

    /// The snapshot of a call, with the revision it has now.
    pub(super) fn pop_view(&self, desk: &Desk) -> PopView {
        let settings = self.config.settings();
        let matches = desk.lookup.matches();
        PopView {
            revision: desk.revision,
            call: view::call(&desk.call),
            status: desk.lookup.status(),
            accounts: self.lookup_views(&desk.lookup, &desk.asks),
            matches: matches
                .iter()
                .map(|found| {
                    view::matched(found, self.contact_page(&found.contact.reference).is_some())
                })
                .collect(),
            chosen: desk.choice.chosen().to_vec(),
            note: desk.note.clone(),
            message: desk.lookup.message.clone(),
            logs: self.log_views(desk),
            plan: desk.plan(settings.log.policy == LogPolicy::Auto),
            fields: self.field_views(desk),
            create_in: self.create_targets(),
            last_call: desk.last_call.clone(),
        }
    }

    pub(super) fn log_views(&self, desk: &Desk) -> Vec<ringside_protocol::view::LogView> {
        desk.logs
            .iter()
            .map(|(entry, state)| {
                let name = self.account_name(entry.account());
                view::log(entry, state, &name, self.log_page(entry, state).is_some())
            })
            .collect()
    }

    pub(super) fn lookup_views(
        &self,
        lookup: &Lookup,
        asks: &BTreeMap<AccountId, Ask>,
    ) -> Vec<LookupView> {
        let found_in = |account| {
            lookup.matches().iter().filter(|m| &m.contact.reference.account == account).count()
        };
        lookup
            .accounts
            .iter()
            .map(|(account, answer)| LookupView {
                account: account.clone(),
                name: self.account_name(account),
                state: match answer {
                    AccountAnswer::Pending => AccountLookupState::Searching,
                    AccountAnswer::Answered { .. } => AccountLookupState::Answered,
                    AccountAnswer::Failed { reason, .. } => {
                        AccountLookupState::Failed { reason: *reason }
                    }
                },
                found: u32::try_from(found_in(account)).unwrap_or(u32::MAX),
                checked_at: match answer {
                    AccountAnswer::Answered { at, .. } => Some(At(*at)),
                    AccountAnswer::Pending | AccountAnswer::Failed { .. } => None,
                },
                retry_at: asks.get(account).and_then(|ask| ask.retry_at).map(At),
            })
            .collect()
    }

    pub(super) fn create_targets(&self) -> Vec<CreateTarget> {
        self.accounts
            .values()
            .filter_map(|account| {
                let capabilities = account.crm.as_ref()?.capabilities();
                (!capabilities.create.is_empty()).then(|| CreateTarget {
                    account: account.settings.id.clone(),
                    name: account.settings.name.clone(),
                    types: capabilities.create,
                    dispositions: capabilities.dispositions,
                })
            })
            .collect()
    }

    /// Writes a call if what the journal holds of it has changed.
    pub(super) fn save(&mut self, id: CallId) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let mut record = desk.record();
        // Notes and logs are written by their own commands.
        if let Some(saved) = &desk.saved {
            record.note.clone_from(&saved.note);
            record.logs.clone_from(&saved.logs);
            if *saved == record {
                return;
            }
        }
        desk.saved = Some(record.clone());
        self.scribe.record(record);
        self.count();
    }

    pub(super) fn show_tray(&self) {
        let ringing = self
            .desks
            .values()
            .find(|desk| !desk.call.is_over() && desk.call.state == CallState::Ringing);
        let live = self.desks.values().any(|desk| !desk.call.is_over());
        let (state, line) = if self.paused {
            (TrayState::Paused, text("tray-paused"))
        } else if let Some(desk) = ringing {
            (TrayState::Ringing, text_with("tray-ringing", &[("who", who(desk).into())]))
        } else if live {
            (TrayState::Ringing, text("tray-on-call"))
        } else if self.counts.parked > 0 || self.config.problem().is_some() {
            (
                TrayState::Attention,
                text_with("tray-attention", &[("count", self.counts.parked.into())]),
            )
        } else if self.counts.unlogged > 0 {
            (TrayState::Idle, text_with("tray-unlogged", &[("count", self.counts.unlogged.into())]))
        } else {
            (TrayState::Idle, text("tray-idle"))
        };
        let widget = self.widget_title();
        self.desktop.show_tray(&Tray { state, text: line, paused: self.paused, widget });
    }
}

/// Who calls, in the best words there are.
pub(super) fn who(desk: &Desk) -> String {
    if let Some(found) = desk.face() {
        return found.contact.name.clone();
    }
    if desk.call.number.kind == ringside_domain::NumberKind::Anonymous {
        return text("number-withheld");
    }
    let name = desk.call.remote.name.as_deref().map(ringside_domain::text::display_name);
    match name {
        Some(name) if !name.is_empty() && desk.call.number.e164.is_none() => name,
        _ => desk.call.number.display.clone(),
    }
}
