//! Bursts, and the tokens of the day.

use std::time::{Duration, Instant};

use crate::support::*;
use fake_pipedrive::{Allowance, Options};
use ringside_crm::Crm;
use ringside_web::Error;

#[tokio::test]
async fn a_flurry_of_rings_stays_within_the_burst_of_the_smallest_plan() {
    let options = Options { allowance: Allowance::LITE, ..Options::new(TOKEN) };
    let fixture = fixture_of(options, &["(###) ###-####"]).await;
    let requests: Vec<_> = (0..6).map(|n| ask(&format!("+1415555014{n}"))).collect();
    let answers = requests.iter().map(|request| fixture.crm.get_contact(request));
    for answer in futures::future::join_all(answers).await {
        answer.unwrap();
    }
    let statuses: Vec<_> = fixture.server.requests().iter().map(|r| r.status).collect();
    assert!(statuses.iter().all(|status| *status == Some(200)), "{statuses:?}");
}

#[tokio::test]
async fn a_burst_that_others_have_used_up_is_waited_out_while_there_is_time() {
    let fixture = fixture(&[]).await;
    fixture.server.faults().burst_times = 1;
    let begin = Instant::now();
    let answer = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&answer.contacts), ["Nadia Okafor"]);
    assert!(begin.elapsed() >= Duration::from_millis(900), "{:?}", begin.elapsed());
    let mut hasty = settings(&fixture.server.url, &[]);
    hasty.deadline_s = 1;
    fixture.server.faults().burst_times = 9;
    let limited = account(&hasty, TOKEN).get_contact(&ask("+14155550142")).await;
    match limited {
        Err(Error::RateLimited { retry_after: Some(wait) }) => assert!(wait.as_secs() <= 2),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_write_is_not_repeated_when_the_burst_is_used_up() {
    let fixture = fixture(&[]).await;
    let entry = entry(&fixture.nadia().await);
    fixture.faults("/api/v2/activities", |faults| faults.burst_times = 1);
    let limited = fixture.crm.create_call_log(&entry).await;
    let Err(Error::RateLimited { retry_after: Some(_) }) = limited else { panic!("{limited:?}") };
    assert_eq!(fixture.activities(), []);
    fixture.crm.create_call_log(&entry).await.unwrap();
}

#[tokio::test]
async fn when_the_day_is_used_up_nobody_asks_again_at_once() {
    let fixture = fixture(&[]).await;
    fixture.server.faults().day_is_over = true;
    let mut hasty = settings(&fixture.server.url, &[]);
    hasty.deadline_s = 2;
    let crm = account(&hasty, TOKEN);
    let over = crm.get_contact(&ask("+14155550142")).await;
    match over {
        Err(Error::RateLimited { retry_after: Some(wait) }) => {
            assert!(
                wait >= Duration::from_secs(600),
                "not the three seconds of its header: {wait:?}"
            );
        }
        other => panic!("{other:?}"),
    }
    let before = fixture.server.requests().len();
    let still = crm.get_contact(&ask("+14155550142")).await;
    assert!(matches!(still, Err(Error::RateLimited { .. })), "{still:?}");
    assert_eq!(fixture.server.requests().len(), before, "nothing was sent");
    assert_eq!(crm.limits().map(|limits| limits.remaining), Some(0));
}

#[tokio::test]
async fn bulk_work_leaves_a_fifth_of_the_day_to_calls() {
    let allowance = Allowance { day: 200, ..Allowance::AMPLE };
    let options = Options { allowance, ..Options::new(TOKEN) };
    let fixture = fixture_of(options, &[]).await;
    let mut pages = 0;
    let held = loop {
        match fixture.crm.contact_pages(None, None).await {
            Ok(_) => pages += 1,
            Err(error) => break error,
        }
        assert!(pages < 50, "the pull was never held back");
    };
    assert!(matches!(held, Error::RateLimited { retry_after: Some(_) }), "{held:?}");
    let limits = fixture.crm.limits().unwrap();
    assert_eq!(limits.limit, 200);
    assert!((30..=60).contains(&limits.remaining), "{limits:?}");
    let found = fixture.crm.get_contact(&ask("+14155550142")).await.unwrap();
    assert_eq!(names(&found.contacts), ["Nadia Okafor"]);
}
