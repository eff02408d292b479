//! The tracker against sequences that real softphones send (recorded from baresip 1.0.0).

mod tracker_support;

use ringside_domain::EndReason::{self, *};
use ringside_domain::Phase::{self, *};
use ringside_domain::tracker::ChangeKind::{self, *};
use ringside_domain::{CallState, Direction};
use tracker_support::*;

/// One baresip sequence: what comes at which second, and what is to become of it.
struct Recorded {
    name: &'static str,
    direction: Direction,
    steps: &'static [(f64, Phase)],
    kinds: &'static [ChangeKind],
    reason: EndReason,
    talked_s: f64,
}

const IN: Direction = Direction::Inbound;
const OUT: Direction = Direction::Outbound;

#[test]
fn each_recorded_sequence_makes_one_call_with_its_true_end() {
    let recordings = [
        Recorded {
            name: "in-answered-remote-hangup",
            direction: IN,
            steps: &[
                (0.5, Ringing),
                (1.5, Phase::Answered),
                (3.0, Phase::Ended(EndReason::Answered)),
            ],
            kinds: &[New, Updated, ChangeKind::Ended],
            reason: EndReason::Answered,
            talked_s: 1.5,
        },
        Recorded {
            name: "in-missed-cancel, and fork-device1-loses",
            direction: IN,
            steps: &[(0.5, Ringing), (2.0, Phase::Ended(Missed))],
            kinds: &[New, ChangeKind::Ended],
            reason: Missed,
            talked_s: 0.0,
        },
        Recorded {
            name: "in-answered-elsewhere, by a source that can tell",
            direction: IN,
            steps: &[(0.5, Ringing), (1.1, Phase::Ended(AnsweredElsewhere))],
            kinds: &[New, ChangeKind::Ended],
            reason: AnsweredElsewhere,
            talked_s: 0.0,
        },
        Recorded {
            name: "in-rejected-local",
            direction: IN,
            steps: &[(0.5, Ringing), (2.0, Phase::Ended(Rejected))],
            kinds: &[New, ChangeKind::Ended],
            reason: Rejected,
            talked_s: 0.0,
        },
        Recorded {
            name: "in-local-timeout",
            direction: IN,
            steps: &[(0.6, Ringing), (3.6, Phase::Ended(Missed))],
            kinds: &[New, ChangeKind::Ended],
            reason: Missed,
            talked_s: 0.0,
        },
        Recorded {
            name: "out-answered-local-hangup",
            direction: OUT,
            steps: &[
                (0.5, Ringing),
                (1.5, Phase::Answered),
                (3.5, Phase::Ended(EndReason::Answered)),
            ],
            kinds: &[New, Updated, ChangeKind::Ended],
            reason: EndReason::Answered,
            talked_s: 2.0,
        },
        Recorded {
            name: "out-busy",
            direction: OUT,
            steps: &[(0.5, Ringing), (1.5, Phase::Ended(Busy))],
            kinds: &[New, ChangeKind::Ended],
            reason: Busy,
            talked_s: 0.0,
        },
        Recorded {
            name: "out-notfound",
            direction: OUT,
            steps: &[(0.5, Ringing), (1.5, Phase::Ended(Failed))],
            kinds: &[New, ChangeKind::Ended],
            reason: Failed,
            talked_s: 0.0,
        },
        Recorded {
            name: "out-cancelled",
            direction: OUT,
            steps: &[(0.5, Ringing), (2.0, Phase::Ended(Cancelled))],
            kinds: &[New, ChangeKind::Ended],
            reason: Cancelled,
            talked_s: 0.0,
        },
        Recorded {
            name: "out-nobody: never rings, first heard of at its end",
            direction: OUT,
            steps: &[(32.5, Phase::Ended(NoAnswer))],
            kinds: &[New, ChangeKind::Ended],
            reason: NoAnswer,
            talked_s: 0.0,
        },
        Recorded {
            name: "remote-hold, told by baresip 4",
            direction: IN,
            steps: &[
                (0.5, Ringing),
                (2.0, Phase::Answered),
                (3.0, Held),
                (4.0, Resumed),
                (6.0, Phase::Ended(EndReason::Answered)),
            ],
            kinds: &[New, Updated, Updated, Updated, ChangeKind::Ended],
            reason: EndReason::Answered,
            talked_s: 4.0,
        },
    ];
    for Recorded { name, direction, steps, kinds, reason, talked_s } in recordings {
        let mut desk = Desk::new();
        for (at, phase) in steps {
            let mut event = event(*at, "1@pstn.test", *phase);
            event.direction = direction;
            for _ in 0..3 {
                desk.hear(&event);
            }
        }
        assert_eq!(desk.kinds(), kinds, "{name}");
        let call = desk.only();
        assert_eq!(call.reason, Some(reason), "{name}");
        assert_eq!(call.talked, seconds(talked_s), "{name}");
        assert_eq!(call.started_at, wall(steps[0].0), "{name}");
        assert_eq!(call.ended_at, Some(wall(steps.last().unwrap().0)), "{name}");
        assert_eq!(call.alert, steps.len() > 1, "{name}");
        let revisions: Vec<u64> = desk.said.iter().map(|change| change.call.revision).collect();
        assert_eq!(revisions, (1..=kinds.len() as u64).collect::<Vec<_>>(), "{name}");
        assert_eq!(desk.tracker.live().count(), 0, "{name}");
    }
}

