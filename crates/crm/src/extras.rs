//! What some CRMs keep for the agent beside contacts and logs.

use jiff::Timestamp;
use ringside_domain::ContactRef;

/// Somebody to call back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewCallBack {
    /// Whom.
    pub contact: ContactRef,
    /// When; at any time if `None`.
    pub at: Option<Timestamp>,
}

/// Somebody on the list of people to call back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CallBack {
    /// The CRM's id of the entry.
    pub id: String,
    /// Whom. Lists may hold no name and no number: the contact has them.
    pub contact: ContactRef,
    /// When.
    pub at: Option<Timestamp>,
    /// Whether it was done.
    pub state: CallBackState,
}

/// Whether somebody was called back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallBackState {
    /// Not yet.
    Open,
    /// Done, then.
    Called {
        /// When.
        at: Option<Timestamp>,
    },
}

/// A setting that the CRM keeps for its user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerSetting {
    /// The CRM's name of it.
    pub id: String,
    /// The word for people.
    pub label: String,
    /// One sentence under it.
    pub hint: Option<String>,
    /// As it stands.
    pub value: SettingValue,
    /// The values to choose from, each with its word; empty if any will do.
    pub options: Vec<(String, String)>,
    /// The admin has locked it: it is shown and cannot be changed.
    pub locked: bool,
}

/// The value of a [`ServerSetting`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SettingValue {
    /// Yes or no.
    Flag(bool),
    /// A text, a number as text, or one of the options.
    Text(String),
    /// Several of the options.
    List(Vec<String>),
    /// Not set.
    Unset,
}
