//! The first run in the real window: from an empty profile to the list of calls, by clicks and keys
//! alone. What counts is what stands in the window, what the CRM was asked, and what is there after.

use std::collections::BTreeSet;
use std::fs;

use anyhow::{Context, Result, ensure};
use ringside_tests::app::wait_until;
use ringside_tests::crm::API_KEY;
use serde_json::{Value, json};

use crate::shell::{MAIN, Shell, plain};

/// Calls of the past as another softphone exports them: one of Nadia Okafor, who also sends the test
/// ring, one of two contacts who share a number, and one of nobody.
const EXPORT: &str = "Start,From,To,Duration,Result\n\
                      2026-10-12 10:03:00,(415) 555-0142,agent,75,answered\n\
                      2026-10-12 10:02:00,4155550170,agent,0,missed\n\
                      2026-10-12 10:01:00,+1 305-423-0001,agent,75,answered\n";

#[test]
fn the_first_run_leads_from_nothing_to_a_list_of_calls_with_names() -> Result<()> {
    let shell = Shell::start_unconnected(plain()?, &[])?;
    for name in ["Ada One", "Ada Two"] {
        shell.world.crm.add_contact(name, "+14155550170")?;
    }
    shell.main_appears()?;
    connect_the_crm(&shell)?;
    connect_the_softphone(&shell)?;
    ring_once(&shell)?;
    match_the_past(&shell)?;

    shell.click_in_main("Start working")?;
    let page = shell.main_says("Harriet Boyle\n")?;
    for said in ["Simulated softphone\n· listening", "Nadia Okafor", "Lumen Freight"] {
        assert!(page.contains(said), "{said} is not in the list of calls:\n{page}");
    }
    assert!(!page.contains("Start working"), "the first run stands there still:\n{page}");
    assert_eq!(shell.world.crm.activities()?, Vec::<Value>::new(), "what was not to be logged is");
    Ok(())
}

/// A key that the CRM does not know is said so, and the step stays; the right one goes on.
fn connect_the_crm(shell: &Shell) -> Result<()> {
    let page = shell.main_says("Where are your contacts?")?;
    assert!(!page.contains("Contacts"), "the window is shown before its time:\n{page}");
    let before = shell.world.crm.requests()?.len();
    // The list has the keys already: letters find the kind, Enter takes it.
    shell.main_says("Pipedrive")?;
    shell.types("example")?;
    shell.presses("Return")?;
    shell.main_says("Sign in with")?;
    shell.types(&shell.world.crm.url())?;
    shell.click_in_main("API key")?;
    shell.click_in_main("input[type=password]")?;
    shell.types("not-the-key")?;
    shell.click_in_main("Connect")?;
    shell.main_says("does not know this key")?;
    assert_eq!(shell.world.ctl(["account", "list"])?, json!([]), "a wrong key was kept");

    shell.click_in_main("input[type=password]")?;
    shell.presses("ctrl+a")?;
    shell.types(API_KEY)?;
    shell.presses("Return")?;
    shell.main_says("Which softphone rings?")?;
    let requests = shell.world.crm.requests()?;
    let answers: Vec<_> = requests[before..].iter().map(|request| request.status).collect();
    assert_eq!(answers.first(), Some(&Some(401)), "{requests:?}");
    assert_eq!(answers.last(), Some(&Some(200)), "{requests:?}");
    let accounts = shell.world.ctl(["account", "list"])?;
    assert_eq!((&accounts[0]["health"], &accounts[1]), (&json!("up"), &Value::Null), "{accounts}");
    Ok(())
}

fn connect_the_softphone(shell: &Shell) -> Result<()> {
    shell.click_in_main("Simulated")?;
    shell.click_in_main("Listen")?;
    let page = shell.main_says("Let it ring once")?;
    assert!(page.contains("Your CRM\nExample CRM"), "the first step is not done:\n{page}");
    let phones = shell.world.ctl(["softphone", "list"])?;
    assert_eq!((&phones[0]["kind"], &phones[0]["health"]), (&json!("simulated"), &json!("up")));
    Ok(())
}

