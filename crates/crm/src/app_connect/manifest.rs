//! What a server says of one of its connectors: `GET /crmManifest` and `GET /implementedInterfaces`.

use std::collections::BTreeMap;

use ringside_domain::ContactType;
use ringside_domain::text::{self, NAME_MAX};
use serde::Deserialize;
use serde_json::Value;

use super::fields::FieldSpec;
use super::wire::{id, list, maybe, words};
use ringside_web::Error;

/// Most settings of a server that are shown.
const ITEMS_MAX: usize = 200;

/// One connector of a server.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Platform {
    #[serde(deserialize_with = "words")]
    pub(super) display_name: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) auth: Option<SignIn>,
    #[serde(deserialize_with = "maybe")]
    pub(super) environment: Option<Environment>,
    #[serde(deserialize_with = "list")]
    contact_types: Vec<KindOfContact>,
    #[serde(deserialize_with = "words")]
    pub(super) contact_page_url: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) log_page_url: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) can_open_log_page: Option<bool>,
    #[serde(deserialize_with = "maybe")]
    pub(super) page: Option<Pages>,
    #[serde(deserialize_with = "list")]
    settings: Vec<Section>,
    #[serde(rename = "override", deserialize_with = "list")]
    overrides: Vec<Override>,
}

/// `auth`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct SignIn {
    #[serde(rename = "type", deserialize_with = "words")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) oauth: Option<OAuthApp>,
    #[serde(deserialize_with = "maybe")]
    pub(super) api_key: Option<KeyForm>,
}

/// `auth.oauth`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct OAuthApp {
    #[serde(deserialize_with = "words")]
    pub(super) auth_url: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) client_id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) redirect_uri: Option<String>,
    /// A piece of a query, not a list of scopes: `scope=a+b` or `access_type=offline&scope=…`.
    #[serde(deserialize_with = "words")]
    pub(super) scope: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) custom_state: Option<String>,
}

/// `auth.apiKey`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeyForm {
    #[serde(deserialize_with = "maybe")]
    pub(super) page: Option<KeyPage>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeyPage {
    #[serde(deserialize_with = "list")]
    pub(super) content: Vec<KeyField>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct KeyField {
    #[serde(rename = "const", deserialize_with = "words")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) title: Option<String>,
    #[serde(deserialize_with = "maybe")]
    pub(super) required: Option<bool>,
    #[serde(rename = "type", deserialize_with = "words")]
    pub(super) kind: Option<String>,
}

/// `environment`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Environment {
    /// `fixed`, `dynamic` (a person pastes an address of theirs) or `selectable`.
    #[serde(rename = "type", deserialize_with = "words")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) url: Option<String>,
    /// The shape of an address, such as `*.pipedrive.com`.
    #[serde(rename = "urlIdentifier", deserialize_with = "words")]
    pub(super) url_identifier: Option<String>,
    #[serde(deserialize_with = "list")]
    pub(super) selections: Vec<Selection>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Selection {
    #[serde(rename = "const", deserialize_with = "words")]
    pub(super) url: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) name: Option<String>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct KindOfContact {
    #[serde(deserialize_with = "words")]
    display: Option<String>,
    #[serde(deserialize_with = "words")]
    value: Option<String>,
}

/// `page`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Pages {
    #[serde(deserialize_with = "maybe")]
    pub(super) use_contact_search: Option<bool>,
    #[serde(deserialize_with = "maybe")]
    pub(super) disable_contact_cache: Option<bool>,
    #[serde(deserialize_with = "maybe")]
    pub(super) call_log: Option<Form>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Form {
    #[serde(deserialize_with = "list")]
    pub(super) additional_fields: Vec<FieldSpec>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Section {
    #[serde(deserialize_with = "list")]
    items: Vec<Item>,
}

/// One setting that the server keeps for its user.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Item {
    #[serde(deserialize_with = "words")]
    pub(super) id: Option<String>,
    #[serde(rename = "type", deserialize_with = "words")]
    pub(super) kind: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) name: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) description: Option<String>,
    pub(super) default_value: Option<Value>,
    #[serde(deserialize_with = "list")]
    pub(super) options: Vec<ItemOption>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct ItemOption {
    #[serde(deserialize_with = "words")]
    pub(super) id: Option<String>,
    #[serde(deserialize_with = "words")]
    pub(super) name: Option<String>,
}

