//! baresip, through its module `ctrl_tcp` (tried with 1.0.0; `menu` must be loaded too).
//!
//! `ctrl_tcp` lets one client only: a new one throws the old one off. It has no password, so it
//! belongs on the loopback interface.

mod calls;
pub mod decode;
mod link;
mod listing;
mod message;
mod netstring;

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use backon::{BackoffBuilder, ExponentialBuilder};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use ringside_domain::{Health, HealthState, LinkFault, SourceEvent, SourceId};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep, timeout};
use tokio_stream::wrappers::ReceiverStream;

use self::calls::Calls;
use self::link::{Broken, Link, Order, Request};
use crate::recording::Tap;
use crate::{Capabilities, Error, Softphone, fault};

/// Loopback or the office network: more than this is not slow but wrong.
const CONNECT_MAX: Duration = Duration::from_secs(5);
/// The whole of a command, which is up to three requests.
const ORDER_MAX: Duration = Duration::from_secs(20);
/// A link that is closed sooner was taken by another client, or the softphone went down.
const SHORT: Duration = Duration::from_secs(5);
/// How long we leave the field to another client, at first and at most.
const YIELD_MIN: Duration = Duration::from_secs(5);
const YIELD_MAX: Duration = Duration::from_secs(60);
/// Events that the engine has not taken yet; then baresip waits.
const QUEUE: usize = 256;

type Orders = Arc<Mutex<Option<mpsc::Sender<Request>>>>;

/// A baresip, watched and steered.
#[derive(Debug)]
pub struct Baresip {
    id: SourceId,
    address: String,
    /// Set while there is a link.
    orders: Orders,
    tap: Tap,
}

impl Baresip {
    /// The baresip whose `ctrl_tcp_listen` is `address` (`HOST:PORT`).
    pub fn new(id: SourceId, address: String) -> Self {
        Self { id, address, orders: Orders::default(), tap: Tap::default() }
    }

    async fn order(&self, order: Order) -> Result<(), Error> {
        let link = lock(&self.orders).clone().ok_or(Error::NotConnected)?;
        let (outcome, told) = oneshot::channel();
        let carried_out = async {
            link.send((order, outcome)).await.map_err(|_| Error::NotConnected)?;
            told.await.unwrap_or(Err(Error::NotConnected))
        };
        timeout(ORDER_MAX, carried_out).await.unwrap_or(Err(Error::Timeout))
    }
}

#[async_trait]
impl Softphone for Baresip {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { dial: true, answer: true, hang_up: true, history: false }
    }

    fn events(&self) -> BoxStream<'static, SourceEvent> {
        let (id, address, orders) = (self.id.clone(), self.address.clone(), self.orders.clone());
        let tap = self.tap.clone();
        // Spawned at the first poll, which is within a runtime, so that a slow reader of the
        // stream delays neither probes nor commands.
        stream::once(async move {
            let (out, events) = mpsc::channel(QUEUE);
            tokio::spawn(async move {
                tokio::select! {
                    () = out.closed() => {}
                    () = run(&id, &address, &out, &orders, &tap) => {}
                }
            });
            ReceiverStream::new(events)
        })
        .flatten()
        .boxed()
    }

    fn tap(&self) -> Option<&Tap> {
        Some(&self.tap)
    }

    async fn dial(&self, number: &str) -> Result<(), Error> {
        let number: String =
            number.chars().filter(|c| !matches!(c, ' ' | '(' | ')' | '\u{A0}')).collect();
        if number.is_empty() || number.chars().any(char::is_control) {
            return Err(Error::Refused("not a number".to_owned()));
        }
        self.order(Order::Dial(number)).await
    }

    async fn answer(&self, key: &str) -> Result<(), Error> {
        self.order(Order::Answer(key.to_owned())).await
    }

    async fn hang_up(&self, key: &str) -> Result<(), Error> {
        self.order(Order::HangUp(key.to_owned())).await
    }
}

/// Connects for ever.
async fn run(
    id: &SourceId,
    address: &str,
    out: &mpsc::Sender<SourceEvent>,
    orders: &Orders,
    tap: &Tap,
) {
    let mut calls = Calls::new(id.clone());
    let mut delays = delays();
    let mut taken_over = 0_u32;
    loop {
        let health = |health| out.send(SourceEvent::Health(health));
        // The send fails only when nobody listens, and then this future is dropped.
        let _ = health(Health::new(id.clone(), HealthState::Connecting)).await;
        let (mut fault, mut detail) = match connect(address).await {
            Ok(stream) => {
                let since = Instant::now();
                let broken = {
                    let (door, mut inbox) = mpsc::channel(1);
                    let _open = Open::new(orders, door);
                    Link::new(stream, id, &mut calls, out, tap).serve(&mut inbox).await
                };
                delays = self::delays();
                let short =
                    matches!(broken, Broken::Closed | Broken::Frame(_)) && since.elapsed() < SHORT;
                taken_over = if short { taken_over.saturating_add(1) } else { 0 };
                (broken.fault(), broken.to_string())
            }
            Err(error) => {
                taken_over = 0;
                (fault::of_io(&error), error.to_string())
            }
        };
        let mut delay = delays.next().unwrap_or(YIELD_MIN);
        // Once may be a restart of the softphone. Twice is another client that fights for it, or a
        // server that is none.
        if taken_over > 1 {
            if fault != LinkFault::OtherProtocol {
                fault = LinkFault::TakenOver;
                detail = format!(
                    "{detail} right after it was opened: another program seems to use the control \
                     port, which takes one at a time"
                );
            }
            delay = YIELD_MIN.saturating_mul(1 << (taken_over - 2).min(8)).min(YIELD_MAX);
        }
        tracing::debug!(source = %id, %detail, ?delay, "link down");
        let (detail, retry_in) = (Some(detail), Some(delay));
        let down = Health::new(id.clone(), HealthState::Down);
        let _ = health(Health { fault: Some(fault), detail, retry_in, ..down }).await;
        sleep(delay).await;
    }
}

async fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = timeout(CONNECT_MAX, TcpStream::connect(address))
        .await
        .unwrap_or_else(|_| Err(io::ErrorKind::TimedOut.into()))?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

fn delays() -> impl Iterator<Item = Duration> {
    ExponentialBuilder::default()
        .with_min_delay(Duration::from_millis(250))
        .with_max_delay(Duration::from_secs(10))
        .with_jitter()
        .without_max_times()
        .build()
}

/// Orders are taken for as long as this lives.
struct Open<'a>(&'a Orders);

impl<'a> Open<'a> {
    fn new(orders: &'a Orders, door: mpsc::Sender<Request>) -> Self {
        *lock(orders) = Some(door);
        Self(orders)
    }
}

impl Drop for Open<'_> {
    fn drop(&mut self) {
        *lock(self.0) = None;
    }
}

fn lock(orders: &Orders) -> std::sync::MutexGuard<'_, Option<mpsc::Sender<Request>>> {
    // A sender is whole at every instant, whoever panicked while holding it.
    orders.lock().unwrap_or_else(PoisonError::into_inner)
}
