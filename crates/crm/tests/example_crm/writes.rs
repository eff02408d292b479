//! What only this CRM has: a key of ours that it keeps apart, and pages that it serves itself.

use crate::support::*;
use ringside_crm::Crm;
use ringside_domain::LogEntry;

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
async fn the_pages_for_people_are_there_and_safe() {
    let fixture = fixture(&[], 8).await;
    let bobby = fixture.someone("Robert").await;
    let id = fixture
        .crm
        .create_call_log(&LogEntry { association: None, ..entry(&bobby) })
        .await
        .unwrap();
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
}
