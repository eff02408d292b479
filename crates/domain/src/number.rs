//! From any caller text to a canonical number: see [`Number::read`].

mod address;
mod canonical;
pub mod format;
mod renumbering;
mod second;
mod short_code;
mod stored;
mod withheld;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

pub(crate) use self::address::plain;
use self::address::{ADDRESS_MAX, Address};
pub use self::stored::bare_digits;
use self::withheld::Absence;
use crate::Party;
use crate::text::{NAME_MAX, clean};

/// Longest extension behind a number that is kept, in characters.
const EXTENSION_MAX: usize = 20;

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
        canonical::plan(&text).map(|_| Self(text))
    }

    /// No region: only international numbers can be read. `001` is the "region" of numbers that
    /// belong to no country.
    pub fn world() -> Self {
        Self("001".to_owned())
    }

    /// The country calling code, such as 44.
    pub fn calling_code(&self) -> Option<i32> {
        canonical::calling_code(self)
    }

    /// The two letters.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What a caller text turned out to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
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
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// In the number or address itself.
    Address,
    /// Only in the display name.
    DisplayName,
}

/// Which parser read the number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS)]
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
    /// is [`NumberKind::Unparsable`] with the text kept. Takes microseconds once [`warm`] ran.
    ///
    /// The display name counts only where the address holds no public number, was not withheld, and
    /// the name is nothing but a number.
    pub fn read(party: &Party, context: &NumberContext) -> Self {
        let (own, absence) = Self::read_address(&party.given, context);
        if matches!(own.kind, NumberKind::Number | NumberKind::ShortCode | NumberKind::StarCode)
            || absence == Some(Absence::Withheld)
        {
            return own;
        }
        let name =
            party.name.as_deref().filter(|name| name.len() <= ADDRESS_MAX).map(address::plain);
        let Some(name) = name else { return own };
        if let Some(number) = Self::name_number(&name, context) {
            return Self::public(&own.given, &number, None, Basis::DisplayName);
        }
        let nobody = matches!(own.kind, NumberKind::SipAddress | NumberKind::Unparsable);
        if nobody && withheld::absence(&name) == Some(Absence::Withheld) {
            return Self { kind: NumberKind::Anonymous, basis: Basis::DisplayName, ..own };
        }
        own
    }

    /// The E.164 forms under which this number may be stored: itself first, then the other side of
    /// a known renumbering (design §5.1).
    pub fn lookup_forms(&self) -> Vec<String> {
        let other = |e164: &String| renumbering::other_forms(e164).collect::<Vec<_>>();
        self.e164.iter().flat_map(|e164| [vec![e164.clone()], other(e164)].concat()).collect()
    }

    fn read_address(given: &str, context: &NumberContext) -> (Self, Option<Absence>) {
        let bounded: String = given.chars().take(ADDRESS_MAX).collect();
        if bounded.len() < given.len() {
            return (Self::as_given(&bounded, NumberKind::Unparsable, &bounded), None);
        }
        let address = Address::parse(&bounded);
        let host = address.host.as_deref();
        let absence = match address.user.as_str() {
            _ if host.is_some_and(|h| h == "invalid" || h.ends_with(".invalid")) => {
                Some(Absence::Withheld)
            }
            // Asterisk calls the extension of a call without any number `s`.
            "" | "s" => Some(Absence::Unknown),
            user => withheld::absence(user),
        };
        if absence.is_some() {
            return (Self::as_given(&bounded, NumberKind::Anonymous, &address.user), absence);
        }
        (Self::read_user(&bounded, &address, context), None)
    }

    fn read_user(given: &str, address: &Address, context: &NumberContext) -> Self {
        let user = address.user.as_str();
        let digits = address::digits(user);
        let dialled = user.chars().all(|c| c.is_ascii_digit() || " +-.()/~[]*#,".contains(c));
        let local = dialled && !digits.is_empty() && !user.contains('+');

        if local && user.starts_with(['*', '#']) {
            return Self::as_given(given, NumberKind::StarCode, user);
        }
        if local && short_code::is_short_code(&digits, &context.region) {
            return Self::as_given(given, NumberKind::ShortCode, &digits);
        }
        let completed = address.context.as_deref().and_then(|context| {
            canonical::exact(&format!("+{}{digits}", address::digits(context)))
                .filter(canonical::is_possible)
        });
        if let Some(number) = completed.filter(|_| local) {
            return Self::public(given, &number, address.extension.clone(), Basis::Address);
        }
        if let Some(extension) = extension(user, context) {
            let read = Self::as_given(given, NumberKind::Extension, user);
            return Self { extension: Some(extension), ..read };
        }
        // Hosted phone systems write `main number * extension`. A name in front of the star, as in
        // `main*101`, tells no number, and stays a SIP address.
        let (number, behind) = match user.rsplit_once('*') {
            Some((number, behind)) if dialled => (number, Some(address::digits(behind))),
            _ => (user, None),
        };
        let extension = behind.or_else(|| address.extension.clone());
        let spelled = address.host.is_some() && user.contains(char::is_alphabetic);
        if let Some(number) = canonical::find(number, &context.region).filter(|_| !spelled) {
            return Self::public(given, &number, extension, Basis::Address);
        }
        let kind = match &address.host {
            _ if dialled && user.contains(['*', '#']) && local => NumberKind::StarCode,
            Some(_) if !dialled => NumberKind::SipAddress,
            _ => NumberKind::Unparsable,
        };
        match &address.host {
            Some(host) if kind == NumberKind::SipAddress && !host.is_empty() => {
                Self::as_given(given, kind, &format!("{user}@{host}"))
            }
            _ => Self::as_given(given, kind, user),
        }
    }

    /// The public number that a display name is.
    fn name_number(name: &str, context: &NumberContext) -> Option<canonical::PhoneNumber> {
        let short = address::digits(name).len() <= usize::from(context.extension_digits).max(6);
        (!short && !name.contains(char::is_alphabetic))
            .then(|| canonical::find(name, &context.region))
            .flatten()
    }

    fn public(
        given: &str,
        number: &canonical::PhoneNumber,
        extension: Option<String>,
        basis: Basis,
    ) -> Self {
        let mut number = number.clone();
        number.extension = extension
            .or(number.extension)
            .map(|extension| clean(&extension, EXTENSION_MAX))
            .filter(|extension| !extension.is_empty());
        Self {
            kind: NumberKind::Number,
            given: given.to_owned(),
            e164: Some(canonical::e164(&number)),
            region: canonical::region(&number),
            display: canonical::display(&number),
            extension: number.extension,
            basis,
            reading: Reading::Canonical,
        }
    }

    fn as_given(given: &str, kind: NumberKind, display: &str) -> Self {
        Self {
            kind,
            given: given.to_owned(),
            e164: None,
            region: None,
            extension: None,
            display: clean(display, NAME_MAX),
            basis: Basis::Address,
            reading: Reading::Canonical,
        }
    }
}

/// A run of 2 to `extension_digits` digits, perhaps behind an `ext.`.
fn extension(user: &str, context: &NumberContext) -> Option<String> {
    let number = user.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    let mark = &user[..user.len() - number.len()];
    let marked = ["", "x", "ext", "extn", "extension"].contains(&mark.to_lowercase().as_str());
    let run = number.chars().all(|c| c.is_ascii_digit() || " -.:/()".contains(c));
    let digits = address::digits(number);
    let length = 2..=usize::from(context.extension_digits);
    (marked && run && length.contains(&digits.len())).then_some(digits)
}

/// Loads what both parsers need, for the numbers of a region, so that the first ring does not wait
/// for it. Takes up to half a second; to be called at start, off the ring path.
pub fn warm(context: &NumberContext) {
    let local = canonical::example(&context.region);
    for given in local.into_iter().chain(["+14155550123".into(), "+442079460123".into()]) {
        let party = Party { given, name: None };
        Number::read(&party, context);
        second::parse(&party.given, Some(context.region.as_str()));
    }
}
