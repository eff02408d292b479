//! From the ring to the log, with real parts on both ends: sipp calls baresip, Ringside watches, and
//! what counts is what the Example CRM holds and was asked.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::time::Instant;

use anyhow::{Context, Result};
use reqwest::Method;
use ringside_tests::app::World;
use ringside_tests::sip::Callee;
use serde_json::{Value, json};

/// Everything of an activity but its id and when the CRM wrote it.
fn without_stamps(activity: &Value) -> Value {
    let mut activity = activity.clone();
    let fields = activity.as_object_mut().unwrap();
    fields.retain(|name, _| !["id", "created_at", "updated_at"].contains(&name.as_str()));
    activity
}

/// The events about one call.
fn of_call<'a>(events: &'a [Value], kind: &str, call: &Value) -> Vec<&'a Value> {
    let kinds = events.iter().filter(|event| event["event"] == kind);
    kinds.filter(|event| event["call"]["id"] == *call || event["call_id"] == *call).collect()
}

/// Lets a person call, give up after a second, and waits for the end; the call as it then is.
fn missed_call(world: &World, number: &str) -> Result<Value> {
    let from = world.run()?.events().len();
    world.caller(number).give_up(1000).start()?.wait()?;
    let ended = world
        .run()?
        .wait_from(from, "the end", |e| e["event"] == "call" && e["call"]["state"] == "ended")?;
    Ok(ended["call"].clone())
}

#[test]
fn a_known_caller_is_answered_and_logged_with_notes() -> Result<()> {
    let mut world = World::start()?;
    let caller = world.caller("+14155550142").talk(2500).start()?;
    let run = world.run()?;
    let pop = run.pop("found")?;
    let names: Vec<_> = pop["matches"].as_array().unwrap().iter().map(|m| &m["name"]).collect();
    assert_eq!(names, ["Nadia Okafor"]);
    world.ctl(["calls", "answer", "last"])?;
    run.call("answered")?;
    let answered = Instant::now();
    let note = "Wants the renewal quote by Friday.\nCall back after 3 pm – \"urgent\".";
    world.ctl(["calls", "note", "last", note])?;
    world.ctl(["calls", "log", "last"])?;
    let ended = run.call("ended")?;
    let talked = answered.elapsed().as_secs();
    caller.wait()?;

    let activity = world.crm.only_activity()?;
    let call = &ended["call"]["id"];
    let account = &pop["matches"][0]["account"];
    let duration = activity["duration_s"].as_u64().unwrap();
    assert!(duration.abs_diff(talked) <= 1 && duration >= 2, "{duration} s of {talked} s");
    assert_eq!(ended["duration_s"], duration);
    let started = ended["call"]["started_at"].as_str().unwrap();
    assert_eq!(activity["start_time"].as_str().unwrap()[..19], started[..19]);
    assert_eq!(
        without_stamps(&activity),
        json!({
            "type": "call",
            "external_key": format!("ringside:{}:{}", call.as_str().unwrap(), account.as_str().unwrap()),
            "contact_id": world.crm.contact("Nadia Okafor")?["id"],
            "subject": "Inbound call from Nadia Okafor",
            "direction": "inbound",
            "from_number": "+14155550142",
            "to_number": world.phone.uri(),
            "start_time": activity["start_time"],
            "duration_s": duration,
            "result": "answered",
            "note": note,
            "deal_id": null,
            "disposition": null,
        })
    );
    let events = run.events();
    let pops = events.iter().filter(|event| event["event"] == "pop");
    assert!(pops.clone().all(|pop| pop["call"]["id"] == *call), "another call popped");

    // The next call, with the CRM away: the directory names the caller in the first snapshot.
    world.crm.stop()?;
    let from = world.run()?.events().len();
    let second = missed_call(&world, "+14155550142")?;
    let events = world.run()?.events();
    let pops = of_call(&events[from..], "pop", &second["id"]);
    let first = pops.first().context("no pop without the CRM")?;
    assert_eq!(first["matches"][0]["name"], "Nadia Okafor");
    assert_eq!(first["matches"][0]["why"]["origin"], "directory");
    Ok(())
}

