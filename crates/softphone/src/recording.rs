//! What a softphone said, kept as it came: written by `ringsidectl softphone record`, read by tests.
//!
//! A recording is a text of JSON objects, one a line:
//!
//! ```json
//! {"t":0.402,"way":"in","text":"{\"event\":true,\"type\":\"CALL_INCOMING\",…}"}
//! ```
//!
//! `t` is in seconds since the recording began, `way` is `in` for what the softphone said and `out`
//! for what we said to it, and `text` is the raw message as the link took it off the wire. Lines
//! that begin with `#` are comments. How a message is cut out of the wire is the link's: a netstring
//! of baresip, a block of lines of AMI, the body of a NOTIFY.
//!
//! Older recordings, and those of other tools, are read too: see [`read`].

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use tokio::sync::broadcast;

use crate::clock;

/// Which way a message went.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Way {
    /// The softphone said it.
    In,
    /// We said it.
    Out,
}

/// One raw message.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Raw {
    /// Seconds since the recording began.
    pub t: f64,
    /// Who spoke.
    pub way: Way,
    /// The message as it went over the wire.
    pub text: String,
}

impl Raw {
    /// The line of a recording, without its end.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// Messages that nobody has written down yet; who is slower than this loses some, and not the link.
const TAPPED_MAX: usize = 1024;

/// Where a source lets others listen in on its raw messages. It costs nothing while nobody does.
#[derive(Clone, Debug, Default)]
pub struct Tap(Arc<Mutex<Option<broadcast::Sender<Heard>>>>);

/// A message with the time at which it went by.
type Heard = (Duration, Way, String);

impl Tap {
    /// Tells a raw message. Secrets must be left out by the source: sign-ins, tokens.
    pub fn tell(&self, way: Way, text: impl FnOnce() -> String) {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        match &*out {
            Some(listeners) if listeners.receiver_count() > 0 => {
                let _ = listeners.send((clock::now().mono, way, text()));
            }
            Some(_) => *out = None,
            None => {}
        }
    }

    /// Listens in from now on.
    pub fn listen(&self) -> Listener {
        let mut out = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let messages = match &*out {
            Some(listeners) => listeners.subscribe(),
            None => {
                let (listeners, messages) = broadcast::channel(TAPPED_MAX);
                *out = Some(listeners);
                messages
            }
        };
        Listener { since: clock::now().mono, messages }
    }
}

/// Somebody who listens in.
#[derive(Debug)]
pub struct Listener {
    since: Duration,
    messages: broadcast::Receiver<Heard>,
}

impl Listener {
    /// The next message; `None` once the source is gone. Messages that came too fast are left out.
    pub async fn next(&mut self) -> Option<Raw> {
        loop {
            match self.messages.recv().await {
                Ok((at, way, text)) => {
                    let t = at.saturating_sub(self.since).as_secs_f64();
                    return Some(Raw { t: (t * 1000.0).round() / 1000.0, way, text });
                }
                Err(broadcast::error::RecvError::Lagged(_)) => {}
                Err(broadcast::error::RecvError::Closed) => return None,
            }
        }
    }
}

/// Reads a recording of any form that is known; lines that are none are left out.
///
/// Beside the lines above: `{"t", "raw": {…}}` and `{"t", "sent": …}` of a socket,
/// `{"t", "topic", "payload"}` of MQTT, `{"t", "pop-event": "…"}` of Linphone, `{"t", "body": "…"}`
/// of NOTIFY, `{"t", "env": {…}}` of a hook, the lines of `gdbus monitor`, and the JSON list of
/// events of an AMI.
pub fn read(text: &str) -> Vec<Raw> {
    if let Ok(Value::Array(events)) = serde_json::from_str(text) {
        return events.iter().enumerate().map(|(at, event)| ami(at, event)).collect();
    }
    let lines = text.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#'));
    lines.enumerate().filter_map(|(at, line)| read_line(at, line)).collect()
}

fn read_line(at: usize, line: &str) -> Option<Raw> {
    let raw = |t, way, text| Some(Raw { t, way, text });
    let Ok(Value::Object(value)) = serde_json::from_str::<Value>(line) else {
        return raw(at as f64, Way::In, line.to_owned());
    };
    let t = value.get("t").and_then(Value::as_f64)?;
    let text = |name: &str| {
        value.get(name).map(|value| value.as_str().map_or_else(|| value.to_string(), str::to_owned))
    };
    if let (Some(topic), Some(payload)) = (text("topic"), text("payload")) {
        return raw(t, Way::In, format!("{topic} {payload}"));
    }
    if let Some(sent) = text("sent") {
        return raw(t, Way::Out, sent);
    }
    let way = if text("way").as_deref() == Some("out") { Way::Out } else { Way::In };
    let said = ["text", "raw", "pop-event", "body", "env"].into_iter().find_map(text)?;
    raw(t, way, said)
}

/// One event of an AMI, told again as the lines that it was.
fn ami(at: usize, event: &Value) -> Raw {
    let fields = event.as_object().into_iter().flatten().filter(|(key, _)| *key != "content");
    let lines = fields.map(|(key, value)| {
        let value = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        format!("{key}: {value}\r\n")
    });
    // Nobody noted the times.
    Raw { t: at as f64 / 100.0, way: Way::In, text: lines.collect::<String>() + "\r\n" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let raw = Raw { t: 0.402, way: Way::Out, text: "a \"b\"\n\u{202E}".into() };
        assert_eq!(read(&format!("# a comment\n{}\n\n", raw.line())), [raw]);
        assert_eq!(read("{\"t\":1}\n{\"way\":\"in\"}\n"), []);
    }

    #[tokio::test]
    async fn who_listens_in_hears_what_comes_from_then_on() {
        let tap = Tap::default();
        tap.tell(Way::In, || unreachable!("nobody listens"));
        let mut listener = tap.listen();
        tap.tell(Way::In, || "one".into());
        tap.tell(Way::Out, || "two".into());
        let heard = [listener.next().await.unwrap(), listener.next().await.unwrap()];
        assert_eq!(
            heard.each_ref().map(|raw| (raw.way, raw.text.as_str())),
            [(Way::In, "one"), (Way::Out, "two")]
        );
        drop(tap);
        assert_eq!(listener.next().await, None);
    }
}
