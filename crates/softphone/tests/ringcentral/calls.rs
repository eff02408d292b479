//! What is told of calls and messages.

use fake_ringcentral::{Faults, Order};
use jiff::Timestamp;
use ringside_domain::{Direction, EndReason, Phase, SourceEvent};
use ringside_softphone::Softphone;
use serde_json::json;

use crate::support::*;

#[tokio::test]
async fn a_call_is_told_from_ring_to_end() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    for (sequence, code) in
        [(1, "Setup"), (2, "Proceeding"), (3, "Answered"), (4, "Hold"), (5, "Disconnected")]
    {
        server.order(party(sequence, code));
    }
    let ring = heard.call().await;
    assert_eq!(ring.phase, Phase::Ringing);
    assert_eq!(ring.remote.given, "+14155550123");
    assert_eq!(ring.aliases, ["s-1", "425008160016", "p-1-2"]);
    let (phases, reason) = heard.end().await;
    assert_eq!((phases, reason), (vec![Phase::Answered, Phase::Held], EndReason::Answered));
}

#[tokio::test]
async fn messages_that_overtake_each_other_or_come_twice_make_one_story() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    faults(&server, |faults| faults.keep_back = true);
    for (sequence, code) in [(1, "Proceeding"), (2, "Answered"), (3, "Disconnected")] {
        server.order(party(sequence, code));
        server.order(party(sequence, code));
    }
    server.order(Order::Release);
    let first = heard.call().await;
    assert!(matches!(first.phase, Phase::Ended(_)), "{first:?}");
    assert!(!first.final_after.is_zero(), "what is not sure can be taken back");
    let last = heard.call().await;
    assert_eq!(last.phase, Phase::Ended(EndReason::Answered));
    assert!(last.final_after.is_zero());
}

#[tokio::test]
async fn the_call_log_says_what_nobody_else_did_and_is_asked_once() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    server.order(Order::Record {
        record: json!({
            "id": "1", "sessionId": "425008160016", "telephonySessionId": "s-1",
            "startTime": "2026-11-24T10:00:00.000Z", "duration": 12, "type": "Voice",
            "direction": "Inbound", "action": "Phone Call", "result": "Accepted",
            "from": { "phoneNumber": "+14155550123" }, "to": { "phoneNumber": "+16505550100" },
        }),
    });
    // The answer of it is lost.
    server.order(party(1, "Proceeding"));
    faults(&server, |faults| faults.lose = 1);
    server.order(party(2, "Answered"));
    server.order(party(3, "Disconnected"));
    let (_, first) = heard.end().await;
    assert_eq!(first, EndReason::Missed);
    let (_, settled) = heard.end().await;
    assert_eq!(settled, EndReason::Answered);
    assert_eq!(asked(&server, "GET call-log"), 1);
    // Nothing is asked where all is clear.
    server.order(Order::Party {
        session: "s-2".into(),
        sequence: 1,
        party: "p-2-2".into(),
        code: "Disconnected".into(),
        more: json!({ "missedCall": true }),
    });
    heard.end().await;
    server.order(party(1, "Proceeding"));
    assert_eq!(asked(&server, "GET call-log"), 1);
}

#[tokio::test]
async fn a_text_message_is_told_whole() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    server.order(Order::Sms {
        id: 12_756_735_005,
        direction: "Inbound".into(),
        from: "+14155550123".into(),
        to: "+16505550100".into(),
        text: "Call me back?".into(),
    });
    let message = loop {
        if let SourceEvent::Message(message) = heard.next().await {
            break message;
        }
    };
    assert_eq!((message.key.as_str(), message.direction), ("12756735005", Direction::Inbound));
    assert_eq!(
        (message.remote.given.as_str(), message.text.as_str()),
        ("+14155550123", "Call me back?")
    );
}

#[tokio::test]
async fn the_call_log_is_the_history() {
    let server = server().await;
    for (number, result) in [("+14155550123", "Missed"), ("(866)123-4567", "Voicemail")] {
        server.order(Order::Record {
            record: json!({
                "id": result, "telephonySessionId": result, "duration": 0,
                "startTime": "2026-11-24T09:00:00.000Z", "direction": "Inbound",
                "result": result, "from": { "phoneNumber": number },
            }),
        });
    }
    let calls = phone(&server, quick()).recent_calls(Timestamp::UNIX_EPOCH).await.unwrap();
    let told: Vec<_> = calls.iter().map(|call| (&*call.remote.given, call.result)).collect();
    assert_eq!(
        told,
        [("(866)123-4567", EndReason::Voicemail), ("+14155550123", EndReason::Missed)]
    );
    assert!(Faults::default().too_many_times == 0 && refused(&server) == 0);
}
