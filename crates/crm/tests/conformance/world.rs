//! What the suite needs of a CRM: a server, accounts at it, and a look behind the adapter's back.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use ringside_crm::{Crm, Given, NewContact, Opening, UserInfo};
use ringside_domain::log::MessageEntry;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Contact, ContactRef, LogEntry, Message, Region};
use ringside_web::Error;
use ringside_web::credentials::OAuthClient;
use ringside_web::credentials::{Credentials, KeepNothing};
use serde_json::Value;
use url::Url;

pub(crate) use crate::material::*;

/// The account's id in every world.
pub(crate) const ACCOUNT: &str = "acme";

/// A server of one CRM, started for one test, and what only its tests know of it. Nothing here may
/// use the adapter: this is what it is held against.
#[async_trait]
pub(crate) trait World: Send + Sync + Sized {
    /// The adapter's name in the settings.
    const KIND: &'static str;
    /// Most contacts that the adapter asks for in one page of a bulk pull; 0 if it cannot.
    const PAGE: usize;

    /// Which of the server's connectors, where it speaks for several CRMs.
    const PLATFORM: Option<&'static str> = None;

    /// A part of a number finds it too, so that the account's formats are not searched one by one: a
    /// text that holds one which was searched before is left out.
    const PARTS: bool = false;

    /// A log that people took out of the CRM can be written again under the same key. A server that
    /// keeps every key for ever refuses it, so that Ringside keeps the log and says so.
    const RELOGS: bool = true;

    /// Starts a server without contacts and logs.
    async fn start() -> Self;

    /// The address of the server, as the settings hold it.
    fn url(&self) -> String;

    /// Opens an account. `settings` have everything but what only this CRM's accounts need.
    async fn open(&self, settings: AccountSettings, sign_in: SignIn) -> Arc<dyn Crm>;

    /// What [`SignIn::Full`] types, by key or into the form.
    fn given(&self) -> Given {
        Given { key: self.secret().into(), fields: BTreeMap::new() }
    }

    /// The app of one's own, for a browser sign-in that needs one.
    fn own_app(&self) -> Option<OAuthClient> {
        None
    }

    /// Plays a person in the browser, who allows or refuses; answers with the address that the
    /// browser is sent to then.
    async fn consent(&self, url: &Url, _allow: bool) -> Url {
        panic!("nobody signs in with the browser here: {url}")
    }

    /// The secret behind a sign-in, so that a test can look for it where it must not be.
    fn secret(&self) -> String;

    /// Who [`SignIn::Full`] is.
    fn user(&self) -> UserInfo;

    /// Takes [`SignIn::Session`] back at the CRM.
    async fn revoke(&self);

    /// How the CRM can tell a kind of error: itself, or the nearest that its protocol has.
    fn told(&self, kind: Kind) -> Kind {
        kind
    }

    /// Puts a contact into the CRM; answers with the match that it must be, in every field.
    async fn seed(&self, seed: &Seed<'_>) -> Contact;

    /// Puts `count` contacts on one number, or on none, into the CRM.
    async fn seed_many(&self, count: usize, phone: Option<&str>) {
        for number in 0..count {
            let name = format!("Shared {number}");
            self.seed(&Seed { phones: phone.as_slice(), ..Seed::named(&name) }).await;
        }
    }

    /// A contact as a bulk pull tells of it, which may be less.
    fn listed(&self, contact: Contact) -> Contact {
        contact
    }

    /// Gives a contact another name.
    async fn rename(&self, contact: &ContactRef, name: &str);

    /// Takes a contact out of the CRM.
    async fn delete(&self, contact: &ContactRef);

    /// A reference that this CRM might have given out and did not.
    fn nowhere(&self) -> ContactRef;

    /// All contacts, with every field that the CRM holds, but for ids and times of its own.
    async fn contacts(&self) -> Vec<Value>;

    /// What [`World::contacts`] must hold of a new contact.
    fn expected_contact(&self, new: &NewContact) -> Value;

    /// A contact that the CRM refuses, and words that it gives for it; `None` if it takes all.
    fn refused_contact(&self) -> Option<(NewContact, &'static str)>;

    /// All call logs: id, and every field that the CRM holds but for ids and times of its own.
    async fn logs(&self) -> Vec<(String, Value)>;

    /// What [`World::logs`] must hold of an entry.
    fn expected_log(&self, entry: &LogEntry) -> Value;

    /// Spoils an entry so that the CRM refuses it; answers with words that it gives for it.
    async fn spoil(&self, entry: &mut LogEntry) -> &'static str;

    /// Takes a log out of the CRM, if people can.
    async fn delete_log(&self, id: &str) -> bool;

    /// All records of text conversations, as [`World::logs`]. Empty if it keeps none.
    async fn conversations(&self) -> Vec<(String, Value)>;

    /// What [`World::conversations`] must hold of an entry.
    fn expected_conversation(&self, entry: &MessageEntry) -> Value;

    /// The note that the CRM keeps for a call that lasts, if it does.
    async fn cached_note(&self, _entry: &LogEntry) -> Option<String> {
        None
    }

    /// Has the CRM say this with its answers to getContact, until further notice.
    async fn announce(&self, message: &Message);

    /// The page of a contact for people, if the CRM has one.
    fn contact_page(&self, contact: &ContactRef) -> Option<String>;

    /// The page of a log for people, if the CRM has one.
    fn log_page(&self, id: &str) -> Option<String>;

    /// The limit that the CRM tells with its answers, if it does.
    fn limit(&self) -> Option<u64> {
        None
    }

    /// From now on this goes wrong, and nothing else.
    async fn fault(&self, fault: Fault);

    /// Everything works again.
    async fn heal(&self);

    /// Stops the server; what it holds stays.
    async fn stop(&self);

    /// Starts it again at the same address.
    async fn restart(&self);

    /// What the adapter has asked the server, in order.
    async fn requests(&self) -> Vec<Request>;

    /// The texts under which contacts were searched by number, in order.
    async fn searched(&self) -> Vec<String>;
}

/// Whose account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SignIn {
    /// One that may do everything.
    Full,
    /// One that may only read.
    ReadOnly,
    /// One that never was.
    Unknown,
    /// One that can be taken back, and that ends with a sign-out.
    Session,
}

/// The kinds of [`Error`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Unauthorized,
    Revoked,
    Forbidden,
    NotFound,
    RateLimited,
    Rejected,
    Unreachable,
    Ambiguous,
    BadAnswer,
    Unsupported,
}

