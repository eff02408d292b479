//! The keyring is locked, or its item is gone; and what must stay secret stays so.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use ringside_tests::app::{World, wait_until};
use ringside_tests::crm::API_KEY;
use ringside_tests::session::{Keyring, SessionOptions};
use serde_json::json;

const NADIA: &str = "+14155550142";
const PASSPHRASE: &str = "seven quiet otters 5519";

/// A profile that was set up, and is now started with a locked keyring.
fn locked_from_the_start() -> Result<World> {
    let mut world = World::start()?;
    world.kill_engine()?;
    world.session.lock_keyring()?;
    world.start_engine()?;
    world.run()?.wait("locked", |e| e["event"] == "vault" && e["state"] == "locked")?;
    wait_until("the softphone", || Ok(world.ctl(["status"])?["softphones"][0]["health"] == "up"))?;
    Ok(world)
}

/// A call that pops by its number, with a note and "log it", all while the keyring is locked.
fn call_while_locked(world: &World) -> Result<String> {
    let caller = world.caller(NADIA).talk(1000).start()?;
    let ringing = world.run()?.call("ringing")?;
    let id = ringing["call"]["id"].as_str().unwrap().to_owned();
    let pop = world.run()?.wait("a pop", |e| e["event"] == "pop")?;
    assert_eq!(pop["call"]["remote"]["e164"], NADIA);
    assert_eq!(pop["matches"], json!([]), "somebody was found without a keyring");
    world.ctl(["calls", "answer", &id])?;
    world.ctl(["calls", "note", &id, "Noted while locked."])?;
    caller.wait()?;
    world.run()?.call("ended")?;
    Ok(id)
}

fn matched_and_logged(world: &World, id: &str) -> Result<()> {
    wait_until("the match", || {
        Ok(world.ctl(["calls", "show", id])?["row"]["name"] == "Nadia Okafor")
    })?;
    let row = world.ctl(["calls", "list"])?["calls"][0].take();
    assert_eq!((&row["call"]["id"], &row["note"]), (&json!(id), &json!("Noted while locked.")));
    world.ctl(["calls", "log", id])?;
    let activity = world.crm.only_activity()?;
    assert_eq!(activity["note"], "Noted while locked.");
    assert_eq!(activity["result"], "answered");
    assert_eq!(activity["contact_id"].to_string(), world.crm.contact_id("Nadia Okafor")?);
    Ok(())
}

#[test]
fn a_call_during_a_locked_keyring_is_matched_and_logged_after_the_unlock() -> Result<()> {
    let world = locked_from_the_start()?;
    let id = call_while_locked(&world)?;
    world.session.unlock_keyring()?;
    world.ctl(["unlock"])?;
    matched_and_logged(&world, &id)
}

#[test]
fn a_call_during_a_locked_keyring_survives_a_kill_in_the_sealed_spool() -> Result<()> {
    let mut world = locked_from_the_start()?;
    let id = call_while_locked(&world)?;
    world.kill_engine()?;
    let spool = fs::read(world.home().join("data/spool.sealed"))?;
    assert!(!contains(&spool, b"Noted while locked."), "the spool can be read by anyone");
    world.session.unlock_keyring()?;
    world.start_engine()?;
    matched_and_logged(&world, &id)
}

#[test]
fn without_a_keyring_calls_pop_and_a_passphrase_keeps_them() -> Result<()> {
    let options =
        SessionOptions { display: false, keyring: Keyring::None, dunst: false, wm: false };
    let mut world = World::unconnected(options)?;
    world.start_engine()?;
    world.run()?.wait("no keyring", |e| e["event"] == "vault" && e["state"] == "absent")?;
    let address = world.phone.control_address();
    world.ctl(["softphone", "add", "baresip", "--address", &address])?;
    wait_until("the softphone", || Ok(world.ctl(["status"])?["softphones"][0]["health"] == "up"))?;
    let id = call_while_locked(&world)?;
    // The passphrase comes from the environment; the call of before is kept from now on.
    let mut command = world.ctl_command(["use-passphrase"]);
    assert!(command.env("RINGSIDE_KEY", PASSPHRASE).status()?.success());
    world.run()?.wait("the passphrase", |e| e["event"] == "vault" && e["state"] == "passphrase")?;
    world.add_account()?;
    matched_and_logged(&world, &id)?;
    // At the next start it is asked for again, and opens what was kept.
    world.quit_engine()?;
    for file in files(world.home()) {
        let bytes = fs::read(&file).unwrap_or_default();
        let found = [PASSPHRASE, API_KEY].iter().any(|secret| contains(&bytes, secret.as_bytes()));
        assert!(!found, "a secret is in {}", file.display());
    }
    world.start_engine()?;
    let mut command = world.ctl_command(["use-passphrase"]);
    assert!(command.env("RINGSIDE_KEY", PASSPHRASE).status()?.success());
    wait_until("the call of before", || {
        let calls = world.ctl(["calls", "list"])?;
        Ok(calls["calls"][0]["note"] == "Noted while locked.")
    })
}

