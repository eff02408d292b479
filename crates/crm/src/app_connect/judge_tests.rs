//! Against the recordings in `tests/fixtures/app-connect`.

use super::*;

macro_rules! recorded {
    ($name:literal) => {
        raw(include_str!(concat!("../../tests/fixtures/app-connect/", $name, ".json")))
    };
}

fn raw(recording: &str) -> Raw {
    let recording: Value = serde_json::from_str(recording).unwrap();
    let response = &recording["response"];
    let body = match response.get("json") {
        Some(json) => json.to_string(),
        None => response["text"].as_str().unwrap_or_default().to_owned(),
    };
    let status = u16::try_from(response["status"].as_u64().unwrap()).unwrap();
    made(status, &body, recording["request"]["method"] != "GET")
}

fn error(raw: Raw) -> Error {
    let write = raw.write;
    judge(&raw).unwrap_err().plain(write)
}

fn made(status: u16, body: &str, write: bool) -> Raw {
    let status = StatusCode::from_u16(status).unwrap();
    let json = serde_json::from_str(body).ok();
    Raw { status, json, text: text::clean(body, MESSAGE_MAX), write }
}

#[test]
fn a_session_that_is_missing_expired_or_revoked_is_told_apart() {
    assert!(matches!(error(recorded!("020-contact-noToken")), Error::Unauthorized));
    assert!(matches!(error(recorded!("jwt-expired")), Error::Unauthorized));
    assert!(matches!(
        error(recorded!("129-oauth-contact-refresh-invalid_grant-401")),
        Error::Revoked
    ));
    assert!(matches!(error(recorded!("152-contact-after-unAuthorize")), Error::Unauthorized));
    assert!(matches!(error(recorded!("153-callLog-after-unAuthorize")), Error::Unauthorized));
    let other = error(made(401, "{}", false));
    assert!(matches!(other, Error::Unauthorized), "{other:?}");
}

#[test]
fn failures_of_the_crm_are_read_from_the_message() {
    assert!(matches!(judge(&recorded!("031-contact-crm-400")), Err(Refusal::Authorization)));
    assert!(matches!(error(recorded!("038-contact-crm-429")), Error::RateLimited { .. }));
    assert!(matches!(error(recorded!("039-contact-crm-500")), Error::Unreachable(_)));
    assert!(matches!(error(recorded!("069-callLog-crm-500")), Error::Ambiguous(_)));
    assert!(matches!(error(recorded!("066-callLog-no-logInfo")), Error::Ambiguous(_)));
    assert!(matches!(judge(&recorded!("060-callLog-duplicate")), Err(Refusal::Existing)));
    assert!(matches!(judge(&recorded!("078-updateCallLog-unknown")), Err(Refusal::Silent)));
    assert!(matches!(error(recorded!("083-disposition-unknown")), Error::NotFound));
    match error(recorded!("065-callLog-no-contactId")) {
        Error::Rejected { message } => assert!(message.starts_with("Contact not found for number")),
        other => panic!("{other:?}"),
    }
    match error(recorded!("013-apiKeyLogin-badKey")) {
        Error::Rejected { message } => assert_eq!(message, "Could not load user information"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn nobody_is_no_failure_and_no_lost_session() {
    let nobody = r#"{"successful":false,"returnMessage":{"message":"Contact not found","details":[{"title":"Details","items":[]}]},"contact":[]}"#;
    assert!(matches!(judge(&made(200, nobody, false)), Err(Refusal::NoMatch)));
    assert!(judge(&recorded!("026-contact-none")).is_ok());
}

#[test]
fn a_message_may_be_text_object_or_null() {
    assert!(judge(&recorded!("090-cacheNote")).is_ok());
    assert!(judge(&recorded!("052-contact-cache-hit-stale")).is_ok());
    assert_eq!(
        message(&serde_json::json!("Note cache saved")).as_deref(),
        Some("Note cache saved")
    );
    assert_eq!(message(&serde_json::json!(null)), None);
    assert_eq!(message(&serde_json::json!(["odd"])), None);
    let text = r#"{"successful":false,"returnMessage":"No \u202eway"}"#;
    match error(made(200, text, true)) {
        Error::Rejected { message } => assert_eq!(message, "No way"),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_no_answer_is_never_a_success() {
    for (status, body) in [(200, "<html>"), (200, ""), (200, "{\"successful\":tr"), (302, "")] {
        let read = error(made(status, body, false));
        assert!(matches!(read, Error::BadAnswer(_)), "{status} {body}: {read:?}");
        assert!(matches!(error(made(status, body, true)), Error::Ambiguous(_)), "{status} {body}");
    }
    assert!(matches!(error(made(502, "<html>", false)), Error::Unreachable(_)));
    assert!(matches!(error(made(503, "", true)), Error::Ambiguous(_)));
    match error(recorded!("014-apiKeyLogin-badJson")) {
        Error::Rejected { message } => assert_eq!(message, "400 Bad Request"),
        other => panic!("{other:?}"),
    }
}
