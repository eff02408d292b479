//! What a kind of CRM says of itself: how it is connected, and how an account is opened with it.

use std::collections::BTreeMap;
use std::sync::Arc;

use std::num::NonZeroU32;
use std::path::PathBuf;

use async_trait::async_trait;
use ringside_domain::Region;
use ringside_domain::settings::AccountSettings;
use ringside_web::client::ClientOptions;
use secrecy::SecretString;

use crate::Crm;
use ringside_web::credentials::{Credentials, Keeper, OAuthClient};
use ringside_web::sign_in::{BrowserSignIn, Page, SignInError};
use ringside_web::{Error, OpenError};

/// Everything that opens an account. Opening checks, and sends nothing.
pub struct Opening<'a> {
    /// Its settings.
    pub settings: &'a AccountSettings,
    /// The general region, for accounts that do not name their own.
    pub region: &'a Region,
    /// How it is signed in.
    pub credentials: Credentials,
    /// Where renewed credentials go.
    pub keeper: Arc<dyn Keeper>,
}

/// A kind of CRM. One value for each stands in [`crate::adapters`].
#[async_trait]
pub trait Adapter: Send + Sync {
    /// The name that settings write.
    fn kind(&self) -> &'static str;

    /// The address, where it is the same for everybody, or an example of one.
    fn address(&self) -> Option<&'static str> {
        None
    }

    /// The ways to sign in, the best first; empty where [`Adapter::connectors`] says them.
    fn ways(&self) -> Vec<Way>;

    /// One server speaks for several CRMs; which, it says itself.
    fn has_connectors(&self) -> bool {
        false
    }

    /// The CRMs that the server at the settings' address speaks for.
    ///
    /// # Errors
    /// As of any read, and [`Error::Unsupported`] without [`Adapter::has_connectors`].
    async fn connectors(&self, _settings: &AccountSettings) -> Result<Vec<Connector>, Error> {
        Err(Error::Unsupported)
    }

    /// Makes credentials of what a person typed. Only a server with sessions has to be asked.
    ///
    /// # Errors
    /// [`Error::Unauthorized`] when the server does not take it, and as of any request.
    async fn sign_in(
        &self,
        _settings: &AccountSettings,
        given: Given,
    ) -> Result<Credentials, Error> {
        Ok(Credentials::Key(given.key))
    }

    /// Begins a sign-in in the browser, with the user's own OAuth app where the kind needs one.
    ///
    /// # Errors
    /// [`SignInError`], also where the kind has no such way.
    async fn sign_in_browser(
        &self,
        _settings: &AccountSettings,
        _app: Option<OAuthClient>,
        _page: Page,
    ) -> Result<Box<dyn BrowserSignIn>, SignInError> {
        Err(SignInError::Unsupported)
    }

    /// Opens an account.
    ///
    /// # Errors
    /// [`OpenError`] when settings or credentials cannot serve.
    fn open(&self, opening: Opening<'_>) -> Result<Arc<dyn Crm>, OpenError>;
}

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Way {
    /// One API key.
    Key,
    /// A form.
    Fields(Vec<Field>),
    /// In the system's browser.
    Browser {
        /// It needs an OAuth app of the user's own.
        own_app: bool,
        /// The address to register for that app, as far as it does not change.
        redirect: Option<&'static str>,
        /// The rights that are asked for.
        scopes: &'static [&'static str],
    },
}

/// One field of a form to sign in, in the server's own words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Field {
    /// The server's name of it.
    pub id: String,
    /// The word for people; bounded and cleaned.
    pub label: String,
    /// Typed unseen.
    pub secret: bool,
    /// The server refuses the form without it.
    pub required: bool,
}

/// One of the CRMs that a server speaks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Connector {
    /// As [`AccountSettings::platform`] names it.
    pub platform: String,
    /// The server's word for it; bounded and cleaned.
    pub name: String,
    /// The ways to sign in.
    pub ways: Vec<Way>,
}

/// What a person typed to sign in.
pub struct Given {
    /// The API key; empty where the fields say it.
    pub key: SecretString,
    /// The form, by the ids of its fields.
    pub fields: BTreeMap<String, SecretString>,
}

/// How the server of an account is reached, whose CRM takes this many requests a second.
pub(crate) fn connection(settings: &AccountSettings, per_second: NonZeroU32) -> ClientOptions {
    ClientOptions {
        ca_file: settings.ca_file.as_ref().map(PathBuf::from),
        proxy: settings.proxy.clone(),
        ..ClientOptions::new(per_second)
    }
}
