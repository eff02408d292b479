//! Contacts: by number, by name, anew.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use reqwest::Method;
use ringside_domain::log::SEND_DEADLINE;
use ringside_domain::number::format::{self, Formatted};
use ringside_domain::number::{Number, NumberContext};
use ringside_domain::{Contact, ContactRef, Party};
use serde_json::{Value, json};

use super::judge::Refusal;
use super::{AppConnect, READ_DEADLINE};
use crate::contract::{self, MatchedContact};
use crate::{GetContact, GetContactAnswer, NewContact};
use ringside_web::Error;
use ringside_web::client::Urgency;

/// Most contacts that are remembered.
const SEEN_MAX: usize = 2000;

/// How each contact was last found: the server has no other way to one contact.
#[derive(Default)]
pub(super) struct Seen(Mutex<HashMap<ContactRef, Way>>);

/// Ways to find a contact again.
#[derive(Clone)]
struct Way {
    phone: Option<String>,
    name: String,
}

/// Contacts that were to be made, by their key, with what came of it.
#[derive(Default)]
pub(super) struct Made(Mutex<HashMap<String, Option<Contact>>>);

impl Seen {
    /// `phone` is what they were found under; without it, a number that is known stays.
    fn learn(&self, contacts: &[Contact], phone: Option<&str>) {
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() + contacts.len() > SEEN_MAX {
            seen.clear();
        }
        for contact in contacts {
            let known = seen.get(&contact.reference).and_then(|way| way.phone.clone());
            let stored = || contact.phones.first().map(|phone| phone.given.clone());
            let phone = phone.map(str::to_owned).or(known).or_else(stored);
            seen.insert(contact.reference.clone(), Way { phone, name: contact.name.clone() });
        }
    }

    fn way_to(&self, contact: &ContactRef) -> Option<Way> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(contact).cloned()
    }
}

impl Made {
    fn get(&self, key: &str) -> Option<Option<Contact>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(key).cloned()
    }

    fn set(&self, key: &str, made: Option<Contact>) {
        let mut all = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= SEEN_MAX {
            all.clear();
        }
        all.insert(key.to_owned(), made);
    }
}

impl AppConnect {
    /// The first number that anybody has. What the server may have had in its cache is not
    /// `complete`: the cache has no age, and serves contacts that were renamed or deleted long ago.
    pub(super) async fn look_up(&self, request: &GetContact) -> Result<GetContactAnswer, Error> {
        let deadline = Instant::now() + self.lookup_deadline;
        let force = request.force_refresh || self.never_cached();
        let numbers = self.numbers(request);
        let mut last = GetContactAnswer { complete: true, ..GetContactAnswer::default() };
        for (number, left) in numbers.iter().zip((0..numbers.len()).rev()) {
            let within = deadline.saturating_duration_since(Instant::now());
            let (mut answer, fresh) = self.ask_for(number, request, force, within).await?;
            if !answer.contacts.is_empty() {
                answer.complete = fresh && left == 0;
                return Ok(answer);
            }
            last = answer;
        }
        last.complete = true;
        Ok(last)
    }

    /// All numbers, past the cache.
    pub(super) async fn look_up_everything(
        &self,
        request: &GetContact,
    ) -> Result<GetContactAnswer, Error> {
        let mut all = GetContactAnswer { complete: true, ..GetContactAnswer::default() };
        for number in self.numbers(request) {
            let (answer, _) = self.ask_for(&number, request, true, self.lookup_deadline).await?;
            for contact in answer.contacts {
                if all.contacts.iter().all(|known| known.reference != contact.reference) {
                    all.contacts.push(contact);
                }
            }
            all.message = all.message.or(answer.message);
            all.can_create |= answer.can_create;
        }
        Ok(all)
    }

