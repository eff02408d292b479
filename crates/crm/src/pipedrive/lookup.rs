//! getContact: one search for persons with their deals and leads, one list for their details.

use std::collections::{BTreeMap, HashSet};
use std::time::{Duration, Instant};

use futures::{StreamExt, TryStreamExt};

use super::Pipedrive;
use super::ask::Way;
use super::budget::{LIST, SEARCH};
use super::forms::Wanted;
use super::person;
use super::wire::{Find, Finds, FoundPerson, List, Person, fitting};
use crate::contract::{self, Loose, MATCHES_MAX, MatchedContact};
use crate::{GetContact, GetContactAnswer};
use ringside_domain::Contact;
use ringside_web::Error;
use ringside_web::client::Urgency;

/// Most that a search of several kinds of item gives at once.
const ITEMS: &str = "100";
/// Most that a search of persons alone gives at once, and all that we take.
const PERSONS: &str = "500";
/// Most records that a list takes by their ids.
const IDS: usize = 100;
/// Longest that the details of persons who were found may hold up the answer.
const DETAILS_DEADLINE: Duration = Duration::from_secs(2);
/// Searches under way at once for one call, off the first answer.
const PARALLEL: usize = 2;

/// Where a search looks.
#[derive(Clone, Copy)]
pub(super) enum Field {
    Phone { exact: bool },
    Name,
}

impl Field {
    fn query(self) -> [(&'static str, &'static str); 2] {
        match self {
            Self::Phone { exact } => {
                [("fields", "phone"), ("exact_match", if exact { "true" } else { "false" })]
            }
            Self::Name => [("fields", "name"), ("exact_match", "false")],
        }
    }
}

impl Pipedrive {
    /// The terms of a request.
    fn wanted(&self, request: &GetContact) -> Wanted {
        if request.is_extension || request.names_nobody() {
            return Wanted::extension(&request.phone_number);
        }
        let formats = Some(&request.overriding_format).filter(|formats| !formats.is_empty());
        let formats = formats.unwrap_or(&self.formats);
        Wanted::number(&request.phone_number, formats, &self.numbers)
    }

    /// The first term that finds somebody.
    pub(super) async fn first(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        let deadline = Instant::now() + self.lookup_deadline;
        let wanted = self.wanted(request);
        for (term, left) in wanted.terms.iter().zip((0..wanted.terms.len()).rev()) {
            let found = self.rings(&wanted, term, request.urgency, deadline).await?;
            if !found.is_empty() {
                let found = self.detailed(found, request.urgency, deadline).await;
                let answer = self.answer(found, left == 0)?;
                return Ok(GetContactAnswer { tried: wanted.terms.len() - left, ..answer });
            }
        }
        self.answer(Vec::new(), true)
    }

    /// Everybody whom any term finds.
    pub(super) async fn all(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        let wanted = self.wanted(request);
        let deadline = Instant::now() + self.lookup_deadline;
        let wanted = &wanted;
        let searches =
            wanted.terms.clone().into_iter().skip(request.skip).map(|term| async move {
                self.rings(wanted, &term, request.urgency, deadline).await
            });
        // In the order of the terms, whichever comes first.
        let found: Vec<_> =
            futures::stream::iter(searches).buffered(PARALLEL).try_collect().await?;
        let mut seen = HashSet::new();
        let found = found.into_iter().flatten();
        let found: Vec<_> = found.filter(|one| seen.insert(one.id.clone())).collect();
        let found = self.detailed(found, request.urgency, deadline).await;
        self.answer(found, true)
    }

    /// Whom a term finds, as far as one of their numbers is the one that was asked for.
    async fn rings(
        &self,
        wanted: &Wanted,
        term: &str,
        urgency: Urgency,
        deadline: Instant,
    ) -> Result<Vec<MatchedContact>, Error> {
        let field = Field::Phone { exact: wanted.exact };
        let mut found = self.find(term, field, urgency, deadline).await?;
        found.retain(|one| {
            let phones = one.phones.iter().filter_map(|phone| match phone {
                Loose::Fits(phone) => Some(phone.number.as_str()),
                Loose::Other(_) => None,
            });
            wanted.rings(phones, &self.numbers)
        });
        Ok(found)
    }

