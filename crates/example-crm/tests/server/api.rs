//! Contacts, activities, keys, rates and faults.

use std::time::{Duration, Instant};

use example_crm::{Options, Server, StartError};
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::*;

#[tokio::test]
async fn a_number_is_found_as_the_text_that_is_stored_and_as_no_other() {
    let fixture = fixture().await;
    assert_eq!(fixture.find(&[("phone", "(415) 555-0142")]).await, ["Nadia Okafor"]);
    for other in ["+14155550142", "415-555-0142", "4155550142", "(415) 555-014", "%", ""] {
        assert_eq!(fixture.find(&[("phone", other)]).await, [""; 0], "{other}");
    }
    assert_eq!(fixture.find(&[("phone", "+442079460018")]).await.len(), 5);
    assert_eq!(fixture.find(&[("extension", "204")]).await, ["Priya Raman"]);
    assert_eq!(fixture.find(&[("phone", "204")]).await, [""; 0], "an extension is no number");
}

#[tokio::test]
async fn the_demo_has_numbers_in_many_formats() {
    let fixture = fixture().await;
    let (_, page) = fixture.get("/v1/contacts?limit=500").await;
    let contacts = page["contacts"].as_array().unwrap();
    assert!(contacts.len() >= 40);
    let mut shapes: Vec<String> = contacts
        .iter()
        .flat_map(|contact| contact["phones"].as_array().unwrap())
        .map(|phone| phone["number"].as_str().unwrap().replace(|c: char| c.is_ascii_digit(), "#"))
        .collect();
    shapes.sort();
    shapes.dedup();
    assert!(shapes.len() >= 15, "{shapes:?}");
}

#[tokio::test]
async fn a_contact_lives_from_post_to_delete() {
    let fixture = fixture().await;
    let body = json!({ "name": "Ada", "external_key": "k", "type": "lead", "company": "AE",
        "title": "CTO", "email": "a@ae.example",
        "phones": [{ "field": "home", "number": "1" }, { "number": "2" }],
        "deals": [{ "title": "Engine", "amount": 9.5, "currency": "GBP", "stage": "New" }] });
    let (status, made) = fixture.post("/v1/contacts", body.clone()).await;
    assert_eq!(status, 201);
    let path = format!("/v1/contacts/{}", made["id"]);
    let (status, again) = fixture.post("/v1/contacts", body).await;
    assert_eq!((status.as_u16(), &again), (200, &made));
    let (_, changed) = fixture.patch(&path, json!({ "company": null, "phones": [] })).await;
    assert_eq!((&changed["company"], &changed["title"]), (&Value::Null, &json!("CTO")));
    assert_eq!(changed["phones"], json!([]));
    assert_eq!(changed["deals"], made["deals"]);
    let (_, read) = fixture.get(&path).await;
    assert_eq!(read, changed);
    assert_eq!(fixture.delete(&path).await.0, 204);
    assert_eq!(fixture.get(&path).await.0, 404);
    assert_eq!(fixture.delete(&path).await.0, 404);
    assert_eq!(fixture.get("/v1/contacts/abc").await.0, 404);
}

