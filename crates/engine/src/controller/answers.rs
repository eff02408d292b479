//! Replies and faults: from typed errors to stable codes.

use ringside_protocol::{ErrorCode, Fault, Reply};

use super::Answer;

pub(super) fn done(reply: Answer) {
    // Whoever asked may be gone; the deed is done all the same.
    let _ = reply.send(Ok(Reply::Done));
}

pub(super) fn fault(reply: Answer, fault: Fault) {
    let _ = reply.send(Err(fault));
}

pub(super) fn stored(reply: Answer, result: Result<(), ringside_store::Error>) {
    let _ = reply.send(result.map(|()| Reply::Done).map_err(|error| store_fault(&error)));
}

pub(super) fn store_fault(error: &ringside_store::Error) -> Fault {
    let file = match error {
        ringside_store::Error::WrongKey { file }
        | ringside_store::Error::TooNew { file }
        | ringside_store::Error::Io { file, .. } => file.display().to_string(),
        _ => String::new(),
    };
    Fault::new(ErrorCode::BadDatabase).with("file", file).with("reason", error.to_string())
}

pub(super) fn crm_fault(error: &ringside_web::Error, account: &str) -> Fault {
    use ringside_web::Error;
    let fault = match error {
        Error::Unauthorized | Error::Revoked => Fault::new(ErrorCode::SignedOut),
        Error::Forbidden => Fault::new(ErrorCode::Forbidden),
        Error::NotFound => Fault::new(ErrorCode::NoSuchContact),
        Error::RateLimited { retry_after } => Fault::new(ErrorCode::RateLimited)
            .with("seconds", retry_after.map_or(60, |wait| wait.as_secs()).to_string()),
        Error::Rejected { message } => {
            Fault::new(ErrorCode::Refused).with("reason", message.as_str())
        }
        Error::Unreachable(why) => {
            Fault::new(ErrorCode::Unreachable).with("reason", why.words.as_str())
        }
        Error::Ambiguous(_) => Fault::new(ErrorCode::Ambiguous),
        Error::BadAnswer(reason) => {
            Fault::new(ErrorCode::BadAnswer).with("reason", reason.as_str())
        }
        Error::Unsupported => Fault::new(ErrorCode::Unsupported).with("what", account),
    };
    fault.with("account", account)
}

pub(super) fn vault_fault(error: &ringside_vault::Error) -> Fault {
    use ringside_vault::Error;
    match error {
        Error::Locked => Fault::new(ErrorCode::KeyringLocked),
        Error::Absent => Fault::new(ErrorCode::KeyringAbsent),
        Error::Timeout | Error::Failed(_) | Error::WrongPassphrase => {
            Fault::new(ErrorCode::KeyringFailed).with("reason", error.to_string())
        }
    }
}
