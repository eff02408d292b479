//! Signing in: what a person typed or did in the browser is proved first, then kept in the vault,
//! then the account is written into the settings. Nothing is left behind if any step fails, and an
//! account that is there keeps its old sign-in until the new one works.

use std::collections::BTreeMap;

use ringside_crm::{Adapter, Given};
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Region};
use ringside_protocol::command::NewAccount;
use ringside_protocol::{ErrorCode, Event, Fault, Reply};
use ringside_web::OpenError;
use ringside_web::credentials::Credentials;
use ringside_web::credentials::OAuthClient;
use ringside_web::sign_in::{BrowserSignIn, Page, SignInError};
use ringside_words::text;
use secrecy::SecretString;
use tokio::sync::oneshot;

use super::accounts::{Account, account_view, secret_name};
use super::{Answer, Controller, answers};
use crate::view;

/// A sign-in that waits for a person in the browser. Dropped, it is given up.
pub(crate) struct Waiting {
    number: u64,
    paste: Option<oneshot::Sender<String>>,
    _alive: oneshot::Sender<()>,
}

/// Which account is signed in.
#[derive(Clone, Debug)]
struct Target {
    settings: AccountSettings,
    new: bool,
}

impl Controller {
    /// The kinds of CRM that can be connected.
    pub(super) fn crm_kinds(reply: Answer) {
        let kinds = ringside_crm::adapters().iter().map(|adapter| view::crm_kind(*adapter));
        let _ = reply.send(Ok(Reply::CrmKinds(kinds.collect())));
    }

    /// The connectors of a server that speaks for several CRMs.
    pub(super) fn connectors(&self, kind: String, url: String, reply: Answer) {
        let what = NewAccount { kind, url, platform: None, name: None };
        let found = self.new_target(what).and_then(|target| Ok((adapter_of(&target)?, target)));
        let (adapter, target) = match found {
            Ok(found) => found,
            Err(fault) => return answers::fault(reply, fault),
        };
        self.spawn(
            async move {
                let found = adapter.connectors(&target.settings).await;
                found.map_err(|error| answers::crm_fault(&error, &target.settings.name))
            },
            |_, result| {
                let answer = result.map(|found| {
                    Reply::Connectors(found.into_iter().map(view::connector).collect())
                });
                let _ = reply.send(answer);
            },
        );
    }

    /// Connects a CRM with what a person typed.
    pub(super) fn add_account(&self, what: NewAccount, given: Given, reply: Answer) {
        match self.new_target(what) {
            Ok(target) => self.sign_in_typed(target, given, reply),
            Err(fault) => answers::fault(reply, fault),
        }
    }

    /// Signs an account in again with what a person typed.
    pub(super) fn reconnect_account(&self, id: &AccountId, given: Given, reply: Answer) {
        match self.known_target(id) {
            Ok(target) => self.sign_in_typed(target, given, reply),
            Err(fault) => answers::fault(reply, fault),
        }
    }

    fn sign_in_typed(&self, target: Target, given: Given, reply: Answer) {
        let adapter = match adapter_of(&target) {
            Ok(adapter) => adapter,
            Err(fault) => return answers::fault(reply, fault),
        };
        self.spawn(
            async move {
                let credentials = adapter
                    .sign_in(&target.settings, given)
                    .await
                    .map_err(|error| proof_fault(&error, &target.settings.name))?;
                Ok((target, credentials))
            },
            |c, result: Result<_, Fault>| match result {
                Ok((target, credentials)) => c.prove(target, &credentials, reply),
                Err(fault) => answers::fault(reply, fault),
            },
        );
    }

    /// Signs in with the browser; takes the place of a sign-in that still waits.
    pub(super) fn sign_in_browser(
        &mut self,
        account: Option<AccountId>,
        what: Option<NewAccount>,
        app: Option<OAuthClient>,
        reply: Answer,
    ) {
        self.give_up_sign_in();
        let target = match (account, what) {
            (Some(id), _) => self.known_target(&id),
            (None, Some(what)) => self.new_target(what),
            (None, None) => Err(Fault::new(ErrorCode::BadRequest).with("reason", "what")),
        };
        let found = target.and_then(|target| Ok((adapter_of(&target)?, target)));
        let (adapter, target) = match found {
            Ok(found) => found,
            Err(fault) => return answers::fault(reply, fault),
        };
        let app = app.or_else(|| self.app_of(&target));
        let page = Page { done: text("sign-in-done"), failed: text("sign-in-failed") };
        self.spawn(
            async move {
                let begun = adapter.sign_in_browser(&target.settings, app, page).await;
                (target, begun)
            },
            |c, (target, begun)| match begun {
                Ok(sign_in) => {
                    let (name, url) = (target.settings.name.clone(), target.settings.url.clone());
                    let then = move |c: &mut Self, credentials: Credentials, reply| {
                        c.prove(target, &credentials, reply);
                    };
                    c.wait_for_browser(&name, &url, sign_in, reply, then);
                }
                Err(error) => answers::fault(reply, sign_in_fault(&error, &target.settings.name)),
            },
        );
    }

