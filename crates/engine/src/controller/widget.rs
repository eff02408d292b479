//! A softphone whose page runs in a window of ours: its words, its questions, and what it is told.
//!
//! The page gets nothing but the answers to its own questions. What it asks goes the way of every
//! other face: the directory at once, the CRMs behind it, a decision by the agent alone.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use futures::StreamExt;
use jiff::Timestamp;
use ringside_domain::settings::SoftphoneSettings;
use ringside_domain::{Call, CallId, Contact, ContactRef, Number, Party, SourceId, text};
use ringside_protocol::{ErrorCode, Fault};
use ringside_softphone::embeddable::{
    Answer as ToWidget, Aside, Asked, Card, Embeddable, LogCall, Question, WidgetAddress, Word,
};
use ringside_web::client::Urgency;
use serde_json::json;
use tokio::sync::oneshot;

use super::contacts::ask_all;
use super::{Answer, Controller, Tick, answers};
use crate::desktop::WidgetWindow;

/// Contacts of one page.
const PAGE: u32 = 500;
/// The widget holds all that it is given in its memory, and asks for page after page.
const CONTACTS_MAX: u32 = 5_000;
/// Contacts that a search in the widget shows.
const FOUND_MAX: u32 = 50;
/// The widget waits 3 s for a search where its version names no time.
const SEARCH_MAX: Duration = Duration::from_millis(2_500);
/// The widget waits 30 s for matches; what is not known by then it is told later.
const MATCH_MAX: Duration = Duration::from_secs(25);
/// Numbers that the CRMs are asked about at once: those of the widget's history are in no hurry.
const ASK_AT_ONCE: usize = 2;
/// Nobody had the number when last asked: believed this long, unless a person asks.
const MISS_BELIEVED_S: i64 = 24 * 3600;
/// Numbers of the widget that are remembered, to tell it when they are known.
const SHOWN_MAX: usize = 1_000;

/// The widget that is listened to.
pub(crate) struct Widget {
    softphone: Arc<Embeddable>,
    window: WidgetWindow,
    /// Numbers that it has asked about, in E.164.
    shown: BTreeSet<String>,
    /// Those of them that are being asked for on its behalf.
    asking: BTreeSet<String>,
}

impl Controller {
    /// Begins to listen to the widget. Its window opens behind the others, if this face has one.
    pub(super) fn start_widget(
        &mut self,
        settings: &SoftphoneSettings,
        address: WidgetAddress,
    ) -> Arc<Embeddable> {
        let window = WidgetWindow { title: settings.name.clone(), origin: address.origin() };
        let log_title = ringside_words::text("widget-log");
        let (softphone, mut asides) = Embeddable::new(settings.id.clone(), address, log_title);
        let softphone = Arc::new(softphone);
        let (ticks, own) = (self.ticks.clone(), Arc::downgrade(&softphone));
        tokio::spawn(async move {
            while let Some(aside) = asides.recv().await {
                let own = own.clone();
                let then = move |c: &mut Self| {
                    // What a widget said that is not listened to any more is void.
                    let now = c.widget.as_ref().map(|widget| Arc::as_ptr(&widget.softphone));
                    if now == Some(own.as_ptr()) {
                        c.widget_aside(aside);
                    }
                };
                if ticks.send(Tick::Then(Box::new(then))).is_err() {
                    break;
                }
            }
        });
        self.desktop.open_widget(&window, false);
        let (shown, asking) = (BTreeSet::new(), BTreeSet::new());
        self.widget = Some(Widget { softphone: softphone.clone(), window, shown, asking });
        softphone
    }

    /// The softphone is not listened to any more.
    pub(super) fn stop_widget(&mut self, id: &SourceId) {
        use ringside_softphone::Softphone;
        if self.widget.take_if(|widget| widget.softphone.id() == id).is_some() {
            self.desktop.close_widget();
        }
    }

    /// Brings its window to the front.
    pub(super) fn open_widget(&self, reply: Answer) {
        let Some(widget) = &self.widget else {
            let fault = Fault::new(ErrorCode::NoSuchSoftphone);
            return answers::fault(reply, fault.with("softphone", "embeddable"));
        };
        if self.desktop.open_widget(&widget.window, true) {
            answers::done(reply);
        } else {
            answers::fault(reply, Fault::new(ErrorCode::Unsupported).with("what", "window"));
        }
    }

