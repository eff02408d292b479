//! Conversations by text message: one record for each contact and day, which grows.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, params};
use serde::Serialize;

use crate::activities::DIRECTIONS;
use crate::app::Shared;
use crate::extract::{Id, Params};
use crate::fields::Fields;
use crate::problem::Problem;
use crate::store::{Find, Paging, now, parse_time, time};

/// Most texts in one conversation.
const TEXTS_MAX: usize = 1000;
const TEXT_MAX: usize = 4000;

/// A conversation as it is answered.
#[derive(Serialize)]
pub(crate) struct Conversation {
    id: i64,
    external_key: Option<String>,
    contact_id: i64,
    subject: String,
    our_number: String,
    their_number: String,
    texts: Vec<Text>,
    created_at: String,
    updated_at: String,
}

/// One message.
#[derive(Clone, Serialize)]
struct Text {
    id: String,
    direction: String,
    sent_at: String,
    text: String,
}

#[derive(Serialize)]
pub(crate) struct List {
    conversations: Vec<Conversation>,
    next_cursor: Option<String>,
}

fn read_text(mut fields: Fields) -> Result<Text, Problem> {
    let mut needed = |field, max| {
        let found = fields.text(field, max)?.flatten();
        found.ok_or_else(|| Problem::invalid("texts", format!("every {field} is needed")))
    };
    let text = Text {
        id: needed("id", 200)?,
        direction: needed("direction", 20)?,
        sent_at: time(parse_time("sent_at", &needed("sent_at", 40)?)?),
        text: needed("text", TEXT_MAX)?,
    };
    if !DIRECTIONS.contains(&text.direction.as_str()) {
        return Err(Problem::invalid("texts", "a direction is inbound or outbound"));
    }
    fields.finish()?;
    Ok(text)
}

/// What can be set of a conversation.
struct Draft {
    contact_id: i64,
    subject: String,
    our_number: String,
    their_number: String,
    texts: Vec<Text>,
}

impl Draft {
    /// Takes what a request sets. `new` asks for everything that there must be.
    fn apply(
        &mut self,
        fields: &mut Fields,
        connection: &Connection,
        new: bool,
    ) -> Result<(), Problem> {
        match fields.whole("contact_id")? {
            Some(Some(id)) => self.contact_id = id,
            None if !new => {}
            _ => return Err(Problem::invalid("contact_id", "is needed")),
        }
        for (field, target, max) in [
            ("subject", &mut self.subject, 255),
            ("our_number", &mut self.our_number, 200),
            ("their_number", &mut self.their_number, 200),
        ] {
            if let Some(text) = fields.text(field, max)? {
                *target = text.unwrap_or_default();
            }
        }
        if let Some(list) = fields.list("texts", TEXTS_MAX)? {
            self.texts = list.into_iter().map(read_text).collect::<Result<_, _>>()?;
        }
        if self.subject.is_empty() {
            return Err(Problem::invalid("subject", "is needed"));
        }
        if self.texts.is_empty() {
            return Err(Problem::invalid("texts", "must hold one at least"));
        }
        let mut ids: Vec<_> = self.texts.iter().map(|text| &text.id).collect();
        ids.sort_unstable();
        ids.dedup();
        if ids.len() < self.texts.len() {
            return Err(Problem::invalid("texts", "every id stands once"));
        }
        let known = "SELECT 1 FROM contacts WHERE id = ?1";
        if !connection.prepare_cached(known)?.exists([self.contact_id])? {
            return Err(Problem::invalid("contact_id", "there is no such contact"));
        }
        Ok(())
    }
}

