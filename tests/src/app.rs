//! Ringside as shipped, in a profile of its own: `ringsidectl run` as the engine, `ringsidectl` for
//! every command, with a real softphone on one side and the Example CRM on the other.
//!
//! ```ignore
//! let world = World::start()?;                       // everything connected and up
//! let caller = world.caller("+14155550142").talk(2000).start()?;
//! let pop = world.run()?.pop("found")?;              // wait for an event
//! world.ctl(["calls", "answer", "last"])?;           // any command, its JSON reply
//! let activity = world.crm.only_activity()?;         // what the CRM holds in the end
//! ```

mod run;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::crm::{API_KEY, ExampleCrm};
use crate::session::{Session, SessionOptions};
use crate::sip::{Answer, Baresip, Caller};

pub use run::Run;

/// How long anything may take; generous, since the machine may be busy with other tests.
pub const PATIENCE: Duration = Duration::from_secs(60);

/// Ringside with everything around it.
#[derive(Debug)]
pub struct World {
    run: Option<Run>,
    /// The agent's softphone. Ringside alone talks to its control port.
    pub phone: Baresip,
    /// The CRM.
    pub crm: ExampleCrm,
    home: PathBuf,
    /// The desktop session, with its keyring.
    pub session: Session,
}

impl World {
    /// Everything connected and up: a session with an unlocked keyring and no screen, the Example
    /// CRM with the demo's contacts, baresip, and a running engine that logs without a wait.
    ///
    /// # Errors
    /// A part does not start.
    pub fn start() -> Result<Self> {
        Self::start_in(SessionOptions { display: false, ..SessionOptions::default() })
    }

    /// The same in a session with other parts.
    ///
    /// # Errors
    /// A part does not start.
    pub fn start_in(options: SessionOptions) -> Result<Self> {
        let mut world = Self::unconnected(options)?;
        world.start_engine()?;
        world.connect()?;
        Ok(world)
    }

    /// All parts, none of them connected, and no engine running.
    ///
    /// # Errors
    /// A part does not start.
    pub fn unconnected(options: SessionOptions) -> Result<Self> {
        let session = Session::start(options)?;
        let home = session.dir().join("ringside");
        let crm = ExampleCrm::start()?;
        Ok(Self { run: None, phone: Baresip::start(Answer::Manual)?, crm, home, session })
    }

    /// Adds account and softphone as a person would, and waits until both are up.
    ///
    /// # Errors
    /// A command fails, or a link does not come up.
    pub fn connect(&self) -> Result<()> {
        self.add_account()?;
        let address = self.phone.control_address();
        self.ctl(["softphone", "add", "baresip", "--address", &address])?;
        self.ctl(["settings", "set", "log.undo_s", "0"])?;
        self.links_up()
    }

    /// Connects the Example CRM; the key goes in by standard input.
    ///
    /// # Errors
    /// The command fails.
    pub fn add_account(&self) -> Result<()> {
        let url = self.crm.url();
        let args = ["account", "add", "example", "--url", &url, "--name", "Demo", "--key-stdin"];
        self.ctl_with(args, API_KEY).map(drop)
    }

    /// Waits until the softphone and the account say that they are up.
    ///
    /// # Errors
    /// They do not.
    pub fn links_up(&self) -> Result<()> {
        wait_until("softphone and account", || {
            let status = self.ctl(["status"])?;
            let up = |links: &Value| {
                links.as_array().is_some_and(|all| all.iter().all(|link| link["health"] == "up"))
            };
            Ok(up(&status["softphones"]) && up(&status["accounts"]))
        })
    }

    /// The folder of the profile (`RINGSIDE_HOME`).
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Starts the engine and waits until it listens.
    ///
    /// # Errors
    /// It does not start.
    pub fn start_engine(&mut self) -> Result<()> {
        let run = Run::start(self)?;
        run.wait("ready", |event| event["event"] == "ready")?;
        self.run = Some(run);
        Ok(())
    }

    /// The running engine.
    ///
    /// # Errors
    /// There is none.
    pub fn run(&self) -> Result<&Run> {
        self.run.as_ref().context("no engine is running")
    }

    /// That the engine still runs.
    ///
    /// # Errors
    /// It has ended.
    pub fn is_alive(&mut self) -> Result<()> {
        self.run.as_mut().context("no engine is running")?.is_alive()
    }

    /// Kills the engine (SIGKILL) in the middle of whatever it does; answers with what it said.
    ///
    /// # Errors
    /// There is none.
    pub fn kill_engine(&mut self) -> Result<Vec<Value>> {
        let mut run = self.run.take().context("no engine is running")?;
        run.child.kill()?;
        run.child.wait()?;
        Ok(run.events())
    }

