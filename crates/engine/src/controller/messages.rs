//! Text messages: kept, and not logged yet.

use ringside_domain::text;
use ringside_protocol::view::MessageRow;
use ringside_protocol::{At, ErrorCode, Fault, Reply};

use super::{Answer, Controller, answers};

/// Longest text that is shown, in characters.
const TEXT_MAX: usize = 1000;

impl Controller {
    pub(super) fn list_messages(&self, limit: Option<u32>, reply: Answer) {
        let Some(stores) = self.stores.clone() else {
            return answers::fault(reply, Fault::new(ErrorCode::KeyringLocked));
        };
        let limit = limit.unwrap_or(100).clamp(1, 1000);
        let caught_up = self.scribe.catch_up();
        self.spawn(
            async move {
                caught_up.await?;
                stores.journal.messages(limit).await
            },
            |_, found: Result<_, ringside_store::Error>| {
                let rows = found.map(|messages| {
                    let row = |message: ringside_domain::event::MessageEvent| MessageRow {
                        source: message.source,
                        direction: message.direction,
                        remote: text::clean(&message.remote.given, 200),
                        name: message.remote.name.as_deref().map(text::display_name),
                        text: text::clean(&message.text, TEXT_MAX),
                        received_at: At(message.received.wall),
                    };
                    Reply::Messages(messages.into_iter().map(row).collect())
                });
                let _ = reply.send(rows.map_err(|error| answers::store_fault(&error)));
            },
        );
    }
}
