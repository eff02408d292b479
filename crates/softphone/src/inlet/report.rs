//! What a program outside says of a call, however it came: as a command line, a web address, a
//! form or JSON. The one place that reads it.

use percent_encoding::percent_decode_str;
use ringside_domain::{Direction, EndReason};
use serde_json::Value;

use super::text::{filled, is_placeholder};

/// Longest number, id, line or queue, in characters. Longer ones are cut.
const FIELD_MAX: usize = 256;
/// Longest display name, in characters.
const NAME_MAX: usize = 1000;
/// Longest name of a softphone, in characters.
const SOFTPHONE_MAX: usize = 40;

/// A report, read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The remote number; empty for a withheld one, `None` where nothing was said of it.
    pub number: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// The softphone's id of the call.
    pub id: Option<String>,
    /// The agent's line.
    pub line: Option<String>,
    /// What happened.
    pub phase: ReportPhase,
    /// Inbound, or as known from before, if absent.
    pub direction: Option<Direction>,
    /// The queue through which it came.
    pub queue: Option<String>,
    /// Which softphone speaks, in lower case; empty for the only one.
    pub softphone: String,
}

/// What can be reported of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ReportPhase {
    /// It rings.
    #[default]
    Ringing,
    /// It was answered.
    Answered,
    /// It is over, for this reason if one was given.
    Ended(Option<EndReason>),
}

/// A report as given: texts by field.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Given {
    /// The remote number, a SIP address or `tel:`.
    pub number: Option<String>,
    /// Display name.
    pub name: Option<String>,
    /// The softphone's id of the call.
    pub id: Option<String>,
    /// The agent's line.
    pub line: Option<String>,
    /// `ringing`, `answered`, `ended`, or what softphones say instead.
    pub phase: Option<String>,
    /// `inbound` or `outbound`.
    pub direction: Option<String>,
    /// The queue through which it came.
    pub queue: Option<String>,
    /// Which softphone speaks.
    pub softphone: Option<String>,
    /// The key of the inlet, where it travels among the fields.
    pub key: Option<String>,
}

/// Neither the key nor who calls belongs into a log.
impl std::fmt::Debug for Given {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Given").field("phase", &self.phase).finish_non_exhaustive()
    }
}

/// Why a report has no effect.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// No number, and no id of a call that is known.
    #[error("number")]
    NoNumber,
    /// Nobody knows this phase.
    #[error("phase: {0}")]
    Phase(String),
    /// Nobody knows this option.
    #[error("{0}")]
    Option(String),
    /// Not a JSON object.
    #[error("JSON: {0}")]
    Json(String),
    /// Another address than `ringside://ring?…`.
    #[error("address")]
    Address,
}

impl Given {
    /// The fields of `a=b&c=d`.
    ///
    /// A plus sign is a space there, but softphones put numbers in as they are: the one that
    /// begins a number stays.
    pub fn from_query(query: &str) -> Self {
        let mut given = Self::default();
        for pair in query.split('&').take(64) {
            let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
            let (first, rest) = match value.strip_prefix('+') {
                Some(rest) => ("+", rest),
                None => ("", value),
            };
            let value = format!("{first}{}", rest.replace('+', " "));
            // `%CallerNumber%` begins as if it were encoded.
            let value = match is_placeholder(&value) {
                true => value,
                // What is no UTF-8 shows as such, and hurts nobody.
                false => percent_decode_str(&value).decode_utf8_lossy().into_owned(),
            };
            given.put(name, value);
        }
        given
    }

    /// The fields of a JSON object. Numbers count as texts; what is nested is left out.
    ///
    /// # Errors
    /// It is no JSON object.
    pub fn from_json(body: &[u8]) -> Result<Self, Unreadable> {
        let read = serde_json::from_slice(body);
        let fields: serde_json::Map<String, Value> =
            read.map_err(|error| Unreadable::Json(error.to_string()))?;
        let mut given = Self::default();
        for (name, value) in fields {
            match value {
                Value::String(text) => given.put(&name, text),
                Value::Number(number) => given.put(&name, number.to_string()),
                Value::Null | Value::Bool(_) | Value::Array(_) | Value::Object(_) => {}
            }
        }
        Ok(given)
    }

