//! Headers that carry the sign-in, tokens that a server replaces, and clocks that disagree.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use reqwest::header::HeaderName;
use ringside_web::Error;
use ringside_web::client::{Auth, Client};
use ringside_web::credentials::{Credentials, KeepError, KeepNothing, Keeper};
use ringside_web::credentials::{OAuthClient, OAuthTokens};
use secrecy::{ExposeSecret, SecretString};

use crate::support::*;

#[derive(Default)]
struct Vault(Mutex<Vec<String>>);

#[async_trait]
impl Keeper for Vault {
    async fn keep(&self, credentials: &Credentials) -> Result<(), KeepError> {
        let Credentials::Session(session) = credentials else { panic!("{credentials:?}") };
        self.0.lock().unwrap().push(session.token.expose_secret().to_owned());
        Ok(())
    }
}

#[tokio::test]
async fn a_key_goes_in_the_header_that_the_crm_wants() {
    let server = Server::start(|_| response("200 OK", &[], b"{}")).await;
    let name = HeaderName::from_static("x-api-token");
    let auth = Auth::header(name, &"full-key".into()).unwrap();
    let client = Client::new(server.url.clone(), auth, &options()).unwrap();
    read(&client).await.unwrap();
    client.warm().await;
    let heads = server.heads();
    assert!(heads[0].contains("\nx-api-token: full-key\n") && !heads[0].contains("authorization"));
    assert!(heads[1].starts_with("head ") && !heads[1].contains("full-key"), "{}", heads[1]);
}

#[tokio::test]
async fn a_token_that_the_server_replaces_is_kept_and_used_also_after_a_failure() {
    let server = Server::start(|head| {
        let fresh = head.contains("bearer second");
        let renewed: &[&str] = if fresh { &[] } else { &["X-Refreshed-JWT-Token: second"] };
        response(if fresh { "200 OK" } else { "400 Bad Request" }, renewed, b"{}")
    })
    .await;
    let vault = Arc::new(Vault::default());
    let renewed_by = Some(HeaderName::from_static("x-refreshed-jwt-token"));
    let auth =
        Auth::session(SecretString::from("first").into(), renewed_by, vault.clone()).unwrap();
    let client = Client::new(server.url.clone(), auth, &options()).unwrap();
    assert!(matches!(read(&client).await, Err(Error::Rejected { .. })));
    tokio::time::timeout(Duration::from_secs(5), async {
        while read(&client).await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
    assert!(server.heads()[0].contains("bearer first"));
    assert_eq!(vault.0.lock().unwrap().last().unwrap(), "second");
    client.auth().replace(SecretString::from("third").into()).await.unwrap();
    let _ = read(&client).await;
    assert!(server.heads().last().unwrap().contains("bearer third"));
    assert!(client.auth().replace(SecretString::from("a\nb").into()).await.is_err());
}

#[tokio::test]
async fn clocks_that_disagree_are_noticed_and_named_when_new_tokens_are_refused() {
    for (hours, named) in [(3, true), (0, false)] {
        let server = Server::start(move |head| {
            let date = jiff::Timestamp::now() + jiff::SignedDuration::from_hours(hours);
            let date = jiff::fmt::rfc2822::DateTimePrinter::new()
                .timestamp_to_rfc9110_string(&date)
                .unwrap();
            let date = format!("date: {date}");
            if head.starts_with("post /token") {
                let tokens = br#"{"access_token":"new","token_type":"bearer","expires_in":60}"#;
                return response("200 OK", &[&date, "content-type: application/json"], tokens);
            }
            response("401 Unauthorized", &[&date], br#"{"error":"token not yet valid"}"#)
        })
        .await;
        let tokens = OAuthTokens {
            client: OAuthClient { id: "app".into(), secret: None },
            token_url: server.url.join("/token").unwrap(),
            revoke_url: None,
            access: "old".into(),
            refresh: Some("again".into()),
            expires_at: None,
            api_url: None,
            scopes: Vec::new(),
        };
        let auth = Auth::oauth(tokens, KeepNothing::shared()).unwrap();
        let client = Client::new(server.url.clone(), auth, &options()).unwrap();
        assert_eq!(client.clock_skew(), None);
        let refused = write(&client).await.and_then(|answer| answer.check());
        match refused {
            Err(Error::Unreachable(why)) if named => assert!(why.words.contains("clocks"), "{why}"),
            Err(Error::Unauthorized) if !named => {}
            other => panic!("{other:?}"),
        }
        let skew = client.clock_skew().unwrap();
        assert!((skew - jiff::SignedDuration::from_hours(hours)).abs().as_secs() < 30, "{skew}");
        assert_eq!(server.heads().len(), 3, "one renewal, one second try");
        assert!(client.auth().tokens().unwrap().refresh.is_some(), "the old one still serves");
    }
}
