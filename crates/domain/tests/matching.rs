//! From answers to matches to a choice.
#![allow(clippy::unwrap_used, reason = "clippy does not see that this is test code")]

use jiff::Timestamp;
use proptest::prelude::*;
use ringside_domain::contact::ContactPhone;
use ringside_domain::matching::{FailureReason, Lookup, MATCHES_MAX, why_for};
use ringside_domain::number::{NumberContext, Reading};
use ringside_domain::{
    AccountId, Choice, Chosen, Contact, ContactRef, How, LookupStatus, Match, Number, Origin,
    Party, Region, Rule, Why,
};

const RINGS: &str = "+14155550123";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_795_000_000 + second).unwrap()
}

fn account(name: &str) -> AccountId {
    AccountId::new(name)
}

fn numbers() -> NumberContext {
    NumberContext { region: Region::parse("US").unwrap(), extension_digits: 6 }
}

fn number(given: &str) -> Number {
    Number::read(&Party { given: given.into(), name: None }, &numbers())
}

fn reference(account: &str, id: &str) -> ContactRef {
    ContactRef { account: AccountId::new(account), kind: "person".into(), id: id.into() }
}

fn contact(account: &str, id: &str, name: &str) -> Contact {
    Contact {
        reference: reference(account, id),
        name: name.into(),
        phones: Vec::new(),
        company: None,
        title: None,
        email: None,
        created_at: None,
        last_activity_at: None,
        associations: Vec::new(),
    }
}

fn found(account: &str, id: &str, rule: Rule, origin: Origin) -> Match {
    let checked_at = if origin == Origin::Crm { at(10) } else { at(0) };
    let name = if origin == Origin::Crm { format!("{id} now") } else { format!("{id} then") };
    Match {
        contact: contact(account, id, &name),
        why: Why { rule, field: None, origin, checked_at },
        remembered: false,
    }
}

fn crm(account: &str, id: &str) -> Match {
    found(account, id, Rule::Exact, Origin::Crm)
}

fn kept(account: &str, id: &str) -> Match {
    found(account, id, Rule::Exact, Origin::Directory)
}

fn lookup(accounts: &[&str]) -> Lookup {
    Lookup::new(&number(RINGS), accounts.iter().map(|name| account(name)).collect(), true)
}

fn ids(lookup: &Lookup) -> Vec<&str> {
    lookup.matches().iter().map(|m| m.contact.reference.id.as_str()).collect()
}

#[test]
fn status_tells_where_the_search_stands() {
    use LookupStatus::*;
    let done = |l: &mut Lookup, a: &str, who: Vec<Match>, complete| {
        l.answered(&account(a), who, None, complete, at(10));
    };
    let down = |l: &mut Lookup, a: &str| l.failed(&account(a), FailureReason::Unreachable, None);

    let mut l = lookup(&["a", "b"]);
    assert_eq!(l.status(), Searching);
    l.directory(vec![kept("a", "1")], vec![]);
    assert_eq!(l.status(), Searching, "shown, and still to be confirmed");
    done(&mut l, "a", vec![crm("a", "1")], true);
    assert_eq!(l.status(), Searching);
    done(&mut l, "b", vec![], false);
    assert_eq!(l.status(), Found, "the first hit answers the pop");
    assert!(l.unique().is_none(), "but some formats are still open");
    done(&mut l, "b", vec![], true);
    assert_eq!(l.unique().map(|m| m.contact.name.as_str()), Some("1 now"));

    let mut l = lookup(&["a"]);
    done(&mut l, "a", vec![], false);
    assert_eq!(l.status(), Searching);
    done(&mut l, "a", vec![], true);
    assert_eq!(l.status(), NotFound);

    let mut l = lookup(&["a", "b"]);
    down(&mut l, "a");
    down(&mut l, "b");
    assert_eq!(l.status(), Failed);
    l.directory(vec![kept("a", "1")], vec![]);
    assert_eq!(l.status(), Partial, "named without the network");
    assert!(l.unique().is_none());
    l.retrying(&account("a"));
    assert_eq!(l.status(), Searching);
    done(&mut l, "a", vec![crm("a", "1")], true);
    assert_eq!(l.status(), Partial);

    assert_eq!(lookup(&[]).status(), NotLookedUp);
    let mut l = Lookup::new(&number("sip:101@pbx.test"), vec![account("a")], false);
    assert_eq!(l.status(), NotLookedUp);
    done(&mut l, "a", vec![crm("a", "1")], true);
    assert_eq!((l.status(), l.unique()), (NotLookedUp, None));
}

