//! Durations and journeys in App Connect's words.

/// Somebody on the way of a call.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Place<'a> {
    /// Who.
    pub name: Option<&'a str>,
    /// Their number.
    pub number: Option<&'a str>,
    /// Their extension.
    pub extension: Option<&'a str>,
}

/// One step on the way of a call through the company.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step<'a> {
    /// The agent called from here.
    Made(Place<'a>),
    /// It rang here first.
    Received(Place<'a>),
    /// It went on to here.
    Transferred {
        /// Where.
        to: Place<'a>,
        /// For how long, whole seconds.
        duration_s: u64,
    },
}

/// `1 hour, 2 minutes, 5 seconds`: without what is zero, unless all is.
pub(super) fn duration(seconds: u64) -> String {
    let units = [(seconds / 3600, "hour"), (seconds / 60 % 60, "minute"), (seconds % 60, "second")];
    let parts: Vec<_> =
        units.into_iter().filter(|(n, _)| *n > 0).map(|(n, unit)| count(n, unit)).collect();
    if parts.is_empty() { count(0, "second") } else { parts.join(", ") }
}

fn count(n: u64, unit: &str) -> String {
    format!("{n} {unit}{}", if n == 1 { "" } else { "s" })
}

/// One line for each step; empty without steps.
pub(super) fn journey(steps: &[Step<'_>]) -> String {
    steps.iter().map(step).collect::<Vec<_>>().join("\n")
}

fn step(step: &Step<'_>) -> String {
    match step {
        Step::Made(from) => format!("Made call from {}", place(from)),
        Step::Received(at) => format!("Received call at {}", place(at)),
        Step::Transferred { to, duration_s } => {
            format!("Transferred to {}, duration: {}", place(to), count(*duration_s, "second"))
        }
    }
}

fn place(place: &Place<'_>) -> String {
    let extension = place.extension.map(|extension| format!("ext {extension}"));
    let parts = [place.name, place.number, extension.as_deref()];
    let parts: Vec<_> = parts.into_iter().flatten().map(super::lines::join).collect();
    parts.join(", ")
}
