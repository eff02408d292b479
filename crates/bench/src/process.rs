//! What the system says of a program and all that it has started.

use std::collections::HashSet;
use std::fs;
use std::process::{Child, Command};

use anyhow::{Context, Result};

/// A program that ends with this value, and with it what it has started.
pub(crate) struct Program(Child);

impl Program {
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let name = command.get_program().to_string_lossy().into_owned();
        Ok(Self(command.spawn().with_context(|| format!("cannot start {name}"))?))
    }

    pub(crate) fn child(&mut self) -> &mut Child {
        &mut self.0
    }

    /// It and its descendants.
    fn family(&self) -> Vec<u32> {
        let mut family = HashSet::from([self.0.id()]);
        let parents: Vec<(u32, u32)> = fs::read_dir("/proc")
            .into_iter()
            .flatten()
            .flatten()
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter_map(|pid: u32| Some((pid, parent(pid)?)))
            .collect();
        loop {
            let before = family.len();
            let children = parents.iter().filter(|(_, parent)| family.contains(parent));
            let children: Vec<u32> = children.map(|(pid, _)| *pid).collect();
            family.extend(children);
            if family.len() == before {
                return family.into_iter().collect();
            }
        }
    }

    /// Memory of all of them, shared pages counted once (PSS), in MB.
    pub(crate) fn pss_mb(&self) -> f64 {
        let kb = |pid: &u32| {
            let text = fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).ok()?;
            let line = text.lines().find(|line| line.starts_with("Pss:"))?;
            line.split_whitespace().nth(1)?.parse::<f64>().ok()
        };
        self.family().iter().filter_map(kb).sum::<f64>() / 1024.0
    }

    /// How often a thread of its own has gone to sleep, which is once for each time that it woke.
    pub(crate) fn sleeps(&self) -> u64 {
        let tasks = fs::read_dir(format!("/proc/{}/task", self.0.id()));
        let status = tasks.into_iter().flatten().flatten().filter_map(|task| {
            let text = fs::read_to_string(task.path().join("status")).ok()?;
            let line = text.lines().find(|line| line.starts_with("voluntary_ctxt_switches"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        });
        status.sum()
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        // What it has started ends with the session, or when its pipes close.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name, in brackets, may hold anything.
    let (_, rest) = stat.rsplit_once(')')?;
    rest.split_whitespace().nth(1)?.parse().ok()
}
