//! Other CRMs beside the Example CRM, each a process of its own: the stand-in for Pipedrive, and a
//! real App Connect server with a CRM of ours behind it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result, ensure};
use reqwest::Method;
use serde_json::{Value, json};

use crate::app::{binary, line_with};
use crate::http::Http;

/// The API token of the company at [`Pipedrive`].
pub const PIPEDRIVE_TOKEN: &str = "rs-test-pd-5e81c09a7744bd12";
/// The key of the CRM behind [`AppConnect`].
pub const APP_CONNECT_KEY: &str = "full-key";
/// What the manifest of [`AppConnect`] names for the pages of contacts.
const CONTACT_PAGE: &str = "https://{hostname}/{contactType}/{contactId}";

/// A running stand-in for Pipedrive, empty at first. Killed on drop.
#[derive(Debug)]
pub struct Pipedrive {
    http: Http,
    process: Child,
    /// Its address.
    pub url: String,
}

impl Pipedrive {
    /// Starts it.
    ///
    /// # Errors
    /// It is not built, or does not start.
    pub fn start() -> Result<Self> {
        let mut process = Command::new(binary("fake-pipedrive")?)
            .env("FAKE_PIPEDRIVE_API_TOKEN", PIPEDRIVE_TOKEN)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let line = said(&mut process, "listening");
        let http = Http::new()?;
        let mut server = Self { http, process, url: String::new() };
        server.url = word(&serde_json::from_str(&line?)?, "listening")?;
        Ok(server)
    }

    /// Somebody else works in the CRM: adds records, as `fake_pipedrive::Seed` has them.
    ///
    /// # Errors
    /// The server does not take them.
    pub fn seed(&self, records: &Value) -> Result<()> {
        self.http.json(Method::POST, &format!("{}/_test/seed", self.url), Some(records)).map(drop)
    }

    /// All activities.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn activities(&self) -> Result<Vec<Value>> {
        let state = self.http.json(Method::GET, &format!("{}/_test/state", self.url), None)?;
        values(&state["activities"])
    }
}

impl Drop for Pipedrive {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// A running stand-in for RingCentral. Killed on drop.
#[derive(Debug)]
pub struct RingCentral {
    http: Http,
    process: Child,
    /// Its address.
    pub url: String,
    /// The app that is registered there.
    pub client_id: String,
}

impl RingCentral {
    /// Starts it.
    ///
    /// # Errors
    /// It is not built, or does not start.
    pub fn start() -> Result<Self> {
        let mut process = Command::new(binary("fake-ringcentral")?)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()?;
        let line = said(&mut process, "listening");
        let http = Http::new()?;
        let (url, client_id) = (String::new(), String::new());
        let mut server = Self { http, process, url, client_id };
        let line = serde_json::from_str(&line?)?;
        server.url = word(&line, "listening")?;
        server.client_id = word(&line, "client_id")?;
        Ok(server)
    }

    /// Tells it what to do, as `fake_ringcentral::Order` has it.
    ///
    /// # Errors
    /// The server does not take it.
    pub fn order(&self, order: &Value) -> Result<()> {
        self.http.json(Method::POST, &format!("{}/_test/order", self.url), Some(order)).map(drop)
    }

    /// Changes the agent's party of session `s-1`.
    ///
    /// # Errors
    /// The server does not take it.
    pub fn party(&self, sequence: u64, code: &str) -> Result<()> {
        self.order(&json!({
            "do": "party", "session": "s-1", "sequence": sequence, "party": "p-1-2", "code": code,
        }))
    }

    /// What was asked, and how the connections do.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn told(&self) -> Result<Value> {
        self.http.json(Method::GET, &format!("{}/_test/requests", self.url), None)
    }
}

impl Drop for RingCentral {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

/// A real App Connect server. Killed on drop.
#[derive(Debug)]
pub struct AppConnect {
    http: Http,
    process: Child,
    /// Its address.
    pub url: String,
    crm: String,
}

impl AppConnect {
    /// Starts it with the contacts of `server/data.js`.
    ///
    /// # Errors
    /// Its packages or node are missing, or it does not start.
    pub fn start() -> Result<Self> {
        Self::start_in(&server()?)
    }

    /// The same, but its manifest names this address for the pages of contacts.
    ///
    /// # Errors
    /// As [`AppConnect::start`].
    pub fn start_with_page(address: &str) -> Result<Self> {
        let copy = tempfile::Builder::new().prefix("ringside-app-connect-").tempdir()?;
        for entry in fs::read_dir(server()?)? {
            let entry = entry?;
            let to = copy.path().join(entry.file_name());
            if entry.file_name() == "node_modules" {
                symlink(entry.path(), to)?;
            } else if entry.file_name() == "manifest.js" {
                let text = fs::read_to_string(entry.path())?;
                ensure!(text.contains(CONTACT_PAGE), "the manifest names other pages");
                fs::write(to, text.replace(CONTACT_PAGE, address))?;
            } else {
                fs::copy(entry.path(), to)?;
            }
        }
        // Node has read all files when it is ready.
        Self::start_in(copy.path())
    }

    fn start_in(folder: &Path) -> Result<Self> {
        let mut process = Command::new("node")
            .arg("server.js")
            .current_dir(folder)
            // It ends when this closes: with us, whatever happens.
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("node is needed; `cargo xtask test` installs it")?;
        let line = said(&mut process, "READY ");
        let mut server =
            Self { http: Http::new()?, process, url: String::new(), crm: String::new() };
        let ready = serde_json::from_str(line?.trim_start_matches("READY "))?;
        (server.url, server.crm) = (word(&ready, "url")?, word(&ready, "crm")?);
        // It waits for its database before it answers anything.
        let alive = server.http.send(Method::GET, &format!("{}/isAlive", server.url), |r| r)?;
        ensure!(alive.text == "OK", "the App Connect server is not alive: {alive:?}");
        Ok(server)
    }

    /// A word behind the server's back, to App Connect's side or the CRM's (`server/crm.js`).
    ///
    /// # Errors
    /// It is not understood.
    pub fn oracle(&self, method: Method, path: &str, body: &Value) -> Result<Value> {
        self.http.json(method, &format!("{}/_/{path}", self.crm), Some(body))
    }

    /// The records of a table of the CRM.
    ///
    /// # Errors
    /// The server does not answer.
    pub fn records(&self, table: &str) -> Result<Vec<Value>> {
        values(&self.oracle(Method::GET, "state", &json!({}))?[table])
    }
}

impl Drop for AppConnect {
    fn drop(&mut self) {
        end(&mut self.process);
    }
}

fn server() -> Result<PathBuf> {
    let crates = Path::new(env!("CARGO_MANIFEST_DIR")).with_file_name("crates");
    let folder = crates.join("crm/tests/app_connect/server");
    ensure!(
        folder.join("node_modules").exists(),
        "the App Connect server is not installed; `cargo xtask test` does it"
    );
    Ok(folder)
}

fn said(process: &mut Child, what: &'static str) -> Result<String> {
    let stdout = process.stdout.take().context("no pipe")?;
    let line = line_with(stdout, what);
    if line.is_err() {
        end(process);
    }
    line
}

fn end(process: &mut Child) {
    let _ = process.kill();
    let _ = process.wait();
}

fn word(value: &Value, name: &str) -> Result<String> {
    Ok(value[name].as_str().with_context(|| format!("no {name} in {value}"))?.to_owned())
}

fn values(table: &Value) -> Result<Vec<Value>> {
    Ok(table.as_object().context("no such table")?.values().cloned().collect())
}
