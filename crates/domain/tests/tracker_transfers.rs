//! Calls that go on elsewhere: transfers, pickups, flips, several devices, ends that are taken back.

mod tracker_support;

use ringside_domain::EndReason::{self, *};
use ringside_domain::Phase::{self, *};
use ringside_domain::tracker::ChangeKind::{self, *};
use ringside_domain::{CallState, Inferred};
use tracker_support::*;

const OTHER: &str = "sip:+442079460123@pbx.test";
const HAD: Phase = Phase::Ended(EndReason::Answered);

/// Talks from 1 s on, under the key `old`.
fn talking() -> Desk {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "old", Ringing));
    desk.hear(&event(1.0, "old", Phase::Answered));
    desk
}

/// Under the key `new`, which goes on for `old`.
fn on(at: f64, phase: Phase) -> ringside_domain::CallEvent {
    event(at, "new", phase).outbound().from(OTHER).continues("old")
}

#[track_caller]
fn one_call_until(desk: &Desk, talked: f64) {
    let call = desk.only();
    assert_eq!((call.reason, call.talked), (Some(EndReason::Answered), seconds(talked)));
    for kind in [New, ChangeKind::Ended] {
        assert_eq!(desk.kinds().iter().filter(|is| **is == kind).count(), 1, "{kind:?}");
    }
}

#[test]
fn a_call_that_goes_on_under_a_new_key_is_one_call_in_every_order() {
    // What comes after the ring of the new key.
    let orders = [
        vec![event(6.0, "old", HAD), on(7.0, Phase::Answered), on(20.0, HAD)],
        vec![on(7.0, Phase::Answered), event(8.0, "old", HAD), on(20.0, HAD)],
        vec![on(7.0, Phase::Answered), on(20.0, HAD), event(20.1, "old", HAD)],
    ];
    for order in orders {
        let mut desk = talking();
        desk.hear(&on(5.0, Ringing));
        let call = desk.only();
        assert_eq!(call.state, CallState::Answered, "the conversation goes on");
        assert_eq!(call.number.e164.as_deref(), Some("+442079460123"));
        assert_eq!(call.keys[0].key, "new", "what can be hung up now");
        for event in order {
            desk.hear(&event);
        }
        one_call_until(&desk, 19.0);
    }
}

#[test]
fn the_new_key_may_be_heard_of_before_the_old_one() {
    let mut desk = Desk::new();
    desk.hear(&on(5.0, Phase::Answered));
    for (at, phase) in [(5.1, Ringing), (5.2, Phase::Answered), (5.3, HAD)] {
        desk.hear(&event(at, "old", phase).outbound());
    }
    assert_eq!(desk.only().state, CallState::Answered);
    assert_eq!(desk.only().number.e164.as_deref(), Some("+442079460123"), "not the one before");
    desk.hear(&on(15.0, HAD));
    one_call_until(&desk, 10.0);

    let mut desk = Desk::new();
    desk.hear(&on(5.0, Ringing));
    desk.hear(&on(9.0, Phase::Ended(Busy)));
    assert_eq!(desk.only().reason, Some(Busy), "it does not wait for a key that never spoke");
}

#[test]
fn a_transfer_that_fails_gives_the_old_call_back() {
    let mut desk = talking();
    desk.hear(&on(5.0, Ringing));
    desk.hear(&on(9.0, Phase::Ended(Busy)));
    assert_eq!(desk.only().state, CallState::Answered);
    desk.hear(&event(9.5, "old", Phase::Resumed));
    assert_eq!(desk.only().number.e164.as_deref(), Some("+14155550123"), "the first one again");
    assert_eq!(desk.only().keys[0].key, "old");
    desk.hear(&event(12.0, "old", HAD));
    one_call_until(&desk, 11.0);
}

#[test]
fn a_call_may_go_on_more_than_once() {
    let mut desk = talking();
    for (n, key) in ["b", "c", "d"].iter().enumerate() {
        let old = ["old", "b", "c"][n];
        let at = 2.0 + n as f64;
        desk.hear(&event(at, key, Phase::Answered).continues(old));
        desk.hear(&event(at + 0.1, old, HAD));
    }
    desk.hear(&event(11.0, "d", HAD));
    one_call_until(&desk, 10.0);
    assert_eq!(desk.only().keys.len(), 4);
}

