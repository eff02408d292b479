//! The hook in Twinkle's profile: put in when Twinkle is added, taken out when it is removed, and
//! heard meanwhile.

use std::collections::BTreeMap;
use std::io;
use std::path::Path;

use ringside_domain::settings::SoftphoneKind;
use ringside_protocol::{ErrorCode, Fault};
use ringside_softphone::twinkle::profile::{self, HookError};

use super::{Answer, Controller, answers};

impl Controller {
    /// One run of the hook.
    pub(super) fn hook(&self, environment: &BTreeMap<String, String>, reply: Answer) {
        match &self.twinkle {
            Some(twinkle) if self.listening => {
                twinkle.ran(environment);
                answers::done(reply);
            }
            _ => answers::fault(reply, Fault::new(ErrorCode::NotRunning)),
        }
    }

    /// Puts the hook in, where the kind has one.
    pub(super) fn put_hook(&self, kind: &SoftphoneKind) -> Result<(), Fault> {
        let SoftphoneKind::Twinkle { profile } = kind else { return Ok(()) };
        let script = self.home.twinkle_script();
        let text = profile::script(&super::inlet::program_path(), self.home.moved_to());
        let done = write_script(&script, &text).map_err(HookError::from);
        done.and_then(|()| profile::install(Path::new(profile), &script)).map_err(|error| {
            let fault = |code| Fault::new(code).with("file", profile.as_str());
            match error {
                HookError::Taken { script, .. } => {
                    fault(ErrorCode::HookTaken).with("script", script)
                }
                error @ (HookError::NoProfile | HookError::Io(_)) => {
                    fault(ErrorCode::BadFile).with("line", "0").with("reason", error.to_string())
                }
            }
        })
    }

    /// Takes it out again. A profile that cannot be changed keeps a hook that does no harm.
    pub(super) fn take_hook_out(&mut self, kind: &SoftphoneKind) {
        let SoftphoneKind::Twinkle { profile } = kind else { return };
        self.twinkle = None;
        if let Err(error) = profile::remove(Path::new(profile), &self.home.twinkle_script()) {
            tracing::warn!(%error, "Twinkle's profile keeps the hook");
        }
    }
}

fn write_script(script: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = script.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::write(script, text)?;
    make_executable(script)
}

#[cfg(unix)]
fn make_executable(script: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    std::fs::set_permissions(script, std::fs::Permissions::from_mode(0o700))
}

#[cfg(not(unix))]
#[allow(clippy::unnecessary_wraps, reason = "one signature for all systems")]
fn make_executable(_script: &Path) -> io::Result<()> {
    Ok(())
}
