//! `ringsidectl run`: the engine without a window.

#![allow(clippy::print_stdout, reason = "the events are the output")]

use std::io::Write;
use std::sync::Arc;

use ringside_engine::{Host, NoDesktop};
use ringside_protocol::Command;
use tokio::sync::broadcast::error::RecvError;

use crate::talk::{Failure, home, open_failure};
use crate::text_pop::TextPop;

pub(crate) async fn run(as_text: bool) -> Result<(), Failure> {
    let mut host = Host::open(home()?, Arc::new(NoDesktop)).map_err(open_failure)?;
    let handle = host.handle();
    let mut events = host.events();
    let stop = handle.clone();
    tokio::spawn(async move {
        told_to_stop().await;
        let _ = stop.send(Command::Quit).await;
    });
    let mut text = as_text.then(|| TextPop::start(handle.clone()));
    let mut ended = std::pin::pin!(host.ended());
    loop {
        tokio::select! {
            event = events.recv() => match event {
                Ok(event) => match &mut text {
                    Some(text) => text.show(&event),
                    None => {
                        let line = serde_json::to_string(&event).unwrap_or_default();
                        let mut out = std::io::stdout().lock();
                        // A closed pipe is no reason to stop following calls.
                        let _ = writeln!(out, "{line}").and_then(|()| out.flush());
                    }
                },
                Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => break,
            },
            () = &mut ended => break,
        }
    }
    Ok(())
}

#[cfg(unix)]
async fn told_to_stop() {
    use tokio::signal::unix::{SignalKind, signal};
    let (Ok(mut term), Ok(mut hangup)) =
        (signal(SignalKind::terminate()), signal(SignalKind::hangup()))
    else {
        let _ = tokio::signal::ctrl_c().await;
        return;
    };
    tokio::select! {
        _ = tokio::signal::ctrl_c() => {}
        _ = term.recv() => {}
        _ = hangup.recv() => {}
    }
}

#[cfg(not(unix))]
async fn told_to_stop() {
    let _ = tokio::signal::ctrl_c().await;
}
