//! The demo call, played to its end where nobody can see or press anything.

use std::fs::{self, File};
use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::crm::ExampleCrm;
use crate::ctl::Ctl;
use crate::desktop::Desktop;
use crate::programs::Program;
use crate::run::first_ring;
use crate::workspace::Workspace;

/// How long each part of the call may take: ringing, talking, logging.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the eye would be given; a picture is taken after it.
const LOOK: Duration = Duration::from_secs(2);

/// Plays a call that is answered, chosen, noted and logged; prints the pictures and the log.
pub(crate) fn play(
    workspace: &Workspace,
    ctl: &Ctl<'_>,
    crm: &ExampleCrm,
    desktop: &Desktop,
    log: &File,
) -> Result<()> {
    let mut camera = Camera::new(workspace, desktop)?;
    let mut app = Program::start("Ringside", &mut ctl.program("ringside"), log)?;
    println!("No display here: Ringside runs on a virtual one and plays the demo call");
    play_call(ctl, crm, &mut app, &mut |name| camera.shoot(name))?;
    ctl.run(&["show"])?;
    camera.shoot("4-logged")?;

    println!("\nPictures:");
    for picture in &camera.taken {
        println!("  {}", picture.display());
    }
    print_log(crm)
}

/// Takes the first call from its ring to its log; `look` is called when there is something to see.
pub(crate) fn play_call(
    ctl: &Ctl<'_>,
    crm: &ExampleCrm,
    app: &mut Program,
    look: &mut dyn FnMut(&str) -> Result<()>,
) -> Result<()> {
    first_ring(ctl, app)?;
    let call = app.until("a call in the list", PATIENCE, || newest_call(ctl))?;
    look("1-ringing")?;

    app.until("a match", PATIENCE, || matched(ctl, &call))?;
    choose(ctl, &call)?;
    ctl.run(&["calls", "note", &call, "Wants the new price list by Friday"])?;
    app.until("an answer", PATIENCE, || in_state(ctl, &call, &["answered", "held", "ended"]))?;
    look("2-talking")?;

    app.until("the end of the call", PATIENCE, || in_state(ctl, &call, &["ended"]))?;
    look("3-ended")?;
    ctl.run(&["calls", "log", &call])?;
    app.until("the log in the CRM", PATIENCE, || Ok((!crm.activities()?.is_empty()).then_some(())))
}

/// What the Example CRM holds of the call.
pub(crate) fn print_log(crm: &ExampleCrm) -> Result<()> {
    println!("Logged in the Example CRM:");
    for activity in crm.activities()? {
        println!("{}", serde_json::to_string_pretty(&activity)?);
    }
    Ok(())
}

/// The id of the newest call.
fn newest_call(ctl: &Ctl<'_>) -> Result<Option<String>> {
    let page = ctl.ask(&["calls", "list"])?;
    let calls = page.get("calls").unwrap_or(&page);
    Ok(calls.pointer("/0/call/id").and_then(Value::as_str).map(str::to_owned))
}

fn pop(ctl: &Ctl<'_>, call: &str) -> Result<Value> {
    let mut detail = ctl.ask(&["calls", "show", call])?;
    Ok(detail["pop"].take())
}

fn in_state(ctl: &Ctl<'_>, call: &str, states: &[&str]) -> Result<Option<()>> {
    let pop = pop(ctl, call)?;
    let state = pop["call"]["state"].as_str().context("the state of a call")?;
    Ok(states.contains(&state).then_some(()))
}

fn matched(ctl: &Ctl<'_>, call: &str) -> Result<Option<()>> {
    let pop = pop(ctl, call)?;
    let found = pop["matches"].as_array().is_some_and(|matches| !matches.is_empty());
    Ok((found && pop["status"] == "found").then_some(()))
}

/// Picks the first match, unless the call is already somebody's.
fn choose(ctl: &Ctl<'_>, call: &str) -> Result<()> {
    let pop = pop(ctl, call)?;
    if pop["chosen"].as_array().is_some_and(|chosen| !chosen.is_empty()) {
        return Ok(());
    }
    let first = &pop["matches"][0];
    let (Some(account), Some(kind), Some(id)) =
        (first["account"].as_str(), first["type"].as_str(), first["id"].as_str())
    else {
        bail!("a match without account, type and id");
    };
    ctl.run(&["calls", "choose", call, &format!("{account}/{kind}/{id}")])?;
    Ok(())
}

struct Camera<'a> {
    desktop: &'a Desktop,
    folder: PathBuf,
    taken: Vec<PathBuf>,
}

impl<'a> Camera<'a> {
    fn new(workspace: &Workspace, desktop: &'a Desktop) -> Result<Self> {
        let folder = workspace.path("out/demo");
        fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
        Ok(Self { desktop, folder, taken: Vec::new() })
    }

    fn shoot(&mut self, name: &str) -> Result<()> {
        thread::sleep(LOOK);
        let picture = self.folder.join(format!("{name}.png"));
        let status = self.desktop.command("scrot").arg("--overwrite").arg(&picture).status();
        if !status.context("cannot start scrot")?.success() {
            bail!("scrot cannot take a picture of the screen");
        }
        self.taken.push(picture);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_virtual_display_can_be_photographed() -> Result<()> {
        let desktop = Desktop::virtual_display()?;
        let folder = tempfile::tempdir()?;
        let mut camera =
            Camera { desktop: &desktop, folder: folder.path().to_owned(), taken: Vec::new() };
        camera.shoot("screen")?;
        let picture = fs::read(&camera.taken[0])?;
        assert!(picture.starts_with(b"\x89PNG"));
        Ok(())
    }
}
