//! The whole sign-in, with a browser that is an HTTP client: consent page, loopback answer, tokens.

use std::num::NonZeroU32;
use std::time::Duration;

use reqwest::{Response, StatusCode};
use ringside_crm::{Crm, adapter};
use ringside_web::Error;
use ringside_web::client::ClientOptions;
use ringside_web::credentials::{Credentials, KeepNothing};
use ringside_web::credentials::{OAuthClient, OAuthTokens};
use ringside_web::sign_in::{Flow, Page, Provider, Redirect, SignInError};
use secrecy::ExposeSecret;
use serde_json::json;
use url::Url;

use crate::support::*;

/// Signs in to the Example CRM as a person would.
pub(crate) async fn tokens(fixture: &Fixture) -> OAuthTokens {
    let flow = begin(provider(fixture)).await;
    let answered = tokio::spawn(decide(flow.url().clone(), "allow"));
    let tokens = flow.finish().await.unwrap();
    assert_eq!(answered.await.unwrap().status(), StatusCode::OK);
    tokens
}

fn provider(fixture: &Fixture) -> Provider {
    let at = |last| format!("{}/oauth/{last}", fixture.server.url).parse().unwrap();
    Provider {
        authorize_url: at("authorize"),
        token_url: at("token"),
        revoke_url: Some(at("revoke")),
        scopes: vec!["read".into(), "write".into()],
        client: OAuthClient { id: "ringside".into(), secret: None },
        extra: Vec::new(),
        redirect: Redirect::Loopback { port: 0 },
    }
}

fn page() -> Page {
    Page { done: "Go back & <call>.".into(), failed: "Not connected.".into() }
}

async fn begin(provider: Provider) -> Flow {
    let page = page();
    let options = ClientOptions::new(NonZeroU32::new(10).unwrap());
    Flow::begin(provider, &page, &options).await.unwrap()
}

fn browser() -> reqwest::Client {
    let none = reqwest::redirect::Policy::none();
    reqwest::Client::builder().no_proxy().redirect(none).build().unwrap()
}

/// Reads the consent page and presses a button; where that leads.
async fn consent(url: Url, decision: &str) -> Url {
    let post = url.join("/oauth/authorize").unwrap();
    let page = browser().get(url).send().await.unwrap();
    let page = page.text().await.unwrap();
    let request = page.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
    let form = [("request", request), ("decision", decision)];
    let back = browser().post(post).form(&form).send().await.unwrap();
    Url::parse(back.headers()["location"].to_str().unwrap()).unwrap()
}

/// Presses a button and follows it; the page at the end.
async fn decide(url: Url, decision: &'static str) -> Response {
    let back = consent(url, decision).await;
    browser().get(back).send().await.unwrap()
}

