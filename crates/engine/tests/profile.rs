//! One profile, one owner, and how others talk to it.

#![allow(clippy::unwrap_used, reason = "a test")]

use std::sync::Arc;

use ringside_engine::lock::{LockError, ProfileLock};
use ringside_engine::socket::{Client, ConnectError};
use ringside_engine::{Home, Host, NoDesktop};
use ringside_protocol::view::VaultView;
use ringside_protocol::{Command, Event, Reply};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixStream;

fn home() -> (tempfile::TempDir, Home) {
    let dir = tempfile::tempdir().unwrap();
    let home = Home::at(dir.path());
    home.create().unwrap();
    (dir, home)
}

#[test]
fn a_profile_has_one_owner_and_says_who() {
    let (_dir, home) = home();
    let held = ProfileLock::take(&home).unwrap();
    match ProfileLock::take(&home) {
        Err(LockError::Held(pid)) => assert_eq!(pid, std::process::id().to_string()),
        other => panic!("{other:?}"),
    }
    drop(held);
    ProfileLock::take(&home).unwrap();
}

#[tokio::test]
async fn others_talk_to_the_owner_over_its_socket_and_watch_its_events() {
    let (_dir, home) = home();
    let mut host = Host::open(home.clone(), Arc::new(NoDesktop)).unwrap();
    let first = host.events().recv().await.unwrap();
    assert!(matches!(first.event, Event::Ready { .. }), "{first:?}");
    let mut watcher = Client::connect(&home).await.unwrap();
    assert!(matches!(watcher.send(Command::Watch).await, Ok(Reply::Done)));

    let mut client = Client::connect(&home).await.unwrap();
    assert!(matches!(client.send(Command::Pause { paused: true }).await, Ok(Reply::Done)));
    while !matches!(watcher.event().await.unwrap().event, Event::StatusChanged) {}
    let Ok(Reply::Status(status)) = client.send(Command::Status).await else { panic!() };
    assert!(status.ready && !status.configured);
    assert_ne!(status.vault, VaultView::Opening);
    assert!(matches!(client.send(Command::Quit).await, Ok(Reply::Done)));
    host.ended().await;
    assert!(matches!(Client::connect(&home).await, Err(ConnectError::NotRunning)));
}

#[tokio::test]
async fn a_stranger_that_talks_nonsense_is_dropped_and_the_owner_goes_on() {
    let (_dir, home) = home();
    let host = Host::open(home.clone(), Arc::new(NoDesktop)).unwrap();
    for nonsense in [&b"GET / HTTP/1.1\r\n\r\n"[..], &[0xff; 64], &[0, 0, 0, 2, b'{', b'}']] {
        let mut stream = UnixStream::connect(home.socket_file()).await.unwrap();
        stream.write_all(nonsense).await.unwrap();
        stream.shutdown().await.unwrap();
        let mut answer = Vec::new();
        // Its hello is all that a stranger hears; the connection may end with a reset.
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.len() < 64, "{}", String::from_utf8_lossy(&answer));
    }
    let mut client = Client::connect(&home).await.unwrap();
    assert!(matches!(client.send(Command::Status).await, Ok(Reply::Status(_))));
    client.send(Command::Quit).await.unwrap();
    host.ended().await;
}

#[cfg(unix)]
#[test]
fn folders_and_socket_are_open_to_nobody_else() {
    use std::os::unix::fs::PermissionsExt;
    let (_dir, home) = home();
    for folder in [home.data_dir(), home.runtime_dir()] {
        assert_eq!(std::fs::metadata(folder).unwrap().permissions().mode() & 0o777, 0o700);
    }
}
