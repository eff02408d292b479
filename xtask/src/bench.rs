//! `cargo xtask bench`: the shipped programs, built for release and measured from outside.

use std::fs;

use anyhow::{Context, Result};
use xshell::cmd;

use crate::packages;
use crate::setup::{self, Node};
use crate::ui;
use crate::workspace::Workspace;

/// Where the figures go, beside the terminal.
const FOLDER: &str = "out/bench";

/// Sets up, builds for release and measures; what is given goes on to `ringside-bench`.
pub(crate) fn bench(workspace: &Workspace, arguments: &[String]) -> Result<()> {
    let sets = [
        packages::BUILD,
        packages::BUILD_APP,
        packages::RUN_APP,
        packages::OWN_SESSION,
        packages::VIRTUAL_DISPLAY,
    ];
    setup::install(workspace, &sets, Node::Needed)?;
    ui::install(workspace)?;
    ui::script(workspace, "build")?;
    app_connect(workspace)?;
    let shell = &workspace.shell;
    cmd!(shell, "cargo build --release --locked --workspace --bins --exclude xtask").run()?;
    let folder = workspace.path(FOLDER);
    fs::create_dir_all(&folder).with_context(|| folder.display().to_string())?;
    let (json, table) = (folder.join("bench.json"), folder.join("bench.md"));
    let program = workspace.target("release/ringside-bench");
    cmd!(shell, "{program} --json {json} --markdown {table} {arguments...}").run()?;
    println!("{}\n{}", table.display(), json.display());
    Ok(())
}

/// A real App Connect server: for the tests of its adapter, and to be compared with. Nothing of it
/// needs a script.
pub(crate) fn app_connect(workspace: &Workspace) -> Result<()> {
    ui::npm_ci(workspace, "crates/crm/tests/app_connect/server", &["--ignore-scripts"])
}