#[tokio::test]
async fn a_wrong_field_is_named() {
    let fixture = fixture().await;
    let long = "x".repeat(201);
    for (path, body, field) in [
        ("/v1/contacts", json!({}), "name"),
        ("/v1/contacts", json!({ "name": " " }), "name"),
        ("/v1/contacts", json!({ "name": long }), "name"),
        ("/v1/contacts", json!({ "name": "A", "type": "robot" }), "type"),
        ("/v1/contacts", json!({ "name": "A", "phones": [{}] }), "phones"),
        ("/v1/contacts", json!({ "name": "A", "phones": "1" }), "phones"),
        ("/v1/contacts", json!({ "name": "A", "emial": "x" }), "emial"),
        ("/v1/contacts", json!({ "name": "A", "type": "lead" }), "email"),
        ("/v1/activities", json!({}), "type"),
        ("/v1/activities", with(call(1), "disposition", json!("Maybe")), "disposition"),
        ("/v1/activities", with(call(1), "contact_id", json!(99999)), "contact_id"),
        ("/v1/activities", with(call(1), "contact_id", Value::Null), "contact_id"),
        ("/v1/activities", with(call(1), "direction", json!("up")), "direction"),
        ("/v1/activities", with(call(1), "result", json!("maybe")), "result"),
        ("/v1/activities", with(call(1), "start_time", json!("noon")), "start_time"),
        ("/v1/activities", with(call(1), "duration_s", json!(-1)), "duration_s"),
        ("/v1/activities", with(call(1), "duration_s", json!(1.5)), "duration_s"),
        ("/v1/activities", with(call(1), "subject", json!("")), "subject"),
        ("/v1/activities", with(call(1), "deal_id", json!(3)), "deal_id"),
        ("/v1/activities", with(call(1), "shade", json!(1)), "shade"),
    ] {
        let (status, problem) = fixture.post(path, body.clone()).await;
        assert_eq!((status.as_u16(), &problem["field"]), (422, &json!(field)), "{body}");
        assert!(problem["message"].as_str().unwrap().starts_with(field), "{problem}");
    }
    let (_, list) = fixture.get("/v1/activities").await;
    assert_eq!(list["activities"], json!([]));
}

#[tokio::test]
async fn an_activity_keeps_every_field_and_its_key_is_taken_once() {
    let fixture = fixture().await;
    let (_, nadia) = fixture.get("/v1/contacts/1").await;
    let mut body = with(call(1), "deal_id", nadia["deals"][1]["id"].clone());
    body["disposition"] = json!("Call back");
    let (status, made) = fixture.post("/v1/activities", body.clone()).await;
    assert_eq!(status, 201);
    for (field, value) in body.as_object().unwrap() {
        assert_eq!(&made[field], value, "{field}");
    }
    let (status, conflict) = fixture.post("/v1/activities", body).await;
    assert_eq!((status.as_u16(), &conflict["id"]), (409, &made["id"]));
    let path = format!("/v1/activities/{}", made["id"]);
    let (_, changed) = fixture.patch(&path, json!({ "note": "Other", "deal_id": null })).await;
    assert_eq!((&changed["note"], &changed["deal_id"]), (&json!("Other"), &Value::Null));
    assert_eq!(changed["subject"], made["subject"]);
    for (query, count) in [
        ("external_key=key-1", 1),
        ("external_key=key-2", 0),
        ("contact_id=1", 1),
        ("contact_id=2", 0),
    ] {
        let (_, list) = fixture.get(&format!("/v1/activities?{query}")).await;
        assert_eq!(list["activities"].as_array().unwrap().len(), count, "{query}");
    }
    let (_, nadia) = fixture.get("/v1/contacts/1").await;
    assert_eq!(nadia["last_activity_at"], "2026-11-23T09:41:07Z");
}

#[tokio::test]
async fn an_activity_can_go() {
    let fixture = fixture().await;
    let (_, made) = fixture.post("/v1/activities", call(1)).await;
    let path = format!("/v1/activities/{}", made["id"]);
    assert_eq!(fixture.delete(&path).await.0, 204);
    assert_eq!(fixture.get(&path).await.0, 404);
    assert_eq!(fixture.delete(&path).await.0, 404);
    let (_, outcomes) = fixture.get("/v1/dispositions").await;
    assert_eq!(outcomes["dispositions"].as_array().unwrap().len(), 4);
}

#[tokio::test]
async fn pages_hold_every_record_once() {
    let fixture = fixture().await;
    let (mut names, mut cursor) = (Vec::new(), String::new());
    loop {
        let (_, page) = fixture.get(&format!("/v1/contacts?limit=10{cursor}")).await;
        let contacts = page["contacts"].as_array().unwrap();
        assert!(contacts.len() <= 10);
        names.extend(contacts.iter().map(|contact| contact["id"].as_i64().unwrap()));
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => break,
        }
    }
    assert_eq!(names, (1..=42).collect::<Vec<_>>());
    for query in
        ["limit=0", "limit=501", "cursor=x", "phone=1&name=a", "updated_since=x", "name=%25"]
    {
        assert_eq!(fixture.get(&format!("/v1/contacts?{query}")).await.0, 422, "{query}");
    }
    assert_eq!(fixture.get("/v1/contacts?limit=many").await.0, 400);
}

