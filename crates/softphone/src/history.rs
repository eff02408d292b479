//! Calls of the past from a CSV file, as softphones and PBXes export them.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use ringside_domain::{Direction, EndReason, Party};
use sha2::{Digest, Sha256};

use crate::{Error, RecentCall};

/// More lines than this are not read.
const LINES_MAX: usize = 100_000;
/// Longest field that is kept, in characters.
const FIELD_MAX: usize = 10_000;

/// A line that was left out: its number, from 1, and why.
pub type Skipped = (u64, String);

/// Reads calls. The first line names the columns, in any order and case: `from`, `number` or
/// `phone`; `to`; `name`; `direction`; `start`, `date` and `time`; `duration`; `result`, `status` or
/// `type`. Comma, semicolon and tab separate. Times are RFC 3339, `YYYY-MM-DD HH:MM[:SS]` in `zone`,
/// or Unix seconds; durations are seconds or `[H:]MM:SS`.
///
/// The key of a call comes from what its line says, so that a file read twice gives the same calls.
///
/// # Errors
/// [`Error::BadHistory`] if the first line names no number or no start. Bad lines further down are
/// left out and returned with the reason.
pub fn read_calls(csv: &str, zone: &TimeZone) -> Result<(Vec<RecentCall>, Vec<Skipped>), Error> {
    let csv = csv.strip_prefix('\u{FEFF}').unwrap_or(csv);
    let first = csv.lines().next().unwrap_or_default();
    let delimiter = [b',', b';', b'\t']
        .into_iter()
        .max_by_key(|d| first.bytes().filter(|b| b == d).count())
        .unwrap_or(b',');
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .flexible(true)
        .trim(csv::Trim::All)
        .from_reader(csv.as_bytes());
    let bad = |reason: String| Error::BadHistory { line: 1, reason };
    let columns = Columns::find(reader.headers().map_err(|e| bad(e.to_string()))?).map_err(bad)?;
    let (mut calls, mut skipped) = (Vec::new(), Vec::new());
    for (n, record) in reader.records().enumerate() {
        let record = match record {
            Ok(record) => record,
            Err(error) => {
                skipped.push((error.position().map_or(0, csv::Position::line), error.to_string()));
                continue;
            }
        };
        let line = record.position().map_or(0, csv::Position::line);
        if n >= LINES_MAX {
            skipped.push((line, format!("only the first {LINES_MAX} lines are read")));
            break;
        }
        match columns.read(&record, zone) {
            Ok(call) => calls.push(call),
            Err(reason) => skipped.push((line, reason)),
        }
    }
    Ok((calls, skipped))
}

/// Which column holds what.
#[derive(Debug)]
struct Columns {
    /// The remote party whichever way the call went.
    number: Option<usize>,
    from: Option<usize>,
    to: Option<usize>,
    name: Option<usize>,
    direction: Option<usize>,
    start: Option<usize>,
    date: Option<usize>,
    time: Option<usize>,
    duration: Option<usize>,
    result: Option<usize>,
    kind: Option<usize>,
}

impl Columns {
    fn find(header: &csv::StringRecord) -> Result<Self, String> {
        let find = |names: &[&str]| {
            header.iter().position(|column| {
                let column = column.to_lowercase().replace(['_', '-'], " ");
                names.contains(&column.as_str())
            })
        };
        let columns = Self {
            number: find(&["number", "phone", "phone number", "remote", "remote number"]),
            from: find(&["from", "caller", "caller id", "from number", "source", "src"]),
            to: find(&["to", "called", "callee", "to number", "destination", "dst"]),
            name: find(&["name", "caller name", "contact", "display name"]),
            direction: find(&["direction", "call direction"]),
            start: find(&[
                "start",
                "started",
                "started at",
                "start time",
                "date/time",
                "datetime",
                "timestamp",
                "date time",
                "call time",
                "calldate",
            ]),
            date: find(&["date", "day"]),
            time: find(&["time"]),
            duration: find(&[
                "duration",
                "seconds",
                "length",
                "duration s",
                "billsec",
                "talk time",
            ]),
            result: find(&["result", "status", "outcome", "disposition", "action result"]),
            kind: find(&["type", "call type"]),
        };
        if columns.number.or(columns.from).is_none() {
            return Err("the first line must name the columns: there is none for the number \
                        (from, number or phone)"
                .to_owned());
        }
        if columns.start.or(columns.date).or(columns.time).is_none() {
            return Err(
                "the first line must name the columns: there is none for the start (start, \
                        date or time)"
                    .to_owned(),
            );
        }
        Ok(columns)
    }

