//! The link to the page: takes words in, keeps the calls, and says how it is doing.

use std::time::Duration;

use jiff::Timestamp;
use ringside_domain::{
    CallEvent, CallState, Health, HealthState, LinkFault, SourceEvent, SourceId,
};
use serde_json::{Value, json};
use tokio::sync::{mpsc, oneshot};
use tokio::time::{Instant, sleep_until};
use uuid::Uuid;

use super::calls::Calls;
use super::message::{self, Message};
use super::{Aside, Input, Order, WidgetAddress, Word, past};
use crate::{Error, RecentCall, clock};

/// After the sign-in the widget tells of its calls within this time; what it has not told of by
/// then is over.
const SETTLE: Duration = Duration::from_secs(5);
/// How often the web phone is asked for its calls while it has one.
const SYNC: Duration = Duration::from_secs(30);
/// A page that loads but says nothing for this long is not the widget, or cannot be reached.
const SILENCE: Duration = Duration::from_secs(45);
/// Pages of the history, each of a hundred calls.
const PAGES_MAX: u32 = 10;

/// See the module.
#[derive(Debug)]
pub(super) struct Link {
    id: SourceId,
    address: WidgetAddress,
    registration: Value,
    asides: mpsc::UnboundedSender<Aside>,
    out: mpsc::Sender<SourceEvent>,
    calls: Calls,
    page: Page,
    history: Option<History>,
    next_sync: Option<Instant>,
}

/// How far the page has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Page {
    Closed,
    /// Loading; given up at that time.
    Opened(Instant),
    Silent,
    SignedOut,
    /// Signed in; calls may be old until then.
    Settling(Instant),
    Up,
}

/// A history that is being read.
#[derive(Debug)]
struct History {
    request: String,
    page: u32,
    since: Timestamp,
    calls: Vec<RecentCall>,
    done: oneshot::Sender<Result<Vec<RecentCall>, Error>>,
}

impl Link {
    pub(super) fn new(
        id: SourceId,
        address: WidgetAddress,
        registration: Value,
        asides: mpsc::UnboundedSender<Aside>,
        out: mpsc::Sender<SourceEvent>,
    ) -> Self {
        Self {
            calls: Calls::new(id.clone()),
            id,
            address,
            registration,
            asides,
            out,
            page: Page::Closed,
            history: None,
            next_sync: None,
        }
    }

    /// Serves until nobody speaks any more.
    pub(super) async fn run(mut self, mut inbox: mpsc::Receiver<Input>) {
        self.tell_health().await;
        loop {
            let next = self.next_wake();
            tokio::select! {
                input = inbox.recv() => match input {
                    Some(input) => self.take(input).await,
                    None => return,
                },
                () = sleep_until(next.unwrap_or_else(Instant::now)), if next.is_some() => {
                    self.wake().await;
                }
            }
        }
    }

    fn next_wake(&self) -> Option<Instant> {
        let due =
            self.calls.next_due().map(|at| Instant::now() + at.saturating_sub(clock::now().mono));
        let page = match self.page {
            Page::Opened(at) | Page::Settling(at) => Some(at),
            Page::Closed | Page::Silent | Page::SignedOut | Page::Up => None,
        };
        [due, page, self.next_sync].into_iter().flatten().min()
    }

    async fn wake(&mut self) {
        let (now, moment) = (Instant::now(), clock::now());
        for event in self.calls.due(moment) {
            self.tell(event).await;
        }
        match self.page {
            Page::Opened(at) if at <= now => self.page_is(Page::Silent).await,
            Page::Settling(at) if at <= now => {
                self.page_is(Page::Up).await;
                let live = self.calls.snapshot(moment);
                let source = self.id.clone();
                self.send(SourceEvent::Snapshot { source, live, received: moment }).await;
            }
            _ => {}
        }
        if self.next_sync.is_some_and(|at| at <= now) {
            self.ask_web_phone();
        }
    }

    async fn take(&mut self, input: Input) {
        match input {
            Input::Word(Word::Opened) => {
                self.forget_page();
                self.aside(Aside::Load(self.address.clone()));
                self.page_is(Page::Opened(Instant::now() + SILENCE)).await;
            }
            Input::Word(Word::Closed) => {
                self.forget_page();
                self.page_is(Page::Closed).await;
            }
            Input::Word(Word::Message(json)) if self.page != Page::Closed => {
                if let Some(message) = message::read(&json) {
                    self.message(message).await;
                }
            }
            Input::Word(Word::SignedInAt(address)) => {
                // As documented for pages that open the sign-in by themselves
                // (`docs/integration/authorization.md`). The code in it serves once.
                let kind = "rc-adapter-authorization-code";
                self.post(json!({ "type": kind, "callbackUri": address }));
            }
            Input::Word(Word::Message(_)) => {}
            Input::Post(message) => self.post(message),
            Input::Order(order, outcome) => {
                let _ = outcome.send(self.order(order));
            }
        }
    }

