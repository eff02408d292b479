use std::time::Duration;

use futures::StreamExt;

use super::*;

/// The events of a phone up to the end of its `ends` calls.
async fn until_over(
    phone: &Simulated,
    scenario: Scenario,
    mut ends: usize,
) -> Vec<(String, Phase)> {
    let mut events = phone.events();
    phone.play(scenario);
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
        (Scenario::Answered, "+14155550142", EndReason::Answered),
        (Scenario::Missed, "+14155550142", EndReason::Missed),
        (Scenario::Rejected, "+14155550142", EndReason::Rejected),
        (Scenario::Unknown, "+4930231250140", EndReason::Answered),
        (Scenario::Anonymous, "sip:anonymous@anonymous.invalid", EndReason::Answered),
        (Scenario::Extension, "204", EndReason::Answered),
        (Scenario::SharedNumber, "+442079460018", EndReason::Answered),
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
    let seen = until_over(&phone(), Scenario::TwoCallers, 2).await;
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
    until_over(&phone().with_speed(10.0), Scenario::Answered, 1).await;
    let took = start.elapsed();
    assert!((2.3..2.6).contains(&took.as_secs_f64()), "{took:?}");
}

#[tokio::test(start_paused = true)]
async fn a_live_call_can_be_answered_and_hung_up() {
    let phone = phone();
    let mut events = phone.events();
    phone.play(Scenario::Missed);
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

#[test]
fn names_can_be_read_back() {
    for scenario in Scenario::ALL {
        assert_eq!(Scenario::parse(scenario.name()), Some(scenario));
    }
    assert_eq!(Scenario::parse("nonsense"), None);
}
