//! Text from outside: bounded, and stripped of what can spoof.

/// Longest name that is kept, in characters.
pub const NAME_MAX: usize = 200;
/// Longest note that is kept, in characters.
pub const NOTE_MAX: usize = 20_000;
