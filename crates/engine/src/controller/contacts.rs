//! Contacts: found, made, and refreshed.

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use ringside_crm::{Crm, NewContact};
use ringside_domain::matching::Lookup;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, CallId, Contact, Match, Number, Party, text};
use ringside_protocol::view::{ContactPage, ContactView, MatchReport};
use ringside_protocol::{ErrorCode, Event, Fault, Reply};
use ringside_store::directory::Entry;
use ringside_web::client::Urgency;

use super::lookups::{Answered, get_all, request_for, to_matches};
use super::{Answer, Controller, answers};
use crate::view;

/// One account that a question goes to.
pub(super) struct Asked {
    pub(super) account: AccountId,
    pub(super) crm: Arc<dyn Crm>,
    formats: Vec<String>,
    deadline: std::time::Duration,
    pub(super) numbers: NumberContext,
}

impl Controller {
    pub(super) fn list_contacts(
        &self,
        query: String,
        remote: bool,
        offset: u32,
        limit: Option<u32>,
        reply: Answer,
    ) {
        let limit = limit.unwrap_or(100).clamp(1, 500);
        let query = text::clean(&query, text::NAME_MAX);
        let found = self.find_contacts(query, remote, offset, limit);
        self.spawn(found, move |c, result| match result {
            Ok((entries, total)) => {
                let contacts =
                    entries.iter().map(|e| c.contact_view(&e.contact, e.checked_at)).collect();
                let _ = reply.send(Ok(Reply::Contacts(ContactPage { contacts, total })));
            }
            Err(error) => answers::fault(reply, answers::store_fault(&error)),
        });
    }

    /// Contacts of the directory and, with `remote`, of the CRMs, with their number.
    pub(super) fn find_contacts(
        &self,
        query: String,
        remote: bool,
        offset: u32,
        limit: u32,
    ) -> impl Future<Output = Result<(Vec<Entry>, u32), ringside_store::Error>> + use<> {
        let stores = self.stores.clone();
        let asked: Vec<Asked> = if remote && !query.is_empty() { self.asked() } else { Vec::new() };
        async move {
            let mut found = match &stores {
                Some(stores) => stores.directory.search(&query, offset, limit).await?,
                None => (Vec::new(), 0),
            };
            let now = Timestamp::now();
            let by_name = asked.iter().filter(|a| a.crm.capabilities().find_by_name).map(|a| {
                let query = query.clone();
                async move {
                    tokio::time::timeout(a.deadline, a.crm.find_contact_by_name(&query))
                        .await
                        .map_or_else(|_| Vec::new(), Result::unwrap_or_default)
                }
            });
            for contact in futures::future::join_all(by_name).await.into_iter().flatten() {
                let known = found.0.iter().any(|e| e.contact.reference == contact.reference);
                if !known {
                    found.1 += 1;
                    found.0.push(Entry { contact, checked_at: now });
                }
            }
            Ok(found)
        }
    }

    pub(super) fn asked(&self) -> Vec<Asked> {
        self.accounts
            .values()
            .filter_map(|account| {
                Some(Asked {
                    account: account.settings.id.clone(),
                    crm: account.crm.clone()?,
                    formats: account.settings.formats.clone(),
                    deadline: self.deadline_of(&account.settings.id),
                    numbers: self.numbers_for(&account.settings.id),
                })
            })
            .collect()
    }

    pub(super) fn contact_view(&self, contact: &Contact, checked_at: Timestamp) -> ContactView {
        let name = self.account_name(&contact.reference.account);
        let can_open = self.contact_page(&contact.reference).is_some();
        view::contact(contact, &name, checked_at, can_open)
    }

