//! One conversation seen by several softphones, and Ringside restarted in the middle of one.

mod tracker_support;

use ringside_domain::CallState;
use ringside_domain::EndReason::{self, *};
use ringside_domain::Phase::{self, *};
use ringside_domain::tracker::ChangeKind::{self, *};
use tracker_support::*;

#[test]
fn sources_that_share_an_id_tell_of_one_call() {
    // RFC 4235 dialog-info names the SIP Call-ID that is baresip's key.
    let mut desk = Desk::new();
    let hidden = "sip:anonymous@anonymous.invalid";
    let own = |at, phase| event(at, "0c37d45f@pstn", phase).from(hidden);
    let watched =
        |at, phase| event(at, "padi-1", phase).of("blf").alias("0c37d45f@pstn").from(hidden);
    desk.hear(&own(0.0, Ringing));
    desk.hear(&watched(0.1, Ringing));
    desk.hear(&watched(2.0, Phase::Answered));
    desk.hear(&own(2.1, Phase::Answered));
    desk.hear(&watched(9.0, Phase::Ended(EndReason::Answered)));
    desk.hear(&own(9.1, Phase::Ended(EndReason::Answered)));
    assert_eq!(desk.kinds(), [New, Updated, Updated, ChangeKind::Ended]);
    let call = desk.only();
    assert_eq!((call.keys.len(), call.talked), (2, seconds(7.0)));
}

#[test]
fn the_same_number_at_the_same_time_from_two_sources_is_one_call() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(4.9, "1", Ringing).of("desk").from("tel:+1-415-555-0123"));
    assert_eq!(desk.kinds(), [New, Updated]);
    desk.hear(&event(5.1, "1", Ringing).of("third"));
    assert_eq!(desk.calls().len(), 2, "too late to be the same");
}

#[test]
fn what_is_not_surely_the_same_stays_apart() {
    let hidden = "sip:anonymous@anonymous.invalid";
    let cases = [
        ("one source", event(0.0, "a", Ringing), event(0.1, "b", Ringing)),
        (
            "withheld numbers",
            event(0.0, "a", Ringing).from(hidden),
            event(0.1, "b", Ringing).of("desk").from(hidden),
        ),
        (
            "extensions",
            event(0.0, "a", Ringing).from("sip:101@pbx.test"),
            event(0.1, "b", Ringing).of("desk").from("sip:101@other.test"),
        ),
        ("directions", event(0.0, "a", Ringing), event(0.1, "b", Ringing).of("desk").outbound()),
        (
            "the two ends of an internal call",
            event(0.0, "id@pbx", Ringing),
            event(0.1, "id@pbx", Ringing).of("desk").alias("id@pbx").outbound(),
        ),
        (
            "small numbers as keys",
            event(0.0, "1", Ringing),
            event(0.1, "1", Ringing).of("desk").from("sip:+442079460123@pbx.test"),
        ),
    ];
    for (name, first, second) in cases {
        let mut desk = Desk::new();
        desk.hear(&first);
        desk.hear(&second);
        assert_eq!(desk.calls().len(), 2, "{name}");
    }
}

#[test]
fn two_calls_from_one_number_pair_up_across_sources() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a1", Ringing));
    desk.hear(&event(3.0, "a2", Ringing));
    desk.hear(&event(3.1, "b2", Ringing).of("desk"));
    desk.hear(&event(3.2, "b1", Ringing).of("desk"));
    let keys: Vec<Vec<String>> = desk
        .calls()
        .iter()
        .map(|call| call.keys.iter().map(|key| key.key.clone()).collect())
        .collect();
    assert_eq!(keys, [["a1", "b1"], ["a2", "b2"]]);
}

#[test]
fn a_group_ring_goes_on_where_it_was_answered() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(0.2, "b", Ringing).of("desk"));
    desk.hear(&event(3.0, "a", Phase::Ended(Missed)));
    assert_eq!(desk.only().state, CallState::Ringing, "the other device still rings");
    desk.hear(&event(3.1, "b", Phase::Answered).of("desk"));
    desk.hear(&event(8.1, "b", Phase::Ended(EndReason::Answered)).of("desk"));
    let call = desk.only();
    assert_eq!((call.reason, call.talked), (Some(EndReason::Answered), seconds(5.0)));
}

#[test]
fn a_group_ring_that_nobody_took_ends_once_with_the_best_reason() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(0.2, "b", Ringing).of("desk"));
    desk.hear(&event(3.0, "b", Phase::Ended(AnsweredElsewhere)).of("desk"));
    desk.hear(&event(3.1, "a", Phase::Ended(Missed)));
    assert_eq!(desk.only().reason, Some(AnsweredElsewhere));
    assert_eq!(desk.kinds().iter().filter(|kind| **kind == ChangeKind::Ended).count(), 1);
}

#[test]
fn a_source_that_lost_the_call_does_not_end_it_for_the_other() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Phase::Answered));
    desk.hear(&event(0.1, "b", Phase::Answered).of("desk"));
    assert_eq!(desk.snapshot(5.0, "baresip", &[]), []);
    assert_eq!(desk.remove(6.0, "baresip"), []);
    desk.tick(20.0);
    assert_eq!(desk.snapshot(20.0, "desk", &[]).len(), 1);
    assert_eq!((desk.only().reason, desk.only().talked), (Some(Lost), seconds(20.0)));
}

