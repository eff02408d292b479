//! The rate limit of an account: ours, kept ahead of the server's, and the server's own when it says so.
//! Live calls may use all of it; background work leaves a fifth of each.

use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use governor::{DefaultDirectRateLimiter, Jitter, Quota, RateLimiter};
use jiff::Timestamp;

use super::limits::Told;
use crate::Error;

/// The rate limit of an account, as the server last told it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Requests, or the server's own units, in one window.
    pub limit: u64,
    /// How many of them are left.
    pub remaining: u64,
    /// When the window begins anew.
    pub resets_at: Option<Timestamp>,
}

/// Who is asking how urgently: live calls have a share of the rate limit of their own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Urgency {
    /// A call rings, or a person waits.
    Live,
    /// Batches and verification.
    Background,
}

/// Longest pause that a server can ask for; a longer one is taken for nonsense.
const PAUSE_MAX: Duration = Duration::from_secs(24 * 3600);

/// How long a window is thought to last when the server does not say.
const WINDOW: Duration = Duration::from_secs(60);
/// Two answers whose windows end this close speak of one window.
const SAME_WINDOW: Duration = Duration::from_millis(1500);

/// Two buckets: everything passes `all`; background work passes `background` first, which is a
/// fifth smaller. So batches never take the last fifth, and a ring never waits behind them.
pub(crate) struct Rate {
    all: DefaultDirectRateLimiter,
    background: DefaultDirectRateLimiter,
    paused_until: Mutex<Option<Instant>>,
    budget: Mutex<Option<Budget>>,
}

/// What is left of the server's window, as it told and as we have sent since.
#[derive(Clone, Copy)]
struct Budget {
    limit: u64,
    remaining: u64,
    ends: Instant,
    /// The end was told, and is not our guess.
    told: bool,
}

impl Budget {
    /// When a request may go, if not now.
    fn blocked_until(&self, urgency: Urgency, now: Instant) -> Option<Instant> {
        let kept = self.limit.div_ceil(5);
        let blocked = match urgency {
            Urgency::Background => self.remaining <= kept,
            // Whose end we guess may have more: the server decides.
            Urgency::Live => self.remaining == 0 && self.told,
        };
        (blocked && now < self.ends).then_some(self.ends)
    }
}

/// A rate that stands in the code; 1 for none at all, which nobody means.
pub const fn nonzero(number: u32) -> NonZeroU32 {
    match NonZeroU32::new(number) {
        Some(number) => number,
        None => NonZeroU32::MIN,
    }
}

impl Rate {
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        let share = nonzero(per_second.get().saturating_mul(4) / 5);
        Self {
            all: RateLimiter::direct(Quota::per_second(per_second)),
            background: RateLimiter::direct(Quota::per_second(share)),
            paused_until: Mutex::new(None),
            budget: Mutex::new(None),
        }
    }

    /// Waits for its turn, at most until `deadline`.
    ///
    /// # Errors
    /// [`Error::RateLimited`] when the turn comes too late; nothing was sent then.
    pub(crate) async fn turn(&self, urgency: Urgency, deadline: Instant) -> Result<(), Error> {
        loop {
            let now = Instant::now();
            let Some(wait) = self.blocked(urgency, now) else { break };
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
            .map_err(|_| Error::RateLimited { retry_after: None })?;
        if let Some(budget) = &mut *self.budget() {
            budget.remaining = budget.remaining.saturating_sub(1);
        }
        Ok(())
    }

    /// What the server told of its window. Answers may overtake each other: within one window the
    /// smaller number is the truer one.
    pub(crate) fn learn(&self, told: Told) {
        let ends = Instant::now() + told.reset.unwrap_or(WINDOW).min(PAUSE_MAX);
        let Told { limit, mut remaining, reset } = told;
        let mut budget = self.budget();
        let mut new = Budget { limit, remaining, ends, told: reset.is_some() };
        if let Some(before) = *budget {
            let apart = before.ends.max(ends).duration_since(before.ends.min(ends));
            if before.limit == limit && new.told && before.told && apart < SAME_WINDOW {
                remaining = remaining.min(before.remaining);
                // Whole seconds shake: the later end is the safe one.
                new = Budget { remaining, ends: before.ends.max(ends), ..new };
            }
        }
        *budget = Some(new);
    }

    /// The server's window, as far as it told.
    pub(crate) fn limits(&self) -> Option<Limits> {
        let Budget { limit, remaining, ends, told } = (*self.budget())?;
        let left = ends.checked_duration_since(Instant::now());
        let resets_at =
            left.filter(|_| told).and_then(|left| Timestamp::now().checked_add(left).ok());
        let remaining = if left.is_some() { remaining } else { limit };
        Some(Limits { limit, remaining, resets_at })
    }

    /// How long a request has to wait for the server, if at all.
    fn blocked(&self, urgency: Urgency, now: Instant) -> Option<Duration> {
        let budget = self.budget().and_then(|budget| budget.blocked_until(urgency, now));
        let until = self.pause().max(budget)?;
        until.checked_duration_since(now).filter(|wait| !wait.is_zero())
    }

    fn budget(&self) -> MutexGuard<'_, Option<Budget>> {
        self.budget.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The server asked us to wait: nobody sends before that.
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

    fn told(limit: u64, remaining: u64, seconds: u64) -> Told {
        Told { limit, remaining, reset: Some(Duration::from_secs(seconds)) }
    }

    #[tokio::test]
    async fn a_batch_stops_at_the_share_of_rings_until_the_window_ends() {
        let rate = Rate::new(NonZeroU32::new(1000).unwrap());
        rate.learn(told(10, 4, 30));
        let mut sent = 0;
        let refused = loop {
            match rate.turn(Urgency::Background, within(100)).await {
                Ok(()) => sent += 1,
                Err(error) => break error,
            }
        };
        assert_eq!(sent, 2, "a fifth of 10 stays");
        assert!(matches!(refused, Error::RateLimited { retry_after: Some(wait) }
            if wait > Duration::from_secs(20)));
        for _ in 0..2 {
            rate.turn(Urgency::Live, within(100)).await.unwrap();
        }
        assert!(rate.turn(Urgency::Live, within(100)).await.is_err(), "nothing is left");
        let limits = rate.limits().unwrap();
        assert_eq!((limits.limit, limits.remaining), (10, 0));
        assert!(limits.resets_at.is_some());
    }

    #[tokio::test]
    async fn a_new_window_is_a_new_budget_and_an_overtaken_answer_is_none() {
        let rate = Rate::new(NonZeroU32::new(1000).unwrap());
        rate.learn(told(10, 1, 30));
        rate.learn(told(10, 9, 30));
        assert_eq!(rate.limits().unwrap().remaining, 1);
        rate.learn(told(10, 9, 90));
        assert_eq!(rate.limits().unwrap().remaining, 9);
        rate.learn(told(10, 0, 1));
        let started = Instant::now();
        rate.turn(Urgency::Background, within(5000)).await.unwrap();
        assert!(started.elapsed() >= Duration::from_millis(900), "{:?}", started.elapsed());
        assert_eq!(rate.limits().unwrap().remaining, 10);
    }
}
