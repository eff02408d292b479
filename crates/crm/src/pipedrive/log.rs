//! Call logs and message logs: activities that are done.
//!
//! Dates and times are UTC. The length goes with seconds, as the API tells it; the documentation names
//! `HH:MM` for what it takes, so that a refusal of seconds is met with whole minutes from then on, and
//! the note has the true length in any case.

use std::sync::atomic::Ordering;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, Unit};
use reqwest::Method;
use ringside_domain::call::EndReason;
use ringside_domain::log::{MessageEntry, SEND_DEADLINE};
use ringside_domain::{Association, ContactRef, Direction, LogEntry, text};

use super::Pipedrive;
use super::ask::Way;
use super::budget::{LIST, LIST_V1, RECORD, WRITE};
use super::kinds::{self, Kind};
use super::note;
use super::wire::{Activity, ActivityBody, ActivityType, List, Numbered, Participant, fitting};
use crate::RemoteLog;
use crate::compose::{self, Format};
use ringside_web::Error;
use ringside_web::html::escape;

/// Longest subject that is sent, in characters: the length of a short text field.
const SUBJECT_MAX: usize = 255;
/// Activities in one page of a search for our key, and most pages.
const PAGE: &str = "100";
const PAGES_MAX: usize = 40;
/// How far the clock of this computer may be ahead of Pipedrive's.
const CLOCK_SLACK: SignedDuration = SignedDuration::from_hours(24);

/// An instant as the API takes it: whole seconds.
pub(super) fn seconds(at: Timestamp) -> String {
    at.round(Unit::Second).unwrap_or(at).to_string()
}

/// The same, never later than the instant.
pub(super) fn seconds_before(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// A length as a time of day. More than a day does not fit; the note has it.
fn length(duration_s: u64, whole_minutes: bool) -> String {
    let s = duration_s.min(24 * 3600 - 1);
    if whole_minutes {
        // A short call is one of a minute: `00:00` reads as none.
        let minutes = s.div_ceil(60).min(24 * 60 - 1);
        return format!("{:02}:{:02}", minutes / 60, minutes % 60);
    }
    format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60)
}

/// How a call ended, as the label of a log has it.
fn result(result: EndReason) -> &'static str {
    match result {
        EndReason::Answered => "Answered",
        EndReason::Missed => "Missed",
        EndReason::Rejected => "Rejected",
        EndReason::Busy => "Busy",
        EndReason::Cancelled => "Cancelled",
        EndReason::NoAnswer => "No answer",
        EndReason::AnsweredElsewhere => "Answered elsewhere",
        EndReason::Voicemail => "Voicemail",
        EndReason::Failed => "Failed",
        EndReason::Lost => "Lost",
    }
}

/// The note of a call; an existing one keeps what people have added.
fn call_note(existing: Option<&str>, entry: &LogEntry) -> String {
    let existing = existing.map(|body| note::unsign(body, &entry.key));
    let fields = compose::Fields {
        note: Some(&entry.note),
        contact_number: Some((&entry.remote_number, entry.direction)),
        duration_s: Some(entry.duration_s),
        result: Some(result(entry.result)),
        ..compose::Fields::default()
    };
    note::sign(&compose::compose(Format::Html, existing.as_deref(), &fields), &entry.key)
}

/// The note of a conversation: one line for each message, oldest first.
fn text_note(entry: &MessageEntry) -> String {
    let mut body = String::new();
    for message in &entry.texts {
        let who = match message.direction {
            Direction::Inbound => &entry.contact_name,
            Direction::Outbound => &entry.local_number,
        };
        let lines = escape(&text::clean_note(&message.text)).replace('\n', "<br>");
        let (at, who) = (seconds(message.at), escape(who));
        body.push_str(&format!("<p><b>{who}</b> {at}<br>{lines}</p>"));
    }
    note::sign(&body, &entry.key)
}

/// The number of a person. An id that is no number was never Pipedrive's.
fn person(contact: &ContactRef) -> Result<u64, Error> {
    contact.id.parse().map_err(|_| Error::NotFound)
}

/// The deal or the lead.
fn links(association: Option<&Association>) -> Result<(Option<u64>, Option<String>), Error> {
    let Some(association) = association else { return Ok((None, None)) };
    match association.kind.as_str() {
        "deal" => Ok((Some(association.id.parse().map_err(|_| Error::NotFound)?), None)),
        "lead" => Ok((None, Some(association.id.clone()))),
        _ => Err(Error::NotFound),
    }
}

