//! Whether settings make sense. Types and unknown keys are the config reader's business.

use std::collections::HashSet;
use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use url::{Host, Url};

use super::{AccountSettings, INLET, Settings, SoftphoneKind};
use crate::Region;

/// Longest id, name or address, in bytes.
const TEXT_MAX: usize = 200;

/// The dotted key of a value that does not make sense, such as `accounts.0.url`, and a stable
/// reason code, such as `url_not_https`.
type Complaint = (String, String);

impl Settings {
    /// Checks every value.
    ///
    /// # Errors
    /// The dotted key of the first value that does not make sense (list items by their place, from
    /// 0) and a stable reason code: `unknown_region`, `out_of_range`, `empty`, `too_long`,
    /// `bad_id`, `duplicate_id`, `format_without_digits`, `bad_url`, `url_not_https`,
    /// `url_with_credentials`, `bad_address`, `only_one`.
    pub fn validate(&self) -> Result<(), Complaint> {
        region("numbers.region", &self.numbers.region)?;
        range("numbers.extension_digits", self.numbers.extension_digits.into(), 2..=8)?;
        for (key, text) in [
            ("pop.shortcut", &self.pop.shortcut),
            ("pop.window_shortcut", &self.pop.window_shortcut),
        ] {
            // Empty switches a shortcut off.
            ensure(text.len() <= TEXT_MAX, key, "too_long")?;
        }
        range("log.auto_wait_s", self.log.auto_wait_s, 0..=3600)?;
        range("log.undo_s", self.log.undo_s, 0..=60)?;
        range("directory.fresh_s", self.directory.fresh_s, 0..=7 * 24 * 3600)?;
        range("directory.miss_s", self.directory.miss_s, 0..=7 * 24 * 3600)?;
        let mut ids = HashSet::new();
        for (i, account) in self.accounts.iter().enumerate() {
            let at = |field: &str| format!("accounts.{i}.{field}");
            id(&at("id"), account.id.as_str(), &mut ids)?;
            account.validate(&at)?;
        }
        ids.clear();
        // It has a window, and one sign-in.
        let mut widget_is_free = true;
        for (i, softphone) in self.softphones.iter().enumerate() {
            let at = |field: &str| format!("softphones.{i}.{field}");
            id(&at("id"), softphone.id.as_str(), &mut ids)?;
            text(&at("name"), &softphone.name)?;
            match &softphone.kind {
                SoftphoneKind::Baresip { address } => {
                    ensure(is_host_port(address), &at("address"), "bad_address")?;
                }
                SoftphoneKind::Inlet { port, ring_limit_min, talk_limit_min } => {
                    ensure(softphone.id.as_str() == INLET, &at("id"), "bad_id")?;
                    range(&at("port"), u32::from(*port), 1024..=65_535)?;
                    range(&at("ring_limit_min"), *ring_limit_min, 1..=240)?;
                    range(&at("talk_limit_min"), *talk_limit_min, 1..=24 * 60)?;
                }
                SoftphoneKind::Ringcentral { server, client_id } => {
                    url(&at("server"), server)?;
                    text(&at("client_id"), client_id)?;
                }
                SoftphoneKind::Twinkle { profile } => text(&at("profile"), profile)?,
                SoftphoneKind::Embeddable { url: address } => {
                    url(&at("url"), address)?;
                    ensure(std::mem::take(&mut widget_is_free), &at("kind"), "only_one")?;
                }
                SoftphoneKind::Simulated => {}
            }
        }
        Ok(())
    }
}

impl AccountSettings {
    fn validate(&self, at: &dyn Fn(&str) -> String) -> Result<(), Complaint> {
        text(&at("kind"), &self.kind)?;
        text(&at("name"), &self.name)?;
        url(&at("url"), &self.url)?;
        for (field, value) in [("platform", &self.platform), ("ca_file", &self.ca_file)] {
            value.as_deref().map_or(Ok(()), |value| text(&at(field), value))?;
        }
        if let Some(address) = &self.proxy {
            proxy(&at("proxy"), address)?;
        }
        if let Some(text) = &self.region {
            region(&at("region"), text)?;
        }
        for (i, format) in self.formats.iter().enumerate() {
            let key = at(&format!("formats.{i}"));
            ensure(format.contains('#'), &key, "format_without_digits")?;
            ensure(format.len() <= TEXT_MAX, &key, "too_long")?;
        }
        range(&at("deadline_s"), self.deadline_s, 1..=60)
    }
}

fn ensure(fine: bool, key: &str, reason: &str) -> Result<(), Complaint> {
    if fine { Ok(()) } else { Err((key.to_owned(), reason.to_owned())) }
}

fn range(key: &str, value: u32, allowed: RangeInclusive<u32>) -> Result<(), Complaint> {
    ensure(allowed.contains(&value), key, "out_of_range")
}

