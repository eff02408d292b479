//! The Example CRM, as a process with as many contacts as wanted.

use std::fs;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::peer::Peer;
use crate::process::Program;
use crate::stage::binary;

/// Requests per second, where no limit is meant.
const NO_LIMIT: u32 = 1_000_000;

/// A running Example CRM.
pub(crate) struct Crm {
    /// Where it listens.
    pub(crate) url: String,
    _process: Program,
    _data: tempfile::TempDir,
}

/// The key that it takes.
pub(crate) const KEY: &str = "bench-key";

impl Crm {
    pub(crate) fn start(contacts: usize) -> Result<Self> {
        let data = tempfile::Builder::new().prefix("ringside-bench-crm-").tempdir()?;
        let seed = data.path().join("seed.json");
        let people: Vec<Value> = (0..contacts).map(|index| Peer(index).contact()).collect();
        fs::write(&seed, serde_json::to_vec(&people)?)?;
        let mut command = Command::new(binary("example-crm")?);
        command
            .args(["--listen", "127.0.0.1:0", "--faults", "--rate", &NO_LIMIT.to_string()])
            .arg("--data")
            .arg(data.path())
            .arg("--seed")
            .arg(&seed)
            .env("EXAMPLE_CRM_API_KEY", KEY)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = Program::start(&mut command)?;
        let stdout = process.child().stdout.take().context("no pipe")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let ready: Value = serde_json::from_str(&line).context("the Example CRM did not start")?;
        let url =
            ready["listening"].as_str().context("the Example CRM listens nowhere")?.to_owned();
        Ok(Self { url, _process: process, _data: data })
    }

    /// From now on each answer takes this long.
    pub(crate) fn slow(&self, delay_ms: u64) -> Result<()> {
        let faults = json!({ "path_prefix": "/v1", "delay_ms": delay_ms });
        ureq::put(format!("{}/_faults", self.url))
            .header("Authorization", format!("Bearer {KEY}"))
            .send_json(faults)?;
        Ok(())
    }

    /// At once again.
    pub(crate) fn quick(&self) -> Result<()> {
        ureq::delete(format!("{}/_faults", self.url))
            .header("Authorization", format!("Bearer {KEY}"))
            .call()?;
        Ok(())
    }
}