#[test]
fn a_full_answer_replaces_the_directory_and_nothing_vanishes_before() {
    let mut l = lookup(&["a", "b"]);
    l.directory(vec![kept("a", "1"), kept("a", "2"), kept("b", "3")], vec![]);
    l.answered(&account("a"), vec![crm("a", "2")], None, false, at(10));
    assert_eq!(l.total(), 3, "other formats may still find it");
    l.answered(&account("a"), vec![crm("a", "4")], None, true, at(11));
    assert_eq!(ids(&l), ["2", "3", "4"], "gone from the CRM; the other account is untouched");
    l.failed(&account("b"), FailureReason::Unreachable, None);
    assert_eq!(l.total(), 3);
    l.added(crm("a", "new"));
    l.retrying(&account("a"));
    assert_eq!(l.total(), 4);
    l.answered(&account("a"), vec![crm("a", "4")], None, true, at(20));
    assert_eq!(ids(&l), ["3", "4", "new"], "what the agent made stays although the index lags");
}

#[test]
fn only_account_type_and_id_make_two_reports_one_contact() {
    let mut l = lookup(&["a", "b"]);
    let mut lead = crm("a", "1");
    lead.contact.reference.kind = "lead".into();
    l.answered(&account("a"), vec![crm("a", "1"), lead, crm("a", "1")], None, true, at(10));
    l.answered(&account("b"), vec![crm("b", "1")], None, true, at(10));
    assert_eq!(l.total(), 3);
    assert!(l.unique().is_none() && l.single().is_none());
}

#[test]
fn the_better_reason_and_the_later_word_are_kept() {
    let mut l = lookup(&["a"]);
    let mut known = kept("a", "1");
    known.why.field = Some("mobile".into());
    l.directory(vec![known], vec![]);
    let reported = found("a", "1", Rule::Reported, Origin::Crm);
    l.answered(&account("a"), vec![reported], None, true, at(10));
    let only = l.single().unwrap();
    assert_eq!(only.contact.name, "1 now");
    let why = Why {
        rule: Rule::Exact,
        field: Some("mobile".into()),
        origin: Origin::Crm,
        checked_at: at(10),
    };
    assert_eq!(only.why, why);
}

#[test]
fn a_refresh_keeps_what_is_shown_and_then_believes_the_new_answer() {
    let mut first = lookup(&["a", "gone"]);
    first.directory(vec![], vec![reference("a", "2")]);
    first.answered(&account("a"), vec![crm("a", "1"), crm("a", "2")], None, true, at(10));
    first.answered(&account("gone"), vec![crm("gone", "3")], None, true, at(10));

    let mut l = lookup(&["a"]);
    l.take_over(&first);
    assert_eq!(ids(&l), ["2", "1"], "an account that is no longer asked has no say");
    assert!(l.has_answer(&account("a")));
    l.retrying(&account("a"));
    assert!(!l.has_answer(&account("a")));
    let mut moved = found("a", "1", Rule::Reported, Origin::Crm);
    moved.contact.name = "renamed".into();
    moved.why.checked_at = at(20);
    l.answered(&account("a"), vec![moved.clone()], None, true, at(20));
    assert_eq!(l.matches(), [moved], "new name, and no longer the old reason");

    first.forget_remembered();
    assert_eq!(ids(&first), ["1", "2", "3"]);
}

