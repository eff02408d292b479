//! RingCentral's frames as a decoder, without a link: what recordings and fuzzing go through.

use ringside_domain::{CallEvent, Moment, SourceId};

use super::frame::{self, Says};
use super::sessions::Sessions;
use crate::decode::Decode;

/// Reads the frames of one connection.
#[derive(Debug)]
pub struct Frames(Sessions);

impl Frames {
    /// Of the extension with this id.
    pub fn new(source: SourceId, extension: &str) -> Self {
        Self(Sessions::new(source, extension.to_owned()))
    }
}

impl Decode for Frames {
    fn heard(&mut self, raw: &str, received: Moment) -> Vec<CallEvent> {
        match frame::read(raw).map(|frame| frame.says) {
            Some(Says::Event { filter, body }) if filter.contains("/telephony/sessions") => {
                self.0.hear(&body, received)
            }
            _ => Vec::new(),
        }
    }
}
