//! What a newcomer and a build server run: `cargo xtask run` and `cargo xtask test`.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool that talks to a terminal")]

use anyhow::Result;
use clap::{Parser, Subcommand};

mod bench;
mod crm;
mod ctl;
mod demo;
mod desktop;
mod packages;
mod programs;
mod run;
mod screenshots;
#[path = "../../tests/src/session.rs"]
mod session;
mod setup;
mod test;
mod ui;
mod workspace;

use workspace::Workspace;

/// Sets up, runs and tests Ringside from a fresh checkout.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Install what is missing, build, and start Ringside with a demo CRM, softphone and call.
    ///
    /// Needs no account. Without a display it plays the demo call on a virtual one, saves
    /// screenshots to out/demo/ and prints what was logged.
    Run {
        /// No window: the engine in this terminal, the pop as text, choices by key.
        #[arg(long)]
        headless: bool,
    },
    /// Take the pictures of the README of the real windows, on a virtual display.
    Screenshots,
    /// Build for release, and measure what is promised of speed: figures in out/bench/.
    Bench {
        /// For the benchmark: `--short`, `--only rings,named,footprint,numbers`.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<String>,
    },
    /// Install what the tests need, then check format, lint and licences, and run all tests.
    Test,
}

fn main() -> Result<()> {
    let workspace = Workspace::find()?;
    match Cli::parse().task {
        Task::Run { headless } => run::run(&workspace, headless),
        Task::Bench { arguments } => bench::bench(&workspace, &arguments),
        Task::Screenshots => screenshots::take(&workspace),
        Task::Test => test::test(&workspace),
    }
}
