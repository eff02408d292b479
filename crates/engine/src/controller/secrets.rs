//! The keyring and what hangs on it: databases, spool, tokens. Never on the ring path: without it
//! calls pop by number, and what is written goes to the sealed spool until it opens.

use ringside_domain::{CallId, LogState};
use ringside_protocol::view::VaultView;
use ringside_protocol::{ErrorCode, Event, Fault};
use ringside_store::journal::Record;
use ringside_store::spool::Item;
use ringside_store::{DatabaseKey, Directory, Journal, SetAside, Spool};
use ringside_vault::State as VaultState;
use secrecy::SecretString;
use tokio::time::Duration;

use super::{Answer, Controller, Stores, answers};
use crate::Home;

const DATABASE_KEY: &str = "database-key";
const SPOOL_KEY: &str = "spool-key";

/// What opening the databases brings.
struct Opened {
    stores: Stores,
    aside: Vec<SetAside>,
    open: Vec<Record>,
    unsent: Vec<(ringside_domain::LogEntry, LogState)>,
    spooled: Vec<Item>,
    spool_damaged: bool,
    counts: ringside_store::journal::Counts,
}

impl Controller {
    pub(super) fn vault_changed(&mut self, state: VaultState) {
        self.vault_state = state;
        self.emit(Event::Vault { state: vault_view(state) });
        if matches!(state, VaultState::Open | VaultState::Passphrase) {
            self.open_databases();
            self.connect_accounts();
            self.open_all_signed();
        }
    }

    /// The spool needs its public key only, so it serves while the keyring is shut.
    pub(super) fn open_spool(&mut self) {
        let Ok(key) = std::fs::read_to_string(self.home.spool_key_file()) else { return };
        match Spool::open(&self.home.spool_file(), key.trim()) {
            Ok(spool) => self.scribe.open_spool(spool),
            Err(error) => self.write_failed(&error),
        }
    }

    fn open_databases(&mut self) {
        if self.stores.is_some() || self.opening {
            return;
        }
        self.opening = true;
        let (home, vault) = (self.home.clone(), self.vault.clone());
        self.spawn(open(home, vault), |c, opened| {
            c.opening = false;
            match opened {
                Ok(opened) => c.databases_opened(opened),
                Err(fault) => c.notice(fault),
            }
        });
    }

    fn databases_opened(&mut self, opened: Opened) {
        for aside in opened.aside {
            self.notice(
                Fault::new(ErrorCode::BadDatabase)
                    .with("file", aside.moved_to.display().to_string())
                    .with("reason", aside.reason),
            );
        }
        self.counts = opened.counts;
        self.stores = Some(opened.stores.clone());
        self.scribe.open_journal(opened.stores.journal);
        self.take_up_calls(opened.open);
        self.take_up_outbox(opened.unsent);
        self.take_up_spool(opened.spooled);
        // Calls of this run that the journal has not seen yet.
        let ids: Vec<CallId> = self.desks.keys().copied().collect();
        for id in ids {
            self.write_all(id);
            self.look_in_directory(id);
            self.ask_history(id);
            self.dirty.insert(id);
        }
        // What was sealed is only let go of once the journal has it.
        let (file, damaged) = (self.home.spool_file(), opened.spool_damaged);
        let flushed = self.scribe.flush();
        self.spawn(flushed, move |c, all_written| {
            if matches!(all_written, Ok(true))
                && let Err(error) = Spool::clear(&file, damaged)
            {
                c.write_failed(&error);
            }
        });
        self.count();
    }

