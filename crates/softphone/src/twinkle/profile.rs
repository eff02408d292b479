//! Twinkle's profiles, and the hook in them: `~/.twinkle/NAME.cfg`, lines of `key=value`, read when
//! Twinkle starts. Tried with 1.10.2.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

/// The events for which Twinkle starts a script.
const SCRIPTS: [&str; 8] = [
    "script_incoming_call",
    "script_in_call_answered",
    "script_in_call_failed",
    "script_outgoing_call",
    "script_out_call_answered",
    "script_out_call_failed",
    "script_local_release",
    "script_remote_release",
];
/// What is added to the name of a profile for the copy of it as it was.
const BACKUP: &str = "before-ringside";
/// A profile is far smaller.
const PROFILE_MAX: u64 = 1024 * 1024;

/// Why the hook could not be put in or taken out. Nothing was changed then.
#[derive(Debug, thiserror::Error)]
pub enum HookError {
    /// The profile starts a script of its owner's, which is not ours to replace.
    #[error("{event} starts {script}")]
    Taken {
        /// Twinkle's name for the event.
        event: &'static str,
        /// The script.
        script: String,
    },
    /// It is no profile of Twinkle's.
    #[error("not a profile of Twinkle")]
    NoProfile,
    /// A file cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// The profiles of whoever has this home folder.
pub fn profiles(home: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(home.join(".twinkle")).into_iter().flatten().flatten();
    let mut found: Vec<PathBuf> = entries
        .map(|entry| entry.path())
        .filter(|path| path.extension().is_some_and(|end| end == "cfg") && path.is_file())
        .collect();
    found.sort();
    found
}

/// Makes Twinkle start `script` for whatever happens. A copy of the profile as it was stays beside
/// it. Twinkle takes it over when it starts anew.
///
/// # Errors
/// [`HookError`]; the profile is as it was.
pub fn install(profile: &Path, script: &Path) -> Result<(), HookError> {
    let text = read(profile)?;
    let ours = script.display().to_string();
    for event in SCRIPTS {
        if let Some(script) = value(&text, event).filter(|is| !is.is_empty() && *is != ours) {
            return Err(HookError::Taken { event, script: script.to_owned() });
        }
    }
    let backup = beside(profile, BACKUP);
    if !backup.exists() {
        fs::copy(profile, backup)?;
    }
    let mut changed = set(&text, &ours);
    for event in SCRIPTS.iter().filter(|event| value(&text, event).is_none()) {
        if !changed.ends_with('\n') {
            changed.push('\n');
        }
        changed.push_str(&format!("{event}={ours}\n"));
    }
    write(profile, &changed)
}

/// Takes the hook out again; scripts of the owner's stay.
///
/// # Errors
/// [`HookError`]; the profile is as it was.
pub fn remove(profile: &Path, script: &Path) -> Result<(), HookError> {
    let text = read(profile)?;
    let ours = script.display().to_string();
    let cleared: String = lines(&text)
        .map(|line| match event_of(line) {
            Some(event) if value(line, event) == Some(&ours) => format!("{event}=\n"),
            _ => line.to_owned(),
        })
        .collect();
    if cleared == text { Ok(()) } else { write(profile, &cleared) }
}

/// Whether Twinkle starts `script` for everything that matters.
pub fn is_installed(profile: &Path, script: &Path) -> bool {
    let ours = script.display().to_string();
    read(profile).is_ok_and(|text| SCRIPTS.iter().all(|event| value(&text, event) == Some(&ours)))
}

/// The script itself: it hands the environment over and is gone. Twinkle waits for the end of what
/// it prints, which is nothing.
pub fn script(ringsidectl: &Path, home: Option<&Path>) -> String {
    let home = home.map_or(String::new(), |home| format!("RINGSIDE_HOME={} ", quoted(home)));
    let program = quoted(ringsidectl);
    format!(
        "#!/bin/sh\n# Written by Ringside: Twinkle starts this for each call.\n\
         {home}exec {program} hook twinkle </dev/null >/dev/null 2>&1\n"
    )
}

/// As one word of a shell.
fn quoted(path: &Path) -> String {
    format!("'{}'", path.display().to_string().replace('\'', "'\\''"))
}

fn read(profile: &Path) -> Result<String, HookError> {
    if fs::metadata(profile)?.len() > PROFILE_MAX {
        return Err(HookError::NoProfile);
    }
    let text = String::from_utf8(fs::read(profile)?).map_err(|_| HookError::NoProfile)?;
    // Every profile that Twinkle wrote names its user.
    if value(&text, "user_name").is_none() { Err(HookError::NoProfile) } else { Ok(text) }
}

/// All at once, so that no crash leaves half a profile.
fn write(profile: &Path, text: &str) -> Result<(), HookError> {
    let new = beside(profile, "ringside-new");
    fs::write(&new, text)?;
    fs::set_permissions(&new, fs::metadata(profile)?.permissions())?;
    Ok(fs::rename(new, profile)?)
}

fn beside(profile: &Path, end: &str) -> PathBuf {
    let mut name = profile.as_os_str().to_owned();
    name.push(".");
    name.push(end);
    PathBuf::from(name)
}

/// The lines with their ends.
fn lines(text: &str) -> impl Iterator<Item = &str> {
    text.split_inclusive('\n')
}

fn event_of(line: &str) -> Option<&'static str> {
    let (key, _) = line.split_once('=')?;
    SCRIPTS.into_iter().find(|event| *event == key.trim())
}

fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    let pair = |line: &'a str| line.split_once('=').filter(|(name, _)| name.trim() == key);
    lines(text).find_map(pair).map(|(_, value)| value.trim())
}

fn set(text: &str, script: &str) -> String {
    lines(text)
        .map(|line| match event_of(line) {
            Some(event) => format!("{event}={script}\n"),
            None => line.to_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OURS: &str = "/data/hooks/twinkle.sh";

    fn profile(text: &str) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let profile = folder.path().join("agent.cfg");
        fs::write(&profile, text).unwrap();
        (folder, profile)
    }

    #[test]
    fn the_hook_goes_in_and_out_and_leaves_all_else_as_it_was() {
        let before = "# USER\nuser_name=agent\nscript_incoming_call=\nringtone_file=a=b";
        let (folder, profile) = profile(before);
        let script = Path::new(OURS);
        assert!(!is_installed(&profile, script));
        install(&profile, script).unwrap();
        install(&profile, script).unwrap();
        assert!(is_installed(&profile, script));
        let text = fs::read_to_string(&profile).unwrap();
        assert!(
            text.starts_with("# USER\nuser_name=agent\n") && text.contains("ringtone_file=a=b")
        );
        assert_eq!(text.matches(OURS).count(), SCRIPTS.len());
        remove(&profile, script).unwrap();
        assert!(!fs::read_to_string(&profile).unwrap().contains(OURS));
        let backup = folder.path().join("agent.cfg.before-ringside");
        assert_eq!(fs::read_to_string(backup).unwrap(), before);
    }

    #[test]
    fn a_script_of_the_owners_is_never_replaced() {
        let text = "user_name=agent\nscript_in_call_failed=/home/me/missed.sh\n";
        let (_folder, profile) = profile(text);
        let error = install(&profile, Path::new(OURS)).unwrap_err();
        assert_eq!(error.to_string(), "script_in_call_failed starts /home/me/missed.sh");
        remove(&profile, Path::new(OURS)).unwrap();
        assert_eq!(fs::read_to_string(&profile).unwrap(), text);
    }

    #[test]
    fn what_is_no_profile_is_left_alone() {
        let (_folder, profile) = profile("[section]\nkey = value\n");
        assert!(matches!(install(&profile, Path::new(OURS)), Err(HookError::NoProfile)));
        assert!(matches!(
            install(Path::new("/nowhere.cfg"), Path::new(OURS)),
            Err(HookError::Io(_))
        ));
    }

    #[test]
    fn the_script_takes_any_path() {
        let script = script(Path::new("/opt/it's here/ringsidectl"), Some(Path::new("/tmp/p")));
        assert!(
            script.contains("RINGSIDE_HOME='/tmp/p' exec '/opt/it'\\''s here/ringsidectl' hook")
        );
    }
}
