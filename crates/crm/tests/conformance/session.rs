//! Sign-in and sign-out, and what an account tells of itself.

use ringside_crm::Way;
use ringside_domain::ContactRef;
use ringside_domain::settings::AccountSettings;
use ringside_web::Error;
use ringside_web::credentials::Credentials;
use ringside_web::sign_in::{Page, SignInError};
use secrecy::ExposeSecret;
use url::Url;

use crate::world::*;

/// The ways to sign in that the adapter, or its server, offers.
async fn ways<W: World>(settings: &AccountSettings) -> Vec<Way> {
    let adapter = ringside_crm::adapter(W::KIND).unwrap();
    if !adapter.has_connectors() {
        assert!(matches!(adapter.connectors(settings).await, Err(Error::Unsupported)));
        return adapter.ways();
    }
    let connectors = adapter.connectors(settings).await.unwrap();
    let connector = connectors.into_iter().find(|c| Some(c.platform.as_str()) == W::PLATFORM);
    connector.expect("the server offers it").ways
}

/// Signs in with the browser, or is refused there.
pub(crate) async fn through_the_browser<W: World>(
    world: &W,
    settings: &AccountSettings,
    allow: bool,
) -> Result<Credentials, SignInError> {
    let adapter = ringside_crm::adapter(W::KIND).unwrap();
    let page = Page { done: "Go back.".into(), failed: "Not connected.".into() };
    let flow = adapter.sign_in_browser(settings, world.own_app(), page).await?;
    let back = world.consent(flow.url(), allow).await;
    if !flow.comes_back() {
        return flow.finish_with(back.as_str()).await;
    }
    let visit = tokio::spawn(http().get(back).send());
    let signed_in = flow.finish().await;
    visit.await.unwrap().expect("the browser is shown a page");
    signed_in
}

pub(crate) async fn every_way_to_sign_in_leads_to_the_user<W: World>() {
    let world = W::start().await;
    let settings = settings(&world);
    let ways = ways::<W>(&settings).await;
    assert!(!ways.is_empty());
    for way in ways {
        let credentials = match &way {
            Way::Key | Way::Fields(_) => {
                let adapter = ringside_crm::adapter(W::KIND).unwrap();
                adapter.sign_in(&settings, world.given()).await.unwrap()
            }
            Way::Browser { own_app, .. } => {
                assert!(!own_app || world.own_app().is_some());
                through_the_browser(&world, &settings, true).await.unwrap()
            }
        };
        assert!(!credentials.to_secret().expose_secret().is_empty());
        let crm = open(&settings, credentials);
        assert_eq!(crm.user_info().await.unwrap(), world.user(), "{way:?}");
    }
}

pub(crate) async fn who_refuses_in_the_browser_is_not_signed_in<W: World>() {
    let world = W::start().await;
    let settings = settings(&world);
    if ways::<W>(&settings).await.iter().any(|way| matches!(way, Way::Browser { .. })) {
        let refused = through_the_browser(&world, &settings, false).await;
        assert!(matches!(refused, Err(SignInError::Denied)), "{refused:?}");
    } else {
        let adapter = ringside_crm::adapter(W::KIND).unwrap();
        let page = Page { done: String::new(), failed: String::new() };
        let none = adapter.sign_in_browser(&settings, world.own_app(), page).await.err();
        assert!(matches!(none, Some(SignInError::Unsupported)), "{none:?}");
    }
}

pub(crate) async fn the_user_is_told<W: World>() {
    let stage = stage::<W>().await;
    assert_eq!(stage.crm.user_info().await.unwrap(), stage.world.user());
    assert!(stage.asked().await > 0, "the sign-in is proved, not assumed");
}

/// Every call that a sign-in could be refused at is refused in the same way.
async fn all_refused<W: World>(stage: &Stage<W>, sign_in: SignIn, expected: Kind) {
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let crm = stage.other(sign_in).await;
    if sign_in == SignIn::Session {
        crm.user_info().await.unwrap();
        stage.world.revoke().await;
    }
    let expected = stage.world.told(expected);
    assert_eq!(kind(crm.user_info().await), expected);
    assert_eq!(kind(crm.get_contact(&ask("+14155550142")).await), expected);
    if crm.capabilities().read_contact {
        assert_eq!(kind(crm.contact(&nadia.reference).await), expected);
    }
    assert_eq!(kind(crm.create_call_log(&entry(&nadia)).await), expected);
    assert!(stage.world.logs().await.is_empty());
}

pub(crate) async fn a_sign_in_that_was_never_valid_is_told_apart<W: World>() {
    let stage = stage::<W>().await;
    all_refused(&stage, SignIn::Unknown, Kind::Unauthorized).await;
}

pub(crate) async fn a_sign_in_that_was_taken_back_is_told_apart<W: World>() {
    let stage = stage::<W>().await;
    all_refused(&stage, SignIn::Session, Kind::Revoked).await;
}

pub(crate) async fn a_sign_in_that_may_only_read_cannot_write<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let reader = stage.other(SignIn::ReadOnly).await;
    let found = reader.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(found.contacts, std::slice::from_ref(&nadia));
    let write = reader.create_call_log(&entry(&nadia)).await;
    assert_eq!(kind(write), stage.world.told(Kind::Forbidden));
    assert!(stage.world.logs().await.is_empty());
}

pub(crate) async fn signing_out_ends_the_session<W: World>() {
    let stage = stage::<W>().await;
    let session = stage.other(SignIn::Session).await;
    session.user_info().await.unwrap();
    session.unauthorize().await.unwrap();
    let after = kind(session.user_info().await);
    assert!([Kind::Revoked, Kind::Unauthorized].contains(&after), "{after:?}");
    stage.crm.user_info().await.expect("another sign-in is not concerned");
}

pub(crate) async fn pages_for_people_are_on_the_accounts_own_host<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let id = stage.crm.create_call_log(&entry(&nadia)).await.unwrap();
    assert_eq!(stage.crm.contact_url(&nadia.reference), stage.world.contact_page(&nadia.reference));
    assert_eq!(stage.crm.call_log_url(&id), stage.world.log_page(&id));
    for id in ["../../etc", "1/../2", "javascript:alert(1)", "//evil.example/", "x?y#z", ""] {
        let hostile = ContactRef { id: id.into(), ..nadia.reference.clone() };
        let contact = stage.crm.contact_url(&hostile);
        for url in contact.into_iter().chain(stage.crm.call_log_url(id)) {
            let page = stage.world.contact_page(&nadia.reference);
            let own = page.or_else(|| stage.world.log_page(id)).unwrap();
            let (url, own) = (Url::parse(&url).unwrap(), Url::parse(&own).unwrap());
            assert_eq!(url.origin(), own.origin(), "{id}");
            let depth = |url: &Url| url.path_segments().map(Iterator::count);
            assert_eq!(depth(&url), depth(&own), "{id} changes the address: {url}");
        }
    }
}

pub(crate) async fn what_is_left_of_the_rate_is_told<W: World>() {
    let stage = stage::<W>().await;
    assert_eq!(stage.crm.limits(), None, "nothing was heard yet");
    stage.crm.get_contact(&ask("+14155550142")).await.unwrap();
    let limits = stage.crm.limits();
    assert_eq!(limits.map(|limits| limits.limit), stage.world.limit());
    assert!(limits.is_none_or(|limits| limits.remaining < limits.limit), "{limits:?}");
}
