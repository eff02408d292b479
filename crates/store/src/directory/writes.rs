//! What the writer thread does.

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, Contact, ContactRef, Rule};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::phones::{self, Phone};
use crate::database::to_json;

pub(super) fn put_answer(
    db: &Connection,
    account: &AccountId,
    e164: &str,
    contacts: &[Contact],
    numbers: &NumberContext,
    at: Timestamp,
) -> rusqlite::Result<()> {
    // An answer speaks for its own account only.
    let contacts: Vec<&Contact> =
        contacts.iter().filter(|c| &c.reference.account == account).collect();
    for form in phones::forms(e164, numbers) {
        db.prepare_cached("DELETE FROM phones WHERE e164 = ?1 AND account = ?2")?
            .execute(params![form, account.as_str()])?;
    }
    for contact in &contacts {
        put_contact(db, contact, Some(e164), numbers, at)?;
    }
    db.prepare_cached(
        "INSERT INTO answers (e164, account, at, found) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (e164, account) DO UPDATE SET at = ?3, found = ?4",
    )?
    .execute(params![
        e164,
        account.as_str(),
        at.to_string(),
        u32::try_from(contacts.len()).unwrap_or(u32::MAX),
    ])?;
    Ok(())
}

pub(super) fn put_contact(
    db: &Connection,
    contact: &Contact,
    e164: Option<&str>,
    numbers: &NumberContext,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let who = &contact.reference;
    let key: i64 = db
        .prepare_cached(
            "INSERT INTO contacts (account, kind, id, name, checked_at, contact)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (account, kind, id) DO UPDATE
               SET name = ?4, checked_at = ?5, contact = ?6
             RETURNING key",
        )?
        .query_row(
            params![
                who.account.as_str(),
                who.kind,
                who.id,
                contact.name.to_lowercase(),
                at.to_string(),
                to_json(contact)?,
            ],
            |row| row.get(0),
        )?;
    put_names(db, key, contact)?;

    let mut found = phones::of(contact, numbers);
    db.prepare_cached(
        "DELETE FROM phones WHERE account = ?1 AND kind = ?2 AND id = ?3 AND told = 0",
    )?
    .execute(params![who.account.as_str(), who.kind, who.id])?;
    for phone in &found {
        put_phone(db, who, phone, false, at)?;
    }
    if let Some(e164) = e164 {
        // Told and shown: the stored phone says why. Told and not shown: only that it was told.
        found.retain(|phone| phone.e164 == e164);
        let told = Phone { e164: e164.to_owned(), rule: Rule::Reported, field: None };
        put_phone(db, who, found.first().unwrap_or(&told), found.is_empty(), at)?;
    }
    Ok(())
}

fn put_phone(
    db: &Connection,
    who: &ContactRef,
    phone: &Phone,
    told: bool,
    at: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO phones (e164, account, kind, id, rule, field, told, checked_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
         ON CONFLICT (e164, account, kind, id) DO UPDATE
           SET rule = ?5, field = ?6, told = ?7, checked_at = ?8",
    )?
    .execute(params![
        phone.e164,
        who.account.as_str(),
        who.kind,
        who.id,
        phones::rule_name(phone.rule),
        phone.field,
        told,
        at.to_string(),
    ])?;
    Ok(())
}

fn put_names(db: &Connection, key: i64, contact: &Contact) -> rusqlite::Result<()> {
    // Most contacts come again unchanged, and the index of words is the dearest of all writes.
    let company = contact.company.as_deref().unwrap_or_default();
    let same: Option<bool> = db
        .prepare_cached("SELECT name = ?2 AND company = ?3 FROM names WHERE rowid = ?1")?
        .query_row(params![key, contact.name, company], |row| row.get(0))
        .optional()?;
    match same {
        Some(true) => return Ok(()),
        Some(false) => {
            db.prepare_cached("DELETE FROM names WHERE rowid = ?1")?.execute([key])?;
        }
        None => {}
    }
    db.prepare_cached("INSERT INTO names (rowid, name, company) VALUES (?1, ?2, ?3)")?
        .execute(params![key, contact.name, company])?;
    Ok(())
}

pub(super) fn remove_contact(db: &Connection, who: &ContactRef) -> rusqlite::Result<()> {
    let named = params![who.account.as_str(), who.kind, who.id];
    for sql in [
        "DELETE FROM names WHERE rowid IN
           (SELECT key FROM contacts WHERE account = ?1 AND kind = ?2 AND id = ?3)",
        "DELETE FROM contacts WHERE account = ?1 AND kind = ?2 AND id = ?3",
        "DELETE FROM phones WHERE account = ?1 AND kind = ?2 AND id = ?3",
        "DELETE FROM remembered WHERE account = ?1 AND kind = ?2 AND id = ?3",
    ] {
        db.prepare_cached(sql)?.execute(named)?;
    }
    Ok(())
}

pub(super) fn remember(db: &Connection, e164: &str, who: &ContactRef) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO remembered (e164, account, kind, id) VALUES (?1, ?2, ?3, ?4)
         ON CONFLICT (e164, account) DO UPDATE SET kind = ?3, id = ?4",
    )?
    .execute(params![e164, who.account.as_str(), who.kind, who.id])?;
    Ok(())
}

pub(super) fn forget(db: &Connection, e164: &str) -> rusqlite::Result<()> {
    db.prepare_cached("DELETE FROM remembered WHERE e164 = ?1")?.execute([e164])?;
    Ok(())
}

pub(super) fn erase_account(db: &Connection, account: &AccountId) -> rusqlite::Result<()> {
    for sql in [
        "DELETE FROM names WHERE rowid IN (SELECT key FROM contacts WHERE account = ?1)",
        "DELETE FROM contacts WHERE account = ?1",
        "DELETE FROM phones WHERE account = ?1",
        "DELETE FROM answers WHERE account = ?1",
        "DELETE FROM remembered WHERE account = ?1",
    ] {
        db.prepare_cached(sql)?.execute([account.as_str()])?;
    }
    // Merges the index of words, which would otherwise keep what was deleted until later.
    db.execute_batch("INSERT INTO names (names) VALUES ('optimize')")
}
