use std::time::Duration;

use futures::StreamExt;

use super::*;

/// The events of a phone up to the end of its `ends` calls.
async fn until_over(phone: &Simulated, scenario: &str, mut ends: usize) -> Vec<(String, Phase)> {
    let mut events = phone.events();
    phone.play(Scenario::named(scenario).unwrap());
    let mut seen = Vec::new();
    while ends > 0 {
        let event = tokio::time::timeout(Duration::from_secs(600), events.next()).await;
        if let SourceEvent::Call(call) = event.expect("in time").expect("endless") {
            ends -= usize::from(matches!(call.phase, Phase::Ended(_)));
            seen.push((call.remote.given, call.phase));
        }
    }
    seen
}

fn phone() -> Simulated {
    Simulated::new(SourceId::new("simulated"))
}

#[tokio::test(start_paused = true)]
async fn each_scenario_ends_as_its_name_says() {
    for (scenario, number, reason) in [
        ("answered", "+14155550142", EndReason::Answered),
        ("missed", "+14155550142", EndReason::Missed),
        ("rejected", "+14155550142", EndReason::Rejected),
        ("unknown", "+4930231250140", EndReason::Answered),
        ("anonymous", "sip:anonymous@anonymous.invalid", EndReason::Answered),
        ("extension", "204", EndReason::Answered),
        ("shared-number", "+442079460018", EndReason::Answered),
    ] {
        let seen = until_over(&phone(), scenario, 1).await;
        assert_eq!(seen[0], (number.to_owned(), Phase::Ringing));
        assert_eq!(seen.last(), Some(&(number.to_owned(), Phase::Ended(reason))), "{scenario:?}");
        let answered = seen.iter().any(|(_, phase)| *phase == Phase::Answered);
        assert_eq!(answered, reason == EndReason::Answered, "{scenario:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn the_second_caller_comes_during_the_first_conversation() {
    let seen = until_over(&phone(), "two-callers", 2).await;
    let phases: Vec<_> = seen.iter().map(|(number, phase)| (number.as_str(), *phase)).collect();
    assert_eq!(
        phases,
        [
            ("+14155550142", Phase::Ringing),
            ("+14155550142", Phase::Answered),
            ("+48225550109", Phase::Ringing),
            ("+48225550109", Phase::Ended(EndReason::Missed)),
            ("+14155550142", Phase::Ended(EndReason::Answered)),
        ]
    );
}

#[tokio::test(start_paused = true)]
async fn speed_shortens_the_story() {
    let start = Instant::now();
    until_over(&phone().with_speed(10.0), "answered", 1).await;
    let took = start.elapsed();
    assert!((2.3..2.6).contains(&took.as_secs_f64()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_live_call_can_be_answered_and_hung_up() {
    let phone = phone();
    let mut events = phone.events();
    phone.play(Scenario::named("missed").unwrap());
    let key = loop {
        if let Some(SourceEvent::Call(call)) = events.next().await {
            break call.key;
        }
    };
    phone.answer(&key).await.unwrap();
    assert!(matches!(phone.answer(&key).await, Err(Error::NoSuchCall(Some(CallState::Answered)))));
    phone.hang_up(&key).await.unwrap();
    assert!(matches!(phone.hang_up(&key).await, Err(Error::NoSuchCall(None))));
    for expected in [Phase::Answered, Phase::Ended(EndReason::Answered)] {
        let Some(SourceEvent::Call(call)) = events.next().await else { panic!("no call") };
        assert_eq!(call.phase, expected);
    }
    // The scenario's own end comes to nothing.
    tokio::time::sleep(Duration::from_secs(60)).await;
    assert!(phone.phone.live().is_empty());
    assert!(futures::FutureExt::now_or_never(events.next()).is_none());
}

#[tokio::test]
async fn the_past_is_the_same_every_time() {
    let phone = phone();
    let calls = phone.recent_calls(Timestamp::UNIX_EPOCH).await.unwrap();
    assert_eq!(calls.len(), 200);
    assert!(calls.is_sorted_by(|a, b| a.started_at >= b.started_at), "newest first");
    let mut numbers: Vec<_> = calls.iter().map(|c| &c.remote.given).collect();
    numbers.sort();
    numbers.dedup();
    assert!((50..=60).contains(&numbers.len()), "{}", numbers.len());
    let again = phone.recent_calls(calls[99].started_at).await.unwrap();
    assert!((98..=100).contains(&again.len()), "{}", again.len());
    assert_eq!((&again[5].key, &again[5].remote), (&calls[5].key, &calls[5].remote));
}

#[tokio::test(start_paused = true)]
async fn every_scenario_that_comes_with_ringside_can_be_played_to_its_end() {
    for name in Scenario::names() {
        let scenario = Scenario::named(name).unwrap_or_else(|| {
            let text = scenario::BUILT_IN.iter().find(|(known, _)| *known == name).unwrap().1;
            panic!("{name}: {}", Scenario::read(text).unwrap_err())
        });
        let ends = scenario.steps.iter().filter(|step| matches!(step.phase(), Phase::Ended(_)));
        until_over(&phone(), name, ends.count()).await;
    }
    assert_eq!(Scenario::named("nonsense"), None);
}

#[tokio::test(start_paused = true)]
async fn a_transfer_and_a_device_are_told_as_such() {
    for (name, calls) in [("transferred", 1), ("devices", 1), ("consult", 2), ("queue-again", 2)] {
        let phone = phone();
        let mut events = phone.events();
        let scenario = Scenario::named(name).unwrap();
        let steps = scenario.steps.len();
        phone.play(scenario);
        let numbers = ringside_domain::number::NumberContext {
            region: ringside_domain::Region::parse("US").unwrap(),
            extension_digits: 6,
        };
        let mut tracker = ringside_domain::tracker::Tracker::new(numbers);
        let (mut heard, mut ids) = (0, 0_u8);
        let mut seen = std::collections::HashMap::new();
        while heard < steps {
            let Some(SourceEvent::Call(call)) = events.next().await else { continue };
            heard += 1;
            for change in tracker.apply(&call, &mut |at| {
                ids += 1;
                ringside_domain::CallId::new(at, [ids; 10])
            }) {
                seen.insert(change.call.id, change.call);
            }
        }
        assert_eq!(seen.len(), calls, "{name}");
        assert!(seen.values().all(|call| call.is_over()), "{name}");
    }
}

#[test]
fn a_bad_scenario_says_which_line_and_why() {
    let ring = "[[step]]\ncall = \"a\"\nphase = \"ringing\"\nfrom = \"1\"\n";
    let with = |more: &str| format!("{ring}{more}");
    for (text, line, reason) in [
        ("".to_owned(), 1, "missing field `step`"),
        ("[[step]]\ncall = ".to_owned(), 2, ""),
        (with("loud = true\n"), 5, "unknown field `loud`"),
        (with("phase = \"x\"\n"), 5, "duplicate key"),
        ("\n[[step]]\ncall = \"a\"\nphase = \"dancing\"\n".into(), 4, "unknown variant `dancing`"),
        (with("reason = \"missed\"\n"), 1, "`reason` stands only"),
        (with("after = -1.0\n"), 1, "`after` is from 0"),
        (with("after = nan\n"), 1, "`after` is from 0"),
        (with("continues = \"b\"\n"), 1, "there is no call \"b\""),
        (with("[[step]]\ncall = \"b\"\nphase = \"held\"\n"), 5, "neither rang nor was answered"),
        (with("[[step]]\ncall = \"b\"\nphase = \"ringing\"\n"), 5, "`from` says who calls"),
        (with("[[step]]\ncall = \"a\"\nphase = \"ended\"\n").repeat(2), 8, "already over"),
        (ring.repeat(1001), 4001, "more than 1000"),
        (" ".repeat(300_000), 1, "longer than"),
    ] {
        let bad = Scenario::read(&text).unwrap_err();
        assert_eq!(bad.line, line, "{bad}");
        assert!(bad.reason.contains(reason), "{bad}, not {reason}");
    }
}
