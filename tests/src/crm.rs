//! The Example CRM as a process of its own, and what the tests read from it and do to it: its own
//! lists, its request log, its switches.

use std::net::{Ipv4Addr, TcpListener};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::app::{binary, first_line, wait_until};

/// The key that Ringside signs in with: long and odd, so that a search for its bytes means something.
pub const API_KEY: &str = "rs-test-key-9f2b71c4d0e8a35566";

/// A running Example CRM with the demo's contacts. Killed on drop.
#[derive(Debug)]
pub struct ExampleCrm {
    runtime: tokio::runtime::Runtime,
    client: reqwest::Client,
    data: TempDir,
    port: u16,
    key: String,
    process: Option<Child>,
}

impl ExampleCrm {
    /// Starts it with the demo's contacts and the switches of `--faults`.
    ///
    /// # Errors
    /// It is not built, or does not start.
    pub fn start() -> Result<Self> {
        // Another provider that is installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let mut crm = Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            client: reqwest::Client::builder().no_proxy().timeout(crate::app::PATIENCE).build()?,
            data: tempfile::Builder::new().prefix("ringside-crm-").tempdir()?,
            port: 0,
            key: API_KEY.to_owned(),
            process: None,
        };
        crm.port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port();
        crm.start_again()?;
        Ok(crm)
    }

    /// Starts it after [`ExampleCrm::stop`], at the same address, with what it held.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_again(&mut self) -> Result<()> {
        let mut child = Command::new(binary("example-crm")?)
            .args(["--listen", &format!("127.0.0.1:{}", self.port), "--seed", "demo", "--faults"])
            .arg("--data")
            .arg(self.data.path())
            .env("EXAMPLE_CRM_API_KEY", &self.key)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let line = first_line(&mut child);
        self.process = Some(child);
        ensure!(line?.contains("listening"), "the Example CRM does not listen");
        Ok(())
    }

    /// From the next start on another key counts, and the one before no longer.
    pub fn change_key(&mut self, key: &str) {
        key.clone_into(&mut self.key);
    }

    /// Kills it.
    ///
    /// # Errors
    /// The process cannot be killed.
    pub fn stop(&mut self) -> Result<()> {
        if let Some(mut child) = self.process.take() {
            child.kill()?;
            child.wait()?;
        }
        Ok(())
    }

    /// Its address.
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// One request with the key; the answer's JSON, null if it is empty.
    ///
    /// # Errors
    /// The CRM does not answer, or says no.
    pub fn ask(&self, method: Method, path: &str, body: Option<&Value>) -> Result<Value> {
        let mut request =
            self.client.request(method, format!("{}{path}", self.url())).bearer_auth(&self.key);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.runtime.block_on(async {
            let answer = request.send().await?;
            let status = answer.status();
            let text = answer.text().await?;
            ensure!(status.is_success(), "{path}: {status}: {text}");
            if text.is_empty() { Ok(Value::Null) } else { Ok(serde_json::from_str(&text)?) }
        })
    }

    /// All activities, oldest first.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn activities(&self) -> Result<Vec<Value>> {
        let answer = self.ask(Method::GET, "/v1/activities?limit=200", None)?;
        Ok(answer["activities"].as_array().context("no list of activities")?.clone())
    }

    /// Waits for the one activity there is to be, and answers with it.
    ///
    /// # Errors
    /// None comes, or more than one.
    pub fn only_activity(&self) -> Result<Value> {
        wait_until("an activity in the CRM", || Ok(!self.activities()?.is_empty()))?;
        let mut all = self.activities()?;
        ensure!(all.len() == 1, "more than one activity: {all:#?}");
        all.pop().context("no activity")
    }

    /// The contact of this name; every name of the demo is there once.
    ///
    /// # Errors
    /// There is none.
    pub fn contact(&self, name: &str) -> Result<Value> {
        let answer = self.ask(Method::GET, "/v1/contacts?limit=200", None)?;
        let contacts = answer["contacts"].as_array().context("no list of contacts")?;
        let found = contacts.iter().find(|contact| contact["name"] == name);
        found.cloned().with_context(|| format!("no contact {name}"))
    }

    /// The id of the contact of this name, as Ringside writes it.
    ///
    /// # Errors
    /// There is none.
    pub fn contact_id(&self, name: &str) -> Result<String> {
        Ok(self.contact(name)?["id"].to_string())
    }

    /// Somebody else works in the CRM: adds a contact with a mobile number. Answers with its id.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn add_contact(&self, name: &str, number: &str) -> Result<String> {
        let phones = json!([{ "field": "mobile", "number": number }]);
        let contact = json!({ "name": name, "type": "person", "phones": phones });
        Ok(self.ask(Method::POST, "/v1/contacts", Some(&contact))?["id"].to_string())
    }

    /// Somebody else works in the CRM: changes a contact.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn change_contact(&self, id: &str, fields: &Value) -> Result<()> {
        self.ask(Method::PATCH, &format!("/v1/contacts/{id}"), Some(fields)).map(drop)
    }

    /// Somebody else works in the CRM: deletes a contact.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn delete_contact(&self, id: &str) -> Result<()> {
        self.ask(Method::DELETE, &format!("/v1/contacts/{id}"), None).map(drop)
    }

    /// Sets the switches: see `example-crm`'s `Faults`.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn misbehave(&self, faults: &Value) -> Result<()> {
        self.ask(Method::PUT, "/_faults", Some(faults)).map(drop)
    }

    /// Everything works again.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn behave(&self) -> Result<()> {
        self.ask(Method::DELETE, "/_faults", None).map(drop)
    }

    /// The requests since the start, without those of this harness's lists.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn requests(&self) -> Result<Vec<Request>> {
        let answer = self.ask(Method::GET, "/_requests", None)?;
        let requests = answer["requests"].as_array().context("no request log")?;
        Ok(requests
            .iter()
            .map(|entry| Request {
                method: entry["method"].as_str().unwrap_or_default().to_owned(),
                path: entry["path"].as_str().unwrap_or_default().to_owned(),
                query: entry["query"].as_str().unwrap_or_default().to_owned(),
                status: entry["status"].as_u64(),
                dropped: entry["dropped"] == true,
            })
            .filter(|request| !request.query.contains("limit=200"))
            .collect())
    }

    /// The searches for a number since the start, as the decoded text that was searched for.
    ///
    /// # Errors
    /// As [`ExampleCrm::ask`].
    pub fn searches(&self) -> Result<Vec<String>> {
        let searched = self.requests()?.into_iter().filter(|r| r.path == "/v1/contacts");
        Ok(searched.filter_map(|request| request.searched_for()).collect())
    }

    /// Waits until a write of this kind has come in, answered or not.
    ///
    /// # Errors
    /// None comes.
    pub fn wait_for_write(&self, method: &str, path: &str) -> Result<Request> {
        let mut found = None;
        wait_until(&format!("{method} {path} at the CRM"), || {
            found = self.requests()?.into_iter().find(|r| r.method == method && r.path == path);
            Ok(found.is_some())
        })?;
        found.context("no such request")
    }
}

impl Drop for ExampleCrm {
    fn drop(&mut self) {
        let _ = self.stop();
    }
}

/// One line of the request log.
#[derive(Clone, Debug)]
pub struct Request {
    /// `GET`, `POST`, …
    pub method: String,
    /// Without the query.
    pub path: String,
    /// As sent.
    pub query: String,
    /// None while it is being answered, and for good if the client went away.
    pub status: Option<u64>,
    /// Done, but the connection was cut without an answer.
    pub dropped: bool,
}

impl Request {
    fn searched_for(&self) -> Option<String> {
        let url = reqwest::Url::parse(&format!("http://crm.test/?{}", self.query)).ok()?;
        let found = url.query_pairs().find(|(name, _)| name == "phone" || name == "extension");
        found.map(|(_, text)| text.into_owned())
    }
}
