//! One command, one handler.

use ringside_domain::{Number, Party, Region};
use ringside_protocol::command::OpenTarget;
use ringside_protocol::view::{FormatPreview, FormatView, SampleView, StatusView};
use ringside_protocol::{Command, ErrorCode, Event, Fault, Reply};
use ringside_softphone::inlet::Given;
use ringside_web::credentials::OAuthClient;
use secrecy::SecretString;

use super::server::CallBackChange;
use super::sign_in::given;
use super::{Answer, Controller, answers, secrets};

impl Controller {
    pub(super) fn command(&mut self, command: Command, reply: Answer) {
        match command {
            Command::Status => {
                let _ = reply.send(Ok(Reply::Status(self.status())));
            }
            Command::Doctor => self.doctor(reply),
            Command::Pops => {
                let _ = reply.send(Ok(Reply::Pops(self.pops())));
            }
            Command::Calls { filter, query, before, limit } => {
                self.list_calls(filter, query, before, limit, reply);
            }
            Command::Call { call } => {
                self.with_call(call, reply, move |c, reply| c.call_detail(call, reply));
            }
            Command::Choose { call, revision: _, contact } => {
                // The contact is named, so an answer to an older snapshot means the same.
                self.with_call(call, reply, move |c, reply| c.choose(call, contact, reply));
            }
            Command::ForgetChoice { call } => {
                self.with_call(call, reply, move |c, reply| c.forget_choice(call, reply));
            }
            Command::Note { call, text } => {
                self.with_call(call, reply, move |c, reply| c.note(call, &text, reply));
            }
            Command::Log { call, association, no_association, disposition, fields } => {
                let association = if no_association { Some(None) } else { association.map(Some) };
                self.with_call(call, reply, move |c, reply| {
                    c.log_now(call, association, disposition, fields, reply);
                });
            }
            Command::DontLog { call } => {
                self.with_call(call, reply, move |c, reply| c.dont_log(call, reply));
            }
            Command::UndoLog { call } => {
                self.with_call(call, reply, move |c, reply| c.undo_log(call, reply));
            }
            Command::HoldPops { held } => self.hold_pops(held, reply),
            Command::KeepOpen { call } => self.keep_open(call, reply),
            Command::HidePop { call } => self.hide_pop(call, reply),
            Command::ShowPop { call } => match call.or_else(|| self.latest_call()) {
                Some(call) => {
                    self.with_call(call, reply, move |c, reply| c.show_pop(call, reply));
                }
                None => answers::fault(reply, Fault::new(ErrorCode::NoSuchCall)),
            },
            Command::CreateContact { call, account, name, kind, phone, company, email } => {
                match call {
                    Some(id) => self.with_call(id, reply, move |c, reply| {
                        c.create_contact(call, account, &name, kind, phone, company, email, reply);
                    }),
                    None => self
                        .create_contact(None, account, &name, kind, phone, company, email, reply),
                }
            }
            Command::Contacts { query, remote, offset, limit } => {
                self.list_contacts(query, remote, offset, limit, reply);
            }
            Command::RefreshCall { call } => {
                self.with_call(call, reply, move |c, reply| c.refresh_call(call, reply));
            }
            Command::RefreshContact { contact } => self.refresh_contact(contact, reply),
            Command::Match { number, refresh, account } => {
                self.match_number(number, refresh, account.as_ref(), reply);
            }
            Command::Open { what } => self.open(what, reply),
            Command::CrmKinds => Self::crm_kinds(reply),
            Command::CrmConnectors { kind, url } => self.connectors(kind, url, reply),
            Command::AccountAdd { what, key, fields } => {
                self.add_account(what, given(key, fields), reply);
            }
            Command::AccountReconnect { account, key, fields } => {
                self.reconnect_account(&account, given(key, fields), reply);
            }
            Command::AccountSignIn { account, what, client_id, client_secret } => {
                let secret = client_secret.filter(|secret| !secret.is_empty());
                let app = client_id
                    .filter(|id| !id.is_empty())
                    .map(|id| OAuthClient { id, secret: secret.map(SecretString::from) });
                self.sign_in_browser(account, what, app, reply);
            }
            Command::SignInPaste { address } => self.paste_sign_in(address, reply),
            Command::SignInCancel => self.cancel_sign_in(reply),
            Command::SoftphoneSignIn { softphone, client_secret } => {
                let secret = client_secret.filter(|secret| !secret.is_empty());
                self.sign_in_softphone(&softphone, secret.map(SecretString::from), reply);
            }
            Command::Messages { limit } => self.list_messages(limit, reply),
            Command::ServerSettings { account } => self.server_settings(&account, None, reply),
            Command::ServerSettingSet { account, id, value } => {
                self.server_settings(&account, Some((id, value)), reply);
            }
            Command::CallBacks { account } => {
                self.call_backs(&account, CallBackChange::None, reply);
            }
            Command::CallBackAdd { contact, at } => self.add_call_back(contact, at, reply),
            Command::CallBackSet { account, id, called } => {
                self.call_backs(&account, CallBackChange::Set { id, called }, reply);
            }
            Command::CallBackRemove { account, id } => {
                self.call_backs(&account, CallBackChange::Remove { id }, reply);
            }
            Command::Accounts => {
                let _ = reply.send(Ok(Reply::Links(self.account_views())));
            }
            Command::AccountCheck { account } => self.check_account(&account, Some(reply)),
            Command::AccountRemove { account } => self.remove_account(&account, reply),
            Command::SoftphoneAdd { kind, name } => self.add_softphone(kind, name, reply),
            Command::Softphones => {
                let _ = reply.send(Ok(Reply::Links(self.source_views())));
            }
            Command::SoftphoneRemove { softphone } => self.remove_softphone(&softphone, reply),
            Command::SoftphoneOpen => self.open_widget(reply),
            Command::Answer { call } => self.through_softphone(call, true, reply),
            Command::HangUp { call } => self.through_softphone(call, false, reply),
            Command::Settings => self.settings_view(reply),
            Command::SettingsSet { key, value } => {
                let changed = self.config.set(&key, &value);
                self.settings_edited(changed, reply);
            }
            Command::AccountEdit { account } => {
                let mut wanted = self.config.settings().clone();
                let Some(known) = wanted.accounts.iter_mut().find(|a| a.id == account.id) else {
                    let fault = Fault::new(ErrorCode::NoSuchAccount);
                    return answers::fault(reply, fault.with("account", account.id.as_str()));
                };
                let kind = std::mem::take(&mut known.kind);
                *known = ringside_domain::settings::AccountSettings { kind, ..account };
                let changed = self.config.set_links(&wanted);
                self.settings_edited(changed, reply);
            }
            Command::FormatPreview { formats, region, samples } => {
                self.format_preview(formats, &region, samples, reply);
            }
            Command::BatchStart { limit } => self.start_batch(limit, reply),
            Command::Batch => self.batch_view(reply),
            Command::BatchCancel => self.cancel_batch(reply),
            Command::CallsImport { csv, file } => self.import_csv(&csv, file, reply),
            Command::Outbox => self.outbox_rows(reply),
            Command::OutboxRetry { call } => self.retry_outbox(call, reply),
            Command::Simulate { scenario } => self.simulate(&scenario, reply),
            Command::SimulateText { text, file } => self.simulate_text(&text, file, reply),
            Command::Ring { number, name, id, line, phase, direction, queue, softphone } => {
                let key = None;
                let given =
                    Given { number, name, id, line, phase, direction, queue, softphone, key };
                self.ring(&given, reply);
            }
            Command::RingUrl { url } => self.ring_url(&url, reply),
            Command::Hook { environment } => self.hook(&environment, reply),
            Command::InletLines { new_key } => self.inlet_lines(new_key, reply),
            Command::CallOver { call } => self.call_over(call, reply),
            Command::Pause { paused } => {
                self.paused = paused;
                self.pops_changed = true;
                self.emit(Event::StatusChanged);
                answers::done(reply);
            }
            Command::ShowWindow => {
                if self.desktop.show_window() {
                    answers::done(reply);
                } else {
                    let fault = Fault::new(ErrorCode::Unsupported);
                    answers::fault(reply, fault.with("what", "window"));
                }
            }
            Command::Unlock => self.unlock(reply),
            Command::UsePassphrase { passphrase } => self.use_passphrase(passphrase, reply),
            Command::DismissNotices => {
                self.notices.clear();
                answers::done(reply);
            }
            // The socket answers these itself.
            Command::Watch | Command::SoftphoneRecord { .. } => answers::done(reply),
            Command::Quit => {
                self.quit = true;
                answers::done(reply);
            }
        }
    }

