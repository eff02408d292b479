//! The people outside, who call and are called: sipp, with a script for each thing they do.

use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use tempfile::TempDir;

use super::{Baresip, PATIENCE, Process, free_port};

/// A person outside who calls a softphone, through sipp.
#[derive(Clone, Debug)]
pub struct Caller {
    to: String,
    from: String,
    id: String,
    scenario: &'static str,
    millis: u64,
    cancel_headers: String,
}

impl Caller {
    /// A caller to this phone who, unless told otherwise, hangs up half a second after the answer.
    pub fn new(phone: &Baresip) -> Self {
        Self::to(phone.uri())
    }

    /// The same to any phone, by its SIP address.
    pub fn to(address: String) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(1);
        let id = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        Self {
            to: address,
            from: "\"Jane Q. Caller\" <sip:+14155550123@pbx.test>".to_owned(),
            id: format!("{id}@pstn.test"),
            scenario: include_str!("../../fixtures/sip/uac.xml"),
            millis: 500,
            cancel_headers: String::new(),
        }
    }

    /// The whole From address: `"Name" <sip:+1...@host>`, quoted pairs and all.
    #[must_use]
    pub fn from(mut self, from: &str) -> Self {
        from.clone_into(&mut self.from);
        self
    }

    /// Calls the phone's second account.
    #[must_use]
    pub fn on_second_line(mut self) -> Self {
        if let Some((_, host)) = self.to.split_once('@') {
            self.to = format!("sip:second-line@{host}");
        }
        self
    }

    /// The SIP Call-ID; without it, each caller has one of its own.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.id);
        self
    }

    /// Talks this long after the answer, then hangs up.
    #[must_use]
    pub fn talk(self, millis: u64) -> Self {
        self.plays(include_str!("../../fixtures/sip/uac.xml"), millis)
    }

    /// Talks until the softphone hangs up.
    #[must_use]
    pub fn talk_until_hung_up(self) -> Self {
        self.plays(include_str!("../../fixtures/sip/uac_wait_bye.xml"), 0)
    }

    /// Lets it ring this long, then gives up.
    #[must_use]
    pub fn give_up(self, millis: u64) -> Self {
        self.plays(include_str!("../../fixtures/sip/uac_cancel.xml"), millis)
    }

    /// Lets it ring this long; then another device has taken the call (RFC 3326 reason).
    #[must_use]
    pub fn answered_elsewhere(mut self, millis: u64) -> Self {
        self.cancel_headers =
            "\r\nReason: SIP;cause=200;text=\"Call completed elsewhere\"".to_owned();
        self.give_up(millis)
    }

    /// Lets it ring until the softphone declines.
    #[must_use]
    pub fn until_declined(self) -> Self {
        self.plays(include_str!("../../fixtures/sip/uac_reject.xml"), 0)
    }

    fn plays(mut self, scenario: &'static str, millis: u64) -> Self {
        self.scenario = scenario;
        self.millis = millis;
        self
    }

    /// Calls.
    ///
    /// # Errors
    /// sipp is not installed, or does not start.
    pub fn start(self) -> Result<Call> {
        let (_, target) = self.to.split_once(':').context("not a SIP address")?;
        let (user, host) = target.split_once('@').context("no user in the SIP address")?;
        // A percent sign would be one of sipp's own words in a Call-ID.
        let id = self.id.replace('%', "%%");
        let millis = self.millis.to_string();
        let sipp = Sipp::start(
            self.scenario,
            &[
                host,
                "-s",
                user,
                "-d",
                &millis,
                "-key",
                "from",
                &self.from,
                "-key",
                "cxl",
                &self.cancel_headers,
                "-cid_str",
                &id,
            ],
        )?;
        Ok(Call { sipp, id: self.id })
    }
}

/// A call under way. The caller is killed on drop, which leaves the softphone hanging: mostly
/// [`Call::wait`] is meant.
#[derive(Debug)]
pub struct Call {
    sipp: Sipp,
    id: String,
}

