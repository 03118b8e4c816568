//! Messages arrive: provider down, slow, lost answers, a dispatcher that dies.

use recovery::flow::dispatch::{Dispatched, Outcome};
use recovery::flow::store::{OutboxState, Store as _, Write};
use recovery::testing::host::{Mailbox, sender};
use recovery::testing::memory::Trouble;

use crate::support::{GOOD, address, code_in, number, world};

#[tokio::test]
async fn every_accepted_request_has_exactly_one_outbox_row() {
    let world = world();
    let mut accepted = Vec::new();
    for k in [1, 2, 77, 78] {
        accepted.push(world.ask(&number(k), &address(k)).await.unwrap());
    }
    world.host.store.with(|tables| {
        for one in &accepted {
            let rows = tables.outbox.values().filter(|row| row.recovery == one.recovery);
            assert_eq!(rows.map(|row| row.id).collect::<Vec<_>>(), [one.outbox]);
        }
    });
}

#[tokio::test]
async fn a_provider_that_is_down_gets_the_message_later() {
    let world = world();
    for _ in 0..4 {
        world.mail.next(Outcome::Retry { after: None }, false);
    }
    world.ask(&number(1), &address(1)).await.unwrap();
    let mut waited = 0;
    while world.mail.inbox.borrow().is_empty() {
        world.sweep().await;
        world.host.clock.forward(1);
        waited += 1;
        assert!(waited < 120);
    }
    assert_eq!(world.mail.to(&address(1)).len(), 1);
}

#[tokio::test]
async fn a_provider_that_says_when_to_come_back_is_obeyed() {
    let world = world();
    world.mail.next(Outcome::Retry { after: Some(90) }, false);
    let accepted = world.ask(&number(1), &address(1)).await.unwrap();
    let now = accepted.expires_in - 600 + 1_800_000_000;
    assert_eq!(world.sweep().await, [Dispatched::Again(now + 90)]);
    world.host.clock.forward(89);
    assert_eq!(world.sweep().await, []);
    world.host.clock.forward(1);
    assert_eq!(world.sweep().await, [Dispatched::Settled(OutboxState::Sent)]);
}

#[tokio::test]
async fn with_an_idempotency_key_a_lost_answer_brings_one_message() {
    let world = world();
    world.mail.next(Outcome::Unknown, true);
    world.mail.next(Outcome::Unknown, true);
    world.mail.next(Outcome::Unknown, true);
    world.ask(&number(1), &address(1)).await.unwrap();
    for _ in 0..60 {
        world.sweep().await;
        world.host.clock.forward(1);
    }
    assert_eq!(world.mail.to(&address(1)).len(), 1);
    let states: Vec<_> =
        world.host.store.with(|t| t.outbox.values().map(|row| row.state).collect());
    assert_eq!(states, [OutboxState::Sent]);
}

#[tokio::test]
async fn without_one_an_unknown_outcome_is_repeated_once_with_the_same_bytes() {
    let mut world = world();
    world.mail = Mailbox::new(false);
    for _ in 0..5 {
        world.mail.next(Outcome::Unknown, true);
    }
    world.ask(&number(1), &address(1)).await.unwrap();
    for _ in 0..400 {
        world.sweep().await;
        world.host.clock.forward(1);
    }
    let mails = world.mail.to(&address(1));
    assert_eq!(mails.len(), 2);
    assert_eq!(mails[0].message.text, mails[1].message.text);
    let states: Vec<_> =
        world.host.store.with(|t| t.outbox.values().map(|row| row.state).collect());
    assert_eq!(states, [OutboxState::Unknown]);
}

#[tokio::test]
async fn a_dispatcher_that_died_before_sending_is_replaced_without_limit() {
    let mut world = world();
    world.mail = Mailbox::new(false);
    let accepted = world.ask(&number(1), &address(1)).await.unwrap();
    for _ in 0..5 {
        let at = 1_800_000_000;
        let lease = Write::LeaseOutbox { id: accepted.outbox, at, until: at };
        world.host.store.apply(vec![lease]).await.unwrap();
    }
    world.sweep().await;
    assert_eq!(world.mail.to(&address(1)).len(), 1);
}

