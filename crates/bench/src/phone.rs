//! A softphone at the other end of a TCP stream: it speaks as baresip's `ctrl_tcp` does.

use std::io::{BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::time::{Duration, SystemTime};
use std::{str, thread};

use anyhow::{Context, Result, bail};
use serde_json::{Value, json};

/// How long Ringside may take until it attaches.
const PATIENCE: Duration = Duration::from_secs(60);
/// A command is far shorter.
const FRAME_MAX: usize = 64 * 1024;

/// A softphone that waits to be watched.
pub(crate) struct Phone {
    /// Where it listens.
    pub(crate) address: String,
    attached: Receiver<(TcpStream, SystemTime)>,
    client: Option<TcpStream>,
    calls: u64,
}

/// A call that rings.
pub(crate) struct Ringing {
    event: Value,
    /// When the last byte of the ring was handed to the system.
    pub(crate) at: SystemTime,
}

impl Phone {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let address = listener.local_addr()?.to_string();
        let (found, attached) = channel();
        thread::spawn(move || listen(&listener, &found));
        Ok(Self { address, attached, client: None, calls: 0 })
    }

    /// Waits until Ringside has attached; when it did.
    pub(crate) fn wait(&mut self) -> Result<SystemTime> {
        let attached = self.attached.recv_timeout(PATIENCE);
        let (client, at) = attached.context("Ringside does not attach to the softphone")?;
        self.client = Some(client);
        Ok(at)
    }

    /// Rings with this number.
    pub(crate) fn ring(&mut self, number: &str) -> Result<Ringing> {
        // Whoever attached last is who listens.
        while let Ok((client, _)) = self.attached.try_recv() {
            self.client = Some(client);
        }
        self.calls += 1;
        let uri = format!("sip:{number}@pbx.test;user=phone");
        let event = json!({
            "event": true, "type": "CALL_INCOMING", "class": "call",
            "accountaor": "sip:agent@127.0.0.1", "direction": "incoming",
            "peeruri": uri, "id": format!("bench-{}@pbx.test", self.calls), "param": uri,
        });
        self.send(&event)?;
        Ok(Ringing { event, at: SystemTime::now() })
    }

    /// Ends a call that rings.
    pub(crate) fn end(&mut self, call: Ringing) -> Result<()> {
        let mut event = call.event;
        event["type"] = json!("CALL_CLOSED");
        event["param"] = json!("Connection reset by peer");
        self.send(&event)
    }

    fn send(&mut self, event: &Value) -> Result<()> {
        let client = self.client.as_mut().context("nobody is attached")?;
        write_frame(client, event)
    }
}

fn listen(listener: &TcpListener, found: &Sender<(TcpStream, SystemTime)>) {
    for client in listener.incoming().flatten() {
        let at = SystemTime::now();
        let Ok(commands) = client.try_clone() else { continue };
        let Ok(answers) = client.try_clone() else { continue };
        if client.set_nodelay(true).is_err() || found.send((client, at)).is_err() {
            return;
        }
        // A client that goes away ends it.
        thread::spawn(move || answer(commands, answers));
    }
}

/// Answers commands as a softphone without calls does.
fn answer(commands: TcpStream, mut answers: TcpStream) -> Result<()> {
    let mut commands = BufReader::new(commands);
    loop {
        let command: Value = serde_json::from_slice(&read_frame(&mut commands)?)?;
        let data = match command["command"].as_str() {
            Some("listcalls") => "\n--- Active calls (0) ---\n\n",
            Some("callstat") => "\n(no active calls)\n",
            _ => "",
        };
        let token = &command["token"];
        let answer = json!({ "response": true, "ok": true, "data": data, "token": token });
        write_frame(&mut answers, &answer)?;
    }
}

/// A netstring: `LENGTH:BODY,`.
fn write_frame(to: &mut TcpStream, body: &Value) -> Result<()> {
    let body = body.to_string();
    Ok(to.write_all(format!("{}:{body},", body.len()).as_bytes())?)
}

fn read_frame(from: &mut impl Read) -> Result<Vec<u8>> {
    let mut digits = Vec::new();
    loop {
        let mut byte = [0];
        from.read_exact(&mut byte)?;
        match byte[0] {
            b':' => break,
            digit if digits.len() < 8 => digits.push(digit),
            _ => bail!("not a netstring"),
        }
    }
    let length: usize = str::from_utf8(&digits)?.parse()?;
    if length > FRAME_MAX {
        bail!("a frame of {length} bytes");
    }
    let mut body = vec![0; length + 1];
    from.read_exact(&mut body)?;
    body.pop();
    Ok(body)
}
