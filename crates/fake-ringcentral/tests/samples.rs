//! The frames are those of the documentation: the same keys with the same types.

// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used)]

use fake_ringcentral::frames;
use serde_json::{Value, json};

fn sample(name: &str) -> Value {
    let path = format!(
        "{}/../softphone/tests/ringcentral/samples/{name}.json",
        env!("CARGO_MANIFEST_DIR")
    );
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

/// What of `made` the sample does not know, or knows in another type, and what it lacks.
fn differences(path: &str, made: &Value, sample: &Value, more: &[&str]) -> Vec<String> {
    match (made, sample) {
        (Value::Object(made), Value::Object(known)) => {
            let lacks = known.keys().filter(|key| !made.contains_key(*key));
            let mut found: Vec<String> = lacks.map(|key| format!("no {path}/{key}")).collect();
            for (key, value) in made {
                let here = format!("{path}/{key}");
                match known.get(key) {
                    Some(sample) => found.extend(differences(&here, value, sample, more)),
                    None if more.contains(&key.as_str()) => {}
                    None => found.push(format!("{here} is made up")),
                }
            }
            found
        }
        (Value::Array(made), Value::Array(known)) => {
            let pairs = made.iter().enumerate().filter_map(|(at, value)| {
                let sample = known.get(at).or_else(|| known.first())?;
                Some(differences(&format!("{path}/{at}"), value, sample, more))
            });
            pairs.flatten().collect()
        }
        _ if std::mem::discriminant(made) == std::mem::discriminant(sample) => Vec::new(),
        _ => vec![format!("{path} is {made}, and not as {sample}")],
    }
}

fn parsed(frame: &str) -> Value {
    serde_json::from_str(frame).unwrap()
}

#[test]
fn frames_have_the_keys_and_types_of_the_documentation() {
    let none: Vec<String> = Vec::new();
    let details = parsed(&frames::details("token", 1, None));
    assert_eq!(differences("", &details, &sample("connection-details"), &[]), none);
    // The sample leaves out what the other one has.
    let recovered = parsed(&frames::details("token", 1, Some(true)));
    let more = [
        "headers",
        "maxConnectionsPerSession",
        "idleTimeout",
        "absoluteTimeout",
        "maxActiveRequests",
    ];
    assert_eq!(differences("", &recovered, &sample("session-recovery"), &more), none);
    let heartbeat = parsed(&frames::heartbeat("id"));
    assert_eq!(differences("", &heartbeat, &sample("heart-beat-request"), &[]), none);
    let body = frames::party("s-1", 3, "p-1-2", "Setup", &json!({}));
    let event = parsed(&frames::event("/telephony/sessions", &body, "token", 2));
    assert_eq!(differences("", &event[1], &sample("telephony-session-event"), &[]), none);
    let envelope = sample("websocket-notification");
    // The guide tells that any frame may bring a connection token.
    assert_eq!(differences("", &event[0], &envelope[0], &["wsc"]), none);
}

#[test]
fn a_frame_that_is_made_up_is_seen() {
    let wrong = json!([{ "type": "Heartbeat", "messageId": 5, "more": true }]);
    let found = differences("", &wrong, &sample("heart-beat-request"), &[]);
    assert_eq!(found.len(), 2, "{found:?}");
}
