//! What the end-to-end tests share.

pub mod app;
pub mod crm;
pub mod session;
pub mod sip;
