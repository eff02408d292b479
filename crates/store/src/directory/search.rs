//! Finding contacts by name or number, among a million.

use rusqlite::{CachedStatement, Connection, params};

use super::Entry;
use super::phones::Key;
use super::reads::entry;

/// Longest page.
const PAGE_MAX: u32 = 1_000;
/// Words of a query that are looked for.
const WORDS_MAX: usize = 8;
/// Longest word that is looked for, in characters.
const WORD_MAX: usize = 64;
/// Fewer digits than this name nobody.
const DIGITS_MIN: usize = 3;
/// Up to so many, what was found is sorted by name; beyond, the list of all names is walked until
/// the page is full, which comes sooner the more there are.
const SORTED_MAX: usize = 5_000;

pub(super) fn search(
    db: &Connection,
    query: &str,
    offset: u32,
    limit: u32,
) -> rusqlite::Result<(Vec<Entry>, u32)> {
    let limit = limit.min(PAGE_MAX);
    let found = match (words(query), digits(query)) {
        // Only signs that no name has.
        (None, None) if !query.trim().is_empty() => return Ok((Vec::new(), 0)),
        (None, None) => return all(db, offset, limit),
        (words, digits) => {
            let mut keys = Vec::new();
            if let Some(words) = words {
                keys = by_words(db, &words)?;
            }
            if let Some(digits) = digits {
                keys.extend(by_digits(db, &digits)?);
                keys.sort_unstable();
                keys.dedup();
            }
            keys
        }
    };
    let total = u32::try_from(found.len()).unwrap_or(u32::MAX);
    let page = if found.len() <= SORTED_MAX {
        sorted(db, found, offset, limit)?
    } else {
        walked(db, &found, offset, limit)?
    };
    let mut one = db.prepare_cached(
        "SELECT k.account, k.kind, c.id, c.checked_at, c.body
         FROM contacts c JOIN kinds k ON k.key = c.kind WHERE c.key = ?1",
    )?;
    let entries = page.iter().map(|key| one.query_row([key], entry));
    Ok((entries.collect::<rusqlite::Result<_>>()?, total))
}

fn all(db: &Connection, offset: u32, limit: u32) -> rusqlite::Result<(Vec<Entry>, u32)> {
    let total = db
        .prepare_cached("SELECT coalesce(sum(contacts), 0) FROM kinds")?
        .query_row([], |row| row.get(0))?;
    let entries = db
        .prepare_cached(
            "SELECT k.account, k.kind, c.id, c.checked_at, c.body
             FROM (SELECT key FROM contacts ORDER BY name, key LIMIT ?1 OFFSET ?2) page
             CROSS JOIN contacts c ON c.key = page.key CROSS JOIN kinds k ON k.key = c.kind
             ORDER BY c.name, c.key",
        )?
        .query_map(params![limit, offset], entry)?
        .collect::<rusqlite::Result<_>>()?;
    Ok((entries, total))
}

/// Keys in rising order.
fn by_words(db: &Connection, words: &str) -> rusqlite::Result<Vec<i64>> {
    keys(db.prepare_cached("SELECT rowid FROM names WHERE names MATCH ?1")?, words)
}

/// Keys of contacts with a number that holds these digits in a row.
fn by_digits(db: &Connection, wanted: &str) -> rusqlite::Result<Vec<i64>> {
    let runs: Vec<String> =
        (0..=wanted.len() - 3).map(|at| format!("\"{}\"", &wanted[at..at + 3])).collect();
    let statement = db.prepare_cached("SELECT rowid FROM digits WHERE digits MATCH ?1")?;
    let mut found = keys(statement, &runs.join(" "))?;
    if wanted.len() > 3 {
        // All the runs are there; whether one behind the other, and in one number, the number tells.
        let mut holds = db.prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM phones
               WHERE contact = ?1 AND space = ?2 AND instr(number, ?3))",
        )?;
        let public = Key::Public(0).space();
        let mut sure = Vec::with_capacity(found.len());
        for key in found {
            if holds.query_row(params![key, public, wanted], |row| row.get(0))? {
                sure.push(key);
            }
        }
        found = sure;
    }
    Ok(found)
}

fn keys(mut statement: CachedStatement<'_>, query: &str) -> rusqlite::Result<Vec<i64>> {
    statement.query_map([query], |row| row.get(0))?.collect()
}

/// A page of these keys in the order of names.
fn sorted(db: &Connection, found: Vec<i64>, offset: u32, limit: u32) -> rusqlite::Result<Vec<i64>> {
    let mut name = db.prepare_cached("SELECT name FROM contacts WHERE key = ?1")?;
    let mut named = found
        .into_iter()
        .map(|key| Ok((name.query_row([key], |row| row.get::<_, String>(0))?, key)))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    named.sort_unstable();
    let page = named.into_iter().skip(offset as usize).take(limit as usize);
    Ok(page.map(|(_, key)| key).collect())
}

/// The same by the index of names. `found` is in rising order.
fn walked(db: &Connection, found: &[i64], offset: u32, limit: u32) -> rusqlite::Result<Vec<i64>> {
    let mut by_name = db.prepare_cached("SELECT key FROM contacts ORDER BY name, key")?;
    let all = by_name.query_map([], |row| row.get::<_, i64>(0))?;
    let wanted =
        all.filter(|key| key.as_ref().map_or(true, |key| found.binary_search(key).is_ok()));
    wanted.skip(offset as usize).take(limit as usize).collect()
}

/// Each word as a quoted prefix: nothing in it is a sign of the query language.
fn words(query: &str) -> Option<String> {
    let words: Vec<String> = query
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .take(WORDS_MAX)
        .map(|word| format!("\"{}\"*", word.chars().take(WORD_MAX).collect::<String>()))
        .collect();
    (!words.is_empty()).then(|| words.join(" "))
}

/// The digits of a number as people write it, without the zeros in front, which E.164 does not
/// have.
fn digits(query: &str) -> Option<String> {
    let written = |c: char| c.is_ascii_digit() || " +-./()\u{a0}".contains(c);
    if !query.chars().all(written) {
        return None;
    }
    let digits: String = query.chars().filter(char::is_ascii_digit).collect();
    let digits = digits.trim_start_matches('0');
    (DIGITS_MIN..=15).contains(&digits.len()).then(|| digits.to_owned())
}
