//! Pipedrive's JSON, as far as this reads it: every field may be missing or null.

use jiff::civil::{Date, Time};
use serde::{Deserialize, Serialize};

use crate::UserInfo;
use crate::contract::Loose;
use ringside_domain::text;
use ringside_web::Error;
use ringside_web::client::Answer;

/// What every answer comes in.
#[derive(Deserialize)]
pub(super) struct Envelope<T> {
    success: Option<bool>,
    error: Option<String>,
    pub(super) data: Option<T>,
    additional_data: Option<Additional>,
}

#[derive(Deserialize)]
struct Additional {
    next_cursor: Option<String>,
    more_items_in_collection: Option<bool>,
}

impl<T: serde::de::DeserializeOwned> Envelope<T> {
    /// Reads an answer that came with a good status.
    pub(super) fn of(answer: &Answer) -> Result<Self, Error> {
        let envelope: Self = answer.body()?;
        if envelope.success == Some(false) {
            let message = text::clean(&envelope.error.unwrap_or_default(), 300);
            return Err(Error::Rejected { message });
        }
        Ok(envelope)
    }
}

impl<T> Envelope<T> {
    /// Where the next page begins.
    pub(super) fn next(&self) -> Option<String> {
        let next = self.additional_data.as_ref()?.next_cursor.clone();
        next.filter(|cursor| !cursor.is_empty())
    }

    /// The record, or a word about its absence.
    pub(super) fn record(self) -> Result<T, Error> {
        self.data.ok_or_else(|| Error::BadAnswer("no record".to_owned()))
    }

    /// Whether a list of the first version of the API goes on.
    pub(super) fn more(&self) -> bool {
        let more = self.additional_data.as_ref().and_then(|more| more.more_items_in_collection);
        more == Some(true)
    }
}

/// A list of whatever fits.
pub(super) type List<T> = Vec<Loose<T>>;

/// What of a list fits.
pub(super) fn fitting<T>(list: Option<List<T>>) -> impl Iterator<Item = T> {
    list.into_iter().flatten().filter_map(Loose::fit)
}

/// A search: what was found, and what belongs to it.
#[derive(Deserialize)]
pub(super) struct Finds {
    pub(super) items: Option<List<Find<FoundPerson>>>,
    pub(super) related_items: Option<List<Find<Related>>>,
}

#[derive(Deserialize)]
pub(super) struct Find<T> {
    pub(super) item: T,
}

/// A person, as searches tell of one.
#[derive(Deserialize)]
pub(super) struct FoundPerson {
    pub(super) id: u64,
    pub(super) name: Option<String>,
    pub(super) phones: Option<List<String>>,
    pub(super) emails: Option<List<String>>,
    pub(super) organization: Option<Named>,
}

/// Something with a name.
#[derive(Deserialize)]
pub(super) struct Named {
    pub(super) id: Option<u64>,
    pub(super) name: Option<String>,
}

/// A deal or lead of a person that was found.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub(super) enum Related {
    Deal {
        id: u64,
        title: Option<String>,
        value: Option<f64>,
        currency: Option<String>,
        status: Option<String>,
        stage: Option<Named>,
        person: Option<Named>,
        is_archived: Option<bool>,
    },
    Lead {
        id: String,
        title: Option<String>,
        value: Option<f64>,
        currency: Option<String>,
        person: Option<Named>,
        is_archived: Option<bool>,
    },
    #[serde(other)]
    Other,
}

/// A person, as lists tell of one.
#[derive(Deserialize)]
pub(super) struct Person {
    pub(super) id: u64,
    pub(super) name: Option<String>,
    pub(super) org_id: Option<u64>,
    pub(super) add_time: Option<String>,
    pub(super) update_time: Option<String>,
    pub(super) phones: Option<List<Item>>,
    pub(super) emails: Option<List<Item>>,
    pub(super) job_title: Option<String>,
    pub(super) is_deleted: Option<bool>,
}

/// A number or address of a person.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct Item {
    pub(super) value: String,
    #[serde(default)]
    pub(super) primary: bool,
    pub(super) label: Option<String>,
}

