//! The sealed spool keeps what comes while the keyring is locked, and only the vault's key opens it.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use common::*;
use ringside_store::spool::{ITEM_MAX, Item};
use ringside_store::{Error, Spool};
use secrecy::{ExposeSecret as _, SecretString};
use tempfile::TempDir;

struct Fixture {
    folder: TempDir,
    file: PathBuf,
    spool: Spool,
    private_key: SecretString,
}

fn fixture() -> Fixture {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("profile/spool.age");
    let (public_key, private_key) = Spool::new_keys();
    let spool = Spool::open(&file, &public_key).unwrap();
    Fixture { folder, file, spool, private_key }
}

fn note(text: &str) -> Item {
    Item::Note { call: id(1), text: text.into() }
}

fn items() -> Vec<Item> {
    let full = record(1, "+14155550123");
    let mut choice = full.choice.clone();
    choice.set(chosen("work", "7", "Ada Lovelace"));
    vec![
        Item::Call { call: full.call },
        note("two\nlines — ✓"),
        Item::Choice { call: id(1), choice },
        Item::Log { call: id(1), log: true },
    ]
}

#[test]
fn items_come_back_in_order_also_over_restarts() {
    let Fixture { folder: _folder, file, mut spool, private_key } = fixture();
    for item in items() {
        spool.clone().append(&item).unwrap();
    }
    spool.append(&note("last")).unwrap();
    let expected: Vec<_> = items().into_iter().chain([note("last")]).collect();
    assert_eq!(Spool::read(&file, &private_key).unwrap(), (expected, 0));
    Spool::clear(&file, false).unwrap();
    assert!(!file.exists());
    assert_eq!(Spool::read(&file, &private_key).unwrap(), (vec![], 0));
    Spool::clear(&file, false).unwrap();
    // The same handle goes on after it was emptied.
    spool.append(&note("anew")).unwrap();
    assert_eq!(Spool::read(&file, &private_key).unwrap(), (vec![note("anew")], 0));
}

#[test]
fn a_half_written_item_costs_only_itself() {
    let Fixture { folder, file, mut spool, private_key } = fixture();
    spool.append(&note("first")).unwrap();
    let whole = fs::read(&file).unwrap();
    spool.append(&note("torn")).unwrap();
    let both = fs::read(&file).unwrap();
    for cut in whole.len() + 1..both.len() {
        fs::write(&file, &both[..cut]).unwrap();
        assert_eq!(Spool::read(&file, &private_key).unwrap(), (vec![note("first")], 1), "{cut}");
    }
    // Written on behind the torn one.
    spool.append(&note("after")).unwrap();
    let expected = (vec![note("first"), note("after")], 1);
    assert_eq!(Spool::read(&file, &private_key).unwrap(), expected);
    // What could not be read is kept.
    let before = fs::read(&file).unwrap();
    Spool::clear(&file, true).unwrap();
    assert!(!file.exists());
    let kept = files(&folder.path().join("profile"));
    assert_eq!(kept.len(), 1);
    assert!(kept[0].0.starts_with("spool.age.damaged-"), "{}", kept[0].0);
    assert_eq!(kept[0].1, before);
    spool.append(&note("anew")).unwrap();
    assert_eq!(Spool::read(&file, &private_key).unwrap(), (vec![note("anew")], 0));
}

#[test]
fn a_changed_byte_is_noticed_wherever_it_is() {
    let Fixture { folder: _folder, file, mut spool, private_key } = fixture();
    spool.append(&note("first")).unwrap();
    let first = fs::read(&file).unwrap().len();
    spool.append(&note("second")).unwrap();
    let whole = fs::read(&file).unwrap();
    for at in 0..first {
        // Every item is opened anew: each third byte is enough.
        if at > 30 && at % 3 > 0 {
            continue;
        }
        let mut changed = whole.clone();
        changed[at] ^= 1;
        fs::write(&file, &changed).unwrap();
        let (read, skipped) = Spool::read(&file, &private_key).unwrap();
        assert_eq!(read, vec![note("second")], "byte {at}");
        assert!(skipped > 0, "byte {at}");
    }
}

#[test]
fn only_the_private_key_opens_it() {
    let Fixture { folder: _folder, file, mut spool, private_key } = fixture();
    spool.append(&note("sealed")).unwrap();
    let (_, other) = Spool::new_keys();
    let no_key = SecretString::from("AGE-SECRET-KEY-nonsense".to_owned());
    for wrong in [other, no_key] {
        let refused = Spool::read(&file, &wrong);
        assert!(matches!(refused, Err(Error::WrongKey { .. })), "{refused:?}");
    }
    assert_eq!(Spool::read(&file, &private_key).unwrap().0.len(), 1);
    assert!(matches!(Spool::open(&file, "age1nonsense"), Err(Error::Io { .. })));
}

#[test]
fn nothing_readable_lies_in_the_file() {
    let Fixture { folder: _folder, file, mut spool, private_key } = fixture();
    for item in items() {
        spool.append(&item).unwrap();
    }
    let bytes = fs::read(&file).unwrap();
    for secret in ["Ada", "Lovelace", "4155550123", "lines", "key-1"] {
        assert!(!holds(&bytes, secret), "{secret}");
    }
    assert!(!holds(&bytes, &private_key.expose_secret()[16..]));
    assert!(!format!("{spool:?}").contains("AGE-SECRET"));
}

#[test]
fn an_absurd_item_is_refused_and_the_others_stay() {
    let Fixture { folder: _folder, file, mut spool, private_key } = fixture();
    spool.append(&note("kept")).unwrap();
    let refused = spool.append(&note(&"x".repeat(ITEM_MAX)));
    assert!(matches!(refused, Err(Error::Io { .. })), "{refused:?}");
    // The longest note there may be, in the longest characters, fits.
    let long = "𝄞".repeat(ringside_domain::text::NOTE_MAX);
    spool.append(&note(&long)).unwrap();
    let expected = (vec![note("kept"), note(&long)], 0);
    assert_eq!(Spool::read(&file, &private_key).unwrap(), expected);
}

#[test]
fn nonsense_in_the_file_is_counted_and_never_a_panic() {
    let Fixture { folder: _folder, file, mut spool, private_key } = fixture();
    let mut handle = fs::OpenOptions::new().append(true).open(&file).unwrap();
    handle.write_all(&[0; 5_000]).unwrap();
    handle.write_all(b"\xff\xff\xff\xffage-encryption.org/v1\nage-encryption.org/v1\n").unwrap();
    spool.append(&note("behind it")).unwrap();
    let (read, skipped) = Spool::read(&file, &private_key).unwrap();
    assert_eq!(read, vec![note("behind it")]);
    assert!(skipped > 0);
}
