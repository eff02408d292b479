//! A server, and the source that listens to it.

use std::sync::Arc;
use std::time::Duration;

use fake_ringcentral::{CLIENT_ID, Order, Server, State};
use futures::StreamExt;
use futures::stream::BoxStream;
use ringside_domain::{CallEvent, EndReason, Health, HealthState, Phase, SourceEvent, SourceId};
use ringside_softphone::Softphone;
use ringside_softphone::ringcentral::{RingCentral, Timing};
use ringside_web::credentials::{KeepNothing, OAuthClient, OAuthTokens};
use serde_json::{Value, json};
use tokio::time::{sleep, timeout};

/// Longer than anything here takes on a slow machine.
const PATIENCE: Duration = Duration::from_secs(30);

pub(crate) async fn server() -> Server {
    Server::start(([127, 0, 0, 1], 0).into()).await.unwrap()
}

pub(crate) fn quick() -> Timing {
    Timing {
        silence: Duration::from_secs(20),
        patience: Duration::from_secs(5),
        call_log: Duration::from_millis(100),
        retry: (Duration::from_millis(20), Duration::from_millis(200)),
    }
}

pub(crate) fn tokens(url: &str, (access, refresh): (String, String)) -> OAuthTokens {
    let at = |what: &str| format!("{url}/restapi/oauth/{what}").parse().unwrap();
    OAuthTokens {
        client: OAuthClient { id: CLIENT_ID.into(), secret: None },
        token_url: at("token"),
        revoke_url: Some(at("revoke")),
        access: access.into(),
        refresh: Some(refresh.into()),
        expires_at: None,
        api_url: None,
        scopes: Vec::new(),
    }
}

pub(crate) fn phone(server: &Server, timing: Timing) -> RingCentral {
    at(&server.url, server.grant(), timing)
}

pub(crate) fn at(url: &str, granted: (String, String), timing: Timing) -> RingCentral {
    let id = SourceId::new("ringcentral");
    let tokens = Some(tokens(url, granted));
    let keeper = Arc::new(KeepNothing);
    RingCentral::new(id, url, CLIENT_ID, tokens, keeper).unwrap().timed(timing)
}

/// What the source says.
pub(crate) struct Heard(BoxStream<'static, SourceEvent>);

impl Heard {
    pub(crate) fn of(phone: &RingCentral) -> Self {
        Self(phone.events())
    }

    /// A source of this server, once it is up.
    pub(crate) async fn up(server: &Server) -> Self {
        let mut heard = Self::of(&phone(server, quick()));
        heard.until_up().await;
        heard
    }

    pub(crate) async fn next(&mut self) -> SourceEvent {
        timeout(PATIENCE, self.0.next()).await.expect("in time").expect("it never ends")
    }

    pub(crate) async fn until_up(&mut self) {
        while self.health().await.state != HealthState::Up {}
    }

    pub(crate) async fn health(&mut self) -> Health {
        loop {
            if let SourceEvent::Health(health) = self.next().await {
                return health;
            }
        }
    }

    /// The next state that is not of trying.
    pub(crate) async fn outcome(&mut self) -> Health {
        loop {
            let health = self.health().await;
            if health.state != HealthState::Connecting {
                return health;
            }
        }
    }

    pub(crate) async fn snapshot(&mut self) -> Vec<CallEvent> {
        loop {
            if let SourceEvent::Snapshot { live, .. } = self.next().await {
                return live;
            }
        }
    }

    pub(crate) async fn call(&mut self) -> CallEvent {
        loop {
            if let SourceEvent::Call(call) = self.next().await {
                return call;
            }
        }
    }

    /// Phases until the call is over.
    pub(crate) async fn end(&mut self) -> (Vec<Phase>, EndReason) {
        let mut phases = Vec::new();
        loop {
            match self.call().await.phase {
                Phase::Ended(reason) => return (phases, reason),
                phase => phases.push(phase),
            }
        }
    }
}

/// A message about the agent's party of session `s-1`.
pub(crate) fn party(sequence: u64, code: &str) -> Order {
    with(sequence, code, json!({}))
}

pub(crate) fn with(sequence: u64, code: &str, more: Value) -> Order {
    let (session, party) = ("s-1".to_owned(), "p-1-2".to_owned());
    Order::Party { session, sequence, party, code: code.to_owned(), more }
}

pub(crate) fn faults(server: &Server, change: impl FnOnce(&mut fake_ringcentral::Faults)) {
    change(&mut server.state().faults);
}

/// Waits until the server holds what is asked.
pub(crate) async fn until(server: &Server, holds: impl Fn(&State) -> bool) {
    let waited = async {
        while !holds(&server.state()) {
            sleep(Duration::from_millis(5)).await;
        }
    };
    timeout(PATIENCE, waited).await.expect("in time");
}

pub(crate) fn asked(server: &Server, what: &str) -> usize {
    server.state().requests.iter().filter(|request| request.what == what).count()
}

pub(crate) fn refused(server: &Server) -> usize {
    server.state().requests.iter().filter(|request| request.status == 429).count()
}
