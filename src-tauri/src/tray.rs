//! The tray icon: how things stand, and the little that can be done without a window.

#[cfg_attr(target_os = "linux", path = "tray/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "tray/other.rs")]
mod os;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use ringside_engine::TrayState;
use tauri::image::Image;

pub(crate) use os::TrayIcon;

/// Whether there is a tray that shows our icon. Desktops come without one, and it comes and goes.
#[derive(Clone, Debug, Default)]
pub(crate) struct TrayHost(Arc<AtomicBool>);

impl TrayHost {
    /// Whether it is there now.
    pub(crate) fn is_there(&self) -> bool {
        self.0.load(Ordering::Relaxed)
    }

    fn set(&self, there: bool) {
        self.0.store(there, Ordering::Relaxed);
    }
}

/// The picture of a state: told apart by shape, not by colour alone.
fn picture(state: TrayState) -> Image<'static> {
    match state {
        TrayState::Idle => tauri::include_image!("../icons/tray-idle@2x.png"),
        TrayState::Ringing => tauri::include_image!("../icons/tray-ringing@2x.png"),
        TrayState::Paused => tauri::include_image!("../icons/tray-paused@2x.png"),
        TrayState::Attention => tauri::include_image!("../icons/tray-attention@2x.png"),
    }
}

/// The text of the menu's entry that holds pops back or lets them through.
fn pause_text(paused: bool) -> String {
    ringside_words::text(if paused { "tray-resume" } else { "tray-pause" })
}

/// The text of the entry that opens a softphone's own window.
fn widget_text(name: &str) -> String {
    ringside_words::text_with("tray-widget", &[("name", name.into())])
}
