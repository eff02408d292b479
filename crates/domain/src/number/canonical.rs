//! The canonical reading: `rlibphonenumber`, a port of Google's libphonenumber, asked with care.
//!
//! libphonenumber is eager. It cuts words off a text, takes a local number for a national one, and
//! calls any plausible length possible. In a call pop that names the wrong person, so what may
//! count as a reading is decided here.

pub(super) use rlibphonenumber::PhoneNumber;
use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumberFormat, PhoneNumberType, Region as Plan,
};

use super::address::digits;
use super::{Region, renumbering};

/// Longest text that can be a number with all its separators and its extension, in characters.
const TEXT_MAX: usize = 64;
/// Most digits of an international number (ITU-T E.164 §6).
const E164_DIGITS_MAX: usize = 15;

/// The numbering plan of a region; none if there is no such plan.
pub(super) fn plan(region: &str) -> Option<Plan> {
    let plan = Plan::try_from(region).ok()?;
    PHONE_NUMBER_UTIL.get_country_code_for_region(plan).map(|_| plan)
}

/// The country calling code of a region.
pub(super) fn calling_code(region: &Region) -> Option<i32> {
    PHONE_NUMBER_UTIL.get_country_code_for_region(plan(region.as_str())?)
}

/// Finds the number that a text is. The text is plain (see [`super::address::plain`]).
///
/// A valid reading wins over one that is merely of a possible length; and the plan of the region
/// wins over an international prefix that the region does not use.
pub(super) fn find(text: &str, region: &Region) -> Option<PhoneNumber> {
    let vanity = match shape(text)? {
        Shape::Digits => false,
        Shape::Vanity => true,
    };
    let plan = plan(region.as_str());
    let own = parse(text, plan);
    if vanity {
        return own.filter(is_service);
    }
    let international = text.trim_start_matches(['(', ' ']).starts_with('+');
    let others = [
        // `+44 (0)20 …` where the country has no trunk prefix of its own to strip.
        international.then(|| text.replacen("(0)", "", 1)).filter(|t| t != text),
        (!international).then(|| after_idd(text)).flatten(),
    ]
    .map(|other| other.and_then(|text| parse(&text, None)));
    let own_possible = |number: &PhoneNumber| {
        // A trunk prefix that the plan does not know is no part of a national number.
        is_possible(number) && (international || !national_digits(number).starts_with('0'))
    };

    let valid = [&own].into_iter().chain(&others).flatten().find(|number| number.is_valid());
    valid
        .cloned()
        .or_else(|| renewed(text))
        .or(own.clone().filter(own_possible))
        .or_else(|| others.iter().flatten().find(|number| is_possible(number)).cloned())
        .or_else(|| without_plus(text))
        .filter(is_settled)
}

/// Reads an E.164 number as written, by no region's habits.
pub(super) fn exact(e164: &str) -> Option<PhoneNumber> {
    parse(e164, None).filter(is_settled)
}

/// `+14155550123`.
pub(super) fn e164(number: &PhoneNumber) -> String {
    number.format_as(PhoneNumberFormat::E164).into_owned()
}

/// `+1 415-555-0123`, with the extension if there is one.
pub(super) fn display(number: &PhoneNumber) -> String {
    number.format_as(PhoneNumberFormat::International).into_owned()
}

/// The digits after the country calling code.
/// How people of its country write it.
pub(super) fn national(number: &PhoneNumber) -> String {
    number.format_as(PhoneNumberFormat::National).into_owned()
}

/// The digits that follow the country code.
pub(super) fn national_digits(number: &PhoneNumber) -> String {
    number.get_national_significant_number()
}

/// The region of a number. A number outside the known ranges still tells it where the calling code
/// belongs to one region only.
pub(super) fn region(number: &PhoneNumber) -> Option<Region> {
    let only = || {
        let mut regions =
            PHONE_NUMBER_UTIL.get_regions_for_country_calling_code(number.country_code)?;
        (regions.len() == 1).then(|| regions.next()).flatten()
    };
    let plan = number.get_region_code().or_else(only).filter(|plan| *plan != Plan::World)?;
    Region::parse(plan.to_string().as_str())
}

