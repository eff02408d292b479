//! `config.toml`: for people to edit, comments kept. The admin's `policy.toml` wins over it and
//! locks what it names.

use std::path::{Path, PathBuf};
use std::time::SystemTime;

use ringside_domain::Region;
use ringside_domain::settings::Settings;
use ringside_protocol::view::SettingsView;
use ringside_protocol::{ErrorCode, Fault};
use toml_edit::{DocumentMut, Item, Table};

use crate::Home;

/// The settings in force, with the files they come from.
#[derive(Debug)]
pub struct Config {
    file: PathBuf,
    last_good: PathBuf,
    policy_file: PathBuf,
    /// What the softphone said of its user's region.
    told_region: PathBuf,
    /// The file or the policy names a region.
    sets_region: bool,
    document: DocumentMut,
    settings: Settings,
    locked: Vec<String>,
    problem: Option<Fault>,
    seen: Option<SystemTime>,
}

impl Config {
    /// Reads the settings. A file with a mistake is told of and left alone; the settings last in
    /// force stay so.
    pub fn load(home: &Home) -> Self {
        let mut config = Self {
            file: home.config_file(),
            last_good: home.data_dir().join("config.last-good.toml"),
            policy_file: home.policy_file(),
            told_region: home.data_dir().join("region"),
            sets_region: false,
            document: DocumentMut::new(),
            settings: Settings::default(),
            locked: Vec::new(),
            problem: None,
            seen: None,
        };
        config.seen = modified(&config.file);
        if let Err(fault) = config.read(&config.file.clone()) {
            if config.last_good.exists() {
                let _ = config.read(&config.last_good.clone());
            }
            config.problem = Some(fault);
        }
        config
    }

    /// In force.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// What is wrong with the file, if anything.
    pub fn problem(&self) -> Option<&Fault> {
        self.problem.as_ref()
    }

    /// For a face.
    pub fn view(&self) -> SettingsView {
        SettingsView {
            settings: self.settings.clone(),
            locked: self.locked.clone(),
            file: self.file.display().to_string(),
            problem: self.problem.clone(),
        }
    }

    /// Reads the file again if somebody has edited it. Answers whether anything changed.
    pub fn reload_if_edited(&mut self) -> bool {
        let modified = modified(&self.file);
        if modified == self.seen {
            return false;
        }
        self.seen = modified;
        self.problem = self.read(&self.file.clone()).err();
        true
    }

    /// Sets one value by its dotted key.
    ///
    /// # Errors
    /// [`ErrorCode::LockedByPolicy`], [`ErrorCode::BadSetting`], or [`ErrorCode::BadConfig`] when
    /// the file has a mistake that a person must mend first.
    pub fn set(&mut self, key: &str, value: &serde_json::Value) -> Result<(), Fault> {
        if self.locked.iter().any(|locked| locked == key) {
            return Err(Fault::new(ErrorCode::LockedByPolicy).with("key", key));
        }
        let bad = |reason: &str| {
            Fault::new(ErrorCode::BadSetting).with("key", key).with("reason", reason)
        };
        let item = item_of(value).ok_or_else(|| bad("value"))?;
        self.edit(|document| {
            let mut table: &mut Table = document.as_table_mut();
            let mut parts = key.split('.').peekable();
            while let Some(part) = parts.next() {
                if parts.peek().is_none() {
                    table[part] = item;
                    return Ok(());
                }
                let entry = table.entry(part).or_insert_with(|| Item::Table(Table::new()));
                table = entry.as_table_mut().ok_or_else(|| bad("key"))?;
            }
            Err(bad("key"))
        })
        .map_err(|fault| match fault.code {
            ErrorCode::BadConfig => {
                let reason = fault.params.get("reason").cloned().unwrap_or_default();
                bad(&reason)
            }
            _ => fault,
        })
    }

