//! Every recording in `fixtures/`, through its decoder and the tracker, against the calls that
//! somebody who read it wrote down beside it in `NAME.calls.toml`.
//!
//! A recording dropped there is a test from then on: `fixtures/<decoder>/<name>.<any>`.
#![allow(clippy::expect_used, reason = "clippy does not see that this is test code")]

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use jiff::{SignedDuration, Timestamp};
use ringside_domain::number::NumberContext;
use ringside_domain::tracker::{ChangeKind, Tracker};
use ringside_domain::{Call, CallId, CallState, Direction, EndReason, Moment, NumberKind, Region};
use ringside_domain::{SourceId, text};
use ringside_softphone::decode::{KINDS, decoder};
use ringside_softphone::recording::{self, Raw, Way};
use serde::Deserialize;

/// What stands in a `.calls.toml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expected {
    #[serde(default)]
    call: Vec<Line>,
}

/// One call, as a person would tell of it.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    /// Whose calls are watched, at a phone system.
    #[serde(default)]
    device: String,
    direction: Direction,
    /// The remote party as given.
    given: String,
    e164: Option<String>,
    #[serde(default = "number")]
    kind: NumberKind,
    /// As the agent sees it.
    name: Option<String>,
    queue: Option<String>,
    /// Every state it was seen in.
    states: String,
    reason: Option<EndReason>,
    /// Seconds, to a tenth.
    talked: Option<f64>,
    pops: usize,
}

fn number() -> NumberKind {
    NumberKind::Number
}

