//! Under X: the keys are grabbed from the server, and a thread sleeps until one is pressed. tauri's
//! plugin looks twenty times a second, all day long.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};

use gtk::gdk::keys::Key;
use tauri::{AppHandle, Builder, Wry};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    ConnectionExt, GrabMode, KeyPressEvent, Keycode, Keysym, ModMask, Window,
};
use x11rb::rust_connection::RustConnection;

use super::{Act, unusable};

/// Locks that may be on while a shortcut is pressed: Caps Lock, and Num Lock, which is Mod2 in every
/// X that is set up as usual.
const LOCKS: [ModMask; 2] = [ModMask::LOCK, ModMask::M2];

static GRABS: OnceLock<Arc<Grabs>> = OnceLock::new();

type Answer<T> = Result<T, Box<dyn std::error::Error + Send + Sync>>;

/// The keys that are ours.
struct Grabs {
    x: RustConnection,
    root: Window,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    wanted: Vec<(String, Act)>,
    grabbed: Vec<(Keycode, ModMask, Act)>,
    /// A key that is held down is released and pressed again at the same instant, over and over.
    released: Option<(Keycode, u32)>,
}

/// What the application needs for them.
pub(crate) fn prepare(builder: Builder<Wry>) -> Builder<Wry> {
    builder
}

/// Registers these in place of those before.
pub(crate) fn set(app: &AppHandle, wanted: Vec<(String, Act)>) {
    let grabs = match GRABS.get() {
        Some(grabs) => grabs.clone(),
        None => match open(app) {
            Ok(grabs) => GRABS.get_or_init(|| grabs).clone(),
            Err(error) => {
                wanted.iter().for_each(|(keys, _)| unusable(keys, error.as_ref()));
                return;
            }
        },
    };
    grabs.state().wanted = wanted;
    grabs.grab();
}

fn open(app: &AppHandle) -> Answer<Arc<Grabs>> {
    let (x, screen) = x11rb::connect(None)?;
    let root = x.setup().roots.get(screen).ok_or("no such screen")?.root;
    let grabs = Arc::new(Grabs { x, root, state: Mutex::default() });
    let (own, app) = (grabs.clone(), app.clone());
    std::thread::Builder::new().name("shortcuts".to_owned()).spawn(move || own.listen(&app))?;
    Ok(grabs)
}

impl Grabs {
    fn state(&self) -> MutexGuard<'_, State> {
        // Its parts are replaced as wholes.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Grabs what is wanted, and lets go of all else.
    fn grab(&self) {
        if let Err(error) = self.x.ungrab_key(0_u8, self.root, ModMask::ANY) {
            tracing::debug!(%error, "X is gone");
            return;
        }
        let mut state = self.state();
        state.grabbed.clear();
        for (keys, act) in state.wanted.clone() {
            match self.grab_one(&keys) {
                Ok((keycode, modifiers)) => state.grabbed.push((keycode, modifiers, act)),
                Err(error) => unusable(&keys, error.as_ref()),
            }
        }
    }

    fn grab_one(&self, keys: &str) -> Answer<(Keycode, ModMask)> {
        let (modifiers, keysym) = read(keys).ok_or("it names no key")?;
        let keycode = self.keycode(keysym)?.ok_or("this keyboard has no such key")?;
        for locks in [ModMask::from(0_u16), LOCKS[0], LOCKS[1], LOCKS[0] | LOCKS[1]] {
            let (own, mode) = (modifiers | locks, GrabMode::ASYNC);
            let grab = self.x.grab_key(false, self.root, own, keycode, mode, mode)?;
            grab.check().map_err(|_| "another program has it")?;
        }
        Ok((keycode, modifiers))
    }

