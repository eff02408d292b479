//! A database opens whole, or says why not; what is damaged is set aside, and nothing is deleted.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::fs;
use std::path::Path;

use common::*;
use ringside_domain::LogState;
use ringside_store::journal::CallQuery;
use ringside_store::{DatabaseKey, Directory, Error, Journal, SetAside};
use rusqlite::Connection;
use secrecy::ExposeSecret as _;

const ADA: &str = "+14155550123";

/// A journal with `calls` calls and notes, closed properly.
async fn written(path: &Path, key: &DatabaseKey, calls: u32) {
    let (journal, _) = Journal::open(path, key).unwrap();
    for n in 0..calls {
        journal.put(&record(n, ADA)).await.unwrap();
        journal.put_note(id(n), &format!("note of {n}")).await.unwrap();
    }
    journal.close().await.unwrap();
}

async fn count(journal: &Journal) -> usize {
    journal.list(&CallQuery { limit: 1_000, ..CallQuery::default() }).await.unwrap().len()
}

/// The database as SQLite alone sees it.
fn raw(path: &Path, key: &DatabaseKey) -> Connection {
    let connection = Connection::open(path).unwrap();
    let key = format!("PRAGMA key = \"x'{}'\"", key.as_secret().expose_secret());
    connection.execute_batch(&key).unwrap();
    connection
}

/// Opens, expects that a file was set aside, and that it lies there byte by byte.
fn set_aside(path: &Path, key: &DatabaseKey) -> (Journal, SetAside) {
    let before = fs::read(path).unwrap();
    let (journal, set_aside) = Journal::open(path, key).unwrap();
    let set_aside = set_aside.unwrap();
    let name = set_aside.moved_to.file_name().unwrap().to_str().unwrap().to_owned();
    assert!(name.starts_with("journal.db.damaged-"), "{name}");
    assert_eq!(fs::read(&set_aside.moved_to).unwrap(), before);
    assert!(!set_aside.reason.is_empty());
    (journal, set_aside)
}

#[tokio::test]
async fn another_key_is_refused_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let key = key();
    written(&path, &key, 3).await;
    let before = files(folder.path());
    let refused = Journal::open(&path, &common::key());
    assert!(matches!(refused, Err(Error::WrongKey { .. })), "{refused:?}");
    assert_eq!(files(folder.path()), before);
    // Nor without the fingerprint: then nobody can tell the key from damage.
    fs::remove_file(folder.path().join("journal.db.key-id")).unwrap();
    let before = files(folder.path());
    let refused = Journal::open(&path, &common::key());
    assert!(matches!(refused, Err(Error::WrongKey { .. })), "{refused:?}");
    assert_eq!(files(folder.path()), before);
    // The right key opens it, and leaves the fingerprint again.
    let (journal, aside) = Journal::open(&path, &key).unwrap();
    assert_eq!((count(&journal).await, aside), (3, None));
    assert!(folder.path().join("journal.db.key-id").exists());
}

#[tokio::test]
async fn a_damaged_file_without_a_fingerprint_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let key = key();
    written(&path, &key, 3).await;
    fs::remove_file(folder.path().join("journal.db.key-id")).unwrap();
    let mut bytes = fs::read(&path).unwrap();
    bytes[100..200].fill(7);
    fs::write(&path, &bytes).unwrap();
    let refused = Journal::open(&path, &key);
    assert!(matches!(refused, Err(Error::WrongKey { .. })), "{refused:?}");
    assert_eq!(fs::read(&path).unwrap(), bytes);
}

#[tokio::test]
async fn damage_anywhere_is_found_at_the_start_and_the_file_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let key = key();
    let mut kept = 0;
    for place in [0.0, 0.3, 0.6, 0.9] {
        written(&path, &key, 40).await;
        let mut bytes = fs::read(&path).unwrap();
        let at = (bytes.len() as f64 * place) as usize;
        bytes[at..at + 64].fill(0xA5);
        fs::write(&path, &bytes).unwrap();
        let (journal, _) = set_aside(&path, &key);
        kept += 1;
        assert_eq!(count(&journal).await, 0, "a new one is begun");
        journal.put(&record(1, ADA)).await.unwrap();
        journal.close().await.unwrap();
        let (journal, aside) = Journal::open(&path, &key).unwrap();
        assert_eq!((count(&journal).await, aside), (1, None), "the new one is whole");
        journal.close().await.unwrap();
        fs::remove_file(&path).unwrap();
    }
    let names = files(folder.path()).into_iter().map(|(name, _)| name);
    let log = |name: &String| name.ends_with("-wal") || name.ends_with("-shm");
    let set_aside = names.filter(|n| n.starts_with("journal.db.damaged-") && !log(n));
    assert_eq!(set_aside.count(), kept);
}

