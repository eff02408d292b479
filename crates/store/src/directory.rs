//! The directory: contacts, past getContact answers and remembered choices, for names at once.

use std::path::Path;

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, Contact, ContactRef, Match};

use crate::{DatabaseKey, Error, SetAside};

/// A handle to the directory. Clones share one writer and a pool of readers.
#[derive(Clone, Debug)]
pub struct Directory {}

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

#[allow(unused_variables, clippy::unused_async, clippy::unimplemented, reason = "being built")]
impl Directory {
    /// Opens or creates the directory. A damaged file is set aside, and a new one begun.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::TooNew`], [`Error::Io`]; none of them changes the file.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<(Self, Option<SetAside>), Error> {
        unimplemented!()
    }

    /// What is known of a number, given its E.164 forms (itself first). Microseconds; on the ring
    /// path, so synchronous, and never waits for a writer.
    pub fn lookup(&self, forms: &[String]) -> Result<Known, Error> {
        unimplemented!()
    }

    /// Keeps a complete getContact answer of one account: contacts that no longer come for the
    /// number lose it, the others are updated. `numbers` reads the stored phones.
    pub async fn put_answer(
        &self,
        account: &AccountId,
        e164: &str,
        contacts: &[Contact],
        numbers: &NumberContext,
        at: Timestamp,
    ) -> Result<(), Error> {
        unimplemented!()
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
        unimplemented!()
    }

    /// Forgets a contact that is gone from the CRM.
    pub async fn remove_contact(&self, contact: &ContactRef) -> Result<(), Error> {
        unimplemented!()
    }

    /// One contact.
    pub async fn contact(&self, contact: &ContactRef) -> Result<Option<Entry>, Error> {
        unimplemented!()
    }

    /// Contacts by name or number; all by name for an empty query. With the total.
    pub async fn search(
        &self,
        query: &str,
        offset: u32,
        limit: u32,
    ) -> Result<(Vec<Entry>, u32), Error> {
        unimplemented!()
    }

    /// Remembers whom a number was chosen to be, one for each account.
    pub async fn remember(&self, e164: &str, contact: &ContactRef) -> Result<(), Error> {
        unimplemented!()
    }

    /// Forgets whom a number was chosen to be, in all accounts.
    pub async fn forget(&self, e164: &str) -> Result<(), Error> {
        unimplemented!()
    }

    /// Erases all of an account.
    pub async fn erase_account(&self, account: &AccountId) -> Result<(), Error> {
        unimplemented!()
    }

    /// Waits for all writes so far and closes the file.
    pub async fn close(&self) -> Result<(), Error> {
        unimplemented!()
    }
}
