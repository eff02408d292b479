//! What the figures were taken on.

use std::fmt;
use std::fs;

use serde::Serialize;

/// The machine, and what was measured.
#[derive(Debug, Serialize)]
pub(crate) struct Machine {
    version: &'static str,
    at: jiff::Timestamp,
    profile: &'static str,
    cpu: String,
    cores: usize,
    memory_gb: f64,
    system: String,
    kernel: String,
}

impl Machine {
    pub(crate) fn look() -> Self {
        let field = |file: &str, name: &str, between: char| {
            let text = fs::read_to_string(file).unwrap_or_default();
            let line = text.lines().find(|line| line.starts_with(name));
            let value = line.and_then(|line| line.split_once(between)).map(|(_, value)| value);
            value.unwrap_or("?").trim().trim_matches('"').to_owned()
        };
        let memory = field("/proc/meminfo", "MemTotal", ':');
        let kb: f64 = memory.trim_end_matches(" kB").parse().unwrap_or(f64::NAN);
        Self {
            version: env!("CARGO_PKG_VERSION"),
            at: jiff::Timestamp::now(),
            profile: if cfg!(debug_assertions) { "debug" } else { "release" },
            cpu: field("/proc/cpuinfo", "model name", ':'),
            cores: std::thread::available_parallelism().map_or(0, usize::from),
            memory_gb: kb / 1024.0 / 1024.0,
            system: field("/etc/os-release", "PRETTY_NAME", '='),
            kernel: fs::read_to_string("/proc/sys/kernel/osrelease")
                .unwrap_or_default()
                .trim()
                .into(),
        }
    }
}

impl fmt::Display for Machine {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { version, at, profile, cpu, cores, memory_gb, system, kernel } = self;
        let day = at.strftime("%Y-%m-%d");
        writeln!(f, "Ringside {version} ({profile}), {day}, {system}, Linux {kernel}")?;
        writeln!(f, "{cores} cores of {cpu}, {memory_gb:.0} GB")
    }
}
