//! The canonical parser against the second one, over generated numbers of forty regions.
//!
//! It shows why the second one may only give opinions. Both follow Google's libphonenumber, so
//! every disagreement needs a known reason: an unknown one, or more of a known one than was
//! measured, means that a parser changed its mind about people's numbers.

#![allow(clippy::unwrap_used, reason = "test helpers fail by panicking")]

use std::collections::BTreeMap;

use ringside_domain::number::NumberContext;
use ringside_domain::{Number, Party};
use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumber, PhoneNumberFormat, PhoneNumberType, Region};

const REGIONS: [&str; 40] = [
    "AE", "AR", "AT", "AU", "BE", "BJ", "BR", "CA", "CH", "CI", "CN", "CO", "CZ", "DE", "DK", "EG",
    "ES", "FI", "FR", "GB", "HU", "ID", "IE", "IL", "IN", "IT", "JP", "KE", "KR", "LT", "MX", "NG",
    "NL", "PL", "PT", "RU", "SE", "TR", "US", "ZA",
];
/// Regions in which the numbers are read, beside their own: each with other prefixes.
const READERS: [&str; 4] = ["US", "GB", "RU", "BR"];
/// Numbers for each region; each is written in one way and read in one region.
const EACH: usize = 1500;

/// Why the parsers disagree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    ReadersPrefix,
    OwnPrefix,
    LeadingZero,
    OwnCode,
    FullWidth,
    NoBreakSpace,
    ExtensionParameter,
}
use Class::*;

/// Every known class, the most cases of it, and why it is there. All are faults of the second
/// parser (0.3.10): the canonical one finds the number that was written in every case.
const KNOWN: [(Class, usize, &str); 7] = [
    (ReadersPrefix, 1916, "strips the reader's national prefix from a number of another country"),
    (OwnPrefix, 242, "strips the country's own prefix from a number that is written without it"),
    (LeadingZero, 214, "loses zeros at the start of the national number"),
    (OwnCode, 314, "takes the start of a national number for the country's calling code"),
    (FullWidth, 4414, "does not know full-width digits"),
    (NoBreakSpace, 828, "does not know the no-break space"),
    (ExtensionParameter, 4527, "does not know RFC 3966's `;ext=`"),
];

/// Marsaglia's xorshift: the same numbers on every machine, without a dependency.
struct Random(u64);

impl Random {
    fn below(&mut self, n: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % n as u64).unwrap()
    }
}

/// A valid number like an example of its kind, with at least the last half of its digits drawn anew.
fn number_of(region: Region, random: &mut Random) -> Option<PhoneNumber> {
    use PhoneNumberType::*;
    let kinds = [FixedLine, Mobile, Mobile, TollFree, SharedCost, VoIP, PremiumRate];
    let kind = kinds[random.below(kinds.len())];
    let example = PHONE_NUMBER_UTIL.get_example_number_for_type_and_region(region, kind).ok()?;
    let e164 = example.format_as(PhoneNumberFormat::E164).into_owned();
    let drawn = example.get_national_significant_number().len();
    let kept = e164.len() - drawn / 2 - random.below(drawn / 2);
    let mut text = e164[..kept].to_owned();
    if random.below(8) == 0 {
        // National numbers that begin like their own country's calling code.
        let code = &e164[..e164.len() - drawn];
        text = format!("{code}{}", &code[1..]);
    }
    while text.len() < e164.len() {
        text.push(char::from_digit(u32::try_from(random.below(10)).unwrap(), 10).unwrap());
    }
    PhoneNumber::parse(&text, None).ok().filter(PhoneNumber::is_valid)
}

/// A number, written in some way, to be read in some region.
struct Case {
    number: PhoneNumber,
    text: String,
    reader: &'static str,
}

