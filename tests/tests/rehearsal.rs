//! Calls without callers: what a softphone says is written down, and calls are played from a text.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::io::{BufRead, BufReader};
use std::process::Stdio;

use anyhow::{Context, Result};
use ringside_tests::app::{World, wait_until};
use serde_json::{Value, json};

const NADIA: &str = "+14155550142";

#[test]
fn what_a_softphone_says_is_written_down_as_it_comes() -> Result<()> {
    let world = World::start()?;
    let mut recorder =
        world.ctl_command(["softphone", "record", "baresip"]).stdout(Stdio::piped()).spawn()?;
    let mut lines = BufReader::new(recorder.stdout.take().context("no output")?).lines();
    let mut next = |what: &str| -> Result<Value> {
        loop {
            let line = lines.next().with_context(|| format!("no {what}"))??;
            if line.contains(what) {
                return Ok(serde_json::from_str(&line)?);
            }
        }
    };
    // Ringside asks from time to time whether the link still lives; then the recording has begun.
    let probe = next("reginfo")?;
    assert_eq!(probe["way"], "out");
    world.caller(NADIA).give_up(500).start()?.wait()?;
    let (ring, end) = (next("CALL_INCOMING")?, next("CALL_CLOSED")?);
    assert_eq!((&ring["way"], &end["way"]), (&json!("in"), &json!("in")));
    assert!(end["t"].as_f64() > ring["t"].as_f64(), "{ring} {end}");
    let said: Value = serde_json::from_str(ring["text"].as_str().context("no text")?)?;
    assert!(said["peeruri"].as_str().unwrap().contains(NADIA));
    recorder.kill()?;
    recorder.wait()?;
    let (_, fault, _) = world.refused(["softphone", "record", "nobody"])?;
    assert_eq!(fault["code"], "no_such_softphone");
    Ok(())
}

#[test]
fn a_scenario_of_ones_own_is_played_and_a_bad_one_says_where() -> Result<()> {
    let world = World::start()?;
    world.ctl(["softphone", "add", "simulated"])?;
    world.links_up()?;
    let file = world.session.dir().join("mine.toml");
    let script = format!(
        "[[step]]\ncall = 'a'\nphase = 'ringing'\nfrom = '{NADIA}'\nqueue = 'Support'\n\
         [[step]]\ncall = 'a'\nphase = 'answered'\nafter = 0.2\n\
         [[step]]\ncall = 'b'\nphase = 'answered'\ncontinues = 'a'\n\
         [[step]]\ncall = 'a'\nphase = 'ended'\n\
         [[step]]\ncall = 'b'\nphase = 'ended'\nafter = 0.2\n"
    );
    std::fs::write(&file, script)?;
    let path = file.to_string_lossy().into_owned();
    world.ctl(["simulate", &path])?;
    world
        .run()?
        .wait("the end of the call", |e| e["event"] == "call" && e["call"]["state"] == "ended")?;
    let pops = world.run()?.events();
    let pops: std::collections::HashSet<_> =
        pops.iter().filter(|e| e["event"] == "pop").map(|e| e["call"]["id"].to_string()).collect();
    assert_eq!(pops.len(), 1, "a call that goes on under a new key is one call");
    wait_until("the call in the journal", || {
        let calls = world.ctl(["calls", "list"])?;
        Ok(calls["calls"].as_array().is_some_and(|calls| calls.len() == 1))
    })?;

    std::fs::write(&file, "[[step]]\ncall = 'a'\nphase = 'ringing'\n")?;
    let (_, fault, _) = world.refused(["simulate", &path])?;
    assert_eq!((&fault["code"], &fault["params"]["line"]), (&json!("bad_file"), &json!("1")));
    Ok(())
}
