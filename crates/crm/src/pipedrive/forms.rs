//! The terms to search for one number.
//!
//! Pipedrive finds a part of a number. Whether it looks into the text as typed or into the digits
//! alone is told nowhere, so the national digits go first, which is right for the second and for
//! numbers typed without blanks, and then the account's formats, which are right for the first.

use ringside_domain::Party;
use ringside_domain::number::format::{self, Formatted};
use ringside_domain::number::{Number, NumberContext};

/// Most terms that are searched for one call, so that a long list of formats cannot use up a rate.
const TERMS_MAX: usize = 24;
/// Shortest term that is searched for a part of a number.
const TERM_MIN: usize = 2;

/// Whom a number is searched for.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Wanted {
    /// In order, without those that a part of them has answered; each costs a request on a miss.
    pub(super) terms: Vec<String>,
    /// The term must be the whole number.
    pub(super) exact: bool,
    /// A person with one of these has the number: E.164, or the extension.
    accepted: Vec<String>,
}

impl Wanted {
    /// A number in E.164.
    pub(super) fn number(e164: &str, formats: &[String], numbers: &NumberContext) -> Self {
        let party = Party { given: e164.to_owned(), name: None };
        let mut accepted = Number::read(&party, numbers).lookup_forms();
        if !accepted.iter().any(|form| form == e164) {
            accepted.insert(0, e164.to_owned());
        }
        let mut terms: Vec<String> = Vec::new();
        for number in &accepted {
            let masked = formats.iter().filter_map(|mask| {
                match format::apply(mask, number, &numbers.region) {
                    Formatted::Text { text } => Some(text),
                    Formatted::OtherCountry
                    | Formatted::DigitCount { .. }
                    | Formatted::NoDigits => None,
                }
            });
            let digits = format::significant(number).unwrap_or_else(|| number.clone());
            for term in std::iter::once(digits).chain(masked) {
                let fits = term.chars().count() >= TERM_MIN && terms.len() < TERMS_MAX;
                // What holds one of these has been found by a search for its part.
                let known = terms.iter().any(|earlier| term.contains(earlier.as_str()));
                if fits && !known {
                    terms.push(term);
                }
            }
        }
        Self { terms, exact: false, accepted }
    }

    /// An extension, which a person has as a number of its own. Without a digit it is nobody's.
    pub(super) fn extension(digits: &str) -> Self {
        let digits = digits.trim().to_owned();
        let accepted = vec![digits.clone()];
        let spoken = digits.contains(|c: char| c.is_ascii_digit());
        let terms = if spoken { vec![digits] } else { Vec::new() };
        Self { terms, exact: true, accepted }
    }

    /// Whether one of a person's numbers is the one, not just a longer one around it.
    pub(super) fn rings<'a>(
        &self,
        mut phones: impl Iterator<Item = &'a str>,
        numbers: &NumberContext,
    ) -> bool {
        phones.any(|given| self.is(given, numbers))
    }

    fn is(&self, given: &str, numbers: &NumberContext) -> bool {
        if self.exact {
            return self.accepted.iter().any(|extension| extension == given.trim());
        }
        let party = Party { given: given.to_owned(), name: None };
        Number::read(&party, numbers).lookup_forms().iter().any(|form| self.accepted.contains(form))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use ringside_domain::Region;

    fn numbers(region: &str) -> NumberContext {
        NumberContext { region: Region::parse(region).unwrap(), extension_digits: 6 }
    }

    #[test]
    fn the_national_digits_go_first_and_the_formats_after() {
        let formats = ["(###) ###-####", "1##########", "## ##", "+1 (###) ###-####"];
        let formats = formats.map(str::to_owned);
        let wanted = Wanted::number("+14155550142", &formats, &numbers("US"));
        assert_eq!(wanted.terms, ["4155550142", "(415) 555-0142"]);
        let foreign = Wanted::number("+33142685300", &formats, &numbers("US"));
        assert_eq!(foreign.terms, ["142685300"]);
        let renumbered = Wanted::number("+5215512345678", &[], &numbers("MX"));
        assert_eq!(renumbered.terms, ["5512345678"], "both forms hold these digits");
    }

    #[test]
    fn a_longer_number_around_the_digits_is_another_number() {
        let (us, gb) = (numbers("US"), numbers("GB"));
        let wanted = Wanted::number("+442079460018", &[], &gb);
        for same in ["+44 20 7946 0018", "020 7946 0018", "0044 20 7946 0018", "(020) 79460018"] {
            assert!(wanted.rings(std::iter::once(same), &gb), "{same}");
        }
        for other in ["+1 207 946 0018", "2079460018000", "+49 2079460018", "", "call me"] {
            assert!(!wanted.rings(std::iter::once(other), &gb), "{other}");
        }
        assert!(!wanted.rings(std::iter::once("207 946 0018"), &us), "an American number");
    }

    #[test]
    fn an_extension_is_a_whole_number() {
        let wanted = Wanted::extension("204");
        assert!(wanted.rings(std::iter::once(" 204 "), &numbers("US")));
        assert!(!wanted.rings(std::iter::once("2044"), &numbers("US")));
        assert!(Wanted::extension(" ").terms.is_empty());
    }
}
