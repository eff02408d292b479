//! `/_test/…`: for tests that start the server as a process. No token is needed, since it listens on
//! loopback alone.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;

use crate::app::Shared;
use crate::faults::Faults;
use crate::request_log::Entry;
use crate::store::{Seed, Store};

/// `GET /_test/state`: everything that the company holds.
pub(crate) async fn state(State(app): State<Shared>) -> Json<Store> {
    Json(app.store().clone())
}

/// `POST /_test/seed`: adds records.
pub(crate) async fn seed(State(app): State<Shared>, Json(seed): Json<Seed>) -> StatusCode {
    app.store().seed(seed);
    StatusCode::NO_CONTENT
}

/// `PUT /_test/faults`: replaces all switches.
pub(crate) async fn set_faults(
    State(app): State<Shared>,
    Json(faults): Json<Faults>,
) -> StatusCode {
    *app.faults() = faults;
    StatusCode::NO_CONTENT
}

/// `DELETE /_test/faults`: everything works again, on a new day.
pub(crate) async fn reset_faults(State(app): State<Shared>) -> StatusCode {
    *app.faults() = Faults::default();
    app.limits.begin_day();
    StatusCode::NO_CONTENT
}

/// `GET /_test/requests`: what was asked, oldest first.
pub(crate) async fn requests(State(app): State<Shared>) -> Json<Vec<Entry>> {
    Json(app.requests.all())
}

/// `DELETE /_test/requests`
pub(crate) async fn forget_requests(State(app): State<Shared>) -> StatusCode {
    app.requests.clear();
    StatusCode::NO_CONTENT
}

/// `DELETE /_test/tokens`: every OAuth access token is too old from now on.
pub(crate) async fn expire(State(app): State<Shared>) -> StatusCode {
    app.grants.expire();
    StatusCode::NO_CONTENT
}
