//! A stand-in for Pipedrive in this process. No live account is used.

use std::sync::Arc;

use async_trait::async_trait;
use fake_pipedrive::faults::{Faults, Nonsense as Odd};
use fake_pipedrive::records::{Activity, Deal, Item, Organization, Person};
use fake_pipedrive::{Allowance, OAuthApp, Options, Server, Store};
use ringside_crm::{Crm, NewContact, UserInfo};
use ringside_domain::call::EndReason;
use ringside_domain::contact::ContactPhone;
use ringside_domain::log::MessageEntry;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Association, Contact, ContactRef, Direction, LogEntry, Message};
use ringside_web::credentials::Credentials;
use ringside_web::credentials::{OAuthClient, OAuthTokens};
use serde_json::{Value, json};
use tokio::sync::{Mutex, OnceCell};
use url::Url;

use crate::session::through_the_browser;
use crate::world::*;

const TOKEN: &str = "full-token";
const READ_ONLY: &str = "read-only-token";

pub(crate) struct PipedriveWorld {
    url: String,
    server: Mutex<Option<Server>>,
    /// What the company held when the server was stopped.
    held: Mutex<Option<Store>>,
    session: OnceCell<OAuthTokens>,
}

fn options() -> Options {
    Options { read_only_token: Some(READ_ONLY.into()), ..Options::new(TOKEN) }
}

impl PipedriveWorld {
    /// Does something with the running server.
    async fn with<T>(&self, action: impl FnOnce(&Server) -> T) -> T {
        action(self.server.lock().await.as_ref().unwrap())
    }

    async fn activities(&self) -> Vec<Activity> {
        let all = |server: &Server| server.store().activities.values().cloned().collect();
        let all: Vec<Activity> = self.with(all).await;
        all.into_iter().filter(|activity| !activity.is_deleted).collect()
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

/// The lines that people see of a note, apart from empty ones and from the two headings, which stay
/// when a note goes.
fn lines(html: &str) -> Vec<String> {
    let mut text = String::new();
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        let (name, after) = tag.split_once('>').expect("a tag that ends");
        if ["br", "/p", "/li", "/div"].contains(&name) {
            text.push('\n');
        }
        rest = after;
    }
    text.push_str(rest);
    let text = text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"");
    let text = text.replace("&#39;", "'").replace("&amp;", "&");
    let heading = |line: &str| ["Agent notes", "Call details"].contains(&line);
    text.lines().filter(|line| !line.is_empty() && !heading(line)).map(str::to_owned).collect()
}

/// An activity without ids and times that the CRM gives, with its note as people see it.
fn bare(activity: &Activity) -> Value {
    let mut value = serde_json::to_value(activity).unwrap();
    value["note"] = json!(lines(activity.note.as_deref().unwrap_or_default()));
    let fields = value.as_object_mut().unwrap();
    for field in ["id", "add_time", "update_time", "marked_as_done_time"] {
        assert!(fields.remove(field).is_some(), "{field}");
    }
    value
}

/// What an activity of ours is like, apart from what differs.
fn expected(kind: &str, contact: &ContactRef, subject: &str, note: Vec<String>) -> Value {
    let person: u64 = contact.id.parse().unwrap();
    json!({
        "type": kind, "subject": subject, "owner_id": 1, "creator_user_id": 1,
        "is_deleted": false, "done": true, "busy": false, "person_id": person,
        "participants": [{ "person_id": person, "primary": true }], "org_id": null,
        "project_id": null, "deal_id": null, "lead_id": null, "public_description": null,
        "priority": null, "outcome": null, "due_date": "2026-11-23", "due_time": "09:41:07",
        "duration": null, "note": note,
    })
}

fn is_conversation(activity: &Activity) -> bool {
    activity.note.as_ref().is_some_and(|note| note.contains("ringside:messages:"))
}

fn by_id(activities: Vec<Activity>, conversations: bool) -> Vec<(String, Value)> {
    let wanted = activities.iter().filter(|one| is_conversation(one) == conversations);
    wanted.map(|one| (one.id.to_string(), bare(one))).collect()
}

