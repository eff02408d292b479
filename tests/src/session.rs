//! A desktop session of its own for one test: X server, session bus, keyring, notification daemon.
//!
//! All parts are the real programs. They see only folders of this session, so tests run in
//! parallel and never touch the person's own keyring or screen. Everything ends with the
//! `Session`. A missing program is an error that names it, never a skipped test.
//!
//! ```ignore
//! let session = Session::start(SessionOptions { dunst: true, ..SessionOptions::default() })?;
//! let app = session.command("ringside").arg("--hidden").spawn()?; // sees only this session
//! session.press_action("pick-1")?;                                // a button in dunst
//! session.lock_keyring()?;
//! ```
//!
//! Only `std`, `anyhow` and `tempfile`: the tests of `vault` and `notify` include this file.
#![allow(dead_code, unreachable_pub, reason = "each crate that includes this uses a part of it")]

// By path: each crate that includes this file does so under a path of its own.
#[path = "session/dunst.rs"]
mod dunst;
#[path = "session/keyring.rs"]
mod keyring;

use std::ffi::OsStr;
use std::io::{BufRead, BufReader};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};
use std::{env, fs, thread};

use anyhow::{Context, Result, bail, ensure};

/// How long a part of the session may take to come up or to answer.
const PATIENCE: Duration = Duration::from_secs(60);
/// The password of the login keyring.
pub const KEYRING_PASSWORD: &str = "correct horse";
/// Every process of a session carries this variable, so that all of them are found at the end,
/// also those that the bus started.
const MARK: &str = "RINGSIDE_TEST_SESSION";

/// The keyring of the session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keyring {
    /// gnome-keyring with an unlocked login keyring.
    #[default]
    Unlocked,
    /// The same, locked.
    Locked,
    /// gnome-keyring is started on demand; no login keyring was ever made.
    Fresh,
    /// No Secret Service, and none that could be started.
    None,
}

/// What the session has.
#[derive(Clone, Copy, Debug)]
pub struct SessionOptions {
    /// An X server (Xvfb, 1280x800).
    pub display: bool,
    /// The keyring.
    pub keyring: Keyring,
    /// The notification daemon dunst (needs `display`); the bus starts it again when it died.
    pub dunst: bool,
    /// The window manager openbox (needs `display`).
    pub wm: bool,
}

impl Default for SessionOptions {
    fn default() -> Self {
        Self { display: true, keyring: Keyring::Unlocked, dunst: false, wm: false }
    }
}

/// A running session. Dropping it ends all its processes and removes its folders.
#[derive(Debug)]
pub struct Session {
    env: Vec<(String, String)>,
    children: Vec<Child>,
    dir: PathBuf,
    /// `None` if the session belongs to the process that started this one.
    owned: Option<tempfile::TempDir>,
}

