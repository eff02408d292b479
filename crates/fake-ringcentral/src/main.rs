//! `fake-ringcentral`: see the library of the same name.

use std::io::Write;
use std::net::SocketAddr;

use clap::Parser;
use fake_ringcentral::{CLIENT_ID, Server};

/// A stand-in for RingCentral's platform, for tests.
///
/// Prints one line of JSON when it is ready: {"listening":"http://127.0.0.1:PORT"}. /_test/order and
/// /_test/requests steer it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Loopback address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let mut server = Server::start(Arguments::parse().listen).await?;
    let mut out = std::io::stdout().lock();
    let ready = serde_json::json!({ "listening": server.url, "client_id": CLIENT_ID });
    writeln!(out, "{ready}")?;
    out.flush()?;
    drop(out);
    server.wait().await;
    Ok(())
}
