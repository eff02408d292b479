//! getContact: which texts are searched, in which order, and what comes back.

use ringside_crm::GetContact;
use ringside_domain::contact::MessageDetail;
use ringside_domain::{Message, MessageLevel};

use crate::world::*;

const NUMBER: &str = "+14155550142";
const MASKS: [&str; 3] = ["###-###-####", "(###) ###-####", "+1-###-###-####"];

pub(crate) async fn one_match_arrives_in_every_field<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    stage.world.seed(&Seed { phones: &["+14155550143"], ..Seed::named("Somebody else") }).await;
    let answer = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    assert_eq!(answer.contacts, std::slice::from_ref(&nadia));
    assert!(!nadia.reference.id.is_empty() && nadia.phones[0].given.contains("555"));
    assert_eq!(answer.can_create, !stage.crm.capabilities().create.is_empty());
    assert_eq!(stage.crm.contact(&nadia.reference).await.unwrap(), nadia);
}

pub(crate) async fn several_on_one_number_are_all_there<W: World>() {
    let stage = stage::<W>().await;
    let mut expected = Vec::new();
    for name in ["Amira Haddad", "Front desk", "Grace Lin"] {
        expected.push(stage.world.seed(&Seed { phones: &[NUMBER], ..Seed::named(name) }).await);
    }
    let mut answer = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    assert!(answer.complete);
    answer.contacts.sort_by(|a, b| a.name.cmp(&b.name));
    assert_eq!(answer.contacts, expected);
}

pub(crate) async fn no_match_offers_only_to_create<W: World>() {
    let stage = stage::<W>().await;
    stage.world.seed(&Seed::nadia()).await;
    let answer = stage.crm.get_contact(&ask("+14155550199")).await.unwrap();
    assert_eq!((answer.contacts.len(), answer.complete), (0, true));
    assert_eq!(answer.can_create, !stage.crm.capabilities().create.is_empty());
}

pub(crate) async fn an_anonymous_caller_is_never_asked_for<W: World>() {
    let stage = stage::<W>().await;
    for nobody in ["", "anonymous", "Private number", "+"] {
        for is_extension in [false, true] {
            let request = GetContact { is_extension, ..ask(nobody) };
            let first = stage.crm.get_contact(&request).await.unwrap();
            let all = stage.crm.get_remaining(&request).await.unwrap();
            assert_eq!((first.contacts.len(), first.complete), (0, true), "{nobody}");
            assert_eq!((all.contacts.len(), all.complete), (0, true), "{nobody}");
        }
    }
    assert_eq!(stage.world.searched().await, [""; 0]);
}

pub(crate) async fn an_extension_is_asked_as_one_and_never_as_a_number<W: World>() {
    let stage = stage_with::<W>(|settings| settings.formats = formats(&MASKS)).await;
    let seed = Seed { extension: Some("204"), phones: &[NUMBER], ..Seed::named("Priya Raman") };
    let request = GetContact { is_extension: true, ..ask("204") };
    if !stage.crm.capabilities().extensions {
        return stage.denied(stage.crm.get_contact(&request)).await;
    }
    let priya = stage.world.seed(&seed).await;
    let answer = stage.crm.get_contact(&request).await.unwrap();
    assert_eq!((answer.contacts, answer.complete), (vec![priya], true));
    let as_number = stage.crm.get_contact(&ask("204")).await.unwrap();
    assert_eq!(as_number.contacts, []);
}

pub(crate) async fn five_hundred_matches_are_the_most<W: World>() {
    let stage = stage::<W>().await;
    stage.world.seed_many(505, Some(NUMBER)).await;
    let answer = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    assert_eq!(answer.contacts.len(), 500);
    let mut references: Vec<_> = answer.contacts.iter().map(|c| c.reference.clone()).collect();
    references.sort();
    references.dedup();
    assert_eq!(references.len(), 500);
}

pub(crate) async fn a_contact_that_several_formats_find_is_one_match<W: World>() {
    let stage = stage_with::<W>(|settings| settings.formats = formats(&MASKS)).await;
    let seed = Seed { phones: &[NUMBER, "(415) 555-0142"], ..Seed::named("Twice") };
    let twice = stage.world.seed(&seed).await;
    let first = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    assert_eq!(first.contacts, std::slice::from_ref(&twice));
    let all = stage.crm.get_remaining(&ask(NUMBER)).await.unwrap();
    assert_eq!((all.contacts, all.complete), (vec![twice], true));
}

pub(crate) async fn formats_are_tried_in_order_until_one_finds<W: World>() {
    let stage = stage_with::<W>(|settings| settings.formats = formats(&MASKS)).await;
    let seed = Seed { phones: &["(415) 555-0142"], ..Seed::nadia() };
    let nadia = stage.world.seed(&seed).await;
    let answer = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    assert_eq!(answer.contacts, [nadia]);
    if W::PARTS {
        assert_eq!(stage.world.searched().await[1..], ["415-555-0142", "(415) 555-0142"]);
    } else if stage.crm.capabilities().exact_search {
        assert!(!answer.complete, "one format is left");
        assert_eq!(stage.world.searched().await, [NUMBER, "415-555-0142", "(415) 555-0142"]);
    } else {
        assert!(answer.complete);
        assert_eq!(stage.world.searched().await.len(), 1, "formats cost requests");
    }
}

