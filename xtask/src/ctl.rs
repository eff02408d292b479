//! `ringsidectl`, as a person would type it.

use std::ffi::OsStr;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use crate::desktop::Desktop;
use crate::workspace::Workspace;

/// The command line of one profile on one desktop.
pub(crate) struct Ctl<'a> {
    workspace: &'a Workspace,
    desktop: &'a Desktop,
    profile: PathBuf,
}

impl<'a> Ctl<'a> {
    /// The command line of the profile in this folder.
    pub(crate) fn new(workspace: &'a Workspace, desktop: &'a Desktop, profile: PathBuf) -> Self {
        Self { workspace, desktop, profile }
    }

    /// A program of ours on this desktop with this profile.
    pub(crate) fn program(&self, name: &str) -> Command {
        let mut command = self.desktop.command(self.workspace.binary(name));
        command.env("RINGSIDE_HOME", &self.profile);
        command
    }

    /// Runs a command; what it prints.
    pub(crate) fn run<A: AsRef<OsStr>>(&self, args: &[A]) -> Result<String> {
        self.run_with_input(args, "")
    }

    /// Runs a command with this on its standard input; what it prints.
    pub(crate) fn run_with_input<A: AsRef<OsStr>>(
        &self,
        args: &[A],
        input: &str,
    ) -> Result<String> {
        let mut command = self.program("ringsidectl");
        command.args(args).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().context("cannot start ringsidectl")?;
        let mut stdin = child.stdin.take().context("no pipe to ringsidectl")?;
        // A command that reads nothing may have closed its end; its own words then say why.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output()?;
        if !output.status.success() {
            let words: Vec<_> = args.iter().map(|arg| arg.as_ref().to_string_lossy()).collect();
            let stderr = String::from_utf8_lossy(&output.stderr);
            bail!("ringsidectl {}: {}", words.join(" "), stderr.trim());
        }
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// Runs a command with `--json`; its answer.
    pub(crate) fn ask(&self, args: &[&str]) -> Result<Value> {
        let text = self.run(&[args, &["--json"]].concat())?;
        let mut answer: Value = serde_json::from_str(&text).context("an answer of ringsidectl")?;
        // A reply of the protocol stands under `value`, beside its name.
        Ok(match answer.get_mut("value") {
            Some(value) => value.take(),
            None => answer,
        })
    }
}
