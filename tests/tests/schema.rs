//! Whatever `ringsidectl` prints as JSON is what the committed schemas promise.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::collections::BTreeMap;

use anyhow::Result;
use ringside_tests::app::{World, wait_until};
use serde_json::{Value, json};

const EVENT: &str = include_str!("../../crates/protocol/schema/event.json");
const REPLY: &str = include_str!("../../crates/protocol/schema/reply.json");

/// What is wrong with a value by a schema.
fn complaints(schema: &str, value: &Value) -> Vec<String> {
    let schema = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(value).map(|error| format!("{error} in {value}")).collect()
}

/// Everything that an agent meets in a day: calls of all kinds, picks, notes, logs, a refused log,
/// an edited setting, a CRM and a softphone that go away and come back.
fn a_day(world: &mut World) -> Result<()> {
    world.crm.add_contact("Nadia's Twin", "+1-415-555-0142")?;
    let caller = world.caller("+14155550142").talk(1000).start()?;
    world.run()?.pop("found")?;
    world.ctl(["calls", "answer", "last"])?;
    world.ctl(["calls", "choose", "last", &world.crm.contact_id("Nadia Okafor")?])?;
    world.ctl(["calls", "note", "last", "A note."])?;
    caller.wait()?;
    world.ctl(["calls", "log", "last", "--disposition", "Call back"])?;
    world.crm.only_activity()?;
    world.ctl(["calls", "refresh", "last"])?;
    world.ctl(["contacts", "create", "Nobody Else", "--phone", "+14155550177"])?;
    for from in ["anonymous", "204", "+14155550199"] {
        world.caller(from).give_up(700).start()?.wait()?;
    }
    world.ctl(["settings", "set", "pop.theme", "dark"])?;
    world.crm.stop()?;
    world.phone.kill()?;
    world.run()?.wait("softphone down", |e| e["event"] == "health" && e["state"] == "down")?;
    world.phone.restart()?;
    wait_until("the softphone", || Ok(world.ctl(["status"])?["softphones"][0]["health"] == "up"))?;
    let from = world.run()?.events().len();
    world.caller("+14155550142").give_up(700).start()?.wait()?;
    world
        .run()?
        .wait_from(from, "its end", |e| e["event"] == "call" && e["call"]["state"] == "ended")?;
    world.crm.start_again()?;
    world.ctl(["match", "+14155550118"])?;
    world.ctl(["batch", "start"])?;
    Ok(())
}

#[test]
fn every_line_of_run_is_as_the_schema_says_and_revisions_rise() -> Result<()> {
    let mut world = World::start()?;
    a_day(&mut world)?;
    let events = world.run()?.events();
    let mut kinds = BTreeMap::new();
    let mut revisions: BTreeMap<String, u64> = BTreeMap::new();
    for event in &events {
        assert_eq!(complaints(EVENT, event), Vec::<String>::new());
        let kind = event["event"].as_str().unwrap();
        *kinds.entry(kind).or_insert(0) += 1;
        if kind == "pop" {
            let call = event["call"]["id"].as_str().unwrap().to_owned();
            let revision = event["revision"].as_u64().unwrap();
            let before = revisions.insert(call, revision).unwrap_or_default();
            assert!(revision > before, "{revision} after {before}: {event}");
        }
    }
    assert_eq!(events[0]["event"], "ready");
    assert!(revisions.len() >= 5, "only {} calls popped", revisions.len());
    for kind in ["pop", "call", "choice", "note", "log", "health", "batch", "settings_changed"] {
        assert!(kinds.contains_key(kind), "no {kind} event in the whole day: {kinds:?}");
    }
    // The control: the schema is one that refuses.
    assert!(!complaints(EVENT, &json!({ "event": "pop", "v": 1, "at": "now" })).is_empty());
    Ok(())
}

#[test]
fn every_reply_is_as_the_schema_says() -> Result<()> {
    let world = World::start()?;
    world.caller("+14155550142").give_up(800).start()?.wait()?;
    world.run()?.pop("found")?;
    let commands: [&[&str]; 11] = [
        &["status"],
        &["doctor"],
        &["account", "list"],
        &["softphone", "list"],
        &["account", "check", "Demo"],
        &["calls", "list"],
        &["calls", "show", "last"],
        &["calls", "refresh", "last"],
        &["match", "(415) 555-0118"],
        &["contacts", "search", "Bell"],
        &["outbox", "list"],
    ];
    for command in commands {
        let output = world.ctl_command(command).output()?;
        let reply: Value = serde_json::from_slice(&output.stdout)?;
        assert_eq!(complaints(REPLY, &reply), Vec::<String>::new(), "{command:?}");
    }
    Ok(())
}
