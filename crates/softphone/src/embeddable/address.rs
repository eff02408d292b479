//! The address of the widget's page, and which pages a sign-in may open.

use url::Url;

/// What is asked of the widget unless the address says otherwise. Its own window for the sign-in
/// has no way back to a frame; and it is to use the phone that the agent has, since an extension
/// may have five at most (`docs/config/multiple-tabs.md`, `docs/config/call-settings.md`).
const ASKED_FOR: &[(&str, &str)] = &[("disableLoginPopup", "1"), ("defaultCallWith", "jupiter")];

/// The address of the widget's page. Valid, since the settings are checked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WidgetAddress(Url);

impl WidgetAddress {
    /// Reads an address as the settings hold it.
    pub fn parse(given: &str) -> Option<Self> {
        let url = Url::parse(given).ok()?;
        (matches!(url.scheme(), "https" | "http") && url.has_host()).then_some(Self(url))
    }

    /// What the frame loads.
    pub fn page(&self) -> String {
        let mut url = self.0.clone();
        for (name, value) in ASKED_FOR {
            if !self.0.query_pairs().any(|(known, _)| known == *name) {
                url.query_pairs_mut().append_pair(name, value);
            }
        }
        url.into()
    }

    /// Where its messages come from: scheme, host and port.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Its host, to be shown.
    pub fn host(&self) -> &str {
        self.0.host_str().unwrap_or_default()
    }

    /// The address of a sign-in page, if it is RingCentral's own or on the widget's host.
    pub(super) fn sign_in(&self, given: &str) -> Option<String> {
        let url = Url::parse(given).ok()?;
        let host = url.host_str()?;
        let theirs = host == "ringcentral.com" || host.ends_with(".ringcentral.com");
        let fine = url.username().is_empty()
            && url.password().is_none()
            && (url.scheme() == "https" && (theirs || host == self.host())
                || url.origin() == self.0.origin());
        fine.then(|| url.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_is_asked_not_to_open_windows_unless_the_address_says_so() {
        let plain = WidgetAddress::parse("https://apps.example/app.html").unwrap();
        let page = "https://apps.example/app.html?disableLoginPopup=1&defaultCallWith=jupiter";
        assert_eq!(plain.page(), page);
        let own = WidgetAddress::parse("https://apps.example/app.html?defaultCallWith=browser");
        let page = "https://apps.example/app.html?defaultCallWith=browser&disableLoginPopup=1";
        assert_eq!(own.unwrap().page(), page);
        assert_eq!(plain.origin(), "https://apps.example");
    }

    #[test]
    fn a_sign_in_opens_at_ringcentral_or_at_the_widgets_host_alone() {
        let widget = WidgetAddress::parse("https://apps.example/app.html").unwrap();
        for (address, opened) in [
            ("https://platform.ringcentral.com/restapi/oauth/authorize?x=1", true),
            ("https://ringcentral.com/", true),
            ("https://apps.example/sign-in", true),
            ("http://platform.ringcentral.com/restapi/oauth/authorize", false),
            ("https://ringcentral.com.evil.example/", false),
            ("https://evilringcentral.com/", false),
            ("https://me@platform.ringcentral.com/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("ringcentral.com", false),
        ] {
            assert_eq!(widget.sign_in(address).is_some(), opened, "{address}");
        }
        let here = WidgetAddress::parse("http://127.0.0.1:8080/app.html").unwrap();
        assert!(here.sign_in("http://127.0.0.1:8080/authorize").is_some());
        assert!(here.sign_in("http://127.0.0.1:8081/authorize").is_none());
    }
}