#[tokio::test]
async fn keys_are_needed_everywhere_and_a_reader_only_reads() {
    let fixture = fixture().await;
    for path in ["/v1/me", "/v1/contacts", "/v1/contacts/1", "/v1/activities", "/_requests"] {
        let url = format!("{}{path}", fixture.server.url);
        for request in [
            fixture.http.get(&url),
            fixture.http.get(&url).bearer_auth("wrong"),
            fixture.http.get(&url).basic_auth(KEY, None::<&str>),
        ] {
            assert_eq!(request.send().await.unwrap().status(), 401, "{path}");
        }
        assert_eq!(
            fixture.http.get(&url).bearer_auth(READ_ONLY).send().await.unwrap().status(),
            200
        );
    }
    let url = format!("{}/v1/contacts", fixture.server.url);
    let write = fixture.http.post(url).bearer_auth(READ_ONLY).json(&json!({ "name": "A" }));
    assert_eq!(write.send().await.unwrap().status(), 403);
}

#[tokio::test]
async fn the_request_log_tells_what_was_asked_and_no_secret() {
    let fixture = fixture().await;
    fixture.get("/v1/contacts?phone=%2B1").await;
    fixture.post("/v1/activities", call(1)).await;
    fixture.post("/v1/activities", call(1)).await;
    let (_, log) = fixture.get("/_requests").await;
    let requests = log["requests"].as_array().unwrap();
    let lines: Vec<_> = requests
        .iter()
        .map(|r| {
            format!("{} {} {} {}", r["n"], r["method"], r["path"], r["status"]).replace('"', "")
        })
        .collect();
    assert_eq!(
        lines,
        ["1 GET /v1/contacts 200", "2 POST /v1/activities 201", "3 POST /v1/activities 409"]
    );
    assert_eq!(requests[0]["query"], "phone=%2B1");
    assert_eq!(requests[1]["body"], call(1));
    assert!(!log.to_string().contains(KEY));
    let (_, later) = fixture.get("/_requests?since=2").await;
    assert_eq!(later["requests"], json!([requests[2]]));
}

#[tokio::test]
async fn too_many_requests_are_told_when_to_come_back() {
    let fixture = fixture_with(|options| options.rate = 3).await;
    let first = fixture.send(Method::GET, "/v1/me", None).await;
    for (header, value) in [("limit", "3"), ("remaining", "2"), ("reset", "1")] {
        assert_eq!(first.headers()[format!("x-ratelimit-{header}")], value, "{header}");
    }
    let mut last = None;
    for _ in 0..50 {
        let response = fixture.send(Method::GET, "/v1/me", None).await;
        if response.status() == 429 {
            last = Some(response);
            break;
        }
    }
    let limited = last.expect("50 requests at 3 a second");
    assert_eq!(limited.headers()["retry-after"], "1");
    let other = fixture.http.get(format!("{}/v1/me", fixture.server.url)).bearer_auth(READ_ONLY);
    assert_eq!(other.send().await.unwrap().status(), 200, "each key has its own rate");
}

