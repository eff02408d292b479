//! getContact on every account, behind the pop: asked once for each call, each with its own
//! deadline, tried again while it matters.

use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use ringside_crm::{Crm, GetContact, GetContactAnswer};
use ringside_domain::matching::{Lookup, why_for};
use ringside_domain::{AccountId, Call, CallId, Contact, Match, Number, NumberKind, Origin};
use ringside_protocol::view::LastCall;
use ringside_protocol::{At, Event};
use ringside_web::client::Urgency;

use super::Controller;
use super::desk::Ask;
use super::rings::soon;

/// How an account answered.
pub(super) type Answered = Result<GetContactAnswer, ringside_web::Error>;

/// A question is put again this often while its call is live or unsettled.
const RETRIES: u32 = 6;
/// And after that this often, where a log waits for the answer.
const AWAITED_EVERY: Duration = Duration::from_secs(5 * 60);

impl Controller {
    /// A search over the accounts of today.
    pub(super) fn new_lookup(&self, call: &Call) -> Lookup {
        let accounts = self.accounts_for(&call.number);
        let asked = !accounts.is_empty();
        Lookup::new(&call.number, accounts, asked)
    }

    /// The accounts that are asked for such a number.
    pub(super) fn accounts_for(&self, number: &Number) -> Vec<AccountId> {
        self.accounts
            .values()
            .filter(|account| match number.kind {
                NumberKind::Number => true,
                NumberKind::Extension => account.settings.extensions,
                _ => false,
            })
            .map(|account| account.settings.id.clone())
            .collect()
    }

    /// What the directory knows: microseconds, before the pop goes out.
    pub(super) fn look_in_directory(&mut self, id: CallId) {
        let Some(stores) = &self.stores else { return };
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let asked = |account: &AccountId| desk.lookup.accounts.iter().any(|(id, _)| id == account);
        match stores.directory.lookup(&desk.call.number) {
            Ok(mut known) => {
                // An account that is not asked for extensions has none in its answers either.
                known.matches.retain(|found| asked(&found.contact.reference.account));
                let mut remembered = known.remembered;
                if !self.config.settings().directory.remember_choices {
                    remembered.clear();
                }
                let now = Timestamp::now();
                let settings = &self.config.settings().directory;
                desk.lookup.directory(known.matches, remembered);
                for answer in known.answers {
                    let keep_s = if answer.found > 0 { settings.fresh_s } else { settings.miss_s };
                    let age = now.duration_since(answer.at).as_secs();
                    if age < i64::from(keep_s) {
                        desk.lookup.still_valid(&answer.account, answer.at);
                    }
                }
                self.suggest(id);
            }
            Err(error) => self.write_failed(&error),
        }
    }

    /// Asks every account that has not answered yet. With `force`, all, past every cache.
    pub(super) fn ask_accounts(&mut self, id: CallId, force: bool) {
        let Some(desk) = self.desks.get(&id) else { return };
        let accounts: Vec<AccountId> = desk
            .lookup
            .accounts
            .iter()
            .filter(|(account, _)| force || !desk.lookup.has_answer(account))
            .map(|(account, _)| account.clone())
            .collect();
        for account in accounts {
            if let Some(desk) = self.desks.get_mut(&id) {
                desk.asks.insert(account.clone(), Ask { force, ..Ask::default() });
                if force {
                    desk.lookup.retrying(&account);
                }
            }
            self.ask(id, account);
        }
        self.dirty.insert(id);
    }

    /// Opens a connection to the accounts that are not asked about this call: they may be searched by
    /// name, opened or logged to before long, and a new connection costs round trips.
    pub(super) fn warm_accounts(&self, id: CallId) {
        let Some(desk) = self.desks.get(&id) else { return };
        for (account, open) in &self.accounts {
            if let Some(crm) = open.crm.clone().filter(|_| !desk.asks.contains_key(account)) {
                tokio::spawn(async move { crm.warm().await });
            }
        }
    }