fn person(seed: &Seed<'_>) -> Person {
    let item = |value: &str, label: &str| Item {
        value: value.to_owned(),
        primary: false,
        label: label.to_owned(),
    };
    let phones = seed.phones.iter().map(|number| item(number, "mobile"));
    let extension = seed.extension.map(|digits| item(digits, "extension"));
    Person {
        name: seed.name.to_owned(),
        phones: phones.chain(extension).collect(),
        emails: seed.email.iter().map(|address| item(address, "work")).collect(),
        job_title: seed.title.map(str::to_owned),
        ..Person::default()
    }
}

#[async_trait]
impl World for PipedriveWorld {
    const KIND: &'static str = "pipedrive";
    const PAGE: usize = 200;
    const PARTS: bool = true;

    async fn start() -> Self {
        let server = Server::start(options()).await.unwrap();
        let url = server.url.clone();
        let (server, held) = (Mutex::new(Some(server)), Mutex::new(None));
        Self { url, server, held, session: OnceCell::new() }
    }

    fn url(&self) -> String {
        self.url.clone()
    }

    async fn open(&self, settings: AccountSettings, sign_in: SignIn) -> Arc<dyn Crm> {
        let credentials = match sign_in {
            SignIn::Full => Credentials::Key(TOKEN.into()),
            SignIn::ReadOnly => Credentials::Key(READ_ONLY.into()),
            SignIn::Unknown => Credentials::Key("never-given-out".into()),
            SignIn::Session => Credentials::OAuth(self.session().await.clone()),
        };
        open(&settings, credentials)
    }

    fn secret(&self) -> String {
        TOKEN.to_owned()
    }

    fn user(&self) -> UserInfo {
        UserInfo { id: "1".into(), name: "Jonas Weber".into() }
    }

    fn own_app(&self) -> Option<OAuthClient> {
        let app = OAuthApp::default();
        Some(OAuthClient { id: app.client_id, secret: Some(app.client_secret.into()) })
    }

    async fn consent(&self, url: &Url, allow: bool) -> Url {
        let page = http().get(url.clone()).send().await.unwrap().text().await.unwrap();
        assert!(page.contains("Allow and install"), "{page}");
        let asked = ["client_id", "redirect_uri", "state"];
        let mut form: Vec<_> = url.query_pairs().into_owned().collect();
        form.retain(|(name, _)| asked.contains(&name.as_str()));
        form.push(("decision".into(), if allow { "allow" } else { "deny" }.into()));
        let authorize = format!("{}/oauth/authorize", self.url);
        let back = http().post(authorize).form(&form).send().await.unwrap();
        back.headers()["location"].to_str().unwrap().parse().unwrap()
    }

    fn limit(&self) -> Option<u64> {
        Some(Allowance::AMPLE.day)
    }

    async fn revoke(&self) {
        self.session().await;
        self.with(Server::uninstall).await;
    }

    async fn seed(&self, seed: &Seed<'_>) -> Contact {
        let mut person = person(seed);
        let server = self.server.lock().await;
        let mut store = server.as_ref().unwrap().store();
        person.id = store.fresh_id();
        if let Some(company) = seed.company {
            let id = store.fresh_id();
            person.org_id = Some(id);
            let name = company.to_owned();
            let organizations = vec![Organization { id, name, ..Organization::default() }];
            store.seed(fake_pipedrive::Seed { organizations, ..Default::default() });
        }
        let deals: Vec<_> = seed
            .deals
            .iter()
            .map(|title| Deal {
                id: store.fresh_id(),
                title: (*title).to_owned(),
                person_id: Some(person.id),
                value: 12_400.0,
                ..Deal::default()
            })
            .collect();
        let id = person.id;
        let (persons, told) = (vec![person], deals.clone());
        store.seed(fake_pipedrive::Seed { persons, deals, ..Default::default() });
        let person = &store.persons[&id];
        let phone = |item: &Item| ContactPhone {
            given: item.value.clone(),
            field: Some(item.label.clone()),
        };
        let deal = |deal: &Deal| Association {
            kind: "deal".into(),
            id: deal.id.to_string(),
            title: deal.title.clone(),
            detail: Some("EUR 12,400 · Qualified".into()),
        };
        Contact {
            reference: ContactRef { id: id.to_string(), ..self.nowhere() },
            name: seed.name.into(),
            phones: person.phones.iter().map(phone).collect(),
            company: seed.company.map(str::to_owned),
            title: seed.title.map(str::to_owned),
            email: seed.email.map(str::to_owned),
            created_at: Some(person.add_time.parse().unwrap()),
            last_activity_at: Some(person.update_time.parse().unwrap()),
            // The newest first.
            associations: told.iter().rev().map(deal).collect(),
        }
    }

