//! The loopback address that the browser comes back to (RFC 8252 §7.3): for one answer.

use std::io;
use std::net::Ipv4Addr;
use std::sync::{Arc, Mutex, PoisonError};

use axum::Router;
use axum::extract::{RawQuery, Request, State};
use axum::http::{HeaderName, StatusCode, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{Html, IntoResponse, Response};
use axum::routing::get;
use secrecy::SecretString;
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinSet;
use url::Url;

use crate::html::escape;

use super::Page;
use super::flow::{Answer, read};

const PATH: &str = "/callback";

/// Listens until it is dropped.
pub(super) struct Listener {
    url: Url,
    answer: oneshot::Receiver<Answer>,
    /// Ends with us.
    _server: JoinSet<()>,
}

struct Shared {
    /// What a request must name as `Host`: a web page whose name was bent to this computer has
    /// another.
    host: String,
    state: SecretString,
    done: String,
    failed: String,
    /// Taken by the first answer.
    sender: Mutex<Option<oneshot::Sender<Answer>>>,
}

impl Listener {
    pub(super) async fn start(port: u16, state: SecretString, page: &Page) -> io::Result<Self> {
        let socket = TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?;
        let host = socket.local_addr()?.to_string();
        let url = Url::parse(&format!("http://{host}{PATH}")).map_err(io::Error::other)?;
        let (sender, answer) = oneshot::channel();
        let shared = Arc::new(Shared {
            host,
            state,
            done: html(&page.done),
            failed: html(&page.failed),
            sender: Mutex::new(Some(sender)),
        });
        let app = Router::new()
            .route(PATH, get(back))
            .layer(from_fn_with_state(Arc::clone(&shared), guard))
            .with_state(shared);
        let mut server = JoinSet::new();
        server.spawn(async move {
            if let Err(error) = axum::serve(socket, app).await {
                tracing::warn!(%error, "stopped waiting for the browser");
            }
        });
        Ok(Self { url, answer, _server: server })
    }

    pub(super) fn url(&self) -> &Url {
        &self.url
    }

    /// The answer; `None` when the listener broke down.
    pub(super) async fn answer(&mut self) -> Option<Answer> {
        (&mut self.answer).await.ok()
    }
}

/// Only requests that name this very address, and nothing that a page or cache could keep.
async fn guard(State(shared): State<Arc<Shared>>, request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let answer = if host == Some(&shared.host) {
        next.run(request).await
    } else {
        StatusCode::MISDIRECTED_REQUEST.into_response()
    };
    let headers: [(HeaderName, &str); 4] = [
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONNECTION, "close"),
    ];
    (headers, answer).into_response()
}

/// The browser came back. What does not know our `state` is not the answer, and does not end the
/// waiting for it.
async fn back(State(shared): State<Arc<Shared>>, RawQuery(query): RawQuery) -> Response {
    let answer = read(&query.unwrap_or_default(), &shared.state);
    let Some(answer) = answer else {
        return (StatusCode::BAD_REQUEST, Html(shared.failed.clone())).into_response();
    };
    let page = if answer.is_ok() { &shared.done } else { &shared.failed };
    let sender = shared.sender.lock().unwrap_or_else(PoisonError::into_inner).take();
    match sender.map(|sender| sender.send(answer)) {
        Some(Ok(())) => Html(page.clone()).into_response(),
        Some(Err(_)) | None => (StatusCode::GONE, Html(shared.failed.clone())).into_response(),
    }
}

fn html(text: &str) -> String {
    let text = escape(text);
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"viewport\" \
         content=\"width=device-width\"><meta name=\"color-scheme\" content=\"light dark\">\
         <title>{text}</title></head><body><h1>{text}</h1></body></html>"
    )
}
