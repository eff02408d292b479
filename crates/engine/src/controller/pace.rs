//! How often time passes: quickly while something counts down, seldom while nothing happens, so
//! that an idle computer may sleep.

use std::time::Duration;

use super::Controller;
use super::desk::Desk;

/// While a call is at hand. Countdowns shown to people run in the face; this only acts on them.
const BUSY: Duration = Duration::from_millis(250);
/// While nothing is due; an edit of the settings file is seen this late at the most.
const IDLE: Duration = Duration::from_secs(4);

impl Controller {
    /// The time from one tick of the clock to the next, as things stand now.
    pub(super) fn pace(&self) -> Duration {
        let busy = self.held_back.is_some()
            || self.hold.is_some()
            || self.outbox.is_waiting()
            || self.desks.values().any(Desk::is_busy);
        if busy { BUSY } else { IDLE }
    }
}
