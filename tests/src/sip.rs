//! Real phones for tests: baresip as the agent's softphone, sipp as the people outside.
//!
//! ```no_run
//! # use ringside_tests::sip::{Answer, Baresip, Callee, Caller};
//! # fn main() -> anyhow::Result<()> {
//! let phone = Baresip::start(Answer::Manual)?;
//! // Ringside attaches to `phone.control_address()`; nothing else may.
//! let call = Caller::new(&phone).from("\"Jane\" <sip:+14155550123@pbx.test>").talk(500).start()?;
//! call.wait()?; // the caller is content: answered, talked 500 ms, hung up
//!
//! let callee = Callee::busy()?; // for `dial`: callee.uri()
//! # Ok(())
//! # }
//! ```
//!
//! baresip lets one client only on its control port: no test may connect to a phone that Ringside
//! is attached to, not even to see whether it is ready. A second [`Baresip`] may call the first:
//! see [`Baresip::command`].
//!
//! Only std, tempfile and anyhow, so that `ringside-softphone` includes this file as a module too.

// By path: each crate that includes this file does so under a path of its own.
#[path = "sip/outside.rs"]
mod outside;

use std::fs::File;
use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream, UdpSocket};
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail, ensure};
use tempfile::TempDir;

#[allow(unused_imports, reason = "each crate that includes this uses a part of it")]
pub use outside::{Call, Callee, Caller};

/// How long anything here may take.
const PATIENCE: Duration = Duration::from_secs(60);

/// Who answers the softphone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answer {
    /// Somebody through the control port.
    Manual,
    /// The softphone itself, at once. baresip 1.0.0 then tells of no ringing, only of the answer.
    Auto,
}

/// A running baresip with its own folder and ports. Killed on drop.
#[derive(Debug)]
pub struct Baresip {
    dir: TempDir,
    process: Process,
    sip_port: u16,
    control_port: u16,
    console_port: u16,
    user: String,
}

impl Baresip {
    /// The agent's softphone, ready for calls.
    ///
    /// # Errors
    /// baresip is not installed, or does not start.
    pub fn start(answer: Answer) -> Result<Self> {
        Self::start_as("Agent One", "agent", answer)
    }

    /// A softphone with a display name and a user part, such as a number.
    ///
    /// # Errors
    /// baresip is not installed, or does not start.
    pub fn start_as(name: &str, user: &str, answer: Answer) -> Result<Self> {
        let mut last = None;
        // Another test may take a port between our look and baresip's bind.
        for _ in 0..5 {
            match Self::try_start(name, user, answer) {
                Ok(phone) => return Ok(phone),
                Err(error) => last = Some(error),
            }
        }
        Err(last.unwrap_or_else(|| anyhow!("not tried")))
    }

