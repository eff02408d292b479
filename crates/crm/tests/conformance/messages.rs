//! Text conversations: one record for each conversation and day.

use ringside_domain::Direction;
use ringside_domain::log::TextMessage;

use crate::world::*;

pub(crate) async fn a_conversation_is_one_record_that_grows<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let mut entry = conversation(&nadia);
    if !stage.crm.capabilities().messages {
        stage.denied(stage.crm.create_message_log(&entry)).await;
        stage.denied(stage.crm.update_message_log("1", &entry)).await;
        return assert!(stage.world.conversations().await.is_empty());
    }
    let id = stage.crm.create_message_log(&entry).await.unwrap();
    let expected = |entry: &_| vec![(id.clone(), stage.world.expected_conversation(entry))];
    assert_eq!(stage.world.conversations().await, expected(&entry));
    entry.texts.push(TextMessage {
        id: "m-2".into(),
        direction: Direction::Outbound,
        at: "2026-11-23T09:44:00Z".parse().unwrap(),
        text: "Monday. $1 & <b>".into(),
    });
    stage.crm.update_message_log(&id, &entry).await.unwrap();
    assert_eq!(stage.world.conversations().await, expected(&entry));
    // The same again changes nothing.
    stage.crm.update_message_log(&id, &entry).await.unwrap();
    assert_eq!(stage.world.conversations().await, expected(&entry));
    // The next day is another record.
    entry.key = "ringside:messages:2026-11-24:+14155550142:acme".into();
    for (number, text) in entry.texts.iter_mut().enumerate() {
        text.id = format!("next-{number}");
        text.at += jiff::SignedDuration::from_hours(24);
    }
    let next = stage.crm.create_message_log(&entry).await.unwrap();
    assert_ne!(next, id);
    assert_eq!(stage.world.conversations().await.len(), 2);
    assert!(stage.world.logs().await.is_empty(), "messages are no calls");
}

pub(crate) async fn a_conversation_that_was_not_answered_is_there_once<W: World>() {
    let stage = stage::<W>().await;
    let nadia = stage.world.seed(&Seed::nadia()).await;
    let entry = conversation(&nadia);
    if !stage.crm.capabilities().messages {
        return stage.denied(stage.crm.create_message_log(&entry)).await;
    }
    stage.world.fault(Fault::Unanswered { writes: 1 }).await;
    assert_eq!(kind(stage.crm.create_message_log(&entry).await), Kind::Ambiguous);
    stage.world.heal().await;
    let id = stage.crm.create_message_log(&entry).await.unwrap();
    let expected = [(id, stage.world.expected_conversation(&entry))];
    assert_eq!(stage.world.conversations().await, expected);
}
