use std::time::Duration;

use proptest::prelude::*;
use ringside_domain::{CallEvent, EndReason, Moment, Party, Phase, SourceId};
use serde_json::{Value, json};

use super::{MOVES_WITHIN, Sessions};

const OWN: &str = "400144455008";

fn moment() -> Moment {
    Moment { wall: "2026-11-24T10:00:00Z".parse().unwrap(), mono: Duration::from_secs(1) }
}

fn later() -> Moment {
    Moment { mono: Duration::from_secs(2), ..moment() }
}

fn sessions() -> Sessions {
    Sessions::new(SourceId::new("ringcentral"), OWN.to_owned())
}

/// A message about our inbound party, with more of it.
fn inbound(sequence: u64, code: &str, more: Value) -> Value {
    party(sequence, "s-1", "p-1-2", "Inbound", code, more)
}

fn party(
    sequence: u64,
    session: &str,
    party: &str,
    direction: &str,
    code: &str,
    more: Value,
) -> Value {
    let mut said = json!({
        "id": party, "extensionId": OWN, "direction": direction,
        "from": { "phoneNumber": "+14155550123", "name": "Jane Q. Caller" },
        "to": { "phoneNumber": "+16505550100" },
        "status": { "code": code }, "missedCall": false,
    });
    for (name, value) in more.as_object().unwrap() {
        match name.as_str() {
            "reason" | "peerId" => said["status"][name] = value.clone(),
            _ => said[name] = value.clone(),
        }
    }
    json!({
        "sequence": sequence, "sessionId": "4250", "telephonySessionId": session,
        "parties": [said],
    })
}

fn told(messages: &[Value]) -> Vec<CallEvent> {
    let mut sessions = sessions();
    messages.iter().flat_map(|message| sessions.hear(message, moment())).collect()
}

fn phases(messages: &[Value]) -> Vec<Phase> {
    told(messages).into_iter().map(|event| event.phase).collect()
}

fn end(messages: &[Value]) -> Option<Phase> {
    phases(messages).pop()
}

fn sample(name: &str) -> Value {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/ringcentral/samples/");
    serde_json::from_str(&std::fs::read_to_string(format!("{folder}{name}.json")).unwrap()).unwrap()
}

#[test]
fn the_samples_of_the_documentation_are_read() {
    let ringing = sample("extension-telephony-sessions");
    let events = told(&[ringing["pn_apns"]["body"].clone()]);
    let [event] = events.as_slice() else { panic!("{events:?}") };
    assert_eq!(event.phase, Phase::Ringing);
    assert_eq!(event.key, "Y3MxNzE4NDE5MDM0MzQwMTgzODRAMTAuNjIuMjUuMTEx");
    assert_eq!(event.aliases[1..], ["402936341008", "cs171841903434018384-2"]);
    assert_eq!(event.remote, Party { given: "103".into(), name: Some("TheCat Jerry".into()) });
    assert_eq!(event.local.given, "102");
    assert_eq!(event.queue.as_deref(), Some(""));
    let setup = sample("telephony-session-event");
    let mut sessions = Sessions::new(SourceId::new("ringcentral"), "809646016".to_owned());
    assert!(sessions.hear(&setup["body"], moment()).is_empty(), "nothing rings while it is routed");
}

#[test]
fn a_call_rings_is_answered_held_taken_back_and_over() {
    use Phase::{Answered, Ended, Held, Resumed, Ringing};
    let messages = [
        inbound(1, "Setup", json!({})),
        inbound(2, "Proceeding", json!({})),
        inbound(3, "Answered", json!({})),
        inbound(4, "Hold", json!({})),
        inbound(5, "Answered", json!({})),
        inbound(6, "Parked", json!({})),
        inbound(7, "Disconnected", json!({})),
    ];
    let expected = [Ringing, Answered, Held, Resumed, Held, Ended(EndReason::Answered)];
    assert_eq!(phases(&messages), expected);
}

