//! What the policy makes of a call.

use std::time::Duration;

use super::LogPolicy;
use crate::settings::LogSettings;
use crate::{Call, Choice, EndReason, How, NumberKind};

/// What is to happen with a call at its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// The agent is asked.
    Ask,
    /// It logs itself, so long after the end.
    Auto {
        /// The wait, in which the agent may still change everything.
        after: Duration,
    },
    /// It is not logged unless the agent asks for it.
    No,
}

/// What the policy makes of a call, with the choice as it stands now. To be asked again whenever the
/// choice changes.
///
/// A guess is never logged unasked: only a contact that a person chose or created, or the unique
/// match. Calls that are nobody's business (withheld, internal, service numbers, taken by someone
/// else) are left alone, unless the agent has chosen a contact for one.
pub fn plan(settings: &LogSettings, call: &Call, choice: &Choice) -> Plan {
    if !choice.is_settled() && is_private(call, settings.internal) {
        return Plan::No;
    }
    let sure = |how| matches!(how, How::Picked | How::Created | How::Unique);
    match settings.policy {
        LogPolicy::Never => Plan::No,
        LogPolicy::Auto if !choice.is_open() && choice.chosen().iter().all(|c| sure(c.how)) => {
            Plan::Auto { after: Duration::from_secs(settings.auto_wait_s.into()) }
        }
        LogPolicy::Auto | LogPolicy::Ask => Plan::Ask,
    }
}

fn is_private(call: &Call, internal_allowed: bool) -> bool {
    let kind = match call.number.kind {
        NumberKind::Anonymous | NumberKind::ShortCode | NumberKind::StarCode => true,
        NumberKind::Extension => !internal_allowed,
        NumberKind::Number | NumberKind::SipAddress | NumberKind::Unparsable => false,
    };
    kind || call.reason == Some(EndReason::AnsweredElsewhere)
}
