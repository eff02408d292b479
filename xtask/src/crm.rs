//! The Example CRM, as a child process with demo contacts.

use std::fs::{self, File};
use std::io::Read;

use anyhow::{Context, Result};
use serde_json::Value;

use crate::programs::Program;
use crate::workspace::Workspace;

/// A running Example CRM.
pub(crate) struct ExampleCrm {
    /// Where it listens.
    pub(crate) url: String,
    /// The API key that it takes; new on each start.
    pub(crate) key: String,
    _program: Program,
}

impl ExampleCrm {
    /// Starts it on a free port with an empty data folder and the demo contacts.
    pub(crate) fn start(workspace: &Workspace, log: &File) -> Result<Self> {
        let data = workspace.target("demo-profile/crm");
        fs::create_dir_all(&data).with_context(|| data.display().to_string())?;
        let key = random_key()?;
        let mut command = std::process::Command::new(workspace.binary("example-crm"));
        command.args(["--listen", "127.0.0.1:0", "--seed", "demo", "--data"]).arg(&data);
        command.env("EXAMPLE_CRM_API_KEY", &key);
        let (program, line) = Program::start_server("the Example CRM", &mut command, log)?;
        let ready: Value = serde_json::from_str(&line).context("the Example CRM's first line")?;
        let url =
            ready["listening"].as_str().context("the Example CRM does not say where it is")?;
        Ok(Self { url: url.to_owned(), key, _program: program })
    }

    /// The activities (call logs) that it holds.
    pub(crate) fn activities(&self) -> Result<Vec<Value>> {
        let url = format!("{}/v1/activities", self.url);
        let authorization = format!("Bearer {}", self.key);
        let mut response = ureq::get(&url).header("Authorization", &authorization).call()?;
        let page: Value = response.body_mut().read_json()?;
        Ok(page["activities"].as_array().context("the Example CRM's list of activities")?.clone())
    }
}

/// 32 hexadecimal digits from the system.
fn random_key() -> Result<String> {
    let mut bytes = [0; 16];
    File::open("/dev/urandom")?.read_exact(&mut bytes)?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
