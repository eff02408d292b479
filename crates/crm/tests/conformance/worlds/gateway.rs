//! What stands between an adapter and a server that has no faults of its own: passes everything on,
//! writes it down, and goes wrong when asked to.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use reqwest::{Method, StatusCode};
use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use crate::world::{Fault, Nonsense, Request};

/// The headers that are passed on, either way.
const PASSED: [&str; 5] =
    ["authorization", "content-type", "accept", "x-refreshed-jwt-token", "retry-after"];

/// A gateway. It closes each connection after one answer, so that a stop is one for everybody.
pub(crate) struct Gateway {
    pub(crate) url: String,
    shared: Arc<Shared>,
    task: Mutex<Option<JoinHandle<()>>>,
}

struct Shared {
    behind: String,
    http: reqwest::Client,
    fault: Mutex<Option<Fault>>,
    requests: Mutex<Vec<Request>>,
}

struct Incoming {
    method: Method,
    target: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

struct Outgoing {
    status: StatusCode,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Gateway {
    /// A gateway to the server at `behind`, such as `http://127.0.0.1:8080`.
    pub(crate) async fn start(behind: &str) -> Self {
        let shared = Arc::new(Shared {
            behind: behind.to_owned(),
            http: crate::world::http(),
            fault: Mutex::default(),
            requests: Mutex::default(),
        });
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap());
        let task = Mutex::new(Some(serve(listener, Arc::clone(&shared))));
        Self { url, shared, task }
    }

    pub(crate) fn set(&self, fault: Option<Fault>) {
        *self.shared.fault.lock().unwrap() = fault;
    }

    pub(crate) fn requests(&self) -> Vec<Request> {
        self.shared.requests.lock().unwrap().clone()
    }

    /// Nobody answers at the address any more.
    pub(crate) async fn stop(&self) {
        let task = self.task.lock().unwrap().take().expect("it runs");
        task.abort();
        let _ = task.await;
    }

    pub(crate) async fn restart(&self) {
        let address: SocketAddr = self.url.strip_prefix("http://").unwrap().parse().unwrap();
        let listener = TcpListener::bind(address).await.unwrap();
        *self.task.lock().unwrap() = Some(serve(listener, Arc::clone(&self.shared)));
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        if let Some(task) = self.task.lock().unwrap().take() {
            task.abort();
        }
    }
}

fn serve(listener: TcpListener, shared: Arc<Shared>) -> JoinHandle<()> {
    tokio::spawn(async move {
        loop {
            let (socket, _) = listener.accept().await.unwrap();
            let shared = Arc::clone(&shared);
            tokio::spawn(async move { shared.exchange(socket).await });
        }
    })
}

impl Shared {
    async fn exchange(&self, socket: TcpStream) {
        let mut socket = BufReader::new(socket);
        let Some(incoming) = read(&mut socket).await else { return };
        let request =
            Request { method: incoming.method.to_string(), target: incoming.target.clone() };
        let write = request.is_write();
        self.requests.lock().unwrap().push(request);
        let next = take(&mut self.fault.lock().unwrap(), write);
        let answer = match next {
            Some(Fault::Unanswered { .. }) => {
                self.pass(incoming).await;
                return;
            }
            Some(Fault::Slow(delay)) => {
                tokio::time::sleep(delay).await;
                self.pass(incoming).await
            }
            Some(fault) => faulty(fault),
            None => self.pass(incoming).await,
        };
        // Whoever asked may have left, such as for a body that is too long.
        let _ = socket.write_all(&answer.bytes()).await;
        let _ = socket.shutdown().await;
    }

    async fn pass(&self, incoming: Incoming) -> Outgoing {
        let mut request =
            self.http.request(incoming.method, format!("{}{}", self.behind, incoming.target));
        for (name, value) in incoming.headers {
            request = request.header(name, value);
        }
        let answer = request.body(incoming.body).send().await.unwrap();
        let header = |name: &&str| {
            let value = answer.headers().get(*name)?.to_str().unwrap().to_owned();
            Some(((*name).to_owned(), value))
        };
        let headers = PASSED.iter().filter_map(header).collect();
        let status = answer.status();
        Outgoing { status, headers, body: answer.bytes().await.unwrap().to_vec() }
    }
}

/// One request; `None` if nothing comes.
async fn read(socket: &mut BufReader<TcpStream>) -> Option<Incoming> {
    let mut line = String::new();
    socket.read_line(&mut line).await.ok()?;
    let mut words = line.split_whitespace();
    let (method, target) = (words.next()?.parse().unwrap(), words.next()?.to_owned());
    let (mut headers, mut length) = (Vec::new(), 0);
    loop {
        let mut line = String::new();
        socket.read_line(&mut line).await.ok()?;
        let Some((name, value)) = line.trim().split_once(": ") else { break };
        let name = name.to_ascii_lowercase();
        if name == "content-length" {
            length = value.parse().unwrap();
        } else if PASSED.contains(&name.as_str()) {
            headers.push((name, value.to_owned()));
        }
    }
    let mut body = vec![0; length];
    socket.read_exact(&mut body).await.ok()?;
    Some(Incoming { method, target, headers, body })
}

/// What goes wrong with this request, if anything: what is limited is counted down.
fn take(fault: &mut Option<Fault>, write: bool) -> Option<Fault> {
    let left = match fault.as_mut()? {
        Fault::RateLimited { times, .. } | Fault::Status { times, .. } => times,
        Fault::Unanswered { writes } if write => writes,
        Fault::Unanswered { .. } => return None,
        always => return Some(always.clone()),
    };
    if *left == 0 {
        return None;
    }
    *left -= 1;
    fault.clone()
}

fn faulty(fault: Fault) -> Outgoing {
    let answer = |status: u16, headers: &[(&str, String)], body: &[u8]| Outgoing {
        status: StatusCode::from_u16(status).unwrap(),
        headers: headers.iter().map(|(name, value)| ((*name).to_owned(), value.clone())).collect(),
        body: body.to_vec(),
    };
    let json = ("content-type", "application/json".to_owned());
    match fault {
        Fault::RateLimited { retry_after_s, .. } => {
            answer(429, &[("retry-after", retry_after_s.to_string())], b"slow down")
        }
        Fault::Status { status, .. } => answer(status, &[], b""),
        Fault::Redirect(to) => answer(302, &[("location", to)], b""),
        Fault::Nonsense(Nonsense::Html) => {
            let html = ("content-type", "text/html".to_owned());
            answer(200, &[html], b"<!doctype html><title>Sign in</title>")
        }
        Fault::Nonsense(Nonsense::OtherJson) => answer(200, &[json], br#"{"ok":[1,2]}"#),
        Fault::Nonsense(Nonsense::Truncated) => {
            answer(200, &[json], br#"{"successful":true,"contact":[{"id":"#)
        }
        Fault::Nonsense(Nonsense::Empty) => answer(200, &[], b""),
        Fault::Nonsense(Nonsense::Huge) => {
            let body = format!(r#"{{"successful":true,"more":"{}"}}"#, "x".repeat(8_000_000));
            answer(200, &[json], body.as_bytes())
        }
        Fault::Slow(_) | Fault::Unanswered { .. } => unreachable!("these are passed on"),
    }
}

impl Outgoing {
    fn bytes(&self) -> Vec<u8> {
        let mut text = format!("HTTP/1.1 {}\r\nconnection: close\r\n", self.status);
        for (name, value) in &self.headers {
            text.push_str(&format!("{name}: {value}\r\n"));
        }
        text.push_str(&format!("content-length: {}\r\n\r\n", self.body.len()));
        [text.as_bytes(), &self.body].concat()
    }
}
