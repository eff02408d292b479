//! The log entry of a text conversation.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::{ContactRef, Direction};

/// What a CRM is to hold of one conversation by text message on one day: one record, which grows
/// with each message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MessageEntry {
    /// Our key in the CRM: the same for every attempt and every message of the day.
    pub key: String,
    /// The contact; its account is the entry's account.
    pub contact: ContactRef,
    /// The contact's name when logged.
    pub contact_name: String,
    /// One line.
    pub subject: String,
    /// E.164 of the person outside.
    pub remote_number: String,
    /// The agent's line.
    pub local_number: String,
    /// Every message so far, oldest first.
    pub texts: Vec<TextMessage>,
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextMessage {
    /// The softphone's id, so that a message told twice is one.
    pub id: String,
    /// Seen from the agent.
    pub direction: Direction,
    /// When it was sent.
    pub at: Timestamp,
    /// As given.
    pub text: String,
}
