//! One encrypted SQLite file: a writer thread of its own, readers that never wait for it.

mod migrate;
mod open;
mod readers;
mod writer;

use std::path::Path;
use std::sync::Arc;

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::{DatabaseKey, Error, SetAside, files};
use readers::Readers;
use writer::Writer;

/// What a database is made of.
#[derive(Debug)]
pub(crate) struct Plan {
    /// SQL of every schema change since the first, in order. It only grows.
    pub(crate) migrations: &'static [&'static str],
    /// `FULL`: a write is on the disk when it is acknowledged. `NORMAL`: a power cut may cost the
    /// last ones, never the file.
    pub(crate) synchronous: &'static str,
    /// Most memory for decrypted pages, in KiB: of the writer, and of each reader.
    pub(crate) cache_kib: (u32, u32),
}

/// A handle; clones share one writer and the readers.
#[derive(Clone, Debug)]
pub(crate) struct Database {
    shared: Arc<Shared>,
}

/// Readers go first on drop, so that the writer's connection is the last and tidies the log away.
#[derive(Debug)]
struct Shared {
    readers: Readers,
    writer: Writer,
}

impl Database {
    /// Opens or creates; a damaged file is set aside.
    pub(crate) fn open(
        path: &Path,
        key: &DatabaseKey,
        plan: &'static Plan,
    ) -> Result<(Self, Option<SetAside>), Error> {
        let (connection, set_aside) = open::open(path, key, plan)?;
        let readers = Readers::new(path.to_path_buf(), key.clone(), plan.cache_kib.1)?;
        let writer = Writer::start(path.to_path_buf(), connection)?;
        Ok((Self { shared: Arc::new(Shared { readers, writer }) }, set_aside))
    }

    /// Runs `work` on the writer thread; resolves when it is committed. Writes happen in the order
    /// in which they are first polled, and happen even if nobody waits for the answer any more.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.shared.writer.write(false, work).await
    }

    /// The same for work that changes thousands of rows: in a transaction of its own.
    pub(crate) async fn write_bulk<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        self.shared.writer.write(true, work).await
    }

    /// Runs `work` on a reader, on this thread: for reads that take microseconds.
    pub(crate) fn read_now<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        self.shared.readers.read(work)
    }

    /// Runs `work` on a reader, off the async threads.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let shared = Arc::clone(&self.shared);
        tokio::task::spawn_blocking(move || shared.readers.read(work))
            .await
            .unwrap_or(Err(Error::Closed))
    }

    /// Brings the write-ahead log into the file and empties it, so that nothing that was deleted is
    /// left there, and gives the writer's memory back.
    pub(crate) async fn tidy(&self) -> Result<(), Error> {
        self.shared.writer.tidy().await
    }

    /// Waits for all writes so far and closes the file.
    pub(crate) async fn close(&self) -> Result<(), Error> {
        self.shared.readers.close();
        self.shared.writer.close().await
    }
}

/// Says of which file an error is, and of which kind. SQLite's words never hold our values.
fn explain(file: &Path, error: &rusqlite::Error) -> Error {
    use rusqlite::ErrorCode as Code;
    let file = file.to_path_buf();
    match error.sqlite_error_code() {
        Some(Code::NotADatabase | Code::DatabaseCorrupt) => Error::Damaged { file },
        Some(
            Code::DiskFull
            | Code::CannotOpen
            | Code::PermissionDenied
            | Code::ReadOnly
            | Code::SystemIoFailure
            | Code::DatabaseBusy
            | Code::DatabaseLocked,
        ) => Error::Io { file, reason: error.to_string() },
        _ => Error::Database(error.to_string()),
    }
}

/// Like [`explain`], for errors of a database in use: damage is marked, so that the next start reads
/// every page, however large the file is.
fn report(file: &Path, error: &rusqlite::Error) -> Error {
    let error = explain(file, error);
    if matches!(error, Error::Damaged { .. })
        && let Err(error) = files::open_private(&open::suspect_path(file))
    {
        tracing::warn!(%error, "cannot mark a damaged database");
    }
    error
}

/// Most bytes of one stored value: far above an honest one, low enough that a hostile one cannot
/// fill the disk.
const VALUE_MAX: usize = 1 << 20;

/// A value as JSON text for a column.
pub(crate) fn to_json<T: Serialize>(value: &T) -> rusqlite::Result<String> {
    // Only the kind of a serde error is passed on: its text may quote the value.
    let text = serde_json::to_string(value).map_err(|e| refuse(format!("{:?}", e.classify())))?;
    bounded(text)
}

/// A text for a column, unless it is absurdly long.
pub(crate) fn bounded(text: String) -> rusqlite::Result<String> {
    if text.len() <= VALUE_MAX { Ok(text) } else { Err(refuse("a value is too long".to_owned())) }
}

/// A value from the JSON text of a column.
pub(crate) fn from_json<T: DeserializeOwned>(text: &str) -> rusqlite::Result<T> {
    serde_json::from_str(text).map_err(|e| {
        let reason = format!("unreadable JSON ({:?}, column {})", e.classify(), e.column());
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, reason.into())
    })
}

/// An instant from the text of a column, to the nanosecond.
pub(crate) fn instant(text: &str) -> rusqlite::Result<jiff::Timestamp> {
    text.parse().map_err(|_| {
        let reason = "unreadable instant".into();
        rusqlite::Error::FromSqlConversionFailure(0, rusqlite::types::Type::Text, reason)
    })
}

/// A value that must not be stored.
fn refuse(reason: String) -> rusqlite::Error {
    rusqlite::Error::ToSqlConversionFailure(reason.into())
}

/// Microseconds since 1970, for columns that sort.
pub(crate) fn micros(at: jiff::Timestamp) -> i64 {
    at.as_microsecond()
}

/// The instant of such a column.
pub(crate) fn time(micros: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(micros).unwrap_or_default()
}