#[tokio::test]
async fn faults_do_what_they_say_and_end() {
    let fixture = fixture().await;
    fixture.faults(json!({ "rate_limit_times": 1, "retry_after_s": 7, "fail_times": 1 })).await;
    let limited = fixture.send(Method::GET, "/v1/me", None).await;
    assert_eq!(
        (limited.status().as_u16(), &limited.headers()["retry-after"]),
        (429, &"7".parse().unwrap())
    );
    assert_eq!(fixture.send(Method::GET, "/v1/me", None).await.status(), 503);
    assert_eq!(fixture.get("/v1/me").await.0, 200);
    fixture.faults(json!({ "delay_ms": 300, "path_prefix": "/v1/contacts" })).await;
    let started = Instant::now();
    fixture.get("/v1/contacts/1").await;
    assert!(started.elapsed() >= Duration::from_millis(300));
    for (nonsense, length) in [
        ("html", 1..200),
        ("json", 1..200),
        ("truncated", 1..200),
        ("empty", 0..1),
        ("huge", 8_000_000..9_000_000),
    ] {
        fixture.faults(json!({ "nonsense": nonsense })).await;
        let answer = fixture.send(Method::GET, "/v1/me", None).await;
        assert_eq!(answer.status(), 200);
        assert!(length.contains(&answer.bytes().await.unwrap().len()), "{nonsense}");
    }
    fixture.faults(json!({ "redirect": "https://elsewhere.example/" })).await;
    let answer = fixture.send(Method::GET, "/v1/me", None).await;
    assert_eq!(
        (answer.status().as_u16(), &answer.headers()["location"]),
        (307, &"https://elsewhere.example/".parse().unwrap())
    );
    assert_eq!(fixture.delete("/_faults").await.0, 204);
    assert_eq!(fixture.get("/v1/me").await.0, 200);
    for bad in [json!({ "fail_status": 200 }), json!({ "dely_ms": 1 }), json!([])] {
        let refused = fixture.send(Method::PUT, "/_faults", Some(&bad)).await;
        assert!(refused.status().is_client_error(), "{bad}");
    }
}

#[tokio::test]
async fn a_dropped_write_is_written_and_never_answered() {
    let fixture = fixture().await;
    fixture.faults(json!({ "drop_after_write": 1 })).await;
    let url = format!("{}/v1/activities", fixture.server.url);
    let lost = fixture.http.post(&url).bearer_auth(KEY).json(&call(1)).send().await;
    assert!(lost.is_err_and(|error| !error.is_timeout() && !error.is_connect()));
    let (_, list) = fixture.get("/v1/activities?external_key=key-1").await;
    assert_eq!(list["activities"].as_array().unwrap().len(), 1);
    let (_, log) = fixture.get("/_requests").await;
    let entry = &log["requests"][0];
    assert_eq!((&entry["dropped"], &entry["status"]), (&json!(true), &Value::Null));
}

#[tokio::test]
async fn faults_are_there_only_where_they_were_allowed() {
    let fixture = fixture_with(|options| options.faults = false).await;
    assert_eq!(fixture.send(Method::PUT, "/_faults", Some(&json!({}))).await.status(), 404);
}

#[tokio::test]
async fn data_survives_a_restart_and_the_seed_is_planted_once() {
    let fixture = fixture().await;
    fixture.delete("/v1/contacts/1").await;
    fixture.server.stop().await;
    let options =
        Options { seed: Some(example_crm::Seed::Demo), ..Options::new(fixture.data.path(), KEY) };
    let server = Server::start(options).await.unwrap();
    let gone = fixture.http.get(format!("{}/v1/contacts/1", server.url)).bearer_auth(KEY);
    assert_eq!(gone.send().await.unwrap().status(), 404);
    let kept = fixture.http.get(format!("{}/v1/contacts/2", server.url)).bearer_auth(KEY);
    assert_eq!(kept.send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn it_does_not_start_open_to_everybody() {
    let data = tempfile::TempDir::new().unwrap();
    let no_key = Server::start(Options::new(data.path(), "")).await;
    assert!(matches!(no_key.err(), Some(StartError::NoKey)));
    let mut options = Options::new(data.path(), KEY);
    options.listen = "0.0.0.0:0".parse().unwrap();
    assert!(matches!(Server::start(options).await.err(), Some(StartError::NotLoopback(_))));
}

#[tokio::test]
async fn pages_are_for_this_computer_under_its_own_name() {
    let fixture = fixture().await;
    let url = format!("{}/contacts/1", fixture.server.url);
    let page = fixture.http.get(&url).send().await.unwrap();
    assert_eq!(page.status(), 200);
    assert!(page.text().await.unwrap().contains("Lumen Freight"));
    let rebound = fixture.http.get(&url).header("host", "evil.example").send().await.unwrap();
    assert_eq!(rebound.status(), 421);
    let gone =
        fixture.http.get(format!("{}/contacts/999", fixture.server.url)).send().await.unwrap();
    assert_eq!(gone.status(), 404);
}
