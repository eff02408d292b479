//! RingCentral Embeddable in its window: a page of ours that speaks the documented messages
//! (ringcentral-embeddable, docs/integration), in the real web view.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use anyhow::{Context, Result};
use ringside_tests::app::wait_until;
use serde_json::{Value, json};

use crate::shell::Shell;

/// Tells its parent that somebody is signed in, says what it is told to say, and reports what it is
/// told.
const PAGE: &str = r#"<!doctype html><title>Widget</title><p>Widget</p><script>
const say = (message) => parent.postMessage(message, '*');
const told = (what) => fetch('/told', { method: 'POST', body: JSON.stringify(what) });
addEventListener('message', (event) => told(event.data));
told({ type: 'loaded', tauri: '__TAURI_INTERNALS__' in window && typeof window.__TAURI_INTERNALS__.invoke });
say({ type: 'rc-login-status-notify', loggedIn: true, loginNumber: '+16505550100*101', contractedCountryCode: 'US' });
const next = async () => {
  for (const message of await (await fetch('/next')).json()) say(message);
  setTimeout(next, 50);
};
next();
</script>"#;

/// The page's server.
struct Page {
    port: u16,
    told: Arc<Mutex<Vec<Value>>>,
    next: Arc<Mutex<Vec<Value>>>,
}

impl Page {
    fn serve() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let page = Self {
            port: listener.local_addr()?.port(),
            told: Arc::default(),
            next: Arc::default(),
        };
        let (told, next) = (page.told.clone(), page.next.clone());
        thread::spawn(move || {
            for client in listener.incoming().flatten() {
                let _ = answer(client, &told, &next);
            }
        });
        Ok(page)
    }

    /// What the page is to say to its parent.
    fn says(&self, messages: &[Value]) {
        self.next.lock().unwrap().extend_from_slice(messages);
    }

    /// The first that the page was told for which this holds.
    fn told(&self, what: &str, holds: impl Fn(&Value) -> bool) -> Result<Value> {
        let find = || self.told.lock().unwrap().iter().find(|told| holds(told)).cloned();
        wait_until(what, || Ok(find().is_some()))?;
        find().context("it was there")
    }
}

fn answer(mut client: TcpStream, told: &Mutex<Vec<Value>>, next: &Mutex<Vec<Value>>) -> Result<()> {
    let mut lines = BufReader::new(client.try_clone()?);
    let (mut request, mut length) = (String::new(), 0);
    lines.read_line(&mut request)?;
    loop {
        let mut header = String::new();
        lines.read_line(&mut header)?;
        match header.trim().to_ascii_lowercase().split_once(':') {
            Some(("content-length", value)) => length = value.trim().parse()?,
            Some(_) => {}
            None => break,
        }
    }
    let mut body = vec![0; length];
    lines.read_exact(&mut body)?;
    let (kind, text) = if request.starts_with("GET /next") {
        let said = std::mem::take(&mut *next.lock().unwrap());
        ("application/json", Value::Array(said).to_string())
    } else if request.starts_with("POST /told") {
        told.lock().unwrap().push(serde_json::from_slice(&body)?);
        ("text/plain", String::new())
    } else {
        ("text/html", PAGE.to_owned())
    };
    let length = text.len();
    write!(
        client,
        "HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{text}"
    )?;
    Ok(())
}

/// As presence tells of it: any device, objects for the numbers.
fn presence(status: &str, end: Option<&str>) -> Value {
    json!({ "type": "rc-active-call-notify", "call": {
        "direction": "Inbound", "queueCall": false, "fromName": "WIRELESS CALLER",
        "from": { "phoneNumber": "+14155550142" }, "to": { "phoneNumber": "+16505550100" },
        "telephonyStatus": status, "terminationType": end, "sessionId": "425008160016",
        "telephonySessionId": "s-a6abd", "partyId": "p-a6abd-2",
    } })
}

