//! The journal keeps what it is given, and answers what a list, the outbox and a start ask.

#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use jiff::Timestamp;
use ringside_domain::log::{LogFailure, LogFailureCode};
use ringside_domain::{CallState, EndReason, LogState, Party};
use ringside_store::journal::{CallQuery, Counts, Record};
use ringside_store::{Error, Journal};
use tempfile::TempDir;

fn open(folder: &TempDir) -> Journal {
    let (journal, set_aside) = Journal::open(&folder.path().join("journal.db"), &key()).unwrap();
    assert_eq!(set_aside, None);
    journal
}

fn all() -> CallQuery {
    CallQuery { limit: 100, ..CallQuery::default() }
}

async fn ids(journal: &Journal, query: CallQuery) -> Vec<ringside_domain::CallId> {
    journal.list(&query).await.unwrap().into_iter().map(|r| r.call.id).collect()
}

fn ready() -> LogState {
    LogState::Ready { at: at(20) }
}

fn parked() -> LogState {
    let reason = LogFailure { code: LogFailureCode::Rejected, detail: Some("no".into()) };
    LogState::Parked { reason }
}

fn done() -> LogState {
    LogState::Done { remote_id: "a-1".into(), at: at(30) }
}

fn full(n: u32) -> Record {
    let mut full = record(n, "+14155550123");
    full.call.remote.name = Some("ADA".into());
    full.choice.add(chosen("work", "7", "Ada Lovelace"));
    full.matches = vec![found(contact("work", "7", "Ada Lovelace", &["(415) 555-0123"]))];
    full.auto_log_at = Some(at(60));
    full
}

#[tokio::test]
async fn a_record_comes_back_as_it_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("data/profile/journal.db");
    let key = key();
    let (journal, _) = Journal::open(&path, &key).unwrap();
    let mut written = full(1);
    journal.put_note(id(1), "before the call is written").await.unwrap();
    journal.put(&written).await.unwrap();
    journal.put_note(id(1), "a note\nof two lines — ✓").await.unwrap();
    let log = entry(id(1), "work");
    journal.put_log(&log, &ready()).await.unwrap();
    journal.close().await.unwrap();
    assert!(matches!(journal.get(id(1)).await, Err(Error::Closed)));
    assert!(matches!(journal.put(&written).await, Err(Error::Closed)));

    written.note = "a note\nof two lines — ✓".into();
    written.logs = vec![(log, ready())];
    let (journal, set_aside) = Journal::open(&path, &key).unwrap();
    assert_eq!(set_aside, None);
    assert_eq!(journal.get(id(1)).await.unwrap(), Some(written.clone()));
    assert_eq!(journal.list(&all()).await.unwrap(), vec![written]);
    assert_eq!(journal.get(id(2)).await.unwrap(), None);
}

#[tokio::test]
async fn an_older_snapshot_that_comes_late_changes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let mut newer = full(1);
    newer.call.revision = 5;
    journal.put(&newer).await.unwrap();
    let mut older = record(1, "+14155550199");
    older.call.revision = 4;
    older.call.state = CallState::Ringing;
    journal.put(&older).await.unwrap();
    assert_eq!(journal.get(id(1)).await.unwrap(), Some(newer.clone()));
    // A choice does not raise the call's revision and must come through.
    newer.choice.set(chosen("work", "8", "Ada Byron"));
    newer.declined = true;
    journal.put(&newer).await.unwrap();
    assert_eq!(journal.get(id(1)).await.unwrap(), Some(newer));
}

#[tokio::test]
async fn putting_a_call_leaves_its_note_and_logs() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    journal.put(&record(1, "+14155550123")).await.unwrap();
    journal.put_note(id(1), "typed").await.unwrap();
    journal.put_log(&entry(id(1), "work"), &ready()).await.unwrap();
    journal.put(&record(1, "+14155550123")).await.unwrap();
    let kept = journal.get(id(1)).await.unwrap().unwrap();
    assert_eq!(kept.note, "typed");
    assert_eq!(kept.logs, vec![(entry(id(1), "work"), ready())]);
}

