//! OAuth: tokens as bearer, renewed, ended, thrown out.

use std::sync::{Arc, Mutex};

use crate::support::*;
use async_trait::async_trait;
use fake_pipedrive::{OAuthApp, Options, Server};
use ringside_crm::pipedrive::Pipedrive;
use ringside_crm::{Crm, adapter};
use ringside_web::Error;
use ringside_web::credentials::{Credentials, Keeper};
use ringside_web::credentials::{KeepError, OAuthClient, OAuthTokens};
use ringside_web::sign_in::{Page, SignInError};
use secrecy::ExposeSecret;

/// Remembers what it was given.
#[derive(Default)]
struct Memory(Mutex<Vec<String>>);

#[async_trait]
impl Keeper for Memory {
    async fn keep(&self, credentials: &Credentials) -> Result<(), KeepError> {
        let Credentials::OAuth(tokens) = credentials else { panic!("another kind") };
        self.0.lock().unwrap().push(tokens.access.expose_secret().to_owned());
        Ok(())
    }
}

/// Goes through the whole sign-in, with a person in the browser who says yes.
async fn tokens(server: &Server) -> OAuthTokens {
    let app = OAuthApp::default();
    let own = OAuthClient { id: app.client_id, secret: Some(app.client_secret.into()) };
    let page = Page { done: "Done.".into(), failed: "Failed.".into() };
    let settings = settings(&server.url, &[]);
    let adapter = adapter("pipedrive").unwrap();
    let none = adapter.sign_in_browser(&settings, None, page.clone()).await;
    assert!(matches!(none.err(), Some(SignInError::Unsupported)), "it needs an app");
    let flow = adapter.sign_in_browser(&settings, Some(own), page).await.unwrap();
    let asked = flow.url().clone();
    let person = tokio::spawn(async move {
        let browser = reqwest::Client::builder().no_proxy().build().unwrap();
        let page = browser.get(asked.clone()).send().await.unwrap();
        assert!(page.text().await.unwrap().contains("Allow and install"));
        let fields = asked.query_pairs().into_owned();
        let fields = fields
            .filter(|(name, _)| ["client_id", "redirect_uri", "state"].contains(&name.as_str()));
        let mut form: Vec<_> = fields.collect();
        form.push(("decision".into(), "allow".into()));
        let back = browser.post(asked).form(&form).send().await.unwrap();
        assert!(back.text().await.unwrap().contains("Done."));
    });
    let credentials = flow.finish().await.unwrap();
    person.await.unwrap();
    let Credentials::OAuth(tokens) = credentials else { panic!("another kind") };
    assert_eq!(tokens.api_url.as_deref(), Some(server.url.as_str()));
    tokens
}

fn signed_in(server: &Server, tokens: OAuthTokens, keeper: Arc<dyn Keeper>) -> Pipedrive {
    let settings = settings(&server.url, &[]);
    Pipedrive::new(&settings, &region("US"), Credentials::OAuth(tokens), keeper).unwrap()
}

#[tokio::test]
async fn a_sign_in_reads_writes_renews_itself_and_ends() {
    let fixture = fixture(&[]).await;
    let memory = Arc::new(Memory::default());
    let crm = signed_in(&fixture.server, tokens(&fixture.server).await, memory.clone());
    fixture.server.forget_requests();
    let nadia = crm.get_contact(&ask("+14155550142")).await.unwrap().contacts.remove(0);
    assert_eq!(nadia.associations.len(), 2, "its scopes reach deals and leads");
    crm.create_call_log(&entry(&nadia)).await.unwrap();
    fixture.server.expire_tokens();
    crm.create_call_log(&entry(&nadia)).await.unwrap();
    assert_eq!(memory.0.lock().unwrap().len(), 1, "the new token was stored");
    assert!(
        fixture
            .server
            .requests()
            .iter()
            .all(|r| r.signed == Some("bearer") || r.path.starts_with("/oauth/"))
    );
    crm.unauthorize().await.unwrap();
    let after = crm.user_info().await;
    assert!(matches!(after, Err(Error::Revoked | Error::Unauthorized)), "{after:?}");
}

#[tokio::test]
async fn an_app_that_was_thrown_out_is_revoked() {
    let fixture = fixture(&[]).await;
    let crm =
        signed_in(&fixture.server, tokens(&fixture.server).await, Arc::new(Memory::default()));
    crm.user_info().await.unwrap();
    fixture.server.uninstall();
    let after = crm.get_contact(&ask("+14155550142")).await;
    assert!(matches!(after, Err(Error::Revoked)), "{after:?}");
}

#[tokio::test]
async fn a_sign_in_with_fewer_scopes_does_what_it_may() {
    let scopes = ["base", "contacts:read", "activities:full"].map(str::to_owned).into();
    let oauth = OAuthApp { scopes, ..OAuthApp::default() };
    let fixture = fixture_of(Options { oauth, ..Options::new(TOKEN) }, &[]).await;
    let crm =
        signed_in(&fixture.server, tokens(&fixture.server).await, Arc::new(Memory::default()));
    let answer = crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Nadia Okafor"]);
    let mut nadia = answer.contacts.into_iter().next().unwrap();
    nadia.associations.clear();
    crm.create_call_log(&entry(&nadia)).await.unwrap();
    let new = ringside_crm::NewContact {
        name: "New".into(),
        kind: None,
        phone: None,
        company: None,
        email: None,
        key: "k".into(),
    };
    assert!(matches!(crm.create_contact(&new).await, Err(Error::Forbidden)));
}
