//! What a phone system says on its manager interface beyond the recordings.
#![allow(clippy::expect_used, reason = "clippy does not see that this is test code")]

use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::{CallEvent, Direction, EndReason, Moment, Phase, SourceId};
use ringside_softphone::ami::{Blocks, Manager};
use ringside_softphone::decode::Decode;
use tokio_util::bytes::BytesMut;
use tokio_util::codec::Decoder;

const IN: Direction = Direction::Inbound;
const OUT: Direction = Direction::Outbound;
const OURS: &str = "PJSIP/204-0000000a";

/// What came of some events: direction, remote, phase.
fn told(events: &[&[(&str, &str)]]) -> Vec<CallEvent> {
    let mut manager = Manager::new(SourceId::new("pbx"), "PJSIP/204");
    let wall = Timestamp::from_second(1_795_000_000).expect("a time");
    let heard = events.iter().enumerate().flat_map(|(n, fields)| {
        let block: String =
            fields.iter().map(|(key, value)| format!("{key}: {value}\r\n")).collect();
        manager.heard(&block, Moment { wall, mono: Duration::from_secs(n as u64) })
    });
    heard.collect()
}

#[track_caller]
fn tells(events: &[CallEvent], expected: &[(Direction, &str, Phase)]) {
    let told: Vec<_> =
        events.iter().map(|e| (e.direction, e.remote.given.as_str(), e.phase)).collect();
    assert_eq!(told, expected);
}

const fn end(reason: EndReason) -> Phase {
    Phase::Ended(reason)
}

fn ring(unique: &str) -> Vec<(&str, &str)> {
    vec![
        ("Event", "DialBegin"),
        ("Channel", "PJSIP/trunk-00000001"),
        ("Uniqueid", "1.1"),
        ("CallerIDNum", "14155550123"),
        ("CallerIDName", "Jane"),
        ("DestChannel", OURS),
        ("DestUniqueid", unique),
        ("DestLinkedid", "1.1"),
        ("DestCallerIDNum", "204"),
    ]
}

fn ends<'a>(unique: &'a str, status: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("Event", "DialEnd"),
        ("Uniqueid", "1.1"),
        ("DestChannel", OURS),
        ("DestUniqueid", unique),
        ("DestLinkedid", "1.1"),
        ("DialStatus", status),
    ]
}

fn channel<'a>(unique: &'a str, exten: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![
        ("Event", "Newchannel"),
        ("Channel", OURS),
        ("Uniqueid", unique),
        ("Linkedid", unique),
        ("Exten", exten),
        ("CallerIDNum", "204"),
    ]
}

fn hangup<'a>(unique: &'a str, cause: &'a str) -> Vec<(&'a str, &'a str)> {
    vec![("Event", "Hangup"), ("Channel", OURS), ("Uniqueid", unique), ("Cause", cause)]
}

#[test]
fn a_queue_offers_again_under_a_key_of_its_own() {
    let joined = [("Event", "QueueCallerJoin"), ("Queue", "support"), ("Linkedid", "1.1")];
    let events = told(&[
        &joined,
        &channel("1.2", "s"),
        &ring("1.2"),
        &ends("1.2", "NOANSWER"),
        &hangup("1.2", "19"),
        &channel("1.3", "s"),
        &ring("1.3"),
        &ends("1.3", "ANSWER"),
        &hangup("1.3", "16"),
    ]);
    tells(
        &events,
        &[
            (IN, "14155550123", Phase::Ringing),
            (IN, "14155550123", end(EndReason::Missed)),
            (IN, "14155550123", Phase::Ringing),
            (IN, "14155550123", Phase::Answered),
            (IN, "14155550123", end(EndReason::Answered)),
        ],
    );
    assert!(events.iter().all(|event| event.queue.as_deref() == Some("support")));
    assert!(events.iter().all(|event| event.aliases == ["1.1"]));
    assert_ne!(events[0].key, events[2].key);
}

#[test]
fn who_took_or_declined_a_ring_is_told_by_status_and_cause() {
    let other = [
        ("Event", "DialEnd"),
        ("DestChannel", "PJSIP/205-0000000b"),
        ("DestLinkedid", "1.1"),
        ("DialStatus", "ANSWER"),
    ];
    for (status, cause, taken, reason) in [
        ("CANCEL", "26", false, EndReason::AnsweredElsewhere),
        ("CANCEL", "0", true, EndReason::AnsweredElsewhere),
        ("CANCEL", "16", false, EndReason::Missed),
        ("BUSY", "17", false, EndReason::Rejected),
        ("NOANSWER", "19", false, EndReason::Missed),
        ("CHANUNAVAIL", "20", false, EndReason::Missed),
    ] {
        let before: &[(&str, &str)] = if taken { &other } else { &[] };
        let events = told(&[
            &channel("1.2", "s"),
            // An answer from before our ring: the call is transferred to us.
            &other,
            &ring("1.2"),
            before,
            &ends("1.2", status),
            &hangup("1.2", cause),
        ]);
        assert_eq!(events.last().map(|e| e.phase), Some(end(reason)), "{status} {cause}");
    }
}

