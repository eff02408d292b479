//! getContact against a real server: which texts are searched, in which order, and what comes back.

use crate::support::*;
use ringside_crm::{Crm, GetContact};
use ringside_domain::Association;
use serde_json::json;

const MASKS: [&str; 3] = ["###-###-####", "(###) ###-####", "+1-###-###-####"];

#[tokio::test]
async fn formats_are_tried_in_order_until_one_finds() {
    let fixture = fixture(&MASKS, 8).await;
    let answer = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Nadia Okafor"]);
    assert!(answer.can_create);
    assert!(!answer.complete, "one format is left");
    let searched = fixture.searched().await;
    assert_eq!(searched, ["+14155550142", "415-555-0142", "(415) 555-0142"]);
}

#[tokio::test]
async fn the_remaining_formats_make_the_answer_complete() {
    let fixture = fixture(&MASKS, 8).await;
    let twin = json!({ "name": "Nadia's office",
        "phones": [{ "field": "work", "number": "+1-415-555-0142" }] });
    fixture.call("POST", "/v1/contacts", twin).await;
    let request = ask("+14155550142");
    let first = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!((names(&first.contacts), first.complete), (vec!["Nadia Okafor"], false));
    let all = fixture.crm.get_remaining(&request).await.unwrap();
    assert_eq!(
        (names(&all.contacts), all.complete),
        (vec!["Nadia Okafor", "Nadia's office"], true)
    );
}

#[tokio::test]
async fn a_contact_that_several_formats_find_is_one_match() {
    let fixture = fixture(&MASKS, 8).await;
    let both = json!({ "name": "Twice", "phones": [
        { "field": "work", "number": "+14155559999" },
        { "field": "mobile", "number": "(415) 555-9999" }] });
    fixture.call("POST", "/v1/contacts", both).await;
    let all = fixture.crm.get_remaining(&ask("+14155559999")).await.unwrap();
    assert_eq!(names(&all.contacts), ["Twice"]);
}

#[tokio::test]
async fn formats_of_a_request_override_those_of_the_account() {
    let fixture = fixture(&MASKS, 8).await;
    let request =
        GetContact { overriding_format: vec!["1##########".into()], ..ask("+14155550142") };
    let answer = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!((answer.contacts.len(), answer.complete), (0, true));
    assert_eq!(fixture.searched().await, ["+14155550142", "14155550142"]);
}

#[tokio::test]
async fn a_foreign_number_is_not_pressed_into_the_formats_of_the_account() {
    let fixture = fixture(&MASKS, 8).await;
    let answer = fixture.crm.get_contact(&ask("+33142685300")).await.unwrap();
    assert_eq!((answer.contacts.len(), answer.complete), (0, true));
    assert_eq!(fixture.searched().await, ["+33142685300"]);
}

