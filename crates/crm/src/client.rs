//! The HTTP client that all adapters use: one warm connection pool for each account, deadlines,
//! bounded answers, rate limits, and one reading of what an outcome means.

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

use backon::{ExponentialBuilder, Retryable};
use jiff::Timestamp;
use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{Method, RequestBuilder, StatusCode};
use ringside_domain::text;
use secrecy::{ExposeSecret, SecretString};
use serde::Serialize;
use serde::de::DeserializeOwned;
use url::Url;

use crate::rate::Rate;
use crate::url::is_loopback;
use crate::{Error, OpenError, Urgency};

/// Longest answer that is read, in bytes: 500 contacts with all their fields take a quarter.
pub const ANSWER_MAX: usize = 2 * 1024 * 1024;
/// How long a connection may take.
const CONNECT_DEADLINE: Duration = Duration::from_secs(4);
/// Longest message of a CRM that is kept, in characters.
const MESSAGE_MAX: usize = 300;

/// A client for one account.
pub struct Client {
    http: reqwest::Client,
    base: Url,
    secret: SecretString,
    rate: Rate,
}

/// What a CRM answered, read to its end.
pub(crate) struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    write: bool,
}

impl Client {
    /// A client that sends `secret` as bearer token, to `base` and nowhere else, at most
    /// `per_second` times a second.
    ///
    /// # Errors
    /// [`OpenError::BadSecret`], and [`OpenError::Client`] when TLS cannot be set up.
    pub fn new(base: Url, secret: SecretString, per_second: NonZeroU32) -> Result<Self, OpenError> {
        // Fails when another part of the process was first, with the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        bearer(&secret)?;
        let mut builder = reqwest::Client::builder()
            .user_agent(concat!("Ringside/", env!("CARGO_PKG_VERSION")))
            .connect_timeout(CONNECT_DEADLINE)
            .tcp_nodelay(true)
            // An API that redirects is configured wrongly, and a token must not follow.
            .redirect(reqwest::redirect::Policy::none())
            // Only this file decides what is sent twice.
            .retry(reqwest::retry::never());
        if is_loopback(&base) {
            builder = builder.no_proxy();
        }
        let http = builder.build().map_err(|error| OpenError::Client(error.to_string()))?;
        Ok(Self { http, base, secret, rate: Rate::new(per_second) })
    }

    /// The account's own address.
    pub fn base(&self) -> &Url {
        &self.base
    }

    /// An address below the account's own; every part is escaped.
    pub fn address(&self, parts: &[&str]) -> Url {
        crate::url::below(&self.base, parts)
    }

    /// Reads with `GET`. Harmless, so tried again after a short while when the CRM cannot be reached
    /// or asks to wait, as long as that fits into `within`.
    ///
    /// # Errors
    /// Any but [`Error::Ambiguous`].
    pub async fn read<T: DeserializeOwned>(
        &self,
        url: &Url,
        urgency: Urgency,
        within: Duration,
    ) -> Result<T, Error> {
        let deadline = Instant::now() + within;
        let attempt =
            || async { self.send(Method::GET, url, None::<&()>, urgency, deadline).await?.read() };
        let pauses = ExponentialBuilder::default()
            .with_min_delay(Duration::from_millis(100))
            .with_max_times(2)
            .with_jitter();
        attempt
            .retry(pauses)
            .when(|error| matches!(error, Error::Unreachable(_) | Error::RateLimited { .. }))
            .adjust(|error, pause| {
                let pause = match error {
                    Error::RateLimited { retry_after } => pause.and(*retry_after)?,
                    _ => pause?,
                };
                (Instant::now() + pause < deadline).then_some(pause)
            })
            .await
    }

    /// Writes, once.
    ///
    /// # Errors
    /// [`Error::Ambiguous`] when it was sent and nothing clear came back.
    pub(crate) async fn write(
        &self,
        method: Method,
        url: &Url,
        body: &impl Serialize,
        urgency: Urgency,
        within: Duration,
    ) -> Result<Answer, Error> {
        self.send(method, url, Some(body), urgency, Instant::now() + within).await
    }

