//! While a pointer rests on the pop, no countdown runs and nothing leaves: neither the pop, nor a
//! call that logs itself, nor a log whose undo is still offered.

use jiff::{SignedDuration, Timestamp};
use ringside_domain::{LogEntry, LogState};

use super::{Answer, Controller, answers};

/// A hold that is not renewed ends after this long: a window that died, or a pointer left lying
/// on the pop by somebody who went on with the keyboard, must not keep a log from the CRM.
const RENEWED_S: i64 = 20;

/// A pointer rests on the pop.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    since: Timestamp,
    renewed: Timestamp,
}

impl Controller {
    /// The pointer came, is still there, or left.
    pub(super) fn hold_pops(&mut self, held: bool, reply: Answer) {
        let now = Timestamp::now();
        if held {
            let hold = self.hold.get_or_insert(Hold { since: now, renewed: now });
            hold.renewed = now;
        } else {
            self.release_pops(now);
        }
        answers::done(reply);
    }

    /// Ends a hold that nobody renews, or that has no pop left to rest on.
    pub(super) fn check_hold(&mut self, now: Timestamp) {
        let Some(hold) = self.hold else { return };
        let stale = now.duration_since(hold.renewed).as_secs() > RENEWED_S;
        if stale || !self.desks.values().any(|desk| desk.popped) {
            self.release_pops(now);
        }
    }

    /// The instant up to which countdowns have run: now, or when the hold began.
    pub(super) fn countdown_now(&self, now: Timestamp) -> Timestamp {
        self.hold.map_or(now, |hold| hold.since)
    }

    /// Every countdown goes on where it stood.
    fn release_pops(&mut self, now: Timestamp) {
        let Some(hold) = self.hold.take() else { return };
        let passed = now.duration_since(hold.since);
        let later = |at: Timestamp| at.checked_add(passed).unwrap_or(at);
        let mut moved: Vec<(LogEntry, Timestamp)> = Vec::new();
        for (id, desk) in self.desks.iter_mut().filter(|(_, desk)| desk.popped) {
            for at in [&mut desk.close_at, &mut desk.auto_log_at].into_iter().flatten() {
                *at = later(*at);
            }
            for (entry, state) in &desk.logs {
                if let LogState::Ready { at } = state
                    && *at > hold.since
                {
                    moved.push((entry.clone(), later(*at)));
                }
            }
            self.dirty.insert(*id);
        }
        if passed > SignedDuration::ZERO {
            for (entry, at) in moved {
                self.set_log(entry, LogState::Ready { at });
            }
        }
    }
}
