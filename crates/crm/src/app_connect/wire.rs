//! The server's JSON: its envelope, and loose readings, since each connector fills it in as it
//! likes (message as text, object or null; ids as numbers).

use serde::{Deserialize, Deserializer};
use serde_json::Value;

use crate::contract::{Loose, ReturnMessage, scalar};

/// What every answer of the server may hold. Only what is told apart by all operations.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Envelope {
    #[serde(deserialize_with = "maybe")]
    pub(super) successful: Option<bool>,
    pub(super) return_message: Option<Value>,
    #[serde(deserialize_with = "words")]
    pub(super) error: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) error_code: Option<String>,
    pub(super) contact: Option<Value>,
}

impl Envelope {
    /// The message, in whichever of its forms.
    pub(super) fn message(&self) -> Option<String> {
        message(self.return_message.as_ref()?)
    }

    /// Whether the message explains itself.
    pub(super) fn has_details(&self) -> bool {
        let details = self.return_message.as_ref().and_then(|message| message.get("details"));
        details.and_then(Value::as_array).is_some_and(|details| !details.is_empty())
    }
}

/// The words of a `returnMessage`: an object, or the text itself; `None` if it says nothing.
pub(super) fn message(given: &Value) -> Option<String> {
    let message = match given {
        Value::String(text) => {
            ReturnMessage { message: Some(text.clone()), ..ReturnMessage::default() }
        }
        Value::Object(_) => serde_json::from_value(given.clone()).ok()?,
        _ => return None,
    };
    message.read().map(|message| message.message)
}

/// `GET /callLog`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Logs {
    #[serde(deserialize_with = "list")]
    pub(super) logs: Vec<Log>,
}

/// One log of `GET /callLog`.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Log {
    #[serde(deserialize_with = "words")]
    pub(super) session_id: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) matched: Option<bool>,
    #[serde(deserialize_with = "words")]
    pub(super) log_id: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) log_data: Option<LogData>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct LogData {
    #[serde(deserialize_with = "words")]
    pub(super) subject: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) note: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) full_body: Option<String>,
}

/// The answer to a log or a contact that was written.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Written {
    #[serde(deserialize_with = "words")]
    pub(super) log_id: Option<String>,
}

/// `GET /calldown`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct CallDowns {
    #[serde(deserialize_with = "list")]
    pub(super) items: Vec<CallDown>,
    #[serde(deserialize_with = "words")]
    pub(super) id: Option<String>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct CallDown {
    #[serde(deserialize_with = "words")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) contact_id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) contact_type: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) status: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) scheduled_at: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) last_call_at: Option<String>,
}

/// One value of `GET /user/settings`.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Kept {
    pub(super) value: Option<Value>,
    #[serde(deserialize_with = "maybe")]
    pub(super) customizable: Option<bool>,
}

/// The answer to a sign-in.
#[derive(Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SignedIn {
    #[serde(deserialize_with = "words")]
    pub(super) jwt_token: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) name: Option<String>,
}

/// Longest id that is kept, in characters.
const ID_MAX: usize = 200;

/// An id, unless it is empty or longer than any that means something.
pub(super) fn id(given: Option<String>) -> Option<String> {
    given.filter(|id| !id.is_empty() && id.chars().count() <= ID_MAX)
}

/// A text, or a number as text; anything else counts as absent.
pub(super) fn words<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<String>, D::Error> {
    scalar(deserializer)
}

/// A part, if it fits.
pub(super) fn maybe<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    Ok(Loose::deserialize(deserializer)?.fit())
}

/// Those entries of a list that fit.
pub(super) fn list<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let entries: Option<Vec<Loose<T>>> = Loose::deserialize(deserializer)?.fit();
    Ok(entries.unwrap_or_default().into_iter().filter_map(Loose::fit).collect())
}
