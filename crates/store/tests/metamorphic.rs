//! Same number, same answer: however a CRM writes its numbers, and in whatever order its contacts
//! come, the same people are found.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use proptest::prelude::*;
use ringside_domain::contact::ContactPhone;
use ringside_domain::{Contact, Number, Party, Rule};
use ringside_store::Directory;
use tempfile::TempDir;

/// Numbers, and how people of their country write them.
const NUMBERS: [(&str, &str); 10] = [
    ("+14155550123", "(415) 555-0123"),
    ("+12125550188", "212.555.0188"),
    ("+16285550199", "1-628-555-0199"),
    ("+442079460123", "020 7946 0123"),
    ("+491715550102", "0171 / 555 0102"),
    ("+4930901820123", "030 901820123"),
    ("+33142685300", "01 42 68 53 00"),
    ("+390669812329", "06 6981 2329"),
    ("+525512345678", "55 1234 5678"),
    ("+2290197123456", "01 97 12 34 56"),
];
/// A number of nobody.
const OTHER: &str = "+1 713 555 0142";

/// In how many ways a number is written.
const FORMATS: usize = 14;

fn write(number: usize, format: usize) -> String {
    let (e164, national) = NUMBERS[number];
    let digits = &e164[1..];
    let spaced = || {
        let chars: Vec<char> = digits.chars().collect();
        chars.chunks(3).map(String::from_iter).collect::<Vec<_>>()
    };
    match format {
        0 => e164.to_owned(),
        1 => national.to_owned(),
        2 => format!("+{}", spaced().join(" ")),
        3 => format!("+{}", spaced().join("-")),
        4 => format!("00{digits}"),
        5 => format!("011 {digits}"),
        6 => format!("tel:{e164};ext=12"),
        7 => format!("{e164} ext. 12"),
        8 => format!("{e164} x12"),
        9 => e164.chars().map(full_width).collect(),
        10 => format!("+{}", spaced().join("\u{a0}")),
        11 => format!("{OTHER} / {e164}"),
        12 => format!("{e164}, {OTHER}"),
        _ => format!("sip:{e164}@pbx.test"),
    }
}

fn full_width(c: char) -> char {
    char::from_u32(u32::from(c) - 0x21 + 0xFF01).unwrap()
}

fn people(written: &[(usize, usize)]) -> Vec<Contact> {
    let person = |(at, (number, format)): (usize, &(usize, usize))| {
        let mut one = contact("work", &at.to_string(), &format!("Person {at}"), &[]);
        one.phones = vec![
            ContactPhone { given: "call the office".into(), field: Some("note".into()) },
            ContactPhone { given: write(*number, *format), field: Some("work".into()) },
        ];
        one
    };
    written.iter().enumerate().map(person).collect()
}

async fn directory(contacts: Vec<Contact>) -> (TempDir, Directory) {
    let folder = tempfile::tempdir().unwrap();
    let (directory, _) = Directory::open(&folder.path().join("d.db"), &key()).unwrap();
    let work = account("work");
    directory.begin_pull(&work, None, at(0)).await.unwrap();
    let us = numbers();
    directory.put_page(&work, at(0), contacts, vec![], None, &us, at(0)).await.unwrap();
    (folder, directory)
}

fn ring(directory: &Directory, number: usize) -> Vec<(String, Rule, Option<String>)> {
    let party = Party { given: NUMBERS[number].0.into(), name: None };
    let known = directory.lookup(&Number::read(&party, &numbers())).unwrap();
    let found = known.matches.into_iter();
    found.map(|m| (m.contact.reference.id, m.why.rule, m.why.field)).collect()
}

fn ids(found: &[(String, Rule, Option<String>)]) -> Vec<&str> {
    let mut ids: Vec<&str> = found.iter().map(|(id, ..)| id.as_str()).collect();
    ids.sort_unstable();
    ids
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn same_number_same_answer(
        written in prop::collection::vec((0..NUMBERS.len(), 0..FORMATS, 0..FORMATS), 1..24),
        order in any::<prop::sample::Index>(),
    ) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        let first: Vec<_> = written.iter().map(|(number, a, _)| (*number, *a)).collect();
        let second: Vec<_> = written.iter().map(|(number, _, b)| (*number, *b)).collect();
        let mut shuffled = people(&first);
        shuffled.rotate_left(order.index(first.len()));
        let middle = shuffled.len() / 2;
        shuffled[middle..].reverse();
        let (_a, as_written) = runtime.block_on(directory(people(&first)));
        let (_b, otherwise) = runtime.block_on(directory(people(&second)));
        let (_c, shuffled) = runtime.block_on(directory(shuffled));
        for number in 0..NUMBERS.len() {
            let found = ring(&as_written, number);
            let expected = (0..written.len()).filter(|at| written[*at].0 == number);
            let mut expected: Vec<String> = expected.map(|at| at.to_string()).collect();
            expected.sort_unstable();
            prop_assert_eq!(ids(&found), expected, "{:?}", first);
            let other = ring(&otherwise, number);
            prop_assert_eq!(ids(&found), ids(&other), "{:?}", second);
            prop_assert_eq!(&found, &ring(&shuffled, number));
            prop_assert!(found.iter().all(|(.., field)| field.as_deref() == Some("work")));
        }
    }
}

/// What each way of writing says of how sure the match is.
#[tokio::test]
async fn the_way_it_is_written_gives_the_rule() {
    for (number, (e164, _)) in NUMBERS.iter().enumerate() {
        for format in 0..FORMATS {
            let (_folder, directory) = directory(people(&[(number, format)])).await;
            let found = ring(&directory, number);
            let at_home = e164.starts_with("+1");
            let expected = match format {
                1 if number == 2 => Rule::Exact,
                1 if at_home => Rule::National,
                1 => Rule::Digits,
                _ => Rule::Exact,
            };
            let rules: Vec<Rule> = found.iter().map(|(_, rule, _)| *rule).collect();
            assert_eq!(rules, [expected], "{}", write(number, format));
        }
    }
}
