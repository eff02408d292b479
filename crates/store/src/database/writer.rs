//! The one thread that writes. What waits in its queue is committed together, so that a burst of
//! writes costs one sync of the disk, and each writer hears of it only after the commit.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use rusqlite::{Connection, TransactionBehavior};
use tokio::sync::{mpsc, oneshot};

use super::report;
use crate::{Error, files};

/// Writes that may wait; more have to wait before they may wait.
const QUEUE: usize = 256;

/// Tells the one who wrote how it went, given how the commit went.
type Answer = Box<dyn FnOnce(Result<(), Error>) + Send>;
/// Runs in a savepoint, or not at all if there can be none; says whether to keep what it did, and
/// how to answer after the commit.
type Work = Box<dyn FnOnce(Option<&Connection>) -> (bool, Answer) + Send>;

enum Job {
    Write(Work),
    /// A large one, in a transaction of its own.
    Bulk(Work),
    Tidy(oneshot::Sender<Result<(), Error>>),
    Close(oneshot::Sender<Result<(), Error>>),
}

/// The way to the writer thread. Dropping it writes what is still queued and ends the thread.
#[derive(Debug)]
pub(super) struct Writer {
    path: PathBuf,
    /// There until the drop.
    queue: Option<mpsc::Sender<Job>>,
    thread: Option<JoinHandle<()>>,
}

impl Drop for Writer {
    /// Waits for the thread: were the process to end meanwhile, the cipher's library would take
    /// itself apart under a connection that is being closed.
    fn drop(&mut self) {
        self.queue = None;
        if let Some(thread) = self.thread.take() {
            // A panic there has been told of already; there is nothing left to end.
            let _ = thread.join();
        }
    }
}

impl Writer {
    /// Starts the thread.
    pub(super) fn start(path: PathBuf, connection: Connection) -> Result<Self, Error> {
        let (queue, jobs) = mpsc::channel(QUEUE);
        let file = path.clone();
        let thread = thread::Builder::new()
            .name("store-writer".into())
            .spawn(move || run(&file, connection, jobs))
            .map_err(files::io_error(&path))?;
        Ok(Self { path, queue: Some(queue), thread: Some(thread) })
    }

    /// See [`super::Database::write`] and [`super::Database::write_bulk`].
    pub(super) async fn write<T: Send + 'static>(
        &self,
        bulk: bool,
        work: impl FnOnce(&Connection) -> rusqlite::Result<T> + Send + 'static,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        let path = self.path.clone();
        let work: Work = Box::new(move |connection| {
            let outcome = connection.map(|c| work(c).map_err(|error| report(&path, &error)));
            let keep = matches!(outcome, Some(Ok(_)));
            let answer: Answer = Box::new(move |committed| {
                let result = match (outcome, committed) {
                    (Some(Err(error)), _) | (_, Err(error)) => Err(error),
                    (Some(Ok(value)), Ok(())) => Ok(value),
                    (None, Ok(())) => Err(Error::Closed),
                };
                // Nobody may be waiting any more; the write counts all the same.
                let _ = reply.send(result);
            });
            (keep, answer)
        });
        self.send(if bulk { Job::Bulk(work) } else { Job::Write(work) }).await?;
        wait(answer).await
    }

    /// See [`super::Database::tidy`].
    pub(super) async fn tidy(&self) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Tidy(reply)).await?;
        wait(answer).await
    }

    /// Waits for all writes so far and closes the connection.
    pub(super) async fn close(&self) -> Result<(), Error> {
        let (reply, answer) = oneshot::channel();
        self.send(Job::Close(reply)).await?;
        wait(answer).await
    }

    async fn send(&self, job: Job) -> Result<(), Error> {
        let queue = self.queue.as_ref().ok_or(Error::Closed)?;
        queue.send(job).await.map_err(|_| Error::Closed)
    }
}

/// Waits on a thread made for waiting: to the runtime this is work in progress, so that a test's
/// paused clock stands still while the disk is busy.
async fn wait<T: Send + 'static>(answer: oneshot::Receiver<Result<T, Error>>) -> Result<T, Error> {
    tokio::task::spawn_blocking(move || answer.blocking_recv().unwrap_or(Err(Error::Closed)))
        .await
        .unwrap_or(Err(Error::Closed))
}

fn run(path: &Path, mut connection: Connection, mut jobs: mpsc::Receiver<Job>) {
    while let Some(first) = jobs.blocking_recv() {
        let mut works = Vec::new();
        let (mut bulk, mut tidy, mut close) = (None, None, None);
        let mut next = Some(first);
        while let Some(job) = next {
            match job {
                Job::Write(work) => works.push(work),
                Job::Bulk(work) => {
                    bulk = Some(work);
                    break;
                }
                Job::Tidy(reply) => {
                    tidy = Some(reply);
                    break;
                }
                Job::Close(reply) => {
                    close = Some(reply);
                    break;
                }
            }
            next = if works.len() < QUEUE { jobs.try_recv().ok() } else { None };
        }
        if !works.is_empty() {
            commit(path, &mut connection, works);
        }
        if let Some(work) = bulk {
            commit(path, &mut connection, vec![work]);
        }
        if let Some(reply) = tidy {
            let tidied = empty_log(&connection).map_err(|error| report(path, &error));
            let _ = reply.send(tidied);
        }
        if let Some(reply) = close {
            // Senders hear `Closed` from here on, and what they had queued is dropped with it.
            jobs.close();
            let closed = connection.close().map_err(|(_, error)| report(path, &error));
            let _ = reply.send(closed);
            return;
        }
    }
}

/// What readers still look at cannot be brought in; they are waited for.
fn empty_log(connection: &Connection) -> rusqlite::Result<()> {
    let busy: bool =
        connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get(0))?;
    if busy {
        let busy = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_BUSY);
        return Err(rusqlite::Error::SqliteFailure(busy, None));
    }
    connection.execute_batch("PRAGMA shrink_memory")
}

/// Runs all works in one transaction, each in a savepoint of its own: one that fails takes nothing
/// of the others with it. One that is alone needs none, and a large one must not have one: SQLite
/// walks through all that a savepoint has kept so far at the end of each statement within it.
fn commit(path: &Path, connection: &mut Connection, works: Vec<Work>) {
    let mut works = works.into_iter();
    let mut answers = Vec::with_capacity(works.len());
    let outcome = run_all(connection, &mut works, &mut answers);
    answers.extend(works.map(|work| work(None).1));
    if let Err(error) = &outcome {
        tracing::error!(file = %path.display(), %error, "a commit failed");
    }
    for answer in answers {
        answer(match &outcome {
            Ok(()) => Ok(()),
            Err(error) => Err(report(path, error)),
        });
    }
}

fn run_all(
    connection: &mut Connection,
    works: &mut std::vec::IntoIter<Work>,
    answers: &mut Vec<Answer>,
) -> rusqlite::Result<()> {
    let mut all = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    if works.len() == 1
        && let Some(work) = works.next()
    {
        let (keep, answer) = work(Some(&all));
        answers.push(answer);
        if keep {
            all.commit()?;
        }
        return Ok(());
    }
    for work in works {
        let one = all.savepoint()?;
        let (keep, answer) = work(Some(&one));
        answers.push(answer);
        if keep {
            one.commit()?;
        } else {
            drop(one);
        }
        // A full disk or a damaged page ends the whole transaction: then nothing was written, and
        // what still waits must not begin another one unseen.
        if all.is_autocommit() {
            break;
        }
    }
    all.commit()
}
