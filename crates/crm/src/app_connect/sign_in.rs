//! Signing in to a server, by the rules of its manifest: which connectors it has, what each asks for,
//! and the way to a session.
//!
//! App Connect's own OAuth: a person opens the CRM's page in a browser, the CRM redirects to
//! the address that the connector is registered with, and that address with all its query goes to the
//! server, which exchanges the code itself. The address is mostly a page of the connector's maker and
//! not of this computer, so that the person copies it from the browser.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use ringside_domain::settings::AccountSettings;
use ringside_domain::text::{self, NAME_MAX};
use secrecy::{ExposeSecret, SecretString};
use serde_json::Value;
use url::Url;

use super::manifest::{self, Platform};
use super::session::{self, Target};
use super::{AppConnect, PER_SECOND, READ_DEADLINE};
use crate::adapter::connection;
use crate::{Connector, Crm, Field, Given, Opening, Way};
use ringside_web::client::Client;
use ringside_web::client::Urgency;
use ringside_web::credentials::{Credentials, KeepNothing, OAuthClient};
use ringside_web::sign_in::{BrowserSignIn, Page, SignInError};
use ringside_web::{Error, OpenError};

/// The kind `app_connect`.
pub struct Adapter;

/// The name of the field that asks for the CRM's own host.
const HOST: &str = "hostname";

#[async_trait]
impl crate::Adapter for Adapter {
    fn kind(&self) -> &'static str {
        "app_connect"
    }

    fn ways(&self) -> Vec<Way> {
        Vec::new()
    }

    fn has_connectors(&self) -> bool {
        true
    }

    async fn connectors(&self, settings: &AccountSettings) -> Result<Vec<Connector>, Error> {
        let client = client(settings).map_err(|error| unusable(&error))?;
        let manifest = manifest(&client, None).await?;
        let platforms = manifest::platforms(&manifest)?;
        Ok(platforms.iter().flat_map(|(name, given)| connectors(name, given)).collect())
    }

    async fn sign_in(
        &self,
        settings: &AccountSettings,
        given: Given,
    ) -> Result<Credentials, Error> {
        let Given { key, mut fields } = given;
        let host = fields.remove(HOST);
        let host = host.as_ref().map(|host| host.expose_secret());
        if fields.is_empty() {
            fields.insert("apiKey".to_owned(), key);
        }
        let sign_in = SignIn::begin(settings, host).await?;
        sign_in.with_form(&fields).await
    }

    async fn sign_in_browser(
        &self,
        settings: &AccountSettings,
        _app: Option<OAuthClient>,
        _page: Page,
    ) -> Result<Box<dyn BrowserSignIn>, SignInError> {
        let sign_in = SignIn::begin(settings, None).await?;
        let url = sign_in.authorize_url().ok_or(SignInError::Unsupported)?;
        Ok(Box::new(Pasted { sign_in, url }))
    }

    fn open(&self, opening: Opening<'_>) -> Result<Arc<dyn Crm>, OpenError> {
        let Opening { settings, region, credentials, keeper } = opening;
        Ok(Arc::new(AppConnect::new(settings, region, credentials, keeper)?))
    }
}

/// A sign-in whose last address the person pastes: the CRM sends the browser to a page of the
/// connector's maker, or to a port that we cannot choose.
struct Pasted {
    sign_in: SignIn,
    url: Url,
}

#[async_trait]
impl BrowserSignIn for Pasted {
    fn url(&self) -> &Url {
        &self.url
    }

    fn comes_back(&self) -> bool {
        false
    }

    async fn finish(self: Box<Self>) -> Result<Credentials, SignInError> {
        Err(SignInError::Timeout)
    }

    async fn finish_with(self: Box<Self>, address: &str) -> Result<Credentials, SignInError> {
        match self.sign_in.with_redirect(address).await {
            Ok(credentials) => Ok(credentials),
            Err(Redirected::Foreign) => Err(SignInError::Foreign),
            Err(Redirected::Denied) => Err(SignInError::Denied),
            Err(Redirected::Refused(words)) => Err(SignInError::Refused(words)),
            Err(Redirected::Crm(Error::Rejected { message })) => Err(SignInError::Refused(message)),
            Err(Redirected::Crm(error)) => Err(error.into()),
        }
    }
}

/// Why an address that the browser ended at does not sign anybody in.
#[derive(Debug)]
enum Redirected {
    /// It is no address of this sign-in.
    Foreign,
    /// The person said no at the CRM.
    Denied,
    /// The CRM said no, in its words.
    Refused(String),
    /// The server did not do its part.
    Crm(Error),
}

