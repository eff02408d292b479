use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Result;
use reqwest::Method;
use ringside_tests::app::wait_until;
use ringside_tests::browser::{SignIn, decide};
use ringside_tests::http::Http;
use serde_json::{Value, json};

use super::*;

/// The access and the refresh token that the keyring holds of the only account.
fn tokens(world: &World) -> Result<[String; 2]> {
    let id = ids(world)?.into_values().next().context("no account")?;
    let search = ["search", "--all", "username", &format!("account:{id}")];
    let found = world.session.run("secret-tool", search)?;
    let line = found.lines().find_map(|line| line.strip_prefix("secret = "));
    let held: Value = serde_json::from_str(line.context("not in the keyring")?)?;
    let oauth = &held["ringside"]["oauth"];
    Ok(["access", "refresh"].map(|name| oauth[name].as_str().unwrap().to_owned()))
}

/// What the CRM answers to a token.
fn status(world: &World, http: &Http, token: &str) -> Result<u16> {
    let url = format!("{}/v1/me", world.crm.url());
    Ok(http.send(Method::GET, &url, |request| request.bearer_auth(token))?.status)
}

/// How often tokens were given out.
fn exchanges(world: &World) -> Result<usize> {
    Ok(world.crm.requests()?.iter().filter(|request| request.path == "/oauth/token").count())
}

fn nowhere_on_disk(world: &World, secrets: &[String]) -> Result<()> {
    for file in files(world.session.dir()) {
        // The keyring itself seals them.
        let bytes = fs::read(&file).unwrap_or_default();
        for secret in secrets {
            let found = bytes.windows(secret.len()).any(|window| window == secret.as_bytes());
            assert!(!found, "a token is in {}", file.display());
        }
    }
    Ok(())
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

fn add_in_browser(world: &World) -> Result<SignIn> {
    let url = world.crm.url();
    SignIn::start(
        world,
        &["account", "add", "example", "--url", &url, "--name", "Demo", "--browser"],
    )
}

#[test]
fn an_account_signed_in_in_the_browser_works_over_restarts_and_is_revoked_at_the_end() -> Result<()>
{
    let mut world = world()?;
    let http = Http::new()?;
    let sign_in = add_in_browser(&world)?;
    assert!(sign_in.url.as_str().starts_with(&world.crm.url()), "{}", sign_in.url);
    let last = decide(&http, &sign_in.url, "allow")?;
    assert!(last.status == 200 && last.text.contains("You are signed in."), "{last:?}");
    let (code, reply, words) = sign_in.end()?;
    assert_eq!((code, &reply["value"]["user"]), (0, &json!("Jonas Weber")), "{words}");
    world.links_up()?;

    let caller = world.caller(NADIA).give_up(1000).start()?;
    let call = world.run()?.pop("found")?["call"]["id"].as_str().unwrap().to_owned();
    caller.wait()?;
    wait_until("a unique match", || {
        Ok(world.ctl(["calls", "show", &call])?["pop"]["chosen"][0]["how"] == "unique")
    })?;
    world.ctl(["calls", "log", &call])?;
    world.crm.only_activity()?;

    // It goes on over a restart with what was kept.
    let held = tokens(&world)?;
    world.quit_engine()?;
    world.start_engine()?;
    world.links_up()?;
    assert_eq!((tokens(&world)?, exchanges(&world)?), (held.clone(), 1));

    nowhere_on_disk(&world, &held)?;
    let heard = json!(world.run()?.events()).to_string();
    assert!(held.iter().all(|secret| !heard.contains(secret)), "an event tells a token");
    assert_eq!(status(&world, &http, &held[0])?, 200);
    let id = ids(&world)?["Demo"].clone();
    world.ctl(["account", "remove", "Demo"])?;
    assert_eq!(status(&world, &http, &held[0])?, 401, "the CRM still takes it");
    let search = ["search", "--all", "username", &format!("account:{id}")];
    assert!(!world.session.run("secret-tool", search)?.contains("secret ="), "it is still kept");
    Ok(())
}

#[test]
fn a_sign_in_that_is_denied_or_given_up_leaves_nothing_behind() -> Result<()> {
    let world = world()?;
    let http = Http::new()?;
    let sign_in = add_in_browser(&world)?;
    let last = decide(&http, &sign_in.url, "deny")?;
    assert!(last.text.contains("You are not signed in."), "{last:?}");
    let (code, reply, words) = sign_in.end()?;
    assert_eq!((code, &reply["error"]["code"]), (1, &json!("sign_in_denied")));
    assert!(words.contains("You said no to Demo in the browser"), "{words}");
    assert!(words.contains("Sign in again and allow it"), "{words}");

    // Another one takes the place of one that waits.
    let first = add_in_browser(&world)?;
    let second = add_in_browser(&world)?;
    let (code, reply, words) = first.end()?;
    assert_eq!((code, &reply["error"]["code"]), (1, &json!("sign_in_cancelled")));
    assert!(words.contains("The sign-in was given up"), "{words}");

    // Ctrl-C gives up too: what the browser does afterwards connects nothing.
    world.session.signal(second.pid(), "INT")?;
    let page = second.url.clone();
    let (code, reply, _) = second.end()?;
    assert_eq!((code, &reply["error"]["code"]), (1, &json!("sign_in_cancelled")));
    let late = decide(&http, &page, "allow");
    assert!(late.is_err(), "somebody still listened: {late:?}");
    assert_eq!(world.ctl(["account", "list"])?, json!([]));
    assert_eq!(exchanges(&world)?, 0);

    // The control: the next one works.
    let third = add_in_browser(&world)?;
    decide(&http, &third.url, "allow")?;
    assert_eq!(third.end()?.0, 0);
    world.links_up()
}

#[test]
fn a_token_that_ended_while_nobody_looked_is_renewed_once_at_the_next_start() -> Result<()> {
    let mut world = world()?;
    let http = Http::new()?;
    let sign_in = add_in_browser(&world)?;
    decide(&http, &sign_in.url, "allow")?;
    assert_eq!(sign_in.end()?.0, 0);
    world.links_up()?;
    let first = tokens(&world)?;
    world.quit_engine()?;
    world
        .crm
        .misbehave(&json!({ "path_prefix": "/v1/me", "fail_times": 1, "fail_status": 401 }))?;
    world.start_engine()?;
    world.links_up()?;
    let second = tokens(&world)?;
    assert!(first[0] != second[0] && first[1] != second[1], "not renewed");
    assert_eq!((status(&world, &http, &first[0])?, exchanges(&world)?), (401, 2));
    // What was kept before it was used serves after a kill too, without another renewal.
    world.kill_engine()?;
    world.start_engine()?;
    world.links_up()?;
    assert_eq!((tokens(&world)?, exchanges(&world)?), (second, 2));
    Ok(())
}
