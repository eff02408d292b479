//! The main window: made when it is wanted, and gone again some time after it was closed.

use std::time::Duration;

use tauri::webview::WebviewWindowBuilder;
use tauri::{AppHandle, Manager, WebviewUrl, WebviewWindow, WindowEvent};

use crate::repaint;
use crate::tray::TrayHost;

/// The label that capabilities and events know it by.
const LABEL: &str = "main";

/// A closed window is kept this long, for a quick return. Then its web process ends, which holds
/// about 100 MB.
const KEPT: Duration = Duration::from_secs(60);

/// Shows it in front, with the focus. On the main thread.
pub(crate) fn show(app: &AppHandle) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) => bring(&window),
        None => make(app),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the main window cannot be shown");
    }
}

fn bring(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

fn make(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("index.html".into()))
        .title(ringside_words::text("app-name"))
        .inner_size(1100.0, 720.0)
        .min_inner_size(640.0, 480.0)
        .center()
        .build()?;
    repaint::when_uncovered(&window)?;
    let own = window.clone();
    window.on_window_event(move |event| {
        if let WindowEvent::CloseRequested { api, .. } = event {
            api.prevent_close();
            if let Err(error) = close(&own) {
                tracing::warn!(%error, "the main window cannot be closed");
            }
        }
    });
    Ok(())
}

/// Closing keeps the app: in the tray where there is one, else in the task bar.
fn close(window: &WebviewWindow) -> tauri::Result<()> {
    if !window.state::<TrayHost>().is_there() {
        return window.minimize();
    }
    // Hidden first, not destroyed: the page still writes what was typed last.
    window.hide()?;
    let window = window.clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(KEPT).await;
        if matches!(window.is_visible(), Ok(false))
            && let Err(error) = window.destroy()
        {
            tracing::debug!(%error, "the main window is gone already");
        }
    });
    Ok(())
}
