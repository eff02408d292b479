//! A limit over a sliding minute, for RingCentral's groups of requests: kept by us, so that there is
//! no refusal that could have been avoided.

use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep_until};

/// The window that RingCentral counts in, and a little for clocks.
const WINDOW: Duration = Duration::from_secs(61);

/// At most so many in any minute.
#[derive(Debug)]
pub(super) struct Pace {
    max: usize,
    sent: Mutex<VecDeque<Instant>>,
}

impl Pace {
    pub(super) fn per_minute(max: usize) -> Self {
        Self { max, sent: Mutex::default() }
    }

    /// Waits for its turn, and takes it.
    pub(super) async fn turn(&self) {
        while let Err(free_at) = self.take(Instant::now()) {
            sleep_until(free_at).await;
        }
    }

    /// Takes a turn, or says when there is one.
    fn take(&self, now: Instant) -> Result<(), Instant> {
        let mut sent = self.sent.lock().unwrap_or_else(PoisonError::into_inner);
        while sent.front().is_some_and(|first| *first + WINDOW <= now) {
            sent.pop_front();
        }
        match sent.front() {
            Some(first) if sent.len() >= self.max => Err(*first + WINDOW),
            _ => {
                sent.push_back(now);
                Ok(())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn no_minute_has_more_than_its_share() {
        let pace = Pace::per_minute(3);
        let mut at = Vec::new();
        let start = Instant::now();
        for _ in 0..8 {
            pace.turn().await;
            at.push(start.elapsed());
        }
        assert!(at.windows(4).all(|four| four[3] - four[0] >= Duration::from_secs(60)), "{at:?}");
        assert!(at[2] < Duration::from_secs(1) && at[7] < Duration::from_secs(130), "{at:?}");
    }
}
