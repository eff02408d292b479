//! When a call began, as a body writes it.

use jiff::Timestamp;
use jiff::tz::TimeZone;

/// An instant with the place and the manner of writing it.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    /// The instant.
    pub at: Timestamp,
    /// Whose clock it is shown by.
    pub zone: TimeZone,
    /// How.
    pub pattern: DatePattern,
}

impl Moment {
    pub(super) fn words(&self) -> String {
        self.at.to_zoned_datetime(self.zone.clone()).strftime(self.pattern.strftime()).to_string()
    }
}

/// The date patterns that App Connect offers as `logDateFormat`, all of them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum DatePattern {
    /// `2026-11-23 06:40:00 PM`
    #[default]
    Iso12,
    /// `2026-11-23 18:40:00`
    Iso24,
    /// `11/23/2026 06:40:00 PM`
    MonthFirst12,
    /// `11/23/2026 18:40:00`
    MonthFirst24,
    /// `23/11/2026 06:40:00 PM`
    DayFirst12,
    /// `23/11/2026 18:40:00`
    DayFirst24,
}

impl DatePattern {
    /// All, in the order in which App Connect lists them.
    pub const ALL: [Self; 6] = [
        Self::Iso24,
        Self::Iso12,
        Self::MonthFirst12,
        Self::MonthFirst24,
        Self::DayFirst24,
        Self::DayFirst12,
    ];

    /// The pattern in the tokens of Moment.js, as the setting holds it.
    pub fn moment(self) -> &'static str {
        match self {
            Self::Iso12 => "YYYY-MM-DD hh:mm:ss A",
            Self::Iso24 => "YYYY-MM-DD HH:mm:ss",
            Self::MonthFirst12 => "MM/DD/YYYY hh:mm:ss A",
            Self::MonthFirst24 => "MM/DD/YYYY HH:mm:ss",
            Self::DayFirst12 => "DD/MM/YYYY hh:mm:ss A",
            Self::DayFirst24 => "DD/MM/YYYY HH:mm:ss",
        }
    }

    /// The pattern of a setting; `None` if it is none that App Connect offers.
    pub fn of_moment(tokens: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|pattern| pattern.moment() == tokens)
    }

    fn strftime(self) -> &'static str {
        match self {
            Self::Iso12 => "%Y-%m-%d %I:%M:%S %p",
            Self::Iso24 => "%Y-%m-%d %H:%M:%S",
            Self::MonthFirst12 => "%m/%d/%Y %I:%M:%S %p",
            Self::MonthFirst24 => "%m/%d/%Y %H:%M:%S",
            Self::DayFirst12 => "%d/%m/%Y %I:%M:%S %p",
            Self::DayFirst24 => "%d/%m/%Y %H:%M:%S",
        }
    }
}
