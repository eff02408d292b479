//! A softphone that means harm: a `ctrl_tcp` that the test holds in its hand.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::thread;

use anyhow::Result;
use serde_json::{Value, json};

/// The first who attaches gets an attack; whoever comes back, junk in good frames and a ring.
pub(crate) struct HostileSoftphone {
    address: String,
}

impl HostileSoftphone {
    /// Listens. The ring behind the junk has this number and display name.
    pub(crate) fn start(attack: &'static [u8], number: &str, name: &str) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let address = listener.local_addr()?.to_string();
        let ring = json!({
            "event": true, "type": "CALL_INCOMING", "class": "call", "direction": "incoming",
            "accountaor": "sip:agent@127.0.0.1", "id": number, "param": "",
            "peeruri": format!("sip:{number}@127.0.0.1"), "peerdisplayname": name,
        });
        thread::spawn(move || {
            for (n, client) in listener.incoming().map_while(Result::ok).enumerate() {
                // Whatever becomes of the connection, the next one is awaited.
                let _ = if n == 0 {
                    attack_once(client, attack)
                } else {
                    junk_then_ring(client, &ring)
                };
            }
        });
        Ok(Self { address })
    }

    /// `HOST:PORT`.
    pub(crate) fn address(&self) -> &str {
        &self.address
    }
}

fn attack_once(mut client: TcpStream, attack: &[u8]) -> std::io::Result<()> {
    client.write_all(attack)?;
    // Closed for writing only: the other side is to stumble over the bytes, not over a reset.
    client.shutdown(std::net::Shutdown::Write)?;
    while client.read(&mut [0; 1024])? > 0 {}
    Ok(())
}

/// How many commands Ringside asks for its snapshot of the calls.
const SNAPSHOT: u32 = 2;

fn junk_then_ring(mut client: TcpStream, ring: &Value) -> std::io::Result<()> {
    let junk: [&[u8]; 5] =
        [b"\xFF\xFE{\"event\":true}", b"", b"[1,2,3]", b"{\"event\":7}", b"null"];
    let (mut heard, mut answered) = (Vec::new(), 0);
    let mut chunk = [0; 4096];
    loop {
        let n = client.read(&mut chunk)?;
        if n == 0 {
            return Ok(());
        }
        heard.extend_from_slice(&chunk[..n]);
        while let Some(command) = take_frame(&mut heard) {
            let command: Value = serde_json::from_slice(&command)?;
            let empty = match command["command"].as_str() {
                Some("callstat") => "\n(no active calls)\n",
                _ => "\n--- Active calls (0) ---\n\n",
            };
            let answer =
                json!({ "response": true, "ok": true, "data": empty, "token": command["token"] });
            client.write_all(&frame(answer.to_string().as_bytes()))?;
            answered += 1;
            // Behind the snapshot, so that it is not taken for a call that is over.
            if answered == SNAPSHOT {
                for junk in junk {
                    client.write_all(&frame(junk))?;
                }
                client.write_all(&frame(ring.to_string().as_bytes()))?;
            }
        }
    }
}

fn frame(body: &[u8]) -> Vec<u8> {
    let mut frame = format!("{}:", body.len()).into_bytes();
    frame.extend_from_slice(body);
    frame.push(b',');
    frame
}

/// The first whole netstring, taken out of what was heard.
fn take_frame(heard: &mut Vec<u8>) -> Option<Vec<u8>> {
    let colon = heard.iter().position(|byte| *byte == b':')?;
    let length: usize = std::str::from_utf8(&heard[..colon]).ok()?.parse().ok()?;
    let body = heard.get(colon + 1..colon + 1 + length)?.to_vec();
    heard.drain(..(colon + length + 2).min(heard.len()));
    Some(body)
}
