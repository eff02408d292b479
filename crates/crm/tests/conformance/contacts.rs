//! Contacts: found by name, made, gone, and listed in bulk.

use jiff::Timestamp;
use ringside_crm::{ContactPage, Crm, NewContact};

use crate::world::*;

pub(crate) async fn a_name_is_found_by_its_words<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    for name in ["Tomasz Zieliński", "Grace Lindholm", "Grace Lin"] {
        stage.world.seed(&Seed::named(name)).await;
    }
    if !stage.crm.capabilities().find_by_name {
        return stage.denied(stage.crm.find_contact_by_name("Nadia")).await;
    }
    let find = async |name: &str| stage.crm.find_contact_by_name(name).await.unwrap();
    assert_eq!(find("Okafor").await, std::slice::from_ref(&nadia));
    assert_eq!(names(&find("nadia okafor").await), ["Nadia Okafor"]);
    assert_eq!(names(&find("Zieliń").await), ["Tomasz Zieliński"]);
    assert_eq!(names(&find("Grace Lin").await).first(), Some(&"Grace Lin"), "the best first");
    assert_eq!(find("nobody").await, []);
    let before = stage.asked().await;
    for nothing in ["", " ", "%", "*"] {
        assert_eq!(find(nothing).await, [], "{nothing:?}");
    }
    assert_eq!(stage.asked().await, before, "a name without letters is not asked for");
    // An account that has told of nobody yet, such as after a restart of ours.
    let other = stage.other(SignIn::Full).await;
    assert_eq!(other.contact_named(&nadia.reference, &nadia.name).await.unwrap(), nadia);
}

fn new_contact(kind: Option<&str>) -> NewContact {
    NewContact {
        name: "Meridian \"Logistik\" <i>".into(),
        kind: kind.map(str::to_owned),
        phone: Some("+493023125014".into()),
        company: Some("Meridian".into()),
        email: Some("kontakt@meridian.example".into()),
        key: format!("create-{}", kind.unwrap_or_default()),
    }
}

pub(crate) async fn a_contact_of_every_type_is_made_in_every_field<W: World>() {
    let stage = stage::<W>().await;
    let kinds = stage.crm.capabilities().create;
    if kinds.is_empty() {
        return stage.denied(stage.crm.create_contact(&new_contact(None))).await;
    }
    let kinds = kinds.iter().map(|kind| Some(kind.value.as_str())).chain([None]);
    let mut expected = Vec::new();
    for (number, kind) in kinds.enumerate() {
        let phone = format!("+4930231250{number:02}");
        let new = NewContact { phone: Some(phone.clone()), ..new_contact(kind) };
        let made = stage.crm.create_contact(&new).await.unwrap();
        assert_eq!(made.name, new.name);
        assert_eq!(made.reference.account.as_str(), ACCOUNT);
        expected.push(stage.world.expected_contact(&new));
        assert_eq!(stage.world.contacts().await, expected);
        let found = stage.crm.get_contact(&ask(&phone)).await.unwrap();
        assert_eq!(found.contacts, std::slice::from_ref(&made));
        assert_eq!(stage.crm.contact(&made.reference).await.unwrap(), made);
    }
}

pub(crate) async fn a_contact_without_what_the_crm_needs_is_refused<W: World>() {
    let stage = stage::<W>().await;
    let Some((new, words)) = stage.world.refused_contact() else { return };
    if stage.crm.capabilities().create.is_empty() {
        return stage.denied(stage.crm.create_contact(&new)).await;
    }
    let refused = stage.crm.create_contact(&new).await;
    let said = format!("{refused:?}");
    assert_eq!(kind(refused), Kind::Rejected, "{said}");
    assert!(said.contains(words), "{said}");
    assert!(stage.world.contacts().await.is_empty());
}

pub(crate) async fn a_contact_whose_making_was_not_answered_is_made_once<W: World>() {
    let stage = stage::<W>().await;
    let new = new_contact(None);
    if stage.crm.capabilities().create.is_empty() {
        return stage.denied(stage.crm.create_contact(&new)).await;
    }
    stage.world.fault(Fault::Unanswered { writes: 1 }).await;
    assert_eq!(kind(stage.crm.create_contact(&new).await), Kind::Ambiguous);
    assert_eq!(stage.world.contacts().await, [stage.world.expected_contact(&new)]);
    stage.world.heal().await;
    let made = stage.crm.create_contact(&new).await.unwrap();
    assert_eq!(stage.world.contacts().await, [stage.world.expected_contact(&new)]);
    assert_eq!(stage.crm.contact(&made.reference).await.unwrap(), made);
}

