//! What the widget asks of the service that we registered as, and our answers.
//!
//! It waits 30 s for matches, 15 s for the logger and 3 s where it names no time of its own.

use jiff::Timestamp;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, Contact, ContactRef, Number, Party};
use serde_json::{Map, Value, json};

use crate::RecentCall;
use crate::field::{TEXT_MAX, id, instant, text, texts};

/// Our name as a service, which contacts bear as their type.
pub(super) const SERVICE: &str = "Ringside";

const CONTACTS: &str = "/contacts";
const SEARCH: &str = "/contacts/search";
const MATCH: &str = "/contacts/match";
const VIEW: &str = "/contacts/view";
const LOG: &str = "/callLogger";
const LOG_MATCH: &str = "/callLogger/match";

/// Numbers or calls of one question; the widget asks for 30 at a time.
const ASKED_MAX: usize = 100;
/// Numbers of one contact that are shown.
const PHONES_MAX: usize = 10;

/// A question, and the id that its answer must bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    pub(super) request: String,
    /// What is asked.
    pub question: Question,
}

/// What the widget wants to know, or to have done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Question {
    /// A page of all contacts, or of those that changed since.
    Contacts {
        /// From 1.
        page: u32,
        /// When it was last told.
        since: Option<Timestamp>,
    },
    /// Contacts by name or number, for the dialler.
    Search(String),
    /// Who has these numbers.
    Match {
        /// As given, mostly in E.164.
        numbers: Vec<String>,
        /// A person asked for it: past every cache.
        by_hand: bool,
    },
    /// A contact is to be shown.
    View(ContactRef),
    /// The log button was pressed at a call, live or past.
    Log(LogCall),
    /// Which of these calls are logged, by session ids.
    LogMatch(Vec<String>),
}

/// The call that the log button stands at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogCall {
    /// Every id of the call that the widget named.
    pub ids: Vec<String>,
    /// The call, if it is over and told whole.
    pub past: Option<RecentCall>,
    /// A person pressed it; else the widget's own auto-log did.
    pub by_hand: bool,
}

/// An answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A page of contacts.
    Contacts {
        /// On this page.
        contacts: Vec<Card>,
        /// The next page, if there is one.
        next: Option<u32>,
        /// What [`Question::Contacts`] brings back next time.
        at: Timestamp,
    },
    /// Contacts found.
    Found(Vec<Card>),
    /// Contacts for each number, under the number as asked.
    Matched(Vec<(String, Vec<Card>)>),
    /// Logs for each session id: ids in the CRM, and the note.
    Logged(Vec<(String, Vec<(String, String)>)>),
    /// It is done, or on its way.
    Done,
}

/// A contact as the widget shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Card {
    reference: ContactRef,
    name: String,
    company: Option<String>,
    title: Option<String>,
    email: Option<String>,
    phones: Vec<(String, &'static str)>,
}

impl Card {
    /// A contact, its numbers read by `numbers`; those that are no numbers are left out.
    pub fn new(contact: &Contact, numbers: &NumberContext) -> Self {
        let phones = contact.phones.iter().take(PHONES_MAX).filter_map(|phone| {
            let party = Party { given: phone.given.clone(), name: None };
            let e164 = Number::read(&party, numbers).e164?;
            Some((e164, phone_type(phone.field.as_deref().unwrap_or_default())))
        });
        Self {
            phones: phones.collect(),
            reference: contact.reference.clone(),
            name: contact.name.clone(),
            company: contact.company.clone(),
            title: contact.title.clone(),
            email: contact.email.clone(),
        }
    }

    /// The same with this number among its numbers: the widget drops contacts without the number
    /// that it asked for.
    #[must_use]
    pub fn with_number(mut self, number: &str) -> Self {
        if !self.phones.iter().any(|(known, _)| known == number) {
            self.phones.push((number.to_owned(), "direct"));
        }
        self
    }

    fn json(&self) -> Value {
        let phones: Vec<Value> = self
            .phones
            .iter()
            .map(|(number, kind)| json!({ "phoneNumber": number, "phoneType": kind }))
            .collect();
        json!({
            "id": reference_id(&self.reference),
            "type": SERVICE,
            "name": self.name,
            "phoneNumbers": phones,
            "company": self.company,
            "jobTitle": self.title,
            "emails": self.email.iter().collect::<Vec<_>>(),
        })
    }
}