#[test]
fn a_call_that_we_dial_ends_in_every_way() {
    let dial: Vec<_> = channel("1.1", "02079460123");
    let begin = [
        ("Event", "DialBegin"),
        ("Channel", OURS),
        ("Uniqueid", "1.1"),
        ("Linkedid", "1.1"),
        ("Exten", "02079460123"),
        ("DestChannel", "PJSIP/trunk-00000002"),
        ("DestUniqueid", "1.2"),
    ];
    for (status, cause, reason) in [
        ("BUSY", "17", EndReason::Busy),
        ("NOANSWER", "16", EndReason::NoAnswer),
        ("CANCEL", "0", EndReason::Cancelled),
        ("CONGESTION", "34", EndReason::Failed),
        ("", "21", EndReason::Rejected),
        ("", "1", EndReason::Failed),
    ] {
        let over = [
            ("Event", "DialEnd"),
            ("Channel", OURS),
            ("Uniqueid", "1.1"),
            ("DestChannel", "PJSIP/trunk-00000002"),
            ("DialStatus", status),
        ];
        let over: &[(&str, &str)] = if status.is_empty() { &[] } else { &over };
        let events = told(&[&dial, &begin, &begin, over, &hangup("1.1", cause)]);
        let number = "02079460123";
        tells(&events, &[(OUT, number, Phase::Ringing), (OUT, number, end(reason))]);
    }
    let never = told(&[&dial, &hangup("1.1", "1")]);
    assert_eq!(never.last().map(|e| e.phase), Some(end(EndReason::Failed)));
}

#[test]
fn a_call_to_the_system_itself_is_answered_by_it() {
    let up = [("Event", "Newstate"), ("Uniqueid", "1.1"), ("ChannelStateDesc", "Up")];
    tells(
        &told(&[&channel("1.1", "8500"), &up, &hangup("1.1", "16")]),
        &[(OUT, "8500", Phase::Answered), (OUT, "8500", end(EndReason::Answered))],
    );
    assert_eq!(told(&[&channel("1.1", "*72"), &up, &hangup("1.1", "16")]), [], "no call at all");
}

#[test]
fn a_call_that_we_pick_up_is_one_that_came_in() {
    let pickup = [
        ("Event", "Pickup"),
        ("Channel", OURS),
        ("Uniqueid", "1.5"),
        ("Linkedid", "1.5"),
        ("TargetChannel", "PJSIP/205-0000000b"),
        ("TargetLinkedid", "1.1"),
        ("TargetConnectedLineNum", "14155550123"),
        ("TargetConnectedLineName", "<unknown>"),
    ];
    let events = told(&[&channel("1.5", "*8"), &pickup, &hangup("1.5", "16")]);
    let (number, had) = ("14155550123", end(EndReason::Answered));
    tells(&events, &[(IN, number, Phase::Answered), (IN, number, had)]);
}

#[test]
fn hold_and_an_attended_transfer_change_the_call_in_place() {
    let hold = |event| [("Event", event), ("Channel", OURS), ("Uniqueid", "1.2")];
    let connected = [
        ("event", "NewConnectedLine"),
        ("channel", OURS),
        ("uniqueid", "1.2"),
        ("connectedlinenum", "205"),
        ("connectedlinename", "Bob"),
    ];
    let events = told(&[
        &ring("1.2"),
        &ends("1.2", "ANSWER"),
        &hold("Hold"),
        &hold("Unhold"),
        &connected,
        &connected,
        &hangup("1.2", "16"),
    ]);
    tells(
        &events,
        &[
            (IN, "14155550123", Phase::Ringing),
            (IN, "14155550123", Phase::Answered),
            (IN, "14155550123", Phase::Held),
            (IN, "14155550123", Phase::Resumed),
            (IN, "205", Phase::Resumed),
            (IN, "205", end(EndReason::Answered)),
        ],
    );
}

#[test]
fn other_devices_are_none_of_our_business() {
    for dest in ["PJSIP/2041-00000001", "PJSIP/205-00000001", "Local/204@x-00000001;1", "204", ""] {
        let mut theirs = ring("1.2");
        theirs.retain(|(key, _)| *key != "DestChannel");
        theirs.push(("DestChannel", dest));
        assert_eq!(told(&[&theirs]), [], "{dest}");
    }
}

#[test]
fn blocks_are_cut_wherever_the_wire_cuts() {
    let wire = "Asterisk Call Manager/5.0.4\r\nEvent: A\r\n\r\nEvent: B\n\nEvent: half\r\n";
    let mut heard = BytesMut::new();
    let mut found = Vec::new();
    for byte in wire.bytes() {
        heard.extend_from_slice(&[byte]);
        found.extend(Blocks.decode(&mut heard).expect("in bounds"));
    }
    assert_eq!(found, ["Asterisk Call Manager/5.0.4\r\nEvent: A\r\n\r\n", "Event: B\n\n"]);
    assert!(Blocks.decode(&mut BytesMut::from(&vec![b'x'; 300_000][..])).is_err());
}
