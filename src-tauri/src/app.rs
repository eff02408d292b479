//! Puts the shell together: engine first, windows after it.

use std::sync::Arc;
use std::time::{Duration, Instant};

use ringside_engine::lock::LockError;
use ringside_engine::socket::{Client, ConnectError};
use ringside_engine::{Handle, Home, Host, OpenError};
use ringside_protocol::{Command, Event, Reply};
use ringside_words::text_with;
use tauri::{AppHandle, Emitter, Manager, RunEvent};
use tokio::sync::broadcast::error::RecvError;

use crate::desktop::{Screen, Wishes, screen};
use crate::pop::{self, Pop};
use crate::tray::{TrayHost, TrayIcon};
use crate::widget::Widget;
use crate::{commands, shortcuts, window};

/// Under this name the pages hear what happens.
const EVENT: &str = "ringside";
/// How long after its window was made the pop's first paint is done: then nothing else is in a hurry.
const IDLE: Duration = Duration::from_secs(1);
/// How long the profile's owner may take to answer a second start, or to end.
const OWNER: Duration = Duration::from_secs(5);

/// Runs until the engine has ended.
///
/// # Errors
/// In words: why it did not start.
pub(crate) fn run(hidden: bool) -> Result<(), String> {
    let runtime = tokio::runtime::Runtime::new().map_err(|error| error.to_string())?;
    tauri::async_runtime::set(runtime.handle().clone());
    let home = Home::from_environment().map_err(|error| error.to_string())?;
    let pop = Pop::new(home.data_dir());
    let (screen, wishes) = screen();
    let Some(host) = runtime.block_on(open(home, screen, hidden))? else { return Ok(()) };
    let handle = host.handle();
    runtime.spawn(quit_on_signal(handle.clone()));

    let app = shortcuts::prepare(tauri::Builder::default())
        .invoke_handler(tauri::generate_handler![
            commands::send,
            commands::pop_ready,
            commands::pop_layout,
            commands::pop_drag,
            commands::pop_hide,
            commands::pop_focus,
            commands::pop_focus_back,
            commands::widget,
        ])
        .manage(handle.clone())
        .manage(pop)
        .manage(TrayHost::default())
        .manage(Widget::default())
        .build(tauri::generate_context!())
        .map_err(|error| error.to_string())?;
    show_faces(app.handle(), host, handle, wishes, hidden);
    app.run(|_, event| {
        // The last window may go; the app stays until the engine has ended.
        if let RunEvent::ExitRequested { code: None, api, .. } = event {
            api.prevent_exit();
        }
    });
    Ok(())
}

/// Becomes the owner of the profile. `None` if it has one, which shows its window instead.
async fn open(home: Home, screen: Screen, hidden: bool) -> Result<Option<Host>, String> {
    let screen = Arc::new(screen);
    let end = Instant::now() + OWNER;
    loop {
        let pid = match Host::open(home.clone(), screen.clone()) {
            Ok(host) => return Ok(Some(host)),
            Err(OpenError::Lock(LockError::Held(pid))) => pid,
            Err(error) => return Err(error.to_string()),
        };
        match Client::connect(&home).await {
            Ok(_) if hidden => return Ok(None),
            Ok(mut owner) => {
                // A command of `ringsidectl` may have the profile for a moment, and has no window.
                if owner.send(Command::ShowWindow).await.is_ok() {
                    return Ok(None);
                }
            }
            // It is starting, or ending.
            Err(ConnectError::NotRunning) => {}
            Err(error) => return Err(error.to_string()),
        }
        if Instant::now() > end {
            return Err(text_with("shell-in-use", &[("pid", pid.into())]));
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn show_faces(app: &AppHandle, host: Host, handle: Handle, wishes: Wishes, hidden: bool) {
    if !hidden {
        window::show(app);
    }
    let own = app.clone();
    tauri::async_runtime::spawn(async move {
        let tray = TrayIcon::make(own.clone(), own.state::<TrayHost>().inner().clone()).await;
        wishes.fulfil(own, tray).await;
    });
    tauri::async_runtime::spawn(tell_pages(app.clone(), handle));
    let own = app.clone();
    tauri::async_runtime::spawn(async move {
        host.ended().await;
        own.exit(0);
    });
}

/// Passes the engine's events on to the pages.
async fn tell_pages(app: AppHandle, handle: Handle) {
    let mut events = handle.subscribe();
    follow_settings(&app, &handle).await;
    loop {
        match events.recv().await {
            Ok(envelope) => {
                if matches!(envelope.event, Event::SettingsChanged) {
                    follow_settings(&app, &handle).await;
                }
                if let Err(error) = app.emit(EVENT, &envelope) {
                    tracing::warn!(%error, "the pages cannot be told");
                }
            }
            // Snapshots make up for what was lost.
            Err(RecvError::Lagged(lost)) => tracing::warn!(lost, "events were lost"),
            Err(RecvError::Closed) => return,
        }
    }
}

/// Makes shortcuts and the pop's window what the settings want them to be.
async fn follow_settings(app: &AppHandle, handle: &Handle) {
    let Ok(Reply::Settings(view)) = handle.send(Command::Settings).await else { return };
    let settings = view.settings.pop;
    shortcuts::register(app, &settings);
    let own = app.clone();
    // Fails only when the application is ending.
    let _ = app.run_on_main_thread(move || {
        if pop::keep(&own, settings.window) {
            tauri::async_runtime::spawn(async move {
                tokio::time::sleep(IDLE).await;
                let app = own.clone();
                let _ = own.run_on_main_thread(move || pop::warm_up(&app));
            });
        }
    });
}

/// Ends in order when the system or a terminal says so.
async fn quit_on_signal(handle: Handle) {
    if let Err(error) = signalled().await {
        tracing::warn!(%error, "signals cannot be heard");
        return;
    }
    // Has it ended already, all the better.
    let _ = handle.send(Command::Quit).await;
}

#[cfg(unix)]
async fn signalled() -> std::io::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut hang_up = signal(SignalKind::hangup())?;
    tokio::select! {
        heard = tokio::signal::ctrl_c() => heard,
        _ = terminate.recv() => Ok(()),
        _ = hang_up.recv() => Ok(()),
    }
}

#[cfg(not(unix))]
async fn signalled() -> std::io::Result<()> {
    tokio::signal::ctrl_c().await
}
