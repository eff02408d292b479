//! `fake-pipedrive`: see the library of the same name.

use std::io::Write;
use std::net::SocketAddr;

use anyhow::Context;
use clap::Parser;
use fake_pipedrive::{Allowance, OAuthApp, Options, Server};

/// A stand-in for Pipedrive, for tests.
///
/// Prints one line of JSON when it is ready: {"listening":"http://127.0.0.1:PORT"}. The API token
/// comes from the environment variable FAKE_PIPEDRIVE_API_TOKEN. /_test/seed, /_test/state,
/// /_test/faults and /_test/requests steer it.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Loopback address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:0")]
    listen: SocketAddr,
    /// Limits of the smallest plan; ample ones otherwise.
    #[arg(long)]
    lite: bool,
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let arguments = Arguments::parse();
    let api_token = std::env::var("FAKE_PIPEDRIVE_API_TOKEN")
        .context("set FAKE_PIPEDRIVE_API_TOKEN to the token that clients will use")?;
    let server = Server::start(Options {
        listen: arguments.listen,
        allowance: if arguments.lite { Allowance::LITE } else { Allowance::AMPLE },
        oauth: OAuthApp::default(),
        ..Options::new(api_token)
    })
    .await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::json!({ "listening": server.url }))?;
    out.flush()?;
    drop(out);
    server.wait().await;
    Ok(())
}
