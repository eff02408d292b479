//! The search for one number, fed with answers.

use std::cmp::{Ordering, Reverse};
use std::time::Duration;

use jiff::Timestamp;

use super::{AccountAnswer, FailureReason, LookupStatus, MATCHES_MAX, Match, Origin, Rule, Why};
use crate::number::Reading;
use crate::{AccountId, ContactRef, Message, Number};

/// Most contacts of one number that are counted.
const COUNTED_MAX: usize = 2_000;

/// The search for one number over all accounts: fed with answers, asked for matches.
///
/// A complete answer of the CRM replaces what was known of that account; until then nothing that is
/// shown goes away. Matches are ranked, and never merged or dropped but by account, type and id.
/// The order in which directory and accounts answer does not change the result.
#[derive(Clone, Debug)]
pub struct Lookup {
    /// Accounts asked, in the order of the settings, with what each has said.
    pub accounts: Vec<(AccountId, AccountAnswer)>,
    /// The latest words of an adapter for the agent.
    pub message: Option<Message>,
    found: Vec<Match>,
    /// Contacts that the present answers of their accounts vouch for.
    fresh: Vec<ContactRef>,
    /// Contacts that the agent made or chose by name: no answer takes them away.
    added: Vec<ContactRef>,
    remembered: Vec<ContactRef>,
    asked: bool,
    canonical: bool,
}

impl Lookup {
    /// A search in these accounts. `asked` is false where there is nothing to look up.
    pub fn new(number: &Number, accounts: Vec<AccountId>, asked: bool) -> Self {
        Self {
            accounts: accounts.into_iter().map(|id| (id, AccountAnswer::Pending)).collect(),
            message: None,
            found: Vec::new(),
            fresh: Vec::new(),
            added: Vec::new(),
            remembered: Vec::new(),
            asked,
            canonical: number.reading == Reading::Canonical,
        }
    }

    /// What the directory knows, and the contacts chosen for this number last time.
    pub fn directory(&mut self, matches: Vec<Match>, remembered: Vec<ContactRef>) {
        self.remembered = remembered;
        for found in matches {
            let reference = &found.contact.reference;
            let known = self.found.iter().any(|m| &m.contact.reference == reference);
            // Of an account that has answered in full the directory can only say more of the same.
            if known || !self.has_answered_in_full(&reference.account) {
                self.take(found);
            }
        }
        self.rank();
    }

    /// An account's answer. `complete` once every alternative format has been tried.
    pub fn answered(
        &mut self,
        account: &AccountId,
        contacts: Vec<Match>,
        message: Option<Message>,
        complete: bool,
        at: Timestamp,
    ) {
        for found in contacts {
            let reference = found.contact.reference.clone();
            if !self.fresh.contains(&reference) {
                self.fresh.push(reference);
            }
            self.take(found);
        }
        if complete {
            let (fresh, added) = (&self.fresh, &self.added);
            self.found.retain(|m| {
                let reference = &m.contact.reference;
                &reference.account != account
                    || fresh.contains(reference)
                    || added.contains(reference)
            });
        }
        if message.is_some() {
            self.message = message;
        }
        self.set_answer(account, AccountAnswer::Answered { complete, at });
        self.rank();
    }

    /// A past answer that is fresh enough stands for an answer of now.
    pub fn still_valid(&mut self, account: &AccountId, at: Timestamp) {
        self.set_answer(account, AccountAnswer::Answered { complete: true, at });
    }

    /// Whether an account has answered this question.
    pub fn has_answer(&self, account: &AccountId) -> bool {
        self.accounts
            .iter()
            .any(|(id, answer)| id == account && matches!(answer, AccountAnswer::Answered { .. }))
    }

    /// Whether an account could not be asked.
    pub fn has_failed(&self, account: &AccountId) -> bool {
        self.accounts
            .iter()
            .any(|(id, answer)| id == account && matches!(answer, AccountAnswer::Failed { .. }))
    }

    /// Takes over what an earlier search for the same number knew, for the accounts of this one.
    pub fn take_over(&mut self, earlier: &Self) {
        let asked = |account: &AccountId| self.accounts.iter().any(|(id, _)| id == account);
        self.found =
            earlier.found.iter().filter(|m| asked(&m.contact.reference.account)).cloned().collect();
        self.fresh.clone_from(&earlier.fresh);
        self.added.clone_from(&earlier.added);
        self.remembered.clone_from(&earlier.remembered);
        self.message.clone_from(&earlier.message);
        for (account, answer) in &mut self.accounts {
            if let Some((_, known)) = earlier.accounts.iter().find(|(id, _)| id == account) {
                *answer = known.clone();
            }
        }
        self.rank();
    }

    /// Nobody was chosen for this number, after all.
    pub fn forget_remembered(&mut self) {
        self.remembered.clear();
        self.rank();
    }

    /// An account could not be asked; what the directory knows of it stays.
    pub fn failed(
        &mut self,
        account: &AccountId,
        reason: FailureReason,
        retry_in: Option<Duration>,
    ) {
        self.set_answer(account, AccountAnswer::Failed { reason, retry_in });
    }

    /// An account is asked again: what it said before stays shown until it has answered in full.
    pub fn retrying(&mut self, account: &AccountId) {
        self.fresh.retain(|reference| &reference.account != account);
        self.set_answer(account, AccountAnswer::Pending);
    }

