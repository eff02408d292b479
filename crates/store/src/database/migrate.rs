//! Versioned schema: `user_version` counts the changes that a file has seen.

use rusqlite::Connection;

/// How many changes this file has seen.
pub(super) fn version(connection: &Connection) -> rusqlite::Result<usize> {
    let version: i64 = connection.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(usize::try_from(version).unwrap_or(usize::MAX))
}

/// Brings a file from `version` up to date, each change whole or not at all.
pub(super) fn migrate(
    connection: &mut Connection,
    migrations: &[&str],
    version: usize,
) -> rusqlite::Result<()> {
    for (index, sql) in migrations.iter().enumerate().skip(version) {
        let change = connection.transaction()?;
        change.execute_batch(sql)?;
        change.pragma_update(None, "user_version", i64::try_from(index + 1).unwrap_or(i64::MAX))?;
        change.commit()?;
    }
    Ok(())
}
