//! One connection to RingCentral's WebSocket, from its opening to its end.

use std::collections::HashMap;
use std::time::Duration;

use futures::{SinkExt, StreamExt};
use ringside_domain::{CallEvent, Health, HealthState, LinkFault, Phase, SourceEvent, SourceId};
use ringside_web::Error;
use ringside_web::client::{Message, Socket};
use tokio::sync::mpsc;
use tokio::time::{Instant, sleep_until, timeout, timeout_at};

use super::frame::{self, Recovery, Says};
use super::rest::Rest;
use super::sessions::{DOUBT, Sessions};
use super::{Timing, message};
use crate::{clock, fault};

/// Calls of the extension, and its messages.
const FILTERS: [&str; 2] = [
    "/restapi/v1.0/account/~/extension/~/telephony/sessions",
    "/restapi/v1.0/account/~/extension/~/message-store",
];
/// How long the server may take to open the session and to answer a request.
const ANSWER_MAX: Duration = Duration::from_secs(10);
/// How long messages that a recovered session missed may take to come.
const MISSED: Duration = Duration::from_secs(1);
/// Ends in doubt that are looked up at once.
const DOUBTS_MAX: usize = 16;

/// What outlives a connection.
pub(super) struct Memory {
    pub(super) sessions: Sessions,
    /// By what the last connection is recovered, and until when.
    recovery: Option<(Recovery, Instant)>,
    /// Ends to be looked up in the call log, by key.
    doubts: HashMap<String, Instant>,
}

impl Memory {
    pub(super) fn new(source: SourceId, own: String) -> Self {
        Self { sessions: Sessions::new(source, own), recovery: None, doubts: HashMap::new() }
    }
}

/// Why a connection ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    /// The server closed it, or the network did: an idle session, the daily cut, a restart.
    #[error("closed: {0}")]
    Closed(String),
    /// Nothing was heard for too long.
    #[error("the server fell silent")]
    Silent,
    /// The server did not answer in the way of its guide.
    #[error("no RingCentral: {0}")]
    Strange(String),
    /// It refused.
    #[error("refused with {status}: {words}")]
    Refused { status: u64, words: String },
    /// A request failed.
    #[error(transparent)]
    Rest(#[from] Error),
}

impl Broken {
    pub(super) fn fault(&self) -> LinkFault {
        match self {
            Self::Closed(_) | Self::Silent => LinkFault::NoAnswer,
            Self::Strange(_) => LinkFault::OtherProtocol,
            Self::Refused { status: 401, .. } => LinkFault::NotAccepted,
            Self::Refused { status: 429, .. } => LinkFault::RateLimited,
            Self::Refused { .. } => LinkFault::NotAllowed,
            Self::Rest(error) => fault::of_web(error),
        }
    }
}

/// An open connection.
pub(super) struct Link<'a> {
    source: &'a SourceId,
    rest: &'a Rest,
    timing: &'a Timing,
    out: &'a mpsc::Sender<SourceEvent>,
    memory: &'a mut Memory,
    socket: Socket,
    recoverable: Duration,
    requests: u64,
    /// Something was heard last.
    heard: Instant,
}

impl<'a> Link<'a> {
    /// Opens the connection, recovers or subscribes, and tells which calls there are.
    pub(super) async fn open(
        source: &'a SourceId,
        rest: &'a Rest,
        timing: &'a Timing,
        out: &'a mpsc::Sender<SourceEvent>,
        memory: &'a mut Memory,
    ) -> Result<Self, Broken> {
        let known = memory.recovery.take().filter(|(_, until)| Instant::now() < *until);
        let asked = known.as_ref().map(|(recovery, _)| recovery);
        let opened = rest.socket(asked).await;
        let socket = match opened {
            Ok(socket) => socket,
            Err(error) => {
                // It serves the next try, as long as the server keeps the session.
                memory.recovery = known;
                return Err(error.into());
            }
        };
        let (heard, recoverable) = (Instant::now(), Duration::ZERO);
        let mut link =
            Self { source, rest, timing, out, memory, socket, recoverable, requests: 0, heard };
        // Nothing may be sent before that.
        let recovered = loop {
            match link.hear_within(ANSWER_MAX).await? {
                Says::Open { recovered, recoverable } => {
                    link.recoverable = recoverable;
                    break recovered == Some(true);
                }
                Says::Refused { status, words } => return Err(Broken::Refused { status, words }),
                Says::Heartbeat | Says::Other => {}
                other => return Err(Broken::Strange(format!("{other:?} before it was open"))),
            }
        };
        tracing::debug!(%source, recovered, "RingCentral's session is open");
        if !recovered {
            link.subscribe().await?;
        }
        link.snapshot(recovered).await?;
        Ok(link)
    }

