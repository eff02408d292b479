//! Answers in Pipedrive's shape, good and bad.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Value, json};

/// What every error of the API says beside its reason.
const ERROR_INFO: &str =
    "Please check developers.pipedrive.com for more information about Pipedrive API.";

/// Why a request is not served.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Refusal {
    /// No token, or none that is known.
    Unauthorized,
    /// A token that may not do this.
    Forbidden(&'static str),
    /// There is no such record.
    NotFound(&'static str),
    /// The request makes no sense.
    Invalid(String),
    /// Too many requests: of the burst, or of the day.
    OverLimit,
    /// What a switch asks for.
    Status(StatusCode),
}

impl Refusal {
    /// A request that makes no sense, and why.
    pub(crate) fn invalid(why: impl Into<String>) -> Self {
        Self::Invalid(why.into())
    }

    fn parts(&self) -> (StatusCode, String) {
        match self {
            Self::Unauthorized => (StatusCode::UNAUTHORIZED, "unauthorized access".to_owned()),
            Self::Forbidden(why) => (StatusCode::FORBIDDEN, (*why).to_owned()),
            Self::NotFound(what) => (StatusCode::NOT_FOUND, format!("{what} not found")),
            Self::Invalid(why) => (StatusCode::BAD_REQUEST, why.clone()),
            Self::OverLimit => (StatusCode::TOO_MANY_REQUESTS, "request over limit".to_owned()),
            Self::Status(status) => {
                let reason = status.canonical_reason().unwrap_or("failed on request");
                (*status, reason.to_owned())
            }
        }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let (status, error) = self.parts();
        let body = match self {
            // The gateway, not the API, writes these two.
            Self::Unauthorized | Self::OverLimit => json!({
                "success": false,
                "error": error,
                "errorCode": status.as_u16(),
                "error_info": "Please check developers.pipedrive.com",
            }),
            _ => json!({
                "success": false,
                "error": error,
                "error_info": ERROR_INFO,
                "data": null,
                "additional_data": null,
            }),
        };
        (status, Json(body)).into_response()
    }
}

/// A good answer.
pub(crate) type Answered = Result<Response, Refusal>;

/// One record.
pub(crate) fn one(data: impl Serialize) -> Answered {
    Ok(Json(json!({ "success": true, "data": value(data)? })).into_response())
}

/// A page of the second version of the API.
pub(crate) fn page(data: impl Serialize, next_cursor: Option<String>) -> Answered {
    let additional = json!({ "next_cursor": next_cursor });
    let body = json!({ "success": true, "data": value(data)?, "additional_data": additional });
    Ok(Json(body).into_response())
}

fn value(data: impl Serialize) -> Result<Value, Refusal> {
    serde_json::to_value(data).map_err(|error| Refusal::invalid(error.to_string()))
}
