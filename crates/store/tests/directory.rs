//! The directory names who calls, finds contacts, and forgets what it must.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use ringside_domain::number::{NumberContext, Reading};
use ringside_domain::{Contact, Number, Origin, Party, Rule};
use ringside_store::directory::{Entry, Known, PastAnswer};
use ringside_store::{Directory, Error};
use tempfile::TempDir;

const ADA: &str = "+14155550123";

fn open(folder: &TempDir) -> Directory {
    let path = folder.path().join("directory.db");
    let (directory, set_aside) = Directory::open(&path, &key()).unwrap();
    assert_eq!(set_aside, None);
    directory
}

/// An instant as it comes back: to the microsecond.
fn kept(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at(seconds).as_microsecond()).unwrap()
}

fn number(given: &str) -> Number {
    Number::read(&Party { given: given.into(), name: None }, &numbers())
}

fn ask(directory: &Directory, given: &str) -> Known {
    directory.lookup(&number(given)).unwrap()
}

/// Name and rule of each match.
fn who(known: &Known) -> Vec<(&str, Rule)> {
    known.matches.iter().map(|m| (m.contact.name.as_str(), m.why.rule)).collect()
}

async fn answer(directory: &Directory, e164: &str, contacts: &[Contact], seconds: i64) {
    let work = account("work");
    directory.put_answer(&work, e164, contacts, &numbers(), at(seconds)).await.unwrap();
}

async fn put(directory: &Directory, contact: &Contact) {
    directory.put_contact(contact, None, &numbers(), at(0)).await.unwrap();
}

async fn search(directory: &Directory, query: &str) -> Vec<String> {
    let (found, total) = directory.search(query, 0, 100).await.unwrap();
    assert_eq!(found.len(), total as usize);
    found.into_iter().map(|entry| entry.contact.name).collect()
}

#[tokio::test]
async fn an_answer_names_the_next_ring_also_after_a_restart() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("directory.db");
    let key = key();
    let (directory, _) = Directory::open(&path, &key).unwrap();
    assert_eq!(ask(&directory, ADA), Known::default());
    let ada = contact("work", "7", "Ada Lovelace", &["+1 (415) 555-0123"]);
    answer(&directory, ADA, std::slice::from_ref(&ada), 5).await;
    directory.close().await.unwrap();
    assert!(matches!(directory.lookup(&number(ADA)), Err(Error::Closed)));

    let (directory, _) = Directory::open(&path, &key).unwrap();
    let known = ask(&directory, ADA);
    assert_eq!(who(&known), [("Ada Lovelace", Rule::Exact)]);
    assert_eq!(known.matches[0].contact, ada);
    assert_eq!(known.matches[0].why.field.as_deref(), Some("mobile"));
    assert_eq!(known.matches[0].why.origin, Origin::Directory);
    assert_eq!(known.matches[0].why.checked_at, kept(5));
    assert_eq!(known.answers, [PastAnswer { account: account("work"), at: kept(5), found: 1 }]);
}

#[tokio::test]
async fn the_rule_says_how_surely() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    let contacts = [
        contact("work", "1", "Exact", &["tel:+1-415-555-0123"]),
        contact("work", "2", "National", &["(415) 555-0123"]),
        contact("work", "3", "Hidden", &[]),
        contact("work", "4", "Both", &["415.555.0123", "+14155550123"]),
    ];
    answer(&directory, ADA, &contacts, 1).await;
    let expected = [
        ("Both", Rule::Exact),
        ("Exact", Rule::Exact),
        ("National", Rule::National),
        ("Hidden", Rule::Reported),
    ];
    assert_eq!(who(&ask(&directory, ADA)), expected);
}

#[tokio::test]
async fn the_other_side_of_a_renumbering_is_marked_and_counts_once() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    let (new, old) = ("+525512345678", "+5215512345678");
    answer(&directory, old, &[contact("work", "1", "Frida", &[])], 1).await;
    let mut known = ask(&directory, new);
    assert_eq!(who(&known), [("Frida", Rule::Reported)], "told, and by the other form at that");
    put(&directory, &contact("work", "1", "Frida", &[old])).await;
    // Whichever of the two the reader makes of the stored text.
    let read = number(old).e164.unwrap();
    let (itself, other) = if read == old { (old, new) } else { (new, old) };
    directory.remove_contact(&reference("work", "1")).await.unwrap();
    put(&directory, &contact("work", "1", "Frida", &[old])).await;
    known = ask(&directory, other);
    assert_eq!(who(&known), [("Frida", Rule::Renumbered)]);
    known = ask(&directory, itself);
    // The text spells the old form, whichever of the two it reads as.
    let rule = if read == old { Rule::Exact } else { Rule::Renumbered };
    assert_eq!(who(&known), [("Frida", rule)]);
}

