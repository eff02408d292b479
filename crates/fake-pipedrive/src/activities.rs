//! `/api/v2/activities`

use axum::body::Bytes;
use axum::extract::{Path, State};
use jiff::civil::{Date, Time};
use serde::Deserialize;
use serde_json::Value;

use crate::answer::{self, Answered, Refusal};
use crate::app::Shared;
use crate::body::{self, Params, given};
use crate::page::{Paging, Sorted, Which};
use crate::records::{Activity, Participant};
use crate::store::{self, Store};

/// Word for word, as a user of the API has reported it (n8n issue 31684).
const READ_ONLY: &str = "'person_id' is a read-only field. Add a primary participant to set \
    'person_id' instead. For example: \"participants\": [{ \"person_id\": 1, \"primary\": true }]";

impl Sorted for Activity {
    fn id(&self) -> u64 {
        self.id
    }

    fn add_time(&self) -> &str {
        &self.add_time
    }

    fn update_time(&self) -> &str {
        &self.update_time
    }

    fn own_key(&self, field: &str) -> Option<String> {
        (field == "due_date").then(|| self.due_date.clone().unwrap_or_default())
    }
}

/// What a list is cut down to.
#[derive(Deserialize)]
pub(crate) struct Filter {
    owner_id: Option<u64>,
    deal_id: Option<u64>,
    lead_id: Option<String>,
    /// "Only activities whose primary participant is the given person."
    person_id: Option<u64>,
    org_id: Option<u64>,
    done: Option<bool>,
}

/// `GET /api/v2/activities`
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(which): Params<Which>,
    Params(filter): Params<Filter>,
    Params(paging): Params<Paging>,
) -> Answered {
    let asked_for = which.read()?;
    let store = app.store();
    let fits = |activity: &&Activity| {
        !activity.is_deleted
            && filter.owner_id.is_none_or(|owner| activity.owner_id == owner)
            && filter.deal_id.is_none_or(|deal| activity.deal_id == Some(deal))
            && filter.lead_id.is_none_or_eq(&activity.lead_id)
            && filter.person_id.is_none_or(|person| activity.person_id == Some(person))
            && filter.org_id.is_none_or(|org| activity.org_id == Some(org))
            && filter.done.is_none_or(|done| activity.done == done)
            && asked_for.has(*activity)
    };
    let (page, next) = paging.cut(store.activities.values().filter(fits))?;
    answer::page(page, next)
}

/// "Not asked for, or the same."
trait NoneOrEq {
    fn is_none_or_eq(&self, other: &Option<String>) -> bool;
}

impl NoneOrEq for Option<String> {
    fn is_none_or_eq(&self, other: &Option<String>) -> bool {
        self.is_none() || self == other
    }
}

/// `GET /api/v2/activities/{id}`
pub(crate) async fn read(State(app): State<Shared>, Path(id): Path<u64>) -> Answered {
    let store = app.store();
    let activity = store.activities.get(&id).filter(|activity| !activity.is_deleted);
    answer::one(activity.ok_or(Refusal::NotFound("Activity"))?)
}

/// What may be said of an activity (`AddActivityRequest`).
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Body {
    subject: Option<String>,
    #[serde(rename = "type")]
    kind: Option<String>,
    owner_id: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    deal_id: Option<Option<u64>>,
    #[serde(default, deserialize_with = "given")]
    lead_id: Option<Option<String>>,
    person_id: Option<Value>,
    #[serde(default, deserialize_with = "given")]
    org_id: Option<Option<u64>>,
    #[serde(default, deserialize_with = "given")]
    project_id: Option<Option<u64>>,
    due_date: Option<String>,
    due_time: Option<String>,
    duration: Option<String>,
    busy: Option<bool>,
    done: Option<bool>,
    participants: Option<Vec<Participant>>,
    public_description: Option<String>,
    priority: Option<u64>,
    #[serde(default, deserialize_with = "given")]
    outcome: Option<Option<u64>>,
    note: Option<String>,
}

impl Body {
    fn apply(self, activity: &mut Activity, store: &Store, minutes: bool) -> Result<(), Refusal> {
        if self.person_id.is_some() {
            return Err(Refusal::invalid(READ_ONLY));
        }
        if let Some(kind) = self.kind {
            let known = |t: &&crate::records::ActivityType| t.active_flag && t.key_string == kind;
            if !store.activity_types.iter().any(|t| known(&t)) {
                return Err(Refusal::invalid(format!("Activity type '{kind}' does not exist")));
            }
            activity.kind = kind;
        }
        set(&mut activity.subject, self.subject);
        set(&mut activity.owner_id, self.owner_id);
        set(&mut activity.deal_id, self.deal_id);
        set(&mut activity.lead_id, self.lead_id);
        set(&mut activity.org_id, self.org_id);
        set(&mut activity.project_id, self.project_id);
        set(&mut activity.busy, self.busy);
        set(&mut activity.outcome, self.outcome);
        set(&mut activity.due_date, self.due_date.map(|d| date(&d)).transpose()?.map(Some));
        set(&mut activity.due_time, self.due_time.map(|t| time(&t)).transpose()?.map(Some));
        let length = self.duration.map(|d| duration(&d, minutes)).transpose()?;
        set(&mut activity.duration, length.map(Some));
        set(&mut activity.public_description, self.public_description.map(Some));
        set(&mut activity.priority, self.priority.map(Some));
        set(&mut activity.note, self.note.map(Some));
        if let Some(done) = self.done {
            activity.marked_as_done_time = done.then(store::now);
            activity.done = done;
        }
        if let Some(participants) = self.participants {
            let primary: Vec<_> = participants.iter().filter(|p| p.primary).collect();
            activity.person_id = match primary.as_slice() {
                [] => participants.first().map(|p| p.person_id),
                [one] => Some(one.person_id),
                _ => return Err(Refusal::invalid("Only one participant can be primary")),
            };
            activity.participants = participants;
        }
        check(activity, store)
    }
}

