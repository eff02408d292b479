//! Numbers as CRMs store them: several in one field, and some that only their national digits tell.

use super::address::{self, digits};
use super::{Number, NumberContext, canonical};
use crate::Party;

/// Most numbers of one field that are read.
const NUMBERS_MAX: usize = 8;
/// Fewer national digits than this are no reason to name anybody.
const NATIONAL_MIN: usize = 7;

impl Number {
    /// The numbers that a field of a CRM holds, such as `030 123456 / 0171 5550102`; one where it is
    /// one, or none at all. `given` of each is its own part of the text.
    ///
    /// A slash or comma may also stand within a number (`089/123456`, `555-0123, ext. 12`): the text
    /// is taken apart only where its parts are public numbers by themselves.
    pub fn stored(given: &str, context: &NumberContext) -> Vec<Self> {
        let read =
            |given: &str| Self::read(&Party { given: given.to_owned(), name: None }, context);
        let whole = read(given);
        let parts: Vec<Self> = parts(given).map(read).filter(is_valid).take(NUMBERS_MAX).collect();
        match parts.as_slice() {
            [] => vec![whole],
            // One number, and something behind it that the whole text may explain.
            [only] if whole.e164 == only.e164 => vec![whole],
            _ => parts,
        }
    }

    /// The digits behind the country code, without zeros in front: what a number has in common with
    /// its national form in any country. `None` unless it is a public number long enough to tell.
    pub fn national_digits(&self) -> Option<&str> {
        let (_, national) = split(self.e164.as_deref()?)?;
        let national = national.trim_start_matches('0');
        (national.len() >= NATIONAL_MIN).then_some(national)
    }

    /// The digits of the country code.
    pub fn calling_code(&self) -> Option<&str> {
        Some(split(self.e164.as_deref()?)?.0)
    }
}

/// What is left of a stored text that no plan could read, to be compared with the national digits of
/// a number that rings: its digits without zeros in front. `None` where it names its own country,
/// or is too short or no number.
pub fn bare_digits(given: &str) -> Option<String> {
    let plain = address::plain(given);
    let number = |c: char| c.is_ascii_digit() || " -.()/".contains(c);
    let digits = digits(&plain);
    let bare = digits.trim_start_matches('0');
    let fits = (NATIONAL_MIN..=15).contains(&bare.len());
    (fits && plain.chars().all(number)).then(|| bare.to_owned())
}

/// Whether a number lies in a range that is in use: the end of another number need not.
fn is_valid(number: &Number) -> bool {
    let read = number.e164.as_deref().and_then(canonical::exact);
    read.is_some_and(|number| number.is_valid())
}

/// The parts of a text that may be numbers of their own; none if it is not divided.
fn parts(given: &str) -> impl Iterator<Item = &str> {
    let divided = |c: char| "/;,|\n\r&".contains(c);
    let uri = given.contains('=') || given.contains('@');
    given
        .split(divided)
        .flat_map(|part| part.split(" or "))
        .map(str::trim)
        .filter(move |part| !uri && part.len() < given.trim().len() && !part.is_empty())
}

/// Country code and the rest. A code is no beginning of another one: zones 1 and 7 have one digit,
/// those below two, all others three (ITU-T E.164, annex: list of assigned country codes).
fn split(e164: &str) -> Option<(&str, &str)> {
    const TWO: [&str; 10] =
        ["", "", "07", "0123469", "013456789", "12345678", "0123456", "", "1246", "0123458"];
    let digits = e164.strip_prefix('+').filter(|digits| digits.is_ascii())?;
    let mut first = digits.chars();
    let (zone, next) = (first.next()?.to_digit(10)?, first.next()?);
    let length = match zone {
        1 | 7 => 1,
        zone if TWO[zone as usize].contains(next) => 2,
        _ => 3,
    };
    digits.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Region;

    fn stored(given: &str, region: &str) -> Vec<(String, Option<String>)> {
        let region = Region::parse(region).unwrap();
        let context = NumberContext { region, extension_digits: 6 };
        Number::stored(given, &context)
            .into_iter()
            .filter_map(|number| Some((number.e164?, number.extension)))
            .collect()
    }

    #[track_caller]
    fn reads(given: &str, region: &str, expected: &[&str]) {
        let read: Vec<String> = stored(given, region).into_iter().map(|(e164, _)| e164).collect();
        assert_eq!(read, expected, "{given}");
    }

    #[test]
    fn a_field_may_hold_several_numbers_and_one_number_may_hold_any_sign() {
        reads("415-555-0123 / 415-555-0199", "US", &["+14155550123", "+14155550199"]);
        reads("+1 415 555 0123; +44 20 7946 0123", "US", &["+14155550123", "+442079460123"]);
        reads("(415) 555-0123, (415) 555-0123", "US", &["+14155550123", "+14155550123"]);
        reads(
            "415 555 0123 or 415 555 0199\n415 555 0177",
            "US",
            &["+14155550123", "+14155550199", "+14155550177"],
        );
        reads("0171 5550102 / privat", "DE", &["+491715550102"]);
        reads("030 1234567 / 1234568", "DE", &["+49301234567"]);
        reads("089/1234567", "DE", &["+49891234567"]);
        reads("030 / 123 456 78", "DE", &["+493012345678"]);
        reads("tel:+1-415-555-0123;ext=12", "US", &["+14155550123"]);
        reads("", "US", &[]);
        reads(" / ,; ", "US", &[]);
    }

    #[test]
    fn an_extension_stays_with_its_number() {
        for given in [
            "415-555-0123 ext. 12",
            "415-555-0123 x12",
            "415-555-0123, ext 12",
            "tel:+14155550123;ext=12",
            "+1 415 555 0123;ext=12",
        ] {
            let expected = [("+14155550123".to_owned(), Some("12".to_owned()))];
            assert_eq!(stored(given, "US"), expected, "{given}");
        }
    }

    #[test]
    fn country_codes_of_all_regions_are_told() {
        for region in rlibphonenumber::PHONE_NUMBER_UTIL.get_supported_regions() {
            let region = Region::parse(region.to_string().as_str()).unwrap();
            let (Some(code), Some(example)) =
                (canonical::calling_code(&region), canonical::example(&region))
            else {
                continue;
            };
            assert_eq!(split(&example).unwrap().0, code.to_string(), "{region:?}");
        }
    }

    #[test]
    fn bare_digits_name_no_country() {
        assert_eq!(bare_digits("0171 / 555 0102").as_deref(), Some("1715550102"));
        assert_eq!(bare_digits("٠١٧١ ٥٥٥٠١٠٢").as_deref(), Some("1715550102"));
        for no in ["+49 171 5550102", "555-012", "call 1715550102", "", "1234567890123456"] {
            assert_eq!(bare_digits(no), None, "{no}");
        }
    }
}
