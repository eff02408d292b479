//! The link as the engine and the window have it: words in, events and asides out.

use futures::stream::BoxStream;
use futures::{FutureExt, StreamExt};
use ringside_domain::{Direction, EndReason, LinkFault, Phase};
use serde_json::json;

use super::super::{Answer, Asked, Embeddable, Question};
use super::*;
use crate::Softphone;

struct Widget {
    softphone: std::sync::Arc<Embeddable>,
    events: BoxStream<'static, SourceEvent>,
    asides: mpsc::UnboundedReceiver<Aside>,
}

impl Widget {
    async fn new() -> Self {
        let address = WidgetAddress::parse("https://apps.example/app.html").unwrap();
        let title = "Log in Ringside".to_owned();
        let (softphone, asides) = Embeddable::new(SourceId::new("embeddable"), address, title);
        let events = softphone.events();
        let mut widget = Self { softphone: softphone.into(), events, asides };
        assert_eq!(widget.health().await, (HealthState::Down, Some(LinkFault::NotOpen)));
        widget
    }

    /// The page is open and somebody is signed in.
    async fn signed_in() -> Self {
        let mut widget = Self::new().await;
        widget.softphone.hear(Word::Opened);
        assert_eq!(widget.health().await, (HealthState::Connecting, None));
        assert!(matches!(widget.aside().await, Aside::Load(_)));
        widget.says(json!({
            "type": "rc-login-status-notify", "loggedIn": true,
            "loginNumber": "+16505550100*101", "contractedCountryCode": "GB",
        }));
        let posted = widget.posted().await;
        assert_eq!(posted["type"], "rc-adapter-register-third-party-service");
        assert_eq!(posted["service"]["callLoggerTitle"], "Log in Ringside");
        assert_eq!(
            widget.aside().await,
            Aside::Region(ringside_domain::Region::parse("GB").unwrap())
        );
        assert_eq!(widget.health().await, (HealthState::Up, None));
        widget
    }

    fn says(&self, message: Value) {
        self.softphone.hear(Word::Message(message.to_string()));
    }

    async fn event(&mut self) -> SourceEvent {
        self.events.next().await.unwrap()
    }

    async fn call(&mut self) -> CallEvent {
        match self.event().await {
            SourceEvent::Call(call) => call,
            other => panic!("{other:?}"),
        }
    }

    async fn live(&mut self) -> Vec<(String, Phase)> {
        // The health is told again with it.
        loop {
            if let SourceEvent::Snapshot { live, .. } = self.event().await {
                return live.into_iter().map(|call| (call.key, call.phase)).collect();
            }
        }
    }

    async fn health(&mut self) -> (HealthState, Option<LinkFault>) {
        match self.event().await {
            SourceEvent::Health(health) => (health.state, health.fault),
            other => panic!("{other:?}"),
        }
    }

    async fn aside(&mut self) -> Aside {
        self.asides.recv().await.unwrap()
    }

    async fn posted(&mut self) -> Value {
        match self.aside().await {
            Aside::Post(message) => message,
            other => panic!("{other:?}"),
        }
    }

    async fn asked(&mut self) -> Asked {
        match self.aside().await {
            Aside::Asked(asked) => asked,
            other => panic!("{other:?}"),
        }
    }
}

fn rings(id: &str) -> Value {
    json!({ "type": "rc-active-call-notify", "call": {
        "direction": "Inbound", "from": { "phoneNumber": "+14155550123" },
        "to": { "phoneNumber": "+16505550100" }, "telephonyStatus": "Ringing",
        "telephonySessionId": id, "sessionId": format!("4{id}"),
    } })
}

fn rings_here(id: &str) -> Value {
    json!({ "type": "rc-call-ring-notify", "call": {
        "id": format!("w-{id}"), "callId": format!("{id}@sip"), "direction": "Inbound",
        "from": "+14155550123", "to": "+16505550100", "partyData": { "sessionId": id },
    } })
}

fn ask(path: &str, body: Value) -> Value {
    json!({ "type": "rc-post-message-request", "requestId": "r-1", "path": path, "body": body })
}

#[tokio::test(start_paused = true)]
async fn a_page_that_says_nothing_is_no_widget() {
    let mut widget = Widget::new().await;
    widget.softphone.hear(Word::Opened);
    assert_eq!(widget.health().await.0, HealthState::Connecting);
    assert_eq!(widget.health().await, (HealthState::Down, Some(LinkFault::NoAnswer)));
    widget.says(json!({ "type": "rc-login-status-notify", "loggedIn": false }));
    assert_eq!(widget.health().await, (HealthState::Down, Some(LinkFault::SignedOut)));
    widget.softphone.hear(Word::Closed);
    assert_eq!(widget.health().await, (HealthState::Down, Some(LinkFault::NotOpen)));
    widget.says(json!({ "type": "rc-login-status-notify", "loggedIn": true }));
    widget.softphone.hear(Word::Opened);
    assert_eq!(widget.health().await.0, HealthState::Connecting, "a closed page says nothing");
}

