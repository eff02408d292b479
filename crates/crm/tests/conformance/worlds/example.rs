//! A real Example CRM in this process.

use std::net::SocketAddr;
use std::sync::Arc;

use async_trait::async_trait;
use example_crm::{Options, Server};
use reqwest::Method;
use ringside_crm::{Crm, NewContact, UserInfo};
use ringside_domain::contact::ContactPhone;
use ringside_domain::log::MessageEntry;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{
    AccountId, Association, Contact, ContactRef, Direction, LogEntry, Message, MessageLevel,
};
use ringside_web::credentials::Credentials;
use ringside_web::credentials::OAuthTokens;
use secrecy::ExposeSecret;
use serde_json::{Value, json};
use tempfile::TempDir;
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::session::through_the_browser;
use crate::world::*;

const KEY: &str = "full-key";
const READ_ONLY: &str = "read-only-key";
/// Marks the requests of the test, which the server does not mind.
const OWN: (&str, &str) = ("by", "test");
const RATE: u32 = 1000;

pub(crate) struct ExampleWorld {
    url: String,
    data: TempDir,
    server: Mutex<Option<Server>>,
    http: reqwest::Client,
    session: OnceCell<OAuthTokens>,
}

fn options(data: &TempDir) -> Options {
    Options {
        faults: true,
        rate: RATE,
        read_only_key: Some(READ_ONLY.into()),
        ..Options::new(data.path(), KEY)
    }
}

impl ExampleWorld {
    /// A call to the server behind the adapter's back.
    async fn call(&self, method: Method, path: &str, body: Option<Value>) -> Value {
        let request = self.http.request(method, format!("{}{path}", self.url));
        let mut request = request.query(&[OWN]);
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.bearer_auth(KEY).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        serde_json::from_slice(&response.bytes().await.unwrap()).unwrap_or_default()
    }

    /// All records of one kind, which must not be disturbed by faults.
    async fn all(&self, what: &str) -> Vec<Value> {
        let page = self.call(Method::GET, &format!("/v1/{what}?limit=500"), None).await;
        assert_eq!(page["next_cursor"], Value::Null, "more than one page");
        page[what].as_array().unwrap().clone()
    }

    async fn entries(&self) -> Vec<Value> {
        let log = self.call(Method::GET, "/_requests", None).await;
        let own = format!("{}={}", OWN.0, OWN.1);
        let is_own = |entry: &Value| entry["query"].as_str().is_some_and(|q| q.contains(&own));
        log["requests"].as_array().unwrap().iter().filter(|e| !is_own(e)).cloned().collect()
    }

    /// Signs in with the browser, once.
    async fn session(&self) -> &OAuthTokens {
        let sign_in = async || match through_the_browser(self, &settings(self), true).await.unwrap()
        {
            Credentials::OAuth(tokens) => tokens,
            other => panic!("{other:?}"),
        };
        self.session.get_or_init(sign_in).await
    }
}

/// A record without the ids and times that the CRM gives.
fn bare(record: &Value, without: &[&str]) -> Value {
    let mut record = record.clone();
    let fields = record.as_object_mut().unwrap();
    for field in without {
        assert!(fields.remove(*field).is_some(), "{field}");
    }
    record
}

fn by_id(records: &[Value]) -> Vec<(String, Value)> {
    let stamps = ["id", "created_at", "updated_at"];
    records.iter().map(|record| (record["id"].to_string(), bare(record, &stamps))).collect()
}

fn number(text: &str) -> Value {
    json!(text.parse::<u64>().unwrap())
}

#[async_trait]
impl World for ExampleWorld {
    const KIND: &'static str = "example";
    const PAGE: usize = 200;

    async fn start() -> Self {
        let data = TempDir::new().unwrap();
        let server = Server::start(options(&data)).await.unwrap();
        let url = server.url.clone();
        let (server, http) = (Mutex::new(Some(server)), http());
        Self { url, data, server, http, session: OnceCell::new() }
    }

    fn url(&self) -> String {
        self.url.clone()
    }

    async fn open(&self, settings: AccountSettings, sign_in: SignIn) -> Arc<dyn Crm> {
        let credentials = match sign_in {
            SignIn::Full => Credentials::Key(KEY.into()),
            SignIn::ReadOnly => Credentials::Key(READ_ONLY.into()),
            SignIn::Unknown => Credentials::Key("never-given-out".into()),
            SignIn::Session => Credentials::OAuth(self.session().await.clone()),
        };
        open(&settings, credentials)
    }

