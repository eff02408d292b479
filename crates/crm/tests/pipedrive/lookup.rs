//! getContact, names and bulk pulls.

use crate::support::*;
use fake_pipedrive::PhoneSearch;
use ringside_crm::{Crm, GetContact};
use ringside_domain::{Association, Contact};
use ringside_web::Error;
use serde_json::json;

#[tokio::test]
async fn a_known_number_costs_two_requests_however_many_deals_there_are() {
    let fixture = fixture(&[]).await;
    let answer = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Nadia Okafor"], "the trap holds a longer number");
    assert!(answer.can_create && answer.complete);
    assert_eq!(
        fixture.asked(),
        ["GET /api/v2/itemSearch term=4155550142", "GET /api/v2/persons ids=5"]
    );
    assert_eq!(fixture.server.tokens_used(), 30);
}

#[tokio::test]
async fn every_field_of_a_match_arrives() {
    let fixture = fixture(&[]).await;
    let contact = fixture.nadia().await;
    assert_whole(&contact, &["EUR 12,400 · Negotiation", "USD 6,000"]);
    assert_eq!(fixture.crm.contact(&contact.reference).await.unwrap(), contact);
}

fn assert_whole(contact: &Contact, details: &[&str]) {
    assert_eq!((contact.reference.kind.as_str(), contact.reference.id.as_str()), ("person", "5"));
    assert_eq!(contact.company.as_deref(), Some("Lumen Freight"));
    assert_eq!(contact.email.as_deref(), Some("nadia@lumen.example"));
    let phones: Vec<_> =
        contact.phones.iter().map(|p| (p.given.as_str(), p.field.as_deref().unwrap())).collect();
    assert_eq!(phones, [("4155550142", "mobile"), ("+1 415 555 0100", "work")]);
    assert_eq!(contact.created_at, Some("2026-03-02T09:00:00Z".parse().unwrap()));
    assert_eq!(contact.last_activity_at, Some("2026-11-20T16:30:00Z".parse().unwrap()));
    let found: Vec<_> = contact
        .associations
        .iter()
        .map(|Association { kind, id, title, detail }| {
            (kind.as_str(), id.as_str(), title.as_str(), detail.as_deref().unwrap())
        })
        .collect();
    assert_eq!(
        found,
        [("deal", "20", "Renewal 2027", details[0]), ("lead", LEAD, "Cold chain", details[1])]
    );
}

#[tokio::test]
async fn formats_find_what_the_digits_alone_do_not_and_the_rest_runs_behind() {
    let fixture = fixture(&["(###) ###-####", "+1 ### ### ####"]).await;
    let request = ask("+14155550118");
    let first = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!((names(&first.contacts), first.complete), (vec!["Marcus Bell"], false));
    assert_eq!(
        fixture.asked(),
        [
            "GET /api/v2/itemSearch term=4155550118",
            "GET /api/v2/itemSearch term=(415) 555-0118",
            "GET /api/v2/persons ids=7"
        ]
    );
    plant(
        &fixture.server,
        json!({ "persons": [
        { "id": 30, "name": "His office", "phones": [{ "value": "+1 415 555 0118" }] }] }),
    );
    let all = fixture.crm.get_remaining(&request).await.unwrap();
    assert_eq!((names(&all.contacts), all.complete), (vec!["Marcus Bell", "His office"], true));
}

#[tokio::test]
async fn a_search_by_digits_needs_no_formats() {
    let fixture = fixture(&[]).await;
    let missed = fixture.crm.get_contact(&ask("+14155550118")).await.unwrap();
    assert_eq!((missed.contacts.len(), missed.complete), (0, true));
    fixture.server.faults().phone_search = PhoneSearch::Digits;
    let found = fixture.crm.get_contact(&ask("+14155550118")).await.unwrap();
    assert_eq!(names(&found.contacts), ["Marcus Bell"]);
}

#[tokio::test]
async fn formats_of_a_request_override_those_of_the_account() {
    let fixture = fixture(&["(###) ###-####"]).await;
    let request =
        GetContact { overriding_format: vec!["###.###.####".into()], ..ask("+14155550118") };
    let answer = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!((answer.contacts.len(), answer.complete), (0, true));
    let asked = fixture.asked();
    assert_eq!(asked[1], "GET /api/v2/itemSearch term=415.555.0118", "{asked:?}");
}

#[tokio::test]
async fn all_on_one_number_are_found_in_the_region_of_the_account() {
    let fixture = fixture(&[]).await;
    let mut settings = settings(&fixture.server.url, &["0## ########"]);
    let abroad = account(&settings, TOKEN);
    let first = abroad.get_contact(&ask("+442079460018")).await.unwrap();
    assert_eq!(names(&first.contacts), ["Front desk"], "020… is no British number in America");
    settings.region = Some("GB".into());
    let at_home = account(&settings, TOKEN);
    let all = at_home.get_remaining(&ask("+442079460018")).await.unwrap();
    assert_eq!(names(&all.contacts), ["Front desk", "Grace Lin"]);
}

#[tokio::test]
async fn an_extension_is_a_whole_number() {
    let fixture = fixture(&[]).await;
    plant(
        &fixture.server,
        json!({ "persons": [
        { "id": 31, "name": "Longer", "phones": [{ "value": "2041" }] }] }),
    );
    let request = GetContact { is_extension: true, ..ask("204") };
    let answer = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Priya Raman"]);
    let as_number = fixture.crm.get_contact(&ask("204")).await.unwrap();
    assert_eq!(as_number.contacts, []);
}

