//! The running engine, and all that it has said.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, bail};
use serde_json::Value;

use super::{PATIENCE, World};

/// A running `ringsidectl run`, and all that it has said. Killed on drop.
#[derive(Debug)]
pub struct Run {
    pub(super) child: Child,
    heard: Arc<(Mutex<Vec<Value>>, Condvar)>,
    log: PathBuf,
}

impl Run {
    pub(super) fn start(world: &World) -> Result<Self> {
        let log = world.session.dir().join("engine.log");
        let log_file = File::options().create(true).append(true).open(&log)?;
        let mut child = world
            .ctl_command(["run"])
            .env("RINGSIDE_LOG", "debug")
            .stdout(Stdio::piped())
            .stderr(log_file)
            .spawn()?;
        let stdout = child.stdout.take().context("no pipe to the engine")?;
        let heard = Arc::new((Mutex::new(Vec::new()), Condvar::new()));
        let keeps = Arc::clone(&heard);
        std::thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                // What is no JSON is kept as text, where the test of the schema stumbles over it.
                let event = serde_json::from_str(&line).unwrap_or(Value::String(line));
                lock(&keeps.0).push(event);
                keeps.1.notify_all();
            }
        });
        Ok(Self { child, heard, log })
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All events so far.
    pub fn events(&self) -> Vec<Value> {
        lock(&self.heard.0).clone()
    }

    /// All that it wrote to standard error, also in earlier runs.
    pub fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|bytes| String::from_utf8_lossy(&bytes).into_owned())
            .unwrap_or_default()
    }

    /// The first event, past or to come, for which this holds.
    ///
    /// # Errors
    /// None comes; the error tells what came instead.
    pub fn wait(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        self.wait_from(0, what, holds)
    }

    /// The same, not looking at the first `from` events.
    ///
    /// # Errors
    /// As [`Run::wait`].
    pub fn wait_from(
        &self,
        from: usize,
        what: &str,
        holds: impl Fn(&Value) -> bool,
    ) -> Result<Value> {
        let end = Instant::now() + PATIENCE;
        let mut events = lock(&self.heard.0);
        let mut seen = from;
        loop {
            if let Some(found) = events.iter().skip(seen).find(|event| holds(event)) {
                return Ok(found.clone());
            }
            seen = events.len().max(from);
            let left = end.saturating_duration_since(Instant::now());
            if left.is_zero() {
                let all: Vec<String> = events.iter().map(Value::to_string).collect();
                bail!("no event: {what}\nheard:\n{}\nlog:\n{}", all.join("\n"), self.log());
            }
            let woken = self.heard.1.wait_timeout(events, left);
            events = woken.unwrap_or_else(PoisonError::into_inner).0;
        }
    }

    /// Waits for a pop with this status.
    ///
    /// # Errors
    /// As [`Run::wait`].
    pub fn pop(&self, status: &str) -> Result<Value> {
        self.wait(&format!("pop {status}"), |e| e["event"] == "pop" && e["status"] == status)
    }

    /// Waits for a call in this state.
    ///
    /// # Errors
    /// As [`Run::wait`].
    pub fn call(&self, state: &str) -> Result<Value> {
        self.wait(&format!("call {state}"), |e| e["event"] == "call" && e["call"]["state"] == state)
    }

    /// Waits for a log in this state.
    ///
    /// # Errors
    /// As [`Run::wait`].
    pub fn logged(&self, state: &str) -> Result<Value> {
        self.wait(&format!("log {state}"), |e| e["event"] == "log" && e["state"] == state)
    }

    /// Waits for a notice with this code; its parameters.
    ///
    /// # Errors
    /// As [`Run::wait`].
    pub fn notice(&self, code: &str) -> Result<Value> {
        let event = self.wait(&format!("notice {code}"), |e| {
            e["event"] == "notice" && e["fault"]["code"] == code
        })?;
        Ok(event["fault"]["params"].clone())
    }

    pub(super) fn is_alive(&mut self) -> Result<()> {
        match self.child.try_wait()? {
            None => Ok(()),
            Some(status) => Err(anyhow!("the engine ended ({status}):\n{}", self.log())),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
