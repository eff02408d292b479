//! What the recorded programs can say beyond the recordings, after their documents and sources.
#![allow(clippy::expect_used, reason = "clippy does not see that this is test code")]

use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::{CallEvent, Direction, EndReason, Moment, Phase, SourceId};
use ringside_softphone::decode::{Decode, decoder};

const IN: Direction = Direction::Inbound;
const OUT: Direction = Direction::Outbound;
const RING: Phase = Phase::Ringing;
const TALK: Phase = Phase::Answered;
const HAD: Phase = Phase::Ended(EndReason::Answered);

const fn end(reason: EndReason) -> Phase {
    Phase::Ended(reason)
}

fn open(kind: &str, device: &str) -> Box<dyn Decode> {
    decoder(kind, SourceId::new("test"), device).expect("a decoder")
}

fn at(n: usize) -> Moment {
    let wall = Timestamp::from_second(1_795_000_000 + n as i64).expect("a time");
    Moment { wall, mono: Duration::from_secs(n as u64) }
}

fn hear(decoder: &mut dyn Decode, said: &[String]) -> Vec<CallEvent> {
    said.iter().enumerate().flat_map(|(n, raw)| decoder.heard(raw, at(n))).collect()
}

/// What is told of each: direction, remote address, phase.
#[track_caller]
fn tells(events: &[CallEvent], expected: &[(Direction, &str, Phase)]) {
    let told: Vec<_> =
        events.iter().map(|e| (e.direction, e.remote.given.as_str(), e.phase)).collect();
    assert_eq!(told, expected);
}

// --- baresip ---

fn baresip(kind: &str, way: &str, id: &str, peer: &str, param: &str) -> String {
    serde_json::json!({
        "event": true, "type": kind, "direction": way, "peeruri": peer, "id": id, "param": param,
    })
    .to_string()
}

#[test]
fn baresip_follows_a_transfer_to_its_new_id() {
    let events = hear(
        &mut *open("baresip", ""),
        &[
            baresip("CALL_INCOMING", "incoming", "old", "sip:1@h", ""),
            baresip("CALL_ESTABLISHED", "incoming", "old", "sip:1@h", ""),
            baresip("TRANSFER", "incoming", "old", "sip:1@h", "sip:2@h"),
            baresip("CALL_RINGING", "outgoing", "new", "sip:2@h", ""),
            baresip("CALL_CLOSED", "incoming", "old", "sip:1@h", "Connection reset by peer"),
            baresip("CALL_ESTABLISHED", "outgoing", "new", "sip:2@h", ""),
            baresip("CALL_CLOSED", "outgoing", "new", "sip:2@h", "Connection reset by user"),
            baresip("CALL_RINGING", "outgoing", "another", "sip:3@h", ""),
        ],
    );
    tells(
        &events,
        &[
            (IN, "sip:1@h", RING),
            (IN, "sip:1@h", TALK),
            (OUT, "sip:2@h", RING),
            (IN, "sip:1@h", HAD),
            (OUT, "sip:2@h", TALK),
            (OUT, "sip:2@h", HAD),
            (OUT, "sip:3@h", RING),
        ],
    );
    let continues: Vec<_> = events.iter().map(|e| e.continues.as_deref()).collect();
    assert_eq!(continues, [None, None, Some("old"), None, Some("old"), Some("old"), None]);
}

#[test]
fn mqtt_tells_events_by_their_topic_alone() {
    let mut mqtt = open("baresip-mqtt", "");
    let body = r#"{"type":"CALL_INCOMING","direction":"incoming","peeruri":"sip:1@h","id":"a"}"#;
    assert!(mqtt.heard(&format!("/phone/command_resp/1 {body}"), at(0)).is_empty());
    assert!(mqtt.heard("/phone/event not json", at(0)).is_empty());
    tells(&mqtt.heard(&format!("office/7/event {body}"), at(0)), &[(IN, "sip:1@h", RING)]);
}

// --- dialog-info ---

fn document(state: &str, dialogs: &str) -> String {
    format!(
        r#"<?xml version="1.0"?><dialog-info xmlns="urn:ietf:params:xml:ns:dialog-info" version="1" state="{state}" entity="sip:204@pbx">{dialogs}</dialog-info>"#
    )
}

/// As Asterisk writes it: the extension as the id of every dialog, no Call-ID.
fn hint(direction: &str, state: &str) -> String {
    document(
        "full",
        &format!(
            r#"<dialog id="204" {direction}><remote><identity display="Jane &amp; Co">sip:+14155550123@pbx</identity></remote>{state}</dialog>"#
        ),
    )
}

