//! OAuth tokens that end, are renewed, are refused, and are kept.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};
use ringside_crm::Crm;
use ringside_crm::example::ExampleCrm;
use ringside_web::Error;
use ringside_web::credentials::OAuthTokens;
use ringside_web::credentials::{Credentials, KeepError, KeepNothing, Keeper};
use secrecy::ExposeSecret;
use serde_json::{Value, json};

use crate::sign_in::tokens;
use crate::support::*;

/// A vault of one account, that looks what the server has been asked when something is kept.
#[derive(Default)]
struct Vault {
    held: Mutex<Vec<OAuthTokens>>,
    locked: AtomicBool,
    /// How often the new token had been used by the end of keeping it.
    used: AtomicUsize,
    server: Option<(reqwest::Client, String)>,
}

#[async_trait]
impl Keeper for Vault {
    async fn keep(&self, credentials: &Credentials) -> Result<(), KeepError> {
        if self.locked.load(Ordering::Relaxed) {
            return Err(KeepError("locked".into()));
        }
        let Credentials::OAuth(tokens) = credentials else { panic!("{credentials:?}") };
        tokio::time::sleep(Duration::from_millis(200)).await;
        if let Some((http, url)) = &self.server {
            let probe = http.get(format!("{url}/_requests")).bearer_auth(KEY);
            let log: Value = probe.send().await.unwrap().json().await.unwrap();
            let asked = log["requests"].as_array().unwrap().iter();
            let used = asked.filter(|entry| entry["path"] == "/v1/me").count();
            self.used.store(used, Ordering::Relaxed);
        }
        self.held.lock().unwrap().push(tokens.clone());
        Ok(())
    }
}

impl Vault {
    fn of(fixture: &Fixture) -> Arc<Self> {
        let server = Some((fixture.http.clone(), fixture.server.url.clone()));
        Arc::new(Self { server, ..Self::default() })
    }

    fn last(&self) -> OAuthTokens {
        self.held.lock().unwrap().last().unwrap().clone()
    }
}

fn session(fixture: &Fixture, tokens: OAuthTokens, keeper: Arc<dyn Keeper>) -> ExampleCrm {
    let settings = settings(&fixture.server.url, &[], 8);
    signed_in(&settings, Credentials::OAuth(tokens), keeper)
}

/// Tokens that end in this many seconds, as far as we know.
fn ending(tokens: OAuthTokens, seconds: i64) -> OAuthTokens {
    let at = Timestamp::now() + SignedDuration::from_secs(seconds);
    OAuthTokens { expires_at: Some(at), ..tokens }
}

