//! The task that knows what is on the screen: one notification for each key.

use std::collections::{HashMap, VecDeque};
use std::sync::Arc;

use tokio::sync::mpsc;

use crate::daemon::{Bus, Shown};
use crate::{Notice, Response};

/// Events kept because the id that they name may be on its way.
const EARLY: usize = 32;

/// What the application wants.
pub(crate) enum Order {
    Show(Notice),
    Close(String),
}

/// What a person did, in the daemon's words.
pub(crate) struct Event {
    /// Who says so.
    pub(crate) sender: String,
    /// Which notification.
    pub(crate) id: u32,
    pub(crate) what: What,
}

pub(crate) enum What {
    /// An action; the notification itself is `default`.
    Action(String),
    /// Gone from the screen.
    Closed,
}

/// One key.
#[derive(Default)]
struct Entry {
    shown: Option<Shown>,
    /// A call to the daemon is on its way; the next one waits for its outcome, and it alone.
    busy: bool,
    next: Option<Order>,
    /// Some notice of this key was a ring: its updates stay as long as it.
    rings: bool,
    /// A person put it away.
    put_away: bool,
}

/// What became of a call to the daemon.
struct Outcome {
    key: String,
    shown: Option<Shown>,
}

pub(crate) struct Board {
    bus: Arc<Bus>,
    responses: mpsc::UnboundedSender<Response>,
    entries: HashMap<String, Entry>,
    early: VecDeque<Event>,
    done: mpsc::UnboundedSender<Outcome>,
    outcomes: mpsc::UnboundedReceiver<Outcome>,
}

impl Board {
    pub(crate) fn new(bus: Arc<Bus>, responses: mpsc::UnboundedSender<Response>) -> Self {
        let (done, outcomes) = mpsc::unbounded_channel();
        Self { bus, responses, entries: HashMap::new(), early: VecDeque::new(), done, outcomes }
    }

    /// Runs until the last handle is gone. Waits for no daemon: calls run beside it.
    pub(crate) async fn run(
        mut self,
        mut orders: mpsc::UnboundedReceiver<Order>,
        mut events: mpsc::UnboundedReceiver<Event>,
    ) {
        loop {
            tokio::select! {
                order = orders.recv() => match order {
                    Some(order) => self.order(order),
                    None => return,
                },
                Some(outcome) = self.outcomes.recv() => self.outcome(outcome),
                Some(event) = events.recv() => self.event(event),
            }
        }
    }

    fn order(&mut self, order: Order) {
        let (key, order) = match order {
            Order::Show(mut notice) => {
                let entry = self.entries.entry(notice.key.clone()).or_default();
                if notice.alert {
                    entry.put_away = false;
                    entry.rings = true;
                } else if entry.put_away {
                    return;
                }
                // A ring that was not sent yet must not go silent under its own update.
                let unsent_ring = matches!(&entry.next, Some(Order::Show(next)) if next.alert);
                notice.alert |= unsent_ring;
                (notice.key.clone(), Order::Show(notice))
            }
            Order::Close(key) if self.entries.contains_key(&key) => {
                (key.clone(), Order::Close(key))
            }
            Order::Close(_) => return,
        };
        if let Some(entry) = self.entries.get_mut(&key) {
            entry.next = Some(order);
        }
        self.proceed(&key);
    }

    /// Sends what waits, if nothing of this key is on its way.
    fn proceed(&mut self, key: &str) {
        let Some(entry) = self.entries.get_mut(key) else { return };
        if entry.busy {
            return;
        }
        let Some(order) = entry.next.take() else { return };
        let shown = entry.shown.take();
        let (bus, done, key) = (self.bus.clone(), self.done.clone(), key.to_owned());
        match order {
            Order::Show(notice) => {
                entry.busy = true;
                entry.shown.clone_from(&shown);
                let rings = entry.rings;
                tokio::spawn(async move {
                    let shown = bus.show(&notice, rings, shown).await;
                    let _ = done.send(Outcome { key, shown });
                });
            }
            Order::Close(_) => {
                self.entries.remove(&key);
                if let Some(shown) = shown {
                    tokio::spawn(async move { bus.close(shown).await });
                }
            }
        }
    }

    fn outcome(&mut self, outcome: Outcome) {
        let Some(entry) = self.entries.get_mut(&outcome.key) else { return };
        entry.busy = false;
        entry.shown = outcome.shown;
        for event in std::mem::take(&mut self.early) {
            self.event(event);
        }
        self.proceed(&outcome.key);
    }

    /// Only what the daemon itself says about a notification of ours counts: any program on the
    /// bus can send such an event.
    fn event(&mut self, event: Event) {
        let found = self.entries.iter_mut().find(|(_, entry)| {
            entry.shown.as_ref().is_some_and(|shown| shown.is(&event.sender, event.id))
        });
        let Some((key, entry)) = found else {
            if self.entries.values().any(|entry| entry.busy) {
                if self.early.len() == EARLY {
                    self.early.pop_front();
                }
                self.early.push_back(event);
            }
            return;
        };
        let key = key.clone();
        let response = match event.what {
            What::Action(action) if action == "default" => Response::Opened { key },
            What::Action(action) => Response::Action { key, action },
            What::Closed => {
                entry.shown = None;
                entry.put_away = true;
                if matches!(&entry.next, Some(Order::Show(notice)) if !notice.alert) {
                    entry.next = None;
                }
                Response::Closed { key }
            }
        };
        // Nobody listens any more: the application is ending.
        let _ = self.responses.send(response);
    }
}
