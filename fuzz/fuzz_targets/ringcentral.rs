#![no_main]

use jiff::Timestamp;
use ringside_domain::{Moment, SourceId};
use ringside_softphone::decode::Decode;
use ringside_softphone::ringcentral::Frames;

libfuzzer_sys::fuzz_target!(|body: &[u8]| {
    let now = Moment { wall: Timestamp::UNIX_EPOCH, mono: std::time::Duration::ZERO };
    let mut frames = Frames::new(SourceId::new("ringcentral"), "1");
    for line in String::from_utf8_lossy(body).lines() {
        frames.heard(line, now);
    }
});