    fn read(&self, record: &csv::StringRecord, zone: &TimeZone) -> Result<RecentCall, String> {
        let field = |column: Option<usize>| -> Option<String> {
            let text = record.get(column?)?;
            (!text.is_empty()).then(|| text.chars().take(FIELD_MAX).collect())
        };
        let kind = field(self.kind).unwrap_or_default();
        let direction = match field(self.direction) {
            Some(text) => direction(&text).ok_or(format!("\"{text}\" is no direction"))?,
            None => direction(&kind).unwrap_or(Direction::Inbound),
        };
        let (from, to) = (field(self.from), field(self.to));
        let (remote, local) = match direction {
            Direction::Outbound if to.is_some() => (to, from),
            Direction::Outbound | Direction::Inbound => (from, to),
        };
        let remote = field(self.number).or(remote).ok_or("there is no number")?;
        let start = match (field(self.start), field(self.date), field(self.time)) {
            (Some(start), ..) => start,
            (None, Some(date), Some(time)) => format!("{date} {time}"),
            (None, Some(one), None) | (None, None, Some(one)) => one,
            (None, None, None) => return Err("there is no start".to_owned()),
        };
        let started_at = instant(&start, zone).ok_or(format!("\"{start}\" is no time"))?;
        let duration_s = match field(self.duration) {
            Some(text) => seconds(&text).ok_or(format!("\"{text}\" is no duration"))?,
            None => 0,
        };
        let told = field(self.result).and_then(|text| result(&text, direction));
        let result = told.or_else(|| result(&kind, direction)).unwrap_or(
            match (duration_s > 0, direction) {
                (true, _) => EndReason::Answered,
                (false, Direction::Inbound) => EndReason::Missed,
                (false, Direction::Outbound) => EndReason::NoAnswer,
            },
        );
        Ok(RecentCall {
            key: key(record),
            aliases: Vec::new(),
            direction,
            remote: Party { given: remote, name: field(self.name) },
            local: Party { given: local.unwrap_or_default(), name: None },
            started_at,
            duration_s,
            result,
        })
    }
}

fn key(record: &csv::StringRecord) -> String {
    let mut hash = Sha256::new();
    for field in record {
        hash.update(field.as_bytes());
        // A byte that no field can contain, so that "ab","c" is not "a","bc".
        hash.update([0xFF]);
    }
    // 128 bits tell any two lines apart.
    hash.finalize().iter().take(16).map(|byte| format!("{byte:02x}")).collect()
}

fn direction(text: &str) -> Option<Direction> {
    let text = text.to_lowercase();
    if text.starts_with("in") || text.starts_with("receiv") || text.starts_with("miss") {
        Some(Direction::Inbound)
    } else if text.starts_with("out") || text.starts_with("dial") || text == "placed" {
        Some(Direction::Outbound)
    } else {
        None
    }
}

fn result(text: &str, direction: Direction) -> Option<EndReason> {
    let text = text.to_lowercase().replace(['_', '-'], " ");
    Some(match text.trim_end_matches(" call") {
        "answered" | "completed" | "connected" | "accepted" | "call connected" => {
            EndReason::Answered
        }
        "missed" | "no answer" | "unanswered" | "noanswer" => match direction {
            Direction::Inbound => EndReason::Missed,
            Direction::Outbound => EndReason::NoAnswer,
        },
        "rejected" | "declined" => EndReason::Rejected,
        "busy" => EndReason::Busy,
        "cancelled" | "canceled" | "hang up" => EndReason::Cancelled,
        "voicemail" | "voice mail" => EndReason::Voicemail,
        "answered elsewhere" => EndReason::AnsweredElsewhere,
        "failed" | "error" | "congestion" => EndReason::Failed,
        _ => return None,
    })
}

fn instant(text: &str, zone: &TimeZone) -> Option<Timestamp> {
    if let Ok(seconds) = text.parse() {
        return Timestamp::from_second(seconds).ok();
    }
    if let Ok(instant) = text.parse() {
        return Some(instant);
    }
    let local: DateTime = text.replacen(' ', "T", 1).parse().ok()?;
    zone.to_timestamp(local).ok()
}

