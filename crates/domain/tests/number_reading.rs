//! What the reader makes of the texts that softphones, switches and people send.

#![allow(clippy::unwrap_used, reason = "test helpers fail by panicking")]

use proptest::prelude::*;
use ringside_domain::number::{Basis, NumberContext, Reading, warm};
use ringside_domain::{Number, NumberKind, Party, Region};

fn context(region: &str) -> NumberContext {
    NumberContext { region: Region::parse(region).unwrap(), extension_digits: 6 }
}

fn party(given: &str, name: Option<&str>) -> Party {
    Party { given: given.into(), name: name.map(Into::into) }
}

fn read_in(region: &str, given: &str) -> Number {
    Number::read(&party(given, None), &context(region))
}

/// The E.164 form, or the kind where there is none, with the extension after a space.
fn short(number: &Number) -> String {
    let what = number.e164.clone().unwrap_or_else(|| format!("{:?}", number.kind));
    number.extension.iter().fold(what, |what, extension| format!("{what} {extension}"))
}

#[test]
fn every_identity_that_baresip_sent_is_read() {
    let expected = [
        ("id-anonymous", "Anonymous", Basis::Address),
        ("id-displayname-number", "+14155550123", Basis::DisplayName),
        ("id-ext-in-uri", "+14155550123 22", Basis::Address),
        ("id-extension", "Extension 101", Basis::Address),
        ("id-html", "+353871234567", Basis::Address),
        ("id-intl00", "+442079460123", Basis::Address),
        ("id-intl011", "+442079460123", Basis::Address),
        ("id-national", "+14155550123", Basis::Address),
        ("id-noname-angle", "+14155550123", Basis::Address),
        ("id-quote-escape", "+353871234567", Basis::Address),
        ("id-restricted", "Anonymous", Basis::Address),
        ("id-sips", "+14155550123", Basis::Address),
        ("id-tel-uri", "+14155550123", Basis::Address),
        ("id-unavailable-nouser", "Anonymous", Basis::Address),
        ("id-unknown", "Anonymous", Basis::Address),
        ("id-utf8", "+48221234567", Basis::Address),
    ];
    let recorded = include_str!("fixtures/baresip-identities.jsonl").lines();
    let mut seen = 0;
    for line in recorded {
        let line: serde_json::Value = serde_json::from_str(line).unwrap();
        let event = &line["raw"];
        let id = event["id"].as_str().unwrap();
        let (name, what, basis) =
            expected.iter().find(|(name, ..)| id.contains(&format!("{name}@"))).unwrap();
        let given = event["peeruri"].as_str().unwrap();
        let number = Number::read(&party(given, event["peerdisplayname"].as_str()), &context("US"));
        assert_eq!((short(&number).as_str(), number.basis), (*what, *basis), "{name}");
        assert_eq!(number.given, given);
        seen += 1;
    }
    assert_eq!(seen, expected.len());
}

