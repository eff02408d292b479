//! The HTTP client that all adapters use: one warm connection pool for each account, deadlines,
//! bounded answers, rate limits, one sign-in that renews itself, and one reading of what an outcome
//! means.

mod answer;
mod auth;
mod clock;
mod connect;
mod limits;
mod oauth;
mod rate;
mod socket;
pub(crate) mod tokens;

use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use jiff::{SignedDuration, Timestamp};
use reqwest::header;
use reqwest::{Method, RequestBuilder, StatusCode};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::{Error, OpenError, Unreached};
#[cfg(any(test, fuzzing))]
pub use answer::fuzz;
use answer::{describe, failure, read_body};
use clock::Clock;
use connect::CONNECT_DEADLINE;
use rate::Rate;

pub use answer::{ANSWER_MAX, Answer};
pub use auth::Auth;
pub use connect::ClientOptions;
pub(crate) use connect::http;
pub use rate::{Limits, Urgency, nonzero};
pub use socket::{Message, Socket, socket};

/// A client for one account.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    auth: Auth,
    rate: Rate,
    clock: Clock,
}

impl Client {
    /// A client that sends its sign-in to `base` and nowhere else. `base` is one that
    /// [`crate::url`] lets through.
    ///
    /// # Errors
    /// [`OpenError::CaFile`], [`OpenError::Proxy`], and [`OpenError::Client`] when TLS cannot be set
    /// up.
    pub fn new(base: Url, auth: Auth, options: &ClientOptions) -> Result<Self, OpenError> {
        Ok(Self {
            http: http(&base, options)?,
            base,
            auth,
            rate: Rate::new(options.per_second),
            clock: Clock::default(),
        })
    }

    /// The same server and sign-in with a rate limit of its own, for servers that count groups of
    /// requests apart.
    ///
    /// # Errors
    /// As [`Client::new`].
    pub fn group(&self, options: &ClientOptions) -> Result<Self, OpenError> {
        Self::new(self.base.clone(), self.auth.clone(), options)
    }

    /// The account's own address.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// The sign-in.
    pub fn auth(&self) -> &Auth {
        &self.auth
    }

    /// The rate limit as the server last told it, if it does.
    pub fn limits(&self) -> Option<Limits> {
        self.rate.limits()
    }

    /// How far the server's clock is ahead of ours, by its last answer; exact to a few seconds.
    pub fn clock_skew(&self) -> Option<SignedDuration> {
        self.clock.skew()
    }

    /// An address below the account's own; every part is escaped.
    pub fn address(&self, parts: &[&str]) -> Url {
        crate::url::below(&self.base, parts)
    }

    /// Reads JSON with `GET`. Harmless, so tried again after a short while when the server cannot be
    /// reached or asks to wait, as long as that fits into `within`.
    ///
    /// # Errors
    /// Any but [`Error::Ambiguous`].
    pub async fn read<T: DeserializeOwned>(
        &self,
        url: &Url,
        urgency: Urgency,
        within: Duration,
    ) -> Result<T, Error> {
        self.get(url, urgency, within).await?.read()
    }

