//! Finding contacts by name or number.

use rusqlite::{Connection, named_params};

use super::Entry;
use super::reads::entry;

/// Longest page.
const PAGE_MAX: u32 = 1_000;
/// Words of a query that are looked for.
const WORDS_MAX: usize = 8;
/// Longest word that is looked for, in characters.
const WORD_MAX: usize = 64;
/// Fewer digits than this name nobody.
const DIGITS_MIN: usize = 3;

const BY_WORDS: &str = "SELECT rowid FROM names WHERE names MATCH :words";
const BY_DIGITS: &str = "SELECT c.key FROM phones p JOIN contacts c USING (account, kind, id)
     WHERE instr(p.e164, :digits)";

pub(super) fn search(
    db: &Connection,
    query: &str,
    offset: u32,
    limit: u32,
) -> rusqlite::Result<(Vec<Entry>, u32)> {
    let (words, digits) = (words(query), digits(query));
    let wanted = match (&words, &digits) {
        // Only signs that no name has.
        (None, None) if !query.trim().is_empty() => return Ok((Vec::new(), 0)),
        (None, None) => "1".to_owned(),
        (Some(_), None) => format!("key IN ({BY_WORDS})"),
        (None, Some(_)) => format!("key IN ({BY_DIGITS})"),
        (Some(_), Some(_)) => format!("key IN ({BY_WORDS} UNION {BY_DIGITS})"),
    };
    let mut bound: Vec<(&str, &dyn rusqlite::ToSql)> = Vec::new();
    if let Some(words) = &words {
        bound.push((":words", words));
    }
    if let Some(digits) = &digits {
        bound.push((":digits", digits));
    }
    let total = db
        .prepare_cached(&format!("SELECT count(*) FROM contacts WHERE {wanted}"))?
        .query_row(bound.as_slice(), |row| row.get(0))?;
    let page = named_params! { ":limit": limit.min(PAGE_MAX), ":offset": offset };
    bound.extend_from_slice(page);
    let entries = db
        .prepare_cached(&format!(
            "SELECT contact, checked_at FROM contacts WHERE {wanted}
             ORDER BY name, key LIMIT :limit OFFSET :offset"
        ))?
        .query_map(bound.as_slice(), entry)?
        .collect::<rusqlite::Result<_>>()?;
    Ok((entries, total))
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
    (digits.len() >= DIGITS_MIN).then(|| digits.to_owned())
}
