//! The Example CRM (`crates/example-crm`), and the pattern for adapters to REST CRMs that only find
//! numbers as the exact text that is stored.

mod adapter;
mod forms;
#[cfg(any(test, fuzzing))]
mod fuzz;
mod wire;

use std::collections::HashSet;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use reqwest::{Method, StatusCode};
use ringside_domain::log::{MessageEntry, SEND_DEADLINE};
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Contact, ContactRef, ContactType, LogEntry, Region};
use url::Url;

use crate::adapter::connection;
use crate::contract::{self, MATCHES_MAX};
use crate::paging::Paging;
use crate::{
    Capabilities, ContactPage, Crm, GetContact, GetContactAnswer, NewContact, RemoteLog, UserInfo,
};
use ringside_web::client::{Auth, Client, nonzero};
use ringside_web::client::{Limits, Urgency};
use ringside_web::credentials::{Credentials, Keeper};
use ringside_web::{Error, OpenError};

pub use adapter::Adapter;
#[cfg(any(test, fuzzing))]
pub(crate) use fuzz::fuzz;
use wire::{Activities, ActivityBody, Contacts, ConversationBody, Deletions, RecordId};

/// Requests per second: a quarter of what the server allows a key by default.
const PER_SECOND: NonZeroU32 = nonzero(50);
/// How long a read may take for which a person waits, other than getContact.
const READ_DEADLINE: Duration = Duration::from_secs(10);
/// Contacts in one page of a bulk pull.
const PAGE: &str = "200";
/// Contacts in one answer of a search by name.
const NAMES: &str = "50";
/// Deletions in one answer, and the most answers that are asked for.
const DELETIONS: &str = "500";
const DELETION_PAGES_MAX: usize = 200;
/// Searches under way at once for one call, off the first answer.
const PARALLEL: usize = 3;

/// An account at an Example CRM. Keeps no cache, so every answer is fresh, forced or not.
pub struct ExampleCrm {
    account: AccountId,
    client: Client,
    region: Region,
    formats: Vec<String>,
    lookup_deadline: Duration,
}

impl ExampleCrm {
    /// An account from its settings; `region` serves where they name none. A key and OAuth tokens
    /// both go as bearer. Sends nothing.
    ///
    /// # Errors
    /// [`OpenError`] when the address or the credentials cannot serve.
    pub fn new(
        settings: &AccountSettings,
        region: &Region,
        credentials: Credentials,
        keeper: Arc<dyn Keeper>,
    ) -> Result<Self, OpenError> {
        let own = settings.region.as_deref().and_then(Region::parse);
        let base = ringside_web::url::server(&settings.url)?;
        let options = connection(settings, PER_SECOND);
        Ok(Self {
            account: settings.id.clone(),
            client: Client::new(base, Auth::of(credentials, keeper)?, &options)?,
            region: own.unwrap_or_else(|| region.clone()),
            formats: settings.formats.clone(),
            lookup_deadline: Duration::from_secs(u64::from(settings.deadline_s.max(1))),
        })
    }

    /// The texts to search for, in order: see [`forms::of`].
    fn forms(&self, request: &GetContact) -> Vec<String> {
        if request.names_nobody() {
            return Vec::new();
        }
        if request.is_extension {
            return vec![request.phone_number.clone()];
        }
        let formats = Some(&request.overriding_format).filter(|formats| !formats.is_empty());
        forms::of(&request.phone_number, formats.unwrap_or(&self.formats), &self.region)
    }

    /// One search for one exact text.
    async fn search(
        &self,
        text: &str,
        request: &GetContact,
        within: Duration,
    ) -> Result<Found, Error> {
        let field = if request.is_extension { "extension" } else { "phone" };
        let limit = MATCHES_MAX.to_string();
        let url = self.list("contacts", &[(field, text), ("limit", &limit)]);
        let found: Contacts = self.client.read(&url, request.urgency, within).await?;
        Ok(Found {
            contacts: found.contacts.into_iter().map(Into::into).collect(),
            message: found.notice.map(Into::into),
        })
    }

    fn list(&self, what: &str, query: &[(&str, &str)]) -> Url {
        let mut url = self.client.address(&["v1", what]);
        url.query_pairs_mut().extend_pairs(query);
        url
    }

    /// The address of a record of the API. Ids are numbers here, so that no other text can name
    /// another address.
    fn record(&self, what: &str, id: &str) -> Result<Url, Error> {
        let number: u64 = id.parse().map_err(|_| Error::NotFound)?;
        Ok(self.client.address(&["v1", what, &number.to_string()]))
    }

    fn page(&self, what: &str, id: &str) -> Option<String> {
        let number: u64 = id.parse().ok()?;
        let url = self.client.address(&[what, &number.to_string()]);
        ringside_web::url::allowed(url.as_str(), self.client.base().as_str()).then(|| url.into())
    }

