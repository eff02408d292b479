//! Which addresses are used and opened.

use ::url::{Host, Url};

use crate::OpenError;

/// Reads the address of a server. `https`, or `http` on loopback: a token never travels in the
/// clear. User names and passwords inside an address are refused, since they would be shown.
pub fn server(text: &str) -> Result<Url, OpenError> {
    let bad = || OpenError::BadUrl(ringside_domain::text::clean(text, 200));
    let mut url = Url::parse(text.trim()).map_err(|_| bad())?;
    if url.host().is_none() || has_credentials(&url) {
        return Err(bad());
    }
    url.set_query(None);
    url.set_fragment(None);
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(OpenError::Insecure(url.to_string())),
        _ => Err(bad()),
    }
}

/// Whether a secret may be sent there: `https`, or `http` on loopback.
pub fn encrypted(url: &Url) -> Result<(), OpenError> {
    match url.scheme() {
        "https" => Ok(()),
        "http" if is_loopback(url) => Ok(()),
        _ => Err(OpenError::Insecure(ringside_domain::text::clean(url.as_str(), 200))),
    }
}

/// Whether an address may be opened for the account at `account_url`: `https` anywhere; `http` only
/// on loopback, and there only the account's own host and port. Nothing else is ever opened, so that
/// no text of a server can start a program or reach into this computer.
pub fn allowed(url: &str, account_url: &str) -> bool {
    let Ok(url) = Url::parse(url) else { return false };
    if url.host().is_none() || has_credentials(&url) {
        return false;
    }
    match url.scheme() {
        "https" => true,
        "http" => {
            is_loopback(&url)
                && Url::parse(account_url).is_ok_and(|account| account.origin() == url.origin())
        }
        _ => false,
    }
}

/// Whether an address is on this computer.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(name)) => name == "localhost",
        None => false,
    }
}

/// `https://bank.example@evil.example` reads like the bank.
fn has_credentials(url: &Url) -> bool {
    !url.username().is_empty() || url.password().is_some()
}

/// An address below the account's own. Every part is escaped.
pub fn below(base: &Url, parts: &[&str]) -> Url {
    let mut url = base.clone();
    // Fails only for addresses that cannot be a base, and `server` lets none through.
    if let Ok(mut segments) = url.path_segments_mut() {
        segments.pop_if_empty().extend(parts);
    }
    url
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_safe_addresses_open() {
        let local = "http://127.0.0.1:8808";
        for (url, account, expected) in [
            ("https://crm.example/contacts/1", "https://crm.example", true),
            ("https://other.example/1", "https://crm.example", true),
            ("http://127.0.0.1:8808/contacts/1", local, true),
            ("http://127.0.0.1:9/contacts/1", local, false),
            ("http://localhost:8808/contacts/1", local, false),
            ("http://crm.example/1", "http://crm.example", false),
            ("http://10.0.0.1/1", "http://10.0.0.1", false),
            ("https://crm.example@evil.example/", "https://crm.example", false),
            ("file:///etc/passwd", "https://crm.example", false),
            ("javascript:alert(1)", "https://crm.example", false),
            ("smb://server/share", "https://crm.example", false),
            ("/contacts/1", "https://crm.example", false),
            ("", local, false),
        ] {
            assert_eq!(allowed(url, account), expected, "{url}");
        }
    }

    #[test]
    fn an_account_is_encrypted_or_on_this_computer() {
        assert!(server("https://crm.example/base/?x=1").is_ok_and(|u| u.query().is_none()));
        assert!(server("http://127.0.0.1:1").is_ok() && server("http://[::1]:1").is_ok());
        assert!(matches!(server("http://crm.example"), Err(OpenError::Insecure(_))));
        for text in ["", "crm.example", "ftp://crm.example", "https://me:pw@crm.example"] {
            assert!(matches!(server(text), Err(OpenError::BadUrl(_))), "{text}");
        }
    }

    #[test]
    fn parts_of_an_address_cannot_leave_their_place() {
        let base = server("https://crm.example/base/").unwrap();
        let url = below(&base, &["contacts", "a/../b?c#d"]);
        assert_eq!(url.as_str(), "https://crm.example/base/contacts/a%2F..%2Fb%3Fc%23d");
    }
}
