//! RingCentral Embeddable: the widget runs in a frame of a window of ours, and the page around the
//! frame carries its messages to and fro. Shapes as documented (ringcentral-embeddable 2.3,
//! `docs/integration`), and read without trust: the frame is a foreign page.
//!
//! A [`Embeddable`] is told by [`Embeddable::hear`] what comes from the page, and says through
//! [`Aside`]s what goes to the page and what is to be answered.

mod address;
mod calls;
mod fact;

mod link;
mod message;
mod past;
mod question;

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use futures::StreamExt;
use futures::stream::{self, BoxStream};
use jiff::Timestamp;
use ringside_domain::{Region, SourceEvent, SourceId};
use serde_json::Value;
use tokio::sync::{mpsc, oneshot};
use tokio_stream::wrappers::ReceiverStream;

use crate::{Capabilities, Error, RecentCall, Softphone};

pub use address::WidgetAddress;
pub use message::MESSAGE_MAX;
pub use question::{Answer, Asked, Card, LogCall, Question};

/// Words that nobody has taken in yet; more are junk, and dropped.
const INBOX: usize = 256;
/// Events that the engine has not taken yet; then the widget waits.
const QUEUE: usize = 256;
/// A command is done when it has gone to the page; the widget does not confirm it.
const ORDER_MAX: Duration = Duration::from_secs(5);
/// The whole history, page by page.
const HISTORY_MAX: Duration = Duration::from_secs(60);

/// What the window that hosts the widget tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Word {
    /// The page around the frame runs and listens.
    Opened,
    /// The window is gone.
    Closed,
    /// A message of the frame, as JSON. Its sender was checked by the page.
    Message(String),
    /// The address at which a sign-in in the browser ended.
    SignedInAt(String),
}

/// What is to be done beside the events.
#[derive(Clone, Debug, PartialEq)]
pub enum Aside {
    /// The frame is to show this address.
    Load(WidgetAddress),
    /// A message to the frame.
    Post(Value),
    /// The widget asks; answered by [`Embeddable::answer_to`].
    Asked(Asked),
    /// The region that the user's numbers are meant in.
    Region(Region),
    /// A sign-in page, checked, to be opened in the browser.
    SignIn(String),
}

/// What the link is asked to do.
#[derive(Debug)]
enum Order {
    Dial(String),
    Answer(String),
    HangUp(String),
    History { since: Timestamp, calls: oneshot::Sender<Result<Vec<RecentCall>, Error>> },
}

/// What comes to the link.
#[derive(Debug)]
enum Input {
    Word(Word),
    Post(Value),
    Order(Order, oneshot::Sender<Result<(), Error>>),
}

/// The widget as a softphone.
#[derive(Debug)]
pub struct Embeddable {
    id: SourceId,
    address: WidgetAddress,
    log_title: String,
    asides: mpsc::UnboundedSender<Aside>,
    /// Set while somebody listens.
    inbox: std::sync::Arc<Mutex<Option<mpsc::Sender<Input>>>>,
}

impl Embeddable {
    /// The widget at this address, and what is to be done beside its events. `log_title` is the
    /// text of the button at a call.
    pub fn new(
        id: SourceId,
        address: WidgetAddress,
        log_title: String,
    ) -> (Self, mpsc::UnboundedReceiver<Aside>) {
        let (asides, done) = mpsc::unbounded_channel();
        (Self { id, address, log_title, asides, inbox: std::sync::Arc::default() }, done)
    }

    /// Where the widget is.
    pub fn address(&self) -> &WidgetAddress {
        &self.address
    }

    /// Takes in what the window tells. Never blocks; what is too much is dropped.
    pub fn hear(&self, word: Word) {
        if self.put(Input::Word(word)).is_err() {
            tracing::debug!(source = %self.id, "a word of the widget was dropped");
        }
    }

    /// Answers a question of the widget.
    pub fn answer_to(&self, asked: &Asked, answer: &Answer) {
        self.post(question::response(asked, answer));
    }

    /// The widget is to ask again who has these numbers, given in E.164.
    pub fn match_again(&self, numbers: &[String]) {
        let kind = "rc-adapter-trigger-contact-match";
        self.post(serde_json::json!({ "type": kind, "phoneNumbers": numbers }));
    }

    /// The widget is to ask again which of these calls are logged, given by any of their ids.
    pub fn match_logs_again(&self, ids: &[String]) {
        let kind = "rc-adapter-trigger-call-logger-match";
        self.post(serde_json::json!({ "type": kind, "sessionIds": ids }));
    }

    fn post(&self, message: Value) {
        // Without a link there is no page either.
        let _ = self.put(Input::Post(message));
    }

    fn put(&self, input: Input) -> Result<(), Error> {
        let inbox = self.inbox.lock().unwrap_or_else(PoisonError::into_inner);
        let inbox = inbox.as_ref().ok_or(Error::NotConnected)?;
        inbox.try_send(input).map_err(|_| Error::NotConnected)
    }

    async fn order(&self, order: Order) -> Result<(), Error> {
        let (outcome, told) = oneshot::channel();
        self.put(Input::Order(order, outcome))?;
        match tokio::time::timeout(ORDER_MAX, told).await {
            Ok(outcome) => outcome.unwrap_or(Err(Error::NotConnected)),
            Err(_) => Err(Error::Timeout),
        }
    }
}

#[async_trait]
impl Softphone for Embeddable {
    fn id(&self) -> &SourceId {
        &self.id
    }

    fn capabilities(&self) -> Capabilities {
        Capabilities { dial: true, answer: true, hang_up: true, history: true }
    }

    fn events(&self) -> BoxStream<'static, SourceEvent> {
        let (inbox, words) = mpsc::channel(INBOX);
        *self.inbox.lock().unwrap_or_else(PoisonError::into_inner) = Some(inbox);
        let (out, events) = mpsc::channel(QUEUE);
        let link = link::Link::new(
            self.id.clone(),
            self.address.clone(),
            question::registration(&self.log_title),
            self.asides.clone(),
            out.clone(),
        );
        // Spawned at the first poll, which is within a runtime.
        stream::once(async move {
            tokio::spawn(async move {
                tokio::select! {
                    () = out.closed() => {}
                    () = link.run(words) => {}
                }
            });
            ReceiverStream::new(events)
        })
        .flatten()
        .boxed()
    }

    /// Calls that the widget has in its history and that are not logged yet, newest first.
    async fn recent_calls(&self, since: Timestamp) -> Result<Vec<RecentCall>, Error> {
        let (calls, told) = oneshot::channel();
        self.order(Order::History { since, calls }).await?;
        match tokio::time::timeout(HISTORY_MAX, told).await {
            Ok(calls) => calls.unwrap_or(Err(Error::NotConnected)),
            Err(_) => Err(Error::Timeout),
        }
    }

    /// Opens the widget's dialler and calls. The widget does so only while it is signed in and has
    /// no call, and does not say whether it did.
    async fn dial(&self, number: &str) -> Result<(), Error> {
        if number.is_empty()
            || number.len() > crate::field::ID_MAX
            || number.contains(char::is_control)
        {
            return Err(Error::Refused("not a number".to_owned()));
        }
        self.order(Order::Dial(number.to_owned())).await
    }

    /// Answers in the widget's web phone. A call that rings at other devices alone has to be
    /// answered there.
    async fn answer(&self, key: &str) -> Result<(), Error> {
        self.order(Order::Answer(key.to_owned())).await
    }

    async fn hang_up(&self, key: &str) -> Result<(), Error> {
        self.order(Order::HangUp(key.to_owned())).await
    }
}