pub(crate) async fn a_contact_that_is_gone_is_not_found<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let told = stage.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(told.contacts, std::slice::from_ref(&nadia));
    stage.world.delete(&nadia.reference).await;
    assert_eq!(kind(stage.crm.contact(&nadia.reference).await), Kind::NotFound);
    let mut gone = vec![stage.world.nowhere()];
    for id in ["../me", "", "1?x=1", "..", "%2e%2e", "a/b", "\u{0}"] {
        gone.push(ringside_domain::ContactRef { id: id.into(), ..stage.world.nowhere() });
    }
    for reference in gone {
        if !stage.crm.capabilities().read_contact {
            stage.denied(stage.crm.contact(&reference)).await;
            continue;
        }
        let found = stage.crm.contact(&reference).await;
        assert_eq!(kind(found), Kind::NotFound, "{reference:?}");
    }
}

/// Pulls all pages, at most so many.
async fn pull(crm: &dyn Crm, since: Option<Timestamp>) -> Vec<ContactPage> {
    let (mut pages, mut cursor) = (Vec::new(), None::<String>);
    loop {
        let page = crm.contact_pages(cursor.as_deref(), since).await.unwrap();
        cursor.clone_from(&page.next);
        pages.push(page);
        if cursor.is_none() {
            return pages;
        }
        assert!(pages.len() < 20, "paging does not end");
    }
}

pub(crate) async fn a_bulk_pull_sees_every_contact_once<W: World>() {
    let stage = stage::<W>().await;
    if !stage.crm.capabilities().contact_pages {
        return stage.denied(stage.crm.contact_pages(None, None)).await;
    }
    assert!(pull(&*stage.crm, None).await[0].contacts.is_empty());
    let nadia = stage.world.seed(&Seed::nadia()).await;
    stage.world.seed_many(W::PAGE * 2 + 5, None).await;
    let pages = pull(&*stage.crm, None).await;
    assert_eq!(pages.len(), 3);
    let all: Vec<_> = pages.iter().flat_map(|page| &page.contacts).collect();
    assert!(all.contains(&&stage.world.listed(nadia)), "with every field");
    let mut seen: Vec<_> = all.iter().map(|contact| &contact.reference).collect();
    seen.sort();
    seen.dedup();
    assert_eq!((all.len(), seen.len()), (W::PAGE * 2 + 6, W::PAGE * 2 + 6));
}

pub(crate) async fn a_later_pull_sees_only_what_changed<W: World>() {
    let stage = stage::<W>().await;
    if !stage.crm.capabilities().contact_pages {
        return stage.denied(stage.crm.contact_pages(None, Some(Timestamp::now()))).await;
    }
    let nadia = stage.world.seed(&Seed::nadia()).await;
    stage.world.seed(&Seed::named("Tomasz Zieliński")).await;
    let since = later().await;
    stage.world.rename(&nadia.reference, "Nadia Eze").await;
    let pages = pull(&*stage.crm, Some(since)).await;
    let changed: Vec<_> = pages.iter().flat_map(|page| names(&page.contacts)).collect();
    assert_eq!(changed, ["Nadia Eze"]);
    assert!(pages.iter().all(|page| page.deleted.is_empty()));
}

pub(crate) async fn a_later_pull_is_told_what_is_gone<W: World>() {
    let stage = stage::<W>().await;
    if !stage.crm.capabilities().contact_pages {
        assert!(!stage.crm.capabilities().deletions);
        return stage.denied(stage.crm.contact_pages(None, None)).await;
    }
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let early = stage.world.seed(&Seed::named("Gone before")).await;
    stage.world.delete(&early.reference).await;
    let since = later().await;
    stage.world.delete(&nadia.reference).await;
    let gone = |pages: Vec<ContactPage>| -> Vec<_> {
        pages.into_iter().flat_map(|page| page.deleted).collect()
    };
    let told = gone(pull(&*stage.crm, Some(since)).await);
    if stage.crm.capabilities().deletions {
        assert_eq!(told, [nadia.reference]);
    } else {
        assert_eq!(told, []);
    }
    assert_eq!(gone(pull(&*stage.crm, None).await), [], "a first pull needs no deletions");
}

/// A moment that is later than everything so far, also for a CRM that counts whole seconds.
async fn later() -> Timestamp {
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    let now = Timestamp::now();
    tokio::time::sleep(std::time::Duration::from_millis(1100)).await;
    now
}
