//! The sign-in with a browser: what works, and what an attacker would try.

use reqwest::StatusCode;
use serde_json::Value;

use crate::support::*;

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
/// The challenge of that verifier: RFC 7636, appendix B.
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
const REDIRECT: &str = "http://127.0.0.1:1/callback";

fn request<'a>(change: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    let mut query = vec![
        ("response_type", "code"),
        ("client_id", "ringside"),
        ("redirect_uri", REDIRECT),
        ("scope", "read write"),
        ("state", "st&te"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ];
    for (name, value) in change {
        query.iter_mut().filter(|(known, _)| known == name).for_each(|pair| pair.1 = value);
    }
    query
}

impl Fixture {
    async fn ask(&self, query: &[(&str, &str)]) -> (StatusCode, String) {
        let url = format!("{}/oauth/authorize", self.server.url);
        let page = self.http.get(url).query(query).send().await.unwrap();
        (page.status(), page.text().await.unwrap())
    }

    /// Where the browser goes after the decision, as pairs of the query.
    async fn decide(&self, page: &str, decision: &str) -> Vec<(String, String)> {
        let name = page.split("value=\"").nth(1).unwrap().split('"').next().unwrap();
        let form = [("request", name), ("decision", decision)];
        let url = format!("{}/oauth/authorize", self.server.url);
        let back = self.http.post(url).form(&form).send().await.unwrap();
        assert_eq!(back.status(), 303);
        let back = back.headers()["location"].to_str().unwrap().to_owned();
        assert!(back.starts_with(REDIRECT));
        url::Url::parse(&back).unwrap().query_pairs().into_owned().collect()
    }

    async fn token(&self, form: &[(&str, &str)]) -> (StatusCode, Value) {
        let url = format!("{}/oauth/token", self.server.url);
        let answer = self.http.post(url).form(form).send().await.unwrap();
        (answer.status(), answer.json().await.unwrap())
    }

    async fn exchange(&self, code: &str, verifier: &str) -> (StatusCode, Value) {
        self.token(&[
            ("grant_type", "authorization_code"),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("client_id", "ringside"),
            ("code_verifier", verifier),
        ])
        .await
    }

    async fn code(&self, scope: &str) -> String {
        let (_, page) = self.ask(&request(&[("scope", scope)])).await;
        let back = self.decide(&page, "allow").await;
        assert_eq!(back[1], ("state".to_owned(), "st&te".to_owned()));
        assert_eq!(back[0].0, "code");
        back[0].1.clone()
    }

    async fn me(&self, token: &Value) -> StatusCode {
        let url = format!("{}/v1/me", self.server.url);
        self.http.get(url).bearer_auth(token.as_str().unwrap()).send().await.unwrap().status()
    }
}

#[tokio::test]
async fn a_person_consents_and_the_code_is_good_once() {
    let fixture = fixture().await;
    let code = fixture.code("read write").await;
    let (status, tokens) = fixture.exchange(&code, VERIFIER).await;
    assert_eq!((status.as_u16(), &tokens["scope"]), (200, &"read write".into()));
    assert_eq!(fixture.me(&tokens["access_token"]).await, 200);
    assert_eq!(fixture.me(&tokens["refresh_token"]).await, 401, "a refresh token opens nothing");
    assert_eq!(fixture.exchange(&code, VERIFIER).await.0, 400);
}

#[tokio::test]
async fn a_stolen_code_is_worth_nothing_without_its_verifier() {
    let fixture = fixture().await;
    let code = fixture.code("read write").await;
    let (status, problem) = fixture.exchange(&code, "guess").await;
    assert_eq!((status.as_u16(), &problem["error"]), (400, &"invalid_grant".into()));
    assert_eq!(fixture.exchange(&code, VERIFIER).await.0, 400, "one try");
}

#[tokio::test]
async fn refused_is_refused_and_an_unsafe_request_is_never_redirected() {
    let fixture = fixture().await;
    let (_, page) = fixture.ask(&request(&[])).await;
    let back = fixture.decide(&page, "deny").await;
    assert_eq!(back[0], ("error".to_owned(), "access_denied".to_owned()));
    for change in [
        ("redirect_uri", "https://evil.example/"),
        ("redirect_uri", "javascript:alert(1)"),
        ("redirect_uri", "http://127.0.0.1.evil.example/"),
        ("response_type", "token"),
        ("client_id", "other"),
        ("code_challenge_method", "plain"),
        ("code_challenge", ""),
        ("scope", "admin"),
    ] {
        assert_eq!(fixture.ask(&request(&[change])).await.0, 400, "{change:?}");
    }
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let fixture = fixture().await;
    let code = fixture.code("read").await;
    let (_, tokens) = fixture.exchange(&code, VERIFIER).await;
    let token = tokens["access_token"].as_str().unwrap();
    let url = format!("{}/v1/contacts", fixture.server.url);
    let write = fixture.http.post(url).bearer_auth(token).json(&serde_json::json!({ "name": "A" }));
    assert_eq!(write.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn refreshing_rotates_and_a_reused_token_ends_the_session() {
    let fixture = fixture().await;
    let code = fixture.code("read").await;
    let (_, first) = fixture.exchange(&code, VERIFIER).await;
    let refresh = async |tokens: &Value| {
        let token = tokens["refresh_token"].as_str().unwrap().to_owned();
        fixture.token(&[("grant_type", "refresh_token"), ("refresh_token", &token)]).await
    };
    let (status, second) = refresh(&first).await;
    assert_eq!(status, 200);
    assert_eq!(fixture.me(&second["access_token"]).await, 200);
    assert_eq!(refresh(&first).await.0, 400);
    assert_eq!(fixture.me(&second["access_token"]).await, 401, "somebody has a copy");
    assert_eq!(refresh(&second).await.0, 400);
}

#[tokio::test]
async fn secrets_of_the_sign_in_are_not_in_the_request_log() {
    let fixture = fixture().await;
    let code = fixture.code("read").await;
    fixture.exchange(&code, VERIFIER).await;
    let (_, log) = fixture.get("/_requests").await;
    let log = log.to_string();
    assert!(log.contains("/oauth/token") && !log.contains(&code) && !log.contains(VERIFIER));
}
