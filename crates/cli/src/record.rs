//! `ringsidectl softphone record`: the raw messages of a softphone, one JSON object a line.

#![allow(clippy::print_stdout, reason = "the recording is the output")]

use std::io::Write;

use ringside_domain::SourceId;
use ringside_engine::socket::Client;
use ringside_protocol::Command;

use crate::talk::{self, Failure};

/// Writes what the softphone says until the engine ends or nobody reads on.
pub(crate) async fn record(softphone: String) -> Result<(), Failure> {
    let mut client = Client::connect(&talk::home()?).await.map_err(talk::connect_failure)?;
    client.send(Command::SoftphoneRecord { softphone: SourceId::new(softphone) }).await?;
    while let Some(line) = client.raw().await {
        let mut out = std::io::stdout().lock();
        if writeln!(out, "{line}").and_then(|()| out.flush()).is_err() {
            break;
        }
    }
    Ok(())
}
