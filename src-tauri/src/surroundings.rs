//! What the environment must be before a window is made. A process cannot safely change its own
//! environment, so it starts itself anew in the one it needs.

use std::ffi::OsString;
use std::process::Command;

/// Variables through which any process of this user could script our web views
/// (`tauri-runtime-wry`: automation; WebKitGTK: remote inspector).
const SCRIPTING: &[&str] =
    &["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER", "WEBKIT_INSPECTOR_HTTP_SERVER"];

/// Set to `1` by tests, which do script them.
const UNDER_TEST: &str = "RINGSIDE_TEST_AUTOMATION";

/// How the environment is.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Surroundings {
    /// As it must be.
    Fit,
    /// These variables must change first.
    Unfit(Vec<Change>),
    /// There is nothing to show a window on.
    NoDisplay,
}

/// A variable, and what it must be; `None` removes it.
type Change = (&'static str, Option<&'static str>);

/// Looks at the environment of this process.
pub(crate) fn look() -> Surroundings {
    judge(|name| std::env::var_os(name), x_answers, wayland_answers)
}

fn judge(
    variable: impl Fn(&str) -> Option<OsString>,
    x_answers: impl Fn() -> bool,
    wayland_answers: impl Fn() -> bool,
) -> Surroundings {
    let set = |name: &str| variable(name).is_some_and(|value| !value.is_empty());
    let mut changes = Vec::new();
    if variable(UNDER_TEST).is_none_or(|value| value != "1") {
        let present = SCRIPTING.iter().filter(|name| variable(name).is_some());
        changes.extend(present.map(|name| (*name, None)));
    }
    if cfg!(target_os = "linux") {
        let x = set("DISPLAY") && x_answers();
        let wayland = || set("WAYLAND_DISPLAY") && wayland_answers();
        if !x && !wayland() {
            return Surroundings::NoDisplay;
        }
        // Only under X can a window be placed, and be kept from taking the focus. A backend that
        // nobody answers would end the process.
        let backend = if x { "x11" } else { "wayland" };
        let fit = match variable("GDK_BACKEND") {
            Some(name) => name == backend,
            None => !(x && set("WAYLAND_DISPLAY")),
        };
        if !fit {
            changes.push(("GDK_BACKEND", Some(backend)));
        }
    }
    if changes.is_empty() { Surroundings::Fit } else { Surroundings::Unfit(changes) }
}

/// Whether windows can be placed and kept from taking the focus: on Linux, only under X.
pub(crate) fn windows_can_be_placed() -> bool {
    !cfg!(target_os = "linux") || (std::env::var_os("DISPLAY").is_some() && x_answers())
}

