//! What softphones pass on of SIP itself.

use ringside_domain::{Direction, EndReason, Party};

/// Reads the value of `From`, `To` or `P-Asserted-Identity`: `"Jane" <sip:…>;tag=…`, or an address
/// alone (RFC 3261 §20.10). The quoted pairs of the name stay, as everywhere in a [`Party`].
pub(crate) fn party(header: &str) -> Party {
    let header = header.trim();
    let Some(open) = bracket(header) else {
        // Without brackets, parameters belong to the header and not to the address.
        let address = header.split(';').next().unwrap_or_default();
        return Party { given: address.trim().to_owned(), name: None };
    };
    let (name, rest) = header.split_at(open);
    let address = rest[1..].split('>').next().unwrap_or_default();
    let name = name.trim();
    let name = name.strip_prefix('"').map_or(name, |name| name.strip_suffix('"').unwrap_or(name));
    Party {
        given: address.trim().to_owned(),
        name: Some(name.to_owned()).filter(|n| !n.is_empty()),
    }
}

/// The first `<` that does not stand in a quoted name.
fn bracket(header: &str) -> Option<usize> {
    let (mut quoted, mut escaped) = (false, false);
    for (at, c) in header.char_indices() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '<' if !quoted => return Some(at),
            _ => {}
        }
    }
    None
}

/// Who stands in front where several headers tell: what a network asserts before what a phone says
/// of itself (RFC 3325).
pub(crate) fn identity<'a>(headers: impl IntoIterator<Item = Option<&'a str>>) -> Option<Party> {
    headers.into_iter().flatten().map(party).find(|party| !party.given.is_empty())
}

/// What a final status of a call that nobody answered means.
pub(crate) fn failed(status: u16, direction: Direction) -> EndReason {
    match (direction, status) {
        (_, 200) => EndReason::AnsweredElsewhere,
        (Direction::Inbound, 486 | 600 | 603) => EndReason::Rejected,
        (Direction::Inbound, _) => EndReason::Missed,
        (Direction::Outbound, 486 | 600) => EndReason::Busy,
        (Direction::Outbound, 603) => EndReason::Rejected,
        (Direction::Outbound, 487) => EndReason::Cancelled,
        (Direction::Outbound, 408 | 480) => EndReason::NoAnswer,
        (Direction::Outbound, _) => EndReason::Failed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_are_read_as_they_are_written() {
        for (header, given, name) in [
            (r#""Jane Q. Caller" <sip:+1@h>;tag=1"#, "sip:+1@h", Some("Jane Q. Caller")),
            (r#""a <b> \" c" <sip:2@h>"#, "sip:2@h", Some(r#"a <b> \" c"#)),
            ("Jane <tel:+1>", "tel:+1", Some("Jane")),
            ("<sip:1@h;user=phone>", "sip:1@h;user=phone", None),
            ("sip:1@h;tag=2", "sip:1@h", None),
            (r#""" <sip:1@h>"#, "sip:1@h", None),
            ("<", "", None),
            ("", "", None),
        ] {
            let read = party(header);
            assert_eq!((read.given.as_str(), read.name.as_deref()), (given, name), "{header}");
        }
    }

    #[test]
    fn what_the_network_asserts_comes_first() {
        let headers = [Some(""), Some("<tel:+14155550123>"), Some("<sip:trunk7@pbx>")];
        assert_eq!(identity(headers).unwrap().given, "tel:+14155550123");
        assert_eq!(identity([None, Some("")]), None);
    }
}
