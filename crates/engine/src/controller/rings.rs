//! From what softphones say to calls at hand and pops.

use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::matching::Lookup;
use ringside_domain::tracker::{Change, ChangeKind};
use ringside_domain::{
    Call, CallId, Direction, EndReason, HealthState, LogState, NumberKind, SourceEvent, SourceId,
};
use ringside_protocol::event::LinkKind;
use ringside_protocol::{At, Event};
use ringside_softphone::clock;

use super::Controller;
use super::desk::{DECIDE, Desk, LINGER};
use crate::Alert;
use crate::view;

impl Controller {
    pub(super) fn source_event(&mut self, event: SourceEvent) {
        match event {
            SourceEvent::Call(event) => {
                let changes = self.tracker.apply(&event, &mut new_id);
                self.changes(changes);
            }
            SourceEvent::Snapshot { source, live, received } => {
                let changes = self.tracker.snapshot(&source, &live, received, &mut new_id);
                self.changes(changes);
                self.show_restored(&source);
            }
            // Kept, and not logged yet.
            SourceEvent::Message(message) => self.scribe.message(message),
            SourceEvent::Health(health) => self.source_health(health),
        }
    }

    /// Calls of an earlier run that their softphone still has get their pop back.
    fn show_restored(&mut self, source: &SourceId) {
        for (id, desk) in &mut self.desks {
            let of_source = desk.call.keys.iter().any(|key| &key.source == source);
            if desk.restored && of_source && !desk.call.is_over() {
                desk.restored = false;
                desk.popped = desk.call.alert && !self.paused;
                desk.alerting = desk.popped.then_some(Alert::Ring);
                self.dirty.insert(*id);
            }
        }
    }

    pub(super) fn track_time(&mut self) {
        let changes = self.tracker.tick(clock::now());
        self.changes(changes);
    }

    /// Live calls leave a sign of life in the journal, so that a crash leaves an honest end.
    pub(super) fn heartbeat(&mut self) {
        let live: Vec<Call> = self.tracker.live().cloned().collect();
        for call in live {
            if let Some(desk) = self.desks.get_mut(&call.id) {
                desk.call = call;
                let id = desk.call.id;
                self.save(id);
            }
        }
    }

    pub(super) fn changes(&mut self, changes: Vec<Change>) {
        for change in changes {
            let id = change.call.id;
            match change.kind {
                ChangeKind::New => self.new_call(change.call),
                ChangeKind::Updated => self.updated_call(change.call),
                ChangeKind::Ended => self.ended_call(change.call),
            }
            self.dirty.insert(id);
        }
    }