#[test]
fn every_way_to_write_a_number_gives_its_e164() {
    for (region, given, expected) in [
        // One American number, as switches, CRMs and people write it.
        ("US", "4155550123", "+14155550123"),
        ("US", "14155550123", "+14155550123"),
        ("US", "+14155550123", "+14155550123"),
        ("US", "(415) 555-0123", "+14155550123"),
        ("US", "415.555.0123", "+14155550123"),
        ("US", "+1 415 555 0123", "+14155550123"),
        ("US", "+1\u{A0}415\u{2011}555\u{2013}0123", "+14155550123"),
        ("US", "\u{202A}+1 (415) 555-0123\u{202C}", "+14155550123"),
        ("US", "＋１　４１５　５５５　０１２３", "+14155550123"),
        ("US", "+١٤١٥٥٥٥٠١٢٣", "+14155550123"),
        ("US", "sip:+14155550123@pbx.test;user=phone", "+14155550123"),
        ("US", "sip:%2B14155550123@pbx.test", "+14155550123"),
        ("US", "%2B14155550123", "+14155550123"),
        ("US", "\"Jane\" <sip:+14155550123@pbx.test>;tag=4f", "+14155550123"),
        ("US", "+14155550123@pbx.test", "+14155550123"),
        ("US", "sip:+14155550123", "+14155550123"),
        ("US", "tel:+1-415-555-0123", "+14155550123"),
        ("US", "tel:5550123;phone-context=+1415", "+14155550123"),
        ("GB", "tel:4155550123;phone-context=+1", "+14155550123"),
        ("US", "tel:4155550123;phone-context=example.com", "+14155550123"),
        ("US", "tel:+1(415)555.0123;isub=12345", "+14155550123"),
        // From and in other countries.
        ("US", "+44 (0)20 7946 0123", "+442079460123"),
        ("US", "(+44) 20 7946 0123", "+442079460123"),
        ("US", "011 44 20 7946 0123", "+442079460123"),
        ("US", "0044 20 7946 0123", "+442079460123"),
        ("GB", "00442079460123", "+442079460123"),
        ("GB", "011442079460123", "+442079460123"),
        ("GB", "020 7946 0123", "+442079460123"),
        ("GB", "2079460123", "+442079460123"),
        ("GB", "0011 1 415 555 0123", "Unparsable"),
        ("DE", "030 901820", "+4930901820"),
        ("DE", "0049 30 901820", "+4930901820"),
        ("AU", "0011 1 415 555 0123", "+14155550123"),
        ("JP", "010 1 415 555 0123", "+14155550123"),
        ("IT", "06 6981 2329", "+390669812329"),
        ("BR", "+39 06 6981 2329", "+390669812329"),
        ("ES", "+34 (0) 910 123 456", "+34910123456"),
        ("RU", "+44 800 123 4503", "+448001234503"),
        ("RU", "8 (495) 123-45-67", "+74951234567"),
        ("US", "442079460123", "+442079460123"),
        // Numbers outside the known ranges, but of a known length.
        ("US", "+1 999 555 0123", "+19995550123"),
        ("US", "0123456789", "Unparsable"),
        // Letters.
        ("US", "1-800-FLOWERS", "+18003569377"),
        ("US", "1-800-flowers", "+18003569377"),
        ("US", "sip:1800FLOWERS@pbx.test", "SipAddress"),
        ("US", "1234 Main Str", "Unparsable"),
        ("US", "Support: 4155550123", "Unparsable"),
        // Renumbered: the old form reads as today's.
        ("US", "+52 1 55 1234 5678", "+525512345678"),
        ("US", "+229 97 12 34 56", "+2290197123456"),
        ("US", "+225 07 12 34 56", "+2250707123456"),
        // No number at all.
        ("US", "5550123", "Unparsable"),
        ("US", "+", "Unparsable"),
        ("US", "+1415555", "Unparsable"),
        ("US", "+1415555 x0123", "Unparsable"),
        ("US", "415555 x0123", "Unparsable"),
        ("US", "+999 123 456 789", "Unparsable"),
        ("US", "+112", "Unparsable"),
        ("US", "12345678901234567890123", "Unparsable"),
        ("US", "0000000000", "Unparsable"),
        ("US", "bob1234567890", "Unparsable"),
    ] {
        assert_eq!(short(&read_in(region, given)), expected, "{region} {given}");
    }
}

#[test]
fn extensions_and_codes_are_told_from_numbers() {
    for (region, given, expected) in [
        ("US", "101", "Extension 101"),
        ("US", "sip:101@pbx.test", "Extension 101"),
        ("US", "tel:7042;phone-context=example.com", "Extension 7042"),
        ("US", "tel:7042;phone-context=+1", "Extension 7042"),
        ("US", "ext. 101", "Extension 101"),
        ("US", "123456", "Extension 123456"),
        ("US", "999", "Extension 999"),
        ("GB", "999", "ShortCode"),
        ("US", "911", "ShortCode"),
        ("US", "tel:911;phone-context=+1", "ShortCode"),
        ("US", "sip:112@pbx.test", "ShortCode"),
        ("US", "411", "ShortCode"),
        ("US", "0", "ShortCode"),
        ("US", "*97", "StarCode"),
        ("US", "*67 415 555 0123", "StarCode"),
        ("DE", "#31#030901820", "StarCode"),
        ("US", "100*22", "StarCode"),
        ("US", "+14155550123 ext. 22", "+14155550123 22"),
        ("US", "(415) 555-0123 x22", "+14155550123 22"),
        ("US", "+14155550123;ext=22", "+14155550123 22"),
        ("US", "sip:+14155550123;ext=22@pbx.test;user=phone", "+14155550123 22"),
        ("US", "4155550123*101", "+14155550123 101"),
        ("US", "sip:main*101@pbx.test", "SipAddress"),
        ("US", "sip:alice@example.com", "SipAddress"),
        ("US", "alice@example.com", "SipAddress"),
        ("US", "sip:trunk7@pbx.test", "SipAddress"),
        ("US", "sip:agent1234567890@pbx.test", "SipAddress"),
    ] {
        assert_eq!(short(&read_in(region, given)), expected, "{region} {given}");
    }
}

