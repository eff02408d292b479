//! The settings and their previews.

use ringside_domain::settings::Settings;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// The settings with what the admin's policy fixes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SettingsView {
    /// In force.
    pub settings: Settings,
    /// Keys (`log.policy`) that the policy file fixes.
    pub locked: Vec<String>,
    /// The file, for people.
    pub file: String,
    /// What is wrong with the file; the settings before it stay in force.
    pub problem: Option<crate::Fault>,
}

/// What the alternative formats of an account make of sample numbers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FormatPreview {
    /// One for each format, in order.
    pub formats: Vec<FormatView>,
}

/// One format with its samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct FormatView {
    /// The mask.
    pub mask: String,
    /// One for each sample.
    pub samples: Vec<SampleView>,
}

/// What a mask makes of one number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SampleView {
    /// The sample as given.
    pub given: String,
    /// What the mask makes of it, or why it is skipped.
    pub result: ringside_domain::number::format::Formatted,
}