#[test]
fn a_database_without_its_key_gets_no_new_one() -> Result<()> {
    let mut world = World::start()?;
    world.ctl(["match", NADIA])?;
    world.quit_engine()?;
    let journal = world.home().join("data/journal.db");
    let before = fs::read(&journal)?;
    world.session.run("secret-tool", ["clear", "username", "database-key"])?;
    world.start_engine()?;
    let notice = world.run()?.notice("bad_database")?;
    assert_eq!(notice["file"], journal.display().to_string());
    assert_eq!(fs::read(&journal)?, before, "the database was touched");
    let key = ["search", "--all", "username", "database-key"];
    assert!(!world.session.run("secret-tool", key)?.contains("secret"), "a new key was made");
    // Calls still pop.
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.wait("a pop", |e| e["event"] == "pop" && e["call"]["remote"]["e164"] == NADIA)?;
    Ok(())
}

#[test]
fn the_key_of_an_account_is_nowhere_but_in_the_keyring() -> Result<()> {
    let world = World::start()?;
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.call("ended")?;
    world.run()?.pop("found")?;
    // A refusal and a nonsense answer are where keys leak into words.
    world.crm.misbehave(&json!({ "fail_times": 1, "fail_status": 401 }))?;
    world.ctl(["calls", "refresh", "last"])?;
    world.crm.misbehave(&json!({ "nonsense": "html" }))?;
    world.ctl(["calls", "refresh", "last"])?;
    world.crm.behave()?;
    world.ctl(["calls", "choose", "last", &world.crm.contact_id("Nadia Okafor")?])?;
    world.ctl(["calls", "log", "last"])?;
    world.crm.only_activity()?;
    let run = world.run()?;
    assert!(run.log().contains("DEBUG"), "the log is not as talkative as it can be");
    for told in ["4155550142", "555-0142", "Okafor", "OKAFOR", "Lumen"] {
        assert!(!run.log().contains(told), "the log tells {told}");
    }

    let mut searched = 0;
    for file in files(world.session.dir()) {
        let bytes = fs::read(&file).unwrap_or_default();
        searched += bytes.len();
        assert!(!contains(&bytes, API_KEY.as_bytes()), "the key is in {}", file.display());
    }
    assert!(searched > 100_000, "only {searched} bytes were searched");
    for name in ["cmdline", "environ"] {
        let bytes = fs::read(format!("/proc/{}/{name}", run.pid()))?;
        assert!(!bytes.is_empty() && !contains(&bytes, API_KEY.as_bytes()), "the key is in {name}");
    }
    let commands: [&[&str]; 5] = [
        &["status"],
        &["doctor"],
        &["account", "list"],
        &["settings", "get"],
        &["calls", "show", "last"],
    ];
    for command in commands {
        let reply = world.ctl(command)?.to_string();
        assert!(!reply.contains(API_KEY), "{command:?} tells the key");
    }
    let heard = json!(run.events()).to_string();
    assert!(!heard.contains(API_KEY), "an event tells the key");
    // The control: the keyring has it, under the account's id.
    let accounts = world.ctl(["account", "list"])?;
    let name = format!("account:{}", accounts[0]["id"].as_str().unwrap());
    let found = world.session.run("secret-tool", ["search", "--all", "username", &name])?;
    assert!(found.contains(API_KEY), "the keyring does not have the key either");
    Ok(())
}

fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

/// All regular files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        match entry.file_type() {
            Ok(kind) if kind.is_dir() => found.extend(files(&entry.path())),
            Ok(kind) if kind.is_file() => found.push(entry.path()),
            _ => {}
        }
    }
    found
}
