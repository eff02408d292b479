//! The first run: a CRM and a softphone are connected, the doctor looks at every link, and the calls
//! of the past are taken in and matched in one batch.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;
use std::fmt::Write;
use std::process::Stdio;

use anyhow::Result;
use ringside_tests::app::{World, wait_until};
use ringside_tests::session::{Keyring, SessionOptions};
use serde_json::{Value, json};

/// Distinct numbers among the calls of the past: three people of the demo, a shared number, and
/// strangers.
const NUMBERS: usize = 50;
const CALLS: usize = 200;

/// The calls of the past as a softphone exports them, newest first, and takes them in.
fn import(world: &World) -> Result<Value> {
    let mut csv = "Start,From,To,Duration,Result\n".to_owned();
    for call in 0..CALLS {
        let from = match call % NUMBERS {
            0 => "(415) 555-0142".to_owned(),
            1 => "+1 415-555-0167".to_owned(),
            2 => "0044 20 7946 0018".to_owned(),
            3 => "4155550118".to_owned(),
            stranger => format!("+1305423{stranger:04}"),
        };
        let (day, minute) = (28 - call / 10, 59 - call % 10);
        let result = if call % 3 == 0 { "missed,0" } else { "answered,75" };
        let (result, duration) = result.split_once(',').unwrap();
        writeln!(csv, "2026-10-{day:02} 10:{minute:02}:00,{from},agent,{duration},{result}")?;
    }
    let file = world.session.dir().join("calls.csv");
    std::fs::write(&file, csv)?;
    world.ctl([std::ffi::OsStr::new("calls"), "import".as_ref(), file.as_os_str()])
}

#[test]
fn two_hundred_recent_calls_are_matched_each_number_once() -> Result<()> {
    let world = World::start()?;
    let imported = import(&world)?;
    assert_eq!(imported, json!({ "added": CALLS, "known": 0, "skipped": [] }));
    assert_eq!(world.crm.searches()?, Vec::<String>::new(), "taking calls in asks nobody");
    let again = import(&world)?;
    assert_eq!(again["added"], 0, "a file read twice gives the same calls");

    let done = world.ctl(["batch", "start"])?;
    assert_eq!(done["running"], false);
    assert_eq!(done["cancelled"], false);
    let counts = ["total", "done", "matched", "several", "not_found", "failed"];
    let counts = counts.map(|name| done[name].as_u64().unwrap());
    assert_eq!(counts, [NUMBERS as u64, NUMBERS as u64, 3, 1, NUMBERS as u64 - 4, 0]);

    let mut searches = BTreeMap::new();
    for text in world.crm.searches()? {
        *searches.entry(text).or_insert(0) += 1;
    }
    let canonical = searches.keys().filter(|text| text.starts_with('+') && !text.contains('-'));
    assert_eq!(canonical.count(), NUMBERS, "{searches:#?}");
    assert!(searches.values().all(|times| *times == 1), "asked twice: {searches:#?}");

    // It told how it was doing, and what it found names the calls.
    let events = world.run()?.events();
    let progress: Vec<_> = events.iter().filter(|event| event["event"] == "batch").collect();
    assert!(progress.len() >= NUMBERS, "only {} steps were told", progress.len());
    assert!(progress.iter().any(|step| step["seconds_left"].as_u64().is_some_and(|s| s > 0)));
    let found = world.ctl(["contacts", "search", "Okafor"])?;
    assert_eq!(found["contacts"][0]["name"], "Nadia Okafor");
    assert_eq!(found["contacts"][0]["company"], "Lumen Freight");
    Ok(())
}

#[test]
fn a_batch_that_is_cancelled_stops_and_keeps_what_it_found() -> Result<()> {
    let world = World::start()?;
    import(&world)?;
    // Each answer takes a while, so that the middle of the batch can be met.
    world.crm.misbehave(&json!({ "path_prefix": "/v1/contacts", "delay_ms": 100 }))?;
    let mut batch = world.ctl_command(["batch", "start"]).stdout(Stdio::null()).spawn()?;
    let first = |event: &Value| event["event"] == "batch" && event["matched"] == 1;
    world.run()?.wait("the first match", first)?;
    let stopped = world.ctl(["batch", "cancel"])?;
    assert!(batch.wait()?.success());
    assert_eq!((&stopped["running"], &stopped["cancelled"]), (&json!(false), &json!(true)));
    assert!(stopped["done"].as_u64().unwrap() < NUMBERS as u64, "{stopped}");
    world.crm.behave()?;
    // What was found stays, and the next batch runs to its end.
    let found = world.ctl(["contacts", "search", "Nadia"])?;
    assert_eq!(found["contacts"][0]["name"], "Nadia Okafor");
    let done = world.ctl(["batch", "start", "--limit", "5"])?;
    assert_eq!((&done["total"], &done["done"]), (&json!(5), &json!(5)));
    assert_eq!(done["cancelled"], false);
    Ok(())
}

