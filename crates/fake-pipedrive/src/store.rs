//! What the company holds, in memory.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::records::{Activity, ActivityType, Deal, Item, Lead, Organization, Person};

/// Everything. Serialised for tests that want to see all that the company holds.
#[derive(Clone, Debug, Serialize)]
pub struct Store {
    /// By id.
    pub persons: BTreeMap<u64, Person>,
    /// By id.
    pub organizations: BTreeMap<u64, Organization>,
    /// By id.
    pub deals: BTreeMap<u64, Deal>,
    /// In the order of their making.
    pub leads: Vec<Lead>,
    /// By id.
    pub activities: BTreeMap<u64, Activity>,
    /// In order.
    pub activity_types: Vec<ActivityType>,
    /// Names of stages, by id.
    pub stages: BTreeMap<u64, String>,
    /// Persons that lists show and searches do not find yet.
    pub unindexed: BTreeSet<u64>,
    last_id: u64,
}

/// Records to begin with. Ids and times are given by the server where they are missing; a person
/// names its organisation by `org_id`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Seed {
    /// Organisations.
    pub organizations: Vec<Organization>,
    /// Persons.
    pub persons: Vec<Person>,
    /// Deals.
    pub deals: Vec<Deal>,
    /// Leads.
    pub leads: Vec<Lead>,
    /// Activities.
    pub activities: Vec<Activity>,
    /// Replaces the kinds of activity.
    pub activity_types: Option<Vec<ActivityType>>,
}

impl Default for Store {
    fn default() -> Self {
        Self {
            persons: BTreeMap::new(),
            organizations: BTreeMap::new(),
            deals: BTreeMap::new(),
            leads: Vec::new(),
            activities: BTreeMap::new(),
            activity_types: vec![
                ActivityType::new(1, "Call", "call", "call"),
                ActivityType::new(2, "Meeting", "meeting", "meeting"),
                ActivityType::new(3, "Task", "task", "task"),
                ActivityType::new(4, "E-mail", "email", "email"),
            ],
            stages: [(1, "Qualified"), (2, "Contact made"), (3, "Negotiation")]
                .map(|(id, name)| (id, name.to_owned()))
                .into(),
            unindexed: BTreeSet::new(),
            last_id: 0,
        }
    }
}

impl Store {
    /// A number that no record has.
    pub fn fresh_id(&mut self) -> u64 {
        self.last_id += 1;
        self.last_id
    }

    /// The id of a record to be seeded: its own, or a fresh one.
    fn claim(&mut self, id: u64) -> u64 {
        self.last_id = self.last_id.max(id);
        if id == 0 { self.fresh_id() } else { id }
    }

    /// Adds records, each over one of the same id.
    pub fn seed(&mut self, seed: Seed) {
        let at = now();
        for mut organization in seed.organizations {
            organization.id = self.claim(organization.id);
            stamp(&mut organization.add_time, &mut organization.update_time, &at);
            organization.owner_id = organization.owner_id.max(1);
            organization.visible_to = organization.visible_to.max(3);
            self.organizations.insert(organization.id, organization);
        }
        for mut person in seed.persons {
            person.id = self.claim(person.id);
            stamp(&mut person.add_time, &mut person.update_time, &at);
            person.owner_id = person.owner_id.max(1);
            person.visible_to = person.visible_to.max(3);
            person.complete();
            self.persons.insert(person.id, person);
        }
        for mut deal in seed.deals {
            deal.id = self.claim(deal.id);
            stamp(&mut deal.add_time, &mut deal.update_time, &at);
            self.deals.insert(deal.id, deal);
        }
        for mut lead in seed.leads {
            stamp(&mut lead.add_time, &mut lead.update_time, &at);
            self.leads.retain(|other| other.id != lead.id);
            self.leads.push(lead);
        }
        for mut activity in seed.activities {
            activity.id = self.claim(activity.id);
            stamp(&mut activity.add_time, &mut activity.update_time, &at);
            self.activities.insert(activity.id, activity);
        }
        if let Some(types) = seed.activity_types {
            self.activity_types = types;
        }
    }

    /// The organisation of a person.
    pub fn organization_of(&self, person: &Person) -> Option<&Organization> {
        self.organizations.get(&person.org_id?)
    }
}

impl Person {
    /// Brings derived fields in line: the parts of the name, labels, and one primary of each list.
    pub fn complete(&mut self) {
        let name = self.name.clone();
        let (first, last) = match name.split_once(' ') {
            Some((first, last)) => (first, Some(last.trim().to_owned())),
            None => (name.as_str(), None),
        };
        self.first_name = first.to_owned();
        self.last_name = last.filter(|last| !last.is_empty());
        complete(&mut self.phones);
        complete(&mut self.emails);
    }
}

/// "label defaults to work; if no item is primary, the first one becomes primary."
fn complete(items: &mut [Item]) {
    for item in items.iter_mut().filter(|item| item.label.is_empty()) {
        "work".clone_into(&mut item.label);
    }
    if !items.iter().any(|item| item.primary)
        && let Some(first) = items.first_mut()
    {
        first.primary = true;
    }
}

fn stamp(add: &mut String, update: &mut String, at: &str) {
    if add.is_empty() {
        at.clone_into(add);
    }
    if update.is_empty() {
        add.clone_into(update);
    }
}

/// Now, as the second version of the API writes it.
pub(crate) fn now() -> String {
    let now = Timestamp::now();
    Timestamp::from_second(now.as_second()).unwrap_or(now).to_string()
}
