//! To whom a call belongs.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::matching::{Lookup, Match};
use crate::{AccountId, ContactRef};

/// The contacts a call belongs to: at most one for each account, by default one in all.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    chosen: Vec<Chosen>,
}

/// One chosen contact.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Chosen {
    /// Who.
    pub contact: ContactRef,
    /// Their name when chosen, so that a list can show it without asking the CRM.
    pub name: String,
    /// How it came about.
    pub how: How,
}

/// How a contact came to be chosen. Only a person's word or a unique match may be logged unasked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum How {
    /// The agent picked it.
    Picked,
    /// The agent made it for this call.
    Created,
    /// The agent's last choice for this number, offered again; not confirmed.
    Remembered,
    /// The only match once every account and format had answered; not confirmed.
    Unique,
}

impl Choice {
    /// What is chosen, in the order of choosing.
    pub fn chosen(&self) -> &[Chosen] {
        &self.chosen
    }

    /// The contact chosen in one account.
    pub fn of(&self, account: &AccountId) -> Option<&Chosen> {
        self.chosen.iter().find(|c| &c.contact.account == account)
    }

    /// Whether nobody is chosen yet.
    pub fn is_open(&self) -> bool {
        self.chosen.is_empty()
    }

    /// Whether a person decided, so that no automatic answer may change it.
    pub fn is_settled(&self) -> bool {
        self.chosen.iter().any(|c| matches!(c.how, How::Picked | How::Created))
    }

    /// Makes this the one chosen contact.
    pub fn set(&mut self, chosen: Chosen) {
        self.chosen = vec![chosen];
    }

    /// Adds a contact, replacing the one of the same account.
    pub fn add(&mut self, chosen: Chosen) {
        self.chosen.retain(|c| c.contact.account != chosen.contact.account);
        self.chosen.push(chosen);
    }

    /// Back to nobody.
    pub fn clear(&mut self) {
        self.chosen.clear();
    }

    /// Offers what the search has found so far, while no person has decided: the unique match, else
    /// the contacts remembered for this number (one for each account), else nobody. Tells whether
    /// the choice changed.
    ///
    /// A unique match comes first although it may be remembered too, because it is the surer word
    /// and the only one of the two that may be logged unasked.
    pub fn suggest(&mut self, lookup: &Lookup) -> bool {
        if self.is_settled() {
            return false;
        }
        let mut offer = Self::default();
        if let Some(unique) = lookup.unique() {
            offer.set(Chosen::from_match(unique, How::Unique));
        } else {
            for remembered in lookup.matches().iter().filter(|m| m.remembered) {
                if offer.of(&remembered.contact.reference.account).is_none() {
                    offer.add(Chosen::from_match(remembered, How::Remembered));
                }
            }
        }
        let changed = *self != offer;
        *self = offer;
        changed
    }
}

impl Chosen {
    /// A match, chosen in this way.
    pub fn from_match(found: &Match, how: How) -> Self {
        Self { contact: found.contact.reference.clone(), name: found.contact.name.clone(), how }
    }
}
