use anyhow::Result;
use ringside_tests::app::wait_until;
use ringside_tests::crm::ExampleCrm;
use ringside_tests::servers::{AppConnect, PIPEDRIVE_TOKEN, Pipedrive};
use serde_json::{Value, json};

use super::*;

/// Account, name of the contact in it, its id there.
fn shown(pop: &Value) -> Vec<(String, String, String)> {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let matches = pop["matches"].as_array().unwrap().iter();
    let mut shown: Vec<_> =
        matches.map(|m| (text(&m["account"]), text(&m["name"]), text(&m["id"]))).collect();
    shown.sort();
    shown
}

#[test]
fn one_ring_asks_four_crms_and_each_log_lands_in_its_own_once() -> Result<()> {
    let world = world()?;
    let (south, pipedrive) = (ExampleCrm::start()?, Pipedrive::start()?);
    let app_connect = AppConnect::start()?;
    // The same id in both Example CRMs, so that an id without its account is no one.
    let nadia = world.crm.contact_id("Nadia Okafor")?;
    assert_eq!(south.contact_id("Nadia Okafor")?, nadia);
    south.change_contact(&nadia, &json!({ "name": "Nadia South" }))?;
    let phones = json!([{ "value": "4155550142", "label": "mobile", "primary": true }]);
    pipedrive.seed(&json!({ "persons": [{ "id": 5, "name": "Nadia Pipe", "phones": phones }] }))?;
    add_example(&world, &world.crm, "North")?;
    add_example(&world, &south, "South")?;
    let args = ["account", "add", "pipedrive", "--url", &pipedrive.url, "--name", "Pipe"];
    world.ctl_with(args.into_iter().chain(["--key-stdin"]), PIPEDRIVE_TOKEN)?;
    add_app_connect(&world, &app_connect, "Bridge")?;
    world.links_up()?;

    let caller = world.caller(NADIA).give_up(2500).start()?;
    let pop = world.run()?.wait("a match of each", |e| {
        e["event"] == "pop" && e["matches"].as_array().unwrap().len() == 4
    })?;
    let ids = ids(&world)?;
    let whose =
        |name: &str, contact: &str, id: &str| (ids[name].clone(), contact.into(), id.into());
    let mut expected = vec![
        whose("North", "Nadia Okafor", &nadia),
        whose("South", "Nadia South", &nadia),
        whose("Pipe", "Nadia Pipe", "5"),
        whose("Bridge", "Nadia Okafor", "c-1"),
    ];
    expected.sort();
    assert_eq!(shown(&pop), expected);
    assert_eq!(pop["chosen"], json!([]), "one of several was picked by itself");
    let names: Vec<_> = pop["accounts"].as_array().unwrap().iter().map(|a| &a["name"]).collect();
    assert_eq!(names.len(), 4, "{names:?}");
    caller.wait()?;
    world.run()?.call("ended")?;

    // The call is North's; three more of the same number, one for each other account.
    let first = pop["call"]["id"].as_str().unwrap().to_owned();
    let mut calls = vec![("North", first)];
    for name in ["South", "Pipe", "Bridge"] {
        calls.push((name, missed(&world)?));
    }
    for (name, call) in &calls {
        let contact = reference(&pop, &ids[*name]).unwrap();
        world.ctl(["calls", "choose", call, &contact])?;
        world.ctl(["calls", "note", call, &format!("For {name} alone.")])?;
        let log = ["calls", "log", call];
        match *name {
            "Bridge" => world.ctl(log.into_iter().chain(["--field", "queue=care"]))?,
            _ => world.ctl(log)?,
        };
        world.run()?.wait(&format!("the log in {name}"), |e| {
            e["event"] == "log" && e["state"] == "done" && e["call_id"] == **call
        })?;
    }
    let done: Vec<_> = world.run()?.events().into_iter().filter(|e| e["state"] == "done").collect();
    for (name, call) in &calls {
        let of_call: Vec<_> = done.iter().filter(|e| e["call_id"] == **call).collect();
        assert!(of_call.iter().all(|e| e["account"] == ids[*name]), "{name}: {of_call:?}");
    }
    wait_until("an empty outbox", || Ok(world.ctl(["outbox", "list"])? == json!([])))?;
    let only = |mut all: Vec<Value>, name: &str| {
        assert_eq!(all.len(), 1, "{name}: {all:#?}");
        let activity = all.remove(0).to_string();
        assert!(activity.contains(&format!("For {name} alone.")), "{activity}");
        activity
    };
    only(world.crm.activities()?, "North");
    only(south.activities()?, "South");
    only(pipedrive.activities()?, "Pipe");
    let bridge = only(app_connect.records("activities")?, "Bridge");
    assert!(bridge.contains(r#""queue":"care""#), "{bridge}");
    Ok(())
}
