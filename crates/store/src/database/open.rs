//! Opening a database: which key, which version, whole or damaged.

use std::path::{Path, PathBuf};
use std::time::Duration;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use super::{Plan, explain, migrate};
use crate::key::{self, Recognised};
use crate::{DatabaseKey, Error, SetAside, files};

/// Files that belong to a database.
const COMPANIONS: [&str; 2] = ["-wal", "-shm"];
/// Up to this size every page is checked at each start, which takes some 20 ms; a larger file only
/// after it was not closed properly or a read met damage.
const CHECK_ALWAYS_MAX: u64 = 4 << 20;
/// After an unclean end, files up to this size are checked, which takes some tenths of a second.
/// A still larger one would keep rings waiting; damage in it is met by a read.
const CHECK_UNCLEAN_MAX: u64 = 16 << 20;
/// Other connections of this process hold the write lock for less than this.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// Why a file was not opened.
enum Refused {
    /// It is no database under this key, or a broken one.
    Unreadable(String),
    /// Anything else; the file stays as it is.
    Other(Error),
}

/// Opens or creates the database for writing.
pub(super) fn open(
    path: &Path,
    key: &DatabaseKey,
    plan: &Plan,
) -> Result<(Connection, Option<SetAside>), Error> {
    files::make_folder_of(path)?;
    let empty = files::length(path) == 0;
    // SQLite deletes a log whose database is gone; ours is set aside.
    let orphaned = empty && files::length(&files::beside(path, "-wal")) > 0;
    let recognised = if empty { Recognised::Unknown } else { key::recognise(path, key) };
    let set_aside = match recognised {
        Recognised::No => return Err(Error::WrongKey { file: path.to_path_buf() }),
        _ if orphaned => Some(files::set_aside(path, &COMPANIONS, "only its log was left")?),
        _ if empty => None,
        Recognised::Yes | Recognised::Unknown => match connect(path, key, plan) {
            Ok(connection) => {
                if recognised == Recognised::Unknown {
                    key::remember(path, key)?;
                }
                return Ok((connection, None));
            }
            Err(Refused::Other(error)) => return Err(error),
            // Without a fingerprint it may as well be the key: nothing is touched.
            Err(Refused::Unreadable(_)) if recognised == Recognised::Unknown => {
                return Err(Error::WrongKey { file: path.to_path_buf() });
            }
            Err(Refused::Unreadable(reason)) => Some(files::set_aside(path, &COMPANIONS, &reason)?),
        },
    };
    let _ = std::fs::remove_file(suspect_path(path));
    // The fingerprint first: a database without one could never be told from a damaged one.
    key::remember(path, key)?;
    let connection = connect(path, key, plan).map_err(|refused| match refused {
        Refused::Unreadable(reason) => Error::Io { file: path.to_path_buf(), reason },
        Refused::Other(error) => error,
    })?;
    files::sync_folder(path).map_err(files::io_error(path))?;
    Ok((connection, set_aside))
}

fn connect(path: &Path, key: &DatabaseKey, plan: &Plan) -> Result<Connection, Refused> {
    // Made here, so that SQLite gives the log the same mode bits.
    files::open_private(path).map_err(|e| Refused::Other(files::io_error(path)(e)))?;
    let suspect = suspect_path(path);
    let size = files::length(path);
    let unclean = files::length(&files::beside(path, "-wal")) > 0;
    let check =
        size <= CHECK_ALWAYS_MAX || (unclean && size <= CHECK_UNCLEAN_MAX) || suspect.exists();

    let refuse = |error: rusqlite::Error| refuse(path, &error);
    let mut connection =
        keyed(path, key, OpenFlags::SQLITE_OPEN_READ_WRITE, plan.cache_kib.0).map_err(refuse)?;
    // Until the file is known to be ours, closing it must not write its log into it.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(refuse)?;
    let version = migrate::version(&connection).map_err(refuse)?;
    if version > plan.migrations.len() {
        return Err(Refused::Other(Error::TooNew { file: path.to_path_buf() }));
    }
    if check && version > 0 {
        quick_check(&connection)
            .map_err(refuse)?
            .map_or(Ok(()), |found| Err(Refused::Unreadable(found)))?;
        let _ = std::fs::remove_file(&suspect);
    }
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(refuse)?;
    connection
        .execute_batch(&format!(
            "PRAGMA journal_mode = WAL;
             PRAGMA synchronous = {};
             PRAGMA secure_delete = ON;
             PRAGMA foreign_keys = ON;
             PRAGMA journal_size_limit = 4194304;",
            plan.synchronous
        ))
        .map_err(refuse)?;
    migrate::migrate(&mut connection, plan.migrations, version).map_err(refuse)?;
    Ok(connection)
}

/// A connection that has the key and keeps nothing readable in temporary files.
pub(super) fn keyed(
    path: &Path,
    key: &DatabaseKey,
    access: OpenFlags,
    cache_kib: u32,
) -> rusqlite::Result<Connection> {
    let flags = access | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags)?;
    connection.execute_batch(&key.pragma())?;
    connection.execute_batch("PRAGMA cipher_log_level = NONE; PRAGMA temp_store = MEMORY;")?;
    connection.pragma_update(None, "cache_size", -i64::from(cache_kib))?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.set_prepared_statement_cache_capacity(64);
    Ok(connection)
}

/// A small file whose presence says that a read met damage.
pub(super) fn suspect_path(path: &Path) -> PathBuf {
    files::beside(path, ".suspect")
}

/// The first thing that is wrong with the pages, if any.
fn quick_check(connection: &Connection) -> rusqlite::Result<Option<String>> {
    let found: String = connection.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    Ok((found != "ok").then_some(found))
}

fn refuse(path: &Path, error: &rusqlite::Error) -> Refused {
    match explain(path, error) {
        Error::Damaged { .. } => Refused::Unreadable(error.to_string()),
        other => Refused::Other(other),
    }
}
