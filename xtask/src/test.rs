//! `cargo xtask test`: every check, each named with its time, the test runner last.

use std::time::{Duration, Instant};

use anyhow::{Result, bail};
use xshell::cmd;

use crate::bench;
use crate::packages;
use crate::setup::{self, Node};
use crate::ui;
use crate::workspace::Workspace;

/// How long the advisory database may take to be fetched; after that it counts as out of reach.
const ADVISORY_SECONDS: &str = "60";

type Check = fn(&Workspace) -> Result<()>;

/// What is checked before the tests. All of them run, so that one run tells everything.
const CHECKS: &[(&str, Check)] = &[
    ("format: Rust", |workspace| {
        let shell = &workspace.shell;
        Ok(cmd!(shell, "cargo fmt --all --check").run()?)
    }),
    ("format: user interface", |workspace| ui::script(workspace, "format:check")),
    ("lint: user interface", |workspace| ui::script(workspace, "check")),
    ("unit tests: user interface", |workspace| ui::script(workspace, "test")),
    ("build: user interface", |workspace| ui::script(workspace, "build")),
    ("licences", licences),
    ("advisories", advisories),
    ("lint: Rust", |workspace| {
        let shell = &workspace.shell;
        Ok(cmd!(shell, "cargo clippy --workspace --all-targets --locked -- -D warnings").run()?)
    }),
];

/// Installs what is missing, runs all checks, then all tests.
///
/// # Errors
/// If any check or test failed.
pub(crate) fn test(workspace: &Workspace) -> Result<()> {
    let mut report = Report::default();
    report.time("set-up", || set_up(workspace))?;
    for (name, check) in CHECKS {
        if let Err(error) = report.time(name, || check(workspace)) {
            eprintln!("{name}: {error:#}");
            report.failed.push(name);
        }
    }
    report.time("build", || {
        // With the tests' own dependencies, so that the features are the same for both.
        let shell = &workspace.shell;
        Ok(cmd!(shell, "cargo build --workspace --bins --tests --locked").run()?)
    })?;
    report.print();
    let shell = &workspace.shell;
    heading("tests: unit, integration, end to end");
    let tests = cmd!(shell, "cargo nextest run --workspace --locked").run();
    if !report.failed.is_empty() {
        bail!("failed before the tests: {}", report.failed.join(", "));
    }
    tests?;
    heading("benchmark: a short run, to see that everything can be measured");
    let program = workspace.binary("ringside-bench");
    Ok(cmd!(shell, "{program} --short --only numbers,footprint").run()?)
}

fn set_up(workspace: &Workspace) -> Result<()> {
    let sets = [
        packages::BUILD,
        packages::BUILD_APP,
        packages::RUN_APP,
        packages::OWN_SESSION,
        packages::VIRTUAL_DISPLAY,
        packages::TEST,
    ];
    setup::install(workspace, &sets, Node::Needed)?;
    setup::cargo_tool(workspace, "nextest", "runs the tests")?;
    setup::cargo_tool(workspace, "deny", "checks the licences")?;
    // For all systems: the licence check and the rules of the house look at the whole tree.
    let shell = &workspace.shell;
    cmd!(shell, "cargo fetch --quiet --locked").run()?;
    ui::install(workspace)?;
    bench::app_connect(workspace)
}

/// Offline: all it needs is in the lock file and the crates.
fn licences(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    cmd!(shell, "cargo deny --log-level error --workspace check licenses bans sources").run()?;
    Ok(())
}

/// Known holes in what we build on, where the list of them can be fetched.
fn advisories(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let fetch = cmd!(shell, "timeout {ADVISORY_SECONDS} cargo deny --log-level error fetch db");
    if fetch.quiet().ignore_stdout().ignore_stderr().run().is_err() {
        println!("Not checked: the advisory database (github.com/RustSec) cannot be reached");
        return Ok(());
    }
    Ok(cmd!(shell, "cargo deny --log-level error --offline check advisories").run()?)
}

#[derive(Default)]
struct Report {
    times: Vec<(&'static str, Duration)>,
    failed: Vec<&'static str>,
}

impl Report {
    fn time(&mut self, name: &'static str, run: impl FnOnce() -> Result<()>) -> Result<()> {
        heading(name);
        let start = Instant::now();
        let result = run();
        self.times.push((name, start.elapsed()));
        result
    }

    fn print(&self) {
        heading("so far");
        for (name, time) in &self.times {
            let verdict = if self.failed.contains(name) { "FAILED" } else { "ok" };
            println!("{verdict:>6}  {:>6.1} s  {name}", time.as_secs_f64());
        }
    }
}

fn heading(name: &str) {
    println!("\n== {name}");
}
