//! `/api/v2/deals` and `/api/v1/leads`: what is being sold, and to whom.

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde::Deserialize;
use serde_json::json;

use crate::answer::{self, Answered, Refusal};
use crate::app::Shared;
use crate::body::Params;
use crate::page::{Paging, Sorted, Which};
use crate::records::{Deal, Lead};

impl Sorted for Deal {
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
    person_id: Option<u64>,
    org_id: Option<u64>,
    /// One or several, with commas.
    status: Option<String>,
}

/// `GET /api/v2/deals`: without those in the archive.
pub(crate) async fn deals(
    State(app): State<Shared>,
    Params(which): Params<Which>,
    Params(filter): Params<Filter>,
    Params(paging): Params<Paging>,
) -> Answered {
    let asked_for = which.read()?;
    let store = app.store();
    let fits = |deal: &&Deal| {
        let status = filter
            .status
            .as_deref()
            .is_none_or(|wanted| wanted.split(',').any(|s| s == deal.status));
        !deal.is_deleted
            && !deal.is_archived
            && status
            && filter.owner_id.is_none_or(|owner| deal.owner_id == owner)
            && filter.person_id.is_none_or(|person| deal.person_id == Some(person))
            && filter.org_id.is_none_or(|org| deal.org_id == Some(org))
            && asked_for.has(*deal)
    };
    let (page, next) = paging.cut(store.deals.values().filter(fits))?;
    answer::page(page, next)
}

/// `GET /api/v2/deals/{id}`
pub(crate) async fn deal(State(app): State<Shared>, Path(id): Path<u64>) -> Answered {
    let store = app.store();
    let deal = store.deals.get(&id).filter(|deal| !deal.is_deleted);
    answer::one(deal.ok_or(Refusal::NotFound("Deal"))?)
}

/// `GET /api/v2/stages`: all of one pipeline.
pub(crate) async fn stages(State(app): State<Shared>) -> Answered {
    let store = app.store();
    let stage = |(id, name): (&u64, &String)| {
        json!({
            "id": id,
            "order_nr": id,
            "name": name,
            "is_deleted": false,
            "deal_probability": 100,
            "pipeline_id": 1,
            "is_deal_rot_enabled": false,
            "days_to_rotten": null,
            "add_time": "2026-01-05T08:00:00Z",
            "update_time": "2026-01-05T08:00:00Z",
        })
    };
    answer::page(store.stages.iter().map(stage).collect::<Vec<_>>(), None)
}

/// What a list of leads is cut down to; paged by position, as in the first version of the API.
#[derive(Deserialize)]
pub(crate) struct LeadFilter {
    limit: Option<usize>,
    start: Option<usize>,
    owner_id: Option<u64>,
    person_id: Option<u64>,
    organization_id: Option<u64>,
    sort: Option<String>,
}

/// `GET /api/v1/leads`: without those in the archive.
pub(crate) async fn leads(
    State(app): State<Shared>,
    Params(query): Params<LeadFilter>,
) -> Answered {
    let store = app.store();
    let fits = |lead: &&Lead| {
        !lead.is_archived
            && query.owner_id.is_none_or(|owner| lead.owner_id == owner)
            && query.person_id.is_none_or(|person| lead.person_id == Some(person))
            && query.organization_id.is_none_or(|org| lead.organization_id == Some(org))
    };
    let (start, limit) = (query.start.unwrap_or(0), query.limit.unwrap_or(100).min(500));
    let mut all: Vec<_> = store.leads.iter().filter(fits).collect();
    match query.sort.as_deref() {
        None | Some("add_time ASC") => {}
        Some("add_time DESC") => all.reverse(),
        Some(_) => return Err(Refusal::invalid("This server sorts leads by add_time only")),
    }
    let page: Vec<_> = all.iter().skip(start).take(limit).collect();
    let body = json!({
        "success": true,
        "data": page,
        "additional_data": {
            "start": start,
            "limit": limit,
            "more_items_in_collection": all.len() > start.saturating_add(page.len()),
        },
    });
    Ok(Json(body).into_response())
}