fn text(key: &str, value: &str) -> Result<(), Complaint> {
    ensure(!value.trim().is_empty(), key, "empty")?;
    ensure(value.len() <= TEXT_MAX, key, "too_long")
}

fn region(key: &str, value: &str) -> Result<(), Complaint> {
    ensure(Region::parse(value).is_some(), key, "unknown_region")
}

/// Ids name keyring items and files, so they are plain.
fn id<'a>(key: &str, value: &'a str, taken: &mut HashSet<&'a str>) -> Result<(), Complaint> {
    text(key, value)?;
    let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
    ensure(value.chars().all(plain) && !value.starts_with('.'), key, "bad_id")?;
    ensure(taken.insert(value), key, "duplicate_id")
}

/// Tokens travel only encrypted, or not beyond this computer; and never stand in a config file.
fn url(key: &str, value: &str) -> Result<(), Complaint> {
    text(key, value)?;
    let Ok(url) = Url::parse(value) else { return ensure(false, key, "bad_url") };
    let Some(host) = url.host() else { return ensure(false, key, "bad_url") };
    ensure(url.username().is_empty() && url.password().is_none(), key, "url_with_credentials")?;
    match url.scheme() {
        "https" => Ok(()),
        "http" => ensure(is_loopback(&host), key, "url_not_https"),
        _ => ensure(false, key, "bad_url"),
    }
}

/// A proxy is only ever a way: no password may stand in a config file.
fn proxy(key: &str, value: &str) -> Result<(), Complaint> {
    text(key, value)?;
    let Ok(url) = Url::parse(value) else { return ensure(false, key, "bad_url") };
    ensure(url.username().is_empty() && url.password().is_none(), key, "url_with_credentials")?;
    ensure(matches!(url.scheme(), "http" | "https") && url.has_host(), key, "bad_url")
}

fn is_loopback(host: &Host<&str>) -> bool {
    match host {
        Host::Domain(name) => *name == "localhost",
        Host::Ipv4(address) => Ipv4Addr::is_loopback(address),
        Host::Ipv6(address) => Ipv6Addr::is_loopback(address),
    }
}

