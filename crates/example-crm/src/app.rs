//! What all requests share, and which address does what.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::extract::DefaultBodyLimit;
use axum::http::{StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, Router};
use governor::clock::DefaultClock;
use governor::middleware::StateInformationMiddleware;
use governor::state::keyed::DefaultKeyedStateStore;
use governor::{Quota, RateLimiter};

use crate::auth::{Keys, Principal};
use crate::faults::Faults;
use crate::oauth::Grants;
use crate::problem::Problem;
use crate::request_log::RequestLog;
use crate::store::Store;
use crate::{
    Options, activities, auth, contacts, conversations, deletions, faults, oauth, pages,
    request_log,
};

/// Longest body that is read, in bytes.
pub(crate) const BODY_MAX: usize = 256 * 1024;

/// A token bucket for each key, which tells what is left.
pub(crate) type Rates =
    RateLimiter<String, DefaultKeyedStateStore<String>, DefaultClock, StateInformationMiddleware>;

/// What all requests share.
pub(crate) struct App {
    pub(crate) store: Store,
    pub(crate) keys: Keys,
    pub(crate) grants: Grants,
    pub(crate) rates: Rates,
    pub(crate) requests: RequestLog,
    faults: Mutex<Faults>,
    faults_allowed: bool,
    remote: bool,
}

/// A handle on the one [`App`].
pub(crate) type Shared = Arc<App>;

impl App {
    pub(crate) fn new(store: Store, options: &Options) -> Shared {
        let rate = NonZeroU32::new(options.rate).unwrap_or(NonZeroU32::MIN);
        Arc::new(Self {
            store,
            keys: Keys::new(&options.api_key, options.read_only_key.as_deref()),
            grants: Grants::default(),
            rates: RateLimiter::keyed(Quota::per_second(rate)).with_middleware(),
            requests: RequestLog::default(),
            faults: Mutex::new(Faults::default()),
            faults_allowed: options.faults,
            remote: options.allow_remote,
        })
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Every address of the server. The layers of a request, from outside: log, key, rate, faults.
pub(crate) fn router(app: Shared) -> Router {
    let api = Router::new()
        .route("/v1/me", get(me))
        .route("/v1/contacts", get(contacts::list).post(contacts::create))
        .route(
            "/v1/contacts/{id}",
            get(contacts::read).patch(contacts::update).delete(contacts::delete),
        )
        .route("/v1/activities", get(activities::list).post(activities::create))
        .route(
            "/v1/activities/{id}",
            get(activities::read).patch(activities::update).delete(activities::delete),
        )
        .route("/v1/dispositions", get(activities::dispositions))
        .route("/v1/conversations", get(conversations::list).post(conversations::create))
        .route("/v1/conversations/{id}", get(conversations::read).patch(conversations::update))
        .route("/v1/deletions", get(deletions::list))
        .layer(from_fn_with_state(app.clone(), faults::interfere))
        .layer(from_fn_with_state(app.clone(), auth::limit_rate))
        .layer(from_fn_with_state(app.clone(), auth::require_key));
    let mut control = Router::new().route("/_requests", get(request_log::list));
    if app.faults_allowed {
        control = control.route("/_faults", put(faults::set).delete(faults::reset));
    }
    let control = control.layer(from_fn_with_state(app.clone(), auth::require_key));
    let mut open = Router::new();
    if !app.remote {
        // A browser brings no key, so the pages and the consent are for this computer alone.
        open = open
            .route("/contacts/{id}", get(pages::contact))
            .route("/activities/{id}", get(pages::activity))
            .route("/oauth/authorize", get(oauth::ask).post(oauth::decide))
            .route("/oauth/token", post(oauth::token))
            .route("/oauth/revoke", post(oauth::revoke))
            .layer(from_fn_with_state(app.clone(), faults::interfere))
            .layer(from_fn(pages::only_loopback));
    }
    Router::new()
        .merge(api)
        .merge(control)
        .merge(open)
        .route("/openapi.json", get(openapi))
        .fallback(async || Problem::NotFound)
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .layer(from_fn_with_state(app.clone(), request_log::note))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(app)
}

/// `GET /v1/me`: whom the key stands for.
async fn me(principal: axum::Extension<Principal>) -> Json<serde_json::Value> {
    Json(serde_json::json!({ "id": 1, "name": "Jonas Weber", "scope": principal.scope() }))
}

/// `GET /openapi.json`
async fn openapi() -> Response {
    ([(header::CONTENT_TYPE, "application/json")], include_str!("../openapi.json")).into_response()
}
