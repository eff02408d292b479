//! The shipped app on a real screen: pop, window, keyboard, and who may script it. A SIP call goes
//! in, keys and clicks follow; what counts is what the X server shows and what the CRM holds.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod accounts;
mod driver;
mod first_run;
mod hold;
mod shell;
mod widget;

use std::fs;
use std::process::Stdio;

use anyhow::{Context, Result};
use ringside_tests::app::{World, wait_until};
use ringside_tests::session::SessionOptions;
use serde_json::json;

use shell::{Shell, Window, app_command, free_port, listens, stays, with_tray};

/// One number, two contacts.
fn two_adas(shell: &Shell) -> Result<()> {
    for (name, number) in [("Ada One", "(415) 555-0170"), ("Ada Two", "+1-415-555-0170")] {
        shell.world.crm.add_contact(name, number)?;
    }
    Ok(())
}

#[test]
fn the_pop_shows_the_name_while_the_agent_goes_on_writing() -> Result<()> {
    let shell = Shell::start(&["--hidden"])?;
    assert_eq!(shell.windows()?, [], "a hidden start shows a window");
    let editor = shell.active()?;
    let caller = shell.world.caller("+14155550142").give_up(6000).start()?;
    let sentence = "every letter of this sentence arrives where it was meant to go";
    shell.types(sentence)?;
    let pop = shell.pop_says("Nadia Okafor")?;
    assert_eq!(shell.active()?, editor, "the pop took the focus");
    shell.types(" and the rest of it too\n")?;
    wait_until("what was written", || Ok(shell.written().ends_with('\n')))?;
    assert_eq!(shell.written(), format!("{sentence} and the rest of it too\n"));
    // Bottom right of a screen of 1280 by 800, with a margin.
    assert_eq!((pop.x + pop.width, pop.y + pop.height), (1264, 784));
    caller.wait()?;
    Ok(())
}

#[test]
fn the_shortcut_brings_the_keys_and_gives_them_back() -> Result<()> {
    let shell = Shell::start(&["--hidden"])?;
    two_adas(&shell)?;
    let editor = shell.active()?;
    let caller = shell.world.caller("+14155550170").give_up(20_000).start()?;
    shell.pop_says("Ada Two")?;
    shell.presses("ctrl+alt+r")?;
    wait_until("the keyboard to be with the pop", || Ok(shell.active()? != editor))?;
    let second = second_row(&shell)?;
    shell.presses("2")?;
    wait_until("the choice", || {
        let call = shell.world.ctl(["calls", "show", "last"])?;
        Ok(call["pop"]["chosen"][0]["name"] == second.as_str())
    })?;
    shell.presses("ctrl+alt+r")?;
    wait_until("the keyboard to be back", || Ok(shell.active()? == editor))?;
    shell.types("2 is a digit again\n")?;
    wait_until("what was written", || Ok(shell.written() == "2 is a digit again\n"))?;
    shell.world.ctl(["calls", "hang-up", "last"]).ok();
    drop(caller);
    Ok(())
}

/// Whom the second row of "Who is it?" names.
fn second_row(shell: &Shell) -> Result<String> {
    let script = "return document.querySelectorAll('[role=option]')[1].innerText";
    let row = shell.driver()?.runs("pop.html", script)?;
    let names = ["Ada One", "Ada Two"];
    let text = row.as_str().context("no second row")?;
    Ok((*names.iter().find(|name| text.contains(*name)).context("a stranger")?).to_owned())
}

