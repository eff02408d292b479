//! On Linux: a `StatusNotifierItem` on the session bus, without any library of the system. With no
//! bus or no tray there is no icon, and nothing else is missing.

use ksni::menu::StandardItem;
use ksni::{Icon, MenuItem, OfflineReason, Status, ToolTip, TrayMethods};
use ringside_engine::{Tray, TrayState};
use ringside_protocol::Command;
use ringside_words::text;
use tauri::AppHandle;

use super::{TrayHost, pause_text, picture, widget_text};
use crate::shortcuts::ask;

/// The icon; absent where there is no session bus.
pub(crate) struct TrayIcon(Option<ksni::Handle<Item>>);

impl TrayIcon {
    /// Puts the icon into the tray, now or as soon as there is one.
    pub(crate) async fn make(app: AppHandle, host: TrayHost) -> Self {
        let tray =
            Tray { state: TrayState::Idle, text: text("tray-idle"), paused: false, widget: None };
        // There is one unless `watcher_offline` says otherwise, also in the course of `spawn`.
        host.set(true);
        let item = Item { tray, app, host: host.clone() };
        match item.assume_sni_available(true).spawn().await {
            Ok(handle) => Self(Some(handle)),
            Err(error) => {
                host.set(false);
                tracing::warn!(%error, "{}", text("shell-no-tray"));
                Self(None)
            }
        }
    }

    /// Shows how things stand.
    pub(crate) async fn show(&self, tray: Tray) {
        if let Some(handle) = &self.0 {
            handle.update(|item| item.tray = tray).await;
        }
    }
}

struct Item {
    tray: Tray,
    app: AppHandle,
    host: TrayHost,
}

impl ksni::Tray for Item {
    fn id(&self) -> String {
        "ringside".into()
    }

    fn title(&self) -> String {
        text("app-name")
    }

    fn status(&self) -> Status {
        match self.tray.state {
            TrayState::Attention => Status::NeedsAttention,
            TrayState::Idle | TrayState::Ringing | TrayState::Paused => Status::Active,
        }
    }

    fn icon_pixmap(&self) -> Vec<Icon> {
        let picture = picture(self.tray.state);
        let mut data = picture.rgba().to_vec();
        // The bus wants ARGB.
        data.chunks_exact_mut(4).for_each(|pixel| pixel.rotate_right(1));
        let side = |pixels| i32::try_from(pixels).unwrap_or(0);
        vec![Icon { width: side(picture.width()), height: side(picture.height()), data }]
    }

    fn attention_icon_pixmap(&self) -> Vec<Icon> {
        self.icon_pixmap()
    }

    fn tool_tip(&self) -> ToolTip {
        ToolTip { title: self.tray.text.clone(), ..ToolTip::default() }
    }

    fn activate(&mut self, _: i32, _: i32) {
        ask(&self.app, Command::ShowWindow);
    }

    fn menu(&self) -> Vec<MenuItem<Self>> {
        let entry = |label: String, command: Command| {
            StandardItem {
                label,
                activate: Box::new(move |item: &mut Self| ask(&item.app, command.clone())),
                ..StandardItem::default()
            }
            .into()
        };
        let paused = self.tray.paused;
        let mut menu = vec![
            StandardItem { label: self.tray.text.clone(), enabled: false, ..Default::default() }
                .into(),
            MenuItem::Separator,
            entry(text("tray-open"), Command::ShowWindow),
        ];
        let widget = self.tray.widget.as_deref();
        menu.extend(widget.map(|name| entry(widget_text(name), Command::SoftphoneOpen)));
        menu.extend([
            entry(pause_text(paused), Command::Pause { paused: !paused }),
            MenuItem::Separator,
            entry(text("tray-quit"), Command::Quit),
        ]);
        menu
    }

    fn watcher_online(&self) {
        self.host.set(true);
    }

    fn watcher_offline(&self, _: OfflineReason) -> bool {
        self.host.set(false);
        // It may come back: a panel that was restarted.
        true
    }
}
