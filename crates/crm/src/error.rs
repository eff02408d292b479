//! What it means for calls that a CRM did not do what was asked.

use ringside_domain::log::LogFailureCode;
use ringside_domain::matching::FailureReason;
use ringside_web::Error;

/// For the pop: why an account gave no answer.
pub fn failure_reason(error: &Error) -> FailureReason {
    match error {
        Error::Unauthorized | Error::Revoked => FailureReason::SignedOut,
        Error::Forbidden => FailureReason::Forbidden,
        Error::RateLimited { .. } => FailureReason::RateLimited,
        Error::Rejected { .. } | Error::NotFound | Error::Unsupported => FailureReason::Refused,
        Error::Unreachable(_) | Error::Ambiguous(_) => FailureReason::Unreachable,
        Error::BadAnswer(_) => FailureReason::BadAnswer,
    }
}

/// For the outbox: why a log did not land.
pub fn log_failure(error: &Error) -> LogFailureCode {
    match error {
        Error::Unauthorized | Error::Revoked => LogFailureCode::SignedOut,
        Error::Forbidden => LogFailureCode::Forbidden,
        Error::NotFound => LogFailureCode::NotFound,
        Error::RateLimited { .. } => LogFailureCode::RateLimited,
        Error::Rejected { .. } | Error::Unsupported => LogFailureCode::Rejected,
        Error::Unreachable(_) | Error::Ambiguous(_) => LogFailureCode::Unreachable,
        Error::BadAnswer(_) => LogFailureCode::BadAnswer,
    }
}
