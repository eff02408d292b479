//! Settings that cannot serve.

use crate::support::*;
use ringside_crm::Opening;
use ringside_domain::settings::AccountSettings;
use ringside_web::OpenError;
use ringside_web::credentials::{Credentials, KeepNothing};

#[test]
fn an_account_opens_by_its_kind_and_not_without_safe_settings() {
    let open = |kind: &str, url: &str, key: &str| {
        let settings = AccountSettings { kind: kind.into(), ..settings(url, &[], 8) };
        let credentials = Credentials::Key(key.into());
        let keeper = KeepNothing::shared();
        ringside_crm::open(Opening { settings: &settings, region: &region(), credentials, keeper })
            .err()
    };
    assert!(open("example", "http://127.0.0.1:1", "k").is_none());
    let unknown = open("nonesuch", "http://127.0.0.1:1", "k");
    assert!(matches!(unknown, Some(OpenError::UnknownKind(kind)) if kind == "nonesuch"));
    assert!(matches!(open("example", "http://crm.example", "k"), Some(OpenError::Insecure(_))));
    assert!(matches!(open("example", "crm.example", "k"), Some(OpenError::BadUrl(_))));
    assert!(matches!(open("example", "https://crm.example", "a\nb"), Some(OpenError::BadSecret)));
}
