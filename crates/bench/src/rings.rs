//! Ring → `Notify` seen on the bus, and ring → the name on the screen.

use std::time::SystemTime;

use anyhow::{Context, Result, ensure};
use rand::Rng;

use crate::Size;
use crate::bus::Bus;
use crate::crm::Crm;
use crate::peer::Peer;
use crate::report::{Report, Row};
use crate::screen::Screen;
use crate::stage::{Face, Stage};
use crate::stats::{Times, median};

const PART: &str = "ring";
/// A CRM that is too slow to be waited for.
const SLOW_MS: u64 = 10_000;

/// Under what Ringside is rung.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Weather {
    /// Nothing else goes on.
    Calm,
    /// The CRM takes ten seconds for each answer.
    SlowCrm,
    /// The keyring is locked.
    Locked,
}

const WEATHERS: [(Weather, &str); 3] = [
    (Weather::Calm, "undisturbed"),
    (Weather::SlowCrm, "CRM takes 10 s"),
    (Weather::Locked, "keyring locked"),
];

/// From the ring to both.
#[derive(Default)]
struct Latency {
    notify: Times,
    pop: Times,
}

impl Latency {
    fn p99(&self) -> [Option<f64>; 2] {
        [self.notify.quantile_ms(0.99), self.pop.quantile_ms(0.99)]
    }

    fn merge(&mut self, other: &Self) {
        self.notify.merge(&other.notify);
        self.pop.merge(&other.pop);
    }
}

pub(crate) fn measure(size: Size, report: &mut Report) -> Result<()> {
    let crm = Crm::start(size.contacts)?;
    let mut stage = Stage::set()?;
    stage.connect(&crm.url)?;
    first(size, &mut stage, &crm, report)?;

    let (_app, _, _) = stage.start(Face::App)?;
    stage.known(size.contacts)?;
    stage.settle();
    let mut eyes = Eyes::open(&stage)?;
    // The very first one is measured by itself.
    eyes.ring(&mut stage, Peer(0))?;
    let mut all = WEATHERS.map(|_| Latency::default());
    let mut ratios: [[Vec<f64>; 2]; 3] = Default::default();
    for _ in 0..size.rounds {
        let mut round = WEATHERS.map(|_| Latency::default());
        for (latency, (weather, _)) in round.iter_mut().zip(WEATHERS) {
            turn(weather, &stage, &crm, true)?;
            for _ in 0..size.rings {
                eyes.take(&mut stage, size, latency)?;
            }
            turn(weather, &stage, &crm, false)?;
        }
        for (at, latency) in round.iter().enumerate() {
            let pairs = latency.p99().into_iter().zip(round[0].p99());
            for (ratios, (disturbed, calm)) in ratios[at].iter_mut().zip(pairs) {
                ratios.extend(disturbed.zip(calm).map(|(disturbed, calm)| disturbed / calm));
            }
            all[at].merge(latency);
        }
    }
    for (at, (_, name)) in WEATHERS.iter().enumerate() {
        let rows = [
            (&all[at].notify, "Notify on the bus", "3 / 15 ms"),
            (&all[at].pop, "name on the screen", "50 / 100 ms"),
        ];
        for (which, (times, what, target)) in rows.into_iter().enumerate() {
            let row = Row::times(PART, &format!("ring → {what}, {name}"), times);
            report.add(match at {
                0 => row.target(target),
                _ => row
                    .target("p99 × 1.2")
                    .ratio(median(&mut ratios[at][which]), "p99 of undisturbed"),
            });
        }
    }
    Ok(())
}

/// The first ring of a fresh start, as soon as it is able to take one.
fn first(size: Size, stage: &mut Stage, crm: &Crm, report: &mut Report) -> Result<()> {
    crm.quick()?;
    let mut latency = Latency::default();
    for start in 0..size.starts {
        let (_app, _, _) = stage.start(Face::App)?;
        stage.known(size.contacts)?;
        stage.settle();
        let mut eyes = Eyes::open(stage)?;
        let (notify, pop) = eyes.ring(stage, Peer(start % size.contacts))?;
        latency.notify.add(notify);
        latency.pop.add(pop);
    }
    report.add(Row::times(PART, "first ring of a run → Notify on the bus", &latency.notify));
    report.add(Row::times(PART, "first ring of a run → name on the screen", &latency.pop));
    Ok(())
}

fn turn(weather: Weather, stage: &Stage, crm: &Crm, on: bool) -> Result<()> {
    match (weather, on) {
        (Weather::Calm, _) => Ok(()),
        (Weather::SlowCrm, true) => crm.slow(SLOW_MS),
        (Weather::SlowCrm, false) => crm.quick(),
        (Weather::Locked, true) => stage.session.lock_keyring(),
        (Weather::Locked, false) => stage.session.unlock_keyring(),
    }
}

/// What sees a ring come out at the other end.
struct Eyes {
    bus: Bus,
    screen: Screen,
    last: Option<u64>,
}

impl Eyes {
    fn open(stage: &Stage) -> Result<Self> {
        let (bus, screen) = (Bus::watch(&stage.session)?, Screen::watch(&stage.display()?)?);
        Ok(Self { bus, screen, last: None })
    }

    /// One ring of somebody: four of five are in the directory, one is in nobody's.
    fn take(&mut self, stage: &mut Stage, size: Size, latency: &mut Latency) -> Result<()> {
        let mut random = rand::rng();
        let known = random.random_range(0..5) < 4;
        let range = if known { 0..size.contacts } else { size.contacts..size.contacts * 2 };
        let (notify, pop) = self.ring(stage, Peer(random.random_range(range)))?;
        latency.notify.add(notify);
        latency.pop.add(pop);
        Ok(())
    }

    fn ring(
        &mut self,
        stage: &mut Stage,
        peer: Peer,
    ) -> Result<(std::time::Duration, std::time::Duration)> {
        self.screen.empty()?;
        self.bus.skip();
        let call = stage.phone.ring(&peer.number())?;
        let since = |at: SystemTime| at.duration_since(call.at).unwrap_or_default();
        // A summary has the name, or else the number as people write it.
        let line = &peer.number()[8..];
        let notify = self.bus.seen(line).or_else(|_| self.bus.seen(&peer.name()));
        let notify = since(notify.with_context(|| stage.log())?);
        let (shown, looks) = self.screen.named().with_context(|| stage.log())?;
        ensure!(self.last != Some(looks), "two names that look the same: the place is wrong");
        self.last = Some(looks);
        let pop = since(shown);
        stage.phone.end(call)?;
        let calls = stage.ctl(&["calls", "hide", "last"], "");
        calls.context("the pop cannot be hidden")?;
        Ok((notify, pop))
    }
}
