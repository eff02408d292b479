//! The shipped app on a screen of its own, driven as a person would: keys and clicks through the X
//! server, and read through WebKit's own driver.

use std::fs::{self, File};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use ringside_tests::app::{World, binary, wait_until};
use ringside_tests::session::SessionOptions;

use crate::driver::Driver;

/// The app with everything around it, and another program that the agent works in.
#[derive(Debug)]
pub(crate) struct Shell {
    app: Child,
    driver: Option<Driver>,
    editor: Option<Child>,
    /// Softphone, CRM, session, and every command.
    pub(crate) world: World,
}

/// A window on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Window {
    id: String,
    pub(crate) x: i32,
    pub(crate) y: i32,
    pub(crate) width: i32,
    pub(crate) height: i32,
}

const POP_WIDTH: i32 = 380;
/// How the address of the main window's page ends.
pub(crate) const MAIN: &str = "localhost";

impl Shell {
    /// Starts the app with these arguments, connects CRM and softphone, and puts the keyboard into
    /// a terminal, where the agent writes.
    pub(crate) fn start(arguments: &[&str]) -> Result<Self> {
        Self::start_in(plain()?, arguments)
    }

    /// The same on a desktop that was prepared before.
    pub(crate) fn start_in(world: World, arguments: &[&str]) -> Result<Self> {
        let mut shell = Self::start_unconnected(world, arguments)?;
        shell.world.connect()?;
        shell.editor = Some(
            shell
                .world
                .session
                .command("xterm")
                .args(["-geometry", "50x8+10+10", "-e", "cat >\"$HOME/written\""])
                .stderr(Stdio::null())
                .spawn()
                .context("xterm cannot be started; `cargo xtask test` installs it")?,
        );
        shell.until("the terminal", || {
            Ok(shell.world.session.xdotool(["search", "--onlyvisible", "--class", "xterm"]).is_ok())
        })?;
        shell.focus_editor()?;
        Ok(shell)
    }

    /// Starts the app and nothing else: no account, no softphone, no other program.
    pub(crate) fn start_unconnected(world: World, arguments: &[&str]) -> Result<Self> {
        let inspector = free_port()?;
        let mut command = app_command(&world)?;
        let app = command
            .env("RINGSIDE_TEST_AUTOMATION", "1")
            .env("TAURI_WEBVIEW_AUTOMATION", "true")
            .env("WEBKIT_INSPECTOR_SERVER", format!("127.0.0.1:{inspector}"))
            .args(arguments)
            .spawn()?;
        let mut shell = Self { app, driver: None, editor: None, world };
        // Asked any earlier, a command would take the profile for a moment, and the app would wait.
        shell.until("the app", || Ok(listens(inspector)))?;
        shell.driver = Some(Driver::attach(&shell.world, inspector)?);
        Ok(shell)
    }

    /// Gives the terminal the keyboard.
    pub(crate) fn focus_editor(&self) -> Result<()> {
        let found = self.world.session.xdotool(["search", "--onlyvisible", "--class", "xterm"])?;
        let id = found.lines().last().context("no terminal")?;
        self.world.session.xdotool(["windowactivate", id])?;
        self.until("the terminal to have the keyboard", || Ok(self.active()? == id))
    }

    /// The window that has the keyboard.
    pub(crate) fn active(&self) -> Result<String> {
        Ok(self.world.session.xdotool(["getactivewindow"]).unwrap_or_default().trim().to_owned())
    }

    /// What the agent has written into the terminal, whole lines.
    pub(crate) fn written(&self) -> String {
        fs::read_to_string(self.world.session.home().join("written")).unwrap_or_default()
    }

    /// Types on the keyboard, wherever the focus is.
    pub(crate) fn types(&self, text: &str) -> Result<()> {
        self.world.session.xdotool(["type", "--delay", "15", text]).map(drop)
    }

    /// Presses a key, such as `ctrl+alt+r`.
    pub(crate) fn presses(&self, key: &str) -> Result<()> {
        self.world.session.xdotool(["key", key]).map(drop)
    }

    /// The app's windows that are on the screen.
    pub(crate) fn windows(&self) -> Result<Vec<Window>> {
        let class = ["search", "--onlyvisible", "--class", "ringside"];
        // It fails when it finds none.
        let found = self.world.session.xdotool(class).unwrap_or_default();
        let windows = found.lines().filter_map(|id| {
            // xdotool's own geometry counts the frame of a window twice.
            let shape = self.world.session.run("xwininfo", ["-id", id]).ok()?;
            if !shape.contains("Map State: IsViewable") {
                return None; // It has gone since.
            }
            let value = |name: &str| -> Option<i32> {
                shape.lines().find_map(|line| line.trim().strip_prefix(name))?.trim().parse().ok()
            };
            Some(Window {
                id: id.to_owned(),
                x: value("Absolute upper-left X:")?,
                y: value("Absolute upper-left Y:")?,
                width: value("Width:")?,
                height: value("Height:")?,
            })
        });
        Ok(windows.filter(|window| window.x > -1000).collect())
    }

