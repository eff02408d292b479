//! The X screen: when the pop shows what it shows, in pixels.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result, bail};
use x11rb::connection::Connection;
use x11rb::protocol::Event;
use x11rb::protocol::damage::{ConnectionExt as _, ReportLevel};
use x11rb::protocol::xproto::{ConnectionExt as _, ImageFormat, MapState, Window};
use x11rb::rust_connection::RustConnection;

/// How long a pop may take.
const PATIENCE: Duration = Duration::from_secs(30);
/// The name is there for good when it has not changed for this long.
const STANDS: Duration = Duration::from_millis(150);
/// How wide the pop is, which no other window is.
const POP_WIDTH: u16 = 380;
/// Where the name stands in the pop: beside the picture, under the head. Nothing moves there.
const NAME: (i16, i16, u16, u16) = (70, 38, 250, 28);

/// Eyes on the place of the name.
pub(crate) struct Screen {
    looks: Receiver<Look>,
}

/// What stood at the place of the name after something was drawn.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Look {
    at: SystemTime,
    /// Nothing while there is no pop, or nothing stands in it.
    name: Option<u64>,
}

impl Screen {
    /// Begins to watch the screen of this display, such as `:99`.
    pub(crate) fn watch(display: &str) -> Result<Self> {
        let (x, number) = RustConnection::connect(Some(display)).context("the X screen")?;
        let root = x.setup().roots.get(number).context("no X screen")?.root;
        x.damage_query_version(1, 1)?.reply().context("the X server has no DAMAGE")?;
        let damage = x.generate_id()?;
        x.damage_create(damage, root, ReportLevel::NON_EMPTY)?.check()?;
        let (told, looks) = channel();
        thread::spawn(move || watch(&x, root, damage, &told));
        Ok(Self { looks })
    }

    /// When the name first stood there as it stands now, and what it looks like.
    pub(crate) fn named(&self) -> Result<(SystemTime, u64)> {
        let end = SystemTime::now() + PATIENCE;
        let mut shown: Option<(SystemTime, u64)> = None;
        loop {
            match self.looks.recv_timeout(STANDS) {
                Ok(Look { at, name: Some(name) }) => {
                    if shown.is_none_or(|(_, before)| before != name) {
                        shown = Some((at, name));
                    }
                }
                Ok(_) => shown = None,
                Err(RecvTimeoutError::Timeout) => {
                    if let Some(shown) = shown {
                        return Ok(shown);
                    }
                }
                Err(RecvTimeoutError::Disconnected) => bail!("the X screen is gone"),
            }
            if SystemTime::now() > end {
                bail!("no pop with a name on the screen");
            }
        }
    }

    /// Waits until there is no pop, and forgets what came so far.
    pub(crate) fn empty(&self) -> Result<()> {
        let end = SystemTime::now() + PATIENCE;
        let mut last = None;
        loop {
            match self.looks.recv_timeout(STANDS) {
                Ok(look) => last = Some(look.name),
                Err(_) if last.is_none_or(|name| name.is_none()) => return Ok(()),
                Err(_) if SystemTime::now() > end => bail!("the pop does not go"),
                Err(_) => {}
            }
        }
    }
}

/// Looks whenever something was drawn, until nobody listens.
fn watch(x: &RustConnection, root: Window, damage: u32, told: &Sender<Look>) -> Result<()> {
    loop {
        if !matches!(x.wait_for_event()?, Event::DamageNotify(_)) {
            continue;
        }
        x.damage_subtract(damage, x11rb::NONE, x11rb::NONE)?;
        let name = look(x, root).ok().flatten();
        told.send(Look { at: SystemTime::now(), name })?;
    }
}

fn look(x: &RustConnection, root: Window) -> Result<Option<u64>> {
    for window in x.query_tree(root)?.reply()?.children {
        let (geometry, attributes) = (x.get_geometry(window)?, x.get_window_attributes(window)?);
        let (geometry, attributes) = (geometry.reply()?, attributes.reply()?);
        let (left, top, width, height) = NAME;
        // It is shown once beside the screen, where nobody sees it.
        if geometry.width != POP_WIDTH
            || attributes.map_state != MapState::VIEWABLE
            || geometry.x < 0
        {
            continue;
        }
        let (left, top) = (geometry.x + left, geometry.y + top);
        let image = x
            .get_image(ImageFormat::Z_PIXMAP, root, left, top, width, height, u32::MAX)?
            .reply()?;
        return Ok(drawn(&image.data));
    }
    Ok(None)
}

/// A fingerprint of pixels; none where all are of one colour.
fn drawn(pixels: &[u8]) -> Option<u64> {
    let mut colours = pixels.chunks_exact(4);
    let first = colours.next()?;
    colours.any(|colour| colour != first).then(|| {
        let mut hasher = DefaultHasher::new();
        pixels.hash(&mut hasher);
        hasher.finish()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_place_is_no_name() {
        assert_eq!(drawn(&[7; 400]), None);
        let mut pixels = [7; 400];
        pixels[200] = 8;
        assert!(drawn(&pixels).is_some());
        assert_eq!(drawn(&[]), None);
    }
}