    fn answer(&self, found: Found, complete: bool) -> Result<GetContactAnswer, Error> {
        let mut contacts: Vec<_> = found.contacts.into_iter().map(contract::Loose::Fits).collect();
        contacts.push(contract::Loose::Fits(contract::MatchedContact::create_option()));
        let answer = contract::Answer {
            matched_contact_info: contacts,
            return_message: found.message,
            ..contract::Answer::default()
        };
        answer.read(&self.account, complete)
    }

    /// What went since a time, all of it: a busy day deletes few.
    async fn deleted(&self, since: Timestamp) -> Result<Vec<ContactRef>, Error> {
        let since = since.to_string();
        let mut deleted = Vec::new();
        let mut cursor: Option<String> = None;
        let mut paging = Paging::new(DELETION_PAGES_MAX);
        loop {
            let mut url = self.list("deletions", &[("since", &since), ("limit", DELETIONS)]);
            if let Some(cursor) = &cursor {
                url.query_pairs_mut().append_pair("cursor", cursor);
            }
            let page: Deletions =
                self.client.read(&url, Urgency::Background, READ_DEADLINE).await?;
            deleted.extend(page.deletions.into_iter().map(|gone| gone.reference(&self.account)));
            cursor = paging.next(page.next_cursor)?;
            if cursor.is_none() {
                return Ok(deleted);
            }
        }
    }

    fn read_all(&self, contacts: Vec<wire::Contact>) -> Vec<Contact> {
        let matched = contacts.into_iter().map(contract::MatchedContact::from);
        let mut seen = HashSet::new();
        matched
            .filter_map(|contact| contact.read(&self.account))
            .filter(|contact| seen.insert(contact.reference.clone()))
            .collect()
    }

    fn read_one(&self, contact: wire::Contact) -> Result<Contact, Error> {
        contract::MatchedContact::from(contact)
            .read(&self.account)
            .ok_or_else(|| Error::BadAnswer("a contact without an id".to_owned()))
    }
}

/// What a search found.
#[derive(Default)]
struct Found {
    contacts: Vec<contract::MatchedContact>,
    message: Option<contract::ReturnMessage>,
}

#[async_trait]
impl Crm for ExampleCrm {
    fn capabilities(&self) -> Capabilities {
        let kinds = [("person", "Person"), ("lead", "Lead"), ("company", "Company")];
        let dispositions = ["Interested", "Call back", "Not now", "Left a message"];
        Capabilities {
            create: kinds
                .map(|(value, label)| ContactType { value: value.into(), label: label.into() })
                .into(),
            find_by_name: true,
            read_contact: true,
            update_log: true,
            find_log: true,
            extensions: true,
            dispositions: dispositions.map(str::to_owned).into(),
            messages: true,
            contact_pages: true,
            deletions: true,
            notices: true,
            exact_search: true,
            ..Capabilities::default()
        }
    }

    async fn user_info(&self) -> Result<UserInfo, Error> {
        let url = self.client.address(&["v1", "me"]);
        let me: wire::Me = self.client.read(&url, Urgency::Live, READ_DEADLINE).await?;
        Ok(me.into())
    }

    async fn unauthorize(&self) -> Result<(), Error> {
        // An API key belongs to the server and stays.
        self.client.revoke(READ_DEADLINE).await
    }

    async fn get_contact(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        let deadline = Instant::now() + self.lookup_deadline;
        let forms = self.forms(request);
        let mut message = None;
        for (form, left) in forms.iter().zip((0..forms.len()).rev()) {
            let within = deadline.saturating_duration_since(Instant::now());
            let found = self.search(form, request, within).await?;
            if !found.contacts.is_empty() {
                let answer = self.answer(found, left == 0)?;
                return Ok(GetContactAnswer { tried: forms.len() - left, ..answer });
            }
            message = found.message;
        }
        self.answer(Found { message, ..Found::default() }, true)
    }

    async fn get_remaining(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        let searches = self
            .forms(request)
            .into_iter()
            .skip(request.skip)
            .map(|form| async move { self.search(&form, request, self.lookup_deadline).await });
        // In the order of the formats, whichever comes first.
        let found: Vec<Found> =
            futures::stream::iter(searches).buffered(PARALLEL).try_collect().await?;
        let mut all = Found::default();
        for found in found {
            all.contacts.extend(found.contacts);
            all.message = found.message.or(all.message);
        }
        self.answer(all, true)
    }

