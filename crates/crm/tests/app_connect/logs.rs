use futures::future::join_all;
use ringside_crm::Crm;
use ringside_domain::Association;
use ringside_web::Error;
use serde_json::{Value, json};

use crate::support::{KEY, Server, contact, entry};

#[tokio::test]
async fn logs_are_written_once_and_whole() {
    let server = Server::start().await;
    server.reset().await;
    a_log_is_written_read_changed_and_found(&server).await;
    server.reset().await;
    one_call_is_one_log_however_often_it_is_sent(&server).await;
    server.reset().await;
    notes_arrive_as_they_were_written_in_every_format(&server).await;
    server.reset().await;
    many_logs_are_read_whatever_becomes_of_one(&server).await;
}

async fn a_log_is_written_read_changed_and_found(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    let mut log = entry("ringside:call-1:acme");
    let deal = Association {
        kind: "deal".into(),
        id: "d-2".into(),
        title: "40 seats".into(),
        detail: None,
    };
    log.association = Some(deal);
    log.fields.insert("billable".into(), "false".into());
    log.fields.insert("ticket".into(), "T-9".into());
    assert_eq!(crm.find_call_log(&log).await.unwrap(), None);
    let id = crm.create_call_log(&log).await.unwrap();

    let held = server.records("activities").await;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["id"], id);
    let expected = json!({
        "contact": "c-1", "contact_type": "Contact", "contact_name": "Nadia Okafor",
        "session": log.key, "subject": log.subject, "direction": "Inbound",
        "from": "+14155550142", "to": "+14155550100", "start": "2026-11-23T09:41:07.000Z",
        "duration": 472, "result": "Call connected",
        "additional": { "associatedDeal": "d-2", "queue": "sales", "ticket": "T-9", "billable": false },
    });
    for (name, value) in expected.as_object().unwrap() {
        assert_eq!(&held[0][name], value, "{name}");
    }
    assert!(body(&held[0]).starts_with(&format!("- Note: {}\n", log.note)), "{}", body(&held[0]));

    let read = crm.get_call_log(&id).await.unwrap();
    assert_eq!(
        (read.subject.as_str(), read.note.as_str()),
        (log.subject.as_str(), log.note.as_str())
    );
    assert_eq!((read.id, read.contact), (id.clone(), Some("c-1".into())));
    assert_eq!(crm.find_call_log(&log).await.unwrap(), Some(id.clone()));

    log.note = "Sent it.".into();
    log.duration_s = 480;
    log.subject = "Quote".into();
    crm.update_call_log(&id, &log).await.unwrap();
    let held = server.records("activities").await;
    assert_eq!((&held[0]["subject"], &held[0]["duration"]), (&json!("Quote"), &json!(480)));
    assert_eq!(held[0]["start"], "2026-11-23T09:41:07.000Z", "an update moved the call");
    assert_eq!(crm.get_call_log(&id).await.unwrap().note, "Sent it.");

    // The note is taken away.
    log.note.clear();
    crm.update_call_log(&id, &log).await.unwrap();
    assert_eq!(crm.get_call_log(&id).await.unwrap().note, "");

    log.fields.insert("queue".into(), "care".into());
    crm.update_call_log(&id, &log).await.unwrap();
    let held = server.records("activities").await;
    assert_eq!(held[0]["additional"]["queue"], "care");
    assert_eq!(held[0]["dispositions"]["queue"], "care");

    crm.cache_note(&log).await.unwrap();
    assert_eq!(server.state().await["notes"][&log.key]["sessionId"], log.key);
    assert_eq!(server.records("activities").await.len(), 1);

    let mut moved = log.clone();
    moved.contact = contact("c-2");
    let moved = crm.update_call_log(&id, &moved).await;
    assert!(matches!(moved, Err(Error::Rejected { .. })), "{moved:?}");
}

