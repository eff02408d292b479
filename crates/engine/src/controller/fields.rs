//! The fields that an account's log form has beyond ours.

use std::collections::BTreeMap;

use ringside_domain::log::{LogField, LogFieldKind};
use ringside_domain::{Chosen, Contact};
use ringside_protocol::view::FieldView;
use ringside_protocol::{ErrorCode, Fault};

use super::Controller;
use super::desk::Desk;

impl Controller {
    /// The log form of the first chosen contact's account, as it stands.
    pub(super) fn field_views(&self, desk: &Desk) -> Vec<FieldView> {
        let Some(chosen) = desk.choice.chosen().first() else { return Vec::new() };
        let contact = contact_of(desk, chosen);
        self.fields_of(chosen)
            .into_iter()
            .map(|field| FieldView {
                options: field.options(contact),
                value: value_of(&field, desk, contact),
                field,
            })
            .collect()
    }

    /// What goes with the log of a chosen contact: what was filled in, else what the form starts
    /// with. Only the first chosen contact's form is shown, so the others have none.
    pub(super) fn field_values(&self, desk: &Desk, chosen: &Chosen) -> BTreeMap<String, String> {
        let first = desk.choice.chosen().first();
        if first.is_none_or(|first| first.contact != chosen.contact) {
            return BTreeMap::new();
        }
        let contact = contact_of(desk, chosen);
        let fields = self.fields_of(chosen);
        if fields.is_empty() {
            // The account may be shut for the moment: what was filled in is kept.
            return desk.fields.clone();
        }
        fields
            .into_iter()
            .filter_map(|field| Some((field.id.clone(), value_of(&field, desk, contact)?)))
            .collect()
    }

    /// Takes over what the agent filled in, if all of it can be sent.
    pub(super) fn fill_in(
        &mut self,
        desk_id: ringside_domain::CallId,
        given: BTreeMap<String, String>,
    ) -> Result<(), Fault> {
        let Some(desk) = self.desks.get(&desk_id) else { return Ok(()) };
        let Some(chosen) = desk.choice.chosen().first() else { return Ok(()) };
        let contact = contact_of(desk, chosen);
        let fields = self.fields_of(chosen);
        for (id, value) in &given {
            let known = fields.iter().find(|field| &field.id == id);
            // An empty value takes an earlier one back.
            if !value.is_empty() && known.is_none_or(|field| !field.takes(value, contact)) {
                let label = known.map_or(id.as_str(), |field| field.label.as_str());
                return Err(Fault::new(ErrorCode::BadField).with("field", label));
            }
        }
        if let Some(desk) = self.desks.get_mut(&desk_id) {
            desk.fields.extend(given);
        }
        Ok(())
    }

    /// A field that the CRM insists on and that nobody has filled in.
    pub(super) fn missing_field(&self, desk: &Desk) -> Option<LogField> {
        let chosen = desk.choice.chosen().first()?;
        let contact = contact_of(desk, chosen);
        self.fields_of(chosen)
            .into_iter()
            .find(|field| field.required && value_of(field, desk, contact).is_none())
    }

    fn fields_of(&self, chosen: &Chosen) -> Vec<LogField> {
        let crm = self.accounts.get(&chosen.contact.account).and_then(|a| a.crm.as_ref());
        crm.map(|crm| crm.capabilities().log_fields).unwrap_or_default()
    }
}

fn contact_of<'a>(desk: &'a Desk, chosen: &Chosen) -> Option<&'a Contact> {
    let found = desk.lookup.matches().iter();
    found.map(|found| &found.contact).find(|contact| contact.reference == chosen.contact)
}

/// What is filled in; else what the form starts with; else the only thing there is to choose where
/// one must be chosen.
fn value_of(field: &LogField, desk: &Desk, contact: Option<&Contact>) -> Option<String> {
    if field.kind == LogFieldKind::Notice {
        return None;
    }
    if let Some(given) = desk.fields.get(&field.id) {
        return Some(given.clone()).filter(|given| !given.is_empty());
    }
    let initial = field.initial.clone().filter(|value| field.takes(value, contact));
    initial.or_else(|| match field.options(contact).as_slice() {
        [only] if field.required => Some(only.value.clone()),
        _ => None,
    })
}
