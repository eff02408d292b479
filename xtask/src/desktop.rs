//! The desktop that the demo runs on: the person's own, or one that nobody sees.

use std::env;
use std::ffi::OsStr;
use std::process::Command;

use anyhow::Result;

use crate::session::{Keyring, Session, SessionOptions};

/// Where the demo's programs run.
pub(crate) enum Desktop {
    /// The one we were started on.
    Present,
    /// One of our own, with its own bus and keyring, that ends with us.
    Own(Box<Session>),
}

/// What the machine we were started on has.
pub(crate) struct Machine {
    /// Somebody can see a window.
    pub(crate) display: bool,
    /// There is a session bus, and with it most likely a keyring.
    pub(crate) bus: bool,
}

impl Machine {
    /// Looks at the environment.
    pub(crate) fn look() -> Self {
        let has = |name: &str| env::var_os(name).is_some_and(|value| !value.is_empty());
        Self {
            display: has("DISPLAY") || has("WAYLAND_DISPLAY"),
            bus: has("DBUS_SESSION_BUS_ADDRESS"),
        }
    }
}

impl Desktop {
    /// A virtual display with a window manager, notifications and an open keyring.
    pub(crate) fn virtual_display() -> Result<Self> {
        let options =
            SessionOptions { display: true, keyring: Keyring::Unlocked, dunst: true, wm: true };
        Ok(Self::Own(Box::new(Session::start(options)?)))
    }

    /// A session bus with an open keyring, and no display.
    pub(crate) fn bus_only() -> Result<Self> {
        let options =
            SessionOptions { display: false, keyring: Keyring::Unlocked, dunst: false, wm: false };
        Ok(Self::Own(Box::new(Session::start(options)?)))
    }

    /// A command whose program runs on this desktop.
    pub(crate) fn command(&self, program: impl AsRef<OsStr>) -> Command {
        match self {
            Self::Present => Command::new(program),
            Self::Own(session) => session.command(program),
        }
    }
}
