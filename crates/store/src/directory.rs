//! The directory: contacts, past getContact answers and remembered choices, for names at once.

use std::path::Path;

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, Contact, ContactRef, Match};

use crate::database::{Database, Plan};
use crate::{DatabaseKey, Error, SetAside};

mod phones;
mod reads;
mod search;
mod writes;

static PLAN: Plan = Plan {
    migrations: &[include_str!("directory/0001_contacts_phones_answers.sql")],
    // All of it can be asked for again.
    synchronous: "NORMAL",
};

/// A handle to the directory. Clones share one writer and a pool of readers.
#[derive(Clone, Debug)]
pub struct Directory {
    database: Database,
}

/// What is known of a number before anybody is asked.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Known {
    /// Contacts, best first, each with its origin [`ringside_domain::Origin::Directory`] and age.
    pub matches: Vec<Match>,
    /// Accounts that have answered for this number, with when, and whether they had nobody.
    pub answers: Vec<PastAnswer>,
    /// Contacts chosen for this number last time, one for each account.
    pub remembered: Vec<ContactRef>,
}

/// A past getContact answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PastAnswer {
    /// Whose.
    pub account: AccountId,
    /// When.
    pub at: Timestamp,
    /// How many contacts it had.
    pub found: u32,
}

/// A contact of the directory, with its age.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The contact.
    pub contact: Contact,
    /// When the CRM last said so.
    pub checked_at: Timestamp,
}

impl Directory {
    /// Opens or creates the directory. A damaged file is set aside, and a new one begun.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::TooNew`], [`Error::Io`]; none of them changes the file.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<(Self, Option<SetAside>), Error> {
        let (database, set_aside) = Database::open(path, key, &PLAN)?;
        Ok((Self { database }, set_aside))
    }

    /// What is known of a number, given its E.164 forms (itself first). Microseconds; on the ring
    /// path, so synchronous, and never waits for a writer.
    pub fn lookup(&self, forms: &[String]) -> Result<Known, Error> {
        self.database.read_now(|db| reads::lookup(db, forms))
    }

    /// Keeps a complete getContact answer of one account: contacts that no longer come for the
    /// number, in any of its forms, lose it; the others are updated. A contact that has lost its
    /// number is still found by name. `numbers` reads the stored phones.
    pub async fn put_answer(
        &self,
        account: &AccountId,
        e164: &str,
        contacts: &[Contact],
        numbers: &NumberContext,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (account, e164, contacts) = (account.clone(), e164.to_owned(), contacts.to_vec());
        let numbers = numbers.clone();
        self.database
            .write(move |db| writes::put_answer(db, &account, &e164, &contacts, &numbers, at))
            .await
    }

    /// Keeps one contact as the CRM has it now. `e164`: a number known to be theirs though the CRM
    /// may not show it yet.
    pub async fn put_contact(
        &self,
        contact: &Contact,
        e164: Option<&str>,
        numbers: &NumberContext,
        at: Timestamp,
    ) -> Result<(), Error> {
        let (contact, e164) = (contact.clone(), e164.map(str::to_owned));
        let numbers = numbers.clone();
        self.database
            .write(move |db| writes::put_contact(db, &contact, e164.as_deref(), &numbers, at))
            .await
    }

    /// Forgets a contact that is gone from the CRM.
    pub async fn remove_contact(&self, contact: &ContactRef) -> Result<(), Error> {
        let contact = contact.clone();
        self.database.write(move |db| writes::remove_contact(db, &contact)).await
    }

    /// One contact.
    pub async fn contact(&self, contact: &ContactRef) -> Result<Option<Entry>, Error> {
        let contact = contact.clone();
        self.database.read(move |db| reads::contact(db, &contact)).await
    }

    /// Contacts by name or number; all by name for an empty query. With the total.
    ///
    /// Every word must begin a word of name or company, whatever its accents and case; a number
    /// is found by any three or more of its digits in a row.
    pub async fn search(
        &self,
        query: &str,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Entry>, u32), Error> {
        let query = query.to_owned();
        self.database.read(move |db| search::search(db, &query, offset, limit)).await
    }

    /// Remembers whom a number was chosen to be, one for each account.
    pub async fn remember(&self, e164: &str, contact: &ContactRef) -> Result<(), Error> {
        let (e164, contact) = (e164.to_owned(), contact.clone());
        self.database.write(move |db| writes::remember(db, &e164, &contact)).await
    }

    /// Forgets whom a number was chosen to be, in all accounts.
    pub async fn forget(&self, e164: &str) -> Result<(), Error> {
        let e164 = e164.to_owned();
        self.database.write(move |db| writes::forget(db, &e164)).await
    }

    /// Erases all of an account.
    pub async fn erase_account(&self, account: &AccountId) -> Result<(), Error> {
        let account = account.clone();
        self.database.write(move |db| writes::erase_account(db, &account)).await
    }

    /// Waits for all writes so far and closes the file. Every clone answers [`Error::Closed`]
    /// from then on.
    pub async fn close(&self) -> Result<(), Error> {
        self.database.close().await
    }
}
