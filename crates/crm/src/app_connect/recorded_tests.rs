//! Readings of whole answers as they were recorded (`tests/fixtures/app-connect`).

use ringside_domain::log::LogFieldKind;
use serde_json::Value;

use super::fields;
use super::manifest::{self, Platform};
use super::wire::{CallDowns, Logs};

macro_rules! recorded {
    ($name:literal) => {{
        let text = include_str!(concat!("../../tests/fixtures/app-connect/", $name, ".json"));
        let recording: Value = serde_json::from_str(text).unwrap();
        recording["response"]["json"].clone()
    }};
}

#[test]
fn a_manifest() {
    let platforms = manifest::platforms(&recorded!("004-crmManifest-platform")).unwrap();
    let demo = Platform::read(&platforms["demoCRM"], None);
    assert_eq!(demo.display_name.as_deref(), Some("Demo CRM"));
    assert!(!demo.is_oauth() && !demo.never_cached());
    assert_eq!(demo.own_host().as_deref(), Some("127.0.0.1"));
    let kinds: Vec<_> = demo.contact_types().into_iter().map(|kind| kind.label).collect();
    assert_eq!(kinds, ["Contact", "Lead"]);
    let fields = fields::read(demo.log_fields());
    assert_eq!((fields.len(), fields[0].label.as_str()), (1, "Deal"));
    let LogFieldKind::Choice { of_contact, .. } = &fields[0].kind else { panic!("{fields:?}") };
    assert_eq!(of_contact.as_deref(), Some("deal"));
}

#[test]
fn logs_with_one_that_is_not_there() {
    let logs: Logs = serde_json::from_value(recorded!("072-getCallLog-details")).unwrap();
    let found: Vec<_> = logs.logs.iter().map(|log| (log.matched, log.log_id.as_deref())).collect();
    assert_eq!(found, [(Some(true), Some("act-3")), (Some(false), None), (Some(false), None)]);
    let data = logs.logs[0].log_data.as_ref().unwrap();
    assert_eq!(data.note.as_deref(), Some("Wants a quote"));
    assert!(data.full_body.as_ref().is_some_and(|body| body.contains("- Duration: 2 minutes")));
}

#[test]
fn people_to_call_back() {
    let list: CallDowns = serde_json::from_value(recorded!("114-calldown-list")).unwrap();
    let entry = &list.items[0];
    assert_eq!(entry.contact_id.as_deref(), Some("c-101"));
    assert_eq!(entry.status.as_deref(), Some("scheduled"));
    assert_eq!(entry.scheduled_at.as_deref(), Some("2026-11-24T10:00:00.000Z"));
    assert_eq!(entry.last_call_at, None);
}