/// The kind of what went wrong. Panics if nothing did.
pub(crate) fn kind<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Kind {
    match outcome.unwrap_err() {
        Error::Unauthorized => Kind::Unauthorized,
        Error::Revoked => Kind::Revoked,
        Error::Forbidden => Kind::Forbidden,
        Error::NotFound => Kind::NotFound,
        Error::RateLimited { .. } => Kind::RateLimited,
        Error::Rejected { .. } => Kind::Rejected,
        Error::Unreachable(_) => Kind::Unreachable,
        Error::Ambiguous(_) => Kind::Ambiguous,
        Error::BadAnswer(_) => Kind::BadAnswer,
        Error::Unsupported => Kind::Unsupported,
    }
}

/// What can go wrong, at all requests of the API.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    /// Every answer takes this long.
    Slow(Duration),
    /// So many requests are told to come back after so many seconds.
    RateLimited { times: u32, retry_after_s: u64 },
    /// So many requests are answered with this status, and not done.
    Status { times: u32, status: u16 },
    /// Every request is answered with this, and not done.
    Nonsense(Nonsense),
    /// So many writes are done, and the connection closes without an answer.
    Unanswered { writes: u32 },
    /// Every request is sent to another address.
    Redirect(String),
}

/// Answers that are none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Nonsense {
    /// A sign-in page, as captive portals send it.
    Html,
    /// JSON of another shape.
    OtherJson,
    /// The first half of an answer.
    Truncated,
    /// Nothing.
    Empty,
    /// More than any answer: 8 MB.
    Huge,
}

impl Nonsense {
    pub(crate) const ALL: [Self; 5] =
        [Self::Html, Self::OtherJson, Self::Truncated, Self::Empty, Self::Huge];
}

/// A request as the server saw it.
#[derive(Clone, Debug)]
pub(crate) struct Request {
    pub(crate) method: String,
    /// Path and query.
    pub(crate) target: String,
}

impl Request {
    pub(crate) fn is_write(&self) -> bool {
        !["GET", "HEAD"].contains(&self.method.as_str())
    }
}

/// A world with one account that may do everything.
pub(crate) struct Stage<W> {
    pub(crate) world: W,
    pub(crate) crm: Arc<dyn Crm>,
}

/// Starts a world with an account without formats.
pub(crate) async fn stage<W: World>() -> Stage<W> {
    stage_with(|_| ()).await
}

/// The same with a change to the account's settings.
pub(crate) async fn stage_with<W: World>(change: impl FnOnce(&mut AccountSettings)) -> Stage<W> {
    let world = W::start().await;
    let mut settings = settings(&world);
    change(&mut settings);
    let crm = world.open(settings, SignIn::Full).await;
    Stage { world, crm }
}

/// A client for looks behind the adapter's back.
pub(crate) fn http() -> reqwest::Client {
    // Fails when another part of the process was first, with the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let redirect = reqwest::redirect::Policy::none();
    reqwest::Client::builder().no_proxy().redirect(redirect).build().unwrap()
}

pub(crate) fn settings<W: World>(world: &W) -> AccountSettings {
    AccountSettings {
        extensions: true,
        deadline_s: 20,
        platform: W::PLATFORM.map(str::to_owned),
        ..AccountSettings::new(AccountId::new(ACCOUNT), W::KIND, "Acme", world.url())
    }
}

/// Opens an account as the engine does; what is renewed is not kept.
pub(crate) fn open(settings: &AccountSettings, credentials: Credentials) -> Arc<dyn Crm> {
    let (region, keeper) = (Region::parse("US").unwrap(), KeepNothing::shared());
    ringside_crm::open(Opening { settings, region: &region, credentials, keeper }).unwrap()
}

pub(crate) fn formats(formats: &[&str]) -> Vec<String> {
    formats.iter().map(|format| (*format).to_owned()).collect()
}

impl<W: World> Stage<W> {
    /// An account with another sign-in, and no patience.
    pub(crate) async fn other(&self, sign_in: SignIn) -> Arc<dyn Crm> {
        self.world.open(settings(&self.world), sign_in).await
    }

    /// How many requests the server has had so far.
    pub(crate) async fn asked(&self) -> usize {
        self.world.requests().await.len()
    }

    pub(crate) async fn writes(&self) -> usize {
        self.world.requests().await.iter().filter(|request| request.is_write()).count()
    }

    /// Holds the adapter to what its capabilities deny.
    pub(crate) async fn denied<T: std::fmt::Debug>(
        &self,
        outcome: impl Future<Output = Result<T, Error>>,
    ) {
        let before = self.asked().await;
        assert_eq!(kind(outcome.await), Kind::Unsupported);
        assert_eq!(self.asked().await, before, "what is unsupported must not be sent");
    }
}