/// A sign-in under way.
struct SignIn {
    client: Client,
    target: Target,
    platform: Platform,
}

impl SignIn {
    /// Asks the server for the connector of the settings. `host` is a host or an address of the
    /// CRM's, where the settings name none.
    async fn begin(settings: &AccountSettings, host: Option<&str>) -> Result<Self, Error> {
        let client = client(settings).map_err(|error| unusable(&error))?;
        let named = settings.platform.as_deref().map(split);
        let manifest = manifest(&client, named.map(|(name, _)| name)).await?;
        let (name, given) = pick(manifest::platforms(&manifest)?, named.map(|(name, _)| name))?;
        let host = host.or(named.and_then(|(_, host)| host)).and_then(host_of);
        let host = host.or_else(|| Platform::read(&given, None).own_host());
        let platform = Platform::read(&given, host.as_deref());
        let target = Target { platform: name, hostname: host.unwrap_or_default() };
        Ok(Self { client, target, platform })
    }

    /// Signs in with what a person filled into the form.
    async fn with_form(
        &self,
        fields: &BTreeMap<String, SecretString>,
    ) -> Result<Credentials, Error> {
        session::exchange(&self.client, &self.target, fields).await.map(Credentials::Session)
    }

    /// The page of the CRM where a person allows it. `None` if the connector has no such page, or one
    /// without encryption.
    fn authorize_url(&self) -> Option<Url> {
        let app = self.platform.auth.as_ref()?.oauth.as_ref()?;
        let mut url = Url::parse(app.auth_url.as_deref()?).ok()?;
        if !ringside_web::url::allowed(url.as_str(), url.as_str()) {
            return None;
        }
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", app.client_id.as_deref().unwrap_or_default());
        // A piece of a query as it stands, such as `access_type=offline&scope=a+b`.
        if let Some(scope) = app.scope.as_deref().filter(|scope| !scope.is_empty()) {
            let query = format!("{}&{scope}", url.query().unwrap_or_default());
            url.set_query(Some(&query));
        }
        let state = match app.custom_state.as_deref().filter(|state| !state.is_empty()) {
            Some(state) => state.to_owned(),
            None => format!("platform={}", self.target.platform),
        };
        url.query_pairs_mut()
            .append_pair("state", &state)
            .append_pair("redirect_uri", app.redirect_uri.as_deref().unwrap_or_default());
        Some(url)
    }

    /// Ends the sign-in with the address that the browser was sent to.
    async fn with_redirect(&self, address: &str) -> Result<Credentials, Redirected> {
        let address = self.redirected(address)?;
        let hostname = &self.target.hostname;
        let done = session::exchange_redirect(&self.client, hostname, &address).await;
        done.map(Credentials::Session).map_err(Redirected::Crm)
    }

    /// The address, if it is the one that the connector's CRM redirects to, for this connector.
    fn redirected(&self, address: &str) -> Result<Url, Redirected> {
        let app = self.platform.auth.as_ref().and_then(|auth| auth.oauth.as_ref());
        let expected = app.and_then(|app| app.redirect_uri.as_deref());
        let expected = expected.and_then(|url| Url::parse(url).ok()).ok_or(Redirected::Foreign)?;
        let mut address = Url::parse(address.trim()).map_err(|_| Redirected::Foreign)?;
        if address.origin() != expected.origin() || address.path() != expected.path() {
            return Err(Redirected::Foreign);
        }
        let parameter = |name: &str| {
            let found = address.query_pairs().find(|(given, _)| given == name);
            found.map(|(_, value)| value.into_owned())
        };
        // The server reads the connector from here; a CRM that drops it must not lead to another.
        let ours = format!("platform={}", self.target.platform);
        let state = parameter("state");
        if state.as_deref().is_some_and(|state| !state.split(',').any(|part| part == ours)) {
            return Err(Redirected::Foreign);
        }
        match parameter("error").as_deref() {
            Some("access_denied") => return Err(Redirected::Denied),
            Some(error) => {
                let said = parameter("error_description").unwrap_or_else(|| error.to_owned());
                return Err(Redirected::Refused(text::clean(&said, NAME_MAX)));
            }
            None => {}
        }
        if parameter("code").is_none() {
            return Err(Redirected::Foreign);
        }
        if state.is_none() {
            address.query_pairs_mut().append_pair("state", &ours);
        }
        Ok(address)
    }
}

fn client(settings: &AccountSettings) -> Result<Client, OpenError> {
    let base = ringside_web::url::server(&settings.url)?;
    let auth = session::without_token(KeepNothing::shared())?;
    Client::new(base, auth, &connection(settings, PER_SECOND))
}