    /// The key that gives this symbol without Shift.
    fn keycode(&self, keysym: Keysym) -> Answer<Option<Keycode>> {
        let (first, last) = (self.x.setup().min_keycode, self.x.setup().max_keycode);
        let mapping = self.x.get_keyboard_mapping(first, last - first + 1)?.reply()?;
        let mut keys = (first..=last)
            .zip(mapping.keysyms.chunks(usize::from(mapping.keysyms_per_keycode.max(1))));
        Ok(keys.find(|(_, symbols)| symbols.first() == Some(&keysym)).map(|(keycode, _)| keycode))
    }

    fn listen(&self, app: &AppHandle) {
        loop {
            match self.x.wait_for_event() {
                Ok(Event::KeyPress(event)) => {
                    if let Some(act) = self.pressed(&event) {
                        act(app);
                    }
                }
                Ok(Event::KeyRelease(event)) => {
                    self.state().released = Some((event.detail, event.time));
                }
                // Another keyboard, or another layout.
                Ok(Event::MappingNotify(_)) => self.grab(),
                Ok(_) => {}
                Err(error) => {
                    tracing::debug!(%error, "X is gone");
                    return;
                }
            }
        }
    }

    fn pressed(&self, event: &KeyPressEvent) -> Option<Act> {
        let state = self.state();
        if state.released == Some((event.detail, event.time)) {
            return None;
        }
        let locks = u16::from(LOCKS[0] | LOCKS[1]);
        // The low eight bits are modifiers, the others buttons of the pointer.
        let modifiers = ModMask::from(u16::from(event.state) & 0xff & !locks);
        let mut grabbed = state.grabbed.iter();
        grabbed.find(|(code, mods, _)| *code == event.detail && *mods == modifiers).map(|of| of.2)
    }
}

/// `Ctrl+Alt+R` and the like; keys have the names that browsers give them.
fn read(keys: &str) -> Option<(ModMask, Keysym)> {
    let (modifiers, key) = keys.rsplit_once('+').unwrap_or(("", keys));
    let mut mask = ModMask::from(0_u16);
    for modifier in modifiers.split('+').map(str::trim).filter(|text| !text.is_empty()) {
        mask |= match modifier.to_ascii_lowercase().as_str() {
            "ctrl" | "control" | "cmdorctrl" | "commandorcontrol" => ModMask::CONTROL,
            "alt" | "option" => ModMask::M1,
            "shift" => ModMask::SHIFT,
            "super" | "meta" | "cmd" | "command" => ModMask::M4,
            _ => return None,
        };
    }
    let name = match key.trim() {
        "" | "Space" => "space",
        "Enter" => "Return",
        "PageUp" => "Page_Up",
        "PageDown" => "Page_Down",
        key => key.strip_prefix("Arrow").unwrap_or(key),
    };
    let known = |name: &str| Some(*Key::from_name(name)).filter(|symbol| *symbol != 0xff_ffff);
    // A letter by itself is the small one; signs such as `.` are their own code points.
    let mut letters = name.chars();
    let sign = match (letters.next(), letters.next()) {
        (Some(letter), None) => Some(letter.to_ascii_lowercase()),
        _ => None,
    };
    let symbol = match sign {
        Some(sign) if sign.is_ascii_graphic() => Some(u32::from(sign)),
        _ => known(name),
    };
    symbol.map(|symbol| (mask, symbol))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shortcuts_are_read_as_browsers_name_keys() {
        let ctrl_alt = ModMask::CONTROL | ModMask::M1;
        assert_eq!(read("Ctrl+Alt+R"), Some((ctrl_alt, 0x72)));
        assert_eq!(read("control + option + r"), Some((ctrl_alt, 0x72)));
        assert_eq!(read("Shift+F5"), Some((ModMask::SHIFT, 0xffc2)));
        assert_eq!(read("Super+ArrowUp"), Some((ModMask::M4, 0xff52)));
        assert_eq!(read("Ctrl+."), Some((ModMask::CONTROL, 0x2e)));
        assert_eq!(read("Ctrl+ "), Some((ModMask::CONTROL, 0x20)));
        assert_eq!(read("Hyper+R"), None);
        assert_eq!(read("Ctrl+NoSuchKey"), None);
    }
}
