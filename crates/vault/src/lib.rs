//! Secrets in the OS keyring, and nowhere else. The only crate that knows the keyring.
//!
//! The keyring runs on a thread of its own: a locked one with a prompt on screen blocks without
//! end, and must not hold up a ring. Every call has a deadline.

mod passphrase;
mod store;
mod worker;

use std::path::Path;
use std::sync::mpsc::{SyncSender, sync_channel};
use std::thread;
use std::time::Duration;

use secrecy::SecretString;
use tokio::sync::{oneshot, watch};
use tokio::time::{Instant, timeout, timeout_at};

use worker::{Job, Reply, Worker, report};

/// Calls that may wait for the thread; more are turned away at once.
const QUEUE: usize = 32;
/// Each use of a passphrase file costs scrypt's work.
const PASSPHRASE_DEADLINE: Duration = Duration::from_secs(30);

/// The keyring, in five states (and one that stands in for it).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Being opened.
    Opening,
    /// Works.
    Open,
    /// Locked, perhaps with a prompt on screen.
    Locked,
    /// There is none.
    Absent,
    /// It does not answer, or refused.
    Failed,
    /// A passphrase file stands in for it.
    Passphrase,
}

/// What can go wrong.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Error {
    /// Locked, and not unlocked within the deadline.
    #[error("the keyring is locked")]
    Locked,
    /// There is none.
    #[error("there is no keyring")]
    Absent,
    /// It did not answer within the deadline.
    #[error("the keyring did not answer in time")]
    Timeout,
    /// It refused.
    #[error("the keyring failed: {0}")]
    Failed(String),
    /// The passphrase does not open the file.
    #[error("wrong passphrase")]
    WrongPassphrase,
}

impl Error {
    /// The state that the keyring is in when it answers so.
    fn state(&self) -> State {
        match self {
            Self::Locked => State::Locked,
            Self::Absent => State::Absent,
            Self::Timeout | Self::Failed(_) | Self::WrongPassphrase => State::Failed,
        }
    }
}

/// A handle to the keyring of one profile. Clones share one thread.
///
/// Only [`Vault::retry`] may put a prompt on screen; all other calls answer [`Error::Locked`]
/// where the keyring would ask. A keyring that is locked or absent is looked at again every two
/// seconds, so its state becomes [`State::Open`] by itself once it is unlocked or started.
#[derive(Clone)]
pub struct Vault {
    jobs: SyncSender<Job>,
    state: watch::Sender<State>,
    prompting: watch::Sender<bool>,
    deadline: Duration,
}

impl std::fmt::Debug for Vault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Vault").field("state", &self.state()).finish_non_exhaustive()
    }
}

impl Vault {
    /// Begins to open the keyring. `service` names the items and differs for each profile;
    /// `deadline` is for each call, and for the opening. Returns at once; see [`Vault::watch`].
    pub fn open(service: &str, deadline: Duration) -> Self {
        let (jobs, queue) = sync_channel(QUEUE);
        let state = watch::Sender::new(State::Opening);
        let worker = Worker::new(service.into(), state.clone());
        let started = thread::Builder::new().name("vault".into()).spawn(move || worker.run(&queue));
        let watched = state.clone();
        // A service that does not answer holds up the worker, so another thread has to say so.
        let late = thread::Builder::new().name("vault-deadline".into()).spawn(move || {
            thread::sleep(deadline);
            if *watched.borrow() == State::Opening {
                report(&watched, State::Failed);
            }
        });
        if let Err(error) = started.and(late) {
            tracing::error!(%error, "no thread for the keyring");
            report(&state, State::Failed);
        }
        Self { jobs, state, prompting: watch::Sender::new(false), deadline }
    }

    /// How it is now.
    pub fn state(&self) -> State {
        *self.state.borrow()
    }

    /// Tells of every change of state.
    pub fn watch(&self) -> watch::Receiver<State> {
        self.state.subscribe()
    }

    /// Tries again what failed, with a longer deadline: the system may ask for its password, or
    /// for a password for a first keyring. Returns when that is answered, however it is, or at
    /// the deadline; the prompt stays, and an answer given later counts.
    pub async fn retry(&self, deadline: Duration) -> State {
        let end = Instant::now() + deadline;
        let checked = self.request(deadline.min(self.deadline), Job::Check).await;
        if let Err(Error::Locked | Error::Failed(_)) = checked {
            let mut prompting = self.prompting.subscribe();
            let mut state = self.watch();
            worker::ask(&self.prompting, self.jobs.clone());
            let settled = async {
                tokio::select! {
                    _ = prompting.wait_for(|prompting| !prompting) => {}
                    _ = state.wait_for(|state| *state == State::Open) => {}
                }
            };
            if timeout_at(end, settled).await.is_ok() {
                let _ = self.request(self.deadline, Job::Check).await;
            }
        }
        self.state()
    }

    /// Reads a secret; `None` if there is no such item.
    ///
    /// # Errors
    /// All but [`Error::WrongPassphrase`], within the deadline; so do [`Vault::set`] and
    /// [`Vault::delete`].
    pub async fn get(&self, name: &str) -> Result<Option<SecretString>, Error> {
        self.request(self.deadline(), |reply| Job::Get(name.into(), reply)).await
    }

    /// Keeps a secret. After [`Error::Timeout`] it may or may not have been kept.
    ///
    /// # Errors
    /// See [`Vault::get`].
    pub async fn set(&self, name: &str, secret: &SecretString) -> Result<(), Error> {
        self.request(self.deadline(), |reply| Job::Set(name.into(), secret.clone(), reply)).await
    }

    /// Erases a secret; no error if it is not there.
    ///
    /// # Errors
    /// See [`Vault::get`].
    pub async fn delete(&self, name: &str) -> Result<(), Error> {
        self.request(self.deadline(), |reply| Job::Delete(name.into(), reply)).await
    }

    /// Keeps secrets in a file locked with a passphrase from now on, where there is no keyring.
    /// The file is made if it is not there; only its owner may read it.
    ///
    /// # Errors
    /// [`Error::WrongPassphrase`] if it does not open the file, [`Error::Failed`] if the file is
    /// damaged or cannot be written; secrets stay where they were.
    pub async fn use_passphrase_file(
        &self,
        file: &Path,
        passphrase: SecretString,
    ) -> Result<(), Error> {
        let job = |reply| Job::UsePassphraseFile(file.into(), passphrase, reply);
        self.request(PASSPHRASE_DEADLINE, job).await
    }

    fn deadline(&self) -> Duration {
        match self.state() {
            State::Passphrase => self.deadline.max(PASSPHRASE_DEADLINE),
            _ => self.deadline,
        }
    }

    async fn request<T>(
        &self,
        deadline: Duration,
        job: impl FnOnce(Reply<T>) -> Job,
    ) -> Result<T, Error> {
        let (reply, answer) = oneshot::channel();
        if self.jobs.try_send(job(reply)).is_err() {
            return Err(self.no_answer());
        }
        match timeout(deadline, answer).await {
            Ok(Ok(answer)) => answer,
            Ok(Err(_)) | Err(_) => Err(self.no_answer()),
        }
    }

    /// The thread is held up. It looks at the keyring again as soon as it comes back.
    fn no_answer(&self) -> Error {
        if self.state() == State::Locked {
            return Error::Locked;
        }
        if self.state() != State::Passphrase {
            report(&self.state, State::Failed);
        }
        Error::Timeout
    }
}
