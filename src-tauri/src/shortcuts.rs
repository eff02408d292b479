//! The keyboard shortcuts that work anywhere: one brings the pop, one the window.

use ringside_domain::settings::PopSettings;
use ringside_engine::Handle;
use ringside_protocol::Command;
use ringside_words::text_with;
use tauri::{AppHandle, Manager, Runtime};

use crate::pop;

#[cfg_attr(target_os = "linux", path = "shortcuts/x11.rs")]
#[cfg_attr(not(target_os = "linux"), path = "shortcuts/other.rs")]
mod os;

pub(crate) use os::prepare;

/// What a shortcut does. Not on the main thread.
type Act = fn(&AppHandle);

/// Registers both as the settings have them now, in place of those before; one that is empty is off.
pub(crate) fn register(app: &AppHandle, settings: &PopSettings) {
    let wanted: [(&str, Act); 2] = [
        (&settings.shortcut, pressed_for_pop),
        (&settings.window_shortcut, |app| ask(app, Command::ShowWindow)),
    ];
    let wanted = wanted.into_iter().filter(|(keys, _)| !keys.is_empty());
    os::set(app, wanted.map(|(keys, act)| (keys.to_owned(), act)).collect());
}

/// A shortcut that another program has, or that cannot be, is told and done without.
fn unusable(keys: &str, reason: &dyn std::fmt::Display) {
    let (keys, reason) = (keys.into(), reason.to_string().into());
    tracing::warn!("{}", text_with("shell-shortcut", &[("keys", keys), ("reason", reason)]));
}

/// Brings the pop, and the keyboard to it; pressed again, gives it back.
fn pressed_for_pop(app: &AppHandle) {
    let own = app.clone();
    let done = app.run_on_main_thread(move || {
        if pop::has_focus(&own) {
            pop::give_focus_back(&own);
        } else if pop::is_up(&own) {
            pop::take_focus(&own);
        } else {
            // The engine knows which call it would be, and shows it.
            pop::take_focus_when_shown(&own);
            ask(&own, Command::ShowPop { call: None });
        }
    });
    if let Err(error) = done {
        tracing::debug!(%error, "the application is ending");
    }
}

/// Sends a command whose reply nobody waits for.
pub(crate) fn ask<R: Runtime>(app: &AppHandle<R>, command: Command) {
    let handle = app.state::<Handle>().inner().clone();
    tauri::async_runtime::spawn(async move {
        if let Err(fault) = handle.send(command).await {
            tracing::info!(code = ?fault.code, "the engine did not do it");
        }
    });
}
