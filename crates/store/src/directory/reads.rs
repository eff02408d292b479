//! What a ring asks, and one contact.

use ringside_domain::matching::rank;
use ringside_domain::{AccountId, ContactRef, Match, Number, NumberKind, Origin, Rule, Why};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::body::{Body, reference};
use super::phones::{Key, digits, rule_numbered};
use super::{Entry, Known, PastAnswer};
use crate::database::{from_json, time};

/// Most contacts of one number that a lookup reads.
const MATCHES_MAX: u32 = 500;

pub(super) fn lookup(db: &Connection, number: &Number) -> rusqlite::Result<Known> {
    let mut known = Known::default();
    let forms: Vec<i64> = number.lookup_forms().iter().filter_map(|form| digits(form)).collect();
    for (at, form) in forms.iter().enumerate() {
        for chosen in remembered(db, *form)? {
            // The number itself comes first and wins over its other forms.
            if !known.remembered.iter().any(|r| r.account == chosen.account) {
                known.remembered.push(chosen);
            }
        }
        let least = if at > 0 { Rule::Renumbered } else { Rule::Exact };
        take(db, &mut known.matches, &Key::Public(*form), least)?;
    }
    if let Some(form) = forms.first() {
        known.answers = answers(db, *form)?;
        by_national_digits(db, number, &mut known.matches)?;
    }
    if let Some(extension) = number.extension.clone()
        && number.kind == NumberKind::Extension
    {
        take(db, &mut known.matches, &Key::Extension(extension), Rule::Exact)?;
    }
    for found in &mut known.matches {
        found.remembered = known.remembered.contains(&found.contact.reference);
    }
    known.matches.sort_by(rank);
    Ok(known)
}

/// Contacts whose number was stored without country code, where the account's region made another
/// number of it, or none.
fn by_national_digits(
    db: &Connection,
    number: &Number,
    matches: &mut Vec<Match>,
) -> rusqlite::Result<()> {
    let (Some(national), Some(code)) = (number.national_digits(), number.calling_code()) else {
        return Ok(());
    };
    let e164 = number.e164.as_deref().unwrap_or_default();
    for bare in [national, e164.trim_start_matches('+')] {
        if let Some(bare) = digits(bare) {
            take(db, matches, &Key::Bare(bare), Rule::Digits)?;
        }
    }
    let codes: Vec<i64> = db
        .prepare_cached("SELECT DISTINCT code FROM accounts WHERE code > 0")?
        .query_map([], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for other in codes.iter().map(i64::to_string).filter(|other| other != code) {
        // In Italy, among others, the zero in front is part of the number.
        for read in [format!("{other}{national}"), format!("{other}0{national}")] {
            let Some(read) = digits(&read) else { continue };
            for mut found in at(db, &Key::Public(read))? {
                if found.why.rule == Rule::National {
                    found.why.rule = Rule::Digits;
                    keep_surest(matches, found);
                }
            }
        }
    }
    Ok(())
}

/// Adds what is kept under a key, by no better rule than `least`.
fn take(db: &Connection, matches: &mut Vec<Match>, key: &Key, least: Rule) -> rusqlite::Result<()> {
    for mut found in at(db, key)? {
        found.why.rule = found.why.rule.max(least);
        keep_surest(matches, found);
    }
    Ok(())
}

/// A contact that two forms lead to is one match, by the surer rule.
fn keep_surest(matches: &mut Vec<Match>, found: Match) {
    match matches.iter_mut().find(|m| m.contact.reference == found.contact.reference) {
        Some(known) if known.why.rule <= found.why.rule => {}
        Some(known) => *known = found,
        None => matches.push(found),
    }
}

fn at(db: &Connection, key: &Key) -> rusqlite::Result<Vec<Match>> {
    db.prepare_cached(
        "SELECT k.account, k.kind, c.id, c.checked_at, c.body, p.rule, p.place
         FROM phones p CROSS JOIN contacts c ON c.key = p.contact
         CROSS JOIN kinds k ON k.key = c.kind
         WHERE p.space = ?1 AND p.number = ?2 LIMIT ?3",
    )?
    .query_map(params![key.space(), key, MATCHES_MAX], |row| {
        let body: Body = from_json(row.get_ref(4)?.as_str()?)?;
        let place: Option<u32> = row.get(6)?;
        let why = Why {
            rule: rule_numbered(row.get(5)?),
            field: place.and_then(|place| body.field(place)).map(str::to_owned),
            origin: Origin::Directory,
            checked_at: time(row.get(3)?),
        };
        Ok(Match { contact: body.into_contact(reference(row, 0)?), why, remembered: false })
    })?
    .collect()
}

fn remembered(db: &Connection, number: i64) -> rusqlite::Result<Vec<ContactRef>> {
    db.prepare_cached("SELECT account, kind, id FROM remembered WHERE number = ?1")?
        .query_map([number], |row| reference(row, 0))?
        .collect()
}

fn answers(db: &Connection, number: i64) -> rusqlite::Result<Vec<PastAnswer>> {
    db.prepare_cached("SELECT account, at, found FROM answers WHERE number = ?1")?
        .query_map([number], |row| {
            Ok(PastAnswer {
                account: AccountId::new(row.get::<_, String>(0)?),
                at: time(row.get(1)?),
                found: row.get(2)?,
            })
        })?
        .collect()
}

pub(super) fn contact(db: &Connection, contact: &ContactRef) -> rusqlite::Result<Option<Entry>> {
    db.prepare_cached(
        "SELECT k.account, k.kind, c.id, c.checked_at, c.body
         FROM kinds k JOIN contacts c ON c.kind = k.key
         WHERE k.account = ?1 AND k.kind = ?2 AND c.id = ?3",
    )?
    .query_row(params![contact.account.as_str(), contact.kind, contact.id], entry)
    .optional()
}

/// An entry from the columns `account, kind, id, checked_at, body`.
pub(super) fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    let body: Body = from_json(row.get_ref(4)?.as_str()?)?;
    Ok(Entry { contact: body.into_contact(reference(row, 0)?), checked_at: time(row.get(3)?) })
}