fn set<T>(field: &mut T, given: Option<T>) {
    if let Some(given) = given {
        *field = given;
    }
}

/// Whatever an activity is linked to must be there.
fn check(activity: &Activity, store: &Store) -> Result<(), Refusal> {
    let person = |id: &u64| store.persons.get(id).is_some_and(|person| !person.is_deleted);
    if !activity.participants.iter().all(|p| person(&p.person_id)) {
        return Err(Refusal::invalid("Validation failed: participants: Person does not exist."));
    }
    let deal = |id: u64| store.deals.get(&id).is_some_and(|deal| !deal.is_deleted);
    if activity.deal_id.is_some_and(|id| !deal(id)) {
        return Err(Refusal::invalid("Validation failed: deal_id: Deal does not exist."));
    }
    if activity.lead_id.as_ref().is_some_and(|id| !store.leads.iter().any(|lead| lead.id == *id)) {
        return Err(Refusal::invalid("Validation failed: lead_id: Lead does not exist."));
    }
    Ok(())
}

fn date(text: &str) -> Result<String, Refusal> {
    let date: Option<Date> = text.parse().ok().filter(|_| text.len() == 10);
    date.map(|date| date.to_string()).ok_or_else(|| {
        Refusal::invalid("Validation failed: due_date: This value is not a valid date.")
    })
}

/// `09:41` or `09:41:07`; always told with seconds.
fn time(text: &str) -> Result<String, Refusal> {
    clock(text).ok_or_else(|| {
        Refusal::invalid("Validation failed: due_time: This value is not a valid datetime.")
    })
}

/// As a time of day. The documentation of the first version names `HH:MM` alone, and the examples of
/// the second tell seconds: whether seconds are taken is a switch.
fn duration(text: &str, minutes: bool) -> Result<String, Refusal> {
    let told = clock(text).filter(|_| !minutes || text.len() == 5);
    told.ok_or_else(|| {
        Refusal::invalid("Validation failed: duration: This value is not a valid duration.")
    })
}

fn clock(text: &str) -> Option<String> {
    let well_formed = matches!(text.len(), 5 | 8)
        && text.bytes().enumerate().all(
            |(at, b)| {
                if at % 3 == 2 { b == b':' } else { b.is_ascii_digit() }
            },
        );
    let time: Time = text.parse().ok().filter(|_| well_formed)?;
    Some(time.strftime("%H:%M:%S").to_string())
}

/// `POST /api/v2/activities`
pub(crate) async fn create(State(app): State<Shared>, bytes: Bytes) -> Answered {
    let body: Body = body::read(&bytes)?;
    let minutes = app.faults().whole_minutes;
    let mut store = app.store();
    let (user, now) = (app.user_id(), store::now());
    let mut activity = Activity {
        subject: "Call".to_owned(),
        kind: "call".to_owned(),
        owner_id: user,
        creator_user_id: user,
        add_time: now.clone(),
        update_time: now,
        ..Activity::default()
    };
    body.apply(&mut activity, &store, minutes)?;
    activity.id = store.fresh_id();
    store.activities.insert(activity.id, activity.clone());
    answer::one(activity)
}

/// `PATCH /api/v2/activities/{id}`
pub(crate) async fn update(
    State(app): State<Shared>,
    Path(id): Path<u64>,
    bytes: Bytes,
) -> Answered {
    let body: Body = body::read(&bytes)?;
    let minutes = app.faults().whole_minutes;
    let mut store = app.store();
    let found = store.activities.get(&id).filter(|activity| !activity.is_deleted);
    let mut activity = found.cloned().ok_or(Refusal::NotFound("Activity"))?;
    body.apply(&mut activity, &store, minutes)?;
    activity.update_time = store::now();
    store.activities.insert(id, activity.clone());
    answer::one(activity)
}

/// `DELETE /api/v2/activities/{id}`
pub(crate) async fn delete(State(app): State<Shared>, Path(id): Path<u64>) -> Answered {
    let mut store = app.store();
    let found = store.activities.get_mut(&id).filter(|activity| !activity.is_deleted);
    let activity = found.ok_or(Refusal::NotFound("Activity"))?;
    activity.is_deleted = true;
    activity.update_time = store::now();
    answer::one(serde_json::json!({ "id": id }))
}
