//! Pipedrive, through the second version of its API where that has an endpoint and the first
//! elsewhere.
//!
//! No live account was used to write it. It follows Pipedrive's published API descriptions (types of
//! the npm package `pipedrive` 33.7.0) and developer documentation, and is tested against a stand-in
//! whose answers satisfy those types (`crates/fake-pipedrive`). Where neither says what the real
//! service does, this takes both ways: see [`forms`] and [`log`].
//!
//! One search brings persons with their deals and leads, and one list their details, however many
//! persons share a number: two requests for a call that is known, one for each format otherwise.

mod account;
mod ask;
mod budget;
mod cache;
mod create;
mod forms;
#[cfg(any(test, fuzzing))]
mod fuzz;
mod kinds;
mod log;
mod lookup;
mod note;
mod person;
mod sign_in;
mod wire;

#[cfg(any(test, fuzzing))]
pub(crate) use fuzz::fuzz;

use std::collections::BTreeMap;
use std::num::NonZeroU32;
use std::sync::Arc;
use std::sync::Mutex;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use governor::{DefaultDirectRateLimiter, Quota, RateLimiter};
use reqwest::header::HeaderName;
use ringside_domain::number::NumberContext;
use ringside_domain::settings::AccountSettings;
use ringside_domain::{AccountId, Region};

use crate::adapter::connection;
use ringside_web::OpenError;
use ringside_web::client::{Auth, Client, nonzero};
use ringside_web::credentials::{Credentials, Keeper, SessionToken};

use budget::Budget;
use cache::Cached;
pub use sign_in::Adapter;

/// Requests per second with an API token. The smallest plan allows 20 in any two seconds; a bucket
/// of this size, full at first, spends 18.
const PER_SECOND: NonZeroU32 = nonzero(6);
/// The same with OAuth, where it allows 80.
const PER_SECOND_OAUTH: NonZeroU32 = nonzero(26);
/// Searches: 10 in any two seconds on every plan.
const SEARCHES_PER_SECOND: NonZeroU32 = nonzero(3);
const SEARCHES_AT_ONCE: NonZeroU32 = nonzero(4);
/// Longest run of digits that counts as an extension in a number field.
const EXTENSION_DIGITS: u8 = 6;

/// An account at Pipedrive. Keeps no contacts, so every answer is fresh, forced or not.
pub struct Pipedrive {
    account: AccountId,
    client: Client,
    searches: DefaultDirectRateLimiter,
    budget: Budget,
    numbers: NumberContext,
    formats: Vec<String>,
    lookup_deadline: Duration,
    types: Cached<Vec<wire::ActivityType>>,
    stages: Cached<BTreeMap<u64, String>>,
    /// The account takes times without seconds only.
    whole_minutes: AtomicBool,
    /// Keys of contacts that may have been made without an answer.
    unanswered: Mutex<Vec<String>>,
}

impl Pipedrive {
    /// An account from its settings; `region` serves where they name none. A key goes as API token,
    /// OAuth tokens as bearer and to the address that came with them. Sends nothing.
    ///
    /// # Errors
    /// [`OpenError`] when the address or the credentials cannot serve.
    pub fn new(
        settings: &AccountSettings,
        region: &Region,
        credentials: Credentials,
        keeper: Arc<dyn Keeper>,
    ) -> Result<Self, OpenError> {
        let given = ringside_web::url::server(&settings.url)?;
        let (base, auth, per_second) = match credentials {
            Credentials::Key(key) | Credentials::Session(SessionToken { token: key, .. }) => {
                let name = HeaderName::from_static("x-api-token");
                (given, Auth::header(name, &key)?, PER_SECOND)
            }
            Credentials::OAuth(tokens) => {
                let base = sign_in::base(given, tokens.api_url.as_deref());
                (base, Auth::oauth(tokens, keeper)?, PER_SECOND_OAUTH)
            }
        };
        let own = settings.region.as_deref().and_then(Region::parse);
        let searches = Quota::per_second(SEARCHES_PER_SECOND).allow_burst(SEARCHES_AT_ONCE);
        Ok(Self {
            account: settings.id.clone(),
            client: Client::new(base, auth, &connection(settings, per_second))?,
            searches: RateLimiter::direct(searches),
            budget: Budget::default(),
            numbers: NumberContext {
                region: own.unwrap_or_else(|| region.clone()),
                extension_digits: EXTENSION_DIGITS,
            },
            formats: settings.formats.clone(),
            lookup_deadline: Duration::from_secs(u64::from(settings.deadline_s.max(1))),
            types: Cached::default(),
            stages: Cached::default(),
            whole_minutes: AtomicBool::new(false),
            unanswered: Mutex::default(),
        })
    }
}