/// A deal, as lists tell of one.
#[derive(Deserialize)]
pub(super) struct Deal {
    pub(super) id: u64,
    pub(super) title: Option<String>,
    pub(super) value: Option<f64>,
    pub(super) currency: Option<String>,
    pub(super) stage_id: Option<u64>,
}

/// A lead, as lists tell of one.
#[derive(Deserialize)]
pub(super) struct Lead {
    pub(super) id: String,
    pub(super) title: Option<String>,
    pub(super) value: Option<Money>,
}

/// What a lead may bring.
#[derive(Deserialize)]
pub(super) struct Money {
    pub(super) amount: Option<f64>,
    pub(super) currency: Option<String>,
}

/// What a person is made of.
#[derive(Serialize)]
pub(super) struct NewPerson<'a> {
    pub(super) name: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) org_id: Option<u64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) phones: Vec<Item>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(super) emails: Vec<Item>,
}

/// What an organisation is made of.
#[derive(Serialize)]
pub(super) struct NewOrganization<'a> {
    pub(super) name: &'a str,
}

/// A record of which only the number counts.
#[derive(Deserialize)]
pub(super) struct Numbered {
    pub(super) id: u64,
}

/// A search of which only the numbers count.
#[derive(Deserialize)]
pub(super) struct NumberedFinds {
    pub(super) items: Option<List<Find<Numbered>>>,
}

/// A kind of activity.
#[derive(Clone, Deserialize)]
pub(super) struct ActivityType {
    pub(super) key_string: String,
    pub(super) name: Option<String>,
    pub(super) icon_key: Option<String>,
    pub(super) active_flag: Option<bool>,
}

/// Who takes part in an activity.
#[derive(Serialize)]
pub(super) struct Participant {
    pub(super) person_id: u64,
    pub(super) primary: bool,
}

/// An activity to be made or changed. `deal_id` and `lead_id` are told as `null` too: a link that was
/// taken back is to go.
#[derive(Serialize)]
pub(super) struct ActivityBody {
    pub(super) subject: String,
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub(super) kind: Option<String>,
    pub(super) due_date: String,
    pub(super) due_time: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) duration: Option<String>,
    pub(super) done: bool,
    pub(super) participants: Vec<Participant>,
    pub(super) deal_id: Option<u64>,
    pub(super) lead_id: Option<String>,
    pub(super) note: String,
}

/// An activity, read.
#[derive(Deserialize)]
pub(super) struct Activity {
    pub(super) id: u64,
    pub(super) subject: Option<String>,
    pub(super) note: Option<String>,
    pub(super) person_id: Option<u64>,
    pub(super) due_date: Option<String>,
    pub(super) due_time: Option<String>,
    pub(super) duration: Option<String>,
    pub(super) is_deleted: Option<bool>,
}

impl Activity {
    /// When it began. Date and time are in UTC.
    pub(super) fn started_at(&self) -> Option<jiff::Timestamp> {
        let date: Date = self.due_date.as_deref()?.parse().ok()?;
        let time: Time = self.due_time.as_deref()?.parse().ok()?;
        jiff::tz::TimeZone::UTC.to_timestamp(date.to_datetime(time)).ok()
    }

    /// Its length in seconds, written as a time of day.
    pub(super) fn duration_s(&self) -> Option<u64> {
        let mut parts = self.duration.as_deref()?.split(':').map(str::parse::<u64>);
        let (hours, minutes) = (parts.next()?.ok()?, parts.next()?.ok()?);
        let seconds = parts.next().map_or(Some(0), Result::ok)?;
        hours.checked_mul(3600)?.checked_add(minutes.checked_mul(60)?)?.checked_add(seconds)
    }
}

/// The user.
#[derive(Deserialize)]
pub(super) struct Me {
    id: u64,
    name: Option<String>,
}

impl From<Me> for UserInfo {
    fn from(me: Me) -> Self {
        let name = text::clean(&me.name.unwrap_or_default(), text::NAME_MAX);
        Self { id: me.id.to_string(), name }
    }
}