    /// The app that an account was signed in with before serves again.
    fn app_of(&self, target: &Target) -> Option<OAuthClient> {
        self.accounts.get(&target.settings.id)?.app.clone()
    }

    /// A sign-in that still waits is given up for another.
    pub(super) fn give_up_sign_in(&mut self) {
        self.waiting = None;
    }

    /// Opens the browser for `name`, which is at `server`, and goes on with what it brings.
    pub(super) fn wait_for_browser(
        &mut self,
        name: &str,
        server: &str,
        sign_in: Box<dyn BrowserSignIn>,
        reply: Answer,
        then: impl FnOnce(&mut Self, Credentials, Answer) + Send + 'static,
    ) {
        let name = name.to_owned();
        let url = sign_in.url().to_string();
        let (alive, given_up) = oneshot::channel::<()>();
        let (paste, pasted) = oneshot::channel::<String>();
        let comes_back = sign_in.comes_back();
        self.sign_ins += 1;
        let number = self.sign_ins;
        let paste_here = (!comes_back).then_some(paste);
        self.waiting = Some(Waiting { number, paste: paste_here, _alive: alive });
        self.emit(Event::SignIn { url: url.clone(), paste: !comes_back });
        if ringside_web::url::allowed(&url, server) {
            self.desktop.open_url(&url);
        }
        let finished = async move {
            if comes_back {
                return sign_in.finish().await;
            }
            match pasted.await {
                Ok(address) => sign_in.finish_with(&address).await,
                Err(_) => Err(SignInError::Timeout),
            }
        };
        self.spawn(
            async move {
                tokio::select! {
                    result = finished => Some(result),
                    _ = given_up => None,
                }
            },
            move |c, result| {
                if c.waiting.as_ref().is_some_and(|waiting| waiting.number == number) {
                    c.waiting = None;
                }
                match result {
                    Some(Ok(credentials)) => then(c, credentials, reply),
                    Some(Err(error)) => {
                        answers::fault(reply, sign_in_fault(&error, &name));
                    }
                    None => answers::fault(reply, Fault::new(ErrorCode::SignInCancelled)),
                }
            },
        );
    }

    /// The address that the browser ended at.
    pub(super) fn paste_sign_in(&mut self, address: String, reply: Answer) {
        let paste = self.waiting.as_mut().and_then(|waiting| waiting.paste.take());
        match paste.map(|paste| paste.send(address)) {
            Some(Ok(())) => answers::done(reply),
            Some(Err(_)) | None => answers::fault(reply, Fault::new(ErrorCode::NoSignIn)),
        }
    }

    /// Gives a sign-in in the browser up.
    pub(super) fn cancel_sign_in(&mut self, reply: Answer) {
        self.waiting = None;
        answers::done(reply);
    }

    /// Asks the CRM who that is; then the vault and the settings take it over.
    fn prove(&self, mut target: Target, credentials: &Credentials, reply: Answer) {
        let secret = credentials.to_secret();
        let crm = match self.open_crm(&target.settings, &secret) {
            Ok(crm) => crm,
            Err(error) => return answers::fault(reply, open_fault(&error)),
        };
        if target.new && crm.capabilities().exact_search {
            let general = &self.config.settings().numbers.region;
            let region = Region::parse(general).unwrap_or_else(Region::world);
            // Without formats it would only find numbers stored as E.164.
            target.settings.formats = ringside_domain::number::format::suggested(&region);
        }
        let vault = self.vault.clone();
        self.spawn(
            async move {
                let name = &target.settings.name;
                let user = crm.user_info().await.map_err(|error| proof_fault(&error, name))?;
                vault
                    .set(&secret_name(&target.settings.id), &secret)
                    .await
                    .map_err(|error| answers::vault_fault(&error))?;
                Ok((target, user.name, secret))
            },
            |c, result: Result<_, Fault>| {
                let answer =
                    result.and_then(|(target, user, secret)| c.signed_in(target, user, secret));
                let _ = reply.send(answer);
            },
        );
    }

