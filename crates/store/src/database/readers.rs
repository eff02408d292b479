//! Connections that only read. WAL lets them see the last commit while the writer works.

use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};

use rusqlite::{Connection, OpenFlags};

use super::{open, report};
use crate::{DatabaseKey, Error};

/// Idle connections that are kept, each with its statements prepared and its pages decrypted.
const IDLE_MAX: usize = 4;

/// A pool that a reader takes a connection from and gives it back to. The lock is held for that
/// only, never during a query, and never by the writer.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    key: DatabaseKey,
    cache_kib: u32,
    /// None once closed.
    idle: Mutex<Option<Vec<Connection>>>,
}

impl Readers {
    /// A pool with one connection ready.
    pub(super) fn new(path: PathBuf, key: DatabaseKey, cache_kib: u32) -> Result<Self, Error> {
        let readers = Self { path, key, cache_kib, idle: Mutex::new(Some(Vec::new())) };
        let first = readers.connect()?;
        readers.give_back(first);
        Ok(readers)
    }

    /// Runs `work` in one read transaction, so that all it sees is of one instant.
    pub(super) fn read<T>(
        &self,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, Error> {
        let idle = self.idle().as_mut().ok_or(Error::Closed)?.pop();
        let connection = match idle {
            Some(connection) => connection,
            None => self.connect()?,
        };
        let outcome = instant(&connection, work);
        match outcome {
            Ok(value) => {
                self.give_back(connection);
                Ok(value)
            }
            // A connection that met an error is not used again.
            Err(error) => Err(report(&self.path, &error)),
        }
    }

    /// Closes all connections, also those still out once they come back.
    pub(super) fn close(&self) {
        let closed = self.idle().take();
        drop(closed);
    }

    fn connect(&self) -> Result<Connection, Error> {
        open::keyed(&self.path, &self.key, OpenFlags::SQLITE_OPEN_READ_ONLY, self.cache_kib)
            .map_err(|error| report(&self.path, &error))
    }

    fn give_back(&self, connection: Connection) {
        if let Some(idle) = self.idle().as_mut().filter(|idle| idle.len() < IDLE_MAX) {
            idle.push(connection);
        }
    }

    fn idle(&self) -> MutexGuard<'_, Option<Vec<Connection>>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// One read transaction. Prepared, since on the ring path even parsing `BEGIN` counts.
fn instant<T>(
    connection: &Connection,
    work: impl FnOnce(&Connection) -> rusqlite::Result<T>,
) -> rusqlite::Result<T> {
    connection.prepare_cached("BEGIN")?.execute([])?;
    let found = work(connection)?;
    connection.prepare_cached("COMMIT")?.execute([])?;
    Ok(found)
}
