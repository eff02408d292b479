//! Where the system always has a tray: tauri's own icon.

use ringside_engine::{Tray, TrayState};
use ringside_protocol::Command;
use ringside_words::text;
use tauri::AppHandle;
use tauri::menu::{MenuBuilder, MenuItem, MenuItemBuilder};
use tauri::tray::TrayIconBuilder;

use super::{TrayHost, pause_text, picture, widget_text};
use crate::shortcuts::ask;

/// The icon; absent where the system refused it.
pub(crate) struct TrayIcon(Option<Parts>);

struct Parts {
    icon: tauri::tray::TrayIcon,
    state: MenuItem<tauri::Wry>,
    pause: MenuItem<tauri::Wry>,
    widget: MenuItem<tauri::Wry>,
}

impl TrayIcon {
    /// Puts the icon into the tray.
    pub(crate) async fn make(app: AppHandle, host: TrayHost) -> Self {
        match make(&app) {
            Ok(parts) => {
                host.set(true);
                Self(Some(parts))
            }
            Err(error) => {
                tracing::warn!(%error, "{}", text("shell-no-tray"));
                Self(None)
            }
        }
    }

    /// Shows how things stand.
    pub(crate) async fn show(&self, tray: Tray) {
        let Some(parts) = &self.0 else { return };
        let done = parts
            .icon
            .set_icon(Some(picture(tray.state)))
            .and_then(|()| parts.icon.set_tooltip(Some(&tray.text)))
            .and_then(|()| parts.state.set_text(&tray.text))
            .and_then(|()| parts.pause.set_text(pause_text(tray.paused)))
            .and_then(|()| parts.widget.set_enabled(tray.widget.is_some()))
            .and_then(|()| match &tray.widget {
                Some(name) => parts.widget.set_text(widget_text(name)),
                None => Ok(()),
            });
        if let Err(error) = done {
            tracing::warn!(%error, "the tray icon");
        }
    }
}

fn make(app: &AppHandle) -> tauri::Result<Parts> {
    let state = MenuItemBuilder::new(text("tray-idle")).enabled(false).build(app)?;
    let open = MenuItemBuilder::with_id("open", text("tray-open")).build(app)?;
    // An entry cannot come and go: without such a softphone it is there and off.
    let widget = MenuItemBuilder::with_id("widget", widget_text(&text("softphone-embeddable")))
        .enabled(false)
        .build(app)?;
    let pause = MenuItemBuilder::with_id("pause", pause_text(false)).build(app)?;
    let quit = MenuItemBuilder::with_id("quit", text("tray-quit")).build(app)?;
    let menu = MenuBuilder::new(app)
        .item(&state)
        .separator()
        .items(&[&open, &widget, &pause])
        .separator()
        .item(&quit)
        .build()?;
    let entry = pause.clone();
    let icon = TrayIconBuilder::new()
        .icon(picture(TrayState::Idle))
        .menu(&menu)
        .on_menu_event(move |app, event| match event.id().as_ref() {
            "open" => ask(app, Command::ShowWindow),
            // The entry says what it will do.
            "pause" => {
                let paused = entry.text().is_ok_and(|text| text == pause_text(true));
                ask(app, Command::Pause { paused: !paused });
            }
            "widget" => ask(app, Command::SoftphoneOpen),
            "quit" => ask(app, Command::Quit),
            _ => {}
        })
        .build(app)?;
    Ok(Parts { icon, state, pause, widget })
}