impl Fixture {
    async fn renewals(&self) -> usize {
        let requests = self.requests().await;
        requests.iter().filter(|request| request.starts_with("POST /oauth/token")).count()
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn twenty_requests_wait_for_one_renewal_that_is_kept_before_it_is_used() {
    for left in [-1, 60] {
        let fixture = fixture(&[], 8).await;
        let old = ending(tokens(&fixture).await, left);
        let vault = Vault::of(&fixture);
        let crm = session(&fixture, old.clone(), vault.clone());
        let before = fixture.renewals().await;
        let all = futures::future::join_all((0..20).map(|_| crm.user_info())).await;
        assert!(all.iter().all(Result::is_ok), "{all:?}");
        assert_eq!(fixture.renewals().await - before, 1);
        assert_eq!(vault.used.load(Ordering::Relaxed), 0, "used before it was kept");
        let new = vault.last();
        assert_ne!(new.access.expose_secret(), old.access.expose_secret());
        let refresh = |tokens: &OAuthTokens| {
            tokens.refresh.as_ref().map(|token| token.expose_secret().to_owned())
        };
        assert!(refresh(&new).is_some() && refresh(&new) != refresh(&old), "it rotates");
        assert_eq!(
            (new.scopes, new.revoke_url),
            (vec!["read".into(), "write".into()], old.revoke_url)
        );
        assert!(new.expires_at.unwrap() > Timestamp::now() + SignedDuration::from_mins(50));
        // What was kept serves after a restart.
        session(&fixture, vault.last(), vault.clone()).user_info().await.unwrap();
        crm.user_info().await.unwrap();
        assert_eq!(fixture.renewals().await - before, 1);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tokens_that_the_crm_refuses_are_renewed_and_a_write_lands_once() {
    let fixture = fixture(&[], 8).await;
    let good = tokens(&fixture).await;
    let entry = entry(&fixture.someone("Nadia").await);
    let vault = Vault::of(&fixture);
    let crm = session(&fixture, OAuthTokens { access: "stale".into(), ..good }, vault.clone());
    let before = fixture.renewals().await;
    let marcus = ask("+14155550118");
    let (first, second) = tokio::join!(crm.create_call_log(&entry), crm.get_contact(&marcus));
    first.unwrap();
    assert_eq!(names(&second.unwrap().contacts), ["Marcus Bell"]);
    assert_eq!(fixture.activities().await.len(), 1);
    assert_eq!(fixture.renewals().await - before, 1);
}

#[tokio::test]
async fn a_sign_in_that_was_taken_back_says_so() {
    let fixture = fixture(&[], 8).await;
    let old = tokens(&fixture).await;
    let crm = session(&fixture, old.clone(), KeepNothing::shared());
    crm.user_info().await.unwrap();
    // Signed out elsewhere, such as by an administrator.
    let form = [("token", old.access.expose_secret())];
    let revoke = old.revoke_url.clone().unwrap();
    fixture.http.post(revoke).form(&form).send().await.unwrap();
    assert!(matches!(crm.user_info().await, Err(Error::Revoked)));
    let ended = session(&fixture, ending(old.clone(), -1), KeepNothing::shared());
    assert!(matches!(ended.user_info().await, Err(Error::Revoked)));
    let alone = OAuthTokens { refresh: None, access: "unknown".into(), ..old };
    let alone = session(&fixture, alone, KeepNothing::shared());
    assert!(matches!(alone.user_info().await, Err(Error::Unauthorized)));
}

#[tokio::test]
async fn a_token_endpoint_that_is_down_loses_nothing() {
    let fixture = fixture(&[], 8).await;
    let good = tokens(&fixture).await;
    let vault = Vault::of(&fixture);
    let crm = session(&fixture, ending(good.clone(), -1), vault.clone());
    for nonsense in [Value::Null, json!("html"), json!("json"), json!("empty"), json!("huge")] {
        let fails = u32::from(nonsense.is_null());
        let faults = json!({
            "path_prefix": "/oauth/token", "fail_times": fails, "fail_status": 503,
            "nonsense": nonsense,
        });
        fixture.faults(faults).await;
        let failed = crm.create_call_log(&entry(&fixture.someone("Nadia").await)).await;
        assert!(matches!(failed, Err(Error::Unreachable(_))), "{nonsense}: {failed:?}");
    }
    fixture.call("DELETE", "/_faults", json!({})).await;
    crm.user_info().await.unwrap();
    assert_eq!(vault.held.lock().unwrap().len(), 1);
    assert_eq!(fixture.activities().await, [Value::Null; 0]);
}

#[tokio::test]
async fn a_slow_token_endpoint_does_not_hold_up_who_has_a_good_token() {
    let fixture = fixture(&[], 8).await;
    let crm = session(&fixture, ending(tokens(&fixture).await, 60), KeepNothing::shared());
    fixture.faults(json!({ "path_prefix": "/oauth/token", "delay_ms": 60_000 })).await;
    let started = std::time::Instant::now();
    crm.user_info().await.unwrap();
    assert!(started.elapsed() < Duration::from_secs(5), "{:?}", started.elapsed());
}

#[tokio::test]
async fn who_gives_up_waiting_does_not_lose_the_new_tokens() {
    let fixture = fixture(&[], 8).await;
    let vault = Vault::of(&fixture);
    let crm = session(&fixture, ending(tokens(&fixture).await, -1), vault.clone());
    fixture.faults(json!({ "path_prefix": "/oauth/token", "delay_ms": 300 })).await;
    let hasty = tokio::time::timeout(Duration::from_millis(100), crm.user_info()).await;
    assert!(hasty.is_err(), "{hasty:?}");
    crm.user_info().await.unwrap();
    assert_eq!(vault.held.lock().unwrap().len(), 1);
}

#[tokio::test]
async fn a_locked_vault_does_not_end_the_session() {
    let fixture = fixture(&[], 8).await;
    let vault = Vault::of(&fixture);
    vault.locked.store(true, Ordering::Relaxed);
    let crm = session(&fixture, ending(tokens(&fixture).await, -1), vault.clone());
    crm.user_info().await.unwrap();
    crm.user_info().await.unwrap();
    assert!(vault.held.lock().unwrap().is_empty());
}

#[tokio::test]
async fn signing_out_ends_an_oauth_session_and_leaves_an_api_key() {
    let fixture = fixture(&[], 8).await;
    let crm = session(&fixture, tokens(&fixture).await, KeepNothing::shared());
    crm.user_info().await.unwrap();
    crm.unauthorize().await.unwrap();
    assert!(matches!(crm.user_info().await, Err(Error::Revoked)));
    fixture.crm.unauthorize().await.unwrap();
    fixture.crm.user_info().await.unwrap();
}
