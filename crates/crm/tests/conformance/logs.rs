//! Call logs: written, read, changed, found by our key, and with an outcome.

use ringside_crm::RemoteLog;
use ringside_domain::call::EndReason;
use ringside_domain::{CallId, Direction, LogEntry};

use crate::world::*;

/// The only log, with its id, if there is exactly one.
async fn only<W: World>(stage: &Stage<W>) -> (String, serde_json::Value) {
    let mut logs = stage.world.logs().await;
    assert_eq!(logs.len(), 1, "{logs:?}");
    logs.remove(0)
}

/// What reading a log must give back: what a CRM does not keep it leaves out.
fn check_read(log: &RemoteLog, id: &str, entry: &LogEntry) {
    assert_eq!((log.id.as_str(), &log.subject, &log.note), (id, &entry.subject, &entry.note));
    let contact = log.contact.as_ref();
    assert!(contact.is_none_or(|contact| *contact == entry.contact.id), "{log:?}");
    assert!(log.started_at.is_none_or(|at| at == entry.started_at), "{log:?}");
    assert!(log.duration_s.is_none_or(|length| length == entry.duration_s), "{log:?}");
    assert!(log.disposition.is_none() || log.disposition == entry.disposition, "{log:?}");
}

pub(crate) async fn a_log_arrives_in_every_field_and_reads_back<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let entry = entry(&nadia);
    let id = stage.crm.create_call_log(&entry).await.unwrap();
    assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&entry)));
    check_read(&stage.crm.get_call_log(&id).await.unwrap(), &id, &entry);
    assert_eq!(stage.crm.find_call_log(&entry).await.unwrap(), Some(id));
}

pub(crate) async fn an_outbound_call_goes_the_other_way<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let entry = LogEntry {
        direction: Direction::Outbound,
        result: EndReason::NoAnswer,
        association: None,
        duration_s: 0,
        note: String::new(),
        ..entry(&nadia)
    };
    let id = stage.crm.create_call_log(&entry).await.unwrap();
    assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&entry)));
    check_read(&stage.crm.get_call_log(&id).await.unwrap(), &id, &entry);
}

pub(crate) async fn every_result_and_any_text_arrives<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let results = [
        EndReason::Answered,
        EndReason::Missed,
        EndReason::Rejected,
        EndReason::Busy,
        EndReason::Cancelled,
        EndReason::NoAnswer,
        EndReason::AnsweredElsewhere,
        EndReason::Voicemail,
        EndReason::Failed,
        EndReason::Lost,
    ];
    let long = "long ".repeat(1000);
    let notes = [
        "cost is $& or $1 or $$5",
        "- Duration: 5\n- Result: none\n\nringside:x",
        "</li><script>alert(1)</script> & \"x\" 'y'",
        "### AI Note\n## Call details\n**Result**: z\\",
        "zwei\n\n\nAbsätze — ñ 日本語 🙂",
        "null",
        long.trim(),
    ];
    let mut expected = Vec::new();
    for (at, result) in results.into_iter().enumerate() {
        let note = notes[at % notes.len()].to_owned();
        let call = CallId::new(jiff::Timestamp::UNIX_EPOCH, [at as u8; 10]);
        let key = LogEntry::key_for(call, &nadia.reference.account);
        let entry = LogEntry { call, key, result, note, ..entry(&nadia) };
        let id = stage.crm.create_call_log(&entry).await.unwrap();
        check_read(&stage.crm.get_call_log(&id).await.unwrap(), &id, &entry);
        expected.push((id, stage.world.expected_log(&entry)));
    }
    let mut logs = stage.world.logs().await;
    logs.sort_by(|a, b| a.0.cmp(&b.0));
    expected.sort_by(|a, b| a.0.cmp(&b.0));
    assert_eq!(logs, expected);
}

pub(crate) async fn an_update_changes_what_changed_and_nothing_else<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let first = entry(&nadia);
    let id = stage.crm.create_call_log(&first).await.unwrap();
    let changed = LogEntry {
        subject: "Call with Nadia".into(),
        note: "Shorter. $1".into(),
        duration_s: 480,
        association: nadia.associations.get(1).cloned(),
        ..first.clone()
    };
    if !stage.crm.capabilities().update_log {
        stage.denied(stage.crm.update_call_log(&id, &changed)).await;
        return assert_eq!(only(&stage).await, (id, stage.world.expected_log(&first)));
    }
    stage.crm.update_call_log(&id, &changed).await.unwrap();
    assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&changed)));
    check_read(&stage.crm.get_call_log(&id).await.unwrap(), &id, &changed);
    // The same again changes nothing, and the note can go.
    stage.crm.update_call_log(&id, &changed).await.unwrap();
    assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&changed)));
    let emptied = LogEntry { note: String::new(), association: None, ..changed };
    stage.crm.update_call_log(&id, &emptied).await.unwrap();
    assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&emptied)));
    assert_eq!(stage.crm.find_call_log(&emptied).await.unwrap(), Some(id));
}