    /// Persons with their open deals and leads. For a sign-in without the scope of this search,
    /// persons alone.
    pub(super) async fn find(
        &self,
        term: &str,
        field: Field,
        urgency: Urgency,
        deadline: Instant,
    ) -> Result<Vec<MatchedContact>, Error> {
        let way = Way { cost: SEARCH, urgency, deadline, bulk: false };
        let query = [("term", term), ("limit", ITEMS)];
        let related = [("item_types", "person"), ("search_for_related_items", "true")];
        let query: Vec<_> = query.into_iter().chain(field.query()).chain(related).collect();
        let url = self.url(&["api", "v2", "itemSearch"], &query);
        let first = match self.search::<Finds>(&url, way).await {
            Ok(first) => first,
            Err(Error::Forbidden) => return self.find_plainly(term, field, way).await,
            Err(error) => return Err(error),
        };
        let more = first.next().is_some();
        let Some(finds) = first.data else { return Ok(Vec::new()) };
        let mut found = contacts(finds.items);
        if more {
            // A hundred share the term: all of them in one go, with what is known of the first.
            let rest = self.find_plainly(term, field, way).await?;
            let known: HashSet<_> = found.iter().map(|one| one.id.clone()).collect();
            found.extend(rest.into_iter().filter(|one| !known.contains(&one.id)));
        }
        let mut places = BTreeMap::new();
        for (at, one) in found.iter().enumerate() {
            places.extend(one.id.clone().map(|id| (id, at)));
        }
        for (owner, key, record) in
            fitting(finds.related_items).filter_map(|find| person::associated(find.item))
        {
            let place = places.get(&owner.to_string()).and_then(|at| found.get_mut(*at));
            if let Some(contact) = place {
                person::attach(contact, key, record);
            }
        }
        Ok(found)
    }

    /// Persons alone.
    async fn find_plainly(
        &self,
        term: &str,
        field: Field,
        way: Way,
    ) -> Result<Vec<MatchedContact>, Error> {
        let query = [("term", term), ("limit", PERSONS)];
        let query: Vec<_> = query.into_iter().chain(field.query()).collect();
        let url = self.url(&["api", "v2", "persons", "search"], &query);
        let found = self.search::<Finds>(&url, way).await?;
        Ok(contacts(found.data.and_then(|finds| finds.items)))
    }

    /// Adds what only lists tell. The answer does not depend on it: what does not come in time, or
    /// is refused, is left out.
    pub(super) async fn detailed(
        &self,
        mut found: Vec<MatchedContact>,
        urgency: Urgency,
        deadline: Instant,
    ) -> Vec<MatchedContact> {
        let ids: Vec<_> = found.iter().filter_map(|one| one.id.clone()).take(IDS).collect();
        if ids.is_empty() {
            return found;
        }
        let share = deadline.saturating_duration_since(Instant::now()) / 2;
        let deadline = Instant::now() + share.min(DETAILS_DEADLINE);
        let way = Way { cost: LIST, urgency, deadline, bulk: false };
        let url = self.url(
            &["api", "v2", "persons"],
            &[("ids", &ids.join(",")), ("limit", &IDS.to_string())],
        );
        let details = match self.read::<List<Person>>(&url, way).await {
            Ok(details) => details.data,
            Err(error) => {
                tracing::info!(%error, "contacts are shown without their details");
                return found;
            }
        };
        let mut details: BTreeMap<_, _> =
            fitting(details).map(|person| (person.id.to_string(), person)).collect();
        for one in &mut found {
            if let Some(person) = one.id.as_ref().and_then(|id| details.remove(id)) {
                person::enrich(one, person);
            }
        }
        found
    }

    fn answer(
        &self,
        found: Vec<MatchedContact>,
        complete: bool,
    ) -> Result<GetContactAnswer, Error> {
        let mut found: Vec<_> = found.into_iter().map(Loose::Fits).collect();
        found.push(Loose::Fits(MatchedContact::create_option()));
        let mut answer =
            contract::Answer { matched_contact_info: found, ..contract::Answer::default() }
                .read(&self.account, complete)?;
        answer.can_create = true;
        Ok(answer)
    }

    /// Contacts of ours, each once.
    pub(super) fn contacts(&self, found: Vec<MatchedContact>) -> Vec<Contact> {
        let mut seen = HashSet::new();
        found
            .into_iter()
            .filter_map(|one| one.read(&self.account))
            .filter(|contact| seen.insert(contact.reference.clone()))
            .collect()
    }
}

fn contacts(items: Option<List<Find<FoundPerson>>>) -> Vec<MatchedContact> {
    fitting(items).take(MATCHES_MAX).map(|find| find.item.into()).collect()
}