    fn new_call(&mut self, call: Call) {
        let id = call.id;
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.call = call;
            return;
        }
        let pops = call.alert
            && !call.is_over()
            && !self.paused
            && (call.direction == Direction::Inbound || self.config.settings().pop.outbound);
        let desk = self.new_desk(call);
        self.desks.insert(id, desk);
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.popped = pops;
            desk.alerting = pops.then_some(Alert::Ring);
        }
        // The name comes from the directory at once; accounts are asked behind it.
        self.look_in_directory(id);
        self.publish();
        self.ask_accounts(id, false);
        self.warm_accounts(id);
        self.ask_history(id);
        self.emit_call(id);
    }

    /// A desk for a call, exempt from logging by itself where there is nobody to log to.
    pub(super) fn new_desk(&self, call: Call) -> Desk {
        let settings = self.config.settings();
        let exempt = match call.number.kind {
            NumberKind::Number | NumberKind::SipAddress | NumberKind::Unparsable => false,
            NumberKind::Extension => !settings.log.internal,
            NumberKind::Anonymous | NumberKind::ShortCode | NumberKind::StarCode => true,
        };
        let lookup = self.new_lookup(&call);
        let mut desk = Desk::new(call, lookup);
        desk.exempt = exempt;
        desk
    }

    fn updated_call(&mut self, call: Call) {
        let id = call.id;
        let Some(desk) = self.desks.get_mut(&id) else {
            return self.new_call(call);
        };
        let renumbered = desk.call.number != call.number;
        let changed = desk.call.state != call.state;
        desk.call = call;
        if renumbered {
            let lookup = self.new_lookup_of(id);
            if let (Some(desk), Some(lookup)) = (self.desks.get_mut(&id), lookup) {
                desk.lookup = lookup;
                desk.asks.clear();
                self.look_in_directory(id);
                self.ask_accounts(id, false);
            }
        }
        if changed {
            self.emit_call(id);
        }
    }

    fn ended_call(&mut self, call: Call) {
        let id = call.id;
        if !self.desks.contains_key(&id) {
            let desk = self.new_desk(call.clone());
            self.desks.insert(id, desk);
            self.look_in_directory(id);
            self.ask_accounts(id, false);
        }
        let Some(desk) = self.desks.get_mut(&id) else { return };
        desk.call = call;
        desk.touched_at = Timestamp::now();
        if desk.call.reason == Some(EndReason::AnsweredElsewhere) {
            desk.exempt = true;
            desk.close_at = Some(soon(LINGER));
        } else {
            desk.close_at = Some(soon(DECIDE));
        }
        self.after_end(id);
        // The end is told once it is on disk with what is to become of its log: a kill right after
        // it leaves the end, not "lost", and the plan.
        self.save(id);
        let written = self.scribe.catch_up();
        self.spawn(written, move |c, _| c.emit_call(id));
    }

    /// The log of a call that is over: what was decided during the call goes out now, the rest by
    /// policy.
    pub(super) fn after_end(&mut self, id: CallId) {
        let Some(desk) = self.desks.get(&id) else { return };
        if desk.logs.iter().any(|(_, state)| matches!(state, LogState::Draft)) {
            return self.release_drafts(id);
        }
        self.plan_auto_log(id);
    }

    /// Removes pops whose time has come, and logs what logs itself.
    pub(super) fn end_countdowns(&mut self, now: Timestamp) {
        let mut due = Vec::new();
        for (id, desk) in &mut self.desks {
            if desk.popped
                && !desk.keep_open
                && desk.auto_log_at.is_none()
                && desk.close_at.is_some_and(|at| at <= now)
            {
                desk.popped = false;
                self.pops_changed = true;
                self.dirty.insert(*id);
            }
            if !desk.keep_open && desk.auto_log_at.is_some_and(|at| at <= now) {
                due.push(*id);
            }
        }
        for id in due {
            self.auto_log(id);
        }
    }

    /// Lets go of calls that are over, unpopped and settled; the journal has them.
    pub(super) fn tidy(&mut self, now: Timestamp) {
        let outbox = &self.outbox;
        let stores_open = self.stores.is_some();
        self.desks.retain(|id, desk| {
            let settled = desk.call.is_over()
                && !desk.popped
                && desk.auto_log_at.is_none()
                && !desk.awaits_match
                && !outbox.has(*id)
                && desk.saved.is_some();
            let old = now.duration_since(desk.touched_at).as_secs() > KEEP_AT_HAND_S;
            !(stores_open && settled && old)
        });
    }

    fn source_health(&mut self, health: ringside_domain::Health) {
        if health.state == HealthState::Down {
            // Nobody can say how long they still talk: the clock of its calls stands.
            self.tracker.link_lost(&health.source, clock::now());
        }
        let Some(source) = self.sources.get_mut(&health.source) else { return };
        let retry_at = health.retry_in.map(soon);
        let changed = source.health != health.state || source.detail != health.detail;
        source.health = health.state;
        source.why = health.fault;
        source.detail.clone_from(&health.detail);
        source.retry_at = retry_at;
        if health.state == HealthState::Up {
            source.checked_at = Some(Timestamp::now());
        }
        // An inlet that listens nowhere has no link that could be up or down.
        if changed && self.config.settings().softphones.contains(&source.settings) {
            let name = source.settings.name.clone();
            self.emit(Event::Health {
                link: LinkKind::Softphone,
                id: health.source.to_string(),
                name,
                state: health.state,
                detail: health.detail,
                retry_at: retry_at.map(At),
            });
        }
    }

    pub(super) fn emit_call(&mut self, id: CallId) {
        let Some(desk) = self.desks.get(&id) else { return };
        let call = view::call(&desk.call);
        self.emit(Event::Call { reason: call.reason, duration_s: call.duration_s, call });
    }

    /// A fresh search for a call's number over the accounts of today.
    pub(super) fn new_lookup_of(&self, id: CallId) -> Option<Lookup> {
        self.desks.get(&id).map(|desk| self.new_lookup(&desk.call))
    }
}

/// How long an ended call stays at hand.
const KEEP_AT_HAND_S: i64 = 120;

/// A new id for a call first seen then.
pub(super) fn new_id(at: Timestamp) -> CallId {
    CallId::new(at, rand::random())
}

/// The instant this far from now.
pub(super) fn soon(after: Duration) -> Timestamp {
    let now = Timestamp::now();
    jiff::SignedDuration::try_from(after).ok().and_then(|d| now.checked_add(d).ok()).unwrap_or(now)
}
