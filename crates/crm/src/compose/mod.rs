//! The body of a call log in a CRM that has one text field for all of it: composed as App Connect's
//! own composer does it (recorded in `tests/fixtures/app-connect/composer-examples.json`), so that a
//! log which either of us wrote can be brought up to date by the other.
//!
//! An existing body is kept: a field that is there is replaced in place, one that is not is added at
//! the end, and the note goes to the front. Labels are part of that format and never translated.
//!
//! Where App Connect spoils text, this does not. Values are inserted as they are (`$&` is no
//! pattern there), are escaped in HTML, and may hold hyphens; composing the same again changes
//! nothing; a line of a note that looks like a field stays a part of the note.

mod date;
mod html;
mod lines;
mod markdown;
mod plain;
mod words;

use ringside_domain::Direction;

pub use date::{DatePattern, Moment};
pub use words::{Place, Step};

/// The formats that CRMs take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// `text/plain`: `- Label: value`.
    Plain,
    /// `text/html`: a list.
    Html,
    /// `text/markdown`: `**Label**: value`.
    Markdown,
}

impl Format {
    /// The format of a media type, as App Connect's connectors name it.
    pub fn of(media_type: &str) -> Option<Self> {
        match media_type {
            "text/plain" => Some(Self::Plain),
            "text/html" => Some(Self::Html),
            "text/markdown" => Some(Self::Markdown),
            _ => None,
        }
    }
}

/// What a body is to say. What is absent or empty is left as the body has it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fields<'a> {
    /// The agent's note, of any length. Unlike the other fields, an empty note empties the one that
    /// is there.
    pub note: Option<&'a str>,
    /// The phone system's id of the call.
    pub session_id: Option<&'a str>,
    /// The agent's name. Only set once: what is there stays, unless it is `(pending...)`.
    pub user_name: Option<&'a str>,
    /// The agent's number, and extension if any.
    pub own_number: Option<(&'a str, Option<&'a str>)>,
    /// One line.
    pub subject: Option<&'a str>,
    /// The other side's number, with the direction of the call, which HTML names.
    pub contact_number: Option<(&'a str, Direction)>,
    /// When the call began, and how that is written.
    pub started: Option<Moment>,
    /// Length of the conversation, whole seconds.
    pub duration_s: Option<u64>,
    /// How the call ended, in words.
    pub result: Option<&'a str>,
    /// Address of the recording. In HTML, what is no web address is shown as `(pending...)`.
    pub recording: Option<&'a str>,
    /// Address of the voicemail, likewise.
    pub voicemail: Option<&'a str>,
    /// A summary made by the phone system.
    pub ai_note: Option<&'a str>,
    /// What was said.
    pub transcript: Option<&'a str>,
    /// The same by RingCentral's conversation expert.
    pub ace_transcript: Option<&'a str>,
    /// Its summary.
    pub ace_summary: Option<&'a str>,
    /// Its score of the call.
    pub ace_score: Option<&'a str>,
    /// Its summary as a list.
    pub ace_bullets: Option<&'a str>,
    /// Address of its page.
    pub ace_link: Option<&'a str>,
    /// The way of the call through the company, in order.
    pub journey: &'a [Step<'a>],
}

/// A body with these fields: a new one, or the existing one brought up to date.
pub fn compose(format: Format, existing: Option<&str>, fields: &Fields<'_>) -> String {
    let mut body = existing.unwrap_or_default().to_owned();
    if let Some(note) = fields.note {
        body = match format {
            Format::Plain => plain::put_note(&body, note),
            Format::Html => html::put_note(&body, note),
            Format::Markdown => markdown::put_note(&body, note),
        };
    }
    for (label, value) in fields.entries() {
        let entry = Entry { label, value };
        body = match format {
            Format::Plain => plain::put(&body, &entry),
            Format::Html => html::put(&body, &entry),
            Format::Markdown => markdown::put(&body, &entry),
        };
    }
    body
}

/// The note in a body: what [`compose`] was given, if nobody has changed it since.
pub fn note(format: Format, body: &str) -> Option<String> {
    match format {
        Format::Plain => plain::note(body),
        Format::Html => html::note(body),
        Format::Markdown => markdown::note(body),
    }
}

/// What the old value of a field is that is yet to come.
const PENDING: &str = "(pending...)";

/// The fields of a body, apart from the note.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Label {
    SessionId,
    UserName,
    OwnNumber,
    Subject,
    ContactNumber(Direction),
    Started,
    Duration,
    Result,
    Recording,
    Voicemail,
    AiNote,
    Transcript,
    AceTranscript,
    AceSummary,
    AceScore,
    AceBullets,
    AceLink,
    Journey,
}

/// How a field is laid out.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    /// Label and value on one line.
    Line,
    /// The same with a web address.
    Link,
    /// A heading with text of several lines under it.
    Block,
}

