//! Persons and activities, also when nobody answers.

use crate::support::*;
use ringside_crm::{Crm, NewContact};
use ringside_domain::call::EndReason;
use ringside_domain::log::{MessageEntry, TextMessage};
use ringside_domain::{Association, Direction, LogEntry};
use ringside_web::Error;
use serde_json::{Value, json};

fn new_contact() -> NewContact {
    NewContact {
        name: " Meridian \"Logistik\" <i> ".into(),
        kind: Some("person".into()),
        phone: Some("+493023125014".into()),
        company: Some("Lumen freight".into()),
        email: Some("kontakt@meridian.example".into()),
        key: "create-1".into(),
    }
}

#[tokio::test]
async fn a_created_person_has_every_field() {
    let fixture = fixture(&[]).await;
    let made = fixture.crm.create_contact(&new_contact()).await.unwrap();
    assert_eq!(made.name, "Meridian \"Logistik\" <i>");
    assert_eq!(made.phones[0].given, "+493023125014");
    assert_eq!(made.email.as_deref(), Some("kontakt@meridian.example"));
    let stored = fixture.person(&made.reference.id);
    assert_eq!(stored.org_id, Some(3), "the company is known under this name");
    assert!(stored.phones[0].primary && stored.phones[0].label == "work");
    let found = fixture.crm.get_contact(&ask("+493023125014")).await.unwrap();
    assert_eq!(names(&found.contacts), ["Meridian \"Logistik\" <i>"]);
}

#[tokio::test]
async fn a_company_that_is_not_known_is_made_and_none_is_none() {
    let fixture = fixture(&[]).await;
    let new = NewContact { company: Some("Meridian".into()), ..new_contact() };
    let made = fixture.crm.create_contact(&new).await.unwrap();
    assert_eq!(made.company.as_deref(), Some("Meridian"));
    let org = fixture.person(&made.reference.id).org_id.unwrap();
    assert_eq!(fixture.server.store().organizations[&org].name, "Meridian");
    let plain = NewContact { company: None, email: None, phone: None, ..new_contact() };
    let made = fixture.crm.create_contact(&plain).await.unwrap();
    let stored = fixture.person(&made.reference.id);
    assert_eq!((stored.org_id, stored.phones.len(), stored.emails.len()), (None, 0, 0));
}

#[tokio::test]
async fn a_person_whose_making_was_not_answered_is_made_once() {
    let fixture = fixture(&[]).await;
    fixture.faults("/api/v2/persons", |faults| {
        // Searches do not find who has just been made: the list does.
        (faults.drop_after_write, faults.search_lags) = (1, true);
    });
    let lost = fixture.crm.create_contact(&new_contact()).await;
    assert!(matches!(lost, Err(Error::Ambiguous(_))), "{lost:?}");
    let made = fixture.crm.create_contact(&new_contact()).await.unwrap();
    let meridians = fixture.server.store().persons.values().filter(|p| p.org_id == Some(3)).count();
    assert_eq!(meridians, 2, "Nadia and one more");
    assert_eq!(made.company.as_deref(), Some("Lumen freight"));
}

