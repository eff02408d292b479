use jiff::{SignedDuration, Timestamp};

use super::*;
use crate::inlet::report::Given;

const LIMITS: Limits =
    Limits { ring: Duration::from_secs(600), talk: Duration::from_secs(4 * 3600) };

/// Reports as queries, each so many seconds after the start.
struct World(Calls);

impl World {
    fn new() -> Self {
        Self(Calls::new(SourceId::new("inlet")))
    }

    fn at(seconds: u64) -> Moment {
        let wall = Timestamp::UNIX_EPOCH + SignedDuration::from_secs(seconds as i64);
        Moment { wall, mono: Duration::from_secs(seconds) }
    }

    fn take(&mut self, seconds: u64, query: &str) -> Vec<(String, Phase, Option<Inferred>)> {
        let report = Given::from_query(query).read().unwrap();
        plain(self.0.take(report, Self::at(seconds)))
    }

    /// The key of the one event, which has this phase.
    fn one(&mut self, seconds: u64, query: &str, phase: Phase) -> String {
        let told = self.take(seconds, query);
        assert_eq!(told.len(), 1, "{query}: {told:?}");
        assert_eq!(told[0].1, phase, "{query}");
        told[0].0.clone()
    }

    fn expire(&mut self, seconds: u64) -> Vec<(String, Phase, Option<Inferred>)> {
        plain(self.0.expire(LIMITS, Self::at(seconds)))
    }
}

fn plain(events: Vec<CallEvent>) -> Vec<(String, Phase, Option<Inferred>)> {
    events.into_iter().map(|event| (event.key, event.phase, event.inferred)).collect()
}

const LOST: Phase = Phase::Ended(EndReason::Lost);
const TALKED: Phase = Phase::Ended(EndReason::Answered);

#[test]
fn reports_of_one_number_are_one_call_until_its_end() {
    let mut world = World::new();
    let key = world.one(0, "number=+14155550142", Phase::Ringing);
    for (query, phase) in [
        ("number=+14155550142", Phase::Ringing),
        ("number=%2B1 (415) 555-0142&phase=answered", Phase::Answered),
        ("number=14155550142", Phase::Answered),
        ("number=14155550142&phase=ended", TALKED),
    ] {
        assert_eq!(world.one(1, query, phase), key, "{query}");
    }
    assert_ne!(world.one(2, "number=14155550142", Phase::Ringing), key);
}

#[test]
fn two_minutes_later_the_number_rings_anew() {
    let mut world = World::new();
    let first = world.one(0, "number=204", Phase::Ringing);
    let told = world.take(121, "number=204");
    assert_eq!(told[0], (first.clone(), LOST, Some(Inferred::NextRing)));
    assert_eq!(told[1].1, Phase::Ringing);
    assert_ne!(told[1].0, first);
}

#[test]
fn an_id_tells_two_calls_of_one_number_apart() {
    let mut world = World::new();
    for id in ["a", "b"] {
        assert_eq!(world.one(0, &format!("number=204&id={id}"), Phase::Ringing), format!("/{id}"));
    }
    world.one(1, "id=a&phase=ended", Phase::Ended(EndReason::Missed));
    assert_eq!(world.take(2, "id=a&phase=ended"), [], "the second end fits no call");
    assert_eq!(world.take(3, "number=204&id=a"), [], "a late ring of a call that is over");
    let again = world.one(60, "number=204&id=a", Phase::Ringing);
    assert_ne!(again, "/a", "an id that is used again means another call");
}