#[test]
fn a_late_echo_of_a_short_call_from_another_source_is_no_new_call() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(1.0, "a", Phase::Ended(Rejected)));
    for phase in [Ringing, Phase::Answered, Phase::Ended(Missed)] {
        assert_eq!(desk.hear(&event(2.0, "b", phase).of("desk")), []);
    }
}

#[test]
fn a_better_name_or_number_of_another_source_is_taken() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing).from("sip:anonymous@anonymous.invalid").alias("x"));
    let mut named = event(0.1, "b", Ringing).of("desk").alias("x");
    named.remote.name = Some("Jane Q. Caller".into());
    desk.hear(&named);
    let call = desk.only();
    assert_eq!(call.number.e164.as_deref(), Some("+14155550123"));
    assert_eq!(call.remote.name.as_deref(), Some("Jane Q. Caller"));
    assert_eq!(desk.hear(&event(0.2, "a", Ringing).from("sip:unknown@unknown.invalid")), []);
}

/// Rings at 0, is answered at 2, Ringside is killed at 10 and starts again at 14.
fn killed_while_talking() -> Desk {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(2.0, "a", Phase::Answered));
    desk.tick(10.0);
    desk.restart(14.0);
    desk
}

#[test]
fn a_conversation_survives_a_restart() {
    let mut desk = killed_while_talking();
    let id = desk.only().id;
    assert_eq!(desk.tracker.live().count(), 1);
    let listed = event(15.0, "a", Phase::Answered).booted(14.0);
    assert_eq!(desk.snapshot(15.0, "baresip", &[listed]), [], "no second pop");
    desk.hear(&event(20.0, "a", Phase::Ended(EndReason::Answered)).booted(14.0));
    let call = desk.only();
    assert_eq!(call.id, id);
    assert_eq!((call.reason, call.talked), (Some(EndReason::Answered), seconds(18.0)));
    assert_eq!(desk.kinds(), [New, Updated, ChangeKind::Ended]);
    assert_eq!(call.revision, 3);
}

#[test]
fn a_conversation_that_ended_during_the_restart_is_lost_with_the_duration_last_seen() {
    let mut desk = killed_while_talking();
    desk.tick(15.0);
    desk.snapshot(16.0, "baresip", &[]);
    let call = desk.only();
    assert_eq!((call.reason, call.talked), (Some(Lost), seconds(8.0)));
    assert_eq!(call.ended_at, Some(wall(10.0)));
    assert_eq!(desk.snapshot(17.0, "baresip", &[]), []);
}

#[test]
fn a_source_that_never_comes_back_closes_its_calls_after_a_minute() {
    let mut desk = killed_while_talking();
    assert_eq!(desk.tracker.next_tick(), Some(seconds(60.0)));
    assert_eq!(desk.tick(73.9), []);
    assert_eq!(desk.tick(74.0).len(), 1);
    assert_eq!((desk.only().reason, desk.only().talked), (Some(Lost), seconds(8.0)));
}

#[test]
fn the_end_may_be_the_first_word_after_a_restart() {
    let mut desk = killed_while_talking();
    desk.hear(&event(20.0, "a", Phase::Ended(EndReason::Answered)).booted(14.0));
    assert_eq!(
        (desk.only().reason, desk.only().talked),
        (Some(EndReason::Answered), seconds(18.0))
    );
}

#[test]
fn a_ring_that_was_answered_during_the_restart_is_a_conversation() {
    for listed in [true, false] {
        let mut desk = Desk::new();
        desk.hear(&event(0.0, "a", Ringing));
        desk.restart(5.0);
        if listed {
            let live = event(10.0, "a", Phase::Answered).booted(5.0).aged(4.0);
            desk.snapshot(10.0, "baresip", &[live]);
        }
        desk.hear(&event(12.0, "a", Phase::Ended(EndReason::Answered)).booted(5.0));
        let call = desk.only();
        assert_eq!(call.reason, Some(EndReason::Answered));
        assert_eq!(call.talked, seconds(if listed { 6.0 } else { 0.0 }));
    }
}

#[test]
fn ended_calls_are_remembered_across_a_restart() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(1.0, "a", Phase::Ended(Missed)));
    desk.restart(2.0);
    assert_eq!(desk.hear(&event(3.0, "a", Ringing).booted(2.0)), []);
    assert_eq!(desk.calls().len(), 1);
}

#[test]
fn an_answer_is_believed_without_being_seen_only_where_it_could_not_be_seen() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "hook", Ringing));
    desk.hear(&event(4.0, "hook", Phase::Ended(EndReason::Answered)));
    desk.hear(&event(9.0, "end-only", Phase::Ended(EndReason::Answered)));
    let reasons: Vec<_> = desk.calls().iter().map(|call| call.reason).collect();
    assert_eq!(reasons, [Some(Missed), Some(EndReason::Answered)]);
}

#[test]
fn a_journal_that_opens_late_does_not_take_the_call_away_from_the_one_on_screen() {
    let old = killed_while_talking().only();
    let mut late = Desk::new();
    late.boot = 14.0;
    let event = |at, phase| event(at, "a", phase).booted(14.0);
    late.snapshot(15.0, "baresip", &[event(15.0, Phase::Answered)]);
    late.tracker.restore(vec![old.clone()], moment(20.0, 14.0));
    late.hear(&event(30.0, Phase::Ended(EndReason::Answered)));
    assert_eq!(late.only().talked, seconds(15.0));
    let changes = late.tick(80.0);
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].call.id, changes[0].call.reason), (old.id, Some(Lost)));
}
