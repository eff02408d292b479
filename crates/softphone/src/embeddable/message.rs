//! What comes from the widget's frame: one message at a time, read without trust.

use ringside_domain::Region;
use serde_json::Value;

use super::fact::{Fact, Said};
use super::question::{self, Asked};
use crate::field::{flag, id, list, text};

/// Longest message that is read, in bytes. The longest that the widget has a reason to send is a
/// list of a few hundred calls.
pub const MESSAGE_MAX: usize = 512 * 1024;
/// Calls of one list.
const CALLS_MAX: usize = 64;

/// One message.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Message {
    /// About one call.
    Call(Fact),
    /// All calls of the web phone, as asked for.
    WebPhoneCalls(Vec<Fact>),
    /// The extension has no call on any device, or has one.
    Presence { idle: bool },
    /// Somebody is signed in, or nobody; with the region of the account.
    SignedIn { signed_in: bool, region: Option<Region> },
    /// The user's region changed.
    Region(Region),
    /// A page to sign in at wants to be opened.
    SignIn(String),
    /// The web phone has a connection.
    WebPhoneUp,
    /// A question to us.
    Asked(Asked),
    /// The answer to one of our requests.
    Answer { request: String, response: Value },
}

/// Reads one message; `None` for the many that do not concern us, and for junk.
pub(super) fn read(json: &str) -> Option<Message> {
    if json.len() > MESSAGE_MAX {
        return None;
    }
    let message: Value = serde_json::from_str(json).ok()?;
    let call = message.get("call").unwrap_or(&Value::Null);
    let web_phone = |said| Fact::of_web_phone(call, Some(said)).map(Message::Call);
    match message.get("type")?.as_str()? {
        "rc-call-ring-notify" | "rc-call-init-notify" => web_phone(Said::Ringing),
        "rc-call-start-notify" | "rc-call-resume-notify" => web_phone(Said::Answered),
        "rc-call-hold-notify" => web_phone(Said::Held),
        "rc-call-end-notify" => web_phone(Said::Ended(None)),
        "rc-active-call-notify" | "rc-ringout-call-notify" => {
            Fact::of_presence(call).map(Message::Call)
        }
        "rc-telephony-session-notify" => {
            Fact::of_session(message.get("telephonySession")?).map(Message::Call)
        }
        "rc-webphone-sessions-sync" => Some(Message::WebPhoneCalls(
            list(&message, "calls", CALLS_MAX)
                .filter_map(|call| Fact::of_web_phone(call, None))
                .collect(),
        )),
        "rc-adapter-syncPresence" => {
            let status = message.get("telephonyStatus")?.as_str()?;
            Some(Message::Presence { idle: status == "NoCall" })
        }
        "rc-login-status-notify" => Some(Message::SignedIn {
            signed_in: flag(&message, "loggedIn"),
            region: region(&message, "contractedCountryCode"),
        }),
        "rc-region-settings-notify" => region(&message, "countryCode").map(Message::Region),
        "rc-login-popup-notify" => {
            let address = message.get("oAuthUri")?.as_str()?;
            Some(Message::SignIn(address.to_owned()))
        }
        "rc-webphone-connection-status-notify" => {
            let status = text(&message, "connectionStatus")?;
            (status == "connectionStatus-connected").then_some(Message::WebPhoneUp)
        }
        "rc-post-message-request" => question::read(&message).map(Message::Asked),
        "rc-adapter-message-response" => Some(Message::Answer {
            request: id(&message, "responseId")?,
            response: message.get("response")?.clone(),
        }),
        _ => None,
    }
}

fn region(from: &Value, name: &str) -> Option<Region> {
    Region::parse(from.get(name)?.as_str()?)
}