/// As the phone in the page tells of it: strings for the numbers.
fn web_phone(kind: &str) -> Value {
    json!({ "type": kind, "call": {
        "id": "w-1", "callId": "sip-1@rc", "direction": "Inbound", "from": "+14155550142",
        "fromUserName": "WIRELESS CALLER", "to": "+16505550100",
        "callStatus": "webphone-session-connecting", "isToVoicemail": false,
        "partyData": { "partyId": "p-a6abd-2", "sessionId": "s-a6abd" },
    } })
}

fn calls(shell: &Shell) -> Result<Vec<Value>> {
    let page = shell.world.ctl(["calls", "list"])?;
    Ok(page["calls"].as_array().context("no calls")?.clone())
}

fn state_is(shell: &Shell, state: &str) -> Result<()> {
    wait_until(&format!("the call to be {state}"), || {
        let calls = calls(shell)?;
        Ok(calls.len() == 1 && calls[0]["call"]["state"] == state)
    })
}

#[test]
fn the_widget_rings_once_is_answered_and_nobody_else_is_heard() -> Result<()> {
    let page = Page::serve()?;
    let shell = Shell::start(&["--hidden"])?;
    let url = format!("http://127.0.0.1:{}/app.html", page.port);
    shell.world.ctl(["softphone", "add", "embeddable", "--url", &url])?;
    shell.world.ctl(["softphone", "open"])?;
    let loaded = page.told("the page", |told| told["type"] == "loaded")?;
    assert_eq!(loaded["tauri"], false, "the foreign page has a way to our commands");
    let kind = "rc-adapter-register-third-party-service";
    let service = page.told("the service", |told| told["type"] == kind)?;
    let path = service["service"]["contactMatchPath"].as_str().context("no path")?.to_owned();

    let body = json!({ "phoneNumbers": ["+14155550142"] });
    page.says(&[json!({
        "type": "rc-post-message-request", "requestId": "m-1", "path": path, "body": body,
    })]);
    let answer = page.told("the match", |told| told["responseId"] == "m-1")?;
    let found = &answer["response"]["data"]["+14155550142"];
    assert_eq!(found[0]["name"], "Nadia Okafor", "{answer}");

    // Both families tell of it, and each twice.
    let ring = [web_phone("rc-call-ring-notify"), presence("Ringing", None)];
    page.says(&ring);
    page.says(&ring);
    shell.pop_says("Nadia Okafor")?;
    // Presence says no call between two rings (ringcentral-embeddable issue 321).
    page.says(&[presence("NoCall", Some("final")), presence("Ringing", None)]);
    // Neither our own window nor a stranger's frame speaks for the widget.
    let hostile = "window.postMessage({ type: 'rc-call-ring-notify', call: { id: 'evil', \
        direction: 'Inbound', from: '+19995550100', to: '+16505550100', \
        partyData: { sessionId: 's-evil', partyId: 'p-evil' } } }, '*'); \
        const frame = document.createElement('iframe'); \
        frame.srcdoc = `<script>parent.postMessage({ type: 'rc-call-ring-notify', call: { id: 'x', \
        direction: 'Inbound', from: '+19995550101' } }, '*')<\\/script>`; \
        document.body.append(frame); return true";
    shell.driver()?.runs("embeddable.html", hostile)?;
    page.says(&[web_phone("rc-call-start-notify"), presence("CallConnected", None)]);
    state_is(&shell, "answered")?;
    let end = [web_phone("rc-call-end-notify"), presence("NoCall", Some("final"))];
    page.says(&end);
    page.says(&end);
    state_is(&shell, "ended")?;
    let calls = calls(&shell)?;
    assert_eq!(calls.len(), 1, "{calls:#?}");
    assert_eq!(calls[0]["call"]["reason"], "answered");
    shell.world.ctl(["calls", "log", "last"])?;
    shell.world.crm.only_activity()?;
    Ok(())
}
