//! What is logged, when, and the way of an entry through the outbox.

mod tracker_support;

use std::time::Duration;

use jiff::Timestamp;
use proptest::prelude::*;
use ringside_domain::log::{
    BACKOFF_MAX, LogFailure, LogFailureCode, LogPolicy, LogStage, Plan, RETRY_AFTER_MAX, Setback,
    plan,
};
use ringside_domain::settings::LogSettings;
use ringside_domain::{
    AccountId, Association, Call, Choice, Chosen, ContactRef, Direction, EndReason, How, LogEntry,
    LogState, Phase,
};
use tracker_support::{Desk, With, event, seconds, wall};

fn ended(from: &str, reason: EndReason) -> Call {
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Phase::Ringing).from(from));
    if reason == EndReason::Answered {
        desk.hear(&event(2.0, "a", Phase::Answered).from(from));
    }
    desk.hear(&event(65.9, "a", Phase::Ended(reason)).from(from));
    desk.only()
}

fn chosen(how: How) -> Chosen {
    let contact = ContactRef { account: AccountId::new("a"), kind: String::new(), id: "7".into() };
    Chosen { contact, name: "Jane".into(), how }
}

fn choice(how: Option<How>) -> Choice {
    let mut choice = Choice::default();
    if let Some(how) = how {
        choice.set(chosen(how));
    }
    choice
}

#[test]
fn an_entry_says_what_happened() {
    let deal =
        Association { kind: "deal".into(), id: "d1".into(), title: "Roof".into(), detail: None };
    let call = ended("sip:+14155550123@pbx.test", EndReason::Answered);
    let entry = LogEntry::compose(
        &call,
        &chosen(How::Picked),
        "Call from Jane".into(),
        "wants a roof".into(),
        Some(deal.clone()),
        Some("interested".into()),
    );
    let expected = LogEntry {
        call: call.id,
        key: entry.key.clone(),
        contact: chosen(How::Picked).contact,
        contact_name: "Jane".into(),
        how: How::Picked,
        subject: "Call from Jane".into(),
        direction: Direction::Inbound,
        remote_number: "+14155550123".into(),
        local_number: "sip:agent@127.0.0.1:5070".into(),
        started_at: wall(0.0),
        duration_s: 63,
        result: EndReason::Answered,
        note: "wants a roof".into(),
        association: Some(deal),
        disposition: Some("interested".into()),
        fields: std::collections::BTreeMap::new(),
    };
    assert_eq!(entry, expected);
    assert!(entry.key.starts_with(&format!("ringside:{}", call.id)) && entry.key.len() < 100);
}

#[test]
fn a_call_that_is_not_over_is_logged_as_it_stands() {
    let mut desk = Desk::new();
    let result = |desk: &Desk| {
        let entry = LogEntry::compose(
            &desk.only(),
            &chosen(How::Picked),
            String::new(),
            String::new(),
            None,
            None,
        );
        entry.result
    };
    desk.hear(&event(0.0, "a", Phase::Ringing));
    assert_eq!(result(&desk), EndReason::Missed);
    desk.hear(&event(1.0, "a", Phase::Answered));
    assert_eq!(result(&desk), EndReason::Answered);
    let mut desk = Desk::new();
    desk.hear(&event(0.0, "a", Phase::Ringing).outbound());
    assert_eq!(result(&desk), EndReason::NoAnswer);
}