    fn status(&self) -> StatusView {
        StatusView {
            accounts: self.account_views(),
            softphones: self.source_views(),
            vault: secrets::vault_view(self.vault_state),
            paused: self.paused,
            ready: self.is_ready(),
            configured: !self.config.settings().accounts.is_empty()
                || !self.config.settings().softphones.is_empty(),
            unlogged: self.counts.unlogged,
            parked: self.counts.parked,
            version: env!("CARGO_PKG_VERSION").to_owned(),
            notices: self.notices.clone(),
        }
    }

    fn latest_call(&self) -> Option<ringside_domain::CallId> {
        let live = self.desks.values().rev().find(|desk| !desk.call.is_over());
        live.or_else(|| self.desks.values().next_back()).map(|desk| desk.call.id)
    }

    fn open(&mut self, what: OpenTarget, reply: Answer) {
        match what {
            OpenTarget::Contact { contact } => match self.contact_page(&contact) {
                Some(url) => {
                    self.open_url(url);
                    answers::done(reply);
                }
                None => answers::fault(reply, Fault::new(ErrorCode::BadAddress).with("reason", "")),
            },
            OpenTarget::Log { call, account } => {
                self.with_call(call, reply, move |c, reply| {
                    let page = c.desks.get(&call).and_then(|desk| {
                        let log = desk.logs.iter().find(|(entry, _)| entry.account() == &account);
                        log.and_then(|(entry, state)| c.log_page(entry, state))
                    });
                    match page {
                        Some(url) => {
                            c.open_url(url);
                            answers::done(reply);
                        }
                        None => answers::fault(
                            reply,
                            Fault::new(ErrorCode::BadAddress).with("reason", ""),
                        ),
                    }
                });
            }
        }
    }

