//! Rings from scripts and softphone hooks: `ringsidectl ring …`.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::stream::BoxStream;
use ringside_domain::{CallEvent, Direction, EndReason, Party, Phase, SourceEvent, SourceId};
use tokio::time::Instant;
use uuid::Uuid;

use crate::outlet::Outlet;
use crate::{Capabilities, Softphone, clock};

/// Without an id, rings of one number within this time are one call.
const WINDOW: Duration = Duration::from_secs(120);
/// A conversation whose end was never told is forgotten after this.
const TALK_MAX: Duration = Duration::from_secs(12 * 3600);
/// More calls at once than this are junk.
const CALLS_MAX: usize = 256;
/// Longest text that is taken, in characters.
const TEXT_MAX: usize = 10_000;

/// What a script reports.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScriptRing {
    /// The remote number; empty for a withheld one.
    pub from: String,
    /// The agent's line.
    pub to: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// The script's id of the call.
    pub id: Option<String>,
    /// What happened.
    pub phase: ScriptPhase,
    /// Inbound, or as known from before, if absent.
    pub direction: Option<Direction>,
}

/// What a script can report of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ScriptPhase {
    /// It rings.
    #[default]
    Ringing,
    /// It was answered.
    Answered,
    /// It is over.
    Ended,
}

/// The source of all rings from scripts.
#[derive(Debug)]
pub struct Script {
    id: SourceId,
    outlet: Outlet,
    live: Mutex<HashMap<String, Live>>,
}

#[derive(Clone, Debug)]
struct Live {
    last: CallEvent,
    heard: Instant,
}

impl Live {
    fn is_stale(&self) -> bool {
        let max = if self.last.phase == Phase::Ringing { WINDOW } else { TALK_MAX };
        self.heard.elapsed() > max
    }
}

impl Script {
    /// A source without calls.
    pub fn new(id: SourceId) -> Self {
        Self { id, outlet: Outlet::default(), live: Mutex::default() }
    }

    /// Takes a report. Returns whether it had an effect: an end that fits no call has none, nor has
    /// a ring that names nobody, nor one that no engine listens to.
    pub fn ring(&self, ring: ScriptRing) -> bool {
        let (from, id) = (filled(Some(ring.from)), filled(ring.id).filter(|id| !id.is_empty()));
        let mut live = self.live();
        live.retain(|_, call| !call.is_stale());
        let known = match (&id, &from) {
            (Some(id), _) => live.get(id).cloned(),
            (None, Some(from)) => {
                live.values().find(|call| call.last.remote.given == *from).cloned()
            }
            (None, None) => None,
        };
        if known.is_none()
            && (from.is_none() || ring.phase == ScriptPhase::Ended || live.len() >= CALLS_MAX)
        {
            return false;
        }
        let before = known.as_ref().map(|call| &call.last);
        let direction =
            ring.direction.or(before.map(|b| b.direction)).unwrap_or(Direction::Inbound);
        let key = before.map(|b| b.key.clone()).or(id);
        let key = key.unwrap_or_else(|| Uuid::now_v7().to_string());
        let remote = Party {
            given: from.or(before.map(|b| b.remote.given.clone())).unwrap_or_default(),
            name: filled(ring.name).or(before.and_then(|b| b.remote.name.clone())),
        };
        let line = filled(ring.to).or(before.map(|b| b.local.given.clone()));
        let phase = match ring.phase {
            ScriptPhase::Ringing => Phase::Ringing,
            ScriptPhase::Answered => Phase::Answered,
            ScriptPhase::Ended => Phase::Ended(end_reason(before, direction)),
        };
        let event = CallEvent {
            local: Party { given: line.unwrap_or_default(), name: None },
            ..CallEvent::new(self.id.clone(), key, direction, remote, phase, clock::now())
        };
        if ring.phase == ScriptPhase::Ended {
            live.remove(&event.key);
        } else {
            let mut last = event.clone();
            // A late second ring does not take an answer back.
            if before.is_some_and(|b| b.phase == Phase::Answered) {
                last.phase = Phase::Answered;
            }
            live.insert(event.key.clone(), Live { last, heard: Instant::now() });
        }
        // Told under the lock, so that reports keep their order.
        self.outlet.tell(event)
    }

    fn live(&self) -> MutexGuard<'_, HashMap<String, Live>> {
        // Each change is one insert or remove: the map is whole at every instant.
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Softphone for Script {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities::default()
    }

    fn events(&self) -> BoxStream<'static, SourceEvent> {
        let live = self.live();
        let calls = live.values().filter(|call| !call.is_stale()).map(|call| CallEvent {
            age: call.heard.elapsed(),
            received: clock::now(),
            ..call.last.clone()
        });
        self.outlet.open(&self.id, calls.collect())
    }
}

