//! The targets over what chance and mutated recordings bring, in every run of the tests. `fuzz/`
//! looks longer and cleverer.

use std::path::Path;

use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use serde_json::{Map, Value};

use super::*;

/// Recorded answers, of all CRMs, and bodies: what they share with a target only makes it stranger.
fn recordings() -> Vec<Vec<u8>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for folder in std::fs::read_dir(fixtures).unwrap() {
        for file in std::fs::read_dir(folder.unwrap().path()).unwrap() {
            let text = std::fs::read(file.unwrap().path()).unwrap();
            let recording: Value = serde_json::from_slice(&text).unwrap();
            // Those of App Connect are whole exchanges; the answer is in there.
            let body = recording.pointer("/response/json");
            let answer = body.or_else(|| recording.pointer("/response/text")).cloned();
            found.extend(answer.map(|answer| match answer {
                Value::String(text) => text.into_bytes(),
                other => other.to_string().into_bytes(),
            }));
            found.push(text);
        }
    }
    assert!(found.len() > 10);
    found
}

/// The names of all fields that were recorded.
fn names(recordings: &[Vec<u8>]) -> Vec<String> {
    fn collect(value: &Value, names: &mut Vec<String>) {
        match value {
            Value::Object(map) => {
                names.extend(map.keys().cloned());
                map.values().for_each(|value| collect(value, names));
            }
            Value::Array(list) => list.iter().for_each(|value| collect(value, names)),
            _ => {}
        }
    }
    let mut found = Vec::new();
    for recording in recordings {
        if let Ok(value) = serde_json::from_slice(recording) {
            collect(&value, &mut found);
        }
    }
    found.sort();
    found.dedup();
    found
}

/// Any JSON with field names that mean something.
fn json(names: Vec<String>) -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        select(vec!["", "0", "createNewContact", "2026-11-23T09:41:07Z", "\u{202E}x", "null"])
            .prop_map(Value::from),
        Just(Value::from("x".repeat(3000))),
    ];
    leaf.prop_recursive(5, 64, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..6).prop_map(Value::from),
            vec((select(names.clone()), inner), 0..8)
                .prop_map(|fields| Value::Object(fields.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

/// One change of a recording.
#[derive(Clone, Debug)]
enum Change {
    Cut(Index),
    Set(Index, u8),
    Drop(Index, Index),
    Repeat(Index, Index),
    Insert(Index, &'static str),
}

fn change() -> impl Strategy<Value = Change> {
    let bits = vec![
        "null",
        "-1",
        "1e999",
        "{}",
        "[]",
        "\"",
        "\\u0000",
        "\\ud800",
        "true",
        ",",
        "\u{0}",
        "\n",
        "- Note: ",
        "<b>",
        "## Call details\n",
    ];
    let place = any::<Index>;
    prop_oneof![
        place().prop_map(Change::Cut),
        (place(), any::<u8>()).prop_map(|(at, byte)| Change::Set(at, byte)),
        (place(), place()).prop_map(|(a, b)| Change::Drop(a, b)),
        (place(), place()).prop_map(|(a, b)| Change::Repeat(a, b)),
        (place(), select(bits)).prop_map(|(at, bits)| Change::Insert(at, bits)),
    ]
}

fn apply(body: &mut Vec<u8>, change: &Change) {
    let at = |index: &Index| index.index(body.len() + 1);
    let range = |a: &Index, b: &Index| {
        let (a, b) = (at(a), at(b));
        a.min(b)..a.max(b)
    };
    match change {
        Change::Cut(index) => body.truncate(at(index)),
        Change::Set(index, byte) => {
            let at = at(index);
            body.splice(at..(at + 1).min(body.len()), [*byte]);
        }
        Change::Drop(a, b) => drop(body.drain(range(a, b))),
        Change::Repeat(a, b) => {
            let part = body[range(a, b)].to_vec();
            body.splice(at(a)..at(a), part);
        }
        Change::Insert(index, bits) => {
            let at = at(index);
            body.splice(at..at, bits.bytes());
        }
    }
}

fn run_all(body: &[u8]) {
    for (_, target) in TARGETS {
        target(body);
    }
}

#[test]
fn every_target_reads_every_recording() {
    recordings().iter().for_each(|recording| run_all(recording));
}

#[test]
fn every_target_has_its_file() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/fuzz_targets");
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    // Others have targets there too.
    let ours = |file: &std::path::PathBuf| {
        std::fs::read_to_string(file).unwrap().contains("ringside_crm::")
    };
    let mut files: Vec<_> = files
        .filter(ours)
        .map(|file| file.file_stem().unwrap().to_str().unwrap().to_owned())
        .collect();
    files.sort();
    let names: Vec<_> = TARGETS.iter().map(|(name, _)| *name).collect();
    assert_eq!(files, names);
}

/// No answer nests deeper than its parser allows, but a manifest may ask to be nested.
#[test]
fn a_manifest_that_nests_itself_does_not_overflow_the_stack() {
    let deep = |levels: usize| format!("{}0{}", "{\"a\":".repeat(levels), "}".repeat(levels));
    let changes = (0..60).map(|at| {
        let path = vec!["a"; at * 100 + 1].join(".");
        format!(r#"{{"path":"{path}","value":{}}}"#, deep(100))
    });
    let changes = changes.collect::<Vec<_>>().join(",");
    let manifest =
        format!(r#"{{"override":[{{"triggerType":"meta","overrideObjects":[{changes}]}}]}}"#);
    run("app_connect", manifest.as_bytes());
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn arbitrary_bytes_make_no_target_panic(body in vec(any::<u8>(), 0..400)) {
        run_all(&body);
    }

    #[test]
    fn arbitrary_json_makes_no_target_panic(body in json(names(&recordings()))) {
        run_all(body.to_string().as_bytes());
    }

    #[test]
    fn mutated_recordings_make_no_target_panic(
        mut body in select(recordings()), changes in vec(change(), 1..8),
    ) {
        for change in &changes {
            apply(&mut body, change);
        }
        run_all(&body);
    }
}
