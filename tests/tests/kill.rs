//! The engine is killed at the worst instants, the softphone dies, the CRM is away or says no: one
//! log in the end, right in every field, or an entry that says why not.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use anyhow::Result;
use ringside_tests::app::{World, wait_until};
use serde_json::{Value, json};

const NADIA: &str = "+14155550142";

/// A world in which a call with a unique match logs itself a second after its end.
fn auto_logging() -> Result<World> {
    let world = World::start()?;
    world.ctl(["settings", "set", "log.policy", "auto"])?;
    world.ctl(["settings", "set", "log.auto_wait_s", "1"])?;
    Ok(world)
}

/// Rings until the match is found; the id of the call.
fn ringing(world: &World) -> Result<Value> {
    Ok(world.run()?.pop("found")?["call"]["id"].clone())
}

/// Waits until the CRM has the one log of this call, and the outbox nothing more; the activity.
fn logged_once(world: &World, call: &Value) -> Result<Value> {
    world.crm.only_activity()?;
    wait_until("an empty outbox", || Ok(world.ctl(["outbox", "list"])? == json!([])))?;
    // Again: only now would a second one be there.
    let activity = world.crm.only_activity()?;
    let key = activity["external_key"].as_str().unwrap();
    assert!(key.contains(call.as_str().unwrap()), "{key} is not the key of {call}");
    assert_eq!(activity["contact_id"].to_string(), world.crm.contact_id("Nadia Okafor")?);
    assert_eq!(activity["from_number"], NADIA);
    assert_eq!(activity["to_number"], world.phone.uri());
    assert_eq!(activity["direction"], "inbound");
    let row = &world.ctl(["calls", "show", "last"])?["row"];
    assert_eq!(row["call"]["id"], *call, "the call became another");
    assert_eq!(row["call"]["duration_s"], activity["duration_s"]);
    assert_eq!(row["logs"][0]["remote_id"], activity["id"].to_string());
    Ok(activity)
}

#[test]
fn killed_at_ringing_it_logs_exactly_once() -> Result<()> {
    let mut world = auto_logging()?;
    let caller = world.caller(NADIA).talk(1500).start()?;
    let call = ringing(&world)?;
    world.kill_engine()?;
    world.start_engine()?;
    // The call goes on ringing; it is the same call for the new run.
    world.run()?.wait("the same call", |e| e["event"] == "pop" && e["call"]["id"] == call)?;
    world.links_up()?;
    world.ctl(["calls", "answer", call.as_str().unwrap()])?;
    caller.wait()?;
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "answered");
    assert_eq!(activity["subject"], "Inbound call from Nadia Okafor");
    assert!((1..=4).contains(&activity["duration_s"].as_u64().unwrap()), "{activity}");
    Ok(())
}

#[test]
fn killed_while_talking_it_logs_exactly_once() -> Result<()> {
    let mut world = auto_logging()?;
    let caller = world.caller(NADIA).talk_until_hung_up().start()?;
    let call = ringing(&world)?;
    let call_id = call.as_str().unwrap();
    world.ctl(["calls", "answer", call_id])?;
    let answered = world.run()?.call("answered")?["call"]["answered_at"].clone();
    world.ctl(["calls", "note", call_id, "Said before the kill."])?;
    world.kill_engine()?;
    world.start_engine()?;
    world.links_up()?;
    let again = world.ctl(["calls", "show", call_id])?["pop"].take();
    assert_eq!(again["call"]["state"], "answered");
    assert_eq!(again["call"]["answered_at"], answered, "the conversation began anew");
    world.ctl(["calls", "hang-up", call_id])?;
    caller.wait()?;
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "answered");
    assert_eq!(activity["note"], "Said before the kill.");
    Ok(())
}

/// What the engine says on the way from ring to log; a kill right after each is another kill.
const STEPS: [(&str, &str); 6] = [
    ("call", "ringing"),
    ("choice", ""),
    ("call", "ended"),
    ("log", "ready"),
    ("log", "sending"),
    ("log", "done"),
];

#[test]
fn killed_at_every_step_from_ring_to_log_it_logs_each_call_exactly_once() -> Result<()> {
    let mut world = auto_logging()?;
    for (logged, (kind, state)) in STEPS.into_iter().enumerate() {
        let step = &format!("{kind} {state}");
        let from = world.run()?.events().len();
        let caller = world.caller(NADIA).give_up(1200).start()?;
        world.run()?.wait_from(from, step, |e| {
            let said = e["call"]["state"].as_str().or(e["state"].as_str()).unwrap_or_default();
            e["event"] == kind && said == state
        })?;
        world.kill_engine()?;
        world.start_engine()?;
        caller.wait()?;
        wait_until(&format!("the log after a kill at {step}"), || {
            Ok(world.crm.activities()?.len() > logged)
        })?;
        wait_until("an empty outbox", || Ok(world.ctl(["outbox", "list"])? == json!([])))?;
        let activities = world.crm.activities()?;
        assert_eq!(activities.len(), logged + 1, "killed at {step}: {activities:#?}");
        let result = activities[logged]["result"].as_str().unwrap();
        assert!(["missed", "lost"].contains(&result), "killed at {step}: {result}");
        assert_eq!(activities[logged]["duration_s"], 0, "killed at {step}");
        world.links_up()?;
    }
    Ok(())
}

