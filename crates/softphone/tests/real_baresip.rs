//! The baresip source against a real baresip, with real SIP calls by sipp.

#[path = "../../../tests/src/sip.rs"]
#[allow(dead_code, unreachable_pub, reason = "shared with the end-to-end tests")]
mod sip;

use std::time::Duration;

use anyhow::{Context, Result, bail};
use futures::StreamExt;
use futures::stream::BoxStream;
use ringside_domain::{
    CallEvent, CallState, Direction, EndReason, HealthState, Phase, SourceEvent, SourceId,
};
use ringside_softphone::baresip::Baresip as Source;
use ringside_softphone::{Error, Softphone};
use sip::{Answer, Baresip, Callee, Caller};

const JANE: &str = "sip:+14155550123@pbx.test";

/// Ringside's side of the link.
struct Watch {
    source: Source,
    events: BoxStream<'static, SourceEvent>,
}

impl Watch {
    fn new(phone: &Baresip) -> Self {
        let source = Source::new(SourceId::new("desk"), phone.control_address());
        let events = source.events();
        Self { source, events }
    }

    async fn next(&mut self) -> Result<SourceEvent> {
        let next = tokio::time::timeout(Duration::from_secs(30), self.events.next()).await;
        next.context("nothing heard")?.context("the stream ended")
    }

    /// The calls of the next snapshot, when the link is up.
    async fn attach(&mut self) -> Result<Vec<CallEvent>> {
        let mut calls = None;
        loop {
            match self.next().await? {
                SourceEvent::Snapshot { live, .. } => calls = Some(live),
                SourceEvent::Health(health) if health.state == HealthState::Up => {
                    return calls.context("up without a snapshot");
                }
                _ => {}
            }
        }
    }

    async fn call(&mut self) -> Result<CallEvent> {
        loop {
            if let SourceEvent::Call(call) = self.next().await? {
                return Ok(call);
            }
        }
    }

    async fn expect(&mut self, phases: &[Phase]) -> Result<CallEvent> {
        let mut last = None;
        for phase in phases {
            let call = self.call().await?;
            assert_eq!(call.phase, *phase, "{call:?}");
            last = Some(call);
        }
        last.context("nothing expected")
    }
}

const ENDED: fn(EndReason) -> Phase = Phase::Ended;

