//! The list of calls, one call in full, and what is done through a softphone.

use std::sync::Arc;

use jiff::Timestamp;
use ringside_domain::log::LogPolicy;
use ringside_domain::{Call, CallId, CallState, Number, SourceId};
use ringside_protocol::view::{CallFilter, CallPage, CallRow, ImportView, SkippedLine};
use ringside_protocol::{CallDetail, ErrorCode, Fault, Reply};
use ringside_softphone::simulated::{HISTORY, Scenario};
use ringside_softphone::{RecentCall, Softphone, history};
use ringside_store::journal::{CallQuery, Record};

use super::desk::Desk;
use super::{Answer, Controller, Stores, answers};

impl Controller {
    /// Runs `then` once the call is at hand; takes it from the journal if need be.
    pub(super) fn with_call(
        &mut self,
        id: CallId,
        reply: Answer,
        then: impl FnOnce(&mut Self, Answer) + Send + 'static,
    ) {
        if let Some(desk) = self.desks.get_mut(&id) {
            desk.touched_at = Timestamp::now();
            return then(self, reply);
        }
        let no_call = || Fault::new(ErrorCode::NoSuchCall);
        let Some(stores) = self.stores.clone() else { return answers::fault(reply, no_call()) };
        self.spawn(async move { stores.journal.get(id).await }, move |c, found| match found {
            Ok(Some(record)) => {
                if !c.desks.contains_key(&id) {
                    let lookup = c.new_lookup(&record.call);
                    c.desks.insert(id, Desk::from_record(record, lookup));
                    c.look_in_directory(id);
                }
                then(c, reply);
            }
            Ok(None) => answers::fault(reply, no_call()),
            Err(error) => answers::fault(reply, answers::store_fault(&error)),
        });
    }

    pub(super) fn list_calls(
        &self,
        filter: CallFilter,
        query: String,
        before: Option<CallId>,
        limit: Option<u32>,
        reply: Answer,
    ) {
        let limit = limit.unwrap_or(100).clamp(1, 500);
        let Some(stores) = self.stores.clone() else {
            // The keyring is shut: what is at hand is all there is to show.
            let mut calls: Vec<CallRow> =
                self.desks.values().rev().map(|desk| self.call_row(desk)).collect();
            calls.truncate(limit as usize);
            let page = CallPage { calls, ..CallPage::default() };
            let _ = reply.send(Ok(Reply::Calls(page)));
            return;
        };
        let query = CallQuery {
            unlogged: filter == CallFilter::Unlogged,
            missed: filter == CallFilter::Missed,
            text: query,
            before,
            limit: limit + 1,
        };
        let caught_up = self.scribe.catch_up();
        self.spawn(
            async move {
                caught_up.await?;
                let mut records = stores.journal.list(&query).await?;
                name_from_directory(&stores, &mut records)?;
                Ok((records, stores.journal.counts().await?))
            },
            move |c, result: Result<_, ringside_store::Error>| match result {
                Ok((mut records, counts)) => {
                    let more = records.len() > limit as usize;
                    records.truncate(limit as usize);
                    let calls = records
                        .into_iter()
                        .map(|record| match c.desks.get(&record.call.id) {
                            Some(desk) => c.call_row(desk),
                            None => {
                                let lookup = Self::closed_lookup(&record.call);
                                c.call_row(&Desk::from_record(record, lookup))
                            }
                        })
                        .collect();
                    let page =
                        CallPage { calls, more, unlogged: counts.unlogged, missed: counts.missed };
                    let _ = reply.send(Ok(Reply::Calls(page)));
                }
                Err(error) => answers::fault(reply, answers::store_fault(&error)),
            },
        );
    }

    pub(super) fn call_row(&self, desk: &Desk) -> CallRow {
        let call = crate::view::call(&desk.call);
        let face = desk.face();
        CallRow {
            name: face
                .map(|found| found.contact.name.clone())
                .or_else(|| desk.choice.chosen().first().map(|chosen| chosen.name.clone()))
                .or_else(|| call.remote.name.clone()),
            company: face.and_then(|found| found.contact.company.clone()),
            call,
            chosen: desk.choice.chosen().to_vec(),
            fits: u32::try_from(desk.lookup.matches().len()).unwrap_or(u32::MAX),
            note: desk.note.lines().next().map(str::to_owned).filter(|line| !line.is_empty()),
            logs: self.log_views(desk),
            plan: desk.plan(self.log_policy() == LogPolicy::Auto),
        }
    }

    pub(super) fn call_detail(&self, id: CallId, reply: Answer) {
        let Some(desk) = self.desks.get(&id) else {
            return answers::fault(reply, Fault::new(ErrorCode::NoSuchCall));
        };
        let detail = CallDetail { pop: self.pop_view(desk), row: self.call_row(desk) };
        let _ = reply.send(Ok(Reply::Call(detail)));
    }

    /// Answers or ends a call through its softphone.
    pub(super) fn through_softphone(&self, id: CallId, answer: bool, reply: Answer) {
        let found = self.desks.get(&id).and_then(|desk| {
            let key = desk.call.keys.first()?;
            Some((self.sources.get(&key.source)?.softphone.clone(), key.key.clone()))
        });
        let Some((softphone, key)) = found else {
            return answers::fault(reply, Fault::new(ErrorCode::NoSuchCall));
        };
        let capable = softphone.capabilities();
        if (answer && !capable.answer) || (!answer && !capable.hang_up) {
            return answers::fault(reply, Fault::new(ErrorCode::Unsupported).with("what", key));
        }
        self.spawn(
            async move {
                if answer { softphone.answer(&key).await } else { softphone.hang_up(&key).await }
            },
            |_, result| {
                let _ = reply.send(result.map(|()| Reply::Done).map_err(|error| {
                    Fault::new(ErrorCode::SoftphoneRefused).with("reason", error.to_string())
                }));
            },
        );
    }

