//! `/api/v1/users/me` and `/api/v1/activityTypes`: endpoints that have no second version.

use axum::extract::State;
use serde_json::json;

use crate::answer::{self, Answered};
use crate::app::Shared;

/// `GET /api/v1/users/me`
pub(crate) async fn me(State(app): State<Shared>) -> Answered {
    answer::one(json!({
        "id": app.user_id(),
        "name": "Jonas Weber",
        "default_currency": "EUR",
        "locale": "en_US",
        "lang": 1,
        "email": "jonas.weber@acme.example",
        "phone": null,
        "activated": true,
        "last_login": "2026-11-23 08:45:56",
        "created": "2025-11-13 09:16:26",
        "modified": "2026-11-23 08:45:56",
        "has_created_company": true,
        "access": [{ "app": "sales", "admin": false,
            "permission_set_id": "62cc4d7f-4038-4352-abf3-a8c1c822b631" }],
        "active_flag": true,
        "timezone_name": "Europe/Berlin",
        "timezone_offset": "+01:00",
        "role_id": 1,
        "icon_url": null,
        "is_you": true,
        "is_deleted": false,
        "company_id": 7,
        "company_name": "Acme",
        "company_domain": "acme",
        "company_country": "DE",
        "company_industry": "Logistics",
        "language": { "language_code": "en", "country_code": "US" },
    }))
}

/// `GET /api/v1/activityTypes`
pub(crate) async fn activity_types(State(app): State<Shared>) -> Answered {
    let store = app.store();
    answer::one(&store.activity_types)
}
