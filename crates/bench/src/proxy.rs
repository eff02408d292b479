//! The network in between: a TCP relay that holds each request back for a while, as the way to a
//! server and back does.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

/// The way there and back, as between an office and a data centre on the same continent.
pub(crate) const NETWORK: Duration = Duration::from_millis(80);

/// Relays to the server of this address, as `http://HOST:PORT`; answers with the relay's own.
pub(crate) fn before(url: &str) -> Result<String> {
    let server = url.strip_prefix("http://").context("not an address of HTTP")?;
    let server: SocketAddr = server.trim_end_matches('/').parse().context("an address")?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let address = listener.local_addr()?;
    thread::spawn(move || {
        for client in listener.incoming().flatten() {
            let Ok(server) = TcpStream::connect(server) else { continue };
            let _ = relay(client, server);
        }
    });
    Ok(format!("http://{address}"))
}

fn relay(client: TcpStream, server: TcpStream) -> Result<()> {
    client.set_nodelay(true)?;
    server.set_nodelay(true)?;
    let (answers_from, answers_to) = (server.try_clone()?, client.try_clone()?);
    thread::spawn(move || copy(client, server, NETWORK));
    thread::spawn(move || copy(answers_from, answers_to, Duration::ZERO));
    Ok(())
}

fn copy(mut from: TcpStream, mut to: TcpStream, delay: Duration) {
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from.read(&mut buffer) {
        thread::sleep(delay);
        if to.write_all(&buffer[..read]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Write);
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn a_request_takes_the_way_there_and_back() -> Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        thread::spawn(move || -> Result<()> {
            let (mut client, _) = listener.accept()?;
            let mut request = [0; 4];
            client.read_exact(&mut request)?;
            Ok(client.write_all(b"pong")?)
        });
        let mut client = TcpStream::connect(before(&url)?.trim_start_matches("http://"))?;
        let start = Instant::now();
        client.write_all(b"ping")?;
        let mut answer = [0; 4];
        client.read_exact(&mut answer)?;
        assert_eq!(&answer, b"pong");
        assert!(start.elapsed() >= NETWORK);
        Ok(())
    }
}
