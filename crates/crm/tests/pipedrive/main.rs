//! The Pipedrive adapter against a server that answers as Pipedrive's published API types say, over
//! real HTTP. No live account is used.

// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod limits;
mod lookup;
#[path = "../sample/mod.rs"]
mod sample;
mod sign_in;
mod support;
mod trouble;
mod writes;
