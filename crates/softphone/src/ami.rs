//! Asterisk's manager interface (AMI), as told by Asterisk 12 and later.
//!
//! It tells of every channel of the phone system. Ours are those of the agent's device, such as
//! `PJSIP/204-0000001c` of the device `PJSIP/204`. A channel is one leg (`Uniqueid`, our key), and
//! all legs of a call share their `Linkedid` (our alias): a device with several contacts rings by
//! several channels, and a queue that offers a call again does so by a new one.

mod channel;
mod message;

use std::collections::HashMap;

use ringside_domain::{CallEvent, Direction, EndReason, Moment, Party, Phase, SourceId};

use self::channel::{Channel, is_dialable, is_feature, party};
pub use self::message::{Blocks, Message};
use crate::decode::{Decode, Ledger};

/// More channels of one device, and more calls of a system that are remembered for what became of
/// them.
const CHANNELS_MAX: usize = 256;

/// The calls of one device of a phone system.
#[derive(Debug)]
pub struct Manager {
    device: String,
    calls: Ledger,
    /// Channels of our device, by `Uniqueid`.
    channels: HashMap<String, Channel>,
    /// What is known of whole calls, by `Linkedid`.
    linked: HashMap<String, Linked>,
    /// How many were spoken of, so that the oldest can give way.
    spoken: u64,
}

/// A call of the phone system.
#[derive(Debug, Default)]
struct Linked {
    /// Somebody else's channel answered since it rang at ours.
    taken: bool,
    queue: Option<String>,
    /// Rises with every word of it.
    spoken: u64,
}

impl Manager {
    /// The calls of a device: `PJSIP/204`, `SIP/204`, or `204` alone for any technology.
    pub fn new(source: SourceId, device: &str) -> Self {
        Self {
            device: device.trim().to_lowercase(),
            calls: Ledger::new(source),
            channels: HashMap::new(),
            linked: HashMap::new(),
            spoken: 0,
        }
    }

    fn is_ours(&self, channel: &str) -> bool {
        let channel = channel.to_lowercase();
        let Some((device, _)) = channel.rsplit_once('-') else { return false };
        let alone = !device.starts_with("local/")
            && device.split_once('/').is_some_and(|(_, name)| name == self.device);
        !self.device.is_empty() && (device == self.device || alone)
    }

    fn event(&mut self, message: &Message, received: Moment) -> Option<CallEvent> {
        let id = message.get("Uniqueid");
        match message.get("Event").to_ascii_lowercase().as_str() {
            "newchannel" => self.new_channel(message),
            "dialbegin" => return self.dial_begin(message, received),
            "dialend" => return self.dial_end(message, received),
            "newstate" if message.get("ChannelStateDesc").eq_ignore_ascii_case("up") => {
                return self.up(id, received);
            }
            "newconnectedline" => return self.connected(message, received),
            "hold" => return self.calls.step(id, Phase::Held, received),
            "unhold" => return self.calls.step(id, Phase::Resumed, received),
            "pickup" => return self.picked_up(message, received),
            "queuecallerjoin" | "agentcalled" => self.queued(message),
            "hangup" => return self.hang_up(message, received),
            _ => {}
        }
        None
    }

    fn new_channel(&mut self, message: &Message) {
        let id = message.get("Uniqueid");
        if self.is_ours(message.get("Channel")) && !id.is_empty() {
            if self.channels.len() >= CHANNELS_MAX {
                self.channels.clear();
            }
            self.channels.insert(id.to_owned(), Channel::new(message));
        }
    }

    fn linked(&mut self, id: &str) -> &mut Linked {
        if self.linked.len() >= CHANNELS_MAX
            && !self.linked.contains_key(id)
            && let Some(oldest) =
                self.linked.iter().min_by_key(|(_, call)| call.spoken).map(|(id, _)| id.clone())
        {
            self.linked.remove(&oldest);
        }
        self.spoken += 1;
        let call = self.linked.entry(id.to_owned()).or_default();
        call.spoken = self.spoken;
        call
    }

