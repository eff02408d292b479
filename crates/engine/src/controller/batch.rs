//! Matching of recent calls: every distinct number once, newest first, behind live calls.

use std::collections::VecDeque;
use std::time::Instant;

use jiff::Timestamp;
use ringside_domain::{Number, Party};
use ringside_protocol::view::BatchView;
use ringside_protocol::{ErrorCode, Event, Fault, Reply};
use ringside_store::journal::Record;
use ringside_web::client::Urgency;

use super::lookups::{get_all, request_for};
use super::{Answer, Controller, Stores, answers};

/// A batch in progress.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    view: BatchView,
    queue: VecDeque<String>,
    started: Option<Instant>,
}

impl Controller {
    /// Starts over the calls of the journal; the softphones' histories are taken in first.
    pub(super) fn start_batch(&mut self, limit: Option<u32>, reply: Answer) {
        if self.batch.view.running {
            return self.batch_view(reply);
        }
        let Some(stores) = self.stores.clone() else {
            return answers::fault(reply, Fault::new(ErrorCode::KeyringLocked));
        };
        if self.accounts.values().all(|account| account.crm.is_none()) {
            return answers::fault(reply, Fault::new(ErrorCode::NoSuchAccount).with("account", ""));
        }
        let with_history: Vec<_> = self
            .sources
            .values()
            .filter(|source| source.softphone.capabilities().history)
            .map(|source| source.softphone.clone())
            .collect();
        self.batch = Batch::default();
        self.batch.view.running = true;
        self.batch.started = Some(Instant::now());
        self.spawn(
            async move {
                let mut calls = Vec::new();
                for softphone in with_history {
                    // A softphone that cannot tell its past now leaves the rest to be matched.
                    if let Ok(past) = softphone.recent_calls(Timestamp::UNIX_EPOCH).await {
                        let source = softphone.id().clone();
                        calls.extend(past.into_iter().map(|call| (source.clone(), call)));
                    }
                }
                calls
            },
            move |c, calls| {
                // Each is known by its key, so twice is once.
                let records =
                    calls.into_iter().map(|(source, call)| c.past_record(&source, call)).collect();
                c.match_recent(stores, records, limit, reply);
            },
        );
    }

    fn match_recent(
        &self,
        stores: Stores,
        records: Vec<Record>,
        limit: Option<u32>,
        reply: Answer,
    ) {
        self.spawn(
            async move {
                stores.journal.import(records).await?;
                stores.journal.recent_numbers(Timestamp::UNIX_EPOCH).await
            },
            move |c, numbers| match numbers {
                Ok(mut numbers) => {
                    numbers.truncate(limit.unwrap_or(u32::MAX) as usize);
                    c.batch.view.total = u32::try_from(numbers.len()).unwrap_or(u32::MAX);
                    c.batch.queue = numbers.into();
                    c.batch_view(reply);
                    c.next_in_batch();
                }
                Err(error) => {
                    c.batch = Batch::default();
                    answers::fault(reply, answers::store_fault(&error));
                }
            },
        );
    }

    fn next_in_batch(&mut self) {
        if !self.batch.view.running {
            return;
        }
        let Some(e164) = self.batch.queue.pop_front() else {
            self.batch.view.running = false;
            self.batch.view.seconds_left = Some(0);
            self.emit(Event::Batch(self.batch.view.clone()));
            self.emit(Event::ContactsChanged);
            return;
        };
        let number = Number::read(&Party { given: e164.clone(), name: None }, &self.numbers());
        let questions: Vec<_> = self
            .accounts
            .values()
            .filter_map(|account| {
                let request =
                    request_for(&number, &account.settings.formats, false, Urgency::Background)?;
                let deadline = self.deadline_of(&account.settings.id) * 4;
                Some((account.settings.id.clone(), account.crm.clone()?, request, deadline))
            })
            .collect();
        self.spawn(
            async move {
                let asked =
                    questions.into_iter().map(|(account, crm, request, deadline)| async move {
                        (account, get_all(crm, request, deadline).await)
                    });
                futures::future::join_all(asked).await
            },
            move |c, answers| {
                let (mut found, mut failed) = (0, false);
                for (account, answer) in answers {
                    match answer {
                        Ok(answer) => {
                            found += answer.contacts.len();
                            c.keep_answer(&account, &e164, answer.contacts);
                        }
                        Err(_) => failed = true,
                    }
                }
                c.count_in_batch(found, failed);
                c.next_in_batch();
            },
        );
    }

    fn count_in_batch(&mut self, found: usize, failed: bool) {
        let view = &mut self.batch.view;
        view.done += 1;
        match found {
            0 if failed => view.failed += 1,
            0 => view.not_found += 1,
            1 => view.matched += 1,
            _ => view.several += 1,
        }
        // Honest time left: what the numbers so far have taken, rounded up.
        if let Some(started) = self.batch.started {
            let left = f64::from(view.total.saturating_sub(view.done));
            let each = started.elapsed().as_secs_f64() / f64::from(view.done.max(1));
            #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "bounded")]
            let seconds = (left * each).ceil().clamp(0.0, f64::from(u32::MAX)) as u32;
            view.seconds_left = Some(seconds);
        }
        if self.batch.view.running {
            self.emit(Event::Batch(self.batch.view.clone()));
        }
    }

    pub(super) fn batch_view(&self, reply: Answer) {
        let _ = reply.send(Ok(Reply::Batch(self.batch.view.clone())));
    }

    /// Stops; what was found stays.
    pub(super) fn cancel_batch(&mut self, reply: Answer) {
        if self.batch.view.running {
            self.batch.view.running = false;
            self.batch.view.cancelled = true;
            self.batch.queue.clear();
            self.emit(Event::Batch(self.batch.view.clone()));
        }
        self.batch_view(reply);
    }
}
