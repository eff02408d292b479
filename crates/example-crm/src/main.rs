//! `example-crm`: see the library of the same name.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;

use anyhow::Context;
use clap::Parser;
use example_crm::{DEFAULT_RATE, Options, Seed, Server};

/// A small real CRM over HTTP, for the demo, for tests and for connector authors.
///
/// Prints one line of JSON when it is ready: {"listening":"http://127.0.0.1:PORT"}. The API key
/// comes from the environment variable EXAMPLE_CRM_API_KEY; a second key that may only read, from
/// EXAMPLE_CRM_READ_ONLY_KEY. The description of its API is at /openapi.json.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Address to listen on; port 0 picks a free one.
    #[arg(long, default_value = "127.0.0.1:8808")]
    listen: SocketAddr,
    /// Folder for the database.
    #[arg(long)]
    data: PathBuf,
    /// Fill an empty database: `demo` for about forty contacts with numbers in assorted formats, or
    /// a file with a JSON list of contacts.
    #[arg(long, value_parser = seed)]
    seed: Option<Seed>,
    /// Allow PUT and DELETE on /_faults: delays, failures, nonsense, dropped connections.
    #[arg(long)]
    faults: bool,
    /// Requests per second and key.
    #[arg(long, default_value_t = DEFAULT_RATE)]
    rate: u32,
    /// Listen beyond loopback too; without the pages for people, which need no key.
    #[arg(long)]
    allow_remote: bool,
}

#[allow(clippy::unnecessary_wraps, reason = "the shape that clap asks for")]
fn seed(text: &str) -> Result<Seed, std::convert::Infallible> {
    Ok(if text == "demo" { Seed::Demo } else { Seed::File(text.into()) })
}

#[tokio::main]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .init();
    let arguments = Arguments::parse();
    let api_key = std::env::var("EXAMPLE_CRM_API_KEY")
        .context("set EXAMPLE_CRM_API_KEY to the key that clients will use")?;
    let server = Server::start(Options {
        listen: arguments.listen,
        data: arguments.data,
        api_key,
        read_only_key: std::env::var("EXAMPLE_CRM_READ_ONLY_KEY").ok(),
        seed: arguments.seed,
        faults: arguments.faults,
        rate: arguments.rate,
        allow_remote: arguments.allow_remote,
    })
    .await?;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{}", serde_json::json!({ "listening": server.url }))?;
    out.flush()?;
    drop(out);
    server.wait().await;
    Ok(())
}
