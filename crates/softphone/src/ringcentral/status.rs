//! What RingCentral's telephony sessions say of a party: codes and reasons.
//!
//! Source: the reference of the telephony sessions API and `ringcentral-call-control` 0.2. Voicemail
//! is spelled in three ways there, so that codes are compared without regard to case.

use ringside_domain::EndReason;

/// What a party is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Status {
    /// Routing rules run; inbound, nothing rings yet.
    Setup,
    /// Rings.
    Proceeding,
    Answered,
    /// On hold or parked.
    Held,
    /// The caller hears the greeting, or leaves a message.
    Voicemail,
    /// Goes on elsewhere.
    Gone,
    Disconnected,
}

impl Status {
    /// Reads a code; `None` for one that is none of a conversation, such as of a fax.
    pub(crate) fn read(code: &str) -> Option<Self> {
        Some(match code.to_ascii_lowercase().as_str() {
            "setup" => Self::Setup,
            "proceeding" => Self::Proceeding,
            "answered" => Self::Answered,
            "hold" | "parked" => Self::Held,
            "voicemail" | "voicemailscreening" | "vmscreening" => Self::Voicemail,
            "gone" => Self::Gone,
            "disconnected" => Self::Disconnected,
            _ => return None,
        })
    }

    /// Whether nothing more comes of the party.
    pub(super) fn is_over(self) -> bool {
        matches!(self, Self::Voicemail | Self::Gone | Self::Disconnected)
    }

    /// How far it has come; holding and going on are equals.
    pub(super) fn stage(self) -> u8 {
        match self {
            Self::Setup => 0,
            Self::Proceeding => 1,
            Self::Answered | Self::Held => 2,
            Self::Voicemail => 3,
            Self::Gone | Self::Disconnected => 4,
        }
    }
}

/// What a reason says of a party that never talked. `None` where it says nothing of that.
pub(crate) fn unanswered_because(reason: &str) -> Option<EndReason> {
    Some(match reason.to_ascii_lowercase().as_str() {
        "agentanswered" | "takeover" | "pickup" | "callswitch" | "callflip" | "callredirected"
        | "blindtransfer" | "rcctransfer" | "attendedtransfer" => EndReason::AnsweredElsewhere,
        "rejected" | "callreplied" => EndReason::Rejected,
        "targetbusy" => EndReason::Busy,
        "voicemail" => EndReason::Voicemail,
        "internalerror"
        | "invalidnumber"
        | "internationaldisabled"
        | "destinationblocked"
        | "noroute"
        | "unauthorizedip" => EndReason::Failed,
        _ => return None,
    })
}

/// Whether a party with this reason goes on at another device of the agent, or at another agent.
pub(crate) fn moves(reason: &str) -> bool {
    ["pickup", "callswitch", "callflip"].iter().any(|moved| reason.eq_ignore_ascii_case(moved))
}