    fn queued(&mut self, message: &Message) {
        let queue = message.get("Queue");
        for id in ["Linkedid", "DestLinkedid"].map(|name| message.get(name)) {
            if !id.is_empty() && !queue.is_empty() {
                self.linked(id).queue = Some(queue.to_owned());
            }
        }
    }

    /// Our device is rung, or rings somebody. A blind transfer lets a channel of ours ring again.
    fn dial_begin(&mut self, message: &Message, received: Moment) -> Option<CallEvent> {
        if self.is_ours(message.get("DestChannel")) {
            let id = message.get("DestUniqueid");
            let linked = message.first(&["DestLinkedid", "Linkedid"]);
            self.linked(linked).taken = false;
            let remote = party(
                message,
                &["CallerIDNum", "DestConnectedLineNum"],
                &["CallerIDName", "DestConnectedLineName"],
            );
            let line = message.first(&["DestCallerIDNum", "DestExten"]);
            return self.begin(id, linked, Direction::Inbound, remote, line, received);
        }
        if !self.is_ours(message.get("Channel")) {
            return None;
        }
        let id = message.get("Uniqueid");
        let own = self.channels.get(id).map(|channel| channel.exten.clone()).unwrap_or_default();
        let dialled = [message.get("Exten"), message.get("DestCallerIDNum"), &own];
        let given = dialled.into_iter().find(|number| is_dialable(number)).unwrap_or_default();
        let name = None;
        if let Some(was) = self.calls.get(id) {
            // The same dialling may ring many.
            if was.remote.given == given || given.is_empty() {
                return None;
            }
            let remote = Party { given: given.to_owned(), name };
            return self.calls.tell(CallEvent { remote, received, ..was.clone() });
        }
        let line = message.get("CallerIDNum");
        let remote = Party { given: given.to_owned(), name };
        self.begin(id, message.get("Linkedid"), Direction::Outbound, remote, line, received)
    }

    fn begin(
        &mut self,
        id: &str,
        linked: &str,
        direction: Direction,
        remote: Party,
        line: &str,
        received: Moment,
    ) -> Option<CallEvent> {
        if id.is_empty() {
            return None;
        }
        let queue = self.linked.get(linked).and_then(|linked| linked.queue.clone());
        self.calls.tell(CallEvent {
            aliases: Some(linked.to_owned())
                .filter(|linked| !linked.is_empty())
                .into_iter()
                .collect(),
            local: Party { given: line.to_owned(), name: None },
            queue: queue.filter(|_| direction == Direction::Inbound),
            ..CallEvent::new(self.calls.source(), id, direction, remote, Phase::Ringing, received)
        })
    }

    fn dial_end(&mut self, message: &Message, received: Moment) -> Option<CallEvent> {
        let status = message.get("DialStatus").to_ascii_uppercase();
        let ours = self.is_ours(message.get("DestChannel"));
        let real = !message.get("DestChannel").to_ascii_lowercase().starts_with("local/");
        if status == "ANSWER" {
            if ours {
                return self.calls.step(message.get("DestUniqueid"), Phase::Answered, received);
            }
            if real {
                let linked = message.first(&["DestLinkedid", "Linkedid"]);
                self.linked(linked).taken = true;
            }
            let id = message.get("Uniqueid");
            let out = self.calls.get(id).is_some_and(|was| was.direction == Direction::Outbound);
            return out.then(|| self.calls.step(id, Phase::Answered, received)).flatten();
        }
        // How it ended is told with the hang-up; remembered here, as the hang-up knows less.
        let id = if ours { message.get("DestUniqueid") } else { message.get("Uniqueid") };
        if let Some(channel) = self.channels.get_mut(id) {
            channel.status = Some(status);
        }
        None
    }