/// The server alone makes five records of five requests at once.
async fn one_call_is_one_log_however_often_it_is_sent(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    let log = entry("ringside:call-1:acme");
    let sent = join_all((0..5).map(|_| crm.create_call_log(&log))).await;
    let ids: Vec<String> = sent.into_iter().map(Result::unwrap).collect();
    assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    assert_eq!(server.records("activities").await.len(), 1);

    // A later attempt brings what counts now.
    let mut later = log.clone();
    later.note = "More.".into();
    let (other, _) = server.account("demo", KEY);
    assert_eq!(other.create_call_log(&later).await.unwrap(), ids[0]);
    assert_eq!(other.get_call_log(&ids[0]).await.unwrap().note, "More.");
    assert_eq!(server.records("activities").await.len(), 1);
}

async fn notes_arrive_as_they_were_written_in_every_format(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    for (at, format) in ["text/plain", "text/markdown", "text/html"].into_iter().enumerate() {
        server.oracle("PUT", "switch", json!({ "format": format })).await;
        let mut log = entry(&format!("ringside:call-{at}:acme"));
        log.note = "before".into();
        let id = crm.create_call_log(&log).await.unwrap();
        for note in ["cost is $& or $1 or $$5, and $` or $'", "plain again", "$100\n\n- then $2"] {
            log.note = note.into();
            crm.update_call_log(&id, &log).await.unwrap();
            let held = &server.records("activities").await[at];
            assert_eq!(body(held).matches(note).count(), 1, "{format}: {}", body(held));
            assert!(!body(held).contains("before"), "{format}: {}", body(held));
            assert_eq!(crm.get_call_log(&id).await.unwrap().note, note, "{format}");
        }
    }
    // The first note of a log is not a replacement.
    let mut log = entry("ringside:call-9:acme");
    log.note.clear();
    let id = crm.create_call_log(&log).await.unwrap();
    log.note = "$& first".into();
    crm.update_call_log(&id, &log).await.unwrap();
    let held = server.records("activities").await;
    assert_eq!(body(held.last().unwrap()).matches("$& first").count(), 1);
    assert!(!body(held.last().unwrap()).contains("$$&"));
}

/// The server reads five at once and drops the rest; one that fails fails all.
async fn many_logs_are_read_whatever_becomes_of_one(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    let keys: Vec<String> = (0..7).map(|n| format!("ringside:call-{n}:acme")).collect();
    let mut ids = Vec::new();
    for key in &keys {
        ids.push(crm.create_call_log(&entry(key)).await.unwrap());
    }
    let asked: Vec<&str> = keys.iter().map(String::as_str).chain(["never"]).collect();
    let logs = crm.call_logs(&asked).await.unwrap();
    assert_eq!(logs.iter().map(|(key, _)| *key).collect::<Vec<_>>(), asked);
    for ((_, log), id) in logs.iter().zip(&ids) {
        assert_eq!(&log.as_ref().unwrap().as_ref().unwrap().id, id);
    }
    assert!(logs[7].1.as_ref().unwrap().is_none());

    server.oracle("DELETE", &format!("records/activities/{}", ids[1]), json!({})).await;
    let logs = crm.call_logs(&asked).await.unwrap();
    assert!(matches!(logs[1].1, Err(Error::NotFound)), "{:?}", logs[1].1);
    let others = logs.iter().enumerate().filter(|(at, _)| !matches!(at, 1 | 7));
    for (at, (_, log)) in others {
        assert_eq!(log.as_ref().unwrap().as_ref().unwrap().id, ids[at]);
    }
    // Gone from the CRM, and the server says "authorization error" for it.
    let gone = crm.update_call_log(&ids[1], &entry(&keys[1])).await;
    assert!(matches!(gone, Err(Error::NotFound)), "{gone:?}");
    let unknown = crm.update_call_log("act-0", &entry("ringside:never:acme")).await;
    assert!(matches!(unknown, Err(Error::NotFound)), "{unknown:?}");
}

fn body(activity: &Value) -> &str {
    activity["body"].as_str().unwrap()
}
