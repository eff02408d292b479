use jiff::tz::TimeZone;

use super::*;

const FORMATS: [Format; 3] = [Format::Plain, Format::Html, Format::Markdown];

fn note_only(note: &str) -> Fields<'_> {
    Fields { note: Some(note), ..Fields::default() }
}

#[test]
fn hyphens_in_results_and_durations_make_no_second_line() {
    let existing = "- Result: No-answer\n- Duration: 1-2 seconds\n";
    let fields = Fields { result: Some("Busy"), duration_s: Some(3), ..Fields::default() };
    let body = compose(Format::Plain, Some(existing), &fields);
    assert_eq!(body, "- Result: Busy\n- Duration: 3 seconds\n");
}

#[test]
fn a_line_that_app_connect_doubled_says_the_same_twice_and_nothing_old() {
    let existing = "- Result: No-answer\n- Duration: 1 second\n- Result: Busy\n";
    let fields = Fields { result: Some("Answered"), ..Fields::default() };
    let body = compose(Format::Plain, Some(existing), &fields);
    assert_eq!(body, "- Result: Answered\n- Duration: 1 second\n- Result: Answered\n");
}

#[test]
fn replacement_patterns_are_text_in_every_format_and_field() {
    let wild = "$& $1 $$ $` \\1 ${x}";
    for format in FORMATS {
        let fields = Fields {
            note: Some(wild),
            result: Some(wild),
            ai_note: Some(wild),
            ..Fields::default()
        };
        let old = Fields {
            note: Some("old"),
            result: Some("old"),
            ai_note: Some("old"),
            ..Fields::default()
        };
        let body = compose(format, Some(&compose(format, None, &old)), &fields);
        let shown = if format == Format::Html { wild.replace('&', "&amp;") } else { wild.into() };
        assert_eq!(body.matches(&shown).count(), 3, "{body}");
        assert!(!body.contains("old"), "{body}");
    }
}