#[test]
fn an_end_that_may_be_taken_back_waits_for_the_key_that_goes_on() {
    let mut desk = talking();
    desk.hear(&event(5.0, "old", HAD).may_be_taken_back(10.0));
    assert_eq!(desk.only().state, CallState::Answered);
    assert_eq!(desk.tracker.next_tick(), Some(seconds(15.0)));
    desk.tick(8.0);
    desk.hear(&on(9.0, Phase::Answered));
    desk.tick(16.0);
    desk.hear(&on(21.0, HAD));
    one_call_until(&desk, 20.0);
}

#[test]
fn an_end_that_nobody_took_back_counts_from_when_it_was_told() {
    for snapshot in [true, false] {
        let mut desk = talking();
        desk.hear(&event(5.0, "old", HAD).may_be_taken_back(1.5));
        desk.hear(&event(5.5, "old", HAD).may_be_taken_back(1.5));
        let changes = if snapshot {
            desk.snapshot(6.0, "baresip", &[])
        } else {
            assert_eq!(desk.tick(6.4), []);
            desk.tick(6.5)
        };
        assert_eq!(changes.len(), 1);
        one_call_until(&desk, 4.0);
        assert_eq!(desk.only().ended_at, Some(wall(5.0)));
        assert_eq!(desk.hear(&event(7.0, "old", Phase::Answered)), [], "too late");
    }
}

#[test]
fn presence_that_says_no_call_between_two_rings_is_one_call() {
    // RingCentral's presence: Ringing, NoCall, Ringing, CallConnected.
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "s-1", Ringing));
    desk.hear(&event(0.8, "s-1", Phase::Ended(Missed)).may_be_taken_back(1.5));
    desk.hear(&event(1.2, "s-1", Ringing));
    desk.tick(3.0);
    desk.hear(&event(4.0, "s-1", Phase::Answered));
    desk.hear(&event(9.0, "s-1", HAD));
    one_call_until(&desk, 5.0);
}

#[test]
fn a_late_ring_does_not_take_the_end_of_a_conversation_back() {
    let mut desk = talking();
    desk.hear(&event(5.0, "old", HAD).may_be_taken_back(1.5));
    desk.hear(&event(5.2, "old", Ringing));
    assert_eq!(desk.tick(6.5).len(), 1);
}

#[test]
fn what_goes_on_for_a_call_that_is_over_comes_without_a_pop() {
    let mut desk = talking();
    desk.hear(&event(5.0, "old", HAD));
    desk.hear(&on(5.1, Phase::Answered));
    let calls = desk.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].alert, calls[1].alert), (true, false));
    assert!(calls[0].is_over() && !calls[1].is_over());
}

#[test]
fn asking_somebody_first_is_a_call_of_its_own() {
    let mut desk = talking();
    desk.hear(&event(2.0, "old", Held));
    desk.hear(&event(3.0, "ask", Ringing).outbound().from("sip:204@pbx.test"));
    desk.hear(&event(5.0, "ask", Phase::Answered).outbound().from("sip:204@pbx.test"));
    assert_eq!(desk.calls().len(), 2);
    // The colleague hands the caller over: the party of the second call changes in place.
    desk.hear(&event(8.0, "old", HAD));
    desk.hear(&event(8.0, "ask", Phase::Answered).outbound().from(OTHER));
    let calls = desk.calls();
    assert!(calls[0].is_over());
    assert_eq!(calls[1].number.e164.as_deref(), Some("+442079460123"));
}

#[test]
fn devices_that_share_an_alias_in_one_source_are_legs_of_one_call() {
    let leg = |at, key: &str, phase| event(at, key, phase).alias("s-1");
    let mut desk = Desk::new();
    desk.hear(&leg(0.0, "p-1", Ringing));
    desk.hear(&leg(0.1, "p-2", Ringing));
    desk.hear(&leg(3.0, "p-2", Phase::Answered));
    desk.hear(&leg(3.1, "p-1", Phase::Ended(AnsweredElsewhere)));
    assert_eq!(desk.only().state, CallState::Answered);
    assert_eq!(desk.only().keys[0].key, "p-2", "what can be hung up now");
    // Taken over from the desk phone, without a word of what it continues.
    desk.hear(&leg(5.0, "p-3", Phase::Answered));
    desk.hear(&leg(5.1, "p-2", HAD));
    assert_eq!(desk.only().state, CallState::Answered);
    desk.hear(&leg(13.0, "p-3", HAD));
    one_call_until(&desk, 10.0);
}

