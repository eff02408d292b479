//! WebSockets (RFC 6455), opened by the same HTTP client as everything else, so that certificates,
//! proxies and deadlines are those of every request.

use std::time::Duration;

use reqwest::header::{self, HeaderMap, HeaderValue};
use reqwest::{StatusCode, Upgraded};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::handshake::client::generate_key;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tokio_tungstenite::tungstenite::protocol::{Role, WebSocketConfig};
use url::Url;

pub use tokio_tungstenite::tungstenite::Message;

use super::answer::{describe, retry_after};
use super::connect::{ClientOptions, builder};
use crate::{Error, OpenError};

/// An open WebSocket, from our side.
pub type Socket = WebSocketStream<Upgraded>;

/// Opens a WebSocket at `url`, an `https` address (`http` on loopback). `url` may hold a secret, if
/// the server wants it there; no error names it.
///
/// # Errors
/// [`Error`], and [`OpenError`] as [`Error::BadAnswer`] where the options cannot serve.
pub async fn socket(
    url: Url,
    options: &ClientOptions,
    frame_max: usize,
    within: Duration,
) -> Result<Socket, Error> {
    let unusable = |error: OpenError| Error::BadAnswer(error.to_string());
    crate::url::encrypted(&url).map_err(|_| Error::BadAnswer("no encrypted address".to_owned()))?;
    let http = builder(&url, options).map_err(unusable)?.http1_only().build();
    let http = http.map_err(|error| unusable(OpenError::Client(error.to_string())))?;
    let key = generate_key();
    let accept = derive_accept_key(key.as_bytes());
    let mut headers = HeaderMap::new();
    headers.insert(header::CONNECTION, HeaderValue::from_static("Upgrade"));
    headers.insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    headers.insert(header::SEC_WEBSOCKET_VERSION, HeaderValue::from_static("13"));
    let bad_key = |_| Error::BadAnswer("no key for a WebSocket".to_owned());
    headers.insert(header::SEC_WEBSOCKET_KEY, HeaderValue::try_from(key).map_err(bad_key)?);
    let opened = async {
        let sent = http.get(url).headers(headers).send().await;
        let answer = sent.map_err(|error| Error::Unreachable(describe(&error)))?;
        match answer.status() {
            StatusCode::SWITCHING_PROTOCOLS => {}
            StatusCode::UNAUTHORIZED => return Err(Error::Unauthorized),
            StatusCode::FORBIDDEN => return Err(Error::Forbidden),
            StatusCode::TOO_MANY_REQUESTS => {
                return Err(Error::RateLimited { retry_after: retry_after(answer.headers()) });
            }
            status if status.is_server_error() => {
                return Err(Error::Unreachable(format!("answered {status}").into()));
            }
            status => return Err(Error::BadAnswer(format!("no WebSocket but {status}"))),
        }
        if answer.headers().get(header::SEC_WEBSOCKET_ACCEPT).map(HeaderValue::as_bytes)
            != Some(accept.as_bytes())
        {
            return Err(Error::BadAnswer("a WebSocket for somebody else".to_owned()));
        }
        answer.upgrade().await.map_err(|error| Error::Unreachable(describe(&error)))
    };
    let late = || Error::Unreachable(crate::Unreached::late("no answer in time"));
    let stream = tokio::time::timeout(within, opened).await.map_err(|_| late())??;
    let config = WebSocketConfig::default()
        .max_message_size(Some(frame_max))
        .max_frame_size(Some(frame_max));
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}
