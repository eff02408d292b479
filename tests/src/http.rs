//! Requests of the tests' own, past everything of Ringside.

use anyhow::{Result, ensure};
use reqwest::redirect::Policy;
use reqwest::{Client, Method, RequestBuilder};
use serde_json::Value;

use crate::app::PATIENCE;

/// An HTTP client that follows no redirect.
#[derive(Debug)]
pub struct Http {
    runtime: tokio::runtime::Runtime,
    client: Client,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// Where a redirect leads.
    pub location: Option<String>,
    /// The body.
    pub text: String,
}

impl Http {
    /// A client without proxies.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn new() -> Result<Self> {
        // Another provider that is installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        Ok(Self {
            runtime: tokio::runtime::Builder::new_current_thread().enable_all().build()?,
            client: Client::builder()
                .no_proxy()
                .redirect(Policy::none())
                .timeout(PATIENCE)
                .build()?,
        })
    }

    /// One request, made ready by `change`.
    ///
    /// # Errors
    /// Nobody answers.
    pub fn send(
        &self,
        method: Method,
        url: &str,
        change: impl FnOnce(RequestBuilder) -> RequestBuilder,
    ) -> Result<Answer> {
        let request = change(self.client.request(method, url));
        self.runtime.block_on(async {
            let answer = request.send().await?;
            let location = answer.headers().get("location").and_then(|to| to.to_str().ok());
            let (status, location) = (answer.status().as_u16(), location.map(str::to_owned));
            Ok(Answer { status, location, text: answer.text().await? })
        })
    }

    /// One request with a body of JSON; the answer's JSON, null if it is empty.
    ///
    /// # Errors
    /// Nobody answers, or says no.
    pub fn json(&self, method: Method, url: &str, body: Option<&Value>) -> Result<Value> {
        let answer = self.send(method, url, |request| match body {
            Some(body) => request.json(body),
            None => request,
        })?;
        ensure!((200..300).contains(&answer.status), "{url}: {answer:?}");
        if answer.text.is_empty() {
            return Ok(Value::Null);
        }
        Ok(serde_json::from_str(&answer.text)?)
    }
}
