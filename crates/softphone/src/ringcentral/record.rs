//! Records of RingCentral's call log, as its API and Embeddable's history have them.

use ringside_domain::{Direction, EndReason, Party};
use serde_json::Value;

use crate::RecentCall;
use crate::field::{id, instant, text};

/// Nobody talks for longer than this.
const DURATION_MAX_S: u64 = 31 * 24 * 3600;

/// One call that is over.
pub(crate) fn read(call: &Value) -> Option<RecentCall> {
    let direction = match call.get("direction")?.as_str()? {
        "Inbound" => Direction::Inbound,
        "Outbound" => Direction::Outbound,
        _ => return None,
    };
    let party = |side: &str, name: &str| {
        let end = call.get(side).unwrap_or(&Value::Null);
        Party {
            given: text(end, "phoneNumber")
                .or_else(|| text(end, "extensionNumber"))
                .unwrap_or_default(),
            name: text(end, "name").or_else(|| text(call, name)),
        }
    };
    let (from, to) = (party("from", "fromName"), party("to", "toName"));
    let (remote, local) = match direction {
        Direction::Inbound => (from, to),
        Direction::Outbound => (to, from),
    };
    let duration_s = call.get("duration").and_then(Value::as_u64).unwrap_or(0);
    let ids = ["telephonySessionId", "sessionId", "partyId", "id"];
    let mut ids = ids.into_iter().filter_map(|name| id(call, name));
    Some(RecentCall {
        // Live calls have the same key.
        key: ids.next()?,
        aliases: ids.collect(),
        direction,
        remote,
        local,
        started_at: instant(call, "startTime")?,
        duration_s: duration_s.min(DURATION_MAX_S),
        result: result(&text(call, "result")?, direction, duration_s > 0),
    })
}

/// Results of the call log (RingCentral API reference, `CallLogRecord.result`).
fn result(told: &str, direction: Direction, talked: bool) -> EndReason {
    match (told, direction) {
        ("Accepted" | "Call connected" | "Call accepted" | "Connected", _) => EndReason::Answered,
        ("Missed", _) => EndReason::Missed,
        ("Voicemail" | "Sent to Voicemail" | "Reply", _) => EndReason::Voicemail,
        ("Rejected" | "Declined", _) => EndReason::Rejected,
        ("Busy", _) => EndReason::Busy,
        ("Answered Elsewhere", _) => EndReason::AnsweredElsewhere,
        ("No Answer", Direction::Outbound) => EndReason::NoAnswer,
        ("Hang Up" | "Hang up" | "Abandoned" | "Cancelled", Direction::Outbound) if !talked => {
            EndReason::Cancelled
        }
        ("Call Failed" | "Wrong Number" | "International Disabled" | "Blocked", _) => {
            EndReason::Failed
        }
        (_, _) if talked => EndReason::Answered,
        (_, Direction::Inbound) => EndReason::Missed,
        (_, Direction::Outbound) => EndReason::NoAnswer,
    }
}