#[test]
fn killed_right_after_log_it_was_confirmed_it_logs_exactly_once() -> Result<()> {
    let mut world = World::start()?;
    world.ctl(["settings", "set", "log.undo_s", "2"])?;
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.call("ended")?;
    let call = ringing(&world)?;
    let call_id = call.as_str().unwrap();
    world.ctl(["calls", "choose", call_id, &world.crm.contact_id("Nadia Okafor")?])?;
    world.ctl(["calls", "log", call_id, "--disposition", "Interested"])?;
    world.kill_engine()?;
    assert_eq!(world.crm.activities()?, Vec::<Value>::new(), "not before the seconds of undo");
    world.start_engine()?;
    assert_eq!(logged_once(&world, &call)?["disposition"], "Interested");
    Ok(())
}

#[test]
fn a_call_that_ends_while_ringside_is_down_is_logged_once_as_lost() -> Result<()> {
    let mut world = auto_logging()?;
    let caller = world.caller(NADIA).talk(1500).start()?;
    let call = ringing(&world)?;
    world.ctl(["calls", "answer", call.as_str().unwrap()])?;
    world.run()?.call("answered")?;
    world.kill_engine()?;
    caller.wait()?;
    world.start_engine()?;
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "lost");
    assert!(activity["duration_s"].as_u64().unwrap() <= 2, "longer than it lasted: {activity}");
    Ok(())
}

#[test]
fn killed_between_the_write_and_its_answer_it_logs_exactly_once() -> Result<()> {
    let mut world = World::start()?;
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.call("ended")?;
    let call = ringing(&world)?;
    world.ctl(["calls", "note", "last", "Written once."])?;
    // The CRM writes, and cuts the connection instead of answering.
    world.crm.misbehave(&json!({ "path_prefix": "/v1/activities", "drop_after_write": 1 }))?;
    world.ctl(["calls", "log", "last"])?;
    wait_until("the write", || Ok(world.crm.requests()?.iter().any(|request| request.dropped)))?;
    world.kill_engine()?;
    assert_eq!(world.crm.activities()?.len(), 1, "the CRM has written");
    world.start_engine()?;
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "missed");
    assert_eq!(activity["note"], "Written once.");
    assert_eq!(activity["duration_s"], 0);
    let posts = world.crm.requests()?;
    let posts = posts.iter().filter(|r| r.method == "POST" && r.path == "/v1/activities");
    assert_eq!(posts.count(), 1, "it was sent again without looking for it");
    Ok(())
}

#[test]
fn killed_while_the_crm_takes_its_time_it_logs_exactly_once() -> Result<()> {
    let mut world = World::start()?;
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.call("ended")?;
    let call = ringing(&world)?;
    // The request is on its way for seconds; the kill comes while nobody can know its outcome.
    world.crm.misbehave(&json!({ "path_prefix": "/v1/activities", "delay_ms": 2000 }))?;
    world.ctl(["calls", "log", "last"])?;
    world.crm.wait_for_write("POST", "/v1/activities")?;
    world.kill_engine()?;
    world.start_engine()?;
    world.crm.behave()?;
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "missed");
    Ok(())
}

#[test]
fn a_softphone_that_dies_in_mid_call_leaves_one_log_that_says_lost() -> Result<()> {
    let mut world = auto_logging()?;
    let _caller = world.caller(NADIA).talk_until_hung_up().start()?;
    let call = ringing(&world)?;
    world.ctl(["calls", "answer", call.as_str().unwrap()])?;
    world.run()?.call("answered")?;
    let from = world.run()?.events().len();
    world.phone.kill()?;
    world.run()?.wait_from(from, "the softphone is down", |e| {
        e["event"] == "health" && e["link"] == "softphone" && e["state"] == "down"
    })?;
    world.phone.restart()?;
    let ended = world.run()?.call("ended")?;
    assert_eq!(ended["reason"], "lost");
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "lost");
    // And the softphone that came back rings as before.
    world.caller("+14155550118").give_up(800).start()?.wait()?;
    world.run()?.wait("the next call", |e| {
        e["event"] == "pop" && e["matches"][0]["name"] == "Marcus Bell"
    })?;
    Ok(())
}

