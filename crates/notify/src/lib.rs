//! Native notifications. The only crate that knows the notification bus.
//!
//! Every call to the daemon has a deadline, since a hung one never answers. One notification for
//! each call: shown, replaced in place, closed at the end.

mod board;
mod text;

#[cfg(target_os = "linux")]
#[path = "linux.rs"]
mod daemon;
#[cfg(not(target_os = "linux"))]
#[path = "other.rs"]
mod daemon;

use std::sync::Arc;

use tokio::sync::mpsc;

use board::{Board, Order};
use daemon::Bus;

/// What a notification says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Which one: notices with the same key replace each other.
    pub key: String,
    /// First line; plain text.
    pub summary: String,
    /// More lines; plain text, escaped here where the daemon reads markup.
    pub body: String,
    /// Buttons: an opaque id that comes back, and the label.
    pub actions: Vec<(String, String)>,
    /// Makes itself heard: a ring. Else it is an update in place.
    pub alert: bool,
}

/// What a person did with a notification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Response {
    /// Clicked the notification itself.
    Opened {
        /// Which.
        key: String,
    },
    /// Pressed a button.
    Action {
        /// Which notification.
        key: String,
        /// The id of the action.
        action: String,
    },
    /// Dismissed it, or it expired, or the daemon took it away after a press. Not told of what
    /// [`Notifier::close`] closed.
    Closed {
        /// Which.
        key: String,
    },
}

/// How notifications are doing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State {
    /// They work, with what the daemon calls itself.
    Up {
        /// Name and version of the daemon.
        daemon: String,
        /// It can show buttons.
        actions: bool,
    },
    /// There is no daemon, no bus, or it does not answer.
    Down {
        /// In the system's words.
        reason: String,
    },
}

/// A handle to the notifications. Clones share one task. No call blocks.
///
/// A call's notification (`alert`) stays until it is closed or put away; its updates are silent
/// and change nothing about that. What a person has put away is not brought back by an update,
/// only by the next alert. A daemon that hangs, dies or comes later holds up nobody.
#[derive(Clone)]
pub struct Notifier {
    orders: mpsc::UnboundedSender<Order>,
    bus: Arc<Bus>,
}

impl std::fmt::Debug for Notifier {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Notifier").finish_non_exhaustive()
    }
}

impl Notifier {
    /// Starts the task; responses come over the receiver. Must be called in a tokio runtime.
    /// Connects at once, so that the first ring does not have to.
    pub fn start(app_name: &str) -> (Self, mpsc::UnboundedReceiver<Response>) {
        let (events_in, events) = mpsc::unbounded_channel();
        let (orders, orders_out) = mpsc::unbounded_channel();
        let (responses_in, responses) = mpsc::unbounded_channel();
        let bus = Arc::new(Bus::new(app_name, events_in));
        tokio::spawn(Board::new(bus.clone(), responses_in).run(orders_out, events));
        let notifier = Self { orders, bus };
        let warm = notifier.clone();
        tokio::spawn(async move {
            let state = warm.state().await;
            tracing::info!(?state, "notifications");
        });
        (notifier, responses)
    }

    /// Shows a notice, or replaces the one with the same key. Only the latest of each key is sent.
    pub fn show(&self, notice: Notice) {
        // The task lives for as long as a handle does.
        let _ = self.orders.send(Order::Show(notice));
    }

    /// Closes the notice with this key.
    pub fn close(&self, key: &str) {
        let _ = self.orders.send(Order::Close(key.into()));
    }

    /// Asks the daemon who it is, within a second.
    pub async fn state(&self) -> State {
        self.bus.state().await
    }
}