/// What of an activity does not depend on what the account takes.
struct Draft<'a> {
    kind: Option<Kind>,
    subject: &'a str,
    at: Timestamp,
    duration_s: Option<u64>,
    person: u64,
    links: (Option<u64>, Option<String>),
    note: String,
}

impl<'a> Draft<'a> {
    fn call(entry: &'a LogEntry, existing: Option<&str>) -> Result<Self, Error> {
        Ok(Self {
            kind: Some(Kind::Call),
            subject: &entry.subject,
            at: entry.started_at,
            duration_s: Some(entry.duration_s),
            person: person(&entry.contact)?,
            links: links(entry.association.as_ref())?,
            note: call_note(existing, entry),
        })
    }

    fn text(entry: &'a MessageEntry) -> Result<Self, Error> {
        Ok(Self {
            kind: Some(Kind::Text),
            subject: &entry.subject,
            at: entry.texts.first().map_or_else(Timestamp::now, |message| message.at),
            duration_s: None,
            person: person(&entry.contact)?,
            links: (None, None),
            note: text_note(entry),
        })
    }

    fn body(&self, kind: Option<String>, whole_minutes: bool) -> ActivityBody {
        let at = TimeZone::UTC.to_datetime(self.at);
        let time = if whole_minutes { "%H:%M" } else { "%H:%M:%S" };
        ActivityBody {
            subject: text::clean(self.subject, SUBJECT_MAX),
            kind,
            due_date: at.strftime("%Y-%m-%d").to_string(),
            due_time: at.strftime(time).to_string(),
            duration: self.duration_s.map(|s| length(s, whole_minutes)),
            done: true,
            participants: vec![Participant { person_id: self.person, primary: true }],
            deal_id: self.links.0,
            lead_id: self.links.1.clone(),
            note: self.note.clone(),
        }
    }
}

impl Pipedrive {
    /// Writes the activity of a call.
    pub(super) async fn log_call(&self, entry: &LogEntry) -> Result<String, Error> {
        self.post(&Draft::call(entry, None)?).await
    }

    /// Writes the activity of a conversation, or brings the one up to date that an earlier attempt
    /// has left: nobody else looks for it.
    pub(super) async fn log_text(&self, entry: &MessageEntry) -> Result<String, Error> {
        let draft = Draft::text(entry)?;
        match self.find_signed(&entry.contact, draft.at, &entry.key).await? {
            Some(id) => {
                self.patch(id, &Draft { kind: None, ..draft }).await?;
                Ok(id.to_string())
            }
            None => self.post(&draft).await,
        }
    }

    /// Brings the activity of a call up to date. What people have added to its note stays.
    pub(super) async fn relog_call(&self, id: &str, entry: &LogEntry) -> Result<(), Error> {
        let old = self.activity(id, Way::quiet(RECORD, SEND_DEADLINE)).await?;
        let draft = Draft { kind: None, ..Draft::call(entry, old.note.as_deref())? };
        self.patch(old.id, &draft).await
    }

    /// Brings the activity of a conversation up to date.
    pub(super) async fn relog_text(&self, id: &str, entry: &MessageEntry) -> Result<(), Error> {
        let number = id.parse().map_err(|_| Error::NotFound)?;
        self.patch(number, &Draft { kind: None, ..Draft::text(entry)? }).await
    }

    async fn post(&self, draft: &Draft<'_>) -> Result<String, Error> {
        let url = self.url(&["api", "v2", "activities"], &[]);
        let kind = match draft.kind {
            Some(kind) => kinds::choose(&self.types().await?, kind),
            None => None,
        };
        let made = self.send(Method::POST, &url, draft, kind).await;
        if matches!(made, Err(Error::Rejected { .. })) {
            // Perhaps the kind was taken out of use meanwhile: the next attempt looks again.
            self.types.set(None);
        }
        Ok(made?.id.to_string())
    }

    async fn patch(&self, id: u64, draft: &Draft<'_>) -> Result<(), Error> {
        let url = self.url(&["api", "v2", "activities", &id.to_string()], &[]);
        self.send(Method::PATCH, &url, draft, None).await.map(|_| ())
    }

