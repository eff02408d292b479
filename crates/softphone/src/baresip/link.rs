//! One connection to `ctrl_tcp`, from its snapshot to its end.

use std::time::Duration;

use futures::{SinkExt, StreamExt};
use ringside_domain::{CallState, Health, HealthState, LinkFault, SourceEvent, SourceId};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, interval_at, timeout};
use tokio_util::codec::Framed;

use super::calls::Calls;
use super::listing::{self, Account, Line, Stat};
use super::message::{self, Message, Response};
use super::netstring::{BadFrame, Netstring};
use crate::recording::{Tap, Way};
use crate::{Error, clock, fault};

/// A command is answered within milliseconds; a softphone that needs longer hangs.
const ANSWER_MAX: Duration = Duration::from_secs(5);
/// How often a silent link is asked whether it still lives.
const PROBE: Duration = Duration::from_secs(15);
/// Calls come and go while we list them; then we list them again.
const LISTING_TRIES: usize = 3;
/// More accounts than anybody has on one phone.
const ACCOUNTS_MAX: usize = 16;

/// Why a link ended.
#[derive(Debug, thiserror::Error)]
pub(super) enum Broken {
    #[error("the softphone closed the link")]
    Closed,
    #[error(transparent)]
    Frame(#[from] BadFrame),
    #[error("the softphone does not answer")]
    Silent,
}

impl Broken {
    pub(super) fn fault(&self) -> LinkFault {
        match self {
            Self::Closed => LinkFault::NobodyListens,
            Self::Frame(BadFrame::Io(error)) => fault::of_io(error),
            Self::Frame(_) => LinkFault::OtherProtocol,
            Self::Silent => LinkFault::NoAnswer,
        }
    }
}

/// What the agent wants of the softphone.
#[derive(Debug)]
pub(super) enum Order {
    Dial(String),
    Answer(String),
    HangUp(String),
}

/// An order and where its outcome goes.
pub(super) type Request = (Order, oneshot::Sender<Result<(), Error>>);

pub(super) struct Link<'a> {
    wire: Framed<TcpStream, Netstring>,
    source: &'a SourceId,
    calls: &'a mut Calls,
    out: &'a mpsc::Sender<SourceEvent>,
    tap: &'a Tap,
    /// While a snapshot is being taken: what came after its listing, and must be told after it.
    held: Option<Vec<SourceEvent>>,
    /// The call that is being answered, and whether a sign of it has come.
    answering: Option<(String, bool)>,
    tokens: u64,
}

impl<'a> Link<'a> {
    pub(super) fn new(
        stream: TcpStream,
        source: &'a SourceId,
        calls: &'a mut Calls,
        out: &'a mpsc::Sender<SourceEvent>,
        tap: &'a Tap,
    ) -> Self {
        Self {
            wire: Framed::new(stream, Netstring),
            source,
            calls,
            out,
            tap,
            held: None,
            answering: None,
            tokens: 0,
        }
    }

    /// Takes the snapshot, then tells all that happens until the link breaks.
    pub(super) async fn serve(&mut self, orders: &mut mpsc::Receiver<Request>) -> Broken {
        match self.follow(orders).await {
            Ok(never) => match never {},
            Err(broken) => broken,
        }
    }

    async fn follow(
        &mut self,
        orders: &mut mpsc::Receiver<Request>,
    ) -> Result<std::convert::Infallible, Broken> {
        let readable = self.snapshot().await?;
        // Rings matter more than the calls before them: an unknown listing is no reason to stay
        // deaf.
        let detail = (!readable).then_some("the calls already going on could not be read");
        self.up(detail).await;
        let mut probe = interval_at(Instant::now() + PROBE, PROBE);
        loop {
            tokio::select! {
                message = self.hear() => {
                    let message = message?;
                    self.take(message).await;
                }
                Some((order, outcome)) = orders.recv() => {
                    let done = self.carry_out(order).await;
                    let (told, broken) = match done {
                        Ok(told) => (told, None),
                        Err(Broken::Silent) => (Err(Error::Timeout), Some(Broken::Silent)),
                        Err(broken) => (Err(Error::NotConnected), Some(broken)),
                    };
                    // Who gave the order may have stopped waiting; it stands all the same.
                    let _ = outcome.send(told);
                    if let Some(broken) = broken {
                        return Err(broken);
                    }
                }
                _ = probe.tick() => { self.request("reginfo", "").await?; }
            }
        }
    }

