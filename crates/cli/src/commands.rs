//! From a verb to a command, and from its reply to the terminal.

use std::io::Read;
use std::time::Duration;

use ringside_domain::settings::{SoftphoneKind, widget_url};
use ringside_domain::{AccountId, Association, CallId, ContactRef, SourceId};
use ringside_protocol::command::OpenTarget;
use ringside_protocol::view::{CallFilter, LinkView};
use ringside_protocol::{Command, ErrorCode, Fault, Reply};

use crate::accounts;
use crate::args::{
    Batch, Calls, Contacts, Messages, Outbox, Settings, Softphone, SoftphoneKind as Kind, Verb,
};
use crate::print;
use crate::record;
use crate::talk::{Engine, Failure};

pub(crate) async fn run(verb: Verb, json: bool) -> Result<(), Failure> {
    let needs_owner = matches!(
        verb,
        Verb::Simulate { .. }
            | Verb::Softphone(Softphone::Record { .. })
            | Verb::Ring { .. }
            | Verb::Hook { .. }
            | Verb::Show
            | Verb::Quit
            | Verb::Pause
            | Verb::Resume
            | Verb::Calls(
                Calls::Answer { .. }
                    | Calls::HangUp { .. }
                    | Calls::End { .. }
                    | Calls::Hide { .. }
                    | Calls::Pop { .. }
            )
    );
    let mut engine = if needs_owner { Engine::running().await? } else { Engine::reach().await? };
    let result = carry_out(&mut engine, verb, json).await;
    engine.leave().await;
    result
}

async fn carry_out(engine: &mut Engine, verb: Verb, json: bool) -> Result<(), Failure> {
    if let Verb::Batch(Batch::Start { limit }) = verb {
        return batch(engine, limit, json).await;
    }
    if let Verb::Softphone(Softphone::Record { softphone }) = verb {
        let id = softphone_id(engine, softphone).await?;
        return record::record(id.to_string()).await;
    }
    if let Verb::Account(verb) = verb {
        let reply = accounts::account(engine, verb).await?;
        print::reply(&reply, json);
        return Ok(());
    }
    if let Verb::Settings(Settings::Get { key }) = verb {
        let reply = engine.send(Command::Settings).await?;
        return print::setting(&reply, key.as_deref(), json);
    }
    if let Verb::Softphone(Softphone::SignIn { softphone, client_secret, key_stdin }) = verb {
        let client_secret = match client_secret {
            true => Some(secret("cli-ask-client-secret", key_stdin)?),
            false => None,
        };
        let softphone = softphone_id(engine, softphone).await?;
        let command = Command::SoftphoneSignIn { softphone, client_secret };
        let reply = accounts::in_browser(engine, command).await?;
        print::reply(&reply, json);
        return Ok(());
    }
    let command = command(engine, verb).await?;
    let reply = engine.send(command).await?;
    print::reply(&reply, json);
    Ok(())
}

async fn command(engine: &mut Engine, verb: Verb) -> Result<Command, Failure> {
    Ok(match verb {
        // Carried out by themselves, before.
        Verb::Run { .. }
        | Verb::Ring { .. }
        | Verb::Hook { .. }
        | Verb::Batch(Batch::Start { .. })
        | Verb::Account(_)
        | Verb::Softphone(Softphone::SignIn { .. }) => Command::Status,
        Verb::Status => Command::Status,
        Verb::Doctor => Command::Doctor,
        Verb::Softphone(verb) => softphone(engine, verb).await?,
        Verb::Match { number, refresh } => Command::Match { number, refresh, account: None },
        Verb::Messages(Messages::List { limit }) => Command::Messages { limit },
        Verb::Contacts(verb) => contacts(engine, verb).await?,
        Verb::Calls(verb) => calls(engine, verb).await?,
        Verb::Outbox(Outbox::List) => Command::Outbox,
        Verb::Outbox(Outbox::Retry { call }) => {
            let call = match call {
                Some(call) => Some(call_id(engine, &call).await?),
                None => None,
            };
            Command::OutboxRetry { call }
        }
        Verb::Settings(Settings::Get { .. }) => Command::Settings,
        Verb::Settings(Settings::Set { key, value }) => {
            let value = serde_json::from_str(&value).unwrap_or(serde_json::Value::String(value));
            Command::SettingsSet { key, value }
        }
        Verb::Batch(Batch::Show) => Command::Batch,
        Verb::Batch(Batch::Cancel) => Command::BatchCancel,
        Verb::Simulate { scenario } => simulate(scenario)?,
        Verb::Pause => Command::Pause { paused: true },
        Verb::Resume => Command::Pause { paused: false },
        Verb::Unlock => Command::Unlock,
        Verb::UsePassphrase => {
            Command::UsePassphrase { passphrase: secret("cli-ask-passphrase", false)? }
        }
        Verb::Show => Command::ShowWindow,
        Verb::Quit => Command::Quit,
    })
}

