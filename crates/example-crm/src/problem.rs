//! Answers that say what went wrong: always JSON, always the same shape.

use axum::Json;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::json;

/// A refused or failed request.
#[derive(Debug)]
pub(crate) enum Problem {
    /// No key, or one that was never given out.
    Unauthorized,
    /// A token that was valid once.
    Revoked,
    /// The key may only read.
    ReadOnly,
    /// No such record or address.
    NotFound,
    /// A field has a value that cannot be.
    Invalid { field: String, message: String },
    /// The body is not the JSON that was expected.
    Unreadable(String),
    /// The external key is taken, by the record with this id.
    Conflict { id: i64 },
    /// Too many requests; come back after this many seconds.
    TooMany { seconds: u64 },
    /// Ours.
    Internal(String),
}

impl Problem {
    pub(crate) fn invalid(field: impl Into<String>, message: impl Into<String>) -> Self {
        Self::Invalid { field: field.into(), message: message.into() }
    }
}

impl From<rusqlite::Error> for Problem {
    fn from(error: rusqlite::Error) -> Self {
        match error {
            rusqlite::Error::QueryReturnedNoRows => Self::NotFound,
            error => Self::Internal(error.to_string()),
        }
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let (status, error, message) = match &self {
            Self::Unauthorized => {
                (StatusCode::UNAUTHORIZED, "unauthorized", "A valid key is needed.".to_owned())
            }
            Self::Revoked => {
                (StatusCode::UNAUTHORIZED, "revoked", "This token was revoked.".to_owned())
            }
            Self::ReadOnly => {
                (StatusCode::FORBIDDEN, "read_only", "This key may only read.".to_owned())
            }
            Self::NotFound => {
                (StatusCode::NOT_FOUND, "not_found", "There is no such record.".to_owned())
            }
            Self::Invalid { field, message } => {
                (StatusCode::UNPROCESSABLE_ENTITY, "invalid", format!("{field}: {message}"))
            }
            Self::Unreadable(message) => (StatusCode::BAD_REQUEST, "unreadable", message.clone()),
            Self::Conflict { .. } => {
                (StatusCode::CONFLICT, "conflict", "The external key is taken.".to_owned())
            }
            Self::TooMany { seconds } => (
                StatusCode::TOO_MANY_REQUESTS,
                "rate_limited",
                format!("Too many requests. Try again in {seconds} s."),
            ),
            Self::Internal(cause) => {
                tracing::error!(cause, "internal error");
                let message = "The server failed. Its log says why.".to_owned();
                (StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
            }
        };
        let mut body = json!({ "error": error, "message": message });
        match &self {
            Self::Invalid { field, .. } => body["field"] = json!(field),
            Self::Conflict { id } => body["id"] = json!(id),
            _ => {}
        }
        let mut response = (status, Json(body)).into_response();
        if let Self::TooMany { seconds } = self {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if status == StatusCode::UNAUTHORIZED {
            let scheme = HeaderValue::from_static("Bearer");
            response.headers_mut().insert(header::WWW_AUTHENTICATE, scheme);
        }
        response
    }
}
