//! The two clocks of this process, read once where an event comes in.

use std::sync::OnceLock;
use std::time::Instant;

use jiff::Timestamp;
use ringside_domain::Moment;

/// Now, on both clocks. `mono` counts from the first call in this process.
pub fn now() -> Moment {
    static START: OnceLock<Instant> = OnceLock::new();
    Moment { wall: Timestamp::now(), mono: START.get_or_init(Instant::now).elapsed() }
}