#[tokio::test]
async fn a_log_arrives_in_every_field() {
    let fixture = fixture(&[]).await;
    let entry = entry(&fixture.nadia().await);
    let id = fixture.crm.create_call_log(&entry).await.unwrap();
    let [activity] = fixture.activities().try_into().unwrap();
    assert_eq!(activity.id.to_string(), id);
    assert_eq!(activity.subject, "Inbound call from Nadia Okafor");
    assert_eq!(activity.kind, "call");
    assert_eq!(activity.due_date.as_deref(), Some("2026-11-23"));
    assert_eq!(activity.due_time.as_deref(), Some("18:41:07"), "UTC");
    assert_eq!(activity.duration.as_deref(), Some("00:07:52"));
    assert!(activity.done && activity.marked_as_done_time.is_some());
    assert_eq!((activity.person_id, activity.deal_id), (Some(5), Some(20)));
    assert_eq!(activity.lead_id, None);
    let note = activity.note.unwrap();
    assert!(
        note.contains(
            "Wants the quote for 40 seats,<br>not 25. &lt;b&gt;$&amp; \u{1F4DE}&lt;/b&gt;"
        ),
        "{note}"
    );
    for words in ["+14155550142", "7 minutes, 52 seconds", "Answered"] {
        assert!(note.contains(words), "{words}: {note}");
    }
    assert!(note.ends_with(&format!("<p>{}</p>", entry.key)), "{note}");
    let log = fixture.crm.get_call_log(&id).await.unwrap();
    assert_eq!((log.id, log.subject, log.note), (id, entry.subject, entry.note));
    assert_eq!((log.started_at, log.duration_s), (Some(entry.started_at), Some(472)));
    assert_eq!(log.contact.as_deref(), Some("5"));
    // The kinds of activity are asked for once.
    let nadia = fixture.nadia().await;
    fixture.server.forget_requests();
    let second = LogEntry { key: "ringside:2:acme".into(), ..self::entry(&nadia) };
    fixture.crm.create_call_log(&second).await.unwrap();
    assert_eq!(fixture.asked(), ["POST /api/v2/activities"]);
}

#[tokio::test]
async fn the_accounts_own_kind_of_call_is_used_and_a_lead_is_linked() {
    let fixture = fixture(&[]).await;
    let kind = |id: u64, icon: &str, key: &str, active: bool| {
        json!({ "id": id, "name": key, "icon_key": icon, "color": "FFFFFF", "order_nr": id,
            "key_string": key, "active_flag": active, "is_custom_flag": true,
            "add_time": "2026-01-05T08:00:00Z", "update_time": "2026-01-05T08:00:00Z" })
    };
    plant(
        &fixture.server,
        json!({ "activity_types": [
        kind(1, "task", "task", true),
        kind(2, "call", "call", false),
        kind(3, "call", "telefonat", true)] }),
    );
    let nadia = fixture.nadia().await;
    let entry = LogEntry {
        association: nadia.associations.iter().find(|a| a.kind == "lead").cloned(),
        duration_s: 0,
        result: EndReason::NoAnswer,
        direction: Direction::Outbound,
        note: String::new(),
        ..entry(&nadia)
    };
    let id = fixture.crm.create_call_log(&entry).await.unwrap();
    let [activity] = fixture.activities().try_into().unwrap();
    assert_eq!(activity.kind, "telefonat");
    assert_eq!((activity.deal_id, activity.lead_id.as_deref()), (None, Some(LEAD)));
    assert_eq!(activity.duration.as_deref(), Some("00:00:00"));
    let note = activity.note.unwrap();
    assert!(note.contains("No answer") && note.ends_with(&format!("<p>{}</p>", entry.key)));
    assert_eq!(fixture.crm.get_call_log(&id).await.unwrap().note, "");
}

#[tokio::test]
async fn an_account_that_takes_no_seconds_gets_minutes_and_the_note_the_truth() {
    let fixture = fixture(&[]).await;
    fixture.server.faults().whole_minutes = true;
    let entry = entry(&fixture.nadia().await);
    let id = fixture.crm.create_call_log(&entry).await.unwrap();
    fixture.crm.update_call_log(&id, &entry).await.unwrap();
    let [activity] = fixture.activities().try_into().unwrap();
    assert_eq!(activity.duration.as_deref(), Some("00:08:00"));
    assert!(activity.note.unwrap().contains("7 minutes, 52 seconds"));
    let asked = fixture.asked();
    let writes = |method: &str| asked.iter().filter(|one| one.starts_with(method)).count();
    assert_eq!((writes("POST"), writes("PATCH")), (2, 1), "one refusal is enough: {asked:?}");
}