    /// A contact that was just created, or found by name and chosen.
    pub fn added(&mut self, found: Match) {
        let reference = found.contact.reference.clone();
        if !self.added.contains(&reference) {
            self.added.push(reference);
        }
        self.take(found);
        self.rank();
    }

    /// The best [`MATCHES_MAX`] matches: remembered ones first, then by rule, latest activity and
    /// name.
    pub fn matches(&self) -> &[Match] {
        &self.found[..self.found.len().min(MATCHES_MAX)]
    }

    /// How many contacts have this number, also beyond those in [`Lookup::matches`].
    pub fn total(&self) -> usize {
        self.found.len()
    }

    /// Where the search stands.
    pub fn status(&self) -> LookupStatus {
        if !self.asked || self.accounts.is_empty() {
            return LookupStatus::NotLookedUp;
        }
        let none = self.found.is_empty();
        let count = |is: fn(&AccountAnswer) -> bool| {
            self.accounts.iter().filter(|(_, answer)| is(answer)).count()
        };
        let open = count(|answer| match answer {
            AccountAnswer::Pending => true,
            AccountAnswer::Answered { .. } | AccountAnswer::Failed { .. } => false,
        });
        let formats_open = count(|a| matches!(a, AccountAnswer::Answered { complete: false, .. }));
        let failed = count(|a| matches!(a, AccountAnswer::Failed { .. }));
        if open > 0 || (none && formats_open > 0) {
            LookupStatus::Searching
        } else if none && failed == self.accounts.len() {
            LookupStatus::Failed
        } else if failed > 0 {
            LookupStatus::Partial
        } else if none {
            LookupStatus::NotFound
        } else {
            LookupStatus::Found
        }
    }

    /// The one contact that has this number beyond doubt: every account has answered with every
    /// format, there is no other, and nothing about it is a guess. Only this may be logged unasked.
    pub fn unique(&self) -> Option<&Match> {
        let sure = self.asked
            && self.canonical
            && self.accounts.iter().all(|(account, _)| self.has_answered_in_full(account));
        self.single().filter(|m| sure && !matches!(m.why.rule, Rule::Digits | Rule::Guess))
    }

    /// The only contact so far, for showing.
    pub fn single(&self) -> Option<&Match> {
        match self.found.as_slice() {
            [only] => Some(only),
            _ => None,
        }
    }

    fn set_answer(&mut self, account: &AccountId, answer: AccountAnswer) {
        match self.accounts.iter_mut().find(|(id, _)| id == account) {
            Some((_, known)) => *known = answer,
            // Connected while it rang.
            None => self.accounts.push((account.clone(), answer)),
        }
    }

    fn has_answered_in_full(&self, account: &AccountId) -> bool {
        self.accounts.iter().any(|(id, answer)| {
            id == account && matches!(answer, AccountAnswer::Answered { complete: true, .. })
        })
    }

    fn take(&mut self, new: Match) {
        let reference = &new.contact.reference;
        let known = self.found.iter().position(|m| &m.contact.reference == reference);
        if let Some(known) = known.map(|at| &mut self.found[at]) {
            known.why = better(&known.why, &new.why);
            if newer(&new, known) {
                known.contact = new.contact;
            }
        } else if self.found.len() < COUNTED_MAX {
            self.found.push(new);
        }
    }

    fn rank(&mut self) {
        for found in &mut self.found {
            found.remembered = self.remembered.contains(&found.contact.reference);
        }
        self.found.sort_by(rank);
    }
}

/// The order of matches: the remembered choice, the surer rule, the latest activity, the name.
pub fn rank(a: &Match, b: &Match) -> Ordering {
    let key = |m: &Match| (Reverse(m.remembered), m.why.rule, Reverse(m.contact.last_activity_at));
    key(a)
        .cmp(&key(b))
        .then_with(|| a.contact.name.to_lowercase().cmp(&b.contact.name.to_lowercase()))
        .then_with(|| a.contact.reference.cmp(&b.contact.reference))
}

/// Whether a match shows a later state of the contact than the one we have; the CRM's own word
/// comes before the directory's.
fn newer(new: &Match, known: &Match) -> bool {
    let key = |m: &Match| (m.why.origin == Origin::Crm, m.why.checked_at);
    key(new) >= key(known)
}

/// What two reports of one contact say together: of one origin the later word; of directory and CRM
/// the better rule, since a CRM need not show which number fits.
fn better(a: &Why, b: &Why) -> Why {
    if a.origin == b.origin && a.checked_at != b.checked_at {
        return if a.checked_at > b.checked_at { a.clone() } else { b.clone() };
    }
    let key = |why: &Why| (why.rule, why.field.is_none(), why.origin != Origin::Crm);
    let best = match key(a).cmp(&key(b)).then_with(|| a.field.cmp(&b.field)) {
        Ordering::Greater => b,
        Ordering::Less | Ordering::Equal => a,
    };
    let crm = [a, b].into_iter().filter(|why| why.origin == Origin::Crm);
    Why {
        origin: if crm.clone().next().is_some() { Origin::Crm } else { Origin::Directory },
        checked_at: crm
            .map(|why| why.checked_at)
            .max()
            .unwrap_or_else(|| a.checked_at.max(b.checked_at)),
        ..best.clone()
    }
}
