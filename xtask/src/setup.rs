//! Installs what is missing; says what and why first.

use std::path::Path;

use anyhow::{Result, bail};
use xshell::cmd;

use crate::packages::Package;
use crate::workspace::Workspace;

/// The oldest Node.js that the build of the user interface runs on.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Installs the packages that are missing, by apt as root or with sudo that asks for no password.
///
/// # Errors
/// With the list of what is missing, where neither is at hand.
pub(crate) fn install(workspace: &Workspace, sets: &[&[Package]]) -> Result<()> {
    let shell = &workspace.shell;
    let wanted: Vec<Package> = sets.concat();
    if cmd!(shell, "dpkg-query --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        println!(
            "This is no Debian or Ubuntu, so nothing is installed. Ringside needs what these hold:"
        );
        list(&wanted);
        return Ok(());
    }
    let names = wanted.iter().map(|(name, _)| name);
    let format = "--showformat=${Package}\t${db:Status-Status}\n";
    // It also fails when one of them was never heard of.
    let query = cmd!(shell, "dpkg-query --show {format} {names...}");
    let status = query.quiet().ignore_stderr().ignore_status().read()?;
    let missing = missing(&wanted, &status);
    if missing.is_empty() {
        return Ok(());
    }
    println!("Missing on this computer:");
    list(&missing);
    let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
    let Some(root) = root(workspace) else {
        bail!(
            "installing needs root. Run this, then try again:\n  \
             sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
            names.join(" ")
        );
    };
    println!("Installing them with apt-get");
    let env = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let apt: Vec<&str> = root.iter().copied().chain(env).chain(["apt-get"]).collect();
    let (program, args) = apt.split_first().unwrap_or((&"apt-get", &[]));
    cmd!(shell, "{program} {args...} update -q").run()?;
    cmd!(shell, "{program} {args...} install -q -y --no-install-recommends {names...}").run()?;
    Ok(())
}

/// Checks that Node.js and npm are there and young enough.
///
/// # Errors
/// With where to get them.
pub(crate) fn require_node(workspace: &Workspace) -> Result<()> {
    let shell = &workspace.shell;
    let found = cmd!(shell, "node --version").quiet().ignore_stderr().read().unwrap_or_default();
    let npm = cmd!(shell, "npm --version").quiet().ignore_stderr().read();
    if node_version(&found).is_some_and(|version| version >= OLDEST_NODE) && npm.is_ok() {
        return Ok(());
    }
    let found = if found.is_empty() { "none" } else { &found };
    let (major, minor) = OLDEST_NODE;
    bail!(
        "the user interface is built with Node.js {major}.{minor} or later and npm; found: {found}. \
         Get it from https://nodejs.org, then try again"
    );
}

/// Installs a cargo subcommand from source, unless it is there. Built without optimisation: it
/// runs for seconds, and an optimised build takes minutes.
pub(crate) fn cargo_tool(workspace: &Workspace, subcommand: &str, why: &str) -> Result<()> {
    let shell = &workspace.shell;
    if cmd!(shell, "cargo {subcommand} --version")
        .quiet()
        .ignore_stdout()
        .ignore_stderr()
        .run()
        .is_ok()
    {
        return Ok(());
    }
    println!(
        "cargo-{subcommand} is missing ({why}); installing it with cargo, which takes minutes"
    );
    cmd!(shell, "cargo install --debug --locked cargo-{subcommand}").run()?;
    Ok(())
}

fn list(packages: &[Package]) {
    for (name, why) in packages {
        println!("  {name:<28} {why}");
    }
}

/// The packages that `dpkg-query` does not call installed.
fn missing(wanted: &[Package], status: &str) -> Vec<Package> {
    let installed =
        |name: &str| status.lines().any(|line| line.split_once('\t') == Some((name, "installed")));
    wanted.iter().copied().filter(|(name, _)| !installed(name)).collect()
}

/// What to put before a command so that root runs it; `None` without a way to be root.
fn root(workspace: &Workspace) -> Option<&'static [&'static str]> {
    let shell = &workspace.shell;
    if !Path::new("/usr/bin/apt-get").exists() {
        return None;
    }
    if cmd!(shell, "id -u").quiet().read().is_ok_and(|id| id == "0") {
        return Some(&[]);
    }
    let sudo = cmd!(shell, "sudo -n true").quiet().ignore_stdout().ignore_stderr().run();
    sudo.is_ok().then_some(&["sudo", "-n"])
}

/// `v20.19.1` as (20, 19).
fn node_version(text: &str) -> Option<(u32, u32)> {
    let mut parts = text.strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_package_is_missing_unless_it_is_fully_installed() {
        let wanted = [("here", ""), ("removed", ""), ("never-heard-of", "")];
        let status = "here\tinstalled\nremoved\tconfig-files\n";
        assert_eq!(missing(&wanted, status), [("removed", ""), ("never-heard-of", "")]);
    }

    #[test]
    fn node_versions_compare_as_numbers() {
        assert!(node_version("v9.11.0") < Some(OLDEST_NODE));
        assert!(node_version("v20.9.0") < Some(OLDEST_NODE));
        assert!(node_version("v22.1.0") > Some(OLDEST_NODE));
        assert_eq!(node_version("none"), None);
    }
}