fn load(connection: &Connection, id: i64) -> Result<Conversation, Problem> {
    let mut conversation = connection
        .prepare_cached(
            "SELECT external_key, contact_id, subject, our_number, their_number, created_at,
                    updated_at FROM conversations WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Conversation {
                id,
                external_key: row.get(0)?,
                contact_id: row.get(1)?,
                subject: row.get(2)?,
                our_number: row.get(3)?,
                their_number: row.get(4)?,
                texts: Vec::new(),
                created_at: time(row.get(5)?),
                updated_at: time(row.get(6)?),
            })
        })?;
    conversation.texts = connection
        .prepare_cached(
            "SELECT text_id, direction, sent_at, text FROM texts
             WHERE conversation_id = ?1 ORDER BY position",
        )?
        .query_map([id], |row| {
            Ok(Text {
                id: row.get(0)?,
                direction: row.get(1)?,
                sent_at: time(row.get(2)?),
                text: row.get(3)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(conversation)
}

fn write(connection: &Connection, id: i64, draft: &Draft) -> Result<(), Problem> {
    connection.execute(
        "UPDATE conversations SET contact_id = ?2, subject = ?3, our_number = ?4,
                their_number = ?5, updated_at = ?6 WHERE id = ?1",
        params![id, draft.contact_id, draft.subject, draft.our_number, draft.their_number, now()],
    )?;
    connection.execute("DELETE FROM texts WHERE conversation_id = ?1", [id])?;
    for (position, text) in draft.texts.iter().enumerate() {
        let sent_at = parse_time("sent_at", &text.sent_at)?;
        connection.execute(
            "INSERT INTO texts (conversation_id, position, text_id, direction, sent_at, text)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
            params![
                id,
                i64::try_from(position).unwrap_or(i64::MAX),
                text.id,
                text.direction,
                sent_at,
                text.text
            ],
        )?;
        connection.execute(
            "UPDATE contacts SET last_activity_at = max(coalesce(last_activity_at, ?2), ?2)
             WHERE id = ?1",
            params![draft.contact_id, sent_at],
        )?;
    }
    Ok(())
}

/// `POST /v1/conversations`: 409 with the id of the conversation that has the same external key.
pub(crate) async fn create(
    State(app): State<Shared>,
    body: Bytes,
) -> Result<(StatusCode, Json<Conversation>), Problem> {
    let mut fields = Fields::parse(&body)?;
    let mut connection = app.store.lock();
    let transaction = connection.transaction()?;
    let key = fields.text("external_key", 200)?.flatten();
    if let Some(key) = &key {
        let existing = transaction
            .query_row("SELECT id FROM conversations WHERE external_key = ?1", [key], |row| {
                row.get(0)
            })
            .optional()?;
        if let Some(id) = existing {
            return Err(Problem::Conflict { id });
        }
    }
    let mut draft = Draft {
        contact_id: 0,
        subject: String::new(),
        our_number: String::new(),
        their_number: String::new(),
        texts: Vec::new(),
    };
    draft.apply(&mut fields, &transaction, true)?;
    fields.finish()?;
    transaction.execute(
        "INSERT INTO conversations (external_key, contact_id, subject, our_number, their_number,
                created_at, updated_at) VALUES (?1, ?2, '', '', '', ?3, ?3)",
        params![key, draft.contact_id, now()],
    )?;
    let id = transaction.last_insert_rowid();
    write(&transaction, id, &draft)?;
    let conversation = load(&transaction, id)?;
    transaction.commit()?;
    Ok((StatusCode::CREATED, Json(conversation)))
}

/// `GET /v1/conversations/{id}`
pub(crate) async fn read(
    State(app): State<Shared>,
    Id(id): Id,
) -> Result<Json<Conversation>, Problem> {
    Ok(Json(load(&app.store.lock(), id)?))
}

/// `PATCH /v1/conversations/{id}`: everything but the external key; the texts as a whole.
pub(crate) async fn update(
    State(app): State<Shared>,
    Id(id): Id,
    body: Bytes,
) -> Result<Json<Conversation>, Problem> {
    let mut fields = Fields::parse(&body)?;
    let mut connection = app.store.lock();
    let transaction = connection.transaction()?;
    let old = load(&transaction, id)?;
    let mut draft = Draft {
        contact_id: old.contact_id,
        subject: old.subject,
        our_number: old.our_number,
        their_number: old.their_number,
        texts: old.texts,
    };
    draft.apply(&mut fields, &transaction, false)?;
    fields.finish()?;
    write(&transaction, id, &draft)?;
    let conversation = load(&transaction, id)?;
    transaction.commit()?;
    Ok(Json(conversation))
}

/// `GET /v1/conversations`
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(find): Params<Find>,
    Params(paging): Params<Paging>,
) -> Result<Json<List>, Problem> {
    let page = find.page(&paging, &app.store.lock(), "conversations", load)?;
    Ok(Json(List { conversations: page.items, next_cursor: page.next }))
}
