//! Accounts at a running server, and a look at what its CRM holds.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use ringside_crm::Crm;
use ringside_crm::app_connect::AppConnect;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, ContactRef, LogEntry, Region};
use ringside_web::credentials::{Credentials, KeepError, Keeper};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

pub(crate) use crate::process::Server;
pub(crate) use crate::sample::ask;
use crate::sample::entry_of;

pub(crate) const KEY: &str = "full-key";

impl Server {
    /// The records of a table, in the order in which they were made.
    pub(crate) async fn records(&self, table: &str) -> Vec<Value> {
        let state = self.state().await;
        let mut records: Vec<Value> = state[table].as_object().unwrap().values().cloned().collect();
        records.sort_by_key(|record| {
            let id = record["id"].as_str().unwrap_or_default();
            id.rsplit('-').next().and_then(|number| number.parse::<u64>().ok())
        });
        records
    }

    /// What the CRM was asked since the last time, as `METHOD path`.
    pub(crate) async fn asked(&self) -> Vec<String> {
        let state = self.state().await;
        self.oracle("DELETE", "requests", json!({})).await;
        let requests = state["requests"].as_array().unwrap().iter();
        requests
            .map(|request| {
                let text = |name: &str| request[name].as_str().unwrap_or_default().to_owned();
                format!("{} {}", text("method"), text("path"))
            })
            .collect()
    }

    pub(crate) async fn fault(&self, fault: Value) {
        self.oracle("PUT", "faults", json!([fault])).await;
    }

    /// An account with a key, which is exchanged with the first request.
    pub(crate) fn account(&self, platform: &str, key: &str) -> (AppConnect, Arc<Kept>) {
        self.open(&self.settings(platform), Credentials::Key(SecretString::from(key)))
    }

    pub(crate) fn settings(&self, platform: &str) -> AccountSettings {
        let id = AccountId::new("acme");
        let settings = AccountSettings::new(id, "app_connect", "Acme", self.url.clone());
        AccountSettings { platform: Some(platform.to_owned()), deadline_s: 10, ..settings }
    }

    pub(crate) fn open(
        &self,
        settings: &AccountSettings,
        credentials: Credentials,
    ) -> (AppConnect, Arc<Kept>) {
        let kept = Arc::new(Kept::default());
        let region = Region::parse("US").unwrap();
        let keeper = Arc::clone(&kept) as Arc<dyn Keeper>;
        (AppConnect::new(settings, &region, credentials, keeper).unwrap(), kept)
    }

    /// A session of the demo connector's user that has so many seconds left.
    pub(crate) async fn token(&self, seconds: i64) -> SecretString {
        let body = json!({ "id": "7-demo", "platform": "demo", "seconds": seconds });
        let answer = self.oracle("POST", "token", body).await;
        answer["token"].as_str().unwrap().into()
    }
}

/// A vault: all sessions that were kept, oldest first.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<String>>);

#[async_trait]
impl Keeper for Kept {
    async fn keep(&self, credentials: &Credentials) -> Result<(), KeepError> {
        let Credentials::Session(session) = credentials else { panic!("not a session") };
        self.0.lock().unwrap().push(session.token.expose_secret().to_owned());
        Ok(())
    }
}

impl Kept {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }

    /// Waits until there are so many: they are kept behind the answers.
    pub(crate) async fn wait_for(&self, count: usize) -> Vec<String> {
        let deadline = std::time::Instant::now() + Duration::from_secs(5);
        while self.all().len() < count && std::time::Instant::now() < deadline {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        self.all()
    }
}

pub(crate) fn contact(id: &str) -> ContactRef {
    ContactRef { account: AccountId::new("acme"), kind: "Contact".into(), id: id.into() }
}

/// The sample log under this key, with a field of the form.
pub(crate) fn entry(key: &str) -> LogEntry {
    let fields = [("queue".to_owned(), "sales".to_owned())].into();
    LogEntry { key: key.into(), fields, ..entry_of(&contact("c-1")) }
}

/// The names of what a search finds.
pub(crate) async fn names(crm: &dyn Crm, number: &str) -> Vec<String> {
    let found = crm.get_contact(&ask(number)).await.unwrap().contacts;
    found.into_iter().map(|contact| contact.name).collect()
}
