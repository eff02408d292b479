//! Fields that a CRM wants on its log form beyond ours, such as App Connect's manifest names them
//! (`page.callLog.additionalFields`).

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::{Association, Contact};

/// One field of an account's log form. Its value is a text, kept in
/// [`super::LogEntry::fields`] under `id`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct LogField {
    /// The CRM's name of the field.
    pub id: String,
    /// The word for people; CRM text, so bounded and hostile.
    pub label: String,
    /// How it is filled in.
    pub kind: LogFieldKind,
    /// The CRM refuses a log without it.
    pub required: bool,
    /// One sentence under it.
    pub hint: Option<String>,
    /// What it starts with.
    pub initial: Option<String>,
}

/// How a field is filled in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum LogFieldKind {
    /// One of a list.
    Choice {
        /// The list, the same for every contact.
        options: Vec<FieldOption>,
        /// The list comes from the contact instead: its associations of this kind.
        of_contact: Option<String>,
        /// A value of the agent's own is taken too.
        custom: bool,
    },
    /// A line of text.
    Text,
    /// Yes (`true`) or no (`false`).
    Checkbox,
    /// A day, as `2026-11-24`.
    Date,
    /// Nothing to fill in: a sentence to read.
    Notice,
}

/// One entry of a list.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FieldOption {
    /// The CRM's value.
    pub value: String,
    /// The word for people.
    pub label: String,
}

impl LogField {
    /// The entries to choose from for a contact; empty unless the field is a choice.
    pub fn options(&self, contact: Option<&Contact>) -> Vec<FieldOption> {
        let LogFieldKind::Choice { options, of_contact, .. } = &self.kind else {
            return Vec::new();
        };
        let Some(kind) = of_contact else { return options.clone() };
        let of_kind = |association: &&Association| &association.kind == kind;
        let own = contact.into_iter().flat_map(|contact| &contact.associations).filter(of_kind);
        own.map(|association| FieldOption {
            value: association.id.clone(),
            label: association.title.clone(),
        })
        .collect()
    }

    /// Whether a value can be sent.
    pub fn takes(&self, value: &str, contact: Option<&Contact>) -> bool {
        match &self.kind {
            LogFieldKind::Choice { custom, .. } => {
                *custom || self.options(contact).iter().any(|option| option.value == value)
            }
            LogFieldKind::Text => true,
            LogFieldKind::Checkbox => matches!(value, "true" | "false"),
            LogFieldKind::Date => value.parse::<jiff::civil::Date>().is_ok(),
            LogFieldKind::Notice => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{AccountId, ContactRef};

    fn field(kind: LogFieldKind) -> LogField {
        LogField {
            id: "f".into(),
            label: "F".into(),
            kind,
            required: false,
            hint: None,
            initial: None,
        }
    }

    fn contact(deals: &[&str]) -> Contact {
        Contact {
            reference: ContactRef {
                account: AccountId::new("a"),
                kind: String::new(),
                id: "1".into(),
            },
            name: "Ada".into(),
            phones: Vec::new(),
            company: None,
            title: None,
            email: None,
            created_at: None,
            last_activity_at: None,
            associations: deals
                .iter()
                .map(|id| Association {
                    kind: "deals".into(),
                    id: (*id).into(),
                    title: format!("Deal {id}"),
                    detail: None,
                })
                .collect(),
        }
    }

    #[test]
    fn a_list_may_belong_to_the_contact() {
        let kind = LogFieldKind::Choice {
            options: Vec::new(),
            of_contact: Some("deals".into()),
            custom: false,
        };
        let field = field(kind);
        let ada = contact(&["7", "9"]);
        assert_eq!(field.options(Some(&ada)).len(), 2);
        assert!(field.takes("9", Some(&ada)) && !field.takes("8", Some(&ada)));
        assert!(field.options(None).is_empty() && !field.takes("9", None));
    }

    #[test]
    fn only_what_fits_is_taken() {
        assert!(field(LogFieldKind::Date).takes("2026-11-24", None));
        assert!(!field(LogFieldKind::Date).takes("24.11.2026", None));
        assert!(field(LogFieldKind::Checkbox).takes("true", None));
        assert!(!field(LogFieldKind::Checkbox).takes("yes", None));
        assert!(!field(LogFieldKind::Notice).takes("", None));
        let open = LogFieldKind::Choice { options: Vec::new(), of_contact: None, custom: true };
        assert!(field(open).takes("anything", None));
    }
}
