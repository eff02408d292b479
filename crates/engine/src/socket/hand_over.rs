//! A command for somebody in a hurry: a softphone waits for its hook before it goes on, so nothing
//! here waits for the engine, and there is no runtime to start.

use std::io::{Read, Write};
use std::sync::mpsc;
use std::time::Duration;

use ringside_protocol::{Command, Fault, Reply, VERSION};
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::{ConnectError, FRAME_MAX, Hello, Request, Response, os};
use crate::Home;

/// How long the command itself may take to be handed over: a moment, unless the machine hangs.
const WRITE_MAX: Duration = Duration::from_secs(1);
/// How long an answer is waited for. One that comes later is not heard.
const ANSWER_MAX: Duration = Duration::from_millis(25);

/// Hands a command to whoever runs the profile. Answers with the reply if there is one at once.
///
/// # Errors
/// [`ConnectError::NotRunning`] if nobody listens; [`ConnectError::Io`] if it cannot be written.
pub fn hand_over(
    home: &Home,
    command: Command,
) -> Result<Option<Result<Reply, Fault>>, ConnectError> {
    let file = home.socket_file();
    let (told, steps) = mpsc::channel();
    // Even to connect can take as long as the other side likes. The thread ends with the process.
    let over = |end| Step::Over(Box::new(end));
    std::thread::spawn(move || {
        let mut stream = match os::connect_now(&file) {
            Ok(stream) => stream,
            Err(error) => return told.send(over(Err(ConnectError::from_connect(error)))),
        };
        let sent = frame(&Hello { version: VERSION })
            .and_then(|hello| Ok([hello, frame(&Request { command })?].concat()))
            .and_then(|frames| stream.write_all(&frames));
        if let Err(error) = sent {
            return told.send(over(Err(error.into())));
        }
        told.send(Step::Sent)?;
        told.send(over(answer(&mut stream)))
    });
    match steps.recv_timeout(WRITE_MAX) {
        Ok(Step::Sent) => {}
        Ok(Step::Over(end)) => return *end,
        Err(_) => return Err(std::io::Error::from(std::io::ErrorKind::TimedOut).into()),
    }
    match steps.recv_timeout(ANSWER_MAX) {
        Ok(Step::Over(end)) => *end,
        Ok(Step::Sent) | Err(_) => Ok(None),
    }
}

/// What the other side said, if it said it in time.
type End = Result<Option<Result<Reply, Fault>>, ConnectError>;

/// How far it has come.
enum Step {
    Sent,
    Over(Box<End>),
}

fn answer(stream: &mut impl Read) -> End {
    let Hello { version } = read(stream)?;
    if version != VERSION {
        return Err(ConnectError::Version { theirs: version });
    }
    match read(stream)? {
        Response::Reply { result } => Ok(Some(result)),
        Response::Event { .. } | Response::Raw { .. } => Ok(None),
    }
}

/// As the codec of the other end has it: the length in four bytes, then JSON.
fn frame(value: &impl Serialize) -> std::io::Result<Vec<u8>> {
    let body = serde_json::to_vec(value).map_err(std::io::Error::other)?;
    let length = u32::try_from(body.len()).map_err(std::io::Error::other)?;
    Ok([&length.to_be_bytes()[..], &body].concat())
}

fn read<T: DeserializeOwned>(stream: &mut impl Read) -> std::io::Result<T> {
    let mut length = [0; 4];
    stream.read_exact(&mut length)?;
    let length = usize::try_from(u32::from_be_bytes(length)).unwrap_or(usize::MAX);
    if length > FRAME_MAX {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body)?;
    serde_json::from_slice(&body).map_err(std::io::Error::other)
}