#[test]
fn call_waiting_is_two_calls_even_from_one_number() {
    let mut desk = Desk::new();
    desk.hear(&event(0.5, "first", Ringing));
    desk.hear(&event(1.5, "first", Phase::Answered));
    desk.hear(&event(2.5, "second", Ringing));
    desk.hear(&event(4.0, "second", Phase::Answered));
    desk.hear(&event(6.0, "second", Phase::Ended(EndReason::Answered)));
    desk.hear(&event(8.0, "first", Phase::Ended(EndReason::Answered)));
    let talked: Vec<_> = desk.calls().iter().map(|call| call.talked).collect();
    assert_eq!(talked, [seconds(6.5), seconds(2.0)]);
    assert_eq!(desk.kinds().iter().filter(|kind| **kind == New).count(), 2);
}

#[test]
fn a_transfer_to_a_new_id_is_a_new_call() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "old", Ringing));
    desk.hear(&event(1.0, "old", Phase::Answered));
    desk.hear(&event(5.0, "new", Ringing).outbound().from("sip:+442079460123@pbx.test"));
    desk.hear(&event(6.0, "old", Phase::Ended(EndReason::Answered)));
    let calls = desk.calls();
    assert_eq!(calls.len(), 2);
    assert_eq!((calls[0].is_over(), calls[1].is_over()), (true, false));
}

#[test]
fn late_events_neither_revive_nor_change_an_ended_call() {
    let mut desk = Desk::new();
    for at in [0.0, 1.0] {
        desk.hear(&event(at, "a", Ringing));
    }
    desk.hear(&event(2.0, "a", Phase::Ended(Missed)));
    let before = desk.only();
    for phase in [Ringing, Phase::Answered, Held, Resumed, Phase::Ended(Rejected)] {
        assert_eq!(desk.hear(&event(3.0, "a", phase)), []);
    }
    assert_eq!(desk.snapshot(4.0, "baresip", &[event(4.0, "a", Ringing)]), []);
    assert_eq!(desk.snapshot(5.0, "baresip", &[]), []);
    assert_eq!(desk.tick(599.0), []);
    assert_eq!(desk.tracker.get(before.id), Some(&before));
    desk.tick(602.0);
    assert_eq!(desk.tracker.get(before.id), None, "forgotten after ten minutes");
}

#[test]
fn states_only_rise() {
    let mut desk = Desk::new();
    desk.hear(&event(1.0, "a", Phase::Answered));
    desk.hear(&event(2.0, "a", Held));
    assert_eq!(desk.hear(&event(3.0, "a", Ringing)), []);
    assert_eq!(desk.hear(&event(3.0, "a", Phase::Answered)), [], "a repeated answer is no resume");
    assert_eq!(desk.only().state, CallState::Held);
    desk.hear(&event(4.0, "a", Resumed));
    assert_eq!(desk.only().state, CallState::Answered);
    assert_eq!(desk.hear(&event(5.0, "a", Resumed)), []);
}

