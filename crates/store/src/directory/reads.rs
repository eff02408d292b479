//! What a ring asks, and one contact.

use jiff::Timestamp;
use ringside_domain::{AccountId, ContactRef, Match, Origin, Rule, Why};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::phones::rule_named;
use super::{Entry, Known, PastAnswer};
use crate::database::{from_json, instant};

/// Most contacts of one number that a lookup reads.
const MATCHES_MAX: u32 = 500;

pub(super) fn lookup(db: &Connection, forms: &[String]) -> rusqlite::Result<Known> {
    let mut known = Known::default();
    for (at, form) in forms.iter().enumerate() {
        for chosen in remembered(db, form)? {
            // The number itself comes first and wins over its other forms.
            if !known.remembered.iter().any(|r| r.account == chosen.account) {
                known.remembered.push(chosen);
            }
        }
        for mut found in matches(db, form)? {
            if at > 0 {
                found.why.rule = found.why.rule.max(Rule::Renumbered);
            }
            keep_surest(&mut known.matches, found);
        }
    }
    if let Some(number) = forms.first() {
        known.answers = answers(db, number)?;
    }
    for found in &mut known.matches {
        found.remembered = known.remembered.contains(&found.contact.reference);
    }
    known.matches.sort_by(|a, b| {
        (!a.remembered, a.why.rule)
            .cmp(&(!b.remembered, b.why.rule))
            .then_with(|| b.contact.last_activity_at.cmp(&a.contact.last_activity_at))
            .then_with(|| a.contact.name.cmp(&b.contact.name))
            .then_with(|| a.contact.reference.cmp(&b.contact.reference))
    });
    Ok(known)
}

/// A contact that two forms lead to is one match, by the surer rule.
fn keep_surest(matches: &mut Vec<Match>, found: Match) {
    match matches.iter_mut().find(|m| m.contact.reference == found.contact.reference) {
        Some(known) if known.why.rule <= found.why.rule => {}
        Some(known) => *known = found,
        None => matches.push(found),
    }
}

fn matches(db: &Connection, e164: &str) -> rusqlite::Result<Vec<Match>> {
    db.prepare_cached(
        "SELECT c.contact, p.rule, p.field, p.checked_at
         FROM phones p JOIN contacts c USING (account, kind, id)
         WHERE p.e164 = ?1 LIMIT ?2",
    )?
    .query_map(params![e164, MATCHES_MAX], |row| {
        let why = Why {
            rule: rule_named(row.get_ref(1)?.as_str()?),
            field: row.get(2)?,
            origin: Origin::Directory,
            checked_at: instant(row.get_ref(3)?.as_str()?)?,
        };
        Ok(Match { contact: from_json(row.get_ref(0)?.as_str()?)?, why, remembered: false })
    })?
    .collect()
}

fn remembered(db: &Connection, e164: &str) -> rusqlite::Result<Vec<ContactRef>> {
    db.prepare_cached("SELECT account, kind, id FROM remembered WHERE e164 = ?1")?
        .query_map([e164], |row| {
            let account = AccountId::new(row.get::<_, String>(0)?);
            Ok(ContactRef { account, kind: row.get(1)?, id: row.get(2)? })
        })?
        .collect()
}

fn answers(db: &Connection, e164: &str) -> rusqlite::Result<Vec<PastAnswer>> {
    db.prepare_cached("SELECT account, at, found FROM answers WHERE e164 = ?1")?
        .query_map([e164], |row| {
            let at: Timestamp = instant(row.get_ref(1)?.as_str()?)?;
            Ok(PastAnswer {
                account: AccountId::new(row.get::<_, String>(0)?),
                at,
                found: row.get(2)?,
            })
        })?
        .collect()
}

pub(super) fn contact(db: &Connection, contact: &ContactRef) -> rusqlite::Result<Option<Entry>> {
    db.prepare_cached(
        "SELECT contact, checked_at FROM contacts WHERE account = ?1 AND kind = ?2 AND id = ?3",
    )?
    .query_row(params![contact.account.as_str(), contact.kind, contact.id], entry)
    .optional()
}

/// An entry from the columns `contact, checked_at`.
pub(super) fn entry(row: &rusqlite::Row<'_>) -> rusqlite::Result<Entry> {
    Ok(Entry {
        contact: from_json(row.get_ref(0)?.as_str()?)?,
        checked_at: instant(row.get_ref(1)?.as_str()?)?,
    })
}
