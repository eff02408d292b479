//! The server's clock against ours: tokens and certificates are judged by both.

use std::sync::{Mutex, PoisonError};

use jiff::fmt::rfc2822::DateTimeParser;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{self, HeaderMap};

/// What is less apart harms nothing.
const HARMLESS: SignedDuration = SignedDuration::from_mins(2);

/// How far the server's clock is ahead of ours.
#[derive(Default)]
pub(super) struct Clock(Mutex<Option<SignedDuration>>);

impl Clock {
    /// Takes the `Date` of an answer that came just now.
    pub(super) fn learn(&self, headers: &HeaderMap, now: Timestamp) {
        let date = headers.get(header::DATE).and_then(|date| date.to_str().ok());
        let date = date.and_then(|date| DateTimeParser::new().parse_timestamp(date).ok());
        if let Some(date) = date {
            let skew = date.duration_since(now);
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(skew);
        }
    }

    pub(super) fn skew(&self) -> Option<SignedDuration> {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The difference without its sign, in whole seconds, where it may be why a token is refused.
    pub(super) fn far_off(&self) -> Option<SignedDuration> {
        let skew = self.skew()?.abs();
        (skew > HARMLESS).then(|| SignedDuration::from_secs(skew.as_secs()))
    }
}
