//! What a real baresip 1.0.0 once sent, replayed byte for byte, and what must be made of it.

mod fake;

use std::time::Duration;

use anyhow::Result;
use fake::{Answers, Fake, Watch, netstring};
use ringside_domain::{Direction, EndReason, HealthState, Phase, SourceEvent};

const IN: Direction = Direction::Inbound;
const OUT: Direction = Direction::Outbound;
const RING: Phase = Phase::Ringing;
const TALK: Phase = Phase::Answered;

const fn end(reason: EndReason) -> Phase {
    Phase::Ended(reason)
}

/// Recording, Call-ID, direction, remote address and name as given, phases.
type Case =
    (&'static str, &'static str, Direction, &'static str, Option<&'static str>, &'static [Phase]);

const MISSED: &[Phase] = &[RING, end(EndReason::Missed)];
const TALKED: &[Phase] = &[RING, TALK, end(EndReason::Answered)];

#[rustfmt::skip]
const CASES: &[Case] = &[
    ("2x-agent-as-callee", "04fd1b730ba12aeb", IN, "sip:+442079460123@127.0.0.1:5080", Some("Bob Müller"), TALKED),
    ("2x-agent-as-caller", "547c3305f7ce7584", OUT, "sip:+442079460123@127.0.0.1:5080", None, TALKED),
    ("2x-peer-as-callee", "547c3305f7ce7584", IN, "sip:agent@127.0.0.1:5070", Some("Agent One"), TALKED),
    ("2x-peer-as-caller", "04fd1b730ba12aeb", OUT, "sip:agent@127.0.0.1:5070", None, TALKED),
    ("id-anonymous", "1-id-anonymous@pstn.test", IN, "sip:anonymous@anonymous.invalid", Some("Anonymous"), MISSED),
    ("id-displayname-number", "1-id-displayname-number@pstn.test", IN, "sip:5001@pbx.test", Some("14155550123"), MISSED),
    ("id-ext-in-uri", "1-id-ext-in-uri@pstn.test", IN, "sip:+14155550123;ext=22@pbx.test;user=phone", None, MISSED),
    ("id-extension", "1-id-extension@pstn.test", IN, "sip:101@pbx.test", Some("Bob (Sales)"), MISSED),
    ("id-html", "1-id-html@pstn.test", IN, "sip:+353871234567@pbx.test", Some("<img src=x onerror=alert(1)>"), MISSED),
    ("id-intl00", "1-id-intl00@pstn.test", IN, "sip:00442079460123@pbx.test", None, MISSED),
    ("id-intl011", "1-id-intl011@pstn.test", IN, "sip:01144207946 0123@pbx.test", None, MISSED),
    ("id-national", "1-id-national@pstn.test", IN, "sip:4155550123@pbx.test", Some("4155550123"), MISSED),
    ("id-noname-angle", "1-id-noname-angle@pstn.test", IN, "sip:+14155550123@pbx.test", None, MISSED),
    ("id-quote-escape", "1-id-quote-escape@pstn.test", IN, "sip:+353871234567@pbx.test", Some(r#"Bob \"The Boss\" \\ O'Neil"#), MISSED),
    ("id-restricted", "1-id-restricted@pstn.test", IN, "sip:Restricted@pbx.test", Some("Restricted"), MISSED),
    ("id-sips", "1-id-sips@pstn.test", IN, "sips:+14155550123@pbx.test", None, MISSED),
    ("id-tel-uri", "1-id-tel-uri@pstn.test", IN, "tel:+1-415-555-0123", None, MISSED),
    ("id-unavailable-nouser", "1-id-unavailable-nouser@pstn.test", IN, "sip:127.0.0.1", None, MISSED),
    ("id-unknown", "1-id-unknown@pstn.test", IN, "sip:unknown@unknown.invalid", Some("Unknown"), MISSED),
    ("id-utf8", "1-id-utf8@pstn.test", IN, "sip:+48221234567@pbx.test", Some("Zoë Łukasz 田中"), MISSED),
    ("in-answered-elsewhere", "1-in-answered-elsewhere@pstn.test", IN, "sip:+14155550123@pbx.test", Some("Jane"), MISSED),
    ("in-answered-local-hangup", "1-in-answered-local-hangup@pstn.test", IN, "sip:+14155550123@127.0.0.1;user=phone", Some("Jane Q. Caller"), TALKED),
    ("in-answered-remote-hangup", "1-in-answered-remote-hangup@pstn.test", IN, "sip:+14155550123@127.0.0.1;user=phone", Some("Jane Q. Caller"), TALKED),
    ("in-local-timeout", "1-in-local-timeout@pstn.test", IN, "sip:+14155550123@pbx.test", Some("Jane"), MISSED),
    ("in-missed-cancel", "1-in-missed-cancel@pstn.test", IN, "sip:+14155550123@127.0.0.1;user=phone", Some("Jane Q. Caller"), MISSED),
    ("in-rejected-local", "1-in-rejected-local@pstn.test", IN, "sip:+14155550123@127.0.0.1;user=phone", Some("Jane Q. Caller"), &[RING, end(EndReason::Rejected)]),
    ("kick-client2", "1-6090@127.0.0.1", IN, "sip:+14155550123@pbx.test", None, MISSED),
    ("late-attach", "late-1@x", IN, "sip:+14155550123@pbx.test", Some("Late"), &[TALK]),
    ("out-answered-local-hangup", "5acd752d598c65e3", OUT, "sip:+14155550188@127.0.0.1:5091", None, TALKED),
    ("out-answered-remote-hangup", "8f703fa2f93b7c1f", OUT, "sip:+14155550188@127.0.0.1:5091", None, &[RING, TALK]),
    ("out-busy", "c4d232180a50f9a8", OUT, "sip:+14155550188@127.0.0.1:5091", None, &[RING, end(EndReason::Busy)]),
    ("out-cancelled", "90e0c7c1f19cea1a", OUT, "sip:+14155550188@127.0.0.1:5091", None, &[RING, end(EndReason::Cancelled)]),
    ("out-nobody", "b647772d892d1df1", OUT, "sip:+14155550188@127.0.0.1:5999", None, &[end(EndReason::Failed)]),
    ("out-notfound", "a451b31b0a7ee4c4", OUT, "sip:+14155550188@127.0.0.1:5091", None, &[RING, end(EndReason::Failed)]),
    ("remote-hold", "18bc8d8390678a64", IN, "sip:+442079460123@127.0.0.1:5080", Some("Bob Müller"), TALKED),
    ("after-crash", "", IN, "", None, &[]),
];

#[tokio::test]
async fn every_recording_gives_the_calls_it_holds() -> Result<()> {
    for (n, (name, id, direction, given, spoken, phases)) in CASES.iter().enumerate() {
        let fake = Fake::start(Answers::default()).await?;
        let mut watch = Watch::attach(&fake).await?;
        // Chunks of 1 to 41 bytes cut lengths, names and characters apart.
        fake.send(recording(name)?, 1 + n * 7 % 41).await?;
        let calls = watch.calls_until_end_mark(&fake).await?;
        let seen: Vec<_> = calls.iter().map(|call| call.phase).collect();
        assert_eq!(seen, *phases, "{name}");
        for call in calls {
            assert_eq!(call.key, *id, "{name}");
            assert_eq!(call.aliases, [*id], "{name}");
            assert_eq!(call.direction, *direction, "{name}");
            assert_eq!(call.remote.given, *given, "{name}");
            assert_eq!(call.remote.name.as_deref(), *spoken, "{name}");
        }
    }
    Ok(())
}

#[tokio::test]
async fn a_second_call_during_the_first_stays_apart() -> Result<()> {
    let fake = Fake::start(Answers::default()).await?;
    let mut watch = Watch::attach(&fake).await?;
    fake.send(recording("call-waiting")?, 13).await?;
    let calls = watch.calls_until_end_mark(&fake).await?;
    let seen: Vec<_> = calls.iter().map(|call| (call.key.as_str(), call.phase)).collect();
    let (first, second) = ("first-1@pstn.test", "second-1@pstn.test");
    assert_eq!(
        seen,
        [
            (first, RING),
            (first, TALK),
            (second, RING),
            (second, TALK),
            (second, end(EndReason::Answered)),
            (first, end(EndReason::Answered)),
        ]
    );
    Ok(())
}

#[tokio::test]
async fn a_long_call_found_at_attach_has_its_age() -> Result<()> {
    let fake = Fake::start(Answers {
        listcalls: "\n--- Active calls (1) ---\n> [line 1]  0:01:05  ESTABLISHED  (on hold)  sip:1@h\n",
        callstat: "\n===== Call debug (ESTABLISHED) =====\n local_uri: A <sip:a@h>\n peer_uri:  One <sip:1@h>\n af=AF_INET id=old@h\n direction: Outgoing\n",
    })
    .await?;
    let watch = Watch::attach(&fake).await?;
    let call = &watch.snapshot[0];
    assert_eq!((call.key.as_str(), call.direction, call.phase), ("old@h", OUT, Phase::Held));
    assert_eq!(call.age, Duration::from_secs(65));
    Ok(())
}

#[tokio::test]
async fn an_unknown_listing_leaves_the_link_up_for_rings() -> Result<()> {
    let fake = Fake::start(Answers { listcalls: "what?", callstat: "" }).await?;
    let mut watch = Watch::open(&fake);
    let up = watch.health(HealthState::Up).await?;
    assert!(up.detail.is_some(), "it says that the calls could not be read");
    fake.send(recording("in-missed-cancel")?, 5).await?;
    assert_eq!(watch.calls_until_end_mark(&fake).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn junk_in_a_frame_is_skipped_and_said() -> Result<()> {
    let fake = Fake::start(Answers::default()).await?;
    let mut watch = Watch::attach(&fake).await?;
    fake.send(netstring(b"not json \xFF\xFE"), 3).await?;
    let health = watch.health(HealthState::Up).await?;
    assert!(health.detail.is_some_and(|detail| detail.contains("not JSON")));
    fake.send(recording("in-missed-cancel")?, 5).await?;
    assert_eq!(watch.calls_until_end_mark(&fake).await?.len(), 2);
    Ok(())
}

#[tokio::test]
async fn after_a_broken_frame_or_a_half_one_the_link_is_opened_anew() -> Result<()> {
    let half = &b"500:{\"half"[..];
    for junk in [half, b"99999999999:", b"HTTP/1.1 400 Bad Request\r\n", b"3:abcd"] {
        let fake = Fake::start(Answers::default()).await?;
        let mut watch = Watch::attach(&fake).await?;
        // The link may be cut before the last of it is sent.
        let _ = fake.send(junk.to_vec(), 4).await;
        if junk == half {
            fake.hang_up().await;
        }
        let down = watch.health(HealthState::Down).await?;
        assert!(down.detail.is_some() && down.retry_in.is_some(), "{down:?}");
        watch.health(HealthState::Up).await?;
        fake.send(recording("in-missed-cancel")?, 5).await?;
        assert_eq!(watch.calls_until_end_mark(&fake).await?.len(), 2);
    }
    Ok(())
}

#[tokio::test]
async fn a_name_of_ten_kilobytes_comes_through() -> Result<()> {
    let fake = Fake::start(Answers::default()).await?;
    let mut watch = Watch::attach(&fake).await?;
    let name = "\u{202E}<b>".repeat(2000);
    let event = serde_json::json!({
        "event": true, "type": "CALL_INCOMING", "direction": "incoming", "id": "long",
        "peeruri": "sip:1@h", "peerdisplayname": name, "aNewKey": {"of": ["4.x"]},
    });
    fake.send(netstring(event.to_string().as_bytes()), 1000).await?;
    let calls = watch.calls_until_end_mark(&fake).await?;
    assert_eq!(calls[0].remote.name.as_ref(), Some(&name));
    Ok(())
}

#[tokio::test]
async fn events_of_newer_versions_are_understood() -> Result<()> {
    let fake = Fake::start(Answers::default()).await?;
    let mut watch = Watch::attach(&fake).await?;
    for kind in
        ["CALL_OUTGOING", "CALL_RINGING", "CALL_ANSWERED", "CALL_HOLD", "CALL_RESUME", "CREATE"]
    {
        let event = serde_json::json!({
            "event": true, "type": kind, "direction": "outgoing", "id": "4x", "peeruri": "sip:1@h",
        });
        fake.send(netstring(event.to_string().as_bytes()), 9).await?;
    }
    let seen: Vec<_> =
        watch.calls_until_end_mark(&fake).await?.into_iter().map(|call| call.phase).collect();
    assert_eq!(seen, [RING, RING, TALK, Phase::Held, Phase::Resumed]);
    Ok(())
}

/// The frames of a recording, as they were sent.
fn recording(name: &str) -> Result<Vec<u8>> {
    let path = format!("{}/tests/fixtures/baresip/{name}.jsonl", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(path)?;
    let frames = text.lines().filter_map(|line| line.split_once(r#""raw":"#)?.1.strip_suffix('}'));
    Ok(frames.flat_map(|frame| netstring(frame.as_bytes())).collect())
}

#[tokio::test]
async fn a_dropped_stream_ends_the_link() -> Result<()> {
    let fake = Fake::start(Answers::default()).await?;
    let watch = Watch::attach(&fake).await?;
    drop(watch.events);
    fake.closed().await
}

#[tokio::test]
async fn health_comes_before_and_after_the_snapshot() -> Result<()> {
    let fake = Fake::start(Answers::default()).await?;
    let mut watch = Watch::open(&fake);
    let SourceEvent::Health(first) = watch.next().await? else { panic!("no health") };
    assert_eq!(first.state, HealthState::Connecting);
    assert!(matches!(watch.next().await?, SourceEvent::Snapshot { .. }));
    let SourceEvent::Health(then) = watch.next().await? else { panic!("no health") };
    assert_eq!((then.state, then.detail), (HealthState::Up, None));
    Ok(())
}

#[tokio::test]
async fn a_dead_link_is_noticed_without_a_word_from_it() -> Result<()> {
    let fake = Fake::start(Answers::default()).await?;
    let mut watch = Watch::attach(&fake).await?;
    fake.fall_silent();
    // Nothing is under way now but the probe's timer.
    tokio::time::pause();
    let down = watch.health(HealthState::Down).await?;
    assert_eq!(down.detail.as_deref(), Some("the softphone does not answer"));
    Ok(())
}
