//! The one table, for people and as JSON.

use std::fmt;

use serde::Serialize;

use crate::machine::Machine;

/// All that was measured in one run.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    machine: Machine,
    /// A run that only shows that everything can still be measured.
    short: bool,
    rows: Vec<Row>,
}

/// One figure.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Row {
    /// What it is a figure of.
    pub(crate) part: &'static str,
    /// What was measured.
    pub(crate) what: String,
    /// How often.
    pub(crate) count: usize,
    /// The middle one, in `unit`.
    pub(crate) p50: Option<f64>,
    /// All but one of a hundred are at most this, in `unit`.
    pub(crate) p99: Option<f64>,
    /// Of both.
    pub(crate) unit: &'static str,
    /// Beside what it is compared with: the median over the rounds, and what it is.
    pub(crate) ratio: Option<(f64, String)>,
    /// What we promise.
    pub(crate) target: Option<String>,
}

impl Row {
    /// Durations in milliseconds.
    pub(crate) fn times(part: &'static str, what: &str, times: &crate::stats::Times) -> Self {
        Self {
            part,
            what: what.to_owned(),
            count: times.count(),
            p50: times.quantile_ms(0.5),
            p99: times.quantile_ms(0.99),
            unit: "ms",
            ..Self::default()
        }
    }

    /// One value.
    pub(crate) fn value(part: &'static str, what: &str, value: f64, unit: &'static str) -> Self {
        let what = what.to_owned();
        Self { part, what, count: 1, p50: Some(value), unit, ..Self::default() }
    }

    pub(crate) fn target(mut self, target: impl Into<String>) -> Self {
        self.target = Some(target.into());
        self
    }

    pub(crate) fn ratio(mut self, ratio: Option<f64>, of: impl Into<String>) -> Self {
        self.ratio = ratio.map(|ratio| (ratio, of.into()));
        self
    }
}

impl Report {
    pub(crate) fn new(short: bool) -> Self {
        Self { machine: Machine::look(), short, rows: Vec::new() }
    }

    /// Adds a figure, and shows it at once: a whole run takes long.
    pub(crate) fn add(&mut self, row: Row) {
        eprintln!("{}", line(&row));
        self.rows.push(row);
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "{}", self.machine)?;
        if self.short {
            writeln!(f, "A short run: it shows that everything can be measured, and no more.")?;
        }
        writeln!(f)?;
        writeln!(f, "| part | what | n | p50 | p99 | unit | ratio | target |")?;
        writeln!(f, "|---|---|--:|--:|--:|---|---|---|")?;
        self.rows.iter().try_for_each(|row| writeln!(f, "{}", line(row)))
    }
}

fn line(row: &Row) -> String {
    let ratio = row.ratio.as_ref().map(|(ratio, of)| format!("{} {of}", figure(Some(*ratio))));
    format!(
        "| {} | {} | {} | {} | {} | {} | {} | {} |",
        row.part,
        row.what,
        row.count,
        figure(row.p50),
        figure(row.p99),
        row.unit,
        ratio.unwrap_or_default(),
        row.target.as_deref().unwrap_or_default(),
    )
}

/// Three digits that count.
fn figure(value: Option<f64>) -> String {
    match value {
        None => String::new(),
        Some(value) if value.abs() >= 100.0 => format!("{value:.0}"),
        Some(value) if value.abs() >= 10.0 => format!("{value:.1}"),
        Some(value) if value.abs() >= 1.0 => format!("{value:.2}"),
        Some(value) => format!("{value:.3}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_digits_that_count() {
        let shown: Vec<_> =
            [1234.5, 12.34, 1.234, 0.1234].map(|value| figure(Some(value))).to_vec();
        assert_eq!(shown, ["1234", "12.3", "1.23", "0.123"]);
        assert_eq!(figure(None), "");
    }

    #[test]
    fn a_row_says_what_it_is_compared_with() {
        let row =
            Row::value("start", "PSS", 90.0, "MB").ratio(Some(0.5), "of the other").target("≤ 90");
        assert_eq!(line(&row), "| start | PSS | 1 | 90.0 |  | MB | 0.500 of the other | ≤ 90 |");
    }
}
