//! One request at a time for each key: the server looks for a log and writes it in two steps, so that
//! five requests at once made five records (recorded).

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError, Weak};

use tokio::sync::OwnedMutexGuard;

/// Locks by key; those that nobody holds are forgotten.
#[derive(Default)]
pub(super) struct Locks(Mutex<HashMap<String, Weak<tokio::sync::Mutex<()>>>>);

impl Locks {
    /// Waits for the key's turn, which lasts as long as the guard.
    pub(super) async fn of(&self, key: &str) -> OwnedMutexGuard<()> {
        let lock = {
            let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
            all.retain(|_, lock| lock.strong_count() > 0);
            match all.get(key).and_then(Weak::upgrade) {
                Some(lock) => lock,
                None => {
                    let lock = Arc::default();
                    all.insert(key.to_owned(), Arc::downgrade(&lock));
                    lock
                }
            }
        };
        lock.lock_owned().await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn one_at_a_time_for_a_key_and_nothing_is_left_behind() {
        let locks = Locks::default();
        let first = locks.of("a").await;
        let other = locks.of("b").await;
        let waiting = tokio::time::timeout(std::time::Duration::from_millis(20), locks.of("a"));
        assert!(waiting.await.is_err());
        drop((first, other));
        let again = locks.of("a").await;
        assert_eq!(locks.0.lock().unwrap().len(), 1);
        drop(again);
    }
}
