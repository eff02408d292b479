//! What a hostile softphone, caller, CRM, file system or editor sends: a clear word, nothing lost,
//! and the engine still there.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod hostile;

use std::fs;
use std::io::{Seek, SeekFrom, Write};

use anyhow::Result;
use hostile::HostileSoftphone;
use reqwest::Method;
use ringside_tests::app::{World, wait_until};
use ringside_tests::crm::ExampleCrm;
use serde_json::{Value, json};

const NADIA: &str = "+14155550142";
/// What a caller may try with a name: markup, a line of its own, and a turned writing direction.
const NASTY: &str = "<b>Mum</b> & \u{202E}knaB\u{2066}";

/// 10 kB of it.
fn nasty_name() -> String {
    NASTY.repeat(10_000 / NASTY.len() + 1)
}

/// That a real call pops with the name from the CRM, whatever came before.
fn still_works(world: &mut World) -> Result<()> {
    let from = world.run()?.events().len();
    world.caller(NADIA).give_up(800).start()?.wait()?;
    world.run()?.wait_from(from, "a call that pops as ever", |e| {
        e["event"] == "pop" && e["matches"][0]["name"] == "Nadia Okafor"
    })?;
    world.is_alive()
}

fn assert_harmless(name: &Value) {
    let name = name.as_str().unwrap();
    assert!(name.starts_with("<b>Mum</b> & "), "not shown as it is: {name}");
    assert!(name.chars().count() <= 200, "{} characters", name.chars().count());
    assert!(!name.contains(['\u{202E}', '\u{2066}', '\n']), "it can spoof: {name:?}");
}

#[test]
fn a_hostile_softphone_breaks_its_own_link_and_nothing_else() -> Result<()> {
    let mut world = World::start()?;
    // A length beyond all bounds, no frame at all, half a frame; each with what is then said.
    let attacks: [(&[u8], &str); 3] = [
        (b"99999999999999999999:{", "a frame of more than"),
        (b"}{", "not a netstring"),
        (b"500:{\"event\":true,", "bytes remaining"),
    ];
    for (n, (attack, words)) in attacks.into_iter().enumerate() {
        let number = format!("+1415555015{n}");
        let hostile = HostileSoftphone::start(attack, &number, &nasty_name())?;
        let name = format!("Hostile {n}");
        let add = ["softphone", "add", "baresip", "--name", &name, "--address", hostile.address()];
        world.ctl(add)?;
        let run = world.run()?;
        run.wait(words, |e| {
            let detail = e["detail"].as_str().unwrap_or_default();
            e["event"] == "health" && e["name"] == name && detail.contains(words)
        })?;
        let pop = run.wait("the ring behind the junk", |e| {
            e["event"] == "pop" && e["call"]["remote"]["e164"] == number
        })?;
        assert_harmless(&pop["call"]["remote"]["name"]);
        assert_eq!(pop["call"]["state"], "ringing");
    }
    still_works(&mut world)
}

#[test]
fn a_name_of_ten_kilobytes_is_shown_plain_and_bounded() -> Result<()> {
    let mut world = World::start()?;
    world.ctl(["ring", "--from", "+14155550167", "--name", &nasty_name(), "--id", "one"])?;
    let pop = world.run()?.wait("the pop", |e| e["event"] == "pop")?;
    assert_harmless(&pop["call"]["remote"]["name"]);
    // By SIP, as large as the real softphone takes a packet.
    let name = NASTY.repeat(3_000 / NASTY.len());
    let from = world.run()?.events().len();
    let caller = world.caller("+14155550118").from(&format!("\"{name}\" <sip:+14155550118@x>"));
    caller.give_up(800).start()?.wait()?;
    let pop = world.run()?.wait_from(from, "the pop", |e| {
        e["event"] == "pop" && e["call"]["remote"]["e164"] == "+14155550118"
    })?;
    assert_harmless(&pop["call"]["remote"]["name"]);
    still_works(&mut world)
}

#[test]
fn a_crm_that_answers_nonsense_is_a_reason_and_no_answer() -> Result<()> {
    let mut world = World::start()?;
    for nonsense in ["html", "json", "empty", "huge"] {
        let faults = json!({ "path_prefix": "/v1/contacts", "nonsense": nonsense });
        world.crm.misbehave(&faults)?;
        let report = world.ctl(["match", "+14155550118", "--refresh"])?;
        assert_eq!(report["status"], "failed", "{nonsense}: {report}");
        let state = &report["accounts"][0]["state"];
        assert_eq!(state["reason"], "bad_answer", "{nonsense}: {report}");
    }
    // On a ring it is said in the pop, and the next try finds the caller.
    let caller = world.caller("+14155550118").give_up(6000).start()?;
    let pop = world.run()?.pop("failed")?;
    assert_eq!(pop["matches"], json!([]));
    world.crm.behave()?;
    world.run()?.pop("found")?;
    caller.wait()?;
    // An empty list is an answer: nobody.
    assert_eq!(world.ctl(["match", "+14155550991"])?["status"], "not_found");
    still_works(&mut world)
}

