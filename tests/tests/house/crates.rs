//! Who may use whom.

use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

use serde_json::{Value, json};

use crate::{Source, assert_kept, root, sources};

/// Crates that only some of ours may name: a prefix of their name, and who may.
const RESERVED: &[(&str, &[&str])] = &[
    ("tauri", &["ringside"]),
    ("wry", &["ringside"]),
    ("tao", &["ringside"]),
    ("gtk", &["ringside"]),
    ("keyring", &["ringside-vault"]),
    ("secret-service", &["ringside-vault"]),
    ("zbus-secret-service", &["ringside-vault"]),
    ("apple-native-keyring", &["ringside-vault"]),
    ("windows-native-keyring", &["ringside-vault"]),
    ("notify-rust", &["ringside-notify"]),
    ("zbus", &["ringside-notify", "ringside-vault"]),
    ("rusqlite", &["ringside-store", "example-crm"]),
    ("thirtyfour", &["ringside-tests"]),
];

/// What `ringside-domain` must not reach, over any number of steps.
const NO_IO: &[&str] = &[
    "tokio",
    "mio",
    "async-std",
    "smol",
    "socket2",
    "reqwest",
    "hyper",
    "rustls",
    "rusqlite",
    "keyring",
    "notify-rust",
    "zbus",
    "tauri",
    "gtk",
    "directories",
    "tempfile",
];

/// Dependencies whose version stands in the crate that has them, with the reason: cargo has no
/// workspace table for one operating system's variant of a feature list.
const OWN_VERSION: &[(&str, &str)] = &[
    ("ringside-vault", "zbus-secret-service-keyring-store"),
    ("ringside-vault", "apple-native-keyring-store"),
    ("ringside-vault", "windows-native-keyring-store"),
    ("ringside-notify", "notify-rust"),
];

/// The crates of the workspace with what they name directly, of all kinds and systems.
fn direct(metadata: &Value) -> BTreeMap<&str, BTreeSet<&str>> {
    let members: Vec<_> = list(&metadata["workspace_members"]).collect();
    let packages = list(&metadata["packages"]).filter(|package| members.contains(&&package["id"]));
    packages
        .map(|package| (name(package), list(&package["dependencies"]).map(name).collect()))
        .collect()
}

fn list(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

fn name(package: &Value) -> &str {
    package["name"].as_str().unwrap()
}

/// Everything that a member needs to run, over any number of steps.
fn reach<'a>(metadata: &'a Value, member: &str) -> BTreeSet<&'a str> {
    let packages: BTreeMap<_, _> =
        list(&metadata["packages"]).map(|package| (package["id"].as_str(), package)).collect();
    let nodes: BTreeMap<_, _> =
        list(&metadata["resolve"]["nodes"]).map(|node| (node["id"].as_str(), node)).collect();
    let start = packages.iter().find(|(_, package)| name(package) == member);
    let mut open: Vec<_> = start.map(|(id, _)| *id).into_iter().collect();
    let mut seen = BTreeSet::new();
    while let Some(id) = open.pop() {
        let Some(node) = nodes.get(&id) else { continue };
        for dependency in list(&node["deps"]) {
            let runs = list(&dependency["dep_kinds"]).any(|kind| kind["kind"].is_null());
            let id = dependency["pkg"].as_str();
            if runs && seen.insert(id) {
                open.push(id);
            }
        }
    }
    seen.iter().filter_map(|id| packages.get(id)).map(|package| name(package)).collect()
}

/// What breaks the rules of who may use whom.
fn broken_walls(metadata: &Value) -> Vec<String> {
    let mut broken = Vec::new();
    let members = direct(metadata);
    for (member, uses) in &members {
        for (reserved, owners) in RESERVED {
            let family = |used: &&&str| {
                used.strip_prefix(reserved)
                    .is_some_and(|rest| rest.is_empty() || rest.starts_with('-'))
            };
            for used in uses.iter().filter(family).filter(|_| !owners.contains(member)) {
                broken.push(format!("{member} uses {used}, which is for {}", owners.join(", ")));
            }
        }
    }
    let ours = |member: &str| -> Vec<&str> {
        let uses = members.get(member).into_iter().flatten().copied();
        uses.filter(|used| members.contains_key(used)).collect()
    };
    for (one, other) in [("softphone", "crm"), ("crm", "softphone")] {
        if ours(&format!("ringside-{one}")).contains(&format!("ringside-{other}").as_str()) {
            broken.push(format!("{one} knows {other}"));
        }
    }
    for (member, may) in [
        ("ringside-domain", &[][..]),
        ("ringside-words", &[]),
        ("ringside-protocol", &["ringside-domain"]),
        ("ringside-web", &["ringside-domain"]),
        ("example-crm", &["test-server"]),
        ("fake-pipedrive", &["test-server"]),
        ("fake-ringcentral", &["test-server"]),
        ("test-server", &[]),
    ] {
        for used in ours(member).into_iter().filter(|used| !may.contains(used)) {
            broken.push(format!("{member} uses {used}"));
        }
    }
    for used in reach(metadata, "ringside-domain").iter().filter(|used| NO_IO.contains(used)) {
        broken.push(format!("ringside-domain reaches {used}"));
    }
    broken
}