    /// Plays a scenario that comes with Ringside; `history` takes the simulated past in.
    pub(super) fn simulate(&mut self, name: &str, reply: Answer) {
        if name == HISTORY {
            let softphone: Arc<dyn Softphone> = self.simulated.clone();
            return match self.is_simulated() {
                Ok(()) => self.take_history(softphone, reply),
                Err(fault) => answers::fault(reply, fault),
            };
        }
        match Scenario::named(name) {
            Some(scenario) => self.play(scenario, reply),
            None => {
                answers::fault(reply, Fault::new(ErrorCode::BadRequest).with("reason", name));
            }
        }
    }

    /// Plays a scenario that somebody wrote.
    pub(super) fn simulate_text(&mut self, text: &str, file: Option<String>, reply: Answer) {
        match Scenario::read(text) {
            Ok(scenario) => self.play(scenario, reply),
            Err(bad) => answers::fault(
                reply,
                Fault::new(ErrorCode::BadFile)
                    .with("file", file.unwrap_or_default())
                    .with("line", bad.line.to_string())
                    .with("reason", bad.reason),
            ),
        }
    }

    fn play(&self, scenario: Scenario, reply: Answer) {
        match self.is_simulated() {
            Ok(()) => {
                self.simulated.play(scenario);
                answers::done(reply);
            }
            Err(fault) => answers::fault(reply, fault),
        }
    }

    fn is_simulated(&self) -> Result<(), Fault> {
        let name = super::softphones::SIMULATED;
        let known = self.sources.contains_key(&SourceId::new(name));
        let fault = || Fault::new(ErrorCode::NoSuchSoftphone).with("softphone", name);
        known.then_some(()).ok_or_else(fault)
    }

    fn take_history(&self, softphone: Arc<dyn Softphone>, reply: Answer) {
        let source = softphone.id().clone();
        self.spawn(
            async move { softphone.recent_calls(Timestamp::UNIX_EPOCH).await },
            move |c, calls| match calls {
                Ok(calls) => c.import(&source, calls, Vec::new(), reply),
                Err(error) => answers::fault(
                    reply,
                    Fault::new(ErrorCode::SoftphoneRefused).with("reason", error.to_string()),
                ),
            },
        );
    }

    pub(super) fn import_csv(&self, csv: &str, file: Option<String>, reply: Answer) {
        let file = file.unwrap_or_default();
        match history::read_calls(csv, &jiff::tz::TimeZone::system()) {
            Ok((calls, skipped)) => {
                let skipped = skipped
                    .into_iter()
                    .map(|(line, reason)| SkippedLine {
                        line: u32::try_from(line).unwrap_or(u32::MAX),
                        reason,
                    })
                    .collect();
                self.import(&SourceId::new("import"), calls, skipped, reply);
            }
            Err(error) => answers::fault(
                reply,
                Fault::new(ErrorCode::BadFile)
                    .with("file", file)
                    .with("line", "1")
                    .with("reason", error.to_string()),
            ),
        }
    }

    /// Takes calls of a history in. They are listed, and never logged by themselves.
    fn import(
        &self,
        source: &SourceId,
        calls: Vec<RecentCall>,
        skipped: Vec<SkippedLine>,
        reply: Answer,
    ) {
        let Some(stores) = self.stores.clone() else {
            return answers::fault(reply, Fault::new(ErrorCode::KeyringLocked));
        };
        let records = calls.into_iter().map(|call| self.past_record(source, call)).collect();
        self.spawn(async move { stores.journal.import(records).await }, move |c, result| {
            c.count();
            let reply_with =
                result.map(|(added, known)| Reply::Import(ImportView { added, known, skipped }));
            let _ = reply.send(reply_with.map_err(|error| answers::store_fault(&error)));
        });
    }

    pub(super) fn past_record(&self, source: &SourceId, past: RecentCall) -> Record {
        let answered = past.duration_s > 0;
        let talked = std::time::Duration::from_secs(past.duration_s);
        let ended_at = jiff::SignedDuration::try_from(talked)
            .ok()
            .and_then(|talked| past.started_at.checked_add(talked).ok())
            .unwrap_or(past.started_at);
        let call = Call {
            id: super::rings::new_id(past.started_at),
            revision: 1,
            keys: vec![ringside_domain::call::SourceKey { source: source.clone(), key: past.key }],
            aliases: past.aliases,
            direction: past.direction,
            number: Number::read(&past.remote, &self.numbers()),
            remote: past.remote,
            local: past.local,
            state: CallState::Ended,
            reason: Some(past.result),
            started_at: past.started_at,
            answered_at: answered.then_some(past.started_at),
            ended_at: Some(ended_at),
            talked,
            last_seen_at: ended_at,
            queue: None,
            inferred: None,
            alert: false,
        };
        let mut record = self.new_desk(call).record();
        record.exempt = true;
        record
    }
}

/// Calls that nobody was found for at the time may be known by now: a batch, or a contact made since.
fn name_from_directory(
    stores: &Stores,
    records: &mut [Record],
) -> Result<(), ringside_store::Error> {
    let nameless =
        |record: &&mut Record| record.matches.is_empty() && record.call.number.e164.is_some();
    for record in records.iter_mut().filter(nameless) {
        record.matches = stores.directory.lookup(&record.call.number)?.matches;
    }
    Ok(())
}
