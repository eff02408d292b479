//! Promise 1, at the disk: what was acknowledged before `kill -9` is there afterwards.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests")]
#![cfg(unix)]

mod common;

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use common::*;
use ringside_domain::LogState;
use ringside_store::spool::Item;
use ringside_store::{DatabaseKey, Error, Journal, Spool};
use secrecy::{ExposeSecret as _, SecretString};

const FOLDER: &str = "RINGSIDE_STORE_KILL_FOLDER";
const KEY: &str = "RINGSIDE_STORE_KILL_KEY";
/// Marks an acknowledged write on the child's output, behind the words of the test harness.
const MARK: &str = "acknowledged ";

/// Runs one of the tests below in a process of its own, where it writes until it is killed.
fn child(test: &str, folder: &Path, key: &str) -> Child {
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", test, "--ignored", "--nocapture", "--test-threads=1"])
        .env(FOLDER, folder)
        .env(KEY, key)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

/// Lets the child acknowledge `enough` writes, kills it wherever it is then, and says which was the
/// last that it acknowledged.
fn kill_after(mut child: Child, enough: u32) -> u32 {
    let lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let mut last = 0;
    for line in lines.map_while(Result::ok) {
        let Some((_, n)) = line.split_once(MARK) else { continue };
        last = n.parse().unwrap();
        if last == enough {
            // More may come out of the pipe: they were acknowledged too.
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success());
    assert!(last >= enough, "the child ended by itself at {last}");
    last
}

fn acknowledge(n: u32) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{MARK}{n}").unwrap();
    out.flush().unwrap();
}

fn place() -> Option<(PathBuf, SecretString)> {
    let folder = std::env::var_os(FOLDER)?;
    Some((folder.into(), SecretString::from(std::env::var(KEY).ok()?)))
}

#[tokio::test]
#[ignore = "the child of the test below"]
async fn child_writes_to_the_journal() {
    let Some((folder, key)) = place() else { return };
    let key = DatabaseKey::from_secret(key).unwrap();
    let (journal, _) = Journal::open(&folder.join("journal.db"), &key).unwrap();
    for n in 1.. {
        journal.put(&record(n, "+14155550123")).await.unwrap();
        journal.put_note(id(n), &format!("note {n}")).await.unwrap();
        journal.put_log(&entry(id(n), "work"), &LogState::Draft).await.unwrap();
        acknowledge(n);
    }
}

#[tokio::test]
async fn an_acknowledged_write_survives_a_kill() {
    let folder = tempfile::tempdir().unwrap();
    let key = key();
    for enough in [1, 7, 60, 300] {
        let hex = key.as_secret().expose_secret();
        let last = kill_after(child("child_writes_to_the_journal", folder.path(), hex), enough);
        let (journal, aside) = Journal::open(&folder.path().join("journal.db"), &key).unwrap();
        assert_eq!(aside, None);
        for n in 1..=last {
            let mut expected = record(n, "+14155550123");
            expected.note = format!("note {n}");
            expected.logs = vec![(entry(id(n), "work"), LogState::Draft)];
            assert_eq!(journal.get(id(n)).await.unwrap(), Some(expected), "{n} of {last}");
        }
        journal.close().await.unwrap();
    }
}

#[test]
#[ignore = "the child of the test below"]
fn child_writes_to_the_spool() {
    let Some((folder, public_key)) = place() else { return };
    let mut spool = Spool::open(&folder.join("spool.age"), public_key.expose_secret()).unwrap();
    for n in 1.. {
        spool.append(&Item::Note { call: id(n), text: format!("note {n}") }).unwrap();
        acknowledge(n);
    }
}

#[test]
fn an_acknowledged_item_of_the_spool_survives_a_kill() {
    let (public_key, private_key) = Spool::new_keys();
    for enough in [1, 20] {
        let folder = tempfile::tempdir().unwrap();
        let last =
            kill_after(child("child_writes_to_the_spool", folder.path(), &public_key), enough);
        let (items, _) = Spool::read(&folder.path().join("spool.age"), &private_key).unwrap();
        let item = |n| Item::Note { call: id(n), text: format!("note {n}") };
        assert!(items.len() >= last as usize);
        assert_eq!(items[..last as usize], (1..=last).map(item).collect::<Vec<_>>());
    }
}

/// The last handle is dropped without a word, as when the engine ends in haste.
#[tokio::test]
async fn a_dropped_journal_has_written_what_it_acknowledged() -> Result<(), Error> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let key = key();
    let (journal, _) = Journal::open(&path, &key)?;
    journal.put(&record(1, "+14155550123")).await?;
    drop(journal);
    let (journal, aside) = Journal::open(&path, &key)?;
    assert_eq!(aside, None);
    assert_eq!(journal.get(id(1)).await?, Some(record(1, "+14155550123")));
    Ok(())
}
