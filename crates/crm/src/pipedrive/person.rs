//! Persons of Pipedrive as contacts of ours.

use std::collections::BTreeMap;

use super::wire::{Deal, FoundPerson, Item, Lead, Person, Related, fitting};
use crate::contract::{Associated, Loose, MatchedContact, MatchedPhone};

/// The only kind of contact that Pipedrive has.
pub(super) const PERSON: &str = "person";
const DEAL: &str = "associatedDeal";
const LEAD: &str = "associatedLead";

impl From<FoundPerson> for MatchedContact {
    fn from(person: FoundPerson) -> Self {
        let phones = fitting(person.phones);
        Self {
            id: Some(person.id.to_string()),
            name: person.name,
            kind: Some(PERSON.to_owned()),
            phones: phones
                .map(|number| Loose::Fits(MatchedPhone { field: None, number }))
                .collect(),
            company: person.organization.and_then(|organization| organization.name),
            email: fitting(person.emails).next(),
            ..Self::default()
        }
    }
}

impl From<Person> for MatchedContact {
    fn from(person: Person) -> Self {
        let phones = fitting(person.phones);
        Self {
            id: Some(person.id.to_string()),
            name: person.name,
            kind: Some(PERSON.to_owned()),
            phones: phones
                .map(|phone| MatchedPhone { field: phone.label, number: phone.value })
                .map(Loose::Fits)
                .collect(),
            title: person.job_title,
            email: first(fitting(person.emails).collect()),
            created_date: person.add_time,
            most_recent_activity_date: person.update_time,
            ..Self::default()
        }
    }
}

/// The address that counts: the primary one, or else the first.
fn first(items: Vec<Item>) -> Option<String> {
    let primary = items.iter().find(|item| item.primary).or(items.first());
    primary.map(|item| item.value.clone())
}

/// Adds what a list tells to what a search has told: fields of numbers, role, times.
pub(super) fn enrich(found: &mut MatchedContact, details: Person) {
    let details = MatchedContact::from(details);
    found.phones = details.phones;
    found.title = details.title;
    found.email = details.email.or(found.email.take());
    found.created_date = details.created_date;
    found.most_recent_activity_date = details.most_recent_activity_date;
}

/// A record that a log may be attached to: whose it is, under which key, and what it is called.
pub(super) fn associated(related: Related) -> Option<(u64, &'static str, Associated)> {
    match related {
        Related::Deal { id, title, value, currency, status, stage, person, is_archived } => {
            let open = status.as_deref().is_none_or(|status| status == "open");
            let stage = stage.and_then(|stage| stage.name);
            let detail = detail(value, currency.as_deref(), stage.as_deref());
            let found = Associated { id: Some(id.to_string()), title, detail };
            (open && is_archived != Some(true)).then_some((person?.id?, DEAL, found))
        }
        Related::Lead { id, title, value, currency, person, is_archived } => {
            let detail = detail(value, currency.as_deref(), None);
            let found = Associated { id: Some(id), title, detail };
            (is_archived != Some(true)).then_some((person?.id?, LEAD, found))
        }
        Related::Other => None,
    }
}

/// Hangs deals and leads onto their person.
pub(super) fn attach(contact: &mut MatchedContact, key: &str, found: Associated) {
    let list = contact.additional_info.entry(key.to_owned());
    match list.or_insert_with(|| Loose::Fits(Vec::new())) {
        Loose::Fits(list) => list.push(Loose::Fits(found)),
        Loose::Other(_) => {}
    }
}

/// Open deals and leads of one person, as their own lists tell of them.
pub(super) fn additional_info(
    deals: impl Iterator<Item = Deal>,
    leads: impl Iterator<Item = Lead>,
    stages: &BTreeMap<u64, String>,
) -> BTreeMap<String, Loose<Vec<Loose<Associated>>>> {
    let deals = deals.map(|deal| Associated {
        id: Some(deal.id.to_string()),
        title: deal.title,
        detail: detail(
            deal.value,
            deal.currency.as_deref(),
            deal.stage_id.and_then(|id| stages.get(&id)).map(String::as_str),
        ),
    });
    let leads = leads.map(|lead| {
        let (amount, currency) = lead.value.map_or((None, None), |v| (v.amount, v.currency));
        let detail = detail(amount, currency.as_deref(), None);
        Associated { id: Some(lead.id), title: lead.title, detail }
    });
    let list = |found: Vec<Associated>| Loose::Fits(found.into_iter().map(Loose::Fits).collect());
    BTreeMap::from([
        (DEAL.to_owned(), list(deals.collect())),
        (LEAD.to_owned(), list(leads.collect())),
    ])
}

/// Value and stage, as in `EUR 12,400 · Negotiation`.
fn detail(value: Option<f64>, currency: Option<&str>, stage: Option<&str>) -> Option<String> {
    let value = value.filter(|value| *value != 0.0 && value.is_finite());
    let money = value.zip(currency).map(|(value, currency)| format!("{currency} {}", whole(value)));
    match (money, stage) {
        (Some(money), Some(stage)) => Some(format!("{money} · {stage}")),
        (money, stage) => money.or(stage.map(str::to_owned)),
    }
}

/// Whole units with groups of three, as in 12,400.
fn whole(amount: f64) -> String {
    let digits = format!("{:.0}", amount.abs());
    let mut out = String::new();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at) % 3 == 0 {
            out.push(',');
        }
        out.push(digit);
    }
    if amount < 0.0 { format!("-{out}") } else { out }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_reads_well() {
        let of = |value| detail(Some(value), Some("EUR"), Some("Negotiation")).unwrap();
        assert_eq!(of(12_400.0), "EUR 12,400 · Negotiation");
        assert_eq!(of(-999.6), "EUR -1,000 · Negotiation");
        assert_eq!(of(1_234_567.0), "EUR 1,234,567 · Negotiation");
        assert_eq!(of(0.0), "Negotiation");
        assert_eq!(detail(Some(7.0), Some("USD"), None).as_deref(), Some("USD 7"));
        assert_eq!(detail(Some(f64::NAN), Some("USD"), None), None);
    }
}
