//! A company at the stand-in, and an account at it.

pub(crate) use crate::sample::{ask, names};

use fake_pipedrive::faults::Faults;
use fake_pipedrive::records::{Activity, Person};
use fake_pipedrive::{Options, Server};
use ringside_crm::pipedrive::Pipedrive;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Contact, ContactRef, LogEntry, Region};
use ringside_web::credentials::{Credentials, KeepNothing};
use serde_json::{Value, json};

pub(crate) const TOKEN: &str = "token-of-jonas";
pub(crate) const READ_ONLY: &str = "token-of-nobody";
pub(crate) const LEAD: &str = "b2a5c4de-1111-4222-8333-444455556666";

pub(crate) struct Fixture {
    pub(crate) server: Server,
    pub(crate) crm: Pipedrive,
}

/// A company with a few people, and an account with these formats.
pub(crate) async fn fixture(formats: &[&str]) -> Fixture {
    let options = Options { read_only_token: Some(READ_ONLY.into()), ..Options::new(TOKEN) };
    fixture_of(options, formats).await
}

pub(crate) async fn fixture_of(options: Options, formats: &[&str]) -> Fixture {
    let server = Server::start(options).await.unwrap();
    let phone = |value: &str, label: &str| json!({ "value": value, "label": label });
    let seed = json!({
        "organizations": [{ "id": 3, "name": "Lumen Freight" }],
        "persons": [
            { "id": 5, "name": "Nadia Okafor", "org_id": 3,
              "add_time": "2026-03-02T09:00:00Z", "update_time": "2026-11-20T16:30:00Z",
              "phones": [phone("4155550142", "mobile"), phone("+1 415 555 0100", "work")],
              "emails": [{ "value": "old@lumen.example" },
                  { "value": "nadia@lumen.example", "primary": true }] },
            { "id": 6, "name": "Trap", "phones": [phone("+49 4155550142", "work")] },
            { "id": 7, "name": "Marcus Bell", "phones": [phone("(415) 555-0118", "home")] },
            { "id": 8, "name": "Front desk", "phones": [phone("+442079460018", "work")] },
            { "id": 10, "name": "Grace Lin", "phones": [phone("020 79460018", "work")] },
            { "id": 11, "name": "Priya Raman", "phones": [phone("204", "work")] }],
        "deals": [
            { "id": 20, "title": "Renewal 2027", "person_id": 5, "value": 12400.0, "stage_id": 3 },
            { "id": 21, "title": "Lost one", "person_id": 5, "status": "lost" },
            { "id": 22, "title": "Pilot", "person_id": 8 }],
        "leads": [
            { "id": LEAD, "title": "Cold chain", "person_id": 5,
              "value": { "amount": 6000.0, "currency": "USD" } },
            { "id": "c2a5c4de-1111-4222-8333-444455556666", "title": "Old", "person_id": 5,
              "is_archived": true }],
    });
    plant(&server, seed);
    let crm = account(&settings(&server.url, formats), TOKEN);
    Fixture { server, crm }
}

pub(crate) fn plant(server: &Server, seed: Value) {
    server.store().seed(serde_json::from_value(seed).unwrap());
}

pub(crate) fn settings(url: &str, formats: &[&str]) -> AccountSettings {
    AccountSettings {
        formats: formats.iter().map(|format| (*format).to_owned()).collect(),
        ..AccountSettings::new(AccountId::new("acme"), "pipedrive", "Acme", url)
    }
}

pub(crate) fn account(settings: &AccountSettings, token: &str) -> Pipedrive {
    let credentials = Credentials::Key(token.into());
    Pipedrive::new(settings, &region("US"), credentials, KeepNothing::shared()).unwrap()
}

pub(crate) fn region(text: &str) -> Region {
    Region::parse(text).unwrap()
}

/// The contact of a person, with nothing but its id.
pub(crate) fn reference(id: &str) -> ContactRef {
    ContactRef { account: AccountId::new("acme"), kind: "person".into(), id: id.into() }
}

/// A call of Nadia's, attached to her deal; the time comes in another zone, the note with signs that
/// HTML and scripts know.
pub(crate) fn entry(contact: &Contact) -> LogEntry {
    LogEntry {
        started_at: "2026-11-23T23:41:07+05:00".parse().unwrap(),
        note: "Wants the quote for 40 seats,\nnot 25. <b>$& \u{1F4DE}</b>".into(),
        ..crate::sample::entry(contact)
    }
}

impl Fixture {
    /// Sets the switches for requests whose path begins so.
    pub(crate) fn faults(&self, path_prefix: &str, set: fn(&mut Faults)) {
        let mut faults = Faults { path_prefix: path_prefix.to_owned(), ..Faults::default() };
        set(&mut faults);
        *self.server.faults() = faults;
    }

    /// What was asked of the API since it was last forgotten: method, path and the query's names
    /// that say what for.
    pub(crate) fn asked(&self) -> Vec<String> {
        let of = |query: &str| {
            let pairs: Vec<_> = url::form_urlencoded::parse(query.as_bytes()).collect();
            let shown = ["term", "ids", "cursor"];
            let shown = pairs.iter().filter(|(name, _)| shown.contains(&name.as_ref()));
            shown.map(|(name, value)| format!(" {name}={value}")).collect::<String>()
        };
        let requests = self.server.requests();
        requests
            .iter()
            .map(|request| {
                let query = request.query.as_deref().map(of).unwrap_or_default();
                format!("{} {}{query}", request.method, request.path)
            })
            .collect()
    }

    pub(crate) async fn nadia(&self) -> Contact {
        use ringside_crm::Crm;
        self.crm.get_contact(&ask("+14155550142")).await.unwrap().contacts.remove(0)
    }

    pub(crate) fn activities(&self) -> Vec<Activity> {
        self.server.store().activities.values().cloned().collect()
    }

    pub(crate) fn person(&self, id: &str) -> Person {
        self.server.store().persons[&id.parse().unwrap()].clone()
    }
}
