//! What the simulated softphone can play.

use std::time::Duration;

use ringside_domain::{EndReason, Party, Phase};

/// A little story of one or two calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scenario {
    /// A known person calls, and is talked to.
    Answered,
    /// A known person gives up.
    Missed,
    /// A known person is declined.
    Rejected,
    /// Someone else calls during a conversation.
    TwoCallers,
    /// A number that no contact has.
    Unknown,
    /// A withheld number.
    Anonymous,
    /// A colleague.
    Extension,
    /// A number that several contacts share.
    SharedNumber,
    /// No live call: 200 calls of the past.
    History,
}

/// Someone who calls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Person {
    pub(super) given: &'static str,
    name: &'static str,
}

impl Person {
    pub(super) fn party(self) -> Party {
        Party { given: self.given.to_owned(), name: Some(self.name.to_owned()) }
    }
}

/// What happens next to a person's call.
#[derive(Clone, Copy, Debug)]
pub(super) struct Step {
    /// Since the step before.
    pub(super) after: Duration,
    pub(super) person: Person,
    pub(super) phase: Phase,
}

const NADIA: Person = Person { given: "+14155550142", name: "N OKAFOR" };
const TOMASZ: Person = Person { given: "+48225550109", name: "Tomasz Zieliński" };
const STRANGER: Person = Person { given: "+4930231250140", name: "Meridian Logistik" };
const WITHHELD: Person = Person { given: "sip:anonymous@anonymous.invalid", name: "Anonymous" };
const COLLEAGUE: Person = Person { given: "204", name: "Priya Raman" };
const DENTAL: Person = Person { given: "+442079460018", name: "NORTHWIND DENTAL" };

/// How long it rings before it is answered or declined.
const RING: Duration = Duration::from_secs(4);
/// How long a caller who gives up lets it ring.
const PATIENCE: Duration = Duration::from_secs(8);
/// How long a conversation takes.
const TALK: Duration = Duration::from_secs(20);

impl Scenario {
    /// Every one.
    pub const ALL: [Self; 9] = [
        Self::Answered,
        Self::Missed,
        Self::Rejected,
        Self::TwoCallers,
        Self::Unknown,
        Self::Anonymous,
        Self::Extension,
        Self::SharedNumber,
        Self::History,
    ];

    /// Its name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::Answered => "answered",
            Self::Missed => "missed",
            Self::Rejected => "rejected",
            Self::TwoCallers => "two-callers",
            Self::Unknown => "unknown",
            Self::Anonymous => "anonymous",
            Self::Extension => "extension",
            Self::SharedNumber => "shared-number",
            Self::History => "history",
        }
    }

    /// Reads a [`Scenario::name`].
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|scenario| scenario.name() == name)
    }

    pub(super) fn steps(self) -> Vec<Step> {
        let step = |after, person, phase| Step { after, person, phase };
        let ended = Phase::Ended;
        let conversation = |person| {
            vec![
                step(Duration::ZERO, person, Phase::Ringing),
                step(RING, person, Phase::Answered),
                step(TALK, person, ended(EndReason::Answered)),
            ]
        };
        let in_vain = |person, after, reason| {
            vec![step(Duration::ZERO, person, Phase::Ringing), step(after, person, ended(reason))]
        };
        match self {
            Self::Answered => conversation(NADIA),
            Self::Missed => in_vain(NADIA, PATIENCE, EndReason::Missed),
            Self::Rejected => in_vain(NADIA, RING, EndReason::Rejected),
            Self::TwoCallers => vec![
                step(Duration::ZERO, NADIA, Phase::Ringing),
                step(RING, NADIA, Phase::Answered),
                step(RING, TOMASZ, Phase::Ringing),
                step(PATIENCE, TOMASZ, ended(EndReason::Missed)),
                step(PATIENCE, NADIA, ended(EndReason::Answered)),
            ],
            Self::Unknown => conversation(STRANGER),
            Self::Anonymous => conversation(WITHHELD),
            Self::Extension => conversation(COLLEAGUE),
            Self::SharedNumber => conversation(DENTAL),
            Self::History => Vec::new(),
        }
    }
}
