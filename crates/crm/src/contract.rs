//! The getContact contract on the wire (design §5.1; recorded from App Connect, whose older name for
//! `matchedContactInfo` is `contact`), and its reading.
//!
//! Whoever answers is not trusted: what has no id is left out, ids may be numbers, anything may be
//! null, every text is bounded and cleaned, and no list is longer than [`MATCHES_MAX`].

use std::collections::{BTreeMap, HashSet};

use jiff::Timestamp;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use ringside_domain::contact::{ContactPhone, MessageDetail};
use ringside_domain::text::{self, NAME_MAX};
use ringside_domain::{AccountId, Association, Contact, ContactRef, Message, MessageLevel};
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer};

use crate::GetContactAnswer;
use ringside_web::Error;

/// Most matches that are kept of one answer.
pub const MATCHES_MAX: usize = 500;
/// Most records of one contact that a log may be attached to.
const ASSOCIATIONS_MAX: usize = 100;
const PHONES_MAX: usize = 20;
const MESSAGE_MAX: usize = 1000;
const DETAILS_MAX: usize = 10;
const ID_MAX: usize = 200;
/// How long a message shows that does not say, and the longest that any may ask for.
const TTL_MS: u64 = 3000;
const TTL_MS_MAX: u64 = 60_000;
/// The id of the extra option in App Connect.
const CREATE_ID: &str = "createNewContact";

/// The answer of getContact.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Answer {
    /// `false`: the CRM could not be asked, and the message says why. Not the same as no match.
    pub successful: Option<bool>,
    /// `matchedContactInfo`.
    #[serde(alias = "contact", deserialize_with = "or_default")]
    pub matched_contact_info: Vec<Loose<MatchedContact>>,
    /// `returnMessage`.
    #[serde(deserialize_with = "loose")]
    pub return_message: Option<ReturnMessage>,
}

/// One entry of `matchedContactInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct MatchedContact {
    /// Text or number on the wire.
    #[serde(deserialize_with = "scalar")]
    pub id: Option<String>,
    /// Display name.
    #[serde(deserialize_with = "scalar")]
    pub name: Option<String>,
    /// The CRM's kind of record.
    #[serde(rename = "type", deserialize_with = "scalar")]
    pub kind: Option<String>,
    /// The number, as stored.
    #[serde(deserialize_with = "scalar")]
    pub phone: Option<String>,
    /// All numbers with their fields, where the adapter knows them. Ours, beyond the contract.
    #[serde(deserialize_with = "or_default")]
    pub phones: Vec<Loose<MatchedPhone>>,
    /// Employer.
    #[serde(deserialize_with = "scalar")]
    pub company: Option<String>,
    /// Role.
    #[serde(deserialize_with = "scalar")]
    pub title: Option<String>,
    /// E-mail address.
    #[serde(deserialize_with = "scalar")]
    pub email: Option<String>,
    /// RFC 3339, or a date.
    #[serde(deserialize_with = "scalar")]
    pub created_date: Option<String>,
    /// RFC 3339, or a date.
    #[serde(deserialize_with = "scalar")]
    pub most_recent_activity_date: Option<String>,
    /// Records that a log may be attached to, under keys such as `associatedDeal`.
    #[serde(deserialize_with = "or_default")]
    pub additional_info: BTreeMap<String, Loose<Vec<Loose<Associated>>>>,
    /// The extra "Create new contact..." option: never a match.
    #[serde(deserialize_with = "loose")]
    pub is_new_contact: Option<bool>,
}

/// A number of a contact.
#[derive(Debug, Deserialize)]
pub struct MatchedPhone {
    /// The CRM's field.
    pub field: Option<String>,
    /// As stored.
    pub number: String,
}

/// One entry under `additionalInfo`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Associated {
    /// The record's id: text or number.
    #[serde(rename = "const", deserialize_with = "scalar")]
    pub id: Option<String>,
    /// What people call it.
    #[serde(deserialize_with = "scalar")]
    pub title: Option<String>,
    /// One short fact beside it. Ours, beyond the contract.
    #[serde(deserialize_with = "scalar")]
    pub detail: Option<String>,
}

