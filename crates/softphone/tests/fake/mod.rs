//! A `ctrl_tcp` that says what a test wants it to.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::StreamExt;
use futures::stream::BoxStream;
use ringside_domain::{CallEvent, Health, HealthState, SourceEvent, SourceId};
use ringside_softphone::Softphone;
use ringside_softphone::baresip::Baresip;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::net::tcp::OwnedWriteHalf;
use tokio::sync::{Mutex, Notify};

const PATIENCE: Duration = Duration::from_secs(60);

/// Bytes as a netstring.
pub(crate) fn netstring(body: &[u8]) -> Vec<u8> {
    let mut frame = format!("{}:", body.len()).into_bytes();
    frame.extend_from_slice(body);
    frame.push(b',');
    frame
}

/// What it answers to commands.
#[derive(Clone, Copy)]
pub(crate) struct Answers {
    pub(crate) listcalls: &'static str,
    pub(crate) callstat: &'static str,
}

impl Default for Answers {
    fn default() -> Self {
        Self { listcalls: "\n--- Active calls (0) ---\n\n", callstat: "\n(no active calls)\n" }
    }
}

pub(crate) struct Fake {
    address: String,
    client: Arc<Mutex<Option<OwnedWriteHalf>>>,
    gone: Arc<Notify>,
    mute: Arc<AtomicBool>,
}

impl Fake {
    pub(crate) async fn start(answers: Answers) -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let (client, gone) = (Arc::new(Mutex::new(None)), Arc::new(Notify::new()));
        let mute = Arc::new(AtomicBool::new(false));
        let fake = Self { address, client: client.clone(), gone: gone.clone(), mute: mute.clone() };
        tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await?;
                let (mut from, to) = stream.into_split();
                *client.lock().await = Some(to);
                let mut heard = Vec::new();
                while from.read_buf(&mut heard).await? > 0 {
                    while let Some(command) = take_frame(&mut heard) {
                        let command: serde_json::Value = serde_json::from_slice(&command)?;
                        if mute.load(Ordering::Relaxed) {
                            continue;
                        }
                        let data = match command["command"].as_str() {
                            Some("listcalls") => answers.listcalls,
                            Some("callstat") => answers.callstat,
                            _ => "",
                        };
                        let response = serde_json::json!({
                            "response": true, "ok": true, "data": data, "token": command["token"],
                        });
                        if let Some(to) = client.lock().await.as_mut() {
                            to.write_all(&netstring(response.to_string().as_bytes())).await?;
                        }
                    }
                }
                gone.notify_one();
            }
            #[allow(unreachable_code, reason = "gives the block its error type")]
            anyhow::Ok(())
        });
        Ok(fake)
    }

    /// Sends bytes, so many at a time.
    pub(crate) async fn send(&self, bytes: Vec<u8>, chunk: usize) -> Result<()> {
        let mut client = self.client.lock().await;
        let client = client.as_mut().context("nobody is attached")?;
        for part in bytes.chunks(chunk) {
            client.write_all(part).await?;
            client.flush().await?;
            tokio::task::yield_now().await;
        }
        Ok(())
    }

    /// From now on, answers nothing.
    pub(crate) fn fall_silent(&self) {
        self.mute.store(true, Ordering::Relaxed);
    }

    /// Closes the connection.
    pub(crate) async fn hang_up(&self) {
        *self.client.lock().await = None;
    }

    /// Waits until the client has closed the connection.
    pub(crate) async fn closed(&self) -> Result<()> {
        Ok(tokio::time::timeout(PATIENCE, self.gone.notified()).await?)
    }
}

fn take_frame(heard: &mut Vec<u8>) -> Option<Vec<u8>> {
    let colon = heard.iter().position(|b| *b == b':')?;
    let length: usize = std::str::from_utf8(&heard[..colon]).ok()?.parse().ok()?;
    (heard.len() > colon + 1 + length).then(|| {
        let frame = heard[colon + 1..=colon + length].to_vec();
        heard.drain(..colon + length + 2);
        frame
    })
}

pub(crate) struct Watch {
    pub(crate) events: BoxStream<'static, SourceEvent>,
    pub(crate) snapshot: Vec<CallEvent>,
}

impl Watch {
    pub(crate) fn open(fake: &Fake) -> Self {
        let phone = Baresip::new(SourceId::new("desk"), fake.address.clone());
        Self { events: phone.events(), snapshot: Vec::new() }
    }

    /// Opens a link and waits until it is up.
    pub(crate) async fn attach(fake: &Fake) -> Result<Self> {
        let mut watch = Self::open(fake);
        loop {
            match watch.next().await? {
                SourceEvent::Snapshot { live, .. } => watch.snapshot = live,
                SourceEvent::Health(health) if health.state == HealthState::Up => return Ok(watch),
                _ => {}
            }
        }
    }

    pub(crate) async fn next(&mut self) -> Result<SourceEvent> {
        let next = tokio::time::timeout(PATIENCE, self.events.next()).await;
        next.context("nothing heard")?.context("the stream ended")
    }

    pub(crate) async fn health(&mut self, state: HealthState) -> Result<Health> {
        loop {
            if let SourceEvent::Health(health) = self.next().await?
                && health.state == state
            {
                return Ok(health);
            }
        }
    }

    /// All call events up to a mark that is sent now.
    pub(crate) async fn calls_until_end_mark(&mut self, fake: &Fake) -> Result<Vec<CallEvent>> {
        let mark = br#"{"event":true,"type":"CALL_INCOMING","id":"end mark"}"#;
        fake.send(netstring(mark), 10).await?;
        let mut calls = Vec::new();
        loop {
            match self.next().await? {
                SourceEvent::Call(call) if call.key == "end mark" => return Ok(calls),
                SourceEvent::Call(call) => calls.push(call),
                SourceEvent::Health(health) if health.state == HealthState::Down => {
                    bail!("link down: {health:?}")
                }
                _ => {}
            }
        }
    }
}