#[test]
fn with_the_crm_down_for_the_whole_call_it_is_logged_once_when_it_is_back() -> Result<()> {
    let mut world = auto_logging()?;
    // Known from before, so that there is somebody to log to.
    world.ctl(["match", NADIA])?;
    world.crm.stop()?;
    let caller = world.caller(NADIA).talk(1200).start()?;
    let pop = world.run()?.wait("the known name", |e| {
        e["event"] == "pop" && e["matches"][0]["name"] == "Nadia Okafor"
    })?;
    let call = pop["call"]["id"].clone();
    world.ctl(["calls", "answer", "last"])?;
    world.ctl(["calls", "choose", "last", pop["matches"][0]["id"].as_str().unwrap()])?;
    world.ctl(["calls", "note", "last", "The CRM was away."])?;
    caller.wait()?;
    let waits = world.run()?.logged("retry")?;
    assert_eq!(waits["reason"]["code"], "unreachable");
    world.crm.start_again()?;
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "answered");
    assert_eq!(activity["note"], "The CRM was away.");
    Ok(())
}

#[test]
fn killed_before_anybody_could_say_whose_call_it_was_it_logs_exactly_once() -> Result<()> {
    let mut world = auto_logging()?;
    world.crm.stop()?;
    world.caller(NADIA).give_up(1200).start()?.wait()?;
    let ended = world.run()?.call("ended")?;
    let call = ended["call"]["id"].clone();
    world.kill_engine()?;
    world.start_engine()?;
    let unlogged = world.ctl(["calls", "list", "--unlogged"])?;
    assert_eq!(unlogged["calls"][0]["call"]["id"], call, "the call is not among the unlogged");
    world.crm.start_again()?;
    let activity = logged_once(&world, &call)?;
    assert_eq!(activity["result"], "missed");
    Ok(())
}

#[test]
fn a_crm_that_asks_to_wait_gets_its_log_after_the_wait() -> Result<()> {
    let world = World::start()?;
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.call("ended")?;
    let call = ringing(&world)?;
    let faults = json!({
        "path_prefix": "/v1/activities", "rate_limit_times": 1, "retry_after_s": 3
    });
    world.crm.misbehave(&faults)?;
    let asked = std::time::Instant::now();
    world.ctl(["calls", "log", "last"])?;
    let waits = world.run()?.logged("retry")?;
    assert_eq!(waits["reason"]["code"], "rate_limited");
    logged_once(&world, &call)?;
    assert!(asked.elapsed().as_secs() >= 3, "it did not wait as long as it was asked to");
    let posts = world.crm.requests()?;
    let posts = posts.iter().filter(|r| r.method == "POST" && r.path == "/v1/activities");
    assert_eq!(posts.map(|post| post.status).collect::<Vec<_>>(), [Some(429), Some(201)]);
    Ok(())
}

#[test]
fn a_log_that_the_crm_refuses_is_parked_with_its_words_and_goes_on_by_a_new_choice() -> Result<()> {
    let world = World::start()?;
    let stays = world.crm.add_contact("Stella Stays", NADIA)?;
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.call("ended")?;
    let pop = world.run()?.wait("both", |e| {
        e["event"] == "pop" && e["status"] == "found" && e["matches"].as_array().unwrap().len() == 2
    })?;
    let call = pop["call"]["id"].as_str().unwrap();
    let gone = world.crm.contact_id("Nadia Okafor")?;
    world.ctl(["calls", "choose", call, &gone])?;
    world.crm.delete_contact(&gone)?;
    world.ctl(["calls", "log", call])?;
    let parked = world.run()?.logged("parked")?;
    let reason = parked["reason"]["detail"].as_str().unwrap_or_default();
    assert!(reason.contains("no such contact"), "{parked}");
    assert_eq!(world.ctl(["outbox", "list"])?[0]["state"], "parked");
    wait_until("the count of parked entries", || Ok(world.ctl(["status"])?["parked"] == 1))?;
    // Trying again without a change is refused again, and nothing is lost.
    let from = world.run()?.events().len();
    world.ctl(["outbox", "retry", call])?;
    world
        .run()?
        .wait_from(from, "parked again", |e| e["event"] == "log" && e["state"] == "parked")?;
    assert_eq!(world.crm.activities()?, Vec::<Value>::new());
    world.ctl(["calls", "choose", call, &stays])?;
    let activity = world.crm.only_activity()?;
    assert_eq!(activity["contact_id"].to_string(), stays);
    wait_until("an empty outbox", || Ok(world.ctl(["outbox", "list"])? == json!([])))?;
    Ok(())
}
