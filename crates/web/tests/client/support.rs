//! A server that answers with these very bytes, and a client for it.

use std::num::NonZeroU32;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use ringside_web::Error;
use ringside_web::client::Urgency;
use ringside_web::client::{Answer, Auth, Client, ClientOptions};
use tokio::io::{AsyncBufReadExt, AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;
use url::Url;

/// A server, and the heads of the requests that it got.
pub(crate) struct Server {
    pub(crate) url: Url,
    heads: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers each request with what `answer` makes of its head: a whole HTTP/1.1 response.
    pub(crate) async fn start(answer: impl Fn(&str) -> Vec<u8> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap()).parse().unwrap();
        let heads = Arc::new(Mutex::new(Vec::new()));
        let (answer, seen) = (Arc::new(answer), Arc::clone(&heads));
        tokio::spawn(async move {
            loop {
                let (socket, _) = listener.accept().await.unwrap();
                let (answer, seen) = (Arc::clone(&answer), Arc::clone(&seen));
                tokio::spawn(async move { exchange(socket, &*answer, &seen).await });
            }
        });
        Self { url, heads }
    }

    pub(crate) fn heads(&self) -> Vec<String> {
        self.heads.lock().unwrap().clone()
    }

    pub(crate) fn client(&self) -> Client {
        Client::new(self.url.clone(), Auth::bearer(&"full-key".into()).unwrap(), &options())
            .unwrap()
    }
}

/// One request, one answer, and the connection closes.
pub(crate) async fn exchange(
    socket: impl AsyncRead + AsyncWrite + Unpin,
    answer: &(dyn Fn(&str) -> Vec<u8> + Send + Sync),
    seen: &Mutex<Vec<String>>,
) {
    let mut socket = BufReader::new(socket);
    let (mut head, mut length) = (String::new(), 0);
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await.unwrap_or(0) <= 2 {
            break;
        }
        let line = line.trim().to_ascii_lowercase();
        if let Some(value) = line.strip_prefix("content-length: ") {
            length = value.parse().unwrap();
        }
        head.push_str(&line);
        head.push('\n');
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.unwrap();
    if head.is_empty() {
        return;
    }
    seen.lock().unwrap().push(head.clone());
    // Whoever asked may have left, such as for a body that is too long.
    let _ = socket.write_all(&answer(&head)).await;
    let _ = socket.shutdown().await;
}

/// A response with these lines of a head.
pub(crate) fn response(status: &str, head: &[&str], body: &[u8]) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status}\r\nconnection: close\r\n");
    for line in head {
        text.push_str(line);
        text.push_str("\r\n");
    }
    text.push_str(&format!("content-length: {}\r\n\r\n", body.len()));
    [text.as_bytes(), body].concat()
}

pub(crate) fn options() -> ClientOptions {
    let per_second = NonZeroU32::new(1000).unwrap();
    ClientOptions { per_second, ca_file: None, proxy: None }
}

pub(crate) async fn read(client: &Client) -> Result<serde_json::Value, Error> {
    let url = client.address(&["v1", "contacts"]);
    client.read(&url, Urgency::Live, Duration::from_secs(8)).await
}

pub(crate) async fn write(client: &Client) -> Result<Answer, Error> {
    let url = client.address(&["v1", "calls"]);
    let body = serde_json::json!({ "note": "n" });
    let within = Duration::from_secs(8);
    client.write(reqwest::Method::POST, &url, &body, Urgency::Live, within).await
}
