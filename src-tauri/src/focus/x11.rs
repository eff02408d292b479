//! Under X, through the window manager (Extended Window Manager Hints 1.5, `_NET_ACTIVE_WINDOW`).

use raw_window_handle::{HasWindowHandle, RawWindowHandle};
use tauri::WebviewWindow;
use x11rb::connection::Connection;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ConnectionExt, EventMask, InputFocus, Window,
};
use x11rb::rust_connection::RustConnection;

/// A window of any program.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Holder(Window);

type Answer<T> = Result<T, Box<dyn std::error::Error>>;

/// The window that has the keyboard now. `None` if nobody has it, or X does not say.
pub(crate) fn holder() -> Option<Holder> {
    match find() {
        Ok(window) => (window != x11rb::NONE).then_some(Holder(window)),
        Err(error) => {
            tracing::debug!(%error, "X does not say who has the keyboard");
            None
        }
    }
}

/// Whether this window of ours has the keyboard. GTK cannot be asked: while a shortcut is being
/// pressed, it takes the focus for lost to whoever listens for it.
pub(crate) fn is_with(window: &WebviewWindow) -> bool {
    let own = window.window_handle().ok().and_then(|handle| match handle.as_raw() {
        RawWindowHandle::Xlib(handle) => u32::try_from(handle.window).ok(),
        RawWindowHandle::Xcb(handle) => Some(handle.window.get()),
        _ => None,
    });
    match own {
        Some(own) => holder() == Some(Holder(own)),
        // Not under X.
        None => matches!(window.is_focused(), Ok(true)),
    }
}

/// Gives a window the keyboard. One that is gone is no error.
pub(crate) fn give(holder: Holder) {
    if let Err(error) = ask(holder.0) {
        tracing::debug!(%error, "the keyboard could not be given back");
    }
}

struct X {
    connection: RustConnection,
    root: Window,
    active: u32,
    managed: bool,
}

fn connect() -> Answer<X> {
    let (connection, screen) = x11rb::connect(None)?;
    let root = connection.setup().roots.get(screen).ok_or("no such screen")?.root;
    let atom = |name: &str| -> Answer<u32> {
        Ok(connection.intern_atom(false, name.as_bytes())?.reply()?.atom)
    };
    let (active, check) = (atom("_NET_ACTIVE_WINDOW")?, atom("_NET_SUPPORTING_WM_CHECK")?);
    let manager = connection.get_property(false, root, check, AtomEnum::WINDOW, 0, 1)?.reply()?;
    Ok(X { active, managed: manager.value_len > 0, connection, root })
}

fn find() -> Answer<Window> {
    let X { connection, root, active, managed } = connect()?;
    if !managed {
        return Ok(connection.get_input_focus()?.reply()?.focus);
    }
    let property = connection.get_property(false, root, active, AtomEnum::WINDOW, 0, 1)?.reply()?;
    Ok(property.value32().and_then(|mut values| values.next()).unwrap_or(x11rb::NONE))
}

fn ask(window: Window) -> Answer<()> {
    /// The agent asked for it with a key: window managers obey as they would a task bar.
    const FROM_PERSON: u32 = 2;
    let X { connection, root, active, managed } = connect()?;
    if managed {
        let data = [FROM_PERSON, x11rb::CURRENT_TIME, x11rb::NONE, 0, 0];
        let message = ClientMessageEvent::new(32, window, active, data);
        let mask = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        connection.send_event(false, root, mask, message)?;
    } else {
        connection.set_input_focus(InputFocus::PARENT, window, x11rb::CURRENT_TIME)?;
    }
    // Answered in order: what went before has been read when this comes back.
    connection.get_input_focus()?.reply()?;
    Ok(())
}
