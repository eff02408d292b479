//! Twinkle, which starts a script for each thing that happens and tells it all in the environment:
//! `TWINKLE_TRIGGER` and one `SIP_…` for each header of the message. Tried with 1.10.2.

pub mod profile;
mod source;

use std::collections::BTreeMap;

use ringside_domain::{CallEvent, Direction, EndReason, Moment, Party, Phase, SourceId};

use crate::decode::{Decode, Ledger, MESSAGE_MAX};
use crate::sip;

pub use source::{Twinkle, environment};

/// The environment of one script, as far as it is Twinkle's.
type Env = BTreeMap<String, String>;

/// The calls that the scripts of one Twinkle tell of.
#[derive(Debug)]
pub struct Hooks {
    calls: Ledger,
}

impl Hooks {
    /// A phone without calls.
    pub fn new(source: SourceId) -> Self {
        Self { calls: Ledger::new(source) }
    }

    /// The calls that live, each with the last that was said of it.
    fn live(&self, now: Moment) -> Vec<CallEvent> {
        let aged = |last: &CallEvent| CallEvent {
            age: now.mono.saturating_sub(last.received.mono),
            received: now,
            ..last.clone()
        };
        self.calls.live().map(aged).collect()
    }

    /// What one run of a script says.
    pub fn ran(&mut self, env: &Env, received: Moment) -> Option<CallEvent> {
        let get = |name: &str| env.get(name).map(String::as_str).filter(|text| !text.is_empty());
        let key = get("SIP_CALL_ID")?;
        let trigger = get("TWINKLE_TRIGGER")?;
        let was = self.calls.get(key);
        let direction = match trigger {
            "in_call" | "in_call_answered" | "in_call_failed" => Direction::Inbound,
            "out_call" | "out_call_answered" | "out_call_failed" => Direction::Outbound,
            // Whoever hangs up sends `From`: who is who was told before.
            _ => was.map_or(Direction::Inbound, |was| was.direction),
        };
        let status = get("SIPSTATUS_CODE").and_then(|code| code.parse().ok()).unwrap_or(0);
        let phase = match trigger {
            "in_call" | "out_call" => Phase::Ringing,
            "in_call_answered" | "out_call_answered" => Phase::Answered,
            "in_call_failed" if is_taken(get("SIP_REASON")) => {
                Phase::Ended(EndReason::AnsweredElsewhere)
            }
            "in_call_failed" | "out_call_failed" => Phase::Ended(sip::failed(status, direction)),
            "local_release" | "remote_release" => Phase::Ended(EndReason::Answered),
            _ => return None,
        };
        let from_us = match trigger {
            "local_release" => true,
            "remote_release" => false,
            _ => direction == Direction::Outbound,
        };
        let asserted = ["SIP_P_ASSERTED_IDENTITY", "SIP_REMOTE_PARTY_ID"].map(get);
        let [from, to] = ["SIP_FROM", "SIP_TO"].map(|name| get(name).map(sip::party));
        let (local, remote) = if from_us {
            (from, to)
        } else {
            (to, sip::identity(asserted).map(|party| named(party, from.as_ref())).or(from))
        };
        let (remote, local) = match was {
            Some(was) => (was.remote.clone(), was.local.clone()),
            None => (remote.unwrap_or_default(), local.unwrap_or_default()),
        };
        let before = was.and_then(|was| was.continues.clone());
        let begins = phase == Phase::Ringing && before.is_none();
        let event = CallEvent {
            aliases: vec![key.to_owned()],
            local,
            continues: before.or_else(|| begins.then(|| self.replaced(&get)).flatten()),
            ..CallEvent::new(self.calls.source(), key, direction, remote, phase, received)
        };
        self.calls.tell(event)
    }

    /// The call that goes on in a new one: named by `Replaces` (RFC 3891), or the conversation with
    /// whom `Referred-By` names (RFC 3892), who transferred the agent.
    fn replaced<'a>(&self, get: &impl Fn(&str) -> Option<&'a str>) -> Option<String> {
        if let Some(old) = get("SIP_REPLACES").and_then(|header| header.split(';').next()) {
            return self.calls.get(old.trim()).map(|old| old.key.clone());
        }
        let by = sip::party(get("SIP_REFERRED_BY")?);
        let mut talking = self.calls.live().filter(|call| self.calls.is_answered(&call.key));
        talking.find(|call| user(&call.remote) == user(&by)).map(|call| call.key.clone())
    }
}

impl Decode for Hooks {
    /// One environment, as a JSON object.
    fn heard(&mut self, env: &str, received: Moment) -> Vec<CallEvent> {
        if env.len() > MESSAGE_MAX {
            return Vec::new();
        }
        let env = serde_json::from_str::<Env>(env).ok();
        env.and_then(|env| self.ran(&env, received)).into_iter().collect()
    }
}

/// `Reason: SIP;cause=200`: another device took it (RFC 3326).
fn is_taken(reason: Option<&str>) -> bool {
    reason.is_some_and(|reason| {
        reason.split(';').any(|part| part.trim().eq_ignore_ascii_case("cause=200"))
    })
}

/// An asserted identity often has no name; the caller's own stands beside it.
fn named(party: Party, from: Option<&Party>) -> Party {
    let name = party.name.or_else(|| from.and_then(|from| from.name.clone()));
    Party { name, ..party }
}

/// The user of an address.
fn user(party: &Party) -> &str {
    let address = party.given.split_once(':').map_or(party.given.as_str(), |(_, rest)| rest);
    address.split(['@', ';']).next().unwrap_or_default()
}
