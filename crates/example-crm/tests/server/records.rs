//! Conversations, deletions and notices.

use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_conversation_keeps_every_text_and_its_key_is_taken_once() {
    let fixture = fixture().await;
    let text = |id: &str, text: &str| {
        json!({ "id": id, "direction": "inbound",
        "sent_at": "2026-11-23T09:41:07Z", "text": text })
    };
    let body = json!({ "external_key": "day-1", "contact_id": 1, "subject": "Messages",
        "our_number": "+14155550100", "their_number": "+14155550142",
        "texts": [text("a", "Hello <b>")] });
    let (status, made) = fixture.post("/v1/conversations", body.clone()).await;
    assert_eq!(status, 201);
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    let (status, conflict) = fixture.post("/v1/conversations", body.clone()).await;
    assert_eq!((status.as_u16(), &conflict["id"]), (409, &made["id"]));
    let path = format!("/v1/conversations/{}", made["id"]);
    let more = json!([text("a", "Hello <b>"), text("b", "Again")]);
    let (_, changed) = fixture.patch(&path, json!({ "texts": more })).await;
    assert_eq!((&changed["texts"], &changed["subject"]), (&more, &json!("Messages")));
    assert_eq!(fixture.get(&path).await.1, changed);
    let (_, list) = fixture.get("/v1/conversations?external_key=day-1&contact_id=1").await;
    assert_eq!(list["conversations"], json!([changed]));
    for (bad, field) in [
        (with(body.clone(), "contact_id", json!(99999)), "contact_id"),
        (with(body.clone(), "texts", json!([])), "texts"),
        (with(body.clone(), "texts", json!([text("a", "1"), text("a", "2")])), "texts"),
        (with(body.clone(), "texts", json!([text("a", "")])), "texts"),
        (with(body.clone(), "subject", Value::Null), "subject"),
    ] {
        let (status, problem) =
            fixture.post("/v1/conversations", with(bad, "external_key", Value::Null)).await;
        assert_eq!((status.as_u16(), &problem["field"]), (422, &json!(field)));
    }
    let (_, nadia) = fixture.get("/v1/contacts/1").await;
    assert_eq!(nadia["last_activity_at"], "2026-11-23T09:41:07Z");
    fixture.delete("/v1/contacts/1").await;
    assert_eq!(fixture.get(&path).await.0, 404);
}

#[tokio::test]
async fn what_is_gone_is_told_since_when() {
    let fixture = fixture().await;
    let ids = |list: Value| -> Vec<Value> {
        list["deletions"].as_array().unwrap().iter().map(|d| d["contact_id"].clone()).collect()
    };
    fixture.delete("/v1/contacts/3").await;
    let (_, first) = fixture.get("/v1/deletions").await;
    let at = first["deletions"][0]["deleted_at"].as_str().unwrap().to_owned();
    assert_eq!(ids(first), [3]);
    fixture.delete("/v1/contacts/2").await;
    assert_eq!(ids(fixture.get("/v1/deletions").await.1), [2, 3]);
    assert_eq!(ids(fixture.get(&format!("/v1/deletions?since={at}&limit=1")).await.1), [2]);
    let later = "/v1/deletions?since=2999-01-01T00:00:00Z";
    assert_eq!(ids(fixture.get(later).await.1), [Value::Null; 0]);
    assert_eq!(fixture.get("/v1/deletions?since=x").await.0, 422);
}

#[tokio::test]
async fn a_notice_comes_with_every_list_of_contacts() {
    let fixture = fixture().await;
    assert!(fixture.get("/v1/contacts?limit=1").await.1.get("notice").is_none());
    let notice = json!({ "text": "Down at 18:00", "level": "warning", "seconds": 5,
        "details": [{ "title": "Why", "lines": ["An update"] }] });
    fixture.faults(json!({ "notice": notice })).await;
    assert_eq!(fixture.get("/v1/contacts?phone=1").await.1["notice"], notice);
    fixture.delete("/_faults").await;
    assert!(fixture.get("/v1/contacts?phone=1").await.1.get("notice").is_none());
}
