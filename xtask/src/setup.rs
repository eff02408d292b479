//! Installs what is missing; says what and why first.

use std::path::Path;

use anyhow::{Result, bail};
use xshell::cmd;

use crate::packages::Package;
use crate::workspace::Workspace;

/// The oldest Node.js that the build of the user interface runs on.
const OLDEST_NODE: (u32, u32) = (20, 19);

/// Whether what follows needs Node.js and npm.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Node {
    Needed,
    NotNeeded,
}

/// Installs the packages that are missing, by apt as root or with sudo that asks for no password,
/// and looks for Node.js, which is never installed: Debian's own is too old on many machines.
///
/// # Errors
/// With all that is left to do by hand, once.
pub(crate) fn install(workspace: &Workspace, sets: &[&[Package]], node: Node) -> Result<()> {
    let mut by_hand = Vec::new();
    let wanted: Vec<Package> = sets.concat();
    let missing = missing_packages(workspace, &wanted)?;
    let node_problem = match node {
        Node::Needed => node_problem(workspace),
        Node::NotNeeded => None,
    };
    if !missing.is_empty() || node_problem.is_some() {
        println!("Missing on this computer:");
        list(&missing);
    }
    if let Some(found) = node_problem {
        let (major, minor) = OLDEST_NODE;
        let name = format!("Node.js {major}.{minor} or later, npm");
        println!("  {name:<28} builds the user interface (found: {found})");
        by_hand.push("get Node.js from https://nodejs.org".to_owned());
    }
    if !missing.is_empty() {
        let names: Vec<&str> = missing.iter().map(|(name, _)| *name).collect();
        match root(workspace) {
            Some(root) => apt_install(workspace, root, &names)?,
            None => by_hand.push(format!(
                "sudo apt-get update && sudo apt-get install -y --no-install-recommends {}",
                names.join(" ")
            )),
        }
    }
    if by_hand.is_empty() {
        return Ok(());
    }
    bail!("do this by hand, then try again:\n  {}", by_hand.join("\n  "))
}

/// Those that are not installed; none on a system whose packages have other names.
fn missing_packages(workspace: &Workspace, wanted: &[Package]) -> Result<Vec<Package>> {
    let shell = &workspace.shell;
    if cmd!(shell, "dpkg-query --version").quiet().ignore_stdout().ignore_stderr().run().is_err() {
        println!(
            "This is no Debian or Ubuntu, so nothing is installed. Ringside needs what these hold:"
        );
        list(wanted);
        return Ok(Vec::new());
    }
    let names = wanted.iter().map(|(name, _)| name);
    let format = "--showformat=${Package}\t${db:Status-Status}\n";
    // It also fails when one of them was never heard of.
    let query = cmd!(shell, "dpkg-query --show {format} {names...}");
    let status = query.quiet().ignore_stderr().ignore_status().read()?;
    Ok(missing(wanted, &status))
}

fn apt_install(workspace: &Workspace, root: &[&str], names: &[&str]) -> Result<()> {
    let shell = &workspace.shell;
    println!("Installing the packages with apt-get");
    let env = ["env", "DEBIAN_FRONTEND=noninteractive"];
    let apt: Vec<&str> = root.iter().copied().chain(env).chain(["apt-get"]).collect();
    let (program, args) = apt.split_first().unwrap_or((&"apt-get", &[]));
    if cmd!(shell, "{program} {args...} update -q").run().is_err() {
        // One broken source of many is enough for that; whether it matters shows now.
        println!("Not all lists of packages could be fetched; going on with those at hand");
    }
    cmd!(shell, "{program} {args...} install -q -y --no-install-recommends {names...}").run()?;
    Ok(())
}

/// What there is instead of a Node.js and npm young enough; `None` if there are such.
fn node_problem(workspace: &Workspace) -> Option<String> {
    let shell = &workspace.shell;
    let version = |program: &str| {
        cmd!(shell, "{program} --version").quiet().ignore_stderr().read().unwrap_or_default()
    };
    let (node, npm) = (version("node"), version("npm"));
    if node_version(&node).is_none_or(|version| version < OLDEST_NODE) {
        return Some(if node.is_empty() { "none".to_owned() } else { node });
    }
    npm.is_empty().then(|| format!("{node} without npm"))
}

/// Installs a cargo subcommand from source, unless it is there. Built without optimisation and
/// debug information: it runs for seconds, and those take minutes.
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
    let install = cmd!(shell, "cargo install --debug --locked cargo-{subcommand}");
    install.env("CARGO_PROFILE_DEV_DEBUG", "0").run()?;
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
