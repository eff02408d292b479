//! "Refresh contact": getContact past every cache, and what changed.

use std::collections::BTreeMap;

use jiff::Timestamp;
use ringside_domain::{CallId, Contact, ContactRef, Match, Number, Party};
use ringside_protocol::view::{AccountLookupState, ChangeView, LookupView, RefreshView};
use ringside_protocol::{At, ErrorCode, Event, Fault, Reply};
use ringside_web::client::Urgency;

use super::contacts::{Asked, ask_all};
use super::lookups::{Answered, to_matches};
use super::{Answer, Controller, Stores, answers};

impl Controller {
    /// getContact afresh for a call's number: what changed, in the pop and in the reply.
    pub(super) fn refresh_call(&mut self, id: CallId, reply: Answer) {
        let Some(desk) = self.desks.get(&id) else { return };
        let before: Vec<Match> = desk.lookup.matches().to_vec();
        let number = desk.call.number.clone();
        let lookup = self.new_lookup_of(id);
        if let (Some(desk), Some(mut lookup)) = (self.desks.get_mut(&id), lookup) {
            lookup.take_over(&desk.lookup);
            for (account, _) in lookup.accounts.clone() {
                lookup.retrying(&account);
            }
            desk.lookup = lookup;
        }
        self.dirty.insert(id);
        let known = before.iter().map(|m| (m.contact.clone(), m.why.checked_at)).collect();
        self.refresh(vec![number], known, Some(id), reply);
    }

    /// getContact afresh for every number of a contact, and the contact itself.
    pub(super) fn refresh_contact(&self, contact: ContactRef, reply: Answer) {
        let Some(stores) = self.stores.clone() else {
            return answers::fault(reply, Fault::new(ErrorCode::KeyringLocked));
        };
        let numbers = self.numbers_for(&contact.account);
        self.spawn(async move { stores.directory.contact(&contact).await }, move |c, entry| {
            match entry {
                Ok(Some(entry)) => {
                    let asked = entry
                        .contact
                        .phones
                        .iter()
                        .map(|phone| {
                            Number::read(
                                &Party { given: phone.given.clone(), name: None },
                                &numbers,
                            )
                        })
                        .filter(|number| number.e164.is_some())
                        .take(5)
                        .collect();
                    c.refresh(asked, vec![(entry.contact, entry.checked_at)], None, reply);
                }
                Ok(None) => answers::fault(reply, Fault::new(ErrorCode::NoSuchContact)),
                Err(error) => answers::fault(reply, answers::store_fault(&error)),
            }
        });
    }

    fn refresh(
        &self,
        asked_for: Vec<Number>,
        known: Vec<(Contact, Timestamp)>,
        call: Option<CallId>,
        reply: Answer,
    ) {
        let accounts = self.asked();
        let stores = self.stores.clone();
        self.spawn(
            async move {
                let mut answers = Vec::new();
                for number in asked_for {
                    let all = accounts.iter().map(Asked::again).collect();
                    for (asked, answer) in ask_all(all, number.clone(), true, Urgency::Live).await {
                        answers.push((number.clone(), asked, answer));
                    }
                }
                let mut now = BTreeMap::new();
                for (contact, _) in &known {
                    let account = accounts.iter().find(|a| a.account == contact.reference.account);
                    let Some(asked) = account else { continue };
                    let found = asked.crm.contact_named(&contact.reference, &contact.name).await;
                    keep_contact(stores.as_ref(), asked, &contact.reference, &found).await;
                    now.insert(contact.reference.clone(), found);
                }
                (answers, known, now)
            },
            move |c, (answers, known, now)| c.refreshed(answers, known, now, call, reply),
        );
    }

