//! The packages of Debian and Ubuntu that a build, a run and the tests need, each with its reason.

/// A package and what it is for.
pub(crate) type Package = (&'static str, &'static str);

/// Everything that compiles.
pub(crate) const BUILD: &[Package] = &[
    ("build-essential", "C compiler and linker"),
    ("pkg-config", "finds system libraries"),
    ("libssl-dev", "the cipher of the encrypted databases"),
];

/// The desktop app, beside [`BUILD`].
pub(crate) const BUILD_APP: &[Package] = &[("libwebkit2gtk-4.1-dev", "the windows of the app")];

/// What the app uses on any desktop.
pub(crate) const RUN_APP: &[Package] = &[("fonts-inter", "the typeface of the app")];

/// A session bus and a keyring, where the machine has no desktop.
pub(crate) const OWN_SESSION: &[Package] = &[
    ("dbus", "a session bus"),
    ("libglib2.0-bin", "asks the bus whether all is there (gdbus)"),
    ("gnome-keyring", "a keyring"),
    ("procps", "ends what the bus has started (kill)"),
];

/// A screen that nobody sees, beside [`OWN_SESSION`].
pub(crate) const VIRTUAL_DISPLAY: &[Package] = &[
    ("xvfb", "a virtual display"),
    ("openbox", "a window manager on it"),
    ("dunst", "shows notifications on it"),
    ("x11-utils", "asks it about windows and their manager (xprop, xwininfo)"),
    ("scrot", "takes pictures of it"),
    ("fonts-dejavu-core", "signs that other typefaces lack"),
];

/// Pictures of single windows, beside [`VIRTUAL_DISPLAY`].
pub(crate) const PICTURES: &[Package] =
    &[("xdotool", "finds the windows"), ("imagemagick", "takes pictures of them (import)")];

/// What the end-to-end tests drive and watch, beside all of the above.
pub(crate) const TEST: &[Package] = &[
    ("baresip-core", "a real softphone"),
    ("sip-tester", "SIP calls by script (sipp)"),
    ("twinkle-console", "a softphone with hooks"),
    ("webkit2gtk-driver", "clicks and types in the app's windows"),
    ("xdotool", "keys and clicks on the screen"),
    ("wmctrl", "the close button of a window"),
    ("imagemagick", "compares pictures"),
    ("xfce4-panel", "a tray to show the icon in"),
    ("xterm", "the other window that the agent writes in"),
    ("libsecret-tools", "looks into the keyring from outside"),
    ("libnotify-bin", "sends notifications beside ours"),
];