/// `override[]`: what differs for one host of the CRM, such as a region.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Override {
    #[serde(deserialize_with = "words")]
    trigger_type: Option<String>,
    #[serde(deserialize_with = "words")]
    trigger_value: Option<String>,
    #[serde(deserialize_with = "list")]
    override_objects: Vec<Change>,
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
struct Change {
    #[serde(deserialize_with = "words")]
    path: Option<String>,
    value: Option<Value>,
}

/// The connectors that a manifest names, by their names.
pub(super) fn platforms(manifest: &Value) -> Result<BTreeMap<String, Value>, Error> {
    let platforms = manifest.get("platforms").and_then(Value::as_object);
    let platforms = platforms.ok_or_else(|| Error::BadAnswer("no manifest".to_owned()))?;
    Ok(platforms.iter().map(|(name, platform)| (name.clone(), platform.clone())).collect())
}

impl Platform {
    /// A connector as its manifest has it for one host of the CRM. Whatever does not fit is left
    /// out. A change of `serverUrl` is ignored: the account's own address is the person's word.
    pub(super) fn read(given: &Value, hostname: Option<&str>) -> Self {
        let plain: Self = serde_json::from_value(given.clone()).unwrap_or_default();
        let mut given = given.clone();
        for change in plain.overrides.iter().filter(|change| change.applies(hostname)) {
            for change in &change.override_objects {
                if let (Some(path), Some(value)) = (&change.path, &change.value) {
                    set(&mut given, path, value);
                }
            }
        }
        serde_json::from_value(given).unwrap_or_default()
    }

    /// Kinds of contact that can be created.
    pub(super) fn contact_types(&self) -> Vec<ContactType> {
        let kinds = self.contact_types.iter().filter_map(|kind| {
            let value = id(kind.value.clone())?;
            let label = kind.display.as_deref().unwrap_or(&value);
            Some(ContactType { label: text::clean(label, NAME_MAX), value })
        });
        kinds.collect()
    }

    /// The fields of the log form.
    pub(super) fn log_fields(&self) -> &[FieldSpec] {
        let form = self.page.as_ref().and_then(|page| page.call_log.as_ref());
        form.map(|form| form.additional_fields.as_slice()).unwrap_or_default()
    }

    /// The settings that the server keeps for its user.
    pub(super) fn items(&self) -> impl Iterator<Item = &Item> {
        self.settings.iter().flat_map(|section| &section.items).take(ITEMS_MAX)
    }

    /// Whether a person signs in at the CRM's own page.
    pub(super) fn is_oauth(&self) -> bool {
        self.auth.as_ref().and_then(|auth| auth.kind.as_deref()) == Some("oauth")
    }

    /// The host of the CRM where the manifest knows it.
    pub(super) fn own_host(&self) -> Option<String> {
        let environment = self.environment.as_ref()?;
        let url = match environment.kind.as_deref() {
            Some("fixed") => environment.url.as_deref()?,
            Some("selectable") => environment.selections.first()?.url.as_deref()?,
            _ => return None,
        };
        url::Url::parse(url).ok()?.host_str().map(str::to_owned)
    }

    /// All hosts at which the manifest says that the CRM is.
    pub(super) fn hosts(&self) -> Vec<String> {
        let Some(environment) = &self.environment else { return Vec::new() };
        let choices = environment.selections.iter().filter_map(|choice| choice.url.as_deref());
        environment
            .url
            .as_deref()
            .into_iter()
            .chain(choices)
            .filter_map(|url| url::Url::parse(url).ok()?.host_str().map(str::to_owned))
            .collect()
    }

