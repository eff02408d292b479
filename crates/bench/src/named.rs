//! Ring → *named* pop, beside App Connect's way: its real server, asked over loopback.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use crate::Size;
use crate::crm::Crm;
use crate::peer::Peer;
use crate::process::Program;
use crate::proxy;
use crate::report::{Report, Row};
use crate::stage::{Face, Stage, node};
use crate::stats::{Times, median};

const PART: &str = "named pop";
/// How long a pop or an answer may take.
const PATIENCE: Duration = Duration::from_secs(60);
/// What the server of the tests holds (`server/data.js`).
const KNOWN: &str = "+14155550142";

/// Where both stand to what they ask.
#[derive(Clone, Copy)]
enum Way {
    Loopback,
    Network,
}

pub(crate) fn measure(size: Size, report: &mut Report) -> Result<()> {
    for (way, name, target) in
        [(Way::Loopback, "loopback", "5 times"), (Way::Network, "80 ms of network", "30 times")]
    {
        compare(way, name, target, size, report)?;
    }
    Ok(())
}

fn compare(way: Way, name: &str, target: &str, size: Size, report: &mut Report) -> Result<()> {
    let crm = Crm::start(size.contacts.min(10_000))?;
    let ours = Ours::start(&crm, way, size.contacts.min(10_000))?;
    let theirs = Theirs::start(way)?;
    let mut ours = ours;
    let (mut all, mut ratios) = <([Times; 3], [Vec<f64>; 2])>::default();
    for _ in 0..size.rounds {
        let mut round = <[Times; 3]>::default();
        for ring in 0..size.rings {
            // A prime apart, so that no two neighbours are asked for.
            round[0].add(ours.ring(Peer(ring * 7919 % ours.contacts))?);
            round[1].add(theirs.ask(false)?);
            round[2].add(theirs.ask(true)?);
        }
        let medians: Vec<f64> = round.iter().filter_map(|times| times.quantile_ms(0.5)).collect();
        if let [ours, cached, uncached] = medians[..] {
            ratios[0].push(cached / ours);
            ratios[1].push(uncached / ours);
        }
        for (all, times) in all.iter_mut().zip(&round) {
            all.merge(times);
        }
    }
    let [cached, uncached] = &mut ratios;
    report.add(Row::times(PART, &format!("Ringside, {name}"), &all[0]));
    report.add(
        Row::times(PART, &format!("App Connect, cached, {name}"), &all[1])
            .ratio(median(cached), "times Ringside")
            .target(target),
    );
    report.add(
        Row::times(PART, &format!("App Connect, uncached, {name}"), &all[2])
            .ratio(median(uncached), "times Ringside"),
    );
    Ok(())
}

/// Ringside without a window: what it tells of pops, as a face hears it.
struct Ours {
    stage: Stage,
    events: Receiver<(SystemTime, Value)>,
    contacts: usize,
    _engine: Program,
}

impl Ours {
    fn start(crm: &Crm, way: Way, contacts: usize) -> Result<Self> {
        let mut stage = Stage::set()?;
        stage.connect(&match way {
            Way::Loopback => crm.url.clone(),
            Way::Network => proxy::before(&crm.url)?,
        })?;
        let (mut engine, _, _) = stage.start(Face::Terminal)?;
        let stdout = engine.child().stdout.take().context("no pipe")?;
        let (told, events) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                let at = SystemTime::now();
                let Ok(event) = serde_json::from_str(&line) else { continue };
                if told.send((at, event)).is_err() {
                    return;
                }
            }
        });
        stage.known(contacts)?;
        Ok(Self { stage, events, contacts, _engine: engine })
    }

    fn ring(&mut self, peer: Peer) -> Result<Duration> {
        let call = self.stage.phone.ring(&peer.number())?;
        let name = peer.name();
        let end = Instant::now() + PATIENCE;
        loop {
            let left = end.saturating_duration_since(Instant::now());
            let (at, event) = self.events.recv_timeout(left).context("no named pop")?;
            if event["event"] == "pop" && event.to_string().contains(&name) {
                let took = at.duration_since(call.at).unwrap_or_default();
                self.stage.phone.end(call)?;
                return Ok(took);
            }
        }
    }
}

/// An App Connect server with a CRM in memory, and somebody who has signed in.
struct Theirs {
    url: String,
    token: String,
    agent: ureq::Agent,
    _server: Program,
}

impl Theirs {
    fn start(way: Way) -> Result<Self> {
        let mut command = node();
        command.arg("server.js").current_dir(server()).stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut server = Program::start(command.stderr(Stdio::null()))?;
        let stdout = server.child().stdout.take().context("no pipe")?;
        let mut lines = BufReader::new(stdout).lines().map_while(Result::ok);
        let ready = lines.find_map(|line| line.strip_prefix("READY ").map(str::to_owned));
        // Read to the end, so that the server never waits for us.
        thread::spawn(move || lines.for_each(drop));
        let ready: Value =
            serde_json::from_str(&ready.context("the App Connect server does not start")?)?;
        let text = |name: &str| ready[name].as_str().map(str::to_owned).context("no address");
        let (url, crm) = (text("url")?, text("crm")?);
        let agent: ureq::Agent = ureq::Agent::config_builder().build().into();
        let login = json!({ "platform": "demo", "apiKey": "full-key", "hostname": crm });
        let mut answer = agent.post(format!("{url}/apiKeyLogin")).send_json(login)?;
        let answer: Value = answer.body_mut().read_json()?;
        let token = answer["jwtToken"].as_str().context("App Connect did not sign in")?.to_owned();
        // Matches are cached for members of a telephone account.
        agent.post(format!("{crm}/_/account")).send_json(json!({ "account": "bench" }))?;
        let url = match way {
            Way::Loopback => url,
            Way::Network => proxy::before(&url)?,
        };
        Ok(Self { url, token, agent, _server: server })
    }

    /// Who has the number; `afresh` past its cache.
    fn ask(&self, afresh: bool) -> Result<Duration> {
        let start = Instant::now();
        let mut request = self
            .agent
            .get(format!("{}/contact", self.url))
            .header("Authorization", format!("Bearer {}", self.token))
            .query("phoneNumber", KNOWN);
        if afresh {
            request = request.query("isForceRefreshAccountData", "true");
        }
        let answer: Value = request.call()?.body_mut().read_json()?;
        let took = start.elapsed();
        ensure!(answer["contact"][0]["name"].is_string(), "App Connect found nobody: {answer}");
        Ok(took)
    }
}

/// The server's folder in the sources.
fn server() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../crm/tests/app_connect/server")
}
