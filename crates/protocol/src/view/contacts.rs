//! Contacts, and what a refresh, a match or a batch found.

use ringside_domain::contact::ContactPhone;
use ringside_domain::number::Number;
use ringside_domain::{Association, ContactRef, LookupStatus, Message};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{LookupView, MatchView};
use crate::At;

/// A contact in the list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContactView {
    /// The record.
    #[serde(flatten)]
    pub contact: ContactRef,
    /// Name of its account.
    pub account_name: String,
    /// Name.
    pub name: String,
    /// Employer.
    pub company: Option<String>,
    /// Role.
    pub title: Option<String>,
    /// E-mail.
    pub email: Option<String>,
    /// Numbers as stored.
    pub phones: Vec<ContactPhone>,
    /// Deals and the like.
    pub associations: Vec<Association>,
    /// Latest activity the CRM knows.
    pub last_activity_at: Option<At>,
    /// When the CRM last said so.
    pub checked_at: At,
    /// It has a page that can be opened.
    pub can_open: bool,
}

/// A page of the list of contacts.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ContactPage {
    /// By name, or by fit where a query was given.
    pub contacts: Vec<ContactView>,
    /// How many fit in all.
    pub total: u32,
}

/// What a refresh found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct RefreshView {
    /// What changed, old to new; empty if nothing did.
    pub changes: Vec<ChangeView>,
    /// Contacts that are new for the number.
    pub added: Vec<ContactView>,
    /// Contacts that are gone, by name.
    pub removed: Vec<String>,
    /// The contacts as they are now.
    pub contacts: Vec<ContactView>,
    /// Accounts that could not be asked; their old data was kept.
    pub failed: Vec<LookupView>,
    /// When it was checked.
    pub checked_at: At,
}

/// One changed field of one contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ChangeView {
    /// The contact's name now.
    pub name: String,
    /// `name`, `company`, `title`, `email`, `phone`, `deal`.
    pub field: String,
    /// Before; `None` if it was empty.
    pub old: Option<String>,
    /// Now; `None` if it is empty.
    pub new: Option<String>,
}

/// The result of `match NUMBER`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MatchReport {
    /// The number, read.
    pub number: Number,
    /// Where the search ended.
    pub status: LookupStatus,
    /// What each account says.
    pub accounts: Vec<LookupView>,
    /// Contacts, best first.
    pub matches: Vec<MatchView>,
    /// Words of an adapter.
    pub message: Option<Message>,
}

/// The batch of recent calls.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct BatchView {
    /// It runs now.
    pub running: bool,
    /// It was stopped by the agent.
    pub cancelled: bool,
    /// Distinct numbers in all.
    pub total: u32,
    /// Numbers answered.
    pub done: u32,
    /// One contact.
    pub matched: u32,
    /// Several contacts.
    pub several: u32,
    /// No contact.
    pub not_found: u32,
    /// Could not be asked.
    pub failed: u32,
    /// Seconds left, rounded up; `None` while unknown.
    pub seconds_left: Option<u32>,
}
