//! Unix: mode bits keep others out.

use std::fs::{self, DirBuilder, File, OpenOptions, Permissions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

/// Makes a folder, and those above it, for their owner only (0700).
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(folder)
}

/// Opens or creates a file for its owner only (0600), also if it was open to others before.
pub(crate) fn open_private(file: &Path) -> io::Result<File> {
    let handle = OpenOptions::new()
        .read(true)
        .write(true)
        .create(true)
        .truncate(false)
        .mode(0o600)
        .open(file)?;
    if handle.metadata()?.permissions().mode() & 0o077 != 0 {
        handle.set_permissions(Permissions::from_mode(0o600))?;
    }
    Ok(handle)
}

/// Brings a new or changed name in the folder of `file` to the disk.
pub(crate) fn sync_folder(file: &Path) -> io::Result<()> {
    match file.parent().filter(|p| !p.as_os_str().is_empty()) {
        Some(folder) => fs::File::open(folder)?.sync_all(),
        None => Ok(()),
    }
}
