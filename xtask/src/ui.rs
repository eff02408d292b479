//! Builds the user interface, which the app embeds.

use std::fs;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::workspace::Workspace;

/// Brings `ui/node_modules` to what the lock file says, if it is not.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    npm_ci(workspace, "ui", &[])
}

/// Brings a folder's `node_modules` to what its lock file says, if it is not.
pub(crate) fn npm_ci(workspace: &Workspace, folder: &str, arguments: &[&str]) -> Result<()> {
    let lock = workspace.path(folder).join("package-lock.json");
    let lock = fs::read(&lock).with_context(|| lock.display().to_string())?;
    // The whole lock is the stamp: no hash to trust, and it lies where `npm ci` erases it first.
    let stamp = workspace.path(folder).join("node_modules/.ringside-lock");
    if fs::read(&stamp).is_ok_and(|installed| installed == lock) {
        return Ok(());
    }
    let shell = &workspace.shell;
    let _folder = shell.push_dir(folder);
    cmd!(shell, "npm ci --no-audit --no-fund {arguments...}").run()?;
    fs::write(&stamp, lock).with_context(|| stamp.display().to_string())
}

/// Runs a script of `ui/package.json`.
pub(crate) fn script(workspace: &Workspace, name: &str) -> Result<()> {
    let shell = &workspace.shell;
    let _ui = shell.push_dir("ui");
    cmd!(shell, "npm run --silent {name}").run()?;
    Ok(())
}
