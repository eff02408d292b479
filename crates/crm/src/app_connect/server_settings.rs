//! The settings that the server keeps for its user (`/user/settings`), with those that an
//! administrator has locked (`customizable: false`).

use std::collections::BTreeMap;

use reqwest::Method;
use ringside_domain::text::{self, NAME_MAX};
use serde_json::{Map, Value, json};

use super::manifest::Item;
use super::wire::Kept;
use super::{AppConnect, READ_DEADLINE};
use crate::contract::Loose;
use crate::{ServerSetting, SettingValue};
use ringside_web::Error;
use ringside_web::client::Urgency;

/// Most settings that are kept, and the longest value, in characters.
const SETTINGS_MAX: usize = 300;
const VALUE_MAX: usize = 2000;

impl AppConnect {
    /// First those that the manifest has words for, as it orders them; then what else is kept.
    pub(super) async fn list_settings(&self) -> Result<Vec<ServerSetting>, Error> {
        let known = self.known().await?;
        let mut kept = self.kept().await?;
        let mut settings = Vec::new();
        for item in known.platform.items() {
            if let Some(id) = item.id.as_deref().filter(|_| item.kind.as_deref() != Some("warning"))
            {
                settings.push(setting(id, Some(item), kept.remove(id).unwrap_or_default()));
            }
        }
        settings.extend(kept.into_iter().map(|(id, kept)| setting(&id, None, kept)));
        settings.truncate(SETTINGS_MAX);
        Ok(settings)
    }

    pub(super) async fn change_setting(&self, id: &str, new: &SettingValue) -> Result<(), Error> {
        // The server itself would take it, and the administrator's would win with the next reading.
        let kept = self.kept().await?.remove(id).unwrap_or_default();
        if kept.customizable == Some(false) {
            return Err(Error::Forbidden);
        }
        let body = match new {
            SettingValue::Unset => json!({ "userSettings": {}, "settingKeysToRemove": [id] }),
            new => {
                let mut entry = Map::from_iter([("value".to_owned(), written(new, &kept))]);
                if let Some(customizable) = kept.customizable {
                    entry.insert("customizable".to_owned(), json!(customizable));
                }
                json!({ "userSettings": { id: entry }, "settingKeysToRemove": [] })
            }
        };
        let parts = ["user", "settings"];
        let sent = self.send_any(Method::POST, &parts, &body, Urgency::Live, READ_DEADLINE).await;
        sent.map(|_| ()).map_err(|refusal| refusal.plain(true))
    }

    async fn kept(&self) -> Result<BTreeMap<String, Kept>, Error> {
        let found = self.get_any(&["user", "settings"], &[], Urgency::Live, READ_DEADLINE).await;
        let body = found.map_err(|refusal| refusal.plain(false))?;
        let kept: BTreeMap<String, Loose<Kept>> = serde_json::from_value(body)
            .map_err(|_| Error::BadAnswer("no list of settings".to_owned()))?;
        Ok(kept.into_iter().filter_map(|(id, kept)| Some((id, kept.fit()?))).collect())
    }
}

fn setting(id: &str, item: Option<&Item>, kept: Kept) -> ServerSetting {
    let words = |text: &str| text::clean(text, NAME_MAX);
    let value = kept.value.or_else(|| item.and_then(|item| item.default_value.clone()));
    let options = item.map(|item| item.options.as_slice()).unwrap_or_default();
    ServerSetting {
        id: words(id),
        label: words(item.and_then(|item| item.name.as_deref()).unwrap_or(id)),
        hint: item.and_then(|item| item.description.as_deref()).map(words),
        value: read(value),
        options: options
            .iter()
            .filter_map(|option| {
                let id = option.id.as_deref()?;
                Some((id.to_owned(), words(option.name.as_deref().unwrap_or(id))))
            })
            .collect(),
        locked: kept.customizable == Some(false),
    }
}

fn read(value: Option<Value>) -> SettingValue {
    match value {
        None | Some(Value::Null) => SettingValue::Unset,
        Some(Value::Bool(flag)) => SettingValue::Flag(flag),
        Some(Value::String(value)) => SettingValue::Text(text::clean(&value, VALUE_MAX)),
        Some(Value::Number(value)) => SettingValue::Text(value.to_string()),
        Some(Value::Array(values)) => {
            let texts = values.into_iter().filter_map(|value| match value {
                Value::String(value) => Some(text::clean(&value, VALUE_MAX)),
                Value::Number(value) => Some(value.to_string()),
                _ => None,
            });
            SettingValue::List(texts.take(SETTINGS_MAX).collect())
        }
        // Such as the configuration of a plugin of the browser extension: shown, and left alone.
        Some(Value::Object(value)) => {
            SettingValue::Text(text::clean(&Value::Object(value).to_string(), VALUE_MAX))
        }
    }
}

/// A number stays a number.
fn written(new: &SettingValue, kept: &Kept) -> Value {
    match new {
        SettingValue::Flag(flag) => Value::Bool(*flag),
        SettingValue::Text(text) if matches!(kept.value, Some(Value::Number(_))) => {
            serde_json::from_str::<serde_json::Number>(text)
                .map_or_else(|_| json!(text), Value::from)
        }
        SettingValue::Text(text) => json!(text),
        SettingValue::List(values) => json!(values),
        SettingValue::Unset => Value::Null,
    }
}