#[tokio::test(flavor = "multi_thread")]
async fn an_inbound_call_is_answered_by_the_phone_and_ended_by_the_caller() -> Result<()> {
    let phone = Baresip::start(Answer::Auto)?;
    let mut watch = Watch::new(&phone);
    assert_eq!(watch.attach().await?, vec![]);
    let caller = Caller::new(&phone).from(&format!("\"Jane Q. Caller\" <{JANE}>")).talk(200);
    let call = caller.start()?;
    // With `answermode=auto`, baresip 1.0.0 tells of no ringing at all.
    let answered = watch.expect(&[Phase::Answered]).await?;
    assert_eq!(answered.key, call.id());
    assert_eq!(answered.aliases, [call.id()]);
    assert_eq!(answered.direction, Direction::Inbound);
    assert_eq!(answered.remote.given, JANE);
    assert_eq!(answered.remote.name.as_deref(), Some("Jane Q. Caller"));
    assert_eq!(answered.local.given, phone.uri());
    assert_eq!(watch.expect(&[ENDED(EndReason::Answered)]).await?.key, call.id());
    call.wait()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_who_gives_up_is_missed() -> Result<()> {
    let phone = Baresip::start(Answer::Manual)?;
    let mut watch = Watch::new(&phone);
    watch.attach().await?;
    let call = Caller::new(&phone).give_up(200).start()?;
    watch.expect(&[Phase::Ringing, ENDED(EndReason::Missed)]).await?;
    call.wait()
}

#[tokio::test(flavor = "multi_thread")]
async fn hang_up_declines_a_ringing_call() -> Result<()> {
    let phone = Baresip::start(Answer::Manual)?;
    let mut watch = Watch::new(&phone);
    watch.attach().await?;
    let call = Caller::new(&phone).until_declined().start()?;
    watch.expect(&[Phase::Ringing]).await?;
    watch.source.hang_up(call.id()).await?;
    watch.expect(&[ENDED(EndReason::Rejected)]).await?;
    call.wait()
}

#[tokio::test(flavor = "multi_thread")]
async fn answer_and_hang_up_act_on_the_call_that_is_meant() -> Result<()> {
    let phone = Baresip::start(Answer::Manual)?;
    let mut watch = Watch::new(&phone);
    watch.attach().await?;
    let first = Caller::new(&phone).talk_until_hung_up().start()?;
    watch.expect(&[Phase::Ringing]).await?;
    // The second call is now the one in front.
    let second = Caller::new(&phone).until_declined().start()?;
    watch.expect(&[Phase::Ringing]).await?;
    watch.source.answer(first.id()).await?;
    assert_eq!(watch.expect(&[Phase::Answered]).await?.key, first.id());
    let again = watch.source.answer(first.id()).await;
    assert!(matches!(again, Err(Error::NoSuchCall(Some(CallState::Answered)))), "{again:?}");
    watch.source.hang_up(second.id()).await?;
    assert_eq!(watch.expect(&[ENDED(EndReason::Rejected)]).await?.key, second.id());
    let gone = watch.source.hang_up(second.id()).await;
    assert!(matches!(gone, Err(Error::NoSuchCall(None))), "{gone:?}");
    watch.source.hang_up(first.id()).await?;
    assert_eq!(watch.expect(&[ENDED(EndReason::Answered)]).await?.key, first.id());
    second.wait()?;
    first.wait()
}

#[tokio::test(flavor = "multi_thread")]
async fn outbound_calls_end_in_their_own_ways() -> Result<()> {
    let phone = Baresip::start(Answer::Manual)?;
    let mut watch = Watch::new(&phone);
    watch.attach().await?;
    for (callee, reason) in
        [(Callee::busy()?, EndReason::Busy), (Callee::not_found()?, EndReason::Failed)]
    {
        watch.source.dial(&callee.uri()).await?;
        let end = watch.expect(&[Phase::Ringing, ENDED(reason)]).await?;
        assert_eq!(end.direction, Direction::Outbound);
        assert_eq!(end.remote.given, callee.uri());
        callee.wait()?;
    }
    let callee = Callee::answers()?;
    watch.source.dial(&callee.uri()).await?;
    let call = watch.expect(&[Phase::Ringing, Phase::Answered]).await?;
    watch.source.hang_up(&call.key).await?;
    watch.expect(&[ENDED(EndReason::Answered)]).await?;
    callee.wait()?;
    let callee = Callee::never_answers()?;
    watch.source.dial(&callee.uri()).await?;
    let call = watch.expect(&[Phase::Ringing]).await?;
    watch.source.hang_up(&call.key).await?;
    watch.expect(&[ENDED(EndReason::Cancelled)]).await?;
    callee.wait()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_late_attach_finds_every_call_with_its_own_id() -> Result<()> {
    let phone = Baresip::start(Answer::Manual)?;
    // One watch sees the calls come, so that the second attaches to calls that surely ring.
    let mut early = Watch::new(&phone);
    early.attach().await?;
    let first = Caller::new(&phone).from("\"One\" <sip:+14155550001@pbx.test>");
    let first = first.until_declined().start()?;
    early.expect(&[Phase::Ringing]).await?;
    let second = Caller::new(&phone).from("\"Two\" <sip:+14155550002@pbx.test>");
    let second = second.talk_until_hung_up().start()?;
    early.expect(&[Phase::Ringing]).await?;
    early.source.answer(second.id()).await?;
    early.expect(&[Phase::Answered]).await?;
    drop(early);

    let mut late = Watch::new(&phone);
    let mut live = late.attach().await?;
    live.sort_by_key(|call| call.remote.given.clone());
    let seen: Vec<_> = live
        .iter()
        .map(|c| (c.key.as_str(), c.remote.name.as_deref(), c.direction, c.phase))
        .collect();
    assert_eq!(
        seen,
        [
            (first.id(), Some("One"), Direction::Inbound, Phase::Ringing),
            (second.id(), Some("Two"), Direction::Inbound, Phase::Answered),
        ]
    );
    late.source.hang_up(first.id()).await?;
    late.expect(&[ENDED(EndReason::Rejected)]).await?;
    late.source.hang_up(second.id()).await?;
    late.expect(&[ENDED(EndReason::Answered)]).await?;
    first.wait()?;
    second.wait()
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_of_every_account_are_found_and_steered() -> Result<()> {
    let phone = Baresip::start(Answer::Manual)?;
    let mut early = Watch::new(&phone);
    early.attach().await?;
    let first = Caller::new(&phone).until_declined().start()?;
    early.expect(&[Phase::Ringing]).await?;
    let second = Caller::new(&phone).on_second_line().until_declined().start()?;
    early.expect(&[Phase::Ringing]).await?;
    drop(early);

    let mut late = Watch::new(&phone);
    let live = late.attach().await?;
    let keys: Vec<_> = live.iter().map(|call| call.key.as_str()).collect();
    assert_eq!(keys, [first.id(), second.id()]);
    assert!(live[1].local.given.contains("second-line"), "{:?}", live[1].local);
    for call in [second, first] {
        late.source.hang_up(call.id()).await?;
        assert_eq!(late.expect(&[ENDED(EndReason::Rejected)]).await?.key, call.id());
        call.wait()?;
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_softphone_killed_in_mid_call_comes_back_without_it() -> Result<()> {
    let mut phone = Baresip::start(Answer::Auto)?;
    let mut watch = Watch::new(&phone);
    watch.attach().await?;
    let call = Caller::new(&phone).talk_until_hung_up().start()?;
    watch.expect(&[Phase::Answered]).await?;
    phone.kill()?;
    // No end is told: the link broke, and that is not a hang-up.
    let down = loop {
        match watch.next().await? {
            SourceEvent::Health(health) if health.state == HealthState::Down => break health,
            SourceEvent::Call(call) => bail!("a call event from a dead phone: {call:?}"),
            _ => {}
        }
    };
    assert!(down.retry_in.is_some() && down.detail.is_some(), "{down:?}");
    let deaf = watch.source.hang_up(call.id()).await;
    assert!(matches!(deaf, Err(Error::NotConnected)), "{deaf:?}");
    phone.restart()?;
    assert_eq!(watch.attach().await?, vec![]);
    drop(call);
    let next = Caller::new(&phone).talk(100).start()?;
    watch.expect(&[Phase::Answered, ENDED(EndReason::Answered)]).await?;
    next.wait()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_fight_for_the_control_port_is_noticed_and_not_fought() -> Result<()> {
    let phone = Baresip::start(Answer::Manual)?;
    let mut ours = Watch::new(&phone);
    let mut theirs = Watch::new(&phone);
    ours.attach().await?;
    theirs.attach().await?;
    // Each throws the other off, until both see what goes on.
    loop {
        if let SourceEvent::Health(health) = ours.next().await?
            && health.detail.is_some_and(|detail| detail.contains("another program"))
        {
            assert!(health.retry_in >= Some(Duration::from_secs(5)), "{:?}", health.retry_in);
            return Ok(());
        }
        // Keeps the other one going.
        while futures::FutureExt::now_or_never(theirs.events.next()).is_some() {}
    }
}
