//! Real answers of the server against Pipedrive's published API types: each answer is written into a
//! TypeScript file as a literal that must satisfy the type of its endpoint, and the compiler judges.
//! Unknown fields, wrong types and missing fields fail. Not checked is `null`: the types of the
//! second version of the API hardly mark any, while its documentation tells of many.
// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use fake_pipedrive::{Options, Seed, Server};
use serde_json::{Value, json};

const TOKEN: &str = "token-of-jonas";

/// `All` makes every field of a published model required, but those that only companies with
/// contact sync, or requests that ask for them, get.
const HEAD: &str = r#"import type * as v1 from "pipedrive/v1";
import type * as v2 from "pipedrive/v2";

type Person = Required<
  Omit<v2.Person, "postal_address" | "notes" | "im" | "birthday" | "job_title">
>;
type Activity = Required<
  Omit<
    v2.ActivityItem,
    | "location"
    | "attendees"
    | "conference_meeting_client"
    | "conference_meeting_url"
    | "conference_meeting_id"
  >
>;
type Deal = Required<
  Omit<v2.Deal, "source_lead_id" | "arr" | "mrr" | "acv" | "channel" | "channel_id" | "origin_id">
>;
type Organization = Required<
  Omit<
    v2.OrganizationItem,
    "address" | "website" | "linkedin" | "industry" | "annual_revenue" | "employee_count"
  >
>;
type OrganizationFind = Required<v2.GetOrganizationSearchResponseAllOfDataItemsInnerItem>;
type User = Required<v1.BaseUser & v1.GetCurrentUserResponseAllOfDataAllOf>;
type PersonFind = Required<v2.GetPersonSearchResponseAllOfDataItemsInnerItem>;
type DealFind = Required<v2.GetDealSearchResponseAllOfDataItemsInnerItem>;
type LeadFind = Required<v2.LeadSearchItemItem>;
"#;

/// Answers of the server, each with the type that it has to have.
async fn answers() -> Vec<(&'static str, Value)> {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let server = Server::start(Options::new(TOKEN)).await.unwrap();
    let seed: Seed = serde_json::from_value(json!({
        "organizations": [{ "id": 3, "name": "Lumen Freight" }],
        "persons": [
            { "id": 5, "name": "Nadia Okafor", "org_id": 3,
              "phones": [{ "value": "(415) 555-0142", "label": "mobile" }],
              "emails": [{ "value": "nadia@lumen.example" }] },
            { "id": 6, "name": "Solo" }],
        "deals": [{ "id": 9, "title": "Renewal", "person_id": 5, "value": 12400.0 }],
        "leads": [{ "id": "b2a5c4de-1111-4222-8333-444455556666", "title": "Pilot",
            "person_id": 5, "value": { "amount": 100.0, "currency": "EUR" } }],
    }))
    .unwrap();
    server.store().seed(seed);
    let http = reqwest::Client::builder().no_proxy().build().unwrap();
    let ask = async |method: &str, path: &str, body: Value| {
        let method = method.parse().unwrap();
        let request = http.request(method, format!("{}{path}", server.url));
        let request = request.header("x-api-token", TOKEN);
        let request = if body.is_null() { request } else { request.json(&body) };
        request.send().await.unwrap().json::<Value>().await.unwrap()
    };
    let get = async |path: &str| ask("GET", path, Value::Null).await;
    let activity = ask(
        "POST",
        "/api/v2/activities",
        json!({ "subject": "Call", "type": "call", "due_date": "2026-11-23",
            "due_time": "09:41:07", "duration": "00:07:52", "done": true, "deal_id": 9,
            "participants": [{ "person_id": 5, "primary": true }], "note": "<p>Hi</p>" }),
    )
    .await;
    let person = json!({ "name": "New", "phones": [{ "value": "+493023125014" }] });
    let person = ask("POST", "/api/v2/persons", person).await;
    let found = get("/api/v2/persons/search?term=555&fields=phone").await;
    let items = "/api/v2/itemSearch?term=okafor&item_types=person&search_for_related_items=true";
    let items = get(items).await;
    let me = get("/api/v1/users/me").await;
    let list = get("/api/v2/activities?person_id=5&limit=1").await;
    let persons = get("/api/v2/persons?limit=1").await;
    assert!(persons["additional_data"]["next_cursor"].is_string());
    let deals = get("/api/v2/deals?person_id=5&status=open").await;
    let organizations = get("/api/v2/organizations?ids=3").await;
    let organization = get("/api/v2/organizations/search?term=lumen").await;
    let of = |answer: &Value, at: &str| {
        let part = answer.pointer(at);
        part.unwrap_or_else(|| panic!("{at} is missing in {answer}")).clone()
    };
    let missing = get("/api/v2/persons/4711").await;
    assert_eq!(missing["success"], false);
    vec![
        ("v1.FailResponse & { error_info: string; data: null; additional_data: null }", missing),
        ("Person", of(&person, "/data")),
        ("v2.UpsertPersonResponse", person),
        ("v2.UpsertPersonResponse", get("/api/v2/persons/5").await),
        ("Person", of(&persons, "/data/0")),
        ("v2.GetPersonsResponse", persons),
        ("PersonFind", of(&found, "/data/items/0/item")),
        ("v2.GetPersonSearchResponse", found),
        ("PersonFind", of(&items, "/data/items/0/item")),
        ("DealFind", of(&items, "/data/related_items/0/item")),
        ("LeadFind", of(&items, "/data/related_items/1/item")),
        ("v2.GetItemSearchResponse", without_items(items)),
        ("Activity", of(&activity, "/data")),
        ("v2.UpsertActivityResponse", activity),
        ("Activity", of(&list, "/data/0")),
        ("v2.GetActivitiesResponse", list),
        ("Deal", of(&deals, "/data/0")),
        ("v2.GetDealsResponse", deals),
        ("v2.GetStagesResponse", get("/api/v2/stages").await),
        ("Organization", of(&organizations, "/data/0")),
        ("v2.GetOrganizationsResponse", organizations),
        ("OrganizationFind", of(&organization, "/data/items/0/item")),
        ("v2.GetOrganizationSearchResponse", organization),
        ("v2.UpsertOrganizationResponse", get("/api/v2/organizations/3").await),
        ("v1.GetLeadsResponse", get("/api/v1/leads?person_id=5").await),
        ("v1.GetActivityTypesResponse", get("/api/v1/activityTypes").await),
        ("User", of(&me, "/data")),
        ("v1.GetCurrentUserResponse", me),
    ]
}

