//! Between a record and its columns.

use ringside_domain::log::LogStage;
use ringside_domain::{Direction, EndReason, LogState};

use super::{Record, search};
use crate::Error;
use crate::database::{from_json, instant, micros, to_json};

/// A record as its columns hold it, without note and logs.
#[derive(Clone, Debug)]
pub(super) struct Row {
    pub(super) id: String,
    pub(super) revision: i64,
    pub(super) started: i64,
    pub(super) e164: Option<String>,
    pub(super) over: bool,
    pub(super) missed: bool,
    pub(super) declined: bool,
    pub(super) exempt: bool,
    pub(super) auto_log_at: Option<String>,
    pub(super) awaits_match: bool,
    pub(super) call: String,
    pub(super) choice: String,
    pub(super) matches: String,
    pub(super) haystack: String,
    /// (source, key) pairs, the founding one first.
    pub(super) keys: Vec<(String, String)>,
    pub(super) note: String,
}

impl Row {
    /// The columns of a record.
    pub(super) fn of(record: &Record) -> Result<Self, Error> {
        Self::try_of(record).map_err(|error| Error::Database(error.to_string()))
    }

    fn try_of(record: &Record) -> rusqlite::Result<Self> {
        let call = &record.call;
        let missed = call.direction == Direction::Inbound && call.reason == Some(EndReason::Missed);
        Ok(Self {
            id: call.id.to_string(),
            revision: i64::try_from(call.revision).unwrap_or(i64::MAX),
            started: micros(call.started_at),
            e164: call.number.e164.clone(),
            over: call.is_over(),
            missed,
            declined: record.declined,
            exempt: record.exempt,
            auto_log_at: record.auto_log_at.map(|at| at.to_string()),
            awaits_match: record.awaits_match,
            call: to_json(call)?,
            choice: to_json(&record.choice)?,
            matches: to_json(&record.matches)?,
            haystack: search::haystack(record),
            keys: call.keys.iter().map(|k| (k.source.to_string(), k.key.clone())).collect(),
            note: record.note.clone(),
        })
    }
}

/// The columns that [`record`] reads, with the note.
pub(super) const RECORD: &str = "c.call, c.choice, c.matches, c.declined, c.exempt, c.auto_log_at,
     c.awaits_match, coalesce(n.text, '') FROM calls c LEFT JOIN notes n ON n.call = c.id";

/// A record from the columns of [`RECORD`]; its logs are still to be read.
pub(super) fn record(row: &rusqlite::Row<'_>) -> rusqlite::Result<Record> {
    let auto_log_at: Option<String> = row.get(5)?;
    Ok(Record {
        call: from_json(row.get_ref(0)?.as_str()?)?,
        choice: from_json(row.get_ref(1)?.as_str()?)?,
        matches: from_json(row.get_ref(2)?.as_str()?)?,
        declined: row.get(3)?,
        exempt: row.get(4)?,
        auto_log_at: auto_log_at.map(|text| instant(&text)).transpose()?,
        awaits_match: row.get(6)?,
        note: row.get(7)?,
        logs: Vec::new(),
    })
}

/// The name of a stage in the column: as on the wire, but that an outdated log still has something
/// to send.
pub(super) fn stage(state: &LogState) -> &'static str {
    if matches!(state, LogState::Outdated { .. }) {
        return "outdated";
    }
    match state.stage() {
        LogStage::Draft => "draft",
        LogStage::Ready => "ready",
        LogStage::Sending => "sending",
        LogStage::Done => "done",
        LogStage::Retry => "retry",
        LogStage::Parked => "parked",
        LogStage::Declined => "declined",
    }
}