#[test]
fn matches_are_ranked_remembered_rule_activity_name() {
    let mut l = lookup(&["a"]);
    let with = |id: &str, rule, activity: Option<i64>, name: &str| {
        let mut m = found("a", id, rule, Origin::Crm);
        m.contact.last_activity_at = activity.map(at);
        m.contact.name = name.into();
        m
    };
    let answer = vec![
        with("guess", Rule::Guess, Some(99), "A"),
        with("zoe", Rule::Exact, None, "zoe"),
        with("Adam", Rule::Exact, None, "Adam"),
        with("old", Rule::Exact, Some(1), "B"),
        with("recent", Rule::Exact, Some(9), "Z"),
        with("national", Rule::National, Some(99), "A"),
        with("last time", Rule::Reported, None, "Q"),
    ];
    l.directory(vec![], vec![reference("a", "last time")]);
    l.answered(&account("a"), answer, None, true, at(10));
    assert_eq!(ids(&l), ["last time", "recent", "old", "Adam", "zoe", "national", "guess"]);
    assert_eq!(l.matches().iter().filter(|m| m.remembered).count(), 1);
}

#[test]
fn a_guess_is_never_unique() {
    let mut l = lookup(&["a"]);
    l.answered(&account("a"), vec![found("a", "1", Rule::Guess, Origin::Crm)], None, true, at(10));
    assert!(l.unique().is_none() && l.single().is_some());

    let mut second = number(RINGS);
    second.reading = Reading::Second;
    let mut l = Lookup::new(&second, vec![account("a")], true);
    l.answered(&account("a"), vec![crm("a", "1")], None, true, at(10));
    assert!(l.unique().is_none() && l.single().is_some());
}

#[test]
fn of_a_crowd_all_are_counted_and_the_best_are_shown() {
    let mut l = lookup(&["a"]);
    let crowd = (0..700).map(|i| crm("a", &format!("{i:03}"))).collect();
    l.answered(&account("a"), crowd, None, true, at(10));
    assert_eq!((l.total(), l.matches().len()), (700, MATCHES_MAX));
    assert_eq!(ids(&l)[..2], ["000", "001"]);
}

#[test]
fn the_reason_names_rule_and_field() {
    for (rings, stored, rule, field) in [
        (RINGS, "+1 (415) 555-0123", Rule::Exact, Some("work")),
        (RINGS, "tel:+1-415-555-0123", Rule::Exact, Some("work")),
        (RINGS, "1.415.555.0123", Rule::Exact, Some("work")),
        (RINGS, "(415) 555-0123", Rule::National, Some("work")),
        (RINGS, "+1 415 555 9999", Rule::Reported, None),
        (RINGS, "call me", Rule::Reported, None),
        (RINGS, "", Rule::Reported, None),
        ("+442071234567", "+44 (0)20 7123 4567", Rule::Exact, Some("work")),
        ("+525512345678", "+52 1 55 1234 5678", Rule::Renumbered, Some("work")),
        ("+5491123456789", "+54 11 2345-6789", Rule::Renumbered, Some("work")),
        ("sip:101@pbx.test", "101", Rule::Exact, Some("work")),
        ("sip:101@pbx.test", "102", Rule::Reported, None),
        ("sip:anonymous@anonymous.invalid", "anonymous", Rule::Reported, None),
    ] {
        let mut who = contact("a", "1", "Jane");
        let phone = |given: &str, field: &str| ContactPhone {
            given: given.into(),
            field: Some(field.into()),
        };
        who.phones = vec![phone("+442079460123", "home"), phone(stored, "work")];
        let why = why_for(&who, &number(rings), &numbers(), Origin::Crm, at(3));
        let expected =
            Why { rule, field: field.map(Into::into), origin: Origin::Crm, checked_at: at(3) };
        assert_eq!(why, expected, "{rings} {stored}");
    }
    let mut second = number(RINGS);
    second.reading = Reading::Second;
    let mut who = contact("a", "1", "Jane");
    who.phones = vec![ContactPhone { given: RINGS.into(), field: None }];
    assert_eq!(why_for(&who, &second, &numbers(), Origin::Crm, at(3)).rule, Rule::Guess);
}

