//! Ring sources: what we hear of the agent's softphones. One file or folder for each.
//!
//! A source never ends: it reconnects by itself with backoff and reports its own health. After
//! every (re)connect it sends a [`SourceEvent::Snapshot`] of the calls that are live now.

use async_trait::async_trait;
use futures::stream::BoxStream;
use jiff::Timestamp;
use ringside_domain::{CallState, Direction, EndReason, Party, SourceEvent, SourceId};

use crate::recording::Tap;

pub mod ami;
pub mod baresip;
pub mod clock;
pub mod decode;
pub mod dialog_info;
pub mod embeddable;
mod fault;
mod field;
pub mod history;
pub mod inlet;
pub mod jami;
pub mod linphone;
mod outlet;
pub mod recording;
pub mod ringcentral;
pub mod simulated;
mod sip;
pub mod twinkle;

/// What a softphone can do beside telling of calls.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// [`Softphone::dial`] works.
    pub dial: bool,
    /// [`Softphone::answer`] works.
    pub answer: bool,
    /// [`Softphone::hang_up`] works.
    pub hang_up: bool,
    /// [`Softphone::recent_calls`] can know calls.
    pub history: bool,
}

/// A softphone whose calls we watch.
#[async_trait]
pub trait Softphone: Send + Sync {
    /// Under which id its events come.
    fn id(&self) -> &SourceId;

    /// What it can do.
    fn capabilities(&self) -> Capabilities;

    /// The endless stream of what it says. Dropping the stream ends the link. One at a time.
    fn events(&self) -> BoxStream<'static, SourceEvent>;

    /// Where others can listen in on its raw messages, for a recording.
    fn tap(&self) -> Option<&Tap> {
        None
    }

    /// Calls it remembers since then, newest first.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it keeps no history.
    async fn recent_calls(&self, _since: Timestamp) -> Result<Vec<RecentCall>, Error> {
        Err(Error::Unsupported)
    }

    /// Ends its sign-in at the server, when it is removed; nothing where there is none.
    ///
    /// # Errors
    /// [`Error::Refused`] when the server will not, or cannot be reached.
    async fn sign_out(&self) -> Result<(), Error> {
        Ok(())
    }

    /// Calls a number.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it cannot.
    async fn dial(&self, _number: &str) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// Answers the ringing call with this source key.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it cannot.
    async fn answer(&self, _key: &str) -> Result<(), Error> {
        Err(Error::Unsupported)
    }

    /// Ends or declines the call with this source key.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where it cannot.
    async fn hang_up(&self, _key: &str) -> Result<(), Error> {
        Err(Error::Unsupported)
    }
}

/// A call of the past, as a history tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecentCall {
    /// The source's id, or one made from the line it stood in.
    pub key: String,
    /// Other ids by which the source may ask for it.
    pub aliases: Vec<String>,
    /// Seen from the agent.
    pub direction: Direction,
    /// The person outside.
    pub remote: Party,
    /// The agent's line.
    pub local: Party,
    /// Start.
    pub started_at: Timestamp,
    /// Length of the conversation in whole seconds.
    pub duration_s: u64,
    /// How it ended.
    pub result: EndReason,
}

/// What can go wrong with a command to a softphone.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// It cannot do that.
    #[error("this softphone cannot do that")]
    Unsupported,
    /// No link at present.
    #[error("the softphone is not connected")]
    NotConnected,
    /// No live call has that key, or it is in a state that does not allow it.
    #[error("no such call (state {0:?})")]
    NoSuchCall(Option<CallState>),
    /// It said no.
    #[error("the softphone refused: {0}")]
    Refused(String),
    /// It did not answer in time.
    #[error("the softphone did not answer in time")]
    Timeout,
    /// A history file could not be read.
    #[error("line {line}: {reason}")]
    BadHistory {
        /// From 1.
        line: u64,
        /// What is wrong with it.
        reason: String,
    },
}