#[tokio::test]
async fn a_log_needs_its_call() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let refused = journal.put_log(&entry(id(1), "work"), &ready()).await;
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
    assert_eq!(journal.outbox().await.unwrap(), vec![]);
}

#[tokio::test]
async fn one_source_key_and_start_is_one_call() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    journal.put(&record(1, "+14155550123")).await.unwrap();
    let mut twin = record(2, "+14155550123");
    twin.call.keys = record(1, "").call.keys;
    twin.call.started_at = at(1);
    let refused = journal.put(&twin).await;
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
    // A source that uses the key again later has another call.
    twin.call.started_at = at(500);
    journal.put(&twin).await.unwrap();
    assert_eq!(ids(&journal, all()).await, vec![id(2), id(1)]);
}

#[tokio::test]
async fn a_state_moves_only_from_the_one_it_was_decided_upon() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    journal.put(&record(1, "+14155550123")).await.unwrap();
    journal.put_log(&entry(id(1), "work"), &ready()).await.unwrap();
    let sending = LogState::Sending { attempt: 1, since: at(25) };
    let work = account("work");
    assert!(!journal.move_log(id(1), &work, &done(), &sending).await.unwrap());
    assert!(!journal.move_log(id(1), &account("home"), &ready(), &sending).await.unwrap());
    assert!(journal.move_log(id(1), &work, &ready(), &sending).await.unwrap());
    assert!(!journal.move_log(id(1), &work, &ready(), &sending).await.unwrap());
    assert_eq!(journal.unsent().await.unwrap(), vec![(entry(id(1), "work"), sending)]);
}

#[tokio::test]
async fn of_two_writers_that_move_a_log_one_wins() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    journal.put(&record(1, "+14155550123")).await.unwrap();
    journal.put_log(&entry(id(1), "work"), &ready()).await.unwrap();
    let tries = (1..=20).map(|attempt| {
        let journal = journal.clone();
        tokio::spawn(async move {
            let sending = LogState::Sending { attempt, since: at(25) };
            journal.move_log(id(1), &account("work"), &ready(), &sending).await.unwrap()
        })
    });
    let mut won = 0;
    for attempt in tries.collect::<Vec<_>>() {
        won += u32::from(attempt.await.unwrap());
    }
    assert_eq!(won, 1);
}

#[tokio::test]
async fn undo_removes_only_what_has_not_been_sent() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let reason = LogFailure { code: LogFailureCode::Unreachable, detail: None };
    let retry =
        |unknown| LogState::Retry { at: at(40), attempt: 1, reason: reason.clone(), unknown };
    let sending = LogState::Sending { attempt: 1, since: at(25) };
    let cases = [
        (LogState::Draft, true),
        (ready(), true),
        (parked(), true),
        (retry(false), true),
        (LogState::Declined, true),
        (retry(true), false),
        (sending, false),
        (done(), false),
        (LogState::Outdated { remote_id: "a-1".into(), at: at(50) }, false),
    ];
    journal.put(&record(1, "+14155550123")).await.unwrap();
    for (state, removed) in cases {
        journal.put_log(&entry(id(1), "work"), &state).await.unwrap();
        journal.remove_log(id(1), &account("work")).await.unwrap();
        let left = journal.get(id(1)).await.unwrap().unwrap().logs;
        assert_eq!(left.is_empty(), removed, "{state:?}");
    }
}