/// A file is a path, or has an ending; a scenario that comes with Ringside is a bare name.
fn simulate(scenario: String) -> Result<Command, Failure> {
    if !scenario.contains(['.', '/', '\\']) {
        return Ok(Command::Simulate { scenario });
    }
    let text = std::fs::read_to_string(&scenario).map_err(|error| {
        Fault::new(ErrorCode::BadFile)
            .with("file", scenario.as_str())
            .with("line", "0")
            .with("reason", error.to_string())
    })?;
    Ok(Command::SimulateText { text, file: Some(scenario) })
}

async fn softphone(engine: &mut Engine, verb: Softphone) -> Result<Command, Failure> {
    Ok(match verb {
        Softphone::Add(Kind::Baresip { address, name }) => {
            Command::SoftphoneAdd { kind: SoftphoneKind::Baresip { address }, name }
        }
        Softphone::Add(Kind::Embeddable { url, name }) => {
            let url = url.unwrap_or_else(widget_url);
            Command::SoftphoneAdd { kind: SoftphoneKind::Embeddable { url }, name }
        }
        Softphone::Open => Command::SoftphoneOpen,
        Softphone::Add(Kind::Simulated) => {
            Command::SoftphoneAdd { kind: SoftphoneKind::Simulated, name: None }
        }
        Softphone::Add(Kind::Inlet { port: wanted, name }) => {
            let mut kind = SoftphoneKind::inlet();
            if let (SoftphoneKind::Inlet { port, .. }, Some(wanted)) = (&mut kind, wanted) {
                *port = wanted;
            }
            Command::SoftphoneAdd { kind, name }
        }
        Softphone::Add(Kind::Ringcentral { client_id, server, name }) => {
            let kind = SoftphoneKind::Ringcentral { server, client_id };
            Command::SoftphoneAdd { kind, name }
        }
        Softphone::Add(Kind::Twinkle { profile }) => {
            let profile = std::path::absolute(&profile).unwrap_or(profile).display().to_string();
            Command::SoftphoneAdd { kind: SoftphoneKind::Twinkle { profile }, name: None }
        }
        Softphone::Lines { new_key } => Command::InletLines { new_key },
        Softphone::List => Command::Softphones,
        // Carried out by itself, before.
        Softphone::SignIn { .. } => Command::Softphones,
        Softphone::Remove { softphone } => {
            Command::SoftphoneRemove { softphone: softphone_id(engine, softphone).await? }
        }
        // Carried out by itself, before.
        Softphone::Record { .. } => Command::Softphones,
    })
}

async fn softphone_id(engine: &mut Engine, named: String) -> Result<SourceId, Failure> {
    let links = links(engine, Command::Softphones).await?;
    Ok(SourceId::new(find(&links, &named).unwrap_or(named)))
}

async fn contacts(engine: &mut Engine, verb: Contacts) -> Result<Command, Failure> {
    Ok(match verb {
        Contacts::Search { query, remote } => {
            Command::Contacts { query: query.join(" "), remote, offset: 0, limit: None }
        }
        Contacts::Create { name, account, kind, phone, company, email, call } => {
            let account = match account {
                Some(account) => Some(account_id(engine, &account).await?),
                None => None,
            };
            let call = match call {
                Some(call) => Some(call_id(engine, &call).await?),
                None => None,
            };
            Command::CreateContact { call, account, name, kind, phone, company, email }
        }
        Contacts::Refresh { contact } => {
            Command::RefreshContact { contact: contact_ref(engine, &contact).await? }
        }
        Contacts::Open { contact } => {
            let contact = contact_ref(engine, &contact).await?;
            Command::Open { what: OpenTarget::Contact { contact } }
        }
    })
}

async fn calls(engine: &mut Engine, verb: Calls) -> Result<Command, Failure> {
    Ok(match verb {
        Calls::List { unlogged, missed, query, limit } => Command::Calls {
            filter: match (unlogged, missed) {
                (true, _) => CallFilter::Unlogged,
                (_, true) => CallFilter::Missed,
                _ => CallFilter::All,
            },
            query,
            before: None,
            limit,
        },
        Calls::Show { call } => Command::Call { call: call_id(engine, &call).await? },
        Calls::Choose { call, contact } => {
            let call = call_id(engine, &call).await?;
            if contact == "none" {
                return Ok(Command::ForgetChoice { call });
            }
            let contact = match contact.contains('/') {
                true => contact_ref(engine, &contact).await?,
                false => among_matches(engine, call, &contact).await?,
            };
            Command::Choose { call, revision: None, contact }
        }
        Calls::Note { call, text } => {
            let text = if text == "-" { stdin()? } else { text };
            Command::Note { call: call_id(engine, &call).await?, text }
        }
        Calls::Log { call, deal, disposition, fields, no, undo } => {
            let call = call_id(engine, &call).await?;
            if no {
                return Ok(Command::DontLog { call });
            }
            if undo {
                return Ok(Command::UndoLog { call });
            }
            let association = match deal {
                Some(deal) => Some(among_deals(engine, call, &deal).await?),
                None => None,
            };
            let fields = fields.into_iter().collect();
            Command::Log { call, association, no_association: false, disposition, fields }
        }
        Calls::Refresh { call } => Command::RefreshCall { call: call_id(engine, &call).await? },
        Calls::Open { call, account } => {
            let call = call_id(engine, &call).await?;
            let account = account_id(engine, &account).await?;
            Command::Open { what: OpenTarget::Log { call, account } }
        }
        Calls::Hide { call } => Command::HidePop { call: call_id(engine, &call).await? },
        Calls::Pop { call } => Command::ShowPop { call: Some(call_id(engine, &call).await?) },
        Calls::Answer { call } => Command::Answer { call: call_id(engine, &call).await? },
        Calls::HangUp { call } => Command::HangUp { call: call_id(engine, &call).await? },
        Calls::End { call } => Command::CallOver { call: call_id(engine, &call).await? },
        Calls::Import { file } => {
            let name = file.display().to_string();
            let csv = std::fs::read_to_string(&file).map_err(|error| {
                Fault::new(ErrorCode::BadFile)
                    .with("file", name.as_str())
                    .with("line", "0")
                    .with("reason", error.to_string())
            })?;
            Command::CallsImport { csv, file: Some(name) }
        }
    })
}

