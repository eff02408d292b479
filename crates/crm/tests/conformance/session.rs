//! Sign-in and sign-out, and what an account tells of itself.

use ringside_domain::ContactRef;
use url::Url;

use crate::world::*;

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
    assert_eq!(kind(crm.contact(&nadia.reference).await), expected);
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
