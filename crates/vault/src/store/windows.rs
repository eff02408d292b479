//! The Credential Manager, which is open for as long as the person is signed in.

use std::sync::Arc;

use keyring_core::{Entry, api::CredentialStoreApi};
use windows_native_keyring_store::Store;

use crate::Error;

pub(crate) struct Keyring {
    items: Arc<Store>,
}

impl Keyring {
    pub(crate) fn connect() -> Result<Self, Error> {
        let items = Store::new().map_err(|error| Error::Failed(error.to_string()))?;
        Ok(Self { items })
    }

    pub(crate) fn check(&self) -> Result<(), Error> {
        Ok(())
    }

    pub(crate) fn entry(&self, service: &str, name: &str) -> keyring_core::Result<Entry> {
        self.items.build(service, name, None)
    }

    pub(crate) fn unlock() -> Result<(), Error> {
        Ok(())
    }
}
