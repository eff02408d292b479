//! What the widget says of calls, in its three families of events, as one kind of fact.
//!
//! - Web phone (`rc-call-*-notify`, `rc-webphone-sessions-sync`): the leg in this widget, in calling
//!   mode Browser alone. `from` and `to` are texts.
//! - Presence (`rc-active-call-notify`, `rc-ringout-call-notify`): any device of the extension.
//!   `from` and `to` are objects.
//! - Sessions (`rc-telephony-session-notify`): the same with reasons.
//!
//! They share the telephony session's id, which the web phone has as `partyData.sessionId`
//! (ringcentral-embeddable 2.3, `src/modules/Adapter`, and `@ringcentral-integration/commons` 0.14).

use jiff::Timestamp;
use ringside_domain::{Direction, EndReason, Party};
use serde_json::Value;

use crate::field::{flag, id, instant, list, text};
use crate::ringcentral::status::{Status, moves, unanswered_because};

/// More parties than any conference has.
const PARTIES_MAX: usize = 50;

/// Which family of events spoke.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Family {
    WebPhone,
    Presence,
    Session,
}

/// What an event says happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Said {
    Ringing,
    Answered,
    Held,
    /// Over for whoever spoke; the reason where it is told.
    Ended(Option<EndReason>),
}

/// One event about one call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Fact {
    pub(super) family: Family,
    /// Every id of the call, the telephony session's first where it is known.
    pub(super) ids: Vec<String>,
    /// The web phone's own id, by which the widget is told to answer or hang up.
    pub(super) handle: Option<String>,
    pub(super) direction: Direction,
    pub(super) remote: Party,
    pub(super) local: Party,
    pub(super) said: Said,
    pub(super) queue: Option<String>,
    /// The telephony session that the call goes on in: a transfer.
    pub(super) goes_on_in: Option<String>,
    /// By the server's clock.
    pub(super) started: Option<Timestamp>,
}

impl Fact {
    /// An event of the web phone; `said` of those whose name says it.
    pub(super) fn of_web_phone(call: &Value, said: Option<Said>) -> Option<Self> {
        let direction = direction(call)?;
        let said = match said {
            Some(Said::Ended(_)) => Said::Ended(disposition(call)),
            Some(said) => said,
            None => web_phone_status(call)?,
        };
        let from = Party {
            given: text(call, "from").or_else(|| text(call, "fromNumber")).unwrap_or_default(),
            name: text(call, "fromUserName"),
        };
        let to =
            Party { given: text(call, "to").unwrap_or_default(), name: text(call, "toUserName") };
        let (remote, local) = sides(direction, from, to);
        let party = call.get("partyData").unwrap_or(&Value::Null);
        let handle = id(call, "id");
        let ids =
            [id(party, "sessionId"), id(party, "partyId"), id(call, "callId"), handle.clone()];
        Some(Self {
            family: Family::WebPhone,
            ids: ids.into_iter().flatten().collect(),
            handle,
            direction,
            remote,
            local,
            said,
            // "NAME - ", from the header P-Rc-Api-Call-Info.
            queue: text(call, "callQueueName")
                .map(|name| name.trim_end_matches([' ', '-']).to_owned()),
            goes_on_in: None,
            started: instant(call, "startTime").or_else(|| instant(call, "creationTime")),
        })
    }

    /// An active call of the extension's presence.
    pub(super) fn of_presence(call: &Value) -> Option<Self> {
        let direction = direction(call)?;
        let said = match call.get("telephonyStatus")?.as_str()? {
            "Ringing" => Said::Ringing,
            "CallConnected" => Said::Answered,
            "OnHold" | "ParkedCall" => Said::Held,
            // "intermediate" is a step on the way to another device.
            "NoCall" if text(call, "terminationType").as_deref() != Some("intermediate") => {
                Said::Ended(None)
            }
            _ => return None,
        };
        let party = |side: &str, name: &str| {
            let end = call.get(side).unwrap_or(&Value::Null);
            Party {
                given: text(end, "phoneNumber")
                    .or_else(|| text(end, "extensionNumber"))
                    .unwrap_or_default(),
                name: text(call, name).or_else(|| text(end, "name")),
            }
        };
        let (remote, local) = sides(direction, party("from", "fromName"), party("to", "toName"));
        let ids = [id(call, "telephonySessionId"), id(call, "sessionId"), id(call, "partyId")];
        Some(Self {
            family: Family::Presence,
            ids: ids.into_iter().flatten().collect(),
            handle: None,
            direction,
            remote,
            local,
            said,
            queue: flag(call, "queueCall").then(String::new),
            goes_on_in: None,
            started: instant(call, "startTime"),
        })
    }

