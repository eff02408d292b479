//! Ringside as shipped on a desktop of its own, between a softphone and a CRM of ours.

use std::env;
use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;

use crate::crm::KEY;
use crate::peer::Peer;
use crate::phone::Phone;
use crate::process::Program;
use crate::session::{Keyring, Session, SessionOptions};

/// How long anything may take to come up.
const PATIENCE: Duration = Duration::from_secs(120);
/// After its start the app makes its windows ready; a ring in that time is measured on purpose only.
const SETTLE: Duration = Duration::from_secs(4);

/// A desktop session with one profile of Ringside.
pub(crate) struct Stage {
    pub(crate) session: Session,
    pub(crate) phone: Phone,
    home: PathBuf,
}

/// Which of our programs runs the engine.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Face {
    /// The desktop app, hidden in the tray.
    App,
    /// `ringsidectl run`.
    Terminal,
}

impl Stage {
    /// A session with a notification daemon, and a profile that watches a softphone of ours.
    pub(crate) fn set() -> Result<Self> {
        let options =
            SessionOptions { display: true, keyring: Keyring::Unlocked, dunst: true, wm: false };
        let session = Session::start(options)?;
        let home = session.dir().join("ringside");
        let stage = Self { session, phone: Phone::start()?, home };
        let address = stage.phone.address.clone();
        stage.ctl(&["softphone", "add", "baresip", "--address", &address], "")?;
        stage.ctl(&["settings", "set", "log.policy", "never"], "")?;
        Ok(stage)
    }

    /// Connects a CRM.
    pub(crate) fn connect(&self, url: &str) -> Result<()> {
        self.ctl(&["account", "add", "example", "--url", url, "--key-stdin"], KEY).map(drop)
    }

    /// Starts the engine and waits until it has attached to the softphone; when it was started, and
    /// when it attached.
    pub(crate) fn start(&mut self, face: Face) -> Result<(Program, SystemTime, SystemTime)> {
        let (program, arguments): (_, &[&str]) = match face {
            Face::App => ("ringside", &["--hidden"]),
            Face::Terminal => ("ringsidectl", &["run"]),
        };
        let log = File::create(self.session.dir().join("ringside.log"))?;
        let mut command = self.session.command(binary(program)?);
        let output = match face {
            Face::App => Stdio::from(log.try_clone()?),
            Face::Terminal => Stdio::piped(),
        };
        command.args(arguments).env("RINGSIDE_HOME", &self.home).stdout(output).stderr(log);
        let started = SystemTime::now();
        let running = Program::start(&mut command)?;
        let attached = self.phone.wait()?;
        Ok((running, started, attached))
    }

    /// Waits until all windows are made.
    pub(crate) fn settle(&self) {
        thread::sleep(SETTLE);
    }

    /// Runs a command of the CLI; the value of its answer.
    pub(crate) fn ctl(&self, args: &[&str], input: &str) -> Result<Value> {
        let mut command = self.session.command(binary("ringsidectl")?);
        command.args(args).arg("--json").env("RINGSIDE_HOME", &self.home);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn()?;
        let mut stdin = child.stdin.take().context("no pipe")?;
        // A command that reads nothing may have closed its end.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output()?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "ringsidectl {}: {}", args.join(" "), stderr.trim());
        let mut answer: Value = serde_json::from_slice(&output.stdout).unwrap_or_default();
        Ok(answer.get_mut("value").map(Value::take).unwrap_or(answer))
    }

    /// Waits until the directory knows all contacts.
    pub(crate) fn known(&self, contacts: usize) -> Result<()> {
        let last = Peer(contacts.saturating_sub(1)).name();
        self.until("the directory", || {
            Ok(self.ctl(&["contacts", "search", &last], "")?.to_string().contains(&last))
        })
    }

    /// Asks again and again until it is so.
    pub(crate) fn until(&self, what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
        let end = Instant::now() + PATIENCE;
        while !holds()? {
            if Instant::now() > end {
                bail!("waited in vain for {what}");
            }
            thread::sleep(Duration::from_millis(100));
        }
        Ok(())
    }

    /// What the app wrote while it ran.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(self.session.dir().join("ringside.log")).unwrap_or_default()
    }

    /// The X display, such as `:99`.
    pub(crate) fn display(&self) -> Result<String> {
        let variables = self.session.env();
        let display = variables.into_iter().find(|(name, _)| name == "DISPLAY");
        Ok(display.context("the session has no display")?.1)
    }
}

/// A program that was built beside this one.
pub(crate) fn binary(name: &str) -> Result<PathBuf> {
    let here = env::current_exe()?;
    let path = here.parent().context("a program without a folder")?.join(name);
    ensure!(path.exists(), "{} is not built; `cargo xtask bench` builds it", path.display());
    Ok(path)
}

/// A command of node, which is not part of the session.
pub(crate) fn node() -> Command {
    Command::new("node")
}
