//! The framing of `ctrl_tcp`: netstrings, `LENGTH:BYTES,` (<https://cr.yp.to/proto/netstrings.txt>).

use std::io;

use tokio_util::bytes::{Buf, BufMut, Bytes, BytesMut};
use tokio_util::codec::{Decoder, Encoder};

/// The longest frame that is taken, in bytes. baresip takes SIP messages of up to 64 kB, and an
/// event repeats the caller's address: a hostile caller must not be able to cut the link.
pub(super) const FRAME_MAX: usize = 256 * 1024;

/// As many digits as [`FRAME_MAX`] has.
const DIGITS_MAX: usize = 6;

/// After any of these the place in the stream is lost, and with it the link.
#[derive(Debug, thiserror::Error)]
pub(super) enum BadFrame {
    #[error("not a netstring: no length")]
    NoLength,
    #[error("a frame of more than {FRAME_MAX} bytes")]
    TooLong,
    #[error("not a netstring: no comma at its end")]
    NoComma,
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Netstrings to bodies and back.
#[derive(Debug)]
pub(super) struct Netstring;

impl Decoder for Netstring {
    type Item = Bytes;
    type Error = BadFrame;

    fn decode(&mut self, heard: &mut BytesMut) -> Result<Option<Bytes>, BadFrame> {
        let digits = heard.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits > DIGITS_MAX {
            return Err(BadFrame::TooLong);
        }
        match heard.get(digits) {
            None => return Ok(None),
            Some(b':') if digits > 0 => {}
            Some(_) => return Err(BadFrame::NoLength),
        }
        let length = heard.iter().take(digits).fold(0, |n, b| n * 10 + usize::from(b - b'0'));
        if length > FRAME_MAX {
            return Err(BadFrame::TooLong);
        }
        let body = digits + 1;
        match heard.get(body + length) {
            None => {
                heard.reserve(body + length + 1 - heard.len());
                Ok(None)
            }
            Some(b',') => {
                heard.advance(body);
                let frame = heard.split_to(length).freeze();
                heard.advance(1);
                Ok(Some(frame))
            }
            Some(_) => Err(BadFrame::NoComma),
        }
    }
}

impl Encoder<Vec<u8>> for Netstring {
    type Error = BadFrame;

    fn encode(&mut self, body: Vec<u8>, out: &mut BytesMut) -> Result<(), BadFrame> {
        out.put_slice(body.len().to_string().as_bytes());
        out.put_u8(b':');
        out.put_slice(&body);
        out.put_u8(b',');
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn decode(bytes: &[u8]) -> Result<Vec<Bytes>, BadFrame> {
        let mut heard = BytesMut::from(bytes);
        let mut frames = Vec::new();
        while let Some(frame) = Netstring.decode(&mut heard)? {
            frames.push(frame);
        }
        Ok(frames)
    }

    #[test]
    fn bad_frames_are_told_apart() {
        assert!(matches!(decode(b"x:y,"), Err(BadFrame::NoLength)));
        assert!(matches!(decode(b":,"), Err(BadFrame::NoLength)));
        assert!(matches!(decode(b"-1:x,"), Err(BadFrame::NoLength)));
        assert!(matches!(decode(b"1:xx"), Err(BadFrame::NoComma)));
        assert!(matches!(decode(b"999999:"), Err(BadFrame::TooLong)));
        assert!(matches!(decode(b"99999999999999999999999999"), Err(BadFrame::TooLong)));
        assert_eq!(decode(b"0:,2:ab,5:half").unwrap(), vec![Bytes::new(), Bytes::from("ab")]);
    }

    proptest! {
        #[test]
        fn any_bytes_give_frames_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
            if let Ok(frames) = decode(&bytes) {
                let taken: usize = frames.iter().map(|f| f.len() + 2).sum();
                prop_assert!(taken <= bytes.len());
            }
        }

        #[test]
        fn frames_survive_any_chunking(
            bodies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 0..8),
            chunk in 1_usize..40,
        ) {
            let mut wire = BytesMut::new();
            for body in &bodies {
                Netstring.encode(body.clone(), &mut wire).unwrap();
            }
            let (mut heard, mut frames) = (BytesMut::new(), Vec::new());
            for part in wire.chunks(chunk) {
                heard.extend_from_slice(part);
                while let Some(frame) = Netstring.decode(&mut heard).unwrap() {
                    frames.push(frame.to_vec());
                }
            }
            prop_assert_eq!(frames, bodies);
            prop_assert!(heard.is_empty());
        }
    }
}