    /// The fields of `ringside://ring?number=…`.
    ///
    /// # Errors
    /// It is another address.
    pub fn from_url(url: &str) -> Result<Self, Unreadable> {
        let lower = url.get(..SCHEME.len()).map(str::to_ascii_lowercase);
        if lower.as_deref() != Some(SCHEME) {
            return Err(Unreadable::Address);
        }
        let (path, query) = url[SCHEME.len()..].split_once('?').unwrap_or(("", ""));
        match path.trim_matches('/') {
            "ring" => Ok(Self::from_query(query.split('#').next().unwrap_or_default())),
            _ => Err(Unreadable::Address),
        }
    }

    /// The words of a command line, as softphones write it: options with one value each, a number
    /// or a name that was not quoted and came as several words, and a number alone.
    ///
    /// # Errors
    /// An option that nobody knows.
    pub fn from_words(words: impl IntoIterator<Item = String>) -> Result<Self, Unreadable> {
        let mut given = Self::default();
        let mut loose = Vec::new();
        let mut option: Option<String> = None;
        for word in words {
            if let Some(rest) = word.strip_prefix("--").filter(|rest| !rest.is_empty()) {
                let (name, value) = match rest.split_once('=') {
                    Some((name, value)) => (name, Some(value)),
                    None => (rest, None),
                };
                let field = given.field(name).ok_or_else(|| Unreadable::Option(word.clone()))?;
                // An option without a value says that there is none: a withheld number.
                *field = Some(value.unwrap_or_default().to_owned());
                option = Some(name.to_owned());
                continue;
            }
            let takes_all = option.as_deref().is_some_and(|name| plain(name) == "name");
            match option.as_deref().and_then(|name| given.field(name)) {
                Some(Some(value)) if value.is_empty() => *value = word,
                Some(Some(value)) if takes_all => {
                    value.push(' ');
                    value.push_str(&word);
                }
                _ => loose.push(word),
            }
        }
        given.take_loose(loose);
        Ok(given)
    }

    /// Loose words are the rest of the number as far as they look like one, then the name.
    fn take_loose(&mut self, mut loose: Vec<String>) {
        if loose.is_empty() {
            return;
        }
        let begin = match self.number {
            Some(_) => 0,
            None => loose.iter().position(|word| is_number_part(word)).unwrap_or(0),
        };
        let parts = loose[begin..].iter().take_while(|word| is_number_part(word)).count();
        let parts = if self.number.is_none() { parts.max(1) } else { parts };
        let number: Vec<String> = loose.drain(begin..begin + parts).collect();
        let number = self.number.take().into_iter().chain(number).collect::<Vec<_>>().join(" ");
        self.number = Some(number);
        if !loose.is_empty() && self.name.is_none() {
            self.name = Some(loose.join(" "));
        }
    }

    /// Sets a field by one of its names; the first value counts.
    fn put(&mut self, name: &str, value: String) {
        if let Some(field) = self.field(name)
            && field.is_none()
        {
            *field = Some(value);
        }
    }

