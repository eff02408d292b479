//! Activities: the calls that were logged.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::app::Shared;
use crate::extract::{Id, Params};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::store::{Find, Paging, now, parse_time, time};

pub(crate) const DIRECTIONS: [&str; 2] = ["inbound", "outbound"];
const RESULTS: [&str; 10] = [
    "answered",
    "missed",
    "rejected",
    "busy",
    "cancelled",
    "no_answer",
    "answered_elsewhere",
    "voicemail",
    "failed",
    "lost",
];
/// The outcomes that an activity can have.
const DISPOSITIONS: [&str; 4] = ["Interested", "Call back", "Not now", "Left a message"];
const NOTE_MAX: usize = 32_000;

/// An activity as it is answered.
#[derive(Serialize)]
pub(crate) struct Activity {
    pub(crate) id: i64,
    external_key: Option<String>,
    pub(crate) contact_id: i64,
    r#type: String,
    pub(crate) subject: String,
    pub(crate) direction: String,
    pub(crate) from_number: String,
    pub(crate) to_number: String,
    pub(crate) start_time: String,
    pub(crate) duration_s: i64,
    pub(crate) result: String,
    pub(crate) note: String,
    pub(crate) deal_id: Option<i64>,
    pub(crate) disposition: Option<String>,
    created_at: String,
    updated_at: String,
}

#[derive(Serialize)]
pub(crate) struct List {
    activities: Vec<Activity>,
    next_cursor: Option<String>,
}

/// What can be set on an activity.
#[derive(Default)]
struct Draft {
    external_key: Option<String>,
    contact_id: i64,
    subject: String,
    direction: String,
    from_number: String,
    to_number: String,
    start_time: i64,
    duration_s: i64,
    result: String,
    note: String,
    deal_id: Option<i64>,
    disposition: Option<String>,
}

impl Draft {
    /// Takes what a request sets. `new` asks for everything that an activity cannot be without.
    fn apply(
        &mut self,
        fields: &mut Fields,
        connection: &Connection,
        new: bool,
    ) -> Result<(), Problem> {
        let kind = fields.text("type", 20)?;
        if kind.as_ref().map_or(new, |kind| kind.as_deref() != Some("call")) {
            return Err(Problem::invalid("type", "must be call"));
        }
        match fields.whole("contact_id")? {
            Some(Some(id)) => self.contact_id = id,
            None if !new => {}
            _ => return Err(Problem::invalid("contact_id", "is needed")),
        }
        for (field, target, values) in [
            ("direction", &mut self.direction, &DIRECTIONS[..]),
            ("result", &mut self.result, &RESULTS[..]),
        ] {
            match fields.text(field, 20)? {
                Some(Some(text)) if values.contains(&text.as_str()) => *target = text,
                None if !new => {}
                _ => {
                    let message = format!("must be one of {}", values.join(", "));
                    return Err(Problem::invalid(field, message));
                }
            }
        }
        match fields.text("start_time", 40)? {
            Some(Some(text)) => self.start_time = parse_time("start_time", &text)?,
            None if !new => {}
            _ => return Err(Problem::invalid("start_time", "is needed")),
        }
        for (field, target, max) in [
            ("subject", &mut self.subject, 255),
            ("from_number", &mut self.from_number, 200),
            ("to_number", &mut self.to_number, 200),
            ("note", &mut self.note, NOTE_MAX),
        ] {
            if let Some(text) = fields.text(field, max)? {
                *target = text.unwrap_or_default();
            }
        }
        if self.subject.is_empty() {
            return Err(Problem::invalid("subject", "is needed"));
        }
        if let Some(seconds) = fields.whole("duration_s")? {
            self.duration_s = seconds.unwrap_or(0);
        }
        if let Some(deal) = fields.whole("deal_id")? {
            self.deal_id = deal;
        }
        if let Some(disposition) = fields.text("disposition", 60)? {
            let known = |text: &String| DISPOSITIONS.contains(&text.as_str());
            if !disposition.as_ref().is_none_or(known) {
                let message = format!("must be one of {}", DISPOSITIONS.join(", "));
                return Err(Problem::invalid("disposition", message));
            }
            self.disposition = disposition;
        }
        self.check_links(connection)
    }

    fn check_links(&self, connection: &Connection) -> Result<(), Problem> {
        let exists = |sql: &str, id: i64| {
            connection.prepare_cached(sql)?.exists(params![id, self.contact_id])
        };
        if !exists("SELECT 1 FROM contacts WHERE id = ?1 AND ?2", self.contact_id)? {
            return Err(Problem::invalid("contact_id", "there is no such contact"));
        }
        match self.deal_id {
            Some(deal)
                if !exists("SELECT 1 FROM deals WHERE id = ?1 AND contact_id = ?2", deal)? =>
            {
                Err(Problem::invalid("deal_id", "the contact has no such deal"))
            }
            _ => Ok(()),
        }
    }
}

/// Reads one activity.
pub(crate) fn load(connection: &Connection, id: i64) -> Result<Activity, Problem> {
    let activity = connection
        .prepare_cached(
            "SELECT external_key, contact_id, type, subject, direction, from_number, to_number,
                    start_time, duration_s, result, note, deal_id, disposition, created_at,
                    updated_at FROM activities WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Activity {
                id,
                external_key: row.get(0)?,
                contact_id: row.get(1)?,
                r#type: row.get(2)?,
                subject: row.get(3)?,
                direction: row.get(4)?,
                from_number: row.get(5)?,
                to_number: row.get(6)?,
                start_time: time(row.get(7)?),
                duration_s: row.get(8)?,
                result: row.get(9)?,
                note: row.get(10)?,
                deal_id: row.get(11)?,
                disposition: row.get(12)?,
                created_at: time(row.get(13)?),
                updated_at: time(row.get(14)?),
            })
        })?;
    Ok(activity)
}

