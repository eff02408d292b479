//! The company's tokens of the day: 30,000 for each seat on the smallest plan, shared by all that its
//! people run, and refilled at a midnight that nobody tells.
//!
//! Each endpoint costs tokens (`x-token-cost` in the API descriptions): a search 20, a list 10 (20 in
//! the first version of the API), one record 1 (2), a write 5. What is left stands in two headers
//! that the documentation does not name and that its staff call optional, so that nothing here
//! depends on them.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::header::HeaderMap;

use ringside_web::Error;
use ringside_web::client::Limits;

/// What a search costs.
pub(super) const SEARCH: u64 = 20;
/// What a list costs.
pub(super) const LIST: u64 = 10;
/// The same in the first version of the API.
pub(super) const LIST_V1: u64 = 20;
/// What a list of settings costs.
pub(super) const SETTINGS: u64 = 5;
/// What a single record costs.
pub(super) const RECORD: u64 = 1;
/// The same in the first version of the API.
pub(super) const RECORD_V1: u64 = 2;
/// What a write costs.
pub(super) const WRITE: u64 = 5;

/// How long what was told counts: the day may turn at any time.
const FRESH: Duration = Duration::from_secs(10 * 60);
/// How long nobody asks again after the day's tokens were used up.
const EMPTY_WAIT: Duration = Duration::from_secs(60);
/// The share of a day, as a divisor, that bulk work leaves to calls.
const RESERVE: u64 = 5;

/// What is left of the day, as last told.
#[derive(Default)]
pub(super) struct Budget {
    told: Mutex<Option<Told>>,
}

#[derive(Clone, Copy)]
struct Told {
    limit: u64,
    remaining: u64,
    at: Instant,
}

impl Budget {
    fn get(&self) -> Option<Told> {
        *self.told.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes what an answer tells.
    pub(super) fn learn(&self, headers: &HeaderMap) {
        let number = |name: &str| headers.get(name)?.to_str().ok()?.trim().parse().ok();
        let limit = number("x-daily-ratelimit-token-limit");
        let Some(remaining) = number("x-daily-ratelimit-token-remaining") else { return };
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before = told.map(|told| told.limit);
        let limit = limit.or(before).unwrap_or(remaining);
        *told = Some(Told { limit, remaining, at: Instant::now() });
    }

    /// Whether a request of this cost may go out now. Bulk work leaves a fifth of the day to calls.
    ///
    /// # Errors
    /// [`Error::RateLimited`], with nothing sent.
    pub(super) fn allow(&self, cost: u64, bulk: bool) -> Result<(), Error> {
        let Some(told) = self.get() else { return Ok(()) };
        let age = told.at.elapsed();
        let reserved = if bulk { told.limit / RESERVE } else { 0 };
        let (enough, wait) = match told.remaining.checked_sub(reserved) {
            _ if told.remaining == 0 => (false, EMPTY_WAIT),
            Some(free) => (free >= cost || !bulk, FRESH),
            None => (false, FRESH),
        };
        if enough || age >= wait {
            return Ok(());
        }
        Err(Error::RateLimited { retry_after: Some(wait.saturating_sub(age)) })
    }

    /// Whether the day's tokens are used up, as last told.
    pub(super) fn is_empty(&self) -> bool {
        self.get().is_some_and(|told| told.remaining == 0)
    }

    /// For people. When the day turns is not told.
    pub(super) fn limits(&self) -> Option<Limits> {
        let told = self.get()?;
        Some(Limits { limit: told.limit, remaining: told.remaining, resets_at: None })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(limit: &str, remaining: &str) -> Budget {
        let mut headers = HeaderMap::new();
        headers.insert("x-daily-ratelimit-token-limit", limit.parse().unwrap());
        headers.insert("x-daily-ratelimit-token-remaining", remaining.parse().unwrap());
        let budget = Budget::default();
        budget.learn(&headers);
        budget
    }

    #[test]
    fn bulk_work_leaves_a_fifth_of_the_day_to_calls() {
        assert!(Budget::default().allow(LIST, true).is_ok(), "nothing is known");
        assert!(told("1000", "210").allow(LIST, true).is_ok());
        let low = told("1000", "209");
        assert!(matches!(low.allow(LIST, true), Err(Error::RateLimited { retry_after: Some(_) })));
        assert!(low.allow(SEARCH, false).is_ok());
        assert!(told("1000", "1").allow(SEARCH, false).is_ok(), "the CRM decides");
        assert!(told("1000", "0").allow(RECORD, false).is_err());
        assert_eq!(told("1000", "209").limits().map(|l| (l.limit, l.remaining)), Some((1000, 209)));
    }

    #[test]
    fn nonsense_in_a_header_is_not_believed() {
        assert!(told("many", "some").limits().is_none());
        assert_eq!(told("many", "7").limits().map(|l| (l.limit, l.remaining)), Some((7, 7)));
    }
}