    /// Our channel is up. Of one that dialled, this is the answer only where nobody is dialled for
    /// it, such as at a mailbox.
    fn up(&mut self, id: &str, received: Moment) -> Option<CallEvent> {
        if let Some(was) = self.calls.get(id) {
            let inbound = was.direction == Direction::Inbound;
            return inbound.then(|| self.calls.step(id, Phase::Answered, received)).flatten();
        }
        let channel = self.channels.get(id)?;
        if !is_dialable(&channel.exten) || is_feature(&channel.exten) {
            return None;
        }
        let (remote, linked) = (channel.dialled(), channel.linked.clone());
        let line = channel.line.clone();
        self.begin(id, &linked, Direction::Outbound, remote, &line, received)?;
        self.calls.step(id, Phase::Answered, received)
    }

    /// The other end is another one now: a transfer, or a name that became known.
    fn connected(&mut self, message: &Message, received: Moment) -> Option<CallEvent> {
        let was = self.calls.get(message.get("Uniqueid"))?;
        let remote = party(message, &["ConnectedLineNum"], &["ConnectedLineName"]);
        if !is_dialable(&remote.given) {
            return None;
        }
        let name = remote
            .name
            .or_else(|| was.remote.name.clone().filter(|_| was.remote.given == remote.given));
        let remote = Party { name, ..remote };
        self.calls.tell(CallEvent { remote, received, ..was.clone() })
    }

    /// Our device took a call that rang elsewhere.
    fn picked_up(&mut self, message: &Message, received: Moment) -> Option<CallEvent> {
        if !self.is_ours(message.get("Channel")) {
            return None;
        }
        let id = message.get("Uniqueid");
        let linked = message.first(&["TargetLinkedid", "Linkedid"]);
        let remote = party(message, &["TargetConnectedLineNum"], &["TargetConnectedLineName"]);
        let line = message.get("CallerIDNum");
        self.begin(id, linked, Direction::Inbound, remote, line, received)?;
        self.calls.step(id, Phase::Answered, received)
    }

    fn hang_up(&mut self, message: &Message, received: Moment) -> Option<CallEvent> {
        let id = message.get("Uniqueid");
        let channel = self.channels.remove(id);
        let linked = message.get("Linkedid");
        let cause: u16 = message.get("Cause").parse().unwrap_or(0);
        let status = channel.as_ref().and_then(|channel| channel.status.clone());
        let Some(was) = self.calls.get(id) else {
            let channel = channel
                .filter(|channel| is_dialable(&channel.exten) && !is_feature(&channel.exten))?;
            // It never came to ring anybody.
            let remote = channel.dialled();
            self.begin(id, linked, Direction::Outbound, remote, &channel.line, received)?;
            return self.calls.end(id, outbound_end(None, cause), received);
        };
        let reason = match was.direction {
            Direction::Outbound => outbound_end(status.as_deref(), cause),
            Direction::Inbound => {
                let taken = was
                    .aliases
                    .first()
                    .and_then(|linked| self.linked.get(linked))
                    .is_some_and(|linked| linked.taken);
                inbound_end(status.as_deref(), cause, taken)
            }
        };
        self.calls.end(id, reason, received)
    }
}

impl Decode for Manager {
    /// One block of lines.
    fn heard(&mut self, block: &str, received: Moment) -> Vec<CallEvent> {
        self.event(&Message::read(block), received).into_iter().collect()
    }
}

/// How a ring at our device ended that was not answered there. Causes are those of Q.850; 26 stands
/// for "answered elsewhere".
fn inbound_end(status: Option<&str>, cause: u16, taken: bool) -> EndReason {
    match (status, cause) {
        (_, 26) => EndReason::AnsweredElsewhere,
        (Some("BUSY"), _) | (None, 17 | 21) => EndReason::Rejected,
        (None | Some("CANCEL"), _) if taken => EndReason::AnsweredElsewhere,
        _ => EndReason::Missed,
    }
}

fn outbound_end(status: Option<&str>, cause: u16) -> EndReason {
    match (status, cause) {
        (Some("BUSY"), _) | (_, 17) => EndReason::Busy,
        (Some("NOANSWER"), _) | (_, 18 | 19) => EndReason::NoAnswer,
        (_, 21) => EndReason::Rejected,
        (Some("CONGESTION" | "CHANUNAVAIL"), _) | (_, 1..=15 | 20 | 22..) => EndReason::Failed,
        _ => EndReason::Cancelled,
    }
}
