//! The only writer to a CRM. Journal row first, network after; a row whose outcome is unknown is
//! looked for by its key before any resend.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::log::{LogFailure, LogFailureCode, Setback};
use ringside_domain::{AccountId, CallId, LogEntry, LogState};
use ringside_protocol::view::OutboxRow;
use ringside_protocol::{Event, Reply};

use super::sending::{Failed, attempt, detail};
use super::{Answer, Controller, Tick, answers};
use crate::view;

/// Entries on their way, as the journal holds them.
#[derive(Debug, Default)]
pub(crate) struct Outbox {
    entries: BTreeMap<(CallId, AccountId), Outgoing>,
}

#[derive(Clone, Debug)]
struct Outgoing {
    entry: LogEntry,
    state: LogState,
    /// A task holds it; no other may touch it.
    busy: bool,
    /// It changed while a task held it: what was sent is not what is wanted.
    changed: bool,
}

impl Outbox {
    /// Whether an entry is on its way, or comes to be at a time of its own.
    pub(super) fn is_waiting(&self) -> bool {
        let waits = |state: &LogState| {
            matches!(state, LogState::Draft | LogState::Parked { .. } | LogState::Done { .. })
        };
        self.entries.values().any(|out| !waits(&out.state))
    }

    pub(super) fn has(&self, call: CallId) -> bool {
        self.entries.keys().any(|(id, _)| *id == call)
    }
}

fn key(entry: &LogEntry) -> (CallId, AccountId) {
    (entry.call, entry.account().clone())
}

impl Controller {
    /// Sets entry and state, in memory and in the journal, and tells everybody.
    pub(super) fn set_log(&mut self, entry: LogEntry, state: LogState) {
        let (ticks, event) = (self.ticks.clone(), log_event(&entry, &state));
        let (call, landed) = (entry.call, matches!(state, LogState::Done { .. }));
        // Told once it is safe on disk: what was told is never lost.
        self.scribe.log(entry.clone(), state.clone(), move || {
            let then = move |c: &mut Self| {
                c.emit(event);
                if landed {
                    c.widget_log_landed(call);
                }
            };
            let _ = ticks.send(Tick::Then(Box::new(then)));
        });
        self.hold_log(entry, state);
    }

    /// Takes over what the journal already holds.
    fn know_log(&mut self, entry: LogEntry, state: LogState) {
        self.emit(log_event(&entry, &state));
        self.hold_log(entry, state);
    }

    fn hold_log(&mut self, entry: LogEntry, state: LogState) {
        let id = entry.call;
        let key = key(&entry);
        let unsent = !state.is_final();
        if unsent {
            let busy = self.outbox.entries.get(&key).is_some_and(|known| known.busy);
            self.outbox.entries.insert(
                key.clone(),
                Outgoing { entry: entry.clone(), state: state.clone(), busy, changed: false },
            );
        } else {
            self.outbox.entries.remove(&key);
        }
        if let Some(desk) = self.desks.get_mut(&id) {
            let over = desk.call.is_over();
            if over {
                // The pop waits for the outcome, and stays with a log that needs a person.
                desk.close_at = match &state {
                    LogState::Done { .. } | LogState::Retry { .. } | LogState::Declined => {
                        Some(super::rings::soon(super::desk::LINGER))
                    }
                    _ => None,
                };
                desk.keep_open = false;
            }
            desk.logs.retain(|(known, _)| known.account() != &key.1);
            desk.logs.push((entry, state));
            self.dirty.insert(id);
        }
        self.count();
    }

    /// Takes a log back that has not left.
    pub(super) fn remove_log(&mut self, entry: &LogEntry) {
        self.outbox.entries.remove(&key(entry));
        self.scribe.remove_log(entry.call, entry.account().clone());
        self.count();
    }

    /// The journal is open: takes up what an earlier run left. What was being sent is unknown.
    pub(super) fn take_up_outbox(&mut self, unsent: Vec<(LogEntry, LogState)>) {
        let now = Timestamp::now();
        for (entry, state) in unsent {
            if self.outbox.entries.contains_key(&key(&entry)) {
                continue;
            }
            match state.recovered(now) {
                Some(state) => self.set_log(entry, state),
                None => self.know_log(entry, state),
            }
        }
    }

