//! The pop as text, with choices by key.

#![allow(clippy::print_stdout, reason = "the pop is the output")]

use std::collections::BTreeMap;
use std::fmt::Write as _;

use ringside_domain::{CallState, LookupStatus, NumberKind};
use ringside_engine::Handle;
use ringside_protocol::view::{LogPlan, MatchView, PopView};
use ringside_protocol::{Command, Envelope, Event};
use ringside_words::{text, text_with};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::sync::watch;

use crate::print;

/// Shows pops and reads keys.
pub(crate) struct TextPop {
    latest: watch::Sender<Option<PopView>>,
}

impl TextPop {
    pub(crate) fn start(handle: Handle) -> Self {
        let (latest, shown) = watch::channel(None);
        println!("{}", text("cli-text-help"));
        tokio::spawn(keys(handle, shown));
        Self { latest }
    }

    pub(crate) fn show(&mut self, event: &Envelope) {
        match &event.event {
            Event::Ready { .. } => println!("{}", text("cli-text-ready")),
            Event::Pop(pop) => {
                println!("{}", draw(pop));
                self.latest.send_replace(Some(pop.clone()));
            }
            Event::Notice { fault } => println!("{}", print::fault_text(fault)),
            Event::OpenUrl { url } => println!("{url}"),
            Event::Health { name, state, detail, .. } => {
                let detail = detail.as_deref().unwrap_or_default();
                println!("{name}: {} {detail}", print::wire(state));
            }
            _ => {}
        }
    }
}

/// Reads a key and Enter; words after the key are its argument (`n wants a quote`). A key answers
/// the snapshot that was shown when it was typed.
async fn keys(handle: Handle, shown: watch::Receiver<Option<PopView>>) {
    let mut lines = BufReader::new(tokio::io::stdin()).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let pop = shown.borrow().clone();
        let (key, rest) = split(line.trim());
        let Some(command) = command(key, rest, pop.as_ref()) else {
            println!("{}", text("cli-text-help"));
            continue;
        };
        if let Err(fault) = handle.send(command).await {
            println!("{}", print::fault_text(&fault));
        }
    }
}

fn split(line: &str) -> (&str, &str) {
    line.split_once(' ').map_or((line, ""), |(key, rest)| (key, rest.trim()))
}

fn command(key: &str, rest: &str, pop: Option<&PopView>) -> Option<Command> {
    if key == "q" {
        return Some(Command::Quit);
    }
    let pop = pop?;
    let call = pop.call.id;
    if let Ok(digit) = key.parse::<usize>() {
        let found = pop.matches.get(digit.checked_sub(1)?)?;
        let contact = found.contact.clone();
        return Some(Command::Choose { call, revision: Some(pop.revision), contact });
    }
    Some(match key {
        "n" => Command::Note { call, text: rest.to_owned() },
        "c" => Command::CreateContact {
            call: Some(call),
            account: None,
            name: match (rest, &pop.call.remote.name) {
                ("", Some(name)) => name.clone(),
                (name, _) => name.to_owned(),
            },
            kind: None,
            phone: None,
            company: None,
            email: None,
        },
        "l" => Command::Log {
            call,
            association: None,
            no_association: false,
            disposition: None,
            fields: BTreeMap::new(),
        },
        "d" => Command::DontLog { call },
        "u" => Command::UndoLog { call },
        "f" => Command::ForgetChoice { call },
        "r" => Command::RefreshCall { call },
        "k" => Command::KeepOpen { call },
        "a" => Command::Answer { call },
        "h" => Command::HangUp { call },
        _ => return None,
    })
}

/// The pop in a few lines: who, why, what to do.
pub(crate) fn draw(pop: &PopView) -> String {
    let call = &pop.call;
    let mut out = String::new();
    let state = match (call.state, call.reason) {
        (CallState::Ended, Some(reason)) => {
            let reason = text(&format!("cli-reason-{}", print::wire(&reason).replace('_', "-")));
            match call.duration_s.filter(|seconds| *seconds > 0) {
                Some(seconds) => format!("{reason}, {}", print::length(seconds)),
                None => reason,
            }
        }
        (state, _) => text(&format!("cli-state-{}", print::wire(&state))),
    };
    let number = match call.remote.number.kind {
        NumberKind::Anonymous => text("number-withheld"),
        _ => call.remote.number.display.clone(),
    };
    let region = call.remote.number.region.as_ref().map_or("", |region| region.as_str());
    let _ = writeln!(out, "── {state} · {number} {region} ── {}", call.line);
    if let Some(name) = &call.remote.name {
        let _ = writeln!(
            out,
            "   {}",
            text_with("notify-caller-id", &[("name", name.as_str().into())])
        );
    }
    let chosen = pop.chosen.first();
    for (at, found) in pop.matches.iter().enumerate() {
        let mark = if chosen.is_some_and(|c| c.contact == found.contact) { "▸" } else { " " };
        let company = found.company.as_deref().unwrap_or_default();
        let _ = writeln!(out, " {mark} {}  {}  {company}  · {}", at + 1, found.name, why(found));
        for deal in &found.associations {
            let detail = deal.detail.as_deref().unwrap_or_default();
            let _ = writeln!(out, "       {} {} {detail}", deal.kind, deal.title);
        }
    }
    if pop.matches.is_empty() || pop.status != LookupStatus::Found {
        let _ = writeln!(out, "   {}", text(&format!("cli-status-{}", print::wire(&pop.status))));
    }
    if let Some(message) = &pop.message {
        let _ = writeln!(out, "   {}: {}", print::wire(&message.level), message.message);
    }
    for line in pop.note.lines() {
        let _ = writeln!(out, "   │ {line}");
    }
    for log in &pop.logs {
        let _ = writeln!(out, "   {}", print::log_words(log));
    }
    if call.state == CallState::Ended && matches!(pop.plan, LogPlan::Ask) {
        let _ = writeln!(out, "   {}", text("cli-text-ask"));
    }
    out
}

/// Why a contact fits, in one phrase.
pub(crate) fn why(found: &MatchView) -> String {
    let rule = text(&format!("cli-rule-{}", print::wire(&found.why.rule)));
    let origin = text(&format!("cli-origin-{}", print::wire(&found.why.origin)));
    let remembered = found.remembered.then(|| text("cli-remembered"));
    [Some(rule), found.why.field.clone(), Some(origin), remembered]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(" · ")
}
