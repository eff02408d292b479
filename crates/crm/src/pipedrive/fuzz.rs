//! All answers of Pipedrive, from any body.

use std::collections::HashSet;

use serde::de::DeserializeOwned;

use super::note;
use super::person::{associated, attach, enrich};
use super::wire::{
    Activity, ActivityType, Deal, Envelope, Finds, Lead, List, Me, Named, Numbered, NumberedFinds,
    Person, fitting,
};
use crate::contract::{Answer, Loose, MatchedContact};
use crate::{UserInfo, fuzz};

/// The record or list of an answer.
fn data<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    let envelope: Envelope<T> = serde_json::from_slice(body).ok()?;
    let _ = (envelope.next(), envelope.more());
    envelope.record().ok()
}

fn check(found: Vec<MatchedContact>) {
    let answer = Answer {
        matched_contact_info: found.into_iter().map(Loose::Fits).collect(),
        ..Answer::default()
    };
    answer.read(&fuzz::account(), true).iter().for_each(fuzz::check);
}

/// Reads a body as every answer that it could be.
pub(crate) fn fuzz(body: &[u8]) {
    if let Some(found) = data::<Finds>(body) {
        let related: Vec<_> =
            fitting(found.related_items).filter_map(|one| associated(one.item)).collect();
        let mut persons: Vec<MatchedContact> =
            fitting(found.items).map(|one| one.item.into()).collect();
        if let Some(first) = persons.first_mut() {
            for (_, key, record) in related {
                attach(first, key, record);
            }
        }
        check(persons);
    }
    if let Some(persons) = data::<List<Person>>(body) {
        let mut seen = HashSet::new();
        let mut found = Vec::new();
        for person in fitting(Some(persons)).filter(|person| seen.insert(person.id)) {
            let mut contact = MatchedContact::create_option();
            contact.is_new_contact = None;
            contact.id = Some(person.id.to_string());
            enrich(&mut contact, person);
            found.push(contact);
        }
        check(found);
    }
    if let Some(person) = data::<Person>(body) {
        check(vec![person.into()]);
    }
    if let Some(activity) = data::<Activity>(body) {
        let told = activity.note.as_deref().unwrap_or_default();
        let key = "ringside:01890000-0000-7000-8000-000000000001:fuzz";
        let signed = note::sign(told, key);
        assert!(note::is_signed(&signed, key), "the key is lost");
        assert_eq!(note::sign(&signed, key), signed, "signed twice");
    }
    if let Some(me) = data::<Me>(body) {
        fuzz::check_line(&UserInfo::from(me).name);
    }
    drop((data::<List<ActivityType>>(body), data::<List<Named>>(body), data::<Numbered>(body)));
    drop((data::<NumberedFinds>(body), data::<List<Deal>>(body), data::<List<Lead>>(body)));
}