#[test]
fn a_click_picks_and_notes_written_in_the_pop_end_in_the_crm() -> Result<()> {
    let shell = Shell::start(&["--hidden"])?;
    two_adas(&shell)?;
    let editor = shell.active()?;
    let caller = shell.world.caller("+14155550170").talk_until_hung_up().start()?;
    shell.pop_says("Ada Two")?;
    shell.click_in_pop("Ada Two")?;
    wait_until("the choice", || {
        let call = shell.world.ctl(["calls", "show", "last"])?;
        Ok(call["pop"]["chosen"][0]["name"] == "Ada Two")
    })?;
    assert_eq!(shell.active()?, editor, "a click on a button took the focus");
    shell.world.ctl(["calls", "answer", "last"])?;
    shell.pop_says("On call")?;
    shell.click_in_pop(".notes textarea")?;
    wait_until("the keyboard to be with the pop", || Ok(shell.active()? != editor))?;
    shell.types("Wants 40 seats, not 25")?;
    wait_until("the note to be safe", || {
        let call = shell.world.ctl(["calls", "show", "last"])?;
        Ok(call["pop"]["note"] == "Wants 40 seats, not 25")
    })?;
    shell.world.ctl(["calls", "hang-up", "last"])?;
    caller.wait()?;
    shell.pop_says("Ended")?;
    // A key that has just got another meaning rests a moment.
    wait_until("the log", || {
        shell.presses("ctrl+Return")?;
        let call = shell.world.ctl(["calls", "show", "last"])?;
        Ok(call["pop"]["logs"].as_array().is_some_and(|logs| !logs.is_empty()))
    })?;
    let activity = shell.world.crm.only_activity()?;
    assert_eq!(activity["note"], "Wants 40 seats, not 25");
    assert_eq!(activity["contact_id"], shell.world.crm.contact("Ada Two")?["id"]);
    assert_eq!(activity["from_number"], "+14155550170");
    assert_eq!(activity["result"], "answered");
    assert_eq!(shell.written(), "", "keys went elsewhere");
    Ok(())
}

#[test]
fn closing_keeps_the_app_and_a_second_start_brings_the_window() -> Result<()> {
    let mut shell = Shell::start(&[])?;
    let window = shell.main_appears()?;
    shell.close(&window)?;
    wait_until("the window to go", || Ok(shell.main()?.is_none()))?;
    assert_eq!(shell.state_of(&window)?, "Iconic", "without a tray it would be out of reach");
    let status = shell.world.ctl(["status"])?;
    assert_eq!(status["softphones"][0]["health"], "up", "the app ended with its window");
    assert!(shell.start_again()?.success());
    wait_until("the window to be back", || Ok(shell.main()?.is_some()))?;
    wait_until("what stands in it", || {
        Ok(shell.driver()?.text("localhost")?.contains("Contacts"))
    })?;
    let ended = shell.terminate()?;
    assert_eq!(ended.code(), Some(0), "it did not end in order");
    Ok(())
}

#[test]
fn with_a_tray_closing_hides_the_window_and_its_icon_brings_it_back() -> Result<()> {
    let shell = Shell::start_in(with_tray()?, &[])?;
    let window = shell.main_appears()?;
    shell.close(&window)?;
    wait_until("the window to be hidden", || Ok(shell.state_of(&window)? == "Withdrawn"))?;
    // The only icon stands in the corner of the panel, which is 28 pixels high.
    shell.click_at(14, 14)?;
    wait_until("the window to be back", || Ok(shell.main()?.is_some()))?;
    assert_eq!(shell.state_of(&window)?, "Normal");
    Ok(())
}

/// Takes the pop by its head and pulls it to the left and up.
fn drag(shell: &Shell, from: &Window) -> Result<()> {
    let (x, y) = (from.x + 150, from.y + 15);
    let press = [x.to_string(), y.to_string()];
    shell.world.session.xdotool(["mousemove", &press[0], &press[1], "mousedown", "1"])?;
    // The page hears of the press before the hand moves on.
    std::thread::sleep(std::time::Duration::from_millis(500));
    // In steps, as a hand does: the window manager takes over at the first of them.
    for step in 1..=20 {
        let (x, y) = ((x - 20 * step).to_string(), (y - 15 * step).to_string());
        shell.world.session.xdotool(["mousemove", &x, &y])?;
    }
    shell.world.session.xdotool(["mouseup", "1"])?;
    std::thread::sleep(std::time::Duration::from_millis(500));
    Ok(())
}

