//! Files that only their owner may read, and that are replaced whole or set aside, never deleted.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::{Error, SetAside};

#[cfg_attr(unix, path = "files/unix.rs")]
#[cfg_attr(not(unix), path = "files/other.rs")]
mod platform;

pub(crate) use platform::{open_private, sync_folder};

/// An [`Error::Io`] about a file.
pub(crate) fn io_error(file: &Path) -> impl Fn(io::Error) -> Error + '_ {
    move |error| Error::Io { file: file.to_path_buf(), reason: error.to_string() }
}

/// The folder that holds `file`, made private if it has to be made.
pub(crate) fn make_folder_of(file: &Path) -> Result<(), Error> {
    match file.parent().filter(|p| !p.as_os_str().is_empty() && !p.exists()) {
        Some(folder) => platform::make_private_folder(folder).map_err(io_error(folder)),
        None => Ok(()),
    }
}

/// `file` with something added to its name.
pub(crate) fn beside(file: &Path, suffix: &str) -> PathBuf {
    let mut name = OsString::from(file);
    name.push(suffix);
    PathBuf::from(name)
}

/// How long `file` is; 0 if there is none.
pub(crate) fn length(file: &Path) -> u64 {
    fs::metadata(file).map(|m| m.len()).unwrap_or(0)
}

/// Writes `file` so that it is always either the old text or the new one.
pub(crate) fn replace(file: &Path, bytes: &[u8]) -> Result<(), Error> {
    let new = beside(file, ".new");
    let write = || -> io::Result<()> {
        let mut handle: File = open_private(&new)?;
        handle.set_len(0)?;
        handle.write_all(bytes)?;
        handle.sync_all()?;
        drop(handle);
        fs::rename(&new, file)?;
        sync_folder(file)
    };
    write().map_err(io_error(file))
}

/// Renames `file` and those of its `companions` that exist to `….damaged-YYYYMMDD-HHMMSS`.
///
/// `file` itself goes last: cut off half-way, the next start finds it still damaged and goes on.
pub(crate) fn set_aside(file: &Path, companions: &[&str], reason: &str) -> Result<SetAside, Error> {
    let moved_to = free_name(file, Timestamp::now());
    let rename = |from: &Path, to: &Path| match fs::rename(from, to) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(io_error(from)(error)),
        _ => Ok(()),
    };
    for suffix in companions {
        rename(&beside(file, suffix), &beside(&moved_to, suffix))?;
    }
    rename(file, &moved_to)?;
    sync_folder(file).map_err(io_error(file))?;
    tracing::warn!(moved_to = %moved_to.display(), reason, "a damaged file was set aside");
    Ok(SetAside { moved_to, reason: reason.to_owned() })
}

/// A name that nothing has yet: two damaged files within one second keep both.
fn free_name(file: &Path, at: Timestamp) -> PathBuf {
    let stamp = at.strftime("%Y%m%d-%H%M%S");
    let first = beside(file, &format!(".damaged-{stamp}"));
    let later = (2_u32..).map(|n| beside(file, &format!(".damaged-{stamp}-{n}")));
    std::iter::once(first.clone()).chain(later).find(|p| !p.exists()).unwrap_or(first)
}
