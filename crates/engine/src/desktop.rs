//! All that the engine knows of a screen.

use ringside_protocol::view::PopView;

/// A screen. Calls are plain, never block, and carry whole snapshots; what people do comes back as
/// commands.
pub trait Desktop: Send + Sync + 'static {
    /// The pops to show, the oldest call first; none hides the pop window. Without an `alert` the
    /// window is only updated.
    fn show_pops(&self, pops: &[PopView], alert: Option<Alert>);

    /// What the tray icon tells.
    fn show_tray(&self, tray: &Tray);

    /// Shows the main window; says whether there is one.
    fn show_window(&self) -> bool;

    /// Opens a page in the browser. The engine has checked scheme and host.
    fn open_url(&self, url: &str);

    /// Makes the window for a softphone's own page, if it is not there; `in_front` brings it. Says
    /// whether this screen can have one. What it tells goes to [`crate::Handle::widget`].
    fn open_widget(&self, window: &WidgetWindow, in_front: bool) -> bool;

    /// Removes that window.
    fn close_widget(&self);

    /// Something for the page around the softphone's own, as JSON.
    fn tell_widget(&self, json: &str);
}

/// The window for a softphone's own page, which is a foreign one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WidgetWindow {
    /// Its title.
    pub title: String,
    /// Scheme, host and port of the only page that may stand in its frame.
    pub origin: String,
}

/// Why the pop window shows itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Alert {
    /// A call has just begun to ring: the window must not take the focus.
    Ring,
    /// Somebody asked to see it, such as by the notification: where a window can only come with the
    /// focus, it may now.
    Asked,
}

/// What the tray icon tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tray {
    /// The icon.
    pub state: TrayState,
    /// One line, from the catalogue.
    pub text: String,
    /// Pops are held back.
    pub paused: bool,
    /// The softphone whose window can be opened: its name.
    pub widget: Option<String>,
}

/// The icon of the tray.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TrayState {
    /// Listening.
    Idle,
    /// A call is live.
    Ringing,
    /// Pops are held back.
    Paused,
    /// Something needs a person.
    Attention,
}

/// A face without a screen: the headless engine.
#[derive(Clone, Copy, Debug, Default)]
pub struct NoDesktop;

impl Desktop for NoDesktop {
    fn show_pops(&self, _: &[PopView], _: Option<Alert>) {}

    fn show_tray(&self, _: &Tray) {}

    fn show_window(&self) -> bool {
        false
    }

    fn open_url(&self, _: &str) {}

    fn open_widget(&self, _: &WidgetWindow, _: bool) -> bool {
        false
    }

    fn close_widget(&self) {}

    fn tell_widget(&self, _: &str) {}
}