#[test]
fn five_hundred_contacts_with_one_number_are_all_there_and_none_is_chosen() -> Result<()> {
    let mut world = World::start()?;
    many_contacts(&world.crm, 500)?;
    let caller = world.caller("+14155550166").give_up(1500).start()?;
    let pop = world.run()?.pop("found")?;
    caller.wait()?;
    let matches = pop["matches"].as_array().unwrap();
    assert_eq!(matches.len(), 500);
    assert_eq!(pop["chosen"], json!([]));
    let last = matches[499]["id"].as_str().unwrap();
    world.ctl(["calls", "choose", "last", last])?;
    world.ctl(["calls", "log", "last"])?;
    assert_eq!(world.crm.only_activity()?["contact_id"].to_string(), last);
    still_works(&mut world)
}

/// Contacts who all share a number; slower than the CRM's rate limit.
fn many_contacts(crm: &ExampleCrm, count: usize) -> Result<()> {
    for n in 0..count {
        let phones = json!([{ "field": "work", "number": "+14155550166" }]);
        let contact = json!({ "name": format!("Clone {n}"), "phones": phones });
        wait_until("a contact", || {
            Ok(crm.ask(Method::POST, "/v1/contacts", Some(&contact)).is_ok())
        })?;
    }
    Ok(())
}

#[test]
fn a_typo_in_the_settings_is_named_with_its_line_and_the_old_settings_hold() -> Result<()> {
    let mut world = World::start()?;
    world.ctl(["settings", "set", "log.auto_wait_s", "17"])?;
    let file = world.home().join("config.toml");
    let good = fs::read_to_string(&file)?;
    let line = good.lines().position(|line| line.contains("auto_wait_s")).unwrap() + 1;
    let bad = good.replace("auto_wait_s = 17", "auto_wiat_s = 18");
    fs::write(&file, &bad)?;
    let said = |notice: Value| {
        assert_eq!(notice["line"], line.to_string());
        assert!(notice["reason"].as_str().unwrap().contains("auto_wiat_s"), "{notice}");
        assert_eq!(notice["file"], file.display().to_string());
    };
    said(world.run()?.notice("bad_config")?);
    assert_eq!(world.ctl(["settings", "get", "log.auto_wait_s"])?, 17);
    // Nothing writes over what a person is still mending.
    let (code, fault, words) = world.refused(["settings", "set", "log.undo_s", "9"])?;
    assert_eq!(code, 7, "{fault} {words}");
    assert_eq!(fs::read_to_string(&file)?, bad);
    still_works(&mut world)?;

    // The same at the start: the settings last in force are there, accounts and all.
    world.kill_engine()?;
    world.start_engine()?;
    said(world.run()?.notice("bad_config")?);
    assert_eq!(world.ctl(["settings", "get", "log.auto_wait_s"])?, 17);
    world.links_up()?;
    still_works(&mut world)?;

    // Mended, it counts at once.
    fs::write(&file, good.replace("auto_wait_s = 17", "auto_wait_s = 19"))?;
    wait_until("the mended settings", || {
        Ok(world.ctl(["settings", "get", "log.auto_wait_s"])? == 19)
    })
}

#[test]
fn a_damaged_journal_is_set_aside_and_said_so() -> Result<()> {
    let mut world = World::start()?;
    world.ctl(["match", NADIA])?;
    world.quit_engine()?;
    let journal = world.home().join("data/journal.db");
    let mut file = fs::File::options().write(true).open(&journal)?;
    file.seek(SeekFrom::Start(100))?;
    file.write_all(&[0xA5; 2000])?;
    drop(file);
    let damaged = fs::read(&journal)?;
    world.start_engine()?;
    let notice = world.run()?.notice("bad_database")?;
    let aside = notice["file"].as_str().unwrap();
    assert_ne!(aside, journal.display().to_string());
    assert_eq!(fs::read(aside)?, damaged, "what was set aside is not what was there");
    world.links_up()?;
    still_works(&mut world)?;
    world.ctl(["calls", "log", "last"])?;
    world.crm.only_activity()?;
    assert_eq!(world.ctl(["status"])?["notices"][0]["code"], "bad_database");
    Ok(())
}
