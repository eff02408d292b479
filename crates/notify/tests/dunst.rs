//! Notifications against the real dunst, each test in a session of its own.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

#[path = "../../../tests/src/session.rs"]
mod session;

use std::time::{Duration, Instant};

use ringside_notify::{Notice, Notifier, Response, State};
use session::{Keyring, Session, SessionOptions, wait_for};
use tokio::sync::mpsc::UnboundedReceiver;

const PATIENT: Duration = Duration::from_secs(20);
const DAEMON: &str = "org.freedesktop.Notifications";

/// Runs a test in a session with dunst, with a notifier started in it.
fn with_dunst(
    test: &str,
    body: impl AsyncFnOnce(&mut Session, Notifier, UnboundedReceiver<Response>),
) {
    inside(test, true, async |session| {
        let (notifier, responses) = Notifier::start("Ringside");
        body(session, notifier, responses).await;
    });
}

fn inside(test: &str, dunst: bool, body: impl AsyncFnOnce(&mut Session)) {
    let options = SessionOptions { display: dunst, keyring: Keyring::None, dunst, wm: false };
    let run = |session: &mut Session| {
        tokio::runtime::Runtime::new().unwrap().block_on(body(session));
    };
    Session::inside(options, test, run).unwrap();
}

fn ring(key: &str, summary: &str) -> Notice {
    Notice {
        key: key.into(),
        summary: summary.into(),
        body: "+14155550123".into(),
        actions: vec![("pick-1".into(), "Ada".into()), ("pick-2".into(), "Bob".into())],
        alert: true,
    }
}

fn update(key: &str, summary: &str) -> Notice {
    Notice { alert: false, ..ring(key, summary) }
}

fn on_screen(session: &Session, wanted: &str) {
    let mut count = String::new();
    let result = wait_for("the notifications on the screen", || {
        count = session.dunstctl(["count", "displayed"])?;
        Ok(count.trim() == wanted)
    });
    assert!(result.is_ok(), "{count} on the screen: {}", session.shown_notifications());
}

fn told(session: &Session, text: &str) {
    let result = wait_for(text, || Ok(session.shown_notifications().contains(text)));
    assert!(result.is_ok(), "{text} is not in {}", session.shown_notifications());
}

/// The ids of all that dunst was told, in that order.
fn ids(session: &Session) -> Vec<String> {
    let shown = session.shown_notifications();
    shown.lines().filter_map(|line| line.trim().strip_prefix("id: ")).map(str::to_owned).collect()
}

async fn next(responses: &mut UnboundedReceiver<Response>) -> Response {
    tokio::time::timeout(PATIENT, responses.recv()).await.expect("no response").unwrap()
}

#[test]
fn shown_replaced_in_place_and_closed() {
    with_dunst("shown_replaced_in_place_and_closed", async |session, notifier, mut responses| {
        let State::Up { daemon, actions } = notifier.state().await else { panic!("is down") };
        assert!(daemon.starts_with("dunst 1."), "{daemon}");
        assert!(actions);
        notifier.show(ring("call", "Unknown, searching"));
        told(session, "summary: 'Unknown, searching'");
        notifier.show(update("call", "Ada Lovelace"));
        told(session, "summary: 'Ada Lovelace'");
        on_screen(session, "1");
        let ids = ids(session);
        assert!(ids.len() == 2 && ids[0] == ids[1], "{ids:?}");
        let shown = session.shown_notifications();
        assert_eq!(shown.matches("urgency: CRITICAL").count(), 2, "{shown}");
        assert_eq!(shown.matches("timeout: 0").count(), 2, "a ring must not expire: {shown}");
        for button in ["\"pick-2\": \"Bob\"", "\"default\": \"Show\""] {
            assert!(shown.contains(button), "{shown}");
        }
        notifier.close("call");
        on_screen(session, "0");
        assert!(responses.try_recv().is_err(), "closing it ourselves is no response");
        // The key can be used again.
        notifier.show(ring("call", "Second ring"));
        on_screen(session, "1");
    });
}

#[test]
fn only_the_latest_of_a_burst_is_sent_and_each_key_stands_alone() {
    let test = "only_the_latest_of_a_burst_is_sent_and_each_key_stands_alone";
    with_dunst(test, async |session, notifier, _responses| {
        let before = Instant::now();
        for number in 0..2_000 {
            notifier.show(update("one", &format!("one {number}")));
        }
        notifier.show(ring("two", "two"));
        notifier.show(ring("three", "three"));
        notifier.close("three");
        assert!(before.elapsed() < Duration::from_secs(1), "show waited for something");
        told(session, "summary: 'one 1999'");
        told(session, "summary: 'two'");
        on_screen(session, "2");
        assert!(ids(session).len() < 100, "{} were sent", ids(session).len());
    });
}

#[test]
fn a_button_and_a_click_come_back() {
    with_dunst("a_button_and_a_click_come_back", async |session, notifier, mut responses| {
        notifier.show(ring("call", "Who is it?"));
        on_screen(session, "1");
        session.press_action("pick-2").unwrap();
        let pressed = Response::Action { key: "call".into(), action: "pick-2".into() };
        assert_eq!(next(&mut responses).await, pressed);
        // dunst leaves it there: the answer is shown in its place.
        notifier.show(update("call", "Bob"));
        told(session, "summary: 'Bob'");
        on_screen(session, "1");
        // Top right, 10 pixels from the corner of 1280x800.
        session.xdotool(["mousemove", "1200", "30", "click", "1"]).unwrap();
        assert_eq!(next(&mut responses).await, Response::Opened { key: "call".into() });
        assert_eq!(next(&mut responses).await, Response::Closed { key: "call".into() });
        on_screen(session, "0");
    });
}