/// `HOST:PORT`; an IPv6 address in brackets.
fn is_host_port(value: &str) -> bool {
    let Some((host, port)) = value.rsplit_once(':') else { return false };
    let plain = port.bytes().all(|b| b.is_ascii_digit());
    let port = plain && port.parse::<u16>().is_ok_and(|port| port > 0);
    port && value.len() <= TEXT_MAX && !host.is_empty() && Host::parse(host).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::settings::SoftphoneSettings;
    use crate::{AccountId, SourceId};

    fn settings() -> Settings {
        let account = |id: &str| {
            let url = "http://127.0.0.1:8080";
            AccountSettings {
                region: Some("GB".into()),
                formats: vec!["(###) ###-####".into()],
                proxy: Some("http://proxy.example:3128".into()),
                ..AccountSettings::new(AccountId::new(id), "example", "Example", url)
            }
        };
        let softphone = |id: &str, kind| SoftphoneSettings {
            id: SourceId::new(id),
            name: "Phone".into(),
            kind,
        };
        Settings {
            accounts: vec![account("a"), account("b")],
            softphones: vec![
                softphone("a", SoftphoneKind::Baresip { address: "127.0.0.1:4444".into() }),
                softphone("sim", SoftphoneKind::Simulated),
            ],
            ..Settings::default()
        }
    }

    #[test]
    fn what_ships_and_what_people_set_is_fine() {
        assert_eq!(Settings::default().validate(), Ok(()));
        assert_eq!(settings().validate(), Ok(()));
    }

    #[test]
    fn each_value_that_makes_no_sense_is_named() {
        type Spoil = fn(&mut Settings);
        let cases: [(&str, &str, Spoil); 26] = [
            ("numbers.region", "unknown_region", |s| s.numbers.region = "USA".into()),
            ("numbers.region", "unknown_region", |s| s.numbers.region.clear()),
            ("numbers.extension_digits", "out_of_range", |s| s.numbers.extension_digits = 1),
            ("numbers.extension_digits", "out_of_range", |s| s.numbers.extension_digits = 9),
            ("pop.shortcut", "too_long", |s| s.pop.shortcut = "x".repeat(201)),
            ("log.auto_wait_s", "out_of_range", |s| s.log.auto_wait_s = 3601),
            ("log.undo_s", "out_of_range", |s| s.log.undo_s = 61),
            ("directory.fresh_s", "out_of_range", |s| s.directory.fresh_s = u32::MAX),
            ("directory.miss_s", "out_of_range", |s| s.directory.miss_s = u32::MAX),
            ("accounts.0.id", "empty", |s| s.accounts[0].id = AccountId::new("")),
            ("accounts.0.id", "bad_id", |s| s.accounts[0].id = AccountId::new("../x")),
            ("accounts.0.id", "bad_id", |s| s.accounts[0].id = AccountId::new("..")),
            ("accounts.1.id", "duplicate_id", |s| s.accounts[1].id = AccountId::new("a")),
            ("accounts.1.kind", "empty", |s| s.accounts[1].kind.clear()),
            ("accounts.1.name", "empty", |s| s.accounts[1].name = " ".into()),
            ("accounts.1.region", "unknown_region", |s| s.accounts[1].region = Some("1".into())),
            ("accounts.0.platform", "empty", |s| s.accounts[0].platform = Some(" ".into())),
            ("accounts.1.ca_file", "too_long", |s| {
                s.accounts[1].ca_file = Some("x".repeat(201));
            }),
            ("accounts.0.proxy", "bad_url", |s| s.accounts[0].proxy = Some("proxy:3128".into())),
            ("accounts.0.proxy", "url_with_credentials", |s| {
                s.accounts[0].proxy = Some("http://me:pw@proxy.example".into());
            }),
            ("accounts.0.formats.1", "format_without_digits", |s| {
                s.accounts[0].formats.push("(415)".into());
            }),
            ("accounts.0.deadline_s", "out_of_range", |s| s.accounts[0].deadline_s = 0),
            ("accounts.0.deadline_s", "out_of_range", |s| s.accounts[0].deadline_s = 61),
            ("softphones.1.id", "duplicate_id", |s| s.softphones[1].id = SourceId::new("a")),
            ("softphones.1.id", "too_long", |s| {
                s.softphones[1].id = SourceId::new("x".repeat(201));
            }),
            ("softphones.0.name", "empty", |s| s.softphones[0].name.clear()),
        ];
        for (key, reason, spoil) in cases {
            let mut settings = settings();
            spoil(&mut settings);
            assert_eq!(settings.validate(), Err((key.into(), reason.into())));
        }
    }

    #[test]
    fn an_account_is_reached_over_https_or_on_this_computer() {
        for (url, reason) in [
            ("https://crm.example.com/api", None),
            ("https://10.0.0.5:8443", None),
            ("http://localhost:8080", None),
            ("http://127.9.9.9", None),
            ("http://[::1]:80/", None),
            ("http://crm.example.com", Some("url_not_https")),
            ("http://localhost.evil.example", Some("url_not_https")),
            ("http://127.0.0.1.evil.example", Some("url_not_https")),
            ("http://0.0.0.0", Some("url_not_https")),
            ("https://user:secret@crm.example.com", Some("url_with_credentials")),
            ("ftp://127.0.0.1", Some("bad_url")),
            ("file:///etc/passwd", Some("bad_url")),
            ("crm.example.com", Some("bad_url")),
            ("", Some("empty")),
        ] {
            let mut settings = settings();
            settings.accounts[0].url = url.into();
            let told = settings.validate().err();
            let expected = reason.map(|reason| ("accounts.0.url".into(), reason.into()));
            assert_eq!(told, expected, "{url}");
        }
    }

    #[test]
    fn a_softphone_address_has_host_and_port() {
        for (address, fine) in [
            ("127.0.0.1:4444", true),
            ("localhost:1", true),
            ("[::1]:4444", true),
            ("127.0.0.1", false),
            ("127.0.0.1:", false),
            (":4444", false),
            ("127.0.0.1:0", false),
            ("127.0.0.1:+5", false),
            ("127.0.0.1:65536", false),
            ("::1:4444", false),
            ("a b:4444", false),
            ("http://x:4444", false),
        ] {
            let mut settings = settings();
            settings.softphones[0].kind = SoftphoneKind::Baresip { address: address.into() };
            assert_eq!(settings.validate().is_ok(), fine, "{address}");
        }
    }

    #[test]
    fn there_is_one_widget_over_https_or_on_this_computer() {
        let told = |urls: &[&str]| {
            let mut settings = settings();
            let widget = |url: &&str| SoftphoneKind::Embeddable { url: (*url).into() };
            for (softphone, kind) in settings.softphones.iter_mut().zip(urls.iter().map(widget)) {
                softphone.kind = kind;
            }
            settings.validate().err()
        };
        assert_eq!(told(&["https://apps.example/app.html?x=1"]), None);
        assert_eq!(told(&["http://127.0.0.1:8080/app.html"]), None);
        let complaint = |key: &str, reason: &str| Some((key.to_owned(), reason.to_owned()));
        let plain = complaint("softphones.0.url", "url_not_https");
        assert_eq!(told(&["http://apps.example/app.html"]), plain);
        let own = "https://apps.example/app.html";
        assert_eq!(told(&[own, own]), complaint("softphones.1.kind", "only_one"));
    }
}
