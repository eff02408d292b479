//! Softphones that are signed in to: opened with what the vault holds of them, signed in, signed out.

use std::sync::Arc;

use ringside_domain::SourceId;
use ringside_domain::settings::{SoftphoneKind, SoftphoneSettings};
use ringside_protocol::{ErrorCode, Event, Fault, Reply};
use ringside_softphone::Softphone;
use ringside_softphone::ringcentral::{self, RingCentral};
use ringside_web::OpenError;
use ringside_web::credentials::{Credentials, OAuthClient};
use ringside_web::sign_in::Page;
use ringside_words::text;
use secrecy::SecretString;

use super::sign_in::{proof_fault, sign_in_fault};
use super::softphones::source_view;
use super::{Answer, Controller, answers};

fn secret_name(softphone: &SourceId) -> String {
    format!("softphone:{softphone}")
}

/// The server and the app of a softphone that is signed in to.
fn place(kind: &SoftphoneKind) -> Option<(&str, &str)> {
    match kind {
        SoftphoneKind::Ringcentral { server, client_id } => Some((server, client_id)),
        SoftphoneKind::Baresip { .. }
        | SoftphoneKind::Inlet { .. }
        | SoftphoneKind::Twinkle { .. }
        | SoftphoneKind::Embeddable { .. }
        | SoftphoneKind::Simulated => None,
    }
}

impl Controller {
    /// Opens a softphone with what the vault holds of it. Until then it is there, and not heard.
    pub(super) fn open_signed(&mut self, settings: SoftphoneSettings) {
        let id = settings.id.clone();
        match self.signed(&settings, None) {
            Ok(closed) => self.keep_source(settings, closed, None),
            Err(error) => return self.notice(not_opened(&settings, &error)),
        }
        self.ask_for_sign_in(id);
    }

    /// Once the keyring is open: those that could not be opened are.
    pub(super) fn open_all_signed(&mut self) {
        let closed: Vec<SourceId> = self
            .sources
            .iter()
            .filter(|(_, source)| !source.is_heard() && place(&source.settings.kind).is_some())
            .map(|(id, _)| id.clone())
            .collect();
        closed.into_iter().for_each(|id| self.ask_for_sign_in(id));
    }

    fn ask_for_sign_in(&self, id: SourceId) {
        let vault = self.vault.clone();
        self.spawn(async move { (vault.get(&secret_name(&id)).await, id) }, |c, (secret, id)| {
            match secret {
                Ok(secret) => c.hear_signed(&id, secret.as_ref()),
                Err(error) => {
                    if let Some(source) = c.sources.get_mut(&id) {
                        source.detail = Some(error.to_string());
                    }
                    c.emit(Event::SettingsChanged);
                }
            }
        });
    }

    /// Listens to a softphone with its sign-in, unless it is listened to already: a second session
    /// with the same refresh token would use it twice.
    fn hear_signed(&mut self, id: &SourceId, secret: Option<&SecretString>) {
        let source = self.sources.get(id).filter(|source| !source.is_heard());
        let Some(settings) = source.map(|source| source.settings.clone()) else { return };
        match self.signed(&settings, secret) {
            Ok(softphone) => self.listen_to(settings, softphone),
            Err(error) => self.notice(not_opened(&settings, &error)),
        }
    }

    fn signed(
        &self,
        settings: &SoftphoneSettings,
        secret: Option<&SecretString>,
    ) -> Result<Arc<dyn Softphone>, OpenError> {
        let (server, client_id) = place(&settings.kind).unwrap_or_default();
        let tokens = match secret.map(Credentials::from_secret).transpose()? {
            Some(Credentials::OAuth(tokens)) => Some(tokens),
            Some(Credentials::Key(_) | Credentials::Session(_)) | None => None,
        };
        let keeper = self.vault_keeper(secret_name(&settings.id));
        Ok(Arc::new(RingCentral::new(settings.id.clone(), server, client_id, tokens, keeper)?))
    }

