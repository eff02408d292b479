//! Call logs. The server finds them by session, which is our key; its own database holds which
//! record of the CRM that is.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use reqwest::Method;
use ringside_domain::call::EndReason;
use ringside_domain::log::SEND_DEADLINE;
use ringside_domain::{ContactRef, Direction, LogEntry, text};
use serde_json::{Value, json};

use super::judge::Refusal;
use super::wire::{Log, Logs, Written, id};
use super::{AppConnect, READ_DEADLINE, fields, notes};
use crate::RemoteLog;
use ringside_web::Error;
use ringside_web::client::Urgency;

/// Most sessions that the server reads at once; it drops the others without a word (recorded).
const READ_AT_ONCE: usize = 5;
/// Longest subject, in characters.
const SUBJECT_MAX: usize = 255;
/// Most logs whose key is remembered.
const LOGGED_MAX: usize = 5000;

/// Why a log cannot be written again: the server refuses its key, and the CRM shows no record.
const DELETED: &str = "this call was logged, and the CRM no longer shows the log; the server does \
                       not log a call twice";

/// The key and the contact of each log of ours, by the CRM's id: the server reads by key alone.
#[derive(Default)]
pub(super) struct Logged(Mutex<HashMap<String, (String, Option<ContactRef>)>>);

impl Logged {
    fn learn(&self, id: &str, key: &str, contact: Option<&ContactRef>) {
        let mut logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if logged.len() >= LOGGED_MAX {
            logged.clear();
        }
        let entry = logged.entry(id.to_owned()).or_default();
        key.clone_into(&mut entry.0);
        if contact.is_some() {
            entry.1 = contact.cloned();
        }
    }

    fn key_of(&self, id: &str) -> Option<String> {
        let logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logged.get(id).map(|(key, _)| key.clone())
    }

    pub(super) fn contact_of(&self, id: &str) -> Option<ContactRef> {
        let logged = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        logged.get(id).and_then(|(_, contact)| contact.clone())
    }
}

impl AppConnect {
    /// Looks first, then writes, one request at a time for each key.
    pub(super) async fn create_log(&self, entry: &LogEntry) -> Result<String, Error> {
        let body = self.new_log(entry).await?;
        let _turn = self.locks.of(&entry.key).await;
        if let Some(id) = self.find_log(&entry.key).await? {
            // An earlier attempt landed, perhaps with an earlier note: what counts is the entry now.
            self.change_log(&id, entry).await?;
            self.set_outcomes(entry).await?;
            return Ok(id);
        }
        let urgency = Urgency::Background;
        let sent = self.send(Method::POST, &["callLog"], &body, urgency, SEND_DEADLINE).await;
        let id = match sent {
            Ok(body) => {
                let written: Written = serde_json::from_value(body).unwrap_or_default();
                id(written.log_id)
            }
            Err(Refusal::Existing) => match self.find_log(&entry.key).await? {
                // Somebody else was faster, such as the same agent's extension in a browser.
                Some(id) => {
                    self.change_log(&id, entry).await?;
                    Some(id)
                }
                None => return Err(Error::Rejected { message: DELETED.to_owned() }),
            },
            Err(Refusal::Authorization) => return Err(self.authorization(Error::Forbidden).await),
            Err(refusal) => return Err(refusal.plain(true)),
        };
        let id = id.ok_or_else(|| Error::Ambiguous("a log without an id".to_owned()))?;
        self.logged.learn(&id, &entry.key, Some(&entry.contact));
        // Should this fail, the next attempt finds the log and goes on from there.
        self.set_outcomes(entry).await?;
        Ok(id)
    }

    pub(super) async fn update_log(&self, id: &str, entry: &LogEntry) -> Result<(), Error> {
        let _turn = self.locks.of(&entry.key).await;
        // The server goes by the key. Only of a log from before the account was opened it is not
        // known whether both mean the same.
        if self.logged.key_of(id).is_none_or(|key| key != entry.key)
            && self.find_log(&entry.key).await?.is_none_or(|found| found != id)
        {
            return Err(Error::NotFound);
        }
        self.change_log(id, entry).await?;
        self.send_outcomes(entry).await
    }

    async fn new_log(&self, entry: &LogEntry) -> Result<Value, Error> {
        let specs = self.known().await?.platform.log_fields();
        let (from, to) = parties(entry);
        Ok(json!({
            "logInfo": {
                // The server's database has this as key of its table.
                "id": entry.key,
                "telephonySessionId": entry.key,
                "sessionId": entry.key,
                "direction": direction(entry.direction),
                "from": from,
                "to": to,
                "startTime": entry.started_at.as_millisecond(),
                "duration": entry.duration_s,
                "result": result(entry.result),
                "customSubject": text::clean(&entry.subject, SUBJECT_MAX),
            },
            "contactId": entry.contact.id,
            "contactType": entry.contact.kind,
            "contactName": entry.contact_name,
            "note": notes::guarded(&entry.note),
            "additionalSubmission": fields::submission(specs, entry),
        }))
    }

