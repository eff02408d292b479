//! A pointer that rests on the pop: nothing leaves under it.

use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};
use ringside_tests::app::wait_until;

use crate::shell::Shell;

/// An ended call of a unique contact, that logs itself after so many seconds.
fn about_to_log(shell: &Shell, seconds: &str) -> Result<()> {
    shell.world.ctl(["settings", "set", "log.policy", "auto"])?;
    shell.world.ctl(["settings", "set", "log.auto_wait_s", seconds])?;
    let caller = shell.world.caller("+14155550142").give_up(2500).start()?;
    let pop = shell.pop_says("Nadia Okafor")?;
    shell.points_at(pop.x + 40, pop.y + 40)?;
    shell.points_at(pop.x + 44, pop.y + 44)?;
    caller.wait()?;
    shell.pop_says("Missed").map(drop)
}

#[test]
fn nothing_leaves_while_the_pointer_rests_on_the_pop() -> Result<()> {
    let shell = Shell::start(&["--hidden"])?;
    about_to_log(&shell, "4")?;
    let before = shell.driver()?.text("pop.html")?;
    // Well past both the wait and the time that a pop lingers.
    thread::sleep(Duration::from_secs(10));
    assert!(shell.pop()?.is_some(), "the pop left from under the pointer");
    assert_eq!(shell.driver()?.text("pop.html")?, before, "a countdown went on");
    assert!(shell.world.crm.activities()?.is_empty(), "logged from under the pointer");
    shell.points_at(20, 20)?;
    shell.world.crm.only_activity()?;
    wait_until("the pop to leave", || Ok(shell.pop()?.is_none()))
}

#[test]
fn undo_is_real_for_as_long_as_the_pointer_rests_on_the_pop() -> Result<()> {
    let shell = Shell::start(&["--hidden"])?;
    shell.world.ctl(["settings", "set", "log.undo_s", "3"])?;
    let caller = shell.world.caller("+14155550142").give_up(2500).start()?;
    let pop = shell.pop_says("Nadia Okafor")?;
    caller.wait()?;
    shell.pop_says("Missed")?;
    shell.points_at(pop.x + 40, pop.y + 40)?;
    shell.points_at(pop.x + 44, pop.y + 44)?;
    shell.world.ctl(["calls", "log", "last"])?;
    shell.pop_says("Undo")?;
    let pop = shell.pop()?.context("no pop")?;
    shell.points_at(pop.x + 40, pop.y + 20)?;
    shell.points_at(pop.x + 44, pop.y + 24)?;
    thread::sleep(Duration::from_secs(6));
    assert!(shell.world.crm.activities()?.is_empty(), "it left while undo was offered");
    shell.click_in_pop("Undo")?;
    wait_until("the log to be taken back", || {
        let call = shell.world.ctl(["calls", "show", "last"])?;
        Ok(call["pop"]["logs"].as_array().is_some_and(Vec::is_empty))
    })?;
    assert!(shell.world.crm.activities()?.is_empty());
    Ok(())
}
