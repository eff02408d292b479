//! A real Example CRM in this process, and an account at it.

pub(crate) use crate::sample::{ask, names};
use std::sync::Arc;

use example_crm::{Options, Server};
use ringside_crm::example::ExampleCrm;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Contact, LogEntry, Region};
use ringside_web::credentials::{Credentials, KeepNothing, Keeper};
use serde_json::{Value, json};
use tempfile::TempDir;

pub(crate) const KEY: &str = "full-key";
pub(crate) const READ_ONLY: &str = "read-only-key";

pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) crm: ExampleCrm,
    pub(crate) http: reqwest::Client,
    _data: TempDir,
}

/// A server with the demo contacts, and an account with these formats and this many seconds.
pub(crate) async fn fixture(formats: &[&str], deadline_s: u32) -> Fixture {
    let data = TempDir::new().unwrap();
    let options = Options {
        seed: Some(example_crm::Seed::Demo),
        faults: true,
        rate: 1000,
        read_only_key: Some(READ_ONLY.into()),
        ..Options::new(data.path(), KEY)
    };
    let server = Server::start(options).await.unwrap();
    let crm = account(&settings(&server.url, formats, deadline_s), KEY);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    Fixture { server, crm, http, _data: data }
}

pub(crate) fn settings(url: &str, formats: &[&str], deadline_s: u32) -> AccountSettings {
    AccountSettings {
        formats: formats.iter().map(|format| (*format).to_owned()).collect(),
        extensions: true,
        deadline_s,
        ..AccountSettings::new(AccountId::new("acme"), "example", "Acme", url)
    }
}

pub(crate) fn account(settings: &AccountSettings, key: &str) -> ExampleCrm {
    signed_in(settings, Credentials::Key(key.into()), KeepNothing::shared())
}

pub(crate) fn signed_in(
    settings: &AccountSettings,
    credentials: Credentials,
    keeper: Arc<dyn Keeper>,
) -> ExampleCrm {
    ExampleCrm::new(settings, &region(), credentials, keeper).unwrap()
}

pub(crate) fn region() -> Region {
    Region::parse("US").unwrap()
}

impl Fixture {
    /// A call to the server behind the adapter's back.
    pub(crate) async fn call(&self, method: &str, path: &str, body: Value) -> Value {
        let method = method.parse().unwrap();
        let request = self.http.request(method, format!("{}{path}", self.server.url));
        let response = request.bearer_auth(KEY).json(&body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default()
    }

    pub(crate) async fn faults(&self, faults: Value) {
        self.call("PUT", "/_faults", faults).await;
    }

    /// What the server was asked, as `METHOD path?query`, apart from our own look behind its back.
    pub(crate) async fn requests(&self) -> Vec<String> {
        let log = self.call("GET", "/_requests", json!({})).await;
        let entries = log["requests"].as_array().unwrap().iter();
        entries
            .map(|entry| {
                let text = |name: &str| entry[name].as_str().unwrap_or_default().to_owned();
                format!("{} {}?{}", text("method"), text("path"), text("query"))
            })
            .collect()
    }

    pub(crate) async fn activities(&self) -> Vec<Value> {
        let list = self.call("GET", "/v1/activities?limit=500", json!({})).await;
        list["activities"].as_array().unwrap().clone()
    }

    /// The contact found by name.
    pub(crate) async fn someone(&self, name: &str) -> Contact {
        use ringside_crm::Crm;
        self.crm.find_contact_by_name(name).await.unwrap().remove(0)
    }
}

/// The sample log with an outcome.
pub(crate) fn entry(contact: &Contact) -> LogEntry {
    let disposition = Some("Interested".into());
    LogEntry { disposition, ..crate::sample::entry(contact) }
}
