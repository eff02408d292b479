//! What the platform holds.

use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::mpsc;

use crate::limits::Limits;
use crate::oauth::Grants;

/// Messages that are kept for a session that is away.
const BUFFER: usize = 100;
/// How long a session is kept while it is away.
const RECOVERY: Duration = Duration::from_secs(180);

/// What goes to an open connection.
pub(crate) enum Out {
    Frame(String),
    Close(&'static str),
    /// The connection breaks without a word.
    Break,
}

pub(crate) struct Platform {
    pub(crate) address: SocketAddr,
    state: Mutex<State>,
}

impl Platform {
    pub(crate) fn new(address: SocketAddr) -> Self {
        Self { address, state: Mutex::default() }
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Misbehaviour on request. Counters run down to 0.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Faults {
    /// Answer this many requests with 429 and this `Retry-After` in seconds.
    pub too_many_times: u32,
    /// That `Retry-After`.
    pub retry_after_s: u64,
    /// Answer this many requests with 503.
    pub fail_times: u32,
    /// Refuse this many tokens at the WebSocket, as if they had been used.
    pub refuse_socket_tokens: u32,
    /// Refuse every subscription with this status.
    pub refuse_subscription: Option<u16>,
    /// Say nothing on the WebSocket any more, not even to heartbeats.
    pub silent: bool,
    /// Lose this many events.
    pub lose: u32,
    /// Send this many events twice.
    pub repeat: u32,
    /// Keep events back until they are released, the last one first.
    pub keep_back: bool,
    /// Open connections that are refused for the want of a right.
    pub forbid: bool,
}

/// One request, as it came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Method and path.
    pub what: String,
    /// The answer's status.
    pub status: u16,
}

/// A WebSocket session, which outlives its connections.
pub(crate) struct Session {
    /// Whose OAuth session it is of.
    pub(crate) grant: u64,
    pub(crate) filters: Vec<String>,
    pub(crate) sequence: u64,
    pub(crate) out: Option<mpsc::UnboundedSender<Out>>,
    missed: VecDeque<(String, Value)>,
    away_since: Option<Instant>,
}

/// What the platform holds, to look at and to change.
#[derive(Default)]
pub struct State {
    pub(crate) grants: Grants,
    pub(crate) limits: Limits,
    /// The switches.
    pub faults: Faults,
    /// What was asked, oldest first.
    pub requests: Vec<Request>,
    /// Live telephony sessions, as `GET …/telephony/sessions/{id}` answers.
    pub sessions: HashMap<String, Value>,
    /// The call log, newest first.
    pub call_log: Vec<Value>,
    /// Messages, by id.
    pub messages: HashMap<String, Value>,
    /// Tokens for the WebSocket that serve once, and whose they are.
    pub(crate) socket_tokens: HashMap<String, (u64, Instant)>,
    /// By connection token.
    pub(crate) sockets: HashMap<String, Session>,
    pub(crate) kept_back: Vec<(String, Value)>,
    /// Connections that were opened, and how many of them were recovered.
    pub opened: u32,
    /// Sessions that were recovered.
    pub recovered: u32,
    /// Subscriptions that were made.
    pub subscribed: u32,
    /// Heartbeats that came.
    pub heartbeats: u32,
}

impl Session {
    pub(crate) fn new(grant: u64) -> Self {
        Self {
            grant,
            filters: Vec::new(),
            sequence: 1,
            out: None,
            missed: VecDeque::new(),
            away_since: None,
        }
    }

    /// Attaches a connection.
    pub(crate) fn attach(&mut self, out: mpsc::UnboundedSender<Out>) {
        self.out = Some(out);
        self.away_since = None;
    }

    pub(crate) fn detach(&mut self) {
        self.out = None;
        self.away_since = Some(Instant::now());
    }

    /// Whether it can still be taken up.
    pub(crate) fn recoverable(&self, grant: u64) -> bool {
        self.grant == grant
            && !self.filters.is_empty()
            && self.away_since.is_none_or(|since| since.elapsed() < RECOVERY)
    }

    pub(crate) fn missed(&mut self) -> Vec<(String, Value)> {
        self.missed.drain(..).collect()
    }

    /// The next frame's number.
    pub(crate) fn next(&mut self) -> u64 {
        self.sequence += 1;
        self.sequence
    }
}

impl State {
    /// How many connections are open.
    pub fn connected(&self) -> usize {
        self.sockets.values().filter(|session| session.out.is_some()).count()
    }

    /// Publishes an event to whoever has subscribed.
    pub(crate) fn publish(&mut self, filter: &str, body: Value) {
        if test_server::spend(&mut self.faults.lose) {
            return;
        }
        if self.faults.keep_back {
            self.kept_back.push((filter.to_owned(), body));
            return;
        }
        if test_server::spend(&mut self.faults.repeat) {
            self.send(filter, &body);
        }
        self.send(filter, &body);
    }

    /// What was kept back goes out, the last one first.
    pub(crate) fn release(&mut self) {
        self.faults.keep_back = false;
        for (filter, body) in std::mem::take(&mut self.kept_back).into_iter().rev() {
            self.send(&filter, &body);
        }
    }

    fn send(&mut self, filter: &str, body: &Value) {
        let silent = self.faults.silent;
        for (token, session) in &mut self.sockets {
            if !session.filters.iter().any(|wanted| wanted.ends_with(filter)) {
                continue;
            }
            let sequence = session.next();
            match &session.out {
                Some(_) if silent => {}
                Some(out) => {
                    let frame = crate::frames::event(filter, body, token, sequence);
                    // A connection that has just gone is cleared away by its own task.
                    let _ = out.send(Out::Frame(frame));
                }
                None => {
                    if session.missed.len() == BUFFER {
                        session.missed.pop_front();
                    }
                    session.missed.push_back((filter.to_owned(), body.clone()));
                }
            }
        }
    }

    /// Closes every connection: with a word, or by breaking it.
    pub(crate) fn disconnect(&mut self, why: Option<&'static str>) {
        for session in self.sockets.values_mut() {
            if let Some(out) = session.out.take() {
                session.away_since = Some(Instant::now());
                let _ = out.send(why.map_or(Out::Break, Out::Close));
            }
        }
    }
}
