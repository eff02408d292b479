//! What the readers do.

use jiff::Timestamp;
use ringside_domain::{CallId, LogEntry, LogState};
use rusqlite::{Connection, OptionalExtension as _, named_params, params};

use super::rows::{RECORD, record};
use super::{CallQuery, Counts, Record, search};
use crate::database::{from_json, instant, micros, to_json};

/// Longest page.
const PAGE_MAX: u32 = 1_000;
/// How far back [`known_as`] looks for ids that are no keys.
const KNOWN_MAX: u32 = 2_000;
/// Most numbers of [`recent_numbers`]: a batch over more than this is no longer one sitting.
const RECENT_MAX: u32 = 10_000;

pub(super) fn get(db: &Connection, call: CallId) -> rusqlite::Result<Option<Record>> {
    db.prepare_cached(&format!("SELECT {RECORD} WHERE c.id = ?1"))?
        .query_row([call.to_string()], record)
        .optional()?
        .map(|found| with_logs(db, found))
        .transpose()
}

pub(super) fn list(db: &Connection, query: &CallQuery) -> rusqlite::Result<Vec<Record>> {
    let (text, digits) = search::needles(&query.text);
    let mut sql = format!(
        "SELECT {RECORD}
         WHERE (:before IS NULL
             OR (c.started, c.id) < (SELECT b.started, b.id FROM calls b WHERE b.id = :before))
           AND (:text = '' OR instr(c.haystack, :text) OR instr(coalesce(n.haystack, ''), :text)
             OR (:digits IS NOT NULL AND instr(c.haystack, :digits)))"
    );
    if query.unlogged {
        sql.push_str(" AND c.unlogged = 1");
    }
    if query.missed {
        sql.push_str(" AND c.missed = 1");
    }
    sql.push_str(" ORDER BY c.started DESC, c.id DESC LIMIT :limit");
    db.prepare_cached(&sql)?
        .query_map(
            named_params! {
                ":before": query.before.map(|id| id.to_string()),
                ":text": text,
                ":digits": digits,
                ":limit": query.limit.min(PAGE_MAX),
            },
            record,
        )?
        .map(|found| with_logs(db, found?))
        .collect()
}

pub(super) fn known_as(
    db: &Connection,
    source: &str,
    ids: &[String],
) -> rusqlite::Result<Vec<Record>> {
    let ids = to_json(&ids)?;
    db.prepare_cached(&format!(
        "SELECT {RECORD}
         WHERE c.id IN (
             SELECT k.call FROM keys k
              WHERE k.source = ?1 AND k.key IN (SELECT value FROM json_each(?2))
             UNION SELECT recent.id
              FROM (SELECT id, call FROM calls ORDER BY started DESC LIMIT ?3) AS recent
              WHERE EXISTS (SELECT 1 FROM keys k WHERE k.call = recent.id AND k.source = ?1)
                AND EXISTS (SELECT 1 FROM json_each(recent.call, '$.aliases') AS alias
                             WHERE alias.value IN (SELECT value FROM json_each(?2))))
         ORDER BY c.started DESC, c.id DESC"
    ))?
    .query_map(params![source, ids, KNOWN_MAX], record)?
    .map(|found| with_logs(db, found?))
    .collect()
}

pub(super) fn counts(db: &Connection) -> rusqlite::Result<Counts> {
    db.prepare_cached(
        "SELECT (SELECT count(*) FROM calls WHERE unlogged = 1),
                (SELECT count(*) FROM calls WHERE missed = 1),
                (SELECT count(*) FROM logs
                  WHERE stage NOT IN ('done', 'declined') AND stage = 'parked')",
    )?
    .query_row([], |row| {
        Ok(Counts { unlogged: row.get(0)?, missed: row.get(1)?, parked: row.get(2)? })
    })
}

pub(super) fn open_records(db: &Connection) -> rusqlite::Result<Vec<Record>> {
    db.prepare_cached(&format!(
        "SELECT {RECORD}
         WHERE (c.over = 0 OR c.auto_log_at IS NOT NULL OR c.awaits_match = 1)
           AND (c.over = 0 OR c.declined = 0)
         ORDER BY c.started, c.id"
    ))?
    .query_map([], record)?
    .map(|found| with_logs(db, found?))
    .collect()
}

fn with_logs(db: &Connection, mut found: Record) -> rusqlite::Result<Record> {
    found.logs = db
        .prepare_cached("SELECT entry, state FROM logs WHERE call = ?1 ORDER BY seq")?
        .query_map([found.call.id.to_string()], log)?
        .collect::<rusqlite::Result<_>>()?;
    Ok(found)
}

pub(super) fn logs_on_their_way(
    db: &Connection,
    parked_too: bool,
) -> rusqlite::Result<Vec<(LogEntry, LogState)>> {
    db.prepare_cached(
        "SELECT entry, state FROM logs
         WHERE stage NOT IN ('done', 'declined') AND (?1 OR stage <> 'parked') ORDER BY seq",
    )?
    .query_map([parked_too], log)?
    .collect()
}

fn log(row: &rusqlite::Row<'_>) -> rusqlite::Result<(LogEntry, LogState)> {
    Ok((from_json(row.get_ref(0)?.as_str()?)?, from_json(row.get_ref(1)?.as_str()?)?))
}

pub(super) fn last_call(
    db: &Connection,
    e164: &str,
    before: CallId,
) -> rusqlite::Result<Option<(Timestamp, String)>> {
    // A call that is not written yet is newer than all that are.
    db.prepare_cached(
        "SELECT json_extract(c.call, '$.started_at'), coalesce(n.text, '') FROM calls c LEFT JOIN notes n ON n.call = c.id
         WHERE c.e164 = ?1 AND c.id <> ?2
           AND (NOT EXISTS (SELECT 1 FROM calls b WHERE b.id = ?2)
             OR (c.started, c.id) < (SELECT b.started, b.id FROM calls b WHERE b.id = ?2))
         ORDER BY c.started DESC, c.id DESC LIMIT 1",
    )?
    .query_row(params![e164, before.to_string()], |row| {
        Ok((instant(row.get_ref(0)?.as_str()?)?, row.get(1)?))
    })
    .optional()
}

pub(super) fn recent_numbers(db: &Connection, since: Timestamp) -> rusqlite::Result<Vec<String>> {
    db.prepare_cached(
        "SELECT e164 FROM calls WHERE started >= ?1 AND e164 IS NOT NULL
         GROUP BY e164 ORDER BY max(started) DESC, e164 LIMIT ?2",
    )?
    .query_map(params![micros(since), RECENT_MAX], |row| row.get(0))?
    .collect()
}

pub(super) fn get_value(db: &Connection, name: &str) -> rusqlite::Result<Option<String>> {
    db.prepare_cached("SELECT value FROM kept WHERE name = ?1")?
        .query_row([name], |row| row.get(0))
        .optional()
}
