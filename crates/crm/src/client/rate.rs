//! The rate limit of an account: ours, kept ahead of the CRM's, and the CRM's own when it says so.

use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Jitter, Quota, RateLimiter};

use crate::{Error, Urgency};

/// Longest pause that a CRM can ask for; a longer one is taken for nonsense.
const PAUSE_MAX: Duration = Duration::from_secs(24 * 3600);

/// Two buckets: everything passes `all`; background work passes `background` first, which is a
/// fifth smaller. So batches never take the last fifth, and a ring never waits behind them.
pub(crate) struct Rate {
    all: DefaultDirectRateLimiter,
    background: DefaultDirectRateLimiter,
    paused_until: Mutex<Option<Instant>>,
}

impl Rate {
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        let share = per_second.get().saturating_mul(4) / 5;
        let share = NonZeroU32::new(share).unwrap_or(NonZeroU32::MIN);
        Self {
            all: RateLimiter::direct(Quota::per_second(per_second)),
            background: RateLimiter::direct(Quota::per_second(share)),
            paused_until: Mutex::new(None),
        }
    }

    /// Waits for its turn, at most until `deadline`.
    ///
    /// # Errors
    /// [`Error::RateLimited`] when the turn comes too late; nothing was sent then.
    pub(crate) async fn turn(&self, urgency: Urgency, deadline: Instant) -> Result<(), Error> {
        let now = Instant::now();
        if let Some(wait) = self.pause().and_then(|until| until.checked_duration_since(now)) {
            if now + wait >= deadline {
                return Err(Error::RateLimited { retry_after: Some(wait) });
            }
            tokio::time::sleep(wait).await;
        }
        let turn = async {
            if urgency == Urgency::Background {
                let jitter = Jitter::up_to(Duration::from_millis(20));
                self.background.until_ready_with_jitter(jitter).await;
            }
            self.all.until_ready().await;
        };
        tokio::time::timeout_at(deadline.into(), turn)
            .await
            .map_err(|_| Error::RateLimited { retry_after: None })
    }

    /// The CRM asked us to wait: nobody sends before that.
    pub(crate) fn pause_for(&self, wait: Duration) {
        let until = Instant::now() + wait.min(PAUSE_MAX);
        let mut paused = self.paused_until.lock().unwrap_or_else(PoisonError::into_inner);
        *paused = Some(paused.map_or(until, |before| before.max(until)));
    }

    fn pause(&self) -> Option<Instant> {
        *self.paused_until.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within(millis: u64) -> Instant {
        Instant::now() + Duration::from_millis(millis)
    }

    #[tokio::test]
    async fn a_batch_leaves_a_share_for_rings() {
        let rate = Rate::new(NonZeroU32::new(10).unwrap());
        let mut sent = 0;
        // More than a second's worth, but with no time to wait for more tokens.
        while rate.turn(Urgency::Background, within(30)).await.is_ok() {
            sent += 1;
            assert!(sent < 50, "the batch was never slowed down");
        }
        assert!(sent >= 8, "only {sent}");
        assert!(rate.turn(Urgency::Live, within(30)).await.is_ok(), "the ring has to wait");
    }

    #[tokio::test]
    async fn a_pause_is_kept_and_said() {
        let rate = Rate::new(NonZeroU32::new(10).unwrap());
        rate.pause_for(Duration::from_secs(30));
        rate.pause_for(Duration::from_secs(1));
        match rate.turn(Urgency::Live, within(100)).await {
            Err(Error::RateLimited { retry_after: Some(wait) }) => {
                assert!(wait > Duration::from_secs(20) && wait <= Duration::from_secs(30));
            }
            other => panic!("{other:?}"),
        }
    }
}
