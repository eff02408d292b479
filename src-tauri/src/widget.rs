//! The window for a softphone's own page. The page that stands in it is ours, and around a frame;
//! the page in the frame is a foreign one. It gets no command and no event, goes nowhere else, and
//! opens no window.

use std::sync::{Mutex, PoisonError};

use ringside_engine::{Handle, WIDGET_MESSAGE_MAX, WidgetWindow, WidgetWord};
use serde::Deserialize;
use tauri::ipc::{Channel, JavaScriptChannelId};
use tauri::utils::config::BackgroundThrottlingPolicy;
use tauri::webview::{NewWindowResponse, WebviewWindowBuilder};
use tauri::{AppHandle, Manager, Url, Webview, WebviewUrl, WebviewWindow, WindowEvent};

use crate::repaint;
use crate::tray::TrayHost;

/// The label that capabilities know it by.
const LABEL: &str = "embeddable";
/// The page around the frame.
const PAGE: &str = "embeddable.html";
/// Longest address that somebody pastes, in bytes.
const ADDRESS_MAX: usize = 4096;

/// The way to the page, once it listens.
#[derive(Default)]
pub(crate) struct Widget(Mutex<Option<Channel<String>>>);

impl Widget {
    fn set(&self, channel: Option<Channel<String>>) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = channel;
    }
}

/// What the page says.
#[derive(Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Says {
    /// It listens on this channel.
    Opened(JavaScriptChannelId),
    /// A message of the frame, as JSON; the page has looked at where it came from.
    Message(String),
    /// A person pasted the address at which the sign-in ended.
    SignedInAt(String),
}

/// Passes on what the page says.
pub(crate) fn says(webview: &Webview, handle: &Handle, says: Says) {
    match says {
        Says::Opened(id) => {
            let channel = id.channel_on(webview.clone());
            webview.state::<Widget>().set(Some(channel));
            handle.widget(WidgetWord::Opened);
        }
        Says::Message(json) if json.len() <= WIDGET_MESSAGE_MAX => {
            handle.widget(WidgetWord::Message(json));
        }
        Says::SignedInAt(address) if address.len() <= ADDRESS_MAX => {
            handle.widget(WidgetWord::SignedInAt(address));
        }
        Says::Message(_) | Says::SignedInAt(_) => tracing::debug!("too long; dropped"),
    }
}

/// Tells the page, if it listens.
pub(crate) fn tell(app: &AppHandle, json: String) {
    let state = app.state::<Widget>();
    let channel = state.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
    if let Some(Err(error)) = channel.map(|channel| channel.send(json)) {
        tracing::debug!(%error, "the softphone's window cannot be told");
    }
}

/// Makes it, or brings it to the front. On the main thread.
pub(crate) fn open(app: &AppHandle, wanted: &WidgetWindow, in_front: bool) {
    let shown = match app.get_webview_window(LABEL) {
        Some(window) if in_front => bring(&window),
        Some(_) => Ok(()),
        None => make(app, wanted, in_front),
    };
    if let Err(error) = shown {
        tracing::error!(%error, "the softphone's window cannot be shown");
    }
}

/// Removes it. On the main thread.
pub(crate) fn close(app: &AppHandle) {
    app.state::<Widget>().set(None);
    if let Some(Err(error)) = app.get_webview_window(LABEL).map(|window| window.destroy()) {
        tracing::debug!(%error, "the softphone's window is gone already");
    }
}

fn bring(window: &WebviewWindow) -> tauri::Result<()> {
    window.show()?;
    window.unminimize()?;
    window.set_focus()
}

fn make(app: &AppHandle, wanted: &WidgetWindow, in_front: bool) -> tauri::Result<()> {
    let frame = wanted.origin.clone();
    let builder = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App(PAGE.into()))
        .title(&wanted.title)
        .inner_size(400.0, 680.0)
        .min_inner_size(300.0, 480.0)
        .visible(in_front)
        .focused(in_front)
        // The policy of all pages lets frames be: WebKit serves every window through the handler of
        // the first, so that no window can have one of its own. What this frame may show is said here.
        .on_navigation(move |url| is_ours(url) || is_frame(url, &frame))
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, _| false)
        // It has to hear of calls while nobody looks at it.
        .background_throttling(BackgroundThrottlingPolicy::Disabled);
    #[cfg(windows)]
    let builder = builder.additional_browser_args(
        "--disable-background-timer-throttling --disable-renderer-backgrounding",
    );
    let window = builder.build()?;
    repaint::when_uncovered(&window)?;
    let own = window.clone();
    window.on_window_event(move |event| match event {
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            if let Err(error) = put_away(&own) {
                tracing::warn!(%error, "the softphone's window cannot be closed");
            }
        }
        WindowEvent::Destroyed => own.state::<Handle>().widget(WidgetWord::Closed),
        _ => {}
    });
    Ok(())
}

/// Closing keeps it, since calls are heard through it: without a window in the tray where there is
/// one, else in the task bar.
fn put_away(window: &WebviewWindow) -> tauri::Result<()> {
    if window.state::<TrayHost>().is_there() { window.hide() } else { window.minimize() }
}

/// Our own page, served from this program.
fn is_ours(url: &Url) -> bool {
    let local = url.scheme() == "tauri" || url.host_str() == Some("tauri.localhost");
    local && url.path().trim_start_matches('/') == PAGE
}

/// A page of the frame's own.
fn is_frame(url: &Url, origin: &str) -> bool {
    url.origin().ascii_serialization() == origin || url.as_str() == "about:blank"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_frame_goes_nowhere_else() {
        let origin = "https://apps.ringcentral.com";
        let goes = |url: &str| {
            let url = Url::parse(url).unwrap();
            is_ours(&url) || is_frame(&url, origin)
        };
        for fine in [
            "tauri://localhost/embeddable.html",
            "http://tauri.localhost/embeddable.html",
            "https://apps.ringcentral.com/integration/ringcentral-embeddable/latest/app.html?x=1",
            "about:blank",
        ] {
            assert!(goes(fine), "{fine}");
        }
        for elsewhere in [
            "tauri://localhost/index.html",
            "http://tauri.localhost/pop.html",
            "https://apps.ringcentral.com:8443/",
            "http://apps.ringcentral.com/",
            "https://apps.ringcentral.com.evil.example/",
            "https://evil.example/embeddable.html",
            "data:text/html,hello",
            "file:///etc/passwd",
        ] {
            assert!(!goes(elsewhere), "{elsewhere}");
        }
    }
}