    async fn seed_many(&self, count: usize, phone: Option<&str>) {
        let named = |number: usize| format!("Shared {number}");
        let one = |name: &str| person(&Seed { phones: phone.as_slice(), ..Seed::named(name) });
        let persons = (0..count).map(|number| one(&named(number))).collect();
        let seed = fake_pipedrive::Seed { persons, ..Default::default() };
        self.with(|server| server.store().seed(seed)).await;
    }

    fn listed(&self, contact: Contact) -> Contact {
        Contact { associations: Vec::new(), ..contact }
    }

    async fn rename(&self, contact: &ContactRef, name: &str) {
        let id = contact.id.parse().unwrap();
        let now = jiff::Timestamp::from_second(jiff::Timestamp::now().as_second()).unwrap();
        let now = now.to_string();
        self.with(|server| {
            let mut store = server.store();
            let person = store.persons.get_mut(&id).unwrap();
            (person.name, person.update_time) = (name.to_owned(), now);
        })
        .await;
    }

    async fn delete(&self, contact: &ContactRef) {
        let id = contact.id.parse().unwrap();
        self.with(|server| server.store().persons.get_mut(&id).unwrap().is_deleted = true).await;
    }

    fn nowhere(&self) -> ContactRef {
        let account = AccountId::new(ACCOUNT);
        ContactRef { account, kind: "person".into(), id: "9999999".into() }
    }

    async fn contacts(&self) -> Vec<Value> {
        let bare = |store: &Store| {
            let persons = store.persons.values().filter(|person| !person.is_deleted);
            let bare = persons.map(|person| {
                let org = person.org_id.map(|id| store.organizations[&id].name.clone());
                let items = |items: &[Item]| {
                    items.iter().map(|i| json!([i.value, i.label, i.primary])).collect::<Vec<_>>()
                };
                json!({ "name": person.name, "organization": org, "owner": person.owner_id,
                    "phones": items(&person.phones), "emails": items(&person.emails),
                    "title": person.job_title, "labels": person.label_ids })
            });
            bare.collect::<Vec<_>>()
        };
        self.with(|server| bare(&server.store())).await
    }

    fn expected_contact(&self, new: &NewContact) -> Value {
        let item = |value: &String| json!([value, "work", true]);
        json!({ "name": new.name, "organization": new.company, "owner": 1,
            "phones": new.phone.iter().map(item).collect::<Vec<_>>(),
            "emails": new.email.iter().map(item).collect::<Vec<_>>(),
            "title": null, "labels": [] })
    }

    fn refused_contact(&self) -> Option<(NewContact, &'static str)> {
        let new = NewContact {
            name: " ".into(),
            kind: None,
            phone: Some("+493023125014".into()),
            company: None,
            email: None,
            key: "refused".into(),
        };
        Some((new, "name: must not be empty"))
    }

    async fn logs(&self) -> Vec<(String, Value)> {
        by_id(self.activities().await, false)
    }