#[tokio::test]
async fn a_dispatcher_that_died_while_sending_is_repeated_once() {
    let mut world = world();
    world.mail = Mailbox::new(false);
    let accepted = world.ask(&number(1), &address(1)).await.unwrap();
    let (id, at) = (accepted.outbox, 1_800_000_000);
    let die = vec![Write::LeaseOutbox { id, at, until: at }, Write::MarkSending { id, until: at }];
    world.host.store.apply(die.clone()).await.unwrap();
    world.sweep().await;
    assert_eq!(world.mail.to(&address(1)).len(), 1);

    let second = world.ask(&number(2), &address(2)).await.unwrap();
    let id = second.outbox;
    let die = vec![Write::LeaseOutbox { id, at, until: at }, Write::MarkSending { id, until: at }];
    world.host.store.apply(die.clone()).await.unwrap();
    world.host.store.apply(die).await.unwrap();
    world.sweep().await;
    let state = world.host.store.with(|t| t.outbox[&id].state);
    assert_eq!(state, OutboxState::Unknown);
}

#[tokio::test]
async fn a_message_that_comes_too_late_says_so_and_carries_no_secret() {
    let world = world();
    let accepted = world.ask(&number(1), &address(1)).await.unwrap();
    world.host.clock.forward(481);
    let results = world.sweep().await;
    assert!(matches!(results[0], Dispatched::Replaced(_)), "{results:?}");
    assert_eq!(results[1], Dispatched::Settled(OutboxState::Sent));
    let mails = world.mail.to(&address(1));
    assert_eq!(mails.len(), 1);
    assert!(!mails[0].message.text.contains('#'), "{}", mails[0].message.text);
    let code = recovery::code::Code::from_bits(
        world.host.keys.derive_code("k2", &accepted.recovery).unwrap(),
    );
    assert!(!mails[0].message.text.contains(&code.to_string()));
}

#[tokio::test]
async fn a_message_that_kept_failing_is_replaced_when_its_time_is_over() {
    let world = world();
    for _ in 0..9 {
        world.mail.next(Outcome::Retry { after: None }, false);
    }
    world.ask(&number(1), &address(1)).await.unwrap();
    for _ in 0..900 {
        world.sweep().await;
        world.host.clock.forward(1);
    }
    let mails = world.mail.to(&address(1));
    assert_eq!(mails.len(), 1);
    assert!(!mails[0].message.text.contains('#'));
}

#[tokio::test]
async fn a_refused_message_is_a_dead_letter_that_can_be_sent_again() {
    let world = world();
    world.recovered(1, GOOD).await;
    world.mail.next(Outcome::Permanent, false);
    assert_eq!(world.sweep().await, [Dispatched::Settled(OutboxState::Dead)]);
    let id = world.host.store.with(|t| {
        t.outbox.values().find(|row| row.state == OutboxState::Dead).map(|row| row.id).unwrap()
    });
    let revive = Write::SettleOutbox {
        id,
        state: OutboxState::Pending,
        due_at: 0,
        unknowns: 0,
        at: 1_800_000_000,
    };
    world.host.store.apply(vec![revive]).await.unwrap();
    assert_eq!(world.sweep().await, [Dispatched::Settled(OutboxState::Sent)]);
}

#[tokio::test]
async fn a_code_that_became_useless_meanwhile_is_not_sent() {
    let world = world();
    let (first, mail) = world.asked(1).await;
    let unsent = world.ask(&number(1), &address(1)).await.unwrap();
    let granted = world.code(&first, &code_in(&mail)).await.unwrap();
    world.set(&granted.ticket, GOOD).await.unwrap();
    let result = world.service().dispatch(&unsent.outbox, &sender(), &world.mail).await;
    assert_eq!(result, Ok(Dispatched::Settled(OutboxState::Dropped)));
}

#[tokio::test]
async fn a_request_whose_answer_got_lost_was_still_accepted() {
    let world = world();
    world.host.store.trouble(Some(Trouble::LostAnswer));
    let accepted = world.ask(&number(1), &address(1)).await.unwrap();
    world.sweep().await;
    let mail = world.mail.to(&address(1)).pop().unwrap();
    world.code(&accepted, &code_in(&mail)).await.unwrap();
}
