//! Who may come in: whoever knows the key, so often and no more. Who was turned away is counted.

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Mutex;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

use super::lock;

/// Reports each second, on average.
const RATE: NonZeroU32 = NonZeroU32::new(20).unwrap();
/// Reports at once.
const BURST: NonZeroU32 = NonZeroU32::new(40).unwrap();
/// Longest key that is looked at, in bytes.
const KEY_MAX: usize = 200;

/// What is kept of the key, so that reports need no keyring: it cannot be turned back.
#[derive(Clone, Copy, Debug)]
pub struct KeyHash([u8; 32]);

impl KeyHash {
    /// Of a key with at least 128 random bits: nothing else resists being guessed.
    pub fn of(key: &str) -> Self {
        Self(Sha256::digest(key.as_bytes()).into())
    }

    /// As a line of text.
    pub fn to_text(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// From a line of text.
    pub fn from_text(text: &str) -> Option<Self> {
        let text = text.trim();
        let mut bytes = [0; 32];
        if text.len() != 64 || !text.is_ascii() {
            return None;
        }
        for (byte, at) in bytes.iter_mut().zip((0..).step_by(2)) {
            *byte = u8::from_str_radix(&text[at..at + 2], 16).ok()?;
        }
        Some(Self(bytes))
    }

    /// Whether it is this key; takes as long for any.
    pub fn is_of(&self, key: &str) -> bool {
        key.len() <= KEY_MAX && self.is(&Self::of(key))
    }

    fn is(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

/// Why somebody was turned away.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Refused {
    /// No key, or a wrong one.
    Key,
    /// A web page asked, or a browser for one.
    WebPage,
    /// It was meant for another computer: a name that was made to point here.
    Host,
    /// Too many at once.
    TooMany,
    /// It could not be read.
    Unreadable,
}

/// What happened at the door since the start.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Seen {
    /// The last report that had an effect.
    pub heard_at: Option<Timestamp>,
    /// Who was turned away, how often.
    pub refused: BTreeMap<Refused, u64>,
}

/// The door of an inlet.
#[derive(Debug)]
pub struct Door {
    key: Mutex<Option<KeyHash>>,
    /// Apart, so that a flood of strangers keeps nobody out who knows the key.
    known: DefaultDirectRateLimiter,
    strangers: DefaultDirectRateLimiter,
    seen: Mutex<Seen>,
}

impl Default for Door {
    fn default() -> Self {
        let quota = Quota::per_second(RATE).allow_burst(BURST);
        Self {
            key: Mutex::default(),
            known: RateLimiter::direct(quota),
            strangers: RateLimiter::direct(quota),
            seen: Mutex::default(),
        }
    }
}

impl Door {
    /// From now on this key opens, and no other; without one nobody comes in.
    pub fn set_key(&self, key: Option<KeyHash>) {
        *lock(&self.key) = key;
    }

    /// Lets somebody in.
    ///
    /// # Errors
    /// The key is missing or wrong, or there were too many of late.
    pub fn enter(&self, key: Option<&str>) -> Result<(), Refused> {
        let known = *lock(&self.key);
        match (known, key) {
            (Some(known), Some(key)) if known.is_of(key) => match self.known.check() {
                Ok(()) => Ok(()),
                Err(_) => Err(self.refuse(Refused::TooMany)),
            },
            _ => Err(self.turn_away(Refused::Key)),
        }
    }

    /// Turns a stranger away; one of too many is told only that.
    pub fn turn_away(&self, why: Refused) -> Refused {
        self.refuse(if self.strangers.check().is_ok() { why } else { Refused::TooMany })
    }

    /// Counts somebody who was let in, in vain.
    pub fn refuse(&self, why: Refused) -> Refused {
        let mut seen = lock(&self.seen);
        let count = seen.refused.entry(why).or_default();
        *count = count.saturating_add(1);
        why
    }

    /// A report had an effect.
    pub(super) fn heard(&self) {
        lock(&self.seen).heard_at = Some(Timestamp::now());
    }

    /// What happened so far.
    pub fn seen(&self) -> Seen {
        lock(&self.seen).clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_key_opens_and_only_the_new_one_after_a_change() {
        let door = Door::default();
        assert_eq!(door.enter(Some("")), Err(Refused::Key), "there is no key yet");
        door.set_key(KeyHash::from_text(&KeyHash::of("open").to_text()));
        assert_eq!(door.enter(Some("open")), Ok(()));
        for wrong in [None, Some(""), Some("Open"), Some("open ")] {
            assert_eq!(door.enter(wrong), Err(Refused::Key));
        }
        door.set_key(Some(KeyHash::of("new")));
        assert_eq!(door.enter(Some("open")), Err(Refused::Key));
        assert_eq!(door.seen().refused[&Refused::Key], 6);
        for text in ["", "00", &"zz".repeat(32), &"é".repeat(32)] {
            assert!(KeyHash::from_text(text).is_none(), "{text}");
        }
    }

    #[test]
    fn a_flood_of_strangers_keeps_nobody_out() {
        let door = Door::default();
        door.set_key(Some(KeyHash::of("open")));
        let refused: Vec<_> = (0..200).filter_map(|_| door.enter(Some("x")).err()).collect();
        assert_eq!(refused[0], Refused::Key);
        assert!(refused.contains(&Refused::TooMany));
        assert_eq!(door.enter(Some("open")), Ok(()));
        let floods = (0..200).filter(|_| door.enter(Some("open")).is_err()).count();
        assert!(floods > 100, "only {floods} were too many");
    }
}
