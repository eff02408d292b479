//! Contacts, requests, logs and conversations to try a CRM with.

pub(crate) use crate::sample::{ask, entry, names};

use ringside_domain::log::{MessageEntry, TextMessage};
use ringside_domain::{Contact, Direction};

/// A contact to be put into the CRM.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Seed<'a> {
    pub(crate) name: &'a str,
    /// Stored exactly so.
    pub(crate) phones: &'a [&'a str],
    pub(crate) extension: Option<&'a str>,
    pub(crate) company: Option<&'a str>,
    pub(crate) title: Option<&'a str>,
    pub(crate) email: Option<&'a str>,
    /// Titles of open deals.
    pub(crate) deals: &'a [&'a str],
}

impl<'a> Seed<'a> {
    pub(crate) fn named(name: &'a str) -> Self {
        Self { name, ..Self::default() }
    }

    /// A contact with everything, on `+14155550142` as it is stored.
    pub(crate) fn nadia() -> Self {
        Self {
            name: "Nadia Okafor",
            phones: &["+14155550142"],
            extension: None,
            company: Some("Lumen Freight"),
            title: Some("Head of Procurement"),
            email: Some("nadia.okafor@lumenfreight.example"),
            deals: &["Renewal 2027", "Cold-chain pilot"],
        }
    }
}

/// A conversation of one message.
pub(crate) fn conversation(contact: &Contact) -> MessageEntry {
    MessageEntry {
        key: "ringside:messages:2026-11-23:+14155550142:acme".into(),
        contact: contact.reference.clone(),
        contact_name: contact.name.clone(),
        subject: "Messages with Nadia Okafor".into(),
        remote_number: "+14155550142".into(),
        local_number: "+14155550100".into(),
        texts: vec![TextMessage {
            id: "m-1".into(),
            direction: Direction::Inbound,
            at: "2026-11-23T09:41:07Z".parse().unwrap(),
            text: "Is <Monday> fine?\nOr \"Tuesday\"? \u{1F4C5}".into(),
        }],
    }
}

/// Units of time as people read them.
pub(crate) fn length(s: u64) -> String {
    let many = |n: u64, unit: &str| format!("{n} {unit}{}", if n == 1 { "" } else { "s" });
    match (s / 60, s % 60) {
        (0, s) => many(s, "second"),
        (m, 0) => many(m, "minute"),
        (m, s) => format!("{}, {}", many(m, "minute"), many(s, "second")),
    }
}
