//! The keyring of a session.

use std::io::{Read, Write};
use std::os::unix::net::UnixStream;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};

use super::{KEYRING_PASSWORD, PATIENCE, Session, gdbus, wait_for};

const LOGIN: &str = "/org/freedesktop/secrets/collection/login";
const GET_PROPERTY: &str = "org.freedesktop.DBus.Properties.Get";

impl Session {
    /// Starts gnome-keyring with an unlocked login keyring, where there was none.
    pub fn start_keyring(&mut self) -> Result<()> {
        let mut daemon = self
            .command("gnome-keyring-daemon")
            .args(["--unlock", "--foreground", "--components=secrets"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn();
        if let Ok(daemon) = &mut daemon {
            // The pipe must close: the daemon reads the password to the end of input.
            let mut stdin = daemon.stdin.take().context("no pipe to gnome-keyring-daemon")?;
            stdin.write_all(KEYRING_PASSWORD.as_bytes())?;
        }
        self.keep(daemon, "gnome-keyring-daemon")?;
        wait_for("the login keyring", || Ok(self.keyring_locked().is_ok_and(|locked| !locked)))
    }

    /// Locks the login keyring.
    pub fn lock_keyring(&self) -> Result<()> {
        self.secrets("", "Service.Lock", &[&format!("['{LOGIN}']")])?;
        ensure!(self.keyring_locked()?, "the keyring did not lock");
        Ok(())
    }

    /// Unlocks the login keyring without a prompt, the way a login does: over the daemon's
    /// control socket (gnome-keyring, `pam/gkr-pam-client.c`).
    pub fn unlock_keyring(&self) -> Result<()> {
        const UNLOCK: u32 = 1;
        let socket = self.dir.join("run/keyring/control");
        let mut stream = UnixStream::connect(&socket).context("the keyring's control socket")?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let password = KEYRING_PASSWORD.as_bytes();
        let password_len = u32::try_from(password.len())?;
        let mut request = vec![0];
        for word in [12 + password_len, UNLOCK, password_len] {
            request.extend(word.to_be_bytes());
        }
        request.extend(password);
        stream.write_all(&request)?;
        let mut answer = [0; 8];
        stream.read_exact(&mut answer)?;
        ensure!(answer == [0, 0, 0, 8, 0, 0, 0, 0], "the keyring refused to unlock: {answer:?}");
        ensure!(!self.keyring_locked()?, "the keyring did not unlock");
        Ok(())
    }

    fn keyring_locked(&self) -> Result<bool> {
        let property = ["org.freedesktop.Secret.Collection", "Locked"];
        let answer = gdbus(self, "org.freedesktop.secrets", LOGIN, GET_PROPERTY, &property)?;
        Ok(answer.contains("true"))
    }

    fn secrets(&self, below: &str, method: &str, args: &[&str]) -> Result<String> {
        let path = format!("/org/freedesktop/secrets{below}");
        let method = format!("org.freedesktop.Secret.{method}");
        gdbus(self, "org.freedesktop.secrets", &path, &method, args)
    }
}
