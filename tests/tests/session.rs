//! The session that the end-to-end tests run in leaves nothing behind.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::fs;

use ringside_tests::session::{Keyring, Session, SessionOptions};

/// A process that is there and is no zombie.
fn runs(pid: u32) -> bool {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).unwrap_or_default();
    !status.is_empty() && !status.contains("State:\tZ")
}

#[test]
fn a_session_ends_with_all_its_processes_and_folders() {
    let options = SessionOptions { display: true, keyring: Keyring::Locked, dunst: true, wm: true };
    let session = Session::start(options).unwrap();
    let picture = session.dir().join("screen.png");
    session.screenshot(&picture).unwrap();
    assert!(fs::read(&picture).unwrap().starts_with(b"\x89PNG"));
    session.unlock_keyring().unwrap();
    session.xdotool(["getmouselocation"]).unwrap();
    let names = ["org.freedesktop.Notifications", "org.freedesktop.secrets"];
    let pids = names.map(|name| session.pid_of(name).unwrap());
    let dir = session.dir().to_path_buf();
    assert!(pids.into_iter().all(runs));
    drop(session);
    assert!(!pids.into_iter().any(runs), "{pids:?} outlived the session");
    assert!(!dir.exists());
}

#[test]
fn two_sessions_are_apart() {
    let options = SessionOptions { display: true, dunst: true, ..SessionOptions::default() };
    let (one, two) = (Session::start(options).unwrap(), Session::start(options).unwrap());
    one.run("notify-send", ["Only here"]).unwrap();
    assert!(one.shown_notifications().contains("Only here"));
    assert!(!two.shown_notifications().contains("Only here"));
    let name = "org.freedesktop.secrets";
    assert_ne!(one.pid_of(name).unwrap(), two.pid_of(name).unwrap());
}
