//! Accounts of several CRMs, side by side on one ring: whose match is whose, what one that is in
//! trouble does to the others (nothing), how each is signed in, and what it keeps for its user.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod in_browser;
mod kept;
mod side_by_side;
mod trouble;

use std::collections::BTreeMap;

use anyhow::{Context, Result};
use ringside_tests::app::World;
use ringside_tests::crm::{API_KEY, ExampleCrm};
use ringside_tests::servers::{APP_CONNECT_KEY, AppConnect};
use ringside_tests::session::SessionOptions;
use serde_json::{Value, json};

/// A number that every CRM here has as Nadia's.
const NADIA: &str = "+14155550142";

/// A profile with the softphone and a running engine, and no account.
fn world() -> Result<World> {
    let mut world = World::unconnected(SessionOptions { display: false, ..Default::default() })?;
    world.start_engine()?;
    let address = world.phone.control_address();
    world.ctl(["softphone", "add", "baresip", "--address", &address])?;
    world.ctl(["settings", "set", "log.undo_s", "0"])?;
    Ok(world)
}

/// Connects one more Example CRM.
fn add_example(world: &World, crm: &ExampleCrm, name: &str) -> Result<()> {
    let url = crm.url();
    let args = ["account", "add", "example", "--url", &url, "--name", name, "--key-stdin"];
    world.ctl_with(args, API_KEY).map(drop)
}

/// Connects an App Connect server with its own form, as JSON.
fn add_app_connect(world: &World, server: &AppConnect, name: &str) -> Result<()> {
    let args = ["account", "add", "app_connect", "--url", &server.url, "--platform", "demo"];
    world
        .ctl_with(args.into_iter().chain(["--name", name, "--key-stdin"]), &form(APP_CONNECT_KEY))
        .map(drop)
}

/// The form of the App Connect server's connector.
fn form(key: &str) -> String {
    json!({ "hostname": "https://acme.demo.example", "apiKey": key }).to_string()
}

/// The ids of the accounts, by name.
fn ids(world: &World) -> Result<BTreeMap<String, String>> {
    let accounts = world.ctl(["account", "list"])?;
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let all = accounts.as_array().context("no list")?.iter();
    Ok(all.map(|account| (text(&account["name"]), text(&account["id"]))).collect())
}

/// A call that nobody answers, to its end; its id.
fn missed(world: &World) -> Result<String> {
    let from = world.run()?.events().len();
    world.caller(NADIA).give_up(800).start()?.wait()?;
    let ended = world
        .run()?
        .wait_from(from, "the end", |e| e["event"] == "call" && e["call"]["state"] == "ended")?;
    Ok(ended["call"]["id"].as_str().unwrap().to_owned())
}

/// The match of an account, as `ACCOUNT/TYPE/ID`.
fn reference(pop: &Value, account: &str) -> Option<String> {
    let found = pop["matches"].as_array()?.iter().find(|found| found["account"] == account)?;
    let part = |name: &str| found[name].as_str().unwrap().to_owned();
    Some(format!("{}/{}/{}", part("account"), part("type"), part("id")))
}
