//! Stories of calls, told in the widget's own messages.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::message::{self, Message};
use super::*;

/// What a person would say of an event.
type Told = (String, Phase);

struct Story {
    calls: Calls,
    ms: u64,
}

impl Story {
    fn new() -> Self {
        Self { calls: Calls::new(SourceId::new("embeddable")), ms: 0 }
    }

    fn now(&self) -> Moment {
        let wall = Timestamp::from_second(1_795_461_935).unwrap();
        Moment { wall, mono: Duration::from_millis(self.ms) }
    }

    fn events(&mut self, message: &Value) -> Vec<CallEvent> {
        let now = self.now();
        match message::read(&message.to_string()) {
            Some(Message::Call(fact)) => self.calls.hear(fact, false, now).into_iter().collect(),
            Some(Message::WebPhoneCalls(facts)) => self.calls.web_phone_has(facts, false, now),
            Some(Message::Presence { idle }) => {
                self.calls.presence_is(idle, now);
                Vec::new()
            }
            other => panic!("{other:?} of {message}"),
        }
    }

    fn hear(&mut self, message: &Value) -> Vec<Told> {
        told(self.events(message))
    }

    /// Lets time pass, up to the next held end if that comes first.
    fn wait(&mut self, ms: u64) -> Vec<Told> {
        self.ms += ms;
        told(self.calls.due(self.now()))
    }
}

fn told(events: Vec<CallEvent>) -> Vec<Told> {
    events.into_iter().map(|event| (event.key, event.phase)).collect()
}

fn presence(session: &str, status: &str) -> Value {
    let termination = if status == "NoCall" { json!("final") } else { Value::Null };
    json!({ "type": "rc-active-call-notify", "call": {
        "direction": "Inbound", "queueCall": false, "from": { "phoneNumber": "+14155550123" },
        "fromName": "WIRELESS CALLER", "to": { "phoneNumber": "+16505550100" },
        "toName": "Agent One", "telephonyStatus": status, "terminationType": termination,
        "sessionId": format!("4250{session}"), "telephonySessionId": format!("s-{session}"),
        "partyId": format!("p-{session}-2"), "startTime": 1_795_461_935_636_u64, "offset": 0,
    } })
}

fn web_phone(session: &str, event: &str) -> Value {
    json!({ "type": format!("rc-call-{event}-notify"), "call": {
        "id": format!("w-{session}"), "callId": format!("{session}@sip"), "direction": "Inbound",
        "callStatus": "webphone-session-connecting", "from": "+14155550123",
        "fromUserName": "WIRELESS CALLER", "fromNumber": null, "to": "+16505550100",
        "toUserName": "Agent One", "fromTag": "a", "toTag": "b", "startTime": null,
        "creationTime": 1_795_461_935_636_u64, "isOnHold": false, "isToVoicemail": false,
        "isForwarded": false, "isReplied": false, "callQueueName": null,
        "partyData": { "partyId": format!("p-{session}-2"), "sessionId": format!("s-{session}") },
        "contactMatch": null,
    } })
}

fn session(id: &str, status: &Value) -> Value {
    json!({ "type": "rc-telephony-session-notify", "telephonySession": {
        "id": format!("s-{id}"), "extensionId": "7", "accountId": "1",
        "sessionId": format!("4250{id}"), "creationTime": "2026-11-23T20:05:35.636Z",
        "origin": { "type": "Call" }, "parties": [
            { "id": format!("p-{id}-1"), "direction": "Outbound",
              "from": { "phoneNumber": "+14155550123" }, "status": { "code": "Answered" } },
            { "id": format!("p-{id}-2"), "extensionId": "7", "direction": "Inbound",
              "from": { "phoneNumber": "+14155550123", "name": "WIRELESS CALLER" },
              "to": { "phoneNumber": "+16505550100", "extensionId": "7" }, "status": status,
              "missedCall": false, "standAlone": false, "muted": false },
        ] } })
}

/// The event of the call "1", whose key is its telephony session.
fn one(phase: Phase) -> Vec<Told> {
    vec![("s-1".to_owned(), phase)]
}

const ANSWERED: Phase = Phase::Ended(EndReason::Answered);
const MISSED: Phase = Phase::Ended(EndReason::Missed);

