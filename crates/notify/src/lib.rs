//! Native notifications. The only crate that knows the notification bus.
//!
//! Every call to the daemon has a deadline, since a hung one never answers. One notification for
//! each call: shown, replaced in place, closed at the end.

use tokio::sync::mpsc;

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
    /// Dismissed it, or it expired.
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
#[derive(Clone, Debug)]
pub struct Notifier {}

#[allow(unused_variables, clippy::unused_async, clippy::unimplemented, reason = "being built")]
impl Notifier {
    /// Starts the task; responses come over the receiver. Must be called in a tokio runtime.
    pub fn start(app_name: &str) -> (Self, mpsc::UnboundedReceiver<Response>) {
        unimplemented!()
    }

    /// Shows a notice, or replaces the one with the same key. Only the latest of each key is sent.
    pub fn show(&self, notice: Notice) {
        unimplemented!()
    }

    /// Closes the notice with this key.
    pub fn close(&self, key: &str) {
        unimplemented!()
    }

    /// Asks the daemon who it is, within a deadline.
    pub async fn state(&self) -> State {
        unimplemented!()
    }
}