#[tokio::test]
async fn an_update_changes_what_changed_and_keeps_what_people_have_added() {
    let fixture = fixture(&[]).await;
    let nadia = fixture.nadia().await;
    let mut entry = entry(&nadia);
    let id = fixture.crm.create_call_log(&entry).await.unwrap();
    let number = id.parse().unwrap();
    let before = fixture.activities().remove(0);
    if let Some(activity) = fixture.server.store().activities.get_mut(&number) {
        let note = activity.note.as_mut().unwrap();
        note.push_str("<p>Called her back. Jonas</p>");
    }
    entry.note = "Shorter.".into();
    entry.duration_s = 480;
    entry.association = None;
    fixture.crm.update_call_log(&id, &entry).await.unwrap();
    fixture.crm.update_call_log(&id, &entry).await.unwrap();
    let [after] = fixture.activities().try_into().unwrap();
    let note = after.note.clone().unwrap();
    assert_eq!(note.matches("Called her back. Jonas").count(), 1, "{note}");
    assert_eq!(note.matches("Shorter.").count(), 1, "{note}");
    assert_eq!(note.matches(&entry.key).count(), 1, "{note}");
    assert!(!note.contains("40 seats") && note.contains("8 minutes"), "{note}");
    assert!(note.ends_with(&format!("<p>{}</p>", entry.key)), "{note}");
    assert_eq!(after.duration.as_deref(), Some("00:08:00"));
    assert_eq!(after.deal_id, None);
    // And nothing else.
    let same = fake_pipedrive::records::Activity {
        note: before.note.clone(),
        duration: before.duration.clone(),
        deal_id: before.deal_id,
        update_time: before.update_time.clone(),
        marked_as_done_time: before.marked_as_done_time.clone(),
        ..after
    };
    assert_eq!(same, before);
}

#[tokio::test]
async fn a_log_that_was_written_but_not_answered_is_found_by_its_key() {
    let fixture = fixture(&[]).await;
    let entry = entry(&fixture.nadia().await);
    assert_eq!(fixture.crm.find_call_log(&entry).await.unwrap(), None);
    fixture.server.faults().drop_after_write = 1;
    let lost = fixture.crm.create_call_log(&entry).await;
    assert!(matches!(lost, Err(Error::Ambiguous(_))), "{lost:?}");
    let found = fixture.crm.find_call_log(&entry).await.unwrap().expect("it was written");
    let [activity] = fixture.activities().try_into().unwrap();
    assert_eq!(activity.id.to_string(), found);
    let asked = fixture.asked();
    let posts = asked.iter().filter(|one| one.starts_with("POST")).count();
    assert_eq!(posts, 1, "a write is never sent twice unasked: {asked:?}");
    // The key of the same call in another account is another key.
    let other = LogEntry { key: format!("{}2", entry.key), ..entry.clone() };
    assert_eq!(fixture.crm.find_call_log(&other).await.unwrap(), None);
    // Gone again: nothing is found.
    fixture.server.store().activities.clear();
    assert_eq!(fixture.crm.find_call_log(&entry).await.unwrap(), None);
}

#[tokio::test]
async fn a_key_is_found_behind_pages_of_other_activities() {
    let fixture = fixture(&[]).await;
    let entry = entry(&fixture.nadia().await);
    let id = fixture.crm.create_call_log(&entry).await.unwrap();
    let later = |n: u32| {
        json!({ "subject": format!("Later {n}"), "person_id": 5,
        "add_time": "2030-01-01T00:00:00Z", "note": "<p>no key</p>" })
    };
    let activities: Vec<Value> = (0..230).map(later).collect();
    plant(&fixture.server, json!({ "activities": activities }));
    fixture.server.forget_requests();
    assert_eq!(fixture.crm.find_call_log(&entry).await.unwrap(), Some(id));
    assert_eq!(fixture.asked().len(), 3);
}

