//! Builds the user interface, which the app embeds.

use std::fs;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::workspace::Workspace;

/// Brings `ui/node_modules` to what the lock file says, if it is not.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let lock = fs::read(workspace.path("ui/package-lock.json")).context("ui/package-lock.json")?;
    // The whole lock is the stamp: no hash to trust, and it lies where `npm ci` erases it first.
    let stamp = workspace.path("ui/node_modules/.ringside-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let shell = &workspace.shell;
    let _ui = shell.push_dir("ui");
    cmd!(shell, "npm ci --no-audit --no-fund").run()?;
    fs::write(&stamp, lock).with_context(|| stamp.display().to_string())
}

/// Runs a script of `ui/package.json`.
pub(crate) fn script(workspace: &Workspace, name: &str) -> Result<()> {
    let shell = &workspace.shell;
    let _ui = shell.push_dir("ui");
    cmd!(shell, "npm run --silent {name}").run()?;
    Ok(())
}