    fn try_start(name: &str, user: &str, answer: Answer) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("ringside-baresip").tempdir()?;
        let (sip_port, control_port, console_port) = (free_port()?, free_port()?, free_port()?);
        let mode = if answer == Answer::Auto { ";answermode=auto" } else { "" };
        let write = |file: &str, text: String| std::fs::write(dir.path().join(file), text);
        // No audio driver: with none, baresip answers; with one that fails, it silently does not.
        write(
            "config",
            format!(
                "poll_method epoll\nsip_listen 127.0.0.1:{sip_port}\ncall_local_timeout 120\n\
                 call_max_calls 4\nrtp_ports 20000-29999\nmodule_path /usr/lib/baresip/modules\n\
                 module g711.so\nmodule cons.so\nmodule_tmp uuid.so\nmodule_tmp account.so\n\
                 module_app menu.so\nmodule_app ctrl_tcp.so\n\
                 ctrl_tcp_listen 127.0.0.1:{control_port}\n\
                 cons_listen 127.0.0.1:{console_port}\n"
            ),
        )?;
        write(
            "accounts",
            format!(
                "\"{name}\" <sip:{user}@127.0.0.1:{sip_port}>;regint=0{mode}\n\
                 \"{name}\" <sip:second-line@127.0.0.1:{sip_port}>;regint=0{mode}\n"
            ),
        )?;
        write("contacts", String::new())?;
        let process = launch(dir.path())?;
        Ok(Self { dir, process, sip_port, control_port, console_port, user: user.to_owned() })
    }

    /// `HOST:PORT` of the control port, for `softphone add baresip --address`.
    pub fn control_address(&self) -> String {
        format!("127.0.0.1:{}", self.control_port)
    }

    /// Under which address it is called.
    pub fn uri(&self) -> String {
        format!("sip:{}@127.0.0.1:{}", self.user, self.sip_port)
    }

    /// The agent dials at the softphone itself: at its console, which is no business of whoever
    /// watches the control port.
    ///
    /// # Errors
    /// The phone does not take it.
    pub fn dial(&self, uri: &str) -> Result<()> {
        let mut console = TcpStream::connect((Ipv4Addr::LOCALHOST, self.console_port))?;
        console.set_read_timeout(Some(PATIENCE))?;
        writeln!(console, "/dial {uri}")?;
        let (mut heard, mut chunk) = (String::new(), [0; 4096]);
        // The console repeats each key; the call begins with words of its own.
        while !heard.contains("connecting to") {
            let n = console.read(&mut chunk)?;
            ensure!(n > 0, "baresip closed its console: {heard}");
            heard += &String::from_utf8_lossy(chunk.get(..n).unwrap_or_default());
        }
        Ok(())
    }

    /// Kills it (SIGKILL) in the middle of whatever it does.
    ///
    /// # Errors
    /// The process cannot be killed.
    pub fn kill(&mut self) -> Result<()> {
        self.process.kill()
    }

    /// Starts it again after [`Baresip::kill`], on the same ports.
    ///
    /// # Errors
    /// It does not start.
    pub fn restart(&mut self) -> Result<()> {
        self.kill()?;
        self.process = launch(self.dir.path())?;
        Ok(())
    }

    /// Gives one command, as in `command("dial", &phone.uri())`, and returns the answer.
    ///
    /// Opens a connection of its own and so throws any other client off: only for a phone that
    /// Ringside does not watch.
    ///
    /// # Errors
    /// The phone refuses, or does not answer.
    pub fn command(&self, command: &str, params: &str) -> Result<String> {
        let json = format!(r#"{{"command":"{command}","params":"{params}","token":"harness"}}"#);
        let mut link = TcpStream::connect((Ipv4Addr::LOCALHOST, self.control_port))?;
        link.set_read_timeout(Some(PATIENCE))?;
        write!(link, "{}:{json},", json.len())?;
        let mut heard = Vec::new();
        let mut chunk = [0; 4096];
        loop {
            let n = link.read(&mut chunk)?;
            ensure!(n > 0, "baresip closed the control port");
            heard.extend_from_slice(chunk.get(..n).unwrap_or_default());
            let text = String::from_utf8_lossy(&heard);
            // Events may come first; a whole answer ends with our token.
            if let Some((before, _)) = text.split_once(r#""token":"harness"},"#) {
                let answer = before.rsplit_once(r#"{"response":true"#).map_or("", |(_, a)| a);
                ensure!(answer.contains(r#""ok":true"#), "baresip refused {command}: {answer}");
                return Ok(answer.to_owned());
            }
        }
    }
}

fn launch(dir: &Path) -> Result<Process> {
    let log = dir.join("log");
    let mut command = Command::new("baresip");
    command.arg("-f").arg(dir);
    let mut process = Process::spawn("baresip", "baresip-core", &mut command, &log)?;
    let deadline = Instant::now() + PATIENCE;
    while !process.log().contains("baresip is ready") {
        if let Some(status) = process.child.try_wait()? {
            bail!("baresip ended at start ({status}): {}", process.log());
        }
        ensure!(Instant::now() < deadline, "baresip is not ready: {}", process.log());
        std::thread::sleep(Duration::from_millis(10));
    }
    Ok(process)
}

/// A child process with its output in a file. Killed on drop, since SIGTERM takes baresip seconds.
#[derive(Debug)]
struct Process {
    child: Child,
    log: std::path::PathBuf,
}

impl Process {
    fn spawn(name: &str, package: &str, command: &mut Command, log: &Path) -> Result<Self> {
        let out = File::create(log)?;
        let child = command
            .stdin(Stdio::null())
            .stdout(out.try_clone()?)
            .stderr(out)
            .spawn()
            .with_context(|| format!("{name} cannot be started: is {package} installed?"))?;
        Ok(Self { child, log: log.to_owned() })
    }

    fn log(&self) -> String {
        std::fs::read(&self.log)
            .map(|b| String::from_utf8_lossy(&b).into_owned())
            .unwrap_or_default()
    }

    fn wait(&mut self) -> Result<ExitStatus> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(status) = self.child.try_wait()? {
                return Ok(status);
            }
            ensure!(Instant::now() < deadline, "still running: {}", self.log());
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    fn kill(&mut self) -> Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        let _ = self.kill();
    }
}

/// A loopback port that is free for TCP and UDP at this moment.
pub fn free_port() -> Result<u16> {
    for _ in 0..50 {
        let tcp = TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?;
        let port = tcp.local_addr()?.port();
        if UdpSocket::bind((Ipv4Addr::LOCALHOST, port)).is_ok() {
            return Ok(port);
        }
    }
    bail!("no free port")
}
