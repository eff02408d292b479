//! What answers say of the rate limit, in the dialects that servers have.

use std::time::Duration;

use jiff::Timestamp;
use reqwest::header::HeaderMap;

/// A number from here on is an instant and no span: 2001 in seconds since 1970.
const EPOCH_FROM: u64 = 1_000_000_000;
/// From here on it is in milliseconds.
const EPOCH_MILLIS_FROM: u64 = 1_000_000_000_000;

/// What one answer told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Told {
    pub(super) limit: u64,
    pub(super) remaining: u64,
    /// How long until the window begins anew.
    pub(super) reset: Option<Duration>,
}

const LIMIT: [&str; 5] = [
    "x-ratelimit-limit",
    "ratelimit-limit",
    // Freshdesk.
    "x-ratelimit-total",
    "x-rate-limit-limit",
    // Zendesk.
    "x-rate-limit",
];
const REMAINING: [&str; 3] =
    ["x-ratelimit-remaining", "ratelimit-remaining", "x-rate-limit-remaining"];
const RESET: [&str; 3] = ["x-ratelimit-reset", "ratelimit-reset", "x-rate-limit-reset"];

/// Reads the headers; `None` where they do not tell both how much there is and how much is left.
pub(super) fn read(headers: &HeaderMap, now: Timestamp) -> Option<Told> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    if let Some(told) = text("ratelimit").and_then(|value| read_one(value, now)) {
        return Some(told);
    }
    let first = |names: &[&str]| names.iter().find_map(|name| text(name)).and_then(number);
    Some(Told {
        limit: first(&LIMIT).filter(|limit| *limit > 0)?,
        remaining: first(&REMAINING)?,
        reset: first(&RESET).map(|reset| until(reset, now)),
    })
}

/// When a refusal says no `Retry-After`, but when the window begins anew.
pub(super) fn reset(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let single = text("ratelimit").and_then(|value| read_one(value, now)?.reset);
    let apart = || RESET.iter().find_map(|name| text(name)).and_then(number);
    single.or_else(|| apart().map(|reset| until(reset, now)))
}

/// `RateLimit: limit=100, remaining=50, reset=5`, of an IETF draft; Close speaks it.
fn read_one(value: &str, now: Timestamp) -> Option<Told> {
    let of = |name: &str| {
        value.split([',', ';']).find_map(|part| {
            let (key, value) = part.split_once('=')?;
            (key.trim() == name).then(|| number(value)).flatten()
        })
    };
    Some(Told {
        limit: of("limit").filter(|limit| *limit > 0)?,
        remaining: of("remaining")?,
        reset: of("reset").map(|reset| until(reset, now)),
    })
}

/// The leading number: `100, 100;w=60` tells policies behind it, and some send fractions.
fn number(text: &str) -> Option<u64> {
    let text = text.trim();
    let end = text.find(|c: char| !c.is_ascii_digit()).unwrap_or(text.len());
    text.get(..end)?.parse().ok()
}

/// A span in seconds, or an instant.
fn until(reset: u64, now: Timestamp) -> Duration {
    let millis = match reset {
        EPOCH_MILLIS_FROM.. => reset,
        EPOCH_FROM.. => reset.saturating_mul(1000),
        _ => return Duration::from_secs(reset),
    };
    let now = u64::try_from(now.as_millisecond()).unwrap_or(0);
    Duration::from_millis(millis.saturating_sub(now))
}

#[cfg(test)]
mod tests {
    use reqwest::header::{HeaderName, HeaderValue};

    use super::*;

    fn told(pairs: &[(&str, &str)]) -> Option<(u64, u64, Option<u64>)> {
        let headers = pairs.iter().map(|(name, value)| {
            (HeaderName::try_from(*name).unwrap(), HeaderValue::from_str(value).unwrap())
        });
        let now = Timestamp::from_second(1_800_000_000).unwrap();
        let told = read(&headers.collect(), now)?;
        Some((told.limit, told.remaining, told.reset.map(|reset| reset.as_secs())))
    }

    #[test]
    fn every_dialect_is_read() {
        for prefix in ["x-ratelimit", "ratelimit", "x-rate-limit"] {
            let [limit, remaining, reset] =
                ["limit", "remaining", "reset"].map(|part| format!("{prefix}-{part}"));
            assert_eq!(
                told(&[(&limit, "20"), (&remaining, "3"), (&reset, "2")]),
                Some((20, 3, Some(2))),
                "{prefix}"
            );
        }
        let one = |value: &str| told(&[("ratelimit", value)]);
        assert_eq!(one("limit=100, remaining=50, reset=5"), Some((100, 50, Some(5))));
        assert_eq!(one("limit=100;remaining=50"), Some((100, 50, None)));
        let freshdesk = [("x-ratelimit-total", "3000"), ("x-ratelimit-remaining", "1999")];
        assert_eq!(told(&freshdesk), Some((3000, 1999, None)));
        let zendesk = [("x-rate-limit", "700"), ("x-rate-limit-remaining", "699")];
        assert_eq!(told(&zendesk), Some((700, 699, None)));
    }

    #[test]
    fn a_reset_is_a_span_or_an_instant_and_nonsense_is_nothing() {
        let reset = |value: &str| {
            let pairs = [("x-ratelimit-limit", "10, 10;w=1"), ("x-ratelimit-remaining", "1")];
            told(&[pairs[0], pairs[1], ("x-ratelimit-reset", value)]).unwrap().2
        };
        assert_eq!(reset("30"), Some(30));
        assert_eq!(reset("1800000030"), Some(30));
        assert_eq!(reset("1800000030000"), Some(30));
        assert_eq!(reset("1700000000"), Some(0));
        assert_eq!(reset("soon"), None);
        assert_eq!(told(&[]), None);
        assert_eq!(told(&[("x-ratelimit-limit", "0"), ("x-ratelimit-remaining", "0")]), None);
        assert_eq!(told(&[("x-ratelimit-limit", "-5"), ("x-ratelimit-remaining", "1")]), None);
        assert_eq!(told(&[("ratelimit", "a=b=c;;,limit")]), None);
    }
}
