//! Where the system gives the focus back by itself when our window hides.

use tauri::WebviewWindow;

/// A window of any program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder;

/// The window that has the keyboard now.
pub(crate) fn holder() -> Option<Holder> {
    None
}

/// Gives a window the keyboard.
pub(crate) fn give(_: Holder) {}

/// Whether this window of ours has the keyboard.
pub(crate) fn is_with(window: &WebviewWindow) -> bool {
    matches!(window.is_focused(), Ok(true))
}