    fn signed_in(
        &mut self,
        target: Target,
        user: String,
        secret: SecretString,
    ) -> Result<Reply, Fault> {
        let id = target.settings.id.clone();
        if target.new {
            let mut wanted = self.config.settings().clone();
            wanted.accounts.push(target.settings.clone());
            if let Err(fault) = self.config.set_links(&wanted) {
                let (vault, id) = (self.vault.clone(), id);
                self.spawn(async move { vault.delete(&secret_name(&id)).await }, |_, _| {});
                return Err(fault);
            }
            self.accounts.insert(id.clone(), Account::new(target.settings));
        }
        if let Some(account) = self.accounts.get_mut(&id) {
            account.user = Some(user);
        }
        self.sign_in(&id, secret);
        if target.new {
            self.emit(Event::SettingsChanged);
        }
        let view = self.accounts.get(&id).map(account_view);
        view.map(Reply::Link).ok_or_else(|| Fault::new(ErrorCode::NoSuchAccount))
    }

    /// The settings that an account would have, checked.
    fn new_target(&self, what: NewAccount) -> Result<Target, Fault> {
        let NewAccount { kind, url, platform, name } = what;
        let id = AccountId::new(format!("{kind}-{:06x}", rand::random::<u32>() & 0xff_ffff));
        let host = url.split("://").nth(1).unwrap_or(&url).split('/').next().unwrap_or(&url);
        let word = format!("crm-{kind}");
        let name = name.unwrap_or_else(|| match (&platform, ringside_words::has(&word)) {
            (None, true) => text(&word),
            _ => host.to_owned(),
        });
        let mut settings = AccountSettings::new(id, kind, name, url.clone());
        settings.platform = platform;
        let mut checked = self.config.settings().clone();
        checked.accounts.push(settings.clone());
        match checked.validate() {
            Ok(()) => Ok(Target { settings, new: true }),
            Err((key, reason)) => {
                Err(Fault::new(ErrorCode::BadSetting).with("key", key).with("reason", reason))
            }
        }
    }

    fn known_target(&self, id: &AccountId) -> Result<Target, Fault> {
        let account = self.accounts.get(id);
        let settings = account.map(|account| account.settings.clone());
        settings
            .map(|settings| Target { settings, new: false })
            .ok_or_else(|| Fault::new(ErrorCode::NoSuchAccount).with("account", id.as_str()))
    }
}

/// What a person typed, as secrets.
pub(super) fn given(key: String, fields: BTreeMap<String, String>) -> Given {
    Given {
        key: key.into(),
        fields: fields.into_iter().map(|(id, value)| (id, value.into())).collect(),
    }
}

fn adapter_of(target: &Target) -> Result<&'static dyn Adapter, Fault> {
    ringside_crm::adapter(&target.settings.kind).map_err(|error| open_fault(&error))
}

fn open_fault(error: &OpenError) -> Fault {
    Fault::new(ErrorCode::Unsupported).with("what", error.to_string())
}

/// Why a sign-in was not taken: nobody was signed out who never was in.
pub(super) fn proof_fault(error: &ringside_web::Error, account: &str) -> Fault {
    match error {
        ringside_web::Error::Unauthorized | ringside_web::Error::Revoked => {
            Fault::new(ErrorCode::WrongKey).with("account", account)
        }
        _ => answers::crm_fault(error, account),
    }
}

pub(super) fn sign_in_fault(error: &SignInError, account: &str) -> Fault {
    let fault = match error {
        SignInError::Unsupported => Fault::new(ErrorCode::Unsupported).with("what", account),
        SignInError::Denied => Fault::new(ErrorCode::SignInDenied),
        SignInError::Setup(error) => open_fault(error),
        SignInError::Refused(reason) => {
            Fault::new(ErrorCode::SignInRefused).with("reason", reason.as_str())
        }
        SignInError::Foreign | SignInError::Listen(_) => {
            Fault::new(ErrorCode::SignInRefused).with("reason", error.to_string())
        }
        SignInError::Timeout => Fault::new(ErrorCode::SignInTimeout),
        SignInError::Server(error) => return answers::crm_fault(error, account),
    };
    fault.with("account", account)
}
