//! The Example CRM's JSON, as its `openapi.json` describes it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ringside_domain::call::EndReason;
use ringside_domain::log::{MessageEntry, TextMessage};
use ringside_domain::text;
use ringside_domain::{AccountId, ContactRef, Direction, LogEntry, MessageLevel};
use serde::{Deserialize, Serialize};

use crate::contract::{
    Associated, Detail, Item, Loose, MatchedContact, MatchedPhone, ReturnMessage,
};
use crate::{NewContact, RemoteLog, UserInfo};
use ringside_web::Error;

/// Longest subject that the CRM takes, in characters.
const SUBJECT_MAX: usize = 255;
const DISPOSITION_MAX: usize = 60;

#[derive(Deserialize)]
pub(super) struct Me {
    id: u64,
    name: String,
}

impl From<Me> for UserInfo {
    fn from(me: Me) -> Self {
        Self { id: me.id.to_string(), name: text::clean(&me.name, text::NAME_MAX) }
    }
}

#[derive(Deserialize)]
pub(super) struct Contacts {
    pub(super) contacts: Vec<Contact>,
    pub(super) next_cursor: Option<String>,
    pub(super) notice: Option<Notice>,
}

/// What the CRM has to say to everybody.
#[derive(Deserialize)]
pub(super) struct Notice {
    text: String,
    level: MessageLevel,
    seconds: u32,
    #[serde(default)]
    details: Vec<NoticeDetail>,
}

#[derive(Deserialize)]
struct NoticeDetail {
    title: String,
    lines: Vec<String>,
}