    async fn find_contact_by_name(&self, name: &str) -> Result<Vec<Contact>, Error> {
        if !name.contains(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        let url = self.list("contacts", &[("name", name), ("limit", NAMES)]);
        let found: Contacts = self.client.read(&url, Urgency::Live, READ_DEADLINE).await?;
        Ok(self.read_all(found.contacts))
    }

    async fn contact(&self, contact: &ContactRef) -> Result<Contact, Error> {
        let url = self.record("contacts", &contact.id)?;
        self.read_one(self.client.read(&url, Urgency::Live, READ_DEADLINE).await?)
    }

    async fn create_contact(&self, contact: &NewContact) -> Result<Contact, Error> {
        let url = self.client.address(&["v1", "contacts"]);
        let body = wire::ContactBody::from(contact);
        let answer =
            self.client.write(Method::POST, &url, &body, Urgency::Live, SEND_DEADLINE).await?;
        self.read_one(answer.read()?)
    }

    async fn create_call_log(&self, entry: &LogEntry) -> Result<String, Error> {
        let url = self.client.address(&["v1", "activities"]);
        let body = ActivityBody::new(entry)?;
        let urgency = Urgency::Background;
        let answer = self.client.write(Method::POST, &url, &body, urgency, SEND_DEADLINE).await?;
        if answer.status() != StatusCode::CONFLICT {
            return Ok(answer.read::<RecordId>()?.id.to_string());
        }
        // An earlier attempt landed, perhaps with an earlier note: what counts is the entry now.
        let id = answer.body::<RecordId>()?.id.to_string();
        self.update_call_log(&id, entry).await?;
        Ok(id)
    }

    async fn update_call_log(&self, remote_id: &str, entry: &LogEntry) -> Result<(), Error> {
        let url = self.record("activities", remote_id)?;
        let body = ActivityBody::new(entry)?.without_key();
        let urgency = Urgency::Background;
        let answer = self.client.write(Method::PATCH, &url, &body, urgency, SEND_DEADLINE).await?;
        answer.read::<RecordId>().map(|_| ())
    }

    async fn get_call_log(&self, remote_id: &str) -> Result<RemoteLog, Error> {
        let url = self.record("activities", remote_id)?;
        let activity: wire::Activity = self.client.read(&url, Urgency::Live, READ_DEADLINE).await?;
        Ok(activity.into())
    }

    async fn find_call_log(&self, entry: &LogEntry) -> Result<Option<String>, Error> {
        let url = self.list("activities", &[("external_key", &entry.key)]);
        let found: Activities = self.client.read(&url, Urgency::Background, READ_DEADLINE).await?;
        Ok(found.activities.first().map(|activity| activity.id.to_string()))
    }

    async fn create_message_log(&self, entry: &MessageEntry) -> Result<String, Error> {
        let url = self.client.address(&["v1", "conversations"]);
        let body = ConversationBody::new(entry)?;
        let urgency = Urgency::Background;
        let answer = self.client.write(Method::POST, &url, &body, urgency, SEND_DEADLINE).await?;
        if answer.status() != StatusCode::CONFLICT {
            return Ok(answer.read::<RecordId>()?.id.to_string());
        }
        let id = answer.body::<RecordId>()?.id.to_string();
        self.update_message_log(&id, entry).await?;
        Ok(id)
    }

    async fn update_message_log(&self, id: &str, entry: &MessageEntry) -> Result<(), Error> {
        let url = self.record("conversations", id)?;
        let body = ConversationBody::new(entry)?.without_key();
        let urgency = Urgency::Background;
        let answer = self.client.write(Method::PATCH, &url, &body, urgency, SEND_DEADLINE).await?;
        answer.read::<RecordId>().map(|_| ())
    }

    async fn contact_pages(
        &self,
        cursor: Option<&str>,
        changed_since: Option<Timestamp>,
    ) -> Result<ContactPage, Error> {
        let mut url = self.list("contacts", &[("limit", PAGE)]);
        if let Some(cursor) = cursor {
            url.query_pairs_mut().append_pair("cursor", cursor);
        }
        if let Some(since) = changed_since {
            url.query_pairs_mut().append_pair("updated_since", &since.to_string());
        }
        let found: Contacts = self.client.read(&url, Urgency::Background, READ_DEADLINE).await?;
        let contacts = self.read_all(found.contacts);
        // Once, with the last page.
        let deleted = match changed_since.filter(|_| found.next_cursor.is_none()) {
            Some(since) => self.deleted(since).await?,
            None => Vec::new(),
        };
        Ok(ContactPage { contacts, deleted, next: found.next_cursor })
    }

    fn limits(&self) -> Option<Limits> {
        self.client.limits()
    }

    fn contact_url(&self, contact: &ContactRef) -> Option<String> {
        self.page("contacts", &contact.id)
    }

    fn call_log_url(&self, remote_id: &str) -> Option<String> {
        self.page("activities", remote_id)
    }

    async fn warm(&self) {
        self.client.warm().await;
    }
}
