//! The second opinion: the `phonenumber` crate, where the canonical reading finds nothing.
//!
//! It is slow on its first parse and reads some numbers wrongly, in silence. So it is never asked on
//! the way to a first paint, and the canonical parser must call its answer valid.

use super::address::{Address, digits};
use super::{Basis, Number, NumberContext, NumberKind, Reading, canonical};
use crate::Party;

/// Fewest and most digits worth a second look: below is local, above is no number.
const DIGITS: std::ops::RangeInclusive<usize> = 7..=20;

impl Number {
    /// Reads a party once more, with another parser, where [`Number::read`] found nothing.
    ///
    /// Slow (up to 0.2 s the first time, milliseconds later): not for the way to the first paint.
    /// The answer is marked [`Reading::Second`] and must never allow automatic logging.
    pub fn second_reading(party: &Party, context: &NumberContext) -> Option<Self> {
        let first = Self::read(party, context);
        if first.kind != NumberKind::Unparsable {
            return None;
        }
        let address = Address::parse(&first.given);
        let digits = digits(&address.user);
        if !DIGITS.contains(&digits.len()) || address.user.contains(char::is_alphabetic) {
            return None;
        }
        let e164 = if address.user.contains('+') {
            // Without a region: it would strip the region's trunk prefix from a foreign number.
            parse(&format!("+{digits}"), None)
        } else {
            parse(&digits, Some(context.region.as_str()))
        }?;
        let number = canonical::exact(&e164).filter(canonical::PhoneNumber::is_valid)?;
        let read = Self::public(&first.given, &number, address.extension, Basis::Address);
        Some(Self { reading: Reading::Second, ..read })
    }
}

/// The E.164 form that `phonenumber` gives a number.
pub(super) fn parse(number: &str, region: Option<&str>) -> Option<String> {
    let region = region.and_then(|region| region.parse().ok());
    let number = phonenumber::parse(region, number).ok()?;
    Some(number.format().mode(phonenumber::Mode::E164).to_string())
}