#[tokio::test]
async fn who_no_longer_comes_for_a_number_loses_it_and_is_still_found_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    let (ada, bob) = (contact("work", "1", "Ada", &[ADA]), contact("work", "2", "Bob", &[ADA]));
    answer(&directory, ADA, &[ada.clone(), bob.clone()], 1).await;
    let home = contact("home", "1", "Ada at home", &[ADA]);
    put(&directory, &home).await;
    let renamed = Contact { name: "Ada King".into(), ..ada };
    answer(&directory, ADA, &[renamed], 2).await;
    // Another account's contact is none of this answer's business.
    let known = ask(&directory, ADA);
    assert_eq!(who(&known), [("Ada at home", Rule::Exact), ("Ada King", Rule::Exact)]);
    assert_eq!(search(&directory, "bob").await, ["Bob"]);
    assert_eq!(search(&directory, "ada").await, ["Ada at home", "Ada King"]);
    answer(&directory, ADA, &[], 3).await;
    let known = ask(&directory, ADA);
    assert_eq!(who(&known), [("Ada at home", Rule::Exact)]);
    assert_eq!(known.answers, [PastAnswer { account: account("work"), at: kept(3), found: 0 }]);
}

#[tokio::test]
async fn an_answer_speaks_for_its_own_account_only() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    answer(&directory, ADA, &[contact("home", "1", "Not theirs to say", &[ADA])], 1).await;
    let known = ask(&directory, ADA);
    assert_eq!(who(&known), []);
    assert_eq!(known.answers[0].found, 0);
}

#[tokio::test]
async fn a_changed_phone_moves_and_a_told_number_stays() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    let (told, old, new) = ("+14155550110", "+14155550111", "+14155550112");
    let before = contact("work", "1", "Ada", &[old]);
    directory.put_contact(&before, Some(told), &numbers(), at(1)).await.unwrap();
    assert_eq!(who(&ask(&directory, told)), [("Ada", Rule::Reported)]);
    assert_eq!(who(&ask(&directory, old)), [("Ada", Rule::Exact)]);
    let after = contact("work", "1", "Ada", &[new]);
    directory.put_contact(&after, None, &numbers(), at(2)).await.unwrap();
    assert_eq!(who(&ask(&directory, told)), [("Ada", Rule::Reported)]);
    assert_eq!(who(&ask(&directory, old)), []);
    assert_eq!(who(&ask(&directory, new)), [("Ada", Rule::Exact)]);
    // Once the CRM shows the number, the stored phone says why, and takes it away again.
    let shown = contact("work", "1", "Ada", &[new, told]);
    directory.put_contact(&shown, None, &numbers(), at(3)).await.unwrap();
    assert_eq!(who(&ask(&directory, told)), [("Ada", Rule::Exact)]);
    directory.put_contact(&after, None, &numbers(), at(4)).await.unwrap();
    assert_eq!(who(&ask(&directory, told)), []);
    let entry = directory.contact(&reference("work", "1")).await.unwrap();
    assert_eq!(entry, Some(Entry { contact: after, checked_at: kept(4) }));
}

#[tokio::test]
async fn a_choice_is_remembered_one_for_each_account_and_forgotten() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    let contacts =
        [contact("work", "1", "Ada", &[ADA]), contact("work", "2", "Zoe", &["415 555 0123"])];
    answer(&directory, ADA, &contacts, 1).await;
    let (ada, zoe, home) = (reference("work", "1"), reference("work", "2"), reference("home", "9"));
    for chosen in [&ada, &home, &zoe] {
        directory.remember(ADA, chosen).await.unwrap();
    }
    let known = ask(&directory, ADA);
    assert_eq!(known.remembered, [home, zoe]);
    assert_eq!(who(&known), [("Zoe", Rule::National), ("Ada", Rule::Exact)], "remembered first");
    assert_eq!(known.matches.iter().map(|m| m.remembered).collect::<Vec<_>>(), [true, false]);
    directory.forget(ADA).await.unwrap();
    let known = ask(&directory, ADA);
    assert_eq!(known.remembered, []);
    assert!(known.matches.iter().all(|m| !m.remembered));
}

#[tokio::test]
async fn the_surest_and_most_recent_comes_first() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    let mut recent = contact("work", "1", "Recent", &[ADA]);
    recent.last_activity_at = Some(at(100));
    let mut older = contact("work", "2", "Older", &[ADA]);
    older.last_activity_at = Some(at(50));
    let contacts = [contact("work", "3", "Never", &[ADA]), older, recent];
    answer(&directory, ADA, &contacts, 1).await;
    let names: Vec<_> =
        who(&ask(&directory, ADA)).iter().map(|(name, _)| name.to_string()).collect();
    assert_eq!(names, ["Recent", "Older", "Never"]);
}

