//! `/api/v2/persons`

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::{Map, Value};

use crate::answer::{self, Answered, Refusal};
use crate::app::Shared;
use crate::body::{self, Params, given};
use crate::page::{Paging, Sorted, Which};
use crate::records::{Item, Person};
use crate::store;

impl Sorted for Person {
    fn id(&self) -> u64 {
        self.id
    }

    fn add_time(&self) -> &str {
        &self.add_time
    }

    fn update_time(&self) -> &str {
        &self.update_time
    }
}

/// What a list is cut down to.
#[derive(Deserialize)]
pub(crate) struct Filter {
    owner_id: Option<u64>,
    org_id: Option<u64>,
}

/// `GET /api/v2/persons`
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(which): Params<Which>,
    Params(filter): Params<Filter>,
    Params(paging): Params<Paging>,
) -> Answered {
    let asked_for = which.read()?;
    let store = app.store();
    let fits = |person: &&Person| {
        !person.is_deleted
            && filter.owner_id.is_none_or(|owner| person.owner_id == owner)
            && filter.org_id.is_none_or(|org| person.org_id == Some(org))
            && asked_for.has(*person)
    };
    let (page, next) = paging.cut(store.persons.values().filter(fits))?;
    answer::page(page, next)
}

/// `GET /api/v2/persons/{id}`
pub(crate) async fn read(State(app): State<Shared>, Path(id): Path<u64>) -> Answered {
    let store = app.store();
    let person = store.persons.get(&id).filter(|person| !person.is_deleted);
    answer::one(person.ok_or(Refusal::NotFound("Person"))?)
}

/// What may be said of a person. The fields of contact sync are answered with 403 by companies
/// without it, as the documentation says.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    name: Option<String>,
    owner_id: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    org_id: Option<Option<u64>>,
    add_time: Option<String>,
    emails: Option<Vec<ItemBody>>,
    phones: Option<Vec<ItemBody>>,
    visible_to: Option<u8>,
    label_ids: Option<Vec<u64>>,
    custom_fields: Option<Map<String, Value>>,
    job_title: Option<Value>,
    notes: Option<Value>,
    birthday: Option<Value>,
    im: Option<Value>,
    postal_address: Option<Value>,
}

/// Of a number or address only the value is required.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ItemBody {
    value: String,
    #[serde(default)]
    primary: bool,
    #[serde(default)]
    label: String,
}

impl From<ItemBody> for Item {
    fn from(ItemBody { value, primary, label }: ItemBody) -> Self {
        Self { value, primary, label }
    }
}

impl Body {
    fn apply(self, person: &mut Person) -> Result<(), Refusal> {
        let synced = [&self.job_title, &self.notes, &self.birthday, &self.im, &self.postal_address];
        if synced.into_iter().any(Option::is_some) {
            return Err(Refusal::Forbidden("Contact sync is not enabled for this company"));
        }
        if let Some(name) = self.name {
            person.name = name.trim().to_owned();
        }
        if person.name.is_empty() {
            return Err(Refusal::invalid("Validation failed: name: must not be empty."));
        }
        person.owner_id = self.owner_id.unwrap_or(person.owner_id);
        person.org_id = self.org_id.unwrap_or(person.org_id);
        person.visible_to = self.visible_to.unwrap_or(person.visible_to);
        let items = |given: Vec<ItemBody>| given.into_iter().map(Item::from).collect();
        person.emails = self.emails.map_or_else(|| person.emails.clone(), items);
        person.phones = self.phones.map_or_else(|| person.phones.clone(), items);
        person.label_ids = self.label_ids.unwrap_or_else(|| person.label_ids.clone());
        person.custom_fields.extend(self.custom_fields.unwrap_or_default());
        if let Some(time) = self.add_time {
            person.add_time = time;
        }
        person.complete();
        Ok(())
    }
}

/// `POST /api/v2/persons`
pub(crate) async fn create(State(app): State<Shared>, bytes: Bytes) -> Answered {
    let body: Body = body::read(&bytes)?;
    let mut store = app.store();
    let now = store::now();
    let mut person = Person {
        owner_id: app.user_id(),
        add_time: now.clone(),
        update_time: now,
        visible_to: 3,
        ..Person::default()
    };
    body.apply(&mut person)?;
    if person.org_id.is_some_and(|org| !store.organizations.contains_key(&org)) {
        return Err(Refusal::NotFound("Organization"));
    }
    person.id = store.fresh_id();
    if app.faults().search_lags {
        store.unindexed.insert(person.id);
    }
    store.persons.insert(person.id, person.clone());
    answer::one(person)
}

/// `PATCH /api/v2/persons/{id}`
pub(crate) async fn update(
    State(app): State<Shared>,
    Path(id): Path<u64>,
    bytes: Bytes,
) -> Answered {
    let body: Body = body::read(&bytes)?;
    let mut store = app.store();
    let found = store.persons.get(&id).filter(|person| !person.is_deleted);
    let mut person = found.cloned().ok_or(Refusal::NotFound("Person"))?;
    body.apply(&mut person)?;
    person.update_time = store::now();
    store.persons.insert(id, person.clone());
    answer::one(person)
}

/// `DELETE /api/v2/persons/{id}`
pub(crate) async fn delete(State(app): State<Shared>, Path(id): Path<u64>) -> Answered {
    let mut store = app.store();
    let found = store.persons.get_mut(&id).filter(|person| !person.is_deleted);
    let person = found.ok_or(Refusal::NotFound("Person"))?;
    person.is_deleted = true;
    person.update_time = store::now();
    answer::one(serde_json::json!({ "id": id }))
}
