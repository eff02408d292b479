//! What a Pipedrive company holds, field by field as its published API types say (npm package
//! `pipedrive` 33.7.0: `Person`, `Deal`, `Lead`, `ActivityItem`, `ActivityType`). Fields that only
//! companies with contact sync have are left out, since writing one is refused without it.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

/// A phone number or e-mail address of a person (`PersonItemPhone`, `PersonItemEmail`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Item {
    /// As typed by whoever typed it.
    pub value: String,
    /// One of a person's is.
    pub primary: bool,
    /// `work` unless said otherwise.
    pub label: String,
}

/// A person (`Person`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Person {
    /// Given by the server.
    pub id: u64,
    /// First and last name.
    pub name: String,
    /// The first word.
    pub first_name: String,
    /// The rest.
    pub last_name: Option<String>,
    /// A user.
    pub owner_id: u64,
    /// An organisation.
    pub org_id: Option<u64>,
    /// RFC 3339, whole seconds.
    pub add_time: String,
    /// RFC 3339, whole seconds.
    pub update_time: String,
    /// Addresses.
    pub emails: Vec<Item>,
    /// Numbers.
    pub phones: Vec<Item>,
    /// Kept for 30 days.
    pub is_deleted: bool,
    /// 1, 3, 5 or 7.
    pub visible_to: u8,
    /// Only of companies with contact sync.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub job_title: Option<String>,
    /// Labels.
    pub label_ids: Vec<u64>,
    /// A picture.
    pub picture_id: Option<u64>,
    /// Keyed by 40 hex digits.
    pub custom_fields: Map<String, Value>,
}

/// An organisation (`Organization`), without address and the fields of paid features.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Organization {
    /// Given by the server.
    pub id: u64,
    /// Its name.
    pub name: String,
    /// A user.
    pub owner_id: u64,
    /// RFC 3339, whole seconds.
    pub add_time: String,
    /// RFC 3339, whole seconds.
    pub update_time: String,
    /// Kept for 30 days.
    pub is_deleted: bool,
    /// 1, 3, 5 or 7.
    pub visible_to: u8,
    /// Labels.
    pub label_ids: Vec<u64>,
    /// Keyed by 40 hex digits.
    pub custom_fields: Map<String, Value>,
}

/// A deal (`Deal`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Deal {
    /// Given by the server.
    pub id: u64,
    /// What people call it.
    pub title: String,
    /// A user.
    pub owner_id: u64,
    /// A person.
    pub person_id: Option<u64>,
    /// An organisation.
    pub org_id: Option<u64>,
    /// A pipeline.
    pub pipeline_id: u64,
    /// A stage of it.
    pub stage_id: u64,
    /// In `currency`.
    pub value: f64,
    /// ISO 4217.
    pub currency: String,
    /// RFC 3339.
    pub add_time: String,
    /// RFC 3339.
    pub update_time: String,
    /// RFC 3339.
    pub stage_change_time: Option<String>,
    /// Kept for 30 days.
    pub is_deleted: bool,
    /// Not in lists then.
    pub is_archived: bool,
    /// `open`, `won` or `lost`.
    pub status: String,
    /// In percent.
    pub probability: Option<f64>,
    /// Only of a lost deal.
    pub lost_reason: Option<String>,
    /// 1, 3, 5 or 7.
    pub visible_to: u8,
    /// RFC 3339.
    pub close_time: Option<String>,
    /// RFC 3339.
    pub won_time: Option<String>,
    /// RFC 3339.
    pub lost_time: Option<String>,
    /// A date.
    pub expected_close_date: Option<String>,
    /// Labels.
    pub label_ids: Vec<u64>,
    /// How it came about.
    pub origin: String,
    /// Keyed by 40 hex digits.
    pub custom_fields: Map<String, Value>,
}

impl Default for Deal {
    fn default() -> Self {
        Self {
            id: 0,
            title: String::new(),
            owner_id: 1,
            person_id: None,
            org_id: None,
            pipeline_id: 1,
            stage_id: 1,
            value: 0.0,
            currency: "EUR".to_owned(),
            add_time: String::new(),
            update_time: String::new(),
            stage_change_time: None,
            is_deleted: false,
            is_archived: false,
            status: "open".to_owned(),
            probability: None,
            lost_reason: None,
            visible_to: 3,
            close_time: None,
            won_time: None,
            lost_time: None,
            expected_close_date: None,
            label_ids: Vec::new(),
            origin: "ManuallyCreated".to_owned(),
            custom_fields: Map::new(),
        }
    }
}

/// The value of a lead (`LeadValue`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LeadValue {
    /// In `currency`.
    pub amount: f64,
    /// ISO 4217.
    pub currency: String,
}