    /// Ends the engine as a person would, and waits until it is gone.
    ///
    /// # Errors
    /// It does not end, or not well.
    pub fn quit_engine(&mut self) -> Result<()> {
        self.ctl(["quit"])?;
        let mut run = self.run.take().context("no engine is running")?;
        let mut status = None;
        wait_until("the end of the engine", || {
            status = run.child.try_wait()?;
            Ok(status.is_some())
        })?;
        ensure!(status.is_some_and(|status| status.success()), "{status:?}:\n{}", run.log());
        Ok(())
    }

    /// A person outside who calls the agent's softphone.
    pub fn caller(&self, number: &str) -> Caller {
        Caller::new(&self.phone).from(&format!("<sip:{number}@pbx.test>"))
    }

    /// `ringsidectl` with these arguments; the reply's value.
    ///
    /// # Errors
    /// The command fails.
    pub fn ctl<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Result<Value> {
        self.done(args, None)
    }

    /// The same with this on standard input.
    ///
    /// # Errors
    /// The command fails.
    pub fn ctl_with<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: &str,
    ) -> Result<Value> {
        self.done(args, Some(input))
    }

    fn done<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: Option<&str>,
    ) -> Result<Value> {
        let args: Vec<_> = args.into_iter().map(|arg| arg.as_ref().to_owned()).collect();
        let (code, mut reply, words) = self.finish(self.ctl_command(&args), input)?;
        ensure!(code == 0, "ringsidectl {args:?}: {code}: {words}");
        Ok(reply.get_mut("value").map(Value::take).unwrap_or(reply))
    }

    /// `ringsidectl` with these arguments, which is to fail: its exit code, the fault, and the
    /// words for people.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn refused<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
    ) -> Result<(i32, Value, String)> {
        self.refused_with(args, None)
    }

    /// The same with this on standard input.
    ///
    /// # Errors
    /// It cannot be started.
    pub fn refused_with<A: AsRef<OsStr>>(
        &self,
        args: impl IntoIterator<Item = A>,
        input: Option<&str>,
    ) -> Result<(i32, Value, String)> {
        let (code, mut reply, words) = self.finish(self.ctl_command(args), input)?;
        ensure!(code != 0, "that was not refused: {reply}");
        Ok((code, reply["error"].take(), words))
    }

    /// `ringsidectl`, ready to be started in the session and for the profile.
    pub fn ctl_command<A: AsRef<OsStr>>(&self, args: impl IntoIterator<Item = A>) -> Command {
        let program = binary("ringsidectl").unwrap_or_else(|_| "ringsidectl".into());
        let mut command = self.session.command(program);
        command.env("RINGSIDE_HOME", &self.home).arg("--json").args(args);
        command
    }

    fn finish(&self, mut command: Command, input: Option<&str>) -> Result<(i32, Value, String)> {
        command.stdin(if input.is_some() { Stdio::piped() } else { Stdio::null() });
        let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
        if let Some(mut stdin) = child.stdin.take() {
            stdin.write_all(input.unwrap_or_default().as_bytes())?;
        }
        let output = child.wait_with_output()?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        // A command that shows progress prints more than one line; the last is its result.
        let last = stdout.lines().last().unwrap_or("null");
        let reply = serde_json::from_str(&stdout).or_else(|_| serde_json::from_str(last));
        let words = String::from_utf8_lossy(&output.stderr).into_owned();
        let code = output.status.code().context("ringsidectl was killed")?;
        Ok((code, reply.unwrap_or(Value::Null), words))
    }
}

/// Asks again and again until it is so.
///
/// # Errors
/// It is not so within [`PATIENCE`], or cannot be asked.
pub fn wait_until(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !holds()? {
        ensure!(Instant::now() < end, "waited {PATIENCE:?} in vain for {what}");
        std::thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}

/// A program of ours, as cargo built it: beside the folder of the tests.
///
/// # Errors
/// It is not built.
pub fn binary(name: &str) -> Result<PathBuf> {
    let tests = std::env::current_exe()?;
    let path = tests.ancestors().nth(2).context("the tests lie nowhere")?.join(name);
    ensure!(path.exists(), "{} is not built; run `cargo build --workspace`", path.display());
    Ok(path)
}

/// The first line of a child's piped output. The pipe stays open and is drained to its end.
pub(crate) fn first_line(child: &mut Child) -> Result<String> {
    let stdout = child.stdout.take().context("no pipe")?;
    line_with(stdout, "")
}

/// The first line that has this in it. The pipe is drained to its end behind it.
pub(crate) fn line_with(pipe: impl Read + Send + 'static, what: &'static str) -> Result<String> {
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let mut lines = BufReader::new(pipe).lines().map_while(Result::ok);
        let _ = sender.send(lines.find(|line| line.contains(what)));
        for _ in lines {}
    });
    let line = receiver.recv_timeout(PATIENCE).context("it is mute")?;
    line.context("it ended without the word")
}
