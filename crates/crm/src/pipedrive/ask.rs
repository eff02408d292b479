//! One request to Pipedrive and what its answer means.

use std::time::{Duration, Instant};

use reqwest::Method;
use reqwest::header;
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use super::Pipedrive;
use super::wire::Envelope;
use ringside_web::Error;
use ringside_web::client::Answer;
use ringside_web::client::Urgency;

/// How long we wait when the day's tokens are used up: the day turns at a time that nobody tells.
const DAY_WAIT: Duration = Duration::from_secs(15 * 60);
/// How long we wait when the protection in front of the API has shut us out.
const BLOCKED_WAIT: Duration = Duration::from_secs(5 * 60);
/// The window of the burst, for an answer that does not tell.
const BURST_WAIT: Duration = Duration::from_secs(2);

/// How a request is sent.
#[derive(Clone, Copy)]
pub(super) struct Way {
    /// What it costs in tokens.
    pub(super) cost: u64,
    /// Who waits for it.
    pub(super) urgency: Urgency,
    /// When it is too late.
    pub(super) deadline: Instant,
    /// Part of a bulk pull, which leaves tokens to calls.
    pub(super) bulk: bool,
}

impl Way {
    /// For which a person waits.
    pub(super) fn live(cost: u64, within: Duration) -> Self {
        let deadline = Instant::now() + within;
        Self { cost, urgency: Urgency::Live, deadline, bulk: false }
    }

    /// Behind the scenes, though not in bulk.
    pub(super) fn quiet(cost: u64, within: Duration) -> Self {
        Self { urgency: Urgency::Background, ..Self::live(cost, within) }
    }

    fn left(self) -> Duration {
        self.deadline.saturating_duration_since(Instant::now())
    }
}

impl Pipedrive {
    /// An address of the API with its query.
    pub(super) fn url(&self, parts: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.client.address(parts);
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Reads. A used-up burst is waited out, if there is time.
    pub(super) async fn read<T: DeserializeOwned>(
        &self,
        url: &Url,
        way: Way,
    ) -> Result<Envelope<T>, Error> {
        self.budget.allow(way.cost, way.bulk)?;
        let answer = self.client.get(url, way.urgency, way.left()).await?;
        self.judge(&answer)?;
        Envelope::of(&answer)
    }

    /// Searches, within the limit that searches have of their own.
    pub(super) async fn search<T: DeserializeOwned>(
        &self,
        url: &Url,
        way: Way,
    ) -> Result<Envelope<T>, Error> {
        tokio::time::timeout_at(way.deadline.into(), self.searches.until_ready())
            .await
            .map_err(|_| Error::RateLimited { retry_after: None })?;
        self.read(url, way).await
    }

    /// Writes, once.
    pub(super) async fn write<T: DeserializeOwned>(
        &self,
        method: Method,
        url: &Url,
        body: &impl Serialize,
        way: Way,
    ) -> Result<T, Error> {
        self.budget.allow(way.cost, way.bulk)?;
        let answer = self.client.write(method, url, body, way.urgency, way.left()).await?;
        self.judge(&answer)?;
        let missing = || Error::Ambiguous("answered without the record".to_owned());
        Envelope::of(&answer)?.data.ok_or_else(missing)
    }

    /// What an answer says, with what only Pipedrive says.
    fn judge(&self, answer: &Answer) -> Result<(), Error> {
        self.budget.learn(answer.headers());
        let error = match answer.check() {
            Ok(()) => return Ok(()),
            Err(error) => error,
        };
        Err(match error {
            Error::RateLimited { .. } if self.budget.is_empty() => {
                // Its Retry-After speaks of the burst.
                Error::RateLimited { retry_after: Some(DAY_WAIT) }
            }
            Error::RateLimited { retry_after } => {
                Error::RateLimited { retry_after: retry_after.or(Some(BURST_WAIT)) }
            }
            // Who goes on after 429s is shut out with a page, not with an answer of the API.
            Error::Forbidden if is_page(answer) => {
                Error::RateLimited { retry_after: Some(BLOCKED_WAIT) }
            }
            error => error,
        })
    }
}

/// A page for people.
fn is_page(answer: &Answer) -> bool {
    let kind = answer.headers().get(header::CONTENT_TYPE);
    kind.and_then(|kind| kind.to_str().ok()).is_some_and(|kind| kind.starts_with("text/html"))
}
