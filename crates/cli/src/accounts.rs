//! Accounts: connected by key, by a server's own form, or in the browser.

#![allow(clippy::print_stderr, reason = "what a person has to do stands beside the output")]

use std::collections::BTreeMap;
use std::io::{BufRead, Write};

use ringside_domain::AccountId;
use ringside_engine::Home;
use ringside_engine::socket::Client;
use ringside_protocol::command::NewAccount;
use ringside_protocol::view::{SignInFieldView, SignInView};
use ringside_protocol::{At, Command, ErrorCode, Event, Fault, Reply};
use ringside_words::{text, text_with};
use tokio::task::JoinSet;

use crate::args::{Account, CallBacks, SignIn};
use crate::commands::{account_id, contact_ref, secret, stdin};
use crate::talk::{Engine, Failure, home};

/// The reply to a verb on accounts.
pub(crate) async fn account(engine: &mut Engine, verb: Account) -> Result<Reply, Failure> {
    let command = match verb {
        Account::Kinds => Command::CrmKinds,
        Account::Connectors { kind, url } => Command::CrmConnectors { kind, url },
        Account::Add { kind, url, platform, name, how } => {
            let what = NewAccount { kind, url, platform, name };
            return sign_in(engine, Who::New(what), how).await;
        }
        Account::Reconnect { account, how } => {
            let account = account_id(engine, &account).await?;
            return sign_in(engine, Who::Known(account), how).await;
        }
        Account::List => Command::Accounts,
        Account::Check { account } => {
            Command::AccountCheck { account: account_id(engine, &account).await? }
        }
        Account::Try { account, number } => Command::Match {
            number,
            refresh: true,
            account: Some(account_id(engine, &account).await?),
        },
        Account::Settings { account, setting, value } => {
            let account = account_id(engine, &account).await?;
            match setting {
                None => Command::ServerSettings { account },
                Some(id) => {
                    let value = value.unwrap_or_else(|| "null".to_owned());
                    let value = serde_json::from_str(&value).unwrap_or(value.into());
                    Command::ServerSettingSet { account, id, value }
                }
            }
        }
        Account::CallBacks(verb) => call_backs(engine, verb).await?,
        Account::Remove { account } => {
            Command::AccountRemove { account: account_id(engine, &account).await? }
        }
    };
    engine.send(command).await
}

async fn call_backs(engine: &mut Engine, verb: CallBacks) -> Result<Command, Failure> {
    Ok(match verb {
        CallBacks::List { account } => {
            Command::CallBacks { account: account_id(engine, &account).await? }
        }
        CallBacks::Add { contact, at } => {
            let at = match at.map(|at| at.parse()).transpose() {
                Ok(at) => at.map(At),
                Err(error) => return Err(Failure::Other(error.to_string())),
            };
            Command::CallBackAdd { contact: contact_ref(engine, &contact).await?, at }
        }
        CallBacks::Done { account, id } => {
            let account = account_id(engine, &account).await?;
            Command::CallBackSet { account, id, called: true }
        }
        CallBacks::Reopen { account, id } => {
            let account = account_id(engine, &account).await?;
            Command::CallBackSet { account, id, called: false }
        }
        CallBacks::Remove { account, id } => {
            Command::CallBackRemove { account: account_id(engine, &account).await?, id }
        }
    })
}

/// Whose sign-in it is.
enum Who {
    New(NewAccount),
    Known(AccountId),
}

async fn sign_in(engine: &mut Engine, who: Who, how: SignIn) -> Result<Reply, Failure> {
    if how.browser {
        return with_app(engine, who, how).await;
    }
    let form = form(engine, &who).await?;
    let (key, fields) = match form {
        Some(form) => (String::new(), fill_in(&form, how.key_stdin)?),
        None => (secret("cli-ask-key", how.key_stdin)?, BTreeMap::new()),
    };
    let command = match who {
        Who::New(what) => Command::AccountAdd { what, key, fields },
        Who::Known(account) => Command::AccountReconnect { account, key, fields },
    };
    engine.send(command).await
}

/// The form of a server's connector; none where a key is all there is.
async fn form(engine: &mut Engine, who: &Who) -> Result<Option<Vec<SignInFieldView>>, Failure> {
    let (kind, url, platform) = match who {
        Who::New(what) => (what.kind.clone(), what.url.clone(), what.platform.clone()),
        Who::Known(account) => {
            let Reply::Links(links) = engine.send(Command::Accounts).await? else {
                return Ok(None);
            };
            match links.into_iter().find(|link| link.id == account.as_str()) {
                Some(link) => (link.kind, link.address.unwrap_or_default(), link.platform),
                None => return Ok(None),
            }
        }
    };
    let Some(platform) = platform else { return Ok(None) };
    let Reply::Connectors(found) = engine.send(Command::CrmConnectors { kind, url }).await? else {
        return Ok(None);
    };
    let connector = found.into_iter().find(|connector| connector.platform == platform);
    let ways =
        connector.ok_or_else(|| Fault::new(ErrorCode::Unsupported).with("what", platform))?.sign_in;
    Ok(ways.into_iter().find_map(|way| match way {
        SignInView::Fields { fields } => Some(fields),
        SignInView::Key | SignInView::Browser { .. } => None,
    }))
}

