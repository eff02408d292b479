//! A call as one source knows it under one key, and which of several legs keeps the call alive.

use std::time::Duration;

use jiff::Timestamp;

use super::ids;
use crate::call::SourceKey;
use crate::{CallEvent, Direction, EndReason, SourceId};

/// Most legs of one call.
pub(super) const LEGS_MAX: usize = 32;

/// Longest time for which an end can be held back.
pub(super) const FINAL_MAX: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Leg {
    pub(super) key: SourceKey,
    pub(super) direction: Option<Direction>,
    /// When it was first heard of; for [`super::tracked::Tracked::apart`].
    pub(super) began: Option<Timestamp>,
    pub(super) in_sight: bool,
    /// Last word, on the monotonic clock.
    pub(super) heard: Duration,
    pub(super) answered: bool,
    /// The conversation of another leg goes on in this one.
    pub(super) follows: Option<SourceKey>,
    /// Another leg was named as the one it follows, but nothing was heard of it yet.
    pub(super) expected: bool,
    /// An end that the source may still take back, and when it no longer can.
    pub(super) ending: Option<(Duration, Box<CallEvent>)>,
    pub(super) over: Option<EndReason>,
}

impl Leg {
    pub(super) fn new(key: SourceKey, heard: Duration) -> Self {
        Self {
            key,
            direction: None,
            began: None,
            in_sight: true,
            heard,
            answered: false,
            follows: None,
            expected: false,
            ending: None,
            over: None,
        }
    }

    pub(super) fn is_live(&self) -> bool {
        self.over.is_none() && !self.expected
    }
}

/// Whether a conversation of several legs goes on now that the leg at `left` ended: a leg still
/// rings and no conversation was had, or another one has it.
///
/// A device that stops ringing because another one was answered does not end the call. Of two
/// sources, the first one to tell of the end of the conversation is believed; of two legs of one
/// source (a flip to another device, a transfer to a new key), the last.
pub(super) fn goes_on(legs: &[Leg], left: usize) -> bool {
    let Some(gone) = legs.get(left) else { return false };
    let mut others = legs.iter().filter(|leg| leg.is_live() && !is_superseded(legs, leg));
    if gone.answered {
        let keeps = |leg: &Leg| leg.answered && leg.key.source == gone.key.source;
        others.any(|leg| leg.follows.is_some() || keeps(leg))
    } else {
        others.next().is_some()
    }
}

/// A leg whose conversation was taken up by another: its end is no news.
fn is_superseded(legs: &[Leg], leg: &Leg) -> bool {
    legs.iter().any(|next| next.answered && next.follows.as_ref() == Some(&leg.key))
}

/// The leg that speaks for the call and may show another person: the newest live one that goes on
/// for another, else the first live one.
pub(super) fn lead(legs: &[Leg]) -> usize {
    let goes_on = legs.iter().rposition(|leg| leg.is_live() && leg.follows.is_some());
    goes_on.or_else(|| legs.iter().position(Leg::is_live)).unwrap_or(0)
}

/// The leg of a source under a key.
pub(super) fn position(legs: &[Leg], source: &SourceId, key: &str) -> Option<usize> {
    legs.iter().position(|leg| &leg.key.source == source && leg.key.key == key)
}

/// The source and key of an event.
pub(super) fn key_of(event: &CallEvent) -> SourceKey {
    SourceKey { source: event.source.clone(), key: ids::bounded(&event.key) }
}

/// The key that an event goes on for.
pub(super) fn followed(event: &CallEvent) -> Option<SourceKey> {
    let old = event.continues.as_deref().filter(|old| !old.is_empty() && *old != event.key)?;
    Some(SourceKey { source: event.source.clone(), key: ids::bounded(old) })
}
