//! `/api/v2/organizations`, as far as persons need them.

use axum::body::Bytes;
use axum::extract::{Path, State};
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Answered, Refusal};
use crate::app::Shared;
use crate::body::{self, Params};
use crate::page::{Paging, Sorted, Which};
use crate::records::Organization;
use crate::store;

impl Sorted for Organization {
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

/// `GET /api/v2/organizations`
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(which): Params<Which>,
    Params(paging): Params<Paging>,
) -> Answered {
    let asked_for = which.read()?;
    let store = app.store();
    let fits = store.organizations.values().filter(|one| asked_for.has(*one));
    let (page, next) = paging.cut(fits)?;
    answer::page(page, next)
}

/// `GET /api/v2/organizations/{id}`
pub(crate) async fn read(State(app): State<Shared>, Path(id): Path<u64>) -> Answered {
    let store = app.store();
    answer::one(store.organizations.get(&id).ok_or(Refusal::NotFound("Organization"))?)
}

/// What is searched for.
#[derive(Deserialize)]
pub(crate) struct Query {
    term: String,
    #[serde(default)]
    exact_match: bool,
}

/// `GET /api/v2/organizations/search`, by name.
pub(crate) async fn search(
    State(app): State<Shared>,
    Params(query): Params<Query>,
    Params(paging): Params<Paging>,
) -> Answered {
    let term = query.term.trim().to_lowercase();
    let store = app.store();
    let fits = |one: &&Organization| {
        let name = one.name.to_lowercase();
        if query.exact_match { name == term } else { name.contains(&term) }
    };
    let (page, next) = paging.slice(store.organizations.values().filter(fits).collect(), 500)?;
    let item = |one: &Organization| {
        json!({ "result_score": 0.5, "item": {
            "id": one.id,
            "type": "organization",
            "name": one.name,
            "address": null,
            "visible_to": one.visible_to,
            "owner": { "id": one.owner_id },
            "custom_fields": [],
            "notes": [],
        } })
    };
    let items: Vec<_> = page.into_iter().map(item).collect();
    answer::page(json!({ "items": items }), next)
}

/// What may be said of an organisation.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    name: String,
}

/// `POST /api/v2/organizations`
pub(crate) async fn create(State(app): State<Shared>, bytes: Bytes) -> Answered {
    let body: Body = body::read(&bytes)?;
    let mut store = app.store();
    let (id, now) = (store.fresh_id(), store::now());
    let made = Organization {
        id,
        name: body.name.trim().to_owned(),
        owner_id: app.user_id(),
        add_time: now.clone(),
        update_time: now,
        visible_to: 3,
        ..Organization::default()
    };
    store.organizations.insert(id, made.clone());
    answer::one(made)
}
