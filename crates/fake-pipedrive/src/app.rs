//! What all requests share, and which address does what.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::http::StatusCode;
use axum::middleware::from_fn_with_state;
use axum::routing::{get, post, put};

use crate::access::{self, Keys};
use crate::answer::Refusal;
use crate::faults::{self, Faults};
use crate::limits::{self, Limits};
use crate::oauth::{self, Grants, OAuthApp};
use crate::request_log::{self, RequestLog};
use crate::store::Store;
use crate::{Options, activities, company, control, organizations, persons, sales, search};

/// Longest body that is read, in bytes.
pub(crate) const BODY_MAX: usize = 1024 * 1024;

/// The one user of the company.
const USER: u64 = 1;

/// What all requests share.
pub(crate) struct App {
    pub(crate) keys: Keys,
    pub(crate) grants: Grants,
    pub(crate) oauth: OAuthApp,
    pub(crate) limits: Limits,
    pub(crate) requests: RequestLog,
    store: Mutex<Store>,
    faults: Mutex<Faults>,
    url: String,
}

/// A handle on the one [`App`].
pub(crate) type Shared = Arc<App>;

impl App {
    pub(crate) fn new(options: &Options, url: String) -> Shared {
        Arc::new(Self {
            keys: Keys {
                full: options.api_token.clone(),
                reads_only: options.read_only_token.clone(),
            },
            grants: Grants::default(),
            oauth: options.oauth.clone(),
            limits: Limits::new(options.allowance),
            requests: RequestLog::default(),
            store: Mutex::default(),
            faults: Mutex::default(),
            url,
        })
    }

    pub(crate) fn store(&self) -> MutexGuard<'_, Store> {
        self.store.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn faults(&self) -> MutexGuard<'_, Faults> {
        self.faults.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Who is signed in, with any token.
    pub(crate) fn user_id(&self) -> u64 {
        USER
    }

    /// Where it is to be reached: `api_domain`.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }
}

/// Every address of the server. The layers of a request, from outside: log, token, limits, faults.
pub(crate) fn router(app: Shared) -> Router {
    let v2 = Router::new()
        .route("/persons", get(persons::list).post(persons::create))
        .route("/persons/search", get(search::persons))
        .route("/persons/{id}", get(persons::read).patch(persons::update).delete(persons::delete))
        .route("/itemSearch", get(search::items))
        .route("/organizations", get(organizations::list).post(organizations::create))
        .route("/organizations/search", get(organizations::search))
        .route("/organizations/{id}", get(organizations::read))
        .route("/activities", get(activities::list).post(activities::create))
        .route(
            "/activities/{id}",
            get(activities::read).patch(activities::update).delete(activities::delete),
        )
        .route("/deals", get(sales::deals))
        .route("/deals/{id}", get(sales::deal))
        .route("/stages", get(sales::stages));
    let v1 = Router::new()
        .route("/leads", get(sales::leads))
        .route("/users/me", get(company::me))
        .route("/activityTypes", get(company::activity_types));
    let api = Router::new()
        .nest("/api/v2", v2)
        .nest("/api/v1", v1)
        .fallback(async || Refusal::NotFound("Unknown method, or record"))
        .layer(from_fn_with_state(app.clone(), faults::interfere))
        .layer(from_fn_with_state(app.clone(), limits::count))
        .layer(from_fn_with_state(app.clone(), access::check));
    let control = Router::new()
        .route("/_test/state", get(control::state))
        .route("/_test/seed", post(control::seed))
        .route("/_test/faults", put(control::set_faults).delete(control::reset_faults))
        .route("/_test/requests", get(control::requests).delete(control::forget_requests))
        .route("/_test/tokens", axum::routing::delete(control::expire));
    let open = Router::new()
        .route("/", get(oauth::home))
        .route("/oauth/authorize", get(oauth::ask).post(oauth::decide))
        .route("/oauth/token", post(oauth::token))
        .route("/oauth/revoke", post(oauth::revoke));
    Router::new()
        .merge(open)
        .merge(control)
        .merge(api)
        .method_not_allowed_fallback(async || StatusCode::METHOD_NOT_ALLOWED)
        .layer(from_fn_with_state(app.clone(), request_log::note))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .with_state(app)
}
