//! What a server answered, and what that means.

use std::io;
use std::time::Duration;

use jiff::Timestamp;
use reqwest::StatusCode;
use reqwest::header::{self, HeaderMap};
use ringside_domain::{LinkFault, text};
use serde::de::DeserializeOwned;
use url::Url;

use super::limits;
use crate::{Error, Unreached};

/// Longest answer that is read, in bytes: 500 contacts with all their fields take a quarter.
pub const ANSWER_MAX: usize = 2 * 1024 * 1024;
/// Longest message of a server that is kept, in characters.
pub(super) const MESSAGE_MAX: usize = 300;

/// What a server answered, read to its end.
#[derive(Debug)]
pub struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Vec<u8>,
    write: bool,
}

impl Answer {
    pub(super) fn new(status: StatusCode, headers: HeaderMap, body: Vec<u8>, write: bool) -> Self {
        Self { status, headers, body, write }
    }

    /// The server's status.
    pub fn status(&self) -> StatusCode {
        self.status
    }

    /// The headers, for servers that say something there.
    pub fn headers(&self) -> &HeaderMap {
        &self.headers
    }

    /// The body as one clean line, for servers that answer refusals in plain text.
    pub fn text(&self) -> String {
        text::clean(&String::from_utf8_lossy(&self.body), MESSAGE_MAX)
    }

    /// The body as JSON of an expected shape, if the server said yes.
    pub fn read<T: DeserializeOwned>(&self) -> Result<T, Error> {
        self.check()?;
        self.body()
    }

    /// The body as JSON of an expected shape, whatever the status.
    pub fn body<T: DeserializeOwned>(&self) -> Result<T, Error> {
        serde_json::from_slice(&self.body).map_err(|error| {
            // Without serde's words, which may quote a caller's data into a log.
            let what = if self.body.trim_ascii().is_empty() {
                "nothing"
            } else if self.is_page() {
                "a web page"
            } else if error.is_eof() {
                "JSON that breaks off"
            } else if error.is_syntax() {
                "no JSON"
            } else {
                "no fitting JSON"
            };
            unclear(
                format!("{what} (line {}, column {})", error.line(), error.column()),
                self.write,
            )
        })
    }

    /// A sign-in page of a network or a proxy, or an error page of a gateway.
    fn is_page(&self) -> bool {
        let kind = self.headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let html = kind.is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
        html || self.body.trim_ascii_start().first() == Some(&b'<')
    }

    /// Where a redirect leads: its host alone, since the rest may name a caller.
    fn redirects_to(&self) -> String {
        let place = self.headers.get(header::LOCATION).and_then(|place| place.to_str().ok());
        let url = place.and_then(|place| Url::parse(place).ok());
        let host = url.as_ref().and_then(|url| url.host_str());
        text::clean(host.unwrap_or("another address of its own"), MESSAGE_MAX)
    }

    /// What the status says.
    pub fn check(&self) -> Result<(), Error> {
        let retry_after = retry_after(&self.headers);
        match self.status {
            StatusCode::TOO_MANY_REQUESTS if retry_after.is_none() => {
                let retry_after = limits::reset(&self.headers, Timestamp::now());
                Err(Error::RateLimited { retry_after })
            }
            status if status.is_success() => Ok(()),
            StatusCode::UNAUTHORIZED if self.code() == "revoked" => Err(Error::Revoked),
            StatusCode::UNAUTHORIZED => Err(Error::Unauthorized),
            StatusCode::FORBIDDEN => Err(Error::Forbidden),
            StatusCode::NOT_FOUND | StatusCode::GONE => Err(Error::NotFound),
            StatusCode::TOO_MANY_REQUESTS => Err(Error::RateLimited { retry_after }),
            StatusCode::SERVICE_UNAVAILABLE if retry_after.is_some() => {
                Err(Error::RateLimited { retry_after })
            }
            // A gateway may fail after the server behind it has done what was asked.
            status if status.is_server_error() && self.write => {
                Err(Error::Ambiguous(format!("answered {status}")))
            }
            status if status.is_server_error() => {
                Err(Error::Unreachable(format!("answered {status}").into()))
            }
            status if status.is_client_error() => Err(Error::Rejected { message: self.words() }),
            // Nothing was done, and nothing of ours is sent there.
            status if status.is_redirection() => {
                Err(Error::BadAnswer(format!("redirects to {}", self.redirects_to())))
            }
            status => Err(Error::BadAnswer(format!("answered {status}"))),
        }
    }

    /// A text of the body, whatever the status.
    pub fn field(&self, name: &str) -> Option<String> {
        let body: serde_json::Value = serde_json::from_slice(&self.body).ok()?;
        body.get(name)?.as_str().map(|found| text::clean(found, MESSAGE_MAX))
    }

    fn code(&self) -> String {
        self.field("error").unwrap_or_default()
    }

    /// The server's reason, for people.
    pub fn words(&self) -> String {
        self.field("message")
            .or_else(|| self.field("error"))
            .filter(|words| !words.is_empty())
            .unwrap_or_else(|| self.status.to_string())
    }
}

/// Reads a body that is no longer than `max` bytes, unpacked.
pub(super) async fn read_body(
    mut response: reqwest::Response,
    max: usize,
    write: bool,
) -> Result<Vec<u8>, Error> {
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|error| failure(&error, write))? {
        if body.len() + chunk.len() > max {
            return Err(unclear(format!("more than {max} bytes"), write));
        }
        body.extend_from_slice(&chunk);
    }
    Ok(body)
}

