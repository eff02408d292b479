//! `cargo xtask screenshots`: the pictures of the README, taken of the real windows.

use std::fs::{self, File};
use std::path::Path;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::crm::ExampleCrm;
use crate::ctl::Ctl;
use crate::demo;
use crate::desktop::Desktop;
use crate::packages;
use crate::programs::{self, Program};
use crate::run;
use crate::setup::{self, Node};
use crate::workspace::Workspace;

/// The width of the pop, in pixels (`--pop-width` of the tokens).
const POP_WIDTH: u32 = 380;
/// Everything that moves has come to rest.
const REST: Duration = Duration::from_secs(2);

/// Plays a morning on a virtual display and takes the pictures.
pub(crate) fn take(workspace: &Workspace) -> Result<()> {
    let sets = [
        packages::BUILD,
        packages::BUILD_APP,
        packages::RUN_APP,
        packages::OWN_SESSION,
        packages::VIRTUAL_DISPLAY,
        packages::PICTURES,
    ];
    setup::install(workspace, &sets, Node::Needed)?;
    run::build_app(workspace)?;
    programs::stop_on_signal()?;
    let folder = workspace.path("docs/screenshots");
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let profile = run::fresh_profile(workspace)?;
    let log_path = workspace.target("screenshots.log");
    let log = File::create(&log_path).with_context(|| log_path.display().to_string())?;
    let desktop = Desktop::virtual_display()?;
    let crm = ExampleCrm::start(workspace, &log)?;
    let ctl = Ctl::new(workspace, &desktop, profile);
    let key = format!("{}\n", crm.key);
    ctl.run_with_input(&["account", "add", "example", "--url", &crm.url, "--key-stdin"], &key)?;
    ctl.run(&["softphone", "add", "simulated"])?;
    ctl.run(&["settings", "set", "pop.theme", "light"])?;
    let mut app = Program::start("Ringside", &mut ctl.program("ringside"), &log)?;
    app.until("the engine", run::START, || Ok(ctl.run(&["simulate", "history"]).ok()))?;
    ctl.run(&["batch", "start"])?;

    demo::play_call(&ctl, &crm, &mut app, &mut |moment| {
        if moment == "2-talking" {
            thread::sleep(REST);
            shoot(&desktop, &folder.join("pop.png"), true)?;
        }
        Ok(())
    })?;
    ctl.run(&["show"])?;
    // The pop leaves by itself once the call is logged.
    thread::sleep(REST * 10);
    shoot(&desktop, &folder.join("window.png"), false)?;
    println!("Pictures are in {}", folder.display());
    Ok(())
}

/// Takes a picture of the pop or of the main window, without anything around it.
fn shoot(desktop: &Desktop, picture: &Path, pop: bool) -> Result<()> {
    let windows = output(desktop, &["search", "--onlyvisible", "--name", "^Ringside$"])?;
    for id in windows.lines() {
        let geometry = output(desktop, &["getwindowgeometry", "--shell", id])?;
        let width = geometry.lines().find_map(|line| line.strip_prefix("WIDTH=")?.parse().ok());
        if (width == Some(POP_WIDTH)) != pop {
            continue;
        }
        // What stood above a window leaves its place unpainted on a screen without a compositor;
        // another size makes all of it paint anew.
        if !pop {
            output(desktop, &["windowsize", "--sync", id, "1100", "700"])?;
            thread::sleep(REST);
        }
        let taken = desktop.command("import").args(["-window", id]).arg(picture).status();
        if taken.context("cannot start import")?.success() {
            return Ok(());
        }
    }
    bail!("no such window on the screen: {}", picture.display())
}

fn output(desktop: &Desktop, arguments: &[&str]) -> Result<String> {
    let output = desktop.command("xdotool").args(arguments).output();
    let output = output.context("cannot start xdotool")?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}
