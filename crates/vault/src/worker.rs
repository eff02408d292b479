//! The thread that owns the keyring.

use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender};
use std::thread;
use std::time::Duration;

use keyring_core::{Entry, Error as StoreError};
use secrecy::{ExposeSecret, SecretString};
use tokio::sync::{oneshot, watch};
use zeroize::Zeroize;

use crate::passphrase::PassphraseFile;
use crate::store::Keyring;
use crate::{Error, State};

/// How often a keyring that is locked or absent is looked at again: it may be unlocked by a
/// login or another program. The look is one property read and puts nothing on screen.
const LOOK_AGAIN: Duration = Duration::from_secs(2);

pub(crate) type Reply<T> = oneshot::Sender<Result<T, Error>>;

/// What the thread is asked to do.
pub(crate) enum Job {
    /// Look whether the keyring works now.
    Check(Reply<()>),
    /// The same, where nobody waits for the answer.
    Look,
    Get(String, Reply<Option<SecretString>>),
    Set(String, SecretString, Reply<()>),
    Delete(String, Reply<()>),
    UsePassphraseFile(PathBuf, SecretString, Reply<()>),
}

/// Where the secrets are.
enum Backend {
    Keyring(Option<Keyring>),
    File(PassphraseFile),
}

pub(crate) struct Worker {
    service: String,
    state: watch::Sender<State>,
    backend: Backend,
}

impl Worker {
    pub(crate) fn new(service: String, state: watch::Sender<State>) -> Self {
        Self { service, state, backend: Backend::Keyring(None) }
    }

    /// Runs until the last handle is gone.
    pub(crate) fn run(mut self, jobs: &Receiver<Job>) {
        let _ = self.check();
        loop {
            let well = matches!(*self.state.borrow(), State::Open | State::Passphrase);
            let job = if well {
                jobs.recv().map_err(|_| RecvTimeoutError::Disconnected)
            } else {
                jobs.recv_timeout(LOOK_AGAIN)
            };
            match job {
                Ok(job) => self.work(job),
                Err(RecvTimeoutError::Timeout) => drop(self.check()),
                Err(RecvTimeoutError::Disconnected) => return,
            }
        }
    }

    fn work(&mut self, job: Job) {
        match job {
            Job::Look => drop(self.check()),
            Job::Check(reply) => answer(reply, || self.check()),
            Job::Get(name, reply) => answer(reply, || self.get(&name)),
            Job::Set(name, secret, reply) => answer(reply, || self.set(&name, secret)),
            Job::Delete(name, reply) => answer(reply, || self.delete(&name)),
            Job::UsePassphraseFile(path, passphrase, reply) => answer(reply, || {
                self.backend = Backend::File(PassphraseFile::open(&path, passphrase)?);
                self.report(State::Passphrase);
                Ok(())
            }),
        }
    }

    fn get(&mut self, name: &str) -> Result<Option<SecretString>, Error> {
        if let Backend::File(file) = &self.backend {
            return Ok(file.get(name));
        }
        self.with_entry(name, |entry| match entry.get_secret() {
            Ok(bytes) => Ok(Some(text(bytes)?)),
            Err(StoreError::NoEntry) => Ok(None),
            Err(error) => Err(classify(error)),
        })
    }

    fn set(&mut self, name: &str, secret: SecretString) -> Result<(), Error> {
        if let Backend::File(file) = &mut self.backend {
            return file.set(name, secret);
        }
        self.with_entry(name, |entry| {
            entry.set_secret(secret.expose_secret().as_bytes()).map_err(classify)
        })
    }

    fn delete(&mut self, name: &str) -> Result<(), Error> {
        if let Backend::File(file) = &mut self.backend {
            return file.delete(name);
        }
        self.with_entry(name, |entry| match entry.delete_credential() {
            Ok(()) | Err(StoreError::NoEntry) => Ok(()),
            Err(error) => Err(classify(error)),
        })
    }

    /// Uses one item of the keyring, if that is possible without a prompt. A service that was
    /// restarted does not know the connection any more: one failure is tried again on a new one.
    fn with_entry<T>(
        &mut self,
        name: &str,
        mut operation: impl FnMut(&Entry) -> Result<T, Error>,
    ) -> Result<T, Error> {
        let mut attempt = |worker: &mut Self| {
            worker.check()?;
            operation(&worker.entry(name)?)
        };
        let result = match attempt(self) {
            Err(Error::Failed(_)) => {
                self.backend = Backend::Keyring(None);
                attempt(self)
            }
            result => result,
        };
        if let Err(error) = &result {
            self.report(error.state());
        }
        result
    }

    fn entry(&self, name: &str) -> Result<Entry, Error> {
        let Backend::Keyring(Some(keyring)) = &self.backend else { return Err(Error::Absent) };
        keyring.entry(&self.service, name).map_err(classify)
    }

    /// Looks whether the keyring can be used, without a prompt, and reports its state.
    fn check(&mut self) -> Result<(), Error> {
        let Backend::Keyring(keyring) = &mut self.backend else { return Ok(()) };
        let mut result = match keyring {
            Some(keyring) => keyring.check(),
            None => Err(Error::Absent),
        };
        if matches!(result, Err(Error::Failed(_) | Error::Absent)) {
            *keyring = None;
            result = Keyring::connect().and_then(|new| keyring.insert(new).check());
        }
        self.report(result.as_ref().map_or_else(Error::state, |()| State::Open));
        result
    }

    fn report(&self, state: State) {
        report(&self.state, state);
    }
}

/// Tells the watchers, if it is news.
pub(crate) fn report(watched: &watch::Sender<State>, state: State) {
    let changed = watched.send_if_modified(|now| {
        let changed = *now != state;
        *now = state;
        changed
    });
    if changed {
        tracing::info!(?state, "keyring");
    }
}

/// Asks the person for the keyring's password, on a thread of its own: the prompt may stand for
/// hours, and the keyring may be unlocked in another way meanwhile. At most one at a time.
/// `prompting` says whether one is at work.
pub(crate) fn ask(prompting: &watch::Sender<bool>, jobs: SyncSender<Job>) {
    if prompting.send_replace(true) {
        return;
    }
    let ended = prompting.clone();
    let started = thread::Builder::new().name("vault-prompt".into()).spawn(move || {
        if let Err(error) = Keyring::unlock() {
            tracing::info!(%error, "keyring not unlocked");
        }
        let _ = jobs.try_send(Job::Look);
        ended.send_replace(false);
    });
    if let Err(error) = started {
        tracing::warn!(%error, "no thread for the keyring's prompt");
        prompting.send_replace(false);
    }
}

/// Does the work, unless whoever asked has given up meanwhile.
fn answer<T>(reply: Reply<T>, work: impl FnOnce() -> Result<T, Error>) {
    if !reply.is_closed() {
        let _ = reply.send(work());
    }
}

fn text(bytes: Vec<u8>) -> Result<SecretString, Error> {
    String::from_utf8(bytes).map(SecretString::from).map_err(|error| {
        error.into_bytes().zeroize();
        Error::Failed("the item is not text".into())
    })
}

fn classify(error: StoreError) -> Error {
    match error {
        StoreError::NoStorageAccess(_) => Error::Locked,
        error => Error::Failed(error.to_string()),
    }
}