#[test]
fn each_end_without_a_conversation_has_its_reason() {
    for (code, more, reason) in [
        ("Disconnected", json!({ "missedCall": true }), EndReason::Missed),
        ("Disconnected", json!({ "reason": "Cancelled" }), EndReason::Missed),
        ("Disconnected", json!({ "reason": "NoAnswer" }), EndReason::Missed),
        ("Disconnected", json!({ "reason": "Rejected" }), EndReason::Rejected),
        ("Disconnected", json!({ "reason": "AgentAnswered" }), EndReason::AnsweredElsewhere),
        ("Disconnected", json!({ "reason": "Pickup" }), EndReason::AnsweredElsewhere),
        ("Disconnected", json!({ "reason": "CallRedirected" }), EndReason::AnsweredElsewhere),
        ("Disconnected", json!({ "reason": "Voicemail" }), EndReason::Voicemail),
        ("VoiceMail", json!({}), EndReason::Voicemail),
        ("Voicemail", json!({}), EndReason::Voicemail),
        ("VMScreening", json!({}), EndReason::Voicemail),
        ("VoiceMailScreening", json!({}), EndReason::Voicemail),
        ("Disconnected", json!({ "reason": "InternalError" }), EndReason::Failed),
    ] {
        let messages = [inbound(1, "Proceeding", json!({})), inbound(2, code, more.clone())];
        assert_eq!(end(&messages), Some(Phase::Ended(reason)), "{code} {more}");
    }
    for (more, reason) in [
        (json!({ "reason": "TargetBusy" }), EndReason::Busy),
        (json!({ "reason": "NoAnswer" }), EndReason::NoAnswer),
        (json!({ "reason": "Cancelled" }), EndReason::Cancelled),
        (json!({}), EndReason::Cancelled),
    ] {
        let out = |sequence, code, more| party(sequence, "s-1", "p-1-1", "Outbound", code, more);
        let messages = [out(1, "Setup", json!({})), out(2, "Disconnected", more.clone())];
        assert_eq!(end(&messages), Some(Phase::Ended(reason)), "{more}");
    }
}

#[test]
fn a_message_left_is_no_conversation_and_a_screened_one_that_was_taken_is() {
    let left = [
        inbound(1, "Proceeding", json!({})),
        inbound(2, "VoiceMail", json!({})),
        inbound(3, "Disconnected", json!({})),
    ];
    assert_eq!(phases(&left).pop(), Some(Phase::Ended(EndReason::Voicemail)));
    let taken = [
        inbound(1, "Proceeding", json!({})),
        inbound(2, "VMScreening", json!({})),
        inbound(3, "Answered", json!({})),
        inbound(4, "Disconnected", json!({})),
    ];
    assert_eq!(end(&taken), Some(Phase::Ended(EndReason::Answered)));
}

#[test]
fn an_end_of_which_nothing_is_certain_waits_for_the_call_log() {
    let mut sessions = sessions();
    sessions.hear(&inbound(1, "Proceeding", json!({})), moment());
    let events = sessions.hear(&inbound(3, "Disconnected", json!({})), moment());
    assert_eq!(events[0].phase, Phase::Ended(EndReason::Missed));
    assert_eq!(events[0].final_after, super::DOUBT);
    let settled = sessions.settled("s-1", EndReason::Answered, moment()).unwrap();
    assert_eq!(settled.phase, Phase::Ended(EndReason::Answered));
    assert!(settled.final_after.is_zero());
    assert!(sessions.settled("s-1", EndReason::Answered, moment()).is_none(), "once");
    // The lost message comes after all.
    let late = sessions.hear(&inbound(2, "Answered", json!({})), moment());
    assert!(late.is_empty(), "{late:?}");
}

#[test]
fn a_flip_goes_on_at_the_other_device() {
    let messages = [
        inbound(1, "Proceeding", json!({})),
        inbound(2, "Answered", json!({})),
        inbound(3, "Disconnected", json!({ "reason": "CallFlip" })),
        party(4, "s-1", "p-1-3", "Inbound", "Answered", json!({})),
        party(5, "s-1", "p-1-3", "Inbound", "Disconnected", json!({})),
    ];
    let events = told(&messages);
    assert_eq!(events[2].phase, Phase::Ended(EndReason::Answered));
    assert_eq!(events[2].final_after, MOVES_WITHIN, "it can be taken back");
    assert_eq!(events[3].phase, Phase::Answered);
    assert_eq!(events[4].phase, Phase::Ended(EndReason::Answered));
    assert!(events.iter().all(|event| event.key == "s-1"));
}

