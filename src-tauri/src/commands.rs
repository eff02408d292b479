//! What the pages may call. Which window may call what stands in `capabilities/`.

use ringside_engine::Handle;
use ringside_protocol::{Command, Fault, Reply};
use tauri::{AppHandle, State, Webview};

use crate::pop;
use crate::widget::{self, Says};

/// A command to the engine, as any face sends it.
#[tauri::command]
pub(crate) async fn send(handle: State<'_, Handle>, command: Command) -> Result<Reply, Fault> {
    handle.send(command).await
}

/// The pop's page is painted and listens.
#[tauri::command]
pub(crate) fn pop_ready(app: AppHandle) {
    pop::ready(&app);
}

/// The pop's content has this height, in CSS pixels.
#[tauri::command]
pub(crate) fn pop_layout(app: AppHandle, height: f64) {
    pop::layout(&app, height);
}

/// The pop follows the pointer until the button is released.
#[tauri::command]
pub(crate) fn pop_drag(app: AppHandle) {
    pop::drag(&app);
}

/// Nothing is left to show in the pop.
#[tauri::command]
pub(crate) fn pop_hide(app: AppHandle) {
    pop::hide(&app);
}

/// The agent is about to write in the pop.
#[tauri::command]
pub(crate) fn pop_focus(app: AppHandle) {
    pop::take_focus(&app);
}

/// The keyboard goes back to where it was.
#[tauri::command]
pub(crate) fn pop_focus_back(app: AppHandle) {
    pop::give_focus_back(&app);
}

/// What the page around a softphone's own says; all that it may call.
#[tauri::command]
pub(crate) fn widget(webview: Webview, handle: State<'_, Handle>, says: Says) {
    widget::says(&webview, &handle, says);
}
