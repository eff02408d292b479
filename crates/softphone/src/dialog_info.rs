//! Watching an extension: the documents of RFC 4235 (`application/dialog-info+xml`) that phone
//! systems send for busy-lamp fields. Tried with those of Kamailio 5.6.
//!
//! A document may list a dialog again and again, also after its end, and beside a newer one; copies
//! of one document come from every subscription. States only rise, so that no version is needed.

use std::collections::HashMap;
use std::time::Duration;

use ringside_domain::{CallEvent, Direction, EndReason, Moment, Party, Phase, SourceId};
use roxmltree::{Document, Node, ParsingOptions};
use uuid::Uuid;

use crate::decode::{Decode, Ledger, MESSAGE_MAX};
use crate::sip;

/// More dialogs than one extension has.
const DIALOGS_MAX: usize = 64;
/// Most dialogs that are remembered, live or over.
const KNOWN_MAX: usize = 256;
/// Most parts of a document.
const NODES_MAX: u32 = 20_000;
/// Documents of parallel subscriptions pass each other: a dialog that one of them does not list is
/// over unless another lists it again soon.
const UNLISTED: Duration = Duration::from_secs(2);

/// The dialogs of one watched extension.
#[derive(Debug)]
pub struct Dialogs {
    calls: Ledger,
    /// By the `id` of the dialog, which some phone systems use again for every call.
    known: HashMap<String, Dialog>,
    /// Makes keys unique where a phone system tells no Call-ID.
    run: Uuid,
    made: u64,
}

#[derive(Clone, Debug)]
struct Dialog {
    key: String,
    call_id: Option<String>,
    over: bool,
    heard: u64,
}

/// One `<dialog>`, as far as it tells of a call.
struct Told<'a> {
    id: &'a str,
    call_id: Option<&'a str>,
    direction: Option<Direction>,
    state: State,
    remote: Party,
    local: Party,
    replaces: Option<&'a str>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// Under way, and nobody hears it yet.
    Trying,
    Ringing,
    Talking,
    Held,
    Over(Option<EndReason>),
}

impl Dialogs {
    /// An extension without calls.
    pub fn new(source: SourceId) -> Self {
        let (calls, known) = (Ledger::new(source), HashMap::new());
        Self { calls, known, run: Uuid::now_v7(), made: 0 }
    }

    fn take(&mut self, told: Told<'_>, received: Moment) -> Option<CallEvent> {
        let over = matches!(told.state, State::Over(_));
        let dialog = match self.known.get(told.id) {
            // A repeated end, or a late word from before it.
            Some(dialog) if dialog.over && (over || is_same(dialog, &told)) => return None,
            Some(dialog) if !dialog.over && is_same(dialog, &told) => dialog.clone(),
            // An end that we hear of first is the last call of before we came.
            _ if over => return None,
            _ => self.meet(&told),
        };
        let key = dialog.key.as_str();
        let was = self.calls.get(key);
        let direction =
            told.direction.or(was.map(|was| was.direction)).unwrap_or(Direction::Inbound);
        let phase = match told.state {
            State::Trying if direction == Direction::Inbound => return None,
            State::Trying | State::Ringing => Phase::Ringing,
            State::Talking if was.is_some_and(|was| was.phase == Phase::Held) => Phase::Resumed,
            State::Talking if was.is_some_and(|was| was.phase == Phase::Resumed) => return None,
            State::Talking => Phase::Answered,
            State::Held => Phase::Held,
            State::Over(reason) => {
                if let Some(dialog) = self.known.get_mut(told.id) {
                    dialog.over = true;
                }
                return self.calls.end(key, unanswered(reason, direction), received);
            }
        };
        let before = was.map(|was| (was.remote.clone(), was.local.clone())).unwrap_or_default();
        let event = CallEvent {
            aliases: dialog.call_id.clone().into_iter().collect(),
            local: either(told.local, before.1),
            continues: self.replaced(told.replaces).or(was.and_then(|was| was.continues.clone())),
            ..CallEvent::new(
                self.calls.source(),
                key,
                direction,
                either(told.remote, before.0),
                phase,
                received,
            )
        };
        self.calls.tell(event)
    }

    /// A dialog that is new to us.
    fn meet(&mut self, told: &Told<'_>) -> Dialog {
        self.made += 1;
        let key = match told.call_id {
            // The same after a restart of ours.
            Some(call_id) => format!("{} {call_id}", told.id),
            None => format!("{} {}-{}", told.id, self.run, self.made),
        };
        let call_id = told.call_id.map(str::to_owned);
        let dialog = Dialog { key, call_id, over: false, heard: self.made };
        if self.known.len() >= KNOWN_MAX
            && let Some(oldest) = self
                .known
                .iter()
                .min_by_key(|(_, dialog)| (!dialog.over, dialog.heard))
                .map(|(id, _)| id.clone())
        {
            self.known.remove(&oldest);
        }
        self.known.insert(told.id.to_owned(), dialog.clone());
        dialog
    }

    /// The key of the dialog that a new one replaces: a transfer or a pickup.
    fn replaced(&self, call_id: Option<&str>) -> Option<String> {
        let call_id = call_id?;
        let old = self.known.values().find(|known| known.call_id.as_deref() == Some(call_id));
        old.map(|old| old.key.clone())
    }

    /// Ends what a full list no longer has.
    fn leave_unlisted(&mut self, listed: &[&str], received: Moment) -> Vec<CallEvent> {
        let known = self.known.iter().filter(|(id, _)| !listed.contains(&id.as_str()));
        let gone: Vec<String> = known.map(|(_, dialog)| dialog.key.clone()).collect();
        gone.iter()
            .filter_map(|key| {
                let missed = unanswered(None, self.calls.get(key)?.direction);
                // The dialog stays known: another document may list it again.
                let ended = self.calls.end(key, missed, received)?;
                Some(CallEvent { final_after: UNLISTED, ..ended })
            })
            .collect()
    }
}

