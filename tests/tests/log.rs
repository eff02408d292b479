//! What is written into the CRM is what the agent wanted last, and nothing that nobody wanted.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use anyhow::Result;
use ringside_tests::app::{World, wait_until};
use serde_json::{Value, json};

const NADIA: &str = "+14155550142";
const MARCUS: &str = "+14155550118";

fn set(world: &World, key: &str, value: &str) -> Result<()> {
    world.ctl(["settings", "set", key, value]).map(drop)
}

/// A call that nobody answers, to its end and with its match found; its id.
fn missed(world: &World, number: &str) -> Result<String> {
    let from = world.run()?.events().len();
    world.caller(number).give_up(800).start()?.wait()?;
    let run = world.run()?;
    let ended =
        run.wait_from(from, "the end", |e| e["event"] == "call" && e["call"]["state"] == "ended")?;
    Ok(ended["call"]["id"].as_str().unwrap().to_owned())
}

fn matched(world: &World, call: &str) -> Result<()> {
    wait_until("a unique match", || {
        Ok(world.ctl(["calls", "show", call])?["pop"]["chosen"][0]["how"] == "unique")
    })
}

#[test]
fn two_callers_at_once_are_two_pops_and_two_logs() -> Result<()> {
    let world = World::start()?;
    set(&world, "log.policy", "auto")?;
    set(&world, "log.auto_wait_s", "1")?;
    let first = world.caller(NADIA).talk(2500).start()?;
    let run = world.run()?;
    let first_pop = run.pop("found")?;
    world.ctl(["calls", "answer", first_pop["call"]["id"].as_str().unwrap()])?;
    run.call("answered")?;
    let second = world.caller(MARCUS).give_up(1000).start()?;
    let second_pop = run.wait("the second pop", |e| {
        e["event"] == "pop" && e["matches"][0]["name"] == "Marcus Bell"
    })?;
    assert_ne!(first_pop["call"]["id"], second_pop["call"]["id"]);
    second.wait()?;
    first.wait()?;
    wait_until("both logs", || Ok(world.crm.activities()?.len() == 2))?;
    let activities = world.crm.activities()?;
    let of = |number: &str| activities.iter().find(|a| a["from_number"] == number).unwrap();
    assert_eq!(of(NADIA)["result"], "answered");
    assert_eq!(of(MARCUS)["result"], "missed");
    assert!(of(NADIA)["duration_s"].as_u64().unwrap() >= 2);
    assert_eq!(of(MARCUS)["duration_s"], 0);
    assert_eq!(of(MARCUS)["contact_id"].to_string(), world.crm.contact_id("Marcus Bell")?);
    Ok(())
}

#[test]
fn a_note_written_after_the_log_changes_the_one_log_in_the_crm() -> Result<()> {
    let world = World::start()?;
    let call = missed(&world, NADIA)?;
    matched(&world, &call)?;
    world.ctl(["calls", "note", &call, "First thought."])?;
    world.ctl(["calls", "log", &call])?;
    let before = world.crm.only_activity()?;
    assert_eq!(before["note"], "First thought.");
    world.ctl(["calls", "note", &call, "Second thought."])?;
    wait_until("the second thought in the CRM", || {
        Ok(world.crm.only_activity()?["note"] == "Second thought.")
    })?;
    let after = world.crm.only_activity()?;
    assert_eq!(after["id"], before["id"]);
    assert_eq!(after["start_time"], before["start_time"]);
    world.ctl(["calls", "log", &call, "--disposition", "Not now"])?;
    wait_until("the outcome in the CRM", || {
        Ok(world.crm.only_activity()?["disposition"] == "Not now")
    })
}

#[test]
fn a_choice_changed_while_the_log_is_on_its_way_is_what_the_crm_holds_in_the_end() -> Result<()> {
    let world = World::start()?;
    let twin = world.crm.add_contact("Nadia's Twin", "+1-415-555-0142")?;
    let call = missed(&world, NADIA)?;
    world.ctl(["calls", "choose", &call, &world.crm.contact_id("Nadia Okafor")?])?;
    world.crm.misbehave(&json!({ "path_prefix": "/v1/activities", "delay_ms": 1500 }))?;
    world.ctl(["calls", "log", &call])?;
    world.crm.wait_for_write("POST", "/v1/activities")?;
    world.crm.behave()?;
    world.ctl(["calls", "choose", &call, &twin])?;
    wait_until("the twin's log", || {
        Ok(world.crm.only_activity()?["contact_id"].as_u64() == twin.parse().ok())
    })?;
    assert_eq!(world.crm.only_activity()?["subject"], "Missed call from Nadia's Twin");
    Ok(())
}

