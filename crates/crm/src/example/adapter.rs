//! How accounts at an Example CRM are connected.

use std::sync::Arc;

use async_trait::async_trait;
use ringside_domain::settings::AccountSettings;

use super::{ExampleCrm, PER_SECOND};
use crate::adapter::connection;
use crate::{Crm, Opening, Way};
use ringside_web::OpenError;
use ringside_web::credentials::OAuthClient;
use ringside_web::sign_in::{BrowserSignIn, Flow, Page, Provider, Redirect, SignInError};

/// What the server knows us as: a public client.
const CLIENT: &str = "ringside";
/// All rights that the server has.
const SCOPES: &[&str] = &["read", "write"];

/// The kind `example`.
pub struct Adapter;

#[async_trait]
impl crate::Adapter for Adapter {
    fn kind(&self) -> &'static str {
        "example"
    }

    fn address(&self) -> Option<&'static str> {
        Some("http://127.0.0.1:8808")
    }

    fn ways(&self) -> Vec<Way> {
        vec![Way::Browser { own_app: false, redirect: None, scopes: SCOPES }, Way::Key]
    }

    async fn sign_in_browser(
        &self,
        settings: &AccountSettings,
        app: Option<OAuthClient>,
        page: Page,
    ) -> Result<Box<dyn BrowserSignIn>, SignInError> {
        let base = ringside_web::url::server(&settings.url)?;
        let at = |last| ringside_web::url::below(&base, &["oauth", last]);
        let provider = Provider {
            authorize_url: at("authorize"),
            token_url: at("token"),
            revoke_url: Some(at("revoke")),
            scopes: SCOPES.iter().map(|scope| (*scope).to_owned()).collect(),
            client: app.unwrap_or(OAuthClient { id: CLIENT.to_owned(), secret: None }),
            extra: Vec::new(),
            redirect: Redirect::Loopback { port: 0 },
        };
        let options = connection(settings, PER_SECOND);
        Ok(Box::new(Flow::begin(provider, &page, &options).await?))
    }

    fn open(&self, opening: Opening<'_>) -> Result<Arc<dyn Crm>, OpenError> {
        let Opening { settings, region, credentials, keeper } = opening;
        Ok(Arc::new(ExampleCrm::new(settings, region, credentials, keeper)?))
    }
}
