//! Elsewhere: files below the user's profile folder inherit its access list, which keeps others
//! out, and a folder cannot be synced.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::path::Path;

/// Makes a folder, and those above it.
pub(crate) fn make_private_folder(folder: &Path) -> io::Result<()> {
    fs::create_dir_all(folder)
}

/// Opens or creates a file.
pub(crate) fn open_private(file: &Path) -> io::Result<File> {
    OpenOptions::new().read(true).write(true).create(true).truncate(false).open(file)
}

/// Nothing to do.
pub(crate) fn sync_folder(_file: &Path) -> io::Result<()> {
    Ok(())
}