    fn refreshed(
        &mut self,
        answers: Vec<(Number, Asked, Answered)>,
        known: Vec<(Contact, Timestamp)>,
        now: BTreeMap<ContactRef, Result<Contact, ringside_web::Error>>,
        call: Option<CallId>,
        reply: Answer,
    ) {
        let at = Timestamp::now();
        let mut result = RefreshView {
            changes: Vec::new(),
            added: Vec::new(),
            removed: Vec::new(),
            contacts: Vec::new(),
            failed: Vec::new(),
            checked_at: At(at),
        };
        for (before, checked_at) in &known {
            match now.get(&before.reference) {
                Some(Ok(after)) => {
                    result.changes.extend(changes(before, after));
                    result.contacts.push(self.contact_view(after, at));
                }
                Some(Err(ringside_web::Error::NotFound)) => {
                    result.removed.push(before.name.clone())
                }
                // It could not be asked: the old data stays, with its age.
                Some(Err(_)) | None => {
                    result.contacts.push(self.contact_view(before, *checked_at));
                }
            }
        }
        for (number, asked, answer) in answers {
            self.account_answered(&asked.account, answer.as_ref().err());
            match answer {
                Ok(answer) => {
                    for contact in &answer.contacts {
                        let old = known.iter().any(|(k, _)| k.reference == contact.reference);
                        let twice =
                            result.added.iter().any(|view| view.contact == contact.reference);
                        if !old && !twice {
                            result.added.push(self.contact_view(contact, at));
                        }
                    }
                    if let Some(desk) = call.and_then(|id| self.desks.get_mut(&id)) {
                        let found = to_matches(&answer.contacts, &number, &asked.numbers, at);
                        let message = answer.message.clone();
                        desk.lookup.answered(&asked.account, found, message, true, at);
                    }
                    if let Some(e164) = &number.e164 {
                        self.keep_answer(&asked.account, e164, answer.contacts);
                    }
                }
                Err(error) => {
                    if let Some(desk) = call.and_then(|id| self.desks.get_mut(&id)) {
                        desk.lookup.failed(
                            &asked.account,
                            ringside_crm::error::failure_reason(&error),
                            None,
                        );
                    }
                    result.failed.push(LookupView {
                        name: self.account_name(&asked.account),
                        account: asked.account,
                        state: AccountLookupState::Failed {
                            reason: ringside_crm::error::failure_reason(&error),
                        },
                        found: 0,
                        checked_at: None,
                        retry_at: None,
                    });
                }
            }
        }
        if let Some(id) = call {
            self.suggest(id);
            self.dirty.insert(id);
        }
        self.emit(Event::ContactsChanged);
        let _ = reply.send(Ok(Reply::Refresh(result)));
    }
}

async fn keep_contact(
    stores: Option<&Stores>,
    asked: &Asked,
    reference: &ContactRef,
    found: &Result<Contact, ringside_web::Error>,
) {
    let Some(stores) = stores else { return };
    let kept = match found {
        Ok(contact) => {
            let at = Timestamp::now();
            stores.directory.put_contact(contact, None, &asked.numbers, at).await
        }
        Err(ringside_web::Error::NotFound) => stores.directory.remove_contact(reference).await,
        Err(_) => Ok(()),
    };
    if let Err(error) = kept {
        tracing::warn!(%error, "a refreshed contact is not in the directory");
    }
}

/// What is different about a contact, field by field.
fn changes(before: &Contact, after: &Contact) -> Vec<ChangeView> {
    let phones = |contact: &Contact| {
        let numbers: Vec<&str> = contact.phones.iter().map(|phone| phone.given.as_str()).collect();
        Some(numbers.join(", ")).filter(|text| !text.is_empty())
    };
    let deals = |contact: &Contact| {
        let titles: Vec<&str> = contact.associations.iter().map(|a| a.title.as_str()).collect();
        Some(titles.join(", ")).filter(|text| !text.is_empty())
    };
    [
        ("name", Some(before.name.clone()), Some(after.name.clone())),
        ("company", before.company.clone(), after.company.clone()),
        ("title", before.title.clone(), after.title.clone()),
        ("email", before.email.clone(), after.email.clone()),
        ("phone", phones(before), phones(after)),
        ("deal", deals(before), deals(after)),
    ]
    .into_iter()
    .filter(|(_, old, new)| old != new)
    .map(|(field, old, new)| ChangeView {
        name: after.name.clone(),
        field: field.to_owned(),
        old,
        new,
    })
    .collect()
}
