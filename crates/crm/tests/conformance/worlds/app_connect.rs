//! A real App Connect server (npm: `@app-connect/core`) in a process of its own, with the connector and
//! the CRM of `../app_connect/server` behind it and a [`Gateway`] before it, which has the faults.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use ringside_crm::{Crm, Given, NewContact, UserInfo};
use ringside_domain::call::EndReason;
use ringside_domain::contact::ContactPhone;
use ringside_domain::log::MessageEntry;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{
    AccountId, Association, Contact, ContactRef, Direction, LogEntry, Message, MessageLevel,
};
use ringside_web::credentials::Credentials;
use serde_json::{Value, json};
use tokio::sync::OnceCell;
use url::Url;

use crate::gateway::Gateway;
use crate::process::Server;
use crate::session::through_the_browser;
use crate::world::*;

const KEY: &str = "full-key";
const READ_ONLY: &str = "read-only-key";
const HOST: &str = "acme.demo.example";
const NUMBER: &str = "+14155550142";

/// Servers that no case uses: each takes seconds to start, so that they serve one case after the other.
static FREE: Mutex<Vec<Server>> = Mutex::new(Vec::new());

pub(crate) struct AppConnectWorld {
    /// There until the end, when it goes back to [`FREE`].
    server: Option<Server>,
    gateway: Gateway,
    next: AtomicU32,
    session: OnceCell<Credentials>,
}

impl Drop for AppConnectWorld {
    fn drop(&mut self) {
        FREE.lock().unwrap_or_else(PoisonError::into_inner).extend(self.server.take());
    }
}

impl AppConnectWorld {
    fn server(&self) -> &Server {
        self.server.as_ref().unwrap()
    }

    async fn switch(&self, change: Value) {
        self.server().oracle("PUT", "switch", change).await;
    }

    /// The records of a table, oldest first.
    async fn table(&self, name: &str) -> Vec<Value> {
        let state = self.server().state().await;
        let mut records: Vec<Value> = state[name].as_object().unwrap().values().cloned().collect();
        let number = |record: &Value| {
            let (_, number) = record["id"].as_str().unwrap().rsplit_once('-').unwrap();
            number.parse::<u32>().unwrap()
        };
        records.sort_by_key(number);
        records
    }

    fn id(&self, what: &str) -> String {
        format!("{what}-{}", self.next.fetch_add(1, Ordering::Relaxed))
    }

    fn record(&self, seed: &Seed<'_>) -> Value {
        let deals = seed.deals.iter();
        let deals: Vec<_> =
            deals.map(|title| json!({ "const": self.id("d"), "title": title })).collect();
        json!({
            "id": self.id("c"), "name": seed.name, "type": "Contact", "phone": seed.phones.first(),
            "phones": seed.phones, "extension": seed.extension, "company": seed.company,
            "title": seed.title, "email": seed.email, "created": "2025-03-01T08:00:00Z",
            "deals": deals,
        })
    }

    /// The session that a person begins at the CRM's own page, once.
    async fn session(&self) -> Credentials {
        let settings = on(settings(self), "demoOAuth");
        let sign_in = async || through_the_browser(self, &settings, true).await.unwrap();
        self.session.get_or_init(sign_in).await.clone()
    }
}

/// The account's connector, at the company's own host of the CRM.
fn on(settings: AccountSettings, connector: &str) -> AccountSettings {
    AccountSettings { platform: Some(format!("{connector}@{HOST}")), ..settings }
}

/// A record without its id.
fn bare(mut record: Value) -> Value {
    record.as_object_mut().unwrap().remove("id").unwrap();
    record
}

