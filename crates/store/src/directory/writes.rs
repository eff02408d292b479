//! What an answer or a contact changes.

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, Contact, ContactRef, Rule};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::body::Body;
use super::phones::{self, Key, Phone};
use crate::database::{from_json, micros, to_json};

/// A contact, made ready for its rows off the writer's thread: reading numbers is the dearest part.
pub(super) struct Ready {
    who: ContactRef,
    name: String,
    body: Body,
    json: String,
    phones: Vec<Phone>,
}

impl Ready {
    pub(super) fn new(contact: &Contact, numbers: &NumberContext) -> rusqlite::Result<Self> {
        let body = Body::of(contact);
        Ok(Self {
            who: contact.reference.clone(),
            name: contact.name.to_lowercase(),
            json: to_json(&body)?,
            body,
            phones: phones::of(contact, numbers),
        })
    }
}

/// Keeps what an account answered for a number, given the number's forms (itself first).
pub(super) fn put_answer(
    db: &Connection,
    account: &AccountId,
    forms: &[i64],
    contacts: &[Ready],
    at: Timestamp,
) -> rusqlite::Result<()> {
    let Some(number) = forms.first() else { return Ok(()) };
    for form in forms {
        lose_number(db, account, *form)?;
    }
    // An answer speaks for its own account only.
    let contacts: Vec<_> = contacts.iter().filter(|c| &c.who.account == account).collect();
    for contact in &contacts {
        put(db, contact, Some(*number), at, None)?;
    }
    db.prepare_cached(
        "INSERT INTO answers (number, account, at, found) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (number, account) DO UPDATE SET at = ?3, found = ?4",
    )?
    .execute(params![
        number,
        account.as_str(),
        micros(at),
        u32::try_from(contacts.len()).unwrap_or(u32::MAX),
    ])?;
    Ok(())
}

