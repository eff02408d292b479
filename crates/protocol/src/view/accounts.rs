//! How CRMs are connected, and what some of them keep for their user.

use ringside_domain::ContactRef;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::At;

/// A kind of CRM that can be connected. Its name and its hints stand in the catalogue, under
/// `crm-<kind>`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CrmKindView {
    /// As settings write it.
    pub kind: String,
    /// Its address where it has the same for everybody, or the beginning of one.
    pub address: Option<String>,
    /// The ways to sign in, the best first; empty where the server has to be asked.
    pub sign_in: Vec<SignInView>,
    /// One server speaks for several CRMs: ask `crm_connectors`.
    pub connectors: bool,
}

/// One of the CRMs that a server speaks for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ConnectorView {
    /// As settings write it.
    pub platform: String,
    /// The server's word for it.
    pub name: String,
    /// The ways to sign in.
    pub sign_in: Vec<SignInView>,
}

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "way", rename_all = "snake_case")]
pub enum SignInView {
    /// One API key.
    Key,
    /// A form of the server's own.
    Fields {
        /// What it asks for.
        fields: Vec<SignInFieldView>,
    },
    /// In the system's browser.
    Browser {
        /// It needs an OAuth app of the user's own: id, and a secret if it has one.
        own_app: bool,
        /// The address to register for that app.
        redirect: Option<String>,
        /// What is asked for: the name of each right; why stands in the catalogue under
        /// `scope-<kind>-<name>`.
        scopes: Vec<String>,
    },
}

/// One field of a form to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SignInFieldView {
    /// The server's name of it.
    pub id: String,
    /// The word for people; the server's text.
    pub label: String,
    /// Typed unseen.
    pub secret: bool,
    /// The server refuses the form without it.
    pub required: bool,
}

/// A setting that a CRM keeps for its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct ServerSettingView {
    /// The CRM's name of it.
    pub id: String,
    /// The word for people.
    pub label: String,
    /// One sentence under it.
    pub hint: Option<String>,
    /// A boolean, a text, a list of texts, or null.
    #[ts(type = "unknown")]
    pub value: serde_json::Value,
    /// The values to choose from, each with its word; empty if any will do.
    pub options: Vec<(String, String)>,
    /// The admin has locked it.
    pub locked: bool,
}

/// Somebody to call back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, TS)]
pub struct CallBackView {
    /// The CRM's id of the entry.
    pub id: String,
    /// Whom.
    pub contact: ContactRef,
    /// Their name, where it is known here.
    pub name: Option<String>,
    /// When.
    pub at: Option<At>,
    /// Whether it was done.
    pub called: bool,
}