    /// The name of its window, if there is one.
    pub(super) fn widget_title(&self) -> Option<String> {
        self.widget.as_ref().map(|widget| widget.window.title.clone())
    }

    /// What its window tells.
    pub(super) fn widget_word(&self, word: Word) {
        if let Some(widget) = &self.widget {
            widget.softphone.hear(word);
        }
    }

    fn widget_aside(&mut self, aside: Aside) {
        match aside {
            Aside::Load(address) => {
                let load = json!({ "load": address.page(), "origin": address.origin() });
                self.desktop.tell_widget(&load.to_string());
            }
            Aside::Post(message) => {
                self.desktop.tell_widget(&json!({ "post": message }).to_string());
            }
            Aside::Asked(asked) => self.widget_asked(asked),
            Aside::Region(region) => {
                if self.config.suggest_region(&region) {
                    self.settings_changed();
                }
            }
            Aside::SignIn(url) => {
                self.desktop.open_url(&url);
                self.desktop.tell_widget(&json!({ "sign_in": true }).to_string());
            }
        }
    }

    fn widget_asked(&mut self, asked: Asked) {
        match asked.question.clone() {
            Question::Contacts { page, since } => self.widget_contacts(asked, page, since),
            Question::Search(query) => self.widget_search(asked, &query),
            Question::Match { numbers, by_hand } => self.widget_match(asked, numbers, by_hand),
            Question::View(contact) => {
                self.widget_answer(&asked, &ToWidget::Done);
                self.widget_view(&contact);
            }
            Question::Log(call) => {
                // It only wants to know that somebody took it.
                self.widget_answer(&asked, &ToWidget::Done);
                if call.by_hand {
                    self.widget_log(call);
                }
            }
            Question::LogMatch(ids) => self.widget_logged(asked, ids),
        }
    }

    fn widget_answer(&self, asked: &Asked, answer: &ToWidget) {
        if let Some(widget) = &self.widget {
            widget.softphone.answer_to(asked, answer);
        }
    }

    fn card(&self, contact: &Contact) -> Card {
        Card::new(contact, &self.numbers_for(&contact.reference.account))
    }

    /// A page of the directory. The widget is told of changes, but not of contacts that are gone.
    fn widget_contacts(&self, asked: Asked, page: u32, since: Option<Timestamp>) {
        let Some(stores) = self.stores.clone() else {
            // From the beginning again next time.
            let (contacts, at) = (Vec::new(), Timestamp::UNIX_EPOCH);
            return self.widget_answer(&asked, &ToWidget::Contacts { contacts, next: None, at });
        };
        let at = Timestamp::now();
        let offset = page.saturating_sub(1).saturating_mul(PAGE);
        self.spawn(
            async move { stores.directory.search("", offset, PAGE).await },
            move |c, found| {
                let (entries, total) = found.unwrap_or_default();
                let more = offset.saturating_add(PAGE) < total.min(CONTACTS_MAX);
                let contacts = entries
                    .iter()
                    .filter(|entry| since.is_none_or(|since| entry.checked_at >= since))
                    .map(|entry| c.card(&entry.contact))
                    .collect();
                let next = more.then(|| page.saturating_add(1));
                c.widget_answer(&asked, &ToWidget::Contacts { contacts, next, at });
            },
        );
    }

    fn widget_search(&self, asked: Asked, query: &str) {
        let query = text::clean(query, text::NAME_MAX);
        if query.is_empty() {
            return self.widget_answer(&asked, &ToWidget::Found(Vec::new()));
        }
        let known = self.find_contacts(query.clone(), false, 0, FOUND_MAX);
        let all = self.find_contacts(query, true, 0, FOUND_MAX);
        let found = async move {
            match tokio::time::timeout(SEARCH_MAX, all).await {
                Ok(found) => found,
                Err(_) => known.await,
            }
        };
        self.spawn(found, move |c, found| {
            let (entries, _) = found.unwrap_or_default();
            let cards = entries.iter().map(|entry| c.card(&entry.contact)).collect();
            c.widget_answer(&asked, &ToWidget::Found(cards));
        });
    }