#[test]
fn the_policy_decides() {
    const KNOWN: &str = "sip:+14155550123@pbx.test";
    const HIDDEN: &str = "sip:anonymous@anonymous.invalid";
    const INTERNAL: &str = "sip:101@pbx.test";
    use EndReason::{Answered, AnsweredElsewhere, Lost, Missed};
    use LogPolicy::{Ask, Auto, Never};
    let auto = Plan::Auto { after: Duration::from_secs(30) };
    for (policy, from, reason, how, internal, expected) in [
        (Ask, KNOWN, Answered, None, false, Plan::Ask),
        (Ask, KNOWN, Answered, Some(How::Unique), false, Plan::Ask),
        (Ask, KNOWN, Missed, Some(How::Picked), false, Plan::Ask),
        (Never, KNOWN, Answered, Some(How::Picked), false, Plan::No),
        (Auto, KNOWN, Answered, Some(How::Unique), false, auto),
        (Auto, KNOWN, Missed, Some(How::Unique), false, auto),
        (Auto, KNOWN, Lost, Some(How::Unique), false, auto),
        (Auto, KNOWN, Answered, Some(How::Picked), false, auto),
        (Auto, KNOWN, Answered, Some(How::Created), false, auto),
        (Auto, KNOWN, Answered, Some(How::Remembered), false, Plan::Ask),
        (Auto, KNOWN, Answered, None, false, Plan::Ask),
        (Auto, KNOWN, AnsweredElsewhere, Some(How::Unique), false, Plan::No),
        (Auto, KNOWN, AnsweredElsewhere, Some(How::Picked), false, auto),
        (Ask, HIDDEN, Answered, None, false, Plan::No),
        (Ask, HIDDEN, Answered, Some(How::Picked), false, Plan::Ask),
        (Ask, INTERNAL, Answered, None, false, Plan::No),
        (Ask, INTERNAL, Answered, None, true, Plan::Ask),
        (Auto, INTERNAL, Answered, Some(How::Unique), true, auto),
        (Auto, INTERNAL, Answered, Some(How::Unique), false, Plan::No),
        (Ask, "sip:911@pbx.test", Answered, None, true, Plan::No),
    ] {
        let settings = LogSettings { policy, internal, ..LogSettings::default() };
        let planned = plan(&settings, &ended(from, reason), &choice(how));
        assert_eq!(planned, expected, "{policy:?} {from} {reason:?} {how:?} {internal}");
    }
}

fn setback(code: LogFailureCode) -> Setback {
    Setback { failure: LogFailure { code, detail: None }, unknown: false, retry_after: None }
}

fn sending(attempt: u32) -> LogState {
    LogState::Sending { attempt, since: wall(0.0) }
}

fn retry(at: f64, attempt: u32, code: LogFailureCode, unknown: bool) -> LogState {
    LogState::Retry { at: wall(at), attempt, reason: LogFailure { code, detail: None }, unknown }
}

#[test]
fn the_good_way_leads_from_ready_to_done() {
    let ready = LogState::ready(wall(5.0));
    assert!(ready.can_undo(wall(4.9)) && !ready.can_undo(wall(5.0)));
    assert_eq!(ready.start_sending(wall(4.9)), None, "undo is real");
    let sent = ready.start_sending(wall(5.0)).unwrap();
    assert_eq!(sent, LogState::Sending { attempt: 1, since: wall(5.0) });
    assert_eq!(sent.start_sending(wall(6.0)), None, "one writer");
    assert!(!sent.can_undo(wall(0.0)));
    let done = sent.succeeded("r1".into(), wall(6.0)).unwrap();
    assert!(done.is_final() && !done.needs_person());
    assert_eq!(done.start_sending(wall(9.0)), None);
    assert_eq!(done.failed(setback(LogFailureCode::Unreachable), wall(9.0), 0.5), None);
    assert_eq!(LogState::Draft.succeeded("r1".into(), wall(6.0)), None);
}

#[test]
fn each_failure_has_its_way() {
    use LogFailureCode::*;
    for (code, expected) in [
        (Unreachable, Some((2.0, false))),
        (RateLimited, Some((2.0, false))),
        (BadAnswer, Some((2.0, true))),
        (SignedOut, Some((900.0, false))),
        (NoSecret, Some((900.0, false))),
        (Rejected, None),
        (Forbidden, None),
        (NotFound, None),
        (NoAccount, None),
    ] {
        let state = sending(1).failed(setback(code), wall(0.0), 1.0).unwrap();
        let Some((at, unknown)) = expected else {
            assert!(state.needs_person(), "{code:?}");
            assert_eq!(state.due_at(), None);
            continue;
        };
        assert_eq!(state, retry(at, 1, code, unknown));
        assert_eq!(state.must_reconcile(), unknown);
        let again = state.start_sending(wall(at)).unwrap();
        assert_eq!(again, LogState::Sending { attempt: 2, since: wall(at) });
    }
    let ambiguous = Setback { unknown: true, ..setback(Unreachable) };
    assert!(sending(1).failed(ambiguous, wall(0.0), 0.0).unwrap().must_reconcile());
}