    /// Makes a contact; with a call, also chooses it.
    #[allow(clippy::too_many_arguments, reason = "the fields of the form")]
    pub(super) fn create_contact(
        &mut self,
        call: Option<CallId>,
        account: Option<AccountId>,
        name: &str,
        kind: Option<String>,
        phone: Option<String>,
        company: Option<String>,
        email: Option<String>,
        reply: Answer,
    ) {
        let name = text::clean(name, text::NAME_MAX);
        if name.is_empty() {
            let fault = Fault::new(ErrorCode::BadRequest).with("reason", "name");
            return answers::fault(reply, fault);
        }
        let account = account.or_else(|| match self.create_targets().as_slice() {
            [only] => Some(only.account.clone()),
            _ => None,
        });
        let Some(account) = account else {
            return answers::fault(reply, Fault::new(ErrorCode::NoSuchAccount).with("account", ""));
        };
        let Some(crm) = self.accounts.get(&account).and_then(|a| a.crm.clone()) else {
            let fault = Fault::new(ErrorCode::NoSuchAccount).with("account", account.as_str());
            return answers::fault(reply, fault);
        };
        let numbers = self.numbers_for(&account);
        let number = match (&phone, call.and_then(|id| self.desks.get(&id))) {
            (Some(phone), _) => {
                Some(Number::read(&Party { given: phone.clone(), name: None }, &numbers))
            }
            (None, Some(desk)) => Some(desk.call.number.clone()),
            (None, None) => None,
        };
        let e164 = number.as_ref().and_then(|number| number.e164.clone());
        let wanted = NewContact {
            name,
            kind,
            phone: e164.clone().or(phone),
            company: company.map(|c| text::clean(&c, text::NAME_MAX)).filter(|c| !c.is_empty()),
            email: email.map(|e| text::clean(&e, text::NAME_MAX)).filter(|e| !e.is_empty()),
            // The same call asked twice (a double click, a lost answer) makes one contact.
            key: match call {
                Some(call) => format!("ringside:{call}:contact"),
                None => format!("ringside:{}:contact", super::rings::new_id(Timestamp::now())),
            },
        };
        let stores = self.stores.clone();
        self.spawn(
            async move {
                let contact = crm.create_contact(&wanted).await?;
                if let Some(stores) = stores {
                    // The CRM's search may lag behind by minutes; the directory knows at once.
                    let at = Timestamp::now();
                    let kept =
                        stores.directory.put_contact(&contact, e164.as_deref(), &numbers, at);
                    if let Err(error) = kept.await {
                        tracing::warn!(%error, "a new contact is not in the directory");
                    }
                }
                Ok(contact)
            },
            move |c, result: Result<Contact, ringside_web::Error>| match result {
                Ok(contact) => {
                    if let Some(call) = call {
                        c.created_for(call, &contact);
                    }
                    c.emit(Event::ContactsChanged);
                    let view = c.contact_view(&contact, Timestamp::now());
                    Self::reply_created(reply, view);
                }
                Err(error) => {
                    answers::fault(reply, answers::crm_fault(&error, &c.account_name(&account)));
                }
            },
        );
    }

    /// Looks any caller text up, as a ring would.
    /// Looks a number up, in one account or in all.
    pub(super) fn match_number(
        &self,
        given: String,
        refresh: bool,
        only: Option<&AccountId>,
        reply: Answer,
    ) {
        let number = Number::read(&Party { given, name: None }, &self.numbers());
        let mut accounts = self.accounts_for(&number);
        accounts.retain(|account| only.is_none_or(|only| only == account));
        let mut lookup = Lookup::new(&number, accounts.clone(), !accounts.is_empty());
        for account in &accounts {
            if let Some(account) = self.accounts.get(account).filter(|a| a.crm.is_none()) {
                lookup.failed(&account.settings.id, account.closed_because(), None);
            }
        }
        if let Some(stores) = &self.stores
            && let Ok(known) = stores.directory.lookup(&number)
        {
            let mut matches = known.matches;
            let here = |m: &Match| accounts.contains(&m.contact.reference.account);
            matches.retain(here);
            lookup.directory(matches, known.remembered);
        }
        let mut asked = self.asked();
        asked.retain(|asked| accounts.contains(&asked.account));
        self.spawn(ask_all(asked, number.clone(), refresh, Urgency::Live), move |c, answers| {
            let now = Timestamp::now();
            for (asked, answer) in answers {
                match answer {
                    Ok(answer) => {
                        let matches = to_matches(&answer.contacts, &number, &asked.numbers, now);
                        if let Some(e164) = &number.e164 {
                            c.keep_answer(&asked.account, e164, answer.contacts);
                        }
                        lookup.answered(&asked.account, matches, answer.message, true, now);
                    }
                    Err(error) => {
                        lookup.failed(
                            &asked.account,
                            ringside_crm::error::failure_reason(&error),
                            None,
                        );
                    }
                }
            }
            let report = c.match_report(number, &lookup);
            let _ = reply.send(Ok(Reply::Match(report)));
        });
    }

    fn match_report(&self, number: Number, lookup: &Lookup) -> MatchReport {
        MatchReport {
            number,
            status: lookup.status(),
            accounts: self.lookup_views(lookup, &BTreeMap::new()),
            matches: lookup
                .matches()
                .iter()
                .map(|m| view::matched(m, self.contact_page(&m.contact.reference).is_some()))
                .collect(),
            message: lookup.message.clone(),
        }
    }
}

impl Asked {
    pub(super) fn again(&self) -> Self {
        Self {
            account: self.account.clone(),
            crm: self.crm.clone(),
            formats: self.formats.clone(),
            deadline: self.deadline,
            numbers: self.numbers.clone(),
        }
    }
}

/// Asks all accounts at once, over every format.
pub(super) async fn ask_all(
    asked: Vec<Asked>,
    number: Number,
    force: bool,
    urgency: Urgency,
) -> Vec<(Asked, Answered)> {
    let questions = asked.into_iter().filter_map(|asked| {
        let request = request_for(&number, &asked.formats, force, urgency)?;
        Some(async move {
            let answer = get_all(asked.crm.clone(), request, asked.deadline).await;
            (asked, answer)
        })
    });
    futures::future::join_all(questions).await
}
