//! Contacts in bulk: pages are kept with where the next one begins, and what is gone is noticed.
#![allow(clippy::unwrap_used, reason = "helpers of tests")]

mod common;

use common::*;
use ringside_domain::{Contact, Number, Party, Region};
use ringside_store::directory::{Pull, Pulls};
use ringside_store::{Directory, Error};

const ADA: &str = "+14155550123";

fn person(id: &str) -> Contact {
    contact("work", id, &format!("Person {id}"), &[ADA])
}

fn open(folder: &tempfile::TempDir, key: &ringside_store::DatabaseKey) -> Directory {
    Directory::open(&folder.path().join("directory.db"), key).unwrap().0
}

async fn page(
    directory: &Directory,
    started: i64,
    ids: &[&str],
    next: Option<&str>,
) -> Result<u32, Error> {
    let contacts = ids.iter().map(|id| person(id)).collect();
    let (work, next) = (account("work"), next.map(str::to_owned));
    directory.put_page(&work, at(started), contacts, vec![], next, &numbers(), at(started)).await
}

async fn names(directory: &Directory) -> Vec<String> {
    let (found, total) = directory.search("", 0, 100).await.unwrap();
    assert_eq!(found.len(), total as usize);
    found.into_iter().map(|entry| entry.contact.reference.id).collect()
}

async fn pulls(directory: &Directory) -> Pulls {
    directory.pulls(&account("work")).await.unwrap()
}

fn micros(seconds: i64) -> jiff::Timestamp {
    jiff::Timestamp::from_microsecond(at(seconds).as_microsecond()).unwrap()
}

#[tokio::test]
async fn a_pull_goes_on_where_it_stopped_also_after_a_restart() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let directory = open(&folder, &key);
    assert_eq!(pulls(&directory).await, Pulls::default());
    directory.begin_pull(&account("work"), None, at(1)).await.unwrap();
    page(&directory, 1, &["1", "2"], Some("page 2")).await.unwrap();
    directory.close().await.unwrap();

    let directory = open(&folder, &key);
    let known = pulls(&directory).await;
    let running =
        Pull { started: micros(1), since: None, cursor: Some("page 2".into()), listed: 2 };
    assert_eq!(known.running, Some(running));
    assert_eq!((known.contacts, known.finished), (2, None));
    let started = known.running.unwrap().started;
    let us = numbers();
    let last = vec![person("3")];
    directory.put_page(&account("work"), started, last, vec![], None, &us, at(9)).await.unwrap();
    let known = pulls(&directory).await;
    assert_eq!((known.contacts, known.running), (3, None));
    assert_eq!((known.finished, known.finished_all), (Some(micros(1)), Some(micros(1))));
    assert_eq!(known.region.as_deref(), Some("US"));
    assert_eq!(names(&directory).await, ["1", "2", "3"]);
}

#[tokio::test]
async fn what_a_later_pull_of_everything_does_not_list_is_gone() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let directory = open(&folder, &key);
    let work = account("work");
    directory.begin_pull(&work, None, at(1)).await.unwrap();
    page(&directory, 1, &["1", "2", "3"], None).await.unwrap();
    directory
        .put_answer(&work, "+14155550188", &[person("lead")], &numbers(), at(2))
        .await
        .unwrap();

    directory.begin_pull(&work, None, at(3)).await.unwrap();
    page(&directory, 3, &["1"], Some("2")).await.unwrap();
    // Made while it runs, behind the place where it stands.
    directory.put_contact(&person("new"), Some(ADA), &numbers(), at(3)).await.unwrap();
    assert_eq!(names(&directory).await.len(), 5, "nobody is gone before the end");
    assert_eq!(page(&directory, 3, &["3"], None).await.unwrap(), 1);
    assert_eq!(names(&directory).await, ["1", "3", "lead", "new"]);
    let ada = Number::read(&Party { given: ADA.into(), name: None }, &numbers());
    assert_eq!(directory.lookup(&ada).unwrap().matches.len(), 4);
    assert_eq!(directory.search("555 0123", 0, 9).await.unwrap().1, 4);
    assert_eq!(directory.search("person", 0, 9).await.unwrap().1, 4);
}

#[tokio::test]
async fn a_pull_of_changes_removes_only_what_it_is_told_of() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let directory = open(&folder, &key);
    let work = account("work");
    directory.begin_pull(&work, None, at(1)).await.unwrap();
    page(&directory, 1, &["1", "2", "3"], None).await.unwrap();
    directory.begin_pull(&work, Some(at(1)), at(5)).await.unwrap();
    let gone = vec![reference("work", "2"), reference("work", "99"), reference("home", "1")];
    let renamed = Contact { name: "Zoe".into(), ..person("1") };
    let us = numbers();
    let removed = directory.put_page(&work, at(5), vec![renamed], gone, None, &us, at(5)).await;
    assert_eq!(removed.unwrap(), 1);
    assert_eq!(names(&directory).await, ["3", "1"]);
    assert_eq!(directory.search("zoe", 0, 9).await.unwrap().1, 1);
    let known = pulls(&directory).await;
    assert_eq!((known.finished, known.finished_all), (Some(micros(5)), Some(micros(1))));
}

#[tokio::test]
async fn a_page_of_a_pull_that_was_given_up_changes_nothing() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let directory = open(&folder, &key);
    let work = account("work");
    directory.begin_pull(&work, None, at(1)).await.unwrap();
    directory.begin_pull(&work, None, at(2)).await.unwrap();
    page(&directory, 1, &["1"], None).await.unwrap();
    assert_eq!(names(&directory).await, Vec::<String>::new());
    assert_eq!(pulls(&directory).await.running.unwrap().started, micros(2));
    directory.erase_account(&work).await.unwrap();
    page(&directory, 2, &["1"], None).await.unwrap();
    assert_eq!(pulls(&directory).await, Pulls::default(), "an account that was removed stays so");
}

#[tokio::test]
async fn another_region_reads_the_numbers_anew() {
    let (folder, key) = (tempfile::tempdir().unwrap(), key());
    let directory = open(&folder, &key);
    let work = account("work");
    let one = contact("work", "1", "Grete", &["030 901820123"]);
    let mut numbers = numbers();
    for (second, region, rule) in [(1, "US", "Digits"), (2, "DE", "National")] {
        numbers.region = Region::parse(region).unwrap();
        directory.begin_pull(&work, None, at(second)).await.unwrap();
        let page = vec![one.clone()];
        directory
            .put_page(&work, at(second), page, vec![], None, &numbers, at(second))
            .await
            .unwrap();
        let ring = Party { given: "+4930901820123".into(), name: None };
        let known = directory.lookup(&Number::read(&ring, &numbers)).unwrap();
        assert_eq!(format!("{:?}", known.matches[0].why.rule), rule);
        assert_eq!(known.matches.len(), 1);
    }
}
