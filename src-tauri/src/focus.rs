//! Who has the keyboard, and giving it back.

#[cfg_attr(target_os = "linux", path = "focus/x11.rs")]
#[cfg_attr(not(target_os = "linux"), path = "focus/other.rs")]
mod os;

pub(crate) use os::{Holder, give, holder, is_with};
