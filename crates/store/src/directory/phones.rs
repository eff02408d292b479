//! Which numbers a contact has, under what they are found, and how surely.

use ringside_domain::matching::spelling;
use ringside_domain::number::{NumberContext, bare_digits};
use ringside_domain::{Contact, Number, NumberKind, Party, Rule};
use rusqlite::types::{ToSql, ToSqlOutput, Value};

/// Most phones of one contact that are read: more is no contact.
const PHONES_MAX: usize = 50;

/// Under what a number is kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Key {
    /// The digits of an E.164 number.
    Public(i64),
    /// Digits that the account's region could not read.
    Bare(i64),
    /// An internal extension.
    Extension(String),
}

/// A number of a contact, for the table.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Phone {
    pub(super) key: Key,
    pub(super) rule: Rule,
    /// Which of the contact's phones; none where only the CRM, or the agent, said so.
    pub(super) place: Option<u32>,
}

impl Key {
    /// The key of a number in E.164.
    pub(super) fn public(e164: &str) -> Option<Self> {
        digits(e164).map(Self::Public)
    }

    pub(super) fn space(&self) -> i64 {
        match self {
            Self::Public(_) => 0,
            Self::Bare(_) => 1,
            Self::Extension(_) => 2,
        }
    }
}

impl ToSql for Key {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(match self {
            Self::Public(digits) | Self::Bare(digits) => {
                ToSqlOutput::Owned(Value::Integer(*digits))
            }
            Self::Extension(digits) => digits.to_sql()?,
        })
    }
}

/// `+14155550123` as a number of its own: no E.164 number is longer than 15 digits.
pub(super) fn digits(e164: &str) -> Option<i64> {
    e164.strip_prefix('+').unwrap_or(e164).parse().ok().filter(|digits| *digits > 0)
}

/// The numbers that the stored phones turn out to be, each once, by its surest reading.
pub(super) fn of(contact: &Contact, numbers: &NumberContext) -> Vec<Phone> {
    let mut phones: Vec<Phone> = Vec::new();
    for (place, stored) in (0..).zip(contact.phones.iter().take(PHONES_MAX)) {
        for number in Number::stored(&stored.given, numbers) {
            let Some((key, rule)) = key(&number) else { continue };
            match phones.iter_mut().find(|phone| phone.key == key) {
                Some(known) if known.rule <= rule => {}
                Some(known) => (known.rule, known.place) = (rule, Some(place)),
                None => phones.push(Phone { key, rule, place: Some(place) }),
            }
        }
    }
    phones
}

fn key(stored: &Number) -> Option<(Key, Rule)> {
    match (&stored.e164, stored.kind) {
        (Some(e164), _) => Some((Key::public(e164)?, spelling(stored))),
        (None, NumberKind::Extension) => {
            Some((Key::Extension(stored.extension.clone()?), Rule::Exact))
        }
        (None, NumberKind::Unparsable) => {
            Some((Key::Bare(digits(&bare_digits(&stored.given)?)?), Rule::Digits))
        }
        (None, _) => None,
    }
}

/// The forms under which a number may be stored, itself first.
pub(super) fn forms(e164: &str, numbers: &NumberContext) -> Vec<i64> {
    let number = Number::read(&Party { given: e164.to_owned(), name: None }, numbers);
    let other = number.lookup_forms().into_iter().filter(|form| form != e164);
    std::iter::once(e164.to_owned()).chain(other).filter_map(|form| digits(&form)).collect()
}

/// Every run of three digits of the public numbers, for the index.
pub(super) fn runs(phones: &[Phone]) -> String {
    let mut all: Vec<String> = Vec::new();
    for phone in phones {
        if let Key::Public(number) = phone.key {
            let digits = number.to_string();
            all.extend((0..digits.len().saturating_sub(2)).map(|at| digits[at..at + 3].to_owned()));
        }
    }
    all.sort_unstable();
    all.dedup();
    all.join(" ")
}

/// How a rule stands in its column.
pub(super) fn rule_number(rule: Rule) -> i64 {
    match rule {
        Rule::Exact => 0,
        Rule::National => 1,
        Rule::Renumbered => 2,
        Rule::Reported => 3,
        Rule::Digits => 4,
        Rule::Guess => 5,
    }
}

/// The rule of a column; an unknown one is the weakest.
pub(super) fn rule_numbered(number: i64) -> Rule {
    match number {
        0 => Rule::Exact,
        1 => Rule::National,
        2 => Rule::Renumbered,
        3 => Rule::Reported,
        4 => Rule::Digits,
        _ => Rule::Guess,
    }
}