    /// Signs a softphone in with the browser.
    pub(super) fn sign_in_softphone(
        &mut self,
        id: &SourceId,
        client_secret: Option<SecretString>,
        reply: Answer,
    ) {
        self.give_up_sign_in();
        let settings = self.config.settings().softphones.iter().find(|one| &one.id == id).cloned();
        let Some(settings) = settings else {
            let fault = Fault::new(ErrorCode::NoSuchSoftphone).with("softphone", id.as_str());
            return answers::fault(reply, fault);
        };
        let Some((server, client_id)) = place(&settings.kind) else {
            let fault = Fault::new(ErrorCode::Unsupported).with("what", settings.name.as_str());
            return answers::fault(reply, fault);
        };
        let (server, client_id) = (server.to_owned(), client_id.to_owned());
        let page = Page { done: text("sign-in-done"), failed: text("sign-in-failed") };
        let vault = self.vault.clone();
        self.spawn(
            async move {
                let secret = match client_secret {
                    Some(secret) => Some(secret),
                    None => app_secret(vault.get(&secret_name(&settings.id)).await, &client_id),
                };
                let app = OAuthClient { id: client_id, secret };
                (ringcentral::sign_in(&server, app, &page).await, settings, server)
            },
            |c, (begun, settings, server)| match begun {
                Ok(flow) => {
                    let name = settings.name.clone();
                    let then = move |c: &mut Self, credentials, reply| {
                        c.prove_softphone(settings, credentials, reply);
                    };
                    c.wait_for_browser(&name, &server, Box::new(flow), reply, then);
                }
                Err(error) => answers::fault(reply, sign_in_fault(&error, &settings.name)),
            },
        );
    }

    /// Asks whose extension that is; then the vault takes the sign-in over, and it is listened to.
    fn prove_softphone(
        &self,
        settings: SoftphoneSettings,
        credentials: Credentials,
        reply: Answer,
    ) {
        let (server, _) = place(&settings.kind).unwrap_or_default();
        let (server, vault) = (server.to_owned(), self.vault.clone());
        self.spawn(
            async move {
                let secret = credentials.to_secret();
                let Credentials::OAuth(tokens) = credentials else {
                    return Err(Fault::new(ErrorCode::Unsupported).with("what", settings.name));
                };
                let user = ringcentral::who(&server, tokens)
                    .await
                    .map_err(|error| proof_fault(&error, &settings.name))?;
                vault
                    .set(&secret_name(&settings.id), &secret)
                    .await
                    .map_err(|error| answers::vault_fault(&error))?;
                Ok((settings.id, user, secret))
            },
            |c, result| {
                let _ = reply.send(
                    result.and_then(|(id, user, secret)| c.signed_in_softphone(&id, user, &secret)),
                );
            },
        );
    }

    fn signed_in_softphone(
        &mut self,
        id: &SourceId,
        user: String,
        secret: &SecretString,
    ) -> Result<Reply, Fault> {
        if let Some(source) = self.sources.get_mut(id) {
            source.hang_up();
        }
        self.hear_signed(id, Some(secret));
        let source = self.sources.get_mut(id);
        let source = source.ok_or_else(|| Fault::new(ErrorCode::NoSuchSoftphone))?;
        source.user = Some(user);
        let view = source_view(source);
        self.emit(Event::SettingsChanged);
        Ok(Reply::Link(view))
    }

    /// A softphone is removed: its sign-in ends at its server, and leaves the vault.
    pub(super) fn sign_out_softphone(&self, id: &SourceId) {
        let Some(source) = self.sources.get(id) else { return };
        if place(&source.settings.kind).is_none() {
            return;
        }
        let (softphone, vault, id) = (source.softphone.clone(), self.vault.clone(), id.clone());
        self.spawn(
            async move {
                if let Err(error) = softphone.sign_out().await {
                    tracing::info!(%error, softphone = %id, "the sign-in may still be valid there");
                }
                vault.delete(&secret_name(&id)).await
            },
            |_, deleted| {
                if let Err(error) = deleted {
                    tracing::warn!(%error, "the sign-in of a removed softphone is still stored");
                }
            },
        );
    }
}

/// The secret of the app that was signed in with before, if it is the same app.
fn app_secret<E>(stored: Result<Option<SecretString>, E>, client_id: &str) -> Option<SecretString> {
    match Credentials::from_secret(&stored.ok()??) {
        Ok(Credentials::OAuth(tokens)) if tokens.client.id == client_id => tokens.client.secret,
        _ => None,
    }
}

fn not_opened(settings: &SoftphoneSettings, error: &OpenError) -> Fault {
    Fault::new(ErrorCode::Unsupported).with("what", format!("{}: {error}", settings.name))
}
