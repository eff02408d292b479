//! What is wrong is told for what it is.

use std::sync::Arc;
use std::time::Duration;

use fake_ringcentral::{CLIENT_ID, Order};
use rcgen::generate_simple_self_signed;
use ringside_domain::{HealthState, LinkFault, SourceId};
use ringside_softphone::Softphone;
use ringside_softphone::ringcentral::RingCentral;
use ringside_web::credentials::KeepNothing;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;
use tokio_rustls::rustls::crypto::ring::default_provider;
use tokio_rustls::rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};

use crate::support::{self, *};

fn granted() -> (String, String) {
    ("access".into(), "refresh".into())
}

#[tokio::test]
async fn who_never_signed_in_is_signed_out() {
    let server = server().await;
    let id = SourceId::new("ringcentral");
    let phone = RingCentral::new(id, &server.url, CLIENT_ID, None, Arc::new(KeepNothing)).unwrap();
    let health = Heard::of(&phone).outcome().await;
    assert_eq!((health.state, health.fault), (HealthState::SignedOut, Some(LinkFault::SignedOut)));
}

#[tokio::test]
async fn a_token_goes_to_where_it_is_from_alone() {
    let (server, other) = (support::server().await, support::server().await);
    let granted = server.grant();
    for (url, client_id) in [(&other.url, CLIENT_ID), (&server.url, "another-app")] {
        let id = SourceId::new("ringcentral");
        let tokens = Some(tokens(&server.url, granted.clone()));
        let keeper = Arc::new(KeepNothing);
        let phone = RingCentral::new(id, url, client_id, tokens, keeper).unwrap();
        assert_eq!(Heard::of(&phone).outcome().await.state, HealthState::SignedOut);
    }
    assert!(server.state().requests.is_empty() && other.state().requests.is_empty());
}

#[tokio::test]
async fn a_sign_in_that_was_taken_back_is_told_and_nothing_is_asked_any_more() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    server.order(Order::Revoke);
    let health = heard.outcome().await;
    assert_eq!((health.state, health.fault), (HealthState::SignedOut, Some(LinkFault::SignedOut)));
    assert_eq!(health.retry_in, None);
}

#[tokio::test]
async fn removed_it_ends_its_sign_in() {
    let server = server().await;
    let phone = phone(&server, quick());
    phone.sign_out().await.unwrap();
    let health = Heard::of(&phone).outcome().await;
    assert_eq!(health.fault, Some(LinkFault::SignedOut));
}

#[tokio::test]
async fn a_server_that_asks_to_wait_is_waited_for() {
    let server = server().await;
    faults(&server, |faults| {
        faults.too_many_times = 1;
        faults.retry_after_s = 3600;
    });
    let health = Heard::of(&phone(&server, quick())).outcome().await;
    assert_eq!((health.state, health.fault), (HealthState::Down, Some(LinkFault::RateLimited)));
    assert!(health.retry_in.is_some_and(|wait| wait >= Duration::from_secs(3590)), "{health:?}");
    assert_eq!(refused(&server), 1);
}

#[tokio::test]
async fn an_app_without_the_right_is_not_allowed() {
    let server = server().await;
    faults(&server, |faults| faults.forbid = true);
    let health = Heard::of(&phone(&server, quick())).outcome().await;
    assert_eq!(health.fault, Some(LinkFault::NotAllowed));
    faults(&server, |faults| {
        faults.forbid = false;
        faults.refuse_subscription = Some(403);
    });
    let health = Heard::of(&phone(&server, quick())).outcome().await;
    assert_eq!(health.fault, Some(LinkFault::NotAllowed));
    assert!(health.retry_in.is_some_and(|wait| wait >= Duration::from_secs(60)), "no hurry");
}

#[tokio::test]
async fn a_port_where_nobody_listens_and_one_with_something_else() {
    let free = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", free.local_addr().unwrap());
    drop(free);
    let health = Heard::of(&at(&url, granted(), quick())).outcome().await;
    assert_eq!((health.state, health.fault), (HealthState::Down, Some(LinkFault::NobodyListens)));
    for answer in
        [&b"220 mail.example ESMTP\r\n"[..], b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"]
    {
        let other = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", other.local_addr().unwrap());
        tokio::spawn(async move {
            loop {
                let (mut socket, _) = other.accept().await.unwrap();
                let mut request = [0; 4096];
                let _ = socket.read(&mut request).await;
                let _ = socket.write_all(answer).await;
            }
        });
        let health = Heard::of(&at(&url, granted(), quick())).outcome().await;
        assert_eq!(health.fault, Some(LinkFault::OtherProtocol), "{health:?}");
    }
}

#[tokio::test]
async fn a_certificate_that_nobody_vouches_for_is_told_as_one() {
    let made = generate_simple_self_signed(vec!["127.0.0.1".to_owned()]).unwrap();
    let key = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(made.signing_key.serialize_der()));
    let config = ServerConfig::builder_with_provider(default_provider().into())
        .with_safe_default_protocol_versions()
        .unwrap()
        .with_no_client_auth()
        .with_single_cert(vec![made.cert.der().clone()], key)
        .unwrap();
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let _ = acceptor.accept(socket).await;
        }
    });
    let health = Heard::of(&at(&url, granted(), quick())).outcome().await;
    assert_eq!(health.fault, Some(LinkFault::Certificate), "{health:?}");
}

#[tokio::test]
async fn a_server_that_fails_now_and_then_is_never_asked_too_often() {
    let server = server().await;
    faults(&server, |faults| faults.fail_times = 6);
    let mut heard = Heard::of(&phone(&server, quick()));
    heard.until_up().await;
    for _ in 0..2 {
        server.order(Order::Disconnect);
        heard.until_up().await;
    }
    assert_eq!(refused(&server), 0, "{:?}", server.state().requests);
}
