//! The server as its clients see it.

// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod api;
mod binary;
mod description;
mod oauth;
mod records;
mod support;