    /// Tells which calls there are. Returns whether they could be read.
    async fn snapshot(&mut self) -> Result<bool, Broken> {
        let accounts = self.accounts().await?;
        for _ in 0..LISTING_TRIES {
            let mut found = Some(Vec::new());
            let mut received = clock::now();
            for account in &accounts {
                if accounts.len() > 1 {
                    self.use_account(account).await?;
                }
                let listing = self.request("listcalls", "").await?;
                if self.held.is_none() {
                    self.held = Some(Vec::new());
                    received = clock::now();
                }
                let here = match listing::lines(&listing.data) {
                    Some(lines) => self.identify(lines).await?,
                    None => None,
                };
                found = found.zip(here).map(|(mut found, here)| {
                    found.extend(here);
                    found
                });
            }
            if let Some(current) = accounts.iter().find(|a| a.current && accounts.len() > 1) {
                self.use_account(current).await?;
            }
            if let Some(found) = &found {
                let live = self.calls.snapshot(found.clone(), received);
                self.tell(SourceEvent::Snapshot { source: self.source.clone(), live, received })
                    .await;
            }
            for event in self.held.take().unwrap_or_default() {
                self.tell(event).await;
            }
            if found.is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// The accounts of the phone. 1.0.0 lists and finds only the calls of the current one.
    async fn accounts(&mut self) -> Result<Vec<Account>, Broken> {
        let mut accounts = listing::accounts(&self.request("reginfo", "").await?.data);
        accounts.truncate(ACCOUNTS_MAX);
        Ok(accounts)
    }

    /// Makes one of several accounts the current one.
    async fn use_account(&mut self, account: &Account) -> Result<(), Broken> {
        self.request("uafind", &account.address).await.map(drop)
    }

    /// Finds the Call-ID of each line. Only the current call tells its own, so each is made the
    /// current one for an instant. `None` if a call went away meanwhile.
    async fn identify(&mut self, lines: Vec<Line>) -> Result<Option<Vec<(Line, Stat)>>, Broken> {
        let several = lines.len() > 1;
        let current = lines.iter().find(|line| line.current).map(|line| line.number);
        let (expected, mut found) = (lines.len(), Vec::new());
        for line in lines {
            if several {
                self.request("line", &line.number.to_string()).await?;
            }
            let stat = listing::stat(&self.request("callstat", "").await?.data);
            let same = |stat: &Stat| {
                stat.peer == line.peer && line.id.as_ref().is_none_or(|id| *id == stat.id)
            };
            found.extend(stat.filter(same).map(|stat| (line, stat)));
        }
        if let Some(current) = current.filter(|_| several) {
            self.request("line", &current.to_string()).await?;
        }
        Ok((found.len() == expected).then_some(found))
    }

    async fn carry_out(&mut self, order: Order) -> Result<Result<(), Error>, Broken> {
        let response = match &order {
            Order::Dial(number) => self.request("dial", number).await?,
            Order::Answer(key) => match self.select(key).await? {
                Ok(CallState::Ringing) => return self.accept(key).await,
                Ok(other) => return Ok(Err(Error::NoSuchCall(Some(other)))),
                Err(error) => return Ok(Err(error)),
            },
            Order::HangUp(key) => match self.select(key).await? {
                Ok(_) => self.request("hangup", key).await?,
                Err(error) => return Ok(Err(error)),
            },
        };
        Ok(if response.ok { Ok(()) } else { Err(Error::Refused(response.data.trim().to_owned())) })
    }

    /// Answers the current call.
    ///
    /// 1.0.0 first puts the call before it on hold. If that one still rings, this fails and nothing
    /// is answered; but it counts as held from then on, so that the second try succeeds. Either way,
    /// and also if the sound device fails, the command is reported as done: the proof is our own
    /// SDP, which is told before the response.
    async fn accept(&mut self, key: &str) -> Result<Result<(), Error>, Broken> {
        for _ in 0..2 {
            self.answering = Some((key.to_owned(), false));
            let response = self.request("accept", key).await?;
            let answered = self.answering.take().is_some_and(|(_, sign)| sign);
            if !response.ok {
                return Ok(Err(Error::Refused(response.data.trim().to_owned())));
            }
            if answered {
                return Ok(Ok(()));
            }
        }
        Ok(Err(Error::Refused("told to answer, it did not".to_owned())))
    }

    /// Makes a call the current one, on which `accept` and `hangup` act (newer versions also take
    /// the id itself), and makes sure of it: rather no call ends than the wrong one.
    async fn select(&mut self, key: &str) -> Result<Result<CallState, Error>, Broken> {
        let accounts = self.accounts().await?;
        let mut found = false;
        for account in &accounts {
            if accounts.len() > 1 {
                self.use_account(account).await?;
            }
            // 1.0.0 says "ok" also if there is no such call; only the words differ.
            found = self.request("callfind", key).await?.data.contains("setting current call");
            if found {
                break;
            }
        }
        if !found {
            return Ok(Err(Error::NoSuchCall(None)));
        }
        let now = self.request("callstat", "").await?.data;
        Ok(match listing::stat(&now) {
            Some(stat) if stat.id == key => Ok(if now.contains("Call debug (INCOMING)") {
                CallState::Ringing
            } else {
                CallState::Answered
            }),
            _ => Err(Error::Refused("another call is in front".to_owned())),
        })
    }

    /// Gives a command and waits for its answer. Events that come meanwhile are told at once.
    async fn request(&mut self, name: &str, params: &str) -> Result<Response, Broken> {
        self.tokens += 1;
        let token = format!("ringside-{}", self.tokens);
        let answer = async {
            let command = message::command(name, params, &token);
            self.tap.tell(Way::Out, || String::from_utf8_lossy(&command).into_owned());
            self.wire.send(command).await?;
            loop {
                match self.hear().await? {
                    Message::Response(response) if response.token == token => return Ok(response),
                    other => self.take(other).await,
                }
            }
        };
        timeout(ANSWER_MAX, answer).await.unwrap_or(Err(Broken::Silent))
    }

    /// The next frame that can be read; others are skipped and reported.
    async fn hear(&mut self) -> Result<Message, Broken> {
        loop {
            let frame = self.wire.next().await.ok_or(Broken::Closed)??;
            self.tap.tell(Way::In, || String::from_utf8_lossy(&frame).into_owned());
            match message::read(&frame) {
                Some(message) => return Ok(message),
                None => self.up(Some("skipped a frame that is not JSON")).await,
            }
        }
    }

    async fn take(&mut self, message: Message) {
        let Message::Event(event) = message else { return };
        let of_answer =
            matches!(&*event.kind, "CALL_LOCAL_SDP" | "CALL_ANSWERED" | "CALL_ESTABLISHED");
        if let Some((key, sign)) = &mut self.answering {
            *sign |= of_answer && event.id.as_deref() == Some(key);
        }
        let Some(event) = self.calls.heard(event, clock::now()) else { return };
        let event = SourceEvent::Call(event);
        match &mut self.held {
            Some(held) => held.push(event),
            None => self.tell(event).await,
        }
    }

    async fn up(&self, detail: Option<&str>) {
        self.tell(SourceEvent::Health(Health {
            detail: detail.map(str::to_owned),
            ..Health::new(self.source.clone(), HealthState::Up)
        }))
        .await;
    }

    async fn tell(&self, event: SourceEvent) {
        // Nobody listens any more only while the whole link is being dropped.
        let _ = self.out.send(event).await;
    }
}
