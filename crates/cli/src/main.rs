//! `ringsidectl`: everything the window can do, the headless engine, and the ring hook.

mod accounts;
mod args;
mod commands;
mod print;
mod record;
mod ring;
mod run;
mod talk;
mod text_pop;

use std::process::ExitCode;

use clap::Parser;

use args::{Args, Verb};
use talk::Failure;

fn main() -> ExitCode {
    if let Some((words, json)) = ring::words(std::env::args_os().skip(1)) {
        return end(ring::run(words, json), json);
    }
    let args = Args::parse();
    // Events and the engine's own words go to standard output; diagnosis goes to standard error,
    // and holds no names or numbers.
    tracing_subscriber::fmt()
        .with_writer(std::io::stderr)
        .with_env_filter(
            tracing_subscriber::EnvFilter::try_from_env("RINGSIDE_LOG")
                .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn")),
        )
        .init();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return print::failure(&Failure::Other(error.to_string()), args.json),
    };
    let json = args.json;
    let result = runtime.block_on(async {
        match args.verb {
            Verb::Run { text } => run::run(text).await,
            // As it came, with all of its words: read as if it had come first.
            Verb::Ring { words } => ring::run(words, json),
            Verb::Hook { softphone } => ring::hook(softphone, json),
            verb => commands::run(verb, json).await,
        }
    });
    // A keyring thread may still wait for a prompt; the process does not wait for it.
    runtime.shutdown_background();
    end(result, json)
}

fn end(result: Result<(), Failure>, json: bool) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => print::failure(&failure, json),
    }
}
