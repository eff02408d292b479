//! The operating system's keyring: one file per OS behind one signature.
//!
//! Each has a `Keyring` with
//! - `connect()`: reaches the keyring; [`Error::Absent`] if there is none;
//! - `check()`: whether it can be used now; never puts a prompt on screen;
//! - `entry()`: one item, named by service and name; nothing is read yet;
//! - `unlock()`: asks the person for the password; blocks until the prompt is answered.
//!
//! [`Error::Absent`]: crate::Error::Absent

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "macos")]
mod macos;
#[cfg(target_os = "windows")]
mod windows;

#[cfg(target_os = "linux")]
pub(crate) use linux::Keyring;
#[cfg(target_os = "macos")]
pub(crate) use macos::Keyring;
#[cfg(target_os = "windows")]
pub(crate) use windows::Keyring;
