//! `docs/intended_behavior.md` names a test for each behaviour; here that they exist.

use crate::{Source, assert_kept, sources};

const DOCUMENT: &str = "docs/intended_behavior.md";
/// Tests that the document names and that nobody has written.
fn missing_tests(document: &str, sources: &[Source]) -> Vec<String> {
    let exists = |name: &str| {
        // A case of a suite is generic.
        let rust = [format!("fn {name}("), format!("fn {name}<")];
        // Of the user interface the document names the title.
        let [single, double] = ["'", "\""].map(|quote| format!("{quote}{name}{quote}"));
        sources.iter().any(|source| {
            (source.path.ends_with(".rs") && rust.iter().any(|name| source.text.contains(name)))
                || (source.path.ends_with(".ts")
                    && (source.text.contains(&single) || source.text.contains(&double)))
        })
    };
    let named = tests(document).filter(|name| !exists(name));
    named.map(|name| format!("{DOCUMENT} names {name}, which is not there")).collect()
}

/// What stands between backticks after `test:`.
fn tests(document: &str) -> impl Iterator<Item = &str> {
    let lines = document.lines().filter_map(|line| line.split_once("test: "));
    lines.flat_map(|(_, names)| names.split('`').skip(1).step_by(2))
}

/// Behaviours, which begin with "Given", that have no line with a test.
fn behaviours_without_test(document: &str) -> Vec<String> {
    let mut broken = Vec::new();
    for item in document.split("\n- ").skip(1) {
        if item.starts_with("Given") && tests(item).next().is_none() {
            broken.push(item.lines().next().unwrap_or_default().to_owned());
        }
    }
    broken
}

#[test]
fn every_behaviour_names_a_test_that_exists() {
    let sources = sources();
    let document = &sources.iter().find(|source| source.path == DOCUMENT).unwrap().text;
    assert!(tests(document).count() > 20, "the document is not read");
    assert_kept(&missing_tests(document, &sources));
    assert_kept(&behaviours_without_test(document));
}

#[test]
fn a_behaviour_without_its_test_is_seen() {
    let document = "# Calls\n- Given a, when b, then c.\n  test: `kept`, `never_written`\n\
                    - Given d, when e, then f.\n";
    let sources = [Source::made_up("a.rs", "fn kept() {}")];
    assert_eq!(missing_tests(document, &sources).len(), 1);
    assert_eq!(behaviours_without_test(document), ["Given d, when e, then f."]);
}