#[tokio::test]
async fn unlogged_is_what_is_left_to_decide_or_to_send() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let unlogged = || CallQuery { unlogged: true, ..all() };
    let mut live = record(1, "+14155550101");
    (live.call.state, live.call.reason, live.call.ended_at) = (CallState::Answered, None, None);
    let mut declined = record(2, "+14155550102");
    declined.declined = true;
    let mut exempt = record(3, "+14155550103");
    exempt.exempt = true;
    for put in [&live, &declined, &exempt, &record(4, "+14155550104")] {
        journal.put(put).await.unwrap();
    }
    assert_eq!(ids(&journal, unlogged()).await, vec![id(4)]);
    // A log on its way still counts, a done one does not, and one of two does.
    journal.put_log(&entry(id(4), "work"), &ready()).await.unwrap();
    assert_eq!(ids(&journal, unlogged()).await, vec![id(4)]);
    assert!(journal.move_log(id(4), &account("work"), &ready(), &done()).await.unwrap());
    assert_eq!(ids(&journal, unlogged()).await, vec![]);
    journal.put_log(&entry(id(4), "home"), &parked()).await.unwrap();
    let counts = Counts { unlogged: 1, missed: 0, parked: 1 };
    assert_eq!(journal.counts().await.unwrap(), counts);
    journal.remove_log(id(4), &account("home")).await.unwrap();
    journal.put_log(&entry(id(4), "other"), &LogState::Declined).await.unwrap();
    assert_eq!(journal.counts().await.unwrap(), Counts::default());
    // The end of the live call makes it one.
    journal.put(&record(1, "+14155550101")).await.unwrap();
    assert_eq!(ids(&journal, unlogged()).await, vec![id(1)]);
    assert_eq!(journal.counts().await.unwrap().unlogged, 1);
}

#[tokio::test]
async fn missed_is_only_what_nobody_took() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let reasons =
        [EndReason::Missed, EndReason::AnsweredElsewhere, EndReason::Rejected, EndReason::Missed];
    for (n, reason) in (1..).zip(reasons) {
        let mut put = record(n, "+14155550123");
        put.call.reason = Some(reason);
        journal.put(&put).await.unwrap();
    }
    let missed = CallQuery { missed: true, ..all() };
    assert_eq!(ids(&journal, missed).await, vec![id(4), id(1)]);
    assert_eq!(journal.counts().await.unwrap().missed, 2);
}

#[tokio::test]
async fn pages_go_back_in_time_without_gap_or_overlap() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    for n in 0..25 {
        let mut put = record(n, "+14155550123");
        // Several calls of one instant: the id decides.
        put.call.started_at = at(i64::from(n / 5));
        journal.put(&put).await.unwrap();
    }
    let (mut seen, mut before) = (Vec::new(), None);
    loop {
        let page = ids(&journal, CallQuery { before, limit: 4, ..all() }).await;
        before = page.last().copied();
        seen.extend(page);
        if before.is_none() {
            break;
        }
    }
    assert_eq!(seen, (0..25).rev().map(id).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_call_is_found_by_name_number_or_note() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let mut chosen_name = record(1, "+14155550101");
    chosen_name.choice.set(chosen("work", "1", "ÉMILE Zola"));
    let mut matched = record(2, "+14155550102");
    matched.matches = vec![found(contact("work", "2", "100% Sure_Thing", &[]))];
    let mut caller = record(3, "+491715550103");
    caller.call.remote = Party { given: "sip:x".into(), name: Some("Grace Hopper".into()) };
    for put in [&chosen_name, &matched, &caller] {
        journal.put(put).await.unwrap();
    }
    journal.put_note(id(2), "ask about the ÄNDERUNG").await.unwrap();
    let cases: [(&str, &[u32]); 12] = [
        ("émile", &[1]),
        (" zola ", &[1]),
        ("änderung", &[2]),
        ("0% s", &[2]),
        ("_", &[2]),
        ("hopper", &[3]),
        ("(415) 555-0102", &[2]),
        ("0171 5550103", &[3]),
        ("0049 171", &[3]),
        ("+1415", &[2, 1]),
        ("nobody", &[]),
        ("", &[3, 2, 1]),
    ];
    for (text, expected) in cases {
        let query = CallQuery { text: text.into(), ..all() };
        let expected: Vec<_> = expected.iter().map(|n| id(*n)).collect();
        assert_eq!(ids(&journal, query).await, expected, "{text:?}");
    }
}

