//! The contract, put together.

use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

use async_trait::async_trait;
use futures::{StreamExt, TryStreamExt};
use jiff::Timestamp;
use ringside_domain::log::MessageEntry;
use ringside_domain::{Contact, ContactRef, ContactType, LogEntry};

use super::Pipedrive;
use super::ask::Way;
use super::budget::{LIST, LIST_V1, RECORD, RECORD_V1, SETTINGS};
use super::lookup::Field;
use super::person::{self, PERSON};
use super::wire::{Deal, Lead, List, Me, Named, Person, fitting};
use crate::contract::MatchedContact;
use crate::{
    Capabilities, ContactPage, Crm, GetContact, GetContactAnswer, NewContact, RemoteLog, UserInfo,
};
use ringside_web::Error;
use ringside_web::client::{Limits, Urgency};

/// How long a read may take for which a person waits, other than getContact.
const READ_DEADLINE: Duration = Duration::from_secs(10);
/// How long a page of a bulk pull may take with its organisations.
const PAGE_DEADLINE: Duration = Duration::from_secs(30);
/// Persons in one page of a bulk pull: with many fields of the company's own, some 10 KB each.
const PAGE: &str = "200";
/// Most records that a list takes by their ids.
const IDS: usize = 100;
/// Shortest name that Pipedrive searches for, in characters.
const NAME_MIN: usize = 2;

impl Pipedrive {
    /// The page of a record for people.
    fn page(&self, what: &str, id: &str) -> Option<String> {
        let number: u64 = id.parse().ok()?;
        let url = self.client.address(&[what, &number.to_string()]);
        ringside_web::url::allowed(url.as_str(), self.client.base().as_str()).then(|| url.into())
    }

    /// Names of organisations, a hundred with each request.
    async fn organizations(
        &self,
        ids: BTreeSet<u64>,
        way: Way,
    ) -> Result<BTreeMap<u64, String>, Error> {
        let ids: Vec<_> = ids.into_iter().map(|id| id.to_string()).collect();
        let chunks: Vec<_> = ids.chunks(IDS).map(|ids| ids.join(",")).collect();
        let lists = chunks.into_iter().map(|ids| async move {
            let query = [("ids", ids), ("limit", IDS.to_string())];
            let query = query.each_ref().map(|(name, value)| (*name, value.as_str()));
            let url = self.url(&["api", "v2", "organizations"], &query);
            self.read::<List<Named>>(&url, way).await
        });
        let lists: Vec<_> = futures::stream::iter(lists).buffered(2).try_collect().await?;
        let all = lists.into_iter().flat_map(|list| fitting(list.data));
        Ok(all.filter_map(|one| Some((one.id?, one.name?))).collect())
    }

    /// Open deals and leads of one person.
    async fn belongings(&self, id: &str, contact: &mut MatchedContact) -> Result<(), Error> {
        let way = |cost| Way::live(cost, READ_DEADLINE);
        // The newest first, as a search brings them.
        let deals = [
            ("person_id", id),
            ("status", "open"),
            ("sort_by", "add_time"),
            ("sort_direction", "desc"),
            ("limit", "100"),
        ];
        let deals = self.url(&["api", "v2", "deals"], &deals);
        let leads = [("person_id", id), ("sort", "add_time DESC"), ("limit", "100")];
        let leads = self.url(&["api", "v1", "leads"], &leads);
        let (deals, leads, stages) = futures::try_join!(
            self.read::<List<Deal>>(&deals, way(LIST)),
            self.read::<List<Lead>>(&leads, way(LIST_V1)),
            self.stages(way(SETTINGS)),
        )?;
        if deals.next().is_some() || leads.more() {
            tracing::debug!("a person has more than a hundred open deals or leads");
        }
        contact.additional_info =
            person::additional_info(fitting(deals.data), fitting(leads.data), &stages);
        Ok(())
    }

    /// Names of the stages that deals are in.
    async fn stages(&self, way: Way) -> Result<BTreeMap<u64, String>, Error> {
        if let Some(stages) = self.stages.get() {
            return Ok(stages);
        }
        let url = self.url(&["api", "v2", "stages"], &[("limit", "500")]);
        let stages = fitting(self.read::<List<Named>>(&url, way).await?.data);
        let stages: BTreeMap<_, _> = stages.filter_map(|one| Some((one.id?, one.name?))).collect();
        self.stages.set(Some(stages.clone()));
        Ok(stages)
    }
}

