//! Replies for people, or as JSON.

#![allow(clippy::print_stdout, clippy::print_stderr, reason = "this is the command line")]

mod accounts;
mod hooks;

use std::process::ExitCode;

use ringside_domain::Direction;
use ringside_protocol::view::{
    BatchView, CallRow, CheckView, ContactView, LinkView, LogView, MatchView, MessageRow,
    OutboxRow, RefreshView, StatusView, Verdict,
};
use ringside_protocol::{At, ErrorCode, Fault, Reply};
use ringside_words::{text, text_with};

use crate::talk::Failure;

pub(crate) fn reply(reply: &Reply, json: bool) {
    if json {
        return print_json(reply);
    }
    match reply {
        Reply::Done => println!("{}", text("cli-done")),
        Reply::Status(view) => status(view),
        Reply::Doctor(checks) => checks.iter().for_each(check),
        Reply::Pops(pops) => pops.iter().for_each(|pop| print!("{}", crate::text_pop::draw(pop))),
        Reply::Calls(page) => page.calls.iter().for_each(call_row),
        Reply::Call(detail) => {
            call_row(&detail.row);
            print!("{}", crate::text_pop::draw(&detail.pop));
        }
        Reply::Contact(view) => contact(view),
        Reply::Contacts(page) => page.contacts.iter().for_each(contact),
        Reply::Refresh(view) => refresh(view),
        Reply::Match(report) => {
            println!("{}", report.number.display);
            println!("{}", text(&format!("cli-status-{}", wire(&report.status))));
            report.matches.iter().for_each(found);
        }
        Reply::Link(view) => link(view),
        Reply::Links(views) => views.iter().for_each(link),
        Reply::Settings(view) => {
            println!("{}", serde_json::to_string_pretty(&view.settings).unwrap_or_default());
        }
        Reply::Formats(_) => print_json(reply),
        Reply::Batch(view) => batch(view),
        Reply::Import(view) => {
            println!(
                "{}",
                text_with(
                    "cli-import",
                    &[("added", view.added.into()), ("known", view.known.into())]
                )
            );
            for line in &view.skipped {
                println!(
                    "{}",
                    text_with(
                        "cli-import-skipped",
                        &[("line", line.line.into()), ("reason", line.reason.as_str().into())]
                    )
                );
            }
        }
        Reply::Outbox(rows) => rows.iter().for_each(outbox_row),
        Reply::CrmKinds(kinds) => kinds.iter().for_each(accounts::kind),
        Reply::Connectors(found) => found.iter().for_each(accounts::connector),
        Reply::ServerSettings(found) => found.iter().for_each(accounts::setting),
        Reply::Messages(rows) => rows.iter().for_each(message),
        Reply::InletLines(lines) => hooks::lines(lines),
        Reply::CallBacks(list) => list.iter().for_each(accounts::call_back),
    }
}

fn message(row: &MessageRow) {
    let way = match row.direction {
        Direction::Inbound => "→",
        Direction::Outbound => "←",
    };
    let who = row.name.as_deref().unwrap_or(&row.remote);
    println!("{}  {way} {who}: {}", row.received_at.0, row.text);
}

/// One setting, or all of them.
pub(crate) fn setting(reply: &Reply, key: Option<&str>, json: bool) -> Result<(), Failure> {
    let Reply::Settings(view) = reply else { return Ok(()) };
    let all =
        serde_json::to_value(&view.settings).map_err(|error| Failure::Other(error.to_string()))?;
    let value = match key {
        None => Some(&all),
        Some(key) => all.pointer(&format!("/{}", key.replace('.', "/"))),
    };
    match value {
        Some(serde_json::Value::String(text)) if !json => println!("{text}"),
        Some(value) => {
            println!("{}", serde_json::to_string_pretty(value).unwrap_or_default());
        }
        None => {
            let fault = Fault::new(ErrorCode::BadSetting).with("key", key.unwrap_or_default());
            return Err(fault.with("reason", text("cli-no-such-setting")).into());
        }
    }
    Ok(())
}

/// Tells why something failed, and what to do next; answers with the exit code.
pub(crate) fn failure(failure: &Failure, json: bool) -> ExitCode {
    match failure {
        Failure::Other(words) => {
            eprintln!("{words}");
            ExitCode::from(1)
        }
        Failure::Fault(fault) => {
            if json {
                println!("{}", serde_json::json!({ "error": fault }));
            }
            eprintln!("{}", fault_text(fault));
            ExitCode::from(exit_code(fault.code))
        }
    }
}

/// The cause and the next step of a fault, in the words of the catalogue.
pub(crate) fn fault_text(fault: &Fault) -> String {
    let id = format!("error-{}", wire(&fault.code).replace('_', "-"));
    let args: Vec<_> =
        fault.params.iter().map(|(name, value)| (name.as_str(), value.as_str().into())).collect();
    let next = text_with(&format!("{id}-next"), &args);
    format!("{}. {next}", text_with(&id, &args))
}

fn exit_code(code: ErrorCode) -> u8 {
    match code {
        ErrorCode::NotRunning | ErrorCode::ProfileInUse | ErrorCode::VersionMismatch => 3,
        ErrorCode::KeyringLocked | ErrorCode::KeyringAbsent | ErrorCode::KeyringFailed => 4,
        ErrorCode::Unreachable
        | ErrorCode::SignedOut
        | ErrorCode::WrongKey
        | ErrorCode::RateLimited => 5,
        ErrorCode::NoSuchCall
        | ErrorCode::NoSuchAccount
        | ErrorCode::NoSuchContact
        | ErrorCode::NoSuchSoftphone => 6,
        ErrorCode::BadSetting
        | ErrorCode::BadConfig
        | ErrorCode::BadFile
        | ErrorCode::LockedByPolicy => 7,
        _ => 1,
    }
}