#[tokio::test]
async fn a_start_takes_up_live_calls_and_those_that_log_themselves() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let mut live = record(1, "+14155550101");
    (live.call.state, live.call.reason, live.call.ended_at) = (CallState::Ringing, None, None);
    let mut waits = record(2, "+14155550102");
    waits.auto_log_at = Some(at(70));
    let mut declined = waits.clone();
    declined.call = record(3, "+14155550103").call;
    declined.declined = true;
    for put in [&waits, &live, &declined, &record(4, "+14155550104")] {
        journal.put(put).await.unwrap();
    }
    assert_eq!(journal.open_records().await.unwrap(), vec![live, waits]);
}

#[tokio::test]
async fn the_outbox_is_in_order_and_knows_parked_from_unsent() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    for n in 1..=4 {
        journal.put(&record(n, "+14155550123")).await.unwrap();
    }
    for (n, state) in [(3, ready()), (1, parked()), (2, done()), (4, LogState::Draft)] {
        journal.put_log(&entry(id(n), "work"), &state).await.unwrap();
    }
    // Written again, it keeps its place.
    journal.put_log(&entry(id(3), "work"), &LogState::Draft).await.unwrap();
    let calls = |logs: Vec<(ringside_domain::LogEntry, LogState)>| {
        logs.into_iter().map(|(entry, _)| entry.call).collect::<Vec<_>>()
    };
    assert_eq!(calls(journal.unsent().await.unwrap()), vec![id(3), id(4)]);
    assert_eq!(calls(journal.outbox().await.unwrap()), vec![id(3), id(1), id(4)]);
}

#[tokio::test]
async fn the_last_call_of_a_number_comes_with_its_note() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    for n in [1, 2, 3] {
        journal.put(&record(n, "+14155550123")).await.unwrap();
        journal.put_note(id(n), &format!("note {n}")).await.unwrap();
    }
    journal.put(&record(4, "+14155550199")).await.unwrap();
    let last = |n| journal.last_call("+14155550123", id(n));
    assert_eq!(last(3).await.unwrap(), Some((at(2), "note 2".into())));
    assert_eq!(last(1).await.unwrap(), None);
    // Not written yet: newer than all.
    assert_eq!(last(9).await.unwrap(), Some((at(3), "note 3".into())));
    assert_eq!(journal.last_call("+1999", id(9)).await.unwrap(), None);
}

#[tokio::test]
async fn recent_numbers_are_distinct_and_newest_first() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    for (n, e164) in [(1, "+1"), (2, "+2"), (3, "+3"), (4, "+2"), (5, "+5")] {
        journal.put(&record(n, e164)).await.unwrap();
    }
    let mut hidden = record(6, "anonymous");
    hidden.call.number.e164 = None;
    journal.put(&hidden).await.unwrap();
    assert_eq!(journal.recent_numbers(at(2)).await.unwrap(), vec!["+5", "+2", "+3"]);
    assert!(journal.recent_numbers(Timestamp::MAX).await.unwrap().is_empty());
}

#[tokio::test]
async fn a_history_is_taken_in_once() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let mut live = record(1, "+14155550101");
    live.call.revision = 9;
    journal.put(&live).await.unwrap();
    // The history has it under an id of its own, and a start rounded to the second.
    let mut same = record(11, "+14155550101");
    same.call.keys = live.call.keys.clone();
    let mut fresh = record(12, "+14155550102");
    fresh.note = "from the file".into();
    let history = vec![same, fresh.clone()];
    assert_eq!(journal.import(history.clone()).await.unwrap(), (1, 1));
    assert_eq!(journal.import(history).await.unwrap(), (0, 2));
    assert_eq!(journal.list(&all()).await.unwrap(), vec![fresh, live]);
}

#[tokio::test]
async fn an_import_is_whole_or_not_at_all() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let mut absurd = record(2, "+14155550102");
    absurd.note = "x".repeat(2 << 20);
    let refused = journal.import(vec![record(1, "+14155550101"), absurd]).await;
    assert!(matches!(refused, Err(Error::Database(_))), "{refused:?}");
    assert_eq!(journal.list(&all()).await.unwrap(), vec![]);
}

