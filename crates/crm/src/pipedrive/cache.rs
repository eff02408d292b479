//! What an account hardly ever changes.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How long it is believed.
const FRESH: Duration = Duration::from_secs(24 * 3600);

/// The last answer, for a day.
pub(super) struct Cached<T>(Mutex<Option<(Instant, T)>>);

impl<T> Default for Cached<T> {
    fn default() -> Self {
        Self(Mutex::default())
    }
}

impl<T: Clone> Cached<T> {
    /// The answer, if there is one of today.
    pub(super) fn get(&self) -> Option<T> {
        let known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        known.as_ref().filter(|(at, _)| at.elapsed() < FRESH).map(|(_, known)| known.clone())
    }

    /// Keeps an answer, or forgets it.
    pub(super) fn set(&self, answer: Option<T>) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *known = answer.map(|answer| (Instant::now(), answer));
    }
}