    /// A telephony session, seen from our own party in it.
    pub(super) fn of_session(session: &Value) -> Option<Self> {
        let ours = own_party(session)?;
        let direction = direction(ours)?;
        let status = ours.get("status").unwrap_or(&Value::Null);
        let reason = text(status, "reason").unwrap_or_default();
        let said = match Status::read(&text(status, "code")?)? {
            // An inbound call in `Setup` is still being routed.
            Status::Setup if direction == Direction::Inbound => return None,
            Status::Setup | Status::Proceeding => Said::Ringing,
            Status::Answered => Said::Answered,
            Status::Held => Said::Held,
            Status::Voicemail => Said::Ended(Some(EndReason::Voicemail)),
            // The call goes on at another device or in another session.
            Status::Gone | Status::Disconnected if moves(&reason) => return None,
            Status::Gone => Said::Ended(None),
            Status::Disconnected => {
                let missed = flag(ours, "missedCall").then_some(EndReason::Missed);
                Said::Ended(unanswered_because(&reason).or(missed))
            }
        };
        let party = |side: &str| {
            let end = ours.get(side).unwrap_or(&Value::Null);
            Party {
                given: text(end, "phoneNumber")
                    .or_else(|| text(end, "extensionNumber"))
                    .unwrap_or_default(),
                name: text(end, "name"),
            }
        };
        let (remote, local) = sides(direction, party("from"), party("to"));
        let ids = [id(session, "id"), id(session, "sessionId"), id(ours, "id")];
        Some(Self {
            family: Family::Session,
            ids: ids.into_iter().flatten().collect(),
            handle: None,
            direction,
            remote,
            local,
            said,
            queue: (flag(ours, "queueCall") || flag(session, "queueCall")).then(String::new),
            goes_on_in: status.get("peerId").and_then(|peer| id(peer, "telephonySessionId")),
            started: instant(session, "creationTime"),
        })
    }
}

fn direction(call: &Value) -> Option<Direction> {
    match call.get("direction")?.as_str()? {
        "Inbound" => Some(Direction::Inbound),
        "Outbound" => Some(Direction::Outbound),
        _ => None,
    }
}

/// Remote and local party.
fn sides(direction: Direction, from: Party, to: Party) -> (Party, Party) {
    match direction {
        Direction::Inbound => (from, to),
        Direction::Outbound => (to, from),
    }
}

/// The state of a web phone's call as a list of them tells it.
fn web_phone_status(call: &Value) -> Option<Said> {
    match call.get("callStatus")?.as_str()?.strip_prefix("webphone-session-")? {
        "setup" | "connecting" => Some(Said::Ringing),
        _ if flag(call, "isOnHold") => Some(Said::Held),
        "connected" | "onMute" => Some(Said::Answered),
        "onHold" => Some(Said::Held),
        _ => None,
    }
}

/// What the agent did with a call that rang here.
fn disposition(call: &Value) -> Option<EndReason> {
    if flag(call, "isToVoicemail") {
        Some(EndReason::Voicemail)
    } else if flag(call, "isForwarded") {
        Some(EndReason::AnsweredElsewhere)
    } else if flag(call, "isReplied") {
        Some(EndReason::Rejected)
    } else {
        None
    }
}

/// The party with our extension; the only one of an extension where ours is not named.
fn own_party(session: &Value) -> Option<&Value> {
    let parties = || list(session, "parties", PARTIES_MAX);
    if let Some(own) = id(session, "extensionId") {
        // A flip leaves the party that is gone beside the new one.
        return parties().filter(|party| id(party, "extensionId").as_deref() == Some(&own)).last();
    }
    let mut of_extensions = parties().filter(|party| id(party, "extensionId").is_some());
    let only = of_extensions.next()?;
    of_extensions.next().is_none().then_some(only)
}
