use std::time::{Duration, Instant};

use ringside_crm::Crm;
use ringside_web::Error;
use serde_json::json;

use crate::support::{KEY, Server, ask, entry};

#[tokio::test]
async fn every_failure_has_its_name() {
    let server = Server::start().await;
    server.reset().await;
    every_failure_of_the_crm_is_named(&server).await;
    server.reset().await;
    a_server_that_is_gone_or_another_is_said(server).await;
}

async fn every_failure_of_the_crm_is_named(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    crm.user_info().await.unwrap();

    // Looking up.
    for (status, expected) in [(401, "Unauthorized"), (429, "RateLimited"), (500, "Unreachable")] {
        server.fault(json!({ "on": "GET /api/contacts", "times": 1, "status": status })).await;
        let failed = crm.get_contact(&ask("+14155550142")).await.unwrap_err();
        assert!(format!("{failed:?}").starts_with(expected), "{status}: {failed:?}");
    }

    // Writing. The server says the same for 400 to 409; a search tells them apart.
    let log = entry("ringside:call-1:acme");
    let on = "POST /api/activities";
    server.fault(json!({ "on": on, "times": 1, "status": 403 })).await;
    let failed = crm.create_call_log(&log).await;
    assert!(matches!(failed, Err(Error::Forbidden)), "{failed:?}");
    server.fault(json!({ "on": on, "times": 1, "status": 429 })).await;
    assert!(matches!(crm.create_call_log(&log).await, Err(Error::RateLimited { .. })));
    server.fault(json!({ "on": on, "times": 1, "status": 503 })).await;
    assert!(matches!(crm.create_call_log(&log).await, Err(Error::Ambiguous(_))));
    assert!(server.records("activities").await.is_empty());
    let id = crm.create_call_log(&log).await.unwrap();
    server.oracle("PUT", "switch", json!({ "keys": {} })).await;
    let failed = crm.update_call_log(&id, &log).await;
    assert!(matches!(failed, Err(Error::Unauthorized)), "{failed:?}");
    assert!(matches!(crm.user_info().await, Err(Error::Unauthorized)));

    // A key that may only read.
    server.oracle("PUT", "switch", json!({ "keys": { KEY: "read" } })).await;
    crm.user_info().await.unwrap();
    let failed = crm.create_call_log(&entry("ringside:call-2:acme")).await;
    assert!(matches!(failed, Err(Error::Forbidden)), "{failed:?}");
    server.oracle("PUT", "switch", json!({ "keys": { KEY: "full" } })).await;

    // A CRM that takes its time holds up nobody for longer than the account may take.
    server.fault(json!({ "on": "GET /api/contacts", "times": 1, "delay_ms": 8000 })).await;
    let mut settings = server.settings("demo");
    settings.deadline_s = 1;
    let (hasty, _) = server.open(
        &settings,
        ringside_web::credentials::Credentials::Session(server.token(1_000_000).await.into()),
    );
    let start = Instant::now();
    let failed = hasty.get_contact(&ask("+14155550142")).await;
    assert!(matches!(failed, Err(Error::Unreachable(_))), "{failed:?}");
    assert!(start.elapsed() < Duration::from_secs(4));
    assert_eq!(crm.get_contact(&ask("+14155550142")).await.unwrap().contacts.len(), 1);
}

async fn a_server_that_is_gone_or_another_is_said(server: Server) {
    let (crm, _) = server.account("nobodys", KEY);
    match crm.user_info().await {
        Err(Error::Rejected { message }) => assert_eq!(message, "Platform not found"),
        other => panic!("{other:?}"),
    }
    let mut settings = server.settings("demo");
    settings.url = format!("{}/not/here", server.url);
    let token = server.token(1_000_000).await;
    let (elsewhere, _) = server
        .open(&settings, ringside_web::credentials::Credentials::Session(token.clone().into()));
    assert!(elsewhere.get_contact(&ask("+14155550142")).await.is_err());
    let (crm, _) = server.open(
        &server.settings("demo"),
        ringside_web::credentials::Credentials::Session(token.into()),
    );
    drop(server);
    let gone = crm.get_contact(&ask("+14155550142")).await;
    assert!(matches!(gone, Err(Error::Unreachable(_))), "{gone:?}");
    let gone = crm.create_call_log(&entry("k")).await;
    assert!(matches!(gone, Err(Error::Unreachable(_))), "{gone:?}");
}