    async fn consent(&self, url: &Url, allow: bool) -> Url {
        let page = self.http.get(url.clone()).send().await.unwrap().text().await.unwrap();
        let request = page.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let decision = if allow { "allow" } else { "deny" };
        let form = [("request", request), ("decision", decision)];
        let authorize = format!("{}/oauth/authorize", self.url);
        let back = self.http.post(authorize).form(&form).send().await.unwrap();
        back.headers()["location"].to_str().unwrap().parse().unwrap()
    }

    fn secret(&self) -> String {
        KEY.to_owned()
    }

    fn user(&self) -> UserInfo {
        UserInfo { id: "1".into(), name: "Jonas Weber".into() }
    }

    async fn revoke(&self) {
        let revoke = format!("{}/oauth/revoke", self.url);
        let form = [("token", self.session().await.access.expose_secret())];
        let answer = self.http.post(revoke).form(&form).send().await.unwrap();
        assert_eq!(answer.status(), 200);
    }

    async fn seed(&self, seed: &Seed<'_>) -> Contact {
        let mut phones: Vec<_> = seed
            .phones
            .iter()
            .map(|number| json!({ "field": "mobile", "number": number }))
            .collect();
        let extension = seed.extension.map(|e| json!({ "field": "extension", "number": e }));
        phones.extend(extension);
        let deals = seed.deals.iter().map(
            |title| json!({ "title": title, "amount": 12_400, "currency": "EUR", "stage": "Open" }),
        );
        let body = json!({
            "name": seed.name, "type": "person", "company": seed.company, "title": seed.title,
            "email": seed.email, "phones": phones, "deals": deals.collect::<Vec<_>>(),
        });
        let made = self.call(Method::POST, "/v1/contacts", Some(body)).await;
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        Contact {
            reference: ContactRef {
                account: AccountId::new(ACCOUNT),
                kind: "person".into(),
                id: made["id"].to_string(),
            },
            name: seed.name.into(),
            phones: phones
                .iter()
                .map(|phone| ContactPhone {
                    given: text(&phone["number"]),
                    field: Some(text(&phone["field"])),
                })
                .collect(),
            company: seed.company.map(str::to_owned),
            title: seed.title.map(str::to_owned),
            email: seed.email.map(str::to_owned),
            created_at: Some(text(&made["created_at"]).parse().unwrap()),
            last_activity_at: None,
            associations: made["deals"]
                .as_array()
                .unwrap()
                .iter()
                .map(|deal| Association {
                    kind: "deal".into(),
                    id: deal["id"].to_string(),
                    title: text(&deal["title"]),
                    detail: Some("EUR 12,400 · Open".into()),
                })
                .collect(),
        }
    }

    async fn rename(&self, contact: &ContactRef, name: &str) {
        let path = format!("/v1/contacts/{}", contact.id);
        self.call(Method::PATCH, &path, Some(json!({ "name": name }))).await;
    }

    async fn delete(&self, contact: &ContactRef) {
        self.call(Method::DELETE, &format!("/v1/contacts/{}", contact.id), None).await;
    }

    fn nowhere(&self) -> ContactRef {
        let account = AccountId::new(ACCOUNT);
        ContactRef { account, kind: "person".into(), id: "9999999".into() }
    }

    async fn contacts(&self) -> Vec<Value> {
        let stamps = ["id", "created_at", "updated_at", "last_activity_at"];
        self.all("contacts").await.iter().map(|contact| bare(contact, &stamps)).collect()
    }

    fn expected_contact(&self, new: &NewContact) -> Value {
        let phones: Vec<_> =
            new.phone.iter().map(|number| json!({ "field": "work", "number": number })).collect();
        json!({
            "external_key": new.key, "name": new.name, "title": null, "deals": [],
            "type": new.kind.as_deref().unwrap_or("person"), "company": new.company,
            "email": new.email, "phones": phones,
        })
    }

    fn refused_contact(&self) -> Option<(NewContact, &'static str)> {
        let new = NewContact {
            name: "Nobody can reach them".into(),
            kind: Some("lead".into()),
            phone: None,
            company: None,
            email: None,
            key: "refused".into(),
        };
        Some((new, "a lead needs an e-mail address or a number"))
    }

    async fn logs(&self) -> Vec<(String, Value)> {
        by_id(&self.all("activities").await)
    }