    /// Known numbers are answered at once. Of a call at hand the pop asks already: the widget is
    /// told to ask again when there is an answer. The CRMs are asked for the rest.
    fn widget_match(&mut self, asked: Asked, numbers: Vec<String>, by_hand: bool) {
        let mut matched = Vec::new();
        let mut unknown = Vec::new();
        let context = self.numbers();
        for given in numbers {
            let number = Number::read(&Party { given: given.clone(), name: None }, &context);
            let known = self.widget_known(&given, &number);
            match &number.e164 {
                Some(e164) => {
                    self.widget_shows(e164);
                    if by_hand || (known.is_empty() && !self.is_asked_about(e164)) {
                        unknown.push((given, number));
                        continue;
                    }
                }
                None if known.is_empty() && !self.accounts_for(&number).is_empty() => {
                    unknown.push((given, number));
                    continue;
                }
                None => {}
            }
            matched.push((given, known));
        }
        if unknown.is_empty() {
            return self.widget_answer(&asked, &ToWidget::Matched(matched));
        }
        self.widget_ask_accounts(asked, matched, unknown, by_hand);
    }

    fn widget_ask_accounts(
        &mut self,
        asked: Asked,
        mut matched: Vec<(String, Vec<Card>)>,
        unknown: Vec<(String, Number)>,
        by_hand: bool,
    ) {
        let urgency = if by_hand { Urgency::Live } else { Urgency::Background };
        let questions: Vec<_> = unknown
            .iter()
            .map(|(_, number)| {
                let mut accounts = self.asked();
                let wanted = self.accounts_for(number);
                accounts.retain(|account| wanted.contains(&account.account));
                let number = number.clone();
                async move {
                    let answers = ask_all(accounts, number.clone(), by_hand, urgency).await;
                    (number, answers)
                }
            })
            .collect();
        if let Some(widget) = &mut self.widget {
            widget.asking.extend(unknown.iter().filter_map(|(_, number)| number.e164.clone()));
        }
        let in_time = tokio::time::sleep(MATCH_MAX);
        let answers = futures::stream::iter(questions)
            .buffer_unordered(ASK_AT_ONCE)
            .take_until(in_time)
            .collect::<Vec<_>>();
        self.spawn(answers, move |c, answers| {
            let mut found: Vec<(Number, Vec<Contact>)> = Vec::new();
            for (number, answers) in answers {
                let mut contacts = Vec::new();
                for (account, answer) in answers {
                    let Ok(answer) = answer else { continue };
                    if let Some(e164) = &number.e164 {
                        c.keep_answer(&account.account, e164, answer.contacts.clone());
                    }
                    contacts.extend(answer.contacts);
                }
                found.push((number, contacts));
            }
            for (given, number) in unknown {
                let answered = found.iter().find(|(asked_for, _)| *asked_for == number);
                let cards = match answered {
                    Some((_, contacts)) => {
                        contacts.iter().map(|one| c.card(one).with_number(&given)).collect()
                    }
                    None => c.widget_known(&given, &number),
                };
                matched.push((given, cards));
            }
            c.widget_answer(&asked, &ToWidget::Matched(matched));
        });
    }

    /// Whom the directory, or a call at hand, knows under this number.
    fn widget_known(&self, given: &str, number: &Number) -> Vec<Card> {
        let known = self.stores.as_ref().and_then(|stores| stores.directory.lookup(number).ok());
        let known = known.unwrap_or_default().matches;
        let at_hand = self
            .desks
            .values()
            .filter(|desk| known.is_empty() && desk.call.number == *number)
            .flat_map(|desk| desk.lookup.matches());
        let contacts = known.iter().chain(at_hand).map(|found| &found.contact);
        contacts.map(|contact| self.card(contact).with_number(given)).collect()
    }

    /// Somebody is being asked about this number, or was a short while ago and nobody had it.
    fn is_asked_about(&self, e164: &str) -> bool {
        let at_hand = |call: &Call| call.number.e164.as_deref() == Some(e164);
        let now = Timestamp::now();
        let fresh = |at: Timestamp| now.duration_since(at).as_secs() < MISS_BELIEVED_S;
        self.desks.values().any(|desk| at_hand(&desk.call))
            || self.stores.as_ref().is_some_and(|stores| {
                let party = Party { given: e164.to_owned(), name: None };
                let number = Number::read(&party, &self.numbers());
                let known = stores.directory.lookup(&number).unwrap_or_default();
                let all = self.accounts.keys();
                let mut missing = all.filter(|account| {
                    !known.answers.iter().any(|a| a.account == **account && fresh(a.at))
                });
                missing.next().is_none()
            })
    }

