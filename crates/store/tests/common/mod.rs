//! Records, contacts and keys for the tests.
#![allow(clippy::unwrap_used, dead_code, unreachable_pub, reason = "each test file uses its part")]

use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::call::SourceKey;
use ringside_domain::contact::ContactPhone;
use ringside_domain::number::{Basis, NumberContext, Reading};
use ringside_domain::{
    AccountId, Call, CallId, CallState, Choice, Chosen, Contact, ContactRef, Direction, EndReason,
    How, LogEntry, Match, Number, NumberKind, Origin, Party, Region, Rule, SourceId, Why,
};
use ringside_store::DatabaseKey;
use ringside_store::journal::Record;

pub fn key() -> DatabaseKey {
    DatabaseKey::generate()
}

/// An instant `seconds` after a fixed one, with nanoseconds that must survive.
pub fn at(seconds: i64) -> Timestamp {
    Timestamp::new(1_780_000_000 + seconds, 123_456_789).unwrap()
}

/// The n-th call.
pub fn id(n: u32) -> CallId {
    let mut random = [0; 10];
    random[6..].copy_from_slice(&n.to_be_bytes());
    CallId::new(at(i64::from(n)), random)
}

pub fn number(e164: &str) -> Number {
    Number {
        kind: NumberKind::Number,
        given: e164.into(),
        e164: Some(e164.into()),
        region: Region::parse("US"),
        extension: None,
        display: e164.into(),
        basis: Basis::Address,
        reading: Reading::Canonical,
    }
}

/// An inbound call, over and answered, of which nothing is decided yet.
pub fn record(n: u32, e164: &str) -> Record {
    let start = i64::from(n);
    Record {
        call: Call {
            id: id(n),
            revision: 1,
            keys: vec![SourceKey { source: SourceId::new("sip"), key: format!("key-{n}") }],
            aliases: vec![],
            direction: Direction::Inbound,
            remote: Party { given: e164.into(), name: None },
            number: number(e164),
            local: Party { given: "200".into(), name: None },
            state: CallState::Ended,
            reason: Some(EndReason::Answered),
            started_at: at(start),
            answered_at: Some(at(start + 1)),
            ended_at: Some(at(start + 9)),
            talked: Duration::from_millis(7_250),
            last_seen_at: at(start + 9),
            queue: None,
            inferred: None,
            alert: true,
        },
        choice: Choice::default(),
        note: String::new(),
        matches: vec![],
        declined: false,
        exempt: false,
        auto_log_at: None,
        awaits_match: false,
        logs: vec![],
    }
}

pub fn account(name: &str) -> AccountId {
    AccountId::new(name)
}

pub fn reference(account: &str, id: &str) -> ContactRef {
    ContactRef { account: AccountId::new(account), kind: "person".into(), id: id.into() }
}

pub fn contact(account: &str, id: &str, name: &str, phones: &[&str]) -> Contact {
    Contact {
        reference: reference(account, id),
        name: name.into(),
        phones: phones
            .iter()
            .map(|p| ContactPhone { given: (*p).into(), field: Some("mobile".into()) })
            .collect(),
        company: None,
        title: None,
        email: None,
        created_at: None,
        last_activity_at: None,
        associations: vec![],
    }
}

pub fn found(contact: Contact) -> Match {
    let why = Why {
        rule: Rule::Exact,
        field: Some("mobile".into()),
        origin: Origin::Crm,
        checked_at: at(0),
    };
    Match { contact, why, remembered: false }
}

pub fn chosen(account: &str, id: &str, name: &str) -> Chosen {
    Chosen { contact: reference(account, id), name: name.into(), how: How::Picked }
}

pub fn entry(call: CallId, account: &str) -> LogEntry {
    LogEntry {
        call,
        key: LogEntry::key_for(call, &reference(account, "7").account),
        contact: reference(account, "7"),
        contact_name: "Ada Lovelace".into(),
        how: How::Picked,
        subject: "Call with Ada Lovelace".into(),
        direction: Direction::Inbound,
        remote_number: "+14155550123".into(),
        local_number: "200".into(),
        started_at: at(1),
        duration_s: 7,
        result: EndReason::Answered,
        note: "wants a quote".into(),
        association: None,
        disposition: None,
        fields: std::collections::BTreeMap::new(),
    }
}

pub fn numbers() -> NumberContext {
    NumberContext { region: Region::parse("US").unwrap(), extension_digits: 6 }
}

/// Every file below a folder with its bytes.
pub fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut all: Vec<_> = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap())
        .map(|entry| {
            (entry.file_name().into_string().unwrap(), std::fs::read(entry.path()).unwrap())
        })
        .collect();
    all.sort();
    all
}

/// Whether `bytes` hold `text`.
pub fn holds(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}