#[test]
fn three_families_tell_of_one_call() {
    let mut story = Story::new();
    let rings = story.events(&web_phone("1", "ring"));
    assert_eq!(rings[0].remote.given, "+14155550123");
    assert_eq!(rings[0].remote.name.as_deref(), Some("WIRELESS CALLER"));
    assert_eq!(rings[0].local.given, "+16505550100");
    assert_eq!(rings[0].aliases, ["s-1", "p-1-2", "1@sip", "w-1"]);
    let more = story.events(&presence("1", "Ringing"));
    assert_eq!(more[0].key, "s-1");
    assert!(more[0].aliases.contains(&"42501".to_owned()), "another source may know that id");
    assert_eq!(story.hear(&session("1", &json!({ "code": "Proceeding" }))), []);
    assert_eq!(story.hear(&web_phone("1", "start")), one(Phase::Answered));
    assert_eq!(story.hear(&presence("1", "CallConnected")), []);
    assert_eq!(story.hear(&session("1", &json!({ "code": "Answered" }))), []);
    assert_eq!(story.hear(&web_phone("1", "hold")), one(Phase::Held));
    assert_eq!(story.hear(&presence("1", "OnHold")), []);
    assert_eq!(story.hear(&web_phone("1", "resume")), one(Phase::Resumed));
    assert_eq!(story.hear(&web_phone("1", "end")), one(ANSWERED));
    for late in [
        web_phone("1", "end"),
        presence("1", "NoCall"),
        presence("1", "CallConnected"),
        session("1", &json!({ "code": "Disconnected" })),
    ] {
        assert_eq!(story.hear(&late), [], "{late}");
    }
    assert_eq!(story.wait(60_000), []);
}

#[test]
fn each_family_alone_is_enough() {
    let mut story = Story::new();
    for (ring, answer, end) in [
        (web_phone("1", "ring"), web_phone("1", "start"), web_phone("1", "end")),
        (presence("2", "Ringing"), presence("2", "CallConnected"), presence("2", "NoCall")),
        (
            session("3", &json!({ "code": "Proceeding" })),
            session("3", &json!({ "code": "Answered" })),
            session("3", &json!({ "code": "Disconnected" })),
        ),
    ] {
        assert_eq!(story.hear(&ring)[0].1, Phase::Ringing);
        assert_eq!(story.hear(&ring), [], "the same word twice");
        assert_eq!(story.hear(&answer)[0].1, Phase::Answered);
        let mut ended = story.hear(&end);
        ended.extend(story.wait(2000));
        assert_eq!(ended[0].1, ANSWERED);
    }
}

#[test]
fn a_phantom_end_is_denied_by_the_next_word() {
    let mut story = Story::new();
    assert_eq!(story.hear(&presence("1", "Ringing")), one(Phase::Ringing));
    assert_eq!(story.hear(&presence("1", "NoCall")), []);
    assert_eq!(story.wait(1000), []);
    assert_eq!(story.hear(&presence("1", "Ringing")), []);
    assert_eq!(story.wait(5000), []);
    assert_eq!(story.hear(&presence("1", "CallConnected")), one(Phase::Answered));
    assert_eq!(story.hear(&presence("1", "NoCall")), []);
    assert_eq!(story.wait(1499), []);
    assert_eq!(story.wait(1), one(ANSWERED));
}

#[test]
fn an_intermediate_end_is_none() {
    let mut story = Story::new();
    story.hear(&presence("1", "CallConnected"));
    let mut step = presence("1", "NoCall");
    step["call"]["terminationType"] = "intermediate".into();
    assert!(message::read(&step.to_string()).is_none());
}

#[test]
fn a_call_picked_up_at_another_device_goes_on() {
    let mut story = Story::new();
    story.hear(&web_phone("1", "ring"));
    story.hear(&presence("1", "Ringing"));
    assert_eq!(story.hear(&web_phone("1", "end")), []);
    assert_eq!(story.wait(3000), [], "presence is slower than the web phone");
    assert_eq!(story.hear(&presence("1", "CallConnected")), one(Phase::Answered));
    assert_eq!(story.hear(&web_phone("1", "end")), [], "the second end of the leg");
    assert_eq!(story.wait(60_000), []);
    story.hear(&presence("1", "NoCall"));
    assert_eq!(story.wait(2000), one(ANSWERED));
}

