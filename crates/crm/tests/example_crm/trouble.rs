//! A CRM that is slow, down, full, confused, or no longer ours.

use std::time::{Duration, Instant};

use crate::support::*;
use ringside_crm::{Credentials, Crm, Error, KeepNothing, OpenError, Opening};
use ringside_domain::settings::AccountSettings;
use serde_json::json;

#[tokio::test]
async fn nonsense_is_a_bad_answer_and_after_a_write_an_unknown_outcome() {
    let fixture = fixture(&[], 8).await;
    let entry = entry(&fixture.someone("Nadia").await);
    for nonsense in ["html", "json", "empty", "huge"] {
        fixture.faults(json!({ "nonsense": nonsense })).await;
        let read = fixture.crm.get_contact(&ask("+14155550142")).await;
        assert!(matches!(read, Err(Error::BadAnswer(_))), "{nonsense}: {read:?}");
        let write = fixture.crm.create_call_log(&entry).await;
        assert!(matches!(write, Err(Error::Ambiguous(_))), "{nonsense}: {write:?}");
    }
    fixture.call("DELETE", "/_faults", json!({})).await;
    assert_eq!(fixture.crm.find_call_log(&entry).await.unwrap(), None);
}

#[tokio::test]
async fn a_slow_crm_is_given_up_in_time() {
    let fixture = fixture(&["###-###-####", "(###) ###-####"], 1).await;
    fixture.faults(json!({ "delay_ms": 60_000 })).await;
    let started = Instant::now();
    let slow = fixture.crm.get_contact(&ask("+14155550142")).await;
    assert!(matches!(slow, Err(Error::Unreachable(_))), "{slow:?}");
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(900) && took < Duration::from_secs(6), "{took:?}");
}

#[tokio::test]
async fn a_read_waits_as_long_as_the_crm_asks_if_that_is_in_time() {
    let fixture = fixture(&[], 8).await;
    fixture.faults(json!({ "rate_limit_times": 1, "retry_after_s": 1 })).await;
    let started = Instant::now();
    fixture.crm.user_info().await.unwrap();
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert_eq!(fixture.requests().await.len(), 2);
}