#[test]
fn a_hold_whose_answer_got_lost_is_a_conversation() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(4.0, "a", Held));
    desk.hear(&event(9.0, "a", Phase::Ended(EndReason::Answered)));
    let call = desk.only();
    assert_eq!((call.reason, call.talked), (Some(EndReason::Answered), seconds(5.0)));
}

#[test]
fn a_call_that_is_already_old_is_listed_and_does_not_alert() {
    for (age, alert) in [(0.0, true), (30.0, true), (31.0, false), (1e9, false)] {
        let mut desk = Desk::new();
        desk.snapshot(100.0, "baresip", &[event(100.0, "a", Ringing).aged(age)]);
        assert_eq!(desk.only().alert, alert, "{age}");
    }
    let mut desk = Desk::new();
    desk.snapshot(100.0, "baresip", &[event(100.0, "a", Phase::Answered).aged(45.0)]);
    desk.hear(&event(110.0, "a", Phase::Ended(EndReason::Answered)));
    let call = desk.only();
    assert_eq!(call.talked, seconds(55.0));
    assert_eq!((call.started_at, call.answered_at), (wall(55.0), Some(wall(55.0))));
}

#[test]
fn ringing_without_a_word_is_closed_as_lost() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    assert_eq!(desk.tracker.next_tick(), Some(seconds(180.0)));
    assert_eq!(desk.tick(179.0), []);
    assert_eq!(desk.tick(180.0).len(), 1);
    assert_eq!(desk.only().reason, Some(Lost));
    assert_eq!(desk.tick(181.0), []);
}

#[test]
fn a_conversation_without_an_end_claims_no_more_than_was_heard() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "hook", Ringing));
    desk.hear(&event(5.0, "hook", Phase::Answered));
    desk.hear(&event(65.0, "hook", Held));
    assert_eq!(desk.tick(3600.0), []);
    desk.tick(65.0 + 12.0 * 3600.0);
    let call = desk.only();
    assert_eq!((call.reason, call.talked), (Some(Lost), seconds(60.0)));
    assert_eq!(call.ended_at, Some(wall(65.0)));
}

#[test]
fn a_live_call_has_a_heartbeat_that_is_no_change() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing));
    desk.hear(&event(2.0, "a", Phase::Answered));
    assert_eq!(desk.tick(7.0), []);
    let live = desk.tracker.live().next().unwrap();
    assert_eq!((live.talked, live.last_seen_at, live.revision), (seconds(5.0), wall(7.0), 2));
}

#[test]
fn a_snapshot_ends_what_it_does_not_list_and_updates_the_rest_silently() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "gone", Ringing));
    desk.hear(&event(1.0, "gone", Phase::Answered));
    desk.hear(&event(2.0, "stays", Ringing));
    desk.hear(&event(2.0, "other", Ringing).of("desk").from("sip:+442079460123@pbx.test"));
    desk.tick(11.0);
    let changes = desk.snapshot(
        20.0,
        "baresip",
        &[
            event(20.0, "stays", Phase::Answered).aged(3.0),
            event(20.0, "past", Phase::Ended(Missed)),
        ],
    );
    assert_eq!(changes.iter().map(|c| c.kind).collect::<Vec<_>>(), [Updated, ChangeKind::Ended]);
    let calls = desk.calls();
    assert_eq!((calls[0].reason, calls[0].talked), (Some(Lost), seconds(10.0)));
    assert_eq!(calls[0].ended_at, Some(wall(11.0)));
    assert_eq!((calls[1].state, calls[1].answered_at), (CallState::Answered, Some(wall(17.0))));
    assert_eq!(calls[2].state, CallState::Ringing);
    assert_eq!(calls.len(), 3, "a call that was over before we came is no news");
}

#[test]
fn a_listed_call_shows_its_present_phase() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Phase::Answered));
    desk.snapshot(5.0, "baresip", &[event(5.0, "a", Held)]);
    assert_eq!(desk.only().state, CallState::Held);
    desk.snapshot(9.0, "baresip", &[event(9.0, "a", Phase::Answered)]);
    assert_eq!(desk.only().state, CallState::Answered);
    desk.snapshot(9.0, "baresip", &[event(9.0, "a", Ringing)]);
    assert_eq!(desk.only().state, CallState::Answered);
}