    /// The region of the softphone's user, which is the default where neither the user nor the admin
    /// has set one. Kept for the next start. Answers whether it changed anything.
    pub fn suggest_region(&mut self, region: &Region) -> bool {
        let known = std::fs::read_to_string(&self.told_region).unwrap_or_default();
        if known != region.as_str()
            && let Err(error) = write_atomically(&self.told_region, region.as_str())
        {
            tracing::warn!(%error, "the region of the softphone could not be kept");
        }
        let before = self.settings.numbers.region.clone();
        if !self.sets_region {
            self.settings.numbers.region = region.as_str().to_owned();
        }
        before != self.settings.numbers.region
    }

    /// Writes the lists of accounts and softphones as they are in `settings`.
    ///
    /// # Errors
    /// As [`Config::set`].
    pub fn set_links(&mut self, settings: &Settings) -> Result<(), Fault> {
        for key in ["accounts", "softphones"] {
            if self.locked.iter().any(|locked| locked == key) {
                return Err(Fault::new(ErrorCode::LockedByPolicy).with("key", key));
            }
        }
        let text = toml_edit::ser::to_document(settings)
            .map_err(|error| Fault::new(ErrorCode::Internal).with("reason", error.to_string()))?;
        self.edit(|document| {
            for key in ["accounts", "softphones"] {
                match text.get(key) {
                    Some(item) => document[key] = into_tables(item.clone()),
                    None => {
                        document.remove(key);
                    }
                }
            }
            Ok(())
        })
    }

    /// Changes the document, checks the result as a whole, then writes it; nothing is changed if
    /// anything is wrong.
    fn edit(
        &mut self,
        change: impl FnOnce(&mut DocumentMut) -> Result<(), Fault>,
    ) -> Result<(), Fault> {
        if let Some(problem) = &self.problem {
            return Err(problem.clone());
        }
        let mut document = self.document.clone();
        change(&mut document)?;
        let text = document.to_string();
        let (settings, locked) = self.check(&text, &self.file)?;
        write_atomically(&self.file, &text).map_err(|error| io_fault(&self.file, &error))?;
        self.keep(document, settings, locked, &text);
        Ok(())
    }

    fn read(&mut self, file: &Path) -> Result<(), Fault> {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => String::new(),
            Err(error) => return Err(io_fault(file, &error)),
        };
        let (settings, locked) = self.check(&text, file)?;
        let document = text.parse().map_err(|error| toml_fault(file, &text, &error))?;
        self.keep(document, settings, locked, &text);
        Ok(())
    }

    fn keep(&mut self, document: DocumentMut, settings: Settings, locked: Vec<String>, text: &str) {
        let own = document.get("numbers").and_then(|numbers| numbers.get("region"));
        self.sets_region = own.is_some() || locked.iter().any(|key| key == "numbers.region");
        self.document = document;
        self.settings = settings;
        self.locked = locked;
        let told = std::fs::read_to_string(&self.told_region).ok();
        if let Some(region) = told.as_deref().and_then(Region::parse).filter(|_| !self.sets_region)
        {
            self.settings.numbers.region = region.as_str().to_owned();
        }
        self.problem = None;
        self.seen = modified(&self.file);
        if let Err(error) = write_atomically(&self.last_good, text) {
            tracing::warn!(%error, "the copy of the settings could not be written");
        }
    }

    /// Reads a text with the policy over it.
    fn check(&self, text: &str, file: &Path) -> Result<(Settings, Vec<String>), Fault> {
        // The file alone first, so that a mistake is named with its line in this file.
        toml_edit::de::from_str::<Settings>(text).map_err(|error| de_fault(file, text, &error))?;
        let mut document: DocumentMut =
            text.parse().map_err(|error| toml_fault(file, text, &error))?;
        let mut locked = Vec::new();
        if let Ok(policy) = std::fs::read_to_string(&self.policy_file) {
            let policy: DocumentMut =
                policy.parse().map_err(|error| toml_fault(&self.policy_file, &policy, &error))?;
            overlay(document.as_table_mut(), policy.as_table(), "", &mut locked);
        }
        let settings: Settings =
            toml_edit::de::from_document(document).map_err(|error| de_fault(file, text, &error))?;
        settings.validate().map_err(|(key, reason)| {
            Fault::new(ErrorCode::BadConfig)
                .with("file", file.display().to_string())
                .with("line", line_of_key(text, &key).to_string())
                .with("reason", format!("{key}: {reason}"))
        })?;
        Ok((settings, locked))
    }
}

