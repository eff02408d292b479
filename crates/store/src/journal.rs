//! The journal: calls, notes, choices and logs, `synchronous=FULL`.

use std::path::Path;

use jiff::Timestamp;
use ringside_domain::{AccountId, Call, CallId, Choice, LogEntry, LogState, Match};

use crate::{DatabaseKey, Error, SetAside};

/// A handle to the journal. Clones share one writer.
#[derive(Clone, Debug)]
pub struct Journal {}

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

#[allow(unused_variables, clippy::unused_async, clippy::unimplemented, reason = "being built")]
impl Journal {
    /// Opens or creates the journal. A damaged file is set aside, and a new one begun.
    ///
    /// # Errors
    /// [`Error::WrongKey`], [`Error::TooNew`], [`Error::Io`]; none of them changes the file.
    pub fn open(path: &Path, key: &DatabaseKey) -> Result<(Self, Option<SetAside>), Error> {
        unimplemented!()
    }

    /// Writes a call with choice, matches, flags; leaves note and logs as they are. Creates the
    /// record if there is none.
    pub async fn put(&self, record: &Record) -> Result<(), Error> {
        unimplemented!()
    }

    /// Writes the note of a call. Works before [`Journal::put`] too.
    pub async fn put_note(&self, call: CallId, text: &str) -> Result<(), Error> {
        unimplemented!()
    }

    /// Writes a log entry and its state, keyed by call and account. In the same transaction the
    /// record's call row must exist.
    pub async fn put_log(&self, entry: &LogEntry, state: &LogState) -> Result<(), Error> {
        unimplemented!()
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
        unimplemented!()
    }

    /// Removes a log that has not been sent (undo).
    pub async fn remove_log(&self, call: CallId, account: &AccountId) -> Result<(), Error> {
        unimplemented!()
    }

    /// One call in full.
    pub async fn get(&self, call: CallId) -> Result<Option<Record>, Error> {
        unimplemented!()
    }

    /// A page of calls, newest first.
    pub async fn list(&self, query: &CallQuery) -> Result<Vec<Record>, Error> {
        unimplemented!()
    }

    /// How many calls need what.
    pub async fn counts(&self) -> Result<Counts, Error> {
        unimplemented!()
    }

    /// Calls that are not over, or over and still to be logged by themselves: to be taken up at
    /// start.
    pub async fn open_records(&self) -> Result<Vec<Record>, Error> {
        unimplemented!()
    }

    /// Logs that are not done, declined or parked, oldest first.
    pub async fn unsent(&self) -> Result<Vec<(LogEntry, LogState)>, Error> {
        unimplemented!()
    }

    /// Every log that is not done or declined, parked ones included, oldest first.
    pub async fn outbox(&self) -> Result<Vec<(LogEntry, LogState)>, Error> {
        unimplemented!()
    }

    /// The latest other call with this E.164 before `call`, with its note.
    pub async fn last_call(
        &self,
        e164: &str,
        before: CallId,
    ) -> Result<Option<(Timestamp, String)>, Error> {
        unimplemented!()
    }

    /// Distinct E.164 numbers of the calls since then, newest first.
    pub async fn recent_numbers(&self, since: Timestamp) -> Result<Vec<String>, Error> {
        unimplemented!()
    }

    /// Takes calls of a history in, by their first source key; answers (added, already known).
    pub async fn import(&self, records: Vec<Record>) -> Result<(u32, u32), Error> {
        unimplemented!()
    }

    /// A small value kept under a name (the batch's progress, the pop's place).
    pub async fn get_value(&self, name: &str) -> Result<Option<String>, Error> {
        unimplemented!()
    }

    /// Keeps a small value under a name.
    pub async fn put_value(&self, name: &str, value: &str) -> Result<(), Error> {
        unimplemented!()
    }

    /// Waits for all writes so far and closes the file.
    pub async fn close(&self) -> Result<(), Error> {
        unimplemented!()
    }
}