fn print_json(value: &impl serde::Serialize) {
    println!("{}", serde_json::to_string(value).unwrap_or_default());
}

/// The word of an enum on the wire.
pub(crate) fn wire(value: &impl serde::Serialize) -> String {
    match serde_json::to_value(value) {
        Ok(serde_json::Value::String(word)) => word,
        _ => String::new(),
    }
}

fn time(at: At) -> String {
    at.0.to_zoned_datetime(jiff::tz::TimeZone::system()).strftime("%Y-%m-%d %H:%M").to_string()
}

fn status(view: &StatusView) {
    for view in view.softphones.iter().chain(&view.accounts) {
        link(view);
    }
    println!("{}", text(&format!("cli-vault-{}", wire(&view.vault))));
    println!(
        "{}",
        text_with(
            "cli-status",
            &[("unlogged", view.unlogged.into()), ("parked", view.parked.into())]
        )
    );
    for notice in &view.notices {
        println!("{}", fault_text(notice));
    }
}

fn check(view: &CheckView) {
    let mark = match view.verdict {
        Verdict::Ok => "ok     ",
        Verdict::Limited => "limited",
        Verdict::Broken => "BROKEN ",
        Verdict::Off => "off    ",
    };
    let name = view.name.as_deref().map(|name| format!(" {name}")).unwrap_or_default();
    println!("{mark}  {}{name}: {}", view.link, view.text);
    if let Some(next) = &view.next {
        println!("         {next}");
    }
}

fn link(view: &LinkView) {
    let parts = [
        Some(view.id.clone()),
        Some(view.name.clone()),
        view.address.clone(),
        Some(wire(&view.health)),
        view.user.clone(),
        view.detail.clone(),
    ];
    println!("{}", parts.into_iter().flatten().collect::<Vec<_>>().join("  "));
}

fn call_row(row: &CallRow) {
    let call = &row.call;
    let name = row.name.as_deref().unwrap_or_default();
    let log = row.logs.first().map_or_else(|| wire_plan(row), log_words);
    let length = call.duration_s.map(length).unwrap_or_default();
    println!(
        "{}  {}  {:8}  {:9}  {}  {name}  {length}  {log}",
        call.id,
        time(call.started_at),
        wire(&call.direction),
        call.reason.map_or_else(|| wire(&call.state), |reason| wire(&reason)),
        call.remote.number.display,
    );
}

pub(crate) fn length(seconds: u64) -> String {
    format!("{}:{:02}", seconds / 60, seconds % 60)
}

fn wire_plan(row: &CallRow) -> String {
    let value = serde_json::to_value(&row.plan).unwrap_or_default();
    let plan = value.get("plan").and_then(|plan| plan.as_str()).unwrap_or_default().to_owned();
    text(&format!("cli-plan-{}", plan.replace('_', "-")))
}

/// Where a log stands, in words.
pub(crate) fn log_words(log: &LogView) -> String {
    let reason = log.reason.as_ref().map(|reason| {
        let why = text(&format!("log-failure-{}", wire(&reason.code).replace('_', "-")));
        match &reason.detail {
            Some(detail) => format!(": {why} ({detail})"),
            None => format!(": {why}"),
        }
    });
    let state = text_with(
        &format!("cli-log-{}", wire(&log.state)),
        &[
            ("account", log.account_name.as_str().into()),
            ("id", log.remote_id.clone().unwrap_or_default().into()),
        ],
    );
    format!("{state}{}", reason.unwrap_or_default())
}

fn reference(contact: &ringside_domain::ContactRef) -> String {
    format!("{}/{}/{}", contact.account, contact.kind, contact.id)
}

fn found(view: &MatchView) {
    let mut parts = vec![reference(&view.contact), view.name.clone()];
    parts.extend(view.company.clone());
    parts.push(crate::text_pop::why(view));
    println!("{}", parts.join("  "));
}

fn contact(view: &ContactView) {
    let mut parts = vec![reference(&view.contact), view.name.clone()];
    parts.extend(view.company.clone());
    parts.extend(view.phones.iter().map(|phone| phone.given.clone()));
    println!("{}", parts.join("  "));
}

fn refresh(view: &RefreshView) {
    for change in &view.changes {
        let none = text("cli-empty");
        println!(
            "{}  {}: {} → {}",
            change.name,
            change.field,
            change.old.as_deref().unwrap_or(&none),
            change.new.as_deref().unwrap_or(&none)
        );
    }
    for added in &view.added {
        println!("{}", text_with("cli-refresh-added", &[("name", added.name.as_str().into())]));
    }
    for removed in &view.removed {
        println!("{}", text_with("cli-refresh-removed", &[("name", removed.as_str().into())]));
    }
    for failed in &view.failed {
        println!(
            "{}",
            text_with("cli-refresh-failed", &[("account", failed.name.as_str().into())])
        );
    }
    if view.changes.is_empty()
        && view.added.is_empty()
        && view.removed.is_empty()
        && view.failed.is_empty()
    {
        println!("{}", text("cli-refresh-same"));
    }
}

fn batch(view: &BatchView) {
    println!(
        "{}",
        text_with(
            "cli-batch",
            &[
                ("done", view.done.into()),
                ("total", view.total.into()),
                ("matched", view.matched.into()),
                ("several", view.several.into()),
                ("none", view.not_found.into()),
                ("failed", view.failed.into()),
            ]
        )
    );
}

fn outbox_row(row: &OutboxRow) {
    println!("{}  {}  {}", row.call, row.subject, log_words(&row.log));
}
