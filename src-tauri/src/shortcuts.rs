//! The keyboard shortcuts that work anywhere: one brings the pop, one the window.

use ringside_engine::Handle;
use ringside_protocol::{Command, Reply};
use ringside_words::text_with;
use tauri::{AppHandle, Manager, Runtime};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};

use crate::pop;

/// Registers both as the settings have them now, in place of those before.
pub(crate) async fn register(app: &AppHandle, handle: &Handle) {
    let Ok(Reply::Settings(view)) = handle.send(Command::Settings).await else { return };
    if let Err(error) = app.global_shortcut().unregister_all() {
        tracing::debug!(%error, "no shortcut was registered before");
    }
    let settings = view.settings.pop;
    on(app, &settings.shortcut, pressed_for_pop);
    on(app, &settings.window_shortcut, |app| ask(app, Command::ShowWindow));
}

/// A shortcut that another program has, or that cannot be, is told and done without.
fn on(app: &AppHandle, keys: &str, act: fn(&AppHandle)) {
    if keys.is_empty() {
        return;
    }
    let registered = app.global_shortcut().on_shortcut(keys, move |app, _, event| {
        if event.state == ShortcutState::Pressed {
            act(app);
        }
    });
    if let Err(error) = registered {
        let (keys, reason) = (keys.into(), error.to_string().into());
        tracing::warn!("{}", text_with("shell-shortcut", &[("keys", keys), ("reason", reason)]));
    }
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