/// The task that listened ends soon after whoever waited for it.
async fn nobody_listens(url: Url) {
    tokio::time::timeout(Duration::from_secs(5), async {
        while !browser().get(url.clone()).send().await.is_err_and(|error| error.is_connect()) {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    })
    .await
    .unwrap();
}

#[tokio::test]
async fn a_person_who_allows_is_signed_in() {
    let fixture = fixture(&[], 8).await;
    let flow = begin(provider(&fixture)).await;
    let asked: Vec<_> = flow.url().query_pairs().into_owned().collect();
    let of = |name: &str| asked.iter().find(|(n, _)| n == name).unwrap().1.clone();
    assert_eq!(of("code_challenge_method"), "S256");
    assert!(of("state").len() >= 22 && of("code_challenge").len() == 43);
    let redirect = Url::parse(&of("redirect_uri")).unwrap();
    assert_eq!((redirect.host_str(), redirect.path()), (Some("127.0.0.1"), "/callback"));

    let answered = tokio::spawn(decide(flow.url().clone(), "allow"));
    let tokens = flow.finish().await.unwrap();
    let page = answered.await.unwrap();
    assert_eq!(page.headers()["cache-control"], "no-store");
    assert!(page.headers()["content-security-policy"].to_str().unwrap().contains("'none'"));
    let text = page.text().await.unwrap();
    assert!(text.contains("Go back &amp; &lt;call&gt;."), "{text}");
    assert!(!text.contains(tokens.access.expose_secret()));

    assert_eq!(tokens.scopes, ["read", "write"]);
    assert!(tokens.refresh.is_some() && tokens.expires_at.is_some());
    let crm = signed_in(
        &settings(&fixture.server.url, &[], 8),
        Credentials::OAuth(tokens),
        KeepNothing::shared(),
    );
    assert_eq!(crm.user_info().await.unwrap().name, "Jonas Weber");
    nobody_listens(redirect).await;
}

#[tokio::test]
async fn a_person_who_denies_is_told_so() {
    let fixture = fixture(&[], 8).await;
    let flow = begin(provider(&fixture)).await;
    let answered = tokio::spawn(decide(flow.url().clone(), "deny"));
    assert!(matches!(flow.finish().await, Err(SignInError::Denied)));
    let text = answered.await.unwrap().text().await.unwrap();
    assert!(text.contains("Not connected."), "{text}");
    let exchanged = fixture.requests().await.iter().any(|r| r.contains("/oauth/token"));
    assert!(!exchanged);
}

#[tokio::test]
async fn what_is_not_the_answer_does_not_end_the_waiting() {
    let fixture = fixture(&[], 8).await;
    let flow = begin(provider(&fixture)).await;
    let back = consent(flow.url().clone(), "allow").await;
    let get = async |change: &dyn Fn(&mut Url)| {
        let mut url = back.clone();
        change(&mut url);
        browser().get(url).send().await.unwrap().status()
    };
    assert_eq!(get(&|url| url.set_query(Some("code=evil&state=guess"))).await, 400);
    assert_eq!(get(&|url| url.set_query(Some("error=access_denied&state=guess"))).await, 400);
    assert_eq!(get(&|url| url.set_query(None)).await, 400);
    assert_eq!(get(&|url| url.set_path("/")).await, 404);
    assert_eq!(get(&|url| url.set_path("/callback/")).await, 404);
    let foreign = browser().get(back.clone()).header("host", "evil.example").send().await.unwrap();
    assert_eq!(foreign.status(), StatusCode::MISDIRECTED_REQUEST);
    let posted = browser().post(back.clone()).send().await.unwrap();
    assert_eq!(posted.status(), StatusCode::METHOD_NOT_ALLOWED);
    // The true answer comes, and once more before it was taken up.
    assert_eq!(get(&|_| {}).await, 200);
    assert_eq!(get(&|_| {}).await, 410);
    assert_eq!(flow.finish().await.unwrap().scopes, ["read", "write"]);
}

#[tokio::test]
async fn nobody_is_waited_for_without_end_and_a_cancelled_sign_in_listens_to_nobody() {
    let fixture = fixture(&[], 8).await;
    let flow = begin(provider(&fixture)).await;
    let redirect = flow.url().query_pairs().find(|(n, _)| n == "redirect_uri").unwrap().1;
    let redirect = Url::parse(&redirect).unwrap();
    let late = flow.finish_within(Duration::from_millis(200)).await;
    assert!(matches!(late, Err(SignInError::Timeout)), "{late:?}");
    nobody_listens(redirect).await;

    let flow = begin(provider(&fixture)).await;
    let back = consent(flow.url().clone(), "allow").await;
    drop(flow);
    nobody_listens(back).await;
}

#[tokio::test]
async fn the_last_address_of_the_browser_can_be_pasted_instead() {
    let fixture = fixture(&[], 8).await;
    // The Example CRM takes any path on loopback; nobody listens there.
    let redirect = Redirect::Pasted("http://127.0.0.1:9/done".parse().unwrap());
    let provider = Provider { redirect, ..provider(&fixture) };
    let flow = begin(provider.clone()).await;
    let back = consent(flow.url().clone(), "allow").await;
    let tokens = flow.finish_with(&format!("  {back}\n")).await.unwrap();
    assert_eq!(tokens.scopes, ["read", "write"]);

    for wrong in
        ["", "hello", "http://127.0.0.1:9/done", "https://evil.example/done?code=c&state=s"]
    {
        let flow = begin(provider.clone()).await;
        let end = flow.finish_with(wrong).await;
        assert!(matches!(end, Err(SignInError::Foreign)), "{end:?}");
    }
    // The end of an earlier sign-in is not that of this one.
    let flow = begin(provider.clone()).await;
    let end = flow.finish_with(back.as_str()).await;
    assert!(matches!(end, Err(SignInError::Foreign)), "{end:?}");
    let flow = begin(provider.clone()).await;
    let denied = consent(flow.url().clone(), "deny").await;
    let end = flow.finish_with(denied.as_str()).await;
    assert!(matches!(end, Err(SignInError::Denied)), "{end:?}");
}

#[tokio::test]
async fn a_code_is_good_for_this_app_and_once() {
    let fixture = fixture(&[], 8).await;
    let redirect = Redirect::Pasted("http://127.0.0.1:9/done".parse().unwrap());
    let provider = Provider { redirect, ..provider(&fixture) };
    let flow = begin(provider.clone()).await;
    let mut back = consent(flow.url().clone(), "allow").await;
    // A code of the right sign-in that the CRM does not know.
    let pairs: Vec<_> = back.query_pairs().into_owned().collect();
    let changed = pairs.iter().map(|(n, v)| (n, if n == "code" { "other" } else { v }));
    back.query_pairs_mut().clear().extend_pairs(changed);
    let end = flow.finish_with(back.as_str()).await;
    assert!(matches!(end, Err(SignInError::Refused(_))), "{end:?}");

    fixture.faults(json!({ "path_prefix": "/oauth/token", "fail_times": 1 })).await;
    let flow = begin(provider.clone()).await;
    let back = consent(flow.url().clone(), "allow").await;
    let down = flow.finish_with(back.as_str()).await.unwrap_err();
    assert!(
        matches!(&down, SignInError::Server(Error::Unreachable(why)) if why.words.contains("503")),
        "{down:?}"
    );
}

#[tokio::test]
async fn nothing_is_sent_in_the_clear() {
    let fixture = fixture(&[], 8).await;
    let good = provider(&fixture);
    let clear: Url = "http://crm.example/oauth".parse().unwrap();
    let options = ClientOptions::new(NonZeroU32::new(10).unwrap());
    let page = page();
    for provider in [
        Provider { authorize_url: clear.clone(), ..good.clone() },
        Provider { token_url: clear.clone(), ..good.clone() },
        Provider { revoke_url: Some(clear), ..good.clone() },
    ] {
        let begun = Flow::begin(provider, &page, &options).await;
        assert!(matches!(begun.err(), Some(SignInError::Setup(_))));
    }
    let own = OAuthClient { id: "unknown".into(), secret: Some("hunter2".into()) };
    let flow = begin(Provider { client: own, ..good }).await;
    assert!(flow.url().as_str().contains("client_id=unknown"));
    assert!(!flow.url().as_str().contains("hunter2"), "a secret is not for the browser");
}

#[tokio::test]
async fn the_adapter_signs_in_and_opens_with_what_it_got() {
    let fixture = fixture(&[], 8).await;
    let settings = settings(&fixture.server.url, &[], 8);
    let adapter = adapter("example").unwrap();
    let begun = adapter.sign_in_browser(&settings, None, page()).await.unwrap();
    assert!(begun.comes_back());
    let answered = tokio::spawn(decide(begun.url().clone(), "allow"));
    let credentials = begun.finish().await.unwrap();
    answered.await.unwrap();
    let crm = signed_in(&settings, credentials, KeepNothing::shared());
    crm.user_info().await.unwrap();
}
