//! The way of an entry through the outbox, as pure steps. See design §7, "The outbox".
//!
//! A step that does not fit the state it is asked of is `None`: the caller has an outdated view.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};

use super::{LogFailure, LogFailureCode, LogStage, LogState};

/// Longest wait between two attempts that we choose ourselves.
pub const BACKOFF_MAX: Duration = Duration::from_secs(15 * 60);
/// Longest wait that a CRM may ask for; a later `Retry-After` is not believed.
pub const RETRY_AFTER_MAX: Duration = Duration::from_secs(3600);
/// Shortest wait, also where a CRM says that it is ready at once.
const WAIT_MIN: Duration = Duration::from_secs(1);

/// Why an attempt did not work.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setback {
    /// The reason, with the CRM's words.
    pub failure: LogFailure,
    /// The entry may have been written all the same (`Ambiguous`). Also true when the attempt was to
    /// find out about an earlier one and did not get so far.
    pub unknown: bool,
    /// What the CRM asked for.
    pub retry_after: Option<Duration>,
}

impl LogState {
    /// To be sent, not before `at`.
    pub fn ready(at: Timestamp) -> Self {
        Self::Ready { at }
    }

    /// When it may be sent, if it waits to be sent.
    pub fn due_at(&self) -> Option<Timestamp> {
        match self {
            Self::Ready { at } | Self::Retry { at, .. } | Self::Outdated { at, .. } => Some(*at),
            Self::Draft
            | Self::Sending { .. }
            | Self::Done { .. }
            | Self::Parked { .. }
            | Self::Declined => None,
        }
    }

    /// Whether the CRM has the entry, or may have it, so that our key must be looked for before it
    /// is created.
    pub fn must_reconcile(&self) -> bool {
        matches!(self, Self::Retry { unknown: true, .. } | Self::Outdated { .. })
    }

    /// The attempt begins, if it is due. To be written before anything leaves this computer.
    pub fn start_sending(&self, now: Timestamp) -> Option<Self> {
        let attempts = match self {
            Self::Ready { .. } | Self::Outdated { .. } => 0,
            Self::Retry { attempt, .. } => *attempt,
            _ => return None,
        };
        (self.due_at()? <= now)
            .then(|| Self::Sending { attempt: attempts.saturating_add(1), since: now })
    }

    /// The CRM has it: it said so, or our key was found there.
    pub fn succeeded(&self, remote_id: String, now: Timestamp) -> Option<Self> {
        matches!(self, Self::Sending { .. }).then_some(Self::Done { remote_id, at: now })
    }

    /// The attempt did not work.
    ///
    /// - Unreachable, rate limited, no answer worth the name: again, each time after twice the wait,
    ///   up to [`BACKOFF_MAX`], or when the CRM asked for it. An answer that is none may come from
    ///   behind a write, so its outcome is unknown.
    /// - Signed out, or the keyring locked: again after [`BACKOFF_MAX`], or when [`Self::woken`].
    /// - Everything else is a no: parked, for a person to look at.
    ///
    /// `jitter`, from 0 to 1, spreads attempts over the second half of the wait.
    pub fn failed(&self, setback: Setback, now: Timestamp, jitter: f64) -> Option<Self> {
        let Self::Sending { attempt, .. } = *self else { return None };
        let Setback { failure, unknown, retry_after } = setback;
        let wait = match failure.code {
            LogFailureCode::Unreachable
            | LogFailureCode::RateLimited
            | LogFailureCode::BadAnswer => retry_after
                .map_or_else(|| backoff(attempt, jitter), |asked| asked.min(RETRY_AFTER_MAX)),
            LogFailureCode::SignedOut | LogFailureCode::NoSecret => BACKOFF_MAX,
            // A no to the look-up is no answer to the question whether the entry is there; but it
            // needs a person all the same, and `resumed` reconciles.
            LogFailureCode::Forbidden
            | LogFailureCode::NotFound
            | LogFailureCode::Rejected
            | LogFailureCode::NoAccount => return Some(Self::Parked { reason: failure }),
        };
        let unknown = unknown || failure.code == LogFailureCode::BadAnswer;
        Some(Self::Retry { at: later(now, wait.max(WAIT_MIN)), attempt, reason: failure, unknown })
    }

    /// Found at start: an entry that was on its way has an unknown outcome.
    pub fn recovered(&self, now: Timestamp) -> Option<Self> {
        let Self::Sending { attempt, .. } = *self else { return None };
        let reason = LogFailure { code: LogFailureCode::Unreachable, detail: None };
        Some(Self::Retry { at: now, attempt, reason, unknown: true })
    }

    /// What it waited for is back: the sign-in, the keyring, the network. Rate limits are still
    /// waited for.
    pub fn woken(&self, now: Timestamp) -> Option<Self> {
        match self {
            Self::Retry { at, attempt, reason, unknown }
                if reason.code != LogFailureCode::RateLimited && *at > now =>
            {
                Some(Self::Retry {
                    at: now,
                    attempt: *attempt,
                    reason: reason.clone(),
                    unknown: *unknown,
                })
            }
            _ => None,
        }
    }

    /// A person said "try again". Whatever came before, the CRM is asked for our key first: one
    /// question is cheaper than a second entry.
    pub fn resumed(&self, now: Timestamp) -> Option<Self> {
        let (Self::Parked { reason } | Self::Retry { reason, .. }) = self else { return None };
        Some(Self::Retry { at: now, attempt: 0, reason: reason.clone(), unknown: true })
    }

    /// Whether it can still be taken back without a trace.
    pub fn can_undo(&self, now: Timestamp) -> bool {
        matches!(self, Self::Ready { at } if now < *at)
    }

    /// Whether nothing will happen to it any more.
    pub fn is_final(&self) -> bool {
        matches!(self, Self::Done { .. } | Self::Declined)
    }

    /// Whether it waits for a person and for nothing else.
    pub fn needs_person(&self) -> bool {
        matches!(self, Self::Parked { .. })
    }

    /// The short name.
    pub fn stage(&self) -> LogStage {
        match self {
            Self::Draft => LogStage::Draft,
            Self::Ready { .. } => LogStage::Ready,
            Self::Sending { .. } => LogStage::Sending,
            // It is there; a change of its note or deal is on its way.
            Self::Done { .. } | Self::Outdated { .. } => LogStage::Done,
            Self::Retry { .. } => LogStage::Retry,
            Self::Parked { .. } => LogStage::Parked,
            Self::Declined => LogStage::Declined,
        }
    }
}

/// 2 s, 4 s, 8 s, … up to [`BACKOFF_MAX`], of which the second half is left to chance.
fn backoff(attempt: u32, jitter: f64) -> Duration {
    let whole =
        Duration::from_secs(1).saturating_mul(2u32.saturating_pow(attempt)).min(BACKOFF_MAX);
    let jitter = if jitter.is_finite() { jitter.clamp(0.0, 1.0) } else { 1.0 };
    whole / 2 + (whole / 2).mul_f64(jitter)
}

fn later(now: Timestamp, wait: Duration) -> Timestamp {
    SignedDuration::try_from(wait)
        .ok()
        .and_then(|wait| now.checked_add(wait).ok())
        .unwrap_or(Timestamp::MAX)
}
