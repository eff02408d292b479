//! The committed TypeScript and JSON Schema say what the Rust types say.
//!
//! `UPDATE_BINDINGS=1 cargo test -p ringside-protocol` writes them anew.

#![allow(clippy::expect_used, reason = "test helpers fail by panicking")]

use std::any::TypeId;
use std::collections::{BTreeMap, HashSet};
use std::path::{Path, PathBuf};

use ringside_protocol::{Command, Envelope, Event, Fault, Reply};
use schemars::{JsonSchema, schema_for};
use ts_rs::{Config, TS, TypeVisitor};

/// Gathers a type and everything it is made of, each once, by name.
struct Gather {
    config: Config,
    seen: HashSet<TypeId>,
    declarations: BTreeMap<String, String>,
}

impl TypeVisitor for Gather {
    fn visit<T: TS + 'static + ?Sized>(&mut self) {
        if !self.seen.insert(TypeId::of::<T>()) {
            return;
        }
        // Types of our own have a file of their own; primitives and containers have none.
        if T::output_path().is_some() {
            let docs = T::docs().unwrap_or_default();
            let declaration = format!("{docs}export {}\n", T::decl(&self.config));
            let name = T::ident(&self.config);
            let earlier = self.declarations.insert(name.clone(), declaration.clone());
            assert!(earlier.is_none_or(|e| e == declaration), "two types are called {name}");
        }
        T::visit_dependencies(self);
        T::visit_generics(self);
    }
}

fn typescript() -> String {
    let mut gather =
        Gather { config: Config::new(), seen: HashSet::new(), declarations: BTreeMap::new() };
    gather.visit::<Command>();
    gather.visit::<Reply>();
    gather.visit::<Envelope>();
    gather.visit::<Event>();
    gather.visit::<Fault>();
    let head = "// Made from crates/protocol by its test `bindings`. Do not edit.\n\n";
    let version = format!("export const VERSION = {};\n\n", ringside_protocol::VERSION);
    let body: Vec<String> = gather.declarations.into_values().collect();
    format!("{head}{version}{}", body.join("\n"))
}

fn schema<T: JsonSchema>() -> String {
    let schema = serde_json::to_value(schema_for!(T)).expect("a schema is JSON");
    let mut text = serde_json::to_string_pretty(&sorted(schema)).expect("a schema is JSON");
    text.push('\n');
    text
}

/// With its keys in order, which depends else on a feature that another crate may turn on.
fn sorted(value: serde_json::Value) -> serde_json::Value {
    use serde_json::Value;
    match value {
        Value::Object(object) => {
            let keys: BTreeMap<String, Value> =
                object.into_iter().map(|(key, value)| (key, sorted(value))).collect();
            Value::Object(keys.into_iter().collect())
        }
        Value::Array(items) => Value::Array(items.into_iter().map(sorted).collect()),
        other => other,
    }
}

/// Compares with the committed file, or writes it when asked to.
fn committed(path: &str, now: &str) {
    let path: PathBuf = Path::new(env!("CARGO_MANIFEST_DIR")).join(path);
    if std::env::var_os("UPDATE_BINDINGS").is_some() {
        std::fs::write(&path, now).expect("the file can be written");
    }
    let was = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(
        was == now,
        "{} is out of date: UPDATE_BINDINGS=1 cargo test -p ringside-protocol",
        path.display()
    );
}

#[test]
fn typescript_is_current() {
    committed("../../ui/src/lib/protocol.ts", &typescript());
}

#[test]
fn schemas_are_current() {
    committed("schema/command.json", &schema::<Command>());
    committed("schema/reply.json", &schema::<Reply>());
    committed("schema/event.json", &schema::<Envelope>());
}

#[test]
fn the_event_schema_takes_a_real_line_and_refuses_a_wrong_one() {
    let schema: serde_json::Value = serde_json::from_str(&schema::<Envelope>()).expect("JSON");
    let validator = jsonschema::validator_for(&schema).expect("a valid schema");
    let line = serde_json::to_value(Envelope {
        v: ringside_protocol::VERSION,
        at: "2026-11-23T09:41:00Z".parse::<jiff::Timestamp>().expect("an instant").into(),
        event: Event::Ready { version: "0.1.0".into(), pid: 1 },
    })
    .expect("JSON");
    assert!(validator.is_valid(&line));
    let mut wrong = line;
    wrong["event"] = "no such event".into();
    assert!(!validator.is_valid(&wrong));
}