#[tokio::test(start_paused = true)]
async fn what_the_page_tells_within_a_moment_is_all_that_lives() {
    let mut widget = Widget::signed_in().await;
    widget.says(rings("s-1"));
    assert_eq!(widget.call().await.key, "s-1");
    assert_eq!(widget.live().await, [("s-1".to_owned(), Phase::Ringing)]);
    widget.softphone.hear(Word::Closed);
    widget.softphone.hear(Word::Opened);
    widget.says(json!({ "type": "rc-login-status-notify", "loggedIn": true }));
    assert_eq!(widget.live().await, [], "it ended while the page was away");
    widget.says(rings("s-1"));
    widget.says(rings("s-2"));
    assert_eq!(widget.call().await.key, "s-2", "the first one stays over");
}

#[tokio::test(start_paused = true)]
async fn an_old_call_is_known_as_old_only_while_the_page_loads() {
    let mut widget = Widget::signed_in().await;
    let mut call = rings("s-1");
    let minute_ago = Timestamp::now().as_millisecond() - 60_000;
    call["call"]["startTime"] = minute_ago.into();
    widget.says(call.clone());
    assert!(widget.call().await.age >= Duration::from_secs(60));
    widget.live().await;
    call["call"]["telephonySessionId"] = "s-2".into();
    call["call"]["sessionId"] = "42".into();
    widget.says(call);
    assert_eq!(widget.call().await.age, Duration::ZERO, "the server's clock may be wrong");
}

#[tokio::test(start_paused = true)]
async fn the_web_phone_answers_and_hangs_up_and_other_devices_do_not() {
    let mut widget = Widget::signed_in().await;
    widget.live().await;
    widget.says(rings_here("s-1"));
    widget.call().await;
    widget.softphone.answer("s-1").await.unwrap();
    let control = |action: &str| json!({ "type": "rc-adapter-control-call", "callAction": action, "callId": "w-s-1" });
    assert_eq!(widget.posted().await, control("answer"));
    widget.softphone.hang_up("s-1").await.unwrap();
    assert_eq!(widget.posted().await, control("reject"));
    let mut started = rings_here("s-1");
    started["type"] = "rc-call-start-notify".into();
    widget.says(started);
    widget.call().await;
    widget.softphone.hang_up("s-1").await.unwrap();
    assert_eq!(widget.posted().await, control("hangup"));
    assert!(matches!(widget.softphone.answer("s-1").await, Err(Error::NoSuchCall(_))));
    widget.says(rings("s-2"));
    widget.call().await;
    assert!(matches!(widget.softphone.answer("s-2").await, Err(Error::Refused(_))));
    assert!(matches!(widget.softphone.answer("s-3").await, Err(Error::NoSuchCall(None))));
    widget.softphone.dial("+442079460018").await.unwrap();
    let dialled = widget.posted().await;
    assert_eq!(
        (&dialled["phoneNumber"], &dialled["toCall"]),
        (&json!("+442079460018"), &json!(true))
    );
    assert!(widget.softphone.dial("1\n2").await.is_err());
    widget.softphone.hear(Word::Closed);
    assert!(matches!(widget.softphone.dial("+442079460018").await, Err(Error::NotConnected)));
}

#[tokio::test(start_paused = true)]
async fn the_web_phone_is_asked_for_its_calls_while_it_has_one() {
    let mut widget = Widget::signed_in().await;
    widget.live().await;
    widget.says(rings_here("s-1"));
    widget.call().await;
    let sync = json!({ "type": "rc-adapter-webphone-sessions-sync" });
    assert_eq!(widget.posted().await, sync);
    widget.says(json!({ "type": "rc-webphone-sessions-sync", "calls": [] }));
    assert_eq!(widget.call().await.phase, Phase::Ended(EndReason::Missed));
    tokio::time::sleep(Duration::from_secs(300)).await;
    assert_eq!(widget.asides.recv().now_or_never(), None, "nothing is left to ask about");
}

