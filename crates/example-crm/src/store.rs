//! The database: one SQLite file, one connection.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use rusqlite::types::ToSql;
use serde::Deserialize;

use crate::problem::Problem;

/// Most records in one answer.
const LIMIT_MAX: u32 = 500;
const LIMIT_DEFAULT: u32 = 50;

/// Times are whole microseconds since 1970 in UTC. Keys of sessions are stored as hashes.
const SCHEMA: &str = "
CREATE TABLE IF NOT EXISTS contacts (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_key TEXT UNIQUE,
    name TEXT NOT NULL,
    name_words TEXT NOT NULL,
    type TEXT NOT NULL,
    company TEXT, title TEXT, email TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    last_activity_at INTEGER
) STRICT;
CREATE INDEX IF NOT EXISTS contacts_updated ON contacts (updated_at);
CREATE TABLE IF NOT EXISTS phones (
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    field TEXT NOT NULL,
    number TEXT NOT NULL,
    PRIMARY KEY (contact_id, position)
) STRICT, WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS phones_number ON phones (number);
CREATE TABLE IF NOT EXISTS deals (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    amount REAL NOT NULL,
    currency TEXT NOT NULL,
    stage TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deals_contact ON deals (contact_id);
CREATE TABLE IF NOT EXISTS activities (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_key TEXT UNIQUE,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    type TEXT NOT NULL,
    subject TEXT NOT NULL,
    direction TEXT NOT NULL,
    from_number TEXT NOT NULL,
    to_number TEXT NOT NULL,
    start_time INTEGER NOT NULL,
    duration_s INTEGER NOT NULL,
    result TEXT NOT NULL,
    note TEXT NOT NULL,
    deal_id INTEGER REFERENCES deals (id) ON DELETE SET NULL,
    disposition TEXT,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS activities_contact ON activities (contact_id);
CREATE TABLE IF NOT EXISTS conversations (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    external_key TEXT UNIQUE,
    contact_id INTEGER NOT NULL REFERENCES contacts (id) ON DELETE CASCADE,
    subject TEXT NOT NULL,
    our_number TEXT NOT NULL,
    their_number TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS conversations_contact ON conversations (contact_id);
CREATE TABLE IF NOT EXISTS texts (
    conversation_id INTEGER NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    position INTEGER NOT NULL,
    text_id TEXT NOT NULL,
    direction TEXT NOT NULL,
    sent_at INTEGER NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (conversation_id, position)
) STRICT, WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS deletions (
    id INTEGER PRIMARY KEY,
    type TEXT NOT NULL,
    deleted_at INTEGER NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS deletions_at ON deletions (deleted_at);
CREATE TABLE IF NOT EXISTS tokens (
    hash BLOB PRIMARY KEY,
    family TEXT NOT NULL,
    kind TEXT NOT NULL,
    scope TEXT NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
PRAGMA user_version = 1;
";

/// The database. Every query takes microseconds, so handlers lock it without leaving their thread;
/// nobody holds the lock across an `await`.
pub(crate) struct Store {
    connection: Mutex<rusqlite::Connection>,
}

impl Store {
    pub(crate) fn open(path: &Path) -> rusqlite::Result<Self> {
        let connection = rusqlite::Connection::open(path)?;
        connection.busy_timeout(Duration::from_secs(5))?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "foreign_keys", true)?;
        connection.execute_batch(SCHEMA)?;
        Ok(Self { connection: Mutex::new(connection) })
    }

    pub(crate) fn lock(&self) -> MutexGuard<'_, rusqlite::Connection> {
        // A panic inside a transaction rolls it back, so the data behind the lock is sound.
        self.connection.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Now, as the database keeps it.
pub(crate) fn now() -> i64 {
    Timestamp::now().as_microsecond()
}

/// A stored time as text for an answer.
pub(crate) fn time(micros: i64) -> String {
    Timestamp::from_microsecond(micros).unwrap_or(Timestamp::UNIX_EPOCH).to_string()
}

/// A time from a request, as the database keeps it.
pub(crate) fn parse_time(field: &'static str, text: &str) -> Result<i64, Problem> {
    let time: Timestamp = text
        .parse()
        .map_err(|_| Problem::invalid(field, "must be a time such as 2026-11-23T09:41:00Z"))?;
    Ok(time.as_microsecond())
}

/// Which part of a list is wanted.
#[derive(Deserialize)]
pub(crate) struct Paging {
    limit: Option<u32>,
    cursor: Option<String>,
}

/// Whose records are wanted: both, one or none.
#[derive(Deserialize)]
pub(crate) struct Find {
    external_key: Option<String>,
    contact_id: Option<i64>,
}

impl Find {
    /// The records of one page of a table that belongs to contacts, each read by its id.
    pub(crate) fn page<T>(
        &self,
        paging: &Paging,
        connection: &rusqlite::Connection,
        table: &str,
        load: impl Fn(&rusqlite::Connection, i64) -> Result<T, Problem>,
    ) -> Result<Page<T>, Problem> {
        let condition = "(?1 IS NULL OR external_key = ?1) AND (?2 IS NULL OR contact_id = ?2)";
        let parameters: [&dyn ToSql; 2] = [&self.external_key, &self.contact_id];
        let page = paging.ids(connection, table, condition, &parameters)?;
        let items =
            page.items.into_iter().map(|id| load(connection, id)).collect::<Result<_, _>>()?;
        Ok(Page { items, next: page.next })
    }
}

/// One part of a list. The cursor is the last id seen, so that records added meanwhile neither
/// shift nor repeat anything.
pub(crate) struct Page<T> {
    pub(crate) items: Vec<T>,
    pub(crate) next: Option<String>,
}

impl Paging {
    pub(crate) fn limit(&self) -> Result<u32, Problem> {
        match self.limit.unwrap_or(LIMIT_DEFAULT) {
            limit @ 1..=LIMIT_MAX => Ok(limit),
            _ => Err(Problem::invalid("limit", format!("must be 1 to {LIMIT_MAX}"))),
        }
    }

    fn after(&self) -> Result<i64, Problem> {
        match self.cursor.as_deref() {
            None => Ok(0),
            Some(text) => text
                .parse()
                .map_err(|_| Problem::invalid("cursor", "must be a next_cursor of an answer")),
        }
    }

    /// The ids of one page of `table` under a condition with its parameters, in order of id.
    pub(crate) fn ids(
        &self,
        connection: &rusqlite::Connection,
        table: &str,
        condition: &str,
        parameters: &[&dyn ToSql],
    ) -> Result<Page<i64>, Problem> {
        let limit = self.limit()?;
        let after = self.after()?;
        let sql = format!(
            "SELECT id FROM {table} WHERE ({condition}) AND id > {after} ORDER BY id LIMIT {}",
            limit.saturating_add(1)
        );
        let mut statement = connection.prepare(&sql)?;
        let mut items = statement
            .query_map(parameters, |row| row.get(0))?
            .collect::<rusqlite::Result<Vec<i64>>>()?;
        let limit = limit as usize;
        let more = items.len() > limit;
        items.truncate(limit);
        let next = items.last().filter(|_| more).map(i64::to_string);
        Ok(Page { items, next })
    }
}