#[test]
fn a_call_that_nobody_picks_up_is_missed_once() {
    let mut story = Story::new();
    story.hear(&web_phone("1", "ring"));
    story.hear(&presence("1", "Ringing"));
    assert_eq!(story.hear(&web_phone("1", "end")), []);
    assert_eq!(story.hear(&web_phone("1", "end")), []);
    assert_eq!(story.hear(&presence("1", "NoCall")), []);
    assert_eq!(story.wait(1500), one(MISSED));
    let mut alone = Story::new();
    alone.hear(&web_phone("1", "ring"));
    assert_eq!(alone.hear(&web_phone("1", "end")), []);
    assert_eq!(alone.wait(1500), one(MISSED));
}

#[test]
fn the_reason_is_the_best_that_any_family_tells() {
    for (status, reason) in [
        (
            json!({ "code": "Disconnected", "reason": "AgentAnswered" }),
            EndReason::AnsweredElsewhere,
        ),
        (json!({ "code": "Disconnected", "reason": "Rejected" }), EndReason::Rejected),
        (json!({ "code": "VoiceMail" }), EndReason::Voicemail),
        (json!({ "code": "Disconnected", "reason": "NoAnswer" }), EndReason::Missed),
    ] {
        let mut story = Story::new();
        story.hear(&web_phone("1", "ring"));
        story.hear(&presence("1", "Ringing"));
        story.hear(&web_phone("1", "end"));
        assert_eq!(story.hear(&session("1", &status)), one(Phase::Ended(reason)), "{status}");
    }
    let mut story = Story::new();
    story.hear(&web_phone("1", "ring"));
    let mut end = web_phone("1", "end");
    end["call"]["isToVoicemail"] = true.into();
    story.hear(&end);
    assert_eq!(story.wait(1500), one(Phase::Ended(EndReason::Voicemail)));
}

#[test]
fn a_session_that_moves_is_not_over() {
    let mut story = Story::new();
    story.hear(&session("1", &json!({ "code": "Answered" })));
    let flipped = session("1", &json!({ "code": "Disconnected", "reason": "CallFlip" }));
    assert!(message::read(&flipped.to_string()).is_none());
    let gone = json!({ "code": "Gone", "reason": "AttendedTransfer",
        "peerId": { "telephonySessionId": "s-2", "sessionId": "42502" } });
    assert_eq!(story.hear(&session("1", &gone)), []);
    let next = story.events(&session("2", &json!({ "code": "Answered" })));
    assert_eq!(next[0].continues.as_deref(), Some("s-1"));
    assert_eq!(story.wait(1500), one(ANSWERED));
}

#[test]
fn a_call_that_vanishes_without_a_word_is_over_when_the_extension_is_idle() {
    let mut story = Story::new();
    story.hear(&presence("1", "CallConnected"));
    let idle = json!({ "type": "rc-adapter-syncPresence", "telephonyStatus": "NoCall" });
    let busy = json!({ "type": "rc-adapter-syncPresence", "telephonyStatus": "CallConnected" });
    story.hear(&idle);
    story.hear(&busy);
    assert_eq!(story.wait(5000), [], "it was a phantom");
    story.hear(&idle);
    assert_eq!(story.wait(1500), one(ANSWERED));
}

#[test]
fn a_call_that_the_web_phone_has_no_more_is_over() {
    let mut story = Story::new();
    story.hear(&web_phone("1", "ring"));
    story.hear(&web_phone("1", "start"));
    let mut call = web_phone("1", "start")["call"].clone();
    call["callStatus"] = "webphone-session-connected".into();
    let list = |calls: Value| json!({ "type": "rc-webphone-sessions-sync", "calls": calls });
    assert_eq!(story.hear(&list(json!([call]))), []);
    let mut held = call.clone();
    held["callStatus"] = "webphone-session-onHold".into();
    assert_eq!(story.hear(&list(json!([held]))), one(Phase::Held));
    assert_eq!(story.hear(&list(json!([]))), one(ANSWERED));
}

