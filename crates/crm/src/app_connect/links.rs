//! The addresses of pages for people, from templates of the manifest: `{hostname}`, `{contactId}`,
//! `{contactType}`, `{logId}`. App Connect puts values in as they are; here each is escaped, so that
//! no id can lead elsewhere.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// What may stand in an id without changing where an address leads.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'_').remove(b'.').remove(b'~');

/// Fills a template in; `None` if it has a token that is not known, or a host that is none.
pub(super) fn fill(
    template: &str,
    hostname: Option<&str>,
    tokens: &[(&str, &str)],
) -> Option<String> {
    let mut url = String::with_capacity(template.len() + 40);
    let mut rest = template;
    while let Some((before, after)) = rest.split_once('{') {
        url.push_str(before);
        let (name, after) = after.split_once('}')?;
        if name == "hostname" {
            url.push_str(hostname.filter(|host| is_host(host))?);
        } else {
            let (_, value) = tokens.iter().find(|(token, _)| *token == name)?;
            // A dot alone is a step in a path.
            if value.is_empty() || matches!(*value, "." | "..") {
                return None;
            }
            url.extend(utf8_percent_encode(value, PLAIN));
        }
        rest = after;
    }
    url.push_str(rest);
    Some(url)
}

/// Whether an address is on one of these hosts, or below one of them.
pub(super) fn is_on(address: &str, hosts: &[String]) -> bool {
    let Ok(address) = url::Url::parse(address) else { return false };
    let Some(found) = address.host_str() else { return false };
    hosts.iter().any(|host| {
        // Where a host stands with its port, the port is not part of the name.
        let host = host.rsplit_once(':').map_or(host.as_str(), |(name, _)| name);
        let below = found.strip_suffix(host).is_some_and(|left| left.ends_with('.'));
        // A name without a dot would take in half of the world.
        found.eq_ignore_ascii_case(host) || (below && host.contains('.'))
    })
}

/// A host name, or an address with a port: nothing that could end the host in an address.
pub(super) fn is_host(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= 253
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'.' | b'-' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_is_on_the_hosts_of_the_crm_and_nowhere_else() {
        let hosts = ["acme.crm.example".to_owned(), "127.0.0.1:8080".to_owned(), "com".to_owned()];
        for (address, expected) in [
            ("https://acme.crm.example/1", true),
            ("https://app.acme.crm.example/1", true),
            ("http://127.0.0.1:8080/1", true),
            ("https://evil.example/acme.crm.example", false),
            ("https://evilacme.crm.example/1", false),
            ("https://crm.example/1", false),
            ("https://evil.com/1", false),
            ("mailto:acme.crm.example", false),
        ] {
            assert_eq!(is_on(address, &hosts), expected, "{address}");
        }
    }

    #[test]
    fn values_are_escaped_and_unknown_tokens_make_no_address() {
        let fill = |template, host: &str, id| {
            fill(template, Some(host), &[("contactId", id), ("contactType", "Contact")])
        };
        let page = "https://{hostname}/{contactType}/{contactId}";
        let found = fill(page, "acme.crm.example", "a/../b?c#d e");
        assert_eq!(
            found.as_deref(),
            Some("https://acme.crm.example/Contact/a%2F..%2Fb%3Fc%23d%20e")
        );
        let blade = fill("https://{hostname}/list/?blade=/details/{contactId}", "x.example", "7");
        assert_eq!(blade.as_deref(), Some("https://x.example/list/?blade=/details/7"));
        assert_eq!(fill(page, "evil.example/@crm", "7"), None);
        assert_eq!(fill(page, "", "7"), None);
        assert_eq!(fill(page, "x.example", ".."), None);
        assert_eq!(fill(page, "x.example", ""), None);
        assert_eq!(fill("https://{hostname}/{userSettings.x.value}", "x.example", "7"), None);
        assert_eq!(fill("https://{hostname", "x.example", "7"), None);
    }
}
