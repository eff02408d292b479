//! The notification in the real dunst: one for each call, changed in place, and its buttons act.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use anyhow::Result;
use ringside_tests::app::{World, wait_until};
use ringside_tests::session::SessionOptions;
use serde_json::Value;

const NUMBER: &str = "+14155550170";

fn world() -> Result<World> {
    World::start_in(SessionOptions { dunst: true, ..SessionOptions::default() })
}

/// The ids of all that dunst was told to show, in that order.
fn ids(world: &World) -> Vec<String> {
    let shown = world.session.shown_notifications();
    shown.lines().filter_map(|line| line.trim().strip_prefix("id: ")).map(str::to_owned).collect()
}

fn told(world: &World, text: &str) -> Result<()> {
    wait_until(&format!("{text} in dunst"), || {
        Ok(world.session.shown_notifications().contains(text))
    })
}

fn on_screen(world: &World, count: &str) -> Result<()> {
    wait_until(&format!("{count} notifications on the screen"), || {
        Ok(world.session.dunstctl(["count", "displayed"])?.trim() == count)
    })
}

#[test]
fn a_notification_changes_in_place_and_its_button_picks() -> Result<()> {
    let world = world()?;
    world.crm.add_contact("Ada One", "(415) 555-0170")?;
    let second = world.crm.add_contact("Ada Two", "+1-415-555-0170")?;
    let caller = world.caller(NUMBER).talk(1000).start()?;
    let run = world.run()?;
    let pop = run.wait("both matches", |e| {
        e["event"] == "pop" && e["status"] == "found" && e["matches"].as_array().unwrap().len() == 2
    })?;
    told(&world, "\"Ada Two\"")?;
    on_screen(&world, "1")?;
    let shown = world.session.shown_notifications();
    let button = |name: &str| {
        // `"pick:…": "Ada Two"` is how dunst prints an action.
        let line = shown.lines().rev().find(|line| line.contains(&format!(": \"{name}\"")))?;
        let (action, _) = line.trim().trim_start_matches('"').split_once("\": \"")?;
        Some(action.to_owned())
    };
    world.session.press_action(&button("Ada Two").expect(&shown))?;
    let picked =
        run.wait("the choice", |e| e["event"] == "choice" && e["chosen"] != Value::Null)?;
    assert_eq!(picked["call_id"], pop["call"]["id"]);
    assert_eq!(picked["chosen"][0]["contact"]["id"], second);
    assert_eq!(picked["chosen"][0]["how"], "picked");
    // The same notification now says who it is.
    told(&world, "summary: 'Ada Two'")?;
    let ids = ids(&world);
    assert!(ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    on_screen(&world, "1")?;

    world.ctl(["calls", "answer", "last"])?;
    world.ctl(["calls", "log", "last"])?;
    caller.wait()?;
    assert_eq!(world.crm.only_activity()?["contact_id"].to_string(), second);
    on_screen(&world, "0")
}

#[test]
fn a_late_answer_of_the_crm_changes_the_notification_that_is_there() -> Result<()> {
    let world = world()?;
    world.crm.misbehave(&serde_json::json!({ "path_prefix": "/v1/contacts", "delay_ms": 700 }))?;
    let caller = world.caller("+14155550118").give_up(4000).start()?;
    let pop = world.run()?.wait("a pop", |e| e["event"] == "pop")?;
    let number = pop["call"]["remote"]["display"].as_str().unwrap();
    told(&world, &format!("summary: '{number}'"))?;
    told(&world, "summary: 'Marcus Bell'")?;
    on_screen(&world, "1")?;
    let ids = ids(&world);
    assert!(ids.len() >= 2 && ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    caller.wait()?;
    on_screen(&world, "0")
}
