//! An App Connect server (<https://github.com/ringcentral/rc-unified-crm-extension>), and through it
//! every CRM that it has a connector for.
//!
//! Facts of its API were recorded from `@app-connect/core` 1.7.41 (`tests/fixtures/app-connect`) and
//! are tested against that server (`tests/app_connect`). What it leaves to its clients is done here:
//! one request at a time for each log, a look before each create, deadlines everywhere, and no trust
//! in its cache of contacts, which has no age.

mod calls;
mod contacts;
mod fields;
#[cfg(any(test, fuzzing))]
mod fuzz;
mod judge;
mod known;
mod links;
mod locks;
mod logs;
mod manifest;
mod messages;
mod notes;
#[cfg(test)]
mod recorded_tests;
mod server_settings;
mod session;
mod sign_in;
mod wire;

use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use reqwest::Method;
use ringside_domain::log::MessageEntry;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Contact, ContactRef, ContactType, LogEntry, Region};
use serde_json::json;
use tokio::sync::OnceCell;

use crate::adapter::connection;
use crate::{
    CallBack, Capabilities, ContactPage, Crm, GetContact, GetContactAnswer, NewCallBack,
    NewContact, RemoteLog, ServerSetting, SettingValue, UserInfo,
};
#[cfg(any(test, fuzzing))]
pub(crate) use fuzz::fuzz;
use judge::Refusal;
use known::Known;
use locks::Locks;
use ringside_web::client::Urgency;
use ringside_web::client::{Auth, Client, nonzero};
use ringside_web::credentials::{Credentials, Keeper};
use ringside_web::{Error, OpenError};
use session::{RENEWED_BY, Session};

pub use sign_in::Adapter;

/// Requests a second: a server asks its CRM several times for one of ours.
const PER_SECOND: NonZeroU32 = nonzero(10);
/// How long a read may take for which a person waits, other than getContact.
const READ_DEADLINE: Duration = Duration::from_secs(10);
/// Connectors that find a number only as it is stored, so that their users need alternative formats
/// (App Connect's documentation offers them for these alone).
const EXACT: [&str; 3] = ["clio", "insightly", "netsuite"];

/// An account at an App Connect server.
pub struct AppConnect {
    account: AccountId,
    platform: Option<String>,
    session: Session,
    region: Region,
    formats: Vec<String>,
    lookup_deadline: Duration,
    known: OnceCell<Known>,
    locks: Locks,
    seen: contacts::Seen,
    logged: logs::Logged,
    made: contacts::Made,
}

impl AppConnect {
    /// An account from its settings; `region` serves where they name none. Sends nothing: a key is
    /// exchanged for a session with the first request, and the session is what is kept then.
    ///
    /// # Errors
    /// [`OpenError`] when the address or the secret cannot serve.
    pub fn new(
        settings: &AccountSettings,
        region: &Region,
        credentials: Credentials,
        keeper: Arc<dyn Keeper>,
    ) -> Result<Self, OpenError> {
        let own = settings.region.as_deref().and_then(Region::parse);
        let base = ringside_web::url::server(&settings.url)?;
        let (auth, pending) = match credentials {
            Credentials::Session(session) => {
                (Auth::session(session, Some(RENEWED_BY), keeper)?, None)
            }
            Credentials::Key(key) => (session::without_token(keeper)?, Some(key)),
            // Such tokens are the CRM's: they are the server's business, and no help here.
            Credentials::OAuth(_) => return Err(OpenError::BadSecret),
        };
        let client = Client::new(base, auth, &connection(settings, PER_SECOND))?;
        Ok(Self {
            account: settings.id.clone(),
            platform: settings.platform.clone(),
            session: Session::new(client, pending),
            region: own.unwrap_or_else(|| region.clone()),
            formats: settings.formats.clone(),
            lookup_deadline: Duration::from_secs(u64::from(settings.deadline_s.max(1))),
            known: OnceCell::new(),
            locks: Locks::default(),
            seen: contacts::Seen::default(),
            logged: logs::Logged::default(),
            made: contacts::Made::default(),
        })
    }
}

#[async_trait]
impl Crm for AppConnect {
    fn capabilities(&self) -> Capabilities {
        let Some(known) = self.known.get() else {
            return Capabilities { extensions: true, find_log: true, ..Capabilities::default() };
        };
        let can = |name: &str| known.interfaces.has(name);
        let mut create = known.platform.contact_types();
        if create.is_empty() {
            // Connectors without kinds of their own take any; this is what most call theirs.
            create.push(ContactType { value: "Contact".into(), label: "Contact".into() });
        }
        Capabilities {
            create: if can("createContact") { create } else { Vec::new() },
            find_by_name: can("findContactWithName"),
            // The server has no request for one contact.
            read_contact: false,
            update_log: can("updateCallLog"),
            find_log: true,
            extensions: true,
            dispositions: Vec::new(),
            // Fields of the log form are outcomes too, and go out with the log.
            disposition_apart: false,
            log_fields: fields::read(known.platform.log_fields()),
            cache_note: can("cacheCallNote"),
            messages: can("createMessageLog"),
            call_backs: true,
            server_settings: true,
            contact_pages: false,
            deletions: false,
            notices: true,
            exact_search: EXACT.contains(&known.name.as_str()),
        }
    }

