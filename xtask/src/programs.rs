//! Programs that we start, and that end with us.

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::os::unix::process::CommandExt;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use rustix::process::{Pid, Signal, kill_process, kill_process_group};

/// How long a program may take to end after it was asked to.
const PATIENCE: Duration = Duration::from_secs(5);
const STEP: Duration = Duration::from_millis(50);

static STOPPED: AtomicBool = AtomicBool::new(false);

/// From now on Ctrl-C, hang-up and termination make every wait in here fail, so that all values
/// are dropped and with them all programs end.
pub(crate) fn stop_on_signal() -> Result<()> {
    ctrlc::set_handler(|| STOPPED.store(true, Ordering::Relaxed))
        .context("cannot listen for Ctrl-C")
}

/// Whether a person has asked us to stop.
pub(crate) fn stopped() -> bool {
    STOPPED.load(Ordering::Relaxed)
}

/// A running program. Dropping it ends it, and what it has started.
pub(crate) struct Program {
    name: String,
    child: Child,
    own_group: bool,
}

impl Program {
    /// Starts a program in a process group of its own, with no input and its output in `log`.
    pub(crate) fn start(name: &str, command: &mut Command, log: &File) -> Result<Self> {
        let output = log.try_clone()?;
        Self::spawn(name, command.process_group(0).stdin(Stdio::null()).stdout(output), log)
    }

    /// As [`Program::start`], and reads the one line with which a server says where it listens.
    pub(crate) fn start_server(
        name: &str,
        command: &mut Command,
        log: &File,
    ) -> Result<(Self, String)> {
        let command = command.process_group(0).stdin(Stdio::null()).stdout(Stdio::piped());
        let mut program = Self::spawn(name, command, log)?;
        let stdout = program.child.stdout.take().context("no pipe")?;
        let mut lines = BufReader::new(stdout).lines();
        let line = lines.next().with_context(|| format!("{name} ended before it was ready"))??;
        // The rest is read and thrown away, so that its writer never waits for us.
        thread::spawn(move || for _ in lines {});
        Ok((program, line))
    }

    /// Starts a program that owns this terminal: same process group, so that it may read keys.
    pub(crate) fn start_here(name: &str, command: &mut Command) -> Result<Self> {
        let child = command.stdin(Stdio::inherit()).spawn();
        let child = child.with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child, own_group: false })
    }

    fn spawn(name: &str, command: &mut Command, log: &File) -> Result<Self> {
        let child = command.stderr(log.try_clone()?).spawn();
        let child = child.with_context(|| format!("cannot start {name}"))?;
        Ok(Self { name: name.to_owned(), child, own_group: true })
    }

    /// Waits until it ends by itself; `None` if a person stops us first.
    pub(crate) fn wait(&mut self) -> Result<Option<ExitStatus>> {
        loop {
            let ended = self.child.try_wait()?;
            if ended.is_some() || stopped() {
                return Ok(ended);
            }
            thread::sleep(STEP);
        }
    }

    /// Asks until the answer is something, for as long as the program runs.
    ///
    /// # Errors
    /// After `patience`, when the program ends, or when a person stops us.
    pub(crate) fn until<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut ask: impl FnMut() -> Result<Option<T>>,
    ) -> Result<T> {
        let deadline = Instant::now() + patience;
        loop {
            if let Some(status) = self.child.try_wait()? {
                bail!("{} ended while waiting for {what}: {status}", self.name);
            }
            if let Some(answer) = ask()? {
                return Ok(answer);
            }
            if stopped() {
                bail!("stopped");
            }
            if Instant::now() > deadline {
                bail!("waited {} s in vain for {what}", patience.as_secs());
            }
            thread::sleep(STEP);
        }
    }

    fn signal(&self, signal: Signal) {
        let Some(id) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) else { return };
        // Fails only if there is nobody left to end.
        let _ = match self.own_group {
            true => kill_process_group(id, signal),
            false => kill_process(id, signal),
        };
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let ended = |child: &mut Child| !matches!(child.try_wait(), Ok(None));
        if !ended(&mut self.child) {
            self.signal(Signal::TERM);
            let deadline = Instant::now() + PATIENCE;
            while !ended(&mut self.child) && Instant::now() < deadline {
                thread::sleep(STEP);
            }
            // While the head is not yet waited for, nobody else can have its number.
            self.signal(Signal::KILL);
        }
        let _ = self.child.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_ends_with_its_value_and_its_children_with_it() -> Result<()> {
        let log = tempfile::tempfile()?;
        let mut command = Command::new("sh");
        command.args(["-c", "sleep 1000 & echo $!; wait"]);
        let (program, grandchild) = Program::start_server("sh", &mut command, &log)?;
        drop(program);
        let alive = || {
            let stat = std::fs::read_to_string(format!("/proc/{grandchild}/stat"));
            // A zombie is only a number that nobody has asked for yet.
            stat.is_ok_and(|stat| !stat.contains(") Z "))
        };
        let deadline = Instant::now() + PATIENCE;
        while alive() && Instant::now() < deadline {
            thread::sleep(STEP);
        }
        assert!(!alive());
        Ok(())
    }

    #[test]
    fn waiting_for_a_program_that_ends_is_an_error_with_its_name() -> Result<()> {
        let log = tempfile::tempfile()?;
        let mut program = Program::start("false", &mut Command::new("false"), &log)?;
        let waited = program.until("rain", PATIENCE, || Ok(None::<()>));
        assert!(waited.is_err_and(|error| error.to_string().starts_with("false ended")));
        Ok(())
    }
}
