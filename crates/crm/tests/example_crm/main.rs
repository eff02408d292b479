//! The adapter against a real Example CRM over real HTTP.

// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod renewal;
#[path = "../sample/mod.rs"]
mod sample;
mod sign_in;
mod support;
mod trouble;
mod writes;