    /// Changes a log, and looks whether the note arrived where it is known to be spoilt on the way.
    async fn change_log(&self, id: &str, entry: &LogEntry) -> Result<(), Error> {
        // The server keeps the contact of the first time, and has no request that changes it.
        if self.logged.contact_of(id).is_some_and(|contact| contact.id != entry.contact.id) {
            let message = "a log at this server stays with its contact".to_owned();
            return Err(Error::Rejected { message });
        }
        self.logged.learn(id, &entry.key, Some(&entry.contact));
        let readable = self.known().await?.interfaces.has("getCallLog");
        let note = notes::guarded(&entry.note);
        let plain = !note.is_empty() && !notes::at_risk(&note);
        if plain || !readable {
            return self.patch(entry, &note).await;
        }
        let before = self.full_body(&entry.key).await?;
        if note.is_empty() {
            // Nothing in place of a note leaves the old one there; a blank replaces it.
            let note = if notes::has_note(&before) { " " } else { "" };
            return self.patch(entry, note).await;
        }
        for sent in notes::attempts(&note, &before) {
            self.patch(entry, &sent).await?;
            if notes::arrived(&note, &self.full_body(&entry.key).await?) {
                return Ok(());
            }
        }
        Err(Error::BadAnswer("the note was changed on its way".to_owned()))
    }

    async fn patch(&self, entry: &LogEntry, note: &str) -> Result<(), Error> {
        let specs = self.known().await?.platform.log_fields();
        let (from, to) = parties(entry);
        let body = json!({
            "sessionId": entry.key,
            "subject": text::clean(&entry.subject, SUBJECT_MAX),
            "note": note,
            // Connectors take now for a start that is missing, and move the record there.
            "startTime": entry.started_at.as_millisecond(),
            "duration": entry.duration_s,
            "result": result(entry.result),
            "direction": direction(entry.direction),
            "from": from,
            "to": to,
            "additionalSubmission": fields::submission(specs, entry),
        });
        let urgency = Urgency::Background;
        match self.send(Method::PATCH, &["callLog"], &body, urgency, SEND_DEADLINE).await {
            Ok(_) => Ok(()),
            // Without a word: the server has no such log, or the user is not connected any more.
            Err(Refusal::Silent) => match self.find_log(&entry.key).await? {
                Some(_) => Err(Error::Rejected { message: "refused without a reason".to_owned() }),
                None => Err(Error::NotFound),
            },
            Err(Refusal::Authorization) => Err(self.authorization(Error::NotFound).await),
            Err(refusal) => Err(refusal.plain(true)),
        }
    }

    /// The CRM's id of the log with a key, if the CRM still has it: the server alone remembers every
    /// log that was ever written.
    pub(super) async fn find_log(&self, key: &str) -> Result<Option<String>, Error> {
        let details = self.known().await?.interfaces.has("getCallLog");
        let logs = match self.read_logs(&[key], details).await {
            Err(Error::NotFound) => return Ok(None),
            logs => logs?,
        };
        let found = logs.into_iter().find(|log| log.session_id.as_deref() == Some(key));
        let id = found.filter(|log| log.matched == Some(true)).and_then(|log| id(log.log_id));
        if let Some(id) = &id {
            self.logged.learn(id, key, None);
        }
        Ok(id)
    }

    /// A log by the CRM's id, where its key is known: of logs that were written or found since the
    /// account was opened.
    pub(super) async fn read_log(&self, id: &str) -> Result<RemoteLog, Error> {
        let key = self.logged.key_of(id).ok_or(Error::NotFound)?;
        let mut logs = self.call_logs(&[key.as_str()]).await?;
        match logs.pop() {
            Some((_, outcome)) => outcome?.ok_or(Error::NotFound),
            None => Err(Error::NotFound),
        }
    }

    /// The logs with these keys as the CRM holds them, in the same order; `None` where there is none.
    /// The server reads five at once and fails all of them with one: then each is read alone.
    ///
    /// # Errors
    /// When nothing could be read at all; what concerns one log stands beside it.
    pub async fn call_logs<'k>(
        &self,
        keys: &[&'k str],
    ) -> Result<Vec<(&'k str, Result<Option<RemoteLog>, Error>)>, Error> {
        let mut all = Vec::with_capacity(keys.len());
        for some in keys.chunks(READ_AT_ONCE) {
            match self.read_logs(some, true).await {
                Ok(logs) => all.extend(some.iter().map(|key| (*key, Ok(self.pick(&logs, key))))),
                Err(error @ (Error::Unauthorized | Error::Revoked)) => return Err(error),
                Err(error) if some.len() == 1 => all.push((some[0], Err(error))),
                Err(_) => {
                    for key in some {
                        let logs = self.read_logs(&[key], true).await;
                        all.push((*key, logs.map(|logs| self.pick(&logs, key))));
                    }
                }
            }
        }
        Ok(all)
    }