#[test]
fn an_outbound_call_to_a_colleague_is_answered_when_presence_says_so() {
    let outbound = |mut message: Value| {
        let call = message["call"].as_object_mut().unwrap();
        call.insert("direction".into(), "Outbound".into());
        let (from, to) = (call["from"].clone(), call["to"].clone());
        call.insert("from".into(), to);
        call.insert("to".into(), from);
        message
    };
    let mut story = Story::new();
    let begun = story.events(&outbound(web_phone("1", "init")));
    assert_eq!((begun[0].direction, begun[0].phase), (Direction::Outbound, Phase::Ringing));
    assert_eq!(begun[0].remote.given, "+14155550123");
    story.hear(&outbound(presence("1", "Ringing")));
    assert_eq!(story.hear(&outbound(web_phone("1", "start"))), []);
    let answered = story.hear(&outbound(presence("1", "CallConnected")));
    assert_eq!(answered, one(Phase::Answered));
}

#[test]
fn two_calls_of_one_number_are_two() {
    let mut story = Story::new();
    story.hear(&presence("1", "CallConnected"));
    assert_eq!(story.hear(&presence("2", "Ringing")), [("s-2".to_owned(), Phase::Ringing)]);
    story.hear(&presence("2", "NoCall"));
    assert_eq!(story.wait(1500), [("s-2".to_owned(), MISSED)]);
}

#[test]
fn an_extension_a_withheld_number_and_a_blind_transfer_are_told_as_they_are() {
    let mut story = Story::new();
    let mut colleague = presence("1", "Ringing");
    colleague["call"]["from"] = json!({ "phoneNumber": "103" });
    assert_eq!(story.events(&colleague)[0].remote.given, "103");
    let mut withheld = presence("2", "Ringing");
    withheld["call"]["from"] = json!({});
    assert_eq!(story.events(&withheld)[0].remote.given, "");
    let mut moved = presence("1", "CallConnected");
    moved["call"]["from"] = json!({ "phoneNumber": "+442079460018" });
    let told = story.events(&moved);
    assert_eq!((told[0].phase, told[0].remote.given.as_str()), (Phase::Answered, "+442079460018"));
    // Another family writes the same number differently; that is no news.
    story.events(&web_phone("1", "start"));
    let said = story.events(&presence("1", "OnHold"));
    assert_eq!(said[0].remote.given, "+14155550123", "what presence says now");
}

#[test]
fn a_flood_of_calls_is_bounded() {
    let mut story = Story::new();
    let told = (0..1000).map(|n| story.hear(&presence(&n.to_string(), "Ringing")).len());
    assert_eq!(told.sum::<usize>(), LIVE_MAX);
    for n in 0..LIVE_MAX {
        story.hear(&presence(&n.to_string(), "NoCall"));
    }
    story.wait(1500);
    assert_eq!(story.hear(&presence("2000", "Ringing")).len(), 1, "there is room again");
}

#[test]
fn junk_is_nothing() {
    for junk in [
        "",
        "null",
        "[]",
        "7",
        "\"rc-active-call-notify\"",
        "{}",
        "{\"type\":7}",
        r#"{"type":"rc-active-call-notify"}"#,
        r#"{"type":"rc-active-call-notify","call":null}"#,
        r#"{"type":"rc-active-call-notify","call":{"direction":"Inbound"}}"#,
        r#"{"type":"rc-active-call-notify","call":{"direction":"Sideways","telephonyStatus":"Ringing"}}"#,
        r#"{"type":"rc-call-ring-notify","call":[]}"#,
        r#"{"type":"rc-telephony-session-notify","telephonySession":{"parties":{}}}"#,
        r#"{"type":"rc-post-message-request","path":"/contacts/match"}"#,
        r#"{"type":"rc-post-message-request","path":"../../etc","requestId":"1"}"#,
        r#"{"type":"rc-login-popup-notify","oAuthUri":{}}"#,
    ] {
        assert!(message::read(junk).is_none(), "{junk}");
    }
    let long = format!("{{\"type\":\"{}\"}}", "x".repeat(message::MESSAGE_MAX));
    assert!(message::read(&long).is_none());
    let mut story = Story::new();
    let mut nameless = presence("1", "Ringing");
    for id in ["sessionId", "telephonySessionId", "partyId"] {
        nameless["call"][id] = "x".repeat(500).into();
    }
    assert_eq!(story.hear(&nameless), [], "a call without an id cannot be followed");
}
