//! The application without a face: what listens, asks, remembers and writes.
//!
//! [`Host::open`] puts everything together once, for every face; a face sends
//! [`ringside_protocol::Command`]s over a [`Handle`] and shows what [`Desktop`] and the events say.

pub mod config;
mod controller;
pub mod desktop;
pub mod handle;
pub mod home;
mod host;
pub mod lock;
mod scribe;
pub mod socket;
mod view;

pub use desktop::{Alert, Desktop, NoDesktop, Tray, TrayState, WidgetWindow};
pub use handle::Handle;
pub use home::Home;
pub use host::{Host, OpenError};
pub use ringside_softphone::embeddable::{MESSAGE_MAX as WIDGET_MESSAGE_MAX, Word as WidgetWord};
