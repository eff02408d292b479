//! macOS and Windows: shown, but neither replaced nor taken off the screen, and without buttons.

use tokio::sync::mpsc;

use crate::board::Event;
use crate::{Notice, State, text};

/// A notification on the screen. The system tells no more of it.
#[derive(Clone)]
pub(crate) struct Shown;

impl Shown {
    pub(crate) fn is(&self, _sender: &str, _id: u32) -> bool {
        false
    }
}

pub(crate) struct Bus {
    app_name: String,
    /// Kept so that the other end goes on waiting; nothing comes from these systems.
    _events: mpsc::UnboundedSender<Event>,
}

impl Bus {
    pub(crate) fn new(app_name: &str, events: mpsc::UnboundedSender<Event>) -> Self {
        Self { app_name: app_name.into(), _events: events }
    }

    pub(crate) async fn state(&self) -> State {
        State::Up { daemon: std::env::consts::OS.into(), actions: false }
    }

    pub(crate) async fn show(
        &self,
        notice: &Notice,
        _rings: bool,
        before: Option<Shown>,
    ) -> Option<Shown> {
        if before.is_some() && !notice.alert {
            // It could not be replaced: each update would stand beside the ring.
            return before;
        }
        let mut notification = notify_rust::Notification::new();
        notification
            .appname(&self.app_name)
            .summary(&text::line(&notice.summary, text::SUMMARY))
            .body(&text::body(&notice.body, false));
        let shown = tokio::task::spawn_blocking(move || notification.show().map(drop)).await;
        match shown {
            Ok(Ok(())) => return Some(Shown),
            Ok(Err(error)) => tracing::warn!(%error, "notification not shown"),
            Err(error) => tracing::warn!(%error, "notification not shown"),
        }
        None
    }

    pub(crate) async fn close(&self, _shown: Shown) {}
}