#[async_trait]
impl Crm for Pipedrive {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            create: vec![ContactType { value: PERSON.into(), label: "Person".into() }],
            find_by_name: true,
            read_contact: true,
            update_log: true,
            find_log: true,
            extensions: true,
            messages: true,
            contact_pages: true,
            // As far as is known: see `forms`.
            exact_search: true,
            ..Capabilities::default()
        }
    }

    async fn user_info(&self) -> Result<UserInfo, Error> {
        let url = self.url(&["api", "v1", "users", "me"], &[]);
        let me = self.read::<Me>(&url, Way::live(RECORD_V1, READ_DEADLINE)).await?;
        Ok(me.record()?.into())
    }

    async fn unauthorize(&self) -> Result<(), Error> {
        // An API token belongs to its user and their other programs, and cannot be ended from here.
        self.client.revoke(READ_DEADLINE).await
    }

    async fn get_contact(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        self.first(request).await
    }

    async fn get_remaining(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        self.all(request).await
    }

    async fn find_contact_by_name(&self, name: &str) -> Result<Vec<Contact>, Error> {
        let name = name.trim();
        if name.chars().count() < NAME_MIN || !name.contains(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        let deadline = Instant::now() + READ_DEADLINE;
        let found = self.find(name, Field::Name, Urgency::Live, deadline).await?;
        let found = self.detailed(found, Urgency::Live, deadline).await;
        Ok(self.contacts(found))
    }

    async fn contact(&self, contact: &ContactRef) -> Result<Contact, Error> {
        let number: u64 = contact.id.parse().map_err(|_| Error::NotFound)?;
        let id = number.to_string();
        let way = |cost| Way::live(cost, READ_DEADLINE);
        let url = self.url(&["api", "v2", "persons", &id], &[]);
        let person: Person = self.read(&url, way(RECORD)).await?.record()?;
        if person.is_deleted == Some(true) {
            return Err(Error::NotFound);
        }
        let organization = person.org_id;
        let mut matched = MatchedContact::from(person);
        let company = async {
            let Some(id) = organization else { return Ok(None) };
            let names = self.organizations(BTreeSet::from([id]), way(LIST)).await?;
            Ok(names.into_values().next())
        };
        let (company, ()) = futures::try_join!(company, self.belongings(&id, &mut matched))?;
        matched.company = company;
        matched
            .read(&self.account)
            .ok_or_else(|| Error::BadAnswer("a person without an id".to_owned()))
    }

    async fn create_contact(&self, new: &NewContact) -> Result<Contact, Error> {
        self.create(new).await
    }

    async fn create_call_log(&self, entry: &LogEntry) -> Result<String, Error> {
        self.log_call(entry).await
    }

    async fn update_call_log(&self, remote_id: &str, entry: &LogEntry) -> Result<(), Error> {
        self.relog_call(remote_id, entry).await
    }

    async fn get_call_log(&self, remote_id: &str) -> Result<RemoteLog, Error> {
        self.read_log(remote_id, READ_DEADLINE).await
    }

    async fn find_call_log(&self, entry: &LogEntry) -> Result<Option<String>, Error> {
        self.find_log(entry).await
    }

    async fn create_message_log(&self, entry: &MessageEntry) -> Result<String, Error> {
        self.log_text(entry).await
    }

    async fn update_message_log(&self, id: &str, entry: &MessageEntry) -> Result<(), Error> {
        self.relog_text(id, entry).await
    }

    fn limits(&self) -> Option<Limits> {
        self.budget.limits()
    }

    async fn contact_pages(
        &self,
        cursor: Option<&str>,
        changed_since: Option<Timestamp>,
    ) -> Result<ContactPage, Error> {
        let since = changed_since.map(super::log::seconds_before);
        let mut query = vec![("limit", PAGE), ("sort_by", "id"), ("sort_direction", "asc")];
        query.extend(cursor.map(|cursor| ("cursor", cursor)));
        query.extend(since.as_deref().map(|since| ("updated_since", since)));
        let url = self.url(&["api", "v2", "persons"], &query);
        let way = Way { bulk: true, ..Way::quiet(LIST, PAGE_DEADLINE) };
        let page = self.read::<List<Person>>(&url, way).await?;
        let next = page.next().filter(|next| cursor != Some(next));
        let persons: Vec<_> = fitting(page.data).collect();
        let organizations = persons.iter().filter_map(|person| person.org_id).collect();
        let names = self.organizations(organizations, way).await?;
        let matched = persons.into_iter().map(|person| {
            let company = person.org_id.and_then(|id| names.get(&id)).cloned();
            MatchedContact { company, ..MatchedContact::from(person) }
        });
        let contacts = self.contacts(matched.collect());
        Ok(ContactPage { contacts, next, ..ContactPage::default() })
    }

    fn contact_url(&self, contact: &ContactRef) -> Option<String> {
        self.page("person", &contact.id)
    }

    fn call_log_url(&self, remote_id: &str) -> Option<String> {
        self.page("activities", remote_id)
    }

    async fn warm(&self) {
        self.client.warm().await;
    }
}