/// The latest activities of a contact, newest first.
pub(crate) fn latest(
    connection: &Connection,
    contact: i64,
    count: u32,
) -> Result<Vec<Activity>, Problem> {
    let ids: Vec<i64> = connection
        .prepare_cached(
            "SELECT id FROM activities WHERE contact_id = ?1 ORDER BY start_time DESC LIMIT ?2",
        )?
        .query_map(params![contact, count], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    ids.into_iter().map(|id| load(connection, id)).collect()
}

fn write(connection: &Connection, id: i64, draft: &Draft) -> rusqlite::Result<()> {
    connection.execute(
        "UPDATE activities SET external_key = ?2, contact_id = ?3, subject = ?4, direction = ?5,
                from_number = ?6, to_number = ?7, start_time = ?8, duration_s = ?9, result = ?10,
                note = ?11, deal_id = ?12, disposition = ?13, updated_at = ?14 WHERE id = ?1",
        params![
            id,
            draft.external_key,
            draft.contact_id,
            draft.subject,
            draft.direction,
            draft.from_number,
            draft.to_number,
            draft.start_time,
            draft.duration_s,
            draft.result,
            draft.note,
            draft.deal_id,
            draft.disposition,
            now()
        ],
    )?;
    connection.execute(
        "UPDATE contacts SET last_activity_at = max(coalesce(last_activity_at, ?2), ?2)
         WHERE id = ?1",
        params![draft.contact_id, draft.start_time],
    )?;
    Ok(())
}

/// `POST /v1/activities`: 409 with the id of the activity that has the same external key.
pub(crate) async fn create(
    State(app): State<Shared>,
    body: Bytes,
) -> Result<(StatusCode, Json<Activity>), Problem> {
    let mut fields = Fields::parse(&body)?;
    let mut connection = app.store.lock();
    let transaction = connection.transaction()?;
    let external_key = fields.text("external_key", 200)?.flatten();
    if let Some(key) = &external_key {
        let existing = transaction
            .query_row("SELECT id FROM activities WHERE external_key = ?1", [key], |row| row.get(0))
            .optional()?;
        if let Some(id) = existing {
            return Err(Problem::Conflict { id });
        }
    }
    let mut draft = Draft { external_key, ..Draft::default() };
    draft.apply(&mut fields, &transaction, true)?;
    fields.finish()?;
    transaction.execute(
        "INSERT INTO activities (contact_id, type, subject, direction, from_number, to_number,
                start_time, duration_s, result, note, created_at, updated_at)
         VALUES (?1, 'call', '', '', '', '', 0, 0, '', '', ?2, ?2)",
        params![draft.contact_id, now()],
    )?;
    let id = transaction.last_insert_rowid();
    write(&transaction, id, &draft)?;
    let activity = load(&transaction, id)?;
    transaction.commit()?;
    Ok((StatusCode::CREATED, Json(activity)))
}

/// `GET /v1/activities/{id}`
pub(crate) async fn read(State(app): State<Shared>, Id(id): Id) -> Result<Json<Activity>, Problem> {
    Ok(Json(load(&app.store.lock(), id)?))
}

/// `PATCH /v1/activities/{id}`: everything but the external key.
pub(crate) async fn update(
    State(app): State<Shared>,
    Id(id): Id,
    body: Bytes,
) -> Result<Json<Activity>, Problem> {
    let mut fields = Fields::parse(&body)?;
    let mut connection = app.store.lock();
    let transaction = connection.transaction()?;
    let old = load(&transaction, id)?;
    let mut draft = Draft {
        external_key: old.external_key,
        contact_id: old.contact_id,
        subject: old.subject,
        direction: old.direction,
        from_number: old.from_number,
        to_number: old.to_number,
        start_time: parse_time("start_time", &old.start_time)?,
        duration_s: old.duration_s,
        result: old.result,
        note: old.note,
        deal_id: old.deal_id,
        disposition: old.disposition,
    };
    draft.apply(&mut fields, &transaction, false)?;
    fields.finish()?;
    write(&transaction, id, &draft)?;
    let activity = load(&transaction, id)?;
    transaction.commit()?;
    Ok(Json(activity))
}

/// `DELETE /v1/activities/{id}`
pub(crate) async fn delete(State(app): State<Shared>, Id(id): Id) -> Result<StatusCode, Problem> {
    let gone = app.store.lock().execute("DELETE FROM activities WHERE id = ?1", [id])?;
    if gone == 0 { Err(Problem::NotFound) } else { Ok(StatusCode::NO_CONTENT) }
}

/// `GET /v1/dispositions`: the outcomes that an activity can have, in order.
pub(crate) async fn dispositions() -> Json<serde_json::Value> {
    Json(serde_json::json!({ "dispositions": DISPOSITIONS }))
}

/// `GET /v1/activities`
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(find): Params<Find>,
    Params(paging): Params<Paging>,
) -> Result<Json<List>, Problem> {
    let page = find.page(&paging, &app.store.lock(), "activities", load)?;
    Ok(Json(List { activities: page.items, next_cursor: page.next }))
}
