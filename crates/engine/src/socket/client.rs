//! The other end: a process that does not own the profile.

use ringside_protocol::{Command, Envelope, ErrorCode, Fault, Reply, VERSION};

use super::{Frames, Hello, Request, Response, frames, os, read, write};
use crate::Home;

/// A conversation with the process that owns a profile.
#[derive(Debug)]
pub struct Client {
    frames: Frames<os::Stream>,
}

/// Why there is no conversation.
#[derive(Debug, thiserror::Error)]
pub enum ConnectError {
    /// Nobody runs this profile.
    #[error("nobody runs this profile")]
    NotRunning,
    /// The two ends speak different versions.
    #[error("the running Ringside speaks version {theirs}, this one {VERSION}")]
    Version {
        /// The owner's version.
        theirs: u32,
    },
    /// The socket failed.
    #[error("{0}")]
    Io(#[from] std::io::Error),
}

impl ConnectError {
    pub(super) fn from_connect(error: std::io::Error) -> Self {
        match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::ConnectionRefused => {
                Self::NotRunning
            }
            _ => Self::Io(error),
        }
    }
}

impl Client {
    /// Connects to the owner of a profile.
    ///
    /// # Errors
    /// [`ConnectError::NotRunning`] if nobody listens.
    pub async fn connect(home: &Home) -> Result<Self, ConnectError> {
        let stream = os::connect(home).await.map_err(ConnectError::from_connect)?;
        let mut frames = frames(stream);
        write(&mut frames, &Hello { version: VERSION }).await?;
        let Some(Hello { version }) = read(&mut frames).await? else {
            return Err(ConnectError::NotRunning);
        };
        if version != VERSION {
            return Err(ConnectError::Version { theirs: version });
        }
        Ok(Self { frames })
    }

    /// Sends a command and waits for its reply.
    ///
    /// # Errors
    /// The engine's fault, or [`ErrorCode::NotRunning`] if it went away.
    pub async fn send(&mut self, command: Command) -> Result<Reply, Fault> {
        let gone = |_| Fault::new(ErrorCode::NotRunning);
        write(&mut self.frames, &Request { command }).await.map_err(gone)?;
        loop {
            match read(&mut self.frames).await.map_err(gone)? {
                Some(Response::Reply { result }) => return result,
                Some(Response::Event { .. } | Response::Raw { .. }) => {}
                None => return Err(Fault::new(ErrorCode::NotRunning)),
            }
        }
    }

    /// The next event, after [`Command::Watch`]; `None` once the owner has ended.
    pub async fn event(&mut self) -> Option<Envelope> {
        loop {
            match read(&mut self.frames).await.ok()?? {
                Response::Event { event } => return Some(event),
                Response::Reply { .. } | Response::Raw { .. } => {}
            }
        }
    }

    /// The next line of a recording, after [`Command::SoftphoneRecord`]; `None` once the owner has
    /// ended.
    pub async fn raw(&mut self) -> Option<String> {
        loop {
            match read(&mut self.frames).await.ok()?? {
                Response::Raw { line } => return Some(line),
                Response::Reply { .. } | Response::Event { .. } => {}
            }
        }
    }
}
