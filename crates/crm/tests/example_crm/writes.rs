//! Creating contacts and logging calls against a real server, also when it does not answer.

use crate::support::*;
use ringside_crm::{Crm, Error, NewContact};
use ringside_domain::Direction;
use ringside_domain::call::EndReason;
use serde_json::{Value, json};

fn new_contact() -> NewContact {
    NewContact {
        name: "Meridian \"Logistik\" <i>".into(),
        kind: Some("company".into()),
        phone: Some("+493023125014".into()),
        company: Some("Meridian".into()),
        email: Some("kontakt@meridian.example".into()),
        key: "create-1".into(),
    }
}

/// The part of an activity that a log decides.
fn without_stamps(mut activity: Value) -> Value {
    let fields = activity.as_object_mut().unwrap();
    assert!(fields.remove("created_at").is_some() && fields.remove("updated_at").is_some());
    assert!(fields.remove("id").is_some());
    activity
}

#[tokio::test]
async fn a_created_contact_has_every_field_and_a_repeat_makes_no_second() {
    let fixture = fixture(&[], 8).await;
    let made = fixture.crm.create_contact(&new_contact()).await.unwrap();
    assert_eq!(made.name, "Meridian \"Logistik\" <i>");
    assert_eq!(made.reference.kind, "company");
    assert_eq!(made.company.as_deref(), Some("Meridian"));
    assert_eq!(made.email.as_deref(), Some("kontakt@meridian.example"));
    assert_eq!(made.phones[0].given, "+493023125014");
    let again = fixture.crm.create_contact(&new_contact()).await.unwrap();
    assert_eq!(again, made);
    let found = fixture.crm.get_contact(&ask("+493023125014")).await.unwrap();
    assert_eq!(found.contacts, [made]);
}

#[tokio::test]
async fn a_contact_whose_making_was_not_answered_is_made_once() {
    let fixture = fixture(&[], 8).await;
    fixture.faults(json!({ "drop_after_write": 1 })).await;
    let lost = fixture.crm.create_contact(&new_contact()).await;
    assert!(matches!(lost, Err(Error::Ambiguous(_))), "{lost:?}");
    fixture.crm.create_contact(&new_contact()).await.unwrap();
    let found = fixture.crm.get_contact(&ask("+493023125014")).await.unwrap();
    assert_eq!(found.contacts.len(), 1);
}

#[tokio::test]
async fn a_log_arrives_in_every_field() {
    let fixture = fixture(&[], 8).await;
    let nadia = fixture.someone("Nadia").await;
    let entry = entry(&nadia);
    let id = fixture.crm.create_call_log(&entry).await.unwrap();
    let activities = fixture.activities().await;
    assert_eq!(activities.len(), 1);
    assert_eq!(activities[0]["id"].to_string(), id);
    let number = |text: &str| text.parse::<u64>().unwrap();
    assert_eq!(
        without_stamps(activities[0].clone()),
        json!({
            "external_key": entry.key,
            "contact_id": number(&nadia.reference.id),
            "type": "call",
            "subject": "Inbound call from Nadia Okafor",
            "direction": "inbound",
            "from_number": "+14155550142",
            "to_number": "+14155550100",
            "start_time": "2026-11-23T09:41:07Z",
            "duration_s": 472,
            "result": "answered",
            "note": "Wants the quote for 40 seats,\nnot 25. <b>\u{1F4DE}</b>",
            "deal_id": number(&nadia.associations[0].id),
            "disposition": "Interested",
        })
    );
    let log = fixture.crm.get_call_log(&id).await.unwrap();
    assert_eq!((log.id, log.subject, log.note), (id, entry.subject, entry.note));
}