/// Writes a number as people and machines do.
fn written(number: PhoneNumber, own: &'static str, random: &mut Random) -> Case {
    use PhoneNumberFormat::*;
    let reader = READERS[random.below(READERS.len())];
    let form = |format| number.format_as(format).into_owned();
    let full_width =
        |c: char| c.to_digit(10).and_then(|digit| char::from_u32(0xFF10 + digit)).unwrap_or(c);
    let (text, reader) = match random.below(9) {
        0 => (form(E164), reader),
        1 => (form(International), reader),
        2 => (form(RFC3966), reader),
        3 => (form(National), own),
        4 => (number.get_national_significant_number(), own),
        5 => (form(E164), own),
        6 => (form(International).chars().map(full_width).collect(), reader),
        7 => (form(International).replace(' ', "\u{A0}"), reader),
        _ => (format!("{};ext=77", form(E164)), reader),
    };
    Case { number, text, reader }
}

fn canonical(text: &str, region: &str) -> Option<String> {
    let number = PhoneNumber::parse(text, Region::try_from(region).ok()).ok()?;
    Some(number.format_as(PhoneNumberFormat::E164).into_owned())
}

fn second(text: &str, region: &str) -> Option<String> {
    let number = phonenumber::parse(region.parse().ok(), text).ok()?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}

/// The reason for a wrong second reading, if it is a known one.
fn class(case: &Case, second: Option<&str>) -> Option<Class> {
    let code = case.number.country_code.to_string();
    let national = case.number.get_national_significant_number();
    let Some(second) = second else {
        let has = |set: fn(char) -> bool| case.text.contains(set);
        return match () {
            () if has(|c| ('０'..='９').contains(&c)) => Some(FullWidth),
            () if has(|c| c == '\u{A0}') => Some(NoBreakSpace),
            () if case.text.contains(";ext=") => Some(ExtensionParameter),
            () => None,
        };
    };
    let lost = national.strip_suffix(second.strip_prefix(&format!("+{code}"))?)?;
    let reader = Region::try_from(case.reader).ok()?;
    let at_home =
        PHONE_NUMBER_UTIL.get_country_code_for_region(reader) == Some(case.number.country_code);
    Some(match lost {
        _ if lost.bytes().all(|b| b == b'0') => LeadingZero,
        _ if at_home && lost == code => OwnCode,
        _ if at_home => OwnPrefix,
        _ => ReadersPrefix,
    })
}

#[test]
fn every_disagreement_of_the_parsers_has_a_known_reason() {
    let mut random = Random(20_261_123);
    let mut cases = 0;
    let mut found: BTreeMap<Class, usize> = BTreeMap::new();
    let mut unknown = Vec::new();
    for own in REGIONS {
        let region = Region::try_from(own).unwrap();
        for _ in 0..EACH {
            let Some(number) = number_of(region, &mut random) else { continue };
            let case = written(number, own, &mut random);
            let Case { text, reader, .. } = &case;
            let truth = case.number.format_as(PhoneNumberFormat::E164).into_owned();
            cases += 1;
            if canonical(text, reader).as_ref() != Some(&truth) {
                unknown.push(format!("canonical: {text} in {reader} is not {truth}"));
            }
            let party = Party { given: text.clone(), name: None };
            let context = NumberContext {
                region: ringside_domain::Region::parse(reader).unwrap(),
                extension_digits: 6,
            };
            let read = Number::read(&party, &context);
            if read.e164.as_ref() != Some(&truth) {
                unknown.push(format!("{text} in {reader}: {truth}, read as {read:?}"));
            }
            let other = second(text, reader);
            if other.as_ref() == Some(&truth) {
                continue;
            }
            match class(&case, other.as_deref()) {
                Some(class) => *found.entry(class).or_default() += 1,
                None => unknown.push(format!("{text} in {reader}: {truth}, and {other:?}")),
            }
        }
    }
    assert!(cases >= 20_000, "only {cases} numbers were generated");
    let shown = unknown[..unknown.len().min(20)].join("\n");
    assert!(unknown.is_empty(), "{} for no known reason, such as:\n{shown}", unknown.len());
    for (class, cap, reason) in KNOWN {
        let count = found.remove(&class).unwrap_or(0);
        assert!(count <= cap, "{class:?} ({reason}): {count} cases, at most {cap} known");
    }
    assert!(found.is_empty(), "not in the table: {found:?}");
}