pub(crate) async fn two_calls_of_one_contact_are_two_logs<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let first = entry(&nadia);
    let call = CallId::new(jiff::Timestamp::UNIX_EPOCH, [8; 10]);
    let key = LogEntry::key_for(call, &nadia.reference.account);
    let second = LogEntry { call, key, note: "The second.".into(), ..first.clone() };
    let one = stage.crm.create_call_log(&first).await.unwrap();
    assert_eq!(stage.crm.find_call_log(&second).await.unwrap(), None);
    let two = stage.crm.create_call_log(&second).await.unwrap();
    assert_ne!(one, two);
    assert_eq!(stage.world.logs().await.len(), 2);
    assert_eq!(stage.crm.find_call_log(&first).await.unwrap(), Some(one));
    assert_eq!(stage.crm.find_call_log(&second).await.unwrap(), Some(two));
}

pub(crate) async fn a_log_that_was_not_answered_is_found_by_its_key_and_there_once<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let entry = entry(&nadia);
    assert_eq!(stage.crm.find_call_log(&entry).await.unwrap(), None);
    let before = stage.writes().await;
    stage.world.fault(Fault::Unanswered { writes: 1 }).await;
    assert_eq!(kind(stage.crm.create_call_log(&entry).await), Kind::Ambiguous);
    assert_eq!(stage.writes().await, before + 1, "a write is never sent twice unasked");
    stage.world.heal().await;
    let found = stage.crm.find_call_log(&entry).await.unwrap().expect("it was written");
    assert_eq!(only(&stage).await, (found, stage.world.expected_log(&entry)));
}

pub(crate) async fn a_log_that_the_crm_refuses_says_why<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let mut entry = entry(&nadia);
    let words = stage.world.spoil(&mut entry).await;
    let refused = stage.crm.create_call_log(&entry).await;
    let said = format!("{refused:?}");
    assert_eq!(kind(refused), Kind::Rejected, "{said}");
    assert!(said.contains(words), "{said}");
    assert!(stage.world.logs().await.is_empty());
}

pub(crate) async fn a_log_that_is_gone_says_so<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let entry = entry(&nadia);
    let id = stage.crm.create_call_log(&entry).await.unwrap();
    let mut gone = vec!["9999999", "../me", "", "1?x=1", "..", "%2e%2e", "a/b"];
    if stage.world.delete_log(&id).await {
        gone.push(&id);
        assert!(stage.world.logs().await.is_empty());
        assert_eq!(stage.crm.find_call_log(&entry).await.unwrap(), None);
    }
    let before = stage.world.logs().await;
    for id in gone {
        assert_eq!(kind(stage.crm.get_call_log(id).await), Kind::NotFound, "{id:?}");
        if stage.crm.capabilities().update_log {
            let update = stage.crm.update_call_log(id, &entry).await;
            assert_eq!(kind(update), Kind::NotFound, "{id:?}");
        }
    }
    assert_eq!(stage.world.logs().await, before);
    if before.is_empty() && W::RELOGS {
        let again = stage.crm.create_call_log(&entry).await.unwrap();
        assert_eq!(only(&stage).await, (again, stage.world.expected_log(&entry)));
    } else if before.is_empty() {
        assert_eq!(kind(stage.crm.create_call_log(&entry).await), Kind::Rejected);
        assert!(stage.world.logs().await.is_empty());
    }
}

pub(crate) async fn every_outcome_arrives_and_can_change<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let capabilities = stage.crm.capabilities();
    let mut entry = entry(&nadia);
    let Some(first) = capabilities.dispositions.first() else {
        assert!(!capabilities.disposition_apart);
        return stage.denied(stage.crm.upsert_disposition("1", &entry)).await;
    };
    entry.disposition = Some(first.clone());
    let id = stage.crm.create_call_log(&entry).await.unwrap();
    let outcomes = capabilities.dispositions.iter().cloned().map(Some).chain([None]);
    if capabilities.disposition_apart {
        // An outcome can be set and changed; such CRMs have no way to take one back.
        for outcome in outcomes.flatten() {
            entry.disposition = Some(outcome);
            stage.crm.upsert_disposition(&id, &entry).await.unwrap();
            assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&entry)));
            check_read(&stage.crm.get_call_log(&id).await.unwrap(), &id, &entry);
        }
        return;
    }
    stage.denied(stage.crm.upsert_disposition(&id, &entry)).await;
    assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&entry)));
    for outcome in outcomes.filter(|_| capabilities.update_log) {
        entry.disposition = outcome;
        stage.crm.update_call_log(&id, &entry).await.unwrap();
        assert_eq!(only(&stage).await, (id.clone(), stage.world.expected_log(&entry)));
        check_read(&stage.crm.get_call_log(&id).await.unwrap(), &id, &entry);
    }
}

pub(crate) async fn a_note_is_left_while_the_call_lasts<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let entry = entry(&nadia);
    if !stage.crm.capabilities().cache_note {
        return stage.denied(stage.crm.cache_note(&entry)).await;
    }
    stage.crm.cache_note(&entry).await.unwrap();
    assert_eq!(stage.world.cached_note(&entry).await, Some(entry.note));
    assert!(stage.world.logs().await.is_empty(), "a note is no log yet");
}
