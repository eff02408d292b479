//! The notification daemon of a session.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{Session, path_text};

impl Session {
    /// Runs `dunstctl`; what it prints.
    pub fn dunstctl<const N: usize>(&self, args: [&str; N]) -> Result<String> {
        self.run("dunstctl", args)
    }

    /// Presses the button with this action id on a notification that dunst shows.
    pub fn press_action(&self, action: &str) -> Result<()> {
        // The menu script (see `write_dunst_config`) picks the line of this action.
        fs::write(self.dir.join("action"), action)?;
        self.dunstctl(["context"])?;
        Ok(())
    }

    /// All that dunst was told to show so far, in its own words (`dunst -print`).
    pub fn shown_notifications(&self) -> String {
        let log = fs::read(self.dir.join("dunst.log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }
}

/// Writes dunst's configuration; the script that starts it.
pub(super) fn write_dunst_config(root: &Path) -> Result<PathBuf> {
    let dir = path_text(root)?;
    let menu = script(root, "menu", &format!("grep -F \",$(cat '{dir}/action')]\" | head -n 1"))?;
    let config = root.join("dunstrc");
    let menu = path_text(&menu)?;
    fs::write(
        &config,
        format!(
            "[global]\nfont = DejaVu Sans 10\nmarkup = full\nformat = \"<b>%s</b>\\n%b\"\n\
             width = 360\nheight = 300\norigin = top-right\noffset = 10x10\n\
             dmenu = {menu}\nmouse_left_click = do_action, close_current\n\
             mouse_right_click = close_current\n"
        ),
    )?;
    let config = path_text(&config)?;
    script(root, "dunst", &format!("exec dunst -config '{config}' -print >>'{dir}/dunst.log' 2>&1"))
}

fn script(root: &Path, name: &str, line: &str) -> Result<PathBuf> {
    let path = root.join(name);
    fs::write(&path, format!("#!/bin/sh\n{line}\n"))?;
    fs::set_permissions(&path, fs::Permissions::from_mode(0o700))?;
    Ok(path)
}
