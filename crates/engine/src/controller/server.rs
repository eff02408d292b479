//! What some CRMs keep for their user: settings, and a list of people to call back.

use std::sync::Arc;

use ringside_crm::{CallBack, CallBackState, Crm, NewCallBack, ServerSetting, SettingValue};
use ringside_domain::{AccountId, ContactRef};
use ringside_protocol::view::{CallBackView, ServerSettingView};
use ringside_protocol::{At, ErrorCode, Fault, Reply};
use serde_json::Value;

use super::{Answer, Controller, answers};

/// What happens to the list of people to call back, before it is read again.
pub(super) enum CallBackChange {
    /// Nothing.
    None,
    /// Somebody comes onto it.
    Add(NewCallBack),
    /// An entry is done, or open again.
    Set { id: String, called: bool },
    /// An entry goes.
    Remove { id: String },
}

impl Controller {
    /// The settings that a CRM keeps for its user; changed first where a change is given.
    pub(super) fn server_settings(
        &self,
        id: &AccountId,
        change: Option<(String, Value)>,
        reply: Answer,
    ) {
        let crm = match self.crm_of(id) {
            Ok(crm) => crm,
            Err(fault) => return answers::fault(reply, fault),
        };
        let (id, name) = (id.clone(), self.account_name(id));
        self.spawn(
            async move {
                if let Some((setting, value)) = change {
                    crm.set_server_setting(&setting, &setting_value(&value)).await?;
                }
                crm.server_settings().await
            },
            move |c, result| {
                c.account_answered(&id, result.as_ref().err());
                let answer = result
                    .map(|found| Reply::ServerSettings(found.iter().map(setting_view).collect()))
                    .map_err(|error| answers::crm_fault(&error, &name));
                let _ = reply.send(answer);
            },
        );
    }

    /// The people to call back, after a change.
    pub(super) fn call_backs(&self, id: &AccountId, change: CallBackChange, reply: Answer) {
        let crm = match self.crm_of(id) {
            Ok(crm) => crm,
            Err(fault) => return answers::fault(reply, fault),
        };
        let (id, name) = (id.clone(), self.account_name(id));
        let stores = self.stores.clone();
        self.spawn(
            async move {
                apply(&*crm, change).await?;
                let list = crm.call_backs().await?;
                let mut views = Vec::with_capacity(list.len());
                for entry in list {
                    // The list holds no names; the directory may.
                    let known = match &stores {
                        Some(stores) => stores.directory.contact(&entry.contact).await.ok(),
                        None => None,
                    };
                    let name = known.flatten().map(|known| known.contact.name);
                    views.push(call_back_view(entry, name));
                }
                Ok(views)
            },
            move |c, result| {
                c.account_answered(&id, result.as_ref().err());
                let answer =
                    result.map(Reply::CallBacks).map_err(|error| answers::crm_fault(&error, &name));
                let _ = reply.send(answer);
            },
        );
    }

    /// Puts somebody on the list of their own account.
    pub(super) fn add_call_back(&self, contact: ContactRef, at: Option<At>, reply: Answer) {
        let account = contact.account.clone();
        let new = NewCallBack { contact, at: at.map(|At(at)| at) };
        self.call_backs(&account, CallBackChange::Add(new), reply);
    }

    /// The open CRM of an account, or why there is none.
    fn crm_of(&self, id: &AccountId) -> Result<Arc<dyn Crm>, Fault> {
        let no_account = || Fault::new(ErrorCode::NoSuchAccount).with("account", id.as_str());
        let account = self.accounts.get(id).ok_or_else(no_account)?;
        account.crm.clone().ok_or_else(|| {
            Fault::new(ErrorCode::SignedOut).with("account", account.settings.name.as_str())
        })
    }
}

async fn apply(crm: &dyn Crm, change: CallBackChange) -> Result<(), ringside_web::Error> {
    match change {
        CallBackChange::None => Ok(()),
        CallBackChange::Add(new) => crm.create_call_back(&new).await.map(drop),
        CallBackChange::Set { id, called } => {
            let list = crm.call_backs().await?;
            let known = list.into_iter().find(|entry| entry.id == id);
            let mut entry = known.ok_or(ringside_web::Error::NotFound)?;
            entry.state = match called {
                true => CallBackState::Called { at: Some(jiff::Timestamp::now()) },
                false => CallBackState::Open,
            };
            crm.update_call_back(&entry).await
        }
        CallBackChange::Remove { id } => crm.delete_call_back(&id).await,
    }
}

fn call_back_view(entry: CallBack, name: Option<String>) -> CallBackView {
    CallBackView {
        id: entry.id,
        contact: entry.contact,
        name,
        at: entry.at.map(At),
        called: matches!(entry.state, CallBackState::Called { .. }),
    }
}

fn setting_view(setting: &ServerSetting) -> ServerSettingView {
    ServerSettingView {
        id: setting.id.clone(),
        label: setting.label.clone(),
        hint: setting.hint.clone(),
        value: match &setting.value {
            SettingValue::Flag(flag) => Value::from(*flag),
            SettingValue::Text(text) => Value::from(text.as_str()),
            SettingValue::List(list) => Value::from(list.clone()),
            SettingValue::Unset => Value::Null,
        },
        options: setting.options.clone(),
        locked: setting.locked,
    }
}

fn setting_value(value: &Value) -> SettingValue {
    match value {
        Value::Bool(flag) => SettingValue::Flag(*flag),
        Value::String(text) => SettingValue::Text(text.clone()),
        Value::Number(number) => SettingValue::Text(number.to_string()),
        Value::Array(list) => {
            SettingValue::List(list.iter().filter_map(Value::as_str).map(str::to_owned).collect())
        }
        Value::Null | Value::Object(_) => SettingValue::Unset,
    }
}