#[tokio::test]
async fn a_refused_write_takes_nothing_of_the_others_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    let absurd = "x".repeat(2 << 20);
    let (a, b, c) = tokio::join!(
        journal.put_note(id(1), "kept"),
        journal.put_note(id(1), &absurd),
        journal.put_value("pop.place", "10,20"),
    );
    assert!(a.is_ok() && c.is_ok());
    assert!(matches!(b, Err(Error::Database(_))), "{b:?}");
    journal.put(&record(1, "+14155550101")).await.unwrap();
    assert_eq!(journal.get(id(1)).await.unwrap().unwrap().note, "kept");
    assert_eq!(journal.get_value("pop.place").await.unwrap(), Some("10,20".into()));
    assert_eq!(journal.get_value("other").await.unwrap(), None);
}

#[tokio::test]
async fn writes_keep_their_order_though_nobody_waits_in_between() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    journal.put(&record(1, "+14155550101")).await.unwrap();
    let texts: Vec<String> = (0..500).map(|n| format!("note {n}")).collect();
    let writes = futures_in_order(texts.iter().map(|text| journal.put_note(id(1), text)));
    writes.await;
    assert_eq!(journal.get(id(1)).await.unwrap().unwrap().note, "note 499");
}

/// Polls all once in order before waiting for any. A quick disk may have answered by then.
async fn futures_in_order<F: Future<Output = Result<(), Error>>>(all: impl Iterator<Item = F>) {
    let mut waiting = Vec::new();
    for mut one in all.map(Box::pin) {
        let polled = std::future::poll_fn(|cx| std::task::Poll::Ready(one.as_mut().poll(cx)));
        match polled.await {
            std::task::Poll::Ready(written) => written.unwrap(),
            std::task::Poll::Pending => waiting.push(one),
        }
    }
    for one in waiting {
        one.await.unwrap();
    }
}

#[tokio::test]
async fn a_text_message_is_kept_once_and_comes_back_newest_first() {
    use ringside_domain::event::MessageEvent;
    use ringside_domain::{Direction, Moment, Party, SourceId};

    let folder = TempDir::new().unwrap();
    let journal = open(&folder);
    let message = |key: &str, second: i64| MessageEvent {
        source: SourceId::new("ringcentral"),
        key: key.to_owned(),
        direction: Direction::Inbound,
        remote: Party { given: "+14155550123".into(), name: None },
        local: Party::default(),
        text: format!("text {key}"),
        received: Moment {
            wall: jiff::Timestamp::from_second(second).unwrap(),
            mono: std::time::Duration::ZERO,
        },
    };
    for (key, second) in [("1", 10), ("2", 20), ("1", 30)] {
        journal.put_message(&message(key, second)).await.unwrap();
    }
    assert_eq!(journal.messages(10).await.unwrap(), [message("2", 20), message("1", 10)]);
    assert_eq!(journal.messages(1).await.unwrap().len(), 1);
}

#[tokio::test]
async fn a_call_is_found_by_the_ids_of_its_source() {
    let folder = tempfile::tempdir().unwrap();
    let journal = open(&folder);
    for n in 1..=3 {
        let mut record = record(n, "+14155550123");
        record.call.aliases = vec![format!("session-{n}"), "shared".into()];
        journal.put(&record).await.unwrap();
    }
    journal.put_log(&entry(id(1), "work"), &done()).await.unwrap();
    let find = async |source: &str, ids: &[&str]| {
        let ids: Vec<String> = ids.iter().map(|id| (*id).to_owned()).collect();
        let source = ringside_domain::SourceId::new(source);
        journal.known_as(&source, &ids).await.unwrap()
    };
    let found = find("sip", &["key-2", "session-1", "session-9"]).await;
    assert_eq!(found.iter().map(|r| r.call.id).collect::<Vec<_>>(), [id(2), id(1)]);
    assert_eq!(found[1].logs.len(), 1);
    assert_eq!(find("sip", &["shared"]).await.len(), 3);
    assert_eq!(find("other", &["key-2", "session-1"]).await, []);
    assert_eq!(find("sip", &[]).await, []);
}
