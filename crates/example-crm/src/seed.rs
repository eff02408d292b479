//! The contacts that an empty database begins with.

use std::path::PathBuf;

use crate::StartError;
use crate::contacts;
use crate::fields::Fields;
use crate::store::Store;

/// Numbers stored the way people type them, which is every way.
const DEMO: &str = include_str!("../seed/demo.json");

/// Where the first contacts come from.
#[derive(Clone, Debug)]
pub enum Seed {
    /// About forty contacts with numbers in assorted formats.
    Demo,
    /// A file with a list of contacts, each as `POST /v1/contacts` takes it.
    File(PathBuf),
}

/// Fills an empty database; one that holds any contact stays as it is.
pub(crate) fn plant(store: &Store, seed: &Seed) -> Result<(), StartError> {
    let unreadable = |error: &dyn std::fmt::Display| StartError::Seed(error.to_string());
    let text = match seed {
        Seed::Demo => DEMO.to_owned(),
        Seed::File(path) => std::fs::read_to_string(path).map_err(|error| unreadable(&error))?,
    };
    let contacts: Vec<serde_json::Value> =
        serde_json::from_str(&text).map_err(|error| unreadable(&error))?;
    let mut connection = store.lock();
    if connection.prepare("SELECT 1 FROM contacts")?.exists([])? {
        return Ok(());
    }
    let transaction = connection.transaction()?;
    for contact in contacts {
        Fields::nested("seed", contact)
            .and_then(|fields| contacts::insert_within(&transaction, fields))
            .map_err(|problem| StartError::Seed(format!("{problem:?}")))?;
    }
    Ok(transaction.commit()?)
}
