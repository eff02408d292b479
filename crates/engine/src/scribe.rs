//! The one place from which the journal is written, in order. While the journal is closed (keyring
//! locked or absent), calls, notes and decisions go to the sealed spool instead.

use futures::future::BoxFuture;
use ringside_domain::event::MessageEvent;
use ringside_domain::{AccountId, CallId, LogEntry, LogState};
use ringside_store::journal::Record;
use ringside_store::spool::Item;
use ringside_store::{Error, Journal, Spool};
use tokio::sync::{mpsc, oneshot};

/// A handle to the scribe.
#[derive(Clone, Debug)]
pub(crate) struct Scribe {
    writes: mpsc::UnboundedSender<Write>,
}

/// Resolves once a write is safe on disk.
pub(crate) type Written = BoxFuture<'static, Result<bool, Error>>;

type Told = Box<dyn FnOnce() + Send>;
type Then = oneshot::Sender<Result<bool, Error>>;

enum Write {
    Record(Box<Record>),
    Note { call: CallId, text: String, then: Then },
    Log { entry: Box<LogEntry>, state: Box<LogState>, told: Told },
    MoveLog { entry: Box<LogEntry>, from: Box<LogState>, to: Box<LogState>, then: Then },
    RemoveLog { call: CallId, account: AccountId },
    Message(Box<MessageEvent>),
    Journal(Journal),
    Spool(Spool),
    CatchUp(Then),
    Flush(Then),
    Close(Then),
}

impl Scribe {
    /// Starts the scribe. `failed` hears of every write that did not land and had nobody waiting.
    pub(crate) fn start(failed: impl Fn(Error) + Send + 'static) -> Self {
        let (writes, queue) = mpsc::unbounded_channel();
        tokio::spawn(run(queue, failed));
        Self { writes }
    }

    pub(crate) fn open_journal(&self, journal: Journal) {
        self.push(Write::Journal(journal));
    }

    pub(crate) fn open_spool(&self, spool: Spool) {
        self.push(Write::Spool(spool));
    }

    pub(crate) fn record(&self, record: Record) {
        self.push(Write::Record(Box::new(record)));
    }

    /// Writes a log and its state; `told` is called, in the order of the writes, once it is safe on
    /// disk.
    pub(crate) fn log(
        &self,
        entry: LogEntry,
        state: LogState,
        told: impl FnOnce() + Send + 'static,
    ) {
        let told = Box::new(told);
        self.push(Write::Log { entry: Box::new(entry), state: Box::new(state), told });
    }

    pub(crate) fn remove_log(&self, call: CallId, account: AccountId) {
        self.push(Write::RemoveLog { call, account });
    }

    /// Keeps a text message.
    pub(crate) fn message(&self, message: MessageEvent) {
        self.push(Write::Message(Box::new(message)));
    }

    /// Writes a note; resolves when it is safe on disk.
    pub(crate) fn note(&self, call: CallId, text: String) -> Written {
        self.push_and_wait(move |then| Write::Note { call, text, then })
    }

    /// Changes a log's state if it still is `from`; resolves to whether it was.
    pub(crate) fn move_log(&self, entry: LogEntry, from: LogState, to: LogState) -> Written {
        self.push_and_wait(move |then| Write::MoveLog {
            entry: Box::new(entry),
            from: Box::new(from),
            to: Box::new(to),
            then,
        })
    }

    /// Waits for all writes so far, so that a list shows the call that has just begun.
    pub(crate) fn catch_up(&self) -> Written {
        self.push_and_wait(Write::CatchUp)
    }

    /// Waits for all writes so far; resolves to whether all of them landed in the journal.
    pub(crate) fn flush(&self) -> Written {
        self.push_and_wait(Write::Flush)
    }

    /// Waits for all writes so far and closes the journal.
    pub(crate) fn close(&self) -> Written {
        self.push_and_wait(Write::Close)
    }

    fn push(&self, write: Write) {
        // The queue ends with the runtime only.
        let _ = self.writes.send(write);
    }

