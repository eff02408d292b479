//! The fields that a connector's manifest puts on the log form (`page.callLog.additionalFields`),
//! and their values on the way to the server (`additionalSubmission`, `dispositions`).

use ringside_domain::LogEntry;
use ringside_domain::log::{FieldOption, LogField, LogFieldKind};
use ringside_domain::text::{self, NAME_MAX};
use serde::Deserialize;
use serde_json::{Map, Value};

use super::wire::{id, list, maybe, words};
use crate::contract::association_kind;

/// Most fields and options that are kept.
const FIELDS_MAX: usize = 50;
const OPTIONS_MAX: usize = 500;
/// Longest sentence under a field, in characters.
const HINT_MAX: usize = 300;

/// A field as the manifest describes it.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct FieldSpec {
    #[serde(rename = "const", deserialize_with = "words")]
    id: Option<String>,
    #[serde(deserialize_with = "words")]
    title: Option<String>,
    #[serde(rename = "type", deserialize_with = "words")]
    kind: Option<String>,
    #[serde(deserialize_with = "maybe")]
    contact_dependent: Option<bool>,
    #[serde(deserialize_with = "maybe")]
    required: Option<bool>,
    #[serde(deserialize_with = "words")]
    description: Option<String>,
    #[serde(deserialize_with = "maybe")]
    allow_custom_value: Option<bool>,
    #[serde(deserialize_with = "list")]
    options: Vec<OptionSpec>,
    default_value: Option<Value>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct OptionSpec {
    #[serde(rename = "const", deserialize_with = "words")]
    value: Option<String>,
    #[serde(deserialize_with = "words")]
    title: Option<String>,
}

/// The fields for the form. What has no name or no known way to be filled in is left out.
pub(super) fn read(specs: &[FieldSpec]) -> Vec<LogField> {
    specs.iter().filter_map(FieldSpec::read).take(FIELDS_MAX).collect()
}

/// The values of an entry by the connector's names: what the agent filled in, and the record that
/// the log is attached to where a field takes such records. What no field asks for is not sent.
pub(super) fn submission(specs: &[FieldSpec], entry: &LogEntry) -> Map<String, Value> {
    let mut values = Map::new();
    for spec in specs {
        let Some(id) = spec.id.as_deref() else { continue };
        let attached = entry
            .association
            .as_ref()
            .filter(|record| spec.is_choice() && record.kind == association_kind(id));
        let given = entry.fields.get(id).or(attached.map(|record| &record.id));
        if let Some(value) = given.filter(|value| !value.is_empty()) {
            values.insert(id.to_owned(), spec.value(value));
        }
    }
    values
}

impl FieldSpec {
    fn is_choice(&self) -> bool {
        self.kind.as_deref() == Some("selection")
    }

    fn read(&self) -> Option<LogField> {
        let id = id(self.id.clone())?;
        let label = text::clean(self.title.as_deref().unwrap_or(&id), NAME_MAX);
        let kind = match self.kind.as_deref()? {
            "selection" => self.choice(&id),
            "inputField" | "string" => LogFieldKind::Text,
            "checkbox" => LogFieldKind::Checkbox,
            "date" => LogFieldKind::Date,
            "warning" => LogFieldKind::Notice,
            _ => return None,
        };
        let initial = match &self.default_value {
            Some(Value::String(value)) => Some(text::clean(value, NAME_MAX)),
            Some(Value::Bool(value)) => Some(value.to_string()),
            Some(Value::Number(value)) => Some(value.to_string()),
            _ => None,
        };
        Some(LogField {
            id,
            label,
            kind,
            required: self.required == Some(true),
            hint: self.description.as_deref().map(|hint| text::clean(hint, HINT_MAX)),
            initial,
        })
    }

    /// The server puts the list of such a field into each contact's `additionalInfo`, unless the
    /// manifest itself has it.
    fn choice(&self, id: &str) -> LogFieldKind {
        let options = self.options.iter().filter_map(|option| {
            let value = super::wire::id(option.value.clone())?;
            let label = text::clean(option.title.as_deref().unwrap_or(&value), NAME_MAX);
            Some(FieldOption { value, label })
        });
        let options: Vec<_> = options.take(OPTIONS_MAX).collect();
        let of_contact = self.contact_dependent == Some(true) || options.is_empty();
        LogFieldKind::Choice {
            of_contact: of_contact.then(|| association_kind(id)),
            options: if of_contact { Vec::new() } else { options },
            custom: self.allow_custom_value == Some(true),
        }
    }

    fn value(&self, given: &str) -> Value {
        match (self.kind.as_deref(), given) {
            (Some("checkbox"), "true") => Value::Bool(true),
            (Some("checkbox"), _) => Value::Bool(false),
            _ => Value::String(given.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn specs() -> Vec<FieldSpec> {
        serde_json::from_value(json!([
            { "const": "associatedDeal", "title": "Deal", "type": "selection", "contactDependent": true },
            { "const": "queue", "title": "Queue", "type": "selection", "required": true,
              "options": [{ "const": "sales", "title": "Sales" }, { "const": 2, "title": "Care" }, { "title": "none" }] },
            { "const": "category", "type": "selection", "contactDependent": false },
            { "const": "billable", "title": "Billable", "type": "checkbox", "defaultValue": true },
            { "const": "leadWarning", "title": "Mind", "type": "warning", "description": "Deals win." },
            { "const": "colour", "type": "hologram" },
            { "title": "nameless", "type": "date" },
        ]))
        .unwrap()
    }

    #[test]
    fn a_form_is_read_and_what_nobody_can_fill_in_is_left_out() {
        let fields = read(&specs());
        let ids: Vec<_> = fields.iter().map(|field| field.id.as_str()).collect();
        assert_eq!(ids, ["associatedDeal", "queue", "category", "billable", "leadWarning"]);
        let of_contact = |at: usize| match &fields[at].kind {
            LogFieldKind::Choice { of_contact, options, .. } => (of_contact.clone(), options.len()),
            other => panic!("{other:?}"),
        };
        assert_eq!(of_contact(0), (Some("deal".into()), 0));
        assert_eq!(of_contact(1), (None, 2));
        assert_eq!(of_contact(2), (Some("category".into()), 0));
        assert!(fields[1].required && fields[1].takes("2", None) && !fields[1].takes("3", None));
        assert_eq!(fields[3].initial.as_deref(), Some("true"));
        assert_eq!(fields[4].hint.as_deref(), Some("Deals win."));
    }
}