    /// These fields, and those of another where these say nothing.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        Self {
            number: self.number.or(other.number),
            name: self.name.or(other.name),
            id: self.id.or(other.id),
            line: self.line.or(other.line),
            phase: self.phase.or(other.phase),
            direction: self.direction.or(other.direction),
            queue: self.queue.or(other.queue),
            softphone: self.softphone.or(other.softphone),
            key: self.key.or(other.key),
        }
    }

    fn field(&mut self, name: &str) -> Option<&mut Option<String>> {
        Some(match plain(name).as_str() {
            "number" | "from" | "phone" | "caller" | "callernumber" => &mut self.number,
            "name" | "callername" => &mut self.name,
            "id" | "callid" => &mut self.id,
            "line" | "to" | "called" => &mut self.line,
            "phase" | "state" | "event" => &mut self.phase,
            "direction" => &mut self.direction,
            "queue" => &mut self.queue,
            "softphone" | "app" => &mut self.softphone,
            "key" => &mut self.key,
            _ => return None,
        })
    }

    /// The report that is meant.
    ///
    /// # Errors
    /// There is neither number nor id nor name of a phase that needs none, or the phase is unknown.
    pub fn read(&self) -> Result<Report, Unreadable> {
        let text = |field: &Option<String>, max| filled(field.as_deref()?, max);
        let some = |field, max| text(field, max).filter(|text: &String| !text.is_empty());
        let phase = some(&self.phase, FIELD_MAX);
        let report = Report {
            number: text(&self.number, FIELD_MAX),
            name: some(&self.name, NAME_MAX),
            id: some(&self.id, FIELD_MAX),
            line: some(&self.line, FIELD_MAX),
            phase: phase.as_deref().map_or(Ok(ReportPhase::Ringing), ReportPhase::parse)?,
            direction: some(&self.direction, FIELD_MAX).as_deref().and_then(direction),
            queue: some(&self.queue, FIELD_MAX),
            softphone: some(&self.softphone, SOFTPHONE_MAX).unwrap_or_default().to_lowercase(),
        };
        let nameless = report.number.is_none() && report.id.is_none();
        if nameless && report.phase == ReportPhase::Ringing {
            return Err(Unreadable::NoNumber);
        }
        Ok(report)
    }
}

impl ReportPhase {
    /// By its name, or by what softphones call it.
    fn parse(given: &str) -> Result<Self, Unreadable> {
        let ended = |reason| Self::Ended(Some(reason));
        Ok(match plain(given).as_str() {
            "ringing" | "ring" | "incoming" | "incomingcall" | "alerting" | "early" | "calling"
            | "outgoing" | "dialing" | "start" | "started" | "new" => Self::Ringing,
            "answered" | "answer" | "accepted" | "connected" | "confirmed" | "established"
            | "active" | "talking" | "up" | "oncall" => Self::Answered,
            "ended" | "end" | "over" | "hangup" | "disconnected" | "terminated" | "closed"
            | "finished" | "completed" | "released" | "idle" | "cancelled" | "canceled" => {
                Self::Ended(None)
            }
            "missed" => ended(EndReason::Missed),
            "rejected" | "declined" => ended(EndReason::Rejected),
            "busy" => ended(EndReason::Busy),
            "failed" => ended(EndReason::Failed),
            "answeredelsewhere" => ended(EndReason::AnsweredElsewhere),
            "voicemail" => ended(EndReason::Voicemail),
            _ => return Err(Unreadable::Phase(given.to_owned())),
        })
    }
}

/// What begins an address that we open.
const SCHEME: &str = "ringside://";

fn direction(given: &str) -> Option<Direction> {
    match plain(given).as_str() {
        "inbound" | "incoming" | "in" => Some(Direction::Inbound),
        "outbound" | "outgoing" | "out" => Some(Direction::Outbound),
        _ => None,
    }
}

/// A name for comparison: `Call-Id`, `call_id` and `callId` are one.
fn plain(name: &str) -> String {
    name.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect()
}

/// Whether a word is, or goes on with, a number: `+1`, `(415)`, `555-0123`, `ext.`, `sip:jane@x`.
fn is_number_part(word: &str) -> bool {
    let lower = word.to_ascii_lowercase();
    let is_uri = ["sip:", "sips:", "tel:", "callto:"].iter().any(|s| lower.starts_with(s));
    let digits = lower.trim_start_matches("ext").trim_start_matches('x');
    let bare = |c: char| c.is_ascii_digit() || "+-().,/*#;=".contains(c);
    is_uri || (!lower.is_empty() && digits.chars().all(bare))
}

#[cfg(test)]
#[path = "report_tests.rs"]
mod tests;
