//! What the writer thread does.

use ringside_domain::{AccountId, CallId, LogEntry, LogState};
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::rows::{Row, stage};
use super::search;
use crate::database::{bounded, from_json, to_json};

pub(super) fn put(db: &Connection, row: &Row) -> rusqlite::Result<()> {
    let changed = db
        .prepare_cached(
            "INSERT INTO calls (id, revision, started, e164, over, missed, declined, exempt,
               unlogged, auto_log_at, awaits_match, haystack, call, choice, matches)
             VALUES (:id, :revision, :started, :e164, :over, :missed, :declined, :exempt,
               0, :auto_log_at, :awaits_match, :haystack, :call, :choice, :matches)
             ON CONFLICT (id) DO UPDATE SET
               revision = :revision, started = :started, e164 = :e164, over = :over,
               missed = :missed, declined = :declined, exempt = :exempt,
               auto_log_at = :auto_log_at, awaits_match = :awaits_match, call = :call, choice = :choice, matches = :matches,
               haystack = :haystack
             WHERE :revision >= revision",
        )?
        .execute(named_params! {
            ":id": row.id,
            ":revision": row.revision,
            ":started": row.started,
            ":e164": row.e164,
            ":over": row.over,
            ":missed": row.missed,
            ":declined": row.declined,
            ":exempt": row.exempt,
            ":auto_log_at": row.auto_log_at,
            ":awaits_match": row.awaits_match,
            ":call": row.call,
            ":choice": row.choice,
            ":matches": row.matches,
            ":haystack": row.haystack,
        })?;
    if changed == 0 {
        return Ok(());
    }
    put_keys(db, row)?;
    mark_unlogged(db, &row.id)
}

/// Works out anew whether something is left to decide or to send. A declined log is decided.
fn mark_unlogged(db: &Connection, call: &str) -> rusqlite::Result<()> {
    db.prepare_cached(
        "WITH now (unlogged) AS (
           SELECT over = 1 AND declined = 0 AND exempt = 0 AND (
                  NOT EXISTS (SELECT 1 FROM logs WHERE call = ?1)
               OR EXISTS (SELECT 1 FROM logs
                           WHERE call = ?1 AND stage NOT IN ('done', 'declined')))
           FROM calls WHERE id = ?1)
         UPDATE calls SET unlogged = now.unlogged FROM now
         WHERE id = ?1 AND calls.unlogged <> now.unlogged",
    )?
    .execute([call])?;
    Ok(())
}

fn put_keys(db: &Connection, row: &Row) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM keys WHERE call = ?1")?.execute([&row.id])?;
    let mut insert =
        db.prepare_cached("INSERT INTO keys (source, key, started, call) VALUES (?1, ?2, ?3, ?4)")?;
    for (at, (source, key)) in row.keys.iter().enumerate() {
        // The same key twice in one call is no news.
        if !row.keys[..at].contains(&(source.clone(), key.clone())) {
            insert.execute(params![source, key, row.started, row.id])?;
        }
    }
    Ok(())
}

pub(super) fn put_note(db: &Connection, call: CallId, text: String) -> rusqlite::Result<()> {
    let haystack = search::fold(&text);
    db.prepare_cached(
        "INSERT INTO notes (call, text, haystack) VALUES (?1, ?2, ?3)
         ON CONFLICT (call) DO UPDATE SET text = ?2, haystack = ?3",
    )?
    .execute(params![call.to_string(), bounded(text)?, haystack])?;
    Ok(())
}

pub(super) fn put_log(db: &Connection, entry: &LogEntry, state: &LogState) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO logs (call, account, stage, state, entry) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (call, account) DO UPDATE SET stage = ?3, state = ?4, entry = ?5",
    )?
    .execute(params![
        entry.call.to_string(),
        entry.account().as_str(),
        stage(state),
        to_json(state)?,
        to_json(entry)?,
    ])?;
    mark_unlogged(db, &entry.call.to_string())
}

pub(super) fn move_log(
    db: &Connection,
    call: CallId,
    account: &AccountId,
    from: &LogState,
    to: &LogState,
) -> rusqlite::Result<bool> {
    if state_of(db, call, account)?.as_ref() != Some(from) {
        return Ok(false);
    }
    db.prepare_cached("UPDATE logs SET stage = ?3, state = ?4 WHERE call = ?1 AND account = ?2")?
        .execute(params![call.to_string(), account.as_str(), stage(to), to_json(to)?])?;
    mark_unlogged(db, &call.to_string())?;
    Ok(true)
}

pub(super) fn remove_log(
    db: &Connection,
    call: CallId,
    account: &AccountId,
) -> rusqlite::Result<()> {
    let unsent = match state_of(db, call, account)? {
        None => false,
        Some(LogState::Draft | LogState::Ready { .. } | LogState::Declined) => true,
        Some(LogState::Parked { .. } | LogState::Retry { unknown: false, .. }) => true,
        Some(LogState::Sending { .. } | LogState::Retry { unknown: true, .. }) => false,
        Some(LogState::Done { .. } | LogState::Outdated { .. }) => false,
    };
    if unsent {
        db.prepare_cached("DELETE FROM logs WHERE call = ?1 AND account = ?2")?
            .execute(params![call.to_string(), account.as_str()])?;
        mark_unlogged(db, &call.to_string())?;
    }
    Ok(())
}

/// Compared as values, not as text: a later version may write the same state in other words.
fn state_of(
    db: &Connection,
    call: CallId,
    account: &AccountId,
) -> rusqlite::Result<Option<LogState>> {
    db.prepare_cached("SELECT state FROM logs WHERE call = ?1 AND account = ?2")?
        .query_row(params![call.to_string(), account.as_str()], |row| {
            from_json(row.get_ref(0)?.as_str()?)
        })
        .optional()
}

pub(super) fn import(db: &Connection, rows: Vec<Row>) -> rusqlite::Result<(u32, u32)> {
    let (mut added, mut known) = (0, 0);
    for row in rows {
        if is_known(db, &row)? {
            known += 1;
            continue;
        }
        put(db, &row)?;
        if !row.note.is_empty() {
            let call = CallId::parse(&row.id).ok_or(rusqlite::Error::InvalidQuery)?;
            put_note(db, call, row.note)?;
        }
        added += 1;
    }
    Ok((added, known))
}

fn is_known(db: &Connection, row: &Row) -> rusqlite::Result<bool> {
    let (source, key) = row.keys.first().cloned().unwrap_or_default();
    db.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM calls WHERE id = ?1)
             OR EXISTS (SELECT 1 FROM keys WHERE source = ?2 AND key = ?3)",
    )?
    .query_row(params![row.id, source, key], |found| found.get(0))
}

pub(super) fn put_value(db: &Connection, name: &str, value: String) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO kept (name, value) VALUES (?1, ?2)
         ON CONFLICT (name) DO UPDATE SET value = ?2",
    )?
    .execute(params![name, bounded(value)?])?;
    Ok(())
}
