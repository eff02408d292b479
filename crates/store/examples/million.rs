//! Measures the directory: a million contacts (or as many as the first argument says), each with one
//! to three numbers, pulled in pages, then looked up and searched.
//!
//! `cargo run --release -p ringside-store --example million [CONTACTS]`
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a measurement, not the product")]

use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand::rngs::StdRng;
use rand::{Rng as _, SeedableRng as _};
use ringside_domain::contact::ContactPhone;
use ringside_domain::number::NumberContext;
use ringside_domain::{AccountId, Contact, ContactRef, Number, Party, Region};
use ringside_store::{DatabaseKey, Directory};

/// Contacts that are kept together, as a pull does.
const PAGE: usize = 20_000;
const SEED: u64 = 20_261_124;
const FIRST: [&str; 12] = [
    "Ada", "Zoë", "Jürgen", "María", "Grace", "Linus", "Chloé", "Søren", "Amara", "Kenji", "Olga",
    "Tomás",
];
const LAST: [&str; 10] = [
    "Lovelace",
    "Müller",
    "García",
    "Hopper",
    "Okafor",
    "Sørensen",
    "Tanaka",
    "Novák",
    "O'Neill",
    "Smith",
];

#[tokio::main]
async fn main() {
    let wanted: usize = std::env::args().nth(1).map_or(1_000_000, |count| count.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let (directory, _) = Directory::open(&path, &DatabaseKey::generate()).unwrap();
    let (account, numbers) = (AccountId::new("bench"), numbers());
    ringside_domain::number::warm(&numbers);
    let mut random = StdRng::seed_from_u64(SEED);

    let started = Timestamp::now();
    directory.begin_pull(&account, None, started).await.unwrap();
    let mut sample = Vec::new();
    let (mut made, mut spent) = (0, Duration::ZERO);
    while made < wanted {
        let count = PAGE.min(wanted - made);
        let page: Vec<_> =
            (made..made + count).map(|n| contact(&account, n, &mut random)).collect();
        sample.extend(page.iter().step_by(97).map(|c| c.phones[0].given.clone()));
        made += count;
        let next = (made < wanted).then(|| made.to_string());
        let began = Instant::now();
        let at = Timestamp::now();
        directory.put_page(&account, started, page, vec![], next, &numbers, at).await.unwrap();
        spent += began.elapsed();
    }
    println!("loaded {made} contacts in {spent:.1?}");
    let began = Instant::now();
    directory.tidy().await.unwrap();
    println!("tidied in {:.1?}", began.elapsed());
    println!("file {} MB", std::fs::metadata(&path).unwrap().len() >> 20);

    let rings: Vec<Number> = (0..20_000)
        .map(|_| {
            let given = sample[random.random_range(0..sample.len())].clone();
            Number::read(&Party { given, name: None }, &numbers)
        })
        .collect();
    for round in ["first", "warm"] {
        let mut times: Vec<Duration> = rings
            .iter()
            .map(|ring| {
                let began = Instant::now();
                assert!(!directory.lookup(ring).unwrap().matches.is_empty(), "{ring:?}");
                began.elapsed()
            })
            .collect();
        report(&format!("lookup, {round}"), &mut times);
    }
    for query in ["", "ada", "z", "lovelace ada", "muller", "4155", "1234567", "nobody"] {
        let mut times = Vec::new();
        let mut total = 0;
        for _ in 0..5 {
            let began = Instant::now();
            total = directory.search(query, 0, 100).await.unwrap().1;
            times.push(began.elapsed());
        }
        report(&format!("search {query:?}, {total} found"), &mut times);
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    for line in status.lines().filter(|line| line.starts_with("VmRSS") || line.starts_with("VmHWM"))
    {
        println!("{line}");
    }
}

fn numbers() -> NumberContext {
    NumberContext { region: Region::parse("US").unwrap(), extension_digits: 6 }
}

fn contact(account: &AccountId, n: usize, random: &mut StdRng) -> Contact {
    let name =
        format!("{} {} {n}", FIRST[random.random_range(0..12)], LAST[random.random_range(0..10)]);
    let phones = (0..random.random_range(1..=3_usize)).map(|at| ContactPhone {
        given: phone(random),
        field: Some(["mobile", "work", "home"][at].to_owned()),
    });
    Contact {
        reference: ContactRef {
            account: account.clone(),
            kind: "person".to_owned(),
            id: n.to_string(),
        },
        phones: phones.collect(),
        company: Some(format!("Company {}", n % 50_000)),
        title: None,
        email: Some(format!("person{n}@example.com")),
        created_at: None,
        last_activity_at: None,
        associations: Vec::new(),
        name,
    }
}

fn phone(random: &mut StdRng) -> String {
    let area = [212, 415, 628, 312, 713, 305][random.random_range(0..6)];
    let (office, line) = (random.random_range(200..1000), random.random_range(0..10_000));
    match random.random_range(0..4) {
        0 => format!("+1{area}{office:03}{line:04}"),
        1 => format!("({area}) {office:03}-{line:04}"),
        2 => format!("+1 {area}-{office:03}-{line:04}"),
        _ => format!("+44 20 7{} {:04}", random.random_range(100..1000), line),
    }
}

fn report(what: &str, times: &mut [Duration]) {
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 1000];
    println!("{what}: p50 {:.1?}, p99 {:.1?}, max {:.1?}", at(500), at(990), at(1000));
}