#[tokio::test(start_paused = true)]
async fn questions_are_typed_and_answers_are_in_the_widgets_words() {
    let mut widget = Widget::signed_in().await;
    let reference = ringside_domain::ContactRef {
        account: ringside_domain::AccountId::new("crm"),
        kind: "a/b%2F".into(),
        id: "7".into(),
    };
    let contact = ringside_domain::Contact {
        reference: reference.clone(),
        name: "Nadia <b>Okafor</b>".into(),
        phones: vec![ringside_domain::contact::ContactPhone {
            given: "(415) 555-0123".into(),
            field: Some("Mobile".into()),
        }],
        company: Some("Hollis".into()),
        title: None,
        email: Some("nadia@example.com".into()),
        created_at: None,
        last_activity_at: None,
        associations: Vec::new(),
    };
    let numbers = ringside_domain::number::NumberContext {
        region: ringside_domain::Region::parse("US").unwrap(),
        extension_digits: 6,
    };
    let card = super::super::Card::new(&contact, &numbers);

    widget.says(ask("/contacts/match", json!({ "phoneNumbers": ["+14155550123", 7, ""] })));
    let asked = widget.asked().await;
    let numbers_asked = vec!["+14155550123".to_owned()];
    assert_eq!(asked.question, Question::Match { numbers: numbers_asked, by_hand: false });
    let matched = Answer::Matched(vec![("+14155550123".into(), vec![card.clone()])]);
    widget.softphone.answer_to(&asked, &matched);
    let posted = widget.posted().await;
    assert_eq!(posted["type"], "rc-post-message-response");
    assert_eq!(posted["responseId"], "r-1");
    let found = &posted["response"]["data"]["+14155550123"][0];
    assert_eq!(found["type"], "Ringside");
    assert_eq!(found["name"], "Nadia <b>Okafor</b>", "whoever shows it escapes it");
    let phone = json!([{ "phoneNumber": "+14155550123", "phoneType": "mobile" }]);
    assert_eq!(found["phoneNumbers"], phone);

    widget.says(ask("/contacts/view", found.clone()));
    assert_eq!(widget.asked().await.question, Question::View(reference));

    widget.says(ask("/contacts", json!({ "page": 2, "syncTimestamp": 1_795_461_935_636_u64 })));
    let asked = widget.asked().await;
    let since = Timestamp::from_millisecond(1_795_461_935_636).unwrap();
    assert_eq!(asked.question, Question::Contacts { page: 2, since: Some(since) });
    let page = Answer::Contacts { contacts: vec![card], next: Some(3), at: since };
    widget.softphone.answer_to(&asked, &page);
    let response = widget.posted().await["response"].clone();
    assert_eq!(
        (&response["nextPage"], &response["syncTimestamp"]),
        (&json!(3), &json!(1_795_461_935_636_u64))
    );
    assert_eq!(response["data"][0]["emails"], json!(["nadia@example.com"]));

    widget.says(ask("/callLogger/match", json!({ "sessionIds": ["42"] })));
    let asked = widget.asked().await;
    assert_eq!(asked.question, Question::LogMatch(vec!["42".into()]));
    let logged = Answer::Logged(vec![("42".into(), vec![("a-1".into(), "Wants 40".into())])]);
    widget.softphone.answer_to(&asked, &logged);
    let entry = json!([{ "id": "a-1", "note": "Wants 40" }]);
    assert_eq!(widget.posted().await["response"]["data"]["42"], entry);
}

#[tokio::test(start_paused = true)]
async fn the_log_button_names_its_call() {
    let mut widget = Widget::signed_in().await;
    let call = json!({
        "id": "x", "sessionId": "42", "telephonySessionId": "s-1", "direction": "Outbound",
        "from": { "phoneNumber": "+16505550100" }, "to": { "phoneNumber": "+14155550123" },
        "startTime": 1_795_461_935_636_u64, "duration": 65, "result": "Call connected",
    });
    widget.says(ask("/callLogger", json!({ "call": call, "triggerType": "createLog" })));
    let Question::Log(log) = widget.asked().await.question else { panic!("no log") };
    assert!(log.by_hand);
    assert_eq!(log.ids, ["s-1", "42", "x"]);
    let past = log.past.unwrap();
    assert_eq!((past.direction, past.remote.given.as_str()), (Direction::Outbound, "+14155550123"));
    assert_eq!((past.key.as_str(), past.aliases), ("s-1", vec!["42".to_owned(), "x".to_owned()]));
    assert_eq!((past.duration_s, past.result), (65, EndReason::Answered));
    widget.says(ask(
        "/callLogger",
        json!({ "call": { "sessionId": "42" }, "triggerType": "presenceUpdate" }),
    ));
    let Question::Log(log) = widget.asked().await.question else { panic!("no log") };
    assert_eq!((log.by_hand, log.past), (false, None));
}

