//! What a channel of ours began with.

use ringside_domain::Party;

use super::message::Message;

/// A channel of our device.
#[derive(Debug)]
pub(super) struct Channel {
    /// What it dialled; `s` or nothing for one that is rung.
    pub(super) exten: String,
    pub(super) linked: String,
    pub(super) line: String,
    /// How a dialling to or from it ended.
    pub(super) status: Option<String>,
}

impl Channel {
    pub(super) fn new(message: &Message) -> Self {
        Self {
            exten: message.get("Exten").to_owned(),
            linked: message.get("Linkedid").to_owned(),
            line: message.get("CallerIDNum").to_owned(),
            status: None,
        }
    }

    pub(super) fn dialled(&self) -> Party {
        Party { given: self.exten.clone(), name: None }
    }
}

/// Whether somebody can have dialled this. `s`, `h` and names are places in the dial plan.
pub(super) fn is_dialable(exten: &str) -> bool {
    exten.chars().any(|c| c.is_ascii_digit())
        && exten.chars().all(|c| c.is_ascii_digit() || "+*#".contains(c))
}

/// A code for the phone system itself, such as the one that picks a call up.
pub(super) fn is_feature(exten: &str) -> bool {
    exten.starts_with(['*', '#'])
}

/// The party that the first filled of these fields show.
pub(super) fn party(message: &Message, numbers: &[&str], names: &[&str]) -> Party {
    let name = message.first(names);
    Party {
        given: message.first(numbers).to_owned(),
        name: Some(name.to_owned()).filter(|name| !name.is_empty()),
    }
}