/// Lays the policy's values over the settings and notes the dotted key of each.
fn overlay(target: &mut Table, policy: &Table, prefix: &str, locked: &mut Vec<String>) {
    for (key, item) in policy {
        let path = if prefix.is_empty() { key.to_owned() } else { format!("{prefix}.{key}") };
        match (item.as_table(), target.get_mut(key).and_then(Item::as_table_mut)) {
            (Some(policy), Some(target)) => overlay(target, policy, &path, locked),
            (Some(policy), None) => {
                let mut table = Table::new();
                overlay(&mut table, policy, &path, locked);
                target.insert(key, Item::Table(table));
            }
            (None, _) => {
                target.insert(key, item.clone());
                locked.push(path);
            }
        }
    }
}

/// `[[accounts]]` reads better than an inline list.
fn into_tables(item: Item) -> Item {
    match item.into_array_of_tables() {
        Ok(tables) => Item::ArrayOfTables(tables),
        Err(item) => item,
    }
}

fn item_of(value: &serde_json::Value) -> Option<Item> {
    let value = match value {
        serde_json::Value::Bool(value) => toml_edit::Value::from(*value),
        serde_json::Value::Number(number) => match number.as_i64() {
            Some(number) => toml_edit::Value::from(number),
            None => toml_edit::Value::from(number.as_f64()?),
        },
        serde_json::Value::String(text) => toml_edit::Value::from(text.as_str()),
        serde_json::Value::Array(items) => {
            let mut array = toml_edit::Array::new();
            for item in items {
                array.push(item_of(item)?.into_value().ok()?);
            }
            toml_edit::Value::Array(array)
        }
        serde_json::Value::Null | serde_json::Value::Object(_) => return None,
    };
    Some(Item::Value(value))
}

fn modified(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file).and_then(|meta| meta.modified()).ok()
}

/// Writes beside the file, syncs, and renames, so that a crash leaves the old or the new text.
fn write_atomically(file: &Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let beside = file.with_extension("toml.new");
    let mut new = std::fs::File::create(&beside)?;
    new.write_all(text.as_bytes())?;
    new.sync_all()?;
    std::fs::rename(beside, file)
}

fn line_of(text: &str, offset: usize) -> usize {
    text.get(..offset).unwrap_or(text).matches('\n').count() + 1
}

/// The line in which the last part of a dotted key stands, as well as can be told.
fn line_of_key(text: &str, key: &str) -> usize {
    let last = key.rsplit('.').next().unwrap_or(key);
    text.lines().position(|line| line.trim_start().starts_with(last)).map_or(1, |line| line + 1)
}

fn io_fault(file: &Path, error: &std::io::Error) -> Fault {
    Fault::new(ErrorCode::BadConfig)
        .with("file", file.display().to_string())
        .with("line", "0")
        .with("reason", error.to_string())
}

fn toml_fault(file: &Path, text: &str, error: &toml_edit::TomlError) -> Fault {
    Fault::new(ErrorCode::BadConfig)
        .with("file", file.display().to_string())
        .with("line", line_of(text, error.span().map_or(0, |span| span.start)).to_string())
        .with("reason", error.message().trim().to_owned())
}

fn de_fault(file: &Path, text: &str, error: &toml_edit::de::Error) -> Fault {
    Fault::new(ErrorCode::BadConfig)
        .with("file", file.display().to_string())
        .with("line", line_of(text, error.span().map_or(0, |span| span.start)).to_string())
        .with("reason", error.message().trim().to_owned())
}
