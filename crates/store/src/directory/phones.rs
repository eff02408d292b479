//! Which numbers a contact has, and how surely.

use ringside_domain::number::{NumberContext, Reading};
use ringside_domain::{Contact, Number, Party, Rule};

/// Most phones of one contact that are read: more is no contact.
const PHONES_MAX: usize = 50;

/// A number of a contact, for the table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Phone {
    pub(super) e164: String,
    pub(super) rule: Rule,
    pub(super) field: Option<String>,
}

/// The numbers that the stored phones turn out to be, each once, by its surest reading.
pub(super) fn of(contact: &Contact, numbers: &NumberContext) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::new();
    for stored in contact.phones.iter().take(PHONES_MAX) {
        let number = Number::read(&Party { given: stored.given.clone(), name: None }, numbers);
        let Some(e164) = number.e164 else { continue };
        let rule = rule(&stored.given, &e164, number.reading);
        match phones.iter_mut().find(|phone| phone.e164 == e164) {
            Some(known) if known.rule <= rule => {}
            Some(known) => (known.rule, known.field) = (rule, stored.field.clone()),
            None => phones.push(Phone { e164, rule, field: stored.field.clone() }),
        }
    }
    phones
}

/// The forms under which a number may be stored, itself first.
pub(super) fn forms(e164: &str, numbers: &NumberContext) -> Vec<String> {
    let number = Number::read(&Party { given: e164.to_owned(), name: None }, numbers);
    let mut forms = number.lookup_forms();
    forms.retain(|form| form != e164);
    forms.insert(0, e164.to_owned());
    forms
}

/// Exact if the stored text spells the country code out, national if we had to add it.
fn rule(given: &str, e164: &str, reading: Reading) -> Rule {
    if reading == Reading::Second {
        return Rule::Guess;
    }
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    // Digits of other scripts are not compared here; the parser that read them found a whole number.
    let other_digits = given.chars().any(|c| c.is_numeric() && !c.is_ascii_digit());
    let whole = given.contains('+') || digits.contains(e164.trim_start_matches('+'));
    if whole || other_digits { Rule::Exact } else { Rule::National }
}

/// How a rule stands in its column, the same as on the wire.
pub(super) fn rule_name(rule: Rule) -> &'static str {
    match rule {
        Rule::Exact => "exact",
        Rule::National => "national",
        Rule::Renumbered => "renumbered",
        Rule::Reported => "reported",
        Rule::Guess => "guess",
    }
}

/// The rule of a name; an unknown one is the weakest.
pub(super) fn rule_named(name: &str) -> Rule {
    match name {
        "exact" => Rule::Exact,
        "national" => Rule::National,
        "renumbered" => Rule::Renumbered,
        "reported" => Rule::Reported,
        _ => Rule::Guess,
    }
}
