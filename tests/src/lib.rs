//! What the end-to-end tests share.

pub mod app;
pub mod browser;
pub mod crm;
pub mod http;
pub mod servers;
pub mod session;
pub mod sip;
