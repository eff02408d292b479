//! Whatever is done to the journal, after closing it and opening it again it equals a map.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::collections::BTreeMap;

use common::*;
use proptest::prelude::*;
use ringside_domain::{CallState, EndReason, LogState};
use ringside_store::Journal;
use ringside_store::journal::{CallQuery, Counts, Record};

#[derive(Clone, Debug)]
enum Op {
    Put { call: u32, revision: u64, live: bool, missed: bool, declined: bool },
    Note { call: u32, text: String },
    Log { call: u32, account: &'static str, state: LogState },
    Move { call: u32, account: &'static str, from: LogState, to: LogState },
    Remove { call: u32, account: &'static str },
    Reopen,
}

fn state() -> impl Strategy<Value = LogState> {
    prop_oneof![
        Just(LogState::Draft),
        Just(LogState::Ready { at: at(1) }),
        Just(LogState::Sending { attempt: 1, since: at(2) }),
        Just(LogState::Done { remote_id: "r".into(), at: at(3) }),
        Just(LogState::Declined),
    ]
}

fn op() -> impl Strategy<Value = Op> {
    let call = 0_u32..5;
    let account = prop_oneof![Just("work"), Just("home")];
    prop_oneof![
        4 => (call.clone(), 1_u64..4, any::<[bool; 3]>()).prop_map(|(call, revision, flags)| {
            let [live, missed, declined] = flags;
            Op::Put { call, revision, live, missed, declined }
        }),
        2 => (call.clone(), ".{0,20}").prop_map(|(call, text)| Op::Note { call, text }),
        3 => (call.clone(), account.clone(), state())
            .prop_map(|(call, account, state)| Op::Log { call, account, state }),
        3 => (call.clone(), account.clone(), state(), state())
            .prop_map(|(call, account, from, to)| Op::Move { call, account, from, to }),
        1 => (call, account).prop_map(|(call, account)| Op::Remove { call, account }),
        1 => Just(Op::Reopen),
    ]
}

/// What the journal should hold; notes may be there before their call.
#[derive(Default)]
struct Model {
    records: BTreeMap<u32, Record>,
    notes: BTreeMap<u32, String>,
}

impl Model {
    fn log(&mut self, call: u32, account: &str) -> Option<&mut LogState> {
        let logs = &mut self.records.get_mut(&call)?.logs;
        logs.iter_mut().find(|(e, _)| e.account().as_str() == account).map(|(_, state)| state)
    }

    /// Newest first.
    fn all(&self) -> Vec<Record> {
        self.records
            .iter()
            .rev()
            .map(|(n, record)| Record {
                note: self.notes.get(n).cloned().unwrap_or_default(),
                ..record.clone()
            })
            .collect()
    }
}

fn settled(state: &LogState) -> bool {
    matches!(state, LogState::Done { .. } | LogState::Declined)
}

fn unlogged(record: &Record) -> bool {
    let nothing_left = !record.logs.is_empty() && record.logs.iter().all(|(_, s)| settled(s));
    record.call.is_over() && !record.declined && !nothing_left
}

async fn check(journal: &Journal, model: &Model) {
    let all = model.all();
    let query = CallQuery { limit: 100, ..CallQuery::default() };
    assert_eq!(journal.list(&query).await.unwrap(), all);
    let left: Vec<_> = all.iter().filter(|r| unlogged(r)).cloned().collect();
    let found = journal.list(&CallQuery { unlogged: true, ..query }).await.unwrap();
    assert_eq!(found, left);
    let missed = all.iter().filter(|r| r.call.reason == Some(EndReason::Missed)).count();
    let counts = Counts {
        unlogged: u32::try_from(left.len()).unwrap(),
        missed: u32::try_from(missed).unwrap(),
        parked: 0,
    };
    assert_eq!(journal.counts().await.unwrap(), counts);
    let logs = all.iter().flat_map(|r| &r.logs);
    let waiting = logs.filter(|(_, state)| !settled(state)).count();
    assert_eq!(journal.unsent().await.unwrap().len(), waiting);
}

async fn apply(journal: &Journal, model: &mut Model, op: Op) {
    match op {
        Op::Put { call, revision, live, missed, declined } => {
            let mut put = record(call, "+14155550123");
            put.call.revision = revision;
            put.declined = declined;
            if live {
                (put.call.state, put.call.reason) = (CallState::Ringing, None);
            } else if missed {
                put.call.reason = Some(EndReason::Missed);
            }
            journal.put(&put).await.unwrap();
            match model.records.get_mut(&call) {
                Some(stored) if stored.call.revision > revision => {}
                Some(stored) => *stored = Record { logs: stored.logs.clone(), ..put },
                None => drop(model.records.insert(call, put)),
            }
        }
        Op::Note { call, text } => {
            journal.put_note(id(call), &text).await.unwrap();
            model.notes.insert(call, text);
        }
        Op::Log { call, account, state } => {
            let written = journal.put_log(&entry(id(call), account), &state).await;
            assert_eq!(written.is_ok(), model.records.contains_key(&call));
            if let Some(stored) = model.log(call, account) {
                *stored = state;
            } else if let Some(record) = model.records.get_mut(&call) {
                record.logs.push((entry(id(call), account), state));
            }
        }
        Op::Move { call, account: name, from, to } => {
            let moved = journal.move_log(id(call), &account(name), &from, &to).await.unwrap();
            let stored = model.log(call, name).filter(|state| **state == from);
            assert_eq!(moved, stored.is_some());
            if let Some(stored) = stored {
                *stored = to;
            }
        }
        Op::Remove { call, account: name } => {
            journal.remove_log(id(call), &account(name)).await.unwrap();
            if let Some(record) = model.records.get_mut(&call) {
                record.logs.retain(|(entry, state)| {
                    let sent = matches!(state, LogState::Sending { .. } | LogState::Done { .. });
                    entry.account().as_str() != name || sent
                });
            }
        }
        Op::Reopen => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn the_journal_equals_a_map(ops in prop::collection::vec(op(), 1..40)) {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let path = folder.path().join("journal.db");
            let key = key();
            let (mut journal, _) = Journal::open(&path, &key).unwrap();
            let mut model = Model::default();
            for op in ops.into_iter().chain([Op::Reopen]) {
                let reopen = matches!(op, Op::Reopen);
                apply(&journal, &mut model, op).await;
                if reopen {
                    check(&journal, &model).await;
                    journal.close().await.unwrap();
                    let (again, set_aside) = Journal::open(&path, &key).unwrap();
                    assert_eq!(set_aside, None);
                    journal = again;
                    check(&journal, &model).await;
                }
            }
        });
    }
}
