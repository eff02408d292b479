//! Every parser of a body from outside, as a target of `fuzz/`: no body may make it panic, and
//! whatever it lets through keeps the bounds that the rest relies on. Not in the program.

use std::collections::HashSet;

use ringside_domain::text::NAME_MAX;
use ringside_domain::{AccountId, Contact, Message};

use crate::GetContactAnswer;
use crate::compose::{Fields, Format, compose, note};
use crate::contract::{self, MATCHES_MAX};

/// Reads one body; panics if it gets through something that it must not.
pub type Target = fn(&[u8]);

/// All targets by name. Each has a file in `fuzz/fuzz_targets`.
pub const TARGETS: &[(&str, Target)] = &[
    ("app_connect", crate::app_connect::fuzz),
    ("compose", composer),
    ("contract", contract),
    ("example", crate::example::fuzz),
    ("pipedrive", crate::pipedrive::fuzz),
];

/// Runs one target.
///
/// # Panics
/// Without such a target, and when the target finds a fault.
pub fn run(name: &str, body: &[u8]) {
    let target = TARGETS.iter().find(|(known, _)| *known == name);
    assert!(target.is_some(), "there is no target {name}");
    target.iter().for_each(|(_, target)| target(body));
}

/// The account that fuzzed bodies belong to.
pub(crate) fn account() -> AccountId {
    AccountId::new("fuzz")
}

/// An answer of getContact.
fn contract(body: &[u8]) {
    let Ok(answer) = serde_json::from_slice::<contract::Answer>(body) else { return };
    if let Ok(answer) = answer.read(&account(), true) {
        check(&answer);
    }
}

/// A body that somebody else wrote, brought up to date.
fn composer(body: &[u8]) {
    let text = String::from_utf8_lossy(body);
    let mut parts = text.split('\u{0}');
    let existing = parts.next().unwrap_or_default();
    let fields = Fields {
        note: parts.next(),
        result: parts.next(),
        ai_note: parts.next(),
        recording: parts.next(),
        ..Fields::default()
    };
    for format in [Format::Plain, Format::Html, Format::Markdown] {
        let once = compose(format, Some(existing), &fields);
        assert_eq!(compose(format, Some(&once), &fields), once, "not the same again");
        if let Some(given) = fields.note.filter(|note| !note.is_empty()) {
            let line_breaks = |text: &str| text.replace("\r\n", "\n").replace('\r', "\n");
            let found = note(format, &once).map(|note| line_breaks(&note));
            assert_eq!(found, Some(line_breaks(given)), "another note came back");
        }
    }
}

/// What every answer that was read must keep to.
pub(crate) fn check(answer: &GetContactAnswer) {
    assert!(answer.contacts.len() <= MATCHES_MAX, "too many matches");
    check_contacts(&answer.contacts);
    answer.message.iter().for_each(check_message);
}

/// What every list of contacts must keep to.
pub(crate) fn check_contacts(contacts: &[Contact]) {
    let mut seen = HashSet::new();
    for contact in contacts {
        assert!(seen.insert(&contact.reference), "a contact twice");
        assert!(!contact.reference.id.is_empty(), "a contact without an id");
        assert!(contact.phones.len() <= 20 && contact.associations.len() <= 100, "too much");
        let phones = contact.phones.iter().flat_map(|p| [Some(&p.given), p.field.as_ref()]);
        let records = contact
            .associations
            .iter()
            .flat_map(|a| [Some(&a.title), a.detail.as_ref(), Some(&a.kind)]);
        let own = [
            Some(&contact.name),
            contact.company.as_ref(),
            contact.title.as_ref(),
            contact.email.as_ref(),
        ];
        own.into_iter().chain(phones).chain(records).flatten().for_each(|text| check_line(text));
    }
}

/// What every text of one line must keep to.
pub(crate) fn check_line(text: &str) {
    assert!(text.chars().count() <= NAME_MAX, "not bounded");
    assert!(!text.contains(char::is_control), "not cleaned");
}

/// What every message of a CRM must keep to.
pub(crate) fn check_message(message: &Message) {
    assert!(message.message.chars().count() <= 1000 && message.ttl_ms <= 60_000, "not bounded");
    assert!(message.details.len() <= 10, "too many details");
}

#[cfg(test)]
#[path = "fuzz_tests.rs"]
mod tests;
