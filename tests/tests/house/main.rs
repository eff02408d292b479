//! The rules of the house (ARCHITECTURE.md), checked over what cargo and the files say.
//!
//! Each rule is a function from what it looks at to the list of what breaks it, so that it is
//! tested on a made-up offender as well as on the house itself.
#![allow(clippy::unwrap_used, reason = "helpers of tests, outside of a test function")]

use std::fs;
use std::path::{Path, PathBuf};

mod behaviour;
mod crates;
mod sources;
mod words;

/// The root of the checkout.
fn root() -> PathBuf {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR"));
    tests.parent().map_or_else(PathBuf::new, Path::to_owned)
}

/// A file of ours: its path from the root, with `/`, and its text.
struct Source {
    path: String,
    text: String,
}

impl Source {
    /// One that a test has made up.
    fn made_up(path: &str, text: &str) -> Self {
        Self { path: path.to_owned(), text: text.to_owned() }
    }
}

/// Every text file of the checkout that people write.
fn sources() -> Vec<Source> {
    const NOT_OURS: &[&str] = &[".git", "target", "node_modules", "dist", "out", "gen"];
    let root = root();
    let mut sources = Vec::new();
    let mut folders = vec![root.clone()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).unwrap().map(Result::unwrap) {
            let (path, name) = (entry.path(), entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                if !NOT_OURS.iter().any(|other| name == *other) {
                    folders.push(path);
                }
            } else if let Ok(text) = fs::read_to_string(&path) {
                let path = path.strip_prefix(&root).unwrap().to_string_lossy().replace('\\', "/");
                sources.push(Source { path, text });
            }
        }
    }
    assert!(sources.iter().any(|source| source.path == "Cargo.toml"), "this is not the checkout");
    sources
}

/// Fails with all that breaks a rule.
#[track_caller]
fn assert_kept(broken: &[String]) {
    assert!(broken.is_empty(), "\n  {}\n", broken.join("\n  "));
}