    fn settings_view(&self, reply: Answer) {
        let _ = reply.send(Ok(Reply::Settings(self.config.view())));
    }

    fn settings_edited(&mut self, changed: Result<(), Fault>, reply: Answer) {
        match changed {
            Ok(()) => {
                self.settings_changed();
                self.settings_view(reply);
            }
            Err(fault) => answers::fault(reply, fault),
        }
    }

    fn format_preview(
        &self,
        formats: Vec<String>,
        region: &str,
        samples: Vec<String>,
        reply: Answer,
    ) {
        let Some(region) = Region::parse(region) else {
            let fault = Fault::new(ErrorCode::BadSetting).with("key", "region");
            return answers::fault(reply, fault.with("reason", region));
        };
        let numbers =
            ringside_domain::number::NumberContext { region: region.clone(), ..self.numbers() };
        let formats = formats
            .into_iter()
            .map(|mask| FormatView {
                samples: samples
                    .iter()
                    .map(|given| {
                        let party = Party { given: given.clone(), name: None };
                        let number = Number::read(&party, &numbers);
                        let e164 = number.e164.unwrap_or_default();
                        SampleView {
                            given: given.clone(),
                            result: ringside_domain::number::format::apply(&mask, &e164, &region),
                        }
                    })
                    .collect(),
                mask,
            })
            .collect();
        let _ = reply.send(Ok(Reply::Formats(FormatPreview { formats })));
    }
}