    /// Sends what is due.
    pub(super) fn pump_outbox(&mut self, now: Timestamp) {
        if self.stores.is_none() || !self.listening {
            return;
        }
        let counted = self.countdown_now(now);
        let popped = |id| self.desks.get(id).is_some_and(|desk| desk.popped);
        let due: Vec<(CallId, AccountId)> = self
            .outbox
            .entries
            .iter()
            .filter(|((id, _), out)| {
                // A log whose undo is still on screen waits as long as the pop is held.
                let undoable = matches!(out.state, LogState::Ready { .. }) && popped(id);
                !out.busy && is_due(&out.state, if undoable { counted } else { now })
            })
            .map(|(key, _)| key.clone())
            .collect();
        for key in due {
            // One at a time for each account: its limits are kept, and order is kept.
            let busy = self.outbox.entries.iter().any(|((_, a), out)| a == &key.1 && out.busy);
            if !busy {
                self.send_log(key, now);
            }
        }
    }

    fn send_log(&mut self, key: (CallId, AccountId), now: Timestamp) {
        let Some(out) = self.outbox.entries.get_mut(&key) else { return };
        let Some(crm) = self.accounts.get(&key.1).and_then(|account| account.crm.clone()) else {
            let known = self.accounts.get(&key.1);
            let code = match known {
                None => LogFailureCode::NoAccount,
                Some(account) => account.log_failure(),
            };
            // Said once: an entry that already waits for the same reason only waits on. The account
            // wakes it when it opens.
            let said = view::reason(&out.state).is_some_and(|reason| reason.code == code);
            if !said {
                let (entry, unknown) = (out.entry.clone(), out.state.must_reconcile());
                let failure = LogFailure { code, detail: None };
                let setback = Setback { failure, unknown, retry_after: None };
                let waits = out.state.start_sending(now).and_then(|s| s.failed(setback, now, 0.5));
                if let Some(state) = waits {
                    self.set_log(entry, state);
                }
            }
            return;
        };
        out.busy = true;
        out.changed = false;
        let (entry, from) = (out.entry.clone(), out.state.clone());
        let Some(to) = from.start_sending(now) else {
            out.busy = false;
            return;
        };
        let moved = self.scribe.move_log(entry.clone(), from.clone(), to.clone());
        self.spawn(moved, move |c, moved| match moved {
            Ok(true) => {
                c.set_state(&key, to.clone());
                let attempt = attempt(crm, entry, from.clone());
                c.spawn(attempt, move |c, result| c.sent(&key, &to, &from, result));
            }
            Ok(false) | Err(_) => {
                // Somebody changed the row meanwhile; the next round sees what it is now.
                if let Some(out) = c.outbox.entries.get_mut(&key) {
                    out.busy = false;
                }
                if let Err(error) = moved {
                    c.write_failed(&error);
                }
            }
        });
    }

    fn set_state(&mut self, key: &(CallId, AccountId), state: LogState) {
        let Some(out) = self.outbox.entries.get(key) else { return };
        let (entry, changed) = (out.entry.clone(), out.changed);
        self.know_log(entry, state);
        if let Some(out) = self.outbox.entries.get_mut(key) {
            out.changed |= changed;
        }
    }

    fn sent(
        &mut self,
        key: &(CallId, AccountId),
        sending: &LogState,
        from: &LogState,
        result: Result<String, Failed>,
    ) {
        let now = Timestamp::now();
        let Some(out) = self.outbox.entries.get_mut(key) else { return };
        out.busy = false;
        let changed = out.changed;
        let entry = out.entry.clone();
        let state = match &result {
            Ok(remote_id) => sending.succeeded(remote_id.clone(), now),
            Err(Failed { error, written }) => {
                let retry_after = match error {
                    ringside_web::Error::RateLimited { retry_after } => *retry_after,
                    _ => None,
                };
                let failure = LogFailure {
                    code: ringside_crm::error::log_failure(error),
                    detail: detail(error),
                };
                // What may be there already must be looked for before it is sent again.
                let unknown = *written
                    || matches!(error, ringside_web::Error::Ambiguous(_))
                    || from.must_reconcile()
                    || matches!(from, LogState::Outdated { .. });
                let setback = Setback { failure, unknown, retry_after };
                sending.failed(setback, now, rand::random())
            }
        };
        // `sending` is a state of being sent, so both steps fit it.
        let Some(state) = state else { return };
        self.account_answered(&key.1, result.as_ref().err().map(|failed| &failed.error));
        self.set_log(entry, state);
        if changed {
            self.refresh_entries(key.0);
        }
    }