#[tokio::test]
async fn a_longer_wait_is_said_and_kept_by_everybody() {
    let fixture = fixture(&[], 2).await;
    let entry = entry(&fixture.someone("Nadia").await);
    let asked = fixture.requests().await.len();
    fixture.faults(json!({ "rate_limit_times": 1, "retry_after_s": 90 })).await;
    match fixture.crm.create_call_log(&entry).await {
        Err(Error::RateLimited { retry_after }) => {
            assert_eq!(retry_after, Some(Duration::from_secs(90)));
        }
        other => panic!("{other:?}"),
    }
    match fixture.crm.get_contact(&ask("+14155550142")).await {
        Err(Error::RateLimited { retry_after: Some(wait) }) => {
            assert!(wait > Duration::from_secs(60) && wait <= Duration::from_secs(90), "{wait:?}");
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(fixture.requests().await.len(), asked + 1, "nothing is sent during the pause");
}

#[tokio::test]
async fn a_short_failure_is_not_noticed_and_a_long_one_is_said() {
    let fixture = fixture(&["(###) ###-####"], 8).await;
    fixture.faults(json!({ "fail_times": 2, "fail_status": 500 })).await;
    let answer = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Nadia Okafor"]);
    fixture.faults(json!({ "fail_times": 100, "fail_status": 503 })).await;
    let failed = fixture.crm.get_contact(&ask("+14155550142")).await;
    assert!(matches!(failed, Err(Error::Unreachable(_))), "{failed:?}");
    let entry =
        entry(&ringside_domain::Contact { reference: gone("acme", "1"), ..fixture_contact() });
    let write = fixture.crm.create_call_log(&entry).await;
    assert!(matches!(write, Err(Error::Ambiguous(_))), "{write:?}");
}

fn fixture_contact() -> ringside_domain::Contact {
    ringside_domain::Contact {
        reference: gone("acme", "1"),
        name: "Somebody".into(),
        phones: Vec::new(),
        company: None,
        title: None,
        email: None,
        created_at: None,
        last_activity_at: None,
        associations: Vec::new(),
    }
}

#[tokio::test]
async fn a_crm_that_is_down_gets_nothing_and_is_found_again() {
    let fixture = fixture(&[], 2).await;
    let address = fixture.server.url.strip_prefix("http://").unwrap().parse().unwrap();
    fixture.server.stop().await;
    let down = fixture.crm.get_contact(&ask("+14155550118")).await;
    assert!(matches!(down, Err(Error::Unreachable(_))), "{down:?}");
    let write = fixture.crm.create_call_log(&entry(&fixture_contact())).await;
    assert!(matches!(write, Err(Error::Unreachable(_))), "nothing was sent: {write:?}");
    // The same data on the same port: what was stored is still there.
    let options = example_crm::Options {
        listen: address,
        ..example_crm::Options::new(fixture.data.path(), KEY)
    };
    let _server = example_crm::Server::start(options).await.unwrap();
    let found = fixture.crm.get_contact(&ask("+14155550118")).await.unwrap();
    assert_eq!(names(&found.contacts), ["Marcus Bell"]);
}

#[tokio::test]
async fn keys_that_do_not_serve_are_told_apart() {
    let fixture = fixture(&[], 8).await;
    let settings = settings(&fixture.server.url, &[], 8);
    let unknown = account(&settings, "never-given-out");
    assert!(matches!(unknown.user_info().await, Err(Error::Unauthorized)));
    let reader = account(&settings, READ_ONLY);
    let found = reader.get_contact(&ask("+14155550118")).await.unwrap();
    assert_eq!(found.contacts.len(), 1);
    let write = reader.create_call_log(&entry(&found.contacts[0])).await;
    assert!(matches!(write, Err(Error::Forbidden)), "{write:?}");
    let me = fixture.crm.user_info().await.unwrap();
    assert_eq!((me.id.as_str(), me.name.as_str()), ("1", "Jonas Weber"));
}

#[tokio::test]
async fn an_error_never_names_the_caller_or_the_key() {
    let fixture = fixture(&[], 1).await;
    fixture.faults(json!({ "nonsense": "json" })).await;
    let mut errors = vec![fixture.crm.get_contact(&ask("+14155550142")).await.unwrap_err()];
    fixture.faults(json!({ "delay_ms": 60_000 })).await;
    errors.push(fixture.crm.get_contact(&ask("+14155550142")).await.unwrap_err());
    fixture.server.stop().await;
    errors.push(fixture.crm.get_contact(&ask("+14155550142")).await.unwrap_err());
    for error in errors {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("4155550142") && !text.contains(KEY), "{text}");
    }
}

#[test]
fn an_account_opens_by_its_kind_and_not_without_safe_settings() {
    let open = |kind: &str, url: &str, key: &str| {
        let settings = AccountSettings { kind: kind.into(), ..settings(url, &[], 8) };
        let credentials = Credentials::Key(key.into());
        let keeper = KeepNothing::shared();
        ringside_crm::open(Opening { settings: &settings, region: &region(), credentials, keeper })
            .err()
    };
    assert!(open("example", "http://127.0.0.1:1", "k").is_none());
    let unknown = open("nonesuch", "http://127.0.0.1:1", "k");
    assert!(matches!(unknown, Some(OpenError::UnknownKind(kind)) if kind == "nonesuch"));
    assert!(matches!(open("example", "http://crm.example", "k"), Some(OpenError::Insecure(_))));
    assert!(matches!(open("example", "crm.example", "k"), Some(OpenError::BadUrl(_))));
    assert!(matches!(open("example", "https://crm.example", "a\nb"), Some(OpenError::BadSecret)));
}
