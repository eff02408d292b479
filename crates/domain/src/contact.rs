//! Records of a CRM, as its adapter reports them.

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::ContactRef;

/// A record of a CRM. Never merged silently with another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contact {
    /// Which record of which account.
    pub reference: ContactRef,
    /// Display name; CRM text, so bounded and hostile.
    pub name: String,
    /// Phone numbers as the CRM stores them, with the field each stands in (`mobile`, `work`, …).
    pub phones: Vec<ContactPhone>,
    /// Employer or organisation.
    pub company: Option<String>,
    /// Role.
    pub title: Option<String>,
    /// First e-mail address.
    pub email: Option<String>,
    /// When the record was made.
    pub created_at: Option<Timestamp>,
    /// Latest activity that the CRM knows.
    pub last_activity_at: Option<Timestamp>,
    /// Deals and other records that a log may be attached to.
    pub associations: Vec<Association>,
}

/// A number of a contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContactPhone {
    /// Text as stored.
    pub given: String,
    /// The CRM's label of the field, such as `mobile`.
    pub field: Option<String>,
}

/// A record that a call log may be attached to beside the contact: a deal, a lead, a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Association {
    /// `deal`, `lead`, or the CRM's own word.
    pub kind: String,
    /// The CRM's id, as text.
    pub id: String,
    /// What people call it.
    pub title: String,
    /// One short fact beside it (amount, stage), in the CRM's words.
    pub detail: Option<String>,
}

/// A kind of record that an account can create.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContactType {
    /// The CRM's value.
    pub value: String,
    /// The word for people.
    pub label: String,
}

/// `returnMessage` of the getContact contract: words of the adapter for the agent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Message {
    /// The text; CRM words, bounded.
    pub message: String,
    /// How loud it is.
    pub level: MessageLevel,
    /// How long to show it, in milliseconds.
    #[ts(type = "number")]
    pub ttl_ms: u64,
    /// More, one fold away.
    pub details: Vec<MessageDetail>,
}

/// A titled list under a message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MessageDetail {
    /// Heading.
    pub title: String,
    /// Lines.
    pub items: Vec<String>,
}

/// `messageType` of the contract; `danger` is the older spelling of `error`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum MessageLevel {
    /// It worked.
    Success,
    /// To know.
    Info,
    /// To look at.
    Warning,
    /// It did not work.
    #[serde(alias = "danger")]
    Error,
}
