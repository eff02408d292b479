//! CRMs: the [`Crm`] trait, the getContact contract, and one file or folder for each adapter.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;
use ringside_domain::log::{LogField, MessageEntry};
use ringside_domain::{Contact, ContactRef, ContactType, LogEntry, Message};
use ringside_web::client::{Limits, Urgency};
use ringside_web::{Error, OpenError};

pub mod adapter;
pub mod app_connect;
pub mod compose;
pub mod contract;
pub mod error;
pub mod example;
pub mod extras;
#[cfg(any(test, fuzzing))]
pub mod fuzz;
mod paging;
pub mod pipedrive;

pub use adapter::{Adapter, Connector, Field, Given, Opening, Way};
pub use extras::{CallBack, CallBackState, NewCallBack, ServerSetting, SettingValue};

/// What an account can do. What it cannot is said here and is never an error at run time.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Kinds of contact that can be created; empty if none can.
    pub create: Vec<ContactType>,
    /// Contacts can be found by name.
    pub find_by_name: bool,
    /// Every contact can be read by its reference. Otherwise [`Crm::contact`] knows those only that
    /// this account has told of since it was opened, and says [`Error::Unsupported`] of the others.
    pub read_contact: bool,
    /// Logs can be changed after they were written.
    pub update_log: bool,
    /// A log can be found by our key alone, without an index that lags.
    pub find_log: bool,
    /// Extensions may be looked up.
    pub extensions: bool,
    /// Outcomes that a log can carry; empty if none.
    pub dispositions: Vec<String>,
    /// A log's outcome is written apart from the log, by [`Crm::upsert_disposition`].
    pub disposition_apart: bool,
    /// Fields of the account's own on the log form, in order.
    pub log_fields: Vec<LogField>,
    /// Notes can be left with the CRM while the call lasts, by [`Crm::cache_note`].
    pub cache_note: bool,
    /// Text messages can be logged.
    pub messages: bool,
    /// Keeps a list of people to call back.
    pub call_backs: bool,
    /// Keeps settings of its own for each user.
    pub server_settings: bool,
    /// Contacts can be listed in bulk.
    pub contact_pages: bool,
    /// A list of what changed tells what is gone, too.
    pub deletions: bool,
    /// Answers to getContact may come with a message for the agent.
    pub notices: bool,
    /// Only finds numbers written exactly as stored, so that alternative formats matter.
    pub exact_search: bool,
}

/// The request of the getContact contract (design §5.1), without `user` and `authHeader`, which the
/// adapter adds from the vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GetContact {
    /// `phoneNumber`: E.164, or an extension if `is_extension`.
    pub phone_number: String,
    /// `overridingFormat`: alternative formats in order.
    pub overriding_format: Vec<String>,
    /// `isExtension`.
    pub is_extension: bool,
    /// `isForceRefresh`: past every cache.
    pub force_refresh: bool,
    /// For the rate limit.
    pub urgency: Urgency,
    /// How many of the forms of the number an earlier answer has tried already
    /// ([`GetContactAnswer::tried`]): each costs a request, so [`Crm::get_remaining`] leaves them out.
    pub skip: usize,
}

impl GetContact {
    /// Whether the caller is anonymous: without a digit, nobody can be asked for.
    pub fn names_nobody(&self) -> bool {
        !self.phone_number.contains(|c: char| c.is_ascii_digit())
    }
}

/// The answer of the getContact contract, read: without duplicates and without the
/// `isNewContact` option, which is a capability and never a match.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GetContactAnswer {
    /// `matchedContactInfo`.
    pub contacts: Vec<Contact>,
    /// `returnMessage`.
    pub message: Option<Message>,
    /// Whether the list offered "Create new contact...".
    pub can_create: bool,
    /// Every alternative format has been tried, so that a single contact is a unique match.
    pub complete: bool,
    /// How many forms of the number have been tried, where each is a request of its own.
    pub tried: usize,
}

/// A contact to be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewContact {
    /// Required.
    pub name: String,
    /// One of [`Capabilities::create`]; the first if `None`.
    pub kind: Option<String>,
    /// E.164 where it is one.
    pub phone: Option<String>,
    /// Employer.
    pub company: Option<String>,
    /// E-mail address.
    pub email: Option<String>,
    /// Idempotency key, the same for every attempt at the same contact.
    pub key: String,
}

/// A log as the CRM holds it. What a CRM does not keep, or does not tell, is `None`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemoteLog {
    /// The CRM's id.
    pub id: String,
    /// Subject as stored.
    pub subject: String,
    /// The agent's notes, without what we or the CRM put around them.
    pub note: String,
    /// The contact that it belongs to, in the CRM's id.
    pub contact: Option<String>,
    /// Start of the call.
    pub started_at: Option<Timestamp>,
    /// Length of the conversation, whole seconds.
    pub duration_s: Option<u64>,
    /// The outcome that the agent set.
    pub disposition: Option<String>,
}

/// One page of a bulk pull.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ContactPage {
    /// The contacts.
    pub contacts: Vec<Contact>,
    /// Contacts that are gone since `changed_since`, where the CRM tells.
    pub deleted: Vec<ContactRef>,
    /// Where the next page begins; `None` after the last.
    pub next: Option<String>,
}

/// Who is signed in.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserInfo {
    /// The CRM's id of the user.
    pub id: String,
    /// Their name.
    pub name: String,
}

/// A CRM account, signed in. All calls have their own deadline and never block for longer.
#[async_trait]
pub trait Crm: Send + Sync {
    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// Who is signed in; the cheapest call that proves the token.
    async fn user_info(&self) -> Result<UserInfo, Error>;

