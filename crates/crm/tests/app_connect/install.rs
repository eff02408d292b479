//! Installs the server's packages, once, whichever test comes first.

use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;

/// Where the server and its lock file lie.
pub(crate) fn server() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/app_connect/server")
}

/// Brings `node_modules` to what the lock file says, if it is not; `cargo xtask test` has done it
/// already. Other tests, in other processes, wait meanwhile.
pub(crate) fn install() {
    let server = server();
    let lock = fs::read(server.join("package-lock.json")).unwrap();
    // The whole lock is the stamp: no hash to trust, and it lies where `npm ci` erases it first.
    let stamp = server.join("node_modules/.ringside-lock");
    let installed = || fs::read(&stamp).is_ok_and(|found| found == lock);
    if installed() {
        return;
    }
    let turn =
        File::create(Path::new(env!("CARGO_TARGET_TMPDIR")).join("app-connect.lock")).unwrap();
    turn.lock().unwrap();
    if installed() {
        return;
    }
    // No scripts: nothing of it is built here, and nobody's script runs.
    let npm = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let arguments = ["ci", "--ignore-scripts", "--no-audit", "--no-fund"];
    let done = Command::new(npm).args(arguments).current_dir(&server).output();
    let done = done.expect("npm is needed for these tests: run `cargo xtask test`");
    let said = String::from_utf8_lossy(&done.stderr);
    assert!(done.status.success(), "npm {}: {said}", arguments.join(" "));
    fs::write(&stamp, lock).unwrap();
}
