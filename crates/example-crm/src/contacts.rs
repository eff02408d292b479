//! Contacts: people, leads and companies with their numbers and deals.

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, params};
use serde::{Deserialize, Serialize};

use crate::app::Shared;
use crate::deletions;
use crate::extract::{Id, Params};
use crate::faults::Notice;
use crate::fields::Fields;
use crate::problem::Problem;
use crate::store::{Page, Paging, now, parse_time, time};

const TYPES: [&str; 3] = ["person", "lead", "company"];
const LEAD: &str = "lead";
/// The field of [`Phone`] that holds an internal extension, which is no phone number.
const EXTENSION: &str = "extension";
const TEXT_MAX: usize = 200;
const PHONES_MAX: usize = 20;
const DEALS_MAX: usize = 50;
const NAME_WORDS_MAX: usize = 10;

/// A contact as it is answered.
#[derive(Serialize)]
pub(crate) struct Contact {
    pub(crate) id: i64,
    external_key: Option<String>,
    pub(crate) name: String,
    pub(crate) r#type: String,
    pub(crate) company: Option<String>,
    pub(crate) title: Option<String>,
    pub(crate) email: Option<String>,
    pub(crate) phones: Vec<Phone>,
    pub(crate) deals: Vec<Deal>,
    created_at: String,
    updated_at: String,
    pub(crate) last_activity_at: Option<String>,
}

/// A number, as somebody once typed it.
#[derive(Clone, Serialize)]
pub(crate) struct Phone {
    pub(crate) field: String,
    pub(crate) number: String,
}

/// A deal of a contact.
#[derive(Serialize)]
pub(crate) struct Deal {
    pub(crate) id: i64,
    pub(crate) title: String,
    pub(crate) amount: f64,
    pub(crate) currency: String,
    pub(crate) stage: String,
}

#[derive(Serialize)]
pub(crate) struct List {
    contacts: Vec<Contact>,
    next_cursor: Option<String>,
    /// What the CRM has to say to everybody, such as when it will be down.
    #[serde(skip_serializing_if = "Option::is_none")]
    notice: Option<Notice>,
}

/// What can be set on a contact.
#[derive(Default)]
struct Draft {
    external_key: Option<String>,
    name: Option<String>,
    kind: Option<String>,
    company: Option<String>,
    title: Option<String>,
    email: Option<String>,
    phones: Vec<Phone>,
}