    async fn user_info(&self) -> Result<UserInfo, Error> {
        let known = self.known().await?;
        // Connectors with keys fail at the cheaper one (recorded), and some others have none; a search
        // proves a sign-in as well, and says more of one that is bad.
        let cheap = ["authValidation"];
        let valid = known.platform.is_oauth()
            && self.get(&cheap, &[], Urgency::Live, READ_DEADLINE).await.is_ok();
        if !valid {
            self.probe().await.map_err(|refusal| match refusal {
                Refusal::Authorization => Error::Unauthorized,
                refusal => refusal.plain(false),
            })?;
        }
        // Whose session it is the server tells at the sign-in alone.
        let user = self.session.client().auth().user();
        let name = user.or_else(|| known.platform.display_name.clone());
        Ok(UserInfo { id: known.name.clone(), name: name.unwrap_or_else(|| known.name.clone()) })
    }

    async fn unauthorize(&self) -> Result<(), Error> {
        let (parts, body) = (["unAuthorize"], json!({}));
        match self.send_any(Method::POST, &parts, &body, Urgency::Live, READ_DEADLINE).await {
            Ok(_) | Err(Refusal::Plain(Error::Unauthorized | Error::Revoked)) => Ok(()),
            Err(refusal) => Err(refusal.plain(true)),
        }
    }

    async fn get_contact(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        self.look_up(request).await
    }

    async fn get_remaining(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        self.look_up_everything(request).await
    }

    async fn find_contact_by_name(&self, name: &str) -> Result<Vec<Contact>, Error> {
        self.search(name).await
    }

    async fn contact(&self, contact: &ContactRef) -> Result<Contact, Error> {
        self.contact_again(contact).await
    }

    async fn create_contact(&self, contact: &NewContact) -> Result<Contact, Error> {
        self.make_contact(contact).await
    }

    async fn create_call_log(&self, entry: &LogEntry) -> Result<String, Error> {
        self.create_log(entry).await
    }

    async fn update_call_log(&self, remote_id: &str, entry: &LogEntry) -> Result<(), Error> {
        self.update_log(remote_id, entry).await
    }

    async fn get_call_log(&self, remote_id: &str) -> Result<RemoteLog, Error> {
        self.read_log(remote_id).await
    }

    async fn find_call_log(&self, entry: &LogEntry) -> Result<Option<String>, Error> {
        self.find_log(&entry.key).await
    }

    async fn cache_note(&self, entry: &LogEntry) -> Result<(), Error> {
        self.leave_note(entry).await
    }

    async fn create_message_log(&self, entry: &MessageEntry) -> Result<String, Error> {
        self.log_messages(entry).await
    }

    async fn update_message_log(&self, _id: &str, entry: &MessageEntry) -> Result<(), Error> {
        self.log_messages(entry).await.map(|_| ())
    }

    async fn call_backs(&self) -> Result<Vec<CallBack>, Error> {
        self.list_call_backs().await
    }

    async fn create_call_back(&self, new: &NewCallBack) -> Result<String, Error> {
        self.add_call_back(new).await
    }

    async fn update_call_back(&self, entry: &CallBack) -> Result<(), Error> {
        self.change_call_back(entry).await
    }

    async fn delete_call_back(&self, id: &str) -> Result<(), Error> {
        self.drop_call_back(id).await
    }

    async fn server_settings(&self) -> Result<Vec<ServerSetting>, Error> {
        self.list_settings().await
    }

    async fn set_server_setting(&self, id: &str, value: &SettingValue) -> Result<(), Error> {
        self.change_setting(id, value).await
    }

    async fn contact_pages(
        &self,
        _cursor: Option<&str>,
        _changed_since: Option<Timestamp>,
    ) -> Result<ContactPage, Error> {
        Err(Error::Unsupported)
    }

    fn contact_url(&self, contact: &ContactRef) -> Option<String> {
        let known = self.known.get()?;
        let template = known.platform.contact_page_url.as_deref()?;
        let tokens = [("contactId", contact.id.as_str()), ("contactType", contact.kind.as_str())];
        self.page(template, known, &tokens)
    }

    fn call_log_url(&self, remote_id: &str) -> Option<String> {
        let known = self.known.get()?;
        // Otherwise the address names no page: it is there for others to build theirs.
        if known.platform.can_open_log_page != Some(true) {
            return None;
        }
        let contact = self.logged.contact_of(remote_id);
        let (id, kind) = match &contact {
            Some(contact) => (contact.id.as_str(), contact.kind.as_str()),
            None => ("", ""),
        };
        let mut tokens = vec![("logId", remote_id)];
        // An address that names the contact too serves only while the contact is known.
        if contact.is_some() {
            tokens.extend([("contactId", id), ("contactType", kind)]);
        }
        self.page(known.platform.log_page_url.as_deref()?, known, &tokens)
    }

    async fn warm(&self) {
        if self.known.get().is_none() {
            let _ = self.known().await;
        } else {
            self.session.client().warm().await;
        }
    }
}

impl AppConnect {
    fn page(&self, template: &str, known: &Known, tokens: &[(&str, &str)]) -> Option<String> {
        let base = self.session.client().base().as_str();
        let page = links::fill(template, known.hostname.as_deref(), tokens)
            .filter(|url| ringside_web::url::allowed(url, base))?;
        // A manifest is a server's text: its pages are opened on the CRM's own host alone.
        let mut hosts = known.platform.hosts();
        hosts.extend(known.hostname.clone());
        hosts.extend(self.session.client().base().host_str().map(str::to_owned));
        links::is_on(&page, &hosts).then_some(page)
    }
}
