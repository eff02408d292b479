//! The App Connect adapter against the real server (npm: `@app-connect/core`), with a connector and a
//! CRM of our own behind it (`server/`).
//!
//! A server takes seconds to start and half a gigabyte while it runs, so that each file here is one
//! test, whose parts share a server that is emptied between them.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "tests")]

mod contacts;
mod install;
mod logs;
mod process;
#[path = "../sample/mod.rs"]
mod sample;
mod session;
mod sides;
mod support;
mod trouble;
