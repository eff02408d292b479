//! What Ringside knows about calls, numbers, contacts, choices and logs, as pure code.
//!
//! Nothing here reads a clock, a file, a socket or a keyring: time, ids and randomness are passed
//! in. That is a rule of the house, kept by a test over `cargo metadata` and by clippy's
//! `disallowed-methods`.

pub mod call;
pub mod choice;
pub mod contact;
pub mod event;
pub mod id;
pub mod log;
pub mod matching;
pub mod number;
pub mod settings;
pub mod text;
pub mod tracker;

pub use call::{Call, CallState, Direction, EndReason, Party};
pub use choice::{Choice, Chosen, How};
pub use contact::{Association, Contact, ContactType, Message, MessageLevel};
pub use event::{CallEvent, Health, HealthState, Inferred, LinkFault, Moment, Phase, SourceEvent};
pub use id::{AccountId, CallId, ContactRef, SourceId};
pub use log::{LogEntry, LogState};
pub use matching::{LookupStatus, Match, Origin, Rule, Why};
pub use number::{Number, NumberKind, Region};