#[tokio::test]
async fn an_outbound_call_goes_the_other_way() {
    let fixture = fixture(&[], 8).await;
    let mut entry = entry(&fixture.someone("Chidi").await);
    entry.direction = Direction::Outbound;
    entry.result = EndReason::NoAnswer;
    entry.association = None;
    entry.disposition = None;
    fixture.crm.create_call_log(&entry).await.unwrap();
    let activity = fixture.activities().await.remove(0);
    assert_eq!(activity["from_number"], entry.local_number);
    assert_eq!(activity["to_number"], entry.remote_number);
    assert_eq!(activity["result"], "no_answer");
    assert_eq!((&activity["deal_id"], &activity["disposition"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn an_update_changes_what_changed_and_nothing_else() {
    let fixture = fixture(&[], 8).await;
    let mut entry = entry(&fixture.someone("Nadia").await);
    let id = fixture.crm.create_call_log(&entry).await.unwrap();
    let before = without_stamps(fixture.activities().await.remove(0));
    entry.note = "Shorter.".into();
    entry.duration_s = 480;
    entry.association = None;
    entry.disposition = None;
    fixture.crm.update_call_log(&id, &entry).await.unwrap();
    let mut expected = before;
    expected["note"] = json!("Shorter.");
    expected["duration_s"] = json!(480);
    expected["deal_id"] = Value::Null;
    expected["disposition"] = Value::Null;
    assert_eq!(without_stamps(fixture.activities().await.remove(0)), expected);
}

#[tokio::test]
async fn a_log_that_was_written_but_not_answered_is_found_by_its_key() {
    let fixture = fixture(&[], 8).await;
    let entry = entry(&fixture.someone("Nadia").await);
    assert_eq!(fixture.crm.find_call_log(&entry).await.unwrap(), None);
    fixture.faults(json!({ "drop_after_write": 1, "path_prefix": "/v1/activities" })).await;
    let lost = fixture.crm.create_call_log(&entry).await;
    assert!(matches!(lost, Err(Error::Ambiguous(_))), "{lost:?}");
    let found = fixture.crm.find_call_log(&entry).await.unwrap().expect("it was written");
    let activities = fixture.activities().await;
    assert_eq!(activities.len(), 1);
    assert_eq!(activities[0]["id"].to_string(), found);
    let posts = fixture.requests().await.iter().filter(|r| r.starts_with("POST")).count();
    assert_eq!(posts, 1, "a write is never sent twice unasked");
}

#[tokio::test]
async fn a_second_attempt_finds_the_first_and_brings_it_up_to_date() {
    let fixture = fixture(&[], 8).await;
    let mut entry = entry(&fixture.someone("Nadia").await);
    let first = fixture.crm.create_call_log(&entry).await.unwrap();
    entry.note = "Written after the first attempt.".into();
    assert_eq!(fixture.crm.create_call_log(&entry).await.unwrap(), first);
    let activities = fixture.activities().await;
    assert_eq!(activities.len(), 1);
    assert_eq!(activities[0]["note"], "Written after the first attempt.");
}

#[tokio::test]
async fn what_is_gone_or_refused_says_so() {
    let fixture = fixture(&[], 8).await;
    let nadia = fixture.someone("Nadia").await;
    let mut elsewhere = entry(&nadia);
    elsewhere.association = fixture.someone("Chidi").await.associations.first().cloned();
    match fixture.crm.create_call_log(&elsewhere).await {
        Err(Error::Rejected { message }) => {
            assert_eq!(message, "deal_id: the contact has no such deal");
        }
        other => panic!("{other:?}"),
    }
    for id in ["9999999", "../me", "", "1?x=1"] {
        let contact = fixture.crm.contact(&gone("acme", id)).await;
        assert!(matches!(contact, Err(Error::NotFound)), "{id}: {contact:?}");
        assert!(matches!(fixture.crm.get_call_log(id).await, Err(Error::NotFound)), "{id}");
        let update = fixture.crm.update_call_log(id, &entry(&nadia)).await;
        assert!(matches!(update, Err(Error::NotFound)), "{id}: {update:?}");
    }
    assert_eq!(fixture.activities().await, [Value::Null; 0]);
}

#[tokio::test]
async fn the_pages_for_people_are_there_and_safe() {
    let fixture = fixture(&[], 8).await;
    let bobby = fixture.someone("Robert").await;
    let id = fixture.crm.create_call_log(&entry_without_deal(&bobby)).await.unwrap();
    let contact = fixture.crm.contact_url(&bobby.reference).unwrap();
    let log = fixture.crm.call_log_url(&id).unwrap();
    assert_eq!(log, format!("{}/activities/{id}", fixture.server.url));
    for (url, words) in [(contact, "Bobby"), (log, "40 seats")] {
        let page = fixture.http.get(url).send().await.unwrap();
        assert_eq!(page.status(), 200);
        assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("'none'"));
        let text = page.text().await.unwrap();
        assert!(text.contains(words) && !text.contains("<b>"), "{text}");
    }
    assert_eq!(fixture.crm.contact_url(&gone("acme", "../../etc")), None);
    assert_eq!(fixture.crm.call_log_url("1/../2"), None);
}

fn entry_without_deal(contact: &ringside_domain::Contact) -> ringside_domain::LogEntry {
    ringside_domain::LogEntry { association: None, ..entry(contact) }
}
