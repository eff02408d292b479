//! The list of people to call back (`/calldown`), which the server keeps for each user.

use jiff::Timestamp;
use reqwest::Method;
use ringside_domain::{AccountId, ContactRef};
use serde_json::{Map, Value, json};

use super::wire::{CallDown, CallDowns, id};
use super::{AppConnect, READ_DEADLINE};
use crate::{CallBack, CallBackState, NewCallBack};
use ringside_web::Error;
use ringside_web::client::Urgency;

/// Most entries that are kept of one answer.
const ENTRIES_MAX: usize = 1000;

impl AppConnect {
    pub(super) async fn list_call_backs(&self) -> Result<Vec<CallBack>, Error> {
        let query = [("status", "All")];
        let found = self.get(&["calldown"], &query, Urgency::Live, READ_DEADLINE).await;
        let body = found.map_err(|refusal| refusal.plain(false))?;
        let list: CallDowns = serde_json::from_value(body).unwrap_or_default();
        let entries = list.items.into_iter().filter_map(|entry| call_back(&self.account, entry));
        Ok(entries.take(ENTRIES_MAX).collect())
    }

    pub(super) async fn add_call_back(&self, new: &NewCallBack) -> Result<String, Error> {
        let body = json!({
            "contactId": new.contact.id,
            "contactType": new.contact.kind,
            "scheduledAt": new.at,
        });
        let body = self.call_down(Method::POST, &["calldown"], &body).await?;
        let made: CallDowns = serde_json::from_value(body).unwrap_or_default();
        id(made.id).ok_or_else(|| Error::Ambiguous("an entry without an id".to_owned()))
    }

    pub(super) async fn change_call_back(&self, entry: &CallBack) -> Result<(), Error> {
        let mut body = Map::from_iter([("scheduledAt".to_owned(), json!(entry.at))]);
        match entry.state {
            CallBackState::Open => {
                body.insert("status".to_owned(), json!("scheduled"));
                body.insert("lastCallAt".to_owned(), Value::Null);
            }
            CallBackState::Called { at } => {
                body.insert("status".to_owned(), json!("called"));
                body.insert("lastCallAt".to_owned(), json!(at));
            }
        }
        let parts = ["calldown", entry.id.as_str()];
        self.call_down(Method::PATCH, &parts, &Value::Object(body)).await.map(|_| ())
    }

    pub(super) async fn drop_call_back(&self, id: &str) -> Result<(), Error> {
        self.call_down(Method::DELETE, &["calldown", id], &json!({})).await.map(|_| ())
    }

    async fn call_down(
        &self,
        method: Method,
        parts: &[&str],
        body: &Value,
    ) -> Result<Value, Error> {
        let sent = self.send(method, parts, body, Urgency::Live, READ_DEADLINE).await;
        sent.map_err(|refusal| refusal.plain(true))
    }
}

/// One entry; `None` if it names nobody.
pub(super) fn call_back(account: &AccountId, entry: CallDown) -> Option<CallBack> {
    let time = |text: Option<String>| text.and_then(|text| text.parse::<Timestamp>().ok());
    let state = match entry.status.as_deref() {
        Some("called") => CallBackState::Called { at: time(entry.last_call_at) },
        _ => CallBackState::Open,
    };
    Some(CallBack {
        id: id(entry.id)?,
        contact: ContactRef {
            account: account.clone(),
            kind: id(entry.contact_type).unwrap_or_default(),
            id: id(entry.contact_id)?,
        },
        at: time(entry.scheduled_at),
        state,
    })
}