    /// Reads with `GET` as [`Client::read`] does, and answers with whatever came last, for servers whose
    /// refusals or headers say more than their status.
    ///
    /// # Errors
    /// When there was no answer at all.
    pub async fn get(
        &self,
        url: &Url,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Answer, Error> {
        let deadline = Instant::now() + within;
        let attempt = || async {
            let answer = self.send(Method::GET, url, None::<&()>, urgency, deadline).await;
            let answer = answer.map_err(|error| (error, None))?;
            match answer.check() {
                Err(error) => Err((error, Some(answer))),
                Ok(()) => Ok(answer),
            }
        };
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_max_times(2)
            .with_jitter();
        let outcome = attempt
            .retry(pauses)
            .when(|(error, _)| matches!(error, Error::Unreachable(_) | Error::RateLimited { .. }))
            .adjust(|(error, _), pause| {
                let pause = match error {
                    Error::RateLimited { retry_after } => pause.and(*retry_after)?,
                    _ => pause?,
                };
                (Instant::now() + pause < deadline).then_some(pause)
            })
            .await;
        outcome.or_else(|(error, answer)| answer.ok_or(error))
    }

    /// Writes JSON, once.
    ///
    /// # Errors
    /// [`Error::Ambiguous`] when it was sent and nothing clear came back.
    pub async fn write(
        &self,
        method: Method,
        url: &Url,
        body: &impl Serialize,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Answer, Error> {
        self.send(method, url, Some(body), urgency, Instant::now() + within).await
    }

    /// Writes without a body, once, such as with `DELETE`.
    ///
    /// # Errors
    /// As [`Client::write`].
    pub async fn write_nothing(
        &self,
        method: Method,
        url: &Url,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Answer, Error> {
        self.send(method, url, None::<&()>, urgency, Instant::now() + within).await
    }

    /// Posts a form, such as to end a session, and wants nothing but a yes.
    ///
    /// # Errors
    /// As [`Client::read`], and [`Error::Ambiguous`].
    pub async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        within: Duration,
    ) -> Result<(), Error> {
        let request = self.http.post(url.clone()).form(form);
        self.exchange(request, true, Urgency::Live, Instant::now() + within).await?.check()
    }

    /// Ends OAuth tokens at their server (RFC 7009); other kinds of sign-in have nothing that ends.
    ///
    /// # Errors
    /// [`Error::Unreachable`], or [`Error::Rejected`] when the server will not.
    pub async fn revoke(&self, within: Duration) -> Result<(), Error> {
        tokio::time::timeout(within, self.auth.revoke(&self.http))
            .await
            .unwrap_or_else(|_| Err(Error::Unreachable(Unreached::late("no answer in time"))))
    }

    /// Opens a connection, so that the next request finds it ready. Best effort.
    pub async fn warm(&self) {
        let request = self.http.head(self.base.clone()).timeout(CONNECT_DEADLINE);
        if let Err(error) = request.send().await {
            tracing::debug!(error = %describe(&error), "could not warm the connection");
        }
    }

    async fn send(
        &self,
        method: Method,
        url: &Url,
        body: Option<&impl Serialize>,
        urgency: Urgency,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let write = method != Method::GET;
        let mut request = self.http.request(method, url.clone());
        if let Some(body) = body {
            request = request.json(body);
        }
        self.exchange(request, write, urgency, deadline).await
    }

    /// One exchange, and a second one if the first was refused for a sign-in that could be renewed:
    /// what was refused was not done, so that this is safe for writes too.
    async fn exchange(
        &self,
        request: RequestBuilder,
        write: bool,
        urgency: Urgency,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        let again = request.try_clone();
        let (signed, sent) = self.auth.sign(request, &self.http, deadline).await?;
        let answer = self.exchange_once(signed, write, urgency, deadline).await?;
        match again {
            Some(again)
                if answer.status() == StatusCode::UNAUTHORIZED
                    && self.auth.again(sent, &self.http, deadline).await? =>
            {
                let (signed, _) = self.auth.sign(again, &self.http, deadline).await?;
                let answer = self.exchange_once(signed, write, urgency, deadline).await?;
                match self.clock.far_off() {
                    // To sign in again would help nobody.
                    Some(skew) if answer.status() == StatusCode::UNAUTHORIZED => {
                        let words = format!("refuses new tokens; our clocks are {skew:#} apart");
                        Err(Error::Unreachable(words.into()))
                    }
                    _ => Ok(answer),
                }
            }
            _ => Ok(answer),
        }
    }

    async fn exchange_once(
        &self,
        request: RequestBuilder,
        write: bool,
        urgency: Urgency,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        self.rate.turn(urgency, deadline).await?;
        let request = request
            .header(header::ACCEPT, "application/json")
            .timeout(deadline.saturating_duration_since(Instant::now()));
        let response = request.send().await.map_err(|error| failure(&error, write))?;
        let (status, headers) = (response.status(), response.headers().clone());
        self.auth.learn(&headers);
        self.clock.learn(&headers, Timestamp::now());
        if let Some(told) = limits::read(&headers, Timestamp::now()) {
            self.rate.learn(told);
        }
        let body = read_body(response, ANSWER_MAX, write).await?;
        let answer = Answer::new(status, headers, body, write);
        if let Err(Error::RateLimited { retry_after: Some(wait) }) = answer.check() {
            self.rate.pause_for(wait);
        }
        Ok(answer)
    }
}
