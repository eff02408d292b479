//! From what the engine holds to what a face shows.

mod accounts;
mod hooks;

use ringside_domain::log::LogFailure;
use ringside_domain::{Call, Contact, LogEntry, LogState, Match, text};
use ringside_protocol::At;
use ringside_protocol::view::{CallView, ContactView, LogView, MatchView, RemoteView, WhyView};

pub(crate) use accounts::{abilities, connector, crm_kind};
pub(crate) use hooks::hook;

pub(crate) fn call(call: &Call) -> CallView {
    let over = call.is_over();
    CallView {
        id: call.id,
        state: call.state,
        direction: call.direction,
        source: call
            .keys
            .first()
            .map_or_else(|| ringside_domain::SourceId::new("journal"), |key| key.source.clone()),
        remote: RemoteView {
            number: call.number.clone(),
            name: call
                .remote
                .name
                .as_deref()
                .map(text::display_name)
                .filter(|name| !name.is_empty()),
        },
        line: line(call),
        started_at: At(call.started_at),
        answered_at: call.answered_at.map(At),
        ended_at: call.ended_at.map(At),
        reason: call.reason,
        duration_s: over.then_some(call.talked.as_secs()),
    }
}

/// The agent's line for people: its name, else the user part of its address.
fn line(call: &Call) -> String {
    if let Some(name) = call.local.name.as_deref().map(text::display_name).filter(|n| !n.is_empty())
    {
        return name;
    }
    let given = call.local.given.as_str();
    let user = given.split_once(':').map_or(given, |(_, rest)| rest);
    text::clean(user.split('@').next().unwrap_or(user), text::NAME_MAX)
}

pub(crate) fn matched(found: &Match, can_open: bool) -> MatchView {
    let contact = &found.contact;
    MatchView {
        contact: contact.reference.clone(),
        name: contact.name.clone(),
        company: contact.company.clone(),
        title: contact.title.clone(),
        email: contact.email.clone(),
        last_activity_at: contact.last_activity_at.map(At),
        associations: contact.associations.clone(),
        why: WhyView {
            rule: found.why.rule,
            field: found.why.field.clone(),
            origin: found.why.origin,
            checked_at: At(found.why.checked_at),
        },
        remembered: found.remembered,
        can_open,
    }
}

pub(crate) fn contact(
    contact: &Contact,
    account_name: &str,
    checked_at: jiff::Timestamp,
    can_open: bool,
) -> ContactView {
    ContactView {
        contact: contact.reference.clone(),
        account_name: account_name.to_owned(),
        name: contact.name.clone(),
        company: contact.company.clone(),
        title: contact.title.clone(),
        email: contact.email.clone(),
        phones: contact.phones.clone(),
        associations: contact.associations.clone(),
        last_activity_at: contact.last_activity_at.map(At),
        checked_at: At(checked_at),
        can_open,
    }
}

pub(crate) fn log(entry: &LogEntry, state: &LogState, account_name: &str, open: bool) -> LogView {
    LogView {
        account: entry.account().clone(),
        account_name: account_name.to_owned(),
        contact: entry.contact.clone(),
        contact_name: entry.contact_name.clone(),
        state: state.stage(),
        remote_id: remote_id(state),
        reason: reason(state),
        next_at: next_at(state),
        association: entry.association.clone(),
        disposition: entry.disposition.clone(),
        can_open: open && matches!(state, LogState::Done { .. }),
    }
}

pub(crate) fn remote_id(state: &LogState) -> Option<String> {
    match state {
        LogState::Done { remote_id, .. } => Some(remote_id.clone()),
        _ => None,
    }
}

pub(crate) fn reason(state: &LogState) -> Option<LogFailure> {
    match state {
        LogState::Retry { reason, .. } | LogState::Parked { reason } => Some(reason.clone()),
        _ => None,
    }
}

fn next_at(state: &LogState) -> Option<At> {
    match state {
        LogState::Ready { at } | LogState::Retry { at, .. } => Some(At(*at)),
        _ => None,
    }
}
