//! A server in this process, and a client that checks every answer against the description.

use std::time::Duration;

use example_crm::{Options, Server};
use reqwest::{Method, Response, StatusCode};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::description::Description;

pub(crate) const KEY: &str = "full-key";
pub(crate) const READ_ONLY: &str = "read-only-key";

pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) http: reqwest::Client,
    pub(crate) data: TempDir,
    description: Description,
}

pub(crate) fn client() -> reqwest::Client {
    // Fails when another test of this process was first.
    let _ = rustls::crypto::ring::default_provider().install_default();
    reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .timeout(Duration::from_secs(20))
        .build()
        .unwrap()
}

pub(crate) async fn fixture() -> Fixture {
    fixture_with(|_| ()).await
}

pub(crate) async fn fixture_with(change: impl FnOnce(&mut Options)) -> Fixture {
    let data = TempDir::new().unwrap();
    let mut options = Options {
        seed: Some(example_crm::Seed::Demo),
        faults: true,
        read_only_key: Some(READ_ONLY.into()),
        ..Options::new(data.path(), KEY)
    };
    change(&mut options);
    let server = Server::start(options).await.unwrap();
    Fixture { server, http: client(), data, description: Description::read() }
}

impl Fixture {
    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Response {
        let mut request = self.http.request(method, format!("{}{path}", self.server.url));
        if let Some(body) = body {
            request = request.json(body);
        }
        request.bearer_auth(KEY).send().await.unwrap()
    }

    /// Sends, and holds the answer against the description.
    async fn check(&self, method: Method, path: &str, body: Option<&Value>) -> (StatusCode, Value) {
        let response = self.send(method.clone(), path, body).await;
        let status = response.status();
        let answer =
            serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or(Value::Null);
        let bare = path.split('?').next().unwrap();
        self.description.check(&method, bare, status.as_u16(), &answer);
        (status, answer)
    }

    pub(crate) async fn get(&self, path: &str) -> (StatusCode, Value) {
        self.check(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.check(Method::POST, path, Some(&body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: Value) -> (StatusCode, Value) {
        self.check(Method::PATCH, path, Some(&body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> (StatusCode, Value) {
        self.check(Method::DELETE, path, None).await
    }

    pub(crate) async fn faults(&self, faults: Value) {
        let (status, _) = self.check(Method::PUT, "/_faults", Some(&faults)).await;
        assert_eq!(status, 200);
    }

    /// Names of the contacts that a query finds.
    pub(crate) async fn find(&self, query: &[(&str, &str)]) -> Vec<String> {
        let url = format!("{}/v1/contacts", self.server.url);
        let found = self.http.get(url).query(query).bearer_auth(KEY).send().await.unwrap();
        let found: Value = found.json().await.unwrap();
        let contacts = found["contacts"].as_array().unwrap().iter();
        contacts.map(|contact| contact["name"].as_str().unwrap().to_owned()).collect()
    }
}

pub(crate) fn call(contact: i64) -> Value {
    json!({
        "external_key": "key-1",
        "contact_id": contact,
        "type": "call",
        "subject": "Call",
        "direction": "inbound",
        "from_number": "+14155550142",
        "to_number": "+14155550100",
        "start_time": "2026-11-23T09:41:07Z",
        "duration_s": 61,
        "result": "answered",
        "note": "A note",
        "deal_id": null,
        "disposition": null,
    })
}

/// A body with one field set otherwise.
pub(crate) fn with(mut body: Value, field: &str, value: Value) -> Value {
    body[field] = value;
    body
}