/// Starts the batch and shows its progress until it ends.
async fn batch(engine: &mut Engine, limit: Option<u32>, json: bool) -> Result<(), Failure> {
    let mut reply = engine.send(Command::BatchStart { limit }).await?;
    let mut last = None;
    while let Reply::Batch(view) = &reply {
        if last.as_ref() != Some(view) {
            print::reply(&reply, json);
            last = Some(view.clone());
        }
        if !view.running {
            break;
        }
        tokio::time::sleep(Duration::from_millis(200)).await;
        reply = engine.send(Command::Batch).await?;
    }
    Ok(())
}

async fn call_id(engine: &mut Engine, given: &str) -> Result<CallId, Failure> {
    if given == "last" {
        let newest = Command::Calls {
            filter: CallFilter::All,
            query: String::new(),
            before: None,
            limit: Some(1),
        };
        if let Reply::Calls(page) = engine.send(newest).await?
            && let Some(row) = page.calls.first()
        {
            return Ok(row.call.id);
        }
    }
    CallId::parse(given).ok_or_else(|| Fault::new(ErrorCode::NoSuchCall).into())
}

async fn links(engine: &mut Engine, command: Command) -> Result<Vec<LinkView>, Failure> {
    match engine.send(command).await? {
        Reply::Links(links) => Ok(links),
        _ => Ok(Vec::new()),
    }
}

fn find(links: &[LinkView], given: &str) -> Option<String> {
    links.iter().find(|link| link.id == given || link.name == given).map(|link| link.id.clone())
}

pub(crate) async fn account_id(engine: &mut Engine, given: &str) -> Result<AccountId, Failure> {
    let links = links(engine, Command::Accounts).await?;
    find(&links, given)
        .map(AccountId::new)
        .ok_or_else(|| Fault::new(ErrorCode::NoSuchAccount).with("account", given).into())
}

/// `ACCOUNT/TYPE/ID`, as every list prints it.
pub(crate) async fn contact_ref(engine: &mut Engine, given: &str) -> Result<ContactRef, Failure> {
    let mut parts = given.splitn(3, '/');
    match (parts.next(), parts.next(), parts.next()) {
        (Some(account), Some(kind), Some(id)) => Ok(ContactRef {
            account: account_id(engine, account).await?,
            kind: kind.to_owned(),
            id: id.to_owned(),
        }),
        _ => Err(Fault::new(ErrorCode::NoSuchContact).into()),
    }
}

async fn among_matches(engine: &mut Engine, call: CallId, id: &str) -> Result<ContactRef, Failure> {
    if let Reply::Call(detail) = engine.send(Command::Call { call }).await? {
        let mut fits = detail.pop.matches.iter().filter(|m| m.contact.id == id);
        if let (Some(found), None) = (fits.next(), fits.next()) {
            return Ok(found.contact.clone());
        }
    }
    Err(Fault::new(ErrorCode::NoSuchContact).into())
}

async fn among_deals(engine: &mut Engine, call: CallId, id: &str) -> Result<Association, Failure> {
    if let Reply::Call(detail) = engine.send(Command::Call { call }).await? {
        let found = detail.pop.matches.iter().flat_map(|m| &m.associations).find(|a| a.id == id);
        if let Some(found) = found {
            return Ok(found.clone());
        }
    }
    Err(Fault::new(ErrorCode::BadRequest).with("reason", format!("deal {id}")).into())
}

/// A secret: from standard input, the environment, or a prompt; never from the command line.
pub(crate) fn secret(ask: &str, from_stdin: bool) -> Result<String, Failure> {
    let given = if from_stdin {
        stdin()?
    } else if let Ok(key) = std::env::var("RINGSIDE_KEY") {
        key
    } else {
        rpassword::prompt_password(ringside_words::text(ask))?
    };
    Ok(given.trim_end_matches(['\r', '\n']).to_owned())
}

pub(crate) fn stdin() -> Result<String, Failure> {
    let mut text = String::new();
    std::io::stdin().take(1 << 20).read_to_string(&mut text)?;
    Ok(text)
}