    /// Sends an activity; a second time only if it was refused for its seconds.
    async fn send(
        &self,
        method: Method,
        url: &url::Url,
        draft: &Draft<'_>,
        kind: Option<String>,
    ) -> Result<Numbered, Error> {
        let way = Way::quiet(WRITE, SEND_DEADLINE);
        let minutes = self.whole_minutes.load(Ordering::Relaxed);
        let body = draft.body(kind.clone(), minutes);
        match self.write(method.clone(), url, &body, way).await {
            Err(Error::Rejected { message })
                if !minutes && (message.contains("duration") || message.contains("due_time")) =>
            {
                let made = self.write(method, url, &draft.body(kind, true), way).await?;
                self.whole_minutes.store(true, Ordering::Relaxed);
                Ok(made)
            }
            other => other,
        }
    }

    async fn types(&self) -> Result<Vec<ActivityType>, Error> {
        if let Some(types) = self.types.get() {
            return Ok(types);
        }
        let url = self.url(&["api", "v1", "activityTypes"], &[]);
        let types = self.read::<List<ActivityType>>(&url, Way::quiet(LIST_V1, SEND_DEADLINE));
        let types: Vec<_> = fitting(types.await?.data).collect();
        self.types.set(Some(types.clone()));
        Ok(types)
    }

    async fn activity(&self, id: &str, way: Way) -> Result<Activity, Error> {
        let number: u64 = id.parse().map_err(|_| Error::NotFound)?;
        let url = self.url(&["api", "v2", "activities", &number.to_string()], &[]);
        let activity: Activity = self.read(&url, way).await?.record()?;
        Some(activity).filter(|one| one.is_deleted != Some(true)).ok_or(Error::NotFound)
    }

    /// Reads an activity as a log.
    pub(super) async fn read_log(&self, id: &str, within: Duration) -> Result<RemoteLog, Error> {
        let activity = self.activity(id, Way::live(RECORD, within)).await?;
        let body = activity.note.as_deref().unwrap_or_default();
        Ok(RemoteLog {
            id: activity.id.to_string(),
            subject: text::clean(activity.subject.as_deref().unwrap_or_default(), SUBJECT_MAX),
            note: text::clean_note(&compose::note(Format::Html, body).unwrap_or_default()),
            contact: activity.person_id.map(|id| id.to_string()),
            started_at: activity.started_at(),
            duration_s: activity.duration_s(),
            disposition: None,
        })
    }

    /// The activity of a call, by our key.
    pub(super) async fn find_log(&self, entry: &LogEntry) -> Result<Option<String>, Error> {
        let found = self.find_signed(&entry.contact, entry.started_at, &entry.key).await?;
        Ok(found.map(|id| id.to_string()))
    }

    /// The activity with a key, among those of the person that have changed since: a list shows at
    /// once what was written, and searches lag.
    async fn find_signed(
        &self,
        contact: &ContactRef,
        since: Timestamp,
        key: &str,
    ) -> Result<Option<u64>, Error> {
        let person = person(contact)?.to_string();
        let since = seconds(since.checked_sub(CLOCK_SLACK).unwrap_or(since));
        let mut cursor: Option<String> = None;
        for _ in 0..PAGES_MAX {
            let mut query = vec![
                ("person_id", person.as_str()),
                ("updated_since", &since),
                ("sort_by", "add_time"),
                ("sort_direction", "desc"),
                ("limit", PAGE),
            ];
            query.extend(cursor.as_deref().map(|cursor| ("cursor", cursor)));
            let url = self.url(&["api", "v2", "activities"], &query);
            let page = self.read::<List<Activity>>(&url, Way::quiet(LIST, SEND_DEADLINE)).await?;
            let next = page.next();
            let signed =
                |one: &Activity| one.note.as_deref().is_some_and(|body| note::is_signed(body, key));
            if let Some(found) = fitting(page.data).find(signed) {
                return Ok(Some(found.id));
            }
            if next.is_none() || next == cursor {
                return Ok(None);
            }
            cursor = next;
        }
        // To say "not there" would make a second log.
        Err(Error::BadAnswer(
            "the person has more activities than can be looked through".to_owned(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_length_is_a_time_of_day() {
        assert_eq!(length(472, false), "00:07:52");
        assert_eq!(length(0, false), "00:00:00");
        assert_eq!(length(200_000, false), "23:59:59");
        assert_eq!(length(472, true), "00:08");
        assert_eq!(length(0, true), "00:00");
        assert_eq!(length(3600, true), "01:00");
        assert_eq!(length(200_000, true), "23:59");
    }
}