/// `returnMessage`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ReturnMessage {
    /// The text.
    #[serde(deserialize_with = "scalar")]
    pub message: Option<String>,
    /// `success`, `warning`, `danger`, `error`, `info`.
    #[serde(deserialize_with = "loose")]
    pub message_type: Option<MessageLevel>,
    /// How long to show it, in milliseconds.
    #[serde(deserialize_with = "loose")]
    pub ttl: Option<u64>,
    /// More.
    #[serde(deserialize_with = "or_default")]
    pub details: Vec<Loose<Detail>>,
}

/// A titled list under a message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Detail {
    /// Heading.
    #[serde(deserialize_with = "scalar")]
    pub title: Option<String>,
    /// Lines: texts, or objects with a `text`.
    #[serde(deserialize_with = "or_default")]
    pub items: Vec<Loose<Item>>,
}

/// A line under a message.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Item {
    /// As it is.
    Plain(String),
    /// As App Connect writes it.
    Tagged {
        /// The line.
        text: String,
    },
}

/// A part of an answer that may be anything: what does not fit is left out, and the rest serves.
#[derive(Debug, Deserialize)]
#[serde(untagged)]
pub enum Loose<T> {
    /// As expected.
    Fits(T),
    /// Anything else.
    Other(IgnoredAny),
}

impl<T> Loose<T> {
    /// The part, if it fits.
    pub fn fit(self) -> Option<T> {
        match self {
            Self::Fits(part) => Some(part),
            Self::Other(_) => None,
        }
    }
}

fn or_default<'de, D: Deserializer<'de>, T: Default + Deserialize<'de>>(
    deserializer: D,
) -> Result<T, D::Error> {
    Ok(Loose::deserialize(deserializer)?.fit().unwrap_or_default())
}

fn loose<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Loose::deserialize(deserializer)?.fit())
}

/// A text, or a number as text; anything else counts as absent.
pub(crate) fn scalar<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Scalar {
        Text(String),
        Number(serde_json::Number),
    }
    Ok(match Loose::deserialize(deserializer)?.fit() {
        Some(Scalar::Text(text)) => Some(text),
        Some(Scalar::Number(number)) => Some(number.to_string()),
        None => None,
    })
}

impl Answer {
    /// Reads the answer for an account: without duplicates, and with the option to create told apart
    /// from the matches.
    ///
    /// # Errors
    /// [`Error::Rejected`] in the answer's own words when it says that it was not successful.
    pub fn read(self, account: &AccountId, complete: bool) -> Result<GetContactAnswer, Error> {
        let message = self.return_message.and_then(ReturnMessage::read);
        if self.successful == Some(false) {
            let message = message.map(|message| message.message).unwrap_or_default();
            return Err(Error::Rejected { message });
        }
        let mut answer = GetContactAnswer { message, complete, ..GetContactAnswer::default() };
        let mut seen = HashSet::new();
        for matched in self.matched_contact_info.into_iter().filter_map(Loose::fit) {
            if matched.is_option() {
                answer.can_create = true;
            } else if answer.contacts.len() < MATCHES_MAX
                && let Some(contact) = matched.read(account)
                && seen.insert(contact.reference.clone())
            {
                answer.contacts.push(contact);
            }
        }
        Ok(answer)
    }
}

impl MatchedContact {
    /// The extra option that an adapter adds to its list when a contact can be created.
    pub fn create_option() -> Self {
        Self { id: Some(CREATE_ID.to_owned()), is_new_contact: Some(true), ..Self::default() }
    }

    /// Whether this is the option to create, which is never a match.
    fn is_option(&self) -> bool {
        self.is_new_contact == Some(true) || self.id.as_deref() == Some(CREATE_ID)
    }

