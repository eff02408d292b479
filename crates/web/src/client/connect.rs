//! The connections of one account.

use std::fs;
use std::num::NonZeroU32;
use std::path::PathBuf;
use std::time::Duration;

use reqwest::{Certificate, ClientBuilder, Proxy};
use url::Url;

use crate::OpenError;
use crate::url::is_loopback;

/// How long a connection may take.
pub(super) const CONNECT_DEADLINE: Duration = Duration::from_secs(4);

/// What a client is like, apart from whom it speaks to.
#[derive(Clone, Debug)]
pub struct ClientOptions {
    /// Most requests a second.
    pub per_second: NonZeroU32,
    /// Certificates (PEM) that are trusted beside the system's own.
    pub ca_file: Option<PathBuf>,
    /// A proxy for everything; the system's own otherwise.
    pub proxy: Option<String>,
}

impl ClientOptions {
    /// At most this many requests a second, with the system's certificates and proxy.
    pub fn new(per_second: NonZeroU32) -> Self {
        Self { per_second, ca_file: None, proxy: None }
    }
}

/// Connections that verify certificates as the system does, and follow no redirect. A server on this
/// computer is reached without a proxy.
pub(crate) fn http(base: &Url, options: &ClientOptions) -> Result<reqwest::Client, OpenError> {
    let builder = builder(base, options)?;
    builder.build().map_err(|error| OpenError::Client(error.to_string()))
}

/// The same, to be set up further.
pub(super) fn builder(base: &Url, options: &ClientOptions) -> Result<ClientBuilder, OpenError> {
    // Fails when another part of the process was first, with the same provider.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut builder = reqwest::Client::builder()
        .user_agent(concat!("Ringside/", env!("CARGO_PKG_VERSION")))
        .connect_timeout(CONNECT_DEADLINE)
        .tcp_nodelay(true)
        // An API that redirects is configured wrongly, and a token must not follow.
        .redirect(reqwest::redirect::Policy::none())
        // Only this client decides what is sent twice.
        .retry(reqwest::retry::never());
    if let Some(path) = &options.ca_file {
        let bad = |reason: String| OpenError::CaFile { path: path.display().to_string(), reason };
        let pem = fs::read(path).map_err(|error| bad(error.to_string()))?;
        let certificates =
            Certificate::from_pem_bundle(&pem).map_err(|error| bad(error.to_string()))?;
        if certificates.is_empty() {
            return Err(bad("no certificate in PEM form".to_owned()));
        }
        builder = builder.tls_certs_merge(certificates);
    }
    if is_loopback(base) {
        builder = builder.no_proxy();
    } else if let Some(proxy) = &options.proxy {
        builder = builder.proxy(Proxy::all(proxy).map_err(|_| OpenError::Proxy(proxy.clone()))?);
    }
    Ok(builder)
}