/// A lead (`Lead`).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Lead {
    /// A UUID.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// A user.
    pub owner_id: u64,
    /// A user.
    pub creator_id: u64,
    /// UUIDs.
    pub label_ids: Vec<String>,
    /// A person.
    pub person_id: Option<u64>,
    /// An organisation.
    pub organization_id: Option<u64>,
    /// `API`, or how else it came in.
    pub source_name: String,
    /// How it came about.
    pub origin: String,
    /// More of that.
    pub origin_id: Option<String>,
    /// A marketing channel.
    pub channel: Option<u64>,
    /// More of that.
    pub channel_id: Option<String>,
    /// The deal that it was.
    pub source_deal_id: Option<u64>,
    /// Not in lists then.
    pub is_archived: bool,
    /// Somebody has looked at it.
    pub was_seen: bool,
    /// What it may bring.
    pub value: Option<LeadValue>,
    /// A date.
    pub expected_close_date: Option<String>,
    /// An activity.
    pub next_activity_id: Option<u64>,
    /// RFC 3339.
    pub add_time: String,
    /// RFC 3339.
    pub update_time: String,
    /// `1`, `3`, `5` or `7`: text, in this old endpoint.
    pub visible_to: String,
    /// An address for copies.
    pub cc_email: String,
}

impl Default for Lead {
    fn default() -> Self {
        Self {
            id: String::new(),
            title: String::new(),
            owner_id: 1,
            creator_id: 1,
            label_ids: Vec::new(),
            person_id: None,
            organization_id: None,
            source_name: "Manually created".to_owned(),
            origin: "ManuallyCreated".to_owned(),
            origin_id: None,
            channel: None,
            channel_id: None,
            source_deal_id: None,
            is_archived: false,
            was_seen: true,
            value: None,
            expected_close_date: None,
            next_activity_id: None,
            add_time: String::new(),
            update_time: String::new(),
            visible_to: "3".to_owned(),
            cc_email: "acme+lead@pipedrivemail.com".to_owned(),
        }
    }
}

/// Who takes part in an activity.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Participant {
    /// A person.
    pub person_id: u64,
    /// Whom the activity is about. Exactly one.
    #[serde(default)]
    pub primary: bool,
}

/// An activity (`ActivityItem`).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Activity {
    /// Given by the server.
    pub id: u64,
    /// One line.
    pub subject: String,
    /// The `key_string` of an activity type.
    #[serde(rename = "type")]
    pub kind: String,
    /// A user.
    pub owner_id: u64,
    /// A user.
    pub creator_user_id: u64,
    /// Kept for 30 days.
    pub is_deleted: bool,
    /// RFC 3339, whole seconds.
    pub add_time: String,
    /// RFC 3339, whole seconds.
    pub update_time: String,
    /// A deal.
    pub deal_id: Option<u64>,
    /// A lead.
    pub lead_id: Option<String>,
    /// The primary participant; cannot be written.
    pub person_id: Option<u64>,
    /// An organisation.
    pub org_id: Option<u64>,
    /// A project.
    pub project_id: Option<u64>,
    /// `2026-11-24`.
    pub due_date: Option<String>,
    /// `09:41:07`, UTC.
    pub due_time: Option<String>,
    /// `01:02:03`.
    pub duration: Option<String>,
    /// In the calendar.
    pub busy: bool,
    /// Has happened.
    pub done: bool,
    /// RFC 3339.
    pub marked_as_done_time: Option<String>,
    /// Who takes part.
    pub participants: Vec<Participant>,
    /// Shown to guests.
    pub public_description: Option<String>,
    /// An id of an option.
    pub priority: Option<u64>,
    /// An id of an option.
    pub outcome: Option<u64>,
    /// HTML.
    pub note: Option<String>,
}

/// A kind of activity (`ActivityType`).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityType {
    /// Given by the server.
    pub id: u64,
    /// The word for people.
    pub name: String,
    /// A picture.
    pub icon_key: String,
    /// Six hex digits.
    pub color: String,
    /// Its place in lists.
    pub order_nr: u64,
    /// What activities say as their type; made once, of the first name.
    pub key_string: String,
    /// Not taken out of use.
    pub active_flag: bool,
    /// Made by the company.
    pub is_custom_flag: bool,
    /// RFC 3339.
    pub add_time: String,
    /// RFC 3339.
    pub update_time: String,
}

impl ActivityType {
    /// A kind in use.
    pub fn new(id: u64, name: &str, icon_key: &str, key_string: &str) -> Self {
        Self {
            id,
            name: name.to_owned(),
            icon_key: icon_key.to_owned(),
            color: "FFFFFF".to_owned(),
            order_nr: id,
            key_string: key_string.to_owned(),
            active_flag: true,
            is_custom_flag: false,
            add_time: "2026-01-05T08:00:00Z".to_owned(),
            update_time: "2026-01-05T08:00:00Z".to_owned(),
        }
    }
}
