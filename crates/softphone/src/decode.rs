//! What a softphone says, message by message, made into call events: the part of a source that needs
//! no link. A link feeds it live; a test feeds it a recording.

use std::collections::HashMap;

use ringside_domain::{CallEvent, EndReason, Moment, Phase, SourceId};

use crate::{ami, baresip, dialog_info, jami, linphone, ringcentral, twinkle};

/// Longest raw message that is looked into, in bytes.
pub const MESSAGE_MAX: usize = 256 * 1024;
/// More calls at once than any phone has; more can only be junk, and the oldest give way.
const CALLS_MAX: usize = 256;

/// Reads the messages of one softphone in their order.
pub trait Decode: Send {
    /// One message as it came. What cannot be read says nothing, and is never an error: the next
    /// one may be a ring.
    fn heard(&mut self, raw: &str, received: Moment) -> Vec<CallEvent>;

    /// One message of ours to the softphone, where an event tells nothing of who caused it.
    fn sent(&mut self, _raw: &str) {}
}

/// Names of the decoders, as recordings carry them.
pub const KINDS: [&str; 8] =
    ["ami", "baresip", "baresip-mqtt", "dialog-info", "jami", "linphone", "ringcentral", "twinkle"];

/// The decoder for a kind of recording. `device` is the agent's own device, for a phone system that
/// tells of everybody's calls.
pub fn decoder(kind: &str, source: SourceId, device: &str) -> Option<Box<dyn Decode>> {
    Some(match kind {
        "ami" => Box::new(ami::Manager::new(source, device)),
        "baresip" => Box::new(baresip::decode::Control::new(source)),
        "baresip-mqtt" => Box::new(baresip::decode::Mqtt::new(source)),
        "dialog-info" => Box::new(dialog_info::Dialogs::new(source)),
        "jami" => Box::new(jami::Signals::new(source)),
        "linphone" => Box::new(linphone::Daemon::new(source)),
        "ringcentral" => Box::new(ringcentral::Frames::new(source, device)),
        "twinkle" => Box::new(twinkle::Hooks::new(source)),
        _ => return None,
    })
}

/// The calls of a softphone that live, each with the last that was told of it: most softphones say
/// who calls only once, and how a call ended only by how far it had come.
#[derive(Debug)]
pub(crate) struct Ledger {
    source: SourceId,
    live: HashMap<String, Known>,
}

#[derive(Debug)]
struct Known {
    last: CallEvent,
    answered: bool,
}

impl Ledger {
    pub(crate) fn new(source: SourceId) -> Self {
        Self { source, live: HashMap::new() }
    }

    pub(crate) fn source(&self) -> SourceId {
        self.source.clone()
    }

    /// The last that was told of a call.
    pub(crate) fn get(&self, key: &str) -> Option<&CallEvent> {
        self.live.get(key).map(|known| &known.last)
    }

    pub(crate) fn live(&self) -> impl Iterator<Item = &CallEvent> {
        self.live.values().map(|known| &known.last)
    }

    pub(crate) fn is_answered(&self, key: &str) -> bool {
        self.live.get(key).is_some_and(|known| known.answered)
    }

    /// Tells an event, unless it says what was said before or is a ring after the answer.
    pub(crate) fn tell(&mut self, event: CallEvent) -> Option<CallEvent> {
        let known = self.live.get(&event.key);
        let answered = known.is_some_and(|known| known.answered);
        if answered && event.phase == Phase::Ringing {
            return None;
        }
        let news = known.is_none_or(|known| !same(&known.last, &event));
        if matches!(event.phase, Phase::Ended(_)) {
            self.live.remove(&event.key);
            return Some(event);
        }
        self.make_room(&event.key);
        let answered = answered || event.phase != Phase::Ringing;
        self.live.insert(event.key.clone(), Known { last: event.clone(), answered });
        news.then_some(event)
    }

    /// The next phase of a call that is known.
    pub(crate) fn step(&mut self, key: &str, phase: Phase, received: Moment) -> Option<CallEvent> {
        let event = CallEvent { phase, received, ..self.get(key)?.clone() };
        self.tell(event)
    }

    /// The end of a call that is known: after a conversation, or for the reason given.
    pub(crate) fn end(
        &mut self,
        key: &str,
        unanswered: EndReason,
        received: Moment,
    ) -> Option<CallEvent> {
        let reason = if self.is_answered(key) { EndReason::Answered } else { unanswered };
        self.step(key, Phase::Ended(reason), received)
    }

    fn make_room(&mut self, key: &str) {
        if self.live.len() >= CALLS_MAX
            && !self.live.contains_key(key)
            && let Some(oldest) = self
                .live
                .iter()
                .min_by_key(|(_, known)| known.last.received.mono)
                .map(|(key, _)| key.clone())
        {
            self.live.remove(&oldest);
        }
    }
}

/// Whether two events of a call say the same.
fn same(a: &CallEvent, b: &CallEvent) -> bool {
    (a.phase, &a.remote, &a.local, &a.queue, &a.aliases)
        == (b.phase, &b.remote, &b.local, &b.queue, &b.aliases)
}
