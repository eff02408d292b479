//! Why a contact matches: its stored numbers set against the one that rings.

use jiff::Timestamp;

use super::{Origin, Rule, Why};
use crate::contact::ContactPhone;
use crate::number::{NumberContext, Reading};
use crate::{Contact, Number, NumberKind, Party};

/// Compares the numbers that a contact stores with the one that rings, and names the best rule and
/// its field. [`Rule::Reported`] if none of them shows why the CRM found the contact;
/// [`Rule::Guess`] wherever the second parser's reading was needed.
pub fn why_for(
    contact: &Contact,
    number: &Number,
    numbers: &NumberContext,
    origin: Origin,
    at: Timestamp,
) -> Why {
    let guess = number.reading == Reading::Second;
    let best = contact
        .phones
        .iter()
        .filter_map(|phone| Some((compare(phone, number, numbers)?, phone.field.clone())))
        .min_by_key(|(rule, _)| *rule);
    let (rule, field) = best.unwrap_or((Rule::Reported, None));
    Why { rule: if guess { Rule::Guess } else { rule }, field, origin, checked_at: at }
}

fn compare(phone: &ContactPhone, number: &Number, numbers: &NumberContext) -> Option<Rule> {
    let party = Party { given: phone.given.clone(), name: None };
    let stored = Number::read(&party, numbers);
    let rule = match (&number.e164, &stored.e164) {
        (Some(rings), Some(read)) if rings == read => {
            spelling(&phone.given, &number.lookup_forms())
        }
        (Some(_), Some(stored)) if number.lookup_forms().contains(stored) => Rule::Renumbered,
        (None, _) if number.kind == NumberKind::Extension => {
            let extension = number.extension.as_deref()?;
            (stored.extension.as_deref() == Some(extension)).then_some(Rule::Exact)?
        }
        _ => return None,
    };
    Some(if stored.reading == Reading::Second { Rule::Guess } else { rule })
}

/// How a text that reads as the number that rings writes it. `forms` are the number's own form and
/// the other sides of known renumberings.
fn spelling(given: &str, forms: &[String]) -> Rule {
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    let spells = |form: &&String| digits.ends_with(form.trim_start_matches('+'));
    match forms.iter().position(|form| spells(&form)) {
        Some(0) => Rule::Exact,
        Some(_) => Rule::Renumbered,
        // "+44 (0)20 …" has a digit too many and is written in full all the same.
        None if given.chars().find(|c| c.is_alphanumeric() || *c == '+') == Some('+') => {
            Rule::Exact
        }
        None => Rule::National,
    }
}