#[tokio::test(start_paused = true)]
async fn the_history_is_read_page_by_page() {
    let mut widget = Widget::signed_in().await;
    widget.live().await;
    let softphone = widget.softphone.clone();
    let history = tokio::spawn(async move { softphone.recent_calls(Timestamp::UNIX_EPOCH).await });
    for (page, more) in [(1, true), (2, false)] {
        let posted = widget.posted().await;
        assert_eq!(
            (&posted["path"], &posted["body"]["page"]),
            (&json!("/unlogged-calls"), &json!(page))
        );
        let call = json!({
            "sessionId": format!("4{page}"), "direction": "Inbound",
            "from": { "phoneNumber": "+14155550123", "name": "Nadia" },
            "to": { "extensionNumber": "101" }, "result": "Missed",
            "startTime": format!("2026-11-2{page}T09:30:00Z"), "duration": 0,
        });
        widget.says(json!({ "type": "rc-adapter-message-response", "responseId": "another", "response": {} }));
        widget.says(json!({
            "type": "rc-adapter-message-response", "responseId": posted["requestId"],
            "response": { "calls": [call, {}, null, { "direction": "Inbound" }], "hasMore": more },
        }));
    }
    let calls = history.await.unwrap().unwrap();
    let keys: Vec<_> = calls.iter().map(|call| call.key.as_str()).collect();
    assert_eq!(keys, ["42", "41"], "newest first");
    assert_eq!(calls[0].result, EndReason::Missed);
    assert_eq!(calls[0].local.given, "101");
}

#[tokio::test(start_paused = true)]
async fn a_widget_without_a_history_says_so() {
    let mut widget = Widget::signed_in().await;
    widget.live().await;
    let softphone = widget.softphone.clone();
    let history = tokio::spawn(async move { softphone.recent_calls(Timestamp::UNIX_EPOCH).await });
    let posted = widget.posted().await;
    widget.says(json!({
        "type": "rc-adapter-message-response", "responseId": posted["requestId"],
        "response": { "error": "not supported" },
    }));
    assert!(matches!(history.await.unwrap(), Err(Error::Unsupported)));
}

#[tokio::test(start_paused = true)]
async fn a_sign_in_goes_to_the_browser_and_comes_back_as_an_address() {
    let mut widget = Widget::signed_in().await;
    let theirs = "https://platform.ringcentral.com/restapi/oauth/authorize?client_id=x";
    widget.says(json!({ "type": "rc-login-popup-notify", "oAuthUri": "https://evil.example/" }));
    widget.says(json!({ "type": "rc-login-popup-notify", "oAuthUri": theirs }));
    assert_eq!(widget.aside().await, Aside::SignIn(theirs.to_owned()));
    let back = "https://apps.example/redirect.html?code=c&state=s";
    widget.softphone.hear(Word::SignedInAt(back.to_owned()));
    let code = json!({ "type": "rc-adapter-authorization-code", "callbackUri": back });
    assert_eq!(widget.posted().await, code);
}

/// Reads lines as messages; what comes of them keeps what the tracker relies on.
fn fuzz(body: &[u8]) {
    let now = |n: usize| ringside_domain::Moment {
        wall: Timestamp::UNIX_EPOCH,
        mono: Duration::from_secs(n as u64),
    };
    let source = SourceId::new("fuzz");
    let mut calls = Calls::new(source);
    let mut ended = std::collections::HashSet::new();
    for (n, line) in String::from_utf8_lossy(body).lines().enumerate() {
        let told = match message::read(line) {
            Some(Message::Call(fact)) => calls.hear(fact, n % 2 == 0, now(n)).into_iter().collect(),
            Some(Message::WebPhoneCalls(facts)) => calls.web_phone_has(facts, false, now(n)),
            Some(Message::Presence { idle }) => {
                calls.presence_is(idle, now(n));
                Vec::new()
            }
            Some(Message::Answer { response, .. }) => {
                past::page(&response);
                Vec::new()
            }
            _ => Vec::new(),
        };
        for event in told.into_iter().chain(calls.due(now(n))) {
            assert!(!event.key.is_empty(), "a call without a key");
            assert!(event.remote.given.chars().count() <= crate::field::TEXT_MAX, "not bounded");
            assert!(!ended.contains(&event.key), "a call goes on after its end");
            if matches!(event.phase, ringside_domain::Phase::Ended(_)) {
                ended.insert(event.key);
            }
        }
    }
}

proptest::proptest! {
    #[test]
    fn nothing_that_a_page_says_makes_the_link_panic(text in "(?s).{0,400}") {
        fuzz(text.as_bytes());
    }

    #[test]
    fn no_change_of_a_message_makes_the_link_panic(
        message in proptest::sample::select(vec![rings("s-1"), rings_here("s-1")]),
        path in proptest::sample::select(vec!["/call", "/call/from", "/call/direction", "/call/id",
            "/call/partyData", "/call/telephonyStatus", "/call/sessionId", "/type"]),
        value in proptest::sample::select(vec![Value::Null, json!(-1), json!(1e300), json!({}), json!([[]]),
            json!("\u{0}\u{202E}"), json!("x".repeat(5000)), json!("NoCall"), json!(true)]),
    ) {
        let mut changed = message.clone();
        if let Some(place) = changed.pointer_mut(path) {
            *place = value;
        }
        fuzz(format!("{message}\n{changed}\n{message}").as_bytes());
    }
}
