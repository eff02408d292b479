//! The journal: calls, notes, choices and logs, `synchronous=FULL`.

use std::path::Path;

use jiff::Timestamp;
use ringside_domain::{AccountId, Call, CallId, Choice, LogEntry, LogState, Match, SourceId};

use crate::database::{Database, Plan};
use crate::{DatabaseKey, Error, SetAside};

mod messages;
mod reads;
mod rows;
mod search;
mod writes;

static PLAN: Plan = Plan {
    migrations: &[
        include_str!("journal/0001_calls_notes_logs.sql"),
        include_str!("journal/0002_awaits_match.sql"),
        include_str!("journal/0003_messages.sql"),
    ],
    synchronous: "FULL",
    cache_kib: (2_000, 2_000),
};

/// A handle to the journal. Clones share one writer.
#[derive(Clone, Debug)]
pub struct Journal {
    database: Database,
}

/// Everything the journal knows of one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// The call.
    pub call: Call,
    /// To whom it belongs.
    pub choice: Choice,
    /// The agent's note.
    pub note: String,
    /// Contacts that fitted when last looked up, so that a list shows names without any CRM.
    pub matches: Vec<Match>,
    /// The agent said: do not log.
    pub declined: bool,
    /// It is not logged unless the agent asks: internal, withheld, imported, policy.
    pub exempt: bool,
    /// When it logs itself, if it does.
    pub auto_log_at: Option<Timestamp>,
    /// It logs itself once an answer shows whose it is, if one does.
    pub awaits_match: bool,
    /// Logs, one for each account.
    pub logs: Vec<(LogEntry, LogState)>,
}

/// Which calls to list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CallQuery {
    /// Only those with something left to decide or to send: over, not declined, not exempt, and no
    /// log, or a log that is not done.
    pub unlogged: bool,
    /// Only missed inbound calls.
    pub missed: bool,
    /// Name, number or note contains this, ignoring case.
    pub text: String,
    /// Older than this call (by start, then id).
    pub before: Option<CallId>,
    /// At most so many.
    pub limit: u32,
}

/// How many calls need what.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// See [`CallQuery::unlogged`].
    pub unlogged: u32,
    /// See [`CallQuery::missed`].
    pub missed: u32,
    /// Logs that wait for a person.
    pub parked: u32,
}

