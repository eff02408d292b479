//! Where it is not X: tauri's own plugin.

use tauri::{AppHandle, Builder, Wry};
use tauri_plugin_global_shortcut::{GlobalShortcutExt, ShortcutState};

use super::{Act, unusable};

/// What the application needs for them.
pub(crate) fn prepare(builder: Builder<Wry>) -> Builder<Wry> {
    builder.plugin(tauri_plugin_global_shortcut::Builder::new().build())
}

/// Registers these in place of those before.
pub(crate) fn set(app: &AppHandle, wanted: Vec<(String, Act)>) {
    if let Err(error) = app.global_shortcut().unregister_all() {
        tracing::debug!(%error, "no shortcut was registered before");
    }
    for (keys, act) in wanted {
        let registered = app.global_shortcut().on_shortcut(keys.as_str(), move |app, _, event| {
            if event.state == ShortcutState::Pressed {
                act(app);
            }
        });
        if let Err(error) = registered {
            unusable(&keys, &error);
        }
    }
}
