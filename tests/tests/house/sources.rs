//! What stands in the files.

use crate::{Source, assert_kept, sources};

/// Longer than this, a file tells more than one story.
const LONGEST: usize = 600;

/// Written by a program.
const GENERATED: &[&str] = &["ui/src/lib/protocol.ts"];

/// Places of one machine. In pieces, so that this file is not its own offender.
const MACHINE_PATHS: &[&str] =
    &[concat!("/wo", "rk/"), concat!("..", "/shared"), concat!("/ro", "ot/")];

/// Files that name a place of one machine.
fn machine_bound(sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for source in sources {
        for (number, line) in source.text.lines().enumerate() {
            for place in MACHINE_PATHS.iter().filter(|place| line.contains(**place)) {
                broken.push(format!("{}:{}: {place}", source.path, number + 1));
            }
        }
    }
    broken
}

/// Files that are too long to be read at one go.
fn too_long(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| has_ending(source, &["rs", "ts", "svelte"]))
        .filter(|source| !GENERATED.contains(&source.path.as_str()))
        .map(|source| (source.text.lines().count(), &source.path))
        .filter(|(lines, _)| *lines > LONGEST)
        .map(|(lines, path)| format!("{path} has {lines} lines; {LONGEST} is the most"))
        .collect()
}

/// Files of the user interface that know Tauri, beside its one host.
fn tauri_in_ui(sources: &[Source]) -> Vec<String> {
    sources
        .iter()
        .filter(|source| {
            source.path.starts_with("ui/src/") && source.path != "ui/src/lib/host/tauri.ts"
        })
        .filter(|source| source.text.contains("@tauri-apps/"))
        .map(|source| format!("{} imports @tauri-apps", source.path))
        .collect()
}

fn has_ending(source: &Source, endings: &[&str]) -> bool {
    source.path.rsplit_once('.').is_some_and(|(_, ending)| endings.contains(&ending))
}

#[test]
fn no_file_is_bound_to_one_machine() {
    assert_kept(&machine_bound(&sources()));
    let offender = Source::made_up("a.rs", &format!("fine\nsee {}x", MACHINE_PATHS[0]));
    assert_eq!(machine_bound(&[offender]), [format!("a.rs:2: {}", MACHINE_PATHS[0])]);
}

#[test]
fn no_file_is_too_long() {
    assert_kept(&too_long(&sources()));
    let long = "line\n".repeat(LONGEST + 1);
    assert_eq!(too_long(&[Source::made_up("a.rs", &long)]).len(), 1);
    assert_kept(&too_long(&[Source::made_up("a.json", &long)]));
}

#[test]
fn the_user_interface_knows_its_host_and_not_tauri() {
    let sources = sources();
    assert!(sources.iter().any(|source| source.path == "ui/src/lib/host/tauri.ts"));
    assert_kept(&tauri_in_ui(&sources));
    let offender = Source::made_up("ui/src/pop/Pop.svelte", "import x from '@tauri-apps/api'");
    assert_eq!(tauri_in_ui(&[offender]), ["ui/src/pop/Pop.svelte imports @tauri-apps"]);
}