#[test]
fn a_wrong_key_is_refused_and_leaves_nothing_behind() -> Result<()> {
    let mut world = World::unconnected(HEADLESS)?;
    world.start_engine()?;
    let url = world.crm.url();
    let mut add = world.ctl_command(["account", "add", "example", "--url", &url]);
    let output = add.env("RINGSIDE_KEY", "wrong").output()?;
    let fault: Value = serde_json::from_slice(&output.stdout)?;
    assert_eq!(output.status.code(), Some(5), "{fault}");
    assert_eq!(fault["error"]["code"], "wrong_key");
    let words = String::from_utf8(output.stderr)?;
    assert!(words.contains("does not know this key") && !words.contains("wrong"), "{words}");
    assert_eq!(world.ctl(["account", "list"])?, json!([]));
    assert_eq!(world.ctl(["settings", "get", "accounts"])?, json!([]));
    // The right one then works, and finds a number stored in the CRM's own way.
    world.add_account()?;
    let found = world.ctl(["match", "+14155550142"])?;
    assert_eq!(found["matches"][0]["name"], "Nadia Okafor");
    Ok(())
}

#[test]
fn the_doctor_names_each_link_and_what_to_do() -> Result<()> {
    let mut world = World::unconnected(HEADLESS)?;
    world.start_engine()?;
    let verdict = |world: &World, link: &str| -> Result<(String, Value)> {
        let checks = world.ctl(["doctor"])?;
        let check = checks.as_array().unwrap().iter().find(|check| check["link"] == link).unwrap();
        let told = check["text"].as_str().is_some_and(|text| !text.is_empty());
        assert!(told && (check["verdict"] == "ok" || !check["next"].is_null()), "{check}");
        Ok((check["verdict"].as_str().unwrap().to_owned(), check["next"].clone()))
    };
    for link in ["softphone", "account"] {
        let (off, next) = verdict(&world, link)?;
        assert!(off == "off" && next.as_str().unwrap().contains("ringsidectl"), "{next}");
    }
    world.connect()?;
    for link in ["settings", "keyring", "journal", "softphone", "account", "outbox"] {
        assert_eq!(verdict(&world, link)?.0, "ok", "{link}");
    }
    world.crm.stop()?;
    assert_eq!(verdict(&world, "account")?.0, "broken", "it says what was, not what is");
    world.phone.kill()?;
    wait_until("the softphone's end", || Ok(verdict(&world, "softphone")?.0 == "broken"))?;
    Ok(())
}

#[test]
fn commands_work_while_nobody_runs_the_profile() -> Result<()> {
    let mut world = World::start()?;
    world.caller("+14155550142").give_up(800).start()?.wait()?;
    world.run()?.call("ended")?;
    world.run()?.pop("found")?;
    world.quit_engine()?;
    world.ctl(["calls", "note", "last", "Noted by hand."])?;
    assert_eq!(world.ctl(["calls", "list"])?["calls"][0]["note"], "Noted by hand.");
    world.ctl(["calls", "choose", "last", &world.crm.contact_id("Nadia Okafor")?])?;
    world.ctl(["calls", "log", "last"])?;
    assert_eq!(world.crm.activities()?, Vec::<Value>::new(), "only who runs the profile sends");
    let (code, fault, _) = world.refused(["ring", "--from", "+14155550142"])?;
    assert_eq!((code, &fault["code"]), (3, &json!("not_running")));
    world.start_engine()?;
    assert_eq!(world.crm.only_activity()?["note"], "Noted by hand.");
    Ok(())
}

/// A session without a screen.
const HEADLESS: SessionOptions =
    SessionOptions { display: false, keyring: Keyring::Unlocked, dunst: false, wm: false };