    /// The server caches contacts of this connector nowhere.
    pub(super) fn never_cached(&self) -> bool {
        self.page.as_ref().and_then(|page| page.disable_contact_cache) == Some(true)
    }
}

impl Override {
    fn applies(&self, hostname: Option<&str>) -> bool {
        match self.trigger_type.as_deref() {
            Some("meta") => true,
            Some("hostname") => hostname.is_some() && self.trigger_value.as_deref() == hostname,
            _ => false,
        }
    }
}

/// Most steps of a path into a connector's manifest; `page.callLog.additionalFields` has three.
const STEPS_MAX: usize = 12;

/// Sets what lies at a path such as `auth.oauth.authUrl`; nothing where the way there is missing.
fn set(target: &mut Value, path: &str, value: &Value) {
    // Many long paths could nest a value so deep that reading it would overflow the stack.
    if path.split('.').count() > STEPS_MAX {
        return;
    }
    let Some((way, last)) = path.rsplit_once('.') else {
        if let Some(object) = target.as_object_mut() {
            object.insert(path.to_owned(), value.clone());
        }
        return;
    };
    let place = way.split('.').try_fold(target, |place, step| place.get_mut(step));
    if let Some(object) = place.and_then(Value::as_object_mut) {
        object.insert(last.to_owned(), value.clone());
    }
}

/// `GET /implementedInterfaces`: what a connector can do, by App Connect's names. What is not there
/// cannot be done; what an older server does not tell counts as not there.
#[derive(Clone, Debug, Default)]
pub(super) struct Interfaces(BTreeMap<String, bool>);

impl Interfaces {
    pub(super) fn read(given: &Value) -> Self {
        let given = given.as_object().into_iter().flatten();
        let known = given.filter_map(|(name, can)| Some((name.clone(), can.as_bool()?)));
        Self(known.collect())
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.0.get(name).copied().unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn clio() -> Value {
        json!({
            "displayName": "Clio", "auth": { "type": "oauth", "oauth": { "authUrl": "https://us.example", "clientId": "us" } },
            "environment": { "type": "selectable", "selections": [{ "const": "https://us.clio.example", "name": "US" }] },
            "override": [
                { "triggerType": "hostname", "triggerValue": "eu.clio.example",
                  "overrideObjects": [{ "path": "auth.oauth.clientId", "value": "eu" }, { "path": "no.way.there", "value": 1 }] },
                { "triggerType": "meta", "overrideObjects": [{ "path": "displayName", "value": "Clio Manage" }] },
                7,
            ],
        })
    }

    #[test]
    fn a_host_of_its_own_changes_what_the_manifest_says() {
        let client = |host| {
            let auth = Platform::read(&clio(), host).auth.unwrap();
            auth.oauth.unwrap().client_id.unwrap()
        };
        assert_eq!(client(None), "us");
        assert_eq!(client(Some("us.clio.example")), "us");
        assert_eq!(client(Some("eu.clio.example")), "eu");
        assert_eq!(Platform::read(&clio(), None).display_name.as_deref(), Some("Clio Manage"));
        assert_eq!(Platform::read(&clio(), None).own_host().as_deref(), Some("us.clio.example"));
    }

    #[test]
    fn a_manifest_of_nonsense_is_an_empty_one() {
        for nonsense in [
            json!(null),
            json!([1]),
            json!({ "auth": 3, "page": { "callLog": [] }, "settings": "x", "contactTypes": [4, { "value": "" }] }),
        ] {
            let platform = Platform::read(&nonsense, None);
            assert!(platform.contact_types().is_empty() && platform.log_fields().is_empty());
            assert!(!platform.is_oauth() && platform.items().next().is_none());
        }
        assert!(matches!(platforms(&json!("<html>")), Err(Error::BadAnswer(_))));
        let interfaces = Interfaces::read(&json!({ "findContact": true, "createCallLog": "yes" }));
        assert!(interfaces.has("findContact") && !interfaces.has("createCallLog"));
        assert!(!Interfaces::read(&json!([true])).has("findContact"));
    }
}