    /// The note, deal or outcome changed: entries that wait take it over, and those that are in
    /// the CRM are brought up to date there.
    pub(super) fn refresh_entries(&mut self, id: CallId) {
        let Some(desk) = self.desks.get(&id) else { return };
        let logs = desk.logs.clone();
        for (entry, state) in logs {
            let Some(desk) = self.desks.get(&id) else { return };
            let Some(chosen) = desk.choice.of(entry.account()).cloned() else { continue };
            let fresh = self.compose(desk, &chosen);
            if fresh == entry {
                continue;
            }
            match &state {
                LogState::Declined => {}
                LogState::Sending { .. } => {
                    if let Some(out) = self.outbox.entries.get_mut(&key(&entry)) {
                        out.changed = true;
                    }
                }
                LogState::Done { remote_id, .. } => {
                    let at = super::rings::soon(UPDATE_AFTER);
                    let state = LogState::Outdated { remote_id: remote_id.clone(), at };
                    self.set_log(fresh, state);
                }
                LogState::Outdated { remote_id, .. } => {
                    let at = super::rings::soon(UPDATE_AFTER);
                    let state = LogState::Outdated { remote_id: remote_id.clone(), at };
                    self.set_log(fresh, state);
                }
                _ => self.set_log(fresh, state),
            }
        }
    }

    /// A parked or waiting entry is sent again now.
    pub(super) fn retry_outbox(&mut self, call: Option<CallId>, reply: Answer) {
        let now = Timestamp::now();
        let entries: Vec<Outgoing> = self
            .outbox
            .entries
            .values()
            .filter(|out| !out.busy && call.is_none_or(|call| out.entry.call == call))
            .cloned()
            .collect();
        for out in entries {
            if let Some(state) = out.state.resumed(now) {
                self.set_log(out.entry, state);
            }
        }
        self.pump_outbox(now);
        answers::done(reply);
    }

    /// An account works again: what waited for it goes now.
    pub(super) fn wake_outbox(&mut self, account: &AccountId) {
        let now = Timestamp::now();
        let waiting: Vec<Outgoing> = self
            .outbox
            .entries
            .iter()
            .filter(|((_, a), out)| {
                a == account && !out.busy && matches!(out.state, LogState::Retry { .. })
            })
            .map(|(_, out)| out.clone())
            .collect();
        for out in waiting {
            if let Some(state) = out.state.woken(now) {
                self.set_log(out.entry, state);
            }
        }
    }

    pub(super) fn outbox_rows(&self, reply: Answer) {
        let rows = self
            .outbox
            .entries
            .values()
            .map(|out| OutboxRow {
                call: out.entry.call,
                subject: out.entry.subject.clone(),
                attempts: attempts(&out.state),
                log: view::log(
                    &out.entry,
                    &out.state,
                    &self.account_name(out.entry.account()),
                    false,
                ),
            })
            .collect();
        let _ = reply.send(Ok(Reply::Outbox(rows)));
    }
}

/// Changes of a log that is in the CRM are gathered for this long.
const UPDATE_AFTER: Duration = Duration::from_secs(2);

fn log_event(entry: &LogEntry, state: &LogState) -> Event {
    Event::Log {
        call_id: entry.call,
        account: entry.account().clone(),
        state: state.stage(),
        remote_id: view::remote_id(state),
        reason: view::reason(state),
    }
}

fn is_due(state: &LogState, now: Timestamp) -> bool {
    state.due_at().is_some_and(|at| at <= now)
}

fn attempts(state: &LogState) -> u32 {
    match state {
        LogState::Sending { attempt, .. } | LogState::Retry { attempt, .. } => *attempt,
        _ => 0,
    }
}
