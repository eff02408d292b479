//! From any caller text to a canonical number: see [`Number::read`].

pub mod format;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::Party;

/// An ISO 3166-1 alpha-2 region, upper case, such as `US`.
#[derive(
    Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(transparent)]
#[ts(type = "string")]
pub struct Region(String);

impl Region {
    /// Takes two ASCII letters that name a region with a numbering plan.
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.trim().to_ascii_uppercase();
        let plausible = text.len() == 2 && text.bytes().all(|b| b.is_ascii_uppercase());
        plausible.then_some(Self(text))
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a caller text turned out to be.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum NumberKind {
    /// A public number; `e164` is set.
    Number,
    /// Withheld, restricted, unavailable; never looked up.
    Anonymous,
    /// An internal extension; looked up only where the account says so.
    Extension,
    /// A short code such as an emergency or service number; never looked up.
    ShortCode,
    /// A service code with `*` or `#`; never looked up.
    StarCode,
    /// A SIP address whose user part is no number.
    SipAddress,
    /// None of these; shown as given.
    Unparsable,
}

/// Where the number was found.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// In the number or address itself.
    Address,
    /// Only in the display name.
    DisplayName,
}

/// Which parser read the number.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Reading {
    /// The canonical parser.
    Canonical,
    /// The second opinion: marked, and never allows automatic logging.
    Second,
}

/// A caller text, read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct Number {
    /// What it is.
    pub kind: NumberKind,
    /// The text as given, bounded.
    pub given: String,
    /// `+14155550123`; set exactly when `kind` is [`NumberKind::Number`].
    pub e164: Option<String>,
    /// The region of the number, where the plan tells.
    pub region: Option<Region>,
    /// Extension behind a number (`;ext=22`), or the extension itself.
    pub extension: Option<String>,
    /// How people write it: international format for numbers, the text itself for the rest.
    pub display: String,
    /// Where it was found.
    pub basis: Basis,
    /// Who read it.
    pub reading: Reading,
}

/// What is needed to read a number that is not written internationally.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberContext {
    /// The region whose national numbers are meant.
    pub region: Region,
    /// The longest run of digits that counts as an internal extension (2 to this many).
    pub extension_digits: u8,
}

impl Number {
    /// Reads a party's address and display name. Never fails and never panics: what cannot be read
    /// is [`NumberKind::Unparsable`] with the text kept.
    pub fn read(party: &Party, _context: &NumberContext) -> Self {
        // Placeholder until the reader lands: everything is shown as given.
        Self {
            kind: NumberKind::Unparsable,
            given: party.given.clone(),
            e164: None,
            region: None,
            extension: None,
            display: party.given.clone(),
            basis: Basis::Address,
            reading: Reading::Canonical,
        }
    }

    /// The E.164 forms under which this number may be stored: itself first, then the other side of
    /// a known renumbering (design §5.1).
    pub fn lookup_forms(&self) -> Vec<String> {
        self.e164.iter().cloned().collect()
    }
}