impl Label {
    /// All labels that a body may have.
    const ALL: [Self; 19] = [
        Self::SessionId,
        Self::UserName,
        Self::OwnNumber,
        Self::Subject,
        Self::ContactNumber(Direction::Inbound),
        Self::ContactNumber(Direction::Outbound),
        Self::Started,
        Self::Duration,
        Self::Result,
        Self::Recording,
        Self::Voicemail,
        Self::AiNote,
        Self::Transcript,
        Self::AceTranscript,
        Self::AceSummary,
        Self::AceScore,
        Self::AceBullets,
        Self::AceLink,
        Self::Journey,
    ];

    fn shape(self) -> Shape {
        match self {
            Self::Recording | Self::Voicemail | Self::AceLink => Shape::Link,
            Self::AiNote
            | Self::Transcript
            | Self::AceTranscript
            | Self::AceSummary
            | Self::AceBullets
            | Self::Journey => Shape::Block,
            _ => Shape::Line,
        }
    }

    /// The label in plain text and markdown.
    fn text(self) -> &'static str {
        match self {
            Self::SessionId => "Session Id",
            Self::UserName => "RingCentral user name",
            Self::OwnNumber => "RingCentral number and extension",
            Self::Subject => "Summary",
            Self::ContactNumber(_) => "Contact Number",
            Self::Started => "Date/Time",
            Self::Duration => "Duration",
            Self::Result => "Result",
            Self::Recording => "Call recording link",
            Self::Voicemail => "Voicemail recording link",
            Self::AiNote => "AI Note",
            Self::Transcript => "Transcript",
            Self::AceTranscript => "ACE transcript",
            Self::AceSummary => "ACE summary",
            Self::AceScore => "Call score",
            Self::AceBullets => "ACE bulleted summary",
            Self::AceLink => "ACE recording link",
            Self::Journey => "Call journey",
        }
    }

    /// The label in HTML.
    fn html(self) -> &'static str {
        match self {
            Self::ContactNumber(Direction::Inbound) => "Caller phone number",
            Self::ContactNumber(Direction::Outbound) => "Recipient phone number",
            Self::Started => "Date/time",
            other => other.text(),
        }
    }

    /// The label among all with this text.
    fn with_text(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.text() == text)
    }
}

/// A field and its value, which is not empty.
struct Entry {
    label: Label,
    value: String,
}

impl Entry {
    /// Whether a value that is there is to be replaced.
    fn replaces(&self, old: &str) -> bool {
        self.label != Label::UserName || old.trim() == PENDING
    }
}

impl Fields<'_> {
    /// The fields that are set, in App Connect's order.
    fn entries(&self) -> Vec<(Label, String)> {
        let text = |value: Option<&str>| value.map(str::to_owned);
        // App Connect trims the end of these three and leaves that of the others.
        let trimmed = |value: Option<&str>| value.map(|v| v.trim_end_matches('\n').to_owned());
        let own = self.own_number.map(|(number, extension)| {
            [Some(number), extension].into_iter().flatten().collect::<Vec<_>>().join(" ")
        });
        let direction = self.contact_number.map_or(Direction::Inbound, |(_, direction)| direction);
        let entries = [
            (Label::SessionId, text(self.session_id)),
            (Label::UserName, text(self.user_name)),
            (Label::OwnNumber, own),
            (Label::Subject, text(self.subject)),
            (Label::ContactNumber(direction), text(self.contact_number.map(|(n, _)| n))),
            (Label::Started, self.started.as_ref().map(Moment::words)),
            (Label::Duration, self.duration_s.map(words::duration)),
            (Label::Result, text(self.result)),
            (Label::Recording, text(self.recording)),
            (Label::Voicemail, text(self.voicemail)),
            (Label::AiNote, trimmed(self.ai_note)),
            (Label::Transcript, text(self.transcript)),
            (Label::AceTranscript, trimmed(self.ace_transcript)),
            (Label::AceSummary, text(self.ace_summary)),
            (Label::AceScore, text(self.ace_score)),
            (Label::AceBullets, text(self.ace_bullets)),
            (Label::AceLink, text(self.ace_link)),
            (Label::Journey, Some(words::journey(self.journey))),
        ];
        let one_line = |(label, value): (Label, String)| match label.shape() {
            Shape::Block => (label, value),
            Shape::Line | Shape::Link => (label, lines::join(&value)),
        };
        entries
            .into_iter()
            .filter_map(|(label, value)| Some((label, value?)))
            .map(one_line)
            .filter(|(_, value)| !value.is_empty())
            .collect()
    }
}

#[cfg(test)]
mod properties_tests;
#[cfg(test)]
mod recorded_tests;
#[cfg(test)]
mod tests;
