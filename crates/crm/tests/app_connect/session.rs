use ringside_crm::{Crm, Given, Way};
use ringside_web::Error;
use ringside_web::credentials::Credentials;
use ringside_web::sign_in::Page;
use secrecy::SecretString;
use serde_json::json;

use crate::support::{KEY, Server, ask, contact, entry};

#[tokio::test]
async fn people_sign_in_and_out() {
    let server = Server::start().await;
    server.reset().await;
    a_key_is_exchanged_once_and_the_session_is_kept(&server).await;
    server.reset().await;
    a_session_is_renewed_with_any_answer_and_ends_as_it_should(&server).await;
    server.reset().await;
    people_sign_in_as_the_manifest_says(&server).await;
}

async fn a_key_is_exchanged_once_and_the_session_is_kept(server: &Server) {
    let (crm, kept) = server.account("demo", KEY);
    // Several requests at once make one sign-in.
    let request = ask("+14155550142");
    let (first, second) =
        tokio::join!(crm.get_contact(&request), crm.find_contact_by_name("reyes"));
    assert!(first.is_ok() && second.is_ok());
    assert_eq!(kept.all().len(), 1);
    let me = server.asked().await.into_iter().filter(|asked| asked == "GET /api/me").count();
    assert_eq!(me, 1);

    // The session alone serves from then on.
    let session = Credentials::Session(SecretString::from(kept.all().remove(0)).into());
    let (again, _) = server.open(&server.settings("demo"), session);
    assert_eq!(again.get_contact(&ask("+14155550142")).await.unwrap().contacts.len(), 1);
    assert!(!server.asked().await.contains(&"GET /api/me".to_owned()));

    let (wrong, kept) = server.account("demo", "wrong-key");
    assert!(matches!(wrong.user_info().await, Err(Error::Unauthorized)));
    assert!(kept.all().is_empty());

    // Signing out ends it for the server, though the token itself lives on.
    again.unauthorize().await.unwrap();
    assert!(matches!(again.get_contact(&ask("+14155550142")).await, Err(Error::Unauthorized)));
    assert!(matches!(again.create_call_log(&entry("k")).await, Err(Error::Unauthorized)));
    assert!(matches!(again.user_info().await, Err(Error::Unauthorized)));
    again.unauthorize().await.unwrap();
}

async fn a_session_is_renewed_with_any_answer_and_ends_as_it_should(server: &Server) {
    let (first, _) = server.account("demo", KEY);
    first.user_info().await.unwrap();

    let (crm, kept) = server.open(
        &server.settings("demo"),
        Credentials::Session(server.token(3 * 24 * 3600).await.into()),
    );
    // A failure brings a new token as well.
    server.fault(json!({ "on": "GET /api/contacts", "times": 1, "status": 500 })).await;
    let failed = crm.get_contact(&ask("+14155550142")).await;
    assert!(matches!(failed, Err(Error::Unreachable(_))), "{failed:?}");
    let all = kept.wait_for(1).await;
    assert!(!all.is_empty(), "the renewed session is not kept");
    crm.get_contact(&ask("+14155550142")).await.unwrap();
    let count = kept.all().len();
    crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(kept.all().len(), count, "a session of two weeks was renewed");

    let expired = Credentials::Session(server.token(-10).await.into());
    let (crm, _) = server.open(&server.settings("demo"), expired);
    assert!(matches!(crm.get_contact(&ask("+14155550142")).await, Err(Error::Unauthorized)));
    assert!(matches!(crm.create_call_log(&entry("k")).await, Err(Error::Unauthorized)));
    assert!(matches!(crm.call_backs().await, Err(Error::Unauthorized)));
    assert!(matches!(crm.server_settings().await, Err(Error::Unauthorized)));
    // The server never answers this one.
    let start = std::time::Instant::now();
    let hangs = crm.cache_note(&entry("k")).await;
    assert!(matches!(hangs, Err(Error::Ambiguous(_) | Error::Unauthorized)), "{hangs:?}");
    assert!(start.elapsed().as_secs() < 8);
}

