//! Listening in on what a softphone says: `ringsidectl softphone record`.

use ringside_domain::SourceId;
use ringside_protocol::{ErrorCode, Fault};
use ringside_softphone::recording::Listener;

use super::Controller;

impl Controller {
    /// Hears the raw messages of a softphone from now on.
    pub(crate) fn listen_in(&self, id: &SourceId) -> Result<Listener, Fault> {
        let softphone = || Fault::new(ErrorCode::NoSuchSoftphone).with("softphone", id.as_str());
        let source = self.sources.get(id).ok_or_else(softphone)?;
        let tap = source.softphone.tap();
        tap.map(|tap| tap.listen())
            .ok_or_else(|| Fault::new(ErrorCode::Unsupported).with("what", format!("record {id}")))
    }
}