#[test]
fn dialogs_of_one_id_are_calls_of_their_own() {
    let recipient = r#"direction="recipient""#;
    let mut dialogs = open("dialog-info", "");
    let events = hear(
        &mut *dialogs,
        &[
            hint(recipient, "<state>early</state>"),
            hint(recipient, "<state>confirmed</state>"),
            hint("", "<state>terminated</state>"),
            hint("", "<state>terminated</state>"),
            hint(recipient, "<state>early</state>"),
            hint("", r#"<state event="rejected" code="603">terminated</state>"#),
        ],
    );
    let (jane, rejected) = ("sip:+14155550123@pbx", end(EndReason::Rejected));
    tells(
        &events,
        &[
            (IN, jane, RING),
            (IN, jane, TALK),
            (IN, jane, HAD),
            (IN, jane, RING),
            (IN, jane, rejected),
        ],
    );
    assert_ne!(events[0].key, events[3].key);
    assert_eq!(events[0].remote.name.as_deref(), Some("Jane & Co"));
    assert_eq!(events[0].local.given, "sip:204@pbx");
}

#[test]
fn dialogs_tell_hold_transfer_and_what_a_list_no_longer_has() {
    let dialog = |id: &str, more: &str| {
        format!(
            r#"<dialog id="{id}" call-id="c-{id}" direction="recipient"><remote><identity>sip:1@h</identity></remote>{more}</dialog>"#
        )
    };
    let talk = "<state>confirmed</state>";
    let held = r#"<state>confirmed</state><local><target uri="sip:x"><param pname="+sip.rendering" pval="no"/></target></local>"#;
    let replaces =
        r#"<state>confirmed</state><replaces call-id="c-a" local-tag="1" remote-tag="2"/>"#;
    let mut dialogs = open("dialog-info", "");
    let events = hear(
        &mut *dialogs,
        &[
            document("full", &dialog("a", talk)),
            document("full", &dialog("a", held)),
            document("full", &dialog("a", talk)),
            document("full", &dialog("a", talk)),
            document("partial", &dialog("b", replaces)),
            document("full", &dialog("b", talk)),
            document("full", ""),
        ],
    );
    let phases: Vec<_> = events.iter().map(|e| e.phase).collect();
    assert_eq!(phases, [TALK, Phase::Held, Phase::Resumed, TALK, HAD, HAD]);
    assert_eq!(events[3].continues.as_deref(), Some("a c-a"));
    assert!(events[4].final_after > Duration::ZERO, "another copy may list it again");
    assert_eq!(events[3].aliases, ["c-b"]);
}

#[test]
fn a_document_that_would_hurt_a_parser_says_nothing() {
    let mut dialogs = open("dialog-info", "");
    let bomb = r#"<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><dialog-info state="full">&b;</dialog-info>"#;
    let deep = "<dialog-info>".repeat(100_000);
    let wide = document("full", &"<dialog/>".repeat(60_000));
    for bad in [bomb, &deep, &wide, "<dialog-info", "", "\u{FEFF}", "<html/>"] {
        assert!(dialogs.heard(bad, at(0)).is_empty());
    }
}

// --- linphone ---

fn popped(state: &str, id: u32, from: &str) -> String {
    format!(
        "Status: Ok\n\nSize: 0\nEvent-type: call-state-changed\n\nEvent: LinphoneCall{state}\nFrom: {from}\nId: {id}\n\n"
    )
}

#[test]
fn linphone_dials_holds_and_is_transferred() {
    let (jane, bob) = ("\"Jane\" <sip:1@h>", "<sip:2@h>");
    let events = hear(
        &mut *open("linphone", ""),
        &[
            popped("OutgoingInit", 1, jane),
            popped("OutgoingProgress", 1, jane),
            popped("OutgoingRinging", 1, jane),
            popped("Connected", 1, jane),
            popped("StreamsRunning", 1, jane),
            popped("Pausing", 1, jane),
            popped("Paused", 1, jane),
            popped("StreamsRunning", 1, jane),
            popped("Referred", 1, jane),
            popped("OutgoingInit", 2, bob),
            popped("End", 1, jane),
            popped("Released", 1, jane),
            popped("Error", 2, bob),
        ],
    );
    tells(
        &events,
        &[
            (OUT, "sip:1@h", RING),
            (OUT, "sip:1@h", TALK),
            (OUT, "sip:1@h", Phase::Held),
            (OUT, "sip:1@h", Phase::Resumed),
            (OUT, "sip:2@h", RING),
            (OUT, "sip:1@h", HAD),
            (OUT, "sip:2@h", end(EndReason::Failed)),
        ],
    );
    assert_eq!(events[4].continues.as_deref(), Some(events[0].key.as_str()));
}

#[test]
fn linphone_ids_of_another_run_are_other_calls() {
    let mut daemon = open("linphone", "");
    let ring = [popped("IncomingReceived", 1, "<sip:1@h>")];
    let gone = [popped("End", 1, "<sip:1@h>")];
    let first = hear(&mut *daemon, &ring);
    hear(&mut *daemon, &gone);
    let second = hear(&mut *daemon, &ring);
    assert_ne!(first[0].key, second[0].key);
    assert_ne!(hear(&mut *open("linphone", ""), &ring)[0].key, first[0].key);
}

// --- twinkle ---

fn hook(trigger: &str, more: &[(&str, &str)]) -> String {
    let own = [("TWINKLE_TRIGGER", trigger), ("SIP_TO", "<sip:agent@h>")];
    let env: serde_json::Map<String, serde_json::Value> =
        own.iter().chain(more).map(|(k, v)| ((*k).into(), (*v).into())).collect();
    serde_json::Value::Object(env).to_string()
}

#[test]
fn twinkle_dials_and_is_refused_in_every_way() {
    for (code, reason) in [
        ("486", EndReason::Busy),
        ("603", EndReason::Rejected),
        ("487", EndReason::Cancelled),
        ("480", EndReason::NoAnswer),
        ("404", EndReason::Failed),
        ("", EndReason::Failed),
    ] {
        let id = ("SIP_CALL_ID", "a");
        let events = hear(
            &mut *open("twinkle", ""),
            &[
                hook("out_call", &[id, ("SIP_FROM", "<sip:agent@h>"), ("SIP_TO", "<sip:9@h>")]),
                hook("out_call_failed", &[id, ("SIPSTATUS_CODE", code)]),
            ],
        );
        tells(&events, &[(OUT, "sip:9@h", RING), (OUT, "sip:9@h", end(reason))]);
    }
}

#[test]
fn twinkle_believes_the_network_before_the_caller() {
    let (id, from) = (("SIP_CALL_ID", "a"), ("SIP_FROM", "\"Jane\" <sip:trunk7@h>"));
    let asserted = ("SIP_P_ASSERTED_IDENTITY", "<tel:+14155550123>");
    let taken = ("SIP_REASON", "SIP;cause=200;text=\"Call completed elsewhere\"");
    let events = hear(
        &mut *open("twinkle", ""),
        &[
            hook("in_call", &[id, from, asserted]),
            hook("in_call_failed", &[id, from, ("SIPSTATUS_CODE", "487"), taken]),
            hook("remote_release", &[("SIP_CALL_ID", "unknown"), from]),
            hook("in_call", &[from]),
        ],
    );
    tells(
        &events,
        &[
            (IN, "tel:+14155550123", RING),
            (IN, "tel:+14155550123", end(EndReason::AnsweredElsewhere)),
            (IN, "sip:trunk7@h", HAD),
        ],
    );
    assert_eq!(events[0].remote.name.as_deref(), Some("Jane"));
}

#[test]
fn twinkle_follows_transfers_by_who_sent_them() {
    let jane = ("SIP_FROM", "<sip:1@h>");
    let events = hear(
        &mut *open("twinkle", ""),
        &[
            hook("in_call", &[("SIP_CALL_ID", "a"), jane]),
            hook("in_call_answered", &[("SIP_CALL_ID", "a"), jane]),
            hook(
                "out_call",
                &[
                    ("SIP_CALL_ID", "b"),
                    ("SIP_REFERRED_BY", "<sip:1@other>"),
                    ("SIP_TO", "<sip:2@h>"),
                ],
            ),
            hook("out_call_answered", &[("SIP_CALL_ID", "b")]),
            hook(
                "in_call",
                &[("SIP_CALL_ID", "c"), ("SIP_REPLACES", "b;to-tag=1;from-tag=2"), jane],
            ),
        ],
    );
    let continues: Vec<_> = events.iter().map(|e| e.continues.as_deref()).collect();
    assert_eq!(continues, [None, None, Some("a"), Some("a"), Some("b")]);
}

// --- jami ---

fn signal(name: &str, arguments: &str) -> String {
    format!("/cx/ring/Ring/CallManager: cx.ring.Ring.CallManager.{name} ({arguments})")
}

#[test]
fn jami_dials_holds_and_escapes() {
    let mut signals = open("jami", "");
    let state = |state: &str| signal("callStateChanged", &format!("'acc', '77', '{state}', 0"));
    let events = hear(
        &mut *signals,
        &[
            state("CONNECTING"),
            state("RINGING"),
            state("CURRENT"),
            state("HOLD"),
            state("CURRENT"),
            state("CURRENT"),
            state("OVER"),
            signal("incomingCall", r#""acc", '78', 'it\'s "me"'"#),
            signal("callStateChanged", "'acc', '78', 'BUSY', 0"),
            signal("callStateChanged", "'unclosed"),
            signal("peerHold", "'77', true"),
        ],
    );
    let odd = r#"it's "me""#;
    tells(
        &events,
        &[
            (OUT, "", RING),
            (OUT, "", TALK),
            (OUT, "", Phase::Held),
            (OUT, "", Phase::Resumed),
            (OUT, "", HAD),
            (IN, odd, RING),
            (IN, odd, end(EndReason::Rejected)),
        ],
    );
}

#[test]
fn jami_says_on_demand_whom_it_calls() {
    let mut signals = ringside_softphone::jami::Signals::new(SourceId::new("test"));
    signals.heard(&signal("callStateChanged", "'acc', '77', 'RINGING', 0"), at(0));
    let details = "({'CALL_TYPE': '1', 'DISPLAY_NAME': 'Jane', 'PEER_NUMBER': '+14155550123@h'},)";
    let event = signals.details("77", details, at(1)).expect("news");
    assert_eq!(event.remote.given, "+14155550123@h");
    assert_eq!(event.remote.name.as_deref(), Some("Jane"));
    assert_eq!(signals.details("77", details, at(2)), None);
}
