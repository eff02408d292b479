//! Accounts: opened from the settings, watched, added and removed.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ringside_crm::Crm;
use ringside_domain::log::LogFailureCode;
use ringside_domain::matching::FailureReason;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, HealthState};
use ringside_protocol::event::LinkKind;
use ringside_protocol::view::{LimitsView, LinkView};
use ringside_protocol::{At, ErrorCode, Event, Fault, Reply};
use ringside_web::credentials::Credentials;
use ringside_web::credentials::OAuthClient;
use secrecy::SecretString;

use super::{Answer, Controller, answers};
use crate::view;

/// A connected CRM login.
pub(crate) struct Account {
    pub(super) settings: AccountSettings,
    pub(super) crm: Option<Arc<dyn Crm>>,
    has_secret: bool,
    asked: bool,
    health: HealthState,
    detail: Option<String>,
    checked_at: Option<Timestamp>,
    pub(super) user: Option<String>,
    /// The user's own OAuth app, to sign in with again.
    pub(super) app: Option<OAuthClient>,
    /// The last thing that did not work, until something does.
    fault: Option<Fault>,
}

impl Account {
    pub(super) fn new(settings: AccountSettings) -> Self {
        Self {
            settings,
            crm: None,
            has_secret: false,
            asked: false,
            health: HealthState::Unknown,
            detail: None,
            checked_at: None,
            user: None,
            app: None,
            fault: None,
        }
    }

    /// Whether its secret has been asked for, whatever came of it.
    pub(super) fn is_opened(&self) -> bool {
        self.crm.is_some() || self.asked
    }

    /// Why nobody can be asked while it is closed.
    pub(super) fn closed_because(&self) -> FailureReason {
        if self.has_secret { FailureReason::SignedOut } else { FailureReason::NoSecret }
    }

    pub(super) fn log_failure(&self) -> LogFailureCode {
        if self.has_secret { LogFailureCode::SignedOut } else { LogFailureCode::NoSecret }
    }
}

pub(super) fn secret_name(account: &AccountId) -> String {
    format!("account:{account}")
}

impl Controller {
    /// Opens what the settings name and is not open yet; closes what they no longer name.
    pub(super) fn connect_accounts(&mut self) {
        let wanted = self.config.settings().accounts.clone();
        self.accounts.retain(|id, _| wanted.iter().any(|settings| &settings.id == id));
        for settings in wanted {
            let id = settings.id.clone();
            let open = match self.accounts.get_mut(&id) {
                Some(account) if account.settings == settings => account.crm.is_some(),
                Some(account) => {
                    account.settings = settings;
                    account.crm = None;
                    false
                }
                None => {
                    self.accounts.insert(id.clone(), Account::new(settings));
                    false
                }
            };
            if !open {
                self.open_account(&id);
            }
        }
    }

    fn open_account(&self, id: &AccountId) {
        let (vault, id) = (self.vault.clone(), id.clone());
        self.spawn(async move { (vault.get(&secret_name(&id)).await, id) }, |c, (secret, id)| {
            if let Some(account) = c.accounts.get_mut(&id) {
                account.asked = true;
                // Asked for twice at the start, or signed in again meanwhile. A second session with
                // the same refresh token would use it twice, and a CRM takes that for a theft.
                if account.crm.is_some() {
                    return;
                }
            }
            match secret {
                Ok(Some(secret)) => c.sign_in(&id, secret),
                Ok(None) => c.account_health(&id, HealthState::SignedOut, None),
                Err(error) => {
                    c.account_health(&id, HealthState::Unknown, Some(error.to_string()));
                }
            }
        });
    }