#[test]
fn the_pop_keeps_the_place_it_was_dragged_to() -> Result<()> {
    let mut shell = Shell::start(&["--hidden"])?;
    let caller = shell.world.caller("+14155550142").give_up(20_000).start()?;
    let before = shell.pop_says("Nadia Okafor")?;
    // A press that a busy page hears too late moves nothing: the hand tries again, as people do.
    wait_until("the pop to follow", || {
        drag(&shell, &before)?;
        Ok(shell.pop()?.is_some_and(|pop| pop.x < before.x - 200))
    })?;
    let file = shell.world.home().join("data/pop.json");
    wait_until("its place to be kept", || Ok(file.exists()))?;
    let mut kept = String::new();
    wait_until("its place to be settled", || {
        let now = fs::read_to_string(&file)?;
        let settled = now == kept;
        kept = now;
        Ok(settled)
    })?;
    let dragged = shell.pop()?.context("no pop")?;
    shell.world.session.xdotool(["mousemove", "5", "5"])?;
    shell.world.ctl(["calls", "hang-up", "last"]).ok();
    drop(caller);
    let call = shell.world.ctl(["calls", "show", "last"])?;
    let id = call["pop"]["call"]["id"].as_str().context("no call")?.to_owned();
    shell.driver()?.invokes(
        "pop.html",
        "send",
        &format!("{{ command: {} }}", json!({ "command": "hide_pop", "call": id })),
    )?;
    wait_until("the pop to hide", || Ok(shell.pop()?.is_none()))?;
    let caller = shell.world.caller("+14155550142").give_up(8000).start()?;
    let again = shell.pop_says("Nadia Okafor")?;
    assert_eq!((again.x, again.y), (dragged.x, dragged.y));
    caller.wait()?;
    shell.terminate()?;
    Ok(())
}

#[test]
fn each_window_may_call_its_own_commands_only_and_no_page_runs_foreign_code() -> Result<()> {
    let shell = Shell::start(&[])?;
    shell.main_appears()?;
    let driver = shell.driver()?;
    let status = "{ command: { command: 'status' } }";
    assert_eq!(driver.invokes("pop.html", "pop_layout", "{ height: 300 }")?, "done");
    for page in ["pop.html", "localhost"] {
        assert_eq!(driver.invokes(page, "send", status)?, "done");
        let wrong = driver.invokes(page, "send", "{ command: { command: 'erase_all' } }")?;
        assert!(wrong.contains("erase_all"), "{wrong}");
        for foreign in
            ["plugin:window|create", "plugin:event|emit", "plugin:global-shortcut|register"]
        {
            let refused = driver.invokes(page, foreign, "{}")?;
            assert!(refused.contains("not allowed"), "{page} {foreign}: {refused}");
        }
        let script = "try { return String(eval('1 + 1')) } catch (why) { return why.name }";
        assert_eq!(driver.runs(page, script)?, "EvalError");
        let script = "const s = document.createElement('script'); s.textContent = 'window.own = 1'; \
                      document.head.append(s); return String(window.own)";
        assert_eq!(driver.runs(page, script)?, "undefined", "an inline script ran in {page}");
    }
    for own in ["pop_drag", "pop_hide", "pop_focus"] {
        let refused = driver.invokes("localhost", own, "{}")?;
        assert!(refused.contains("not allowed"), "{own}: {refused}");
    }
    Ok(())
}

#[test]
fn the_shipped_app_cannot_be_scripted_from_outside() -> Result<()> {
    let options = SessionOptions { wm: true, ..SessionOptions::default() };
    let world = World::unconnected(options)?;
    let inspector = free_port()?;
    let mut app = app_command(&world)?
        .env("TAURI_WEBVIEW_AUTOMATION", "true")
        .env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}"))
        .spawn()?;
    // The window stands: its web process, which would serve the inspector, runs.
    wait_until("the main window", || {
        Ok(world.session.xdotool(["search", "--onlyvisible", "--class", "ringside"]).is_ok())
    })?;
    let environment = fs::read(format!("/proc/{}/environ", app.id()))?;
    let environment = String::from_utf8_lossy(&environment).into_owned();
    let closed = stays("the inspector's port", || Ok(!listens(inspector)));
    app.kill()?;
    app.wait()?;
    closed?;
    for name in ["TAURI_WEBVIEW_AUTOMATION", "WEBKIT_INSPECTOR_SERVER"] {
        assert!(!environment.contains(name), "{name} is left");
    }
    assert!(environment.contains("RINGSIDE_HOME="), "that is not the app's environment");
    Ok(())
}

#[test]
fn without_a_display_it_says_so() -> Result<()> {
    let world = World::unconnected(SessionOptions { display: false, ..SessionOptions::default() })?;
    for display in [None, Some(":4711")] {
        let mut command = app_command(&world)?;
        command.envs(display.map(|display| ("DISPLAY", display))).stderr(Stdio::piped());
        let output = command.output()?;
        let words = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(1), "{words}");
        assert!(words.contains("ringsidectl run"), "{words}");
        assert!(!words.contains("panicked"), "{words}");
    }
    Ok(())
}