#[test]
fn what_is_in_the_crm_is_never_created_again() {
    let outdated = LogState::Outdated { remote_id: "r1".into(), at: wall(5.0) };
    assert!(outdated.must_reconcile() && !outdated.is_final() && !outdated.can_undo(wall(0.0)));
    assert_eq!(outdated.start_sending(wall(4.0)), None);
    let sent = outdated.start_sending(wall(5.0)).unwrap();
    let unknown = outdated.must_reconcile();
    let failed = Setback { unknown, ..setback(LogFailureCode::SignedOut) };
    assert!(sent.failed(failed, wall(6.0), 0.0).unwrap().must_reconcile());
}

#[test]
fn the_key_names_call_and_account() {
    let call = ended("sip:+14155550123@pbx.test", EndReason::Answered);
    let key = |account: &str| LogEntry::key_for(call.id, &AccountId::new(account));
    assert_eq!(key("a"), key("a"));
    assert_ne!(key("a"), key("b"), "two accounts may be logins of one CRM");
}

#[test]
fn a_crm_may_ask_to_wait_within_reason() {
    let wait = |asked: u64| {
        let setback = Setback {
            retry_after: Some(Duration::from_secs(asked)),
            ..setback(LogFailureCode::RateLimited)
        };
        sending(1).failed(setback, wall(0.0), 0.3).unwrap().due_at().unwrap()
    };
    assert_eq!(wait(120), wall(120.0));
    assert_eq!(wait(0), wall(1.0));
    assert_eq!(wait(u64::MAX), wall(RETRY_AFTER_MAX.as_secs_f64()));
}

#[test]
fn found_on_its_way_at_start_the_outcome_is_unknown() {
    let state = sending(3).recovered(wall(9.0)).unwrap();
    assert!(state.must_reconcile());
    assert_eq!(state.due_at(), Some(wall(9.0)));
    assert_eq!(state.stage(), LogStage::Retry);
    for other in [LogState::Draft, LogState::ready(wall(0.0)), LogState::Declined] {
        assert_eq!(other.recovered(wall(9.0)), None);
    }
}

#[test]
fn what_comes_back_wakes_what_waited_for_it() {
    use LogFailureCode::*;
    let waiting = retry(900.0, 4, SignedOut, true);
    assert_eq!(waiting.woken(wall(1.0)), Some(retry(1.0, 4, SignedOut, true)));
    assert_eq!(retry(60.0, 1, RateLimited, false).woken(wall(1.0)), None);
    assert_eq!(LogState::ready(wall(9.0)).woken(wall(1.0)), None, "the agent may still undo");
}

#[test]
fn a_person_tries_again_and_the_crm_is_asked_first() {
    let parked = sending(2).failed(setback(LogFailureCode::Forbidden), wall(0.0), 0.0).unwrap();
    let state = parked.resumed(wall(50.0)).unwrap();
    assert_eq!(state, retry(50.0, 0, LogFailureCode::Forbidden, true));
    assert_eq!(sending(1).resumed(wall(50.0)), None);
    assert_eq!(LogState::Declined.resumed(wall(50.0)), None);
}

proptest! {
    #[test]
    fn waits_grow_and_stay_bounded(attempt in 1u32.., jitter in any::<f64>()) {
        let at = |attempt, jitter| {
            let state = sending(attempt).failed(setback(LogFailureCode::Unreachable), wall(0.0), jitter);
            state.unwrap().due_at().unwrap()
        };
        let (now, next) = (at(attempt, jitter), at(attempt.saturating_add(1), 0.0));
        prop_assert!(now >= wall(1.0) && now <= wall(BACKOFF_MAX.as_secs_f64()));
        prop_assert!(next >= at(attempt, 0.0));
        prop_assert!(at(attempt, 0.0) <= now && now <= at(attempt, 1.0));
    }

    #[test]
    fn no_moment_is_too_late_to_fail(second in 0i64..253_402_207_200) {
        let now = Timestamp::from_second(second).unwrap();
        let state = sending(40).failed(setback(LogFailureCode::SignedOut), now, 1.0);
        prop_assert!(state.unwrap().due_at().unwrap() >= now);
    }
}

#[test]
fn a_state_survives_the_journal() {
    for state in
        [LogState::ready(wall(1.0)), sending(2), retry(3.0, 1, LogFailureCode::BadAnswer, true)]
    {
        let json = serde_json::to_string(&state).unwrap();
        assert_eq!(serde_json::from_str::<LogState>(&json).unwrap(), state);
    }
    assert_eq!(ended("sip:+14155550123@pbx.test", EndReason::Missed).talked, seconds(0.0));
}