#[test]
fn withheld_callers_stay_withheld_and_a_name_helps_only_where_nothing_is_known() {
    for (given, name, expected) in [
        ("", None, "Anonymous"),
        ("  \u{200B}", None, "Anonymous"),
        ("sip:@pbx.test", None, "Anonymous"),
        ("sip:s@pbx.test", None, "Anonymous"),
        ("sip:ANONYMOUS@pbx.test", None, "Anonymous"),
        ("Private Number", None, "Anonymous"),
        ("No Caller ID", None, "Anonymous"),
        ("sip:1234567@anonymous.invalid", None, "Anonymous"),
        ("sip:anonymous@anonymous.invalid", Some("+14155550123"), "Anonymous"),
        ("sip:withheld@pbx.test", Some("+14155550123"), "Anonymous"),
        ("sip:trunk7@pbx.test", Some("Restricted"), "Anonymous"),
        ("", Some("Private caller"), "Anonymous"),
        ("sip:unknown@pbx.test", Some("+14155550123"), "+14155550123"),
        ("", Some("(415) 555-0123"), "+14155550123"),
        ("sip:trunk7@pbx.test", Some("+1 415 555 0123"), "+14155550123"),
        ("sip:trunk7@pbx.test", Some("Jane +1 415 555 0123"), "SipAddress"),
        ("sip:trunk7@pbx.test", Some("Unknown"), "SipAddress"),
        ("sip:101@pbx.test", Some("Restricted"), "Extension 101"),
        ("sip:101@pbx.test", Some("102"), "Extension 101"),
        ("sip:+14155550123@pbx.test", Some("+442079460123"), "+14155550123"),
        ("sip:+14155550123@pbx.test", Some("Anonymous"), "+14155550123"),
        ("sip:911@pbx.test", Some("+14155550123"), "ShortCode"),
    ] {
        let number = Number::read(&party(given, name), &context("US"));
        assert_eq!(short(&number), expected, "{given} {name:?}");
    }
}

#[test]
fn people_see_numbers_as_they_write_them() {
    for (given, display, region) in [
        ("sip:+14155550123@pbx.test", "+1 415-555-0123", Some("US")),
        ("+14165550123", "+1 416-555-0123", Some("CA")),
        ("+442079460123", "+44 20 7946 0123", Some("GB")),
        ("+14155550123;ext=22", "+1 415-555-0123 ext. 22", Some("US")),
        ("+800 1234 5678", "+800 1234 5678", None),
        ("sip:101@pbx.test", "101", None),
        ("sip:alice:secret@example.com:5061", "alice@example.com", None),
        ("<b>\u{202E}x</b>", "<b>x</b>", None),
        ("sip:5550123@pbx.test", "5550123", None),
    ] {
        let number = read_in("US", given);
        assert_eq!(number.display, display);
        assert_eq!(number.region.as_ref().map(Region::as_str), region, "{given}");
    }
}

#[test]
fn both_forms_of_a_renumbered_number_are_looked_up() {
    for (given, forms) in [
        ("+14155550123", &["+14155550123"][..]),
        ("+525512345678", &["+525512345678", "+5215512345678"]),
        ("+5215512345678", &["+525512345678", "+5215512345678"]),
        ("+5491123456789", &["+5491123456789", "+541123456789"]),
        ("+541123456789", &["+541123456789", "+5491123456789"]),
        ("+2290197123456", &["+2290197123456", "+22997123456"]),
        ("+22997123456", &["+2290197123456", "+22997123456"]),
        ("+22507123456", &["+2250707123456", "+22507123456"]),
        ("+22505123456", &["+2250505123456", "+22505123456"]),
        ("+22501123456", &["+2250101123456", "+22501123456"]),
        ("+22520212345", &["+2252720212345", "+22520212345"]),
        ("+22520012345", &["+2252520012345", "+22520012345"]),
        ("+22520812345", &["+2252120812345", "+22520812345"]),
        ("sip:101@pbx.test", &[]),
    ] {
        assert_eq!(read_in("US", given).lookup_forms(), forms, "{given}");
    }
}

#[test]
fn a_region_needs_a_numbering_plan() {
    assert_eq!(Region::parse(" us ").unwrap().as_str(), "US");
    for text in ["ZZ", "USA", "", "1", "é", "U S"] {
        assert_eq!(Region::parse(text), None, "{text}");
    }
}

#[test]
fn a_text_too_long_is_shown_and_never_read() {
    let number = read_in("US", &format!("+14155550123{}", " ".repeat(300)));
    assert_eq!(number.kind, NumberKind::Unparsable);
    assert!(number.given.chars().count() <= 256 && number.display.chars().count() <= 200);
}

#[test]
fn the_second_opinion_is_asked_only_where_the_first_finds_nothing() {
    let us = context("US");
    warm(&us);
    for given in ["+14155550123", "101", "sip:alice@example.com", "", "5550123", "not a number"] {
        assert_eq!(Number::second_reading(&party(given, None), &us), None, "{given}");
    }
}