    /// Ends the session at the CRM where it has one. The token is useless afterwards.
    async fn unauthorize(&self) -> Result<(), Error>;

    /// The one matching call (design §5.1): tries the number and every alternative format; answers
    /// with the first hit. If `complete` is false, [`Crm::get_remaining`] runs the rest.
    async fn get_contact(&self, request: &GetContact) -> Result<GetContactAnswer, Error>;

    /// The formats that [`Crm::get_contact`] left out after its first hit, from [`GetContact::skip`]
    /// on: all contacts of these formats, `complete`.
    async fn get_remaining(&self, request: &GetContact) -> Result<GetContactAnswer, Error>;

    /// Contacts whose name fits, best first.
    async fn find_contact_by_name(&self, name: &str) -> Result<Vec<Contact>, Error>;

    /// One contact as it is now; [`Error::NotFound`] if it is gone. See
    /// [`Capabilities::read_contact`].
    async fn contact(&self, contact: &ContactRef) -> Result<Contact, Error>;

    /// One contact as it is now, whose name is known. Where no request reads any contact, one that
    /// this account has not told of since it was opened is looked for under that name;
    /// [`Error::Unsupported`] if it is not there, since it may have another name by now.
    async fn contact_named(&self, contact: &ContactRef, name: &str) -> Result<Contact, Error> {
        match self.contact(contact).await {
            Err(Error::Unsupported) if self.capabilities().find_by_name => {
                let found = self.find_contact_by_name(name).await?;
                let same = found.into_iter().find(|found| found.reference == *contact);
                same.ok_or(Error::Unsupported)
            }
            told => told,
        }
    }

    /// Makes a contact.
    async fn create_contact(&self, contact: &NewContact) -> Result<Contact, Error>;

    /// Writes a log; answers with the CRM's id.
    async fn create_call_log(&self, entry: &LogEntry) -> Result<String, Error>;

    /// Brings a log up to date.
    async fn update_call_log(&self, remote_id: &str, entry: &LogEntry) -> Result<(), Error>;

    /// Reads a log.
    async fn get_call_log(&self, remote_id: &str) -> Result<RemoteLog, Error>;

    /// Finds the log with the entry's key, for reconciliation.
    async fn find_call_log(&self, entry: &LogEntry) -> Result<Option<String>, Error>;

    /// Sets the outcome of a log, where that is a request of its own
    /// ([`Capabilities::disposition_apart`]).
    async fn upsert_disposition(&self, _remote_id: &str, _entry: &LogEntry) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// Leaves the notes so far with the CRM while the call lasts ([`Capabilities::cache_note`]).
    async fn cache_note(&self, _entry: &LogEntry) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// Writes the record of a text conversation ([`Capabilities::messages`]); answers with the CRM's
    /// id.
    async fn create_message_log(&self, _entry: &MessageEntry) -> Result<String, Error> {
        Err(Error::Unsupported)
    }

    /// Brings the record of a text conversation up to date.
    async fn update_message_log(&self, _id: &str, _entry: &MessageEntry) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// The list of people to call back ([`Capabilities::call_backs`]).
    async fn call_backs(&self) -> Result<Vec<CallBack>, Error> {
        Err(Error::Unsupported)
    }

    /// Puts somebody on the list; answers with the CRM's id of the entry.
    async fn create_call_back(&self, _new: &NewCallBack) -> Result<String, Error> {
        Err(Error::Unsupported)
    }

    /// Marks an entry as done or not, or moves it.
    async fn update_call_back(&self, _entry: &CallBack) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// Takes an entry off the list.
    async fn delete_call_back(&self, _id: &str) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// The settings that the CRM keeps for the user ([`Capabilities::server_settings`]).
    async fn server_settings(&self) -> Result<Vec<ServerSetting>, Error> {
        Err(Error::Unsupported)
    }

    /// Changes one of them; [`Error::Forbidden`] if the admin has locked it.
    async fn set_server_setting(&self, _id: &str, _value: &SettingValue) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// What is left of the account's rate limit, as last heard; `None` before it was, or where the
    /// CRM does not tell.
    fn limits(&self) -> Option<Limits> {
        None
    }

    /// Contacts in bulk, from a cursor of an earlier page.
    async fn contact_pages(
        &self,
        cursor: Option<&str>,
        changed_since: Option<Timestamp>,
    ) -> Result<ContactPage, Error>;

    /// The page of a contact for people; `https`, or `http` on loopback, on the account's own host.
    fn contact_url(&self, contact: &ContactRef) -> Option<String>;

    /// The page of a log for people.
    fn call_log_url(&self, remote_id: &str) -> Option<String>;

    /// Opens a connection ahead of need, such as when a phone begins to ring: new TLS costs two
    /// round trips. Best effort, so without a result.
    async fn warm(&self) {}
}

/// Every adapter, once.
const ADAPTERS: &[&dyn Adapter] = &[&example::Adapter, &pipedrive::Adapter, &app_connect::Adapter];

/// The kinds of CRM that are built in.
pub fn adapters() -> &'static [&'static dyn Adapter] {
    ADAPTERS
}

/// The adapter of a kind.
///
/// # Errors
/// [`OpenError::UnknownKind`].
pub fn adapter(kind: &str) -> Result<&'static dyn Adapter, OpenError> {
    let found = ADAPTERS.iter().find(|adapter| adapter.kind() == kind);
    found.copied().ok_or_else(|| OpenError::UnknownKind(kind.to_owned()))
}

/// Opens an account with the adapter that its settings name.
///
/// # Errors
/// [`OpenError`] when the settings cannot serve.
pub fn open(opening: Opening<'_>) -> Result<Arc<dyn Crm>, OpenError> {
    adapter(&opening.settings.kind)?.open(opening)
}
