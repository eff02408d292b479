//! Reading bodies and queries as strictly as the second version of the API does: no field it does
//! not know, no number as text, no 1 for `true`.

use axum::body::Bytes;
use axum::extract::FromRequestParts;
use axum::extract::Query;
use axum::http::request::Parts;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Deserializer};

use crate::answer::Refusal;

/// A JSON object of known fields.
pub(crate) fn read<T: DeserializeOwned>(body: &Bytes) -> Result<T, Refusal> {
    // By way of a map, since serde would read a list as a struct too.
    serde_json::from_slice::<serde_json::Map<_, _>>(body)
        .and_then(|map| T::deserialize(serde_json::Value::Object(map)))
        .map_err(|error| Refusal::invalid(format!("Validation failed: {error}.")))
}

/// For a field that may be set, set to `null`, or left as it is.
pub(crate) fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// The query, refused in Pipedrive's shape.
pub(crate) struct Params<T>(pub(crate) T);

impl<S: Sync, T: DeserializeOwned> FromRequestParts<S> for Params<T> {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Refusal> {
        let query = Query::try_from_uri(&parts.uri);
        query
            .map(|Query(params)| Self(params))
            .map_err(|error| Refusal::invalid(format!("Validation failed: {error}.")))
    }
}

/// A comma-separated list of at most 100 ids.
pub(crate) fn ids(text: &str) -> Result<Vec<u64>, Refusal> {
    let ids: Result<Vec<u64>, _> = text.split(',').map(|id| id.trim().parse()).collect();
    ids.ok().filter(|ids| ids.len() <= 100).ok_or_else(|| {
        Refusal::invalid("Validation failed: ids: must be up to 100 comma-separated numbers.")
    })
}

/// A time of RFC 3339.
pub(crate) fn time(text: Option<&str>) -> Result<Option<jiff::Timestamp>, Refusal> {
    let Some(text) = text else { return Ok(None) };
    let time = text.parse().map(Some);
    time.map_err(|_| Refusal::invalid("Validation failed: This value is not a valid datetime."))
}

/// Whether a time of ours lies in `[since, until)`.
pub(crate) fn within(
    time: &str,
    since: Option<jiff::Timestamp>,
    until: Option<jiff::Timestamp>,
) -> bool {
    let Ok(time) = time.parse::<jiff::Timestamp>() else { return false };
    since.is_none_or(|since| time >= since) && until.is_none_or(|until| time < until)
}