/// What breaks the rule that versions and lints stand in the workspace.
fn broken_manifests(manifests: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    for manifest in manifests {
        let table: toml::Table = manifest.text.parse().unwrap();
        let Some(package) = table.get("package").and_then(|package| package["name"].as_str())
        else {
            continue;
        };
        let lints = table.get("lints").and_then(|lints| lints.get("workspace"));
        if lints.and_then(toml::Value::as_bool) != Some(true) {
            broken.push(format!("{package} does not inherit the lints"));
        }
        let per_system = table.get("target").and_then(toml::Value::as_table);
        let systems = per_system.into_iter().flat_map(|table| table.values());
        let tables: Vec<_> = systems.filter_map(toml::Value::as_table).chain([&table]).collect();
        let kinds = ["dependencies", "dev-dependencies", "build-dependencies"];
        for (kind, table) in
            kinds.into_iter().flat_map(|kind| tables.iter().map(move |table| (kind, *table)))
        {
            for (used, entry) in
                table.get(kind).and_then(toml::Value::as_table).into_iter().flatten()
            {
                let inherits = entry.get("workspace").and_then(toml::Value::as_bool) == Some(true);
                if !inherits && !OWN_VERSION.contains(&(package, used)) {
                    broken.push(format!("{package} names a version of {used} by itself"));
                }
            }
        }
    }
    broken
}

fn cargo_metadata() -> Value {
    let arguments = ["metadata", "--format-version", "1", "--offline"];
    let output = Command::new(env!("CARGO")).args(arguments).current_dir(root()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

#[test]
fn the_walls_between_the_crates_stand() {
    let metadata = cargo_metadata();
    // The rules name crates; a renamed crate must not slip out of them.
    let members = direct(&metadata);
    let named = RESERVED.iter().flat_map(|(_, owners)| owners.iter());
    for owner in
        named.chain(&["ringside-domain", "ringside-protocol", "ringside-softphone", "ringside-web"])
    {
        assert!(members.contains_key(owner), "there is no crate {owner}");
    }
    assert!(reach(&metadata, "ringside-engine").contains("tokio"), "the reach is not computed");
    assert_kept(&broken_walls(&metadata));
}

#[test]
fn versions_and_lints_stand_in_the_workspace() {
    let manifests: Vec<_> =
        sources().into_iter().filter(|source| source.path.ends_with("Cargo.toml")).collect();
    assert!(manifests.len() > 10);
    assert_kept(&broken_manifests(&manifests));
}

#[test]
fn a_broken_wall_is_seen() {
    let package = |name: &str, uses: &[&str]| {
        let uses: Vec<_> = uses.iter().map(|name| json!({ "name": name })).collect();
        json!({ "id": name, "name": name, "dependencies": uses })
    };
    let needs = |id: &str| json!({ "pkg": id, "dep_kinds": [{ "kind": null }] });
    let for_tests = |id: &str| json!({ "pkg": id, "dep_kinds": [{ "kind": "dev" }] });
    let metadata = json!({
        "packages": [
            package("ringside-domain", &["serde"]),
            package("ringside-softphone", &["ringside-crm", "rusqlite"]),
            package("ringside-crm", &["tauri-plugin-log", "taurine"]),
            package("ringside-protocol", &["ringside-domain", "ringside-crm"]),
            package("serde", &[]),
            package("tokio", &[]),
            package("reqwest", &[]),
        ],
        "workspace_members":
            ["ringside-domain", "ringside-softphone", "ringside-crm", "ringside-protocol"],
        "resolve": { "nodes": [
            { "id": "ringside-domain", "deps": [needs("serde"), for_tests("reqwest")] },
            { "id": "serde", "deps": [needs("tokio")] },
        ]},
    });
    assert_eq!(
        broken_walls(&metadata),
        [
            "ringside-crm uses tauri-plugin-log, which is for ringside",
            "ringside-softphone uses rusqlite, which is for ringside-store, example-crm",
            "softphone knows crm",
            "ringside-protocol uses ringside-crm",
            "ringside-domain reaches tokio",
        ]
    );
}

#[test]
fn a_version_or_lint_of_ones_own_is_seen() {
    let manifest = |text: &str| [Source::made_up("crates/x/Cargo.toml", text)];
    let good =
        "[package]\nname = \"x\"\n[lints]\nworkspace = true\n[dependencies]\na.workspace = true";
    assert_kept(&broken_manifests(&manifest(good)));
    let bad = "[package]\nname = \"x\"\n[dev-dependencies]\na = \"1\"\n\
               [target.'cfg(unix)'.dependencies]\nb = { version = \"2\" }";
    assert_eq!(
        broken_manifests(&manifest(bad)),
        [
            "x does not inherit the lints",
            "x names a version of b by itself",
            "x names a version of a by itself",
        ]
    );
}
