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
