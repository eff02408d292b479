//! `cargo xtask run`: from a fresh checkout to a call that pops.

use std::fs::{self, DirBuilder, File};
use std::io::IsTerminal;
use std::os::unix::fs::DirBuilderExt;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::crm::ExampleCrm;
use crate::ctl::Ctl;
use crate::demo;
use crate::desktop::{Desktop, Machine};
use crate::packages::{self, Package};
use crate::programs::{self, Program};
use crate::setup::{self, Node};
use crate::ui;
use crate::workspace::Workspace;

/// How long the app may take until it takes commands: the first start also makes its keys.
pub(crate) const START: Duration = Duration::from_secs(60);

/// Where the demo is seen.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// In windows on the person's own display.
    Display,
    /// In windows on a virtual display, played to the end by itself.
    Virtual,
    /// As text in this terminal.
    Terminal,
}

/// Sets up, builds and starts the demo; returns when it is over.
pub(crate) fn run(workspace: &Workspace, headless: bool) -> Result<()> {
    let machine = Machine::look();
    let stage = match (headless, machine.display) {
        (true, _) => Stage::Terminal,
        (false, true) => Stage::Display,
        (false, false) => Stage::Virtual,
    };
    let node = if stage == Stage::Terminal { Node::NotNeeded } else { Node::Needed };
    setup::install(workspace, &package_sets(stage, &machine), node)?;
    build(workspace, stage)?;
    programs::stop_on_signal()?;
    let played = play(workspace, stage, &machine);
    // Ended by Ctrl-C is ended as wished.
    if programs::stopped() { Ok(()) } else { played }
}

fn package_sets(stage: Stage, machine: &Machine) -> Vec<&'static [Package]> {
    let mut sets = vec![packages::BUILD];
    if stage != Stage::Terminal {
        sets.extend([packages::BUILD_APP, packages::RUN_APP]);
    }
    if stage == Stage::Virtual || (stage == Stage::Terminal && !machine.bus) {
        sets.push(packages::OWN_SESSION);
    }
    if stage == Stage::Virtual {
        sets.push(packages::VIRTUAL_DISPLAY);
    }
    sets
}

/// Builds the whole workspace, as the tests do, so that nothing is built twice; for the terminal
/// all but the desktop app, which alone needs a web view and Node.js.
fn build(workspace: &Workspace, stage: Stage) -> Result<()> {
    let shell = &workspace.shell;
    if stage == Stage::Terminal {
        cmd!(shell, "cargo build --workspace --exclude ringside --bins").run()?;
        return Ok(());
    }
    build_app(workspace)
}

/// Builds user interface and app.
pub(crate) fn build_app(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    ui::install(workspace)?;
    ui::script(workspace, "build")?;
    cmd!(shell, "cargo build --workspace --bins").run()?;
    Ok(())
}

fn play(workspace: &Workspace, stage: Stage, machine: &Machine) -> Result<()> {
    let profile = fresh_profile(workspace)?;
    let log_path = workspace.target("demo.log");
    let log = File::create(&log_path).with_context(|| log_path.display().to_string())?;
    let desktop = match stage {
        Stage::Virtual => Desktop::virtual_display()?,
        Stage::Terminal if !machine.bus => Desktop::bus_only()?,
        Stage::Terminal | Stage::Display => Desktop::Present,
    };
    let crm = ExampleCrm::start(workspace, &log)?;
    let ctl = Ctl::new(workspace, &desktop, profile);
    println!("The Example CRM listens on {}", crm.url);
    let key = format!("{}\n", crm.key);
    ctl.run_with_input(&["account", "add", "example", "--url", &crm.url, "--key-stdin"], &key)?;
    ctl.run(&["softphone", "add", "simulated"])?;
    let seen = match stage {
        Stage::Terminal => in_terminal(&ctl, &crm),
        Stage::Display => on_display(&ctl, &log),
        Stage::Virtual => demo::play(workspace, &ctl, &crm, &desktop, &log),
    };
    if matches!(desktop, Desktop::Present) {
        forget_accounts(&ctl);
    }
    seen.with_context(|| format!("what the programs said is in {}", log_path.display()))
}

/// An empty profile: the demo begins anew each time, and touches no other profile.
pub(crate) fn fresh_profile(workspace: &Workspace) -> Result<PathBuf> {
    let profile = workspace.target("demo-profile");
    if profile.exists() {
        fs::remove_dir_all(&profile).with_context(|| profile.display().to_string())?;
    }
    DirBuilder::new().recursive(true).mode(0o700).create(&profile)?;
    Ok(profile)
}

fn in_terminal(ctl: &Ctl<'_>, crm: &ExampleCrm) -> Result<()> {
    let mut command = ctl.program("ringsidectl");
    let mut engine = Program::start_here("ringsidectl run", command.args(["run", "--text"]))?;
    if std::io::stdin().is_terminal() {
        first_ring(ctl, &mut engine)?;
        engine.wait()?;
        return Ok(());
    }
    println!("No keys can be pressed here: the demo call is played to its end");
    demo::play_call(ctl, crm, &mut engine, &mut |_| Ok(()))?;
    ctl.run(&["quit"])?;
    demo::print_log(crm)
}

fn on_display(ctl: &Ctl<'_>, log: &File) -> Result<()> {
    let mut app = Program::start("Ringside", &mut ctl.program("ringside"), log)?;
    first_ring(ctl, &mut app)?;
    println!("Ringside is running, and a demo call rings. Quit it from its tray icon, or Ctrl-C");
    println!(
        "More calls: RINGSIDE_HOME=target/demo-profile target/debug/ringsidectl simulate unknown"
    );
    app.wait()?;
    Ok(())
}

/// How long the first paint of the windows takes at the most: a demo that rings into blank windows
/// shows nothing. A real call is not asked to wait.
const FIRST_PAINT: Duration = Duration::from_secs(3);

/// Plays the first call once the program takes commands and its windows can be seen.
pub(crate) fn first_ring(ctl: &Ctl<'_>, program: &mut Program) -> Result<()> {
    // A command that only a running engine takes: others would run one of their own meanwhile.
    program.until("the engine", START, || Ok(ctl.run(&["resume"]).ok()))?;
    std::thread::sleep(FIRST_PAINT);
    let mut refusal = None;
    let ring = program.until("the first ring", START, || {
        Ok(ctl.run(&["simulate", "answered"]).map_err(|error| refusal = Some(error)).ok())
    });
    ring.map(drop).map_err(|error| match refusal {
        Some(refusal) => error.context(refusal),
        None => error,
    })
}

/// Takes the demo's key out of the person's own keyring again.
fn forget_accounts(ctl: &Ctl<'_>) {
    let Ok(accounts) = ctl.ask(&["account", "list"]) else { return };
    let ids = accounts.as_array().into_iter().flatten().filter_map(|link| link["id"].as_str());
    for id in ids {
        if let Err(error) = ctl.run(&["account", "remove", id]) {
            eprintln!("The demo's key is left in the keyring: {error}");
        }
    }
}