#[test]
fn dismissed_is_told_and_stays_away_until_the_next_ring() {
    let test = "dismissed_is_told_and_stays_away_until_the_next_ring";
    with_dunst(test, async |session, notifier, mut responses| {
        notifier.show(ring("call", "Not now"));
        on_screen(session, "1");
        session.dunstctl(["close"]).unwrap();
        assert_eq!(next(&mut responses).await, Response::Closed { key: "call".into() });
        notifier.show(update("call", "An update"));
        notifier.show(ring("other", "Another call"));
        told(session, "summary: 'Another call'");
        on_screen(session, "1");
        assert!(!session.shown_notifications().contains("An update"));
        notifier.show(ring("call", "It rings again"));
        on_screen(session, "2");
    });
}

#[test]
fn a_hung_daemon_holds_up_nobody() {
    with_dunst("a_hung_daemon_holds_up_nobody", async |session, notifier, _responses| {
        notifier.show(ring("before", "before"));
        on_screen(session, "1");
        let daemon = session.pid_of(DAEMON).unwrap();
        session.signal(daemon, "STOP").unwrap();
        let before = Instant::now();
        for number in 0..1_000 {
            notifier.show(ring("meanwhile", &format!("meanwhile {number}")));
        }
        notifier.show(ring("over", "rang and ended meanwhile"));
        notifier.close("over");
        notifier.close("before");
        assert!(before.elapsed() < Duration::from_millis(500), "show waited");
        assert!(matches!(notifier.state().await, State::Down { .. }));
        assert!(before.elapsed() < Duration::from_secs(5), "state waited");
        session.signal(daemon, "CONT").unwrap();
        told(session, "meanwhile 999");
        on_screen(session, "1");
        assert!(matches!(notifier.state().await, State::Up { .. }));
    });
}

#[test]
fn a_daemon_hung_from_the_start_gets_the_latest_when_it_wakes() {
    inside("a_daemon_hung_from_the_start_gets_the_latest_when_it_wakes", true, async |session| {
        let daemon = session.pid_of(DAEMON).unwrap();
        session.signal(daemon, "STOP").unwrap();
        let (notifier, _responses) = Notifier::start("Ringside");
        notifier.show(ring("call", "Unknown, searching"));
        notifier.show(update("call", "Ada Lovelace"));
        assert!(matches!(notifier.state().await, State::Down { .. }));
        session.signal(daemon, "CONT").unwrap();
        told(session, "summary: 'Ada Lovelace'");
        on_screen(session, "1");
        assert!(matches!(notifier.state().await, State::Up { .. }));
    });
}

#[test]
fn a_killed_daemon_is_started_again() {
    with_dunst("a_killed_daemon_is_started_again", async |session, notifier, mut responses| {
        notifier.show(ring("call", "before"));
        on_screen(session, "1");
        let killed = session.pid_of(DAEMON).unwrap();
        session.signal(killed, "KILL").unwrap();
        wait_for("its end", || Ok(session.pid_of(DAEMON).ok() != Some(killed))).unwrap();
        notifier.show(update("call", "after"));
        told(session, "summary: 'after'");
        on_screen(session, "1");
        session.press_action("pick-1").unwrap();
        let pressed = Response::Action { key: "call".into(), action: "pick-1".into() };
        assert_eq!(next(&mut responses).await, pressed);
    });
}

#[test]
fn without_a_daemon_it_is_down_and_says_why() {
    inside("without_a_daemon_it_is_down_and_says_why", false, async |_| {
        let (notifier, mut responses) = Notifier::start("Ringside");
        notifier.show(ring("call", "nobody sees this"));
        notifier.close("call");
        let State::Down { reason } = notifier.state().await else { panic!("is up") };
        assert!(reason.contains(DAEMON), "{reason}");
        assert!(responses.try_recv().is_err());
    });
}

#[test]
fn another_program_cannot_press_a_button() {
    with_dunst(
        "another_program_cannot_press_a_button",
        async |session, notifier, mut responses| {
            notifier.show(ring("call", "Who is it?"));
            on_screen(session, "1");
            let id = &ids(session)[0];
            for (signal, value) in
                [("ActionInvoked", "'pick-1'"), ("NotificationClosed", "uint32 2")]
            {
                let name = format!("{DAEMON}.{signal}");
                let path = "/org/freedesktop/Notifications";
                let id = format!("uint32 {id}");
                let emit = ["emit", "--session", "-o", path, "-s", &name, &id, value];
                session.run("gdbus", emit).unwrap();
            }
            // The bus keeps the order: what is answered first would have been the spoofed press.
            session.press_action("pick-2").unwrap();
            let pressed = Response::Action { key: "call".into(), action: "pick-2".into() };
            assert_eq!(next(&mut responses).await, pressed);
        },
    );
}

#[test]
fn a_name_with_markup_is_shown_as_it_is() {
    with_dunst("a_name_with_markup_is_shown_as_it_is", async |session, notifier, _responses| {
        let mut notice = ring("call", "<b>Smith</b> & Sons");
        notice.body = "<a href=\"http://x\">Smith</a> & Sons\0".into();
        notice.actions = vec![("open".into(), "<i>Smith</i>".into())];
        notifier.show(notice);
        on_screen(session, "1");
        let shown = session.shown_notifications();
        // dunst escapes the first line itself; the body it takes as markup.
        assert!(shown.contains("&lt;b&gt;Smith&lt;/b&gt; &amp; Sons</b>"), "{shown}");
        assert!(shown.contains("&lt;a href=\"http://x\"&gt;Smith&lt;/a&gt; &amp; Sons"), "{shown}");
        notifier.show(ring("long", &"x".repeat(10_000)));
        on_screen(session, "2");
        assert!(!session.shown_notifications().contains(&"x".repeat(201)));
    });
}
