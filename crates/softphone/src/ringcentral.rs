//! RingCentral in the cloud: the calls of one extension, on whatever device, through a WebSocket of
//! its platform. There is no phone here: nothing is registered, and no media passes.
//!
//! Source: RingCentral's guides "WebSockets" and "Telephony sessions", and its API reference.

mod frame;
mod frames;
mod leg;
mod link;
mod message;
mod pace;
pub(crate) mod record;
mod rest;
mod sessions;
mod sign_in;
pub(crate) mod status;

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use backon::{BackoffBuilder, ExponentialBuilder};
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use ringside_domain::{Health, HealthState, LinkFault, SourceEvent, SourceId};
use ringside_web::client::Auth;
use ringside_web::credentials::{Keeper, OAuthTokens};
use ringside_web::{OpenError, url};
use tokio::sync::mpsc;
use tokio::time::sleep;
use tokio_stream::wrappers::ReceiverStream;

use self::link::{Broken, Link, Memory};
use self::rest::Rest;
use crate::{Capabilities, Error, RecentCall, Softphone};

pub use frames::Frames;
pub use sign_in::{CALLBACK, SCOPES, SERVER, sign_in, who};

/// Events that the engine has not taken yet; then RingCentral waits.
const QUEUE: usize = 256;
/// How long nothing is asked of a server that refuses: somebody has to change its settings.
const REFUSED: Duration = Duration::from_secs(300);

/// How long is waited for what.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Silence after which we say that we live. RingCentral wants 30 seconds or more.
    pub silence: Duration,
    /// How long the answer to that may take.
    pub patience: Duration,
    /// After an end of which nothing certain was said, until the call log has it: 10 to 15 seconds.
    pub call_log: Duration,
    /// Between tries, at first and at most.
    pub retry: (Duration, Duration),
}

impl Default for Timing {
    fn default() -> Self {
        Self {
            silence: Duration::from_secs(45),
            patience: Duration::from_secs(15),
            call_log: Duration::from_secs(12),
            retry: (Duration::from_millis(500), Duration::from_secs(60)),
        }
    }
}

/// The extension of one RingCentral user.
pub struct RingCentral {
    id: SourceId,
    /// `None` before the first sign-in.
    rest: Option<Arc<Rest>>,
    timing: Timing,
}

impl RingCentral {
    /// The extension of whom these tokens belong to; signed out without any, and with those of another
    /// server or app: a token goes to where it is from alone.
    ///
    /// # Errors
    /// [`OpenError`] where the server's address cannot serve.
    pub fn new(
        id: SourceId,
        server: &str,
        client_id: &str,
        tokens: Option<OAuthTokens>,
        keeper: Arc<dyn Keeper>,
    ) -> Result<Self, OpenError> {
        let base = url::server(server)?;
        let tokens = tokens.filter(|tokens| {
            tokens.token_url.origin() == base.origin() && tokens.client.id == client_id
        });
        let rest =
            tokens.map(|tokens| Rest::new(base, Auth::oauth(tokens, keeper)?)).transpose()?;
        Ok(Self { id, rest: rest.map(Arc::new), timing: Timing::default() })
    }

    /// The same with other spans, for tests.
    #[must_use]
    pub fn timed(self, timing: Timing) -> Self {
        Self { timing, ..self }
    }
}

#[async_trait]
impl Softphone for RingCentral {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { history: true, ..Capabilities::default() }
    }

    fn events(&self) -> BoxStream<'static, SourceEvent> {
        let (id, rest, timing) = (self.id.clone(), self.rest.clone(), self.timing);
        // Spawned at the first poll, which is within a runtime.
        stream::once(async move {
            let (out, events) = mpsc::channel(QUEUE);
            tokio::spawn(async move {
                tokio::select! {
                    () = out.closed() => {}
                    () = run(&id, rest.as_deref(), &timing, &out) => {}
                }
            });
            ReceiverStream::new(events)
        })
        .flatten()
        .boxed()
    }

    async fn recent_calls(&self, since: Timestamp) -> Result<Vec<RecentCall>, Error> {
        let rest = self.rest.as_ref().ok_or(Error::NotConnected)?;
        rest.recent(since).await.map_err(|error| Error::Refused(error.to_string()))
    }

    async fn sign_out(&self) -> Result<(), Error> {
        let Some(rest) = &self.rest else { return Ok(()) };
        rest.revoke().await.map_err(|error| Error::Refused(error.to_string()))
    }
}

/// Connects for ever, or until the sign-in is over.
async fn run(id: &SourceId, rest: Option<&Rest>, timing: &Timing, out: &mpsc::Sender<SourceEvent>) {
    // The send fails only when nobody listens, and then this future is dropped.
    let tell = |health: Health| async move { drop(out.send(SourceEvent::Health(health)).await) };
    let health = |state| Health::new(id.clone(), state);
    let Some(rest) = rest else {
        let fault = Some(LinkFault::SignedOut);
        return signed_out(tell(Health { fault, ..health(HealthState::SignedOut) })).await;
    };
    let mut delays = delays(timing);
    let mut memory = None;
    loop {
        tell(health(HealthState::Connecting)).await;
        let (broken, served) = match connect(id, rest, timing, out, &mut memory).await {
            Ok(mut link) => {
                link.up().await;
                (link.serve().await, true)
            }
            Err(broken) => (broken, false),
        };
        let (fault, detail) = (Some(broken.fault()), Some(broken.to_string()));
        if fault == Some(LinkFault::SignedOut) {
            let health = Health { fault, detail, ..health(HealthState::SignedOut) };
            return signed_out(tell(health)).await;
        }
        if served {
            delays = self::delays(timing);
        }
        let delay = delays.next().unwrap_or(timing.retry.1).max(asked_to_wait(&broken));
        tracing::debug!(source = %id, ?detail, ?delay, "link down");
        // A session that ends in time, as every day, is opened anew without a word.
        if !served {
            let retry_in = Some(delay);
            tell(Health { fault, detail, retry_in, ..health(HealthState::Down) }).await;
        }
        sleep(delay).await;
    }
}

async fn connect<'a>(
    id: &'a SourceId,
    rest: &'a Rest,
    timing: &'a Timing,
    out: &'a mpsc::Sender<SourceEvent>,
    memory: &'a mut Option<Memory>,
) -> Result<Link<'a>, Broken> {
    let memory = match memory {
        Some(memory) => memory,
        None => {
            let (own, _) = rest.extension().await?;
            memory.insert(Memory::new(id.clone(), own))
        }
    };
    Link::open(id, rest, timing, out, memory).await
}

/// Nothing is asked any more: a new sign-in opens a new source.
async fn signed_out(told: impl Future<Output = ()>) {
    told.await;
    std::future::pending().await
}

fn asked_to_wait(broken: &Broken) -> Duration {
    match broken {
        Broken::Rest(ringside_web::Error::RateLimited { retry_after }) => {
            retry_after.unwrap_or(Duration::from_secs(60))
        }
        _ => match broken.fault() {
            LinkFault::NotAllowed => REFUSED,
            LinkFault::RateLimited => Duration::from_secs(60),
            _ => Duration::ZERO,
        },
    }
}

fn delays(timing: &Timing) -> impl Iterator<Item = Duration> + use<> {
    ExponentialBuilder::default()
        .with_min_delay(timing.retry.0)
        .with_max_delay(timing.retry.1)
        .with_jitter()
        .without_max_times()
        .build()
}
