//! Desktop Notifications over the session bus.
//!
//! <https://specifications.freedesktop.org/notification-spec/latest/>; straight over zbus, since
//! `notify-rust` opens a connection for each notification, loses replies that come before it
//! listens, and believes whoever answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio::time::timeout;
use zbus::message::Type;
use zbus::names::OwnedUniqueName;
use zbus::zvariant::DynamicType;
use zbus::{Connection, MatchRule, Message, MessageStream, Variant};

use crate::board::{Event, What};
use crate::{Notice, State, text};

const NAME: &str = "org.freedesktop.Notifications";
const PATH: &str = "/org/freedesktop/Notifications";

/// For the answer to "who are you".
const STATE_DEADLINE: Duration = Duration::from_secs(1);
/// For a notification to be shown. Long, because a hung daemon that comes back shows what it was
/// told meanwhile, and only its answer says how to take that off the screen again. Nobody waits.
const SHOW_DEADLINE: Duration = Duration::from_secs(120);

/// A notification on the screen.
#[derive(Clone)]
pub(crate) struct Shown {
    daemon: Arc<Daemon>,
    id: u32,
}

impl Shown {
    /// Whether this sender means this notification.
    pub(crate) fn is(&self, sender: &str, id: u32) -> bool {
        self.id == id && self.daemon.owner.as_str() == sender
    }
}

/// A connection to one process that shows notifications.
struct Daemon {
    connection: Connection,
    /// Its own name on the bus, which no other program can take on.
    owner: OwnedUniqueName,
    name: String,
    actions: bool,
    markup: bool,
    listener: JoinHandle<()>,
}

impl Drop for Daemon {
    fn drop(&mut self) {
        self.listener.abort();
    }
}

/// The way to whoever shows notifications now.
pub(crate) struct Bus {
    app_name: String,
    events: mpsc::UnboundedSender<Event>,
    daemon: Mutex<Option<Arc<Daemon>>>,
}

impl Bus {
    pub(crate) fn new(app_name: &str, events: mpsc::UnboundedSender<Event>) -> Self {
        Self { app_name: app_name.into(), events, daemon: Mutex::new(None) }
    }

    pub(crate) async fn state(&self) -> State {
        match timeout(STATE_DEADLINE, self.call("GetServerInformation", |_| ())).await {
            Ok(Ok((daemon, _))) => {
                State::Up { daemon: daemon.name.clone(), actions: daemon.actions }
            }
            Ok(Err(error)) => State::Down { reason: error.to_string() },
            Err(_) => State::Down { reason: format!("no answer within {STATE_DEADLINE:?}") },
        }
    }

    /// Shows a notice in the place of `before`; what is on the screen now. `rings`: it stays
    /// until it is closed.
    pub(crate) async fn show(
        &self,
        notice: &Notice,
        rings: bool,
        before: Option<Shown>,
    ) -> Option<Shown> {
        let show = self.call("Notify", |daemon| {
            // The ids of a daemon that died may be those of somebody else's notifications.
            let replaces = before.as_ref().filter(|shown| Arc::ptr_eq(&shown.daemon, daemon));
            daemon.notification(&self.app_name, notice, rings, replaces)
        });
        match timeout(SHOW_DEADLINE, show).await {
            Ok(Ok((daemon, answer))) => match answer.body().deserialize() {
                Ok(id) => return Some(Shown { daemon, id }),
                Err(error) => tracing::warn!(%error, "notification without an id"),
            },
            Ok(Err(error)) => tracing::debug!(%error, "notification not shown"),
            Err(_) => tracing::warn!("notification not shown in time"),
        }
        None
    }

    pub(crate) async fn close(&self, shown: Shown) {
        let Shown { daemon, id } = shown;
        match timeout(SHOW_DEADLINE, daemon.call("CloseNotification", &(id,))).await {
            Ok(Ok(_)) => {}
            // Usually: it closed by itself a moment ago, or the daemon is gone and all with it.
            Ok(Err(error)) => tracing::debug!(%error, "notification not closed"),
            Err(_) => tracing::debug!("notification not closed in time"),
        }
    }

    /// Calls the daemon; if that one is gone, once more whoever is there now.
    async fn call<B>(
        &self,
        method: &str,
        body: impl Fn(&Arc<Daemon>) -> B + Send + Sync,
    ) -> zbus::Result<(Arc<Daemon>, Message)>
    where
        B: serde::ser::Serialize + DynamicType + Send + Sync,
    {
        let daemon = self.daemon().await?;
        match daemon.call(method, &body(&daemon)).await {
            Ok(answer) => return Ok((daemon, answer)),
            Err(error) if daemon.lives().await => return Err(error),
            Err(_) => self.forget(&daemon).await,
        }
        let daemon = self.daemon().await?;
        let answer = daemon.call(method, &body(&daemon)).await?;
        Ok((daemon, answer))
    }

