//! The Secret Service: GNOME Keyring, KWallet, KeePassXC.

use std::collections::HashMap;
use std::sync::Arc;

use keyring_core::{Entry, api::CredentialStoreApi};
use secret_service::EncryptionType;
use secret_service::blocking::SecretService;
use zbus_secret_service_keyring_store::Store;

use crate::Error;

/// A connection to the Secret Service. It does not survive a restart of the service: its
/// session key dies with it.
pub(crate) struct Keyring {
    service: SecretService<'static>,
    items: Arc<Store>,
}

impl Keyring {
    pub(crate) fn connect() -> Result<Self, Error> {
        let service = connect()?;
        Ok(Self { service, items: Store::new().map_err(|error| absent(&error))? })
    }

    /// Asked before each use, since a use of a locked collection puts a prompt on screen.
    pub(crate) fn check(&self) -> Result<(), Error> {
        let collection = self.service.get_default_collection().map_err(classify)?;
        if collection.is_locked().map_err(classify)? { Err(Error::Locked) } else { Ok(()) }
    }

    pub(crate) fn entry(&self, service: &str, name: &str) -> keyring_core::Result<Entry> {
        // What the person reads in the system's list of passwords.
        let label = format!("Ringside – {name}");
        self.items.build(service, name, Some(&HashMap::from([("label", label.as_str())])))
    }

    /// Uses a connection of its own, so that a prompt left standing holds up nothing else.
    pub(crate) fn unlock() -> Result<(), Error> {
        let service = connect()?;
        match service.get_default_collection() {
            Ok(collection) => collection.unlock().map_err(classify),
            // A profile that never had a keyring: the service asks for a password for a new one.
            Err(secret_service::Error::NoResult) => {
                service.create_collection("Login", "default").map(drop).map_err(classify)
            }
            Err(error) => Err(classify(error)),
        }
    }
}

fn connect() -> Result<SecretService<'static>, Error> {
    SecretService::connect(EncryptionType::Dh).map_err(|error| absent(&error))
}

/// No bus, or nobody on it who keeps secrets: neither is a fault of the keyring.
fn absent(error: &dyn std::error::Error) -> Error {
    tracing::info!(%error, "no Secret Service");
    Error::Absent
}

fn classify(error: secret_service::Error) -> Error {
    use secret_service::Error as Service;
    match error {
        Service::Locked | Service::Prompt => Error::Locked,
        Service::NoResult => Error::Failed("it has no default collection yet".into()),
        Service::Unavailable => Error::Absent,
        error => Error::Failed(error.to_string()),
    }
}