    /// The number as given, then the other side of a known renumbering.
    fn numbers(&self, request: &GetContact) -> Vec<String> {
        let number = request.phone_number.clone();
        // Such as an anonymous caller: nobody to ask for, and the server fails without a number.
        if !number.bytes().any(|byte| byte.is_ascii_digit()) {
            return Vec::new();
        }
        if request.is_extension {
            return vec![number];
        }
        let party = Party { given: number.clone(), name: None };
        let context = NumberContext { region: self.region.clone(), extension_digits: 6 };
        let others = Number::read(&party, &context).lookup_forms();
        let mut numbers = vec![number];
        for other in others {
            if !numbers.contains(&other) {
                numbers.push(other);
            }
        }
        numbers
    }

    /// One request, in which the server tries the number and every format; with whether the answer is
    /// surely the CRM's own. The server says nothing of its cache, but an answer from there has no
    /// message, and one that found nobody is never cached (both recorded).
    async fn ask_for(
        &self,
        number: &str,
        request: &GetContact,
        force: bool,
        within: Duration,
    ) -> Result<(GetContactAnswer, bool), Error> {
        let formats = Some(&request.overriding_format).filter(|formats| !formats.is_empty());
        let formats = formats.unwrap_or(&self.formats);
        let formats =
            if request.is_extension { String::new() } else { self.masks(formats, number) };
        let extension = if request.is_extension { "true" } else { "false" };
        let mut query = vec![
            ("phoneNumber", number),
            // One list, and never left out: one connector fails without it, and two lists fail all.
            ("overridingFormat", formats.as_str()),
            ("isExtension", extension),
        ];
        if force {
            query.push(("isForceRefreshAccountData", "true"));
        }
        let found = self.get(&["contact"], &query, request.urgency, within).await;
        let body = match found {
            Ok(body) => body,
            Err(Refusal::NoMatch) => return Ok((GetContactAnswer::default(), true)),
            // The server's words for it are "log out and connect again".
            Err(Refusal::Authorization) => return Err(Error::Unauthorized),
            Err(refusal) => return Err(refusal.plain(false)),
        };
        let answer: contract::Answer = serde_json::from_value(body)
            .map_err(|_| Error::BadAnswer("no list of contacts".to_owned()))?;
        let answer = answer.read(&self.account, false)?;
        self.seen.learn(&answer.contacts, Some(number));
        let fresh = force || answer.message.is_some() || answer.contacts.is_empty();
        Ok((answer, fresh))
    }

    /// The formats that serve this number, as the one list that the server takes. It would cut and
    /// pad digits for the others.
    fn masks(&self, formats: &[String], number: &str) -> String {
        let serves = |mask: &&String| {
            !mask.contains(',')
                && matches!(format::apply(mask, number, &self.region), Formatted::Text { .. })
        };
        let masks: Vec<&str> = formats.iter().filter(serves).map(String::as_str).collect();
        masks.join(",")
    }

    fn never_cached(&self) -> bool {
        self.known.get().is_some_and(|known| known.platform.never_cached())
    }

    pub(super) async fn search(&self, name: &str) -> Result<Vec<Contact>, Error> {
        if !name.contains(char::is_alphanumeric) {
            return Ok(Vec::new());
        }
        let parts = ["custom", "contact", "search"];
        let found = self.get(&parts, &[("name", name)], Urgency::Live, READ_DEADLINE).await;
        let body = match found {
            Ok(body) => body,
            Err(Refusal::NoMatch) => return Ok(Vec::new()),
            Err(Refusal::Authorization) => return Err(Error::Unauthorized),
            Err(refusal) => return Err(refusal.plain(false)),
        };
        let answer: contract::Answer = serde_json::from_value(body)
            .map_err(|_| Error::BadAnswer("no list of contacts".to_owned()))?;
        let mut contacts = answer.read(&self.account, true)?.contacts;
        // Connectors answer in their CRM's order, which is mostly that of the ids.
        let wanted = name.trim().to_lowercase();
        contacts.sort_by_cached_key(|contact| {
            let found = contact.name.to_lowercase();
            (found != wanted, !found.starts_with(&wanted))
        });
        self.seen.learn(&contacts, None);
        Ok(contacts)
    }