    /// Writes a call with note and logs, whatever the journal may hold of it.
    fn write_all(&mut self, id: CallId) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        desk.saved = None;
        let (note, logs) = (desk.note.clone(), desk.logs.clone());
        self.save(id);
        if !note.is_empty() {
            let written = self.scribe.note(id, note);
            self.spawn(written, |c, result| {
                if let Err(error) = result {
                    c.write_failed(&error);
                }
            });
        }
        for (entry, state) in logs {
            self.set_log(entry, state);
        }
    }

    /// Calls that were live when the last run ended wait for a sign of life from their softphone;
    /// those that were to log themselves go on doing so.
    fn take_up_calls(&mut self, records: Vec<Record>) {
        let mut live = Vec::new();
        for record in records {
            let id = record.call.id;
            if self.desks.contains_key(&id) {
                continue;
            }
            if !record.call.is_over() {
                live.push(record.call.clone());
            }
            let lookup = self.new_lookup(&record.call);
            let over = record.call.is_over();
            let mut desk = super::desk::Desk::from_record(record, lookup);
            desk.close_at = over.then(|| super::rings::soon(super::desk::DECIDE));
            desk.restored = !over;
            self.desks.insert(id, desk);
            self.ask_accounts(id, false);
        }
        if !live.is_empty() {
            self.tracker.restore(live, ringside_softphone::clock::now());
        }
    }

    /// What went to the spool while the keyring was shut, in an earlier run.
    fn take_up_spool(&mut self, items: Vec<Item>) {
        let mut wanted = Vec::new();
        for item in items {
            match item {
                Item::Call { call } => {
                    let id = call.id;
                    match self.desks.get_mut(&id) {
                        Some(desk) if desk.call.revision < call.revision => desk.call = call,
                        Some(_) => {}
                        None => {
                            let desk = self.new_desk(call);
                            self.desks.insert(id, desk);
                        }
                    }
                }
                Item::Choice { call, choice } => {
                    if let Some(desk) = self.desks.get_mut(&call) {
                        desk.choice = choice;
                    }
                }
                Item::Note { call, text } => {
                    if let Some(desk) = self.desks.get_mut(&call) {
                        desk.note = text;
                    }
                }
                Item::Message { message } => self.scribe.message(message),
                Item::Log { call, log } => {
                    wanted.retain(|(id, _)| *id != call);
                    wanted.push((call, log));
                }
            }
        }
        let live: Vec<_> = self
            .desks
            .values()
            .filter(|desk| !desk.call.is_over() && self.tracker.get(desk.call.id).is_none())
            .map(|desk| desk.call.clone())
            .collect();
        if !live.is_empty() {
            self.tracker.restore(live, ringside_softphone::clock::now());
        }
        for (id, log) in wanted {
            if log {
                self.write_logs(id, Duration::ZERO);
            } else if let Some(desk) = self.desks.get_mut(&id) {
                desk.declined = true;
            }
        }
        let ids: Vec<CallId> = self.desks.keys().copied().collect();
        for id in ids {
            self.ask_accounts(id, false);
        }
    }

    pub(super) fn unlock(&self, reply: Answer) {
        let vault = self.vault.clone();
        self.spawn(async move { vault.retry(PROMPT_DEADLINE).await }, |_, state| match state {
            VaultState::Open | VaultState::Passphrase => answers::done(reply),
            VaultState::Absent => answers::fault(reply, Fault::new(ErrorCode::KeyringAbsent)),
            VaultState::Locked => answers::fault(reply, Fault::new(ErrorCode::KeyringLocked)),
            VaultState::Opening | VaultState::Failed => {
                answers::fault(reply, Fault::new(ErrorCode::KeyringFailed).with("reason", ""));
            }
        });
    }

    pub(super) fn use_passphrase(&self, passphrase: String, reply: Answer) {
        let (vault, file) = (self.vault.clone(), self.home.passphrase_file());
        let passphrase = SecretString::from(passphrase);
        self.spawn(
            async move { vault.use_passphrase_file(&file, passphrase).await },
            |_, result| {
                let _ = reply.send(
                    result
                        .map(|()| ringside_protocol::Reply::Done)
                        .map_err(|error| answers::vault_fault(&error)),
                );
            },
        );
    }

    /// Reads the counts again, after a write.
    pub(super) fn count(&self) {
        let Some(stores) = self.stores.clone() else { return };
        let caught_up = self.scribe.catch_up();
        let counts = async move {
            caught_up.await?;
            stores.journal.counts().await
        };
        self.spawn(counts, |c, counts| {
            if let Ok(counts) = counts
                && c.counts != counts
            {
                c.counts = counts;
                c.show_tray();
                c.emit(Event::StatusChanged);
            }
        });
    }

    /// Whether what is kept on this computer has been read, or cannot be.
    pub(super) fn is_ready(&self) -> bool {
        match self.vault_state {
            VaultState::Opening => false,
            VaultState::Open | VaultState::Passphrase => {
                !self.opening && self.accounts.values().all(super::accounts::Account::is_opened)
            }
            VaultState::Locked | VaultState::Absent | VaultState::Failed => true,
        }
    }
}

