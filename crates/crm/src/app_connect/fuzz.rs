//! All answers of the server, from any body.

use std::collections::BTreeMap;

use reqwest::StatusCode;
use ringside_domain::text;
use serde::de::DeserializeOwned;
use serde_json::Value;

use super::judge::{Raw, judge};
use super::manifest::{Interfaces, Platform, platforms};
use super::wire::{CallDowns, Kept, Logs, SignedIn, Written, message};
use super::{fields, links};
use crate::{contract, fuzz};
use ringside_web::Error;

const STATUSES: [StatusCode; 6] = [
    StatusCode::OK,
    StatusCode::BAD_REQUEST,
    StatusCode::UNAUTHORIZED,
    StatusCode::NOT_FOUND,
    StatusCode::TOO_MANY_REQUESTS,
    StatusCode::BAD_GATEWAY,
];

/// Reads a body as every answer that it could be.
pub(crate) fn fuzz(body: &[u8]) {
    let json: Option<Value> = serde_json::from_slice(body).ok();
    let line = text::clean(&String::from_utf8_lossy(body), 300);
    for (status, write) in STATUSES.into_iter().flat_map(|status| [(status, false), (status, true)])
    {
        let raw = Raw { status, json: json.clone(), text: line.clone(), write };
        match judge(&raw).map_err(|refusal| refusal.plain(write)) {
            Ok(body) => success(&body),
            Err(Error::Rejected { message }) => {
                assert!(message.chars().count() <= 300, "not bounded");
                assert!(!message.contains(char::is_control), "not cleaned");
            }
            Err(_) => {}
        }
    }
    json.iter().for_each(manifest);
}

fn success(body: &Value) {
    fn read<T: DeserializeOwned>(body: &Value) -> Option<T> {
        serde_json::from_value(body.clone()).ok()
    }
    if let Some(answer) = read::<contract::Answer>(body) {
        answer.read(&fuzz::account(), true).iter().for_each(fuzz::check);
    }
    drop((read::<Logs>(body), read::<Written>(body), read::<CallDowns>(body)));
    drop((read::<SignedIn>(body), read::<BTreeMap<String, Kept>>(body), message(body)));
    Interfaces::read(body);
}

fn manifest(body: &Value) {
    let known = platforms(body).unwrap_or_default();
    for given in known.values().chain([body]) {
        for host in [None, Some("crm.example")] {
            let platform = Platform::read(given, host);
            platform.contact_types().iter().for_each(|kind| fuzz::check_line(&kind.label));
            fields::read(platform.log_fields()).iter().for_each(|f| fuzz::check_line(&f.label));
            assert!(platform.items().count() <= 10_000, "not bounded");
            let template = platform.contact_page_url.as_deref().unwrap_or_default();
            let filled = links::fill(template, host, &[("contactId", "a/b?c")]);
            let escaped = |url: String| !url.contains("a/b?c") || template.contains("a/b?c");
            assert!(filled.is_none_or(escaped), "not escaped");
            drop((platform.own_host(), platform.is_oauth(), platform.never_cached()));
        }
    }
}