#[tokio::test]
async fn the_region_of_the_account_wins() {
    let fixture = fixture(&[], 8).await;
    let mut settings = settings(&fixture.server.url, &["0# ## ## ## ##"], 8);
    settings.region = Some("FR".into());
    let crm = account(&settings, KEY);
    let answer = crm.get_contact(&ask("+33142685300")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Émile Lefèvre"]);
    assert!(answer.complete);
}

#[tokio::test]
async fn all_on_one_number_are_found() {
    let fixture = fixture(&[], 8).await;
    let answer = fixture.crm.get_contact(&ask("+442079460018")).await.unwrap();
    assert_eq!(
        names(&answer.contacts),
        [
            "Amira Haddad",
            "Dr. Oliver Whitcombe-Ashworth",
            "Front desk",
            "Tomasz Zieliński",
            "Grace Lin"
        ]
    );
    assert!(answer.complete);
}

#[tokio::test]
async fn every_field_of_a_match_arrives() {
    let fixture = fixture(&MASKS, 8).await;
    let answer = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    let contact = &answer.contacts[0];
    assert_eq!(contact.reference.kind, "person");
    assert!(contact.reference.id.parse::<u64>().is_ok(), "the CRM's number is text here");
    assert_eq!(contact.company.as_deref(), Some("Lumen Freight"));
    assert_eq!(contact.title.as_deref(), Some("Head of Procurement"));
    assert_eq!(contact.email.as_deref(), Some("nadia.okafor@lumenfreight.example"));
    assert_eq!(contact.phones[0].given, "(415) 555-0142");
    assert_eq!(contact.phones[0].field.as_deref(), Some("mobile"));
    assert!(contact.created_at.is_some());
    let deals: Vec<_> = contact
        .associations
        .iter()
        .map(|Association { kind, title, detail, .. }| {
            (kind.as_str(), title.as_str(), detail.as_deref().unwrap())
        })
        .collect();
    assert_eq!(
        deals,
        [
            ("deal", "Renewal 2027", "USD 12,400 · In negotiation"),
            ("deal", "Cold-chain pilot", "USD 6,000 · Qualified")
        ]
    );
}

#[tokio::test]
async fn an_extension_is_asked_as_one_and_never_as_a_number() {
    let fixture = fixture(&MASKS, 8).await;
    let request = GetContact { is_extension: true, ..ask("204") };
    let answer = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!((names(&answer.contacts), answer.complete), (vec!["Priya Raman"], true));
    let requests = fixture.requests().await;
    let asked: Vec<_> = requests.iter().filter(|request| request.contains("contacts")).collect();
    assert_eq!(asked, ["GET /v1/contacts?extension=204&limit=500"]);
    let as_number = fixture.crm.get_contact(&ask("204")).await.unwrap();
    assert_eq!(as_number.contacts, []);
}

#[tokio::test]
async fn five_hundred_matches_are_five_hundred_matches() {
    let fixture = fixture(&[], 20).await;
    for number in 0..505 {
        let contact = json!({ "name": format!("Shared {number}"),
            "phones": [{ "number": "+14155557777" }] });
        fixture.call("POST", "/v1/contacts", contact).await;
    }
    let answer = fixture.crm.get_contact(&ask("+14155557777")).await.unwrap();
    assert_eq!(answer.contacts.len(), 500);
}

#[tokio::test]
async fn a_refresh_asks_again_and_sees_the_change() {
    let fixture = fixture(&MASKS, 8).await;
    let request = GetContact { force_refresh: true, ..ask("+14155550142") };
    let before = fixture.crm.get_contact(&request).await.unwrap();
    let id = &before.contacts[0].reference.id;
    fixture.call("PATCH", &format!("/v1/contacts/{id}"), json!({ "name": "Nadia Eze" })).await;
    let after = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!(names(&after.contacts), ["Nadia Eze"]);
    assert_eq!(fixture.crm.contact(&before.contacts[0].reference).await.unwrap().name, "Nadia Eze");
}

#[tokio::test]
async fn names_are_found_by_the_beginnings_of_their_words() {
    let fixture = fixture(&[], 8).await;
    let find = async |name: &str| {
        let found = fixture.crm.find_contact_by_name(name).await.unwrap();
        found.into_iter().map(|contact| contact.name).collect::<Vec<_>>()
    };
    assert_eq!(find("oka").await, ["Nadia Okafor"]);
    assert_eq!(find("GRACE LIN").await, ["Grace Lin", "Grace Lindholm"]);
    assert_eq!(find("zieliń").await, ["Tomasz Zieliński"]);
    assert_eq!(find("%").await, [""; 0]);
    assert_eq!(find("nobody").await, [""; 0]);
}

#[tokio::test]
async fn a_bulk_pull_sees_every_contact_once_and_later_only_what_changed() {
    let fixture = fixture(&[], 8).await;
    for number in 0..420 {
        let contact = json!({ "name": format!("Bulk {number}") });
        fixture.call("POST", "/v1/contacts", contact).await;
    }
    let (mut seen, mut cursor, mut pages) = (Vec::new(), None, 0);
    loop {
        let page = fixture.crm.contact_pages(cursor.as_deref(), None).await.unwrap();
        seen.extend(page.contacts.into_iter().map(|contact| contact.reference));
        pages += 1;
        cursor = page.next;
        if cursor.is_none() {
            break;
        }
    }
    let total = seen.len();
    seen.sort();
    seen.dedup();
    assert_eq!((total, seen.len(), pages), (462, 462, 3));
    let change = fixture.call("PATCH", "/v1/contacts/1", json!({ "title": "CPO" })).await;
    let since = change["updated_at"].as_str().unwrap().parse().unwrap();
    let changed = fixture.crm.contact_pages(None, Some(since)).await.unwrap();
    assert_eq!(names(&changed.contacts), ["Nadia Okafor"]);
}