#[tokio::test]
async fn five_hundred_on_one_number_are_found_with_three_requests() {
    let fixture = fixture(&[]).await;
    // The traps come first, so that the first hundred finds are all other numbers.
    let trap = |n: u32| {
        json!({ "name": format!("Trap {n}"),
        "phones": [{ "value": format!("+49 4155557777{n}") }] })
    };
    let real = |n: u32| {
        json!({ "name": format!("Shared {n}"),
        "phones": [{ "value": "4155557777" }] })
    };
    let persons: Vec<_> = (0..100).map(trap).chain((0..420).map(real)).collect();
    plant(&fixture.server, json!({ "persons": persons }));
    let answer = fixture.crm.get_contact(&ask("+14155557777")).await.unwrap();
    assert_eq!(answer.contacts.len(), 400, "the search gives 500 at once, 100 of them traps");
    assert!(answer.contacts.iter().all(|contact| contact.name.starts_with("Shared")));
    let asked = fixture.asked();
    assert_eq!(asked.len(), 3, "{asked:?}");
    assert!(asked[1].starts_with("GET /api/v2/persons/search"), "{asked:?}");
}

#[tokio::test]
async fn a_sign_in_without_the_wide_search_still_finds_people() {
    let options = fake_pipedrive::Options::new(TOKEN);
    let fixture = fixture_of(options, &[]).await;
    fixture.faults("/api/v2/itemSearch", |faults| {
        (faults.fail_times, faults.fail_status) = (9, 403);
    });
    let answer = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Nadia Okafor"]);
    assert_eq!(answer.contacts[0].associations, []);
    assert_eq!(answer.contacts[0].phones[0].field.as_deref(), Some("mobile"));
}

#[tokio::test]
async fn details_that_do_not_come_in_time_hold_up_nobody() {
    let fixture = fixture(&[]).await;
    fixture.faults("/api/v2/persons", |faults| faults.delay_ms = 60_000);
    let begin = std::time::Instant::now();
    let answer = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Nadia Okafor"]);
    assert_eq!(answer.contacts[0].associations.len(), 2);
    assert!(begin.elapsed().as_secs() < 6, "{:?}", begin.elapsed());
}

#[tokio::test]
async fn names_are_found_with_their_deals() {
    let fixture = fixture(&[]).await;
    let found = fixture.crm.find_contact_by_name("okafor").await.unwrap();
    assert_eq!(names(&found), ["Nadia Okafor"]);
    assert_eq!(found[0].associations.len(), 2);
    let found = fixture.crm.find_contact_by_name("GRACE LIN ").await.unwrap();
    assert_eq!(names(&found), ["Grace Lin"]);
    fixture.server.forget_requests();
    for nobody in ["n", "%%", "  ", "?"] {
        assert_eq!(fixture.crm.find_contact_by_name(nobody).await.unwrap(), [], "{nobody}");
    }
    assert_eq!(fixture.asked(), [""; 0], "too short to ask for");
}

#[tokio::test]
async fn a_refresh_sees_the_change_and_a_deleted_person_is_gone() {
    let fixture = fixture(&[]).await;
    let nadia = fixture.nadia().await;
    let rename = |store: &mut fake_pipedrive::Store, name: &str| {
        store.persons.get_mut(&5).unwrap().name = name.into();
    };
    rename(&mut fixture.server.store(), "Nadia Eze");
    let request = GetContact { force_refresh: true, ..ask("+14155550142") };
    let after = fixture.crm.get_contact(&request).await.unwrap();
    assert_eq!(names(&after.contacts), ["Nadia Eze"]);
    fixture.server.store().persons.get_mut(&5).unwrap().is_deleted = true;
    assert!(matches!(fixture.crm.contact(&nadia.reference).await, Err(Error::NotFound)));
    assert_eq!(fixture.crm.get_contact(&request).await.unwrap().contacts, []);
}

#[tokio::test]
async fn a_bulk_pull_sees_everybody_once_and_goes_on_where_it_stopped() {
    let fixture = fixture(&[]).await;
    let bulk = |n: u32| json!({ "name": format!("Bulk {n}"), "org_id": 3 });
    let persons: Vec<_> = (0..420).map(bulk).collect();
    plant(&fixture.server, json!({ "persons": persons }));
    let first = fixture.crm.contact_pages(None, None).await.unwrap();
    let mut seen = first.contacts;
    let mut cursor = first.next;
    // Another run of the program goes on with the cursor alone, and a list that shrinks meanwhile
    // loses nobody.
    let again = account(&settings(&fixture.server.url, &[]), TOKEN);
    fixture.server.store().persons.get_mut(&6).unwrap().is_deleted = true;
    while let Some(at) = cursor.take() {
        let page = again.contact_pages(Some(&at), None).await.unwrap();
        seen.extend(page.contacts);
        cursor = page.next;
    }
    let mut ids: Vec<_> = seen.iter().map(|contact| contact.reference.clone()).collect();
    ids.sort();
    ids.dedup();
    assert_eq!((seen.len(), ids.len()), (426, 426));
    let bulk = seen.iter().find(|contact| contact.name == "Bulk 7").unwrap();
    assert_eq!(bulk.company.as_deref(), Some("Lumen Freight"));
    // Only what has changed since.
    let since = "2026-11-20T16:30:00Z".parse().unwrap();
    fixture.server.store().persons.retain(|id, _| *id <= 5);
    let changed = again.contact_pages(None, Some(since)).await.unwrap();
    assert_eq!((names(&changed.contacts), changed.next), (vec!["Nadia Okafor"], None));
    let later = "2026-11-20T16:30:01Z".parse().unwrap();
    assert_eq!(again.contact_pages(None, Some(later)).await.unwrap().contacts, []);
}
