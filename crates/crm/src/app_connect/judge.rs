//! What an answer of the server means. Its status says little: most failures are a 200 with
//! `successful: false` and a message, and only the message tells them apart (each was recorded; see
//! `tests/fixtures/app-connect`). The words are those of `@app-connect/core` 1.7.

use reqwest::StatusCode;
use ringside_domain::text;
use serde_json::Value;

use super::wire::{Envelope, message};
use ringside_web::Error;
use ringside_web::client::Answer;

/// Longest message that is kept, in characters.
const MESSAGE_MAX: usize = 300;

/// An answer as it came.
pub(super) struct Raw {
    pub(super) status: StatusCode,
    /// As JSON, if it is.
    pub(super) json: Option<Value>,
    /// As one clean line.
    pub(super) text: String,
    /// Whether the request changed something.
    pub(super) write: bool,
}

impl Raw {
    pub(super) fn new(answer: &Answer, write: bool) -> Self {
        Self { status: answer.status(), json: answer.body().ok(), text: answer.text(), write }
    }
}

/// Why the server did not do it.
#[derive(Debug)]
pub(super) enum Refusal {
    /// The same for every request.
    Plain(Error),
    /// "Authorization error": its CRM answered 400 to 409, so a bad sign-in, a missing right or a
    /// missing record.
    Authorization,
    /// "Existing log for session …".
    Existing,
    /// Its CRM, or its database, failed in a way that it does not tell.
    Broken(String),
    /// `successful: false` without a word.
    Silent,
    /// "Contact not found", and nothing else: the user has no access token any more. The same words
    /// with details only say that nobody matched.
    Disconnected,
    /// "Contact not found" with details: nobody matched.
    NoMatch,
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        Self::Plain(error)
    }
}

impl Refusal {
    /// The refusal of an operation for which no more can be found out.
    pub(super) fn plain(self, write: bool) -> Error {
        match self {
            Self::Plain(error) => error,
            Self::Authorization => Error::Forbidden,
            Self::Existing => rejected("exists already"),
            Self::Broken(what) if write => Error::Ambiguous(what),
            Self::Broken(what) => Error::Unreachable(what.into()),
            Self::Silent => rejected("refused without a reason"),
            Self::Disconnected => Error::Unauthorized,
            Self::NoMatch => Error::NotFound,
        }
    }
}

/// Reads an answer; `Ok` is the body of a success.
pub(super) fn judge(raw: &Raw) -> Result<Value, Refusal> {
    match raw.status {
        status if status.is_success() => {}
        StatusCode::UNAUTHORIZED => {
            let envelope = raw.json.as_ref().map(envelope).unwrap_or_default();
            let revoked = envelope.error_code.as_deref() == Some("CRM_SESSION_REVOKED");
            return Err(if revoked { Error::Revoked } else { Error::Unauthorized }.into());
        }
        status if status.is_client_error() => return Err(refused(raw).into()),
        status if raw.write => return Err(Error::Ambiguous(format!("answered {status}")).into()),
        status if status.is_server_error() => {
            return Err(Error::Unreachable(format!("answered {status}").into()).into());
        }
        status => return Err(Error::BadAnswer(format!("answered {status}")).into()),
    }
    let Some(body) = &raw.json else {
        let what = if raw.text.is_empty() { "nothing" } else { "no JSON" };
        let error = match raw.write {
            true => Error::Ambiguous(format!("answered {what}")),
            false => Error::BadAnswer(what.to_owned()),
        };
        return Err(error.into());
    };
    let envelope = envelope(body);
    match envelope.successful {
        Some(false) => Err(failed(&envelope)),
        Some(true) | None => Ok(body.clone()),
    }
}

fn envelope(body: &Value) -> Envelope {
    serde_json::from_value(body.clone()).unwrap_or_default()
}

/// A status of 400 to 499: a plain text, `{"error": …}` or `{"returnMessage": …}`.
fn refused(raw: &Raw) -> Error {
    match raw.status {
        StatusCode::FORBIDDEN => return Error::Forbidden,
        StatusCode::NOT_FOUND => return Error::NotFound,
        StatusCode::TOO_MANY_REQUESTS => return Error::RateLimited { retry_after: None },
        _ => {}
    }
    let envelope = raw.json.as_ref().map(envelope).unwrap_or_default();
    let words = match envelope.error.clone().or_else(|| envelope.message()) {
        Some(words) => text::clean(&words, MESSAGE_MAX),
        None => raw.text.clone(),
    };
    match words.as_str() {
        "Please go to Settings and authorize CRM platform"
        | "Invalid JWT token"
        | "Unknown platform"
        | "Unauthorized"
        | "User not found" => Error::Unauthorized,
        "Not found" => Error::NotFound,
        // A page of HTML says nothing to a person.
        words if words.is_empty() || words.starts_with('<') => rejected(&raw.status.to_string()),
        words => rejected(words),
    }
}

/// `successful: false`.
fn failed(envelope: &Envelope) -> Refusal {
    let Some(words) = envelope.message() else { return Refusal::Silent };
    let words = text::clean(&words, MESSAGE_MAX);
    match words.as_str() {
        "Rate limit exceeded" => Error::RateLimited { retry_after: None }.into(),
        "Authorization error" => Refusal::Authorization,
        "User not found" | "Cannot find user" => Refusal::Disconnected,
        "Contact not found" if envelope.has_details() || envelope.contact.is_some() => {
            Refusal::NoMatch
        }
        "Contact not found" => Refusal::Disconnected,
        "Cannot find log" => Error::NotFound.into(),
        "Database operation failed" => Refusal::Broken(words),
        words if words.starts_with("User session expired") => Error::Revoked.into(),
        words if words.starts_with("Existing log for session") => Refusal::Existing,
        words if words.starts_with("Error ") => Refusal::Broken(words.to_owned()),
        words => rejected(words).into(),
    }
}

/// Why a sign-in was refused: a 400 with a message, or a 200 without a token.
pub(super) fn sign_in_refused(body: &Value) -> Error {
    let words = body.get("returnMessage").and_then(message);
    rejected(words.as_deref().unwrap_or("the sign-in was refused"))
}

fn rejected(words: &str) -> Error {
    Error::Rejected { message: text::clean(words, MESSAGE_MAX) }
}

#[cfg(test)]
#[path = "judge_tests.rs"]
mod tests;