#[test]
fn the_second_of_several_is_picked_remembered_and_forgotten() -> Result<()> {
    let world = World::start()?;
    let deal = |title: &str| json!([{ "title": title, "amount": 900, "currency": "USD" }]);
    for (name, number) in [("Ada One", "(415) 555-0170"), ("Ada Two", "+1-415-555-0170")] {
        let phones = json!([{ "field": "mobile", "number": number }]);
        let contact = json!({ "name": name, "phones": phones, "deals": deal(name) });
        world.crm.ask(Method::POST, "/v1/contacts", Some(&contact))?;
    }
    let caller = world.caller("+14155550170").talk(1000).start()?;
    let run = world.run()?;
    let pop = run.wait("both matches", |e| {
        e["event"] == "pop" && e["status"] == "found" && e["matches"].as_array().unwrap().len() == 2
    })?;
    assert_eq!(pop["chosen"], json!([]), "one of several was picked by itself");
    world.ctl(["calls", "answer", "last"])?;
    let (_, fault, words) = world.refused(["calls", "log", "last"])?;
    assert_eq!(fault["code"], "nothing_chosen", "{words}");
    let second = &pop["matches"][1];
    let (id, deal) = (second["id"].as_str().unwrap(), &second["associations"][0]);
    world.ctl(["calls", "choose", "last", id])?;
    run.call("ended")?;
    let deal = deal["id"].as_str().unwrap();
    world.ctl(["calls", "log", "last", "--deal", deal, "--disposition", "Interested"])?;
    caller.wait()?;
    let activity = world.crm.only_activity()?;
    assert_eq!(activity["contact_id"].to_string(), id);
    assert_eq!(activity["deal_id"].to_string(), deal);
    assert_eq!(activity["disposition"], "Interested");
    assert_eq!(activity["result"], "answered");

    // The next call offers the choice of last time, and says so.
    missed_call(&world, "+14155550170")?;
    let next = world.ctl(["calls", "show", "last"])?["pop"].take();
    assert_eq!(next["matches"][0]["id"], id);
    assert_eq!(next["matches"][0]["remembered"], true);
    assert_eq!(next["chosen"][0]["how"], "remembered");
    world.ctl(["calls", "choose", "last", "none"])?;

    // Forgotten is forgotten.
    missed_call(&world, "+14155550170")?;
    let last = world.ctl(["calls", "show", "last"])?["pop"].take();
    let matches = last["matches"].as_array().unwrap();
    assert_eq!(matches.len(), 2);
    assert!(matches.iter().all(|found| found["remembered"] == false));
    assert_eq!(last["chosen"], json!([]));
    assert_eq!(world.crm.activities()?.len(), 1, "a call was logged that nobody asked for");
    Ok(())
}

#[test]
fn an_unknown_caller_is_created_and_logged() -> Result<()> {
    let world = World::start()?;
    let caller = world.caller("+14155550999").talk(1000).start()?;
    let run = world.run()?;
    let pop = run.pop("not_found")?;
    assert_eq!(pop["matches"], json!([]));
    assert_eq!(pop["create_in"][0]["name"], "Demo");
    world.ctl(["calls", "answer", "last"])?;
    let create = ["contacts", "create", "Wanda Newman", "--type", "lead", "--call", "last"];
    let created = world.ctl(create)?;
    world.ctl(["calls", "log", "last"])?;
    caller.wait()?;
    let activity = world.crm.only_activity()?;
    let contact = world.crm.contact("Wanda Newman")?;
    assert_eq!(activity["contact_id"], contact["id"]);
    assert_eq!(created["id"], contact["id"].to_string());
    assert_eq!(contact["type"], "lead");
    assert_eq!(contact["phones"][0]["number"], "+14155550999");
    assert_eq!(activity["subject"], "Inbound call from Wanda Newman");
    Ok(())
}

#[test]
fn a_call_that_nobody_answers_is_logged_as_missed() -> Result<()> {
    let world = World::start()?;
    let call = missed_call(&world, "+14155550142")?;
    assert_eq!((&call["reason"], &call["duration_s"]), (&json!("missed"), &json!(0)));
    world.ctl(["calls", "log", "last"])?;
    let activity = world.crm.only_activity()?;
    assert_eq!(activity["result"], "missed");
    assert_eq!(activity["duration_s"], 0);
    assert_eq!(activity["subject"], "Missed call from Nadia Okafor");
    assert_eq!(world.ctl(["calls", "list", "--missed"])?["missed"], 1);
    Ok(())
}

