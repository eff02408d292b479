//! How the connection is kept, recovered and opened anew.

use std::time::Duration;

use fake_ringcentral::Order;
use ringside_domain::{EndReason, HealthState, Phase};

use crate::support::*;

#[tokio::test]
async fn a_break_is_recovered_and_nothing_is_missed() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    server.order(party(1, "Proceeding"));
    assert_eq!(heard.call().await.phase, Phase::Ringing);
    server.order(Order::Disconnect);
    server.order(party(2, "Answered"));
    server.order(party(3, "Disconnected"));
    let (phases, reason) = heard.end().await;
    assert_eq!((phases, reason), (vec![Phase::Answered], EndReason::Answered));
    let state = server.state();
    assert_eq!((state.opened, state.recovered, state.subscribed), (2, 1, 1));
}

#[tokio::test]
async fn a_session_that_is_lost_is_subscribed_anew_and_the_calls_that_live_are_told() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    server.order(party(1, "Proceeding"));
    assert_eq!(heard.call().await.phase, Phase::Ringing);
    server.order(Order::Disconnect);
    server.order(Order::ForgetSessions);
    server.order(party(2, "Answered"));
    let live = heard.snapshot().await;
    assert_eq!(live.len(), 1, "{live:?}");
    assert_eq!((live[0].key.as_str(), live[0].phase), ("s-1", Phase::Answered));
    heard.until_up().await;
    server.order(party(3, "Disconnected"));
    assert_eq!(heard.end().await.1, EndReason::Answered);
    let state = server.state();
    assert_eq!((state.opened, state.recovered, state.subscribed), (2, 0, 2));
}

#[tokio::test]
async fn a_call_that_ended_meanwhile_is_not_in_the_list() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    server.order(party(1, "Proceeding"));
    heard.call().await;
    server.order(Order::Disconnect);
    server.order(Order::ForgetSessions);
    server.order(party(2, "Disconnected"));
    assert!(heard.snapshot().await.is_empty());
}

#[tokio::test]
async fn the_daily_cut_and_an_idle_session_are_opened_anew_without_a_complaint() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    for order in [Order::Cut, Order::Idle] {
        server.order(order);
        let health = heard.health().await;
        assert_eq!(health.state, HealthState::Connecting);
        assert_eq!(heard.health().await.state, HealthState::Up);
    }
    assert_eq!(asked(&server, "POST /oauth/wstoken"), 3, "a token for each connection");
    assert_eq!(refused(&server), 0);
}

#[tokio::test]
async fn we_say_that_we_live_and_a_server_that_does_not_is_left() {
    let server = server().await;
    let timing = ringside_softphone::ringcentral::Timing {
        silence: Duration::from_millis(50),
        patience: Duration::from_millis(500),
        ..quick()
    };
    let mut heard = Heard::of(&phone(&server, timing));
    heard.until_up().await;
    until(&server, |state| state.heartbeats >= 2).await;
    assert_eq!(server.state().opened, 1, "it answers, and is stayed with");
    faults(&server, |faults| faults.silent = true);
    until(&server, |state| state.opened >= 2).await;
}

#[tokio::test]
async fn a_token_that_was_used_is_followed_by_a_new_one() {
    let server = server().await;
    faults(&server, |faults| faults.refuse_socket_tokens = 1);
    let mut heard = Heard::of(&phone(&server, quick()));
    heard.until_up().await;
    assert_eq!(asked(&server, "POST /oauth/wstoken"), 2);
}

#[tokio::test]
async fn an_access_token_that_is_too_old_is_renewed() {
    let server = server().await;
    let mut heard = Heard::up(&server).await;
    server.order(Order::ExpireTokens);
    server.order(Order::Disconnect);
    heard.until_up().await;
    assert_eq!(server.state().recovered, 1, "the session is of the sign-in, not of the token");
}
