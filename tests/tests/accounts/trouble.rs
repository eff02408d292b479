use anyhow::Result;
use ringside_tests::app::wait_until;
use ringside_tests::crm::ExampleCrm;
use serde_json::{Value, json};

use super::*;

const NEW_KEY: &str = "rs-test-other-key-31d0";

/// Where an account's answer stands in a pop.
fn state<'a>(pop: &'a Value, name: &str) -> &'a Value {
    let accounts = pop["accounts"].as_array().unwrap();
    accounts.iter().find(|a| a["name"] == name).map_or(&Value::Null, |a| &a["state"]["state"])
}

#[test]
fn an_account_in_trouble_holds_nobody_up_and_loses_nothing() -> Result<()> {
    let mut world = world()?;
    let mut others: Vec<(&str, ExampleCrm)> = Vec::new();
    add_example(&world, &world.crm, "Healthy")?;
    for name in ["Slow", "Down", "Revoked", "Nonsense"] {
        others.push((name, ExampleCrm::start()?));
        add_example(&world, &others.last().unwrap().1, name)?;
    }
    world.links_up()?;
    let ids = ids(&world)?;

    // A call for each account, decided later, while the accounts are well.
    let mut calls = Vec::new();
    for name in ["Healthy", "Slow", "Down", "Revoked", "Nonsense"] {
        let call = missed(&world)?;
        let mut contact = None;
        wait_until("the match of that account", || {
            contact = reference(&world.ctl(["calls", "show", &call])?["pop"], &ids[name]);
            Ok(contact.is_some())
        })?;
        world.ctl(["calls", "choose", &call, &contact.unwrap()])?;
        calls.push((name, call));
    }

    let [slow, down, revoked, nonsense] = &mut others[..] else { panic!("four") };
    // Longer than the eight seconds that an account may take.
    slow.1.misbehave(&json!({ "delay_ms": 12_000 }))?;
    down.1.stop()?;
    revoked.1.stop()?;
    revoked.1.change_key(NEW_KEY);
    revoked.1.start_again()?;
    nonsense.1.misbehave(&json!({ "nonsense": "html" }))?;

    let from = world.run()?.events().len();
    let caller = world.caller(NADIA).give_up(6000).start()?;
    let run = world.run()?;
    let pop = run.wait_from(from, "the healthy one's match", |e| {
        e["event"] == "pop" && state(e, "Healthy") == "answered"
    })?;
    assert_eq!(pop["call"]["state"], "ringing");
    assert_eq!(state(&pop, "Slow"), "searching", "the pop waited for the slow one");
    assert!(reference(&pop, &ids["Healthy"]).is_some(), "{pop}");
    let health = |name: &str, state: &str| {
        run.wait_from(from, &format!("{name} {state}"), |e| {
            e["event"] == "health" && e["name"] == name && e["state"] == state
        })
    };
    health("Down", "down")?;
    health("Revoked", "signed_out")?;
    health("Nonsense", "down")?;
    health("Slow", "down")?;
    caller.wait()?;
    let troubled = run.events();
    let troubled = troubled[from..].iter().filter(|e| e["event"] == "health");
    assert!(troubled.clone().all(|e| e["name"] != "Healthy"), "{troubled:?}");
    // Each says what is wrong with it, for the settings.
    let list = world.ctl(["account", "list"])?;
    let fault = |name: &str| {
        let found = list.as_array().unwrap().iter().find(|account| account["name"] == name);
        found.unwrap()["fault"]["code"].clone()
    };
    assert_eq!(fault("Healthy"), Value::Null);
    assert_eq!(fault("Down"), "unreachable");
    assert_eq!(fault("Slow"), "unreachable");
    assert_eq!(fault("Revoked"), "signed_out");
    assert_eq!(fault("Nonsense"), "bad_answer");

    // All five are to be logged: the healthy one's is done, the others wait.
    for (_, call) in &calls {
        world.ctl(["calls", "log", call])?;
    }
    let key = world.crm.only_activity()?["external_key"].take();
    assert!(key.as_str().unwrap().contains(&calls[0].1), "{key}");
    let waits = run.wait_from(from, "the log that waits for a sign-in", |e| {
        e["event"] == "log" && e["account"] == *ids["Revoked"] && e["state"] == "retry"
    })?;
    assert_eq!(waits["reason"]["code"], "signed_out");

    // Reconnected in place: the account stays what it was, and its log goes out.
    let reconnect = ["account", "reconnect", "Revoked", "--key-stdin"];
    let (code, fault, words) = world.refused_with(reconnect, Some("a-wrong-one"))?;
    assert_eq!((code, &fault["code"]), (5, &json!("wrong_key")), "{words}");
    world.ctl_with(reconnect, NEW_KEY)?;
    let key = revoked.1.only_activity()?["external_key"].take();
    assert!(key.as_str().unwrap().contains(&calls[3].1), "{key}");

    slow.1.behave()?;
    nonsense.1.behave()?;
    down.1.start_again()?;
    wait_until("an empty outbox", || {
        world.ctl(["outbox", "retry"])?;
        Ok(world.ctl(["outbox", "list"])? == json!([]))
    })?;
    for (name, crm) in &others {
        let (_, call) = calls.iter().find(|(of, _)| of == name).unwrap();
        let activities = crm.activities()?;
        assert_eq!(activities.len(), 1, "{name}: {activities:#?}");
        assert!(activities[0]["external_key"].as_str().unwrap().contains(call), "{name}");
    }
    assert_eq!(world.crm.activities()?.len(), 1);
    assert_eq!(super::ids(&world)?, ids, "an account became another");
    world.is_alive()
}