/// A valid number of a region, in E.164.
pub(super) fn example(region: &Region) -> Option<String> {
    Some(e164(&PHONE_NUMBER_UTIL.get_example_number(plan(region.as_str())?).ok()?))
}

enum Shape {
    /// Digits, signs, and perhaps an extension.
    Digits,
    /// Letters for digits, as in `1-800-FLOWERS`.
    Vanity,
}

/// Whether a text is nothing but a number. Without this, `Support: 4155550123` and `bob1234567`
/// would be read as the digits in them.
fn shape(text: &str) -> Option<Shape> {
    const MARKS: [&str; 8] = ["x", "ext", "extn", "extension", "extensión", "int", "доб", "anexo"];
    let enough = text.bytes().filter(u8::is_ascii_digit).count() >= 3;
    if !enough || text.chars().nth(TEXT_MAX).is_some() {
        return None;
    }
    let start = text.find(char::is_alphabetic).unwrap_or(text.len());
    let (number, rest) = text.split_at(start);
    let signs = |text: &str| text.chars().all(|c| c.is_ascii_digit() || " -.()/~[],:#".contains(c));
    if !signs(number.trim_start_matches(['(', ' ', '+'])) || digits(number).is_empty() {
        return None;
    }
    if rest.is_empty() {
        return Some(Shape::Digits);
    }
    let word_end = rest.find(|c: char| !c.is_alphabetic()).unwrap_or(rest.len());
    let (word, tail) = rest.split_at(word_end);
    if MARKS.contains(&word.to_lowercase().as_str()) && signs(tail) && !digits(tail).is_empty() {
        return Some(Shape::Digits);
    }
    let letters = rest.chars().filter(char::is_ascii_alphabetic).count();
    let spelled = rest.chars().all(|c| c.is_ascii_alphanumeric() || " -".contains(c));
    (letters >= 3 && spelled).then_some(Shape::Vanity)
}

/// What stands behind `00` or `011`, made international: callers and switches write these also
/// where the region dials another prefix.
fn after_idd(text: &str) -> Option<String> {
    let (number, extension) = text.split_at(text.find(char::is_alphabetic).unwrap_or(text.len()));
    let digits = digits(number);
    let rest = digits.strip_prefix("011").or_else(|| digits.strip_prefix("00"))?;
    Some(format!("+{rest} {extension}"))
}

/// Today's number for one that was renumbered away.
fn renewed(text: &str) -> Option<PhoneNumber> {
    let retired = text.trim_start_matches(['(', ' ']).strip_prefix('+')?;
    exact(&renumbering::today(&format!("+{}", digits(retired)))?).filter(PhoneNumber::is_valid)
}

/// Trunks send `442079460123`: international without its plus. To be asked last, where it cannot be
/// a number of the region.
fn without_plus(text: &str) -> Option<PhoneNumber> {
    let bare = text.chars().all(|c| c.is_ascii_digit() || " -.()".contains(c));
    bare.then(|| exact(&format!("+{}", digits(text))))?.filter(PhoneNumber::is_valid)
}

fn parse(text: &str, plan: Option<Plan>) -> Option<PhoneNumber> {
    let number = PhoneNumber::parse(text, plan).ok()?;
    (number.national_number != 0).then_some(number)
}

/// Whether a number has a length that its plan knows, counted with the area code.
pub(super) fn is_possible(number: &PhoneNumber) -> bool {
    matches!(number.is_possible_with_reason(), Ok(NumberLengthType::IsPossible))
}

/// Letters spell service numbers; elsewhere they are a name or a street.
fn is_service(number: &PhoneNumber) -> bool {
    use PhoneNumberType::{PremiumRate, SharedCost, TollFree, UAN};
    matches!(number.get_type(), TollFree | SharedCost | PremiumRate | UAN)
}

/// Whether the E.164 form reads as itself, so that one number has one form.
fn is_settled(number: &PhoneNumber) -> bool {
    let form = e164(number);
    form.len() <= E164_DIGITS_MAX + 1
        && parse(&form, None).is_some_and(|again| e164(&again) == form)
}