#[test]
fn a_warm_transfer_to_us_is_one_call_in_whatever_order_it_is_told() {
    let consult = party(1, "s-b", "p-b-2", "Inbound", "Answered", json!({}));
    let gone = party(
        2,
        "s-b",
        "p-b-2",
        "Inbound",
        "Gone",
        json!({
            "reason": "AttendedTransfer",
            "peerId": { "telephonySessionId": "s-a", "sessionId": "1", "partyId": "p-a-3" },
        }),
    );
    let customer = party(9, "s-a", "p-a-3", "Inbound", "Answered", json!({}));
    for order in [[&gone, &customer], [&customer, &gone]] {
        let messages = [consult.clone(), order[0].clone(), order[1].clone()];
        let events = told(&messages);
        let last = events.iter().rfind(|event| event.key == "s-a").unwrap();
        assert_eq!(last.continues.as_deref(), Some("s-b"));
        assert_eq!(last.phase, Phase::Answered);
        let ended = events.iter().rfind(|event| event.key == "s-b").unwrap();
        assert_eq!(ended.final_after, MOVES_WITHIN);
    }
}

#[test]
fn a_transfer_by_us_ends_both_calls_and_joins_none() {
    let peer = |session: &str, party: &str| json!({ "peerId": { "telephonySessionId": session, "partyId": party } });
    let messages = [
        party(2, "s-a", "p-a-2", "Inbound", "Hold", json!({})),
        party(1, "s-b", "p-b-1", "Outbound", "Answered", json!({})),
        party(3, "s-a", "p-a-2", "Inbound", "Gone", peer("s-b", "p-b-9")),
        party(2, "s-b", "p-b-1", "Outbound", "Disconnected", json!({})),
    ];
    let events = told(&messages);
    assert!(events.iter().all(|event| event.continues.is_none()), "{events:?}");
    for key in ["s-a", "s-b"] {
        let last = events.iter().rfind(|event| event.key == key).unwrap();
        assert_eq!(last.phase, Phase::Ended(EndReason::Answered), "{key}");
    }
}

#[test]
fn a_blind_transfer_to_us_changes_the_remote_party_in_place() {
    let other = json!({ "from": { "phoneNumber": "+442079460123" } });
    let messages = [
        inbound(1, "Proceeding", json!({})),
        inbound(2, "Answered", json!({})),
        inbound(3, "Answered", other),
    ];
    let events = told(&messages);
    assert_eq!(events[2].remote.given, "+442079460123");
}

#[test]
fn parties_that_are_not_ours_and_legs_of_a_forwarding_say_nothing() {
    for more in [json!({ "extensionId": "77" }), json!({ "ringMeRole": "Target" })] {
        assert!(told(&[inbound(1, "Proceeding", more)]).is_empty());
    }
    for nonsense in [json!({}), json!([]), json!(null), inbound(1, "FaxReceive", json!({}))] {
        assert!(told(&[nonsense]).is_empty());
    }
}

#[test]
fn two_calls_are_two() {
    let messages = [
        inbound(1, "Answered", json!({})),
        party(1, "s-2", "p-2-2", "Inbound", "Proceeding", json!({})),
        party(2, "s-2", "p-2-2", "Inbound", "Disconnected", json!({ "missedCall": true })),
        inbound(2, "Disconnected", json!({})),
    ];
    let events = told(&messages);
    let keys: Vec<_> = events.iter().map(|event| event.key.as_str()).collect();
    assert_eq!(keys, ["s-1", "s-2", "s-2", "s-1"]);
}

