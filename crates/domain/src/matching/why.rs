//! Why a contact matches: its stored numbers set against the one that rings.

use jiff::Timestamp;

use super::{Origin, Rule, Why};
use crate::contact::ContactPhone;
use crate::number::{NumberContext, Reading, bare_digits, plain};
use crate::{Contact, Number, NumberKind};

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
    let (rule, field) = match best {
        // The CRM says that it is theirs, and the digits say which of the fields it meant.
        Some((Rule::Digits, field)) if origin == Origin::Crm => (Rule::Reported, field),
        Some(best) => best,
        None => (Rule::Reported, None),
    };
    Why { rule: if guess { Rule::Guess } else { rule }, field, origin, checked_at: at }
}

fn compare(phone: &ContactPhone, number: &Number, numbers: &NumberContext) -> Option<Rule> {
    let stored = Number::stored(&phone.given, numbers);
    stored.iter().filter_map(|stored| compare_one(stored, number)).min()
}

fn compare_one(stored: &Number, number: &Number) -> Option<Rule> {
    let rule = match (&number.e164, &stored.e164) {
        (Some(rings), Some(read)) if rings == read => spelling(stored),
        (Some(_), Some(read)) if number.lookup_forms().contains(read) => Rule::Renumbered,
        (Some(_), Some(_)) if spelling(stored) == Rule::National => {
            (stored.national_digits()? == number.national_digits()?).then_some(Rule::Digits)?
        }
        (Some(rings), None) => {
            let bare = bare_digits(&stored.given)?;
            let same = Some(bare.as_str()) == number.national_digits() || rings[1..] == bare;
            same.then_some(Rule::Digits)?
        }
        (None, _) if number.kind == NumberKind::Extension => {
            let extension = number.extension.as_deref()?;
            (stored.extension.as_deref() == Some(extension)).then_some(Rule::Exact)?
        }
        _ => return None,
    };
    Some(if stored.reading == Reading::Second { Rule::Guess } else { rule })
}

/// How the text of a stored public number writes it: with its country code, in an old form, or
/// nationally.
pub fn spelling(stored: &Number) -> Rule {
    let given = plain(&stored.given);
    let digits: String = given.chars().filter(char::is_ascii_digit).collect();
    // An extension stands behind the number.
    let extension = stored.extension.as_deref().unwrap_or_default();
    let digits = digits.strip_suffix(extension).unwrap_or(&digits);
    let spells = |form: &String| digits.ends_with(form.trim_start_matches('+'));
    match stored.lookup_forms().iter().position(spells) {
        Some(0) => Rule::Exact,
        Some(_) => Rule::Renumbered,
        // "+44 (0)20 …" has a digit too many and is written in full all the same.
        None if given.chars().find(|c| c.is_alphanumeric() || *c == '+') == Some('+') => {
            Rule::Exact
        }
        None => Rule::National,
    }
}
