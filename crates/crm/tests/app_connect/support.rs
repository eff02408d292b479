//! A running server, an account at it, and a look at what its CRM holds.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use async_trait::async_trait;
use jiff::Timestamp;
use ringside_crm::app_connect::AppConnect;
use ringside_crm::{Credentials, Crm, GetContact, KeepError, Keeper, Urgency};
use ringside_domain::call::EndReason;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, CallId, ContactRef, Direction, How, LogEntry, Region};
use secrecy::{ExposeSecret, SecretString};
use serde_json::{Value, json};

use crate::install::{install, server};

pub(crate) const KEY: &str = "full-key";

/// How long a server may take to be ready, on a machine that does other things too.
const START: Duration = Duration::from_secs(60);

/// A server. Dropping it ends it; it ends by itself when we are gone.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) crm: String,
    http: reqwest::Client,
}

impl Server {
    pub(crate) async fn start() -> Self {
        install();
        let mut child = Command::new("node")
            .arg("server.js")
            .current_dir(server())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("node is needed for these tests");
        let said = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().unwrap();
        let stderr = keep(stderr, Arc::clone(&said));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, ready) = mpsc::channel();
        // Reads to the end, so that the server never waits for us.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(ready) = line.strip_prefix("READY ") {
                    let _ = tell.send(ready.to_owned());
                }
            }
        });
        let ready = tokio::task::spawn_blocking(move || ready.recv_timeout(START)).await.unwrap();
        let Ok(ready) = ready else {
            let _ = child.kill();
            let _ = stderr.join();
            panic!("no server: {}", said.lock().unwrap());
        };
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        // Fails when another part of the process was first, with the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let http = reqwest::Client::builder().no_proxy().build().unwrap();
        let server = Self { url: text("url"), crm: text("crm"), child, http };
        // It waits for its database before it answers anything.
        let alive = server.http.get(format!("{}/isAlive", server.url)).timeout(START);
        assert_eq!(alive.send().await.unwrap().text().await.unwrap(), "OK");
        server
    }

    /// A request behind the adapter's back, to App Connect's side or the CRM's.
    pub(crate) async fn oracle(&self, method: &str, path: &str, body: Value) -> Value {
        let request = self.http.request(method.parse().unwrap(), format!("{}/_/{path}", self.crm));
        let response = request.json(&body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap()
    }

    /// Empties the server and its CRM.
    pub(crate) async fn reset(&self) {
        self.oracle("POST", "reset", json!({})).await;
    }

    pub(crate) async fn state(&self) -> Value {
        self.oracle("GET", "state", json!({})).await
    }

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

fn keep(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let mut said = into.lock().unwrap();
            if said.len() < 100_000 {
                said.push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        }
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A vault: all sessions that were kept, oldest first.
#[derive(Default)]
pub(crate) struct Kept(Mutex<Vec<String>>);

#[async_trait]
impl Keeper for Kept {
    async fn keep(&self, credentials: &Credentials) -> Result<(), KeepError> {
        let Credentials::Session(token) = credentials else { panic!("not a session") };
        self.0.lock().unwrap().push(token.expose_secret().to_owned());
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

pub(crate) fn ask(number: &str) -> GetContact {
    GetContact {
        phone_number: number.into(),
        overriding_format: Vec::new(),
        is_extension: false,
        force_refresh: false,
        urgency: Urgency::Live,
        skip: 0,
    }
}

pub(crate) fn contact(id: &str) -> ContactRef {
    ContactRef { account: AccountId::new("acme"), kind: "Contact".into(), id: id.into() }
}

pub(crate) fn entry(key: &str) -> LogEntry {
    LogEntry {
        call: CallId::new(Timestamp::UNIX_EPOCH, [7; 10]),
        key: key.into(),
        contact: contact("c-1"),
        contact_name: "Nadia Okafor".into(),
        how: How::Picked,
        subject: "Inbound call from Nadia Okafor".into(),
        direction: Direction::Inbound,
        remote_number: "+14155550142".into(),
        local_number: "+14155550100".into(),
        started_at: "2026-11-23T09:41:07Z".parse().unwrap(),
        duration_s: 472,
        result: EndReason::Answered,
        note: "Wants the quote for 40 seats,\nnot 25. <b>\u{1F4DE}</b>".into(),
        association: None,
        disposition: None,
        fields: [("queue".to_owned(), "sales".to_owned())].into(),
    }
}

/// The names of what a search finds.
pub(crate) async fn names(crm: &dyn Crm, number: &str) -> Vec<String> {
    let found = crm.get_contact(&ask(number)).await.unwrap().contacts;
    found.into_iter().map(|contact| contact.name).collect()
}
