//! How a face talks to the engine it lives in.

use ringside_domain::SourceId;
use ringside_protocol::{Command, Envelope, ErrorCode, Fault, Reply};
use ringside_softphone::embeddable::Word;
use ringside_softphone::recording::Listener;
use tokio::sync::{broadcast, mpsc, oneshot};

use crate::controller::Tick;

/// A handle to the engine. Clones are cheap.
#[derive(Clone, Debug)]
pub struct Handle {
    pub(crate) ticks: mpsc::UnboundedSender<Tick>,
    pub(crate) events: broadcast::Sender<Envelope>,
}

impl Handle {
    /// Sends a command and waits for its reply.
    ///
    /// # Errors
    /// The engine's fault, or [`ErrorCode::NotRunning`] if it has ended.
    pub async fn send(&self, command: Command) -> Result<Reply, Fault> {
        let (reply, answer) = oneshot::channel();
        self.ticks
            .send(Tick::Command { command: Box::new(command), reply })
            .map_err(|_| Fault::new(ErrorCode::NotRunning))?;
        answer.await.map_err(|_| Fault::new(ErrorCode::NotRunning))?
    }

    /// The raw messages of a softphone from now on.
    pub(crate) async fn listen_in(&self, softphone: SourceId) -> Result<Listener, Fault> {
        let (reply, answer) = oneshot::channel();
        let listen: Tick = Tick::Then(Box::new(move |controller| {
            // Who asked may be gone.
            let _ = reply.send(controller.listen_in(&softphone));
        }));
        self.ticks.send(listen).map_err(|_| Fault::new(ErrorCode::NotRunning))?;
        answer.await.map_err(|_| Fault::new(ErrorCode::NotRunning))?
    }

    /// What the window of a softphone's page tells. Nobody waits for it.
    pub fn widget(&self, word: Word) {
        // Has the engine ended, nobody listens.
        let _ = self.ticks.send(Tick::Widget(word));
    }

    /// Everything that happens from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Envelope> {
        self.events.subscribe()
    }
}
