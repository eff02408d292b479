//! Files of every version open. The fixtures are dumps of first-version databases and never
//! change: the list of migrations only grows.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::path::Path;

use common::*;
use ringside_domain::{LogState, Number, Party};
use ringside_store::{DatabaseKey, Directory, Journal};
use rusqlite::Connection;
use secrecy::ExposeSecret as _;

fn number(given: &str) -> Number {
    Number::read(&Party { given: given.into(), name: None }, &numbers())
}

fn raw(path: &Path, key: &DatabaseKey) -> Connection {
    let connection = Connection::open(path).unwrap();
    let key = format!("PRAGMA key = \"x'{}'\"", key.as_secret().expose_secret());
    connection.execute_batch(&key).unwrap();
    connection
}

fn restore(path: &Path, key: &DatabaseKey, dump: &str) {
    let connection = raw(path, key);
    connection.execute_batch(dump).unwrap();
    connection.pragma_update(None, "user_version", 1).unwrap();
}

/// Every table and index as the file has it.
fn schema(path: &Path, key: &DatabaseKey) -> Vec<String> {
    let connection = raw(path, key);
    let mut all = connection
        .prepare(
            "SELECT type || ' ' || name || ' ' || coalesce(sql, '') FROM sqlite_master ORDER BY 1",
        )
        .unwrap();
    let schema = all.query_map([], |row| row.get(0)).unwrap();
    schema.collect::<Result<_, _>>().unwrap()
}

#[tokio::test]
async fn a_first_version_journal_opens_with_all_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let key = key();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    restore(&old, &key, include_str!("fixtures/journal-1.sql"));
    let (journal, _) = Journal::open(&old, &key).unwrap();
    let mut expected = record(1, "+14155550123");
    expected.choice.set(chosen("work", "7", "Ada Lovelace"));
    expected.matches = vec![found(contact("work", "7", "Ada Lovelace", &["(415) 555-0123"]))];
    expected.auto_log_at = Some(at(60));
    expected.note = "it's a note".into();
    expected.logs = vec![(entry(id(1), "work"), LogState::Ready { at: at(20) })];
    assert_eq!(journal.get(id(1)).await.unwrap(), Some(expected));
    journal.close().await.unwrap();
    let (journal, _) = Journal::open(&new, &key).unwrap();
    journal.close().await.unwrap();
    assert_eq!(schema(&old, &key), schema(&new, &key));
}

#[tokio::test]
async fn a_first_version_directory_opens_with_all_it_holds() {
    let folder = tempfile::tempdir().unwrap();
    let key = key();
    let (old, new) = (folder.path().join("old.db"), folder.path().join("new.db"));
    restore(&old, &key, include_str!("fixtures/directory-1.sql"));
    let (directory, _) = Directory::open(&old, &key).unwrap();
    let known = directory.lookup(&number("+14155550123")).unwrap();
    assert_eq!(known.matches[0].contact, contact("work", "7", "Ada Lovelace", &["(415) 555-0123"]));
    assert_eq!(known.answers.len(), 1);
    assert_eq!(known.remembered, [reference("work", "7")]);
    assert_eq!(directory.search("love", 0, 9).await.unwrap().1, 1);
    directory.close().await.unwrap();
    let (directory, _) = Directory::open(&new, &key).unwrap();
    directory.close().await.unwrap();
    assert_eq!(schema(&old, &key), schema(&new, &key));
}
