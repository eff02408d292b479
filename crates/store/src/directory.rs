//! The directory: contacts, past getContact answers and remembered choices, for names at once.

use std::path::Path;

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, Contact, ContactRef, Match, Number};

use crate::database::{Database, Plan};
use crate::{DatabaseKey, Error, SetAside};
use writes::Ready;

pub use pulls::{Pull, Pulls};

mod body;
mod phones;
mod pulls;
mod reads;
mod search;
mod writes;

static PLAN: Plan = Plan {
    migrations: &[
        include_str!("directory/0001_contacts_phones_answers.sql"),
        include_str!("directory/0002_numbers_and_pulls.sql"),
    ],
    // All of it can be asked for again.
    synchronous: "NORMAL",
    // Numbers lie all over their table: a pull of a million contacts that did not fit here would
    // write each page of it thousands of times. A ring's pages are few and stay.
    cache_kib: (64_000, 8_000),
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

    /// What is known of a number or extension: also in its other forms, and by its national digits
    /// alone. Microseconds; on the ring path, so synchronous, and never waits for a writer.
    pub fn lookup(&self, number: &Number) -> Result<Known, Error> {
        self.database.read_now(|db| reads::lookup(db, number))
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
        let (account, numbers) = (account.clone(), numbers.clone());
        let forms = phones::forms(e164, &numbers);
        let contacts = ready(contacts, &numbers)?;
        self.database
            .write(move |db| {
                pulls::note_region(db, &account, &numbers)?;
                writes::put_answer(db, &account, &forms, &contacts, at)
            })
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
        let (account, numbers) = (contact.reference.account.clone(), numbers.clone());
        let contacts = ready(std::slice::from_ref(contact), &numbers)?;
        let told = e164.and_then(phones::digits);
        self.database
            .write(move |db| {
                pulls::note_region(db, &account, &numbers)?;
                contacts.iter().try_for_each(|contact| writes::put(db, contact, told, at, None))
            })
            .await
    }

    /// What is known of an account's contacts in bulk.
    pub async fn pulls(&self, account: &AccountId) -> Result<Pulls, Error> {
        let account = account.clone();
        self.database.read(move |db| pulls::pulls(db, &account)).await
    }

    /// Begins to pull what changed since then, or everything. A pull that runs is given up.
    pub async fn begin_pull(
        &self,
        account: &AccountId,
        since: Option<Timestamp>,
        at: Timestamp,
    ) -> Result<(), Error> {
        let account = account.clone();
        self.database.write(move |db| pulls::begin(db, &account, since, at)).await
    }

    /// Keeps a page of the pull that began then, together with where the next one begins. `next` is
    /// none behind the last page: that ends the pull, and what a pull of everything did not list is
    /// removed. Answers how many contacts are gone. A page of a pull that was given up changes
    /// nothing.
    #[allow(clippy::too_many_arguments, reason = "what a page is made of")]
    pub async fn put_page(
        &self,
        account: &AccountId,
        started: Timestamp,
        contacts: Vec<Contact>,
        deleted: Vec<ContactRef>,
        next: Option<String>,
        numbers: &NumberContext,
        at: Timestamp,
    ) -> Result<u32, Error> {
        let (account, numbers) = (account.clone(), numbers.clone());
        let reading = numbers.clone();
        let contacts = tokio::task::spawn_blocking(move || {
            let own = contacts.into_iter().filter(|c| c.reference.account == account);
            let own: Vec<Contact> = own.collect();
            ready(&own, &reading).map(|ready| (account, ready))
        });
        let (account, contacts) = contacts.await.unwrap_or(Err(Error::Closed))?;
        let page = pulls::Page { contacts, deleted, next };
        self.database
            .write_bulk(move |db| pulls::put_page(db, &account, started, page, &numbers, at))
            .await
    }

    /// Forgets a contact that is gone from the CRM.
    pub async fn remove_contact(&self, contact: &ContactRef) -> Result<(), Error> {
        let contact = contact.clone();
        self.database.write(move |db| writes::remove_contact(db, &contact).map(drop)).await
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
        let Some(number) = phones::digits(e164) else { return Ok(()) };
        let contact = contact.clone();
        self.database.write(move |db| writes::remember(db, number, &contact)).await
    }

    /// Forgets whom a number was chosen to be, in all accounts.
    pub async fn forget(&self, e164: &str) -> Result<(), Error> {
        let Some(number) = phones::digits(e164) else { return Ok(()) };
        self.database.write(move |db| writes::forget(db, number)).await
    }

    /// Erases all of an account.
    pub async fn erase_account(&self, account: &AccountId) -> Result<(), Error> {
        let account = account.clone();
        self.database.write_bulk(move |db| writes::erase_account(db, &account)).await
    }

    /// Empties the write-ahead log into the file, so that nothing that was deleted is left in it, and
    /// gives memory back. Waits for all writes so far.
    ///
    /// # Errors
    /// [`Error::Io`] while a reader looks at the log for longer than some seconds.
    pub async fn tidy(&self) -> Result<(), Error> {
        self.database.tidy().await
    }

    /// Waits for all writes so far and closes the file. Every clone answers [`Error::Closed`]
    /// from then on.
    pub async fn close(&self) -> Result<(), Error> {
        self.database.close().await
    }
}

/// Fewer contacts than this are read on one thread.
const SHARE_MIN: usize = 1_000;

/// Contacts with their numbers read; many of them on all processors, since that takes longer than
/// to write them.
fn ready(contacts: &[Contact], numbers: &NumberContext) -> Result<Vec<Ready>, Error> {
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let share = contacts.len().div_ceil(threads).max(SHARE_MIN);
    let read = |contacts: &[Contact]| -> rusqlite::Result<Vec<Ready>> {
        contacts.iter().map(|contact| Ready::new(contact, numbers)).collect()
    };
    let failed = |error: rusqlite::Error| Error::Database(error.to_string());
    if contacts.len() <= share {
        return read(contacts).map_err(failed);
    }
    std::thread::scope(|scope| {
        let shares: Vec<_> =
            contacts.chunks(share).map(|share| scope.spawn(move || read(share))).collect();
        let mut ready = Vec::with_capacity(contacts.len());
        for share in shares {
            // Reading never panics; were it to, the page would be pulled again.
            let share = share.join().map_err(|_| Error::Closed)?;
            ready.extend(share.map_err(failed)?);
        }
        Ok(ready)
    })
}
