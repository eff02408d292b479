//! The browser's part of a sign-in, and `ringsidectl` waiting for it.

use std::io::Read;
use std::process::{Child, Stdio};
use std::sync::{Arc, Mutex, PoisonError};

use anyhow::{Context, Result, ensure};
use reqwest::{Method, Url};
use serde_json::Value;

use crate::app::{World, wait_until};
use crate::http::{Answer, Http};

/// `ringsidectl account … --browser`, which waits. Killed on drop.
#[derive(Debug)]
pub struct SignIn {
    child: Child,
    words: Arc<Mutex<String>>,
    /// The page that it names.
    pub url: Url,
}

impl SignIn {
    /// Starts the command and waits until it names a page.
    ///
    /// # Errors
    /// It names none.
    pub fn start(world: &World, args: &[&str]) -> Result<Self> {
        let mut command = world.ctl_command(args);
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        let mut stderr = child.stderr.take().context("no pipe")?;
        let words = Arc::new(Mutex::new(String::new()));
        let heard = Arc::clone(&words);
        std::thread::spawn(move || {
            let mut chunk = [0; 4096];
            while let Ok(n @ 1..) = stderr.read(&mut chunk) {
                let text = String::from_utf8_lossy(chunk.get(..n).unwrap_or_default());
                heard.lock().unwrap_or_else(PoisonError::into_inner).push_str(&text);
            }
        });
        let mut sign_in = Self { child, words, url: Url::parse("http://nowhere.test")? };
        let mut named = None;
        wait_until("the page to sign in at", || {
            let ended = sign_in.child.try_wait()?;
            ensure!(ended.is_none(), "it ended at once: {}", sign_in.words());
            // A whole line, not a part of the address.
            named = sign_in.words().split_inclusive('\n').find_map(|line| {
                line.ends_with('\n')
                    .then(|| line.find("http"))
                    .flatten()
                    .map(|at| line.split_at(at).1.trim().to_owned())
            });
            Ok(named.is_some())
        })?;
        sign_in.url = Url::parse(&named.unwrap_or_default())?;
        Ok(sign_in)
    }

    /// What it wrote for people so far.
    pub fn words(&self) -> String {
        self.words.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Its process id.
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// Waits for its end: exit code, reply, words for people.
    ///
    /// # Errors
    /// It does not end.
    pub fn end(mut self) -> Result<(i32, Value, String)> {
        let mut status = None;
        wait_until("the end of the sign-in", || {
            status = self.child.try_wait()?;
            Ok(status.is_some())
        })?;
        let mut text = String::new();
        self.child.stdout.take().context("no pipe")?.read_to_string(&mut text)?;
        let code = status.and_then(|status| status.code()).context("it was killed")?;
        Ok((code, serde_json::from_str(&text).unwrap_or(Value::Null), self.words()))
    }
}

impl Drop for SignIn {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A person at a consent page, who presses a button (`allow`, `deny`) and lets the browser follow;
/// the page at the end.
///
/// # Errors
/// Nobody answers, or the page is another.
pub fn decide(http: &Http, page: &Url, decision: &str) -> Result<Answer> {
    let form = http.send(Method::GET, page.as_str(), |request| request)?;
    ensure!(form.text.contains("<form"), "no form: {form:?}");
    // The Example CRM's page names the request; RingCentral's is in the address.
    let name = form.text.split("name=\"request\" value=\"").nth(1);
    let name = name.and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let back = http.send(Method::POST, page.as_str(), |request| {
        request.form(&[("request", name), ("decision", decision)])
    })?;
    let back = back.location.with_context(|| format!("no way back: {}", back.text))?;
    http.send(Method::GET, &back, |request| request)
}