#[test]
fn a_second_opinion_is_marked() {
    // A zero for an outside line, and one more that the switch put before the trunk zero.
    let given = party("sip:0001834997632@pbx.test", None);
    assert_eq!(Number::read(&given, &context("GB")).kind, NumberKind::Unparsable);
    let number = Number::second_reading(&given, &context("GB")).unwrap();
    assert_eq!(number.e164.as_deref(), Some("+441834997632"));
    assert_eq!((number.reading, number.kind), (Reading::Second, NumberKind::Number));
    // The prefix of the reader's country is not stripped from another country's number.
    let foreign = party("+267079270773", None);
    assert_eq!(Number::second_reading(&foreign, &context("GB")), None);
}

/// An international number of some country, valid by the canonical parser.
fn international() -> impl Strategy<Value = String> {
    const NUMBERS: [&str; 14] = [
        "+14155550123",
        "+14165550199",
        "+442079460123",
        "+353871234567",
        "+48221234567",
        "+390669812329",
        "+4930901820",
        "+33142685300",
        "+5491123456789",
        "+525512345678",
        "+2250707123456",
        "+81312345678",
        "+61212345678",
        "+78091234233",
    ];
    prop::sample::select(&NUMBERS[..]).prop_map(String::from)
}

/// Rewrites a number as people and machines do, without changing which number it is.
fn rewritten(e164: &str, style: usize, gaps: &[usize]) -> String {
    const GAPS: [&str; 8] = ["", " ", "-", ".", "\u{A0}", "\u{2011}", "\u{3000}", " - "];
    let digits = e164.trim_start_matches('+');
    let mut text: String = digits
        .chars()
        .enumerate()
        .map(|(i, digit)| {
            let gap = if i == 0 { "" } else { GAPS[gaps[i % gaps.len()] % GAPS.len()] };
            format!("{gap}{digit}")
        })
        .collect();
    let in_script = |text: &str, zero: u32| -> String {
        text.chars()
            .map(|c| c.to_digit(10).and_then(|d| char::from_u32(zero + d)).unwrap_or(c))
            .collect()
    };
    text = match style % 7 {
        0 => format!("+{text}"),
        1 => format!("00{text}"),
        2 => format!("＋{}", in_script(&text, 0xFF10)),
        3 => format!("+{}", in_script(&text, 0x0660)),
        4 => format!("tel:+{digits}"),
        5 => format!("sip:%2B{digits}@pbx.test;user=phone"),
        _ => format!("  \u{202A}+({}) {}\u{202C}", &digits[..2], &digits[2..]),
    };
    text
}

proptest! {
    // A failure prints its smallest case; a table above is where that case is kept.
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn any_text_gives_a_kind_and_never_panics(
        given in prop_oneof![
            any::<String>(),
            "(sip:|tel:|sips:)?[+0-9 ().*#x;=@a-c%-]{0,40}",
            "[+]?[0-9]{0,20}",
        ],
        name in prop::option::of(prop_oneof![any::<String>(), "[+0-9 -]{0,18}"]),
        region in prop::sample::select(vec!["US", "GB", "DE", "IT", "RU", "BR", "JP", "MX", "CI"]),
    ) {
        let party = party(&given, name.as_deref());
        let number = Number::read(&party, &context(region));
        prop_assert_eq!(number.e164.is_some(), number.kind == NumberKind::Number);
        prop_assert_eq!(number.reading, Reading::Canonical);
        prop_assert!(number.given.chars().count() <= 256);
        prop_assert!(number.display.chars().count() <= 200);
        if let Some(e164) = &number.e164 {
            prop_assert!(e164.len() <= 16 && e164.starts_with('+'), "{}", e164);
            prop_assert!(e164[1..].bytes().all(|b| b.is_ascii_digit()));
            for other in ["US", "GB", "RU", "CI"] {
                let again = read_in(other, e164).e164;
                prop_assert_eq!(again.as_ref(), Some(e164), "in {}", other);
            }
            prop_assert_eq!(&number.lookup_forms()[0], e164);
        }
        if let Some(second) = Number::second_reading(&party, &context(region)) {
            prop_assert_eq!(second.reading, Reading::Second);
            prop_assert!(second.e164.is_some() && number.kind == NumberKind::Unparsable);
        }
    }

    #[test]
    fn rewriting_an_international_number_changes_nothing(
        e164 in international(),
        style in 0usize..7,
        gaps in prop::collection::vec(0usize..8, 1..6),
        // Not Japan, where 0077 and 0078 begin valid numbers and 00 reaches nobody abroad.
        region in prop::sample::select(vec!["US", "GB", "DE", "IT", "RU", "BR", "AU"]),
    ) {
        let text = rewritten(&e164, style, &gaps);
        let read = read_in(region, &text).e164;
        prop_assert_eq!(read.as_ref(), Some(&e164), "{} in {}", text, region);
    }
}
