//! The tracker against a model: conversations that really take place, and a world between them and
//! Ringside that repeats, reorders and loses what is said of them, breaks links and kills the
//! process.
#![allow(clippy::unwrap_used, reason = "clippy does not see that this is test code")]

mod tracker_support;

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::sample::Index;
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest, prop_state_machine};
use ringside_domain::tracker::{Change, ChangeKind};
use ringside_domain::{CallEvent, CallId, CallState, EndReason, Phase};
use tracker_support::{Desk, With, event, wall};

const SOURCES: [&str; 2] = ["baresip", "desk"];
/// Shorter than the time for which ended calls are remembered.
const LONGEST: f64 = 540.0;

/// One step of the world.
#[derive(Clone, Debug)]
enum Step {
    /// Somebody calls; the first source, the second, or both see it.
    Begin { seen_by: u8, outbound: bool, hidden: bool, fork: bool },
    /// A conversation goes on: to its end, or to the next phase.
    Advance { which: Index, end: bool },
    /// One of the events under way arrives, and perhaps once more later.
    Deliver { which: Index, again: bool },
    /// One of the events under way never arrives.
    Lose { which: Index },
    /// A source says what it has.
    Snapshot { source: usize },
    /// The link to a source breaks.
    LinkLost { source: usize },
    /// Ringside is killed and starts again.
    Restart,
    /// Time passes.
    Pass { seconds: f64 },
}

/// What a step means for the tracker.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "one at a time, for a test")]
enum Act {
    Nothing,
    Hear(CallEvent),
    Snapshot(usize, Vec<CallEvent>),
    LinkLost(usize),
    Restart,
    Tick,
}

#[derive(Clone, Debug)]
struct Conversation {
    seen_by: u8,
    outbound: bool,
    hidden: bool,
    /// The second device stops ringing when the first one answers.
    fork: bool,
    /// The last phase; `Ended` once it is over.
    phase: Phase,
    answered: bool,
}

#[derive(Clone, Debug)]
struct World {
    now: f64,
    boot: f64,
    conversations: Vec<Conversation>,
    under_way: Vec<(usize, usize, Phase)>,
    /// Conversations of which at least one word has arrived.
    heard_of: BTreeSet<usize>,
    act: Act,
}

impl World {
    fn say(&mut self, of: usize, phase: Phase) {
        let call = &mut self.conversations[of];
        call.phase = phase;
        call.answered |= phase == Phase::Answered;
        let (seen_by, fork) = (call.seen_by, call.fork && call.answered);
        for source in (0..SOURCES.len()).filter(|source| seen_by & (1 << source) != 0) {
            match (fork && source == 1, phase) {
                (true, Phase::Answered) => {
                    self.under_way.push((of, source, Phase::Ended(EndReason::Missed)));
                }
                (true, _) => {}
                (false, phase) => self.under_way.push((of, source, phase)),
            }
        }
    }

    fn event(&self, of: usize, source: usize, phase: Phase) -> CallEvent {
        let call = &self.conversations[of];
        // Calls that only one source sees share its number, so that nothing but the key tells them
        // apart; those that both see share an alias.
        let number = match (call.hidden, call.seen_by) {
            (true, _) => "sip:anonymous@anonymous.invalid".to_owned(),
            (false, 3) => format!("sip:+1415555{:04}@pbx.test", 1000 + of),
            (false, source) => format!("sip:+1415555012{source}@pbx.test"),
        };
        let mut event = event(self.now, &format!("{of}-{source}"), phase)
            .of(SOURCES[source])
            .from(&number)
            .booted(self.boot);
        if call.seen_by == 3 {
            event = event.alias(&format!("call-{of}"));
        }
        if call.outbound { event.outbound() } else { event }
    }

    fn take(&mut self, which: &Index, again: bool) -> Option<(usize, usize, Phase)> {
        if self.under_way.is_empty() {
            return None;
        }
        let at = which.index(self.under_way.len());
        Some(if again { self.under_way[at] } else { self.under_way.remove(at) })
    }
}

impl ReferenceStateMachine for World {
    type State = Self;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Self> {
        Just(Self {
            now: 0.0,
            boot: 0.0,
            conversations: Vec::new(),
            under_way: Vec::new(),
            heard_of: BTreeSet::new(),
            act: Act::Nothing,
        })
        .boxed()
    }

    fn transitions(_: &Self) -> BoxedStrategy<Step> {
        let source = 0..SOURCES.len();
        prop_oneof![
            3 => (1u8..=3, any::<bool>(), any::<bool>(), any::<bool>()).prop_map(
                |(seen_by, outbound, hidden, fork)| Step::Begin { seen_by, outbound, hidden, fork }
            ),
            6 => (any::<Index>(), prop::bool::weighted(0.3))
                .prop_map(|(which, end)| Step::Advance { which, end }),
            12 => (any::<Index>(), prop::bool::weighted(0.3))
                .prop_map(|(which, again)| Step::Deliver { which, again }),
            2 => any::<Index>().prop_map(|which| Step::Lose { which }),
            2 => source.clone().prop_map(|source| Step::Snapshot { source }),
            1 => source.prop_map(|source| Step::LinkLost { source }),
            1 => Just(Step::Restart),
            4 => prop_oneof![0.01..8.0, 8.0..100.0].prop_map(|seconds| Step::Pass { seconds }),
        ]
        .boxed()
    }

