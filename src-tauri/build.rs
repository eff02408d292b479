//! Declares the commands of the shell, so that each window may call only what its capability file
//! names, and makes sure that there is a page to embed.

use std::path::Path;

/// Embedded where the pages were not built: says what to do instead of showing nothing.
const PLACEHOLDER: &str = "<!doctype html><title>Ringside</title>\
    <p>The pages are not built. Run <code>npm ci && npm run build</code> in <code>ui/</code>, \
    then build again.";

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let dist = Path::new("../ui/dist");
    println!("cargo:rerun-if-changed=../ui/dist");
    for page in ["index.html", "pop.html", "embeddable.html"] {
        if !dist.join(page).exists() {
            std::fs::create_dir_all(dist)?;
            std::fs::write(dist.join(page), PLACEHOLDER)?;
            println!("cargo:warning=ui/dist/{page} is missing; run `npm run build` in ui/");
        }
    }
    let commands = tauri_build::AppManifest::new().commands(&[
        "send",
        "pop_ready",
        "pop_layout",
        "pop_drag",
        "pop_hide",
        "pop_focus",
        "pop_focus_back",
        "widget",
    ]);
    tauri_build::try_build(tauri_build::Attributes::new().app_manifest(commands))?;
    Ok(())
}
