//! On an X screen without a compositor, a window has to paint anew what others covered. `WebKitGTK`
//! (2.50) paints only a part of that and leaves the rest grey until its page changes.

use tauri::WebviewWindow;

/// Paints the whole window anew each time that nothing covers it any more. On the main thread.
///
/// # Errors
/// When the window is gone.
#[cfg(target_os = "linux")]
pub(crate) fn when_uncovered(window: &WebviewWindow) -> tauri::Result<()> {
    use gtk::gdk::{EventMask, EventVisibility, VisibilityState};
    use gtk::glib::Propagation;
    use gtk::prelude::{WidgetExt, WidgetExtManual};

    let widget = window.gtk_window()?;
    widget.add_events(EventMask::VISIBILITY_NOTIFY_MASK);
    widget.connect_event(|widget, event| {
        let visibility = event.downcast_ref::<EventVisibility>();
        if visibility.is_some_and(|event| event.state() == VisibilityState::Unobscured) {
            widget.queue_draw();
        }
        Propagation::Proceed
    });
    Ok(())
}

/// Other systems keep what was covered.
#[cfg(not(target_os = "linux"))]
#[expect(clippy::unnecessary_wraps, reason = "as on Linux")]
pub(crate) fn when_uncovered(_: &WebviewWindow) -> tauri::Result<()> {
    Ok(())
}