#[test]
fn what_was_decided_during_the_call_survives_a_kill_and_goes_out_at_its_end() -> Result<()> {
    let mut world = World::start()?;
    let caller = world.caller(NADIA).talk_until_hung_up().start()?;
    let pop = world.run()?.pop("found")?;
    let call = pop["call"]["id"].as_str().unwrap();
    world.ctl(["calls", "answer", call])?;
    world.run()?.call("answered")?;
    world.ctl(["calls", "choose", call, &world.crm.contact_id("Nadia Okafor")?])?;
    let deal = pop["matches"][0]["associations"][1]["id"].as_str().unwrap();
    world.ctl(["calls", "log", call, "--deal", deal, "--disposition", "Call back"])?;
    world.kill_engine()?;
    world.start_engine()?;
    world.links_up()?;
    assert_eq!(world.crm.activities()?, Vec::<Value>::new(), "logged before its end");
    world.ctl(["calls", "hang-up", call])?;
    caller.wait()?;
    let activity = world.crm.only_activity()?;
    assert_eq!(activity["deal_id"].to_string(), deal);
    assert_eq!(activity["disposition"], "Call back");
    assert_eq!(activity["result"], "answered");
    Ok(())
}

#[test]
fn undone_in_time_or_declined_nothing_reaches_the_crm() -> Result<()> {
    let world = World::start()?;
    set(&world, "log.undo_s", "60")?;
    let call = missed(&world, NADIA)?;
    matched(&world, &call)?;
    world.ctl(["calls", "log", &call])?;
    world.run()?.logged("ready")?;
    world.ctl(["calls", "log", &call, "--undo"])?;
    assert_eq!(world.ctl(["outbox", "list"])?, json!([]));
    let declined = missed(&world, MARCUS)?;
    world.ctl(["calls", "log", &declined, "--no"])?;
    assert_eq!(world.ctl(["calls", "show", &declined])?["row"]["plan"]["plan"], "declined");
    // The control: a third call, logged behind them, is the only one that arrives.
    set(&world, "log.undo_s", "0")?;
    let third = missed(&world, "+14155550167")?;
    matched(&world, &third)?;
    world.ctl(["calls", "log", &third])?;
    assert_eq!(world.crm.only_activity()?["from_number"], "+14155550167");
    Ok(())
}

#[test]
fn a_caller_nobody_knew_while_the_crm_was_down_is_matched_and_logged_when_it_is_back() -> Result<()>
{
    let mut world = World::start()?;
    set(&world, "log.policy", "auto")?;
    set(&world, "log.auto_wait_s", "1")?;
    world.crm.stop()?;
    let call = missed(&world, NADIA)?;
    world.run()?.pop("failed")?;
    world.crm.start_again()?;
    let activity = world.crm.only_activity()?;
    assert!(activity["external_key"].as_str().unwrap().contains(&call));
    assert_eq!(activity["result"], "missed");
    assert_eq!(activity["contact_id"].to_string(), world.crm.contact_id("Nadia Okafor")?);
    Ok(())
}

#[test]
fn by_itself_only_a_unique_match_is_logged_and_never_a_withheld_number() -> Result<()> {
    let world = World::start()?;
    set(&world, "log.policy", "auto")?;
    set(&world, "log.auto_wait_s", "0")?;
    world.crm.add_contact("Marcus Bell's Boss", "415-555-0118")?;
    let several = missed(&world, MARCUS)?;
    let withheld = missed(&world, "anonymous")?;
    let unknown = missed(&world, "+14155550998")?;
    let unique = missed(&world, NADIA)?;
    let activity = world.crm.only_activity()?;
    assert!(activity["external_key"].as_str().unwrap().contains(&unique));
    for (call, plan) in [(several, "ask"), (withheld, "no"), (unknown, "ask")] {
        assert_eq!(world.ctl(["calls", "show", &call])?["row"]["plan"]["plan"], plan);
    }
    Ok(())
}

