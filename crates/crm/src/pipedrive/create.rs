//! Making a person. Pipedrive takes no key of ours for one, so that an attempt without an answer is
//! looked for before the next.

use std::sync::PoisonError;
use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use reqwest::Method;
use ringside_domain::Contact;
use ringside_domain::log::SEND_DEADLINE;

use super::Pipedrive;
use super::ask::Way;
use super::budget::{LIST, SEARCH, WRITE};
use super::wire::{
    Item, List, NewOrganization, NewPerson, Numbered, NumberedFinds, Person, fitting,
};
use crate::NewContact;
use crate::contract::{Loose, MatchedContact};
use ringside_web::Error;

/// How long each read may take before the write.
const READ_DEADLINE: Duration = Duration::from_secs(10);
/// How far back a contact is looked for that may have been made without an answer.
const LATELY: SignedDuration = SignedDuration::from_hours(1);
/// Keys of such contacts that are remembered.
const UNANSWERED_MAX: usize = 100;

impl Pipedrive {
    /// Makes a person, and the organisation if there is none of that name.
    pub(super) async fn create(&self, new: &NewContact) -> Result<Contact, Error> {
        let company = new.company.as_deref().map(str::trim).filter(|name| !name.is_empty());
        if let Some(made) = self.made_before(new).await? {
            return self.contact_of(made, company.map(str::to_owned));
        }
        let org_id = match company {
            Some(name) => Some(self.organization(name, READ_DEADLINE).await?),
            None => None,
        };
        let item = |value: &String, label: &str| Item {
            value: value.clone(),
            primary: true,
            label: Some(label.to_owned()),
        };
        let body = NewPerson {
            name: new.name.trim(),
            org_id,
            phones: new.phone.iter().map(|phone| item(phone, "work")).collect(),
            emails: new.email.iter().map(|email| item(email, "work")).collect(),
        };
        let url = self.url(&["api", "v2", "persons"], &[]);
        let way = Way::live(WRITE, SEND_DEADLINE);
        let made: Result<Person, _> = self.write(Method::POST, &url, &body, way).await;
        if matches!(made, Err(Error::Ambiguous(_))) {
            self.remember(&new.key);
        }
        self.contact_of(made?, company.map(str::to_owned))
    }

    /// A contact that was made by an attempt whose answer was lost.
    async fn made_before(&self, new: &NewContact) -> Result<Option<Person>, Error> {
        let unanswered = {
            let keys = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
            keys.contains(&new.key)
        };
        if !unanswered {
            return Ok(None);
        }
        let since = Timestamp::now().checked_sub(LATELY).unwrap_or(Timestamp::UNIX_EPOCH);
        let lately = self.lately(since, READ_DEADLINE).await?;
        Ok(lately.into_iter().find(|person| {
            let phones = person.phones.as_ref().into_iter().flatten();
            let mut phones = phones.filter_map(|phone| match phone {
                Loose::Fits(phone) => Some(phone.value.as_str()),
                Loose::Other(_) => None,
            });
            person.name.as_deref() == Some(new.name.trim())
                && new.phone.as_deref().is_none_or(|phone| phones.any(|other| other == phone))
        }))
    }

    fn remember(&self, key: &str) {
        let mut keys = self.unanswered.lock().unwrap_or_else(PoisonError::into_inner);
        if keys.len() == UNANSWERED_MAX {
            keys.remove(0);
        }
        keys.push(key.to_owned());
    }

    fn contact_of(&self, person: Person, company: Option<String>) -> Result<Contact, Error> {
        let matched = MatchedContact { company, ..MatchedContact::from(person) };
        matched
            .read(&self.account)
            .ok_or_else(|| Error::BadAnswer("a person without an id".to_owned()))
    }

    /// Who was made lately, as a list tells: searches lag.
    async fn lately(&self, since: Timestamp, within: Duration) -> Result<Vec<Person>, Error> {
        let since = super::log::seconds(since);
        let query = [
            ("updated_since", since.as_str()),
            ("sort_by", "add_time"),
            ("sort_direction", "desc"),
            ("limit", "100"),
        ];
        let url = self.url(&["api", "v2", "persons"], &query);
        let found = self.read::<List<Person>>(&url, Way::live(LIST, within)).await?;
        Ok(fitting(found.data).collect())
    }

    /// The organisation of this name; made if there is none.
    async fn organization(&self, name: &str, within: Duration) -> Result<u64, Error> {
        let term = [("term", name), ("exact_match", "true"), ("fields", "name"), ("limit", "1")];
        let url = self.url(&["api", "v2", "organizations", "search"], &term);
        if name.chars().count() > 1 {
            let found = self.search::<NumberedFinds>(&url, Way::live(SEARCH, within)).await?;
            let mut found = fitting(found.data.and_then(|finds| finds.items));
            if let Some(one) = found.next() {
                return Ok(one.item.id);
            }
        }
        let url = self.url(&["api", "v2", "organizations"], &[]);
        let way = Way::live(WRITE, within);
        let body = NewOrganization { name };
        let made = self.write(Method::POST, &url, &body, way).await;
        let made: Numbered = made.map_err(|error| match error {
            // Of the person nothing was sent; the next attempt finds the organisation by its name.
            Error::Ambiguous(words) => Error::Unreachable(words.into()),
            error => error,
        })?;
        Ok(made.id)
    }
}
