//! Start, memory, wake-ups.

use std::thread;
use std::time::Duration;

use anyhow::Result;

use crate::Size;
use crate::peer::Peer;
use crate::process::Program;
use crate::report::{Report, Row};
use crate::stage::{Face, Stage};
use crate::stats::Times;

const PART: &str = "footprint";

pub(crate) fn measure(size: Size, report: &mut Report) -> Result<()> {
    let mut stage = Stage::set()?;
    let mut starts = Times::default();
    for _ in 0..size.starts {
        let (_app, started, attached) = stage.start(Face::App)?;
        starts.add(attached.duration_since(started).unwrap_or_default());
        // Ended in the middle of making windows it would leave half a start for the next.
        stage.settle();
    }
    report.add(
        Row::times(PART, "start → watches the softphone, able to take a ring", &starts)
            .target("p99 400 ms"),
    );

    stage.ctl(&["settings", "set", "pop.window", "false"], "")?;
    let (app, _, _) = stage.start(Face::App)?;
    stage.settle();
    idle(&app, "no window", "≤ 90 MB", size, report);
    drop(app);

    stage.ctl(&["settings", "set", "pop.window", "true"], "")?;
    let (app, _, _) = stage.start(Face::App)?;
    stage.settle();
    let call = stage.phone.ring(&Peer(0).number())?;
    stage.settle();
    stage.phone.end(call)?;
    stage.ctl(&["calls", "hide", "last"], "")?;
    stage.settle();
    idle(&app, "pop warm, after a ring", "≤ 210 MB", size, report);
    Ok(())
}

/// What it takes while nothing happens.
fn idle(app: &Program, what: &str, memory: &str, size: Size, report: &mut Report) {
    let before = app.sleeps();
    thread::sleep(Duration::from_secs(size.idle_s));
    #[allow(clippy::cast_precision_loss, reason = "a count of thousands at the most")]
    let wakes = app.sleeps().saturating_sub(before) as f64 / size.idle_s as f64;
    let name = |figure: &str| format!("idle, {what}: {figure}");
    let pss = Row::value(PART, &name("memory of all processes (PSS)"), app.pss_mb(), "MB");
    report.add(pss.target(memory));
    report.add(Row::value(PART, &name("wake-ups of the app"), wakes, "/s").target("< 1"));
}
