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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use jiff::Timestamp;
    use proptest::prelude::*;
    use proptest::sample::Index;
    use serde_json::{Value, json};

    use super::*;
    use crate::field::{ID_MAX, TEXT_MAX};

    fn hear(raw: &str) -> Vec<CallEvent> {
        let now = Moment { wall: Timestamp::UNIX_EPOCH, mono: Duration::ZERO };
        let mut frames = Frames::new(SourceId::new("ringcentral"), "1");
        let events: Vec<CallEvent> = raw.lines().flat_map(|line| frames.heard(line, now)).collect();
        for event in &events {
            assert!(event.key.len() <= ID_MAX && event.aliases.len() <= 20, "not bounded");
            let texts = [&event.remote, &event.local];
            assert!(texts.iter().all(|party| party.given.chars().count() <= TEXT_MAX));
        }
        events
    }

    fn frame() -> Value {
        json!([
            { "type": "ServerNotification", "messageId": "m", "status": 200, "wsc": { "token": "t" } },
            { "event": "/restapi/v1.0/account/1/extension/1/telephony/sessions", "body": {
                "sequence": 1, "telephonySessionId": "s", "sessionId": 5, "parties": [{
                    "id": "p", "extensionId": 1, "direction": "Inbound",
                    "from": { "phoneNumber": "+14155550123" }, "to": { "phoneNumber": "101" },
                    "status": { "code": "Gone", "peerId": { "telephonySessionId": "s" } },
                }],
            } },
        ])
    }

    /// Every place in a value.
    fn places(value: &Value, here: &str, found: &mut Vec<String>) {
        found.push(here.to_owned());
        match value {
            Value::Object(map) => {
                map.iter().for_each(|(key, value)| places(value, &format!("{here}/{key}"), found));
            }
            Value::Array(list) => list
                .iter()
                .enumerate()
                .for_each(|(at, value)| places(value, &format!("{here}/{at}"), found)),
            _ => {}
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_frame_or_none(text in "\\PC{0,300}") {
            hear(&text);
        }

        #[test]
        fn a_frame_with_something_else_in_any_place_is_no_panic(
            at in any::<Index>(),
            cut in any::<Index>(),
            other in prop_oneof![
                Just(json!(null)), Just(json!(-1)), Just(json!(1e300)), Just(json!([])),
                Just(json!({})), Just(json!("")), Just(json!("x".repeat(5000))), Just(json!(true)),
            ],
        ) {
            let mut changed = frame();
            let mut all = Vec::new();
            places(&changed, "", &mut all);
            if let Some(place) = changed.pointer_mut(&all[at.index(all.len())]) {
                *place = other;
            }
            let text = changed.to_string();
            hear(&text);
            let end = (0..=cut.index(text.len())).rev().find(|end| text.is_char_boundary(*end));
            hear(&text[..end.unwrap_or(0)]);
        }
    }

    #[test]
    fn the_frame_that_is_changed_is_one() {
        assert_eq!(hear(&frame().to_string()).len(), 1);
    }
}