    fn pick(&self, logs: &[Log], key: &str) -> Option<RemoteLog> {
        let log = logs.iter().find(|log| log.session_id.as_deref() == Some(key))?;
        let id = id(log.log_id.clone()).filter(|_| log.matched == Some(true))?;
        self.logged.learn(&id, key, None);
        let data = log.log_data.as_ref();
        let subject = data.and_then(|data| data.subject.as_deref()).unwrap_or_default();
        let note = data.and_then(|data| data.note.as_deref()).unwrap_or_default();
        Some(RemoteLog {
            subject: text::clean(subject, SUBJECT_MAX),
            note: text::clean_note(note),
            contact: self.logged.contact_of(&id).map(|contact| contact.id),
            id,
            ..RemoteLog::default()
        })
    }

    /// The whole body of a log, or its note where the connector tells no body.
    async fn full_body(&self, key: &str) -> Result<String, Error> {
        let logs = self.read_logs(&[key], true).await?;
        let log = logs.into_iter().find(|log| log.session_id.as_deref() == Some(key));
        let data = log.and_then(|log| log.log_data).unwrap_or_default();
        Ok(data.full_body.or(data.note).unwrap_or_default())
    }

    /// At most five.
    async fn read_logs(&self, keys: &[&str], details: bool) -> Result<Vec<Log>, Error> {
        let sessions = keys.join(",");
        let mut query = vec![("sessionIds", sessions.as_str())];
        if details {
            query.push(("requireDetails", "true"));
        }
        match self.get(&["callLog"], &query, Urgency::Background, READ_DEADLINE).await {
            Ok(body) => Ok(serde_json::from_value::<Logs>(body).unwrap_or_default().logs),
            // Without a word only when the user is not connected to the CRM any more.
            Err(Refusal::Silent) => Err(Error::Unauthorized),
            Err(Refusal::Authorization) => Err(self.authorization(Error::NotFound).await),
            Err(refusal) => Err(refusal.plain(false)),
        }
    }

    /// The fields of the log form once more, as outcomes of the call: some connectors take them here
    /// only, and App Connect's own client sends both too.
    async fn set_outcomes(&self, entry: &LogEntry) -> Result<(), Error> {
        let specs = self.known().await?.platform.log_fields();
        if fields::submission(specs, entry).is_empty() {
            return Ok(());
        }
        self.send_outcomes(entry).await
    }

    /// Also where there is none any more.
    async fn send_outcomes(&self, entry: &LogEntry) -> Result<(), Error> {
        let known = self.known().await?;
        let specs = known.platform.log_fields();
        if specs.is_empty() || !known.interfaces.has("upsertCallDisposition") {
            return Ok(());
        }
        let dispositions = fields::submission(specs, entry);
        let body = json!({ "sessionId": entry.key, "dispositions": dispositions });
        let urgency = Urgency::Background;
        match self.send(Method::PUT, &["callDisposition"], &body, urgency, SEND_DEADLINE).await {
            Ok(_) => Ok(()),
            Err(Refusal::Authorization) => Err(self.authorization(Error::NotFound).await),
            Err(refusal) => Err(refusal.plain(true)),
        }
    }

    /// Leaves the notes so far with the server. With a token that it does not take, it never answers
    /// (recorded), so that this has a short deadline.
    pub(super) async fn leave_note(&self, entry: &LogEntry) -> Result<(), Error> {
        if !self.known().await?.interfaces.has("cacheCallNote") {
            return Err(Error::Unsupported);
        }
        let body = json!({ "sessionId": entry.key, "note": entry.note });
        let parts = ["callLog", "cacheNote"];
        let sent = self.send(Method::POST, &parts, &body, Urgency::Background, NOTE_DEADLINE).await;
        sent.map(|_| ()).map_err(|refusal| refusal.plain(true))
    }
}

/// How long the server may take to put a note by.
const NOTE_DEADLINE: std::time::Duration = std::time::Duration::from_secs(5);

fn parties(entry: &LogEntry) -> (Value, Value) {
    let remote = json!({ "phoneNumber": entry.remote_number, "name": entry.contact_name });
    let local = json!({ "phoneNumber": entry.local_number });
    match entry.direction {
        Direction::Inbound => (remote, local),
        Direction::Outbound => (local, remote),
    }
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Inbound => "Inbound",
        Direction::Outbound => "Outbound",
    }
}

/// The words of the telephone system that these servers were made for. None has a hyphen, after which
/// the server would add a second line with each update (recorded).
fn result(result: EndReason) -> &'static str {
    match result {
        EndReason::Answered => "Call connected",
        EndReason::Missed => "Missed",
        EndReason::Rejected => "Rejected",
        EndReason::Busy => "Busy",
        EndReason::Cancelled => "Hang Up",
        EndReason::NoAnswer => "No Answer",
        EndReason::AnsweredElsewhere => "Answered elsewhere",
        EndReason::Voicemail => "Voicemail",
        EndReason::Failed => "Call Failed",
        EndReason::Lost => "Unknown",
    }
}