    /// The pop, if it is on the screen.
    pub(crate) fn pop(&self) -> Result<Option<Window>> {
        Ok(self.windows()?.into_iter().find(|window| window.width == POP_WIDTH))
    }

    /// The main window, if it is on the screen.
    pub(crate) fn main(&self) -> Result<Option<Window>> {
        Ok(self.windows()?.into_iter().find(|window| window.width > POP_WIDTH))
    }

    /// Waits for the main window to stand on the screen.
    pub(crate) fn main_appears(&self) -> Result<Window> {
        let mut main = None;
        self.until("the main window", || {
            main = self.main()?;
            Ok(main.is_some())
        })?;
        main.context("no main window")
    }

    /// Waits for the pop to stand on the screen with this text painted in it.
    pub(crate) fn pop_says(&self, text: &str) -> Result<Window> {
        self.until(&format!("a pop that says {text:?}"), || {
            Ok(self.pop()?.is_some() && self.driver()?.text("pop.html")?.contains(text))
        })?;
        self.until("the pop to be painted", || self.is_painted(self.pop()?))?;
        self.pop()?.context("the pop went away")
    }

    /// Text on a background has many shades; an empty window has next to none.
    fn is_painted(&self, window: Option<Window>) -> Result<bool> {
        let Some(window) = window else { return Ok(false) };
        let picture = self.picture(&window)?;
        let picture = picture.to_str().context("no path")?;
        let shades = self.world.session.run("identify", ["-format", "%k", picture])?;
        Ok(shades.trim().parse::<u32>()? > 100)
    }

    /// How much of the main window, from 0 to 1, is nothing but the background that GTK has for a
    /// window without a page; no page has that colour.
    pub(crate) fn unpainted(&self) -> Result<f64> {
        const EMPTY: &str = "#f6f5f4";
        let main = self.main()?.context("no main window")?;
        let picture = self.picture(&main)?;
        let picture = picture.to_str().context("no path")?;
        let marked = ["-fill", "black", "+opaque", EMPTY, "-fill", "white", "-opaque", EMPTY];
        let told = ["-format", "%[fx:mean]", "info:"];
        let arguments = [picture].into_iter().chain(marked).chain(told);
        Ok(self.world.session.run("convert", arguments)?.trim().parse()?)
    }

    /// A picture of what the X server shows where a window stands.
    pub(crate) fn picture(&self, window: &Window) -> Result<PathBuf> {
        let path = self.world.session.dir().join("picture.png");
        let Window { x, y, width, height, .. } = window;
        let part = format!("{width}x{height}+{x}+{y}");
        let file = path.to_str().context("no path")?;
        self.world.session.run("import", ["-window", "root", "-crop", &part, file])?;
        Ok(path)
    }

    /// Moves the pointer to this place of the screen, and leaves it there.
    pub(crate) fn points_at(&self, x: i32, y: i32) -> Result<()> {
        self.world.session.xdotool(["mousemove", &x.to_string(), &y.to_string()]).map(drop)
    }

    /// Clicks at this place of the screen.
    pub(crate) fn click_at(&self, x: i32, y: i32) -> Result<()> {
        let (x, y) = (x.to_string(), y.to_string());
        self.world.session.xdotool(["mousemove", &x, &y, "click", "1"]).map(drop)
    }

    /// How the window manager has a window: `Normal`, `Iconic`, or `Withdrawn` when it is hidden.
    pub(crate) fn state_of(&self, window: &Window) -> Result<String> {
        let state = self.world.session.run("xprop", ["-id", &window.id, "WM_STATE"])?;
        let named = state.split("window state: ").nth(1).and_then(|rest| rest.lines().next());
        // A hidden window has lost the property.
        Ok(named.unwrap_or("Withdrawn").to_owned())
    }

    /// Clicks into the main window, at the middle of the element that shows this text or has this
    /// selector.
    pub(crate) fn click_in_main(&self, element: &str) -> Result<()> {
        let at = self.driver()?.middle_of(MAIN, element)?;
        let main = self.main()?.context("no main window to click into")?;
        self.click_at(main.x + at.0, main.y + at.1)
    }

