//! Ringside's desktop shell: windows, tray, shortcuts. It holds no logic: what it is to show, the
//! engine says; what people do here goes to the engine as a command.
#![cfg_attr(not(debug_assertions), windows_subsystem = "windows")]

mod app;
mod commands;
mod desktop;
mod focus;
mod place;
mod pop;
mod repaint;
mod shortcuts;
mod surroundings;
mod tray;
mod widget;
mod window;

use std::io::Write;
use std::process::ExitCode;

use ringside_words::{text, text_with};
use tracing_subscriber::EnvFilter;

use surroundings::Surroundings;

/// Starts without the main window, as at login.
const HIDDEN: &str = "--hidden";

fn main() -> ExitCode {
    let filter = EnvFilter::try_from_env("RINGSIDE_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let end = match surroundings::look() {
        Surroundings::Fit => app::run(std::env::args().any(|argument| argument == HIDDEN)),
        Surroundings::Unfit(changes) => surroundings::start_anew(&changes),
        Surroundings::NoDisplay => Err(text("shell-no-display")),
    };
    match end {
        Ok(()) => ExitCode::SUCCESS,
        Err(reason) => {
            let words = text_with("shell-cannot-start", &[("reason", reason.into())]);
            // With nobody to read it there is nobody to tell.
            let _ = writeln!(std::io::stderr(), "{words}");
            ExitCode::FAILURE
        }
    }
}