    /// Goes on with what the vault holds of an account, or is about to.
    pub(super) fn sign_in(&mut self, id: &AccountId, secret: SecretString) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        account.has_secret = true;
        if let Ok(Credentials::OAuth(tokens)) = Credentials::from_secret(&secret) {
            account.app = Some(tokens.client);
        }
        let settings = account.settings.clone();
        match self.open_crm(&settings, &secret) {
            Ok(crm) => {
                if let Some(account) = self.accounts.get_mut(id) {
                    account.crm = Some(crm);
                }
                self.check_account(id, None);
                self.ask_again(id);
                self.wake_outbox(id);
            }
            Err(error) => {
                self.account_health(id, HealthState::Down, Some(error.to_string()));
            }
        }
    }

    /// Asks an account who is signed in.
    pub(super) fn check_account(&self, id: &AccountId, reply: Option<Answer>) {
        let Some(crm) = self.accounts.get(id).and_then(|account| account.crm.clone()) else {
            if let Some(reply) = reply {
                let fault = if self.accounts.contains_key(id) {
                    Fault::new(ErrorCode::SignedOut).with("account", self.account_name(id))
                } else {
                    Fault::new(ErrorCode::NoSuchAccount).with("account", id.as_str())
                };
                answers::fault(reply, fault);
            }
            return;
        };
        let id = id.clone();
        self.spawn(async move { crm.user_info().await }, move |c, result| {
            if let (Ok(user), Some(account)) = (&result, c.accounts.get_mut(&id)) {
                account.user = Some(user.name.clone());
            }
            c.account_answered(&id, result.as_ref().err());
            let Some(reply) = reply else { return };
            let view = c.accounts.get(&id).map(account_view);
            let answer = match (result, view) {
                (Ok(_), Some(view)) => Ok(Reply::Link(view)),
                (Err(error), _) => Err(answers::crm_fault(&error, &c.account_name(&id))),
                (Ok(_), None) => Err(Fault::new(ErrorCode::NoSuchAccount)),
            };
            let _ = reply.send(answer);
        });
    }

    /// Every answer of an account says how it is doing.
    pub(super) fn account_answered(&mut self, id: &AccountId, error: Option<&ringside_web::Error>) {
        use ringside_web::Error;
        let fault = error
            .filter(|error| !matches!(error, Error::NotFound))
            .map(|error| answers::crm_fault(error, &self.account_name(id)));
        if let Some(account) = self.accounts.get_mut(id) {
            account.fault = fault;
        }
        let (health, detail) = match error {
            None | Some(Error::NotFound | Error::Rejected { .. }) => (HealthState::Up, None),
            Some(Error::Unauthorized | Error::Revoked) => (HealthState::SignedOut, None),
            Some(Error::RateLimited { .. }) => return,
            Some(error) => (HealthState::Down, Some(error.to_string())),
        };
        let was = self.accounts.get(id).map(|account| account.health);
        self.account_health(id, health, detail);
        if health == HealthState::Up && was.is_some_and(|was| was != HealthState::Up) {
            self.wake_outbox(id);
            // After this tick, so that the call whose answer this is has it.
            let id = id.clone();
            let ask_again = super::Tick::Then(Box::new(move |c| c.ask_again(&id)));
            let _ = self.ticks.send(ask_again);
        }
    }

    fn account_health(&mut self, id: &AccountId, health: HealthState, detail: Option<String>) {
        let Some(account) = self.accounts.get_mut(id) else { return };
        if health == HealthState::Up {
            account.checked_at = Some(Timestamp::now());
        }
        if account.health == health && account.detail == detail {
            return;
        }
        account.health = health;
        account.detail.clone_from(&detail);
        let name = account.settings.name.clone();
        self.emit(Event::Health {
            link: LinkKind::Account,
            id: id.to_string(),
            name,
            state: health,
            detail,
            retry_at: None,
        });
    }

    /// Signs out and erases the token and what the directory holds of the account.
    pub(super) fn remove_account(&mut self, id: &AccountId, reply: Answer) {
        let Some(account) = self.accounts.remove(id) else {
            let fault = Fault::new(ErrorCode::NoSuchAccount).with("account", id.as_str());
            return answers::fault(reply, fault);
        };
        let mut wanted = self.config.settings().clone();
        wanted.accounts.retain(|settings| &settings.id != id);
        if let Err(fault) = self.config.set_links(&wanted) {
            self.accounts.insert(id.clone(), account);
            return answers::fault(reply, fault);
        }
        let (vault, stores, id) = (self.vault.clone(), self.stores.clone(), id.clone());
        self.spawn(
            async move {
                if let Some(crm) = account.crm {
                    // The CRM may be away; the token is erased here all the same.
                    let _ = crm.unauthorize().await;
                }
                vault
                    .delete(&secret_name(&id))
                    .await
                    .map_err(|error| answers::vault_fault(&error))?;
                if let Some(stores) = stores {
                    stores
                        .directory
                        .erase_account(&id)
                        .await
                        .map_err(|error| answers::store_fault(&error))?;
                }
                Ok(Reply::Done)
            },
            |c, result| {
                c.emit(Event::SettingsChanged);
                c.emit(Event::ContactsChanged);
                let _ = reply.send(result);
            },
        );
    }
    pub(super) fn account_views(&self) -> Vec<LinkView> {
        self.accounts.values().map(account_view).collect()
    }
    pub(super) fn account_name(&self, id: &AccountId) -> String {
        self.accounts.get(id).map_or_else(|| id.to_string(), |a| a.settings.name.clone())
    }
    pub(super) fn deadline_of(&self, id: &AccountId) -> Duration {
        let seconds = self.accounts.get(id).map_or(8, |account| account.settings.deadline_s);
        Duration::from_secs(seconds.into())
    }
}

pub(super) fn account_view(account: &Account) -> LinkView {
    let crm = account.crm.as_ref();
    LinkView {
        id: account.settings.id.to_string(),
        kind: account.settings.kind.clone(),
        name: account.settings.name.clone(),
        address: Some(account.settings.url.clone()),
        health: account.health,
        why: None,
        detail: account.detail.clone(),
        retry_at: None,
        checked_at: account.checked_at.map(At),
        user: account.user.clone(),
        platform: account.settings.platform.clone(),
        can: crm.map(|crm| view::abilities(&crm.capabilities())).unwrap_or_default(),
        limits: crm.and_then(|crm| crm.limits()).map(|limits| LimitsView {
            limit: limits.limit,
            remaining: limits.remaining,
            resets_at: limits.resets_at.map(At),
        }),
        inlet: None,
        fault: account.fault.clone(),
    }
}
