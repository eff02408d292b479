//! The lines of the manager interface: `Key: Value`, with an empty line at the end of each block.

use std::io;

use tokio_util::bytes::BytesMut;
use tokio_util::codec::Decoder;

use crate::decode::MESSAGE_MAX;

/// Most fields of a message; a channel may carry many variables.
const FIELDS_MAX: usize = 500;

/// One block, read. Keys may stand in any case and come again; the first counts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Message(Vec<(String, String)>);

impl Message {
    /// Reads the lines of a block; what is no `Key: Value` (the banner) is skipped.
    pub fn read(block: &str) -> Self {
        let block = if block.len() > MESSAGE_MAX { "" } else { block };
        let fields = block.lines().filter_map(|line| {
            let (key, value) = line.split_once(':')?;
            Some((key.trim().to_ascii_lowercase(), value.trim().to_owned()))
        });
        Self(fields.take(FIELDS_MAX).collect())
    }

    /// The value of a field; empty if it is not there, or says that it is not known.
    pub(super) fn get(&self, key: &str) -> &str {
        let found = self.0.iter().find(|(known, _)| known.eq_ignore_ascii_case(key));
        let value = found.map(|(_, value)| value.as_str()).unwrap_or_default();
        if value.eq_ignore_ascii_case("<unknown>") { "" } else { value }
    }

    /// The first of these fields that says something.
    pub(super) fn first(&self, keys: &[&str]) -> &str {
        keys.iter().map(|key| self.get(key)).find(|value| !value.is_empty()).unwrap_or_default()
    }
}

/// Cuts what comes over the wire into blocks.
#[derive(Debug, Default)]
pub struct Blocks;

impl Decoder for Blocks {
    type Item = String;
    type Error = io::Error;

    /// # Errors
    /// Nobody writes a block of more than [`MESSAGE_MAX`] bytes.
    fn decode(&mut self, heard: &mut BytesMut) -> Result<Option<String>, io::Error> {
        let end = |mark: &[u8]| {
            heard.windows(mark.len()).position(|part| part == mark).map(|at| at + mark.len())
        };
        let end = end(b"\r\n\r\n").into_iter().chain(end(b"\n\n")).min();
        match end {
            Some(end) if end <= MESSAGE_MAX => {
                Ok(Some(String::from_utf8_lossy(&heard.split_to(end)).into_owned()))
            }
            None if heard.len() <= MESSAGE_MAX => Ok(None),
            _ => Err(io::Error::new(io::ErrorKind::InvalidData, "a block without an end")),
        }
    }
}
