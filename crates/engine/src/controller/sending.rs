//! One attempt at bringing a log to its CRM, and what is said of it.

use std::sync::Arc;

use jiff::Timestamp;
use ringside_crm::Crm;
use ringside_domain::log::SEND_DEADLINE;
use ringside_domain::{
    Call, Chosen, Direction, EndReason, LogEntry, LogState, text as domain_text,
};
use ringside_words::text_with;

use super::Controller;
use super::desk::Desk;

/// A pause in writing after which a note is left with the CRM, in seconds.
const NOTE_PAUSE_S: i64 = 2;

/// An attempt that did not work.
pub(super) struct Failed {
    pub(super) error: ringside_web::Error,
    /// The log itself had been written: it must be looked for before it is written again.
    pub(super) written: bool,
}

/// One attempt: answers with the CRM's id of the log.
pub(super) async fn attempt(
    crm: Arc<dyn Crm>,
    entry: LogEntry,
    from: LogState,
) -> Result<String, Failed> {
    let work = async {
        let written = |written| move |error| Failed { error, written };
        let id = write(&*crm, &entry, &from).await.map_err(written(false))?;
        if entry.disposition.is_some() && crm.capabilities().disposition_apart {
            crm.upsert_disposition(&id, &entry).await.map_err(written(true))?;
        }
        Ok(id)
    };
    tokio::time::timeout(SEND_DEADLINE, work).await.unwrap_or_else(|_| {
        let error = ringside_web::Error::Ambiguous("no answer in time".to_owned());
        Err(Failed { error, written: true })
    })
}

async fn write(
    crm: &dyn Crm,
    entry: &LogEntry,
    from: &LogState,
) -> Result<String, ringside_web::Error> {
    if let LogState::Outdated { remote_id, .. } = from {
        crm.update_call_log(remote_id, entry).await?;
        return Ok(remote_id.clone());
    }
    if from.must_reconcile()
        && let Some(found) = crm.find_call_log(entry).await?
    {
        // It had arrived. What it holds may be older than what is wanted.
        crm.update_call_log(&found, entry).await?;
        return Ok(found);
    }
    crm.create_call_log(entry).await
}

pub(super) fn detail(error: &ringside_web::Error) -> Option<String> {
    let words = match error {
        ringside_web::Error::Rejected { message } => message,
        ringside_web::Error::Unreachable(why) => &why.words,
        ringside_web::Error::Ambiguous(words) | ringside_web::Error::BadAnswer(words) => words,
        _ => return None,
    };
    Some(domain_text::clean(words, 500))
}

/// The one line that stands above a log in the CRM.
fn subject(call: &Call, name: &str) -> String {
    let missed = !matches!(call.reason, None | Some(EndReason::Answered | EndReason::Lost));
    let id = match (call.direction, missed) {
        (Direction::Inbound, false) => "log-subject-inbound",
        (Direction::Inbound, true) if call.reason == Some(EndReason::Missed) => {
            "log-subject-missed"
        }
        (Direction::Inbound, true) => "log-subject-inbound-unanswered",
        (Direction::Outbound, false) => "log-subject-outbound",
        (Direction::Outbound, true) => "log-subject-outbound-unanswered",
    };
    text_with(id, &[("name", name.into())])
}

impl Controller {
    /// Leaves notes of live calls with the CRMs that keep them, once the agent pauses.
    pub(super) fn cache_notes(&mut self, now: Timestamp) {
        let paused = |at: Timestamp| now.duration_since(at).as_secs() >= NOTE_PAUSE_S;
        let due: Vec<_> = self
            .desks
            .iter_mut()
            .filter(|(_, desk)| desk.noted_at.is_some_and(paused))
            .map(|(id, desk)| {
                desk.noted_at = None;
                *id
            })
            .collect();
        for desk in due.iter().filter_map(|id| self.desks.get(id)).filter(|d| !d.call.is_over()) {
            for chosen in desk.choice.chosen() {
                let crm = self.accounts.get(&chosen.contact.account).and_then(|a| a.crm.clone());
                let Some(crm) = crm.filter(|crm| crm.capabilities().cache_note) else { continue };
                let entry = self.compose(desk, chosen);
                tokio::spawn(async move {
                    // The log brings the note in any case; this only serves who looks before.
                    if let Err(error) = crm.cache_note(&entry).await {
                        tracing::debug!(%error, "a note was not left with the CRM");
                    }
                });
            }
        }
    }

    /// What the CRM is to hold of a call, for one chosen contact.
    pub(super) fn compose(&self, desk: &Desk, chosen: &Chosen) -> LogEntry {
        let first = desk.choice.chosen().first();
        let is_first = first.is_some_and(|first| first.contact == chosen.contact);
        let mut entry = LogEntry::compose(
            &desk.call,
            chosen,
            subject(&desk.call, &chosen.name),
            desk.note.clone(),
            desk.association.clone().filter(|_| is_first),
            desk.disposition.clone(),
        );
        entry.fields = self.field_values(desk, chosen);
        entry
    }
}
