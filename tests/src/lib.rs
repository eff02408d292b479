//! What the end-to-end tests share.

pub mod session;
pub mod sip;
