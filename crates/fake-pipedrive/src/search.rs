//! `/api/v2/persons/search` and `/api/v2/itemSearch`.
//!
//! What is known of the real ones: a term of two characters or more (one if exact), no difference
//! between small and capital letters, `phones` as plain text, up to 100 deals and leads of each
//! person on request (the published types), and that part of a number finds it. Whether a number
//! typed with spaces is found by its bare digits is told nowhere; [`PhoneSearch`] has both.

use std::collections::BTreeSet;

use axum::extract::State;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::answer::{self, Answered, Refusal};
use crate::app::Shared;
use crate::body::Params;
use crate::page::Paging;
use crate::records::{Deal, Lead, Person};
use crate::store::Store;

/// How numbers are searched.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PhoneSearch {
    /// In the text as stored, which is the harder case for a client.
    #[default]
    Text,
    /// In the digits alone.
    Digits,
}

/// Most deals, and most leads, that come along with a person.
const RELATED_MAX: usize = 100;

/// What is searched for.
#[derive(Deserialize)]
pub(crate) struct Query {
    term: Option<String>,
    fields: Option<String>,
    exact_match: Option<bool>,
    organization_id: Option<u64>,
    item_types: Option<String>,
    #[serde(default)]
    search_for_related_items: bool,
}

impl Query {
    /// The term, or why there is none.
    fn term(&self) -> Result<String, Refusal> {
        let term = self.term.as_deref().unwrap_or_default().trim().to_lowercase();
        let least = if self.exact_match == Some(true) { 1 } else { 2 };
        if term.chars().count() < least {
            return Err(Refusal::invalid(format!(
                "Search term must be at least {least} characters long"
            )));
        }
        Ok(term)
    }

    fn persons<'a>(
        &self,
        store: &'a Store,
        phones: PhoneSearch,
    ) -> Result<Vec<&'a Person>, Refusal> {
        let term = self.term()?;
        let exact = self.exact_match == Some(true);
        let fields = match self.fields.as_deref() {
            None => BTreeSet::from(["name", "email", "phone"]),
            Some(fields) => fields.split(',').map(str::trim).collect(),
        };
        let known = ["name", "email", "phone", "notes", "custom_fields"];
        if let Some(unknown) = fields.iter().find(|field| !known.contains(field)) {
            return Err(Refusal::invalid(format!("Validation failed: fields: '{unknown}'.")));
        }
        let fits = |text: &str| {
            let text = text.to_lowercase();
            if exact { text == term } else { text.contains(&term) }
        };
        let digits: String = term.chars().filter(char::is_ascii_digit).collect();
        let rings = |number: &str| match phones {
            PhoneSearch::Text => fits(number),
            PhoneSearch::Digits => {
                let number: String = number.chars().filter(char::is_ascii_digit).collect();
                !digits.is_empty()
                    && if exact { number == digits } else { number.contains(&digits) }
            }
        };
        let found = |person: &&Person| {
            (fields.contains("name") && fits(&person.name))
                || (fields.contains("email") && person.emails.iter().any(|e| fits(&e.value)))
                || (fields.contains("phone") && person.phones.iter().any(|p| rings(&p.value)))
        };
        let here = |person: &&Person| {
            !person.is_deleted
                && !store.unindexed.contains(&person.id)
                && self.organization_id.is_none_or(|org| person.org_id == Some(org))
        };
        let mut persons: Vec<_> = store.persons.values().filter(here).filter(found).collect();
        // The best first: the whole name, then its beginning, then any part.
        persons.sort_by_key(|person| {
            let name = person.name.to_lowercase();
            if name == term { 0 } else { 1 + u8::from(!name.starts_with(&term)) }
        });
        Ok(persons)
    }
}

/// `GET /api/v2/persons/search`
pub(crate) async fn persons(
    State(app): State<Shared>,
    Params(query): Params<Query>,
    Params(paging): Params<Paging>,
) -> Answered {
    let store = app.store();
    let found = query.persons(&store, app.faults().phone_search)?;
    let (page, next) = paging.slice(found, 500)?;
    let items: Vec<_> = page.into_iter().map(|person| item(person_item(person, &store))).collect();
    answer::page(json!({ "items": items }), next)
}

/// `GET /api/v2/itemSearch`, as far as persons go.
pub(crate) async fn items(
    State(app): State<Shared>,
    Params(query): Params<Query>,
    Params(paging): Params<Paging>,
) -> Answered {
    if query.item_types.as_deref() != Some("person") {
        return Err(Refusal::invalid("This server searches items of the type person only"));
    }
    let store = app.store();
    let found = query.persons(&store, app.faults().phone_search)?;
    let (page, next) = paging.slice(found, 100)?;
    let items: Vec<_> = page.iter().map(|person| item(person_item(person, &store))).collect();
    if !query.search_for_related_items {
        return answer::page(json!({ "items": items }), next);
    }
    let mut related = Vec::new();
    for person in page {
        let own = |deal: &&Deal| deal.person_id == Some(person.id) && !deal.is_deleted;
        let deals = store.deals.values().rev().filter(own).take(RELATED_MAX);
        related.extend(deals.map(|deal| item(deal_item(deal, &store))));
        let own = |lead: &&Lead| lead.person_id == Some(person.id);
        let leads = store.leads.iter().rev().filter(own).take(RELATED_MAX);
        related.extend(leads.map(|lead| item(lead_item(lead, &store))));
    }
    answer::page(json!({ "items": items, "related_items": related }), next)
}

/// A find, with its rank.
fn item(item: Value) -> Value {
    json!({ "result_score": 0.5, "item": item })
}

fn person_item(person: &Person, store: &Store) -> Value {
    let values = |items: &[crate::records::Item]| {
        items.iter().map(|item| item.value.clone()).collect::<Vec<_>>()
    };
    json!({
        "id": person.id,
        "type": "person",
        "name": person.name,
        "phones": values(&person.phones),
        "emails": values(&person.emails),
        "visible_to": person.visible_to,
        "owner": { "id": person.owner_id },
        "organization": store.organization_of(person).map(|organization| {
            json!({ "id": organization.id, "name": organization.name })
        }),
        "custom_fields": [],
        "notes": [],
    })
}

fn person_of(id: Option<u64>, store: &Store) -> Option<Value> {
    let person = store.persons.get(&id?)?;
    Some(json!({ "id": person.id, "name": person.name }))
}

fn deal_item(deal: &Deal, store: &Store) -> Value {
    let stage = store.stages.get(&deal.stage_id);
    json!({
        "id": deal.id,
        "type": "deal",
        "title": deal.title,
        "value": deal.value,
        "currency": deal.currency,
        "status": deal.status,
        "visible_to": deal.visible_to,
        "owner": { "id": deal.owner_id },
        "stage": { "id": deal.stage_id, "name": stage },
        "person": person_of(deal.person_id, store),
        "organization": null,
        "custom_fields": [],
        "notes": [],
        "is_archived": deal.is_archived,
    })
}

fn lead_item(lead: &Lead, store: &Store) -> Value {
    json!({
        "id": lead.id,
        "type": "lead",
        "title": lead.title,
        "owner": { "id": lead.owner_id },
        "person": person_of(lead.person_id, store),
        "organization": null,
        "phones": [],
        "emails": [],
        "custom_fields": [],
        "notes": [],
        "value": lead.value.as_ref().map(|value| value.amount),
        "currency": lead.value.as_ref().map(|value| value.currency.clone()),
        "visible_to": lead.visible_to.parse::<u8>().unwrap_or(3),
        "is_archived": lead.is_archived,
    })
}
