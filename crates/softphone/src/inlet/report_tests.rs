use super::*;

fn words(line: &str) -> Given {
    Given::from_words(line.split(' ').map(str::to_owned)).unwrap()
}

fn number_and_name(given: Given) -> (Option<String>, Option<String>) {
    let report = given.read().unwrap();
    (report.number, report.name)
}

#[test]
fn a_command_line_without_quotes_is_read_as_it_was_meant() {
    for (line, number, name) in [
        ("+1 415 555 0123", "+1 415 555 0123", None),
        ("+14155550123", "+14155550123", None),
        ("(415) 555-0123 ext. 22", "(415) 555-0123 ext. 22", None),
        ("+1 415 555 0123 Jane Doe", "+1 415 555 0123", Some("Jane Doe")),
        ("Jane Doe +1 415 555 0123", "+1 415 555 0123", Some("Jane Doe")),
        ("--from X Jane Doe", "X", Some("Jane Doe")),
        ("--from +1 415 555 0123 Jane Doe", "+1 415 555 0123", Some("Jane Doe")),
        ("--name Jane Doe --number 204", "204", Some("Jane Doe")),
        ("--softphone microsip --phase ringing +1 415 555 0123", "+1 415 555 0123", None),
        ("--softphone=microsip --phase=answered 204", "204", None),
        ("anonymous", "anonymous", None),
        ("sip:jane@pbx.test", "sip:jane@pbx.test", None),
        ("tel:+1-415-555-0123;ext=22", "tel:+1-415-555-0123;ext=22", None),
        ("--number %2B14155550123 --name [Name]", "+14155550123", None),
        ("--number", "", None),
        ("-1", "-1", None),
    ] {
        let read = number_and_name(words(line));
        assert_eq!(read, (Some(number.to_owned()), name.map(str::to_owned)), "{line}");
    }
    let unknown = Given::from_words(["--frmo".to_owned()]);
    assert_eq!(unknown, Err(Unreadable::Option("--frmo".to_owned())));
}

#[test]
fn a_plus_that_begins_a_number_survives_an_address() {
    for (query, number) in [
        ("number=+14155550123", "+14155550123"),
        ("number=%2B14155550123", "+14155550123"),
        ("number=%252B14155550123", "+14155550123"),
        ("number=%2B1+415+555+0123", "+1 415 555 0123"),
        ("phone=415+555+0123&x=1", "415 555 0123"),
        ("from=sip:%2B14155550123@pbx.test;user=phone", "sip:+14155550123@pbx.test;user=phone"),
    ] {
        assert_eq!(number_and_name(Given::from_query(query)).0.as_deref(), Some(number));
    }
    let jane = number_and_name(Given::from_query("number=204&name=Jane+Doe%20M%C3%BCller"));
    assert_eq!(jane.1.as_deref(), Some("Jane Doe Müller"));
}

#[test]
fn every_field_arrives_by_every_way() {
    let wanted = Report {
        number: Some("204".into()),
        name: Some("Jane".into()),
        id: Some("42".into()),
        line: Some("Front desk".into()),
        phase: ReportPhase::Answered,
        direction: Some(Direction::Outbound),
        queue: Some("Sales".into()),
        softphone: "microsip".into(),
    };
    let query = "number=204&name=Jane&id=42&line=Front+desk&phase=answered&direction=outbound\
                 &queue=Sales&softphone=MicroSIP&key=k";
    let from_url = Given::from_url(&format!("Ringside://ring/?{query}")).unwrap();
    assert_eq!(from_url.key.as_deref(), Some("k"));
    let json = br#"{"number":204,"name":"Jane","callId":"42","to":"Front desk","state":"Connected",
        "direction":"outgoing","queue":"Sales","softphone":"MICROSIP","more":{"a":1},"no":null}"#;
    let words = [
        "--number=204",
        "--name=Jane",
        "--id=42",
        "--to",
        "Front desk",
        "--phase",
        "answered",
        "--direction",
        "out",
        "--queue=Sales",
        "--softphone",
        "MicroSIP",
    ];
    for given in [
        from_url,
        Given::from_query(query),
        Given::from_json(json).unwrap(),
        Given::from_words(words.map(str::to_owned)).unwrap(),
    ] {
        assert_eq!(given.read(), Ok(wanted.clone()));
    }
}

#[test]
fn what_cannot_be_meant_is_refused() {
    for url in
        ["ringside://settings?x=1", "https://ring?number=1", "ringside:ring", "", "ringside://é"]
    {
        assert_eq!(Given::from_url(url), Err(Unreadable::Address), "{url}");
    }
    let read = |query| Given::from_query(query).read();
    assert_eq!(read("number=%25CallerNumber%25"), Err(Unreadable::NoNumber));
    assert_eq!(read(""), Err(Unreadable::NoNumber));
    assert_eq!(read("number=1&phase=sneezed"), Err(Unreadable::Phase("sneezed".into())));
    assert_eq!(read("number=").unwrap().number.as_deref(), Some(""), "withheld, and said so");
    assert_eq!(read("phase=ended").unwrap().phase, ReportPhase::Ended(None));
    assert_eq!(read("number=1&phase=%5Bstate%5D").unwrap().phase, ReportPhase::Ringing);
    assert!(matches!(Given::from_json(b"[1]"), Err(Unreadable::Json(_))));
}