    /// Reads one contact; `None` without an id that a log could name.
    pub fn read(self, account: &AccountId) -> Option<Contact> {
        let id = self.id.filter(|id| !id.is_empty() && id.chars().count() <= ID_MAX)?;
        let kind = line(self.kind, ID_MAX).unwrap_or_default();
        let mut phones: Vec<ContactPhone> = self
            .phones
            .into_iter()
            .filter_map(Loose::fit)
            .take(PHONES_MAX)
            .map(|phone| ContactPhone {
                given: text::clean(&phone.number, NAME_MAX),
                field: line(phone.field, NAME_MAX),
            })
            .collect();
        if phones.is_empty() {
            let phone = line(self.phone, NAME_MAX);
            phones.extend(phone.map(|given| ContactPhone { given, field: None }));
        }
        let associations = self
            .additional_info
            .into_iter()
            .filter_map(|(key, records)| Some((key, records.fit()?)))
            .flat_map(|(key, records)| {
                let kind = association_kind(&key);
                records.into_iter().filter_map(Loose::fit).map(move |r| (kind.clone(), r))
            })
            .filter_map(|(kind, record)| record.read(kind))
            .take(ASSOCIATIONS_MAX)
            .collect();
        Some(Contact {
            reference: ContactRef { account: account.clone(), kind, id },
            name: line(self.name, NAME_MAX).unwrap_or_default(),
            phones,
            company: line(self.company, NAME_MAX),
            title: line(self.title, NAME_MAX),
            email: line(self.email, NAME_MAX),
            created_at: self.created_date.as_deref().and_then(time),
            last_activity_at: self.most_recent_activity_date.as_deref().and_then(time),
            associations,
        })
    }
}

impl Associated {
    fn read(self, kind: String) -> Option<Association> {
        let id = self.id.filter(|id| !id.is_empty() && id.chars().count() <= ID_MAX)?;
        let title = line(self.title, NAME_MAX).unwrap_or_else(|| id.clone());
        Some(Association { kind, id, title, detail: line(self.detail, NAME_MAX) })
    }
}

impl ReturnMessage {
    /// Reads the message; `None` when it says nothing.
    pub fn read(self) -> Option<Message> {
        let details = self.details.into_iter().filter_map(Loose::fit).take(DETAILS_MAX);
        Some(Message {
            message: line(self.message, MESSAGE_MAX)?,
            level: self.message_type.unwrap_or(MessageLevel::Info),
            ttl_ms: self.ttl.unwrap_or(TTL_MS).min(TTL_MS_MAX),
            details: details.map(Detail::read).collect(),
        })
    }
}

impl Detail {
    fn read(self) -> MessageDetail {
        let items = self.items.into_iter().filter_map(Loose::fit).take(DETAILS_MAX);
        MessageDetail {
            title: line(self.title, NAME_MAX).unwrap_or_default(),
            items: items
                .map(|item| match item {
                    Item::Plain(text) | Item::Tagged { text } => text::clean(&text, MESSAGE_MAX),
                })
                .collect(),
        }
    }
}

/// A cleaned line; `None` if nothing is left of it.
fn line(given: Option<String>, max: usize) -> Option<String> {
    given.map(|given| text::clean(&given, max)).filter(|line| !line.is_empty())
}

/// `associatedDeal` is a `deal`; other keys are the CRM's own words.
pub(crate) fn association_kind(key: &str) -> String {
    let bare = key.strip_prefix("associated").filter(|bare| !bare.is_empty()).unwrap_or(key);
    let mut kind = text::clean(bare, NAME_MAX);
    if let Some(first) = kind.get_mut(..1) {
        first.make_ascii_lowercase();
    }
    kind
}

/// A time, or the start of a date in UTC. What is neither counts as unknown.
fn time(given: &str) -> Option<Timestamp> {
    let given = given.trim();
    given.parse().ok().or_else(|| {
        let date: Date = given.parse().ok()?;
        TimeZone::UTC.to_timestamp(date.to_datetime(Time::midnight())).ok()
    })
}

#[cfg(test)]
#[path = "contract_tests.rs"]
mod tests;
