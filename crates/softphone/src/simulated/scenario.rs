//! What the simulated softphone can play: scenarios, each a TOML text of steps. See
//! `docs/simulate.md`.

use std::collections::HashSet;
use std::time::Duration;

use ringside_domain::{Direction, EndReason, Phase};
use serde::Deserialize;
use toml::Spanned;

/// Longest text of a scenario, in bytes.
const TEXT_MAX: usize = 256 * 1024;
/// Most steps.
const STEPS_MAX: usize = 1000;
/// Longest wait before a step, in seconds.
const WAIT_MAX: f64 = 3600.0;

/// The scenarios that come with Ringside, by name; each is a file in `scenarios/`.
macro_rules! built_in {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../scenarios/", $name, ".toml")))),*]
    };
}
pub(super) const BUILT_IN: &[(&str, &str)] = built_in![
    "answered",
    "missed",
    "rejected",
    "two-callers",
    "unknown",
    "anonymous",
    "extension",
    "shared-number",
    "hold",
    "transfer",
    "transferred",
    "consult",
    "queue",
    "queue-again",
    "devices",
    "outbound",
    "names",
];

/// A little story of some calls.
#[derive(Clone, Debug, PartialEq)]
pub struct Scenario {
    pub(super) steps: Vec<Step>,
}

/// What is wrong with a scenario.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {reason}")]
pub struct BadScenario {
    /// From 1.
    pub line: usize,
    /// In English, for the person who wrote it.
    pub reason: String,
}

/// What happens next.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Step {
    /// Seconds since the step before.
    #[serde(default)]
    pub(super) after: f64,
    /// The scenario's own name for the call.
    pub(super) call: String,
    phase: Happens,
    /// Which of several devices; each is a leg of the call.
    pub(super) device: Option<String>,
    pub(super) from: Option<String>,
    pub(super) name: Option<String>,
    /// The agent's line.
    pub(super) line: Option<String>,
    pub(super) direction: Option<Direction>,
    pub(super) queue: Option<String>,
    /// The call that goes on in this one.
    pub(super) continues: Option<String>,
    reason: Option<EndReason>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Happens {
    Ringing,
    Answered,
    Held,
    Resumed,
    Ended,
}

impl Step {
    pub(super) fn wait(&self) -> Duration {
        Duration::from_secs_f64(self.after)
    }

    /// The phase that it brings. An end without a reason is the end of a conversation.
    pub(super) fn phase(&self) -> Phase {
        match self.phase {
            Happens::Ringing => Phase::Ringing,
            Happens::Answered => Phase::Answered,
            Happens::Held => Phase::Held,
            Happens::Resumed => Phase::Resumed,
            Happens::Ended => Phase::Ended(self.reason.unwrap_or(EndReason::Answered)),
        }
    }

    /// The call on its device.
    pub(super) fn leg(&self) -> (String, Option<String>) {
        (self.call.clone(), self.device.clone())
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    step: Vec<Spanned<Step>>,
}

impl Scenario {
    /// The names of those that come with Ringside.
    pub fn names() -> impl Iterator<Item = &'static str> {
        BUILT_IN.iter().map(|(name, _)| *name)
    }

    /// One that comes with Ringside.
    pub fn named(name: &str) -> Option<Self> {
        let (_, text) = BUILT_IN.iter().find(|(known, _)| *known == name)?;
        Self::read(text).ok()
    }

    /// Reads a scenario.
    ///
    /// # Errors
    /// The first line that cannot be played, and why.
    pub fn read(text: &str) -> Result<Self, BadScenario> {
        let bad = |line, reason: &str| BadScenario { line, reason: reason.to_owned() };
        if text.len() > TEXT_MAX {
            return Err(bad(1, "it is longer than 256 kB"));
        }
        let line_of = |at: usize| 1 + text.bytes().take(at).filter(|byte| *byte == b'\n').count();
        let read: Text = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line_of(span.start));
            bad(line, error.message().lines().next().unwrap_or_default())
        })?;
        let mut told = Told::default();
        for (at, step) in read.step.iter().enumerate() {
            let wrong = if at >= STEPS_MAX {
                Some("there are more than 1000 steps".to_owned())
            } else {
                told.wrong_with(step.get_ref())
            };
            if let Some(reason) = wrong {
                return Err(BadScenario { line: line_of(step.span().start), reason });
            }
        }
        Ok(Self { steps: read.step.into_iter().map(Spanned::into_inner).collect() })
    }
}

/// What a scenario has told so far.
#[derive(Default)]
struct Told {
    calls: HashSet<String>,
    legs: HashSet<(String, Option<String>)>,
    over: HashSet<(String, Option<String>)>,
}

impl Told {
    fn wrong_with(&mut self, step: &Step) -> Option<String> {
        let (call, leg) = (&step.call, step.leg());
        if !(0.0..=WAIT_MAX).contains(&step.after) {
            return Some(format!("`after` is from 0 to {WAIT_MAX} seconds"));
        }
        if call.is_empty() {
            return Some("`call` is a name of your own for the call".to_owned());
        }
        if step.reason.is_some() && step.phase != Happens::Ended {
            return Some("`reason` stands only where `phase` is \"ended\"".to_owned());
        }
        if let Some(old) = step.continues.as_ref().filter(|old| !self.calls.contains(*old)) {
            return Some(format!("there is no call \"{old}\" that this one could continue"));
        }
        if self.over.contains(&leg) {
            return Some(format!("the call \"{call}\" is already over"));
        }
        let begins = matches!(step.phase, Happens::Ringing | Happens::Answered);
        if !self.legs.contains(&leg) && !begins {
            return Some(format!("the call \"{call}\" neither rang nor was answered before this"));
        }
        let known = self.calls.contains(call) || step.continues.is_some();
        if !known && step.from.is_none() {
            return Some(format!("`from` says who calls; \"{call}\" begins here"));
        }
        if step.phase == Happens::Ended {
            self.over.insert(leg.clone());
        }
        self.calls.insert(call.clone());
        self.legs.insert(leg);
        None
    }
}
