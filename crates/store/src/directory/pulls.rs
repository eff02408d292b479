//! How far the contacts of each account have been pulled.

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, ContactRef};
use rusqlite::{Connection, OptionalExtension as _, params};

use super::writes::{self, Ready};
use crate::database::{bounded, micros, time};

/// What is known of an account's contacts in bulk.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pulls {
    /// Contacts of the account in the directory.
    pub contacts: u32,
    /// The pull that has begun and not ended, also before a restart.
    pub running: Option<Pull>,
    /// When the last finished pull began.
    pub finished: Option<Timestamp>,
    /// When the last finished pull of everything began.
    pub finished_all: Option<Timestamp>,
    /// The region by which the numbers of that pull were read.
    pub region: Option<String>,
}

/// A pull that has begun.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pull {
    /// When.
    pub started: Timestamp,
    /// What changed since then; everything if none.
    pub since: Option<Timestamp>,
    /// Where it goes on; the beginning if none.
    pub cursor: Option<String>,
    /// Contacts that it has listed so far.
    pub listed: u32,
}

/// A page of contacts, for [`super::Directory::put_page`].
#[derive(Debug)]
pub(super) struct Page {
    pub(super) contacts: Vec<Ready>,
    pub(super) deleted: Vec<ContactRef>,
    pub(super) next: Option<String>,
}

impl std::fmt::Debug for Ready {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Ready")
    }
}

pub(super) fn pulls(db: &Connection, account: &AccountId) -> rusqlite::Result<Pulls> {
    let contacts = db
        .prepare_cached("SELECT coalesce(sum(contacts), 0) FROM kinds WHERE account = ?1")?
        .query_row([account.as_str()], |row| row.get(0))?;
    let known = db
        .prepare_cached(
            "SELECT started, since, cursor, listed, pulled, pulled_all, region
             FROM accounts WHERE account = ?1",
        )?
        .query_row([account.as_str()], |row| {
            let instant = |at: Option<i64>| at.map(time);
            let started = instant(row.get(0)?);
            let (since, cursor, listed) = (instant(row.get(1)?), row.get(2)?, row.get(3)?);
            Ok(Pulls {
                contacts,
                running: started.map(|started| Pull { started, since, cursor, listed }),
                finished: instant(row.get(4)?),
                finished_all: instant(row.get(5)?),
                region: row.get(6)?,
            })
        })
        .optional()?;
    Ok(known.unwrap_or(Pulls { contacts, ..Pulls::default() }))
}

/// Begins a pull: of what changed since then, or of everything. One that runs is given up.
pub(super) fn begin(
    db: &Connection,
    account: &AccountId,
    since: Option<Timestamp>,
    at: Timestamp,
) -> rusqlite::Result<()> {
    db.prepare_cached(
        "INSERT INTO accounts (account, started, whole, since, generation)
         VALUES (?1, ?2, ?3, ?4, 1)
         ON CONFLICT (account) DO UPDATE SET started = ?2, whole = ?3, since = ?4,
           generation = generation + ?3, cursor = NULL, listed = 0",
    )?
    .execute(params![account.as_str(), micros(at), since.is_none(), since.map(micros)])?;
    Ok(())
}

/// Keeps a page of the running pull and where the next one begins; behind the last page, ends it
/// and removes what it no longer lists. Answers how many contacts are gone. A page of a pull that
/// was given up meanwhile changes nothing.
pub(super) fn put_page(
    db: &Connection,
    account: &AccountId,
    started: Timestamp,
    page: Page,
    numbers: &NumberContext,
    at: Timestamp,
) -> rusqlite::Result<u32> {
    let running: Option<(bool, i64)> = db
        .prepare_cached(
            "SELECT whole, generation FROM accounts WHERE account = ?1 AND started = ?2",
        )?
        .query_row(params![account.as_str(), micros(started)], |row| Ok((row.get(0)?, row.get(1)?)))
        .optional()?;
    let Some((whole, generation)) = running else { return Ok(0) };
    let listed = u32::try_from(page.contacts.len()).unwrap_or(u32::MAX);
    for contact in page.contacts {
        writes::put(db, &contact, None, at, whole.then_some(generation))?;
    }
    let mut gone = 0;
    for who in page.deleted.iter().filter(|who| &who.account == account) {
        gone += u32::from(writes::remove_contact(db, who)?);
    }
    db.prepare_cached("UPDATE accounts SET cursor = ?2, listed = listed + ?3 WHERE account = ?1")?
        .execute(params![account.as_str(), page.next.clone().map(bounded).transpose()?, listed])?;
    if page.next.is_none() {
        if whole {
            gone += sweep(db, account, generation)?;
        }
        note_region(db, account, numbers)?;
        db.prepare_cached(
            "UPDATE accounts SET pulled = started, started = NULL,
               pulled_all = iif(whole, started, pulled_all),
               region = iif(whole, ?2, region)
             WHERE account = ?1",
        )?
        .execute(params![account.as_str(), numbers.region.as_str()])?;
    }
    Ok(gone)
}

/// Keeps the country whose national numbers an account stores.
pub(super) fn note_region(
    db: &Connection,
    account: &AccountId,
    numbers: &NumberContext,
) -> rusqlite::Result<()> {
    let code = numbers.region.calling_code().unwrap_or_default();
    db.prepare_cached(
        "INSERT INTO accounts (account, code) VALUES (?1, ?2)
         ON CONFLICT (account) DO UPDATE SET code = ?2 WHERE code != ?2",
    )?
    .execute(params![account.as_str(), code])?;
    Ok(())
}

/// Removes what an earlier pull of everything listed and the latest one does not. Contacts that no
/// pull has ever listed came with answers, perhaps of a kind that no pull lists; they stay.
fn sweep(db: &Connection, account: &AccountId, generation: i64) -> rusqlite::Result<u32> {
    let gone: Vec<i64> = db
        .prepare_cached(
            "SELECT c.key FROM kinds k JOIN contacts c ON c.kind = k.key
             WHERE k.account = ?1 AND c.seen > 0 AND c.seen < ?2",
        )?
        .query_map(params![account.as_str(), generation], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for key in &gone {
        writes::remove(db, *key)?;
    }
    Ok(u32::try_from(gone.len()).unwrap_or(u32::MAX))
}