    /// The contact as it is now: the server finds it under its number, past the cache, or else under
    /// its name.
    pub(super) async fn contact_again(&self, contact: &ContactRef) -> Result<Contact, Error> {
        let way = self.seen.way_to(contact).ok_or(Error::Unsupported)?;
        let same = |found: Vec<Contact>| found.into_iter().find(|one| one.reference == *contact);
        if let Some(phone) = way.phone {
            let digits = phone.bytes().filter(u8::is_ascii_digit).count();
            let request = GetContact {
                is_extension: !phone.starts_with('+') && digits <= 6,
                phone_number: phone,
                overriding_format: Vec::new(),
                force_refresh: true,
                urgency: Urgency::Live,
                skip: 0,
            };
            if let Some(found) = same(self.look_up_everything(&request).await?.contacts) {
                return Ok(found);
            }
        }
        // Without a number, or with another one by now.
        let found = match self.known().await?.interfaces.has("findContactWithName") {
            true => same(self.search(&way.name).await?),
            false => None,
        };
        found.ok_or(Error::NotFound)
    }

    pub(super) async fn make_contact(&self, new: &NewContact) -> Result<Contact, Error> {
        // The server takes an empty name (recorded), and a CRM full of nobody helps nobody.
        if new.name.trim().is_empty() {
            return Err(Error::Rejected { message: "a contact needs a name".to_owned() });
        }
        let _turn = self.locks.of(&new.key).await;
        match self.made.get(&new.key) {
            Some(Some(made)) => return Ok(made),
            // An attempt whose end is unknown: the server knows no keys, so look for the contact.
            Some(None) => {
                if let Some(found) = self.find_made(new).await? {
                    self.made.set(&new.key, Some(found.clone()));
                    return Ok(found);
                }
            }
            None => {}
        }
        self.made.set(&new.key, None);
        let kind = match &new.kind {
            Some(kind) => kind.clone(),
            None => {
                let kinds = self.known().await?.platform.contact_types();
                kinds.first().map(|kind| kind.value.clone()).unwrap_or_default()
            }
        };
        let body = json!({
            "phoneNumber": new.phone.as_deref().unwrap_or_default(),
            "newContactName": new.name,
            "newContactType": kind,
            "additionalSubmission": {},
        });
        let sent = self.send(Method::POST, &["contact"], &body, Urgency::Live, SEND_DEADLINE).await;
        let body = match sent {
            Ok(body) => body,
            Err(Refusal::Authorization) => return Err(self.authorization(Error::Forbidden).await),
            // Without a word only when the user is not connected to the CRM any more.
            Err(Refusal::Silent) => return Err(self.authorization(Error::Unauthorized).await),
            Err(refusal) => return Err(refusal.plain(true)),
        };
        let made: MatchedContact = body
            .get("contact")
            .and_then(|contact: &Value| serde_json::from_value(contact.clone()).ok())
            .unwrap_or_default();
        let made = MatchedContact {
            name: made.name.or_else(|| Some(new.name.clone())),
            phone: made.phone.or_else(|| new.phone.clone()),
            kind: made.kind.or(Some(kind)),
            ..made
        };
        let contact = made
            .read(&self.account)
            .ok_or_else(|| Error::Ambiguous("a contact without an id".to_owned()))?;
        self.seen.learn(std::slice::from_ref(&contact), new.phone.as_deref());
        self.made.set(&new.key, Some(contact.clone()));
        Ok(contact)
    }

    /// The contact of an earlier attempt: the same name under the same number.
    async fn find_made(&self, new: &NewContact) -> Result<Option<Contact>, Error> {
        let Some(phone) = &new.phone else {
            let found = self.search(&new.name).await?;
            return Ok(found.into_iter().find(|found| found.name == new.name.trim()));
        };
        let request = GetContact {
            phone_number: phone.clone(),
            overriding_format: Vec::new(),
            is_extension: false,
            force_refresh: true,
            urgency: Urgency::Live,
            skip: 0,
        };
        let found = self.look_up(&request).await?.contacts;
        Ok(found.into_iter().find(|found| found.name == new.name.trim()))
    }
}