/// The published type of a find of any kind is `object`, which no literal with fields satisfies; the
/// finds have types of their own.
fn without_items(mut answer: Value) -> Value {
    for list in ["items", "related_items"] {
        for find in answer["data"][list].as_array_mut().unwrap() {
            find["item"] = json!({});
        }
    }
    answer
}

/// A folder with the published types and a compiler, made once for each lock file.
fn workshop() -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/types");
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("pipedrive-types");
    let lock = fs::read(source.join("package-lock.json")).unwrap();
    let ready = folder.join("node_modules/ready");
    if fs::read(&ready).ok() != Some(lock.clone()) {
        fs::create_dir_all(&folder).unwrap();
        for file in ["package.json", "package-lock.json", "tsconfig.json"] {
            fs::copy(source.join(file), folder.join(file)).unwrap();
        }
        let npm = Command::new("npm")
            .args(["ci", "--ignore-scripts", "--no-audit", "--no-fund"])
            .current_dir(&folder)
            .output();
        let npm = npm.expect("this test needs Node's npm, which is not installed");
        let words = String::from_utf8_lossy(&npm.stderr);
        assert!(npm.status.success(), "npm could not fetch the published types: {words}");
        fs::write(&ready, lock).unwrap();
    }
    folder
}

/// Which answers do not satisfy their types, and what the compiler says.
fn judge(answers: &[(&str, Value)]) -> (Vec<usize>, String) {
    let folder = workshop();
    let (mut text, mut begins) = (HEAD.to_owned(), Vec::new());
    for (number, (kind, answer)) in answers.iter().enumerate() {
        begins.push(text.lines().count());
        write!(text, "\nexport const answer{number} = {answer:#} satisfies {kind};\n").unwrap();
    }
    fs::write(folder.join("answers.ts"), text).unwrap();
    let mut compiler = Command::new("node");
    compiler.arg(folder.join("node_modules/typescript/bin/tsc")).args(["--project", "."]);
    let output = compiler.current_dir(&folder).output();
    let output = output.expect("this test needs Node, which is not installed");
    let words = String::from_utf8_lossy(&output.stdout).into_owned();
    assert_eq!(output.status.success(), words.is_empty(), "{words}");
    // A fault is told as `answers.ts(LINE,COLUMN): error …`.
    let mut faulty: Vec<_> = words
        .lines()
        .filter_map(|line| line.strip_prefix("answers.ts(")?.split(',').next()?.parse().ok())
        .map(|line: usize| begins.partition_point(|begin| *begin < line))
        .map(|answers| answers.checked_sub(1).unwrap_or_else(|| panic!("the head: {words}")))
        .collect();
    faulty.dedup();
    (faulty, words)
}

#[tokio::test]
async fn answers_satisfy_the_published_types() {
    let answers = answers().await;
    assert_eq!(judge(&answers), (Vec::new(), String::new()));
    // The judge is awake: each of these is an answer with one fault.
    let spoil = |kind: &str, pointer: &str, change: fn(&mut Value)| {
        let (kind, answer) = answers.iter().find(|(other, _)| *other == kind).unwrap();
        let mut answer = answer.clone();
        change(answer.pointer_mut(pointer).unwrap());
        (*kind, answer)
    };
    let spoiled = [
        spoil("Person", "", |person| person["phone"] = json!("1")),
        spoil("Person", "", |person| drop(person.as_object_mut().unwrap().remove("emails"))),
        spoil("Activity", "", |activity| activity["id"] = json!("1")),
        spoil("v2.GetPersonsResponse", "/data/0", |person| {
            person["phones"] = json!([{ "number": "1" }]);
        }),
        spoil("v1.GetLeadsResponse", "/data/0", |lead| {
            drop(lead.as_object_mut().unwrap().remove("title"));
        }),
        spoil("DealFind", "", |deal| deal["status"] = json!(1)),
    ];
    let (faulty, words) = judge(&spoiled);
    assert_eq!(faulty, [0, 1, 2, 3, 4, 5], "{words}");
}
