//! The demo contacts: numbers stored the way people type them, which is every way.

use crate::StartError;
use crate::contacts;
use crate::fields::Fields;
use crate::store::Store;

const DEMO: &str = include_str!("../seed/demo.json");

/// Fills an empty database; one that holds any contact stays as it is.
pub(crate) fn plant(store: &Store) -> Result<(), StartError> {
    let demo: Vec<serde_json::Value> =
        serde_json::from_str(DEMO).map_err(|error| StartError::Seed(error.to_string()))?;
    let mut connection = store.lock();
    if connection.prepare("SELECT 1 FROM contacts")?.exists([])? {
        return Ok(());
    }
    for contact in demo {
        Fields::nested("seed", contact)
            .and_then(|fields| contacts::insert(&mut connection, fields))
            .map_err(|problem| StartError::Seed(format!("{problem:?}")))?;
    }
    Ok(())
}