/// The ring proves each link: softphone, CRM, and the pop on the screen.
fn ring_once(shell: &Shell) -> Result<()> {
    assert_eq!(shell.world.crm.searches()?, Vec::<String>::new(), "asked before the first ring");
    shell.click_in_main("Send a test ring")?;
    shell.pop_says("Nadia Okafor")?;
    let page = shell.main_says("knows the number: Nadia Okafor")?;
    assert!(page.contains("Simulated softphone sent the ring"), "{page}");
    let searches = shell.world.crm.searches()?;
    assert_eq!(searches.first().map(String::as_str), Some("+14155550142"), "{searches:?}");
    shell.click_in_main("Yes")?;
    shell.main_says("You saw the pop")?;
    shell.pop_says("Ended")?;
    shell.click_in_pop(".pop-head .ibtn")?;
    wait_until("the pop to go", || Ok(shell.pop()?.is_none()))?;
    wait_until("what the pop covered to be painted", || Ok(shell.unpainted()? < 0.001))?;
    shell.click_in_main("Next")
}

/// The calls of the past are taken in and matched, and the window tells how far it is.
fn match_the_past(shell: &Shell) -> Result<()> {
    shell.main_says("Matching your recent calls")?;
    let export = shell.world.session.home().join("calls.csv");
    fs::write(&export, EXPORT).context("the export of calls")?;
    shell.driver()?.chooses_file(MAIN, "input[type=file]", &export)?;
    shell.main_says("3 new calls")?;
    // Each answer takes a while, so that the middle can be seen.
    shell.world.crm.misbehave(&json!({ "path_prefix": "/v1/contacts", "delay_ms": 50 }))?;
    let before = shell.world.crm.searches()?.len();
    shell.click_in_main("Match recent calls")?;
    let mut seen: Vec<Progress> = Vec::new();
    wait_until("the end of the batch", || {
        let page = shell.driver()?.text(MAIN)?;
        if page.contains(" numbers\n") {
            seen.push(Progress::read(shell, &page)?);
        }
        Ok(page.contains("Match again"))
    })?;
    let middle = seen.iter().find(|step| 0 < step.done && step.done < step.total);
    let middle = middle.context("no progress was shown")?;
    assert!(middle.time_left, "no time left was told: {middle:?}");
    assert!(seen.is_sorted_by_key(|step| step.done), "it went back: {seen:?}");
    let Progress { total, done, bar, one, several, nobody, failed, .. } = *seen.last().unwrap();
    // The softphone's own past has 200 calls of some dozens of numbers.
    assert!(total > 20 && done == total && bar == total, "{seen:?}");
    assert_eq!((one + several + nobody, failed), (total, 0), "{seen:?}");
    assert!(one > 5 && several > 0 && nobody > 5, "{seen:?}");
    let searches = shell.world.crm.searches()?;
    let asked = searches[before..].iter().filter(|text| {
        text.strip_prefix('+').is_some_and(|digits| digits.bytes().all(|b| b.is_ascii_digit()))
    });
    let asked: BTreeSet<_> = asked.collect();
    assert!(asked.contains(&"+13054230001".to_owned()), "{asked:?}");
    assert_eq!(asked.len() as u64, total, "not every number was looked up: {asked:?}");
    Ok(())
}

/// What the panel of the batch says.
#[derive(Clone, Copy, Debug)]
struct Progress {
    done: u64,
    total: u64,
    /// Where the bar stands, of `total`.
    bar: u64,
    time_left: bool,
    one: u64,
    several: u64,
    nobody: u64,
    failed: u64,
}

impl Progress {
    fn read(shell: &Shell, page: &str) -> Result<Self> {
        let script = "return document.querySelector('[role=progressbar]').ariaValueNow";
        let bar = shell.driver()?.runs(MAIN, script)?;
        let head = page.lines().find_map(|line| line.strip_suffix(" numbers"));
        let (done, total) = head.and_then(|head| head.split_once(" of ")).context("no counts")?;
        // The count stands under its name.
        let count = |name: &str| -> Result<u64> {
            let mut lines = page.lines().skip_while(|line| *line != name).skip(1);
            let line = lines.find(|line| !line.is_empty());
            Ok(line.with_context(|| format!("no {name} in:\n{page}"))?.parse()?)
        };
        let progress = Self {
            done: done.parse()?,
            total: total.parse()?,
            bar: bar.as_str().context("no bar")?.parse()?,
            time_left: page.contains(" left\n"),
            one: count("One match")?,
            several: count("Several")?,
            nobody: count("No contact")?,
            failed: count("Failed")?,
        };
        let Self { done, one, several, nobody, failed, .. } = progress;
        ensure!(done == one + several + nobody + failed, "the counts do not add up: {progress:?}");
        Ok(progress)
    }
}
