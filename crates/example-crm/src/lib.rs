//! The Example CRM: a small real CRM over HTTP, for the demo, for tests and for connector authors.
//!
//! It is strict on purpose. It finds a number only as the exact text that is stored, keeps several
//! contacts on one number apart, limits rates, and misbehaves on request ([`faults`]), so that a
//! connector that works here has met what real CRMs do. `openapi.json` describes all of it.

mod activities;
mod app;
mod auth;
mod contacts;
mod conversations;
mod deletions;
mod extract;
pub mod faults;
mod fields;
mod oauth;
mod pages;
mod problem;
mod request_log;
mod seed;
mod store;

pub use seed::Seed;

use std::net::SocketAddr;
use std::path::PathBuf;

use axum::extract::connect_info::IntoMakeServiceWithConnectInfo;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use app::App;
use test_server::{Connection, Connections};

/// Requests per second and key, unless told otherwise: no honest client meets it.
pub const DEFAULT_RATE: u32 = 200;

/// How to run the server.
#[derive(Clone)]
pub struct Options {
    /// Address to listen on; port 0 picks a free one.
    pub listen: SocketAddr,
    /// Folder of the database, made if it is missing.
    pub data: PathBuf,
    /// Key that may read and write.
    pub api_key: String,
    /// Key that may only read.
    pub read_only_key: Option<String>,
    /// Fill an empty database.
    pub seed: Option<Seed>,
    /// Allow `/_faults`.
    pub faults: bool,
    /// Requests per second and key.
    pub rate: u32,
    /// Listen beyond loopback too.
    pub allow_remote: bool,
}

impl Options {
    /// A quiet server on a free loopback port.
    pub fn new(data: impl Into<PathBuf>, api_key: impl Into<String>) -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data: data.into(),
            api_key: api_key.into(),
            read_only_key: None,
            seed: None,
            faults: false,
            rate: DEFAULT_RATE,
            allow_remote: false,
        }
    }
}

/// Why the server did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Demo data and switches for faults are not for a network.
    #[error("{0} is not a loopback address; --allow-remote permits it")]
    NotLoopback(SocketAddr),
    /// An empty key would let everybody in.
    #[error("the API key is empty")]
    NoKey,
    /// The address is taken or not ours.
    #[error("cannot listen on {address}: {source}")]
    Listen {
        /// What was asked for.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The folder cannot be made.
    #[error("cannot use the folder {path}: {source}")]
    Folder {
        /// Which.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The database cannot be used.
    #[error("cannot use the database: {0}")]
    Database(#[from] rusqlite::Error),
    /// The first contacts cannot be read.
    #[error("cannot read the first contacts: {0}")]
    Seed(String),
}

/// A running server. Stops when dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub url: String,
    /// The key that may read and write.
    pub api_key: String,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<()>,
}

impl Server {
    /// Starts serving in the background of the current runtime.
    ///
    /// # Errors
    /// [`StartError`] when the address, the folder or the database cannot be used.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        if options.api_key.is_empty() || options.read_only_key.as_deref() == Some("") {
            return Err(StartError::NoKey);
        }
        if !options.listen.ip().is_loopback() && !options.allow_remote {
            return Err(StartError::NotLoopback(options.listen));
        }
        std::fs::create_dir_all(&options.data)
            .map_err(|source| StartError::Folder { path: options.data.clone(), source })?;
        let store = store::Store::open(&options.data.join("example-crm.db"))?;
        if let Some(seed) = &options.seed {
            seed::plant(&store, seed)?;
        }
        let listen = |source| StartError::Listen { address: options.listen, source };
        let listener = TcpListener::bind(options.listen).await.map_err(listen)?;
        let address = listener.local_addr().map_err(listen)?;
        let api_key = options.api_key.clone();
        let app = App::new(store, &options);
        let service: IntoMakeServiceWithConnectInfo<_, Connection> =
            app::router(app).into_make_service_with_connect_info();
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
        Ok(Self { url: format!("http://{address}"), api_key, stop: Some(stop), task })
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