    /// Posts a form, such as to end a session, and wants nothing but a yes.
    ///
    /// # Errors
    /// As [`Client::read`], and [`Error::Ambiguous`].
    pub(crate) async fn post_form(
        &self,
        url: &Url,
        form: &[(&str, &str)],
        within: Duration,
    ) -> Result<(), Error> {
        let request = self.http.post(url.clone()).form(form);
        self.exchange(request, true, Urgency::Live, Instant::now() + within).await?.check()
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

    async fn exchange(
        &self,
        request: RequestBuilder,
        write: bool,
        urgency: Urgency,
        deadline: Instant,
    ) -> Result<Answer, Error> {
        self.rate.turn(urgency, deadline).await?;
        // Cannot fail: `new` has tried it.
        let bearer = bearer(&self.secret).map_err(|_| Error::Unauthorized)?;
        let request = request
            .header(header::AUTHORIZATION, bearer)
            .header(header::ACCEPT, "application/json")
            .timeout(deadline.saturating_duration_since(Instant::now()));
        let mut response = request.send().await.map_err(|error| failure(&error, write))?;
        let mut body = Vec::new();
        while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, write))? {
            if body.len() + chunk.len() > ANSWER_MAX {
                return Err(unclear(format!("more than {ANSWER_MAX} bytes"), write));
            }
            body.extend_from_slice(&chunk);
        }
        let status = response.status();
        let answer = Answer { status, headers: response.headers().clone(), body, write };
        if let Err(Error::RateLimited { retry_after: Some(wait) }) = answer.check() {
            self.rate.pause_for(wait);
        }
        Ok(answer)
    }
}

/// The header that carries the secret, marked so that nothing prints it.
fn bearer(secret: &SecretString) -> Result<HeaderValue, OpenError> {
    let mut value = HeaderValue::try_from(format!("Bearer {}", secret.expose_secret()))
        .map_err(|_| OpenError::BadSecret)?;
    value.set_sensitive(true);
    Ok(value)
}

impl Answer {
    /// The CRM's status.
    pub(crate) fn status(&self) -> StatusCode {
        self.status
    }

    /// The body as JSON of an expected shape, if the CRM said yes.
    pub(crate) fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.check()?;
        self.body()
    }

    /// The body as JSON of an expected shape, whatever the status.
    pub(crate) fn body<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // Without serde's words, which may quote a caller's data into a log.
            let what = if self.body.is_empty() { "nothing" } else { "no fitting JSON" };
            unclear(format!("{what} (column {})", error.column()), self.write)
        })
    }

    /// What the status says.
    fn check(&self) -> Result<(), Error> {
        let retry_after = retry_after(&self.headers);
        match self.status {
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED if self.code() == "revoked" => Err(Error::Revoked),
            StatusCode::UNAUTHORIZED => Err(Error::Unauthorized),
            StatusCode::FORBIDDEN => Err(Error::Forbidden),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Error::NotFound),
            StatusCode::TOO_MANY_REQUESTS => Err(Error::RateLimited { retry_after }),
            StatusCode::SERVICE_UNAVAILABLE if retry_after.is_some() => {
                Err(Error::RateLimited { retry_after })
            }
            // A gateway may fail after the CRM behind it has done what was asked.
            status if status.is_server_error() && self.write => {
                Err(Error::Ambiguous(format!("answered {status}")))
            }
            status if status.is_server_error() => {
                Err(Error::Unreachable(format!("answered {status}")))
            }
            status if status.is_client_error() => Err(Error::Rejected { message: self.words() }),
            status => Err(Error::BadAnswer(format!("answered {status}"))),
        }
    }

    fn field(&self, name: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        body.get(name)?.as_str().map(|found| text::clean(found, MESSAGE_MAX))
    }

    fn code(&self) -> String {
        self.field("error").unwrap_or_default()
    }

    /// The CRM's reason, for people.
    fn words(&self) -> String {
        self.field("message")
            .or_else(|| self.field("error"))
            .filter(|words| !words.is_empty())
            .unwrap_or_else(|| self.status.to_string())
    }
}

/// `Retry-After` in either form (RFC 9110 §10.2.3).
fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default())
}

