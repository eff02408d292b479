//! What all that speaks to servers on the web shares: one HTTP client with deadlines, bounds and rate
//! limits, OAuth in the system's browser, sign-ins that renew themselves, and which addresses are
//! used.

pub mod client;
pub mod credentials;
mod error;
pub mod html;
pub mod sign_in;
pub mod url;

pub use error::{Error, OpenError, Unreached};
