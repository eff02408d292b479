//! Contacts that are gone, so that a client with a copy can follow.

use axum::Json;
use axum::extract::State;
use rusqlite::params;
use serde::{Deserialize, Serialize};

use crate::app::Shared;
use crate::extract::Params;
use crate::problem::Problem;
use crate::store::{Paging, now, parse_time, time};

/// One contact that is gone.
#[derive(Serialize)]
struct Deletion {
    contact_id: i64,
    r#type: String,
    deleted_at: String,
}

#[derive(Serialize)]
pub(crate) struct List {
    deletions: Vec<Deletion>,
    next_cursor: Option<String>,
}

#[derive(Deserialize)]
pub(crate) struct Since {
    since: Option<String>,
}

/// Takes a contact away, with its deals, activities and conversations, and remembers that.
pub(crate) fn delete(connection: &mut rusqlite::Connection, id: i64) -> Result<(), Problem> {
    let transaction = connection.transaction()?;
    transaction.execute(
        "INSERT INTO deletions (id, type, deleted_at)
         SELECT id, type, ?2 FROM contacts WHERE id = ?1",
        params![id, now()],
    )?;
    if transaction.execute("DELETE FROM contacts WHERE id = ?1", [id])? == 0 {
        return Err(Problem::NotFound);
    }
    transaction.commit()?;
    Ok(())
}

/// `GET /v1/deletions`: the contacts that went since a time, or ever.
pub(crate) async fn list(
    State(app): State<Shared>,
    Params(Since { since }): Params<Since>,
    Params(paging): Params<Paging>,
) -> Result<Json<List>, Problem> {
    let since = since.map_or(Ok(i64::MIN), |text| parse_time("since", &text))?;
    let connection = app.store.lock();
    let page = paging.ids(&connection, "deletions", "deleted_at >= ?1", &[&since])?;
    let mut statement =
        connection.prepare_cached("SELECT type, deleted_at FROM deletions WHERE id = ?1")?;
    let mut deletions = Vec::new();
    for contact_id in page.items {
        deletions.push(statement.query_row([contact_id], |row| {
            Ok(Deletion { contact_id, r#type: row.get(0)?, deleted_at: time(row.get(1)?) })
        })?);
    }
    Ok(Json(List { deletions, next_cursor: page.next }))
}
