//! The HTTP client against real servers that misbehave: raw sockets, TLS, a proxy.

// Clippy lets test functions unwrap, but not what they share.
#![allow(clippy::unwrap_used, clippy::expect_used)]

mod answers;
mod sign_in;
mod support;
mod tls;