#[tokio::test]
async fn a_conversation_is_one_activity_that_grows() {
    let fixture = fixture(&[]).await;
    let nadia = fixture.nadia().await;
    let text = |id: &str, direction, at: &str, text: &str| TextMessage {
        id: id.into(),
        direction,
        at: at.parse().unwrap(),
        text: text.into(),
    };
    let mut entry = MessageEntry {
        key: "ringside:sms:1:acme".into(),
        contact: nadia.reference.clone(),
        contact_name: nadia.name.clone(),
        subject: "Messages with Nadia Okafor".into(),
        remote_number: "+14155550142".into(),
        local_number: "+14155550100".into(),
        texts: vec![text("1", Direction::Inbound, "2026-11-23T08:00:05Z", "1 < 2 & 3\nok?")],
    };
    let id = fixture.crm.create_message_log(&entry).await.unwrap();
    entry.texts.push(text("2", Direction::Outbound, "2026-11-23T08:01:00Z", "Yes."));
    fixture.crm.update_message_log(&id, &entry).await.unwrap();
    let [activity] = fixture.activities().try_into().unwrap();
    assert_eq!(activity.id.to_string(), id);
    assert_eq!(activity.due_time.as_deref(), Some("08:00:05"));
    assert_eq!((activity.person_id, activity.done), (Some(5), true));
    assert_eq!(activity.kind, "task", "a message is no call");
    assert_eq!(
        activity.note.unwrap(),
        "<p><b>Nadia Okafor</b> 2026-11-23T08:00:05Z<br>1 &lt; 2 &amp; 3<br>ok?</p>\
         <p><b>+14155550100</b> 2026-11-23T08:01:00Z<br>Yes.</p><p>ringside:sms:1:acme</p>"
    );
}

#[tokio::test]
async fn what_is_gone_or_refused_says_so() {
    let fixture = fixture(&[]).await;
    let nadia = fixture.nadia().await;
    let elsewhere =
        Association { kind: "deal".into(), id: "4711".into(), title: "Gone".into(), detail: None };
    let with = |association| LogEntry { association: Some(association), ..entry(&nadia) };
    match fixture.crm.create_call_log(&with(elsewhere.clone())).await {
        Err(Error::Rejected { message }) => {
            assert_eq!(message, "Validation failed: deal_id: Deal does not exist.");
        }
        other => panic!("{other:?}"),
    }
    let strange = Association { kind: "case".into(), ..elsewhere };
    assert!(matches!(fixture.crm.create_call_log(&with(strange)).await, Err(Error::NotFound)));
    for id in ["9999999", "../users/me", "", "1?x=1"] {
        let contact = fixture.crm.contact(&reference(id)).await;
        assert!(matches!(contact, Err(Error::NotFound)), "{id}: {contact:?}");
        assert!(matches!(fixture.crm.get_call_log(id).await, Err(Error::NotFound)), "{id}");
        let update = fixture.crm.update_call_log(id, &entry(&nadia)).await;
        assert!(matches!(update, Err(Error::NotFound)), "{id}: {update:?}");
    }
    let nobody = NewContact { name: " ".into(), ..new_contact() };
    match fixture.crm.create_contact(&nobody).await {
        Err(Error::Rejected { message }) => {
            assert_eq!(message, "Validation failed: name: must not be empty.");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fixture.activities(), []);
}

#[tokio::test]
async fn the_pages_for_people_are_on_the_accounts_own_host() {
    let fixture = fixture(&[]).await;
    let url = &fixture.server.url;
    assert_eq!(fixture.crm.contact_url(&reference("5")), Some(format!("{url}/person/5")));
    assert_eq!(fixture.crm.call_log_url("7"), Some(format!("{url}/activities/7")));
    assert_eq!(fixture.crm.contact_url(&reference("../../etc")), None);
    assert_eq!(fixture.crm.call_log_url("1/../2"), None);
    let acme = account(&settings("https://acme.pipedrive.com", &[]), TOKEN);
    let page = acme.contact_url(&reference("5"));
    assert_eq!(page.as_deref(), Some("https://acme.pipedrive.com/person/5"));
}