    fn expected_log(&self, entry: &LogEntry) -> Value {
        let (from, to) = match entry.direction {
            Direction::Inbound => (&entry.remote_number, &entry.local_number),
            Direction::Outbound => (&entry.local_number, &entry.remote_number),
        };
        json!({
            "external_key": entry.key, "contact_id": number(&entry.contact.id), "type": "call",
            "subject": entry.subject, "direction": entry.direction, "from_number": from,
            "to_number": to, "start_time": entry.started_at, "duration_s": entry.duration_s,
            "result": entry.result, "note": entry.note, "disposition": entry.disposition,
            "deal_id": entry.association.as_ref().map(|deal| number(&deal.id)),
        })
    }

    async fn spoil(&self, entry: &mut LogEntry) -> &'static str {
        let seed = Seed { deals: &["Somebody else's"], ..Seed::named("Somebody else") };
        entry.association = self.seed(&seed).await.associations.pop();
        "deal_id: the contact has no such deal"
    }

    async fn delete_log(&self, id: &str) -> bool {
        self.call(Method::DELETE, &format!("/v1/activities/{id}"), None).await;
        true
    }

    async fn conversations(&self) -> Vec<(String, Value)> {
        by_id(&self.all("conversations").await)
    }

    fn expected_conversation(&self, entry: &MessageEntry) -> Value {
        let texts = entry.texts.iter().map(|text| {
            json!({ "id": text.id, "direction": text.direction, "sent_at": text.at,
                "text": text.text })
        });
        json!({
            "external_key": entry.key, "contact_id": number(&entry.contact.id),
            "subject": entry.subject, "our_number": entry.local_number,
            "their_number": entry.remote_number, "texts": texts.collect::<Vec<_>>(),
        })
    }

    async fn announce(&self, message: &Message) {
        let level = match message.level {
            MessageLevel::Success => "success",
            MessageLevel::Info => "info",
            MessageLevel::Warning => "warning",
            MessageLevel::Error => "error",
        };
        let details = message.details.iter();
        let details: Vec<_> =
            details.map(|d| json!({ "title": d.title, "lines": d.items })).collect();
        let notice = json!({ "text": message.message, "level": level,
            "seconds": message.ttl_ms / 1000, "details": details });
        self.call(Method::PUT, "/_faults", Some(json!({ "notice": notice }))).await;
    }

    fn contact_page(&self, contact: &ContactRef) -> Option<String> {
        Some(format!("{}/contacts/{}", self.url, contact.id))
    }

    fn log_page(&self, id: &str) -> Option<String> {
        Some(format!("{}/activities/{id}", self.url))
    }

    fn limit(&self) -> Option<u64> {
        Some(u64::from(RATE))
    }

    async fn fault(&self, fault: Fault) {
        let faults = match fault {
            Fault::Slow(delay) => json!({ "delay_ms": delay.as_millis() as u64 }),
            Fault::RateLimited { times, retry_after_s } => {
                json!({ "rate_limit_times": times, "retry_after_s": retry_after_s })
            }
            Fault::Status { times, status } => {
                json!({ "fail_times": times, "fail_status": status })
            }
            Fault::Nonsense(nonsense) => json!({ "nonsense": match nonsense {
                Nonsense::Html => "html",
                Nonsense::OtherJson => "json",
                Nonsense::Truncated => "truncated",
                Nonsense::Empty => "empty",
                Nonsense::Huge => "huge",
            } }),
            Fault::Unanswered { writes } => json!({ "drop_after_write": writes }),
            Fault::Redirect(address) => json!({ "redirect": address }),
        };
        self.call(Method::PUT, "/_faults", Some(faults)).await;
    }

    async fn heal(&self) {
        self.call(Method::DELETE, "/_faults", None).await;
    }

    async fn stop(&self) {
        self.server.lock().await.take().unwrap().stop().await;
    }

    async fn restart(&self) {
        let listen: SocketAddr = self.url.strip_prefix("http://").unwrap().parse().unwrap();
        let server = Server::start(Options { listen, ..options(&self.data) }).await.unwrap();
        *self.server.lock().await = Some(server);
    }

    async fn requests(&self) -> Vec<Request> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let request = |entry: &Value| Request {
            method: text(&entry["method"]),
            target: format!("{}?{}", text(&entry["path"]), text(&entry["query"])),
        };
        self.entries().await.iter().map(request).collect()
    }

    async fn searched(&self) -> Vec<String> {
        let mut searched = Vec::new();
        for request in self.requests().await {
            let url = Url::parse("http://x").unwrap().join(&request.target).unwrap();
            let by_number = |name: &str| ["phone", "extension"].contains(&name);
            let text = url.query_pairs().find(|(name, _)| by_number(name));
            searched.extend(text.map(|(_, text)| text.into_owned()));
        }
        searched
    }
}
