//! What stands around a number: URI scheme, host, parameters.
//!
//! `sip:` and `sips:` as in RFC 3261 §19.1, `tel:` as in RFC 3966, and what softphones make of
//! them: a bare `user@host`, a name before `<…>`, spaces and `%2B` in the user part.

use percent_encoding::percent_decode_str;

use crate::text::clean;

/// Longest address that is looked into, in characters. Longer ones are shown and never read: the
/// cut text could be a stranger's number.
pub(super) const ADDRESS_MAX: usize = 256;

/// A caller text, taken apart.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Address {
    /// The number or the user part: decoded, cleaned, digits and signs in ASCII.
    pub(super) user: String,
    /// Set exactly for SIP addresses; lower case, without port.
    pub(super) host: Option<String>,
    /// Digits of `;ext=`.
    pub(super) extension: Option<String>,
    /// A global `;phone-context=` such as `+1415`. A domain there only says "a local number".
    pub(super) context: Option<String>,
}

impl Address {
    /// Takes any text apart; what is no URI is the user part as it stands.
    pub(super) fn parse(given: &str) -> Self {
        let text = in_brackets(given).trim();
        let (scheme, rest) = split_scheme(text);
        match scheme {
            Scheme::Sip => sip(rest),
            Scheme::Tel => user(rest.trim_start_matches('/')),
            Scheme::None => match text.rsplit_once('@') {
                Some((_, host)) if !host.is_empty() && !host.contains(char::is_whitespace) => {
                    sip(text)
                }
                _ => user(text),
            },
        }
    }
}

enum Scheme {
    Sip,
    Tel,
    None,
}

fn split_scheme(text: &str) -> (Scheme, &str) {
    match text.split_once(':') {
        Some((scheme, rest)) => match scheme.to_ascii_lowercase().as_str() {
            "sip" | "sips" => (Scheme::Sip, rest),
            "tel" | "callto" => (Scheme::Tel, rest),
            _ => (Scheme::None, text),
        },
        None => (Scheme::None, text),
    }
}

/// `"Jane" <sip:…>` is the URI; other text in brackets is no address.
fn in_brackets(text: &str) -> &str {
    let inside = text.rsplit_once('<').and_then(|(_, after)| after.split_once('>'));
    match inside {
        Some((uri, _)) if !matches!(split_scheme(uri.trim()).0, Scheme::None) => uri.trim(),
        _ => text,
    }
}

fn sip(rest: &str) -> Address {
    let (before, after) = match rest.rsplit_once('@') {
        Some((before, after)) => (before, after),
        // No user part, unless a sloppy sender left the host out.
        None if rest.contains(|c: char| c.is_ascii_alphabetic() || ".[".contains(c)) => ("", rest),
        None => (rest, ""),
    };
    let host = after.split([';', '?', '>']).next().unwrap_or_default().trim();
    let host = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => name,
        _ => host,
    };
    // A password in a SIP URI is obsolete and must not be shown.
    let before = before.split(':').next().unwrap_or_default();
    Address { host: Some(clean(&host.to_lowercase(), ADDRESS_MAX)), ..user(before) }
}

fn user(text: &str) -> Address {
    let mut parts = text.split(';');
    let mut address = Address { user: decoded(parts.next().unwrap_or_default()), ..<_>::default() };
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        match name.trim().to_ascii_lowercase().as_str() {
            "ext" => address.extension = Some(digits(&decoded(value))).filter(|e| !e.is_empty()),
            "phone-context" => {
                address.context = Some(decoded(value)).filter(|context| context.starts_with('+'));
            }
            _ => {}
        }
    }
    address
}

fn decoded(text: &str) -> String {
    plain(&percent_decode_str(text).decode_utf8_lossy())
}

/// Cleans a text and writes the digits, signs and dashes of all scripts in ASCII.
pub(crate) fn plain(text: &str) -> String {
    clean(text, ADDRESS_MAX).chars().map(to_ascii).collect()
}

/// The ASCII digits of a text.
pub(super) fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}

fn to_ascii(c: char) -> char {
    /// The zeros of the scripts whose digits people type (Unicode category Nd).
    const ZEROS: [u32; 12] = [
        0x0660, 0x06F0, 0x0966, 0x09E6, 0x0A66, 0x0AE6, 0x0BE6, 0x0C66, 0x0E50, 0x0ED0, 0x1040,
        0x17E0,
    ];
    let code = u32::from(c);
    match code {
        // Half-width and full-width forms of ASCII.
        0xFF01..=0xFF5E => char::from_u32(code - 0xFEE0).unwrap_or(c),
        0x2010..=0x2015 | 0x2212 | 0x30FC => '-',
        _ => ZEROS
            .iter()
            .find_map(|zero| code.checked_sub(*zero).filter(|value| *value < 10))
            .and_then(|value| char::from_digit(value, 10))
            .unwrap_or(c),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn reads(given: &str, user: &str, host: Option<&str>) -> Address {
        let address = Address::parse(given);
        assert_eq!((address.user.as_str(), address.host.as_deref()), (user, host), "{given}");
        address
    }

    #[test]
    fn uris_are_taken_apart() {
        reads("sip:+14155550123@PBX.test:5060;user=phone", "+14155550123", Some("pbx.test"));
        reads("\"Jane\" <sips:%2B1415@h>;tag=1", "+1415", Some("h"));
        reads("SIP:alice:secret@h?subject=x", "alice", Some("h"));
        reads("sip:a@b@h", "a@b", Some("h"));
        reads("sip:127.0.0.1", "", Some("127.0.0.1"));
        reads("sip:[::1]:5060", "", Some("[::1]"));
        reads("sip:+14155550123", "+14155550123", Some(""));
        reads("+14155550123@pbx.test", "+14155550123", Some("pbx.test"));
        reads("tel://+1-415", "+1-415", None);
        reads("callto:100", "100", None);
        reads("<script>", "<script>", None);
        reads("me @ home", "me @ home", None);
        reads("١٢٣ ４５６\u{2011}7＋", "123 456-7+", None);
    }

    #[test]
    fn parameters_are_kept_apart() {
        let address = reads("tel:5550123;phone-context=+1-415;ext=2-2;isub=9", "5550123", None);
        assert_eq!(address.context.as_deref(), Some("+1-415"));
        assert_eq!(address.extension.as_deref(), Some("22"));
        let address = reads("tel:7042;phone-context=example.com;ext=", "7042", None);
        assert_eq!((address.context, address.extension), (None, None));
    }
}
