//! A stand-in for RingCentral's platform, for tests: OAuth with PKCE, the WebSocket with its
//! sessions, and the few REST endpoints that a companion asks.
//!
//! No live account was used to make it. Shapes are those of the samples in RingCentral's guides
//! (checked by `tests/samples.rs`); the rules are the guides': tokens for the WebSocket that serve
//! once, `ConnectionDetails` before anything, one subscription for each connection, recovery within
//! three minutes with at most a hundred messages, groups of requests with limits of their own.

mod control;
pub mod frames;
mod limits;
mod oauth;
mod rest;
mod socket;
mod state;

use std::net::SocketAddr;
use std::sync::{Arc, MutexGuard};

use axum::Router;
use axum::routing::{get, post};
use test_server::Connections;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

pub use control::Order;
pub use limits::Group;
pub use state::{Faults, Request, State};

/// The app that is registered.
pub const CLIENT_ID: &str = "fake-app";
/// The account, and the extension of whoever signs in.
pub const ACCOUNT: &str = "400144452008";
/// The extension's id.
pub const EXTENSION: &str = "400144455008";

/// A running server. Stops when dropped.
pub struct Server {
    /// `http://127.0.0.1:PORT`, without a slash at the end.
    pub url: String,
    state: Shared,
    task: JoinHandle<()>,
}

type Shared = Arc<state::Platform>;

impl Server {
    /// Starts serving on a free port in the background of the current runtime.
    ///
    /// # Errors
    /// When the address is taken or not of this computer.
    pub async fn start(listen: SocketAddr) -> std::io::Result<Self> {
        if !listen.ip().is_loopback() {
            return Err(std::io::Error::other("its switches are not for a network"));
        }
        let listener = TcpListener::bind(listen).await?;
        let address = listener.local_addr()?;
        let state = Arc::new(state::Platform::new(address));
        let app = router(state.clone());
        let task = tokio::spawn(async move {
            if let Err(error) = axum::serve(Connections::new(listener), app).await {
                tracing::error!(%error, "the server ended");
            }
        });
        Ok(Self { url: format!("http://{address}"), state, task })
    }

    /// What it holds, to look at and to change.
    pub fn state(&self) -> MutexGuard<'_, State> {
        self.state.state()
    }

    /// Does as it is told.
    pub fn order(&self, order: Order) {
        control::carry_out(&self.state, order);
    }

    /// Tokens as of somebody who has signed in: access and refresh token.
    pub fn grant(&self) -> (String, String) {
        self.state().grants.grant()
    }

    /// Waits until the server ends by itself, which it does only on an error.
    pub async fn wait(&mut self) {
        let _ = (&mut self.task).await;
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.task.abort();
        self.state.state().disconnect(None);
    }
}

fn router(state: Shared) -> Router {
    let api = "/restapi/v1.0/account/{account}";
    Router::new()
        .route("/restapi/oauth/authorize", get(oauth::ask).post(oauth::decide))
        .route("/restapi/oauth/token", post(oauth::token))
        .route("/restapi/oauth/revoke", post(oauth::revoke))
        .route("/restapi/oauth/wstoken", post(rest::socket_token))
        .route("/ws", get(socket::open))
        .route(&format!("{api}/extension/{{extension}}"), get(rest::extension))
        .route(&format!("{api}/extension/{{extension}}/presence"), get(rest::presence))
        .route(&format!("{api}/extension/{{extension}}/call-log"), get(rest::call_log))
        .route(&format!("{api}/extension/{{extension}}/message-store/{{id}}"), get(rest::message))
        .route(&format!("{api}/telephony/sessions/{{id}}"), get(rest::session))
        .route("/_test/order", post(control::order))
        .route("/_test/requests", get(control::requests))
        .with_state(state)
}
