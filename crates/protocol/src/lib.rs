//! Everything that crosses a process boundary: commands, replies, view models and events.
//!
//! The JSON Schema (`schema/`) and the TypeScript (`ui/src/lib/protocol.ts`) are made from these
//! types and committed; a test fails when they drift.

pub mod at;
pub mod command;
pub mod error;
pub mod event;
pub mod reply;
pub mod view;

pub use at::At;
pub use command::Command;
pub use error::{ErrorCode, Fault};
pub use event::{Envelope, Event};
pub use reply::{CallDetail, Reply};

/// Version of commands, replies and events. Both ends of the local socket must agree on it.
pub const VERSION: u32 = 1;
