//! The inlet's address on this computer: `/v1/ring` by HTTP, `/v1/stream` by WebSocket.
//!
//! Every web page can send requests there. So each must name this very address, come from no page
//! and no other site, and know the key; no answer says anything of calls, and none may be read by
//! a page.

mod stream;

use std::net::{Ipv4Addr, Ipv6Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use backon::{BackoffBuilder, ExponentialBuilder};
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use ringside_domain::{Health, HealthState, LinkFault};
use serde_json::json;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_util::task::AbortOnDropHandle;

use super::door::Refused;
use super::report::{Given, Unreadable};
use super::{Inlet, NoEffect};
use crate::fault;

/// Longest body or message, in bytes.
const BODY_MAX: usize = 8 * 1024;
/// Most headers of a request; browsers send about fifteen.
const HEADERS_MAX: usize = 40;
/// Longest head of a request, in bytes. The least that hyper takes.
const HEAD_MAX: usize = 8 * 1024;
/// A request that is not there after this will not come.
const REQUEST_TIME: Duration = Duration::from_secs(5);
/// Connections at once.
const CONNECTIONS: usize = 64;

/// What every request sees.
#[derive(Clone)]
struct Room {
    inlet: Arc<Inlet>,
    port: u16,
}

/// Listens until dropped. Where the port is taken, it tries again.
pub(super) fn listen(inlet: Arc<Inlet>, port: u16) -> AbortOnDropHandle<()> {
    AbortOnDropHandle::new(tokio::spawn(async move {
        let mut delays = ExponentialBuilder::default()
            .with_min_delay(Duration::from_secs(1))
            .with_max_delay(Duration::from_secs(30))
            .without_max_times()
            .build();
        loop {
            match bind(port).await {
                Ok(listeners) => {
                    inlet.outlet.tell_health(Health::new(inlet.id.clone(), HealthState::Up));
                    return serve(Room { inlet, port }, listeners).await;
                }
                Err(error) => {
                    let delay = delays.next().unwrap_or(REQUEST_TIME);
                    tracing::warn!(port, %error, "the inlet cannot listen");
                    inlet.outlet.tell_health(Health {
                        // Whatever else is wrong with a port of this computer, another may serve.
                        fault: Some(match fault::of_io(&error) {
                            LinkFault::NoHost => LinkFault::PortTaken,
                            known => known,
                        }),
                        detail: Some(error.to_string()),
                        retry_in: Some(delay),
                        ..Health::new(inlet.id.clone(), HealthState::Down)
                    });
                    sleep(delay).await;
                }
            }
        }
    }))
}

/// On both loopback addresses, so that nobody else gets what is sent to `localhost`. A computer
/// without IPv6 has one.
async fn bind(port: u16) -> std::io::Result<Vec<TcpListener>> {
    let mut listeners = vec![TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await?];
    match TcpListener::bind((Ipv6Addr::LOCALHOST, port)).await {
        Ok(listener) => listeners.push(listener),
        Err(error) if error.kind() == std::io::ErrorKind::AddrInUse => return Err(error),
        Err(error) => tracing::debug!(%error, "no IPv6 for the inlet"),
    }
    Ok(listeners)
}

async fn serve(room: Room, listeners: Vec<TcpListener>) {
    let app = Router::new()
        .route("/v1/ring", get(ring).post(ring))
        .route("/v1/stream", get(stream::open))
        .layer(DefaultBodyLimit::max(BODY_MAX))
        .layer(middleware::from_fn_with_state(room.clone(), guard))
        .with_state(room);
    let connections = Arc::new(Semaphore::new(CONNECTIONS));
    let mut accepting = JoinSet::new();
    for listener in listeners {
        let (app, connections) = (app.clone(), connections.clone());
        accepting.spawn(async move {
            let mut open = JoinSet::new();
            loop {
                // Closed never; without room the next one waits in the system's queue.
                let Ok(permit) = connections.clone().acquire_owned().await else { return };
                match listener.accept().await {
                    Ok((stream, _)) => {
                        let app = app.clone();
                        open.spawn(async move {
                            converse(stream, app).await;
                            drop(permit);
                        });
                    }
                    Err(error) => {
                        tracing::warn!(%error, "the inlet cannot accept");
                        sleep(Duration::from_millis(200)).await;
                    }
                }
                while open.try_join_next().is_some() {}
            }
        });
    }
    while accepting.join_next().await.is_some() {}
}

/// One connection, one request.
async fn converse(stream: TcpStream, app: Router) {
    let mut server = http1::Builder::new();
    server
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_TIME)
        .keep_alive(false)
        .max_headers(HEADERS_MAX)
        .max_buf_size(HEAD_MAX);
    let connection = server
        .serve_connection(TokioIo::new(stream), TowerToHyperService::new(app))
        .with_upgrades();
    if let Err(error) = connection.await {
        tracing::debug!(%error, "a caller of the inlet went away");
    }
}