#[test]
fn a_withheld_caller_can_be_told_by_name_and_logged() -> Result<()> {
    let world = World::start()?;
    let call = missed(&world, "anonymous")?;
    let found = world.ctl(["contacts", "search", "--remote", "Okafor"])?["contacts"][0].take();
    let part = |name: &str| found[name].as_str().unwrap().to_owned();
    let reference = format!("{}/{}/{}", part("account"), part("type"), part("id"));
    world.ctl(["calls", "choose", &call, &reference])?;
    world.ctl(["calls", "log", &call])?;
    let activity = world.crm.only_activity()?;
    assert_eq!(activity["contact_id"].to_string(), part("id"));
    assert_eq!(activity["subject"], "Missed call from Nadia Okafor");
    // A withheld number is nobody's: the next one is not taken for her.
    let next = missed(&world, "anonymous")?;
    assert_eq!(world.ctl(["calls", "show", &next])?["pop"]["chosen"], json!([]));
    Ok(())
}

#[test]
fn a_log_waits_for_an_account_that_was_signed_out_and_goes_on_with_the_new_key() -> Result<()> {
    let mut world = World::start()?;
    let call = missed(&world, NADIA)?;
    matched(&world, &call)?;
    // Somebody changes the key in the CRM: the one that Ringside has counts no longer.
    world.crm.stop()?;
    world.crm.change_key("another-key-77aa01");
    world.crm.start_again()?;
    world.ctl(["calls", "log", &call])?;
    let waits = world.run()?.logged("retry")?;
    assert_eq!(waits["reason"]["code"], "signed_out");
    world.run()?.wait("signed out", |e| {
        e["event"] == "health" && e["link"] == "account" && e["state"] == "signed_out"
    })?;
    let mut reconnect = world.ctl_command(["account", "reconnect", "Demo"]);
    let refused = reconnect.env("RINGSIDE_KEY", "a-wrong-one").output()?;
    assert_eq!(refused.status.code(), Some(5), "a wrong key was taken");
    let mut reconnect = world.ctl_command(["account", "reconnect", "Demo"]);
    assert!(reconnect.env("RINGSIDE_KEY", "another-key-77aa01").output()?.status.success());
    let activity = world.crm.only_activity()?;
    assert!(activity["external_key"].as_str().unwrap().contains(&call));
    assert_eq!(world.ctl(["account", "list"])?.as_array().unwrap().len(), 1);
    // The new key is there after a restart too.
    world.quit_engine()?;
    world.start_engine()?;
    world.links_up()
}

#[test]
fn a_call_that_a_script_tells_of_is_popped_and_logged() -> Result<()> {
    let world = World::start()?;
    let ring = ["ring", "--id", "pbx-77", "--from", "(415) 555-0142", "--to", "Front desk"];
    let phase = |phase: &'static str| world.ctl(ring.into_iter().chain(["--phase", phase]));
    phase("ringing")?;
    let pop = world.run()?.pop("found")?;
    assert_eq!(pop["matches"][0]["name"], "Nadia Okafor");
    phase("ringing")?;
    phase("answered")?;
    let answered = std::time::Instant::now();
    // Somebody talks for a moment; the length is what passed, not what a script says.
    wait_until("a second of talk", || Ok(answered.elapsed().as_millis() > 1200))?;
    phase("ended")?;
    let ended = world.run()?.call("ended")?;
    assert_eq!(ended["call"]["id"], pop["call"]["id"], "a repeated ring is another call");
    world.ctl(["calls", "log", "last"])?;
    let activity = world.crm.only_activity()?;
    let duration = activity["duration_s"].as_u64().unwrap();
    assert!((1..=answered.elapsed().as_secs()).contains(&duration), "{activity}");
    assert_eq!(activity["to_number"], "Front desk");
    assert_eq!(world.ctl(["calls", "list"])?["calls"].as_array().unwrap().len(), 1);
    Ok(())
}