    /// Asks one account; its answer comes back as a tick.
    fn ask(&mut self, id: CallId, account: AccountId) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        let Some(open) = self.accounts.get(&account) else { return };
        if let Some(ask) = desk.asks.get_mut(&account) {
            ask.retry_at = None;
        }
        let Some(crm) = open.crm.clone() else {
            let reason = open.closed_because();
            desk.lookup.failed(&account, reason, None);
            self.dirty.insert(id);
            return;
        };
        let Some(mut request) = request_for(
            &desk.call.number,
            &open.settings.formats,
            desk.asks.get(&account).is_some_and(|ask| ask.force),
            Urgency::Live,
        ) else {
            return;
        };
        let deadline = Duration::from_secs(u64::from(open.settings.deadline_s));
        let ticks = self.ticks.clone();
        tokio::spawn(async move {
            let answer = get_contact(&*crm, &request, deadline).await;
            let more = answer.as_ref().ok().filter(|answer| !answer.complete).cloned();
            let asked = account.clone();
            let _ =
                ticks.send(super::Tick::Then(Box::new(move |c| c.answered(id, &asked, answer))));
            let Some(first) = more else { return };
            // The first hit has answered the pop; only all formats together make it unique.
            request.skip = first.tried;
            let rest = within(deadline * 2, crm.get_remaining(&request)).await;
            let rest = rest.map(|rest| together(first, rest));
            let _ =
                ticks.send(super::Tick::Then(Box::new(move |c| c.answered(id, &account, rest))));
        });
    }

    fn answered(&mut self, id: CallId, account: &AccountId, answer: Answered) {
        let now = Timestamp::now();
        self.account_answered(account, answer.as_ref().err());
        let numbers = self.numbers_for(account);
        let Some(desk) = self.desks.get_mut(&id) else { return };
        match answer {
            Ok(answer) => {
                let matches = to_matches(&answer.contacts, &desk.call.number, &numbers, now);
                let found = u32::try_from(matches.len()).unwrap_or(u32::MAX);
                desk.lookup.answered(account, matches, answer.message, answer.complete, now);
                let ask = desk.asks.entry(account.clone()).or_default();
                ask.retry_at = None;
                ask.found = found;
                let e164 = desk.call.number.e164.clone();
                if let Some(e164) = e164.filter(|_| answer.complete) {
                    self.keep_answer(account, &e164, answer.contacts);
                }
                self.second_reading(id);
            }
            Err(error) => {
                let ask = desk.asks.entry(account.clone()).or_default();
                ask.attempt += 1;
                let wait = match &error {
                    ringside_web::Error::RateLimited { retry_after: Some(wait) } => Some(*wait),
                    ringside_web::Error::Unauthorized
                    | ringside_web::Error::Revoked
                    | ringside_web::Error::Forbidden => None,
                    _ if ask.attempt > RETRIES => Some(AWAITED_EVERY),
                    _ => Some(Duration::from_secs(u64::from(2_u32.pow(ask.attempt.min(5))))),
                }
                .filter(|_| ask.attempt <= RETRIES || desk.awaits_match);
                ask.retry_at = wait.map(soon);
                desk.lookup.failed(account, ringside_crm::error::failure_reason(&error), wait);
            }
        }
        self.suggest(id);
        self.dirty.insert(id);
        let over = self.desks.get(&id).is_some_and(|desk| desk.call.is_over());
        if over {
            self.plan_auto_log(id);
        }
    }

    /// Puts questions again whose time has come.
    pub(super) fn retry_lookups(&mut self, now: Timestamp) {
        let mut due = Vec::new();
        for (id, desk) in &mut self.desks {
            for (account, ask) in &mut desk.asks {
                if ask.retry_at.is_some_and(|at| at <= now) {
                    ask.retry_at = None;
                    desk.lookup.retrying(account);
                    due.push((*id, account.clone()));
                }
            }
        }
        for (id, account) in due {
            self.dirty.insert(id);
            self.ask(id, account);
        }
    }

    /// The answers are kept, so that the next ring is named at once, also offline.
    pub(super) fn keep_answer(&self, account: &AccountId, e164: &str, contacts: Vec<Contact>) {
        let Some(stores) = self.stores.clone() else { return };
        let numbers = self.numbers_for(account);
        let (account, e164) = (account.clone(), e164.to_owned());
        self.spawn(
            async move {
                let at = Timestamp::now();
                let kept = stores.directory.put_answer(&account, &e164, &contacts, &numbers, at);
                kept.await.map(|()| e164)
            },
            |c, result| match result {
                Ok(e164) => {
                    c.emit(Event::ContactsChanged);
                    c.widget_match_again(&e164);
                }
                Err(error) => c.write_failed(&error),
            },
        );
    }

    /// Asks the second parser, once, when nobody is found under the canonical reading.
    fn second_reading(&mut self, id: CallId) {
        let Some(desk) = self.desks.get(&id) else { return };
        let canonical = desk.call.number.kind;
        if canonical != NumberKind::Unparsable {
            return;
        }
        let (party, numbers) = (desk.call.remote.clone(), self.numbers());
        self.spawn(
            async move {
                tokio::task::spawn_blocking(move || Number::second_reading(&party, &numbers)).await
            },
            move |c, reading| {
                let Ok(Some(number)) = reading else { return };
                if let Some(desk) = c.desks.get_mut(&id)
                    && desk.call.number.kind == NumberKind::Unparsable
                {
                    desk.call.number = number;
                    if let Some(lookup) = c.new_lookup_of(id)
                        && let Some(desk) = c.desks.get_mut(&id)
                    {
                        desk.lookup = lookup;
                    }
                    c.look_in_directory(id);
                    c.ask_accounts(id, false);
                }
            },
        );
    }

    /// The last earlier call with the same number, for one line on the pop.
    pub(super) fn ask_history(&mut self, id: CallId) {
        let Some(stores) = self.stores.clone() else { return };
        let Some(desk) = self.desks.get(&id) else { return };
        if desk.call.number.kind == NumberKind::Unparsable {
            self.second_reading(id);
        }
        let Some(e164) = self.desks.get(&id).and_then(|desk| desk.call.number.e164.clone()) else {
            return;
        };
        self.spawn(async move { stores.journal.last_call(&e164, id).await }, move |c, result| {
            if let (Ok(Some((at, note))), Some(desk)) = (result, c.desks.get_mut(&id)) {
                let note = note.lines().next().map(|line| {
                    ringside_domain::text::clean(line, ringside_domain::text::NAME_MAX)
                });
                desk.last_call =
                    Some(LastCall { at: At(at), note: note.filter(|n| !n.is_empty()) });
                c.dirty.insert(id);
            }
        });
    }

    /// Lets the answers so far suggest whom the call belongs to.
    pub(super) fn suggest(&mut self, id: CallId) {
        let Some(desk) = self.desks.get_mut(&id) else { return };
        if !desk.is_logged() && desk.choice.suggest(&desk.lookup) {
            let chosen = desk.choice.chosen().to_vec();
            self.dirty.insert(id);
            self.emit(Event::Choice { call_id: id, chosen });
        }
    }

    /// An account that came back is asked about the calls at hand that still miss its answer.
    pub(super) fn ask_again(&mut self, account: &AccountId) {
        let waiting: Vec<CallId> = self
            .desks
            .iter()
            .filter(|(_, desk)| desk.can_look_up() || desk.is_extension())
            .map(|(id, _)| *id)
            .collect();
        for id in waiting {
            let Some(desk) = self.desks.get_mut(&id) else { continue };
            if !desk.lookup.accounts.iter().any(|(known, _)| known == account) {
                let Some(mut lookup) = self.new_lookup_of(id) else { continue };
                let Some(desk) = self.desks.get_mut(&id) else { continue };
                lookup.take_over(&desk.lookup);
                desk.lookup = lookup;
            } else if !desk.lookup.has_failed(account) {
                continue;
            } else {
                desk.lookup.retrying(account);
            }
            self.look_in_directory(id);
            self.ask(id, account.clone());
            self.dirty.insert(id);
        }
    }
}

