//! A call at hand: everything the engine knows of it while it matters.

use std::collections::BTreeMap;
use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::matching::Lookup;
use ringside_domain::{
    AccountId, Association, Call, Choice, LogEntry, LogState, Match, NumberKind,
};
use ringside_protocol::view::{LastCall, LogPlan, PopView};
use ringside_store::journal::Record;

use crate::Alert;

/// A call at hand.
#[derive(Debug)]
pub(crate) struct Desk {
    pub(crate) call: Call,
    pub(crate) lookup: Lookup,
    pub(crate) asks: BTreeMap<AccountId, Ask>,
    pub(crate) choice: Choice,
    pub(crate) note: String,
    pub(crate) logs: Vec<(LogEntry, LogState)>,
    pub(crate) association: Option<Association>,
    pub(crate) disposition: Option<String>,
    /// What was filled in of the fields of the first chosen contact's account.
    pub(crate) fields: BTreeMap<String, String>,
    pub(crate) declined: bool,
    pub(crate) exempt: bool,
    pub(crate) keep_open: bool,
    pub(crate) auto_log_at: Option<Timestamp>,
    /// Over, and to log itself once an answer shows whose it is.
    pub(crate) awaits_match: bool,
    pub(crate) last_call: Option<LastCall>,
    /// When the note last changed, until the CRM that keeps notes of live calls has it.
    pub(crate) noted_at: Option<Timestamp>,
    /// The pop is up.
    pub(crate) popped: bool,
    /// The pop has just begun to ring and has not been shown yet.
    pub(crate) alerting: Option<Alert>,
    /// The notification has rung.
    pub(crate) notified: bool,
    /// When the pop goes by itself.
    pub(crate) close_at: Option<Timestamp>,
    pub(crate) revision: u64,
    pub(crate) view: Option<PopView>,
    /// It was live when an earlier run ended, and its softphone has not spoken of it yet.
    pub(crate) restored: bool,
    /// When somebody last needed it at hand.
    pub(crate) touched_at: Timestamp,
    /// What the journal holds, so that only changes are written.
    pub(crate) saved: Option<Record>,
}

/// The question to one account.
#[derive(Clone, Debug, Default)]
pub(crate) struct Ask {
    pub(crate) attempt: u32,
    pub(crate) retry_at: Option<Timestamp>,
    pub(crate) found: u32,
    /// Ask past every cache.
    pub(crate) force: bool,
}

impl Desk {
    /// A desk for a call that is new.
    pub(crate) fn new(call: Call, lookup: Lookup) -> Self {
        Self {
            call,
            lookup,
            asks: BTreeMap::new(),
            choice: Choice::default(),
            note: String::new(),
            logs: Vec::new(),
            association: None,
            disposition: None,
            fields: BTreeMap::new(),
            declined: false,
            exempt: false,
            keep_open: false,
            auto_log_at: None,
            awaits_match: false,
            last_call: None,
            noted_at: None,
            popped: false,
            alerting: None,
            notified: false,
            close_at: None,
            revision: 0,
            view: None,
            restored: false,
            touched_at: Timestamp::now(),
            saved: None,
        }
    }

    /// Whether something of it counts down, goes on or is asked again.
    pub(crate) fn is_busy(&self) -> bool {
        !self.call.is_over()
            || self.popped
            || self.auto_log_at.is_some()
            || self.noted_at.is_some()
            || self.asks.values().any(|ask| ask.retry_at.is_some())
    }

    /// A desk for a call of the journal, with what it knew when it was last seen.
    pub(crate) fn from_record(record: Record, mut lookup: Lookup) -> Self {
        let remembered = record
            .matches
            .iter()
            .filter(|found| found.remembered)
            .map(|found| found.contact.reference.clone())
            .collect();
        lookup.directory(record.matches.clone(), remembered);
        let mut desk = Self::new(record.call.clone(), lookup);
        desk.choice = record.choice.clone();
        desk.note.clone_from(&record.note);
        desk.logs.clone_from(&record.logs);
        desk.association = record.logs.iter().find_map(|(entry, _)| entry.association.clone());
        desk.disposition = record.logs.iter().find_map(|(entry, _)| entry.disposition.clone());
        let filled = record.logs.iter().find(|(entry, _)| !entry.fields.is_empty());
        desk.fields = filled.map(|(entry, _)| entry.fields.clone()).unwrap_or_default();
        desk.declined = record.declined;
        desk.exempt = record.exempt;
        desk.auto_log_at = record.auto_log_at;
        desk.awaits_match = record.awaits_match;
        desk.saved = Some(record);
        desk
    }

    /// What the journal is to hold.
    pub(crate) fn record(&self) -> Record {
        Record {
            call: self.call.clone(),
            choice: self.choice.clone(),
            note: self.note.clone(),
            matches: self.lookup.matches().iter().take(MATCHES_KEPT).cloned().collect(),
            declined: self.declined,
            exempt: self.exempt,
            auto_log_at: self.auto_log_at,
            awaits_match: self.awaits_match,
            logs: self.logs.clone(),
        }
    }

    /// Whether a match of this call can be asked for at all.
    pub(crate) fn can_look_up(&self) -> bool {
        self.call.number.kind == NumberKind::Number
    }

    pub(crate) fn is_extension(&self) -> bool {
        self.call.number.kind == NumberKind::Extension
    }

    /// Whether a log of this call is decided upon, whatever became of it.
    pub(crate) fn is_logged(&self) -> bool {
        self.logs.iter().any(|(_, state)| !matches!(state, LogState::Declined))
    }

    /// What will happen to the log by itself.
    pub(crate) fn plan(&self, auto_at_end: bool) -> LogPlan {
        if self.declined {
            LogPlan::Declined
        } else if self.is_logged() {
            LogPlan::Decided
        } else if let Some(at) = self.auto_log_at {
            LogPlan::At { at: at.into() }
        } else if self.exempt {
            LogPlan::No
        } else if auto_at_end && !self.call.is_over() {
            LogPlan::AtEnd
        } else {
            LogPlan::Ask
        }
    }

    /// The match that stands for the call in a list: the chosen one, else the only one.
    pub(crate) fn face(&self) -> Option<&Match> {
        let matches = self.lookup.matches();
        match self.choice.chosen().first() {
            Some(chosen) => matches.iter().find(|m| m.contact.reference == chosen.contact),
            None => self.lookup.single(),
        }
    }
}

/// How many matches the journal keeps for the list of calls.
const MATCHES_KEPT: usize = 50;

/// How long a pop stays after its call has ended and nothing is left to wait for.
pub(crate) const LINGER: Duration = Duration::from_secs(4);
/// How long a pop stays after its call has ended while something may still be decided.
pub(crate) const DECIDE: Duration = Duration::from_secs(30);
