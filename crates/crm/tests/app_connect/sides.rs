//! What the server keeps beside contacts and call logs.

use ringside_crm::{CallBackState, Crm, NewCallBack, SettingValue};
use ringside_domain::Direction;
use ringside_domain::log::{LogFieldKind, MessageEntry, TextMessage};
use ringside_web::Error;
use serde_json::json;

use crate::support::{KEY, Server, contact};

#[tokio::test]
async fn what_the_server_keeps_beside_is_reached() {
    let server = Server::start().await;
    server.reset().await;
    messages_call_backs_and_settings_are_kept(&server).await;
}

fn texts(count: usize) -> MessageEntry {
    let text = |n: usize| TextMessage {
        id: format!("m{n}"),
        direction: if n.is_multiple_of(2) { Direction::Inbound } else { Direction::Outbound },
        at: "2026-11-23T09:41:07Z".parse().unwrap(),
        text: format!("text {n}"),
    };
    MessageEntry {
        key: "ringside:texts-1:acme".into(),
        contact: contact("c-1"),
        contact_name: "Nadia Okafor".into(),
        subject: "Messages".into(),
        remote_number: "+14155550142".into(),
        local_number: "+14155550100".into(),
        texts: (0..count).map(text).collect(),
    }
}

async fn messages_call_backs_and_settings_are_kept(server: &Server) {
    let (crm, _) = server.account("demo", KEY);
    crm.user_info().await.unwrap();

    // The form of a log.
    let can = crm.capabilities();
    assert!(can.find_by_name && can.update_log && !can.disposition_apart && can.cache_note);
    assert!(can.messages && can.call_backs && can.server_settings && !can.contact_pages);
    let ids: Vec<_> = can.log_fields.iter().map(|field| field.id.as_str()).collect();
    assert_eq!(ids, ["associatedDeal", "queue", "ticket", "billable"]);
    let of_contact = Some("deal".to_owned());
    assert!(
        matches!(&can.log_fields[0].kind, LogFieldKind::Choice { of_contact: kind, .. } if *kind == of_contact)
    );

    // Messages: one record a day, each message once, oldest first.
    let record = crm.create_message_log(&texts(2)).await.unwrap();
    crm.update_message_log(&record, &texts(3)).await.unwrap();
    crm.update_message_log(&record, &texts(3)).await.unwrap();
    let held = server.records("messages").await;
    assert_eq!(held.len(), 1);
    assert_eq!(held[0]["contact"], "c-1");
    let said = held[0]["texts"].as_array().unwrap().iter();
    let said: Vec<_> = said
        .map(|text| (text["text"].as_str().unwrap(), text["direction"].as_str().unwrap()))
        .collect();
    assert_eq!(said, [("text 0", "Inbound"), ("text 1", "Outbound"), ("text 2", "Inbound")]);

    // People to call back.
    let at = Some("2026-11-25T10:00:00Z".parse().unwrap());
    let id = crm.create_call_back(&NewCallBack { contact: contact("c-2"), at }).await.unwrap();
    let mut list = crm.call_backs().await.unwrap();
    assert_eq!(list.len(), 1);
    let mut entry = list.remove(0);
    assert_eq!((&entry.id, &entry.contact, entry.at), (&id, &contact("c-2"), at));
    assert_eq!(entry.state, CallBackState::Open);
    let called = Some("2026-11-25T10:02:00Z".parse().unwrap());
    entry.state = CallBackState::Called { at: called };
    crm.update_call_back(&entry).await.unwrap();
    assert_eq!(crm.call_backs().await.unwrap()[0].state, CallBackState::Called { at: called });
    crm.delete_call_back(&id).await.unwrap();
    assert!(crm.call_backs().await.unwrap().is_empty());
    assert!(matches!(crm.delete_call_back(&id).await, Err(Error::NotFound)));
    assert!(matches!(crm.update_call_back(&entry).await, Err(Error::NotFound)));

    // Settings: the manifest's words, the server's values, the administrator's lock.
    let settings = crm.server_settings().await.unwrap();
    let ids: Vec<_> = settings.iter().map(|setting| setting.id.as_str()).collect();
    assert_eq!(ids, ["demoSilent", "demoQueue", "demoPrefix"]);
    assert_eq!(
        (settings[0].label.as_str(), &settings[0].value),
        ("Silent", &SettingValue::Flag(false))
    );
    assert_eq!(settings[1].options[1], ("care".into(), "Care".into()));
    assert_eq!(settings[2].value, SettingValue::Unset);
    let care = SettingValue::Text("care".into());
    crm.set_server_setting("demoQueue", &care).await.unwrap();
    crm.set_server_setting("demoSilent", &SettingValue::Flag(true)).await.unwrap();
    let settings = crm.server_settings().await.unwrap();
    assert_eq!((&settings[0].value, &settings[1].value), (&SettingValue::Flag(true), &care));
    crm.set_server_setting("demoSilent", &SettingValue::Unset).await.unwrap();
    assert_eq!(crm.server_settings().await.unwrap()[0].value, SettingValue::Flag(false));
    let locked = json!({ "demoQueue": { "value": "sales", "customizable": false } });
    server.oracle("POST", "user", locked).await;
    let settings = crm.server_settings().await.unwrap();
    assert!(settings[1].locked && !settings[0].locked);
    assert!(matches!(crm.set_server_setting("demoQueue", &care).await, Err(Error::Forbidden)));
    let sales = SettingValue::Text("sales".into());
    assert_eq!(crm.server_settings().await.unwrap()[1].value, sales);
}
