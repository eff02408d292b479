//! The session bus, as `dbus-monitor` sees it.

use std::io::{BufRead, BufReader};
use std::process::{Child, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, SystemTime};

use anyhow::{Context, Result};

use crate::session::Session;

/// How long a notification may take.
const PATIENCE: Duration = Duration::from_secs(30);
const MATCH: &str = "type='method_call',interface='org.freedesktop.Notifications',member='Notify'";

/// Everybody's calls of `Notify`.
pub(crate) struct Bus {
    monitor: Child,
    notices: Receiver<Notice>,
}

/// One call of `Notify`.
struct Notice {
    /// By the monitor's clock, which is the system's.
    at: SystemTime,
    /// Its strings, one a line.
    text: String,
}

impl Bus {
    /// Begins to listen.
    pub(crate) fn watch(session: &Session) -> Result<Self> {
        let mut monitor = session
            .command("dbus-monitor")
            .args(["--session", MATCH])
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .context("dbus-monitor cannot be started; `cargo xtask bench` installs it")?;
        let stdout = monitor.stdout.take().context("no pipe")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        // The first words are about the monitor itself: from here on it listens.
        lines.next().context("dbus-monitor is mute")?;
        let (told, notices) = channel();
        thread::spawn(move || {
            let mut notice: Option<Notice> = None;
            for line in lines {
                if let Some(at) = begins(&line) {
                    notice = Some(Notice { at, text: String::new() });
                } else if let Some(current) = &mut notice {
                    current.text.push_str(&line);
                    current.text.push('\n');
                    // The last argument is the time after which it leaves.
                    if line.starts_with("   int32 ") {
                        notice.take().map(|whole| told.send(whole));
                    }
                }
            }
        });
        Ok(Self { monitor, notices })
    }

    /// When the first notification with this text was seen.
    pub(crate) fn seen(&self, text: &str) -> Result<SystemTime> {
        loop {
            let notice = self.notices.recv_timeout(PATIENCE);
            let notice = notice.with_context(|| format!("no notification of {text}"))?;
            if notice.text.contains(text) {
                return Ok(notice.at);
            }
        }
    }

    /// Forgets what came so far.
    pub(crate) fn skip(&self) {
        while self.notices.try_recv().is_ok() {}
    }
}

impl Drop for Bus {
    fn drop(&mut self) {
        let _ = self.monitor.kill();
        let _ = self.monitor.wait();
    }
}

/// The time in the first line of a call.
fn begins(line: &str) -> Option<SystemTime> {
    let time = line.strip_prefix("method call time=")?.split(' ').next()?;
    let seconds: f64 = time.parse().ok()?;
    SystemTime::UNIX_EPOCH.checked_add(Duration::try_from_secs_f64(seconds).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_line_of_a_call_has_its_time() {
        let line = "method call time=1795461935.636123 sender=:1.5 -> destination=:1.2 serial=3";
        let at = begins(line).unwrap().duration_since(SystemTime::UNIX_EPOCH).unwrap();
        assert_eq!(at.as_millis(), 1_795_461_935_636);
        assert_eq!(begins("   string \"method call time=1\""), None);
    }
}