#[test]
fn every_recording_gives_the_calls_written_beside_it() -> Result<()> {
    let (mut wrong, mut count) = (String::new(), 0);
    for (kind, path) in recordings()? {
        count += 1;
        let beside = path.with_extension("calls.toml");
        let expected = std::fs::read_to_string(&beside).with_context(|| {
            format!("{}: write down its calls in {}", path.display(), beside.display())
        })?;
        let expected: Expected =
            toml::from_str(&expected).with_context(|| beside.display().to_string())?;
        let raws = recording::read(&std::fs::read_to_string(&path)?);
        let mut devices: Vec<&str> = expected.call.iter().map(|call| &*call.device).collect();
        devices.dedup();
        if devices.is_empty() {
            devices.push("");
        }
        for device in devices {
            let wanted: Vec<_> =
                expected.call.iter().filter(|call| call.device == device).collect();
            let seen = replay(kind, device, &raws);
            let same = seen.len() == wanted.len()
                && seen.iter().zip(&wanted).all(|(seen, wanted)| fits(seen, wanted));
            if !same {
                writeln!(wrong, "{} {device}:\n  {wanted:#?}\n  but {seen:#?}", path.display())?;
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong}");
    assert!(count > 50, "only {count} recordings were found");
    Ok(())
}

#[test]
fn a_message_told_twice_changes_nothing() -> Result<()> {
    for (kind, path) in recordings()? {
        let raws = recording::read(&std::fs::read_to_string(&path)?);
        let twice: Vec<Raw> = raws.iter().flat_map(|raw| [raw.clone(), raw.clone()]).collect();
        for device in ["", "SIP/150010001", "SIP/150010002", "SIP/150010003"] {
            let (once, twice) = (replay(kind, device, &raws), replay(kind, device, &twice));
            assert_eq!(once, twice, "{} {device}", path.display());
        }
    }
    Ok(())
}

#[test]
fn what_is_cut_short_or_out_of_order_still_gives_calls_that_begin_once() -> Result<()> {
    for (kind, path) in recordings()? {
        let raws = recording::read(&std::fs::read_to_string(&path)?);
        let calls = replay(kind, "SIP/150010002", &raws).len();
        for from in 0..raws.len() {
            let late = replay(kind, "SIP/150010002", &raws[from..]);
            assert!(late.len() <= calls, "{} from {from}", path.display());
            let cut: Vec<Raw> = raws
                .iter()
                .map(|raw| Raw { text: raw.text.chars().take(from * 7).collect(), ..raw.clone() })
                .collect();
            replay(kind, "SIP/150010002", &cut);
        }
        let backwards: Vec<Raw> = raws.iter().rev().cloned().collect();
        assert!(replay(kind, "SIP/150010002", &backwards).len() <= calls, "{}", path.display());
    }
    Ok(())
}

fn fits(seen: &Line, wanted: &Line) -> bool {
    let talked = wanted
        .talked
        .is_none_or(|talked| seen.talked.is_some_and(|seen| (seen - talked).abs() < 0.11));
    talked && *seen == Line { talked: seen.talked, ..wanted.clone() }
}

/// Every recording with the name of its decoder.
fn recordings() -> Result<Vec<(&'static str, PathBuf)>> {
    let fixtures = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures");
    let mut found = Vec::new();
    for kind in KINDS {
        for entry in std::fs::read_dir(fixtures.join(kind)).with_context(|| kind)? {
            let path = entry?.path();
            if path.extension().is_some_and(|extension| extension != "toml") {
                found.push((kind, path));
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The calls that a recording makes.
fn replay(kind: &str, device: &str, raws: &[Raw]) -> Vec<Line> {
    let source = SourceId::new(kind);
    let mut decoder = decoder(kind, source, device).expect("a decoder");
    let region = Region::parse("US").expect("a region");
    let mut tracker = Tracker::new(NumberContext { region, extension_digits: 6 });
    let mut calls: Vec<(Call, Vec<CallState>, usize)> = Vec::new();
    let (mut ids, first) = (0_u64, raws.first().map_or(0.0, |raw| raw.t));
    for raw in raws {
        if raw.way == Way::Out {
            decoder.sent(&raw.text);
            continue;
        }
        let changes = decoder.heard(&raw.text, moment(raw.t - first));
        for event in changes {
            let changes = tracker.apply(&event, &mut |at| {
                ids += 1;
                let mut random = [0; 10];
                random[..8].copy_from_slice(&ids.to_be_bytes());
                CallId::new(at, random)
            });
            for change in changes {
                note(&mut calls, change.kind, change.call);
            }
        }
    }
    for change in tracker.tick(moment(raws.last().map_or(0.0, |raw| raw.t) - first + 20.0)) {
        note(&mut calls, change.kind, change.call);
    }
    calls.into_iter().map(|call| line(device, call)).collect()
}

fn note(calls: &mut Vec<(Call, Vec<CallState>, usize)>, kind: ChangeKind, call: Call) {
    let at = calls.iter().position(|(known, ..)| known.id == call.id).unwrap_or_else(|| {
        calls.push((call.clone(), Vec::new(), 0));
        calls.len() - 1
    });
    let (known, states, pops) = &mut calls[at];
    *pops += usize::from(kind == ChangeKind::New && call.alert);
    if states.last() != Some(&call.state) {
        states.push(call.state);
    }
    *known = call;
}

fn line(device: &str, (call, states, pops): (Call, Vec<CallState>, usize)) -> Line {
    let states: Vec<String> =
        states.iter().map(|state| format!("{state:?}").to_lowercase()).collect();
    Line {
        device: device.to_owned(),
        direction: call.direction,
        given: call.remote.given,
        e164: call.number.e164,
        kind: call.number.kind,
        name: call.remote.name.as_deref().map(text::display_name),
        queue: call.queue,
        states: states.join(" "),
        reason: call.reason,
        talked: Some((call.talked.as_secs_f64() * 10.0).round() / 10.0),
        pops,
    }
}

fn moment(t: f64) -> Moment {
    let t = t.max(0.0);
    let start = Timestamp::from_second(1_795_000_000).expect("a time");
    Moment {
        wall: start + SignedDuration::from_secs_f64(t),
        mono: Duration::from_secs_f64(t + 1.0),
    }
}