/// The widget's word for the field that a number stands in.
fn phone_type(field: &str) -> &'static str {
    match field.to_ascii_lowercase().as_str() {
        "mobile" | "cell" => "mobile",
        "home" => "home",
        "work" | "business" | "office" => "business",
        "company" | "main" => "company",
        "fax" => "fax",
        "other" => "other",
        _ => "direct",
    }
}

/// Says who we are and what we answer; the widget takes the first such message after it was loaded.
pub(super) fn registration(log_title: &str) -> Value {
    json!({
        "type": "rc-adapter-register-third-party-service",
        "service": {
            "name": SERVICE,
            "contactsPath": CONTACTS,
            "contactSearchPath": SEARCH,
            "contactMatchPath": MATCH,
            "viewMatchedContactPath": VIEW,
            "callLoggerPath": LOG,
            "callLoggerTitle": log_title,
            "callLogEntityMatcherPath": LOG_MATCH,
        },
    })
}

/// Reads a question.
pub(super) fn read(message: &Value) -> Option<Asked> {
    let body = message.get("body").unwrap_or(&Value::Null);
    let question = match message.get("path")?.as_str()? {
        CONTACTS => Question::Contacts { page: page(body), since: instant(body, "syncTimestamp") },
        SEARCH => Question::Search(text(body, "searchString").unwrap_or_default()),
        MATCH => Question::Match {
            numbers: texts(body, "phoneNumbers", ASKED_MAX),
            by_hand: text(body, "triggerFrom").as_deref() == Some("manual"),
        },
        // The contact itself, or within one more wrapping.
        VIEW => Question::View(reference(body).or_else(|| reference(body.get("contact")?))?),
        LOG => Question::Log(log_call(body)?),
        LOG_MATCH => Question::LogMatch(texts(body, "sessionIds", ASKED_MAX)),
        _ => return None,
    };
    Some(Asked { request: id(message, "requestId")?, question })
}

/// The answer as the widget takes it.
pub(super) fn response(asked: &Asked, answer: &Answer) -> Value {
    let cards = |cards: &[Card]| cards.iter().map(Card::json).collect::<Vec<_>>();
    let response = match answer {
        Answer::Contacts { contacts, next, at } => json!({
            "data": cards(contacts),
            "nextPage": next,
            "syncTimestamp": at.as_millisecond(),
        }),
        Answer::Found(found) => json!({ "data": cards(found) }),
        Answer::Matched(matched) => {
            let data: Map<String, Value> = matched
                .iter()
                .map(|(number, found)| (number.clone(), cards(found).into()))
                .collect();
            json!({ "data": data })
        }
        Answer::Logged(logged) => {
            let entry = |(id, note): &(String, String)| json!({ "id": id, "note": note });
            let data: Map<String, Value> = logged
                .iter()
                .map(|(session, logs)| (session.clone(), logs.iter().map(entry).collect()))
                .collect();
            json!({ "data": data })
        }
        Answer::Done => json!({ "data": "ok" }),
    };
    json!({
        "type": "rc-post-message-response",
        "responseId": asked.request,
        "response": response,
    })
}

/// The page asked for: a number, or a text as its documentation writes it.
fn page(body: &Value) -> u32 {
    let page = body.get("page");
    let number = page.and_then(Value::as_u64).and_then(|page| page.try_into().ok());
    let text = || page.and_then(Value::as_str)?.parse().ok();
    number.or_else(text).unwrap_or(1).max(1)
}

fn log_call(body: &Value) -> Option<LogCall> {
    let call = body.get("call")?;
    let ids = ["telephonySessionId", "sessionId", "partyId", "id"]
        .into_iter()
        .filter_map(|name| id(call, name))
        .collect();
    let trigger = text(body, "triggerType");
    let by_hand = matches!(trigger.as_deref(), None | Some("manual" | "createLog" | "editLog"));
    Some(LogCall { ids, past: crate::ringcentral::record::read(call), by_hand })
}

/// A reference as one text; its parts are kept apart by a character that none of them holds.
fn reference_id(reference: &ContactRef) -> String {
    let escaped = |part: &str| part.replace('%', "%25").replace('/', "%2F");
    [reference.account.as_str(), &reference.kind, &reference.id].map(escaped).join("/")
}

fn reference(contact: &Value) -> Option<ContactRef> {
    let id = contact.get("id")?.as_str().filter(|id| id.len() <= TEXT_MAX)?;
    let mut parts = id.split('/').map(|part| part.replace("%2F", "/").replace("%25", "%"));
    let reference = ContactRef {
        account: AccountId::new(parts.next()?),
        kind: parts.next()?,
        id: parts.next()?,
    };
    parts.next().is_none().then_some(reference)
}