    async fn subscribe(&mut self) -> Result<(), Broken> {
        let wanted = self.next_id();
        self.send(frame::subscribe(&wanted, &FILTERS)).await?;
        let answered = async {
            loop {
                match self.hear().await? {
                    Says::Answer { id, status } if id == wanted => {
                        let words = "the subscription".to_owned();
                        return if status < 300 {
                            Ok(())
                        } else {
                            Err(Broken::Refused { status, words })
                        };
                    }
                    Says::Refused { status, words } => {
                        return Err(Broken::Refused { status, words });
                    }
                    says => self.take(says).await,
                }
            }
        };
        timeout(ANSWER_MAX, answered).await.unwrap_or(Err(Broken::Silent))
    }

    /// Tells which calls there are: whether the server recovered the session or not, since it keeps
    /// no more than the last hundred messages.
    async fn snapshot(&mut self, recovered: bool) -> Result<(), Broken> {
        let since = clock::now().mono;
        let rest = self.rest;
        let fetch = rest.live();
        tokio::pin!(fetch);
        let found = loop {
            tokio::select! {
                found = &mut fetch => break found?,
                says = self.hear() => {
                    let says = says?;
                    self.take(says).await;
                }
            }
        };
        // An end that was missed says why; that a call is not in the list does not.
        let patience = Instant::now() + MISSED;
        while recovered && !self.memory.sessions.all_are_in(&found, since) {
            match timeout_at(patience, self.hear()).await {
                Ok(says) => {
                    let says = says?;
                    self.take(says).await;
                }
                Err(_) => break,
            }
        }
        let received = clock::now();
        let live = self.memory.sessions.snapshot(&found, since, received);
        self.tell(SourceEvent::Snapshot { source: self.source.clone(), live, received }).await;
        Ok(())
    }

    /// Listens until it breaks.
    pub(super) async fn serve(mut self) -> Broken {
        let broken = loop {
            match self.listen().await {
                Ok(()) => {}
                Err(broken) => break broken,
            }
        };
        let until = Instant::now() + self.recoverable;
        if let Some((_, good)) = &mut self.memory.recovery {
            *good = until;
        }
        broken
    }

    async fn listen(&mut self) -> Result<(), Broken> {
        let quiet = self.heard + self.timing.silence;
        let doubt = self.memory.doubts.values().min().copied();
        tokio::select! {
            says = self.hear() => {
                let says = says?;
                self.take(says).await;
            }
            () = sleep_until(quiet) => {
                let id = self.next_id();
                self.send(frame::heartbeat(&id)).await?;
                let says = self.hear_within(self.timing.patience).await?;
                self.take(says).await;
            }
            () = sleep_until(doubt.unwrap_or(quiet)), if doubt.is_some() => self.settle().await,
        }
        Ok(())
    }

    /// Looks up in the call log how calls ended of which nothing certain was said: once for each.
    async fn settle(&mut self) {
        let now = Instant::now();
        let due = self.memory.doubts.iter().find(|(_, at)| **at <= now);
        let Some(key) = due.map(|(key, _)| key.clone()) else { return };
        self.memory.doubts.remove(&key);
        // Events wait in the socket meanwhile, for no longer than this.
        let found = timeout(self.timing.patience, self.rest.ended(&key)).await;
        match found {
            Ok(Ok(Some(why))) => {
                let told = self.memory.sessions.settled(&key, why, clock::now());
                if let Some(event) = told {
                    self.tell(SourceEvent::Call(event)).await;
                }
            }
            Ok(Ok(None)) | Err(_) => {}
            Ok(Err(error)) => {
                tracing::debug!(%error, "the call log does not tell how a call ended")
            }
        }
    }