fn end_reason(before: Option<&CallEvent>, direction: Direction) -> EndReason {
    match (before.map(|b| b.phase), direction) {
        (Some(Phase::Answered), _) => EndReason::Answered,
        (_, Direction::Inbound) => EndReason::Missed,
        (_, Direction::Outbound) => EndReason::NoAnswer,
    }
}

/// A text that a hook filled in. Softphones leave a variable that they do not know as it stands:
/// `[Name]`, `%CallerNumber%`, `$caller$`, `{phone}`.
fn filled(text: Option<String>) -> Option<String> {
    let text: String = text?.trim().chars().take(TEXT_MAX).collect();
    let placeholder =
        [('[', ']'), ('%', '%'), ('$', '$'), ('{', '}')].iter().any(|(open, close)| {
            text.strip_prefix(*open).and_then(|rest| rest.strip_suffix(*close)).is_some_and(
                |word| {
                    !word.is_empty()
                        && word.chars().all(|c| c.is_alphanumeric() || "_.- ".contains(c))
                },
            )
        });
    (!placeholder).then_some(text)
}

#[cfg(test)]
mod tests {
    use futures::{FutureExt, StreamExt};

    use super::*;

    fn ring(from: &str, phase: ScriptPhase) -> ScriptRing {
        ScriptRing { from: from.to_owned(), phase, ..ScriptRing::default() }
    }

    struct Heard(Script, BoxStream<'static, SourceEvent>);

    impl Heard {
        fn new() -> Self {
            let script = Script::new(SourceId::new("script"));
            let events = script.events();
            let mut heard = Self(script, events);
            assert_eq!(heard.calls(), vec![]);
            heard
        }

        fn calls(&mut self) -> Vec<(String, Phase)> {
            std::iter::from_fn(|| self.1.next().now_or_never().flatten())
                .filter_map(|event| match event {
                    SourceEvent::Call(call) => Some((call.key, call.phase)),
                    _ => None,
                })
                .collect()
        }
    }

    #[tokio::test]
    async fn reports_of_one_number_are_one_call_until_its_end() {
        let mut heard = Heard::new();
        for phase in
            [ScriptPhase::Ringing, ScriptPhase::Ringing, ScriptPhase::Answered, ScriptPhase::Ended]
        {
            assert!(heard.0.ring(ring("+14155550142", phase)));
        }
        assert!(heard.0.ring(ring("+14155550142", ScriptPhase::Ringing)));
        let calls = heard.calls();
        assert!(calls[..4].iter().all(|(key, _)| *key == calls[0].0));
        assert_eq!(calls[3].1, Phase::Ended(EndReason::Answered));
        assert_ne!(calls[4].0, calls[0].0, "a call after the end is another one");
    }

    #[tokio::test(start_paused = true)]
    async fn two_minutes_later_the_number_rings_anew() {
        let mut heard = Heard::new();
        heard.0.ring(ring("204", ScriptPhase::Ringing));
        tokio::time::advance(WINDOW + Duration::from_secs(1)).await;
        heard.0.ring(ring("204", ScriptPhase::Ringing));
        let calls = heard.calls();
        assert_ne!(calls[0].0, calls[1].0);
    }

    #[tokio::test]
    async fn an_id_tells_two_calls_of_one_number_apart() {
        let mut heard = Heard::new();
        for id in ["a", "b"] {
            let ring = ScriptRing { id: Some(id.into()), ..ring("204", ScriptPhase::Ringing) };
            assert!(heard.0.ring(ring));
        }
        let end =
            ScriptRing { id: Some("a".into()), phase: ScriptPhase::Ended, ..ScriptRing::default() };
        assert!(heard.0.ring(end.clone()));
        assert!(!heard.0.ring(end), "the second end fits no call");
        let keys: Vec<_> = heard.calls().into_iter().map(|(key, _)| key).collect();
        assert_eq!(keys, ["a", "b", "a"]);
    }

    #[tokio::test]
    async fn an_end_without_a_call_and_a_ring_without_a_number_have_no_effect() {
        let mut heard = Heard::new();
        assert!(!heard.0.ring(ring("204", ScriptPhase::Ended)));
        assert!(!heard.0.ring(ring("%CallerNumber%", ScriptPhase::Ringing)));
        assert_eq!(heard.calls(), vec![]);
    }

    #[test]
    fn placeholders_that_no_one_filled_are_dropped() {
        for text in ["[Name]", "%CallerNumber%", "$caller$", "{phone}", " [sip.Header] "] {
            assert_eq!(filled(Some(text.to_owned())), None, "{text}");
        }
        for text in ["[Sales] Bob", "100%", "$", "{}", "+1 (415)"] {
            assert_eq!(filled(Some(text.to_owned())).as_deref(), Some(text));
        }
    }
}