/// What all requests must pass before anything of them counts.
async fn guard(State(room): State<Room>, request: Request, next: Next) -> Response {
    let mut response = match stranger(request.headers(), request.method(), room.port) {
        Some(why) => refusal(room.inlet.door.turn_away(why), None),
        None => match timeout(REQUEST_TIME, next.run(request)).await {
            Ok(response) => response,
            Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
        },
    };
    let headers = response.headers_mut();
    for (name, value) in [
        (header::CACHE_CONTROL, "no-store"),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::REFERRER_POLICY, "no-referrer"),
        (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
        (RESOURCE_POLICY, "same-origin"),
    ] {
        headers.insert(name, HeaderValue::from_static(value));
    }
    response
}

const RESOURCE_POLICY: header::HeaderName =
    header::HeaderName::from_static("cross-origin-resource-policy");

/// Why a request comes from where none may come from.
fn stranger(headers: &HeaderMap, method: &Method, port: u16) -> Option<Refused> {
    let text = |name: &str| {
        // Two of a kind, or no text, are as good as a wrong one.
        let mut values = headers.get_all(name).iter();
        let first = values.next()?;
        Some(if values.next().is_some() { "" } else { first.to_str().unwrap_or("") })
    };
    let hosts = ["127.0.0.1", "localhost", "[::1]"].map(|host| format!("{host}:{port}"));
    let here = |host: &str| hosts.iter().any(|own| own.eq_ignore_ascii_case(host));
    if !text("host").is_some_and(here) {
        return Some(Refused::Host);
    }
    let own_page = |url: &str| {
        let rest = url.strip_prefix("http://");
        rest.is_some_and(|rest| here(rest.split('/').next().unwrap_or_default()))
    };
    let foreign = text("origin").is_some_and(|origin| !own_page(origin))
        || text("referer").is_some_and(|page| !page.is_empty() && !own_page(page))
        || text("sec-fetch-site").is_some_and(|site| !matches!(site, "none" | "same-origin"))
        // A browser that guesses what will be opened has not been told to.
        || text("sec-purpose").is_some()
        || text("purpose").is_some()
        // Only looks: not what softphones do.
        || !matches!(*method, Method::GET | Method::POST);
    foreign.then_some(Refused::WebPage)
}

/// The key of a request, outside its body.
fn key(headers: &HeaderMap, query: &Given) -> Option<String> {
    let bearer = headers.get(header::AUTHORIZATION).and_then(|value| value.to_str().ok());
    let bearer = bearer.and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| key.trim().to_owned())
    });
    let own = headers.get("x-ringside-key").and_then(|value| value.to_str().ok());
    bearer.or_else(|| own.map(str::to_owned)).or_else(|| query.key.clone())
}

async fn ring(
    State(Room { inlet, .. }): State<Room>,
    uri: Uri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let query = Given::from_query(uri.query().unwrap_or_default());
    let said = in_body(&headers, &body);
    let key = key(&headers, &query).or_else(|| said.as_ref().ok()?.key.clone());
    if let Err(why) = inlet.door.enter(key.as_deref()) {
        return refusal(why, None);
    }
    let given = match said {
        Ok(said) => said.or(query),
        Err(error) => return unreadable(&inlet, &error),
    };
    match inlet.report(&given) {
        // Whether it fitted a call is not for others to know.
        Ok(()) | Err(NoEffect::NoCall) => StatusCode::NO_CONTENT.into_response(),
        Err(NoEffect::Unreadable(error)) => unreadable(&inlet, &error),
    }
}

/// The fields of a body: JSON, or a form.
fn in_body(headers: &HeaderMap, body: &[u8]) -> Result<Given, Unreadable> {
    let kind = headers.get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
    if kind.is_some_and(|kind| kind.contains("json")) || body.trim_ascii_start().starts_with(b"{") {
        return Given::from_json(body);
    }
    Ok(Given::from_query(&String::from_utf8_lossy(body)))
}

fn unreadable(inlet: &Inlet, error: &Unreadable) -> Response {
    refusal(inlet.door.refuse(Refused::Unreadable), Some(error.to_string()))
}

/// A no, for the person who sets a softphone up.
fn refusal(why: Refused, reason: Option<String>) -> Response {
    let (status, error) = match why {
        Refused::Key => (StatusCode::UNAUTHORIZED, "key"),
        Refused::WebPage => (StatusCode::FORBIDDEN, "web_page"),
        Refused::Host => (StatusCode::MISDIRECTED_REQUEST, "host"),
        Refused::TooMany => (StatusCode::TOO_MANY_REQUESTS, "too_many"),
        Refused::Unreadable => (StatusCode::UNPROCESSABLE_ENTITY, "unreadable"),
    };
    let mut response = (status, Json(json!({ "error": error, "reason": reason }))).into_response();
    if why == Refused::TooMany {
        response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from_static("1"));
    }
    response
}