/// A log as people see it: its body in lines, without signs that nobody sees and without a note of
/// nothing. Outcomes are the fields of the form once more, in another request, which may be missing.
fn as_seen(mut log: Value) -> Value {
    let outcomes = log.as_object_mut().unwrap().remove("dispositions");
    assert!(outcomes.is_none_or(|outcomes| outcomes == log["additional"]), "{log}");
    let body = log["body"].as_str().unwrap().replace('\u{2060}', "");
    let lines = body.lines().map(str::trim_end).filter(|line| *line != "- Note:");
    log["body"] = lines.collect();
    log
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

#[async_trait]
impl World for AppConnectWorld {
    const KIND: &'static str = "app_connect";
    const PAGE: usize = 0;
    const PLATFORM: Option<&'static str> = Some("demo");
    const RELOGS: bool = false;

    async fn start() -> Self {
        let free = FREE.lock().unwrap_or_else(PoisonError::into_inner).pop();
        let server = match free {
            Some(server) => server,
            None => Server::start().await,
        };
        server.reset().await;
        let gateway = Gateway::start(&server.url).await;
        let world =
            Self { server: Some(server), gateway, next: 1.into(), session: OnceCell::new() };
        world.switch(json!({ "contacts": {} })).await;
        world
    }

    fn url(&self) -> String {
        self.gateway.url.clone()
    }

    async fn open(&self, settings: AccountSettings, sign_in: SignIn) -> Arc<dyn Crm> {
        let key = |key: &str| Credentials::Key(key.into());
        let crm = match sign_in {
            SignIn::Full => open(&on(settings, "demo"), key(KEY)),
            SignIn::ReadOnly => open(&on(settings, "demo"), key(READ_ONLY)),
            SignIn::Unknown => open(&on(settings, "demo"), key("never-given-out")),
            SignIn::Session => open(&on(settings, "demoOAuth"), self.session().await),
        };
        // As the engine does: what the server can is known from then on.
        crm.warm().await;
        crm
    }

    fn given(&self) -> Given {
        let fields = [("hostname", HOST), ("apiKey", KEY)];
        let fields = fields.map(|(id, value)| (id.to_owned(), value.into()));
        Given { key: "".into(), fields: BTreeMap::from(fields) }
    }

    async fn consent(&self, url: &Url, allow: bool) -> Url {
        assert!(allow, "the CRM of this world asks nobody");
        let answer = http().get(url.clone()).send().await.unwrap();
        answer.headers()["location"].to_str().unwrap().parse().unwrap()
    }

    fn secret(&self) -> String {
        KEY.to_owned()
    }

    fn user(&self) -> UserInfo {
        // The server tells the CRM's name of the user at the sign-in, and no id.
        UserInfo { id: "demo".into(), name: "Sam Agent".into() }
    }

    async fn revoke(&self) {
        self.session().await;
        self.switch(json!({ "refresh_tokens": [] })).await;
        self.server().oracle("POST", "expire", json!({})).await;
    }

    async fn seed(&self, seed: &Seed<'_>) -> Contact {
        let record = self.record(seed);
        let id = text(&record["id"]).unwrap();
        self.server().oracle("PUT", &format!("records/contacts/{id}"), record.clone()).await;
        let deal = |deal: &Value| Association {
            kind: "deal".into(),
            id: text(&deal["const"]).unwrap(),
            title: text(&deal["title"]).unwrap(),
            detail: None,
        };
        Contact {
            reference: ContactRef { id, ..self.nowhere() },
            name: seed.name.into(),
            // The server tells one number of each contact, and no e-mail address.
            phones: seed
                .phones
                .first()
                .map(|number| ContactPhone { given: (*number).into(), field: None })
                .into_iter()
                .collect(),
            company: seed.company.map(str::to_owned),
            title: seed.title.map(str::to_owned),
            email: None,
            created_at: Some("2025-03-01T08:00:00Z".parse().unwrap()),
            last_activity_at: None,
            associations: record["deals"].as_array().unwrap().iter().map(deal).collect(),
        }
    }

    async fn seed_many(&self, count: usize, phone: Option<&str>) {
        let mut contacts = serde_json::Map::new();
        for number in 0..count {
            let name = format!("Shared {number}");
            let record = self.record(&Seed { phones: phone.as_slice(), ..Seed::named(&name) });
            contacts.insert(text(&record["id"]).unwrap(), record);
        }
        self.switch(json!({ "contacts": contacts })).await;
    }

    async fn rename(&self, contact: &ContactRef, name: &str) {
        let path = format!("records/contacts/{}", contact.id);
        self.server().oracle("PUT", &path, json!({ "name": name })).await;
    }

    async fn delete(&self, contact: &ContactRef) {
        let path = format!("records/contacts/{}", contact.id);
        self.server().oracle("DELETE", &path, json!({})).await;
    }

    fn nowhere(&self) -> ContactRef {
        let account = AccountId::new(ACCOUNT);
        ContactRef { account, kind: "Contact".into(), id: "c-9999999".into() }
    }

    async fn contacts(&self) -> Vec<Value> {
        self.table("contacts").await.into_iter().map(bare).collect()
    }

    fn expected_contact(&self, new: &NewContact) -> Value {
        // The contract has no company and no e-mail address.
        json!({ "name": new.name, "type": new.kind.as_deref().unwrap_or("Contact"),
            "phone": new.phone, "additional": {} })
    }

    fn refused_contact(&self) -> Option<(NewContact, &'static str)> {
        let new = NewContact {
            name: " ".into(),
            kind: None,
            phone: Some(NUMBER.into()),
            company: None,
            email: None,
            key: "refused".into(),
        };
        Some((new, "a contact needs a name"))
    }

    async fn logs(&self) -> Vec<(String, Value)> {
        let logs = self.table("activities").await.into_iter();
        logs.map(|log| (text(&log["id"]).unwrap(), as_seen(bare(log)))).collect()
    }

    fn expected_log(&self, entry: &LogEntry) -> Value {
        let (from, to) = match entry.direction {
            Direction::Inbound => (&entry.remote_number, &entry.local_number),
            Direction::Outbound => (&entry.local_number, &entry.remote_number),
        };
        let result = match entry.result {
            EndReason::Answered => "Call connected",
            EndReason::Missed => "Missed",
            EndReason::Rejected => "Rejected",
            EndReason::Busy => "Busy",
            EndReason::Cancelled => "Hang Up",
            EndReason::NoAnswer => "No Answer",
            EndReason::AnsweredElsewhere => "Answered elsewhere",
            EndReason::Voicemail => "Voicemail",
            EndReason::Failed => "Call Failed",
            EndReason::Lost => "Unknown",
        };
        let deal = entry.association.as_ref();
        let fields = deal.map_or(json!({}), |deal| json!({ "associatedDeal": deal.id }));
        let note = format!("- Note: {}", entry.note);
        let note = note.lines().map(str::trim_end).filter(|line| *line != "- Note:");
        let details = [
            format!("- Summary: {}", entry.subject),
            "- Date/Time: 2026-11-23 09:41:07 AM".to_owned(),
            format!("- Duration: {}", length(entry.duration_s)),
            format!("- Result: {result}"),
        ];
        let body: Value = note.map(str::to_owned).chain(details).collect();
        json!({
            "body": body, "contact": entry.contact.id, "contact_type": "Contact",
            "contact_name": entry.contact_name, "session": entry.key, "subject": entry.subject,
            "direction": if entry.direction == Direction::Inbound { "Inbound" } else { "Outbound" },
            "from": from, "to": to, "start": "2026-11-23T09:41:07.000Z",
            "duration": entry.duration_s, "result": result, "additional": fields,
        })
    }

    async fn spoil(&self, entry: &mut LogEntry) -> &'static str {
        entry.fields.insert("queue".into(), "nobody's".into());
        "There is no such queue."
    }

    async fn delete_log(&self, id: &str) -> bool {
        self.server().oracle("DELETE", &format!("records/activities/{id}"), json!({})).await;
        true
    }

    async fn conversations(&self) -> Vec<(String, Value)> {
        let records = self.table("messages").await.into_iter();
        // The server's name of a conversation, which stands before each text's own.
        let key = |record: &Value| {
            let first = record["texts"][0]["id"].as_str().unwrap();
            first.rsplit_once(':').unwrap().0.to_owned()
        };
        records.map(|record| (key(&record), bare(record))).collect()
    }

    fn expected_conversation(&self, entry: &MessageEntry) -> Value {
        let texts = entry.texts.iter().map(|text| {
            json!({
                "id": format!("{}:{}", entry.key, text.id), "text": text.text, "at": text.at,
                "direction":
                    if text.direction == Direction::Inbound { "Inbound" } else { "Outbound" },
            })
        });
        json!({ "contact": entry.contact.id, "additional": {},
            "texts": texts.collect::<Vec<_>>() })
    }

    async fn cached_note(&self, entry: &LogEntry) -> Option<String> {
        text(&self.server().state().await["notes"][&entry.key]["note"])
    }

    async fn announce(&self, message: &Message) {
        let level = match message.level {
            MessageLevel::Success => "success",
            MessageLevel::Info => "info",
            MessageLevel::Warning => "warning",
            MessageLevel::Error => "danger",
        };
        let items = |items: &[String]| {
            let numbered = items.iter().enumerate();
            let lines = numbered.map(|(n, line)| json!({ "id": n, "type": "text", "text": line }));
            lines.collect::<Vec<_>>()
        };
        let details = message.details.iter();
        let details: Vec<_> =
            details.map(|d| json!({ "title": d.title, "items": items(&d.items) })).collect();
        let notice = json!({ "message": message.message, "messageType": level,
            "ttl": message.ttl_ms, "details": details });
        self.switch(json!({ "notice": notice })).await;
    }

    fn contact_page(&self, contact: &ContactRef) -> Option<String> {
        Some(format!("https://{HOST}/{}/{}", contact.kind, contact.id))
    }

    fn log_page(&self, id: &str) -> Option<String> {
        Some(format!("https://{HOST}/activities/{id}"))
    }

    async fn fault(&self, fault: Fault) {
        self.gateway.set(Some(fault));
    }

    async fn heal(&self) {
        self.gateway.set(None);
    }

    /// The gateway stops: the server keeps all that it holds in memory.
    async fn stop(&self) {
        self.gateway.stop().await;
    }

    async fn restart(&self) {
        self.gateway.restart().await;
    }

    async fn requests(&self) -> Vec<Request> {
        self.gateway.requests()
    }

    async fn searched(&self) -> Vec<String> {
        let mut searched = Vec::new();
        for request in self.requests().await {
            let url = Url::parse("http://x").unwrap().join(&request.target).unwrap();
            let text = url.query_pairs().find(|(name, _)| name == "phoneNumber");
            searched.extend(text.map(|(_, text)| text.into_owned()));
        }
        searched
    }
}
