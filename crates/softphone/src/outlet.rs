//! Where a source without a link of its own puts its events.

use std::sync::{Mutex, PoisonError};

use futures::StreamExt;
use futures::stream::BoxStream;
use ringside_domain::{CallEvent, Health, SourceEvent};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::clock;

/// Events that the engine has not taken yet. What comes on top of that is junk, and dropped.
const QUEUE: usize = 1024;

#[derive(Debug, Default)]
pub(crate) struct Outlet(Mutex<Option<mpsc::Sender<SourceEvent>>>);

impl Outlet {
    /// A fresh stream, which begins with the calls that live now and the state of the link. It takes the place of any before.
    pub(crate) fn open(
        &self,
        health: Health,
        live: Vec<CallEvent>,
    ) -> BoxStream<'static, SourceEvent> {
        let (out, events) = mpsc::channel(QUEUE);
        let source = health.source.clone();
        // An empty queue has room for these two.
        let _ = out.try_send(SourceEvent::Snapshot { source, live, received: clock::now() });
        let _ = out.try_send(SourceEvent::Health(health));
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(out);
        ReceiverStream::new(events).boxed()
    }

    /// Tells an event. Returns whether somebody listens and there was room.
    pub(crate) fn tell(&self, event: CallEvent) -> bool {
        self.put(SourceEvent::Call(event))
    }

    /// Tells how the link is.
    pub(crate) fn tell_health(&self, health: Health) {
        self.put(SourceEvent::Health(health));
    }

    fn put(&self, event: SourceEvent) -> bool {
        let out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        out.as_ref().is_some_and(|out| out.try_send(event).is_ok())
    }
}