#[tokio::test]
async fn contacts_are_found_by_the_beginnings_of_words_and_by_digits() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    let mut hopper = contact("work", "1", "Grace Hopper", &["(415) 555-0101"]);
    hopper.company = Some("Navy 3000".into());
    let muller = contact("work", "2", "Jürgen Müller-Lüdenscheidt", &["+49 171 5550102"]);
    let quoted = contact("work", "3", "\"O'Neil\" AND NOT (x*)", &[]);
    for contact in [&hopper, &muller, &quoted] {
        put(&directory, contact).await;
    }
    let all = ["\"O'Neil\" AND NOT (x*)", "Grace Hopper", "Jürgen Müller-Lüdenscheidt"];
    let cases: [(&str, &[&str]); 16] = [
        ("", &all),
        ("   ", &all),
        ("hop gr", &[all[1]]),
        ("HOPPER", &[all[1]]),
        ("navy", &[all[1]]),
        ("3000", &[all[1]]),
        ("opper", &[]),
        ("muller", &[all[2]]),
        ("müll lud", &[all[2]]),
        ("555-01", &[all[1], all[2]]),
        ("0171 555", &[all[2]]),
        ("+1 (415)", &[all[1]]),
        ("o'neil", &[all[0]]),
        ("NOT", &[all[0]]),
        ("\" OR *", &[]),
        ("*", &[]),
    ];
    for (query, expected) in cases {
        assert_eq!(search(&directory, query).await, expected, "{query:?}");
    }
    let absurd = "a b ".repeat(100_000);
    assert!(search(&directory, &absurd).await.is_empty());
}

#[tokio::test]
async fn pages_come_in_the_order_of_names_with_the_total() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    for n in (0..30).rev() {
        put(&directory, &contact("work", &n.to_string(), &format!("Person {n:02}"), &[])).await;
    }
    let mut names = Vec::new();
    for offset in [0, 12, 24] {
        let (page, total) = directory.search("person", offset, 12).await.unwrap();
        assert_eq!(total, 30);
        names.extend(page.into_iter().map(|entry| entry.contact.name));
    }
    assert_eq!(names, (0..30).map(|n| format!("Person {n:02}")).collect::<Vec<_>>());
}

#[tokio::test]
async fn a_contact_that_is_gone_is_gone_everywhere() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    answer(&directory, ADA, &[contact("work", "1", "Ada", &[ADA])], 1).await;
    directory.remember(ADA, &reference("work", "1")).await.unwrap();
    directory.remove_contact(&reference("work", "1")).await.unwrap();
    let known = ask(&directory, ADA);
    assert_eq!((known.matches, known.remembered), (vec![], vec![]));
    assert_eq!(directory.contact(&reference("work", "1")).await.unwrap(), None);
    assert!(search(&directory, "ada").await.is_empty());
}

#[tokio::test]
async fn an_erased_account_leaves_nothing_and_the_others_stay() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    answer(&directory, ADA, &[contact("work", "1", "Ada", &[ADA])], 1).await;
    directory.remember(ADA, &reference("work", "1")).await.unwrap();
    put(&directory, &contact("home", "1", "Zoe", &[ADA])).await;
    directory.erase_account(&account("work")).await.unwrap();
    let known = ask(&directory, ADA);
    assert_eq!(who(&known), [("Zoe", Rule::Exact)]);
    assert_eq!((known.answers, known.remembered), (vec![], vec![]));
    assert_eq!(search(&directory, "").await, ["Zoe"]);
}

#[tokio::test]
async fn a_second_parsers_reading_is_marked_as_a_guess() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    // Any text that only the second parser reads; which ones these are is the domain's business.
    let given = "+52 1 55 1234 5678";
    let number = number(given);
    put(&directory, &contact("work", "1", "Frida", &[given])).await;
    let guess = number.reading == Reading::Second;
    let known = ask(&directory, number.e164.as_deref().unwrap());
    assert_eq!(who(&known).len(), 1);
    assert_eq!(known.matches[0].why.rule == Rule::Guess, guess);
}

/// Readers have their own connections: whatever the writer does, each lookup comes back.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lookups_go_on_while_20_000_contacts_are_written() {
    let folder = tempfile::tempdir().unwrap();
    let directory = open(&folder);
    answer(&directory, ADA, &[contact("work", "ada", "Ada", &[ADA])], 1).await;
    let context: NumberContext = numbers();
    let writer = {
        let directory = directory.clone();
        tokio::spawn(async move {
            let mut writes = tokio::task::JoinSet::new();
            for n in 0..20_000 {
                let (directory, context) = (directory.clone(), context.clone());
                writes.spawn(async move {
                    let phone = format!("+1415{:07}", 2_000_000 + n);
                    let one = contact("work", &n.to_string(), &format!("Contact {n}"), &[&phone]);
                    directory.put_contact(&one, None, &context, at(0)).await.unwrap();
                });
                if writes.len() >= 200 {
                    writes.join_next().await.unwrap().unwrap();
                }
            }
            while let Some(done) = writes.join_next().await {
                done.unwrap();
            }
        })
    };
    let mut lookups = 0_u32;
    while !writer.is_finished() {
        assert_eq!(who(&ask(&directory, ADA)), [("Ada", Rule::Exact)]);
        lookups += 1;
        tokio::task::yield_now().await;
    }
    writer.await.unwrap();
    assert!(lookups > 1_000, "only {lookups} lookups");
    let (_, total) = directory.search("", 0, 1).await.unwrap();
    assert_eq!(total, 20_001);
}
