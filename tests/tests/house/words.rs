//! Every text that a person reads is in the catalogue, and every error has its two.

use ringside_protocol::ErrorCode;
use schemars::schema_for;

use crate::{Source, assert_kept, root, sources};

/// Ids of texts that Rust code asks for and that the catalogue does not have.
fn unknown_ids(sources: &[Source]) -> Vec<String> {
    let mut broken = Vec::new();
    // The catalogue's own tests ask for a text that is not there.
    let ours = |source: &&Source| {
        source.path.ends_with(".rs") && !source.path.starts_with("crates/words/")
    };
    for source in sources.iter().filter(ours) {
        for id in ids(&source.text).into_iter().filter(|id| !ringside_words::has(id)) {
            broken.push(format!("{}: the catalogue has no {id}", source.path));
        }
    }
    broken
}

/// The ids that stand as literals in calls of `words::text` and `words::text_with`.
fn ids(rust: &str) -> Vec<&str> {
    let imported =
        rust.contains("use ringside_words::{") || rust.contains("use ringside_words::text");
    let calls = if imported {
        &["text(", "text_with("][..]
    } else {
        &["words::text(", "words::text_with("]
    };
    let mut ids = Vec::new();
    for call in calls {
        for (at, _) in rust.match_indices(call) {
            let before = rust[..at].chars().next_back();
            // `.text(` is a method of something else, `shown_text(` another function.
            if before
                .is_some_and(|letter| letter == '.' || letter == '_' || letter.is_alphanumeric())
            {
                let named = rust[..at].ends_with("ringside_");
                if !named {
                    continue;
                }
            }
            let argument = rust[at + call.len()..].trim_start();
            if let Some((id, _)) = argument.strip_prefix('"').and_then(|rest| rest.split_once('"'))
            {
                ids.push(id);
            }
        }
    }
    ids
}

/// Each error code in kebab case, with what its documentation says of its parameters.
fn error_codes() -> Vec<(String, String)> {
    let schema = schema_for!(ErrorCode);
    let variants = schema.as_value()["oneOf"].as_array().unwrap();
    let text = |value: &serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    variants
        .iter()
        .map(|variant| (text(&variant["const"]).replace('_', "-"), text(&variant["description"])))
        .collect()
}

/// The names of the arguments in the text with this id, and in its continuation lines.
fn arguments<'a>(catalogue: &'a str, id: &str) -> Vec<&'a str> {
    let Some((_, rest)) = catalogue.split_once(&format!("\n{id} = ")) else { return Vec::new() };
    let text = rest.split_once("\n\n").map_or(rest, |(text, _)| text);
    let text = text.lines().enumerate().take_while(|(at, line)| *at == 0 || line.starts_with(' '));
    text.flat_map(|(_, line)| line.split('$').skip(1))
        .map(|rest| rest.split(|letter: char| !letter.is_alphanumeric()).next().unwrap_or(""))
        .collect()
}

#[test]
fn every_text_that_code_asks_for_is_in_the_catalogue() {
    assert_kept(&unknown_ids(&sources()));
    let offender = "fn f() { words::text_with(\n    \"never-written\", &[]); element.text(\"x\") }";
    let offender = Source::made_up("a.rs", offender);
    assert_eq!(unknown_ids(&[offender]), ["a.rs: the catalogue has no never-written"]);
    let imported = "use ringside_words::{Arg, text};\nfn f() { text(\"one\"); my_text(\"two\") }";
    assert_eq!(ids(imported), ["one"]);
}

#[test]
fn every_error_has_a_cause_and_a_next_step_of_its_own_parameters() {
    let catalogue =
        std::fs::read_to_string(root().join("crates/words/locales/en/errors.ftl")).unwrap();
    let codes = error_codes();
    assert!(codes.len() > 20, "the codes are not found in the schema");
    for (code, documentation) in &codes {
        for id in [format!("error-{code}"), format!("error-{code}-next")] {
            assert!(ringside_words::has(&id), "{id} is not written");
            for argument in arguments(&catalogue, &id) {
                let documented = documentation.contains(&format!("`{argument}`"));
                assert!(documented, "{id} uses {argument}, which the code does not carry");
            }
        }
    }
    let written = catalogue.lines().filter(|line| line.starts_with("error-")).count();
    assert_eq!(written, codes.len() * 2, "a text is left of a code that is gone");
    assert_eq!(arguments(&catalogue, "error-rate-limited"), ["account", "seconds"]);
}