impl Draft {
    fn of(contact: Contact) -> Self {
        Self {
            external_key: contact.external_key,
            name: Some(contact.name),
            kind: Some(contact.r#type),
            company: contact.company,
            title: contact.title,
            email: contact.email,
            phones: contact.phones,
        }
    }

    fn apply(&mut self, fields: &mut Fields) -> Result<(), Problem> {
        for (field, target) in [
            ("name", &mut self.name),
            ("type", &mut self.kind),
            ("company", &mut self.company),
            ("title", &mut self.title),
            ("email", &mut self.email),
        ] {
            if let Some(text) = fields.text(field, TEXT_MAX)? {
                *target = text;
            }
        }
        if let Some(list) = fields.list("phones", PHONES_MAX)? {
            self.phones = list.into_iter().map(read_phone).collect::<Result<_, _>>()?;
        }
        if self.name.as_deref().is_none_or(|name| name.trim().is_empty()) {
            return Err(Problem::invalid("name", "is needed"));
        }
        let kind = self.kind.get_or_insert_with(|| TYPES[0].to_owned());
        if !TYPES.contains(&kind.as_str()) {
            return Err(Problem::invalid("type", format!("must be one of {}", TYPES.join(", "))));
        }
        if kind == LEAD && self.email.is_none() && self.phones.is_empty() {
            return Err(Problem::invalid("email", "a lead needs an e-mail address or a number"));
        }
        Ok(())
    }
}

fn read_phone(mut fields: Fields) -> Result<Phone, Problem> {
    let number = fields.text("number", 64)?.flatten();
    let number = number.ok_or_else(|| Problem::invalid("phones", "every number is needed"))?;
    let field = fields.text("field", 40)?.flatten().unwrap_or_else(|| "work".to_owned());
    fields.finish()?;
    Ok(Phone { field, number })
}

fn read_deal(mut fields: Fields) -> Result<Deal, Problem> {
    let title = fields.text("title", TEXT_MAX)?.flatten();
    let title = title.ok_or_else(|| Problem::invalid("deals", "every title is needed"))?;
    let deal = Deal {
        id: 0,
        title,
        amount: fields.number("amount")?.unwrap_or(0.0),
        currency: fields.text("currency", 3)?.flatten().unwrap_or_else(|| "USD".to_owned()),
        stage: fields.text("stage", 60)?.flatten().unwrap_or_else(|| "Open".to_owned()),
    };
    fields.finish()?;
    Ok(deal)
}

/// The words of a name, folded, each behind a space: finding " pre" finds a word that begins so.
fn words(name: &str) -> Vec<String> {
    name.to_lowercase()
        .split(|c: char| !c.is_alphanumeric())
        .filter(|word| !word.is_empty())
        .map(|word| format!(" {word}"))
        .collect()
}

/// Reads one contact.
pub(crate) fn load(connection: &Connection, id: i64) -> Result<Contact, Problem> {
    let mut contact = connection
        .prepare_cached(
            "SELECT external_key, name, type, company, title, email, created_at, updated_at,
                    last_activity_at FROM contacts WHERE id = ?1",
        )?
        .query_row([id], |row| {
            Ok(Contact {
                id,
                external_key: row.get(0)?,
                name: row.get(1)?,
                r#type: row.get(2)?,
                company: row.get(3)?,
                title: row.get(4)?,
                email: row.get(5)?,
                phones: Vec::new(),
                deals: Vec::new(),
                created_at: time(row.get(6)?),
                updated_at: time(row.get(7)?),
                last_activity_at: row.get::<_, Option<i64>>(8)?.map(time),
            })
        })?;
    contact.phones = connection
        .prepare_cached("SELECT field, number FROM phones WHERE contact_id = ?1 ORDER BY position")?
        .query_map([id], |row| Ok(Phone { field: row.get(0)?, number: row.get(1)? }))?
        .collect::<rusqlite::Result<_>>()?;
    contact.deals = connection
        .prepare_cached(
            "SELECT id, title, amount, currency, stage FROM deals WHERE contact_id = ?1 ORDER BY id",
        )?
        .query_map([id], |row| {
            Ok(Deal {
                id: row.get(0)?,
                title: row.get(1)?,
                amount: row.get(2)?,
                currency: row.get(3)?,
                stage: row.get(4)?,
            })
        })?
        .collect::<rusqlite::Result<_>>()?;
    Ok(contact)
}

/// Makes a contact from the fields of a request; the one that has the same external key already
/// counts as made. Answers with the id and whether it is new.
pub(crate) fn insert(connection: &mut Connection, fields: Fields) -> Result<(i64, bool), Problem> {
    let transaction = connection.transaction()?;
    let made = insert_within(&transaction, fields)?;
    transaction.commit()?;
    Ok(made)
}

/// The same, as a part of a larger change.
pub(crate) fn insert_within(
    transaction: &Connection,
    mut fields: Fields,
) -> Result<(i64, bool), Problem> {
    let mut draft =
        Draft { external_key: fields.text("external_key", 200)?.flatten(), ..Draft::default() };
    draft.apply(&mut fields)?;
    let deals = fields.list("deals", DEALS_MAX)?.unwrap_or_default();
    let deals = deals.into_iter().map(read_deal).collect::<Result<Vec<_>, _>>()?;
    fields.finish()?;
    if let Some(key) = &draft.external_key {
        let existing = transaction
            .query_row("SELECT id FROM contacts WHERE external_key = ?1", [key], |row| row.get(0))
            .optional()?;
        if let Some(id) = existing {
            return Ok((id, false));
        }
    }
    transaction.execute(
        "INSERT INTO contacts (name, name_words, type, created_at, updated_at)
         VALUES ('', '', '', ?1, ?1)",
        [now()],
    )?;
    let id = transaction.last_insert_rowid();
    write(transaction, id, &draft)?;
    for deal in deals {
        transaction.execute(
            "INSERT INTO deals (contact_id, title, amount, currency, stage)
             VALUES (?1, ?2, ?3, ?4, ?5)",
            params![id, deal.title, deal.amount, deal.currency, deal.stage],
        )?;
    }
    Ok((id, true))
}

fn write(connection: &Connection, id: i64, draft: &Draft) -> Result<(), Problem> {
    let name = draft.name.as_deref().unwrap_or_default();
    connection.execute(
        "UPDATE contacts SET external_key = ?2, name = ?3, name_words = ?4, type = ?5,
                company = ?6, title = ?7, email = ?8, updated_at = ?9 WHERE id = ?1",
        params![
            id,
            draft.external_key,
            name,
            words(name).concat(),
            draft.kind,
            draft.company,
            draft.title,
            draft.email,
            now()
        ],
    )?;
    connection.execute("DELETE FROM phones WHERE contact_id = ?1", [id])?;
    for (position, phone) in (0_i64..).zip(&draft.phones) {
        connection.execute(
            "INSERT INTO phones (contact_id, position, field, number) VALUES (?1, ?2, ?3, ?4)",
            params![id, position, phone.field, phone.number],
        )?;
    }
    Ok(())
}

/// What to list; one of `phone`, `extension` and `name`, or none.
#[derive(Deserialize)]
pub(crate) struct Find {
    phone: Option<String>,
    extension: Option<String>,
    name: Option<String>,
    updated_since: Option<String>,
}

/// `GET /v1/contacts`
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(find): Params<Find>,
    Params(paging): Params<Paging>,
) -> Result<Json<List>, Problem> {
    let connection = app.store.lock();
    let page = match (&find.phone, &find.extension, &find.name) {
        // The text as stored and nothing else, as several CRMs do it (Freshdesk, Clio, Insightly).
        (Some(text), None, None) => paging.ids(
            &connection,
            "contacts",
            "id IN (SELECT contact_id FROM phones WHERE number = ?1 AND field <> ?2)",
            &[text, &EXTENSION],
        )?,
        (None, Some(text), None) => paging.ids(
            &connection,
            "contacts",
            "id IN (SELECT contact_id FROM phones WHERE number = ?1 AND field = ?2)",
            &[text, &EXTENSION],
        )?,
        (None, None, Some(name)) => by_name(&connection, name, paging.limit()?)?,
        (None, None, None) => {
            let since = find.updated_since.as_deref();
            let since = since.map_or(Ok(i64::MIN), |text| parse_time("updated_since", text))?;
            paging.ids(&connection, "contacts", "updated_at >= ?1", &[&since])?
        }
        _ => return Err(Problem::invalid("phone", "stands alone, as extension and name do")),
    };
    let contacts = page.items.iter().map(|id| load(&connection, *id)).collect::<Result<_, _>>()?;
    let notice = app.faults().notice.clone();
    Ok(Json(List { contacts, next_cursor: page.next, notice }))
}