/// `Retry-After` in either form (RFC 9110 §10.2.3).
pub(super) fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    let value = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim();
    if let Ok(seconds) = value.parse() {
        return Some(Duration::from_secs(seconds));
    }
    let at = jiff::fmt::rfc2822::DateTimeParser::new().parse_timestamp(value).ok()?;
    Some(Duration::try_from(at.duration_since(Timestamp::now())).unwrap_or_default())
}

/// What a request without an answer means.
pub(super) fn failure(error: &reqwest::Error, write: bool) -> Error {
    let reason = describe(error);
    if write && !error.is_connect() && !error.is_builder() {
        Error::Ambiguous(reason.words)
    } else {
        Error::Unreachable(reason)
    }
}

/// An answer that says nothing clear. After a write the outcome is unknown: the server may have done it.
pub(super) fn unclear(what: String, write: bool) -> Error {
    if write { Error::Ambiguous(format!("answered {what}")) } else { Error::BadAnswer(what) }
}

/// A transport error in few words, without the address, whose query names a caller.
pub(crate) fn describe(error: &reqwest::Error) -> Unreached {
    if error.is_timeout() {
        return Unreached::late("no answer in time");
    }
    // reqwest's own words hold the address; those of the deepest cause do not.
    let mut deepest = None;
    let mut fault = None;
    let mut cause = std::error::Error::source(error);
    while let Some(mut found) = cause {
        // An I/O error hides what it wraps from `source`.
        while let Some(io) = found.downcast_ref::<io::Error>() {
            fault = fault.or_else(|| of_io(io.kind()));
            let Some(wrapped) = io.get_ref() else { break };
            found = wrapped;
        }
        if let Some(tls) = found.downcast_ref::<rustls::Error>() {
            let bad = matches!(tls, rustls::Error::InvalidCertificate(_));
            let fault = if bad { LinkFault::Certificate } else { LinkFault::OtherProtocol };
            return Unreached { words: describe_tls(tls), fault: Some(fault) };
        }
        deepest = Some(found);
        cause = found.source();
    }
    let words = match deepest {
        Some(cause) => text::clean(&cause.to_string(), MESSAGE_MAX),
        None => "the request failed".to_owned(),
    };
    // A name that does not resolve, and a network that is not there, have no kind of their own.
    let rest = if error.is_connect() { LinkFault::NoHost } else { LinkFault::OtherProtocol };
    Unreached { words, fault: fault.or(Some(rest)) }
}

fn of_io(kind: io::ErrorKind) -> Option<LinkFault> {
    match kind {
        io::ErrorKind::ConnectionRefused => Some(LinkFault::NobodyListens),
        io::ErrorKind::TimedOut => Some(LinkFault::NoAnswer),
        // It was there, and broke off.
        io::ErrorKind::ConnectionReset | io::ErrorKind::UnexpectedEof => Some(LinkFault::NoAnswer),
        _ => None,
    }
}

/// Why there is no encrypted connection.
fn describe_tls(error: &rustls::Error) -> String {
    use rustls::CertificateError as Bad;
    let what = match error {
        rustls::Error::InvalidCertificate(bad) => match bad {
            Bad::NotValidForName | Bad::NotValidForNameContext { .. } => {
                "the certificate is for another name"
            }
            Bad::Expired | Bad::ExpiredContext { .. } => {
                "the certificate has expired, or this computer's clock is ahead"
            }
            Bad::NotValidYet | Bad::NotValidYetContext { .. } => {
                "the certificate is not valid yet, or this computer's clock is behind"
            }
            Bad::UnknownIssuer => "the certificate's issuer is not trusted on this computer",
            Bad::Revoked => "the certificate was revoked",
            _ => return format!("TLS: {}", text::clean(&error.to_string(), MESSAGE_MAX)),
        },
        _ => return format!("TLS: {}", text::clean(&error.to_string(), MESSAGE_MAX)),
    };
    format!("TLS: {what}")
}

/// Reads a body as every kind of answer.
#[cfg(any(test, fuzzing))]
pub fn fuzz(body: &[u8]) {
    for status in [200, 400, 401, 422, 429, 503].map(StatusCode::from_u16).into_iter().flatten() {
        let answer = Answer::new(status, HeaderMap::new(), body.to_vec(), true);
        let bounded = |text: &str| {
            assert!(text.chars().count() <= MESSAGE_MAX, "not bounded");
            assert!(!text.contains(char::is_control), "not cleaned");
        };
        bounded(&answer.text());
        if let Err(Error::Rejected { message }) = answer.check() {
            bounded(&message);
        }
    }
}

#[cfg(test)]
mod tests {
    use reqwest::header::HeaderValue;

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

    proptest::proptest! {
        #[test]
        fn whatever_comes_is_bounded_and_clean(
            body in proptest::collection::vec(proptest::prelude::any::<u8>(), 0..2000),
            words in "\\PC{0,400}",
        ) {
            fuzz(&body);
            for name in ["message", "error", "error_description"] {
                fuzz(serde_json::json!({ name: words }).to_string().as_bytes());
            }
        }
    }
}
