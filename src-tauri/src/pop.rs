//! The pop's window: made hidden before any call, shown without taking the focus, hidden again.
//!
//! What stands in it is the page's affair. All functions here run on the main thread.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ringside_engine::Alert;
use tauri::webview::WebviewWindowBuilder;
use tauri::{
    AppHandle, LogicalSize, Manager, PhysicalPosition, WebviewUrl, WebviewWindow, WindowEvent,
};

use crate::focus::{self, Holder};
use crate::place::{Rect, Spot};
use crate::surroundings;

/// The label that capabilities and events know it by.
const LABEL: &str = "pop";
/// Width, in CSS pixels.
const WIDTH: f64 = 380.0;
/// Height until the page has said its own, in CSS pixels.
const HEIGHT: f64 = 340.0;
/// Where nobody sees it: it is shown there once, since a window's first paint takes over 0.1 s.
const OFF_SCREEN: PhysicalPosition<i32> = PhysicalPosition { x: -20_000, y: -20_000 };
/// A drag is written down when the window has stood still this long.
const STANDS: Duration = Duration::from_millis(300);

/// What is known of the window between two calls.
#[derive(Debug)]
pub(crate) struct Pop {
    state: Mutex<State>,
    file: PathBuf,
    placeable: bool,
}

#[derive(Debug)]
struct State {
    spot: Spot,
    height: f64,
    up: bool,
    dragged: bool,
    moves: u64,
    wants_focus: bool,
    /// Who had the keyboard before the pop took it.
    before: Option<Holder>,
}

