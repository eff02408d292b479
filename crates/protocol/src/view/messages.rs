//! Text messages as a list shows them.

use ringside_domain::{Direction, SourceId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::At;

/// A text message that a softphone told of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct MessageRow {
    /// The softphone.
    pub source: SourceId,
    /// Seen from the agent.
    pub direction: Direction,
    /// The number of the person outside, as given.
    pub remote: String,
    /// Their name, as the softphone has it.
    pub name: Option<String>,
    /// The text.
    pub text: String,
    /// When it was heard of.
    pub received_at: At,
}