#[test]
fn the_choice_follows_the_search_until_a_person_decides() {
    let how = |choice: &Choice| choice.chosen().iter().map(|c| c.how).collect::<Vec<_>>();
    let mut choice = Choice::default();
    let mut l = lookup(&["a", "b"]);
    assert!(!choice.suggest(&l));

    let remembered = vec![reference("a", "1"), reference("a", "2"), reference("b", "3")];
    l.directory(vec![kept("a", "1"), kept("a", "2"), kept("b", "3")], remembered);
    assert!(choice.suggest(&l));
    assert_eq!(how(&choice), [How::Remembered; 2], "one for each account");
    assert!(!choice.suggest(&l));

    l.answered(&account("b"), vec![], None, true, at(10));
    l.answered(&account("a"), vec![crm("a", "1")], None, true, at(10));
    assert!(choice.suggest(&l));
    assert_eq!(how(&choice), [How::Unique], "surer than remembered");

    l.added(crm("a", "9"));
    l.retrying(&account("a"));
    assert!(choice.suggest(&l));
    assert_eq!(how(&choice), [How::Remembered], "no longer the only one");

    for person in [How::Picked, How::Created] {
        let mut choice = Choice::default();
        choice.set(Chosen::from_match(&crm("b", "7"), person));
        assert!(!choice.suggest(&l));
        assert_eq!(how(&choice), [person]);
    }
    assert!(choice.suggest(&lookup(&["a"])));
    assert!(choice.is_open());
}

/// One word about the number, in any order with the others.
#[derive(Clone, Debug)]
#[allow(clippy::large_enum_variant, reason = "a handful of them, for a test")]
enum Word {
    Directory(Vec<Match>, Vec<ContactRef>),
    Answer(&'static str, Vec<Match>, bool),
    Failure(&'static str),
    Added(Match),
}

fn words() -> impl Strategy<Value = Vec<Word>> {
    let rule = || {
        prop_oneof![
            Just(Rule::Exact),
            Just(Rule::National),
            Just(Rule::Reported),
            Just(Rule::Guess)
        ]
    };
    let some = move |accounts: Vec<&'static str>, origin| {
        let one = (prop::sample::select(accounts), 0u8..6, rule())
            .prop_map(move |(account, id, rule)| found(account, &id.to_string(), rule, origin));
        prop::collection::vec(one, 0..6)
    };
    let answers = (
        some(vec!["a", "b", "c"], Origin::Directory),
        some(vec!["a"], Origin::Crm),
        some(vec!["b"], Origin::Crm),
        any::<bool>(),
    );
    answers
        .prop_map(|(kept, a, b, complete)| {
            let remembered =
                kept.iter().take(1).map(|m| m.contact.reference.clone()).collect::<Vec<_>>();
            vec![
                Word::Directory(kept, remembered),
                Word::Answer("a", a, true),
                Word::Answer("b", b, complete),
                Word::Failure("c"),
                Word::Added(crm("b", "made")),
            ]
        })
        .prop_shuffle()
}

fn listen(words: &[Word]) -> Lookup {
    let mut lookup = lookup(&["a", "b", "c"]);
    for word in words.iter().cloned() {
        match word {
            Word::Directory(matches, remembered) => lookup.directory(matches, remembered),
            Word::Answer(who, matches, complete) => {
                lookup.answered(&account(who), matches, None, complete, at(10));
            }
            Word::Failure(who) => lookup.failed(&account(who), FailureReason::Unreachable, None),
            Word::Added(found) => lookup.added(found),
        }
    }
    lookup
}

fn order(word: &Word) -> u8 {
    match word {
        Word::Directory(..) => 0,
        Word::Answer(..) => 1,
        Word::Failure(_) => 2,
        Word::Added(_) => 3,
    }
}

proptest! {
    #[test]
    fn the_order_of_answers_does_not_matter_and_nobody_is_dropped(words in words()) {
        let shuffled = listen(&words);
        let mut sorted = words.clone();
        sorted.sort_by_key(order);
        let expected = listen(&sorted);
        prop_assert_eq!(shuffled.matches(), expected.matches());
        prop_assert_eq!(shuffled.status(), expected.status());
        prop_assert_eq!(shuffled.unique(), expected.unique());
        for word in &words {
            if let Word::Answer(_, matches, _) = word {
                for m in matches {
                    let here = |k: &&Match| k.contact.reference == m.contact.reference;
                    prop_assert_eq!(shuffled.matches().iter().filter(here).count(), 1);
                }
            }
        }
    }
}
