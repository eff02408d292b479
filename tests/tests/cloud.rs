//! RingCentral in the cloud, with the shipped programs: signed in to in the browser, from the ring to
//! the log, over a connection that breaks, and signed out.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use anyhow::{Context, Result};
use ringside_tests::app::{World, wait_until};
use ringside_tests::browser::{SignIn, decide};
use ringside_tests::http::Http;
use ringside_tests::servers::RingCentral;
use ringside_tests::session::SessionOptions;
use serde_json::{Value, json};

/// A profile with the Example CRM and a RingCentral that nobody has signed in to.
fn world() -> Result<(World, RingCentral)> {
    let mut world = World::unconnected(SessionOptions { display: false, ..Default::default() })?;
    let cloud = RingCentral::start()?;
    world.start_engine()?;
    world.add_account()?;
    let args = ["softphone", "add", "ringcentral", &cloud.client_id, "--server", &cloud.url];
    world.ctl(args)?;
    world.ctl(["settings", "set", "log.undo_s", "0"])?;
    Ok((world, cloud))
}

fn phone(world: &World) -> Result<Value> {
    Ok(world.ctl(["softphone", "list"])?[0].clone())
}

fn until(world: &World, health: &str) -> Result<Value> {
    let mut found = Value::Null;
    wait_until(health, || {
        found = phone(world)?;
        Ok(found["health"] == health)
    })?;
    Ok(found)
}

fn sign_in(world: &World) -> Result<()> {
    let waiting = SignIn::start(world, &["softphone", "sign-in", "ringcentral"])?;
    let last = decide(&Http::new()?, &waiting.url, "allow")?;
    assert!(last.status == 200 && last.text.contains("You are signed in."), "{last:?}");
    let (code, reply, words) = waiting.end()?;
    assert_eq!((code, &reply["value"]["user"]), (0, &json!("Tom Sawyer")), "{words}");
    until(world, "up").map(drop)
}

/// What the keyring holds of the softphone.
fn held(world: &World) -> Result<String> {
    world.session.run("secret-tool", ["search", "--all", "username", "softphone:ringcentral"])
}

/// How often RingCentral was asked this.
fn asked(cloud: &RingCentral, what: &str) -> Result<usize> {
    let told = cloud.told()?;
    let requests = told["requests"].as_array().context("no list")?;
    Ok(requests.iter().filter(|request| request["what"] == what).count())
}

#[test]
fn signed_in_in_the_browser_a_call_pops_and_is_logged_once_over_a_break() -> Result<()> {
    let (mut world, cloud) = world()?;
    let before = until(&world, "signed_out")?;
    assert_eq!(before["why"], "signed_out");
    sign_in(&world)?;

    let run = world.run()?;
    cloud.party(1, "Setup")?;
    cloud.order(&json!({
        "do": "party", "session": "s-1", "sequence": 2, "party": "p-1-2", "code": "Proceeding",
        "more": { "from": { "phoneNumber": "+14155550142" } },
    }))?;
    let pop = run.pop("found")?;
    assert_eq!(pop["matches"][0]["name"], "Nadia Okafor");
    cloud.party(3, "Answered")?;
    run.call("answered")?;
    wait_until("a unique match", || {
        Ok(world.ctl(["calls", "show", "last"])?["pop"]["chosen"][0]["how"] == "unique")
    })?;
    world.ctl(["calls", "note", "last", "Wants the renewal quote."])?;

    // The network breaks in the middle of the call, which ends meanwhile.
    cloud.order(&json!({ "do": "disconnect" }))?;
    cloud.party(4, "Disconnected")?;
    let ended = world.run()?.call("ended")?;
    assert_eq!(ended["call"]["reason"], "answered");
    world.ctl(["calls", "log", "last"])?;
    let activity = world.crm.only_activity()?;
    assert!(activity.to_string().contains("Wants the renewal quote."), "{activity}");
    let pops: Vec<_> = world
        .run()?
        .events()
        .into_iter()
        .filter(|event| event["event"] == "call" && event["call"]["state"] == "ringing")
        .map(|event| event["call"]["id"].clone())
        .collect();
    assert!(pops.iter().all(|id| id == &pops[0]), "one call: {pops:?}");

    // It goes on over a restart with what the keyring holds, and nobody signs in again.
    world.quit_engine()?;
    world.start_engine()?;
    until(&world, "up")?;
    let tokens = asked(&cloud, "POST /oauth/token")?;
    assert_eq!(tokens, 1, "one sign-in");

    // Removed, it is signed out there and forgotten here.
    assert!(held(&world)?.contains("secret ="));
    world.ctl(["softphone", "remove", "ringcentral"])?;
    wait_until("the sign-in to end", || Ok(asked(&cloud, "POST /oauth/revoke")? == 1))?;
    wait_until("nothing in the keyring", || Ok(!held(&world)?.contains("secret =")))?;
    let told = cloud.told()?.to_string();
    assert!(!told.contains("429"), "asked too often: {told}");
    Ok(())
}

#[test]
fn a_sign_in_that_was_taken_back_is_told_and_made_again() -> Result<()> {
    let (world, cloud) = world()?;
    until(&world, "signed_out")?;
    sign_in(&world)?;
    cloud.order(&json!({ "do": "revoke" }))?;
    let after = until(&world, "signed_out")?;
    assert_eq!((&after["why"], &after["retry_at"]), (&json!("signed_out"), &Value::Null));
    sign_in(&world)
}

#[test]
fn text_messages_are_kept_over_a_restart() -> Result<()> {
    let (mut world, cloud) = world()?;
    until(&world, "signed_out")?;
    sign_in(&world)?;
    assert_eq!(world.ctl(["messages", "list"])?, json!([]));
    for (id, direction, text) in [(1, "Inbound", "Are you open?"), (2, "Outbound", "Until six.")] {
        let (other, own) = ("+14155550142", "+16505550100");
        let (from, to) = if direction == "Inbound" { (other, own) } else { (own, other) };
        let sms = json!({
            "do": "sms", "id": id, "direction": direction, "from": from, "to": to, "text": text,
        });
        cloud.order(&sms)?;
        // Told twice, as after a break, it is one.
        cloud.order(&sms)?;
        let count = usize::try_from(id)?;
        wait_until("the message", || {
            Ok(world.ctl(["messages", "list"])?.as_array().map(Vec::len) == Some(count))
        })?;
    }
    world.quit_engine()?;
    world.start_engine()?;
    let kept = world.ctl(["messages", "list"])?;
    let told: Vec<_> =
        kept.as_array().unwrap().iter().map(|m| (&m["remote"], &m["text"])).collect();
    let other = json!("+14155550142");
    assert_eq!(told, [(&other, &json!("Until six.")), (&other, &json!("Are you open?"))]);
    Ok(())
}