impl From<Notice> for ReturnMessage {
    fn from(notice: Notice) -> Self {
        let details = notice.details.into_iter().map(|detail| {
            let items = detail.lines.into_iter().map(|line| Loose::Fits(Item::Plain(line)));
            Loose::Fits(Detail { title: Some(detail.title), items: items.collect() })
        });
        Self {
            message: Some(notice.text),
            message_type: Some(notice.level),
            ttl: Some(u64::from(notice.seconds) * 1000),
            details: details.collect(),
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Deletions {
    pub(super) deletions: Vec<Deletion>,
    pub(super) next_cursor: Option<String>,
}

/// A contact that is gone.
#[derive(Deserialize)]
pub(super) struct Deletion {
    contact_id: u64,
    r#type: String,
}

impl Deletion {
    pub(super) fn reference(self, account: &AccountId) -> ContactRef {
        let kind = text::clean(&self.r#type, text::NAME_MAX);
        ContactRef { account: account.clone(), kind, id: self.contact_id.to_string() }
    }
}

#[derive(Deserialize)]
pub(super) struct Contact {
    id: u64,
    name: String,
    r#type: String,
    company: Option<String>,
    title: Option<String>,
    email: Option<String>,
    phones: Vec<Phone>,
    deals: Vec<Deal>,
    created_at: Option<String>,
    last_activity_at: Option<String>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct Phone {
    field: String,
    number: String,
}

#[derive(Deserialize)]
struct Deal {
    id: u64,
    title: String,
    amount: f64,
    currency: String,
    stage: String,
}

impl From<Deal> for Associated {
    fn from(deal: Deal) -> Self {
        Self {
            id: Some(deal.id.to_string()),
            title: Some(deal.title),
            detail: Some(format!("{} {} · {}", deal.currency, grouped(deal.amount), deal.stage)),
        }
    }
}

impl From<Contact> for MatchedContact {
    fn from(contact: Contact) -> Self {
        let phones = contact.phones.into_iter().map(|phone| {
            Loose::Fits(MatchedPhone { field: Some(phone.field), number: phone.number })
        });
        let deals = contact.deals.into_iter().map(|deal| Loose::Fits(deal.into())).collect();
        Self {
            id: Some(contact.id.to_string()),
            name: Some(contact.name),
            kind: Some(contact.r#type),
            phones: phones.collect(),
            company: contact.company,
            title: contact.title,
            email: contact.email,
            created_date: contact.created_at,
            most_recent_activity_date: contact.last_activity_at,
            additional_info: BTreeMap::from([("associatedDeal".to_owned(), Loose::Fits(deals))]),
            ..Self::default()
        }
    }
}

/// The body of a new contact.
#[derive(Serialize)]
pub(super) struct ContactBody<'a> {
    external_key: &'a str,
    name: &'a str,
    r#type: Option<&'a str>,
    company: Option<&'a str>,
    email: Option<&'a str>,
    phones: Vec<Phone>,
}

impl<'a> From<&'a NewContact> for ContactBody<'a> {
    fn from(contact: &'a NewContact) -> Self {
        let phone = contact.phone.iter();
        Self {
            external_key: &contact.key,
            name: &contact.name,
            r#type: contact.kind.as_deref(),
            company: contact.company.as_deref(),
            email: contact.email.as_deref(),
            phones: phone
                .map(|number| Phone { field: "work".to_owned(), number: number.clone() })
                .collect(),
        }
    }
}

/// The body of a new activity, or of all that may change of one.
#[derive(Serialize)]
pub(super) struct ActivityBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    external_key: Option<&'a str>,
    contact_id: u64,
    r#type: &'static str,
    subject: String,
    direction: Direction,
    from_number: &'a str,
    to_number: &'a str,
    start_time: Timestamp,
    duration_s: u64,
    result: EndReason,
    note: &'a str,
    deal_id: Option<u64>,
    disposition: Option<String>,
}

impl<'a> ActivityBody<'a> {
    /// An entry as the CRM wants it.
    pub(super) fn new(entry: &'a LogEntry) -> Result<Self, Error> {
        let (from_number, to_number) = match entry.direction {
            Direction::Inbound => (&entry.remote_number, &entry.local_number),
            Direction::Outbound => (&entry.local_number, &entry.remote_number),
        };
        // An id that is no number was never this CRM's.
        let number = |id: &str| id.parse().map_err(|_| Error::NotFound);
        Ok(Self {
            external_key: Some(&entry.key),
            contact_id: number(&entry.contact.id)?,
            r#type: "call",
            subject: text::clean(&entry.subject, SUBJECT_MAX),
            direction: entry.direction,
            from_number,
            to_number,
            start_time: entry.started_at,
            duration_s: entry.duration_s,
            result: entry.result,
            note: &entry.note,
            deal_id: entry.association.as_ref().map(|deal| number(&deal.id)).transpose()?,
            disposition: entry.disposition.as_deref().map(|d| text::clean(d, DISPOSITION_MAX)),
        })
    }

    /// The same as a change: the key is set once, when the activity is made.
    pub(super) fn without_key(self) -> Self {
        Self { external_key: None, ..self }
    }
}

/// The part of a record, or of a conflict, that names it.
#[derive(Deserialize)]
pub(super) struct RecordId {
    pub(super) id: u64,
}

#[derive(Deserialize)]
pub(super) struct Activities {
    pub(super) activities: Vec<RecordId>,
}

#[derive(Deserialize)]
pub(super) struct Activity {
    id: u64,
    contact_id: u64,
    subject: String,
    note: String,
    start_time: Timestamp,
    duration_s: u64,
    disposition: Option<String>,
}

impl From<Activity> for RemoteLog {
    fn from(activity: Activity) -> Self {
        Self {
            id: activity.id.to_string(),
            subject: text::clean(&activity.subject, SUBJECT_MAX),
            note: text::clean_note(&activity.note),
            contact: Some(activity.contact_id.to_string()),
            started_at: Some(activity.start_time),
            duration_s: Some(activity.duration_s),
            disposition: activity.disposition.map(|d| text::clean(&d, DISPOSITION_MAX)),
        }
    }
}

/// The body of a conversation, or of all that may change of one.
#[derive(Serialize)]
pub(super) struct ConversationBody<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    external_key: Option<&'a str>,
    contact_id: u64,
    subject: String,
    our_number: &'a str,
    their_number: &'a str,
    texts: Vec<TextBody<'a>>,
}

#[derive(Serialize)]
struct TextBody<'a> {
    id: &'a str,
    direction: Direction,
    sent_at: Timestamp,
    text: &'a str,
}

impl<'a> ConversationBody<'a> {
    /// An entry as the CRM wants it.
    pub(super) fn new(entry: &'a MessageEntry) -> Result<Self, Error> {
        Ok(Self {
            external_key: Some(&entry.key),
            contact_id: entry.contact.id.parse().map_err(|_| Error::NotFound)?,
            subject: text::clean(&entry.subject, SUBJECT_MAX),
            our_number: &entry.local_number,
            their_number: &entry.remote_number,
            texts: entry.texts.iter().map(TextBody::from).collect(),
        })
    }

    /// The same as a change: the key is set once.
    pub(super) fn without_key(self) -> Self {
        Self { external_key: None, ..self }
    }
}

impl<'a> From<&'a TextMessage> for TextBody<'a> {
    fn from(text: &'a TextMessage) -> Self {
        Self { id: &text.id, direction: text.direction, sent_at: text.at, text: &text.text }
    }
}

/// Whole units with groups of three, as in 12,400.
fn grouped(amount: f64) -> String {
    let whole = format!("{amount:.0}");
    let digits = whole.trim_start_matches('-').len();
    let mut out = String::with_capacity(whole.len() + digits / 3);
    for (at, c) in whole.chars().enumerate() {
        let left = whole.len() - at;
        if c.is_ascii_digit() && left < digits && left % 3 == 0 {
            out.push(',');
        }
        out.push(c);
    }
    out
}