impl Pop {
    /// The pop of a profile; the place that the agent chose is kept in its data folder.
    pub(crate) fn new(data: &Path) -> Self {
        let file = data.join("pop.json");
        let kept = std::fs::read(&file).ok();
        let spot = kept.and_then(|bytes| serde_json::from_slice(&bytes).ok()).unwrap_or_default();
        let state = State {
            spot,
            height: HEIGHT,
            up: false,
            dragged: false,
            moves: 0,
            wants_focus: false,
            before: None,
        };
        Self { state: Mutex::new(state), file, placeable: surroundings::windows_can_be_placed() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn keep(&self) {
        let kept = serde_json::to_vec(&self.state().spot)
            .map_err(std::io::Error::other)
            .and_then(|bytes| std::fs::write(&self.file, bytes));
        if let Err(error) = kept {
            tracing::warn!(%error, "the place of the pop cannot be kept");
        }
    }
}

/// Makes the window if it is wanted, or ends it if it is not: its web process holds about 100 MB.
/// Returns whether it is new. On the main thread.
pub(crate) fn keep(app: &AppHandle, wanted: bool) -> bool {
    let done = match (window(app), wanted) {
        (None, true) => make(app).map(|()| true),
        (Some(window), false) => {
            app.state::<Pop>().state().up = false;
            window.destroy().map(|()| false)
        }
        (Some(_), true) | (None, false) => Ok(false),
    };
    done.unwrap_or_else(|error| {
        tracing::error!(%error, "there is no pop window; the notification serves alone");
        false
    })
}

/// Makes the window, hidden.
fn make(app: &AppHandle) -> tauri::Result<()> {
    let window = WebviewWindowBuilder::new(app, LABEL, WebviewUrl::App("pop.html".into()))
        .title(ringside_words::text("app-name"))
        .inner_size(WIDTH, HEIGHT)
        .decorations(false)
        .resizable(false)
        .maximizable(false)
        .minimizable(false)
        .always_on_top(true)
        .visible_on_all_workspaces(true)
        .skip_taskbar(true)
        .focused(false)
        .focusable(false)
        .visible(false)
        .build()?;
    let own = window.clone();
    window.on_window_event(move |event| match event {
        // The next ring must not take the focus either.
        WindowEvent::Focused(false) => tell(own.set_focusable(false)),
        WindowEvent::Moved(_) => moved(&own),
        WindowEvent::CloseRequested { api, .. } => {
            api.prevent_close();
            hide(own.app_handle());
        }
        _ => {}
    });
    Ok(())
}

/// Shows it once where nobody sees it, so that the first ring finds all warm.
pub(crate) fn warm_up(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    let pop = app.state::<Pop>();
    if pop.placeable && !pop.state().up {
        tell(window.set_position(OFF_SCREEN));
        tell(window.show());
    }
}

/// The page has painted: what was shown only for that is hidden again.
pub(crate) fn ready(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    if !app.state::<Pop>().state().up {
        tell(window.hide());
    }
}

/// The engine's wish: are there `any` pops, and why should they come to be seen?
pub(crate) fn update(app: &AppHandle, any: bool, alert: Option<Alert>) {
    match alert {
        _ if !any => hide(app),
        Some(alert) => show(app, alert),
        None => {}
    }
}

/// Whether it is on screen.
pub(crate) fn is_up(app: &AppHandle) -> bool {
    app.state::<Pop>().state().up
}

/// Whether it has the keyboard.
pub(crate) fn has_focus(app: &AppHandle) -> bool {
    window(app).is_some_and(|window| focus::is_with(&window))
}

fn show(app: &AppHandle, alert: Alert) {
    let Some(window) = window(app) else { return };
    let pop = app.state::<Pop>();
    let asked_for = {
        let mut state = pop.state();
        let asked_for = std::mem::take(&mut state.wants_focus);
        // A window that cannot be placed and may take the focus comes only when asked for; the
        // notification serves alone.
        if !pop.placeable && !asked_for && alert == Alert::Ring {
            return;
        }
        state.up = true;
        state.dragged = false;
        asked_for
    };
    fit(&window, screen_of_pointer(app));
    tell(window.show());
    if asked_for {
        take_focus(app);
    }
}

/// Hides it; the keyboard goes back to where it was.
pub(crate) fn hide(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    if has_focus(app) {
        give_focus_back(app);
    }
    app.state::<Pop>().state().up = false;
    tell(window.set_focusable(false));
    tell(window.hide());
}

/// The content has this height, in CSS pixels; anything that is none is ignored.
pub(crate) fn layout(app: &AppHandle, height: f64) {
    let Some(window) = window(app) else { return };
    if !height.is_finite() || height < 1.0 {
        return;
    }
    let pop = app.state::<Pop>();
    let up = {
        let mut state = pop.state();
        state.height = height.ceil();
        state.up
    };
    if up {
        fit(&window, screen_of(&window));
    }
}

/// The window follows the pointer until the button is released.
pub(crate) fn drag(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    app.state::<Pop>().state().dragged = true;
    tell(window.start_dragging());
}

/// Takes the keyboard, and remembers from whom.
pub(crate) fn take_focus(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    if has_focus(app) {
        return;
    }
    app.state::<Pop>().state().before = focus::holder();
    tell(window.set_focusable(true));
    tell(window.set_focus());
}

/// Takes the keyboard as soon as it is shown.
pub(crate) fn take_focus_when_shown(app: &AppHandle) {
    app.state::<Pop>().state().wants_focus = true;
}

/// Gives the keyboard back to whoever had it.
pub(crate) fn give_focus_back(app: &AppHandle) {
    let Some(window) = window(app) else { return };
    tell(window.set_focusable(false));
    if let Some(holder) = app.state::<Pop>().state().before.take() {
        focus::give(holder);
    }
}

fn window(app: &AppHandle) -> Option<WebviewWindow> {
    app.get_webview_window(LABEL)
}

/// A window that does not do as told is no reason to stop.
fn tell(done: tauri::Result<()>) {
    if let Err(error) = done {
        tracing::warn!(%error, "the pop's window");
    }
}

/// Part of a screen that panels leave free, and its physical pixels to a CSS pixel.
type Screen = (Rect, f64);

fn screen(monitor: &tauri::Monitor) -> Screen {
    let area = monitor.work_area();
    let rect = Rect {
        x: area.position.x,
        y: area.position.y,
        width: area.size.width,
        height: area.size.height,
    };
    (rect, monitor.scale_factor())
}

/// The screen at which the agent is: where the pointer is.
fn screen_of_pointer(app: &AppHandle) -> Option<Screen> {
    let pointer = app.cursor_position().ok()?;
    let monitor = app.monitor_from_point(pointer.x, pointer.y).ok().flatten();
    monitor.or_else(|| app.primary_monitor().ok().flatten()).as_ref().map(screen)
}

fn screen_of(window: &WebviewWindow) -> Option<Screen> {
    window.current_monitor().ok().flatten().as_ref().map(screen)
}

/// Gives it the size of its content, at its place on this screen.
fn fit(window: &WebviewWindow, screen: Option<Screen>) {
    let Some((area, scale)) = screen else { return };
    let pop = window.state::<Pop>();
    let (spot, height) = {
        let state = pop.state();
        (state.spot, state.height.min(f64::from(area.height) / scale))
    };
    let size = LogicalSize::new(WIDTH, height);
    // A window that people may not resize takes its size from its limits (GTK).
    tell(window.set_min_size(Some(size)));
    tell(window.set_max_size(Some(size)));
    tell(window.set_size(size));
    if pop.placeable {
        let (x, y) = spot.corner(WIDTH, height, area, scale);
        tell(window.set_position(PhysicalPosition::new(x, y)));
    }
}

/// The window stands somewhere else; the agent's doing only after a drag began.
fn moved(window: &WebviewWindow) {
    let pop = window.state::<Pop>();
    let (Some((area, scale)), Ok(at), Ok(size)) =
        (screen_of(window), window.outer_position(), window.outer_size())
    else {
        return;
    };
    let move_number = {
        let mut state = pop.state();
        if !state.dragged {
            return;
        }
        let stands = Rect { x: at.x, y: at.y, width: size.width, height: size.height };
        state.spot = Spot::of(stands, area, scale);
        state.moves += 1;
        state.moves
    };
    let app = window.app_handle().clone();
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(STANDS).await;
        let pop = app.state::<Pop>();
        if pop.state().moves == move_number {
            pop.keep();
        }
    });
}