#[test]
fn an_event_newer_than_the_list_is_not_undone_by_it() {
    let mut desk = Desk::new();
    desk.hear(&event(5.0, "new", Ringing));
    assert_eq!(desk.snapshot(4.0, "baresip", &[]), []);
    assert_eq!(desk.snapshot(6.0, "baresip", &[]).len(), 1);
}

#[test]
fn a_broken_link_is_no_hang_up() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Phase::Answered));
    desk.lose_link(10.0, "baresip");
    desk.tick(20.0);
    assert_eq!(desk.tracker.live().next().unwrap().talked, seconds(10.0), "the clock stands still");
    assert_eq!(desk.snapshot(30.0, "baresip", &[event(30.0, "a", Phase::Answered)]), []);
    desk.hear(&event(40.0, "a", Phase::Ended(EndReason::Answered)));
    assert_eq!(desk.only().talked, seconds(40.0), "and catches up");
}

#[test]
fn a_softphone_that_does_not_come_back_has_lost_its_calls() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Phase::Answered));
    desk.lose_link(10.0, "baresip");
    assert_eq!(desk.tracker.next_tick(), Some(seconds(70.0)));
    assert_eq!(desk.tick(69.0), []);
    desk.tick(70.0);
    let call = desk.only();
    assert_eq!((call.reason, call.talked), (Some(Lost), seconds(10.0)));
    assert_eq!(call.ended_at, Some(wall(10.0)));
}

#[test]
fn a_removed_source_takes_its_calls_with_it() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Phase::Answered));
    desk.hear(&event(1.0, "b", Ringing).of("desk").from("sip:+442079460123@pbx.test"));
    let changes = desk.remove(8.0, "baresip");
    assert_eq!(changes.len(), 1);
    assert_eq!((changes[0].call.reason, changes[0].call.talked), (Some(Lost), seconds(8.0)));
    assert_eq!(desk.tracker.live().count(), 1);
}

#[test]
fn a_transfer_in_place_changes_the_party_of_the_call() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Ringing).from("sip:anonymous@anonymous.invalid"));
    desk.hear(&event(1.0, "a", Phase::Answered));
    assert_eq!(desk.only().number.e164.as_deref(), Some("+14155550123"), "more than nothing");
    desk.hear(&event(2.0, "a", Phase::Answered).from("sip:+442079460123@pbx.test"));
    assert_eq!(desk.only().number.e164.as_deref(), Some("+442079460123"), "another person");
    desk.hear(&event(3.0, "a", Ringing));
    desk.hear(&event(3.0, "a", Held).from("sip:anonymous@anonymous.invalid"));
    assert_eq!(desk.only().number.e164.as_deref(), Some("+442079460123"), "nothing worse");
}

#[test]
fn a_flood_is_bounded_and_every_call_of_it_ends() {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "talk", Phase::Answered));
    for i in 0..1500 {
        desk.hear(&event(1.0, &format!("ring{i}"), Ringing));
    }
    assert_eq!(desk.tracker.live().count(), ringside_domain::tracker::LIVE_MAX);
    assert_eq!(desk.tracker.live().next().unwrap().state, CallState::Answered, "talk is kept");
    desk.tick(1.0 + 180.0);
    desk.tick(13.0 * 3600.0);
    let calls = desk.calls();
    assert_eq!(calls.len(), 1501);
    assert!(calls.iter().all(|call| call.is_over()));
}

#[test]
fn absurd_texts_are_bounded() {
    let mut desk = Desk::new();
    let mut ring = event(0.0, &"k".repeat(100_000), Ringing).from(&"9".repeat(100_000));
    ring.remote.name = Some("<b>\u{202E}".repeat(10_000));
    ring.aliases = (0..1000).map(|i| format!("{i}{}", "a".repeat(5000))).collect();
    desk.hear(&ring);
    desk.hear(&ring);
    let call = desk.only();
    let size = serde_json::to_string(&call).unwrap().len();
    assert!(size < 20_000, "{size}");
    ring.phase = Phase::Ended(Missed);
    desk.hear(&ring);
    assert!(desk.only().is_over());
}