impl Decode for Dialogs {
    /// The body of one NOTIFY, which may be empty.
    fn heard(&mut self, body: &str, received: Moment) -> Vec<CallEvent> {
        let options = ParsingOptions { nodes_limit: NODES_MAX, ..ParsingOptions::default() };
        if body.len() > MESSAGE_MAX {
            return Vec::new();
        }
        let Ok(document) = Document::parse_with_options(body.trim_start(), options) else {
            return Vec::new();
        };
        let root = document.root_element();
        if root.tag_name().name() != "dialog-info" {
            return Vec::new();
        }
        let entity = root.attribute("entity").unwrap_or_default();
        let told: Vec<_> = root
            .children()
            .filter(|node| node.tag_name().name() == "dialog")
            .take(DIALOGS_MAX)
            .filter_map(|node| read(node, entity))
            .collect();
        let listed: Vec<&str> = told.iter().map(|told| told.id).collect();
        let full = root.attribute("state").is_none_or(|state| state.eq_ignore_ascii_case("full"));
        let mut events = if full { self.leave_unlisted(&listed, received) } else { Vec::new() };
        events.extend(told.into_iter().filter_map(|told| self.take(told, received)));
        events
    }
}

/// Whether it is the dialog that we know under this id. Some documents leave the Call-ID out after
/// the first.
fn is_same(dialog: &Dialog, told: &Told<'_>) -> bool {
    match (&dialog.call_id, told.call_id) {
        (Some(known), Some(call_id)) => known == call_id,
        // An id without a Call-ID is used again: what was over is another call.
        _ => !dialog.over,
    }
}

fn read<'a>(node: Node<'a, 'a>, entity: &'a str) -> Option<Told<'a>> {
    let id = node.attribute("id").filter(|id| !id.is_empty())?;
    let filled = |name| node.attribute(name).filter(|text| !text.is_empty());
    let remote = child(node, "remote").map(party).unwrap_or_default();
    let local = child(node, "local").map(party).unwrap_or_default();
    let own = Party { given: entity.to_owned(), name: None };
    let replaces = child(node, "replaces").and_then(|node| node.attribute("call-id"));
    let direction = filled("direction").map(|direction| {
        let initiator = direction.eq_ignore_ascii_case("initiator");
        if initiator { Direction::Outbound } else { Direction::Inbound }
    });
    let state = child(node, "state")?;
    Some(Told {
        id,
        call_id: filled("call-id"),
        direction,
        state: read_state(state, is_on_hold(node))?,
        remote,
        local: either(local, own),
        replaces,
    })
}

fn read_state(state: Node<'_, '_>, held: bool) -> Option<State> {
    let name = state.text().unwrap_or_default().trim().to_ascii_lowercase();
    Some(match name.as_str() {
        "trying" => State::Trying,
        "proceeding" | "early" => State::Ringing,
        "confirmed" if held => State::Held,
        "confirmed" => State::Talking,
        "terminated" => State::Over(end(state)),
        _ => return None,
    })
}

/// Why a dialog ended, where the phone system says so (RFC 4235 §3.7.1); most do not.
fn end(state: Node<'_, '_>) -> Option<EndReason> {
    let code = state.attribute("code").and_then(|code| code.parse::<u16>().ok());
    match (state.attribute("event")?.to_ascii_lowercase().as_str(), code) {
        ("replaced", _) => Some(EndReason::AnsweredElsewhere),
        ("rejected", Some(code @ 400..)) => Some(sip::failed(code, Direction::Outbound)),
        ("rejected", _) => Some(EndReason::Rejected),
        ("cancelled", _) => Some(EndReason::Cancelled),
        ("timeout", _) => Some(EndReason::NoAnswer),
        ("error", _) => Some(EndReason::Failed),
        _ => None,
    }
}

fn unanswered(told: Option<EndReason>, direction: Direction) -> EndReason {
    match (told, direction) {
        (None | Some(EndReason::Cancelled | EndReason::NoAnswer), Direction::Inbound) => {
            EndReason::Missed
        }
        // What a phone answers to the caller is what its owner did.
        (Some(EndReason::Busy), Direction::Inbound) => EndReason::Rejected,
        (Some(reason), _) => reason,
        (None, Direction::Outbound) => EndReason::NoAnswer,
    }
}

/// RFC 4235 §4.1.6.2 and RFC 3840: an end that does not render media is on hold.
fn is_on_hold(dialog: Node<'_, '_>) -> bool {
    let params = dialog.descendants().filter(|node| node.tag_name().name() == "param");
    let mut rendering = params.filter(|node| node.attribute("pname") == Some("+sip.rendering"));
    rendering.any(|node| node.attribute("pval") == Some("no"))
}

fn child<'a>(node: Node<'a, 'a>, name: &str) -> Option<Node<'a, 'a>> {
    node.children().find(|child| child.tag_name().name() == name)
}

/// `<identity display="Jane">sip:…</identity>`, else the address it is reached at.
fn party(node: Node<'_, '_>) -> Party {
    let identity = child(node, "identity");
    let target = || child(node, "target").and_then(|target| target.attribute("uri"));
    let given = identity.and_then(|identity| identity.text()).map(str::trim);
    let given = given.filter(|given| !given.is_empty()).or_else(target).unwrap_or_default();
    let name = identity.and_then(|identity| identity.attribute("display"));
    let name = name.map(str::trim).filter(|name| !name.is_empty());
    Party { given: given.to_owned(), name: name.map(str::to_owned) }
}

fn either(party: Party, other: Party) -> Party {
    if party.given.is_empty() { other } else { party }
}
