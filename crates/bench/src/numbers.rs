//! Numbers read, told valid and written in E.164, a second.

use std::hint::black_box;
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use ringside_domain::number::NumberContext;
use ringside_domain::{Number, Party, Region};
use rlibphonenumber::PhoneNumberFormat;

use crate::Size;
use crate::peer::Peer;
use crate::report::{Report, Row};
use crate::stats::median;

const PART: &str = "numbers";

pub(crate) fn measure(size: Size, report: &mut Report) -> Result<()> {
    let texts: Vec<String> = (0..size.numbers).map(stored).collect();
    let region = Region::parse("US").context("a region")?;
    let numbers = NumberContext { region, extension_digits: 6 };
    let ours = |text: &str| {
        let party = Party { given: text.to_owned(), name: None };
        Number::read(&party, &numbers).e164
    };
    let us = Some(rlibphonenumber::Region::US);
    let rlib = |text: &str| {
        let number = rlibphonenumber::PhoneNumber::parse(text, us).ok()?;
        number.is_valid().then(|| number.format_as(PhoneNumberFormat::E164).into_owned())
    };
    let phonenumber = |text: &str| {
        let number = phonenumber::parse(Some(phonenumber::country::US), text).ok()?;
        number.is_valid().then(|| number.format().mode(phonenumber::Mode::E164).to_string())
    };
    type Read<'a> = &'a dyn Fn(&str) -> Option<String>;
    let readers: [(&str, Read<'_>); 3] = [
        ("Ringside, with what is no number", &ours),
        ("rlibphonenumber", &rlib),
        ("phonenumber", &phonenumber),
    ];
    // The first reading loads the tables.
    for (name, read) in readers {
        ensure!(read(&texts[0]).is_some(), "{name} cannot read {}", texts[0]);
    }
    let mut rates: [Vec<f64>; 3] = Default::default();
    for _ in 0..size.rounds {
        for (rates, (_, read)) in rates.iter_mut().zip(readers) {
            let start = Instant::now();
            for text in &texts {
                black_box(read(black_box(text)));
            }
            #[allow(clippy::cast_precision_loss, reason = "a count of thousands")]
            rates.push(texts.len() as f64 / start.elapsed().as_secs_f64());
        }
    }
    let mut against: Vec<Vec<f64>> = Vec::new();
    for other in &rates {
        against.push(rates[0].iter().zip(other).map(|(ours, theirs)| ours / theirs).collect());
    }
    for (at, (name, _)) in readers.into_iter().enumerate() {
        let rate = median(&mut rates[at]).context("no round")?;
        let row = Row::value(PART, &format!("read, told valid, formatted: {name}"), rate, "/s");
        let ratio = (at > 0).then(|| median(&mut against[at])).flatten();
        report.add(row.ratio(ratio, "times as fast is Ringside"));
    }
    Ok(())
}

/// As people and CRMs write them.
fn stored(index: usize) -> String {
    let contact = Peer(index).contact();
    contact["phones"][0]["number"].as_str().unwrap_or_default().to_owned()
}
