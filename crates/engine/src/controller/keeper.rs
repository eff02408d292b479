//! Accounts, opened with what the vault holds of them.

use std::sync::Arc;

use async_trait::async_trait;
use ringside_crm::{Crm, Opening};
use ringside_domain::Region;
use ringside_domain::settings::AccountSettings;
use ringside_vault::Vault;
use ringside_web::OpenError;
use ringside_web::credentials::{Credentials, KeepError, Keeper};
use secrecy::SecretString;

use super::Controller;

/// Puts what an account renews into the vault, in place of what was there.
struct VaultKeeper {
    vault: Vault,
    name: String,
}

#[async_trait]
impl Keeper for VaultKeeper {
    async fn keep(&self, credentials: &Credentials) -> Result<(), KeepError> {
        let kept = self.vault.set(&self.name, &credentials.to_secret()).await;
        kept.map_err(|error| KeepError(error.to_string()))
    }
}

impl Controller {
    /// What is renewed goes to the vault under this name.
    pub(super) fn vault_keeper(&self, name: String) -> Arc<dyn Keeper> {
        Arc::new(VaultKeeper { vault: self.vault.clone(), name })
    }

    /// Opens an account; what it renews goes to the vault from then on.
    pub(super) fn open_crm(
        &self,
        settings: &AccountSettings,
        secret: &SecretString,
    ) -> Result<Arc<dyn Crm>, OpenError> {
        let general = &self.config.settings().numbers.region;
        let region = Region::parse(general).unwrap_or_else(Region::world);
        let keeper = self.vault_keeper(super::accounts::secret_name(&settings.id));
        ringside_crm::open(Opening {
            settings,
            region: &region,
            credentials: Credentials::from_secret(secret)?,
            keeper,
        })
    }
}
