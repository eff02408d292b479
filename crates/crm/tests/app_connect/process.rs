//! A real App Connect server in a process of its own, and the way to what it and its CRM hold. Also
//! the conformance suite starts it.

use std::io::{BufRead, BufReader, Read};
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, mpsc};
use std::thread;
use std::time::Duration;

use serde_json::{Value, json};

use crate::install::{install, server};

/// How long a server may take to be ready, on a machine that does other things too.
const START: Duration = Duration::from_secs(60);

/// A server. Dropping it ends it; it ends by itself when we are gone.
pub(crate) struct Server {
    child: Child,
    pub(crate) url: String,
    pub(crate) crm: String,
    http: reqwest::Client,
}

impl Server {
    pub(crate) async fn start() -> Self {
        install();
        let mut child = Command::new("node")
            .arg("server.js")
            .current_dir(server())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("node is needed for these tests");
        let said = Arc::new(Mutex::new(String::new()));
        let stderr = child.stderr.take().unwrap();
        let stderr = keep(stderr, Arc::clone(&said));
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let (tell, ready) = mpsc::channel();
        // Reads to the end, so that the server never waits for us.
        thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some(ready) = line.strip_prefix("READY ") {
                    let _ = tell.send(ready.to_owned());
                }
            }
        });
        let ready = tokio::task::spawn_blocking(move || ready.recv_timeout(START)).await.unwrap();
        let Ok(ready) = ready else {
            let _ = child.kill();
            let _ = stderr.join();
            panic!("no server: {}", said.lock().unwrap());
        };
        let ready: Value = serde_json::from_str(&ready).unwrap();
        let text = |name: &str| ready[name].as_str().unwrap().to_owned();
        // Fails when another part of the process was first, with the same provider.
        let _ = rustls::crypto::ring::default_provider().install_default();
        // Tests with runtimes of their own share a server, and a connection ends with its runtime.
        let http = reqwest::Client::builder().no_proxy().pool_max_idle_per_host(0).build().unwrap();
        let server = Self { url: text("url"), crm: text("crm"), child, http };
        // It waits for its database before it answers anything.
        let alive = server.http.get(format!("{}/isAlive", server.url)).timeout(START);
        assert_eq!(alive.send().await.unwrap().text().await.unwrap(), "OK");
        server
    }

    /// A request behind the adapter's back, to App Connect's side or the CRM's.
    pub(crate) async fn oracle(&self, method: &str, path: &str, body: Value) -> Value {
        let request = self.http.request(method.parse().unwrap(), format!("{}/_/{path}", self.crm));
        let response = request.json(&body).send().await.unwrap();
        assert!(response.status().is_success(), "{path}: {}", response.status());
        response.json().await.unwrap()
    }

    /// Empties the server and its CRM.
    pub(crate) async fn reset(&self) {
        self.oracle("POST", "reset", json!({})).await;
    }

    pub(crate) async fn state(&self) -> Value {
        self.oracle("GET", "state", json!({})).await
    }
}

fn keep(mut from: impl Read + Send + 'static, into: Arc<Mutex<String>>) -> thread::JoinHandle<()> {
    thread::spawn(move || {
        let mut buffer = [0; 4096];
        while let Ok(count @ 1..) = from.read(&mut buffer) {
            let mut said = into.lock().unwrap();
            if said.len() < 100_000 {
                said.push_str(&String::from_utf8_lossy(&buffer[..count]));
            }
        }
    })
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