    /// The caller's deadline ends this too, and makes way for the next caller.
    async fn daemon(&self) -> zbus::Result<Arc<Daemon>> {
        let mut daemon = self.daemon.lock().await;
        if let Some(daemon) = &*daemon {
            return Ok(daemon.clone());
        }
        let connected = Arc::new(Daemon::connect(self.events.clone()).await?);
        Ok(daemon.insert(connected).clone())
    }

    async fn forget(&self, gone: &Arc<Daemon>) {
        self.daemon.lock().await.take_if(|daemon| Arc::ptr_eq(daemon, gone));
    }
}

impl Daemon {
    async fn connect(events: mpsc::UnboundedSender<Event>) -> zbus::Result<Self> {
        let connection = Connection::session().await?;
        // Before the first notification: a reply to it must find us listening.
        let rule =
            MatchRule::builder().msg_type(Type::Signal).path(PATH).interface(NAME).build()?;
        let signals = MessageStream::for_match_rule(rule, &connection, None).await?;
        // The bus starts the daemon for this call, if it has to.
        let hello = call(&connection, NAME, "GetServerInformation", &()).await?;
        let header = hello.header();
        let owner = header.sender().ok_or(zbus::Error::InterfaceNotFound)?.to_owned();
        let (name, _vendor, version, _spec): (String, String, String, String) =
            hello.body().deserialize()?;
        let capabilities = call(&connection, owner.as_str(), "GetCapabilities", &()).await?;
        let capabilities: Vec<String> = capabilities.body().deserialize()?;
        let can = |capability: &str| capabilities.iter().any(|known| known == capability);
        let (actions, markup) = (can("actions"), can("body-markup"));
        let owner = OwnedUniqueName::from(owner);
        let listener = tokio::spawn(listen(signals, owner.clone(), events));
        let name = text::line(&format!("{name} {version}"), text::LABEL);
        Ok(Self { connection, owner, name, actions, markup, listener })
    }

    /// Whether it is still on the bus: a refusal is not a death.
    async fn lives(&self) -> bool {
        let (bus, path, owner) =
            ("org.freedesktop.DBus", "/org/freedesktop/DBus", self.owner.as_str());
        let asked = self.connection.call_method(Some(bus), path, Some(bus), "NameHasOwner", &owner);
        asked.await.is_ok_and(|answer| answer.body().deserialize().unwrap_or(false))
    }

    async fn call<B>(&self, method: &str, body: &B) -> zbus::Result<Message>
    where
        B: serde::ser::Serialize + DynamicType + Sync,
    {
        call(&self.connection, self.owner.as_str(), method, body).await
    }

    /// The body of `Notify`.
    fn notification<'a>(
        &self,
        app_name: &'a str,
        notice: &'a Notice,
        rings: bool,
        replaces: Option<&Shown>,
    ) -> impl serde::ser::Serialize + DynamicType + Send + Sync + use<'a> {
        let mut actions = Vec::new();
        if self.actions {
            // A click on the notification itself, which some daemons list as a button too.
            actions.extend(["default".to_owned(), ringside_words::text("notify-show")]);
            for (id, label) in &notice.actions {
                actions.extend([id.clone(), text::line(label, text::LABEL)]);
            }
        }
        let mut hints = HashMap::from([("desktop-entry", Variant::from("ringside"))]);
        if rings {
            // GNOME takes any other urgency off the screen after seconds, and a ring is urgent.
            hints.insert("urgency", Variant::from(2_u8));
            hints.insert("category", Variant::from("call.incoming"));
        }
        if !notice.alert {
            hints.insert("suppress-sound", Variant::from(true));
        }
        // Never, or as the daemon likes; an update must not start a clock.
        let expires: i32 = if rings { 0 } else { -1 };
        (
            app_name,
            replaces.map_or(0, |shown| shown.id),
            "ringside",
            text::line(&notice.summary, text::SUMMARY),
            text::body(&notice.body, self.markup),
            actions,
            hints,
            expires,
        )
    }
}

async fn call<B>(
    connection: &Connection,
    destination: &str,
    method: &str,
    body: &B,
) -> zbus::Result<Message>
where
    B: serde::ser::Serialize + DynamicType + Sync,
{
    connection.call_method(Some(destination), PATH, Some(NAME), method, body).await
}

/// Passes on what the daemon says, until the connection ends.
async fn listen(
    mut signals: MessageStream,
    owner: OwnedUniqueName,
    events: mpsc::UnboundedSender<Event>,
) {
    while let Some(signal) = signals.next().await {
        let Ok(signal) = signal else { continue };
        let header = signal.header();
        if header.sender().is_none_or(|sender| sender.as_str() != owner.as_str()) {
            continue;
        }
        let body = signal.body();
        let event = match header.member().map(|member| member.as_str()) {
            Some("ActionInvoked") => {
                body.deserialize::<(u32, String)>().map(|(id, action)| (id, What::Action(action)))
            }
            Some("NotificationClosed") => {
                body.deserialize::<(u32, u32)>().map(|(id, _reason)| (id, What::Closed))
            }
            _ => continue,
        };
        let Ok((id, what)) = event else { continue };
        if events.send(Event { sender: owner.to_string(), id, what }).is_err() {
            return;
        }
    }
}