impl Journal {
    /// Opens or creates the journal. A damaged file is set aside, and a new one begun.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::TooNew`], [`Error::Io`]; none of them changes the file.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<(Self, Option<SetAside>), Error> {
        let (database, set_aside) = Database::open(path, key, &PLAN)?;
        Ok((Self { database }, set_aside))
    }

    /// Writes a call with choice, matches, flags; leaves note and logs as they are. Creates the
    /// record if there is none. A call of a lower revision than the stored one changes nothing:
    /// it is an older snapshot that comes late.
    ///
    /// # Errors
    /// [`Error::Database`] if another call has the same source key and start: one call is one
    /// record.
    pub async fn put(&self, record: &Record) -> Result<(), Error> {
        let row = rows::Row::of(record)?;
        self.database.write(move |db| writes::put(db, &row)).await
    }

    /// Writes the note of a call. Works before [`Journal::put`] too.
    ///
    /// # Errors
    /// [`Error::Database`] for a note of more than a megabyte; the stored one stays.
    pub async fn put_note(&self, call: CallId, text: &str) -> Result<(), Error> {
        let text = text.to_owned();
        self.database.write(move |db| writes::put_note(db, call, text)).await
    }

    /// Writes a log entry and its state, keyed by call and account.
    ///
    /// # Errors
    /// [`Error::Database`] if there is no record of the call.
    pub async fn put_log(&self, entry: &LogEntry, state: &LogState) -> Result<(), Error> {
        let (entry, state) = (entry.clone(), state.clone());
        self.database.write(move |db| writes::put_log(db, &entry, &state)).await
    }

    /// Changes the state of a log only if it still has the state it was decided upon: the one
    /// guard against two writers. Answers whether it did.
    pub async fn move_log(
        &self,
        call: CallId,
        account: &AccountId,
        from: &LogState,
        to: &LogState,
    ) -> Result<bool, Error> {
        let (account, from, to) = (account.clone(), from.clone(), to.clone());
        self.database.write(move |db| writes::move_log(db, call, &account, &from, &to)).await
    }

    /// Removes a log that has not been sent (undo). One that has been, or may have been, stays.
    pub async fn remove_log(&self, call: CallId, account: &AccountId) -> Result<(), Error> {
        let account = account.clone();
        self.database.write(move |db| writes::remove_log(db, call, &account)).await
    }

    /// One call in full.
    pub async fn get(&self, call: CallId) -> Result<Option<Record>, Error> {
        self.database.read(move |db| reads::get(db, call)).await
    }

    /// The calls that a source knows by one of these ids, as its key or as one shared between
    /// sources; of the latest two thousand calls.
    pub async fn known_as(&self, source: &SourceId, ids: &[String]) -> Result<Vec<Record>, Error> {
        let (source, ids) = (source.to_string(), ids.to_vec());
        self.database.read(move |db| reads::known_as(db, &source, &ids)).await
    }

    /// A page of calls, newest first.
    pub async fn list(&self, query: &CallQuery) -> Result<Vec<Record>, Error> {
        let query = query.clone();
        self.database.read(move |db| reads::list(db, &query)).await
    }

    /// How many calls need what.
    pub async fn counts(&self) -> Result<Counts, Error> {
        self.database.read(reads::counts).await
    }

    /// Calls that are not over, or over and still to be logged by themselves (they have a time for
    /// it and are not declined): to be taken up at start. Oldest first.
    pub async fn open_records(&self) -> Result<Vec<Record>, Error> {
        self.database.read(reads::open_records).await
    }

    /// Logs that are not done, declined or parked, oldest first.
    pub async fn unsent(&self) -> Result<Vec<(LogEntry, LogState)>, Error> {
        self.database.read(|db| reads::logs_on_their_way(db, false)).await
    }

    /// Every log that is not done or declined, parked ones included, oldest first.
    pub async fn outbox(&self) -> Result<Vec<(LogEntry, LogState)>, Error> {
        self.database.read(|db| reads::logs_on_their_way(db, true)).await
    }

    /// The latest other call with this E.164 before `call`, with its note.
    pub async fn last_call(
        &self,
        e164: &str,
        before: CallId,
    ) -> Result<Option<(Timestamp, String)>, Error> {
        let e164 = e164.to_owned();
        self.database.read(move |db| reads::last_call(db, &e164, before)).await
    }

    /// Distinct E.164 numbers of the calls since then, newest first.
    pub async fn recent_numbers(&self, since: Timestamp) -> Result<Vec<String>, Error> {
        self.database.read(move |db| reads::recent_numbers(db, since)).await
    }

    /// Takes calls of a history in, by their first source key; answers (added, already known).
    /// A call that any source key or the id tells to be known already is left as it is.
    pub async fn import(&self, records: Vec<Record>) -> Result<(u32, u32), Error> {
        let rows = records.iter().map(rows::Row::of).collect::<Result<Vec<_>, _>>()?;
        self.database.write(move |db| writes::import(db, rows)).await
    }

    /// A small value kept under a name (the batch's progress, the pop's place).
    pub async fn get_value(&self, name: &str) -> Result<Option<String>, Error> {
        let name = name.to_owned();
        self.database.read(move |db| reads::get_value(db, &name)).await
    }

    /// Keeps a small value under a name.
    pub async fn put_value(&self, name: &str, value: &str) -> Result<(), Error> {
        let (name, value) = (name.to_owned(), value.to_owned());
        self.database.write(move |db| writes::put_value(db, &name, value)).await
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
