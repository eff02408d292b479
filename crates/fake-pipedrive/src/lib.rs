//! A stand-in for Pipedrive: a real HTTP server that answers as its published API descriptions say,
//! for tests.
//!
//! No live account was used to make it. What is documented is done as documented: shapes and names of
//! every field (npm package `pipedrive` 33.7.0, checked by `tests/types.rs`), read-only
//! `person_id`, cursors, the smallest and largest limits, the cost of each request in tokens, the
//! burst, OAuth. What is told nowhere, such as how the text of a number is searched, is a switch
//! ([`faults::Faults`]), so that a client is tested with both.

mod access;
mod activities;
mod answer;
mod app;
mod body;
mod company;
mod control;
pub mod faults;
mod limits;
mod oauth;
mod organizations;
mod page;
mod persons;
pub mod records;
mod request_log;
mod sales;
mod search;
mod store;

use std::net::SocketAddr;
use std::sync::MutexGuard;

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use app::{App, Shared};
use test_server::{Connection, Connections};

pub use limits::Allowance;
pub use oauth::OAuthApp;
pub use request_log::Entry;
pub use search::PhoneSearch;
pub use store::{Seed, Store};

/// How to run the server.
#[derive(Clone)]
pub struct Options {
    /// Loopback address to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// The user's API token.
    pub api_token: String,
    /// Token of a user who may change nothing.
    pub read_only_token: Option<String>,
    /// How much is allowed.
    pub allowance: Allowance,
    /// The app that people sign in with.
    pub oauth: OAuthApp,
}

impl Options {
    /// An empty company with ample limits, on a free port.
    pub fn new(api_token: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            api_token: api_token.into(),
            read_only_token: None,
            allowance: Allowance::AMPLE,
            oauth: OAuthApp::default(),
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Its switches are not for a network.
    #[error("{0} is not a loopback address")]
    NotLoopback(SocketAddr),
    /// An empty token would let everybody in.
    #[error("the API token is empty")]
    NoToken,
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A running server. Stops when dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub url: String,
    app: Shared,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts serving in the background of the current runtime.
    ///
    /// # Errors
    /// [`StartError`] when the address cannot be used, or the token is empty.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if options.api_token.is_empty() || options.read_only_token.as_deref() == Some("") {
            return Err(StartError::NoToken);
        }
        if !options.listen.ip().is_loopback() {
            return Err(StartError::NotLoopback(options.listen));
        }
        let listen = |source| StartError::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let url = format!("http://{}", listener.local_addr().map_err(listen)?);
        let app = App::new(&options, url.clone());
        let service: IntoMakeServiceWithConnectInfo<_, Connection> =
            app::router(app.clone()).into_make_service_with_connect_info();
        let (stop, stopped) = oneshot::channel::<()>();
        let task = tokio::spawn(async move {
            let served = axum::serve(Connections::new(listener), service)
                .with_graceful_shutdown(async move {
                    // A dropped sender means the same as a message: the server is gone.
                    let _ = stopped.await;
                })
                .await;
            if let Err(error) = served {
                tracing::error!(%error, "the server ended");
            }
        });
        Ok(Self { url, app, stop: Some(stop), task })
    }

    /// What the company holds, to look at and to change.
    pub fn store(&self) -> MutexGuard<'_, Store> {
        self.app.store()
    }

    /// The switches.
    pub fn faults(&self) -> MutexGuard<'_, faults::Faults> {
        self.app.faults()
    }

    /// What was asked, oldest first.
    pub fn requests(&self) -> Vec<Entry> {
        self.app.requests.all()
    }

    /// Forgets what was asked.
    pub fn forget_requests(&self) {
        self.app.requests.clear();
    }

    /// Tokens of the day's budget that are used.
    pub fn tokens_used(&self) -> u64 {
        self.app.limits.today()
    }

    /// A new day: the budget is whole again.
    pub fn begin_day(&self) {
        self.app.limits.begin_day();
    }

    /// Every OAuth access token is too old from now on.
    pub fn expire_tokens(&self) {
        self.app.grants.expire();
    }

    /// The app is thrown out of the company: neither access nor refresh tokens serve.
    pub fn uninstall(&self) {
        self.app.grants.uninstall();
    }

    /// Stops accepting, finishes what is under way, and returns when the port is free.
    pub async fn stop(mut self) {
        drop(self.stop.take());
        // An error here is a panic of the task, already reported by the runtime.
        let _ = (&mut self.task).await;
    }

    /// Waits until the server ends by itself, which it does only on an error.
    pub async fn wait(mut self) {
        let _ = (&mut self.task).await;
    }
}
