//! All answers of the server, from any body.

use serde::de::DeserializeOwned;

use super::wire::{self, Activities, Contacts, Deletions, RecordId};
use crate::contract::{Answer, Loose, MatchedContact};
use crate::{RemoteLog, UserInfo, fuzz};

fn read<T: DeserializeOwned>(body: &[u8]) -> Option<T> {
    serde_json::from_slice(body).ok()
}

/// Reads a body as every answer that it could be.
pub(crate) fn fuzz(body: &[u8]) {
    let account = fuzz::account();
    if let Some(found) = read::<Contacts>(body) {
        let answer = Answer {
            matched_contact_info: found
                .contacts
                .into_iter()
                .map(|contact| Loose::Fits(contact.into()))
                .collect(),
            return_message: found.notice.map(Into::into),
            ..Answer::default()
        };
        answer.read(&account, true).iter().for_each(fuzz::check);
    }
    if let Some(contact) = read::<wire::Contact>(body) {
        let contact = MatchedContact::from(contact).read(&account);
        fuzz::check_contacts(contact.as_slice());
    }
    if let Some(activity) = read::<wire::Activity>(body) {
        let log = RemoteLog::from(activity);
        assert!(!log.subject.contains(char::is_control), "not cleaned");
    }
    if let Some(me) = read::<wire::Me>(body) {
        fuzz::check_line(&UserInfo::from(me).name);
    }
    if let Some(deletions) = read::<Deletions>(body) {
        for gone in deletions.deletions {
            fuzz::check_line(&gone.reference(&account).kind);
        }
    }
    drop((read::<Activities>(body), read::<RecordId>(body)));
}