    fn expected_log(&self, entry: &LogEntry) -> Value {
        let result = match entry.result {
            EndReason::Answered => "Answered",
            EndReason::Missed => "Missed",
            EndReason::Rejected => "Rejected",
            EndReason::Busy => "Busy",
            EndReason::Cancelled => "Cancelled",
            EndReason::NoAnswer => "No answer",
            EndReason::AnsweredElsewhere => "Answered elsewhere",
            EndReason::Voicemail => "Voicemail",
            EndReason::Failed => "Failed",
            EndReason::Lost => "Lost",
        };
        let who = match entry.direction {
            Direction::Inbound => "Caller",
            Direction::Outbound => "Recipient",
        };
        let note = entry.note.lines().filter(|line| !line.is_empty()).map(str::to_owned);
        let details = [
            format!("{who} phone number: {}", entry.remote_number),
            format!("Duration: {}", length(entry.duration_s)),
            format!("Result: {result}"),
            entry.key.clone(),
        ];
        let note = note.chain(details).collect();
        let mut log = expected("call", &entry.contact, &entry.subject, note);
        let s = entry.duration_s;
        log["duration"] = json!(format!("{:02}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60));
        let deal = entry.association.as_ref().map(|deal| deal.id.parse::<u64>().unwrap());
        log["deal_id"] = json!(deal);
        log
    }

    async fn spoil(&self, entry: &mut LogEntry) -> &'static str {
        entry.association = Some(Association {
            kind: "deal".into(),
            id: "9999999".into(),
            title: "Nobody's".into(),
            detail: None,
        });
        "deal_id: Deal does not exist"
    }

    async fn delete_log(&self, id: &str) -> bool {
        let id = id.parse().unwrap();
        let gone = |server: &Server| {
            server.store().activities.get_mut(&id).unwrap().is_deleted = true;
        };
        self.with(gone).await;
        true
    }

    async fn conversations(&self) -> Vec<(String, Value)> {
        by_id(self.activities().await, true)
    }

    fn expected_conversation(&self, entry: &MessageEntry) -> Value {
        let mut note = Vec::new();
        for message in &entry.texts {
            let who = match message.direction {
                Direction::Inbound => &entry.contact_name,
                Direction::Outbound => &entry.local_number,
            };
            note.push(format!("{who} {}", message.at));
            note.extend(message.text.lines().map(str::to_owned));
        }
        note.push(entry.key.clone());
        let mut record = expected("task", &entry.contact, &entry.subject, note);
        let day = entry.texts[0].at.strftime("%Y-%m-%d").to_string();
        record["due_date"] = json!(day);
        record
    }

    async fn announce(&self, _: &Message) {
        unreachable!("Pipedrive has no such notices, and the adapter's capabilities say so");
    }

    fn contact_page(&self, contact: &ContactRef) -> Option<String> {
        Some(format!("{}/person/{}", self.url, contact.id))
    }

    fn log_page(&self, id: &str) -> Option<String> {
        Some(format!("{}/activities/{id}", self.url))
    }

    async fn fault(&self, fault: Fault) {
        let none = Faults::default();
        let faults = match fault {
            Fault::Slow(delay) => Faults { delay_ms: delay.as_millis() as u64, ..none },
            Fault::RateLimited { times, retry_after_s } => {
                Faults { burst_times: times, retry_after_s: Some(retry_after_s), ..none }
            }
            Fault::Status { times, status } => {
                Faults { fail_times: times, fail_status: status, ..none }
            }
            Fault::Nonsense(nonsense) => {
                let odd = match nonsense {
                    Nonsense::Html => Odd::Html,
                    Nonsense::OtherJson => Odd::Json,
                    Nonsense::Truncated => Odd::Truncated,
                    Nonsense::Empty => Odd::Empty,
                    Nonsense::Huge => Odd::Huge,
                };
                Faults { nonsense: Some(odd), ..none }
            }
            // The organisation of a new person is a write of its own, before the one that counts.
            Fault::Unanswered { writes } => Faults {
                drop_after_write: writes,
                spare: Some("/api/v2/organizations".into()),
                ..none
            },
            Fault::Redirect(address) => Faults { redirect: Some(address), ..none },
        };
        self.with(|server| *server.faults() = faults).await;
    }

    async fn heal(&self) {
        self.with(|server| *server.faults() = Faults::default()).await;
    }

    async fn stop(&self) {
        let server = self.server.lock().await.take().unwrap();
        let held = server.store().clone();
        *self.held.lock().await = Some(held);
        server.stop().await;
    }

    async fn restart(&self) {
        let listen = self.url.strip_prefix("http://").unwrap().parse().unwrap();
        let server = Server::start(Options { listen, ..options() }).await.unwrap();
        let held = self.held.lock().await.take().unwrap();
        *server.store() = held;
        *self.server.lock().await = Some(server);
    }

    async fn requests(&self) -> Vec<Request> {
        let requests = self.with(Server::requests).await;
        let requests = requests.into_iter().filter(|request| request.path.starts_with("/api/"));
        requests
            .map(|request| Request {
                method: request.method,
                target: format!("{}?{}", request.path, request.query.unwrap_or_default()),
            })
            .collect()
    }

    async fn searched(&self) -> Vec<String> {
        let mut searched = Vec::new();
        for request in self.requests().await {
            let url = Url::parse("http://x").unwrap().join(&request.target).unwrap();
            let pair = |name: &str| {
                let mut pairs = url.query_pairs();
                pairs.find(|(other, _)| other == name).map(|(_, text)| text.into_owned())
            };
            if pair("fields").as_deref() == Some("phone") {
                searched.extend(pair("term"));
            }
        }
        searched
    }
}