#[test]
fn after_a_reconnect_the_calls_that_live_are_told_and_what_was_under_way_does_not_undo_it() {
    let mut sessions = sessions();
    sessions.hear(&inbound(1, "Proceeding", json!({})), moment());
    sessions.hear(&party(1, "s-2", "p-2-2", "Inbound", "Answered", json!({})), moment());
    let fetched = json!({
        "id": "s-1", "creationTime": "2026-11-24T09:59:00Z",
        "parties": inbound(0, "Answered", json!({}))["parties"],
    });
    let live = sessions.snapshot(&[fetched], later().mono, later());
    let [event] = live.as_slice() else { panic!("{live:?}") };
    assert_eq!((event.key.as_str(), event.phase), ("s-1", Phase::Answered));
    assert_eq!(event.age, Duration::from_secs(60));
    // A message that was on its way when the session was fetched.
    assert!(sessions.hear(&inbound(1, "Proceeding", json!({})), moment()).is_empty());
    let over = sessions.hear(&inbound(4, "Disconnected", json!({})), moment());
    assert_eq!(over[0].phase, Phase::Ended(EndReason::Answered));
}

/// Whole conversations as they are sent, each with its end.
fn stories() -> Vec<(Vec<Value>, EndReason)> {
    let missed = json!({ "missedCall": true });
    vec![
        (
            vec![
                inbound(1, "Setup", json!({})),
                inbound(2, "Proceeding", json!({})),
                inbound(3, "Answered", json!({})),
                inbound(4, "Hold", json!({})),
                inbound(5, "Answered", json!({})),
                inbound(6, "Disconnected", json!({})),
            ],
            EndReason::Answered,
        ),
        (
            vec![
                inbound(1, "Proceeding", json!({ "queueCall": true })),
                inbound(4, "Disconnected", json!({ "reason": "AgentAnswered" })),
            ],
            EndReason::AnsweredElsewhere,
        ),
        (
            vec![inbound(1, "Proceeding", json!({})), inbound(2, "Disconnected", missed)],
            EndReason::Missed,
        ),
        (
            vec![
                inbound(1, "Proceeding", json!({})),
                inbound(2, "VoiceMail", json!({})),
                inbound(3, "Disconnected", json!({})),
            ],
            EndReason::Voicemail,
        ),
        (
            vec![
                inbound(1, "Proceeding", json!({})),
                inbound(2, "Answered", json!({})),
                inbound(3, "Disconnected", json!({ "reason": "CallSwitch" })),
                party(4, "s-1", "p-1-3", "Inbound", "Answered", json!({})),
                party(5, "s-1", "p-1-3", "Inbound", "Disconnected", json!({})),
            ],
            EndReason::Answered,
        ),
    ]
}

proptest! {
    #[test]
    fn any_order_and_any_repetition_comes_to_the_same_end(
        story in 0..stories().len(),
        shuffled in Just((0..40_usize).map(|n| n % 8).collect::<Vec<_>>()).prop_shuffle(),
    ) {
        let (messages, reason) = stories().swap_remove(story);
        // Each message several times, in any order.
        let mixed: Vec<Value> = shuffled.iter().filter_map(|at| messages.get(*at).cloned()).collect();
        let events = told(&mixed);
        prop_assert_eq!(events.last().map(|event| event.phase), Some(Phase::Ended(reason)));
        prop_assert!(events.iter().all(|event| event.key == "s-1"));
    }

    #[test]
    fn whatever_is_lost_the_end_is_an_end(
        // Of those with one party: the end of a party that is lost is made good by the next snapshot.
        story in 0..stories().len() - 1,
        lost in proptest::collection::vec(any::<bool>(), 8),
    ) {
        let (messages, reason) = stories().swap_remove(story);
        let last = messages.len() - 1;
        let kept: Vec<Value> = messages
            .into_iter()
            .enumerate()
            .filter(|(at, _)| *at == last || !lost[*at])
            .map(|(_, message)| message)
            .collect();
        let end = told(&kept).pop().unwrap();
        match end.phase {
            Phase::Ended(found) => {
                // What nobody can know is not claimed for good.
                let claimed = end.final_after != super::DOUBT;
                prop_assert!(!claimed || found == reason || !end.final_after.is_zero());
            }
            other => prop_assert!(false, "{:?}", other),
        }
    }
}
