//! The screen as the engine knows it. What the engine wants shown waits in a queue until there is
//! an application to show it: calls are taken before the first window exists.

use ringside_engine::{Alert, Desktop, Tray, WidgetWindow};
use ringside_protocol::view::PopView;
use tauri::AppHandle;
use tokio::sync::mpsc;

use crate::tray::TrayIcon;
use crate::{pop, widget, window};

/// What the engine wants shown.
#[derive(Debug)]
enum Wish {
    Pops { any: bool, alert: Option<Alert> },
    Tray(Tray),
    Window,
    Url(String),
    Widget { window: WidgetWindow, in_front: bool },
    WidgetGone,
    WidgetTold(String),
}

/// Takes the engine's wishes; never blocks.
#[derive(Debug)]
pub(crate) struct Screen {
    wishes: mpsc::UnboundedSender<Wish>,
}

/// The wishes that wait to be fulfilled, in order.
#[derive(Debug)]
pub(crate) struct Wishes(mpsc::UnboundedReceiver<Wish>);

/// A screen and its queue.
pub(crate) fn screen() -> (Screen, Wishes) {
    let (sender, receiver) = mpsc::unbounded_channel();
    (Screen { wishes: sender }, Wishes(receiver))
}

impl Screen {
    fn wish(&self, wish: Wish) {
        // Fails only when the application has ended, and nothing is shown any more.
        let _ = self.wishes.send(wish);
    }
}

impl Desktop for Screen {
    fn show_pops(&self, pops: &[PopView], alert: Option<Alert>) {
        // The snapshots themselves reach the page as events.
        self.wish(Wish::Pops { any: !pops.is_empty(), alert });
    }

    fn show_tray(&self, tray: &Tray) {
        self.wish(Wish::Tray(tray.clone()));
    }

    fn show_window(&self) -> bool {
        self.wish(Wish::Window);
        true
    }

    fn open_url(&self, url: &str) {
        self.wish(Wish::Url(url.to_owned()));
    }

    fn open_widget(&self, window: &WidgetWindow, in_front: bool) -> bool {
        self.wish(Wish::Widget { window: window.clone(), in_front });
        true
    }

    fn close_widget(&self) {
        self.wish(Wish::WidgetGone);
    }

    fn tell_widget(&self, json: &str) {
        self.wish(Wish::WidgetTold(json.to_owned()));
    }
}

impl Wishes {
    /// Fulfils wishes until the engine has ended. Windows are touched on the main thread alone.
    pub(crate) async fn fulfil(mut self, app: AppHandle, tray: TrayIcon) {
        while let Some(wish) = self.0.recv().await {
            let done = match wish {
                Wish::Pops { any, alert } => {
                    on_main_thread(&app, move |app| pop::update(app, any, alert))
                }
                Wish::Tray(state) => {
                    tray.show(state).await;
                    Ok(())
                }
                Wish::Window => on_main_thread(&app, window::show),
                Wish::Widget { window, in_front } => {
                    on_main_thread(&app, move |app| widget::open(app, &window, in_front))
                }
                Wish::WidgetGone => on_main_thread(&app, widget::close),
                Wish::WidgetTold(json) => {
                    widget::tell(&app, json);
                    Ok(())
                }
                Wish::Url(url) => {
                    open(url);
                    Ok(())
                }
            };
            if let Err(error) = done {
                tracing::warn!(%error, "nothing can be shown any more");
                return;
            }
        }
    }
}

fn on_main_thread(
    app: &AppHandle,
    act: impl FnOnce(&AppHandle) + Send + 'static,
) -> tauri::Result<()> {
    let own = app.clone();
    app.run_on_main_thread(move || act(&own))
}

/// Opens a page in the browser. Whatever sent it here, nothing but a web page is opened.
fn open(url: String) {
    if !["https://", "http://"].iter().any(|scheme| url.starts_with(scheme)) {
        tracing::warn!("not a web page; not opened");
        return;
    }
    tauri::async_runtime::spawn_blocking(move || {
        if let Err(error) = opener::open_browser(&url) {
            tracing::warn!(%error, "the browser could not be started");
        }
    });
}