/// What a request without an answer means.
fn failure(error: &reqwest::Error, write: bool) -> Error {
    let reason = describe(error);
    if write && !error.is_connect() && !error.is_builder() {
        Error::Ambiguous(reason)
    } else {
        Error::Unreachable(reason)
    }
}

/// An answer that says nothing clear. After a write the outcome is unknown: the CRM may have done it.
fn unclear(what: String, write: bool) -> Error {
    if write { Error::Ambiguous(format!("answered {what}")) } else { Error::BadAnswer(what) }
}

/// A transport error in few words, without the address, whose query names a caller.
fn describe(error: &reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    // reqwest's own words hold the address; those of the deepest cause do not.
    let mut cause = std::error::Error::source(error);
    while let Some(deeper) = cause.and_then(std::error::Error::source) {
        cause = Some(deeper);
    }
    match cause {
        Some(cause) => text::clean(&cause.to_string(), MESSAGE_MAX),
        None => "the request failed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, retry_after: Option<&str>, body: &str, write: bool) -> Answer {
        let mut headers = HeaderMap::new();
        if let Some(value) = retry_after {
            headers.insert(header::RETRY_AFTER, HeaderValue::from_str(value).unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        Answer { status, headers, body: body.as_bytes().to_vec(), write }
    }

    #[test]
    fn every_status_has_one_meaning() {
        let of = |status, write| answer(status, None, "", write).check();
        assert!(of(200, false).is_ok() && of(204, true).is_ok());
        assert!(matches!(of(301, true), Err(Error::BadAnswer(_))));
        assert!(matches!(of(401, false), Err(Error::Unauthorized)));
        assert!(matches!(of(403, true), Err(Error::Forbidden)));
        assert!(matches!(of(404, false), Err(Error::NotFound)));
        assert!(matches!(of(410, true), Err(Error::NotFound)));
        assert!(matches!(of(429, true), Err(Error::RateLimited { retry_after: None })));
        assert!(matches!(of(500, false), Err(Error::Unreachable(_))));
        assert!(matches!(of(500, true), Err(Error::Ambiguous(_))));
        assert!(matches!(of(503, true), Err(Error::Ambiguous(_))));
        assert!(matches!(
            answer(503, Some("7"), "", true).check(),
            Err(Error::RateLimited { retry_after: Some(wait) }) if wait.as_secs() == 7
        ));
        let revoked = answer(401, None, r#"{"error":"revoked"}"#, false).check();
        assert!(matches!(revoked, Err(Error::Revoked)));
    }

    #[test]
    fn a_refusal_keeps_the_words_of_the_crm_bounded_and_clean() {
        let body = format!(r#"{{"message":"Deal\u202e 4711 is closed.{}"}}"#, "x".repeat(9000));
        match answer(422, None, &body, true).check() {
            Err(Error::Rejected { message }) => {
                assert!(message.starts_with("Deal 4711 is closed."), "{message}");
                assert_eq!(message.chars().count(), MESSAGE_MAX);
            }
            other => panic!("{other:?}"),
        }
        match answer(400, None, "<html>", true).check() {
            Err(Error::Rejected { message }) => assert_eq!(message, "400 Bad Request"),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn retry_after_is_read_in_both_forms() {
        let of = |value: &str| retry_after(&answer(429, Some(value), "", false).headers);
        assert_eq!(of("120"), Some(Duration::from_secs(120)));
        assert_eq!(of("Sun, 06 Nov 1994 08:49:37 GMT"), Some(Duration::ZERO));
        assert!(of("Sun, 31 Dec 2400 23:59:59 GMT").is_some_and(|wait| wait.as_secs() > 1_000_000));
        assert_eq!(of("soon"), None);
        assert_eq!(of("-5"), None);
    }

    #[test]
    fn a_secret_with_line_breaks_is_refused_and_never_printed() {
        let base = Url::parse("https://crm.example").unwrap();
        let per_second = NonZeroU32::new(1).unwrap();
        let bad = Client::new(base, SecretString::from("a\r\nX-Evil: 1"), per_second);
        assert!(matches!(bad, Err(OpenError::BadSecret)));
        let header = bearer(&SecretString::from("hunter2")).unwrap();
        assert!(!format!("{header:?}").contains("hunter2"));
    }
}
