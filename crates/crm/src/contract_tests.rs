use super::*;

/// The answer of a recording of App Connect (`tests/fixtures/app-connect`).
fn recorded(name: &str) -> Result<GetContactAnswer, Error> {
    let path = format!("{}/tests/fixtures/app-connect/{name}.json", env!("CARGO_MANIFEST_DIR"));
    let recording: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    read(recording["response"]["json"].clone())
}

fn read(json: serde_json::Value) -> Result<GetContactAnswer, Error> {
    let answer: Answer = serde_json::from_value(json).unwrap();
    answer.read(&AccountId::new("a"), true)
}

fn names(answer: &GetContactAnswer) -> Vec<&str> {
    answer.contacts.iter().map(|contact| contact.name.as_str()).collect()
}

#[test]
fn a_recorded_match_is_read_in_every_field() {
    let answer = recorded("022-contact-one").unwrap();
    assert!(answer.can_create && answer.complete);
    let message = answer.message.unwrap();
    assert_eq!(
        (message.message.as_str(), message.level, message.ttl_ms),
        ("Found 1 contacts", MessageLevel::Success, 3000)
    );
    let deal = |id: &str, title: &str| Association {
        kind: "deal".into(),
        id: id.into(),
        title: title.into(),
        detail: None,
    };
    let expected = Contact {
        reference: ContactRef {
            account: AccountId::new("a"),
            kind: "Contact".into(),
            id: "c-100".into(),
        },
        name: "Ada Lovelace".into(),
        phones: vec![ContactPhone { given: "+14155550100".into(), field: None }],
        company: Some("Analytical Engines".into()),
        title: Some("CTO".into()),
        email: None,
        created_at: Some("2024-01-15T10:00:00Z".parse().unwrap()),
        last_activity_at: Some("2026-08-01T09:30:00Z".parse().unwrap()),
        associations: vec![deal("d-1", "Renewal 2026"), deal("d-2", "Upsell")],
    };
    assert_eq!(answer.contacts, [expected]);
}

#[test]
fn recorded_lists_keep_their_order_and_the_option_is_no_match() {
    assert_eq!(
        names(&recorded("025-contact-multi").unwrap()),
        ["Alan Turing", "Alan Turing (lead)"]
    );
    assert_eq!(names(&recorded("027-contact-overridingFormat-hit").unwrap()), ["Formatted Fred"]);
    assert_eq!(names(&recorded("028-contact-isExtension").unwrap()), ["Ext One Oh One"]);
}

#[test]
fn a_recorded_failure_is_not_the_same_as_nobody() {
    for (name, words) in [
        ("031-contact-crm-400", "Authorization error"),
        ("038-contact-crm-429", "Rate limit exceeded"),
    ] {
        match recorded(name) {
            Err(Error::Rejected { message }) => assert_eq!(message, words),
            other => panic!("{name}: {other:?}"),
        }
    }
}

#[test]
fn ids_may_be_numbers_and_nulls_are_absent() {
    let answer = read(serde_json::json!({
        "matchedContactInfo": [
            { "id": 4711, "name": null, "type": null, "phone": 14155550100_u64, "company": "",
              "createdDate": "2024-01-15", "mostRecentActivityDate": "yesterday",
              "additionalInfo": { "associatedDeal": [{ "const": 5, "title": null }, 7],
                                  "lead": "none" }, "isNewContact": null },
            { "id": "4711", "name": "the same again" },
            { "id": "4711", "type": "Lead", "name": "another type" },
            { "id": "", "name": "nobody" }, { "name": "no id" }, { "id": null }, 12, null, "x",
        ],
        "returnMessage": null,
    }))
    .unwrap();
    assert_eq!(names(&answer), ["", "another type"]);
    assert_eq!((answer.message, answer.can_create), (None, false));
    let first = &answer.contacts[0];
    assert_eq!(first.reference.id, "4711");
    assert_eq!(first.phones[0].given, "14155550100");
    assert_eq!(first.company, None);
    assert_eq!(first.created_at, Some("2024-01-15T00:00:00Z".parse().unwrap()));
    assert_eq!(first.last_activity_at, None);
    let deals: Vec<_> =
        first.associations.iter().map(|d| (d.kind.as_str(), d.id.as_str())).collect();
    assert_eq!(deals, [("deal", "5")]);
}

#[test]
fn an_option_to_create_is_never_a_match_however_it_is_written() {
    for option in [
        serde_json::json!({ "id": "createNewContact", "name": "Create new contact..." }),
        serde_json::json!({ "id": 9, "name": "New", "isNewContact": true }),
        serde_json::json!({ "isNewContact": true }),
    ] {
        let answer = read(serde_json::json!({ "matchedContactInfo": [option] })).unwrap();
        assert!(answer.can_create && answer.contacts.is_empty());
    }
}

#[test]
fn hostile_text_is_cleaned_and_bounded() {
    let long = "x".repeat(100_000);
    let contacts: Vec<_> = (0..900)
        .map(|id| serde_json::json!({ "id": id, "name": format!("<b>\u{202E}{long}\u{0}") }))
        .collect();
    let answer = read(serde_json::json!({
        "matchedContactInfo": contacts,
        "returnMessage": { "message": long, "messageType": "shout", "ttl": u64::MAX,
            "details": [{ "title": long, "items": ["plain", { "text": long }, 3] }, "?"] },
    }))
    .unwrap();
    assert_eq!(answer.contacts.len(), MATCHES_MAX);
    let name = &answer.contacts[0].name;
    assert!(name.starts_with("<b>x") && name.chars().count() == NAME_MAX);
    let message = answer.message.unwrap();
    assert_eq!((message.level, message.ttl_ms), (MessageLevel::Info, TTL_MS_MAX));
    assert_eq!(message.message.chars().count(), MESSAGE_MAX);
    assert_eq!(message.details.len(), 1);
    assert_eq!(message.details[0].items.len(), 2);
}

#[test]
fn the_older_spelling_of_error_is_read() {
    let message = |kind: &str| {
        let json = serde_json::json!({ "returnMessage": { "message": "m", "messageType": kind } });
        read(json).unwrap().message.unwrap().level
    };
    assert_eq!(message("danger"), MessageLevel::Error);
    assert_eq!(message("error"), MessageLevel::Error);
    assert_eq!(message("warning"), MessageLevel::Warning);
}

proptest::proptest! {
    #[test]
    fn any_json_gives_an_answer_or_an_error(text in "[\\[\\]{}:,\"a-z0-9\\\\ ]{0,80}") {
        let json = format!(r#"{{"matchedContactInfo":[{{"id":1,"additionalInfo":{text}}}],"returnMessage":{text}}}"#);
        if let Ok(answer) = serde_json::from_str::<Answer>(&json) {
            let read = answer.read(&AccountId::new("a"), false);
            proptest::prop_assert!(read.is_ok_and(|read| read.contacts.len() <= 1));
        }
    }
}
