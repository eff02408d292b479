//! Text messages. The server keeps one record for a conversation of a day, adds each message to it
//! once, and tells no id of the CRM's.

use reqwest::Method;
use ringside_domain::Direction;
use ringside_domain::log::{MessageEntry, SEND_DEADLINE};
use serde_json::{Value, json};

use super::AppConnect;
use super::judge::Refusal;
use super::wire::message;
use ringside_web::Error;
use ringside_web::client::Urgency;

impl AppConnect {
    /// Sends all messages so far; the server leaves out those that it has. Answers with our key, which
    /// is the record's name at the server.
    pub(super) async fn log_messages(&self, entry: &MessageEntry) -> Result<String, Error> {
        if !self.known().await?.interfaces.has("createMessageLog") {
            return Err(Error::Unsupported);
        }
        if entry.texts.is_empty() {
            return Ok(entry.key.clone());
        }
        let body = body(entry);
        let _turn = self.locks.of(&entry.key).await;
        let urgency = Urgency::Background;
        let sent = self.send(Method::POST, &["messageLog"], &body, urgency, SEND_DEADLINE).await;
        match sent {
            // Says yes, and has written nothing (recorded).
            Ok(body) if said(&body).as_deref() == Some("Not supported") => Err(Error::Unsupported),
            Ok(_) => Ok(entry.key.clone()),
            Err(Refusal::Authorization) => Err(self.authorization(Error::Forbidden).await),
            Err(refusal) => Err(refusal.plain(true)),
        }
    }
}

fn said(body: &Value) -> Option<String> {
    message(body.get("returnMessage")?)
}

fn body(entry: &MessageEntry) -> Value {
    let person = json!({ "phoneNumber": entry.remote_number, "name": entry.contact_name });
    let agent = json!({ "phoneNumber": entry.local_number });
    // The server takes them newest first, and tells them apart by id, for all accounts in one table.
    let messages: Vec<Value> = entry
        .texts
        .iter()
        .rev()
        .map(|text| {
            let (direction, from, to) = match text.direction {
                Direction::Inbound => ("Inbound", &person, &agent),
                Direction::Outbound => ("Outbound", &agent, &person),
            };
            json!({
                "id": format!("{}:{}", entry.key, text.id),
                "type": "SMS",
                "direction": direction,
                "from": from,
                "to": [to],
                "subject": text.text,
                "creationTime": text.at,
                "lastModifiedTime": text.at,
            })
        })
        .collect();
    json!({
        "logInfo": {
            "conversationId": entry.key,
            "conversationLogId": entry.key,
            "type": "SMS",
            "date": entry.texts.first().map(|text| text.at),
            "correspondents": [person],
            "messages": messages,
        },
        "contactId": entry.contact.id,
        "contactType": entry.contact.kind,
        "contactName": entry.contact_name,
        "additionalSubmission": {},
    })
}