    fn widget_shows(&mut self, e164: &str) {
        if let Some(widget) = &mut self.widget
            && widget.shown.len() < SHOWN_MAX
        {
            widget.shown.insert(e164.to_owned());
        }
    }

    /// An answer about a number is in the directory: the widget is to ask for it again, if it shows
    /// the number and is not being answered already.
    pub(super) fn widget_match_again(&mut self, e164: &str) {
        let Some(widget) = &mut self.widget else { return };
        if !widget.asking.remove(e164) && widget.shown.contains(e164) {
            widget.softphone.match_again(&[e164.to_owned()]);
        }
    }

    fn widget_view(&mut self, contact: &ContactRef) {
        match self.contact_page(contact) {
            Some(url) => self.open_url(url),
            None => tracing::debug!("the widget asked for a contact without a page"),
        }
    }

    /// The log button of the widget: our own form for the call comes up.
    fn widget_log(&mut self, wanted: LogCall) {
        let Some(source) = self.widget_source() else { return };
        let at_hand =
            self.desks.values().rev().find(|desk| has_id(&desk.call, &source, &wanted.ids));
        if let Some(call) = at_hand.map(|desk| desk.call.id) {
            return self.show_log_form(call);
        }
        let Some(stores) = self.stores.clone() else { return };
        let past = wanted.past.map(|past| self.past_record(&source, past));
        let ids = wanted.ids;
        self.spawn(
            async move {
                let found = stores.journal.known_as(&source, &ids).await?;
                if let (true, Some(past)) = (found.is_empty(), past) {
                    stores.journal.import(vec![past]).await?;
                    return stores.journal.known_as(&source, &ids).await;
                }
                Ok(found)
            },
            |c, found| match found {
                Ok(found) => match found.first() {
                    Some(record) => {
                        c.count();
                        c.show_log_form(record.call.id);
                    }
                    None => tracing::debug!("the widget wants to log a call that nobody knows"),
                },
                Err(error) => c.write_failed(&error),
            },
        );
    }

    fn show_log_form(&mut self, call: CallId) {
        let (reply, _) = oneshot::channel();
        self.with_call(call, reply, move |c, reply| c.show_pop(call, reply));
    }

    /// Which calls are in a CRM.
    fn widget_logged(&self, asked: Asked, ids: Vec<String>) {
        let (Some(stores), Some(source)) = (self.stores.clone(), self.widget_source()) else {
            return self.widget_answer(&asked, &ToWidget::Logged(Vec::new()));
        };
        let caught_up = self.scribe.catch_up();
        self.spawn(
            async move {
                // What could not be written is not in there.
                let _ = caught_up.await;
                let found = stores.journal.known_as(&source, &ids).await.unwrap_or_default();
                let logs = |id: &String| {
                    let of_call =
                        found.iter().filter(|r| has_id(&r.call, &source, std::slice::from_ref(id)));
                    let logs = of_call.flat_map(|record| {
                        let done = record.logs.iter();
                        done.filter_map(|(_, state)| crate::view::remote_id(state))
                            .map(|remote| (remote, record.note.clone()))
                    });
                    (id.clone(), logs.collect())
                };
                ids.iter().map(logs).collect()
            },
            move |c, logged| c.widget_answer(&asked, &ToWidget::Logged(logged)),
        );
    }

    /// The log of a call landed: the widget is to ask again.
    pub(super) fn widget_log_landed(&self, call: CallId) {
        let (Some(widget), Some(source)) = (&self.widget, self.widget_source()) else { return };
        if let Some(desk) = self.desks.get(&call)
            && desk.call.keys.iter().any(|key| key.source == source)
        {
            widget.softphone.match_logs_again(&desk.call.aliases);
        }
    }

    fn widget_source(&self) -> Option<SourceId> {
        use ringside_softphone::Softphone;
        self.widget.as_ref().map(|widget| widget.softphone.id().clone())
    }
}

/// Whether the source knows the call by one of these ids.
fn has_id(call: &Call, source: &SourceId, ids: &[String]) -> bool {
    let mut keys = call.keys.iter().filter(|key| &key.source == source).peekable();
    keys.peek().is_some()
        && (keys.any(|key| ids.contains(&key.key))
            || call.aliases.iter().any(|id| ids.contains(id)))
}
