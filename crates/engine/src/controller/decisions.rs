//! What the agent decides: whom a call belongs to, what is noted, whether it is logged.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::log::{LogPolicy, Plan, plan};
use ringside_domain::matching::Lookup;
use ringside_domain::{
    Association, CallId, Chosen, Contact, ContactRef, How, LogState, LookupStatus, Match, Origin,
    Rule, Why, text,
};
use ringside_protocol::{ErrorCode, Event, Fault, Reply};

use super::desk::LINGER;
use super::rings::soon;
use super::{Answer, Controller, answers};
use crate::Alert;

impl Controller {
    /// The agent picks a contact. An answer to an outdated snapshot still counts if the contact is
    /// there: it names the contact, never a position.
    pub(super) fn choose(&mut self, id: CallId, contact: ContactRef, reply: Answer) {
        let Some(desk) = self.desks.get(&id) else { return };
        let known = desk.lookup.matches().iter().find(|m| m.contact.reference == contact);
        if let Some(found) = known {
            let chosen = Chosen { contact, name: found.contact.name.clone(), how: How::Picked };
            self.settle(id, chosen);
            self.done_when_written(id, reply);
            return;
        }
        // Somebody else, found by name: the directory or the CRM knows the name.
        let Some(crm) = self.accounts.get(&contact.account).and_then(|a| a.crm.clone()) else {
            return answers::fault(
                reply,
                Fault::new(ErrorCode::NoSuchAccount).with("account", contact.account.as_str()),
            );
        };
        // Chosen before, such as by an earlier run of the program.
        let before = desk.choice.chosen().iter().find(|before| before.contact == contact);
        let name = before.map(|before| before.name.clone()).unwrap_or_default();
        let stores = self.stores.clone();
        self.spawn(
            async move {
                let entry = match &stores {
                    Some(stores) => stores.directory.contact(&contact).await.ok().flatten(),
                    None => None,
                };
                match entry {
                    Some(entry) => Ok((entry.contact, Origin::Directory, entry.checked_at)),
                    None => {
                        let found = crm.contact_named(&contact, &name).await?;
                        Ok((found, Origin::Crm, Timestamp::now()))
                    }
                }
            },
            move |c, result: Result<_, ringside_web::Error>| match result {
                Ok((contact, origin, at)) => {
                    c.add_match(id, contact, origin, at, How::Picked);
                    c.done_when_written(id, reply);
                }
                Err(error) => answers::fault(reply, answers::crm_fault(&error, "")),
            },
        );
    }

