//! Paging by opaque cursor: a place in an order, not a count, so that a list that grows or shrinks
//! under a reader skips nothing and repeats nothing.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde::{Deserialize, Serialize};

use crate::answer::Refusal;
use crate::body;

/// Where a page ends. The published cursors begin the same way (`eyJmaWVsZCI6ImlkIi`…).
#[derive(Serialize, Deserialize)]
struct Cursor {
    field: String,
    value: String,
    id: u64,
}

/// How a list is asked for.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Paging {
    limit: Option<String>,
    cursor: Option<String>,
    sort_by: Option<String>,
    sort_direction: Option<String>,
}

/// What a list sorts by.
pub(crate) trait Sorted {
    /// The record's id, which breaks ties.
    fn id(&self) -> u64;
    /// When it was made.
    fn add_time(&self) -> &str;
    /// When it was last changed.
    fn update_time(&self) -> &str;

    /// The value of a field that only lists of this kind may be sorted by.
    fn own_key(&self, _field: &str) -> Option<String> {
        None
    }

    /// The value of a field that lists may be sorted by.
    fn key(&self, field: &str) -> Option<String> {
        match field {
            "id" => Some(format!("{:020}", self.id())),
            "add_time" => Some(self.add_time().to_owned()),
            "update_time" => Some(self.update_time().to_owned()),
            other => self.own_key(other),
        }
    }
}

/// Which records of a list are asked for, wherever they are of a kind that changes.
#[derive(Debug, Default, Deserialize)]
pub(crate) struct Which {
    ids: Option<String>,
    updated_since: Option<String>,
    updated_until: Option<String>,
}

/// The same, read.
pub(crate) struct AskedFor {
    ids: Option<Vec<u64>>,
    since: Option<jiff::Timestamp>,
    until: Option<jiff::Timestamp>,
}

impl Which {
    pub(crate) fn read(&self) -> Result<AskedFor, Refusal> {
        Ok(AskedFor {
            ids: self.ids.as_deref().map(body::ids).transpose()?,
            since: body::time(self.updated_since.as_deref())?,
            until: body::time(self.updated_until.as_deref())?,
        })
    }
}

impl AskedFor {
    /// Whether a record is one of them.
    pub(crate) fn has(&self, record: &impl Sorted) -> bool {
        self.ids.as_ref().is_none_or(|ids| ids.contains(&record.id()))
            && body::within(record.update_time(), self.since, self.until)
    }
}

impl Paging {
    /// How many at once.
    fn limit(&self, most: usize) -> Result<usize, Refusal> {
        let Some(text) = &self.limit else { return Ok(100) };
        let limit = text.parse().ok().filter(|limit| (1..=most).contains(limit));
        limit.ok_or_else(|| {
            Refusal::invalid(format!("Validation failed: limit: must be between 1 and {most}."))
        })
    }

    /// The page, and the cursor of the next.
    pub(crate) fn cut<'a, T: Sorted>(
        &self,
        records: impl Iterator<Item = &'a T>,
    ) -> Result<(Vec<&'a T>, Option<String>), Refusal> {
        let limit = self.limit(500)?;
        let field = self.sort_by.as_deref().unwrap_or("id");
        let descending = match self.sort_direction.as_deref() {
            None | Some("asc") => false,
            Some("desc") => true,
            Some(_) => return Err(Refusal::invalid("Validation failed: sort_direction.")),
        };
        let mut keyed = Vec::new();
        for record in records {
            let key = record.key(field).ok_or_else(|| {
                Refusal::invalid(format!("Validation failed: sort_by: '{field}' is unknown."))
            })?;
            keyed.push(((key, record.id()), record));
        }
        keyed.sort_by(|(one, _), (other, _)| one.cmp(other));
        if descending {
            keyed.reverse();
        }
        if let Some(cursor) = self.cursor.as_deref() {
            let after = read(cursor, field)?;
            keyed.retain(|(key, _)| if descending { *key < after } else { *key > after });
        }
        let next = (keyed.len() > limit).then(|| keyed.get(limit - 1)).flatten();
        let next = next.map(|((value, id), _)| write(field, value, *id));
        keyed.truncate(limit);
        Ok((keyed.into_iter().map(|(_, record)| record).collect(), next))
    }

    /// The page of a search, whose order is its own; `most` at once.
    pub(crate) fn slice<T>(
        &self,
        mut found: Vec<T>,
        most: usize,
    ) -> Result<(Vec<T>, Option<String>), Refusal> {
        let limit = self.limit(most)?;
        let start = match self.cursor.as_deref() {
            None => 0,
            Some(cursor) => usize::try_from(read(cursor, "start")?.1).unwrap_or(usize::MAX),
        };
        let end = start.saturating_add(limit);
        let next = (found.len() > end).then(|| write("start", "", end as u64));
        found.truncate(end);
        Ok((found.split_off(start.min(found.len())), next))
    }
}

fn write(field: &str, value: &str, id: u64) -> String {
    let cursor = Cursor { field: field.to_owned(), value: value.to_owned(), id };
    STANDARD.encode(serde_json::to_vec(&cursor).unwrap_or_default())
}

fn read(text: &str, field: &str) -> Result<(String, u64), Refusal> {
    let bytes = STANDARD.decode(text).ok();
    let cursor: Option<Cursor> = bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let cursor = cursor.filter(|cursor| cursor.field == field);
    cursor
        .map(|cursor| (cursor.value, cursor.id))
        .ok_or_else(|| Refusal::invalid("Validation failed: cursor: is not valid."))
}
