//! Where the pop stands: plain arithmetic.

use serde::{Deserialize, Serialize};

/// Distance from the edges of the work area where the agent has not chosen a place, in CSS pixels.
const MARGIN: f64 = 16.0;

/// A rectangle on the desktop, in physical pixels: the part of a screen that panels leave free, or
/// a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rect {
    /// Left edge.
    pub(crate) x: i32,
    /// Upper edge.
    pub(crate) y: i32,
    /// Width.
    pub(crate) width: u32,
    /// Height.
    pub(crate) height: u32,
}

impl Rect {
    fn right(self) -> i32 {
        self.x.saturating_add_unsigned(self.width)
    }

    fn bottom(self) -> i32 {
        self.y.saturating_add_unsigned(self.height)
    }
}

/// The agent's place for the pop: the nearest corner and the distance to it. So it serves on any
/// screen, and a pop that grows does so away from the nearest edge.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Spot {
    right: bool,
    bottom: bool,
    /// Distances from the corner in CSS pixels.
    dx: f64,
    dy: f64,
}

impl Default for Spot {
    fn default() -> Self {
        Self { right: true, bottom: true, dx: MARGIN, dy: MARGIN }
    }
}

impl Spot {
    /// The place at which a window stands now. `scale` is physical pixels to a CSS pixel.
    pub(crate) fn of(window: Rect, area: Rect, scale: f64) -> Self {
        let (left, right) = (window.x - area.x, area.right() - window.right());
        let (above, below) = (window.y - area.y, area.bottom() - window.bottom());
        let css = |pixels: i32| f64::from(pixels.max(0)) / scale;
        Self {
            right: right < left,
            bottom: below < above,
            dx: css(right.min(left)),
            dy: css(below.min(above)),
        }
    }

    /// Upper left corner of a window of this size at this place; always within the area, as far as
    /// it fits. `width` and `height` in CSS pixels.
    pub(crate) fn corner(&self, width: f64, height: f64, area: Rect, scale: f64) -> (i32, i32) {
        let along = |far: bool, distance: f64, size: f64, start: i32, length: u32| {
            let free = (f64::from(length) - size * scale).max(0.0);
            let distance = (distance * scale).clamp(0.0, free);
            let offset = if far { free - distance } else { distance };
            // Within `length`, so no cut can happen.
            start.saturating_add(offset.round() as i32)
        };
        (
            along(self.right, self.dx, width, area.x, area.width),
            along(self.bottom, self.dy, height, area.y, area.height),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCREEN: Rect = Rect { x: 100, y: 30, width: 1280, height: 770 };

    #[test]
    fn it_stands_at_the_bottom_right_until_it_is_moved() {
        assert_eq!(Spot::default().corner(380.0, 340.0, SCREEN, 1.0), (984, 444));
        assert_eq!(Spot::default().corner(380.0, 340.0, SCREEN, 2.0), (588, 88));
    }

    #[test]
    fn a_taller_state_grows_away_from_the_nearest_edge() {
        let low = Spot::default();
        let (_, before) = low.corner(380.0, 340.0, SCREEN, 1.0);
        let (_, after) = low.corner(380.0, 500.0, SCREEN, 1.0);
        assert_eq!(before - after, 160, "its lower edge stays");
        let window = Rect { x: 110, y: 50, width: 380, height: 340 };
        let high = Spot::of(window, SCREEN, 1.0);
        assert_eq!(high.corner(380.0, 340.0, SCREEN, 1.0), (110, 50));
        assert_eq!(high.corner(380.0, 500.0, SCREEN, 1.0), (110, 50), "its upper edge stays");
    }

    #[test]
    fn a_place_comes_back_as_it_was() {
        for (x, y) in [(100, 30), (500, 200), (1000, 460), (984, 444)] {
            let window = Rect { x, y, width: 380, height: 340 };
            let spot = Spot::of(window, SCREEN, 1.0);
            assert_eq!(spot.corner(380.0, 340.0, SCREEN, 1.0), (x, y));
        }
    }

    #[test]
    fn it_never_leaves_the_screen() {
        let small = Rect { x: 0, y: 0, width: 300, height: 200 };
        assert_eq!(Spot::default().corner(380.0, 340.0, small, 1.0), (0, 0));
        let far = Spot { right: false, bottom: false, dx: 9000.0, dy: 9000.0 };
        assert_eq!(far.corner(380.0, 340.0, SCREEN, 1.0), (1000, 460));
        let outside = Rect { x: -50, y: 2000, width: 380, height: 340 };
        let (x, y) = Spot::of(outside, SCREEN, 1.0).corner(380.0, 340.0, SCREEN, 1.0);
        assert_eq!((x, y), (100, 460));
    }
}