    /// A contact that no answer brought: created, or found by name.
    fn add_match(&mut self, id: CallId, contact: Contact, origin: Origin, at: Timestamp, how: How) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let chosen = Chosen { contact: contact.reference.clone(), name: contact.name.clone(), how };
        let why = Why { rule: Rule::Reported, field: None, origin, checked_at: at };
        desk.lookup.added(Match { contact, why, remembered: false });
        self.settle(id, chosen);
    }

    /// A person has decided.
    fn settle(&mut self, id: CallId, chosen: Chosen) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let before = desk.choice.chosen().first().map(|c| c.contact.clone());
        desk.choice.set(chosen.clone());
        let several = desk.lookup.matches().len() > 1;
        let e164 = desk.call.number.e164.clone();
        if self.config.settings().directory.remember_choices
            && (several || chosen.how == How::Picked)
            && let (Some(stores), Some(e164)) = (self.stores.clone(), e164)
        {
            let contact = chosen.contact.clone();
            self.spawn(
                async move { stores.directory.remember(&e164, &contact).await },
                |c, result| {
                    if let Err(error) = result {
                        c.write_failed(&error);
                    }
                },
            );
        }
        // A log that has not left yet follows the choice.
        if before.is_some_and(|before| before != chosen.contact) {
            self.redirect_logs(id);
        }
        self.dirty.insert(id);
        self.emit(Event::Choice { call_id: id, chosen: vec![chosen] });
        self.plan_auto_log(id);
    }

    /// What the agent decided is confirmed once it is safe on disk.
    fn done_when_written(&mut self, id: CallId, reply: Answer) {
        self.save(id);
        let written = self.scribe.catch_up();
        self.spawn(written, |_, result| match result {
            Ok(_) => answers::done(reply),
            Err(error) => answers::fault(reply, answers::store_fault(&error)),
        });
    }

    pub(super) fn forget_choice(&mut self, id: CallId, reply: Answer) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        desk.choice.clear();
        desk.auto_log_at = None;
        let e164 = desk.call.number.e164.clone();
        desk.lookup.forget_remembered();
        self.dirty.insert(id);
        self.emit(Event::Choice { call_id: id, chosen: Vec::new() });
        let (Some(stores), Some(e164)) = (self.stores.clone(), e164) else {
            return answers::done(reply);
        };
        self.spawn(async move { stores.directory.forget(&e164).await }, |_, result| {
            answers::stored(reply, result);
        });
    }

    /// Writes a note; the reply comes when it is safe on disk.
    pub(super) fn note(&mut self, id: CallId, given: &str, reply: Answer) {
        let note = text::clean_note(given);
        let length = u32::try_from(note.chars().count()).unwrap_or(u32::MAX);
        let Some(desk) = self.desks.get_mut(&id) else { return };
        desk.note.clone_from(&note);
        desk.noted_at = Some(Timestamp::now());
        if let Some(at) = &mut desk.close_at {
            // Somebody writes: the pop stays.
            *at = (*at).max(soon(super::desk::DECIDE));
        }
        if let Some(at) = &mut desk.auto_log_at {
            *at = (*at).max(soon(Duration::from_secs(5)));
        }
        self.dirty.insert(id);
        let written = self.scribe.note(id, note);
        self.spawn(written, move |c, result| match result {
            Ok(_) => {
                c.emit(Event::Note { call_id: id, length });
                c.refresh_entries(id);
                answers::done(reply);
            }
            Err(error) => answers::fault(reply, answers::store_fault(&error)),
        });
    }

    /// The agent says: log it. During the call it waits for the end.
    pub(super) fn log_now(
        &mut self,
        id: CallId,
        association: Option<Option<Association>>,
        disposition: Option<String>,
        fields: BTreeMap<String, String>,
        reply: Answer,
    ) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        if desk.choice.is_open() {
            return answers::fault(reply, Fault::new(ErrorCode::NothingChosen));
        }
        if let Some(association) = association {
            desk.association = association;
        }
        if disposition.is_some() {
            desk.disposition = disposition;
        }
        if let Err(fault) = self.fill_in(id, fields) {
            return answers::fault(reply, fault);
        }
        if let Some(missing) = self.desks.get(&id).and_then(|desk| self.missing_field(desk)) {
            let fault = Fault::new(ErrorCode::MissingField).with("field", missing.label);
            return answers::fault(reply, fault);
        }
        let undo = Duration::from_secs(u64::from(self.config.settings().log.undo_s));
        self.write_logs(id, undo);
        self.done_when_written(id, reply);
    }

    /// Makes the log of every chosen contact ready to go.
    pub(super) fn write_logs(&mut self, id: CallId, wait: Duration) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        desk.declined = false;
        desk.close_at = desk.call.is_over().then(|| soon(wait + LINGER));
        let over = desk.call.is_over();
        let chosen = desk.choice.chosen().to_vec();
        self.dirty.insert(id);
        // The call's row stands before its logs.
        self.save(id);
        for chosen in chosen {
            let Some(desk) = self.desks.get(&id) else { return };
            let entry = self.compose(desk, &chosen);
            let present = desk.logs.iter().find(|(e, _)| e.account() == entry.account());
            let state = match present.map(|(_, state)| state.clone()) {
                // The CRM has it, or is being told: what differs is brought up to date there.
                Some(
                    LogState::Done { .. } | LogState::Outdated { .. } | LogState::Sending { .. },
                ) => {
                    self.refresh_entries(id);
                    continue;
                }
                // A write whose outcome is unknown must still be looked for before any resend.
                Some(LogState::Retry { attempt, reason, unknown, .. }) => {
                    LogState::Retry { at: Timestamp::now(), attempt, reason, unknown }
                }
                Some(LogState::Parked { reason }) => {
                    let at = Timestamp::now();
                    LogState::Retry { at, attempt: 0, reason, unknown: true }
                }
                _ if over => LogState::Ready { at: soon(wait) },
                _ => LogState::Draft,
            };
            self.set_log(entry, state);
        }
        // Only now: a kill between the writes leaves the plan or the log, never neither.
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.auto_log_at = None;
            desk.awaits_match = false;
        }
    }

    /// The call is over: what was decided during it goes out.
    pub(super) fn release_drafts(&mut self, id: CallId) {
        let undo = Duration::from_secs(u64::from(self.config.settings().log.undo_s));
        self.write_logs(id, undo);
    }

    /// By policy, a call may log itself once it is over and it is certain whose it is.
    pub(super) fn plan_auto_log(&mut self, id: CallId) {
        let settings = self.config.settings().log.clone();
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let decided = desk.declined || desk.is_logged() || desk.keep_open;
        if !desk.call.is_over() || decided {
            if std::mem::take(&mut desk.awaits_match) {
                self.dirty.insert(id);
            }
            return;
        }
        let plan = plan(&settings, &desk.call, &desk.choice);
        let at = match plan {
            Plan::Auto { after } if !desk.exempt => Some(desk.auto_log_at.unwrap_or(soon(after))),
            Plan::Auto { .. } | Plan::Ask | Plan::No => None,
        };
        // An account that could not be asked may yet say whose it is, also after a restart.
        let unsure = matches!(
            desk.lookup.status(),
            LookupStatus::Searching | LookupStatus::Partial | LookupStatus::Failed
        );
        let auto = settings.policy == LogPolicy::Auto && !desk.exempt;
        let awaits = auto && plan == Plan::Ask && unsure;
        if desk.awaits_match != awaits {
            desk.awaits_match = awaits;
            self.dirty.insert(id);
        }
        if desk.auto_log_at != at {
            desk.auto_log_at = at;
            self.dirty.insert(id);
        }
    }

    pub(super) fn auto_log(&mut self, id: CallId) {
        let missing = self.desks.get(&id).and_then(|desk| self.missing_field(desk));
        match self.desks.get_mut(&id) {
            // Nobody but the agent can fill it in: the call stays among those not logged.
            Some(desk) if missing.is_some() => {
                desk.auto_log_at = None;
                desk.keep_open = true;
                self.dirty.insert(id);
            }
            _ => self.write_logs(id, Duration::ZERO),
        }
    }

    pub(super) fn dont_log(&mut self, id: CallId, reply: Answer) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let left = desk
            .logs
            .iter()
            .any(|(_, state)| matches!(state, LogState::Done { .. } | LogState::Sending { .. }));
        if left {
            return answers::fault(reply, Fault::new(ErrorCode::TooLate));
        }
        desk.declined = true;
        desk.auto_log_at = None;
        desk.awaits_match = false;
        desk.close_at = desk.call.is_over().then(|| soon(LINGER));
        let logs = desk.logs.clone();
        self.dirty.insert(id);
        for (entry, _) in logs {
            self.set_log(entry, LogState::Declined);
        }
        self.done_when_written(id, reply);
    }

    pub(super) fn undo_log(&mut self, id: CallId, reply: Answer) {
        let now = self.countdown_now(Timestamp::now());
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let late = desk.logs.iter().any(|(_, state)| match state {
            LogState::Draft | LogState::Declined => false,
            LogState::Ready { at } => *at <= now,
            _ => true,
        });
        if late {
            return answers::fault(reply, Fault::new(ErrorCode::TooLate));
        }
        desk.declined = false;
        desk.auto_log_at = None;
        // Undone means: decide again, without a clock running.
        desk.keep_open = desk.call.is_over();
        let logs = std::mem::take(&mut desk.logs);
        for (entry, _) in logs {
            self.remove_log(&entry);
        }
        self.dirty.insert(id);
        self.done_when_written(id, reply);
    }

    pub(super) fn keep_open(&mut self, id: CallId, reply: Answer) {
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.keep_open = true;
            desk.auto_log_at = None;
            desk.awaits_match = false;
            self.dirty.insert(id);
        }
        answers::done(reply);
    }

    pub(super) fn hide_pop(&mut self, id: CallId, reply: Answer) {
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.popped = false;
            self.pops_changed = true;
            self.dirty.insert(id);
        }
        answers::done(reply);
    }

    pub(super) fn show_pop(&mut self, id: CallId, reply: Answer) {
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.popped = true;
            desk.alerting = Some(Alert::Asked);
            if desk.call.is_over() {
                desk.keep_open = true;
            }
            desk.view = None;
            self.pops_changed = true;
            self.dirty.insert(id);
        }
        answers::done(reply);
    }

    /// A contact made for a call is chosen for it at once.
    pub(super) fn created_for(&mut self, id: CallId, contact: &Contact) {
        self.add_match(id, contact.clone(), Origin::Crm, Timestamp::now(), How::Created);
    }

    /// Logs that have not left follow the new choice.
    fn redirect_logs(&mut self, id: CallId) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let settled = |state: &LogState| {
            matches!(state, LogState::Done { .. } | LogState::Outdated { .. } | LogState::Declined)
        };
        if desk.logs.iter().all(|(_, state)| settled(state)) {
            return;
        }
        desk.association = None;
        desk.fields.clear();
        let undo = Duration::from_secs(u64::from(self.config.settings().log.undo_s));
        self.write_logs(id, undo);
        // Another account gets none any more; taken back only once the new log stands.
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let chosen = &desk.choice;
        let (gone, left): (Vec<_>, Vec<_>) = std::mem::take(&mut desk.logs)
            .into_iter()
            .partition(|(entry, state)| chosen.of(entry.account()).is_none() && is_unsent(state));
        desk.logs = left;
        for (entry, _) in gone {
            self.remove_log(&entry);
        }
    }

    pub(super) fn reply_created(reply: Answer, view: ringside_protocol::view::ContactView) {
        let _ = reply.send(Ok(Reply::Contact(view)));
    }

    pub(super) fn log_policy(&self) -> LogPolicy {
        self.config.settings().log.policy
    }

    /// A lookup with nobody to ask, for calls of the list.
    pub(super) fn closed_lookup(call: &ringside_domain::Call) -> Lookup {
        Lookup::new(&call.number, Vec::new(), false)
    }
}

/// Whether a log has certainly not reached its CRM.
fn is_unsent(state: &LogState) -> bool {
    matches!(
        state,
        LogState::Draft
            | LogState::Ready { .. }
            | LogState::Parked { .. }
            | LogState::Retry { unknown: false, .. }
    )
}