fn unusable(error: &OpenError) -> Error {
    Error::Rejected { message: error.to_string() }
}

async fn manifest(client: &Client, connector: Option<&str>) -> Result<Value, Error> {
    let mut url = client.address(&["crmManifest"]);
    if let Some(connector) = connector {
        url.query_pairs_mut().append_pair("platformName", connector);
    }
    client.read(&url, Urgency::Live, READ_DEADLINE).await
}

/// A connector for each of its CRM's hosts, where the manifest lists them.
fn connectors(name: &str, given: &Value) -> Vec<Connector> {
    let platform = Platform::read(given, None);
    let label = text::clean(platform.display_name.as_deref().unwrap_or(name), NAME_MAX);
    let environment = platform.environment.as_ref();
    let selections = environment
        .filter(|environment| environment.kind.as_deref() == Some("selectable"))
        .map(|environment| environment.selections.as_slice())
        .unwrap_or_default();
    let ways = ways(&platform);
    let hosts = selections.iter().filter_map(|selection| {
        let host = selection.url.as_deref().and_then(host_of)?;
        let word = text::clean(selection.name.as_deref().unwrap_or(&host), NAME_MAX);
        let platform = format!("{name}@{host}");
        Some(Connector { platform, name: format!("{label} ({word})"), ways: ways.clone() })
    });
    let mut all: Vec<Connector> = hosts.collect();
    if all.is_empty() {
        all.push(Connector { platform: name.to_owned(), name: label, ways });
    }
    all
}

fn ways(platform: &Platform) -> Vec<Way> {
    if platform.is_oauth() {
        // The app is the connector's own, and so are its rights and its address.
        return vec![Way::Browser { own_app: false, redirect: None, scopes: &[] }];
    }
    vec![Way::Fields(form(platform))]
}

/// The fields of a form; what is no field, such as a button or a paragraph, is left out.
fn form(platform: &Platform) -> Vec<Field> {
    let form = platform.auth.as_ref().and_then(|auth| auth.api_key.as_ref());
    let content = form.and_then(|form| form.page.as_ref()).map(|page| page.content.as_slice());
    let fields = content.unwrap_or_default().iter().filter_map(|field| {
        let id = field.id.clone().filter(|_| field.kind.as_deref() == Some("string"))?;
        let label = text::clean(field.title.as_deref().unwrap_or(&id), NAME_MAX);
        Some(Field { secret: is_secret(&id), id, label, required: field.required == Some(true) })
    });
    let mut fields: Vec<Field> = fields.collect();
    let environment = platform.environment.as_ref();
    if let Some(own) = environment.filter(|e| e.kind.as_deref() == Some("dynamic")) {
        // Such as `*.pipedrive.com`: the shape of an address is the same word in every language.
        let shape = own.url_identifier.as_deref().unwrap_or(HOST);
        let label = text::clean(shape, NAME_MAX);
        fields.insert(0, Field { id: HOST.to_owned(), label, secret: false, required: true });
    }
    fields
}

/// Manifests say of few fields that they are passwords, so the name decides.
fn is_secret(id: &str) -> bool {
    let id = id.to_ascii_lowercase();
    ["key", "password", "secret", "token"].iter().any(|word| id.contains(word))
}

/// `clio@eu.app.clio.com` as connector and host: the name of a connector says which of the CRM's
/// hosts, where there are several.
pub(super) fn split(platform: &str) -> (&str, Option<&str>) {
    match platform.split_once('@') {
        Some((name, host)) => (name, Some(host)),
        None => (platform, None),
    }
}

/// The connector of this name, or the only one.
pub(super) fn pick(
    mut platforms: BTreeMap<String, Value>,
    name: Option<&str>,
) -> Result<(String, Value), Error> {
    let found = match name {
        Some(name) => platforms.remove_entry(name),
        None if platforms.len() == 1 => platforms.pop_first(),
        None => None,
    };
    found.ok_or_else(|| {
        let names: Vec<&str> = platforms.keys().map(String::as_str).collect();
        let message = format!("no such connector; there are: {}", names.join(", "));
        Error::Rejected { message: text::clean(&message, NAME_MAX) }
    })
}

/// The host of what a person pasted: an address, or the host alone.
pub(super) fn host_of(given: &str) -> Option<String> {
    let given = given.trim();
    let url = match given.contains("://") {
        true => Url::parse(given).ok()?,
        false => Url::parse(&format!("https://{given}")).ok()?,
    };
    url.host_str().map(str::to_owned)
}

#[cfg(test)]
#[path = "sign_in_tests.rs"]
mod tests;