/// Asks for each field, unseen where it is a secret; or reads all as one JSON object.
fn fill_in(
    form: &[SignInFieldView],
    from_stdin: bool,
) -> Result<BTreeMap<String, String>, Failure> {
    if from_stdin {
        let given = stdin()?;
        // Without serde's words, which may quote a secret.
        return serde_json::from_str(&given).map_err(|error| {
            let (line, column) = (error.line().to_string(), error.column().to_string());
            let at = [("line", line.as_str().into()), ("column", column.as_str().into())];
            Failure::Other(text_with("cli-bad-form", &at))
        });
    }
    let mut fields = BTreeMap::new();
    for field in form {
        let ask = format!("{}: ", field.label);
        let value = if field.secret {
            rpassword::prompt_password(ask)?
        } else {
            eprint!("{ask}");
            std::io::stderr().flush()?;
            let mut line = String::new();
            std::io::stdin().lock().read_line(&mut line)?;
            line
        };
        let value = value.trim_end_matches(['\r', '\n']).to_owned();
        if field.required || !value.is_empty() {
            fields.insert(field.id.clone(), value);
        }
    }
    Ok(fields)
}

async fn with_app(engine: &mut Engine, who: Who, how: SignIn) -> Result<Reply, Failure> {
    let client_secret = match how.client_secret {
        true => Some(secret("cli-ask-client-secret", how.key_stdin)?),
        false => None,
    };
    let (account, what) = match who {
        Who::New(what) => (None, Some(what)),
        Who::Known(account) => (Some(account), None),
    };
    let client_id = how.client_id;
    let command = Command::AccountSignIn { account, what, client_id, client_secret };
    in_browser(engine, command).await
}

/// Signs in with the browser. The page's address is printed, so that any browser serves.
pub(crate) async fn in_browser(engine: &mut Engine, command: Command) -> Result<Reply, Failure> {
    // Ends with what is in it.
    let _beside = beside(engine).await?;
    engine.send(command).await
}

/// Beside the sign-in: prints what it waits for, takes the address that is pasted, and gives it up
/// on Ctrl-C. The engine would wait on for a person who has gone, and connect the account after all.
async fn beside(engine: &Engine) -> Result<JoinSet<()>, Failure> {
    let mut tasks = JoinSet::new();
    match engine {
        Engine::Far(_) => {
            let home = home()?;
            let mut watch = another(&home).await?;
            watch.send(Command::Watch).await.map_err(Failure::Fault)?;
            let mut paste = another(&home).await?;
            let mut give_up = another(&home).await?;
            tasks.spawn(async move {
                while let Some(envelope) = watch.event().await {
                    if let Some(address) = ask(&envelope.event).await {
                        let _ = paste.send(Command::SignInPaste { address }).await;
                    }
                }
            });
            tasks.spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    let _ = give_up.send(Command::SignInCancel).await;
                }
            });
        }
        Engine::Near(host) => {
            let handle = host.handle();
            let mut events = handle.subscribe();
            let give_up = handle.clone();
            tasks.spawn(async move {
                while let Ok(envelope) = events.recv().await {
                    if let Some(address) = ask(&envelope.event).await {
                        let _ = handle.send(Command::SignInPaste { address }).await;
                    }
                }
            });
            tasks.spawn(async move {
                if tokio::signal::ctrl_c().await.is_ok() {
                    let _ = give_up.send(Command::SignInCancel).await;
                }
            });
        }
    }
    Ok(tasks)
}

/// One more conversation with the engine, which answers one command after the other in each.
async fn another(home: &Home) -> Result<Client, Failure> {
    let failed = |_| Failure::Fault(Fault::new(ErrorCode::NotRunning));
    Client::connect(home).await.map_err(failed)
}

/// The address that a person pasted, where one is asked for.
async fn ask(event: &Event) -> Option<String> {
    let Event::SignIn { url, paste } = event else { return None };
    eprintln!("{}", text_with("cli-sign-in-at", &[("url", url.as_str().into())]));
    if !paste {
        return None;
    }
    eprintln!("{}", text("cli-sign-in-paste"));
    let line = tokio::task::spawn_blocking(|| {
        let mut line = String::new();
        std::io::stdin().lock().read_line(&mut line).map(|_| line.trim().to_owned())
    });
    line.await.ok()?.ok().filter(|line| !line.is_empty())
}
