//! The message catalogue: every text that a person reads, in one place (`locales/`).
//!
//! One file for each face or subject, so that a reader finds a text by where it is seen. The web
//! view reads the same files.

use std::borrow::Cow;
use std::cell::OnceCell;

use fluent_bundle::{FluentArgs, FluentBundle, FluentResource, FluentValue};
use unic_langid::LanguageIdentifier;

const EN: &[&str] = &[
    include_str!("../locales/en/common.ftl"),
    include_str!("../locales/en/errors.ftl"),
    include_str!("../locales/en/notify.ftl"),
    include_str!("../locales/en/shell.ftl"),
    include_str!("../locales/en/cli.ftl"),
    include_str!("../locales/en/crm.ftl"),
    include_str!("../locales/en/log.ftl"),
    include_str!("../locales/en/softphone.ftl"),
];

thread_local! {
    static BUNDLE: OnceCell<FluentBundle<FluentResource>> = const { OnceCell::new() };
}

fn build() -> FluentBundle<FluentResource> {
    let mut bundle =
        FluentBundle::new(vec!["en-US".parse().unwrap_or(LanguageIdentifier::default())]);
    // Marks of direction around arguments would show up in terminals and in CRM records.
    bundle.set_use_isolating(false);
    for source in EN {
        // A text with a mistake in it is shown by the catalogue's test; the rest still serves.
        let resource = match FluentResource::try_new((*source).to_owned()) {
            Ok(resource) | Err((resource, _)) => resource,
        };
        bundle.add_resource_overriding(resource);
    }
    bundle
}

/// The text with this id. A missing id gives the id itself, which the catalogue's test forbids.
pub fn text(id: &str) -> String {
    text_with(id, &[])
}

/// The text with this id and these arguments. Numbers select plurals.
pub fn text_with(id: &str, args: &[(&str, Arg<'_>)]) -> String {
    BUNDLE.with(|cell| {
        let bundle = cell.get_or_init(build);
        let Some(pattern) = bundle.get_message(id).and_then(|message| message.value()) else {
            return id.to_owned();
        };
        let mut fluent = FluentArgs::new();
        for (name, value) in args {
            fluent.set(*name, value.as_fluent());
        }
        bundle.format_pattern(pattern, Some(&fluent), &mut Vec::new()).into_owned()
    })
}

/// Whether the catalogue has this id.
pub fn has(id: &str) -> bool {
    BUNDLE.with(|cell| cell.get_or_init(build).has_message(id))
}

/// A value in a text.
#[derive(Clone, Debug)]
pub enum Arg<'a> {
    /// Text, shown as it is.
    Text(Cow<'a, str>),
    /// A number; selects the plural.
    Number(f64),
}

impl Arg<'_> {
    fn as_fluent(&self) -> FluentValue<'static> {
        match self {
            Self::Text(text) => FluentValue::from(text.to_string()),
            Self::Number(number) => FluentValue::from(*number),
        }
    }
}

impl<'a> From<&'a str> for Arg<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Arg<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl From<u32> for Arg<'_> {
    fn from(number: u32) -> Self {
        Self::Number(f64::from(number))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_parses_and_no_id_is_defined_twice() {
        let mut ids = std::collections::HashMap::new();
        for source in EN {
            if let Err((_, errors)) = FluentResource::try_new((*source).to_owned()) {
                panic!("the catalogue has a mistake: {errors:?}");
            }
            for line in source.lines().filter(|line| !line.starts_with([' ', '#', '-'])) {
                if let Some((id, _)) = line.split_once(" =") {
                    assert_eq!(ids.insert(id.to_owned(), ()), None, "{id} is defined twice");
                }
            }
        }
        assert!(!ids.is_empty());
    }

    #[test]
    fn numbers_select_plurals_and_unknown_ids_show_themselves() {
        assert_eq!(text_with("duration-minutes", &[("count", 1_u32.into())]), "1 min");
        assert_eq!(text("no-such-text"), "no-such-text");
    }
}
