//! Every text that a person reads is in the catalogue, and every error has its two.

use ringside_domain::LinkFault;
use ringside_protocol::ErrorCode;
use schemars::{JsonSchema, schema_for};

use crate::{Source, assert_kept, root, sources};

/// Ids of texts that Rust code asks for and that the catalogue does not have.
fn unknown_ids(sources: &[Source]) -> Vec<String> {
    // The catalogue's own tests, and these here, ask for texts that are not there.
    const NOT_READ: &[&str] = &["crates/words/", "tests/tests/house/"];
    let mut broken = Vec::new();
    for source in sources.iter().filter(|source| source.path.ends_with(".rs")) {
        if NOT_READ.iter().any(|folder| source.path.starts_with(folder)) {
            continue;
        }
        for id in ids(&source.text).into_iter().filter(|id| !ringside_words::has(id)) {
            broken.push(format!("{}: the catalogue has no {id}", source.path));
        }
    }
    broken
}

/// The ids that stand as literals in calls of `words::text` and `words::text_with`, or of `text`
/// and `text_with` where they were imported.
fn ids(rust: &str) -> Vec<&str> {
    let imported = rust.contains("words::{") || rust.contains("use ringside_words::text");
    let another = |letter: char| letter.is_alphanumeric() || ['_', '.', ':'].contains(&letter);
    let calls = ["text(", "text_with("].into_iter().flat_map(|call| {
        rust.match_indices(call).map(move |(at, _)| (&rust[..at], &rust[at + call.len()..]))
    });
    let ours = calls.filter(|(before, _)| {
        before.ends_with("words::") || (imported && !before.ends_with(another))
    });
    ours.filter_map(|(_, after)| after.trim_start().strip_prefix('"'))
        .filter_map(|literal| literal.split_once('"').map(|(id, _)| id))
        .collect()
}

/// Each code in kebab case, with its documentation, which names the parameters.
fn codes_of<T: JsonSchema>() -> Vec<(String, String)> {
    let schema = schema_for!(T);
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
    let codes = codes_of::<ErrorCode>();
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

#[test]
fn every_fault_of_a_link_has_a_text_and_a_next_step() {
    let codes = codes_of::<LinkFault>();
    assert!(codes.len() > 5, "the codes are not found in the schema");
    for (code, _) in &codes {
        let fault: LinkFault = serde_json::from_value(code.replace('-', "_").into()).unwrap();
        assert_eq!(fault.name(), code);
        for id in [format!("link-fault-{code}"), format!("link-fault-{code}-next")] {
            assert!(ringside_words::has(&id), "{id} is not written");
        }
    }
}
