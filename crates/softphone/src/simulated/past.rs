//! The past of the simulated softphone: the same 200 calls every time, up to now.

use jiff::{SignedDuration, Timestamp};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use ringside_domain::{Direction, EndReason, Party};

use super::LINE;
use crate::RecentCall;

const CALLS: usize = 200;
const DAYS: i64 = 14;

/// People of the Example CRM's demo.
const KNOWN: [&str; 26] = [
    "+14155550142",
    "+442079460018",
    "+493023125077",
    "+46850501234",
    "+14155550167",
    "+34612345678",
    "+14155550118",
    "+12125550123",
    "+12125550145",
    "+819012345678",
    "+4722123456",
    "+33142685300",
    "+33612345678",
    "+390669821234",
    "+447700900345",
    "+441314960123",
    "+13055550188",
    "+13055550119",
    "+16285550171",
    "+16285550133",
    "+233241234567",
    "+972501234567",
    "+5511961234567",
    "+420601123456",
    "+31201234567",
    "+16505550104",
];
/// Strangers, in ranges kept for fiction where there are any.
const STRANGERS: u64 = 34;

/// The calls of the last two weeks, newest first.
pub(super) fn calls(now: Timestamp) -> Vec<RecentCall> {
    // A fixed seed: the same past, and the same keys, at every start.
    let mut random = StdRng::seed_from_u64(0x0052_696E_6773_6964);
    let mut numbers: Vec<String> = KNOWN.iter().map(|&n| n.to_owned()).collect();
    numbers.extend((0..STRANGERS).map(stranger));
    let step = DAYS * 24 * 3600 / CALLS as i64;
    (0..CALLS)
        .map(|n| {
            // One in each slot of equal length keeps them in order.
            let ago = n as i64 * step + random.random_range(0..step);
            let given = numbers[random.random_range(0..numbers.len())].clone();
            let outbound = random.random_bool(0.35);
            let talked = random.random_bool(0.75);
            RecentCall {
                key: format!("history-{n}"),
                aliases: Vec::new(),
                direction: if outbound { Direction::Outbound } else { Direction::Inbound },
                remote: Party { given, name: None },
                local: Party { given: LINE.to_owned(), name: None },
                started_at: now.checked_sub(SignedDuration::from_secs(ago)).unwrap_or(now),
                duration_s: if talked { random.random_range(15..900) } else { 0 },
                result: match (talked, outbound) {
                    (true, _) => EndReason::Answered,
                    (false, true) => EndReason::NoAnswer,
                    (false, false) => EndReason::Missed,
                },
            }
        })
        .collect()
}

fn stranger(n: u64) -> String {
    match n % 3 {
        0 => format!("+1312555{:04}", 100 + n),
        1 => format!("+44207946{:04}", 100 + n * 7),
        _ => format!("+4930231251{:02}", n),
    }
}
