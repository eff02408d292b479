//! What is wrong with a link, as far as the system tells.

use std::io::{self, ErrorKind};

use ringside_domain::LinkFault;

/// What an error of the network means to the person who has to mend it.
pub(crate) fn of_io(error: &io::Error) -> LinkFault {
    match error.kind() {
        ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset => LinkFault::NobodyListens,
        ErrorKind::TimedOut => LinkFault::NoAnswer,
        ErrorKind::AddrInUse => LinkFault::PortTaken,
        ErrorKind::InvalidData => LinkFault::OtherProtocol,
        // A name that does not resolve has no kind of its own.
        _ => LinkFault::NoHost,
    }
}

/// What a failed request to a server on the web means to the person who has to mend it.
pub(crate) fn of_web(error: &ringside_web::Error) -> LinkFault {
    use ringside_web::Error;
    match error {
        Error::Unauthorized | Error::Revoked => LinkFault::SignedOut,
        Error::Forbidden | Error::Rejected { .. } => LinkFault::NotAllowed,
        Error::RateLimited { .. } => LinkFault::RateLimited,
        Error::Unreachable(why) => why.fault.unwrap_or(LinkFault::NoAnswer),
        Error::Ambiguous(_) => LinkFault::NoAnswer,
        Error::NotFound | Error::BadAnswer(_) | Error::Unsupported => LinkFault::OtherProtocol,
    }
}
