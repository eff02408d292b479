//! A Pipedrive that is slow, down, revoked, or talks nonsense.

use std::time::Instant;

use crate::support::*;
use fake_pipedrive::faults::{Faults, Nonsense};
use ringside_crm::{Crm, Opening, adapter, open};
use ringside_web::Error;
use ringside_web::credentials::{Credentials, KeepNothing};

#[tokio::test]
async fn every_refusal_has_its_meaning() {
    let fixture = fixture(&[]).await;
    let nadia = fixture.nadia().await;
    let entry = entry(&nadia);
    fixture.crm.create_call_log(&entry).await.unwrap();
    let fail = |path: &str, status: u16| {
        *fixture.server.faults() = Faults {
            path_prefix: path.to_owned(),
            fail_times: 1,
            fail_status: status,
            ..Faults::default()
        };
    };
    for (status, expected) in [
        (400, "refused: Bad Request"),
        (402, "refused: Payment Required"),
        (403, "not allowed"),
        (404, "not found"),
        (410, "not found"),
        (422, "refused: Unprocessable Entity"),
        (500, "sent, but the outcome is unknown: answered 500 Internal Server Error"),
        (503, "sent, but the outcome is unknown: answered 503 Service Unavailable"),
    ] {
        fail("/api/v2/activities", status);
        let refused = fixture.crm.create_call_log(&entry).await.unwrap_err();
        assert_eq!(refused.to_string(), expected, "{status}");
    }
    // Reading is harmless: it is tried again.
    fail("/api/", 503);
    fixture.crm.user_info().await.unwrap();
    fail("/api/", 401);
    assert!(matches!(fixture.crm.user_info().await, Err(Error::Unauthorized)));
}

#[tokio::test]
async fn nonsense_is_a_clear_error_and_no_panic() {
    let fixture = fixture(&[]).await;
    let nadia = fixture.nadia().await;
    let entry = entry(&nadia);
    fixture.crm.create_call_log(&entry).await.unwrap();
    for nonsense in
        [Nonsense::Html, Nonsense::Json, Nonsense::Truncated, Nonsense::Empty, Nonsense::Huge]
    {
        fixture.server.faults().nonsense = Some(nonsense);
        let read = fixture.crm.get_contact(&ask("+14155550142")).await;
        assert!(matches!(read, Err(Error::BadAnswer(_))), "{nonsense:?}: {read:?}");
        let write = fixture.crm.create_call_log(&entry).await;
        let unclear = matches!(write, Err(Error::Ambiguous(_) | Error::BadAnswer(_)));
        assert!(unclear, "{nonsense:?}: {write:?}");
        let page = fixture.crm.contact_pages(None, None).await;
        assert!(page.is_err(), "{nonsense:?}: {page:?}");
        fixture.server.faults().nonsense = None;
    }
    assert_eq!(fixture.activities().len(), 1);
}

#[tokio::test]
async fn a_slow_crm_keeps_to_its_deadline() {
    let fixture = fixture(&[]).await;
    fixture.server.faults().delay_ms = 60_000;
    let mut hasty = settings(&fixture.server.url, &[]);
    hasty.deadline_s = 1;
    let begin = Instant::now();
    let late = account(&hasty, TOKEN).get_contact(&ask("+14155550142")).await;
    assert!(matches!(late, Err(Error::Unreachable(_))), "{late:?}");
    assert!(begin.elapsed().as_secs() < 3);
}

#[tokio::test]
async fn a_crm_that_is_down_gets_nothing() {
    let fixture = fixture(&[]).await;
    let entry = entry(&fixture.nadia().await);
    fixture.server.stop().await;
    let down = fixture.crm.get_contact(&ask("+14155550142")).await;
    assert!(matches!(down, Err(Error::Unreachable(_))), "{down:?}");
    let write = fixture.crm.create_call_log(&entry).await;
    assert!(matches!(write, Err(Error::Unreachable(_))), "nothing was sent: {write:?}");
}

#[tokio::test]
async fn tokens_that_do_not_serve_are_told_apart() {
    let fixture = fixture(&[]).await;
    let settings = settings(&fixture.server.url, &[]);
    let unknown = account(&settings, "never-given-out");
    assert!(matches!(unknown.user_info().await, Err(Error::Unauthorized)));
    let reader = account(&settings, READ_ONLY);
    let found = reader.get_contact(&ask("+14155550142")).await.unwrap();
    let write = reader.create_call_log(&entry(&found.contacts[0])).await;
    assert!(matches!(write, Err(Error::Forbidden)), "{write:?}");
    let me = fixture.crm.user_info().await.unwrap();
    assert_eq!((me.id.as_str(), me.name.as_str()), ("1", "Jonas Weber"));
    // An API token cannot be ended from here.
    fixture.crm.unauthorize().await.unwrap();
    fixture.crm.user_info().await.unwrap();
    assert!(fixture.server.requests().iter().all(|r| r.signed == Some("api-token")));
}

#[tokio::test]
async fn an_error_never_names_the_caller_or_the_token() {
    let fixture = fixture(&[]).await;
    let mut hasty = settings(&fixture.server.url, &[]);
    hasty.deadline_s = 1;
    let crm = account(&hasty, TOKEN);
    fixture.server.faults().nonsense = Some(Nonsense::Json);
    let mut errors = vec![crm.get_contact(&ask("+14155550142")).await.unwrap_err()];
    *fixture.server.faults() = Faults { delay_ms: 60_000, ..Faults::default() };
    errors.push(crm.get_contact(&ask("+14155550142")).await.unwrap_err());
    fixture.server.stop().await;
    errors.push(crm.get_contact(&ask("+14155550142")).await.unwrap_err());
    for error in errors {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("4155550142") && !text.contains(TOKEN), "{text}");
    }
}

#[test]
fn an_account_opens_by_its_kind() {
    assert!(adapter("pipedrive").is_ok());
    let region = region("US");
    let opens = |url: &str| {
        let (settings, credentials) = (settings(url, &[]), Credentials::Key("k".into()));
        let keeper = KeepNothing::shared();
        open(Opening { settings: &settings, region: &region, credentials, keeper }).is_ok()
    };
    assert!(opens("https://acme.pipedrive.com"));
    assert!(!opens("http://acme.pipedrive.com"));
}