impl Call {
    /// The SIP Call-ID.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// Waits until the caller is through.
    ///
    /// # Errors
    /// The call went otherwise than the caller's script, or has not ended after a minute.
    pub fn wait(self) -> Result<()> {
        self.sipp.wait()
    }
}

/// A person outside who is called, through sipp. Serves one call.
#[derive(Debug)]
pub struct Callee {
    sipp: Sipp,
}

impl Callee {
    /// Rings, answers after 0.3 s and talks until the softphone hangs up.
    ///
    /// # Errors
    /// sipp is not installed, or does not start.
    pub fn answers() -> Result<Self> {
        Self::start(include_str!("../../fixtures/sip/uas_wait_bye.xml"))
    }

    /// Rings, then is busy.
    ///
    /// # Errors
    /// sipp is not installed, or does not start.
    pub fn busy() -> Result<Self> {
        Self::start(include_str!("../../fixtures/sip/uas_busy.xml"))
    }

    /// Rings, then turns out not to exist.
    ///
    /// # Errors
    /// sipp is not installed, or does not start.
    pub fn not_found() -> Result<Self> {
        Self::start(include_str!("../../fixtures/sip/uas_404.xml"))
    }

    /// Rings until the softphone gives up.
    ///
    /// # Errors
    /// sipp is not installed, or does not start.
    pub fn never_answers() -> Result<Self> {
        Self::start(include_str!("../../fixtures/sip/uas_cancel.xml"))
    }

    fn start(scenario: &str) -> Result<Self> {
        let mut sipp = Sipp::start(scenario, &[])?;
        // A call dialled before sipp listens would find nobody. Looked up, not tried: our own bind
        // could be in sipp's way.
        let listens = format!("0100007F:{:04X} ", sipp.port);
        let deadline = Instant::now() + PATIENCE;
        while !std::fs::read_to_string("/proc/net/udp")?.contains(&listens) {
            if let Some(status) = sipp.process.child.try_wait()? {
                bail!("sipp ended at start ({status}): {}", sipp.process.log());
            }
            ensure!(Instant::now() < deadline, "sipp is not ready: {}", sipp.process.log());
            std::thread::sleep(Duration::from_millis(10));
        }
        Ok(Self { sipp })
    }

    /// What to dial.
    pub fn uri(&self) -> String {
        format!("sip:+14155550188@127.0.0.1:{}", self.sipp.port)
    }

    /// Waits until the call is over.
    ///
    /// # Errors
    /// It went otherwise than the callee's script, or has not ended after a minute.
    pub fn wait(self) -> Result<()> {
        self.sipp.wait()
    }
}

#[derive(Debug)]
struct Sipp {
    process: Process,
    port: u16,
    _dir: TempDir,
}

impl Sipp {
    fn start(scenario: &str, args: &[&str]) -> Result<Self> {
        let dir = tempfile::Builder::new().prefix("ringside-sipp").tempdir()?;
        let file = dir.path().join("scenario.xml");
        std::fs::write(&file, scenario)?;
        let (port, media) = (free_port()?, free_port()?);
        let mut command = Command::new("sipp");
        command.args(args).arg("-sf").arg(&file).current_dir(dir.path());
        command.args(["-m", "1", "-nd", "-nostdin", "-i", "127.0.0.1"]);
        command.arg("-p").arg(port.to_string()).arg("-mp").arg(media.to_string());
        command.env("TERM", "dumb");
        let process = Process::spawn("sipp", "sip-tester", &mut command, &dir.path().join("log"))?;
        Ok(Self { process, port, _dir: dir })
    }

    fn wait(mut self) -> Result<()> {
        let status = self.process.wait()?;
        ensure!(status.success(), "sipp's script failed ({status}): {}", self.process.log());
        Ok(())
    }
}
