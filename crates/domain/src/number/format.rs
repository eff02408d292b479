//! Alternative formats: how a CRM that only finds exact text may have stored a number.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::Region;

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
/// national significant number (design §5.1).
pub fn apply(_mask: &str, _e164: &str, _region: &Region) -> Formatted {
    Formatted::NoDigits
}
