//! Who is at the other end, as far as the events have shown.

use crate::number::NumberContext;
use crate::text::queue_and_name;
use crate::{Call, CallEvent, Number, NumberKind, Party};

/// Longest text of a party that is kept, in characters.
const PARTY_MAX: usize = 512;

/// A party as given, bounded.
pub(super) fn bounded(party: &Party) -> Party {
    Party { given: bounded_text(&party.given), name: party.name.as_deref().map(bounded_text) }
}

/// A text of a party, bounded.
pub(super) fn bounded_text(text: &str) -> String {
    text.chars().take(PARTY_MAX).collect()
}

/// The remote party of an event, bounded. Phone systems write the queue before the name of a call
/// that came through it; that part is no part of the name.
pub(super) fn remote(event: &CallEvent) -> Party {
    let mut party = bounded(&event.remote);
    if let (Some(queue), Some(name)) = (&event.queue, &party.name) {
        party.name = Some(queue_and_name(queue, name).1.to_owned());
    }
    party
}

/// The queue of an event, bounded; its name may stand before the caller's only.
pub(super) fn queue(event: &CallEvent) -> Option<String> {
    let queue = event.queue.as_deref()?;
    let name = event.remote.name.as_deref().unwrap_or_default();
    Some(bounded_text(queue_and_name(queue, name).0))
}

/// Takes over what an event shows of the remote party if it says more than what we have, or if it
/// may move and shows another person (a transfer changes them in place). Tells whether it did.
pub(super) fn learn(
    call: &mut Call,
    party: Party,
    may_move: bool,
    numbers: &NumberContext,
) -> bool {
    if party == call.remote {
        return false;
    }
    let number = Number::read(&party, numbers);
    let same = who(&number) == who(&call.number);
    let (old, new) = (worth(&call.number), worth(&number));
    if new > old || (may_move && new == old && !same) {
        call.remote = party;
        call.number = number;
        return true;
    }
    let names = same && call.remote.name.is_none() && party.name.is_some();
    if names {
        call.remote.name = party.name;
    }
    names
}

/// How much a reading says of who calls.
fn worth(number: &Number) -> u8 {
    match number.kind {
        NumberKind::Number => 2,
        NumberKind::Extension
        | NumberKind::ShortCode
        | NumberKind::StarCode
        | NumberKind::SipAddress => 1,
        NumberKind::Anonymous | NumberKind::Unparsable => 0,
    }
}

/// What two readings of the same person share.
fn who(number: &Number) -> &str {
    number.e164.as_ref().or(number.extension.as_ref()).unwrap_or(&number.given)
}
