//! Reads the fields of a JSON body one by one, so that every complaint names its field, and so that
//! "absent" and "null" stay apart for `PATCH`.

use serde_json::{Map, Value};

use crate::problem::Problem;

/// The fields of a body that nobody has taken yet.
pub(crate) struct Fields(Map<String, Value>);

impl Fields {
    /// Reads a body, which must be a JSON object.
    pub(crate) fn parse(body: &[u8]) -> Result<Self, Problem> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self(map)),
            Ok(_) => Err(Problem::Unreadable("The body must be a JSON object.".into())),
            Err(error) => Err(Problem::Unreadable(format!("The body is not JSON: {error}"))),
        }
    }

    /// Wraps an object inside a body.
    pub(crate) fn nested(field: &'static str, value: Value) -> Result<Self, Problem> {
        match value {
            Value::Object(map) => Ok(Self(map)),
            _ => Err(Problem::invalid(field, "must hold objects")),
        }
    }

    /// A text that may be absent (outer `None`) or null (inner `None`); empty counts as null.
    pub(crate) fn text(
        &mut self,
        field: &'static str,
        max: usize,
    ) -> Result<Option<Option<String>>, Problem> {
        match self.0.remove(field) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(Value::String(text)) if text.chars().count() <= max => {
                Ok(Some(Some(text).filter(|text| !text.is_empty())))
            }
            Some(Value::String(_)) => {
                Err(Problem::invalid(field, format!("may have {max} characters at most")))
            }
            Some(_) => Err(Problem::invalid(field, "must be a text")),
        }
    }

    /// A whole number of 0 or more.
    pub(crate) fn whole(&mut self, field: &'static str) -> Result<Option<Option<i64>>, Problem> {
        match self.0.remove(field) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(None)),
            Some(value) => match value.as_i64() {
                Some(number) if number >= 0 => Ok(Some(Some(number))),
                _ => Err(Problem::invalid(field, "must be a whole number of 0 or more")),
            },
        }
    }

    /// A number.
    pub(crate) fn number(&mut self, field: &'static str) -> Result<Option<f64>, Problem> {
        match self.0.remove(field) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => {
                value.as_f64().map(Some).ok_or_else(|| Problem::invalid(field, "must be a number"))
            }
        }
    }

    /// A list of at most `max` objects.
    pub(crate) fn list(
        &mut self,
        field: &'static str,
        max: usize,
    ) -> Result<Option<Vec<Self>>, Problem> {
        match self.0.remove(field) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(Vec::new())),
            Some(Value::Array(items)) if items.len() <= max => items
                .into_iter()
                .map(|item| Self::nested(field, item))
                .collect::<Result<_, _>>()
                .map(Some),
            Some(_) => Err(Problem::invalid(field, format!("must be a list of {max} at most"))),
        }
    }

    /// Complains of a field that nobody asked for: a typo must not be lost in silence.
    pub(crate) fn finish(self) -> Result<(), Problem> {
        match self.0.into_iter().next() {
            None => Ok(()),
            Some((name, _)) => {
                let name: String = name.chars().take(60).collect();
                Err(Problem::invalid(name, "is no field that can be set"))
            }
        }
    }
}