async fn people_sign_in_as_the_manifest_says(server: &Server) {
    let adapter = ringside_crm::adapter("app_connect").unwrap();
    assert!(adapter.has_connectors() && adapter.ways().is_empty());
    let settings = server.settings("demo");
    let all = adapter.connectors(&settings).await.unwrap();
    let names: Vec<_> = all.iter().map(|connector| connector.platform.as_str()).collect();
    assert_eq!(names, ["demo", "demoOAuth"]);
    assert_eq!(all[0].name, "Demo CRM");
    let Way::Fields(form) = &all[0].ways[0] else { panic!("{:?}", all[0].ways) };
    let ids: Vec<_> = form.iter().map(|field| (field.id.as_str(), field.secret)).collect();
    assert_eq!(ids, [("hostname", false), ("apiKey", true)]);
    assert!(matches!(all[1].ways[..], [Way::Browser { own_app: false, .. }]));

    let given = |key: &str| {
        let fields = [("hostname", "https://acme.demo.example/x"), ("apiKey", key)];
        let fields = fields.map(|(id, value)| (id.to_owned(), SecretString::from(value)));
        Given { key: SecretString::from(""), fields: fields.into() }
    };
    match adapter.sign_in(&settings, given("wrong")).await {
        Err(Error::Rejected { message }) => assert_eq!(message, "Could not load user information"),
        other => panic!("{other:?}"),
    }
    let session = adapter.sign_in(&settings, given(KEY)).await.unwrap();
    let (crm, _) = server.open(&settings, session);
    assert_eq!(crm.contact_url(&contact("c-1")), None, "nothing is known before it was asked");
    crm.user_info().await.unwrap();
    let page = crm.contact_url(&contact("c/1?x"));
    assert_eq!(page.as_deref(), Some("https://acme.demo.example/Contact/c%2F1%3Fx"));
    let page = crm.call_log_url("act-1");
    assert_eq!(page.as_deref(), Some("https://acme.demo.example/activities/act-1"));

    // The browser's part, and the address that it ends at.
    let settings = server.settings("demoOAuth@acme.demo.example");
    let page = Page { done: "Done.".into(), failed: "Failed.".into() };
    let sign_in = adapter.sign_in_browser(&settings, None, page).await.unwrap();
    assert!(!sign_in.comes_back());
    assert!(sign_in.url().as_str().starts_with(&format!("{}/oauth/authorize?", server.crm)));
    let browser = reqwest::Client::builder().no_proxy();
    let browser = browser.redirect(reqwest::redirect::Policy::none()).build().unwrap();
    let answer = browser.get(sign_in.url().clone()).send().await.unwrap();
    let address = answer.headers()["location"].to_str().unwrap().to_owned();
    let session = sign_in.finish_with(&address).await.unwrap();
    assert!(
        matches!(&session, Credentials::Session(session) if session.user.as_deref() == Some("Sam Agent"))
    );

    let (crm, _) = server.open(&settings, session);
    crm.user_info().await.unwrap();
    let page = crm.contact_url(&contact("c-1"));
    assert_eq!(page.as_deref(), Some("https://acme.demo.example/Contact/c-1"));
    assert_eq!(crm.get_contact(&ask("+14155550142")).await.unwrap().contacts.len(), 1);
    // The CRM's own token gets old: the server renews it, until the CRM takes the sign-in back.
    server.oracle("POST", "expire", json!({})).await;
    assert_eq!(crm.get_contact(&ask("+14155550142")).await.unwrap().contacts.len(), 1);
    server.oracle("PUT", "switch", json!({ "refresh_tokens": [] })).await;
    server.oracle("POST", "expire", json!({})).await;
    assert!(matches!(crm.get_contact(&ask("+14155550142")).await, Err(Error::Revoked)));
    assert!(matches!(crm.create_call_log(&entry("k")).await, Err(Error::Revoked)));
    assert!(server.records("activities").await.is_empty());
}