impl Session {
    /// Starts the session; returns when all of its parts answer.
    pub fn start(options: SessionOptions) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("ringside-session-").tempdir()?;
        let path = dir.path().to_path_buf();
        let mut session =
            Self { env: Vec::new(), children: Vec::new(), dir: path, owned: Some(dir) };
        session.make_folders()?;
        if options.display {
            session.start_x()?;
        }
        session.start_bus(options)?;
        match options.keyring {
            Keyring::Unlocked => session.start_keyring()?,
            Keyring::Locked => {
                session.start_keyring()?;
                session.lock_keyring()?;
            }
            Keyring::Fresh | Keyring::None => {}
        }
        if options.wm {
            session.start_window_manager()?;
        }
        if options.dunst {
            session.start_service("org.freedesktop.Notifications")?;
        }
        Ok(session)
    }

    /// Runs the body of a test with the test's own process inside a session: the test binary
    /// starts itself again there, for the one test of this name (`module::name`).
    pub fn inside(options: SessionOptions, test: &str, body: impl FnOnce(&mut Self)) -> Result<()> {
        if let Ok(dir) = env::var(MARK) {
            let env = env::vars().collect();
            body(&mut Self { env, children: Vec::new(), dir: dir.into(), owned: None });
            return Ok(());
        }
        let session = Self::start(options)?;
        let arguments = [test, "--exact", "--include-ignored", "--nocapture"];
        let output = session.command(env::current_exe()?).args(arguments).output()?;
        let stdout = String::from_utf8_lossy(&output.stdout);
        let stderr = String::from_utf8_lossy(&output.stderr);
        let passed = output.status.success() && stdout.contains("1 passed");
        ensure!(passed, "{test} failed inside its session:\n{stdout}\n{stderr}");
        Ok(())
    }

    /// The whole environment of a program in this session. Where [`Session::command`] cannot be
    /// used, clear the inherited environment before applying this.
    pub fn env(&self) -> Vec<(String, String)> {
        self.env.clone()
    }

    /// A command that runs in this session and sees nothing of the outer one.
    pub fn command(&self, program: impl AsRef<OsStr>) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(self.env.iter().cloned()).stdin(Stdio::null());
        command
    }

    /// Runs a program in this session to its end; its standard output.
    pub fn run<A: AsRef<OsStr>>(
        &self,
        program: &str,
        args: impl IntoIterator<Item = A>,
    ) -> Result<String> {
        let output = self.command(program).args(args).output().with_context(|| missing(program))?;
        let stderr = String::from_utf8_lossy(&output.stderr);
        ensure!(output.status.success(), "{program}: {}: {stderr}", output.status);
        Ok(String::from_utf8_lossy(&output.stdout).into_owned())
    }

    /// The session's own folder; goes away with it.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// The home folder in it.
    pub fn home(&self) -> PathBuf {
        self.dir.join("home")
    }

    /// Makes a screenshot of the whole screen, as PNG.
    pub fn screenshot(&self, path: &Path) -> Result<()> {
        self.run("import", [OsStr::new("-window"), OsStr::new("root"), path.as_os_str()])?;
        Ok(())
    }

    /// Runs `xdotool`; what it prints.
    pub fn xdotool<const N: usize>(&self, args: [&str; N]) -> Result<String> {
        self.run("xdotool", args)
    }

    /// Process id of the owner of a bus name.
    pub fn pid_of(&self, name: &str) -> Result<u32> {
        let answer = self.bus("GetConnectionUnixProcessID", &[name])?;
        let pid = answer.trim().trim_start_matches("(uint32 ").trim_end_matches(",)");
        pid.parse().with_context(|| format!("process id of {name}: {answer}"))
    }

    /// Sends a signal such as `STOP`, `CONT` or `KILL` to one process.
    pub fn signal(&self, pid: u32, signal: &str) -> Result<()> {
        self.run("kill", [format!("-{signal}"), pid.to_string()])?;
        Ok(())
    }

    fn make_folders(&mut self) -> Result<()> {
        let root = &self.dir;
        let folders = [
            ("HOME", "home"),
            ("XDG_CONFIG_HOME", "home/.config"),
            ("XDG_DATA_HOME", "home/.local/share"),
            ("XDG_CACHE_HOME", "home/.cache"),
            ("XDG_STATE_HOME", "home/.local/state"),
            ("XDG_RUNTIME_DIR", "run"),
        ];
        for (name, folder) in folders {
            let path = root.join(folder);
            fs::DirBuilder::new().recursive(true).mode(0o700).create(&path)?;
            self.env.push((name.into(), path_text(&path)?));
        }
        let fixed = [("LANG", "C.UTF-8"), ("NO_AT_BRIDGE", "1"), ("GDK_BACKEND", "x11")];
        self.env.extend(fixed.map(|(name, value)| (name.into(), value.into())));
        self.env.push((MARK.into(), path_text(root)?));
        // A coverage run tells the programs under test where to write.
        for name in ["PATH", "LLVM_PROFILE_FILE", "RUST_BACKTRACE", "RUST_LOG"] {
            self.env.extend(env::var(name).ok().map(|value| (name.into(), value)));
        }
        Ok(())
    }

    fn start_x(&mut self) -> Result<()> {
        let server = self
            .command("Xvfb")
            .args(["-displayfd", "1", "-screen", "0", "1280x800x24", "-nolisten", "tcp"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let number = self.keep_and_read_line(server, "Xvfb")?;
        self.env.push(("DISPLAY".into(), format!(":{number}")));
        Ok(())
    }

    /// Starts the bus, which can start nothing but what this session is to have. It must come
    /// after the X server: what it starts inherits its environment.
    fn start_bus(&mut self, options: SessionOptions) -> Result<()> {
        let root = &self.dir;
        let services = root.join("services");
        fs::create_dir(&services)?;
        let service = |name: &str, exec: &str| {
            let text = format!("[D-BUS Service]\nName={name}\nExec={exec}\n");
            fs::write(services.join(format!("{name}.service")), text)
        };
        if options.keyring == Keyring::Fresh {
            let daemon = "/usr/bin/gnome-keyring-daemon --start --foreground --components=secrets";
            service("org.freedesktop.secrets", daemon)?;
        }
        if options.keyring != Keyring::None {
            service("org.gnome.keyring.SystemPrompter", "/usr/libexec/gcr-prompter")?;
        }
        if options.dunst {
            service(
                "org.freedesktop.Notifications",
                &path_text(&dunst::write_dunst_config(root)?)?,
            )?;
        }
        let config = root.join("bus.conf");
        let (root, services) = (path_text(root)?, path_text(&services)?);
        fs::write(
            &config,
            format!(
                "<busconfig><type>session</type><listen>unix:path={root}/run/bus</listen>\
                 <servicedir>{services}</servicedir><policy context=\"default\">\
                 <allow send_destination=\"*\" eavesdrop=\"true\"/><allow eavesdrop=\"true\"/>\
                 <allow own=\"*\"/></policy></busconfig>"
            ),
        )?;
        let bus = self
            .command("dbus-daemon")
            .arg(format!("--config-file={}", path_text(&config)?))
            .args(["--print-address=1", "--nofork", "--nopidfile"])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn();
        let address = self.keep_and_read_line(bus, "dbus-daemon")?;
        self.env.push(("DBUS_SESSION_BUS_ADDRESS".into(), address));
        Ok(())
    }

    fn start_service(&self, name: &str) -> Result<()> {
        self.bus("StartServiceByName", &[name, "0"])?;
        Ok(())
    }

    fn bus(&self, method: &str, args: &[&str]) -> Result<String> {
        let method = format!("org.freedesktop.DBus.{method}");
        gdbus(self, "org.freedesktop.DBus", "/org/freedesktop/DBus", &method, args)
    }

    /// openbox sometimes ends at once on a busy machine, without a word; it is then started again.
    fn start_window_manager(&mut self) -> Result<()> {
        let mut tries = 3;
        loop {
            let openbox = self.command("openbox").arg("--sm-disable").spawn();
            self.keep(openbox, "openbox")?;
            let up = wait_for("the window manager", || {
                let root = self.run("xprop", ["-root", "_NET_SUPPORTING_WM_CHECK"])?;
                Ok(root.contains("window id"))
            });
            tries -= 1;
            if up.is_ok() || tries == 0 {
                return up;
            }
        }
    }

    fn keep(&mut self, child: std::io::Result<Child>, program: &str) -> Result<()> {
        self.children.push(child.with_context(|| missing(program))?);
        Ok(())
    }

    /// Waits for the one line with which a server says where it listens. The pipe stays open
    /// for as long as the child: a server may die of a closed one.
    fn keep_and_read_line(
        &mut self,
        child: std::io::Result<Child>,
        program: &str,
    ) -> Result<String> {
        let mut child = child.with_context(|| missing(program))?;
        let stdout = child.stdout.take().with_context(|| format!("no pipe to {program}"))?;
        self.children.push(child);
        let (sender, receiver) = std::sync::mpsc::channel();
        thread::spawn(move || {
            let mut lines = BufReader::new(stdout).lines();
            let _ = sender.send(lines.next());
            for _ in lines {}
        });
        let line = receiver.recv_timeout(PATIENCE).with_context(|| format!("{program} is mute"))?;
        Ok(line.with_context(|| format!("{program} ended at once"))??)
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if self.owned.is_none() {
            return;
        }
        // Twice: a process may have started another while we were looking.
        for pid in marked(&self.dir).into_iter().chain(marked(&self.dir)) {
            let _ = Command::new("kill").args(["-KILL", &pid]).stderr(Stdio::null()).status();
        }
        for child in &mut self.children {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

fn gdbus(session: &Session, name: &str, path: &str, method: &str, args: &[&str]) -> Result<String> {
    let call = ["call", "--session", "-d", name, "-o", path, "-m", method];
    session.run("gdbus", call.iter().chain(args))
}

/// Asks again and again until it is so; an error when it is not within [`PATIENCE`].
pub fn wait_for(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    let end = Instant::now() + PATIENCE;
    while !holds()? {
        if Instant::now() > end {
            bail!("waited {PATIENCE:?} in vain for {what}");
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

/// Process ids of all that carry the mark of the session in this folder.
fn marked(dir: &Path) -> Vec<String> {
    let mark = format!("{MARK}={}", dir.display());
    let pids = fs::read_dir("/proc").into_iter().flatten().flatten();
    pids.filter(|pid| {
        let environ = fs::read(pid.path().join("environ")).unwrap_or_default();
        environ.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    })
    .map(|pid| pid.file_name().to_string_lossy().into_owned())
    .collect()
}

fn path_text(path: &Path) -> Result<String> {
    Ok(path.to_str().context("the temporary folder's path is not UTF-8")?.to_owned())
}

fn missing(program: &str) -> String {
    format!("cannot start `{program}`; `cargo xtask test` installs it")
}
