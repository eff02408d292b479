//! `openapi.json` is not a promise but a description: every operation is there, and every answer that
//! a test of this crate sees is held against its schema.

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::fixture;

pub(crate) struct Description(Value);

impl Description {
    pub(crate) fn read() -> Self {
        Self(serde_json::from_str(include_str!("../../openapi.json")).unwrap())
    }

    /// The description of an operation, by a path with ids in it.
    fn operation(&self, method: &Method, path: &str) -> &Value {
        let known = self.0["paths"].as_object().unwrap();
        let matches = |template: &str| {
            let (mut a, mut b) = (template.split('/'), path.split('/'));
            a.by_ref().zip(b.by_ref()).all(|(a, b)| a == b || a == "{id}")
                && template.split('/').count() == path.split('/').count()
        };
        let (_, item) = known
            .iter()
            .find(|(template, _)| matches(template))
            .unwrap_or_else(|| panic!("{path} is not described"));
        &item[method.as_str().to_lowercase()]
    }

    /// Holds an answer against the schema of its operation and status.
    pub(crate) fn check(&self, method: &Method, path: &str, status: u16, answer: &Value) {
        let responses = &self.operation(method, path)["responses"];
        let response = responses
            .get(status.to_string())
            .unwrap_or_else(|| panic!("{method} {path}: {status} is not described"));
        let Some(schema) = response.pointer("/content/application~1json/schema") else { return };
        let mut schema = schema.clone();
        schema["components"] = self.0["components"].clone();
        let validator = jsonschema::draft202012::options()
            .should_validate_formats(true)
            .build(&schema)
            .unwrap();
        let faults: Vec<_> = validator.iter_errors(answer).map(|e| e.to_string()).collect();
        assert!(faults.is_empty(), "{method} {path} {status}: {faults:?}\n{answer}");
    }
}

#[tokio::test]
async fn every_described_operation_is_there_and_the_file_is_served() {
    let fixture = fixture().await;
    let description = Description::read();
    for (path, item) in description.0["paths"].as_object().unwrap() {
        let path = path.replace("{id}", "1");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE"] {
            let described = item.get(method.to_lowercase()).is_some();
            let method: Method = method.parse().unwrap();
            // No body: a handler that is there refuses it, and does nothing.
            let response = fixture.send(method.clone(), &path, None).await;
            let there = response.status() != 405 && response.status() != 404
                || (response.status() == 404 && described && path.ends_with("/1"));
            assert_eq!(there, described, "{method} {path}: {}", response.status());
        }
    }
    let (_, served) = fixture.get("/openapi.json").await;
    assert_eq!(served, description.0);
}

#[test]
fn the_check_itself_sees_a_missing_and_an_unknown_field() {
    let fits = |answer: Value| {
        std::panic::catch_unwind(|| {
            Description::read().check(&Method::GET, "/v1/me", 200, &answer);
        })
        .is_ok()
    };
    assert!(fits(json!({ "id": 1, "name": "x", "scope": "read" })));
    assert!(!fits(json!({ "id": 1, "name": "x" })));
    assert!(!fits(json!({ "id": 1, "name": "x", "scope": "read", "more": 1 })));
}
