//! Text messages: kept, not yet logged.

use ringside_domain::event::MessageEvent;
use rusqlite::{Connection, params};

use super::Journal;
use crate::Error;
use crate::database::{from_json, micros, to_json};

/// Longest page.
const PAGE_MAX: u32 = 1_000;

impl Journal {
    /// Keeps a message; one that is kept already changes nothing.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn put_message(&self, message: &MessageEvent) -> Result<(), Error> {
        let message = message.clone();
        self.database.write(move |db| put(db, &message)).await
    }

    /// The messages that came last, newest first.
    ///
    /// # Errors
    /// [`Error::Database`].
    pub async fn messages(&self, limit: u32) -> Result<Vec<MessageEvent>, Error> {
        self.database.read(move |db| list(db, limit.min(PAGE_MAX))).await
    }
}

fn put(db: &Connection, message: &MessageEvent) -> rusqlite::Result<()> {
    let received = micros(message.received.wall);
    db.prepare_cached(
        "INSERT OR IGNORE INTO messages (source, key, received, message) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![message.source.as_str(), message.key, received, to_json(message)?])?;
    Ok(())
}

fn list(db: &Connection, limit: u32) -> rusqlite::Result<Vec<MessageEvent>> {
    db.prepare_cached("SELECT message FROM messages ORDER BY received DESC, key DESC LIMIT ?1")?
        .query_map([limit], |row| from_json(&row.get::<_, String>(0)?))?
        .collect()
}
