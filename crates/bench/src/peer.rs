//! Made-up people with numbers that parse: the same ones for the same index, so that a ring can be
//! chosen without keeping a list.

use serde_json::{Value, json};

const FIRST: [&str; 16] = [
    "Nadia",
    "Tomás",
    "Iris",
    "Amira",
    "Jonas",
    "Mei",
    "Oluwaseun",
    "Clara",
    "Piotr",
    "Leïla",
    "Søren",
    "Priya",
    "Mateo",
    "Hanna",
    "Kofi",
    "Yuki",
];
const LAST: [&str; 16] = [
    "Okafor",
    "Reyes",
    "Falk",
    "Haddad",
    "Lindqvist",
    "Tanaka",
    "Adeyemi",
    "Moreau",
    "Nowak",
    "Benali",
    "Kjær",
    "Raman",
    "Ortega",
    "Virtanen",
    "Mensah",
    "Sato",
];
/// Area codes of the United States.
const AREAS: [u32; 20] = [
    212, 213, 214, 215, 302, 303, 305, 312, 313, 314, 404, 408, 415, 503, 512, 602, 617, 702, 713,
    808,
];

/// Somebody by number.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Peer(pub(crate) usize);

impl Peer {
    /// A name that nobody else has.
    pub(crate) fn name(self) -> String {
        let (first, last) = (FIRST[self.0 % 16], LAST[self.0 / 16 % 16]);
        format!("{first} {last} {}", self.0)
    }

    /// In E.164. Up to fifteen million people have one each.
    pub(crate) fn number(self) -> String {
        let area = AREAS[self.0 % AREAS.len()];
        // An exchange begins with 2 to 9, and no two ones follow.
        let (exchange, line) = (220 + self.0 / AREAS.len() / 10_000, self.0 / AREAS.len() % 10_000);
        format!("+1{area}{exchange}{line:04}")
    }

    /// As the Example CRM takes it: stored as people type it.
    pub(crate) fn contact(self) -> Value {
        let e164 = self.number();
        let (area, exchange, line) = (&e164[2..5], &e164[5..8], &e164[8..]);
        let number = match self.0 % 4 {
            0 => e164.clone(),
            1 => format!("({area}) {exchange}-{line}"),
            2 => format!("{area}.{exchange}.{line}"),
            _ => format!("+1 {area} {exchange} {line}"),
        };
        let phones = json!([{ "field": "work", "number": number }]);
        json!({ "name": self.name(), "type": "person", "phones": phones })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use ringside_domain::number::NumberContext;
    use ringside_domain::{Number, NumberKind, Party, Region};

    use super::*;

    #[test]
    fn everybody_has_a_valid_number_and_a_name_of_their_own() {
        let numbers = NumberContext { region: Region::parse("US").unwrap(), extension_digits: 6 };
        let mut seen = HashSet::new();
        for index in (0..200_000).step_by(97).chain([999_999]) {
            let peer = Peer(index);
            let party = Party { given: peer.number(), name: None };
            let number = Number::read(&party, &numbers);
            assert_eq!(number.kind, NumberKind::Number, "{}", peer.number());
            assert_eq!(number.e164.as_deref(), Some(peer.number().as_str()));
            assert!(seen.insert(peer.number()) && seen.insert(peer.name()));
        }
    }
}