    async fn message(&mut self, message: Message) {
        let now = clock::now();
        match message {
            Message::Call(fact) => {
                let told = self.calls.hear(fact, self.is_late(), now);
                self.plan_sync();
                if let Some(event) = told {
                    self.tell(event).await;
                }
            }
            Message::WebPhoneCalls(facts) => {
                for event in self.calls.web_phone_has(facts, self.is_late(), now) {
                    self.tell(event).await;
                }
                self.plan_sync();
            }
            Message::Presence { idle } => self.calls.presence_is(idle, now),
            Message::SignedIn { signed_in, region } => {
                // Told again whenever the page in the frame was loaded.
                self.post(self.registration.clone());
                region.into_iter().for_each(|region| self.aside(Aside::Region(region)));
                match (signed_in, self.page) {
                    (true, Page::Up | Page::Settling(_)) => {}
                    (true, _) => self.page_is(Page::Settling(Instant::now() + SETTLE)).await,
                    (false, _) => {
                        self.calls.lose_sight();
                        self.page_is(Page::SignedOut).await;
                    }
                }
            }
            Message::Region(region) => self.aside(Aside::Region(region)),
            Message::SignIn(given) => match self.address.sign_in(&given) {
                Some(address) => self.aside(Aside::SignIn(address)),
                None => tracing::warn!(source = %self.id, "a sign-in elsewhere was not opened"),
            },
            Message::WebPhoneUp => self.ask_web_phone(),
            Message::Asked(asked) => self.aside(Aside::Asked(asked)),
            Message::Answer { request, response } => self.history_page(&request, &response),
        }
    }

    fn order(&mut self, order: Order) -> Result<(), Error> {
        if !matches!(self.page, Page::Up | Page::Settling(_)) {
            return Err(Error::NotConnected);
        }
        match order {
            Order::Dial(number) => self.post(json!({
                "type": "rc-adapter-new-call", "phoneNumber": number, "toCall": true,
            })),
            Order::Answer(key) => match self.calls.handle(&key) {
                Ok((handle, CallState::Ringing)) => self.control("answer", handle.to_owned()),
                Ok((_, state)) => return Err(Error::NoSuchCall(Some(state))),
                Err(state) => return Err(Self::elsewhere(state)),
            },
            Order::HangUp(key) => match self.calls.handle(&key) {
                Ok((handle, state)) => {
                    let rings = state == CallState::Ringing;
                    let action =
                        if rings && self.calls.is_inbound(&key) { "reject" } else { "hangup" };
                    self.control(action, handle.to_owned());
                }
                Err(state) => return Err(Self::elsewhere(state)),
            },
            Order::History { since, calls } => {
                let history = History {
                    request: String::new(),
                    page: 0,
                    since,
                    calls: Vec::new(),
                    done: calls,
                };
                self.ask_history(history);
            }
        }
        Ok(())
    }

    fn elsewhere(state: Option<CallState>) -> Error {
        match state {
            Some(CallState::Ringing | CallState::Answered | CallState::Held) => {
                Error::Refused("the call is at another device of the extension".to_owned())
            }
            state => Error::NoSuchCall(state),
        }
    }

    fn control(&self, action: &str, call: String) {
        self.post(
            json!({ "type": "rc-adapter-control-call", "callAction": action, "callId": call }),
        );
    }

    fn ask_history(&mut self, mut history: History) {
        history.page += 1;
        history.request = Uuid::new_v4().to_string();
        self.post(past::request(&history.request, history.page));
        // One at a time: whoever asked before gets what is there.
        if let Some(before) = self.history.replace(history) {
            let _ = before.done.send(Ok(before.calls));
        }
    }

    fn history_page(&mut self, request: &str, response: &Value) {
        let Some(mut history) = self.history.take_if(|history| history.request == request) else {
            return;
        };
        let Some((mut calls, more)) = past::page(response) else {
            let _ = history.done.send(Err(Error::Unsupported));
            return;
        };
        let reached = calls.iter().any(|call| call.started_at < history.since);
        calls.retain(|call| call.started_at >= history.since);
        history.calls.append(&mut calls);
        if more && !reached && history.page < PAGES_MAX {
            return self.ask_history(history);
        }
        history.calls.sort_by_key(|call| std::cmp::Reverse(call.started_at));
        let _ = history.done.send(Ok(history.calls));
    }

    /// The page in the window is another one from here on.
    fn forget_page(&mut self) {
        self.calls.lose_sight();
        self.history = None;
        self.next_sync = None;
    }

    fn is_late(&self) -> bool {
        !matches!(self.page, Page::Up)
    }

    fn plan_sync(&mut self) {
        if !self.calls.web_phone_is_busy() {
            self.next_sync = None;
        } else if self.next_sync.is_none() {
            self.next_sync = Some(Instant::now() + SYNC);
        }
    }

    fn ask_web_phone(&mut self) {
        self.next_sync = None;
        self.plan_sync();
        self.post(json!({ "type": "rc-adapter-webphone-sessions-sync" }));
    }

    async fn page_is(&mut self, page: Page) {
        self.page = page;
        self.tell_health().await;
    }

    async fn tell_health(&self) {
        let (state, fault) = match self.page {
            Page::Closed => (HealthState::Down, Some(LinkFault::NotOpen)),
            Page::Opened(_) => (HealthState::Connecting, None),
            Page::Silent => (HealthState::Down, Some(LinkFault::NoAnswer)),
            Page::SignedOut => (HealthState::Down, Some(LinkFault::SignedOut)),
            Page::Settling(_) | Page::Up => (HealthState::Up, None),
        };
        let health = Health { fault, ..Health::new(self.id.clone(), state) };
        self.send(SourceEvent::Health(health)).await;
    }

    async fn tell(&self, event: CallEvent) {
        self.send(SourceEvent::Call(event)).await;
    }

    async fn send(&self, event: SourceEvent) {
        // Fails only when nobody listens, and then this future is dropped.
        let _ = self.out.send(event).await;
    }

    fn post(&self, message: Value) {
        if self.page != Page::Closed {
            self.aside(Aside::Post(message));
        }
    }

    fn aside(&self, aside: Aside) {
        // Fails only when the engine has ended.
        let _ = self.asides.send(aside);
    }
}

#[cfg(test)]
#[path = "link_tests.rs"]
mod tests;
