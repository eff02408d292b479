//! baresip's events without a link: the frames of `ctrl_tcp`, and the same by its module `mqtt`.

use ringside_domain::{CallEvent, Moment, SourceId};

use super::calls::Calls;
use super::message::{self, Message};
use crate::decode::{Decode, MESSAGE_MAX};

/// The bodies of `ctrl_tcp`'s frames.
#[derive(Debug)]
pub struct Control(Calls);

impl Control {
    /// A phone without calls.
    pub fn new(source: SourceId) -> Self {
        Self(Calls::new(source))
    }
}

impl Decode for Control {
    fn heard(&mut self, frame: &str, received: Moment) -> Vec<CallEvent> {
        match message::read(frame.as_bytes()) {
            Some(Message::Event(event)) if frame.len() <= MESSAGE_MAX => {
                self.0.heard(event, received).into_iter().collect()
            }
            _ => Vec::new(),
        }
    }
}

/// The messages of `mqtt`, each as `TOPIC PAYLOAD`. The payload of an event is the one of
/// `ctrl_tcp` without its mark; the topic says that it is one.
#[derive(Debug)]
pub struct Mqtt(Calls);

impl Mqtt {
    /// A phone without calls.
    pub fn new(source: SourceId) -> Self {
        Self(Calls::new(source))
    }
}

impl Decode for Mqtt {
    fn heard(&mut self, published: &str, received: Moment) -> Vec<CallEvent> {
        let event = published
            .split_once(' ')
            .filter(|(topic, payload)| topic.ends_with("/event") && payload.len() <= MESSAGE_MAX)
            .and_then(|(_, payload)| message::event(payload.as_bytes()));
        event.and_then(|event| self.0.heard(event, received)).into_iter().collect()
    }
}
