//! Twinkle, the real one, with the hook that Ringside puts into its profile.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

use std::fs;
use std::io::Write;
use std::path::PathBuf;
use std::process::{Child, Stdio};

use anyhow::{Context, Result};
use ringside_tests::app::{World, wait_until};
use ringside_tests::session::SessionOptions;
use ringside_tests::sip::{Caller, free_port};
use serde_json::{Value, json};

const SYSTEM: &str = include_str!("../fixtures/twinkle/twinkle.sys");
/// No sound card is needed.
const SILENCE: &str = "pcm.!default { type null }\nctl.!default { type null }\n";

/// A world with an engine and a folder of Twinkle's, with one profile.
struct Phone {
    world: World,
    profile: PathBuf,
    port: u16,
    process: Option<Child>,
}

impl Phone {
    fn new() -> Result<Self> {
        let options = SessionOptions { display: false, ..SessionOptions::default() };
        let mut world = World::unconnected(options)?;
        let (home, port) = (world.session.home(), free_port()?);
        let folder = home.join(".twinkle");
        fs::create_dir_all(&folder)?;
        fs::write(home.join(".asoundrc"), SILENCE)?;
        let system = SYSTEM.replace("sip_port=5072", &format!("sip_port={port}"));
        let system = system.replace("rtp_port=8000", &format!("rtp_port={}", free_port()?));
        fs::write(folder.join("twinkle.sys"), system)?;
        let profile = folder.join("agent.cfg");
        fs::write(
            &profile,
            "user_name=agent\nuser_domain=127.0.0.1\nuser_display=Agent\nregister_at_startup=no\n\
             sip_transport=udp\npres_publish_startup=no\n",
        )?;
        world.start_engine()?;
        world.add_account()?;
        world.ctl(["settings", "set", "log.undo_s", "0"])?;
        Ok(Self { world, profile, port, process: None })
    }

    fn add(&self) -> Result<Value> {
        let profile = self.profile.to_str().context("a path")?;
        self.world.ctl(["softphone", "add", "twinkle", "--profile", profile])
    }

    /// Starts it. It ends when its standard input does.
    fn start(&mut self) -> Result<()> {
        let log = fs::File::create(self.world.session.dir().join("twinkle.log"))?;
        let twinkle = self
            .world
            .session
            .command("twinkle-console")
            .arg("agent.cfg")
            .stdin(Stdio::piped())
            .stdout(log.try_clone()?)
            .stderr(log)
            .spawn()
            .context("twinkle-console cannot be started; `cargo xtask test` installs it")?;
        self.process = Some(twinkle);
        let log = self.world.session.dir().join("twinkle.log");
        wait_until("Twinkle", || Ok(fs::read_to_string(&log)?.contains("agent")))
    }

    fn says(&mut self, command: &str) -> Result<()> {
        let stdin = self.process.as_mut().and_then(|process| process.stdin.as_mut());
        Ok(writeln!(stdin.context("no Twinkle")?, "{command}")?)
    }

    fn caller(&self, number: &str) -> Caller {
        let from = format!("\"Nadia\" <sip:{number}@pbx.test>");
        Caller::to(format!("sip:agent@127.0.0.1:{}", self.port)).from(&from)
    }
}

impl Drop for Phone {
    fn drop(&mut self) {
        if let Some(mut process) = self.process.take() {
            let _ = process.kill();
            let _ = process.wait();
        }
    }
}

#[test]
fn a_call_of_twinkle_pops_is_answered_and_logged() -> Result<()> {
    let mut phone = Phone::new()?;
    phone.add()?;
    phone.start()?;
    let caller = phone.caller("+14155550142").talk(1500).start()?;
    let pop = phone.world.run()?.pop("found")?;
    assert_eq!(pop["matches"][0]["name"], json!("Nadia Okafor"));
    phone.says("answer")?;
    phone.world.run()?.call("answered")?;
    caller.wait()?;
    let ended = phone.world.run()?.call("ended")?;
    assert_eq!(ended["call"]["reason"], json!("answered"));
    phone.world.ctl(["calls", "log", "last"])?;
    let activity = phone.world.crm.only_activity()?;
    assert_eq!(activity["direction"], json!("inbound"));
    Ok(())
}

#[test]
fn a_call_that_the_agent_declines_in_twinkle_is_declined() -> Result<()> {
    let mut phone = Phone::new()?;
    phone.add()?;
    phone.start()?;
    let caller = phone.caller("+14155550142").until_declined().start()?;
    phone.world.run()?.call("ringing")?;
    phone.says("reject")?;
    let ended = phone.world.run()?.call("ended")?;
    assert_eq!(ended["call"]["reason"], json!("rejected"));
    caller.wait()?;
    Ok(())
}

#[test]
fn the_hook_goes_in_when_twinkle_is_added_and_out_when_it_is_removed() -> Result<()> {
    let phone = Phone::new()?;
    let before = fs::read_to_string(&phone.profile)?;
    let link = phone.add()?;
    assert_eq!(link["kind"], json!("twinkle"));
    assert!(fs::read_to_string(&phone.profile)?.contains("script_incoming_call=/"));
    phone.world.ctl(["softphone", "remove", "twinkle"])?;
    assert!(!fs::read_to_string(&phone.profile)?.contains("twinkle.sh"));
    fs::write(&phone.profile, format!("{before}script_in_call_failed=/opt/missed.sh\n"))?;
    let profile = phone.profile.to_str().context("a path")?;
    let (_, refused, _) =
        phone.world.refused(["softphone", "add", "twinkle", "--profile", profile])?;
    assert_eq!(refused["code"], json!("hook_taken"));
    assert!(fs::read_to_string(&phone.profile)?.contains("/opt/missed.sh"));
    Ok(())
}