/// No contact of the account has the number any more.
fn lose_number(db: &Connection, account: &AccountId, number: i64) -> rusqlite::Result<()> {
    let had: Vec<i64> = db
        .prepare_cached(
            "SELECT p.contact FROM phones p CROSS JOIN contacts c ON c.key = p.contact
             CROSS JOIN kinds k ON k.key = c.kind
             WHERE p.space = 0 AND p.number = ?1 AND k.account = ?2",
        )?
        .query_map(params![number, account.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for contact in had {
        let mut left = phones_of(db, contact)?;
        left.retain(|phone| phone.key != Key::Public(number));
        put_phones(db, contact, left)?;
    }
    Ok(())
}

/// Writes a contact. `told`: a number that is theirs, though their phones need not show it.
/// `seen`: the pull of everything that lists it.
pub(super) fn put(
    db: &Connection,
    contact: &Ready,
    told: Option<i64>,
    at: Timestamp,
    seen: Option<i64>,
) -> rusqlite::Result<()> {
    let kind = kind(db, &contact.who)?;
    let old: Option<(i64, String)> = db
        .prepare_cached("SELECT key, body FROM contacts WHERE kind = ?1 AND id = ?2")?
        .query_row(params![kind, contact.who.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let key = match &old {
        Some((key, body)) => {
            if *body != contact.json {
                let before: Body = from_json(body)?;
                put_words(db, *key, Some(&before), &contact.body)?;
            }
            db.prepare_cached(
                "UPDATE contacts
                 SET name = ?2, checked_at = ?3, seen = coalesce(?4, seen), body = ?5
                 WHERE key = ?1",
            )?
            .execute(params![key, contact.name, micros(at), seen, contact.json])?;
            *key
        }
        None => {
            let key = db
                .prepare_cached(
                    "INSERT INTO contacts (kind, id, name, checked_at, seen, body)
                     VALUES (?1, ?2, ?3, ?4, coalesce(?5, 0), ?6)",
                )?
                .insert(params![
                    kind,
                    contact.who.id,
                    contact.name,
                    micros(at),
                    seen,
                    contact.json
                ])?;
            put_words(db, key, None, &contact.body)?;
            key
        }
    };
    let mut wanted = contact.phones.clone();
    let is_new = old.is_none();
    if !is_new {
        // Numbers that the CRM told of and does not show stay until an answer takes them away.
        let told = phones_of(db, key)?.into_iter().filter(|phone| phone.place.is_none());
        wanted.extend(told.filter(|told| contact.phones.iter().all(|p| p.key != told.key)));
    }
    if let Some(told) = told.map(Key::Public)
        && wanted.iter().all(|phone| phone.key != told)
    {
        wanted.push(Phone { key: told, rule: Rule::Reported, place: None });
    }
    if is_new { add_phones(db, key, &wanted) } else { put_phones(db, key, wanted) }
}

/// The number of an account's kind of contacts.
fn kind(db: &Connection, who: &ContactRef) -> rusqlite::Result<i64> {
    let named = params![who.account.as_str(), who.kind];
    let known = db
        .prepare_cached("SELECT key FROM kinds WHERE account = ?1 AND kind = ?2")?
        .query_row(named, |row| row.get(0))
        .optional()?;
    match known {
        Some(key) => Ok(key),
        None => {
            db.prepare_cached("INSERT INTO kinds (account, kind) VALUES (?1, ?2)")?.insert(named)
        }
    }
}

fn phones_of(db: &Connection, contact: i64) -> rusqlite::Result<Vec<Phone>> {
    db.prepare_cached("SELECT space, number, rule, place FROM phones WHERE contact = ?1")?
        .query_map([contact], |row| {
            let key = match row.get(0)? {
                0 => Key::Public(row.get(1)?),
                1 => Key::Bare(row.get(1)?),
                _ => Key::Extension(row.get(1)?),
            };
            Ok(Phone { key, rule: phones::rule_numbered(row.get(2)?), place: row.get(3)? })
        })?
        .collect()
}

/// Makes these the numbers of a contact. Most contacts come again unchanged.
fn put_phones(db: &Connection, contact: i64, mut wanted: Vec<Phone>) -> rusqlite::Result<()> {
    let mut old = phones_of(db, contact)?;
    old.sort_unstable();
    wanted.sort_unstable();
    if old == wanted {
        return Ok(());
    }
    let (before, after) = (phones::runs(&old), phones::runs(&wanted));
    if before != after {
        lose_digits(db, contact, &before)?;
    }
    db.prepare_cached("DELETE FROM phones WHERE contact = ?1")?.execute([contact])?;
    insert_phones(db, contact, &wanted)?;
    if before != after { add_digits(db, contact, &after) } else { Ok(()) }
}

fn add_phones(db: &Connection, contact: i64, phones: &[Phone]) -> rusqlite::Result<()> {
    insert_phones(db, contact, phones)?;
    add_digits(db, contact, &phones::runs(phones))
}

fn insert_phones(db: &Connection, contact: i64, phones: &[Phone]) -> rusqlite::Result<()> {
    let mut insert = db.prepare_cached(
        "INSERT INTO phones (space, number, contact, rule, place) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for Phone { key, rule, place } in phones {
        insert.execute(params![key.space(), key, contact, phones::rule_number(*rule), place])?;
    }
    Ok(())
}

fn add_digits(db: &Connection, contact: i64, runs: &str) -> rusqlite::Result<()> {
    if !runs.is_empty() {
        db.prepare_cached("INSERT INTO digits (rowid, runs) VALUES (?1, ?2)")?
            .execute(params![contact, runs])?;
    }
    Ok(())
}

fn lose_digits(db: &Connection, contact: i64, runs: &str) -> rusqlite::Result<()> {
    if !runs.is_empty() {
        db.prepare_cached("INSERT INTO digits (digits, rowid, runs) VALUES ('delete', ?1, ?2)")?
            .execute(params![contact, runs])?;
    }
    Ok(())
}

fn put_words(
    db: &Connection,
    key: i64,
    before: Option<&Body>,
    after: &Body,
) -> rusqlite::Result<()> {
    // The index of words is the dearest of all writes.
    if before.is_some_and(|before| before.words() == after.words()) {
        return Ok(());
    }
    if let Some(before) = before {
        lose_words(db, key, before)?;
    }
    let (name, company) = after.words();
    db.prepare_cached("INSERT INTO names (rowid, name, company) VALUES (?1, ?2, ?3)")?
        .execute(params![key, name, company])?;
    Ok(())
}

fn lose_words(db: &Connection, key: i64, body: &Body) -> rusqlite::Result<()> {
    let (name, company) = body.words();
    db.prepare_cached(
        "INSERT INTO names (names, rowid, name, company) VALUES ('delete', ?1, ?2, ?3)",
    )?
    .execute(params![key, name, company])?;
    Ok(())
}

/// Answers whether there was one.
pub(super) fn remove_contact(db: &Connection, who: &ContactRef) -> rusqlite::Result<bool> {
    let named = params![who.account.as_str(), who.kind, who.id];
    let key: Option<i64> = db
        .prepare_cached(
            "SELECT c.key FROM kinds k JOIN contacts c ON c.kind = k.key
             WHERE k.account = ?1 AND k.kind = ?2 AND c.id = ?3",
        )?
        .query_row(named, |row| row.get(0))
        .optional()?;
    if let Some(key) = key {
        remove(db, key)?;
    }
    db.prepare_cached("DELETE FROM remembered WHERE account = ?1 AND kind = ?2 AND id = ?3")?
        .execute(named)?;
    Ok(key.is_some())
}

/// Removes a contact and all that points to it.
pub(super) fn remove(db: &Connection, key: i64) -> rusqlite::Result<()> {
    let body: String = db
        .prepare_cached("SELECT body FROM contacts WHERE key = ?1")?
        .query_row([key], |row| row.get(0))?;
    lose_words(db, key, &from_json(&body)?)?;
    lose_digits(db, key, &phones::runs(&phones_of(db, key)?))?;
    for sql in [
        "DELETE FROM remembered WHERE (account, kind, id) =
           (SELECT k.account, k.kind, c.id FROM contacts c JOIN kinds k ON k.key = c.kind
            WHERE c.key = ?1)",
        "DELETE FROM phones WHERE contact = ?1",
        "DELETE FROM contacts WHERE key = ?1",
    ] {
        db.prepare_cached(sql)?.execute([key])?;
    }
    Ok(())
}

pub(super) fn remember(db: &Connection, number: i64, who: &ContactRef) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO remembered (number, account, kind, id) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (number, account) DO UPDATE SET kind = ?3, id = ?4",
    )?
    .execute(params![number, who.account.as_str(), who.kind, who.id])?;
    Ok(())
}

pub(super) fn forget(db: &Connection, number: i64) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM remembered WHERE number = ?1")?.execute([number])?;
    Ok(())
}

pub(super) fn erase_account(db: &Connection, account: &AccountId) -> rusqlite::Result<()> {
    let keys: Vec<i64> = db
        .prepare_cached(
            "SELECT c.key FROM kinds k JOIN contacts c ON c.kind = k.key WHERE k.account = ?1",
        )?
        .query_map([account.as_str()], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for key in keys {
        remove(db, key)?;
    }
    for sql in [
        "DELETE FROM kinds WHERE account = ?1",
        "DELETE FROM answers WHERE account = ?1",
        "DELETE FROM remembered WHERE account = ?1",
        "DELETE FROM accounts WHERE account = ?1",
    ] {
        db.prepare_cached(sql)?.execute([account.as_str()])?;
    }
    Ok(())
}
