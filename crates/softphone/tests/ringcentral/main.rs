//! RingCentral in the cloud against a server that behaves as its guides say, and on command does not.

// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod calls;
mod connection;
mod support;
mod trouble;