    /// Waits until this stands in the main window.
    pub(crate) fn main_says(&self, text: &str) -> Result<String> {
        let mut page = String::new();
        let said = self.until(&format!("a window that says {text:?}"), || {
            page = self.driver()?.text(MAIN)?;
            Ok(page.contains(text))
        });
        said.with_context(|| format!("it says:\n{page}"))?;
        // What is not painted yet takes no clicks either.
        self.until("the window to be painted", || self.is_painted(self.main()?))?;
        Ok(page)
    }

    /// Clicks into the pop, at the middle of the element that shows this text or has this class.
    pub(crate) fn click_in_pop(&self, element: &str) -> Result<()> {
        let at = self.driver()?.middle_of("pop.html", element)?;
        let pop = self.pop()?.context("no pop to click into")?;
        self.click_at(pop.x + at.0, pop.y + at.1)
    }

    /// WebKit's driver.
    pub(crate) fn driver(&self) -> Result<&Driver> {
        self.driver.as_ref().context("no driver")
    }

    /// Closes a window as its title bar would.
    pub(crate) fn close(&self, window: &Window) -> Result<()> {
        self.world.session.run("wmctrl", ["-i", "-c", &window.id]).map(drop)
    }

    /// A second start of the app; how it ended.
    pub(crate) fn start_again(&self) -> Result<ExitStatus> {
        Ok(app_command(&self.world)?.status()?)
    }

    /// Asks the app to end, as the system does, and waits for it.
    pub(crate) fn terminate(&mut self) -> Result<ExitStatus> {
        self.world.session.signal(self.app.id(), "TERM")?;
        let mut status = None;
        wait_until("the end of the app", || {
            status = self.app.try_wait()?;
            Ok(status.is_some())
        })?;
        status.context("no status")
    }

    fn until(&self, what: &str, holds: impl FnMut() -> Result<bool>) -> Result<()> {
        wait_until(what, holds).with_context(|| {
            let log = fs::read(self.world.session.dir().join("app.log")).unwrap_or_default();
            format!("the app said:\n{}", String::from_utf8_lossy(&log))
        })
    }
}

impl Drop for Shell {
    fn drop(&mut self) {
        self.driver = None;
        for child in [Some(&mut self.app), self.editor.as_mut()].into_iter().flatten() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// A desktop with a window manager and notifications, and no tray.
pub(crate) fn plain() -> Result<World> {
    World::unconnected(SessionOptions { wm: true, dunst: true, ..SessionOptions::default() })
}

/// A desktop with Xfce's panel along its upper edge, and in that nothing but a tray.
pub(crate) fn with_tray() -> Result<World> {
    let world = plain()?;
    let folder = world.session.home().join(".config/xfce4/xfconf/xfce-perchannel-xml");
    fs::create_dir_all(&folder)?;
    fs::write(folder.join("xfce4-panel.xml"), include_str!("xfce4-panel.xml"))?;
    // The session's bus starts nothing by itself; where the settings daemon lies, its file says.
    let service = fs::read_to_string("/usr/share/dbus-1/services/org.xfce.Xfconf.service")
        .context("xfce4-panel is not installed; `cargo xtask test` installs it")?;
    let daemon = service.lines().find_map(|line| line.strip_prefix("Exec=")).context("no Exec")?;
    for (name, program) in
        [("org.xfce.Xfconf", daemon), ("org.kde.StatusNotifierWatcher", "xfce4-panel")]
    {
        // Both end with the session.
        world.session.command(program).stdout(Stdio::null()).stderr(Stdio::null()).spawn()?;
        wait_until(name, || Ok(world.session.pid_of(name).is_ok()))?;
    }
    Ok(world)
}

/// The app in the world's session and profile; what it says goes to a file there.
pub(crate) fn app_command(world: &World) -> Result<Command> {
    let log = world.session.dir().join("app.log");
    let log = File::options().create(true).append(true).open(log)?;
    let mut command = world.session.command(binary("ringside")?);
    command.env("RINGSIDE_HOME", world.home()).stdout(Stdio::null()).stderr(log);
    Ok(command)
}

/// Whether somebody listens on this port of the loopback.
pub(crate) fn listens(port: u16) -> bool {
    TcpStream::connect((Ipv4Addr::LOCALHOST, port)).is_ok()
}

pub(crate) fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// Gives things that must not happen the time to happen.
pub(crate) fn stays(what: &str, mut holds: impl FnMut() -> Result<bool>) -> Result<()> {
    for _ in 0..10 {
        ensure!(holds()?, "{what} did not stay so");
        thread::sleep(Duration::from_millis(50));
    }
    Ok(())
}
