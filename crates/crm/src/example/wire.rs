//! The Example CRM's JSON, as its `openapi.json` describes it.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ringside_domain::call::EndReason;
use ringside_domain::text;
use ringside_domain::{Direction, LogEntry};
use serde::{Deserialize, Serialize};

use crate::contract::{Associated, Loose, MatchedContact, MatchedPhone};
use crate::{Error, NewContact, RemoteLog, UserInfo};

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

/// The part of an activity, or of a conflict, that names the record.
#[derive(Deserialize)]
pub(super) struct ActivityId {
    pub(super) id: u64,
}

#[derive(Deserialize)]
pub(super) struct Activities {
    pub(super) activities: Vec<ActivityId>,
}

#[derive(Deserialize)]
pub(super) struct Activity {
    id: u64,
    subject: String,
    note: String,
}

impl From<Activity> for RemoteLog {
    fn from(activity: Activity) -> Self {
        Self {
            id: activity.id.to_string(),
            subject: text::clean(&activity.subject, SUBJECT_MAX),
            note: text::clean_note(&activity.note),
            ..Self::default()
        }
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