    /// The next frame that says something.
    async fn hear(&mut self) -> Result<Says, Broken> {
        loop {
            let message = self.socket.next().await;
            self.heard = Instant::now();
            match message {
                Some(Ok(Message::Text(text))) => match frame::read(&text) {
                    Some(frame) => {
                        self.remember(frame.recovery);
                        return Ok(frame.says);
                    }
                    None => return Err(Broken::Strange("a frame that is none".to_owned())),
                },
                // A ping is answered by the socket itself.
                Some(Ok(Message::Ping(_) | Message::Pong(_) | Message::Frame(_))) => {}
                Some(Ok(Message::Binary(_))) => {
                    return Err(Broken::Strange("a binary frame".to_owned()));
                }
                Some(Ok(Message::Close(why))) => {
                    let why = why.map(|why| format!("{} {}", u16::from(why.code), why.reason));
                    let why = ringside_domain::text::clean(&why.unwrap_or_default(), 200);
                    return Err(Broken::Closed(why));
                }
                Some(Err(error)) => {
                    return Err(Broken::Closed(ringside_domain::text::clean(
                        &error.to_string(),
                        200,
                    )));
                }
                None => return Err(Broken::Closed("without a word".to_owned())),
            }
        }
    }

    async fn hear_within(&mut self, within: Duration) -> Result<Says, Broken> {
        timeout(within, self.hear()).await.unwrap_or(Err(Broken::Silent))
    }

    fn remember(&mut self, new: Option<Recovery>) {
        // Set anew when the connection breaks; what matters here is the token.
        let until = Instant::now() + self.recoverable;
        let before = self.memory.recovery.take().map(|(recovery, _)| recovery);
        self.memory.recovery = Recovery::newest(before, new).map(|newest| (newest, until));
    }

    async fn take(&mut self, says: Says) {
        match says {
            Says::Event { filter, body } if filter.contains("/telephony/sessions") => {
                for event in self.memory.sessions.hear(&body, clock::now()) {
                    self.doubt(&event);
                    self.tell(SourceEvent::Call(event)).await;
                }
            }
            Says::Event { filter, body } if filter.contains("/message-store") => {
                for id in message::new(&body) {
                    self.fetch_message(&id).await;
                }
            }
            Says::Refused { status, words } => {
                tracing::debug!(status, %words, "RingCentral refused something");
            }
            Says::Event { .. }
            | Says::Open { .. }
            | Says::Answer { .. }
            | Says::Heartbeat
            | Says::Other => {}
        }
    }

    fn doubt(&mut self, event: &CallEvent) {
        let doubtful = matches!(event.phase, Phase::Ended(_)) && event.final_after == DOUBT;
        if doubtful && self.memory.doubts.len() < DOUBTS_MAX {
            self.memory.doubts.insert(event.key.clone(), Instant::now() + self.timing.call_log);
        } else {
            self.memory.doubts.remove(&event.key);
        }
    }

    async fn fetch_message(&mut self, id: &str) {
        match self.rest.message(id).await {
            Ok(found) => {
                if let Some(message) = message::read(&found, self.source, clock::now()) {
                    self.tell(SourceEvent::Message(message)).await;
                }
            }
            Err(error) => tracing::debug!(%error, "a text message could not be fetched"),
        }
    }

    pub(super) async fn up(&mut self) {
        self.tell(SourceEvent::Health(Health::new(self.source.clone(), HealthState::Up))).await;
    }

    fn next_id(&mut self) -> String {
        self.requests += 1;
        format!("ringside-{}-{}", self.requests, uuid::Uuid::new_v4())
    }

    async fn send(&mut self, frame: String) -> Result<(), Broken> {
        let sent = timeout(ANSWER_MAX, self.socket.send(Message::text(frame))).await;
        match sent {
            Ok(Ok(())) => Ok(()),
            Ok(Err(error)) => Err(Broken::Closed(error.to_string())),
            Err(_) => Err(Broken::Silent),
        }
    }

    async fn tell(&mut self, event: SourceEvent) {
        // Nobody listens any more only while the whole link is being dropped.
        let _ = self.out.send(event).await;
    }
}
