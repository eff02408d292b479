//! What a hook made of a text: left unfilled, percent- or base64-encoded.

use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

/// What stands before a text that is encoded so: `base64:SmFuZQ==`.
const BASE64: &str = "base64:";

/// A text that a hook filled in: decoded, trimmed, at most `max` characters. `None` where the
/// softphone left its own variable as it stands, or an encoding is broken.
pub(super) fn filled(given: &str, max: usize) -> Option<String> {
    let bounded: String = given.trim().chars().take(max).collect();
    if is_placeholder(&bounded) {
        return None;
    }
    let text = match bounded.get(..BASE64.len()) {
        Some(mark) if mark.eq_ignore_ascii_case(BASE64) => base64(&bounded[BASE64.len()..])?,
        _ => percent(&bounded).unwrap_or(bounded),
    };
    let text = text.trim();
    (!is_placeholder(text)).then(|| text.to_owned())
}

/// Softphones leave a variable that they do not know as it stands: `[Name]`, `%CallerNumber%`,
/// `$caller$`, `{phone}`, `${phone}`, `<base64($RemoteParty)>`, `$RemoteParty`, `%s`.
pub(super) fn is_placeholder(text: &str) -> bool {
    let text = text.strip_prefix(BASE64).unwrap_or(text);
    let word = |text: &str, signs: &str| {
        text.contains(char::is_alphanumeric)
            && text.chars().all(|c| c.is_alphanumeric() || signs.contains(c))
    };
    let inside = |open: &str, close: &str, signs: &str| {
        text.strip_prefix(open)
            .and_then(|rest| rest.strip_suffix(close))
            .is_some_and(|name| word(name, signs))
    };
    inside("[", "]", "_.- ")
        || inside("%", "%", "_.- ")
        || inside("$", "$", "_.- ")
        || inside("{", "}", "_.- :{}")
        || inside("${", "}", "_.- :")
        || inside("%{", "}", "_.- :")
        || inside("<", ">", "_.-()$")
        || text.strip_prefix('$').is_some_and(|name| {
            name.starts_with(|c: char| c.is_ascii_alphabetic()) && word(name, "_.")
        })
        || text.strip_prefix('%').is_some_and(|name| name.len() == 1 && word(name, ""))
}

/// The text without percent-encoding; `None` if it has none, or only something that looks so.
fn percent(text: &str) -> Option<String> {
    let mut parts = text.split('%');
    parts.next();
    let mut any = false;
    for part in parts {
        let code = part.as_bytes().get(..2)?;
        if !code.iter().all(u8::is_ascii_hexdigit) {
            return None;
        }
        any = true;
    }
    any.then(|| percent_decode_str(text).decode_utf8().ok().map(String::from)).flatten()
}

/// Either alphabet, with padding or without.
fn base64(text: &str) -> Option<String> {
    const LENIENT: GeneralPurposeConfig = GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true);
    let plain: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let engine = match plain.contains(['-', '_']) {
        true => GeneralPurpose::new(&alphabet::URL_SAFE, LENIENT),
        false => GeneralPurpose::new(&alphabet::STANDARD, LENIENT),
    };
    String::from_utf8(engine.decode(plain).ok()?).ok()
}

#[cfg(test)]
mod tests {
    fn filled(text: &str) -> Option<String> {
        super::filled(text, 100)
    }

    #[test]
    fn placeholders_that_no_one_filled_are_dropped() {
        for text in [
            "[Name]",
            "%CallerNumber%",
            "$caller$",
            "{phone}",
            "{{phone}}",
            "{CALLERNUM:1}",
            "${phone}",
            " [sip.Header] ",
            "<base64($RemoteParty)>",
            "base64:<base64($RemoteParty)>",
            "<number>",
            "$RemoteParty",
            "%s",
            "%5BName%5D",
        ] {
            assert_eq!(filled(text), None, "{text}");
        }
        for text in ["[Sales] Bob", "100%", "$", "{}", "+1 (415)", "$5 off", "<sip:jane@pbx.test>"]
        {
            assert_eq!(filled(text).as_deref(), Some(text));
        }
    }

    #[test]
    fn encoded_texts_are_decoded_where_it_is_sure() {
        assert_eq!(filled("%2B14155550123").as_deref(), Some("+14155550123"));
        assert_eq!(filled("Jane%20D%C3%B6").as_deref(), Some("Jane Dö"));
        assert_eq!(filled("50% off %20").as_deref(), Some("50% off %20"));
        assert_eq!(filled("%FF%FE").as_deref(), Some("%FF%FE"));
        for jane in ["base64:SmFuZSBEw7Y=", "Base64:SmFuZSBEw7Y", "base64:SmFu ZSBEw7Y"] {
            assert_eq!(filled(jane).as_deref(), Some("Jane Dö"), "{jane}");
        }
        assert_eq!(filled("base64:???"), None);
    }
}