#[test]
fn softphones_and_lines_do_not_mix_their_calls() {
    let mut world = World::new();
    let one = world.one(0, "number=204&softphone=one", Phase::Ringing);
    let two = world.one(0, "number=204&softphone=two", Phase::Ringing);
    assert_ne!(one, two);
    assert_eq!(world.one(1, "number=204&softphone=two&phase=answered", Phase::Answered), two);
    assert_eq!(world.one(1, "softphone=one&phase=answered", Phase::Answered), one);
    let desk = world.one(2, "number=205&softphone=one&line=desk", Phase::Ringing);
    assert_ne!(world.one(2, "number=205&softphone=one&line=home", Phase::Ringing), desk);
    let ended = world.one(
        3,
        "number=205&softphone=one&line=desk&phase=ended",
        Phase::Ended(EndReason::Missed),
    );
    assert_eq!(ended, desk);
    let ids = ["softphone=one&number=9&id=7", "softphone=two&number=9&id=7"];
    let [a, b] = ids.map(|query| world.take(4, query).last().unwrap().0.clone());
    assert_ne!(a, b);
}

#[test]
fn the_next_ring_of_a_line_ends_what_only_rang() {
    let mut world = World::new();
    let first = world.one(0, "number=204&softphone=x&line=1", Phase::Ringing);
    world.one(1, "number=205&softphone=x&line=2", Phase::Ringing);
    let told = world.take(300, "number=206&softphone=x&line=1");
    assert_eq!(told[0], (first, LOST, Some(Inferred::NextRing)));
    assert_eq!(told.len(), 2, "the other line goes on: {told:?}");
    // An answer was told, and no end ever: it was a conversation.
    let third = world.one(301, "softphone=x&line=1&phase=answered&number=206", Phase::Answered);
    let told = world.take(900, "number=207&softphone=x&line=1");
    assert_eq!(told[0], (third, TALKED, Some(Inferred::NextRing)));
}

#[test]
fn a_softphone_that_tells_ends_keeps_its_call_through_call_waiting() {
    let mut world = World::new();
    world.one(0, "number=204&softphone=x", Phase::Ringing);
    world.one(9, "number=204&softphone=x&phase=ended", Phase::Ended(EndReason::Missed));
    let first = world.one(20, "number=205&softphone=x", Phase::Ringing);
    world.one(21, "number=206&softphone=x", Phase::Ringing);
    assert!(!world.0.needs_word(&first));
    assert_eq!(world.one(22, "number=205&softphone=x&phase=answered", Phase::Answered), first);
}

#[test]
fn silence_ends_a_call_after_its_limit_and_claims_nothing() {
    let mut world = World::new();
    let rang = world.one(0, "number=204&softphone=a", Phase::Ringing);
    let talked = world.one(0, "number=205&softphone=b&phase=answered", Phase::Answered);
    assert_eq!(world.expire(600), []);
    assert_eq!(world.expire(601), [(rang, LOST, Some(Inferred::TimeLimit))]);
    assert_eq!(world.expire(4 * 3600 + 1), [(talked, LOST, Some(Inferred::TimeLimit))]);
}

#[test]
fn the_agent_ends_a_call_and_no_other() {
    let mut world = World::new();
    let key = world.one(0, "number=204", Phase::Ringing);
    assert!(world.0.needs_word(&key));
    let told = world.0.over(&key, World::at(60)).unwrap();
    assert_eq!((told.phase, told.inferred), (LOST, Some(Inferred::Agent)));
    assert_eq!(world.0.over(&key, World::at(61)), None);
    let key = world.one(100, "number=204&phase=answered", Phase::Answered);
    assert_eq!(world.0.over(&key, World::at(160)).unwrap().phase, TALKED);
}

#[test]
fn what_fits_no_call_has_no_effect() {
    let mut world = World::new();
    assert_eq!(world.take(0, "number=204&phase=ended"), []);
    assert_eq!(world.take(0, "phase=ended"), []);
    assert_eq!(world.take(0, "id=7&phase=answered"), []);
    // A withheld number is one that was said to be none.
    world.one(0, "number=", Phase::Ringing);
    world.one(1, "phase=ended&number=", Phase::Ended(EndReason::Missed));
}

#[test]
fn a_flood_of_ids_is_bounded() {
    let mut world = World::new();
    for id in 0..1000 {
        world.take(0, &format!("number=204&id={id}"));
    }
    assert_eq!(world.0.live(World::at(0)).len(), CALLS_MAX);
}