#[test]
fn every_value_is_escaped_in_html() {
    let wild = "</li><script>\"'&";
    let steps = [Step::Made(Place { name: Some(wild), ..Place::default() })];
    let fields = Fields {
        note: Some(wild),
        session_id: Some(wild),
        user_name: Some(wild),
        own_number: Some((wild, Some(wild))),
        subject: Some(wild),
        contact_number: Some((wild, Direction::Outbound)),
        result: Some(wild),
        recording: Some("https://m.example/\"><script>"),
        voicemail: Some("javascript:alert(1)"),
        ai_note: Some(wild),
        transcript: Some(wild),
        ace_transcript: Some(wild),
        ace_summary: Some(wild),
        ace_score: Some(wild),
        ace_bullets: Some(wild),
        ace_link: Some(wild),
        journey: &steps,
        ..Fields::default()
    };
    let body = compose(Format::Html, None, &fields);
    assert!(!body.contains("<script") && !body.contains("javascript"), "{body}");
    assert!(body.contains("<b>Recipient phone number</b>: &lt;/li&gt;"), "{body}");
    assert!(body.contains(r#"href="https://m.example/&quot;&gt;&lt;script&gt;""#), "{body}");
    assert!(body.contains("<li><b>Voicemail recording link</b>: (pending...)</li>"), "{body}");
    assert_eq!(compose(Format::Html, Some(&body), &fields), body);
}

#[test]
fn a_note_that_looks_like_fields_stays_a_note() {
    let note = "- Duration: 5\n- Duration: 6\n - Result: x\n--- END\n- Transcript:\n### AI Note\n\
                ## Call details\n**Result**: y\n\\**Result**: z\n<b>Call details</b>\n\n";
    for format in FORMATS {
        let fields = Fields { duration_s: Some(7), ai_note: Some("brief"), ..note_only(note) };
        let body = compose(format, None, &fields);
        assert_eq!(super::note(format, &body).as_deref(), Some(note), "{body}");
        let later = Fields { duration_s: Some(8), result: Some("Busy"), ..Fields::default() };
        let updated = compose(format, Some(&body), &later);
        assert_eq!(super::note(format, &updated).as_deref(), Some(note), "{updated}");
        assert_eq!(updated.matches("8 seconds").count(), 1, "{updated}");
    }
}

#[test]
fn what_somebody_else_wrote_stays() {
    for (format, existing) in [
        (Format::Plain, "Typed in the CRM.\n- Duration: 1 second\nMore.\n"),
        (Format::Markdown, "Typed in the CRM.\n**Duration**: 1 second\nMore.\n"),
        (Format::Html, "<p>Typed in the CRM.</p><ul><li><b>duration</b>: 1 second</li></ul>More."),
    ] {
        let fields = Fields { duration_s: Some(2), recording: Some("https://r"), ..note_only("n") };
        let body = compose(format, Some(existing), &fields);
        for words in ["Typed in the CRM.", "More.", "2 seconds", "https://r"] {
            assert_eq!(body.matches(words).count(), 1, "{words}: {body}");
        }
        assert_eq!(super::note(format, &body).as_deref(), Some("n"), "{body}");
        assert_eq!(compose(format, Some(&body), &fields), body);
    }
    let fields = Fields { recording: Some("https://r"), ..Fields::default() };
    let list = compose(Format::Html, Some("<ul><li>x</li></ul>"), &fields);
    assert!(list.starts_with("<ul><li>x</li><li><b>Call recording link"), "{list}");
    assert!(list.ends_with("</li></ul>"), "{list}");
}

#[test]
fn an_empty_note_empties_the_note_and_adds_none() {
    for format in FORMATS {
        assert_eq!(compose(format, None, &note_only("")), "");
        let body = compose(format, None, &Fields { subject: Some("S"), ..note_only("old") });
        let emptied = compose(format, Some(&body), &note_only(""));
        assert_eq!(super::note(format, &emptied).as_deref(), Some(""), "{emptied}");
        assert!(emptied.contains("Summary"), "{emptied}");
    }
}

#[test]
fn a_name_is_set_once() {
    for format in FORMATS {
        let named = |name| Fields { user_name: Some(name), ..Fields::default() };
        let pending = compose(format, None, &named(PENDING));
        let body = compose(format, Some(&pending), &named("Ada"));
        assert!(body.contains("Ada") && !body.contains(PENDING), "{body}");
        assert_eq!(compose(format, Some(&body), &named("Bob")), body);
    }
}

#[test]
fn a_field_of_one_line_has_one_line() {
    let fields = Fields { subject: Some("a\r\nb\nc"), ..Fields::default() };
    assert_eq!(compose(Format::Plain, None, &fields), "- Summary: a b c\n");
    assert_eq!(compose(Format::Markdown, None, &fields), "**Summary**: a b c\n");
}

#[test]
fn a_block_ends_where_its_own_text_ends() {
    // App Connect looked for the next heading, and swallowed what stood between.
    let existing = "### ACE summary\nold\n**Call score**: 87\n### ACE bulleted summary\n* a\n";
    let fields = Fields { ace_summary: Some("new"), ..Fields::default() };
    let body = compose(Format::Markdown, Some(existing), &fields);
    assert_eq!(body, existing.replace("old", "new"));
    // It replaced only the first line of a bulleted summary.
    let existing = "\n- ACE bulleted summary:\n* a\n* b\n--- END\n";
    let fields = Fields { ace_bullets: Some("* c"), ..Fields::default() };
    let body = compose(Format::Plain, Some(existing), &fields);
    assert_eq!(body, "\n- ACE bulleted summary:\n* c\n--- END\n");
    // Somebody has deleted its end.
    let existing = "- AI Note:\nold\n- Duration: 1 second\n";
    let fields = Fields { ai_note: Some("new"), ..Fields::default() };
    let body = compose(Format::Plain, Some(existing), &fields);
    assert_eq!(body, "- AI Note:\nnew\n--- END\n- Duration: 1 second\n");
}

#[test]
fn durations_and_journeys_are_written_in_words() {
    for (seconds, words) in [
        (0, "0 seconds"),
        (1, "1 second"),
        (60, "1 minute"),
        (3600, "1 hour"),
        (3725, "1 hour, 2 minutes, 5 seconds"),
        (7260, "2 hours, 1 minute"),
        (360_000, "100 hours"),
    ] {
        assert_eq!(words::duration(seconds), words);
    }
    let to = Place { name: Some("Bob"), extension: Some("102"), ..Place::default() };
    let steps = [
        Step::Made(Place { number: Some("+1"), ..Place::default() }),
        Step::Transferred { to, duration_s: 1 },
    ];
    assert_eq!(
        words::journey(&steps),
        "Made call from +1\nTransferred to Bob, ext 102, duration: 1 second"
    );
}

#[test]
fn a_date_is_written_in_its_zone_and_pattern() {
    let moment = |zone: &str, pattern| Moment {
        at: "2026-07-04T23:05:09Z".parse().unwrap(),
        zone: TimeZone::get(zone).unwrap(),
        pattern,
    };
    let berlin = |pattern| moment("Europe/Berlin", pattern).words();
    let all = DatePattern::ALL.map(berlin);
    assert_eq!(
        all,
        [
            "2026-07-05 01:05:09",
            "2026-07-05 01:05:09 AM",
            "07/05/2026 01:05:09 AM",
            "07/05/2026 01:05:09",
            "05/07/2026 01:05:09",
            "05/07/2026 01:05:09 AM",
        ]
    );
    let noon = moment("Pacific/Kiritimati", DatePattern::Iso12).words();
    assert_eq!(noon, "2026-07-05 01:05:09 PM");
    for pattern in DatePattern::ALL {
        assert_eq!(DatePattern::of_moment(pattern.moment()), Some(pattern));
    }
    assert_eq!(DatePattern::of_moment("dddd"), None);
    assert_eq!(Format::of("custom"), None);
}
