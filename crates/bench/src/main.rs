//! What Ringside promises of speed, measured from outside, in one run: `cargo xtask bench`.
//!
//! Every figure stands beside what it is to be compared with, taken in the same run: rounds with
//! and without a disturbance take turns, and a ratio is the median over the rounds. Nothing here is
//! a test: a slow machine gives slow figures, and no failure. What does fail is a measurement that
//! saw nothing.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a tool that talks to a terminal")]

mod bus;
mod crm;
mod footprint;
mod machine;
mod named;
mod numbers;
mod peer;
mod phone;
mod process;
mod proxy;
mod report;
mod rings;
mod screen;
#[path = "../../../tests/src/session.rs"]
mod session;
mod stage;
mod stats;

use std::path::PathBuf;

use anyhow::{Context, Result};
use clap::{Parser, ValueEnum};

use report::Report;

/// Measures the programs that stand beside this one.
#[derive(Parser)]
#[command(name = "cargo xtask bench", bin_name = "cargo xtask bench")]
struct Arguments {
    /// A few rounds of everything, to see that it still measures. The figures mean little.
    #[arg(long)]
    short: bool,
    /// Only these parts.
    #[arg(long, value_delimiter = ',')]
    only: Vec<Part>,
    /// Write the result as JSON too.
    #[arg(long)]
    json: Option<PathBuf>,
    /// Write the result as Markdown too.
    #[arg(long)]
    markdown: Option<PathBuf>,
}

/// What is measured.
#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Part {
    /// Ring to notification and to the name on the screen.
    Rings,
    /// Ring to a named pop, beside App Connect.
    Named,
    /// Start, memory, wake-ups.
    Footprint,
    /// Numbers read per second.
    Numbers,
}

/// How much is measured.
#[derive(Clone, Copy)]
pub(crate) struct Size {
    /// Rounds of each kind, which take turns.
    pub(crate) rounds: usize,
    /// Rings in one round.
    pub(crate) rings: usize,
    /// Starts of the program.
    pub(crate) starts: usize,
    /// Contacts in the directory.
    pub(crate) contacts: usize,
    /// Seconds for which an idle program is watched.
    pub(crate) idle_s: u64,
    /// Numbers read.
    pub(crate) numbers: usize,
}

const FULL: Size =
    Size { rounds: 5, rings: 200, starts: 20, contacts: 100_000, idle_s: 30, numbers: 20_000 };
const SHORT: Size = Size { rounds: 1, rings: 3, starts: 1, contacts: 200, idle_s: 2, numbers: 200 };

fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let size = if arguments.short { SHORT } else { FULL };
    let wanted = |part| arguments.only.is_empty() || arguments.only.contains(&part);
    let mut report = Report::new(arguments.short);
    if wanted(Part::Numbers) {
        numbers::measure(size, &mut report).context("numbers")?;
    }
    if wanted(Part::Rings) {
        rings::measure(size, &mut report).context("rings")?;
    }
    if wanted(Part::Named) {
        named::measure(size, &mut report).context("named pops")?;
    }
    if wanted(Part::Footprint) {
        footprint::measure(size, &mut report).context("footprint")?;
    }
    print!("{report}");
    if let Some(path) = arguments.json {
        std::fs::write(&path, serde_json::to_vec_pretty(&report)?)
            .with_context(|| path.display().to_string())?;
    }
    if let Some(path) = arguments.markdown {
        std::fs::write(&path, report.to_string()).with_context(|| path.display().to_string())?;
    }
    Ok(())
}