    fn apply(mut world: Self, step: &Step) -> Self {
        world.act = Act::Nothing;
        match step {
            Step::Begin { seen_by, outbound, hidden, fork } if world.conversations.len() < 8 => {
                world.conversations.push(Conversation {
                    seen_by: *seen_by,
                    outbound: *outbound,
                    hidden: *hidden,
                    fork: *fork && *seen_by == 3,
                    phase: Phase::Ringing,
                    answered: false,
                });
                world.say(world.conversations.len() - 1, Phase::Ringing);
            }
            Step::Advance { which, end } if !world.conversations.is_empty() => {
                let of = which.index(world.conversations.len());
                let call = &world.conversations[of];
                let reason = if call.answered { EndReason::Answered } else { EndReason::Missed };
                let next = match call.phase {
                    Phase::Ended(_) => return world,
                    _ if *end => Phase::Ended(reason),
                    Phase::Ringing => Phase::Answered,
                    Phase::Answered | Phase::Resumed => Phase::Held,
                    Phase::Held => Phase::Resumed,
                };
                world.say(of, next);
            }
            Step::Deliver { which, again } => {
                if let Some((of, source, phase)) = world.take(which, *again) {
                    world.heard_of.insert(of);
                    world.act = Act::Hear(world.event(of, source, phase));
                }
            }
            Step::Lose { which } => {
                world.take(which, false);
            }
            Step::Snapshot { source } => {
                let mut live = Vec::new();
                for (of, call) in world.conversations.iter().enumerate() {
                    let here = call.seen_by & (1 << source) != 0;
                    let taken_elsewhere = call.fork && call.answered && *source == 1;
                    if here && !taken_elsewhere && !matches!(call.phase, Phase::Ended(_)) {
                        live.push(world.event(of, *source, call.phase));
                        world.heard_of.insert(of);
                    }
                }
                world.act = Act::Snapshot(*source, live);
            }
            Step::LinkLost { source } => world.act = Act::LinkLost(*source),
            Step::Restart => {
                world.boot = world.now;
                world.act = Act::Restart;
            }
            Step::Pass { seconds } if world.now + seconds < LONGEST => {
                world.now += seconds;
                world.act = Act::Tick;
            }
            Step::Begin { .. } | Step::Advance { .. } | Step::Pass { .. } => {}
        }
        world
    }
}

/// What the tracker has said, checked as it comes.
#[derive(Default)]
struct Ledger {
    calls: BTreeMap<CallId, Change>,
}

impl Ledger {
    fn check(&mut self, changes: Vec<Change>, now: f64) {
        for change in changes {
            let call = &change.call;
            match self.calls.get(&call.id) {
                None => assert_eq!(change.kind, ChangeKind::New, "New comes first"),
                Some(last) => {
                    assert_ne!(change.kind, ChangeKind::New, "one pop for each call");
                    assert_ne!(last.kind, ChangeKind::Ended, "nothing after the end");
                    assert!(call.revision > last.call.revision, "revisions rise");
                    assert_eq!(call.started_at, last.call.started_at);
                }
            }
            let over = call.state == CallState::Ended;
            assert_eq!((call.reason.is_some(), call.ended_at.is_some()), (over, over));
            assert!(over || change.kind != ChangeKind::Ended);
            assert!(call.answered_at.is_none_or(|at| at >= call.started_at));
            assert!(
                call.ended_at.is_none_or(|at| at >= call.answered_at.unwrap_or(call.started_at))
            );
            let lasted = wall(now).duration_since(call.started_at).as_secs_f64();
            assert!(call.talked.as_secs_f64() <= lasted + 1e-6, "talked longer than the call was");
            assert!(call.answered_at.is_some() || call.talked.is_zero());
            self.calls.insert(call.id, change);
        }
        let mut owner = BTreeMap::new();
        for change in self.calls.values() {
            for key in &change.call.keys {
                let conversation = key.key.split('-').next().unwrap().to_owned();
                let call = *owner.entry(conversation).or_insert(change.call.id);
                assert_eq!(call, change.call.id, "one call for each conversation");
            }
            let of = |key: &str| key.split('-').next().unwrap().to_owned();
            let conversations: BTreeSet<_> = change.call.keys.iter().map(|k| of(&k.key)).collect();
            assert_eq!(conversations.len(), 1, "one conversation for each call");
        }
    }
}

struct Tracking {
    desk: Desk,
    ledger: Ledger,
}

impl StateMachineTest for Tracking {
    type SystemUnderTest = Self;
    type Reference = World;

    fn init_test(_: &World) -> Self {
        Self { desk: Desk::new(), ledger: Ledger::default() }
    }

    fn apply(mut test: Self, world: &World, _: Step) -> Self {
        let desk = &mut test.desk;
        let changes = match &world.act {
            Act::Nothing => Vec::new(),
            Act::Hear(event) => desk.hear(event),
            Act::Snapshot(source, live) => desk.snapshot(world.now, SOURCES[*source], live),
            Act::LinkLost(source) => {
                desk.lose_link(world.now, SOURCES[*source]);
                Vec::new()
            }
            Act::Restart => {
                desk.restart(world.now);
                Vec::new()
            }
            Act::Tick => desk.tick(world.now),
        };
        test.ledger.check(changes, world.now);
        test
    }

    fn teardown(mut test: Self, world: World) {
        let mut now = world.now;
        for wait in [61.0, 181.0, 13.0 * 3600.0] {
            now += wait;
            test.ledger.check(test.desk.tick(now), now);
        }
        let calls = &test.ledger.calls;
        assert_eq!(calls.len(), world.heard_of.len(), "a call for each conversation heard of");
        assert!(calls.values().all(|last| last.kind == ChangeKind::Ended), "every call ends");
        assert_eq!(test.desk.tracker.live().count(), 0);
        test.desk.tick(now + 601.0);
        assert_eq!(test.desk.tracker.next_tick(), None, "nothing is kept for ever");
    }
}

prop_state_machine! {
    #![proptest_config(ProptestConfig { cases: 512, ..ProptestConfig::default() })]
    #[test]
    fn one_call_one_pop_one_end_whatever_happens(sequential 1..80 => Tracking);
}
