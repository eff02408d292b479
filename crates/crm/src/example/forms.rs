//! The texts under which a number may be stored.

use ringside_domain::number::format::{self, Formatted};
use ringside_domain::number::{Number, NumberContext};
use ringside_domain::{Party, Region};

/// Most texts that are searched for one call, so that a long list of formats cannot use up a rate.
const FORMS_MAX: usize = 24;

/// The texts to search for, in order and without repeats: the number as given, then in each
/// alternative format that serves it; after that the same for the other side of a known renumbering.
pub(super) fn of(e164: &str, formats: &[String], region: &Region) -> Vec<String> {
    let party = Party { given: e164.to_owned(), name: None };
    let context = NumberContext { region: region.clone(), extension_digits: 6 };
    let mut numbers = vec![e164.to_owned()];
    numbers.extend(Number::read(&party, &context).lookup_forms());
    let mut forms: Vec<String> = Vec::new();
    for number in numbers {
        let masked = formats.iter().filter_map(|mask| match format::apply(mask, &number, region) {
            Formatted::Text { text } => Some(text),
            Formatted::OtherCountry | Formatted::DigitCount { .. } | Formatted::NoDigits => None,
        });
        for form in std::iter::once(number.clone()).chain(masked) {
            if !forms.contains(&form) && forms.len() < FORMS_MAX {
                forms.push(form);
            }
        }
    }
    forms
}
