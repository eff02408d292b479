//! WebKit's own driver: what a page of the running app shows, and where on it things are.

use std::path::Path;
use std::process::{Child, Stdio};

use anyhow::{Context, Result};
use ringside_tests::app::{World, wait_until};
use serde_json::Value;
use thirtyfour::prelude::*;

use crate::shell::{free_port, listens};

/// A conversation with the pages of the running app.
#[derive(Debug)]
pub(crate) struct Driver {
    runtime: tokio::runtime::Runtime,
    session: WebDriver,
    process: Child,
}

impl Driver {
    pub(crate) fn attach(world: &World, inspector: u16) -> Result<Self> {
        wait_until("the inspector of the app", || Ok(listens(inspector)))?;
        let port = free_port()?;
        let process = world
            .session
            .command("WebKitWebDriver")
            .arg(format!("--port={port}"))
            .arg(format!("--target=127.0.0.1:{inspector}"))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .context("WebKitWebDriver cannot be started; `cargo xtask test` installs it")?;
        // Another provider that is installed already is as good.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        wait_until("WebKitWebDriver", || Ok(listens(port)))?;
        let url = format!("http://127.0.0.1:{port}");
        let session = runtime.block_on(WebDriver::new(&url, Capabilities::new()))?;
        Ok(Self { runtime, session, process })
    }

    /// Turns to the page whose address ends so. Handles come in no order.
    async fn turn_to(&self, page: &str) -> Result<()> {
        for handle in self.session.windows().await? {
            self.session.switch_to_window(handle).await?;
            let mut url = self.session.current_url().await?;
            // What follows is the view that the page shows.
            url.set_fragment(None);
            if url.as_str().ends_with(page) {
                return Ok(());
            }
        }
        anyhow::bail!("no page {page}")
    }

    /// What a person reads on a page.
    pub(crate) fn text(&self, page: &str) -> Result<String> {
        let text = self.runs(page, "return document.body.innerText")?;
        Ok(text.as_str().unwrap_or_default().to_owned())
    }

    /// Runs a script in a page; what it returns.
    pub(crate) fn runs(&self, page: &str, script: &str) -> Result<Value> {
        self.runtime.block_on(async {
            self.turn_to(page).await?;
            Ok(self.session.execute(script, Vec::new()).await?.json().clone())
        })
    }

    /// Hands a page the file that a person would choose in the dialog behind this input; a page
    /// under automation gets no dialog.
    pub(crate) fn chooses_file(&self, page: &str, input: &str, file: &Path) -> Result<()> {
        let file = file.to_str().context("no path")?;
        self.runtime.block_on(async {
            self.turn_to(page).await?;
            Ok(self.session.find(By::Css(input)).await?.send_keys(file).await?)
        })
    }

    /// Calls a command of the shell from a page, past the page's own code: `"done"`, or why not.
    pub(crate) fn invokes(&self, page: &str, command: &str, arguments: &str) -> Result<String> {
        let script = format!(
            "const tell = arguments[arguments.length - 1]; \
             window.__TAURI_INTERNALS__.invoke('{command}', {arguments}) \
             .then(() => tell('done'), (why) => tell(String(why.code ?? why)))"
        );
        self.runtime.block_on(async {
            self.turn_to(page).await?;
            let answer = self.session.execute_async(&script, Vec::new()).await?;
            Ok(answer.json().as_str().unwrap_or_default().to_owned())
        })
    }

    /// Where the innermost element with this text, or the first one of this selector, has its middle.
    pub(crate) fn middle_of(&self, page: &str, element: &str) -> Result<(i32, i32)> {
        let wanted = serde_json::to_string(element)?;
        let script = format!(
            "const wanted = {wanted}; \
             const named = [...document.querySelectorAll('#app *')] \
               .filter((e) => e.innerText && e.innerText.trim() === wanted).pop(); \
             const found = named ?? document.querySelector(wanted); \
             if (!found) return []; \
             const box = found.getBoundingClientRect(); \
             return [Math.round(box.x + box.width / 2), Math.round(box.y + box.height / 2)]"
        );
        let middle = self.runs(page, &script)?;
        let at = |i: usize| middle[i].as_i64().and_then(|value| i32::try_from(value).ok());
        at(0).zip(at(1)).with_context(|| format!("{element} is not on {page}"))
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        let session = self.session.clone();
        let _ = self.runtime.block_on(session.quit());
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}
