//! Pages of a CRM that people may open.

use ringside_domain::{ContactRef, LogEntry, LogState};
use ringside_protocol::Event;

use super::Controller;

impl Controller {
    /// The page of a contact, if it may be opened.
    pub(super) fn contact_page(&self, contact: &ContactRef) -> Option<String> {
        let account = self.accounts.get(&contact.account)?;
        account.crm.as_ref()?.contact_url(contact)
    }

    /// The page of a log, if it is there and may be opened.
    pub(super) fn log_page(&self, entry: &LogEntry, state: &LogState) -> Option<String> {
        let LogState::Done { remote_id, .. } = state else { return None };
        self.accounts.get(entry.account())?.crm.as_ref()?.call_log_url(remote_id)
    }

    /// Opens a page that an adapter made; the adapter has checked scheme and host.
    pub(super) fn open_url(&mut self, url: String) {
        self.desktop.open_url(&url);
        self.emit(Event::OpenUrl { url });
    }
}
