//! The settings, as the human-editable `config.toml` holds them. Secrets are never among them.

mod validate;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use crate::log::LogPolicy;
use crate::{AccountId, SourceId};

/// Everything that can be set.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// How numbers are read.
    pub numbers: NumberSettings,
    /// How a ring shows.
    pub pop: PopSettings,
    /// When calls are logged.
    pub log: LogSettings,
    /// What is kept, and how fresh.
    pub directory: DirectorySettings,
    /// Connected CRM logins.
    pub accounts: Vec<AccountSettings>,
    /// Softphones to listen to.
    pub softphones: Vec<SoftphoneSettings>,
}

/// How numbers are read.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct NumberSettings {
    /// Region whose national numbers are meant, such as `US`.
    pub region: String,
    /// Runs of 2 to this many digits are internal extensions.
    pub extension_digits: u8,
}

impl Default for NumberSettings {
    fn default() -> Self {
        Self { region: "US".into(), extension_digits: 6 }
    }
}

/// How a ring shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct PopSettings {
    /// Show the pop window.
    pub window: bool,
    /// Show a native notification.
    pub notification: bool,
    /// Pop for outbound calls too.
    pub outbound: bool,
    /// Keyboard shortcut that brings the pop.
    pub shortcut: String,
    /// Keyboard shortcut that brings the window.
    pub window_shortcut: String,
    /// Single letters and digits act in the pop.
    pub single_keys: bool,
    /// Colours.
    pub theme: Theme,
}

impl Default for PopSettings {
    fn default() -> Self {
        Self {
            window: true,
            notification: true,
            outbound: true,
            shortcut: "Ctrl+Alt+R".into(),
            window_shortcut: "Ctrl+Alt+C".into(),
            single_keys: true,
            theme: Theme::System,
        }
    }
}

/// Colours of the windows.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema, TS,
)]
#[serde(rename_all = "snake_case")]
pub enum Theme {
    /// As the desktop says.
    #[default]
    System,
    /// Always light.
    Light,
    /// Always dark.
    Dark,
}

/// When calls are logged.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct LogSettings {
    /// Ask, auto or never.
    pub policy: LogPolicy,
    /// With `auto`: seconds after the end before a call logs itself.
    pub auto_wait_s: u32,
    /// Seconds after "Log now" in which undo is real.
    pub undo_s: u32,
    /// Log calls with extensions too.
    pub internal: bool,
}

impl Default for LogSettings {
    fn default() -> Self {
        Self { policy: LogPolicy::Ask, auto_wait_s: 30, undo_s: 5, internal: false }
    }
}

/// What is kept, and how fresh.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(default, deny_unknown_fields)]
pub struct DirectorySettings {
    /// Seconds during which an answer is not asked for again on a ring of the same number.
    pub fresh_s: u32,
    /// Seconds during which "nobody has this number" is believed.
    pub miss_s: u32,
    /// Remember which of several contacts was chosen for a number.
    pub remember_choices: bool,
}

impl Default for DirectorySettings {
    fn default() -> Self {
        Self { fresh_s: 0, miss_s: 0, remember_choices: true }
    }
}

/// One connected CRM login. Its token lives in the vault, under its id.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(deny_unknown_fields)]
pub struct AccountSettings {
    /// Opaque, unique.
    pub id: AccountId,
    /// Which adapter, such as `example`.
    pub kind: String,
    /// What the agent calls it.
    pub name: String,
    /// Address of the CRM.
    pub url: String,
    /// Which of a server's connectors, where one server speaks for several CRMs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub platform: Option<String>,
    /// A file with certificates (PEM) that this account trusts beside the system's own: an in-house
    /// CRM, or a proxy that looks inside.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<String>,
    /// A proxy for this account alone, as `http://HOST:PORT`; the system's own otherwise.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<String>,
    /// Region of its national numbers, if not the general one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// Alternative formats, in the order they are tried.
    #[serde(default)]
    pub formats: Vec<String>,
    /// Look extensions up too.
    #[serde(default)]
    pub extensions: bool,
    /// Seconds that this account has to answer getContact.
    #[serde(default = "deadline_s")]
    pub deadline_s: u32,
}

fn deadline_s() -> u32 {
    8
}

impl AccountSettings {
    /// An account with nothing set but what it cannot do without.
    pub fn new(
        id: AccountId,
        kind: impl Into<String>,
        name: impl Into<String>,
        url: impl Into<String>,
    ) -> Self {
        Self {
            id,
            kind: kind.into(),
            name: name.into(),
            url: url.into(),
            platform: None,
            ca_file: None,
            proxy: None,
            region: None,
            formats: Vec::new(),
            extensions: false,
            deadline_s: deadline_s(),
        }
    }
}

/// One softphone to listen to.
// serde cannot deny unknown fields beside a flattened enum; the config reader checks the keys.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
pub struct SoftphoneSettings {
    /// Opaque, unique.
    pub id: SourceId,
    /// What the agent calls it.
    pub name: String,
    /// Which one, with its own fields.
    #[serde(flatten)]
    pub kind: SoftphoneKind,
}

/// Which softphone, with its own fields.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SoftphoneKind {
    /// baresip through its `ctrl_tcp` module.
    Baresip {
        /// `HOST:PORT`.
        address: String,
    },
    /// Any softphone that can run a program or open a web address. One serves them all, with the
    /// id [`INLET`].
    Inlet {
        /// Where it listens on this computer.
        #[serde(default = "inlet_port")]
        port: u16,
        /// Minutes of silence after which a call that was only heard to ring counts as over.
        #[serde(default = "ring_limit_min")]
        ring_limit_min: u32,
        /// Minutes of silence after which an answered call counts as over.
        #[serde(default = "talk_limit_min")]
        talk_limit_min: u32,
    },
    /// RingCentral in the cloud: the calls of one extension, on whatever device.
    Ringcentral {
        /// Its platform's address.
        #[serde(default = "ringcentral_server")]
        server: String,
        /// The app that the user or the admin registered there.
        client_id: String,
    },
    /// Twinkle, through a hook in its profile.
    Twinkle {
        /// The file of the profile, such as `/home/me/.twinkle/me.cfg`.
        profile: String,
    },
    /// RingCentral Embeddable, in a window of ours.
    Embeddable {
        /// Where its page is: RingCentral's own, or one of the office.
        #[serde(default = "widget_url")]
        url: String,
    },
    /// The simulated softphone.
    Simulated,
}

fn ringcentral_server() -> String {
    "https://platform.ringcentral.com".into()
}

/// The id of the inlet, of which there is one.
pub const INLET: &str = "inlet";

impl SoftphoneKind {
    /// The inlet with nothing changed.
    pub fn inlet() -> Self {
        Self::Inlet {
            port: inlet_port(),
            ring_limit_min: ring_limit_min(),
            talk_limit_min: talk_limit_min(),
        }
    }
}

/// Below the ports that systems give out by themselves.
fn inlet_port() -> u16 {
    17464
}

fn ring_limit_min() -> u32 {
    10
}

fn talk_limit_min() -> u32 {
    240
}

/// Where RingCentral serves the newest version of its widget.
pub fn widget_url() -> String {
    "https://apps.ringcentral.com/integration/ringcentral-embeddable/latest/app.html".into()
}
