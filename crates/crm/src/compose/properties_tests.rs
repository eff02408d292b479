//! What holds for any text.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use proptest::collection::vec;
use proptest::prelude::*;
use proptest::sample::select;

use super::*;

/// Bits of bodies, so that random text often looks like ours.
const BITS: &[&str] = &[
    "\n",
    "\n\n",
    "\r\n",
    " ",
    "\\",
    "x",
    "é",
    "- ",
    "- Note: ",
    "- Agent notes: ",
    "- Note:",
    "- Duration: 5\n",
    "- Result: a-b",
    "- AI Note:\n",
    "- Transcript:\n",
    "--- END\n",
    "--- END",
    "- Call journey:\n",
    "--- JOURNEY END\n",
    "- RingCentral user name: (pending...)\n",
    "- ACE bulleted summary:\n",
    "- Unknown: y\n",
    "## Agent notes\n",
    "## Call details\n",
    "## Call details",
    "**Result**: ",
    "**Duration**: 1 second\n",
    "### AI Note\n",
    "### Other\n",
    "### Transcript\n",
    "<b>Agent notes</b>",
    "<b>Call details</b>",
    "<br>",
    "<li>",
    "</li>",
    "<b>Result</b>: ",
    "<b>duration</b>:",
    "<div><b>AI Note</b><br>",
    "<div>",
    "</div>",
    "</ul>",
    "<b>Call recording link</b>: <a href='x'>",
    "</a>",
    "<",
    ">",
    "&amp;",
    "&",
    "$&",
    "$1",
];

fn text() -> impl Strategy<Value = String> {
    prop_oneof![
        4 => vec(select(BITS), 0..12).prop_map(|bits| bits.concat()),
        1 => any::<String>(),
    ]
}

/// A note that says something: an empty one is told apart.
fn note() -> impl Strategy<Value = String> {
    text().prop_map(|text| if text.is_empty() { "\n".to_owned() } else { text })
}

fn format() -> impl Strategy<Value = Format> {
    select(vec![Format::Plain, Format::Html, Format::Markdown])
}

/// Values for all fields: each of them may be absent.
type Values = Vec<Option<String>>;

fn values() -> impl Strategy<Value = Values> {
    vec(proptest::option::of(text()), 16)
}

fn fields(values: &Values) -> Fields<'_> {
    let value = |at: usize| values.get(at).and_then(Option::as_deref);
    Fields {
        note: value(0),
        session_id: value(1),
        user_name: value(2),
        own_number: value(3).map(|number| (number, value(4))),
        subject: value(5),
        contact_number: value(6).map(|number| (number, Direction::Outbound)),
        started: value(7).map(|_| Moment {
            at: Timestamp::UNIX_EPOCH,
            zone: TimeZone::UTC,
            pattern: DatePattern::default(),
        }),
        duration_s: value(8).map(|text| text.len() as u64),
        result: value(9),
        recording: value(10),
        voicemail: value(10).map(|_| "https://v.example/?a=1&b=2"),
        ai_note: value(11),
        transcript: value(12),
        ace_transcript: value(13),
        ace_summary: value(14),
        ace_score: value(15),
        ace_bullets: value(13),
        ace_link: value(10),
        journey: &[],
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 500, ..ProptestConfig::default() })]

    #[test]
    fn composing_the_same_again_changes_nothing(
        format in format(), existing in text(), values in values(),
    ) {
        let fields = fields(&values);
        let once = compose(format, Some(&existing), &fields);
        prop_assert_eq!(compose(format, Some(&once), &fields), once);
    }

    #[test]
    fn any_note_comes_back_from_plain_text_and_markdown(
        format in select(vec![Format::Plain, Format::Markdown]), existing in text(),
        mut values in values(), note in note(),
    ) {
        values[0] = Some(note.clone());
        let body = compose(format, None, &fields(&values));
        prop_assert_eq!(super::note(format, &body), Some(note.clone()));
        // Over a body of anybody's, and after a change of everything else.
        let body = compose(format, Some(&existing), &fields(&values));
        prop_assert_eq!(super::note(format, &body), Some(note.clone()));
        values[0] = None;
        values.reverse();
        values[0] = None;
        let body = compose(format, Some(&body), &fields(&values));
        prop_assert_eq!(super::note(format, &body), Some(note));
    }

    #[test]
    fn any_note_comes_back_from_html_with_its_line_breaks_as_one_kind(
        existing in text(), mut values in values(), note in note(),
    ) {
        values[0] = Some(note.clone());
        let body = compose(Format::Html, Some(&existing), &fields(&values));
        let expected = note.replace("\r\n", "\n").replace('\r', "\n");
        prop_assert_eq!(super::note(Format::Html, &body), Some(expected));
    }

    #[test]
    fn no_tag_of_a_note_reaches_html(note in note()) {
        let fields = Fields { note: Some(&note), ..Fields::default() };
        let body = compose(Format::Html, None, &fields);
        let tags: Vec<_> = body.split('<').skip(1).map(|t| t.split('>').next().unwrap()).collect();
        for tag in &tags {
            prop_assert!(["b", "/b", "br"].contains(tag), "<{}> in {}", tag, body);
        }
        prop_assert_eq!(tags.iter().filter(|tag| **tag == "b").count(), 2);
    }

    #[test]
    fn a_body_that_gets_nothing_new_stays_as_it_is(format in format(), existing in text()) {
        prop_assert_eq!(compose(format, Some(&existing), &Fields::default()), existing);
    }
}
