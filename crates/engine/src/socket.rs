//! The local socket of a profile: how every other process talks to the one that owns it.
//!
//! The folder is 0700, the peer's user is checked, frames are bounded, and both ends say which
//! version they speak before anything else. No answer carries a secret.

mod client;
mod hand_over;
#[cfg(unix)]
#[path = "socket/unix.rs"]
mod os;

use futures::{SinkExt, StreamExt};
use ringside_protocol::{Command, Envelope, Fault, Reply, VERSION};
use ringside_softphone::recording::Listener;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::broadcast;
use tokio::task::JoinHandle;
use tokio_util::bytes::Bytes;
use tokio_util::codec::{Framed, LengthDelimitedCodec};

pub use client::{Client, ConnectError};
pub use hand_over::hand_over;

use crate::{Handle, Home};

/// Longest frame, in bytes: a CSV import is the largest thing that travels.
const FRAME_MAX: usize = 16 * 1024 * 1024;

/// The first frame of each end.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
struct Hello {
    version: u32,
}

/// What a client sends after its hello.
#[derive(Debug, Serialize, Deserialize)]
struct Request {
    command: Command,
}

/// What the owner sends after its hello.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[allow(clippy::large_enum_variant, reason = "frames are made once and sent once")]
enum Response {
    Reply {
        result: Result<Reply, Fault>,
    },
    Event {
        event: Envelope,
    },
    /// A line of a recording.
    Raw {
        line: String,
    },
}

type Frames<S> = Framed<S, LengthDelimitedCodec>;

fn frames<S: AsyncRead + AsyncWrite>(stream: S) -> Frames<S> {
    let codec = LengthDelimitedCodec::builder().max_frame_length(FRAME_MAX).new_codec();
    Framed::new(stream, codec)
}

async fn write<S, T>(frames: &mut Frames<S>, value: &T) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: Serialize,
{
    let bytes = serde_json::to_vec(value).map_err(std::io::Error::other)?;
    frames.send(Bytes::from(bytes)).await
}

async fn read<S, T>(frames: &mut Frames<S>) -> std::io::Result<Option<T>>
where
    S: AsyncRead + AsyncWrite + Unpin,
    T: DeserializeOwned,
{
    match frames.next().await {
        Some(frame) => serde_json::from_slice(&frame?).map(Some).map_err(std::io::Error::other),
        None => Ok(None),
    }
}

/// Opens the socket and serves it until aborted.
pub(crate) fn serve(home: &Home, handle: Handle) -> std::io::Result<JoinHandle<()>> {
    let listener = os::listen(home)?;
    Ok(tokio::spawn(async move {
        loop {
            match os::accept(&listener).await {
                Ok(Some(stream)) => {
                    let handle = handle.clone();
                    tokio::spawn(async move {
                        if let Err(error) = converse(stream, handle).await {
                            tracing::debug!(%error, "a local client went away");
                        }
                    });
                }
                Ok(None) => {}
                Err(error) => {
                    tracing::warn!(%error, "the local socket failed");
                    tokio::time::sleep(std::time::Duration::from_millis(200)).await;
                }
            }
        }
    }))
}

async fn converse<S>(stream: S, handle: Handle) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut frames = frames(stream);
    // Who hands over a report may be gone already, and is heard all the same.
    let _ = write(&mut frames, &Hello { version: VERSION }).await;
    let Some(Hello { version }) = read(&mut frames).await? else { return Ok(()) };
    if version != VERSION {
        // Both ends have said who they are; the client tells its user.
        return Ok(());
    }
    while let Some(Request { command }) = read(&mut frames).await? {
        if matches!(command, Command::Watch) {
            let events = handle.subscribe();
            write(&mut frames, &Response::Reply { result: Ok(Reply::Done) }).await?;
            return watch(frames, events).await;
        }
        if let Command::SoftphoneRecord { softphone } = command {
            let (result, listener) = match handle.listen_in(softphone).await {
                Ok(listener) => (Ok(Reply::Done), Some(listener)),
                Err(fault) => (Err(fault), None),
            };
            write(&mut frames, &Response::Reply { result }).await?;
            match listener {
                Some(listener) => return record(frames, listener).await,
                None => continue,
            }
        }
        let result = handle.send(command).await;
        write(&mut frames, &Response::Reply { result }).await?;
    }
    Ok(())
}

async fn record<S>(mut frames: Frames<S>, mut listener: Listener) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        tokio::select! {
            raw = listener.next() => match raw {
                Some(raw) => write(&mut frames, &Response::Raw { line: raw.line() }).await?,
                None => return Ok(()),
            },
            // Nothing more is asked here: it is the end of the connection.
            _ = frames.next() => return Ok(()),
        }
    }
}

async fn watch<S>(
    mut frames: Frames<S>,
    mut events: broadcast::Receiver<Envelope>,
) -> std::io::Result<()>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    loop {
        match events.recv().await {
            Ok(event) => write(&mut frames, &Response::Event { event }).await?,
            // A slow watcher loses the oldest events; snapshots make up for them.
            Err(broadcast::error::RecvError::Lagged(_)) => {}
            Err(broadcast::error::RecvError::Closed) => return Ok(()),
        }
    }
}