    fn push_and_wait(&self, write: impl FnOnce(Then) -> Write) -> Written {
        let (then, done) = oneshot::channel();
        self.push(write(then));
        Box::pin(async move { done.await.unwrap_or(Err(Error::Closed)) })
    }
}

struct Books {
    journal: Option<Journal>,
    spool: Option<Spool>,
    /// A write since the last flush did not land.
    failed: bool,
}

async fn run(mut queue: mpsc::UnboundedReceiver<Write>, failed: impl Fn(Error)) {
    let mut books = Books { journal: None, spool: None, failed: false };
    while let Some(write) = queue.recv().await {
        let (result, then) = books.write(write).await;
        books.failed |= result.is_err();
        match (then, result) {
            (Some(then), result) => {
                let _ = then.send(result);
            }
            (None, Err(error)) => failed(error),
            (None, Ok(_)) => {}
        }
    }
}

impl Books {
    async fn write(&mut self, write: Write) -> (Result<bool, Error>, Option<Then>) {
        match write {
            Write::Journal(journal) => {
                self.journal = Some(journal);
                self.spool = None;
                (Ok(true), None)
            }
            Write::Spool(spool) => {
                self.spool = Some(spool);
                (Ok(true), None)
            }
            Write::Record(record) => (self.record(&record).await, None),
            Write::Note { call, text, then } => (self.note(call, text).await, Some(then)),
            Write::Log { entry, state, told } => {
                let result = self.log(&entry, &state).await;
                if result.is_ok() {
                    told();
                }
                (result, None)
            }
            Write::MoveLog { entry, from, to, then } => {
                let result = match &self.journal {
                    Some(journal) => {
                        journal.move_log(entry.call, entry.account(), &from, &to).await
                    }
                    None => Err(Error::Closed),
                };
                (result, Some(then))
            }
            Write::RemoveLog { call, account } => {
                let result = match &self.journal {
                    Some(journal) => journal.remove_log(call, &account).await.map(|()| true),
                    None => self.seal(&[Item::Log { call, log: false }]),
                };
                (result, None)
            }
            Write::Message(message) => {
                let result = match &self.journal {
                    Some(journal) => journal.put_message(&message).await.map(|()| true),
                    None => self.seal(&[Item::Message { message: *message }]),
                };
                (result, None)
            }
            Write::CatchUp(then) => (Ok(true), Some(then)),
            Write::Flush(then) => {
                let landed = self.journal.is_some() && !std::mem::take(&mut self.failed);
                (Ok(landed), Some(then))
            }
            Write::Close(then) => {
                let result = match self.journal.take() {
                    Some(journal) => journal.close().await.map(|()| true),
                    None => Ok(false),
                };
                (result, Some(then))
            }
        }
    }

    async fn record(&mut self, record: &Record) -> Result<bool, Error> {
        if let Some(journal) = &self.journal {
            return journal.put(record).await.map(|()| true);
        }
        self.seal(&[
            Item::Call { call: record.call.clone() },
            Item::Choice { call: record.call.id, choice: record.choice.clone() },
        ])
    }

    async fn note(&mut self, call: CallId, text: String) -> Result<bool, Error> {
        match &self.journal {
            Some(journal) => journal.put_note(call, &text).await.map(|()| true),
            None => self.seal(&[Item::Note { call, text }]),
        }
    }

    async fn log(&mut self, entry: &LogEntry, state: &LogState) -> Result<bool, Error> {
        match &self.journal {
            Some(journal) => journal.put_log(entry, state).await.map(|()| true),
            None => {
                let log = !matches!(state, LogState::Declined);
                self.seal(&[Item::Log { call: entry.call, log }])
            }
        }
    }

    /// Without a journal and without a spool (a brand-new profile that never saw its keyring open)
    /// the engine's memory is all there is until the keyring opens or a passphrase is chosen.
    fn seal(&mut self, items: &[Item]) -> Result<bool, Error> {
        let Some(spool) = &mut self.spool else { return Ok(false) };
        for item in items {
            spool.append(item)?;
        }
        Ok(true)
    }
}
