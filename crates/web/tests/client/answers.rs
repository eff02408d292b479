//! Answers that are none, and those that would be too much.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use ringside_web::Error;
use ringside_web::client::Urgency;
use ringside_web::client::{ANSWER_MAX, Auth, Client};

use crate::support::*;

const JSON: &str = "content-type: application/json";
const GZIP: &str = "content-encoding: gzip";

fn gzip(size: usize) -> Vec<u8> {
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    packer.write_all(b"\"").unwrap();
    let chunk = vec![b'x'; 1 << 20];
    for start in (0..size).step_by(chunk.len()) {
        packer.write_all(&chunk[..chunk.len().min(size - start)]).unwrap();
    }
    packer.write_all(b"\"").unwrap();
    packer.finish().unwrap()
}

#[tokio::test]
async fn a_packed_answer_is_bounded_by_what_it_unpacks_to() {
    let good = Server::start(|_| response("200 OK", &[JSON, GZIP], &gzip(1000))).await;
    assert_eq!(read(&good.client()).await.unwrap().as_str().unwrap().len(), 1000);
    assert!(good.heads()[0].contains("accept-encoding: gzip"), "{}", good.heads()[0]);

    let bomb = gzip(200 << 20);
    assert!(bomb.len() < ANSWER_MAX / 4, "{}", bomb.len());
    let evil = Server::start(move |_| response("200 OK", &[JSON, GZIP], &bomb)).await;
    let refused = read(&evil.client()).await;
    assert!(matches!(&refused, Err(Error::BadAnswer(why)) if why.contains("bytes")), "{refused:?}");
    let unclear = write(&evil.client()).await;
    assert!(matches!(unclear, Err(Error::Ambiguous(_))), "{unclear:?}");

    let broken = Server::start(|_| response("200 OK", &[JSON, GZIP], b"no gzip at all")).await;
    assert!(read(&broken.client()).await.is_err());
}

#[tokio::test]
async fn the_reason_says_what_came_instead_of_json() {
    for (kind, body, reason) in [
        ("text/html; charset=utf-8", "<!doctype html><title>Guest Wi-Fi</title>", "a web page"),
        ("text/plain", "  <html>", "a web page"),
        ("application/json", "{\"contacts\": [{\"id\": 1", "JSON that breaks off"),
        ("application/json", "Service fine", "no JSON"),
        ("application/json", " \r\n", "nothing"),
    ] {
        let kind = format!("content-type: {kind}");
        let server = Server::start(move |_| response("200 OK", &[&kind], body.as_bytes())).await;
        match read(&server.client()).await {
            Err(Error::BadAnswer(why)) => assert!(why.starts_with(reason), "{body}: {why}"),
            other => panic!("{body}: {other:?}"),
        }
    }
    // The length that was promised does not come.
    let cut =
        b"HTTP/1.1 200 OK\r\ncontent-length: 100\r\nconnection: close\r\n\r\n{\"a\":".to_vec();
    let server = Server::start(move |_| cut.clone()).await;
    assert!(matches!(read(&server.client()).await, Err(Error::Unreachable(_))));
    assert!(matches!(write(&server.client()).await, Err(Error::Ambiguous(_))));
}

#[tokio::test]
async fn a_redirect_is_not_followed_and_its_place_is_said() {
    let other = Server::start(|_| response("200 OK", &[JSON], b"{}")).await;
    let to =
        format!("location: http://localhost:{}/in?number=14155550142", other.url.port().unwrap());
    for status in ["301 Moved Permanently", "302 Found", "307 Temporary Redirect", "308 Permanent"]
    {
        let to = to.clone();
        let server = Server::start(move |_| response(status, &[&to], b"")).await;
        let client = server.client();
        for refused in
            [read(&client).await.map(|_| ()), write(&client).await.and_then(|a| a.check())]
        {
            match refused {
                Err(Error::BadAnswer(why)) => assert_eq!(why, "redirects to localhost"),
                other => panic!("{status}: {other:?}"),
            }
        }
        assert_eq!(server.heads().len(), 2);
    }
    assert_eq!(other.heads(), [""; 0], "the key went to another server");
}

#[tokio::test]
async fn the_crms_own_limit_is_learnt_and_background_work_leaves_a_share() {
    let left = std::sync::atomic::AtomicU64::new(12);
    let server = Server::start(move |_| {
        let left = left.fetch_sub(1, std::sync::atomic::Ordering::Relaxed) - 1;
        let told = format!("ratelimit: limit=20, remaining={left}, reset=60");
        response("200 OK", &[JSON, &told], b"{}")
    })
    .await;
    let client = server.client();
    assert_eq!(client.limits(), None);
    let url = client.address(&["v1", "contacts"]);
    let background = async || {
        client.read::<serde_json::Value>(&url, Urgency::Background, Duration::from_secs(2)).await
    };
    let mut sent = 0;
    let refused = loop {
        match background().await {
            Ok(_) => sent += 1,
            Err(error) => break error,
        }
        assert!(sent < 20, "it never stopped");
    };
    assert_eq!(sent, 8, "a fifth of 20 stays of 12");
    assert!(
        matches!(refused, Error::RateLimited { retry_after: Some(wait) }
        if wait > Duration::from_secs(30)),
        "{refused:?}"
    );
    assert_eq!(server.heads().len(), 8, "what is refused is not sent");
    read(&client).await.unwrap();
    let limits = client.limits().unwrap();
    assert_eq!((limits.limit, limits.remaining), (20, 3));
    assert!(limits.resets_at.unwrap() > jiff::Timestamp::now());
}

#[tokio::test]
async fn a_refusal_without_retry_after_waits_for_the_window() {
    let head = ["x-ratelimit-limit: 10", "x-ratelimit-remaining: 0", "x-ratelimit-reset: 40"];
    let server = Server::start(move |_| response("429 Too Many Requests", &head, b"")).await;
    for _ in 0..2 {
        let refused = read(&server.client()).await;
        assert!(
            matches!(refused, Err(Error::RateLimited { retry_after: Some(wait) })
            if wait > Duration::from_secs(30)),
            "{refused:?}"
        );
    }
}

#[tokio::test]
async fn a_proxy_is_used_and_sees_no_key() {
    let proxy = Server::start(|_| response("407 Proxy Authentication Required", &[], b"")).await;
    let mut options = options();
    options.proxy = Some(proxy.url.to_string());
    let base = "https://crm.example/api".parse().unwrap();
    let auth = Auth::bearer(&"full-key".into()).unwrap();
    let client = Client::new(base, auth, &options).unwrap();
    let failed = write(&client).await;
    assert!(matches!(failed, Err(Error::Unreachable(_))), "nothing was sent: {failed:?}");
    assert!(proxy.heads()[0].starts_with("connect crm.example:443 "), "{:?}", proxy.heads());
    assert!(!proxy.heads().concat().contains("full-key"));
}
