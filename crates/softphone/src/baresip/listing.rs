//! Reads the texts that baresip writes for people: `listcalls` and `callstat`. Its control port has
//! no other way to tell of the calls that are there already.

use std::time::Duration;

/// One line of `listcalls`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Line {
    /// baresip's number of the line, from 1.
    pub(super) number: u32,
    /// Whether commands act on it.
    pub(super) current: bool,
    /// SIP Call-ID; only newer versions print it.
    pub(super) id: Option<String>,
    /// Since the conversation began; 0 before.
    pub(super) duration: Duration,
    /// `INCOMING`, `OUTGOING`, `RINGING`, `EARLY`, `ESTABLISHED`, …
    pub(super) state: String,
    pub(super) on_hold: bool,
    pub(super) peer: String,
}

/// One line of `reginfo`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Account {
    /// Its address of record.
    pub(super) address: String,
    /// Whether commands act on it.
    pub(super) current: bool,
}

/// What `callstat` tells of the current call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Stat {
    pub(super) id: String,
    pub(super) outgoing: bool,
    pub(super) account: String,
    pub(super) peer: String,
    pub(super) name: Option<String>,
}

/// Reads the accounts from `reginfo`; one without an address if it does not say.
pub(super) fn accounts(data: &str) -> Vec<Account> {
    let known = data.lines().filter_map(|line| {
        let (current, line) = match line.strip_prefix('>') {
            Some(rest) => (true, rest),
            None => (false, line),
        };
        let address = line.split_whitespace().next().filter(|a| a.starts_with("sip"))?;
        Some(Account { address: address.to_owned(), current })
    });
    let known: Vec<_> = known.collect();
    if known.is_empty() { vec![Account { address: String::new(), current: true }] } else { known }
}

/// Reads `listcalls`; `None` if it is not such a listing, or not all of its lines can be read.
pub(super) fn lines(data: &str) -> Option<Vec<Line>> {
    if !data.contains("Active calls (") {
        return None;
    }
    data.lines().filter(|text| text.contains("[line ")).map(line).collect()
}

fn line(text: &str) -> Option<Line> {
    let (mark, rest) = text.split_once("[line ")?;
    let (head, rest) = rest.split_once(']')?;
    let (number, id) = match head.split_once(", id ") {
        Some((number, id)) => (number, Some(id.to_owned())),
        None => (head, None),
    };
    let (clock, rest) = rest.trim_start().split_once(' ')?;
    let (state, rest) = rest.trim_start().split_once(' ')?;
    let rest = rest.trim();
    let (on_hold, peer) = match rest.strip_prefix("(on hold)") {
        Some(peer) => (true, peer.trim_start()),
        None => (false, rest),
    };
    Some(Line {
        number: number.trim().parse().ok()?,
        current: mark.contains('>'),
        id,
        duration: duration(clock)?,
        state: state.to_owned(),
        on_hold,
        peer: peer.to_owned(),
    })
}

/// `H:MM:SS`.
fn duration(clock: &str) -> Option<Duration> {
    let mut seconds = 0_u64;
    for part in clock.split(':') {
        seconds = seconds.checked_mul(60)?.checked_add(part.parse().ok()?)?;
    }
    Some(Duration::from_secs(seconds))
}

/// Reads `callstat`; `None` if there is no current call.
pub(super) fn stat(data: &str) -> Option<Stat> {
    // The first of each: what follows further down is up to the remote side.
    let after = |key: &str| data.lines().find_map(|line| line.trim_start().strip_prefix(key));
    let (name, peer) = address(after("peer_uri:")?);
    let (_, account) = address(after("local_uri:").unwrap_or_default());
    let id = after("af=")?.split_once(" id=")?.1.trim();
    (!id.is_empty()).then(|| Stat {
        id: id.to_owned(),
        outgoing: after("direction:").is_some_and(|d| d.trim() == "Outgoing"),
        account: account.to_owned(),
        peer: peer.to_owned(),
        name: (!name.is_empty()).then(|| name.to_owned()),
    })
}

/// `Name <address>`, or an address alone.
fn address(text: &str) -> (&str, &str) {
    let text = text.trim();
    match text.rsplit_once('<') {
        Some((name, address)) => (name.trim(), address.trim_end_matches('>')),
        None => ("", text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_listing_as_recorded() {
        let data = "\n--- Active calls (2) ---\n  [line 1]  0:01:03  ESTABLISHED  (on hold)  sip:+14155550001@pbx.test\n> [line 2]  0:00:00   INCOMING             sip:01144207946 0123@h\n\n";
        let lines = lines(data).unwrap();
        assert_eq!(lines.len(), 2);
        assert_eq!(lines[0].duration, Duration::from_secs(63));
        assert!(lines[0].on_hold && !lines[0].current);
        assert_eq!(lines[1].state, "INCOMING");
        assert_eq!(lines[1].peer, "sip:01144207946 0123@h");
        assert!(lines[1].current && !lines[1].on_hold);
    }

    #[test]
    fn a_listing_of_newer_versions_has_ids() {
        // src/call.c of 4.x: "[line %u, id %s]  %H  %9s  %s  %s".
        let data = "\n--- Active calls (1) ---\n> [line 1, id abc@x]  0:00:00   INCOMING             sip:1@h\n";
        assert_eq!(lines(data).unwrap()[0].id.as_deref(), Some("abc@x"));
    }

    #[test]
    fn no_calls_and_no_listing_are_not_the_same() {
        assert_eq!(lines("\n--- Active calls (0) ---\n\n"), Some(vec![]));
        assert_eq!(lines("command not found (listcalls)\n"), None);
        assert_eq!(lines("--- Active calls (1) ---\n> [line one]  0:00  X  y"), None);
    }

    #[test]
    fn accounts_are_listed() {
        let data = "\n--- User Agents (2) ---\n> sip:agent@h  \n  sip:two@h\n\n";
        let seen: Vec<_> = accounts(data).into_iter().map(|a| (a.address, a.current)).collect();
        assert_eq!(seen, [("sip:agent@h".to_owned(), true), ("sip:two@h".to_owned(), false)]);
        assert_eq!(accounts("command not found (reginfo)").len(), 1);
    }

    #[test]
    fn a_stat_as_recorded() {
        let data = "\n===== Call debug (ESTABLISHED) =====\n local_uri: Agent One <sip:agent@127.0.0.1:5070>\n peer_uri:  Late id=evil <b> <sip:+14155550123@pbx.test>\n af=AF_INET id=late-1@x\n direction: Incoming\nSDP session\n direction: Outgoing\n";
        let stat = stat(data).unwrap();
        assert_eq!(stat.id, "late-1@x");
        assert_eq!(stat.name.as_deref(), Some("Late id=evil <b>"));
        assert_eq!(stat.peer, "sip:+14155550123@pbx.test");
        assert_eq!(stat.account, "sip:agent@127.0.0.1:5070");
        assert!(!stat.outgoing);
        assert_eq!(super::stat("\n(no active calls)\n"), None);
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
            let _ = (lines(&format!("Active calls (1)\n[line {text}")), stat(&text));
        }
    }
}
