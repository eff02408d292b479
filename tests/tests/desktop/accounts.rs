//! A second account, connected in the settings by a person in the browser, and tried there.

use std::collections::BTreeSet;

use anyhow::{Context, Result, ensure};
use reqwest::header::LOCATION;
use reqwest::redirect::Policy;
use ringside_tests::app::wait_until;
use serde_json::{Value, json};

use crate::shell::{MAIN, Shell};

#[test]
fn a_second_account_is_signed_in_to_in_the_browser_and_tried_with_a_number() -> Result<()> {
    let shell = Shell::start(&[])?;
    shell.main_appears()?;
    shell.main_says("Demo")?;
    shell.click_in_main("Settings")?;
    shell.main_says("Add account")?;
    shell.click_in_main("Add account")?;
    shell.main_says("Pipedrive")?;
    shell.types("example")?;
    shell.presses("Return")?;
    shell.main_says("Look up who is calling")?;
    shell.types(&shell.world.crm.url())?;

    // Given up first: nothing is left of it, and nothing is called an error.
    shell.presses("Return")?;
    let first = address(&shell)?;
    shell.click_in_main("Cancel")?;
    let page = shell.main_says("Sign in with your browser")?;
    assert!(!page.contains("given up"), "what was wanted is an error:\n{page}");
    assert_eq!(shell.world.ctl(["account", "list"])?.as_array().map(Vec::len), Some(1));

    shell.click_in_main("Sign in with your browser")?;
    let second = address(&shell)?;
    assert_ne!(first, second, "a sign-in that was given up is offered again");
    let said = person_allows(&second, &shell.world.crm.url())?;
    assert!(said.contains("You are signed in"), "the browser ends at: {said}");
    wait_until("both accounts to be up", || {
        let accounts = shell.world.ctl(["account", "list"])?;
        let up = |at: usize| accounts[at]["health"] == json!("up");
        Ok(up(0) && up(1) && accounts[1]["user"] == "Jonas Weber" && accounts[2] == Value::Null)
    })?;

    // The number is looked up in that account alone: two accounts here are one CRM.
    let before = shell.world.crm.searches()?.len();
    let in_view = "const card = document.querySelector('[aria-label=\"Example CRM\"]'); \
                   card?.scrollIntoView({ block: 'end' }); \
                   return card?.innerText ?? document.body.innerText";
    let mut card = Value::Null;
    wait_until("its card to say what it can do", || {
        card = shell.driver()?.runs(MAIN, in_view)?;
        let text = card.as_str().unwrap_or_default();
        Ok(!text.contains("Demo") && text.contains("creates contacts"))
    })
    .with_context(|| format!("it says: {card}"))?;
    shell.click_in_main("[aria-label='Example CRM'] summary")?;
    shell.main_says("Look up")?;
    shell.driver()?.runs(MAIN, in_view)?;
    shell.click_in_main("input[type=tel]")?;
    shell.types("+1 415 555 0142")?;
    shell.presses("Return")?;
    let page = shell.main_says("Nadia Okafor")?;
    assert!(page.contains("1 contact has this number · in "), "{page}");
    // In every form that the account has, in each of them once.
    let searches = shell.world.crm.searches()?.split_off(before);
    let forms: BTreeSet<_> = searches.iter().collect();
    assert!(forms.contains(&"+14155550142".to_owned()), "{searches:?}");
    assert_eq!(forms.len(), searches.len(), "two accounts were asked: {searches:?}");
    Ok(())
}

/// The address to sign in at, as the window shows it.
fn address(shell: &Shell) -> Result<String> {
    shell.main_says("Waiting for you in the browser")?;
    let mut address = String::new();
    wait_until("the address to sign in at", || {
        let script = "const field = document.querySelector('.signin-url'); \
                      return field ? field.value : ''";
        let value = shell.driver()?.runs(MAIN, script)?;
        value.as_str().unwrap_or_default().clone_into(&mut address);
        Ok(!address.is_empty())
    })?;
    Ok(address)
}

/// A person opens the address, presses "Allow", and is sent back; the page at the end.
fn person_allows(address: &str, crm: &str) -> Result<String> {
    ensure!(address.starts_with(&format!("{crm}/oauth/authorize?")), "not the CRM: {address}");
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let browser = reqwest::Client::builder().no_proxy().redirect(Policy::none()).build()?;
    runtime.block_on(async {
        let page = browser.get(address).send().await?.text().await?;
        let request = page.split("name=\"request\" value=\"").nth(1);
        let request = request.and_then(|rest| rest.split('"').next()).context("no form")?;
        let form = [("request", request), ("decision", "allow")];
        let post = browser.post(format!("{crm}/oauth/authorize")).form(&form);
        let answer = post.send().await?;
        let back = answer.headers().get(LOCATION).context("not sent back")?.to_str()?;
        Ok(browser.get(back).send().await?.text().await?)
    })
}