#[tokio::test]
async fn a_cut_off_file_and_a_file_of_nonsense_are_set_aside() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let key = key();
    written(&path, &key, 40).await;
    let bytes = fs::read(&path).unwrap();
    for nonsense in [&bytes[..bytes.len() / 2], &bytes[..10], b"not a database at all".as_slice()] {
        fs::write(&path, nonsense).unwrap();
        let (journal, _) = set_aside(&path, &key);
        journal.close().await.unwrap();
    }
}

#[tokio::test]
async fn damage_met_by_a_read_is_an_error_and_found_at_the_next_start() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let key = key();
    let (journal, _) = Journal::open(&path, &key).unwrap();
    // More than is checked at each start.
    let note = "x".repeat(400_000);
    for n in 0..16 {
        journal.put(&record(n, ADA)).await.unwrap();
        journal.put_note(id(n), &note).await.unwrap();
    }
    journal.close().await.unwrap();
    let mut bytes = fs::read(&path).unwrap();
    assert!(bytes.len() > 5 << 20);
    // Everything but the first pages, so that the file opens.
    bytes[16 * 4096..].iter_mut().step_by(512).for_each(|byte| *byte ^= 0xFF);
    fs::write(&path, &bytes).unwrap();

    let (journal, aside) = Journal::open(&path, &key).unwrap();
    assert_eq!(aside, None);
    let query = CallQuery { limit: 100, ..CallQuery::default() };
    let met = journal.list(&query).await;
    assert!(matches!(met, Err(Error::Damaged { .. })), "{:?}", met.err());
    journal.close().await.unwrap();
    let (journal, _) = set_aside(&path, &key);
    assert_eq!(count(&journal).await, 0);
    journal.close().await.unwrap();
    assert_eq!(Journal::open(&path, &key).unwrap().1, None);
}

#[tokio::test]
async fn a_newer_schema_is_refused_and_touches_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    let key = key();
    written(&path, &key, 3).await;
    raw(&path, &key).pragma_update(None, "user_version", 1_000).unwrap();
    let before = fs::read(&path).unwrap();
    let refused = Journal::open(&path, &key);
    assert!(matches!(refused, Err(Error::TooNew { .. })), "{refused:?}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn a_log_whose_database_is_gone_is_set_aside_not_deleted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("journal.db");
    fs::write(folder.path().join("journal.db-wal"), "the last of it").unwrap();
    let (_journal, aside) = Journal::open(&path, &key()).unwrap();
    let mut kept = aside.unwrap().moved_to.into_os_string();
    kept.push("-wal");
    assert_eq!(fs::read(kept).unwrap(), b"the last of it");
}

#[test]
fn a_folder_that_cannot_be_written_is_an_io_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("a file");
    fs::write(&file, "").unwrap();
    let refused = Journal::open(&file.join("journal.db"), &key());
    assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
    fs::create_dir(folder.path().join("journal.db")).unwrap();
    let refused = Journal::open(&folder.path().join("journal.db"), &key());
    assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
}

/// Promise 9, and that the data is for its owner only.
#[tokio::test]
async fn nothing_readable_lies_on_the_disk() {
    let folder = tempfile::tempdir().unwrap();
    let data = folder.path().join("data");
    let key = key();
    let (journal, _) = Journal::open(&data.join("journal.db"), &key).unwrap();
    let (directory, _) = Directory::open(&data.join("directory.db"), &key).unwrap();
    let mut full = record(1, ADA);
    full.choice.set(chosen("work", "7", "Ada Lovelace"));
    journal.put(&full).await.unwrap();
    journal.put_note(id(1), "a secret note").await.unwrap();
    journal.put_log(&entry(id(1), "work"), &LogState::Draft).await.unwrap();
    let ada = contact("work", "7", "Ada Lovelace", &["(415) 555-0123"]);
    directory.put_answer(&account("work"), ADA, &[ada], &numbers(), at(0)).await.unwrap();
    let hex = key.as_secret().expose_secret().to_owned();
    let look = |when: &str| {
        let all = files(&data);
        for (name, bytes) in &all {
            for secret in ["Lovelace", "lovelace", "4155550123", "secret note", "quote", &hex] {
                assert!(!holds(bytes, secret), "{secret} in {name} {when}");
            }
            assert!(!holds(bytes, "SQLite format 3"), "{name} {when}");
        }
        all.into_iter().map(|(name, _)| name).collect::<Vec<_>>()
    };
    let open = look("while open");
    assert!(open.iter().any(|name| name == "journal.db-wal"), "{open:?}");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(&data), 0o700);
        for name in &open {
            assert_eq!(mode(&data.join(name)), 0o600, "{name}");
        }
    }
    journal.close().await.unwrap();
    directory.close().await.unwrap();
    let closed = look("when closed");
    let expected = ["directory.db", "directory.db.key-id", "journal.db", "journal.db.key-id"];
    assert_eq!(closed, expected);
}