/// How long an unlock that the agent asked for may show its prompt.
const PROMPT_DEADLINE: Duration = Duration::from_secs(90);

pub(super) fn vault_view(state: VaultState) -> VaultView {
    match state {
        VaultState::Opening => VaultView::Opening,
        VaultState::Open => VaultView::Open,
        VaultState::Locked => VaultView::Locked,
        VaultState::Absent => VaultView::Absent,
        VaultState::Failed => VaultView::Failed,
        VaultState::Passphrase => VaultView::Passphrase,
    }
}

async fn open(home: Home, vault: ringside_vault::Vault) -> Result<Opened, Fault> {
    let key = database_key(&home, &vault).await?;
    let spool_key = spool_key(&home, &vault).await?;
    let (journal_file, directory_file) = (home.journal_file(), home.directory_file());
    let opened = tokio::task::spawn_blocking(move || {
        let (journal, journal_aside) = Journal::open(&journal_file, &key)?;
        let (directory, directory_aside) = Directory::open(&directory_file, &key)?;
        let aside: Vec<SetAside> = journal_aside.into_iter().chain(directory_aside).collect();
        Ok((Stores { journal, directory }, aside))
    })
    .await
    .map_err(|error| Fault::new(ErrorCode::Internal).with("reason", error.to_string()))?;
    let store = |error: ringside_store::Error| answers::store_fault(&error);
    let (stores, aside) = opened.map_err(store)?;
    let (spooled, damaged) = Spool::read(&home.spool_file(), &spool_key).map_err(store)?;
    Ok(Opened {
        open: stores.journal.open_records().await.map_err(store)?,
        unsent: stores.journal.unsent().await.map_err(store)?,
        counts: stores.journal.counts().await.map_err(store)?,
        stores,
        aside,
        spooled,
        spool_damaged: damaged > 0,
    })
}

/// The databases' key. A missing item is never a reason to make a new key while a database exists.
async fn database_key(home: &Home, vault: &ringside_vault::Vault) -> Result<DatabaseKey, Fault> {
    let vault_fault = |error: ringside_vault::Error| answers::vault_fault(&error);
    let exists = home.journal_file().exists() || home.directory_file().exists();
    match vault.get(DATABASE_KEY).await.map_err(vault_fault)? {
        Some(secret) => {
            DatabaseKey::from_secret(secret).map_err(|error| answers::store_fault(&error))
        }
        None if exists => Err(Fault::new(ErrorCode::BadDatabase)
            .with("file", home.journal_file().display().to_string())
            .with("reason", ringside_words::text("database-key-missing"))),
        None => {
            let key = DatabaseKey::generate();
            vault.set(DATABASE_KEY, key.as_secret()).await.map_err(vault_fault)?;
            Ok(key)
        }
    }
}

async fn spool_key(home: &Home, vault: &ringside_vault::Vault) -> Result<SecretString, Fault> {
    let vault_fault = |error: ringside_vault::Error| answers::vault_fault(&error);
    let known = vault.get(SPOOL_KEY).await.map_err(vault_fault)?;
    if let Some(secret) = known
        && home.spool_key_file().exists()
    {
        return Ok(secret);
    }
    let (public, private) = Spool::new_keys();
    vault.set(SPOOL_KEY, &private).await.map_err(vault_fault)?;
    std::fs::write(home.spool_key_file(), public)
        .map_err(|error| Fault::new(ErrorCode::Internal).with("reason", error.to_string()))?;
    Ok(private)
}