#[test]
fn a_declined_call_is_logged_as_rejected() -> Result<()> {
    let world = World::start()?;
    let caller = world.caller("+14155550142").until_declined().start()?;
    let run = world.run()?;
    run.pop("found")?;
    world.ctl(["calls", "hang-up", "last"])?;
    caller.wait()?;
    run.call("ended")?;
    world.ctl(["calls", "log", "last"])?;
    let activity = world.crm.only_activity()?;
    assert_eq!((&activity["result"], &activity["duration_s"]), (&json!("rejected"), &json!(0)));
    Ok(())
}

#[test]
fn a_call_that_the_agent_dials_is_logged_as_outbound() -> Result<()> {
    let world = World::start()?;
    let id = world.crm.add_contact("Dora Dialled", "(415) 555-0188")?;
    let callee = Callee::answers()?;
    world.phone.dial(&callee.uri())?;
    let run = world.run()?;
    run.call("answered")?;
    run.pop("found")?;
    world.ctl(["calls", "log", "last"])?;
    world.ctl(["calls", "hang-up", "last"])?;
    callee.wait()?;
    let activity = world.crm.only_activity()?;
    assert_eq!(activity["contact_id"].to_string(), id);
    assert_eq!(activity["direction"], "outbound");
    assert_eq!(activity["result"], "answered");
    assert_eq!(activity["subject"], "Outbound call to Dora Dialled");
    assert_eq!(activity["to_number"], "+14155550188");
    assert_eq!(activity["from_number"], world.phone.uri());
    Ok(())
}

#[test]
fn anonymous_callers_and_extensions_are_not_looked_up() -> Result<()> {
    let world = World::start()?;
    let before = world.crm.searches()?;
    assert_eq!(before, Vec::<String>::new());
    for (from, kind) in [("anonymous", "anonymous"), ("204", "extension")] {
        let call = missed_call(&world, from)?;
        assert_eq!(call["remote"]["kind"], kind);
        let events = world.run()?.events();
        let pops = of_call(&events, "pop", &call["id"]);
        assert!(!pops.is_empty(), "no pop for {from}");
        assert!(pops.iter().all(|pop| pop["status"] == "not_looked_up"), "{pops:#?}");
    }
    // The control: a normal call beside them is searched for, and by then theirs would have been.
    missed_call(&world, "+14155550142")?;
    world.run()?.pop("found")?;
    let searches = world.crm.searches()?;
    assert!(searches.contains(&"+14155550142".to_owned()), "{searches:?}");
    let digits = |text: &String| text.chars().filter(char::is_ascii_digit).collect::<String>();
    assert!(searches.iter().all(|text| digits(text).ends_with("4155550142")), "{searches:?}");
    Ok(())
}

#[test]
fn a_refresh_shows_what_changed_in_the_crm() -> Result<()> {
    let mut world = World::start()?;
    missed_call(&world, "+14155550142")?;
    world.run()?.pop("found")?;
    let id = world.crm.contact_id("Nadia Okafor")?;
    world.crm.change_contact(&id, &json!({ "name": "Nadia Adeyemi" }))?;
    let refreshed = world.ctl(["calls", "refresh", "last"])?;
    let change = json!({
        "name": "Nadia Adeyemi", "field": "name", "old": "Nadia Okafor", "new": "Nadia Adeyemi"
    });
    assert_eq!(refreshed["changes"], json!([change]));
    world.run()?.wait("the new name in the pop", |e| {
        e["event"] == "pop" && e["matches"][0]["name"] == "Nadia Adeyemi"
    })?;

    // Nothing has changed since, and the contact itself says the same.
    let again = world.ctl(["calls", "refresh", "last"])?;
    assert_eq!((&again["changes"], &again["failed"]), (&json!([]), &json!([])));
    world.crm.change_contact(&id, &json!({ "title": "CEO" }))?;
    let contact = &refreshed["contacts"][0];
    let part = |name: &str| contact[name].as_str().unwrap().to_owned();
    let reference = format!("{}/{}/{}", part("account"), part("type"), part("id"));
    let changes = world.ctl(["contacts", "refresh", &reference])?["changes"].take();
    assert_eq!(changes[0]["field"], "title");
    assert_eq!(changes[0]["new"], "CEO");

    // With the CRM away the old data stays, and the answer says who could not be asked.
    world.crm.stop()?;
    let away = world.ctl(["calls", "refresh", "last"])?;
    assert_eq!(away["failed"][0]["name"], "Demo");
    assert_eq!(away["removed"], json!([]));
    let kept = world.ctl(["contacts", "search", "Adeyemi"])?;
    assert_eq!(kept["contacts"][0]["title"], "CEO");
    Ok(())
}