fn seconds(text: &str) -> Option<u64> {
    let mut total = 0_u64;
    let parts = text.trim_end_matches([' ', 's']).split(':');
    for part in parts {
        total = total.checked_mul(60)?.checked_add(part.trim().parse().ok()?)?;
    }
    // Nobody talks for a month; such a number is something else.
    (Duration::from_secs(total) < Duration::from_secs(31 * 24 * 3600)).then_some(total)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(csv: &str) -> (Vec<RecentCall>, Vec<Skipped>) {
        read_calls(csv, &TimeZone::UTC).unwrap()
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let (calls, skipped) = read(
            "\u{FEFF}Direction;From;To;Name;Start;Duration;Result\r\n\
             Inbound;+14155550142;204;\"Okafor; Nadia\";2026-11-20T09:30:00Z;0:02:05;Answered\r\n\
             outgoing;204;020 7946 0018;;2026-11-20 10:00;0;No answer\r\n",
        );
        assert_eq!(skipped, vec![]);
        assert_eq!(calls[0].remote.given, "+14155550142");
        assert_eq!(calls[0].remote.name.as_deref(), Some("Okafor; Nadia"));
        assert_eq!(calls[0].duration_s, 125);
        assert_eq!(calls[0].started_at.to_string(), "2026-11-20T09:30:00Z");
        assert_eq!(calls[0].result, EndReason::Answered);
        assert_eq!(calls[1].direction, Direction::Outbound);
        assert_eq!(
            (calls[1].remote.given.as_str(), calls[1].local.given.as_str()),
            ("020 7946 0018", "204")
        );
        assert_eq!(calls[1].result, EndReason::NoAnswer);
    }

    #[test]
    fn what_is_not_said_is_inferred() {
        let (calls, _) = read(
            "phone\tdate\ttime\ttype\n1\t2026-11-20\t09:30:15\tMissed call\n2\t1700000000\t\tOutgoing\n",
        );
        assert_eq!(calls[0].started_at.to_string(), "2026-11-20T09:30:15Z");
        assert_eq!((calls[0].direction, calls[0].result), (Direction::Inbound, EndReason::Missed));
        assert_eq!(calls[1].started_at.as_second(), 1_700_000_000);
        assert_eq!(
            (calls[1].direction, calls[1].result),
            (Direction::Outbound, EndReason::NoAnswer)
        );
    }

    #[test]
    fn local_times_are_read_in_the_zone() {
        let zone = TimeZone::fixed(jiff::tz::offset(2));
        let (calls, _) = read_calls("number,start\n1,2026-11-20 09:30\n", &zone).unwrap();
        assert_eq!(calls[0].started_at.to_string(), "2026-11-20T07:30:00Z");
    }

    #[test]
    fn bad_lines_are_left_out_with_the_reason() {
        let (calls, skipped) = read(
            "number,start,duration,direction\n1,yesterday,1,in\n,2026-11-20 09:30,1,in\n\
             2,2026-11-20 09:30,long,in\n3,2026-11-20 09:30,1,sideways\n4,2026-11-20 09:30,1,in\n",
        );
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0].remote.given, "4");
        let reasons: Vec<_> =
            skipped.iter().map(|(line, reason)| (*line, reason.as_str())).collect();
        assert_eq!(
            reasons,
            [
                (2, "\"yesterday\" is no time"),
                (3, "there is no number"),
                (4, "\"long\" is no duration"),
                (5, "\"sideways\" is no direction"),
            ]
        );
    }

    #[test]
    fn a_file_without_a_header_is_refused() {
        for csv in ["", "+14155550142,2026-11-20 09:30\n", "number,length\n1,2\n"] {
            let error = read_calls(csv, &TimeZone::UTC).unwrap_err();
            assert!(matches!(error, Error::BadHistory { line: 1, .. }), "{csv}");
        }
    }

    #[test]
    fn the_same_line_has_the_same_key() {
        let file = "number,start\n1,2026-11-20 09:30\n1,2026-11-20 09:31\n";
        let (once, _) = read(file);
        let (twice, _) = read(file);
        assert_eq!(once, twice);
        assert_ne!(once[0].key, once[1].key);
    }

    #[test]
    fn a_file_that_is_too_long_is_cut_and_says_so() {
        let csv = format!("number,start\n{}", "1,1700000000\n".repeat(LINES_MAX + 5));
        let (calls, skipped) = read(&csv);
        assert_eq!((calls.len(), skipped.len()), (LINES_MAX, 1));
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in "(?s).{0,200}") {
            let _ = read_calls(&text, &TimeZone::UTC);
            let _ = read_calls(&format!("number,start,duration\n{text}"), &TimeZone::UTC);
        }
    }
}
