//! What a row holds of a contact: its reference stands in columns of its own.

use jiff::Timestamp;
use ringside_domain::contact::{Association, ContactPhone};
use ringside_domain::{AccountId, Contact, ContactRef};
use serde::{Deserialize, Serialize};

/// Short names and nothing empty: there may be a million of them.
#[derive(Serialize, Deserialize)]
pub(super) struct Body {
    n: String,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    p: Vec<(String, Option<String>)>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    c: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    t: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    e: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    m: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    l: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    a: Vec<Association>,
}

impl Body {
    pub(super) fn of(contact: &Contact) -> Self {
        let phones = contact.phones.iter().map(|p| (p.given.clone(), p.field.clone()));
        Self {
            n: contact.name.clone(),
            p: phones.collect(),
            c: contact.company.clone(),
            t: contact.title.clone(),
            e: contact.email.clone(),
            m: contact.created_at,
            l: contact.last_activity_at,
            a: contact.associations.clone(),
        }
    }

    /// What the index of words holds: name and company.
    pub(super) fn words(&self) -> (&str, &str) {
        (&self.n, self.c.as_deref().unwrap_or_default())
    }

    /// The label of one of the phones.
    pub(super) fn field(&self, place: u32) -> Option<&str> {
        self.p.get(place as usize)?.1.as_deref()
    }

    pub(super) fn into_contact(self, reference: ContactRef) -> Contact {
        Contact {
            reference,
            name: self.n,
            phones: self
                .p
                .into_iter()
                .map(|(given, field)| ContactPhone { given, field })
                .collect(),
            company: self.c,
            title: self.t,
            email: self.e,
            created_at: self.m,
            last_activity_at: self.l,
            associations: self.a,
        }
    }
}

/// A reference from the columns `account, kind, id`, the first of which is `first`.
pub(super) fn reference(row: &rusqlite::Row<'_>, first: usize) -> rusqlite::Result<ContactRef> {
    Ok(ContactRef {
        account: AccountId::new(row.get::<_, String>(first)?),
        kind: row.get(first + 1)?,
        id: row.get(first + 2)?,
    })
}