#[cfg(target_os = "linux")]
fn x_answers() -> bool {
    x11rb::connect(None).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn x_answers() -> bool {
    false
}

/// Whether a compositor takes connections. The variable outlives it, where a session ended badly.
#[cfg(target_os = "linux")]
fn wayland_answers() -> bool {
    let [folder, name] = ["XDG_RUNTIME_DIR", "WAYLAND_DISPLAY"]
        .map(|name| std::env::var_os(name).unwrap_or_default());
    // A name that is a whole path stands for itself (wayland-client, `wl_display_connect`).
    std::os::unix::net::UnixStream::connect(std::path::Path::new(&folder).join(name)).is_ok()
}

#[cfg(not(target_os = "linux"))]
fn wayland_answers() -> bool {
    false
}

/// Runs this program in the changed environment, in place of this process where the system can.
///
/// # Errors
/// When it cannot be started.
pub(crate) fn start_anew(changes: &[Change]) -> Result<(), String> {
    let program = std::env::current_exe().map_err(|error| error.to_string())?;
    let mut command = Command::new(program);
    command.args(std::env::args_os().skip(1));
    for (name, value) in changes {
        match value {
            Some(value) => command.env(name, value),
            None => command.env_remove(name),
        };
    }
    replace(command).map_err(|error| error.to_string())
}

#[cfg(unix)]
fn replace(mut command: Command) -> std::io::Result<()> {
    use std::os::unix::process::CommandExt;
    Err(command.exec())
}

#[cfg(not(unix))]
fn replace(mut command: Command) -> std::io::Result<()> {
    command.spawn().map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// With a compositor that answers.
    fn judged(variables: &[(&str, &str)], x: bool) -> Surroundings {
        judged_with(variables, x, true)
    }

    fn judged_with(variables: &[(&str, &str)], x: bool, wayland: bool) -> Surroundings {
        let value = |name: &str| variables.iter().find(|(n, _)| *n == name).map(|(_, v)| v.into());
        judge(value, || x, || wayland)
    }

    #[test]
    fn a_plain_x_session_is_fit() {
        assert_eq!(judged(&[("DISPLAY", ":0")], true), Surroundings::Fit);
    }

    #[test]
    fn nobody_scripts_the_web_views_but_tests() {
        let scripted = [("DISPLAY", ":0"), ("TAURI_WEBVIEW_AUTOMATION", "true")];
        let removed = vec![("TAURI_WEBVIEW_AUTOMATION", None)];
        assert_eq!(judged(&scripted, true), Surroundings::Unfit(removed));
        let empty = [("DISPLAY", ":0"), ("WEBKIT_INSPECTOR_SERVER", "")];
        assert!(matches!(judged(&empty, true), Surroundings::Unfit(_)));
        let test = [scripted.as_slice(), &[(UNDER_TEST, "1")]].concat();
        assert_eq!(judged(&test, true), Surroundings::Fit);
        let sham = [scripted.as_slice(), &[(UNDER_TEST, "0")]].concat();
        assert!(matches!(judged(&sham, true), Surroundings::Unfit(_)));
    }

    #[test]
    fn wayland_is_used_through_x_where_x_answers() {
        let both = [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "wayland-0")];
        let through_x = vec![("GDK_BACKEND", Some("x11"))];
        assert_eq!(judged(&both, true), Surroundings::Unfit(through_x));
        assert_eq!(judged(&both, false), Surroundings::Fit);
        assert_eq!(
            judged(&[both.as_slice(), &[("GDK_BACKEND", "x11")]].concat(), true),
            Surroundings::Fit
        );
        assert_eq!(judged(&[("WAYLAND_DISPLAY", "wayland-0")], false), Surroundings::Fit);
    }

    #[test]
    fn without_a_display_nothing_starts() {
        assert_eq!(judged(&[], true), Surroundings::NoDisplay);
        assert_eq!(judged(&[("DISPLAY", "")], true), Surroundings::NoDisplay);
        assert_eq!(judged(&[("DISPLAY", ":99")], false), Surroundings::NoDisplay);
        let stale = [("WAYLAND_DISPLAY", "wayland-0")];
        assert_eq!(judged_with(&stale, false, false), Surroundings::NoDisplay);
    }

    #[test]
    fn a_backend_that_nobody_answers_is_not_used() {
        let x11 = [("WAYLAND_DISPLAY", "wayland-0"), ("GDK_BACKEND", "x11")];
        let to_wayland = vec![("GDK_BACKEND", Some("wayland"))];
        assert_eq!(judged(&x11, false), Surroundings::Unfit(to_wayland));
        let wayland = [("DISPLAY", ":0"), ("GDK_BACKEND", "wayland")];
        let to_x = vec![("GDK_BACKEND", Some("x11"))];
        assert_eq!(judged_with(&wayland, true, false), Surroundings::Unfit(to_x));
    }

    #[test]
    fn once_changed_it_is_fit() {
        let scripted =
            [("DISPLAY", ":0"), ("WAYLAND_DISPLAY", "w"), ("TAURI_WEBVIEW_AUTOMATION", "true")];
        let Surroundings::Unfit(changes) = judged(&scripted, true) else { panic!("unfit") };
        let mut changed = scripted.to_vec();
        for (name, value) in changes {
            changed.retain(|(n, _)| *n != name);
            changed.extend(value.map(|value| (name, value)));
        }
        assert_eq!(judged(&changed, true), Surroundings::Fit, "it would start itself for ever");
    }
}
