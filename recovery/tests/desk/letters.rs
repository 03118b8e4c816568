//! Messages that were given up: what a supervisor sees of them, and sending them again.

use recovery::desk::DeskRefusal;
use recovery::desk::case::Check;
use recovery::desk::figures::period::Span;
use recovery::desk::figures::resend::Life;
use recovery::desk::staff::Role;
use recovery::flow::ids::Id;
use recovery::flow::store::{OutboxState, RecoveryState};

use crate::support::{OFFICE, World, person, world};

/// An approved case of member 1 whose message was given up.
async fn given_up(world: &World) -> Id {
    let (_, id) = world.case(1).await;
    let (desk, a) = (world.desk(), world.staff("a").await);
    desk.check(&a, &world.seen(&id), Check::Record).await.unwrap();
    let sent = desk.approve(&a, &world.seen(&id), "m1-e").await.unwrap()[0];
    world.host.store.with(|t| {
        let row = t.outbox.get_mut(&sent).unwrap();
        (row.state, row.attempts) = (OutboxState::Dead, 16);
    });
    sent
}

async fn lives(world: &World) -> Vec<Life> {
    let s = world.staff("s").await;
    let report = world.desk().report(&s, Span::Week).await.unwrap();
    report.letters.iter().map(|letter| letter.life).collect()
}

#[tokio::test]
async fn a_message_that_was_given_up_is_sent_again_once_and_the_audit_says_by_whom() {
    let world = world();
    let id = given_up(&world).await;
    let s = world.staff("s").await;
    assert_eq!(lives(&world).await, [Life::Live]);
    assert_eq!(world.desk().resend_message(&s, &id).await, Ok(vec![id]));
    world.sweep().await;
    assert!(world.last_mail("tv1@example.vn").message.text.contains("/lien-ket#"));
    let again = world.desk().resend_message(&s, &id).await;
    assert_eq!(again, Err(DeskRefusal::MessageSentAgain));
    let acts = world.acts();
    assert_eq!(acts.iter().filter(|act| act.starts_with("message-sent-again")).count(), 1);
    assert!(lives(&world).await.is_empty());
}

#[tokio::test]
async fn two_supervisors_at_once_send_it_once() {
    for _ in 0..20 {
        let world = world();
        let id = given_up(&world).await;
        let s = world.staff("s").await;
        let other = person("khac", Role::Supervisor, OFFICE, None);
        world.host.store.interleave();
        let desk = world.desk();
        let (one, two) =
            tokio::join!(desk.resend_message(&s, &id), desk.resend_message(&other, &id));
        assert_eq!(u8::from(one.is_ok()) + u8::from(two.is_ok()), 1, "{one:?} {two:?}");
        assert_eq!(one.err().or(two.err()), Some(DeskRefusal::MessageSentAgain));
    }
}

#[tokio::test]
async fn what_would_be_of_no_use_is_not_sent_and_is_said_to_be_over() {
    let world = world();
    let id = given_up(&world).await;
    let s = world.staff("s").await;
    world.host.clock.forward(24 * 3_600);
    assert_eq!(lives(&world).await, [Life::Over]);
    assert_eq!(world.desk().resend_message(&s, &id).await, Err(DeskRefusal::MessageOver));

    let world = crate::support::world();
    let id = given_up(&world).await;
    world.host.store.with(|t| {
        let recovery = t.outbox[&id].recovery;
        t.recoveries.get_mut(&recovery).unwrap().state = RecoveryState::Completed;
    });
    assert_eq!(lives(&world).await, [Life::Over]);
    let s = world.staff("s").await;
    assert_eq!(world.desk().resend_message(&s, &id).await, Err(DeskRefusal::MessageOver));
}

#[tokio::test]
async fn a_message_that_is_not_given_up_is_none_of_them() {
    let world = world();
    let id = given_up(&world).await;
    let s = world.staff("s").await;
    for state in [OutboxState::Pending, OutboxState::Sending, OutboxState::Sent] {
        world.host.store.with(|t| t.outbox.get_mut(&id).unwrap().state = state);
        let answer = world.desk().resend_message(&s, &id).await;
        assert_eq!(answer, Err(DeskRefusal::MessageNotFound), "{state:?}");
    }
    let unknown = world.desk().resend_message(&s, &Id::new([9; 16])).await;
    assert_eq!(unknown, Err(DeskRefusal::MessageNotFound));
}

#[tokio::test]
async fn a_supervisors_figures_count_a_case_from_opening_to_the_new_password() {
    let world = world();
    given_up(&world).await;
    let s = world.staff("s").await;
    let report = world.desk().report(&s, Span::Month).await.unwrap();
    let desk = &report.channels[2];
    assert_eq!((desk.outcomes.asked, desk.outcomes.recovered, desk.p50), (1, 0, None));
    let (_, office) = report.offices.first().unwrap();
    assert_eq!((office.outcomes.asked, office.approved), (1, 1));
    assert!(office.waiting.is_none(), "approved: nothing waits");
    assert_eq!(report.dead, 1);
    assert_eq!(report.by_day.len(), 30);
    assert_eq!(report.by_day.last().unwrap().1[2].asked, 1);

    let (_, _) = world.case(2).await;
    world.host.clock.forward(3_600);
    let (_, _) = world.case(3).await;
    world.host.clock.forward(60);
    let report = world.desk().report(&s, Span::Week).await.unwrap();
    let waiting = report.offices.iter().find_map(|(_, office)| office.waiting).unwrap();
    assert_eq!((waiting.count, waiting.oldest, waiting.p50, waiting.p95), (2, 3_660, 60, 3_660));
}