/// Names in which every word of the query begins a word; names that begin with the query first.
fn by_name(connection: &Connection, name: &str, limit: u32) -> Result<Page<i64>, Problem> {
    let words = words(name);
    if words.is_empty() || words.len() > NAME_WORDS_MAX {
        return Err(Problem::invalid("name", format!("needs 1 to {NAME_WORDS_MAX} words")));
    }
    let mut sql = "SELECT id FROM contacts WHERE 1".to_owned();
    for number in 1..=words.len() {
        sql.push_str(&format!(" AND instr(name_words, ?{number}) > 0"));
    }
    sql.push_str(" ORDER BY instr(name_words, ?1) > 1, name_words, id LIMIT ");
    sql.push_str(&limit.to_string());
    let mut statement = connection.prepare(&sql)?;
    let items = statement
        .query_map(rusqlite::params_from_iter(&words), |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    Ok(Page { items, next: None })
}

/// `POST /v1/contacts`
pub(crate) async fn create(
    State(app): State<Shared>,
    body: Bytes,
) -> Result<(StatusCode, Json<Contact>), Problem> {
    let fields = Fields::parse(&body)?;
    let mut connection = app.store.lock();
    let (id, new) = insert(&mut connection, fields)?;
    let status = if new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(load(&connection, id)?)))
}

/// `GET /v1/contacts/{id}`
pub(crate) async fn read(State(app): State<Shared>, Id(id): Id) -> Result<Json<Contact>, Problem> {
    Ok(Json(load(&app.store.lock(), id)?))
}

/// `PATCH /v1/contacts/{id}`
pub(crate) async fn update(
    State(app): State<Shared>,
    Id(id): Id,
    body: Bytes,
) -> Result<Json<Contact>, Problem> {
    let mut fields = Fields::parse(&body)?;
    let mut connection = app.store.lock();
    let transaction = connection.transaction()?;
    let mut draft = Draft::of(load(&transaction, id)?);
    draft.apply(&mut fields)?;
    fields.finish()?;
    write(&transaction, id, &draft)?;
    let contact = load(&transaction, id)?;
    transaction.commit()?;
    Ok(Json(contact))
}

/// `DELETE /v1/contacts/{id}`: with all that hangs on it. The id is never given out again.
pub(crate) async fn delete(State(app): State<Shared>, Id(id): Id) -> Result<StatusCode, Problem> {
    deletions::delete(&mut app.store.lock(), id)?;
    Ok(StatusCode::NO_CONTENT)
}
