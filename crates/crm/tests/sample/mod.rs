//! A question, and a log of one call, for the tests of every adapter.
#![allow(dead_code, reason = "each test program that includes this uses a part of it")]

use jiff::Timestamp;
use ringside_crm::GetContact;
use ringside_domain::call::EndReason;
use ringside_domain::{CallId, Contact, ContactRef, Direction, How, LogEntry};
use ringside_web::client::Urgency;

/// A live call's question for this number.
pub(crate) fn ask(number: &str) -> GetContact {
    GetContact {
        phone_number: number.into(),
        overriding_format: Vec::new(),
        is_extension: false,
        force_refresh: false,
        urgency: Urgency::Live,
        skip: 0,
    }
}

pub(crate) fn names(contacts: &[Contact]) -> Vec<&str> {
    contacts.iter().map(|contact| contact.name.as_str()).collect()
}

/// A log of one call with a contact.
pub(crate) fn entry(contact: &Contact) -> LogEntry {
    LogEntry {
        contact_name: contact.name.clone(),
        association: contact.associations.first().cloned(),
        ..entry_of(&contact.reference)
    }
}

/// A log of one call of Nadia's.
pub(crate) fn entry_of(contact: &ContactRef) -> LogEntry {
    let call = CallId::new(Timestamp::UNIX_EPOCH, [7; 10]);
    LogEntry {
        call,
        key: LogEntry::key_for(call, &contact.account),
        contact: contact.clone(),
        contact_name: "Nadia Okafor".into(),
        how: How::Picked,
        subject: "Inbound call from Nadia Okafor".into(),
        direction: Direction::Inbound,
        remote_number: "+14155550142".into(),
        local_number: "+14155550100".into(),
        started_at: "2026-11-23T09:41:07Z".parse().unwrap(),
        duration_s: 472,
        result: EndReason::Answered,
        note: "Wants the quote for 40 seats,\nnot 25. <b>\u{1F4DE}</b>".into(),
        association: None,
        disposition: None,
        fields: Default::default(),
    }
}