#[test]
fn a_queue_that_offers_a_call_again_pops_again() {
    let offer = |at, key: &str, phase| event(at, key, phase).alias("linked-1");
    let mut desk = Desk::new();
    desk.hear(&offer(0.0, "first", Ringing));
    desk.hear(&offer(15.0, "first", Phase::Ended(Missed)));
    desk.hear(&offer(16.0, "second", Ringing));
    let calls = desk.calls();
    assert_eq!(calls.iter().map(|call| call.alert).collect::<Vec<_>>(), [true, true]);
}

#[test]
fn a_queue_that_somebody_else_served_closes_quietly() {
    let mut desk = Desk::new();
    let mut offer = event(0.0, "a", Ringing);
    offer.queue = Some(String::new());
    offer.remote.name = Some("SUPPORT: Jane Q. Caller".into());
    desk.hear(&offer);
    let call = desk.only();
    assert_eq!(call.queue.as_deref(), Some("SUPPORT"));
    assert_eq!(call.remote.name.as_deref(), Some("Jane Q. Caller"));
    desk.hear(&event(4.0, "a", Phase::Ended(AnsweredElsewhere)));
    assert_eq!(desk.only().reason, Some(AnsweredElsewhere));
}

#[test]
fn a_name_that_looks_like_a_queue_stays_whole_where_no_queue_is() {
    let mut desk = Desk::new();
    let mut ring = event(0.0, "a", Ringing);
    ring.remote.name = Some("Dr. House: Jane".into());
    desk.hear(&ring);
    assert_eq!(desk.only().remote.name.as_deref(), Some("Dr. House: Jane"));
}

#[test]
fn another_source_follows_the_transfer_by_the_ids_it_shares() {
    let mut desk = Desk::new();
    let own = |at, key: &str, phase| event(at, key, phase).alias(key);
    let blf = |at, key: &str, phase| event(at, &format!("d-{key}"), phase).of("blf").alias(key);
    desk.hear(&own(0.0, "old", Ringing));
    desk.hear(&blf(0.1, "old", Ringing));
    desk.hear(&own(1.0, "old", Phase::Answered));
    desk.hear(&blf(1.1, "old", Phase::Answered));
    desk.hear(&own(5.0, "new", Ringing).outbound().from(OTHER).continues("old"));
    desk.hear(&blf(5.1, "new", Ringing).outbound().from(OTHER));
    desk.hear(&blf(6.0, "old", HAD));
    desk.hear(&own(6.1, "old", HAD));
    assert_eq!(desk.only().state, CallState::Answered, "the old dialog is not the call");
    desk.hear(&own(7.0, "new", Phase::Answered).outbound().from(OTHER).continues("old"));
    desk.hear(&own(11.0, "new", HAD).outbound().from(OTHER).continues("old"));
    one_call_until(&desk, 10.0);
}

#[test]
fn a_transferred_call_survives_a_restart() {
    let mut desk = talking();
    desk.hear(&on(2.0, Phase::Answered));
    desk.hear(&event(2.1, "old", HAD));
    desk.restart(4.0);
    desk.snapshot(5.0, "baresip", &[on(5.0, Phase::Answered).booted(4.0)]);
    desk.hear(&on(11.0, HAD).booted(4.0));
    one_call_until(&desk, 10.0);
}

#[test]
fn an_end_by_the_clock_says_so() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.tick(180.0);
    assert_eq!(desk.only().inferred, Some(Inferred::TimeLimit));

    let mut desk = talking();
    let mut end = event(5.0, "old", HAD);
    end.inferred = Some(Inferred::Agent);
    desk.hear(&end);
    assert_eq!(desk.only().inferred, Some(Inferred::Agent));

    let mut desk = talking();
    desk.snapshot(5.0, "baresip", &[]);
    assert_eq!((desk.only().reason, desk.only().inferred), (Some(Lost), None), "it was told");
}

#[test]
fn legs_without_end_are_bounded() {
    let mut desk = talking();
    for n in 0..500 {
        desk.hear(&event(2.0, &format!("k{n}"), Ringing).continues("old").alias("x"));
    }
    assert!(desk.calls()[0].keys.len() <= 40);
}