/// Matches of an answer, each with its reason.
pub(super) fn to_matches(
    contacts: &[Contact],
    number: &Number,
    numbers: &ringside_domain::number::NumberContext,
    at: Timestamp,
) -> Vec<Match> {
    contacts
        .iter()
        .map(|contact| Match {
            contact: contact.clone(),
            why: why_for(contact, number, numbers, Origin::Crm, at),
            remembered: false,
        })
        .collect()
}

/// The getContact request for a number; none if there is nothing to ask for.
pub(super) fn request_for(
    number: &Number,
    formats: &[String],
    force_refresh: bool,
    urgency: Urgency,
) -> Option<GetContact> {
    let is_extension = number.kind == NumberKind::Extension;
    let phone_number = match number.kind {
        NumberKind::Number => number.e164.clone()?,
        NumberKind::Extension => number.extension.clone()?,
        _ => return None,
    };
    Some(GetContact {
        phone_number,
        overriding_format: if is_extension { Vec::new() } else { formats.to_vec() },
        is_extension,
        force_refresh,
        urgency,
        skip: 0,
    })
}

/// The first hit and what the other formats found. Where they were all asked again, theirs is the
/// later word.
fn together(first: GetContactAnswer, mut rest: GetContactAnswer) -> GetContactAnswer {
    if first.tried == 0 {
        return rest;
    }
    let mut contacts = first.contacts;
    rest.contacts.retain(|new| contacts.iter().all(|known| known.reference != new.reference));
    contacts.append(&mut rest.contacts);
    GetContactAnswer { contacts, message: rest.message.or(first.message), ..rest }
}

/// getContact within a deadline.
pub(super) async fn get_contact(
    crm: &dyn Crm,
    request: &GetContact,
    deadline: Duration,
) -> Answered {
    within(deadline, crm.get_contact(request)).await
}

/// getContact over every format, within a deadline.
pub(super) async fn get_all(
    crm: Arc<dyn Crm>,
    request: GetContact,
    deadline: Duration,
) -> Answered {
    within(deadline, crm.get_remaining(&request)).await
}

async fn within(deadline: Duration, work: impl Future<Output = Answered>) -> Answered {
    match tokio::time::timeout(deadline, work).await {
        Ok(answer) => answer,
        Err(_) => Err(ringside_web::Error::Unreachable(ringside_web::Unreached::late(
            "no answer in time",
        ))),
    }
}
