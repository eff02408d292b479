//! A CRM that is slow, down, full or confused.

use std::time::{Duration, Instant};

use ringside_web::Error;
use tokio::io::AsyncReadExt;

use crate::world::*;

const NUMBER: &str = "+14155550142";

pub(crate) async fn nonsense_is_a_bad_answer_and_after_a_write_an_unknown_outcome<W: World>() {
    let stage = stage::<W>().await;
    let entry = entry(&stage.world.seed(&Seed::nadia()).await);
    for nonsense in Nonsense::ALL {
        stage.world.fault(Fault::Nonsense(nonsense)).await;
        let read = stage.crm.get_contact(&ask(NUMBER)).await;
        assert_eq!(kind(read), Kind::BadAnswer, "{nonsense:?}");
        let before = stage.writes().await;
        let write = kind(stage.crm.create_call_log(&entry).await);
        // An adapter that looks before it writes has not written yet.
        let sent = stage.writes().await > before;
        assert_eq!(write, if sent { Kind::Ambiguous } else { Kind::BadAnswer }, "{nonsense:?}");
    }
    stage.world.heal().await;
    assert_eq!(stage.crm.find_call_log(&entry).await.unwrap(), None);
    assert_eq!(stage.crm.get_contact(&ask(NUMBER)).await.unwrap().contacts.len(), 1);
}

pub(crate) async fn a_slow_crm_is_given_up_in_time<W: World>() {
    let stage = stage_with::<W>(|settings| {
        settings.formats = formats(&["###-###-####", "(###) ###-####"]);
        settings.deadline_s = 1;
    })
    .await;
    stage.world.fault(Fault::Slow(Duration::from_secs(60))).await;
    let started = Instant::now();
    let slow = stage.crm.get_contact(&ask(NUMBER)).await;
    assert_eq!(kind(slow), Kind::Unreachable);
    let took = started.elapsed();
    assert!(took >= Duration::from_millis(900) && took < Duration::from_secs(6), "{took:?}");
}

pub(crate) async fn a_read_waits_as_long_as_the_crm_asks_if_that_is_in_time<W: World>() {
    let stage = stage::<W>().await;
    stage.world.seed(&Seed::nadia()).await;
    let before = stage.asked().await;
    stage.world.fault(Fault::RateLimited { times: 1, retry_after_s: 1 }).await;
    let started = Instant::now();
    let answer = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    assert_eq!(answer.contacts.len(), 1);
    assert!(started.elapsed() >= Duration::from_secs(1));
    assert!(stage.asked().await >= before + 2);
}

pub(crate) async fn a_longer_wait_is_said_and_kept_by_everybody<W: World>() {
    let stage = stage_with::<W>(|settings| settings.deadline_s = 2).await;
    let entry = entry(&stage.world.seed(&Seed::nadia()).await);
    let before = stage.asked().await;
    stage.world.fault(Fault::RateLimited { times: 1, retry_after_s: 90 }).await;
    let near = |wait: Option<Duration>| {
        wait.is_some_and(|w| w > Duration::from_secs(60) && w <= Duration::from_secs(90))
    };
    match stage.crm.create_call_log(&entry).await {
        Err(Error::RateLimited { retry_after }) if near(retry_after) => {}
        other => panic!("{other:?}"),
    }
    match stage.crm.get_contact(&ask(NUMBER)).await {
        Err(Error::RateLimited { retry_after }) if near(retry_after) => {}
        other => panic!("{other:?}"),
    }
    assert_eq!(stage.asked().await, before + 1, "nothing is sent during the pause");
    assert!(stage.world.logs().await.is_empty());
}

pub(crate) async fn a_short_failure_is_not_noticed_and_a_long_one_is_said<W: World>() {
    let stage = stage::<W>().await;
    let entry = entry(&stage.world.seed(&Seed::nadia()).await);
    stage.world.fault(Fault::Status { times: 2, status: 500 }).await;
    let answer = stage.crm.get_contact(&ask(NUMBER)).await.unwrap();
    assert_eq!(answer.contacts.len(), 1);
    stage.world.fault(Fault::Status { times: 100, status: 503 }).await;
    assert_eq!(kind(stage.crm.get_contact(&ask(NUMBER)).await), Kind::Unreachable);
    let before = stage.writes().await;
    let write = kind(stage.crm.create_call_log(&entry).await);
    let sent = stage.writes().await - before;
    assert!(sent <= 1, "a write is never sent twice unasked");
    assert_eq!(write, if sent == 1 { Kind::Ambiguous } else { Kind::Unreachable });
    stage.world.heal().await;
    assert_eq!(stage.crm.find_call_log(&entry).await.unwrap(), None);
}

pub(crate) async fn a_crm_that_is_down_gets_nothing_and_is_found_again<W: World>() {
    let stage = stage_with::<W>(|settings| settings.deadline_s = 2).await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    stage.world.stop().await;
    assert_eq!(kind(stage.crm.get_contact(&ask(NUMBER)).await), Kind::Unreachable);
    let write = stage.crm.create_call_log(&entry(&nadia)).await;
    assert_eq!(kind(write), Kind::Unreachable, "nothing was sent");
    stage.world.restart().await;
    assert_eq!(stage.crm.get_contact(&ask(NUMBER)).await.unwrap().contacts, [nadia]);
    assert!(stage.world.logs().await.is_empty());
}

pub(crate) async fn a_redirect_to_another_host_is_not_followed<W: World>() {
    let stage = stage::<W>().await;
    let entry = entry(&stage.world.seed(&Seed::nadia()).await);
    let elsewhere = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = elsewhere.local_addr().unwrap();
    stage.world.fault(Fault::Redirect(format!("http://{address}/stolen"))).await;
    assert_eq!(kind(stage.crm.get_contact(&ask(NUMBER)).await), Kind::BadAnswer);
    let write = kind(stage.crm.create_call_log(&entry).await);
    assert!([Kind::BadAnswer, Kind::Ambiguous].contains(&write), "{write:?}");
    let came = tokio::time::timeout(Duration::from_millis(300), async {
        let (mut stream, _) = elsewhere.accept().await.unwrap();
        let mut sent = vec![0; 4096];
        let length = stream.read(&mut sent).await.unwrap();
        String::from_utf8_lossy(&sent[..length]).into_owned()
    });
    assert!(came.await.is_err(), "it was followed");
    stage.world.heal().await;
    assert!(stage.world.logs().await.is_empty());
}

pub(crate) async fn an_error_never_names_the_caller_or_the_key<W: World>() {
    let stage = stage_with::<W>(|settings| settings.deadline_s = 1).await;
    let mut errors = Vec::new();
    for fault in [
        Fault::Nonsense(Nonsense::OtherJson),
        Fault::Status { times: 100, status: 500 },
        Fault::Status { times: 100, status: 400 },
        Fault::Slow(Duration::from_secs(60)),
    ] {
        stage.world.fault(fault).await;
        errors.push(stage.crm.get_contact(&ask(NUMBER)).await.unwrap_err());
    }
    stage.world.stop().await;
    errors.push(stage.crm.get_contact(&ask(NUMBER)).await.unwrap_err());
    for error in errors {
        let text = format!("{error} {error:?}");
        assert!(!text.contains("4155550142"), "{text}");
        assert!(!text.contains(&stage.world.secret()), "{text}");
    }
}