pub(crate) async fn the_remaining_formats_make_the_answer_complete<W: World>() {
    let stage = stage_with::<W>(|settings| settings.formats = formats(&MASKS)).await;
    let seed = Seed { phones: &["(415) 555-0142"], ..Seed::nadia() };
    let nadia = stage.world.seed(&seed).await;
    let seed = Seed { phones: &["+1-415-555-0142"], ..Seed::named("Nadia's office") };
    let office = stage.world.seed(&seed).await;
    let first = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    if W::PARTS {
        assert_eq!((first.contacts.clone(), first.complete), (vec![office.clone()], false));
    } else if stage.crm.capabilities().exact_search {
        assert_eq!((first.contacts.clone(), first.complete), (vec![nadia.clone()], false));
    }
    if first.tried > 0 {
        // What was asked is not asked again: each form costs a request.
        let asked = stage.world.searched().await;
        let rest = GetContact { skip: first.tried, ..ask(NUMBER) };
        let rest = stage.crm.get_remaining(&rest).await.unwrap();
        assert!(rest.complete);
        let new = stage.world.searched().await.split_off(asked.len());
        assert!(new.iter().all(|text| !asked.contains(text)), "{new:?} after {asked:?}");
    }
    let mut all = stage.crm.get_remaining(&ask(NUMBER)).await.unwrap();
    if W::PARTS {
        all.contacts.reverse();
    }
    assert_eq!((all.contacts, all.complete), (vec![nadia, office], true));
}

pub(crate) async fn formats_of_a_request_override_those_of_the_account<W: World>() {
    let stage = stage_with::<W>(|settings| settings.formats = formats(&MASKS)).await;
    let seed = Seed { phones: &["14155550142"], ..Seed::nadia() };
    let nadia = stage.world.seed(&seed).await;
    let request = GetContact { overriding_format: formats(&["1##########"]), ..ask(NUMBER) };
    let answer = stage.crm.get_contact(&request).await.unwrap();
    assert_eq!((answer.contacts, answer.complete), (vec![nadia], true));
    if W::PARTS {
        assert_eq!(stage.world.searched().await.len(), 1, "its digits have found it");
    } else if stage.crm.capabilities().exact_search {
        assert_eq!(stage.world.searched().await, [NUMBER, "14155550142"]);
    }
}

pub(crate) async fn a_foreign_number_is_not_pressed_into_the_formats<W: World>() {
    let stage = stage_with::<W>(|settings| settings.formats = formats(&MASKS)).await;
    let seed = Seed { phones: &["(331) 426-8530"], ..Seed::named("A stranger") };
    stage.world.seed(&seed).await;
    let answer = stage.crm.get_contact(&ask("+33142685300")).await.unwrap();
    assert_eq!((answer.contacts.len(), answer.complete), (0, true));
    assert_eq!(stage.world.searched().await.len(), 1);
}

pub(crate) async fn the_region_of_the_account_wins<W: World>() {
    let stage = stage_with::<W>(|settings| {
        settings.formats = formats(&["0# ## ## ## ##"]);
        settings.region = Some("FR".into());
    })
    .await;
    let seed = Seed { phones: &["01 42 68 53 00"], ..Seed::named("Émile Lefèvre") };
    let emile = stage.world.seed(&seed).await;
    let answer = stage.crm.get_contact(&ask("+33142685300")).await.unwrap();
    assert_eq!((answer.contacts, answer.complete), (vec![emile], true));
}

pub(crate) async fn a_refresh_sees_what_changed<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let refresh = GetContact { force_refresh: true, ..ask(NUMBER) };
    assert_eq!(stage.crm.get_contact(&refresh).await.unwrap().contacts.len(), 1);
    stage.world.rename(&nadia.reference, "Nadia Eze").await;
    let renamed = stage.crm.get_contact(&refresh).await.unwrap();
    assert_eq!(names(&renamed.contacts), ["Nadia Eze"]);
    assert_eq!(stage.crm.contact(&nadia.reference).await.unwrap().name, "Nadia Eze");
    stage.world.delete(&nadia.reference).await;
    assert_eq!(stage.crm.get_contact(&refresh).await.unwrap().contacts, []);
}

pub(crate) async fn a_message_of_the_crm_arrives_at_every_level<W: World>() {
    let stage = stage::<W>().await;
    stage.world.seed(&Seed::nadia()).await;
    if !stage.crm.capabilities().notices {
        assert_eq!(stage.crm.get_contact(&ask(NUMBER)).await.unwrap().message, None);
        return;
    }
    for (level, ttl_ms) in [
        (MessageLevel::Success, 1000),
        (MessageLevel::Warning, 2000),
        (MessageLevel::Error, 3000),
        (MessageLevel::Info, 4000),
    ] {
        let detail = MessageDetail {
            title: "What you can do".into(),
            items: vec!["Save your work".into(), "Come back at <18:00>".into()],
        };
        let message = Message {
            message: format!("Maintenance: {level:?}"),
            level,
            ttl_ms,
            details: vec![detail],
        };
        stage.world.announce(&message).await;
        for number in [NUMBER, "+14155550199"] {
            let answer = stage.crm.get_contact(&ask(number)).await.unwrap();
            assert_eq!(answer.message.as_ref(), Some(&message));
            assert_eq!(answer.contacts.len(), usize::from(number == NUMBER));
        }
    }
}
