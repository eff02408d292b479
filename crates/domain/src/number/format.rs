//! Alternative formats: how a CRM that only finds exact text may have stored a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::{Region, canonical};

/// What a mask makes of a number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Formatted {
    /// The text to search for.
    Text {
        /// The number in the mask.
        text: String,
    },
    /// Not this account's country: skipped, never cut or padded.
    OtherCountry,
    /// The mask has another number of digits than the number: skipped.
    DigitCount {
        /// `#` signs in the mask.
        mask: u32,
        /// Digits of the national significant number.
        number: u32,
    },
    /// The mask has no `#` at all.
    NoDigits,
}

/// Applies a mask such as `(###) ###-####` to an E.164 number: each `#` takes the next digit of the
/// national significant number (design §5.1); everything else stands as written.
///
/// A country is a calling code here, not a region: Canada and the United States share `+1` and one
/// set of ten-digit numbers, so an American account writes both alike, and neither can be taken for
/// the other. What is no E.164 number, or a region without a plan, counts as another country.
pub fn apply(mask: &str, e164: &str, region: &Region) -> Formatted {
    let places = mask.matches('#').count();
    if places == 0 {
        return Formatted::NoDigits;
    }
    let number = canonical::exact(e164);
    let country = canonical::calling_code(region);
    let Some(number) = number.filter(|number| country == Some(number.country_code)) else {
        return Formatted::OtherCountry;
    };
    let digits = canonical::national_digits(&number);
    if digits.len() != places {
        return Formatted::DigitCount { mask: count(places), number: count(digits.len()) };
    }
    let mut digits = digits.chars();
    let text = mask.chars().map(|c| if c == '#' { digits.next().unwrap_or(c) } else { c });
    Formatted::Text { text: text.collect() }
}

/// The national significant number of an E.164 number, as digits: what remains of it in every way of
/// writing it down. `None` for what is no E.164 number.
pub fn significant(e164: &str) -> Option<String> {
    canonical::exact(e164).map(|number| canonical::national_digits(&number))
}

/// Masks to begin with for an account of a region: how its numbers are commonly written, made from
/// an example number of its plan. An agent edits them; each costs a request on a miss.
pub fn suggested(region: &Region) -> Vec<String> {
    let Some(example) = canonical::example(region).and_then(|e164| canonical::exact(&e164)) else {
        return Vec::new();
    };
    let digits = canonical::national_digits(&example);
    let abroad = mask_of(&canonical::display(&example), &digits);
    let code = format!("+{} ", example.country_code);
    let without_code = abroad.strip_prefix(&code).unwrap_or(&abroad).to_owned();
    let dashed = abroad.replace([' ', '.'], "-");
    let mut masks = Vec::new();
    for mask in [
        mask_of(&canonical::national(&example), &digits),
        without_code,
        abroad,
        dashed,
        "#".repeat(digits.len()),
    ] {
        if mask.matches('#').count() == digits.len() && !masks.contains(&mask) {
            masks.push(mask);
        }
    }
    masks
}

/// Turns the national digits at the end of a written number into places.
fn mask_of(written: &str, digits: &str) -> String {
    let total = written.chars().filter(char::is_ascii_digit).count();
    let mut before = total.saturating_sub(digits.len());
    let place = |c: char| {
        if !c.is_ascii_digit() {
            return c;
        }
        if before > 0 {
            before -= 1;
            return c;
        }
        '#'
    };
    written.chars().map(place).collect()
}

fn count(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn gives(mask: &str, e164: &str, region: &str, expected: Formatted) {
        let region = Region::parse(region).unwrap();
        assert_eq!(apply(mask, e164, &region), expected, "{mask} {e164}");
    }

    fn text(text: &str) -> Formatted {
        Formatted::Text { text: text.into() }
    }

    #[test]
    fn the_significant_number_has_its_leading_zero_and_no_calling_code() {
        assert_eq!(significant("+14155550123").as_deref(), Some("4155550123"));
        assert_eq!(significant("+390669812329").as_deref(), Some("0669812329"));
        assert_eq!(significant("204"), None);
    }

    #[test]
    fn digits_fill_the_places_in_order() {
        gives("(###) ###-####", "+14155550123", "US", text("(415) 555-0123"));
        gives("+1-###-###-####", "+14155550123", "US", text("+1-415-555-0123"));
        gives("1##########", "+14155550123", "US", text("14155550123"));
        gives("0#### ######", "+442079460123", "GB", text("02079 460123"));
        gives("## #### ####", "+390669812329", "IT", text("06 6981 2329"));
    }

    #[test]
    fn suggestions_are_how_a_country_writes_its_numbers() {
        let of = |region| suggested(&Region::parse(region).unwrap());
        assert_eq!(
            of("US"),
            ["(###) ###-####", "###-###-####", "+1 ###-###-####", "+1-###-###-####", "##########"]
        );
        for region in ["GB", "DE", "FR", "IT", "JP", "BR", "IN", "PL"] {
            let masks = of(region);
            assert!(masks.len() >= 3, "{region} {masks:?}");
        }
    }

    #[test]
    fn another_country_is_skipped_and_a_shared_calling_code_is_not() {
        gives("(###) ###-####", "+442079460123", "US", Formatted::OtherCountry);
        gives("(###) ###-####", "+14165550123", "US", text("(416) 555-0123"));
        gives("(###) ###-####", "+14165550123", "CA", text("(416) 555-0123"));
        gives("(###) ###-####", "4155550123", "US", Formatted::OtherCountry);
        gives("(###) ###-####", "", "US", Formatted::OtherCountry);
    }

    #[test]
    fn nothing_is_cut_or_padded() {
        let counts = |mask, number| Formatted::DigitCount { mask, number };
        gives("###-####", "+14155550123", "US", counts(7, 10));
        gives("### ### ### ##", "+14155550123", "US", counts(11, 10));
        gives("+14155550123", "+14155550123", "US", Formatted::NoDigits);
        gives("", "+14155550123", "US", Formatted::NoDigits);
    }
}
